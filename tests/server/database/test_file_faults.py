"""What befalls files while they are asked, time and again: no question hangs, and the next one is answered.

They are replaced, removed, cut short and locked. A sample in `make test`, 20 rounds of each in `make fuzz`.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb
import pytest

from sqloop.errors import DatabaseError
from sqloop.feedback.store import FeedbackStore

from .survival import (
    CITIES,
    COUNT,
    ENDLESS,
    PATIENCE,
    Asking,
    store,
    survive,
)

__all__ = ["store"]


@pytest.fixture(params=["sqlite", "duckdb", "csv"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A database in a file, as each engine has it."""
    path = tmp_path / f"city.{request.param}"
    write(path)
    return path


def write(path: Path) -> None:
    """Three cities."""
    path.unlink(missing_ok=True)
    if path.suffix == ".csv":
        path.write_text("id,name\n1,Rome\n2,Oslo\n3,Ulm\n")
        return
    with closing(sqlite3.connect(path) if path.suffix == ".sqlite" else duckdb.connect(str(path))) as made:
        for statement in CITIES:
            made.execute(statement)
        made.commit()


def url_of(path: Path) -> str:
    return f"sqlite:///{path}" if path.suffix == ".sqlite" else f"duckdb:///{path}"


def test_a_file_is_replaced(file: Path, store: FeedbackStore) -> None:
    asking = Asking(url_of(file), store)
    other = file.with_name(f"other{file.suffix}")

    @contextmanager
    def replaced(_: int) -> Iterator[None]:
        write(other)
        os.replace(other, file)
        yield

    survive(asking, store, replaced)


def test_a_file_is_removed(file: Path, store: FeedbackStore) -> None:
    asking = Asking(url_of(file), store)

    @contextmanager
    def removed(_: int) -> Iterator[None]:
        file.unlink()
        with pytest.raises(DatabaseError):
            asking.ask()
        yield
        write(file)

    survive(asking, store, removed)


@pytest.mark.parametrize("kept", [0.0, 0.01, 0.5, 0.9])
def test_a_file_is_cut_short(file: Path, store: FeedbackStore, kept: float) -> None:
    """In its place, as a copy that is not done yet; what is there may still be read."""
    asking = Asking(url_of(file), store)
    whole = file.read_bytes()

    @contextmanager
    def cut(round_: int) -> Iterator[None]:
        os.truncate(file, int(len(whole) * kept) + round_ * (kept > 0))
        yield
        file.write_bytes(whole)

    if file.suffix == ".csv" and kept > 0:
        pytest.skip("a CSV file that ends early is a CSV file")
    survive(asking, store, cut)


@pytest.mark.parametrize("during", [False, True], ids=["before", "during"])
def test_a_file_is_locked_by_a_writer(tmp_path: Path, store: FeedbackStore, during: bool) -> None:
    """Who writes a SQLite file keeps readers out for the moment of writing, or as long as he likes."""
    file = tmp_path / "city.sqlite"
    write(file)
    asking = Asking(url_of(file), store, ENDLESS)

    @contextmanager
    def locked(_: int) -> Iterator[None]:
        with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as writer:
            lock = threading.Timer(0.1 * during, writer.execute, ("BEGIN EXCLUSIVE",))
            lock.start()
            if not during:
                lock.join()
            yield
            lock.join()

    survive(asking, store, locked, ENDLESS if during else COUNT)


WRITER = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(1, flush=True); sys.stdin.read()"


def test_a_duckdb_file_is_locked_by_a_writer(tmp_path: Path, store: FeedbackStore) -> None:
    file = tmp_path / "city.duckdb"
    write(file)
    asking = Asking(url_of(file), store)

    @contextmanager
    def locked(_: int) -> Iterator[None]:
        deadline = time.monotonic() + PATIENCE
        while True:  # SQLoop lets go of the file a second after its last query
            assert time.monotonic() < deadline
            writer = subprocess.Popen(
                [sys.executable, "-c", WRITER, str(file)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            assert writer.stdout is not None
            if writer.stdout.readline():
                break
            writer.communicate()
        with pytest.raises(DatabaseError, match="in use by another program"):
            asking.ask()
        yield
        writer.communicate()

    survive(asking, store, locked)


def test_a_folder_is_replaced(tmp_path: Path, store: FeedbackStore) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    write(folder / "city.csv")
    asking = Asking(f"duckdb:///{folder}", store)

    @contextmanager
    def gone(_: int) -> Iterator[None]:
        shutil.rmtree(folder)
        yield
        folder.mkdir()
        write(folder / "city.csv")

    survive(asking, store, gone)
