"""SQLite files in WAL mode: their newest rows are read, and nothing is left beside them."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sqloop.database.connect import connect
from sqloop.database.engines.sqlite.child import Reader, _select
from sqloop.database.engines.sqlite.connection import Connection
from sqloop.database.outcome import Limits

ALL = "SELECT a FROM t ORDER BY a"


def writing(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def beside(path: Path) -> list[str]:
    return sorted(each.name.removeprefix(path.name) for each in path.parent.iterdir() if each != path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Closed a minute ago by whoever wrote it."""
    path = tmp_path / "wal.sqlite"
    with closing(writing(path)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("CREATE TABLE t AS SELECT 1 AS a")
    then = path.stat().st_mtime - 60
    os.utime(path, (then, then))
    return path


@pytest.fixture
def reader(path: Path) -> Iterator[Reader]:
    """In this process, so that a test may write while it reads."""
    reader = Reader(path, 1, 10**6)
    yield reader
    for guarded in (False, True):
        reader._close(guarded)


def rows(reader: Reader) -> tuple[tuple[object, ...], ...]:
    outcome = reader.run(ALL, Limits())
    assert outcome.status == "ok", outcome.error
    return outcome.rows


def test_a_file_that_was_closed_is_left_as_it_was(path: Path) -> None:
    before = path.read_bytes()
    with connect(f"sqlite:///{path}") as database:
        assert database.schema().tables[0].columns[0].samples == ("1",)
        assert database.execute(ALL).rows == ((1,),)
        assert beside(path) == []
    assert (beside(path), path.read_bytes()) == ([], before)


def test_each_row_of_a_writer_is_seen_and_its_log_goes_with_it(path: Path, reader: Reader) -> None:
    assert rows(reader) == ((1,),)
    for round in (1, 2):
        with closing(writing(path)) as writer:
            for number in (10 * round, 10 * round + 1):
                writer.execute(f"INSERT INTO t VALUES ({number})")
                assert rows(reader)[-1] == (number,)
                assert reader.read(ALL, 5)[0][-1] == (number,)
            assert beside(path) == ["-shm", "-wal"]
        assert beside(path) == []
        assert rows(reader)[-1] == (10 * round + 1,)


@pytest.mark.parametrize("closes", [True, False])
def test_a_query_that_a_writer_came_into_gives_one_state(path: Path, reader: Reader, closes: bool) -> None:
    """The writer's checkpoint changes pages that the query still has to read."""
    with closing(writing(path)) as filled:
        filled.execute("INSERT INTO t SELECT 1 FROM json_each(?)", (f"[{'1,' * 19_999}1]",))
    then = path.stat().st_mtime - 60
    os.utime(path, (then, then))
    writers = []

    def count(connection: Connection) -> object:
        (first,) = connection.execute("SELECT count(*) FROM t WHERE a = 1 AND rowid < 10").fetchone()
        if not writers:
            writers.append(writing(path))
            writers[0].execute("UPDATE t SET a = 2")
            if closes:
                writers[0].close()
        (rest,) = connection.execute("SELECT count(*) FROM t WHERE a = 1 AND rowid >= 10").fetchone()
        return first, rest

    assert reader._use(count, 5, guarded=False) == ((0, 0) if closes else (9, 19_992))
    writers[0].close()
    assert reader._use(lambda opened: _select(opened, ALL, Limits(rows=1)), 5, guarded=True).rows == ((2,),)


def test_a_file_that_changed_just_now_is_read_with_locks(path: Path, reader: Reader) -> None:
    os.utime(path)
    assert rows(reader) == ((1,),)
    assert beside(path) == ["-shm", "-wal"]
