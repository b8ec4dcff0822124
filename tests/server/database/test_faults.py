"""What befalls a server while it is asked, time and again: no question hangs, and the next one is answered.

Servers are stopped and started, connections cut or left in silence, passwords changed, tables
dropped. A sample in `make test`, 20 rounds of each in `make fuzz`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from effort import amount
from sqloop.errors import DatabaseError
from sqloop.feedback.store import FeedbackStore

from .relay import Relay
from .survival import (
    CITIES,
    ENDLESS,
    Asking,
    store,
    survive,
)

__all__ = ["store"]

if TYPE_CHECKING:
    from servers import MariaDBServer, PostgreSQLServer


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
