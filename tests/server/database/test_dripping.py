"""Servers that say something all the time and never end: a byte now and then, headers, rows, tokens."""

from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from resource import RUSAGE_SELF, getrusage
from time import sleep
from typing import TypeVar

import pytest

from effort import in_time
from sqloop.database.connect import connect
from sqloop.database.engines.mariadb import session as mariadb_session
from sqloop.database.engines.postgres import session as postgres_session
from sqloop.database.outcome import Limits
from sqloop.errors import DatabaseError, ModelError
from sqloop.generation.remote import RemoteGenerator
from sqloop.generation.request import GenerationRequest

from .posing import greeting
from .relay import Relay

LATE = 2.0
T = TypeVar("T")
Say = Callable[[], Iterator[bytes]]


@contextmanager
def saying(say: Say) -> Iterator[int]:
    """The port of a server that sends what ``say`` gives until it is hung up on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def talk(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                for part in say():
                    connection.sendall(part)

        def serve() -> None:
            with suppress(OSError):
                while True:
                    threading.Thread(target=talk, args=(listener.accept()[0],), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)


def left(say: Say, url: str) -> DatabaseError:
    """What opening a database at such a server ends in; libpq counts whole seconds, and both tries."""

    def open_it() -> DatabaseError:
        with saying(say) as port, pytest.raises(DatabaseError) as told:
            connect(url.replace("PORT", str(port)), Limits(seconds=0.5))
        return told.value

    return in_time(open_it, 2 * 2, LATE)


def dripping(text: bytes) -> Say:
    """A byte at a time, at the pace at which no single wait is too long; then zeros."""

    def say() -> Iterator[bytes]:
        for byte in itertools.chain(text, itertools.repeat(0)):
            yield bytes([byte])
            sleep(0.05)

    return say


def flooding(head: bytes, part: bytes) -> Say:
    """``head``, and ``part`` without end, as fast as it is taken."""
    return lambda: itertools.chain([head], itertools.repeat(part * 100))


_LONG = b"\xff\xff\x7f\x00" + greeting()
_LOGGED_IN = b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I"


@pytest.mark.parametrize(
    ("scheme", "said"),
    [
        ("mysql+pymysql", _LONG),
        ("postgresql", b"N"),
        ("postgresql", b"NR\0\0\0\x08\0\0\0\0"),
        ("postgresql", b"NE\0\xff\xff\xff"),
    ],
)
def test_a_database_that_drips_is_left(scheme: str, said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mariadb_session, "_LOGIN", 0.5)
    monkeypatch.setattr(postgres_session, "_LOGIN", 0.5)
    told = left(dripping(said), f"{scheme}://ann:secret@127.0.0.1:PORT/shop")
    assert "\n" not in told.message
    assert "secret" not in str(told)


def test_a_session_of_postgresql_that_is_never_made_ready_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_session, "_LOGIN", 0.5)

    def say() -> Iterator[bytes]:
        yield from (b"N", _LOGGED_IN)
        yield from dripping(b"T\0\0\xff\xff")()

    left(say, "postgresql://ann@127.0.0.1:PORT/shop")


@pytest.mark.parametrize("kind", ["mariadb", "postgres"])
def test_a_result_that_drips_is_left(
    kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No wait for a byte is too long, and the row never comes; what is read unasked is left as well."""
    monkeypatch.setattr(mariadb_session, "_GRACE_SECONDS", 0.3)
    server = request.getfixturevalue(kind)
    url = server.create("drips", "CREATE TABLE t (a INTEGER PRIMARY KEY)", "INSERT INTO t VALUES (1)")
    relay = Relay(server.port)
    with closing(relay), connect(url.replace(f":{server.port}/", f":{relay.port}/")) as database:
        assert database.execute("SELECT a FROM t").rows == ((1,),)
        engine, long = database._engine, "SELECT REPEAT('x', 1000) AS told FROM t"

        def dripped(run: Callable[[], T]) -> T:
            relay.talk()
            engine.read("SELECT a FROM t", 9)
            relay.drip(0.2)
            return run()

        outcome = in_time(lambda: dripped(lambda: engine.run(long, Limits(seconds=0.3))), 0.6, LATE)
        assert (outcome.status, outcome.rows) == ("timeout", ())
        _, cut = in_time(lambda: dripped(lambda: engine.read(long, 0.3)), 0.6, LATE)
        assert cut
        relay.talk()
        assert database.execute("SELECT a FROM t").rows == ((1,),)


_HTTP = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("say", "expected"),
    [
        (dripping(_HTTP + b"Content-Length: 9000\r\n\r\n"), "does not answer"),
        (dripping(_HTTP + b"X: " + b"y" * 9_000), "does not answer"),
        (dripping(_HTTP + b'\r\n{"choices": ['), "does not answer"),
        (flooding(_HTTP, b"X: y\r\n"), "cannot be reached"),
        (flooding(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "does not answer"),
        (
            flooding(_HTTP + b'\r\n{"choices": [', b'{"message": {"content": "SELECT 1"}},'),
            "more than 16 MiB",
        ),
        (
            flooding(_HTTP + b"Transfer-Encoding: chunked\r\n\r\n", b"2000\r\n" + b"a" * 8192 + b"\r\n"),
            "more than 16 MiB",
        ),
    ],
)
def test_a_model_server_without_an_end_is_left(say: Say, expected: str) -> None:
    before = getrusage(RUSAGE_SELF).ru_maxrss
    with saying(say) as port:
        remote = RemoteGenerator(f"http://127.0.0.1:{port}/v1#m", timeout=1)

        def ask() -> pytest.ExceptionInfo[ModelError]:
            with pytest.raises(ModelError, match=expected) as told:
                remote.generate(GenerationRequest("SELECT", "", 1, 0.0, 16))
            return told

        told = in_time(ask, 1, LATE)
    assert "\n" not in str(told.value)
    assert getrusage(RUSAGE_SELF).ru_maxrss - before < 100 * 1024
