"""What befalls a database while it is asked, time and again: no question hangs, and the next one is answered.

Servers are stopped and started, connections cut or left in silence, passwords changed, tables dropped; files
are replaced, removed, cut short and locked. A sample in `make test`, 20 rounds of each in `make fuzz`.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from effort import amount
from sqloop.answer import Answer, ModelName
from sqloop.assistant import Assistant
from sqloop.database.cancellation import Cancellation
from sqloop.database.connect import connect
from sqloop.database.outcome import Limits
from sqloop.errors import DatabaseError
from sqloop.feedback.events import show
from sqloop.feedback.store import FeedbackStore
from sqloop.generation.generator import ModelInfo, Reading
from sqloop.generation.request import Completion, GenerationRequest

from .relay import Relay

if TYPE_CHECKING:
    from servers import MariaDBServer, PostgreSQLServer

ROUNDS = amount(2, 20)
LIMITS = Limits(seconds=0.4)
PATIENCE = 20.0
"""Seconds after which a question hangs: connecting, a look at the catalogue and running have a limit each."""

NAMES = ("Rome", "Oslo", "Ulm")
CITIES = (
    "CREATE TABLE city (id INTEGER PRIMARY KEY, name VARCHAR(40))",
    *(f"INSERT INTO city VALUES ({number}, '{name}')" for number, name in enumerate(NAMES, 1)),
)
COUNT = "SELECT COUNT(*) FROM city"
ENDLESS = f"SELECT COUNT(*) FROM {', '.join(f'city AS c{number}' for number in range(24))}"

Fault = Callable[[int], AbstractContextManager[None]]


class Told:
    """A chat model that writes one query."""

    def __init__(self, sql: str) -> None:
        self._sql = sql

    def generate(
        self, request: GenerationRequest, cancel: Cancellation | None = None, reading: Reading | None = None
    ) -> list[Completion]:
        return [Completion(self._sql, -0.1, 9)]

    def describe(self) -> ModelInfo:
        return ModelInfo("told", None, "chat", None, None, True)

    def warm(self, prefix: str) -> None:
        pass

    def close(self) -> None:
        pass


class Asking:
    """Questions on one open database; every answer is kept as feedback."""

    def __init__(self, url: str, store: FeedbackStore, sql: str = COUNT) -> None:
        self.database = connect(url, LIMITS)
        self.kept: list[str] = []
        self._store = store
        self._assistants = {
            sql: Assistant(self.database, Told(sql), ModelName("told")) for sql in (COUNT, sql)
        }

    def ask(self, sql: str = COUNT) -> Answer:
        """The answer, which came in time. Raises DatabaseError."""
        started = time.monotonic()
        try:
            answer = self._assistants[sql].ask("How many cities have we?", 1)
        finally:
            assert time.monotonic() - started < PATIENCE
        event = show(answer, self.database.schema().fingerprint, self.database.url, "rows")
        self._store.append(event)
        self.kept.append(event.id)
        return answer

    def count(self) -> object:
        best = self.ask().best
        return best.outcome.rows if best else None

    def suffer(self, sql: str = COUNT) -> None:
        """Ask while something is wrong: an error of the database, a failed candidate, or the right answer."""
        try:
            answer = self.ask(sql)
        except DatabaseError:
            return
        assert answer.best is None or answer.best.outcome.rows == ((3,),), answer.best
        assert answer.best or all(each.outcome.error for each in answer.candidates)


@pytest.fixture
def store(tmp_path: Path) -> FeedbackStore:
    return FeedbackStore(str(tmp_path / "feedback.sqlite"))


def survive(
    asking: Asking, store: FeedbackStore, fault: Fault, sql: str = COUNT, rounds: int = ROUNDS
) -> None:
    """Ask before, during and after each round of ``fault``."""
    with closing(asking.database):
        for round_ in range(rounds):
            assert asking.count() == ((3,),)
            with fault(round_):
                asking.suffer(sql)
            assert asking.count() == ((3,),)
    assert [event.id for event in store.events()] == asking.kept


@pytest.fixture(params=["mariadb", "postgres"])
def server(request: pytest.FixtureRequest) -> MariaDBServer | PostgreSQLServer:
    found: MariaDBServer | PostgreSQLServer = request.getfixturevalue(request.param)
    return found


def kill_sessions(server: MariaDBServer | PostgreSQLServer, database: str) -> None:
    """End all sessions on that database."""
    if isinstance_postgres(server):
        server.admin(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'")
        return
    for (number,) in server.admin(f"SELECT id FROM information_schema.processlist WHERE db = '{database}'"):
        server.admin(f"KILL CONNECTION {number}")


def isinstance_postgres(server: MariaDBServer | PostgreSQLServer) -> bool:
    return type(server).__name__ == "PostgreSQLServer"


def test_a_server_is_stopped_and_started(
    server: MariaDBServer | PostgreSQLServer, store: FeedbackStore
) -> None:
    asking = Asking(server.create("faults", *CITIES), store)

    @contextmanager
    def stopped(_: int) -> Iterator[None]:
        server.stop()
        try:
            yield
        finally:
            server.start()

    survive(asking, store, stopped)


def test_a_server_is_stopped_and_started_during_a_query(
    server: MariaDBServer | PostgreSQLServer, store: FeedbackStore
) -> None:
    asking = Asking(server.create("faults", *CITIES), store, ENDLESS)

    @contextmanager
    def restarted(round_: int) -> Iterator[None]:
        def restart() -> None:
            time.sleep(0.05 * (1 + round_ % 8))
            server.stop()
            server.start()

        restarting = threading.Thread(target=restart)
        restarting.start()
        yield
        restarting.join()

    survive(asking, store, restarted, ENDLESS)


@pytest.mark.parametrize("how", ["cut", "fall_silent"])
def test_a_connection_is_cut_in_a_query(
    server: MariaDBServer | PostgreSQLServer, store: FeedbackStore, how: str
) -> None:
    url = server.create("faults", *CITIES)
    relay = Relay(server.port)
    asking = Asking(url.replace(f":{server.port}/", f":{relay.port}/"), store, ENDLESS)

    @contextmanager
    def cut(round_: int) -> Iterator[None]:
        timer = threading.Timer(0.03 * (1 + round_ % 15), getattr(relay, how))
        timer.start()
        yield
        timer.join()
        relay.talk()

    with closing(relay):
        survive(asking, store, cut, ENDLESS, amount(1, 20))  # silence costs what a client waits for an answer


def test_a_connection_is_cut_between_two_queries(
    server: MariaDBServer | PostgreSQLServer, store: FeedbackStore
) -> None:
    asking = Asking(server.create("faults", *CITIES), store)

    @contextmanager
    def ended(_: int) -> Iterator[None]:
        kill_sessions(server, "faults")
        yield

    survive(asking, store, ended)


def test_a_password_is_changed(server: MariaDBServer | PostgreSQLServer, store: FeedbackStore) -> None:
    asking = Asking(server.create("faults", *CITIES), store)
    set_password = (
        f"ALTER ROLE {server.owner} PASSWORD '{{}}'"
        if isinstance_postgres(server)
        else f"ALTER USER '{server.owner}'@'%' IDENTIFIED BY '{{}}'"
    )

    @contextmanager
    def changed(_: int) -> Iterator[None]:
        server.admin(set_password.format("another"))
        kill_sessions(server, "faults")
        try:
            with pytest.raises(DatabaseError, match="refuses the user"):
                asking.ask()
            yield
        finally:
            server.admin(set_password.format(server.password))

    survive(asking, store, changed)


def test_tables_are_dropped_under_a_session(
    server: MariaDBServer | PostgreSQLServer, store: FeedbackStore
) -> None:
    asking = Asking(server.create("faults", *CITIES), store)
    own = ("SET ROLE owner",) if isinstance_postgres(server) else ()

    @contextmanager
    def dropped(_: int) -> Iterator[None]:
        server.admin(*own, "DROP TABLE city", "CREATE TABLE town (id INTEGER)", database="faults")
        yield
        server.admin(*own, "DROP TABLE town", *CITIES, database="faults")

    survive(asking, store, dropped)


def test_the_database_is_dropped_under_a_session(
    server: MariaDBServer | PostgreSQLServer, store: FeedbackStore
) -> None:
    asking = Asking(server.create("faults", *CITIES), store)

    @contextmanager
    def dropped(_: int) -> Iterator[None]:
        server.admin("DROP DATABASE faults" + (" WITH (FORCE)" if isinstance_postgres(server) else ""))
        yield
        server.create("faults", *CITIES)

    survive(asking, store, dropped)


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
