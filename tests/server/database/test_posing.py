"""A server that poses as MySQL or PostgreSQL gets no password, no file, and no failure of ours."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from effort import amount
from sqloop.database.connect import connect
from sqloop.database.engines.mariadb import stamp as mariadb
from sqloop.database.engines.postgres import stamp as postgres
from sqloop.database.outcome import Limits
from sqloop.errors import DatabaseError, UnreachableError

from .posing import LOCAL_FILE, OK, PosingServer, greeting, switch

ReadStamp = Callable[[Callable[[str], list[object]], str], object]

_KEY = (
    rsa.generate_private_key(65537, 2048)
    .public_key()
    .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
)
_UNDER_KEY = 4 + 256
"""Bytes of a packet that holds a password under this key."""

_TRAPS = {
    "clear text": ([greeting(), switch(b"mysql_clear_password"), OK], "the password in clear text"),
    "dialog": ([greeting(), switch(b"dialog"), OK], "the password in clear text"),
    "a key, asked for at once": ([greeting(b"sha256_password"), b"\x01" + _KEY, OK], "a key of its own"),
    "a key, after a switch": (
        [greeting(), switch(b"sha256_password"), b"\x01" + _KEY, OK],
        "a key of its own",
    ),
    "a key, for full authentication": (
        [greeting(), switch(b"caching_sha2_password"), b"\x01\x04", b"\x01" + _KEY, OK],
        "a key of its own",
    ),
}


@pytest.mark.parametrize("trap", _TRAPS)
def test_it_does_not_get_the_password(trap: str) -> None:
    replies, reason = _TRAPS[trap]
    with PosingServer(replies) as server, pytest.raises(UnreachableError, match=reason) as told:
        connect(server.url, Limits(seconds=2))
    assert b"s3cret-word" not in server.heard
    assert "s3cret-word" not in str(told.value)
    assert all(len(packet) != _UNDER_KEY for packet in server.packets)


def test_one_that_poses_as_postgresql_does_not_get_the_password() -> None:
    replies = [b"N", b"R\0\0\0\x08\0\0\0\x03", b"R\0\0\0\x08\0\0\0\0"]  # no TLS; in clear text, please
    with (
        PosingServer(replies, framed=False, scheme="postgresql") as server,
        pytest.raises(UnreachableError, match="asks for the password in clear text") as told,
    ):
        connect(server.url, Limits(seconds=2))
    assert len(server.packets) >= 2
    assert b"s3cret-word" not in server.heard
    assert "s3cret-word" not in str(told.value)


@pytest.mark.parametrize("step", range(2, 8))
def test_it_does_not_get_a_file(step: int) -> None:
    with (
        PosingServer([greeting(), *[OK] * (step - 1), LOCAL_FILE]) as server,
        pytest.raises(DatabaseError, match=r"a local file|No database server answers"),
    ):
        connect(server.url, Limits(seconds=2))
    assert b"root:" not in server.heard


def test_what_is_no_answer_is_told_in_one_line() -> None:
    drawn = random.Random(18)
    for _ in range(amount(20, 60)):
        garbage = [drawn.randbytes(drawn.choice((0, 1, 3, 9, 40, 300))) for _ in range(4)]
        replies = [[greeting(), *garbage], [greeting(), OK, *garbage], [greeting(), OK, OK, OK, OK, *garbage]]
        with (
            PosingServer(drawn.choice([garbage, *replies]), framed=drawn.random() < 0.8) as server,
            pytest.raises(DatabaseError) as told,
        ):
            connect(server.url, Limits(seconds=0.2))
        assert "\n" not in str(told.value.message)


def test_one_that_answers_ok_to_everything_is_no_database() -> None:
    with (
        PosingServer([greeting(), *[OK] * 40]) as server,
        pytest.raises(UnreachableError, match="is no database"),
    ):
        connect(server.url, Limits(seconds=2))


@pytest.mark.parametrize("rows", [[], [("8.0", "1")]])
@pytest.mark.parametrize("read_stamp", [mariadb.read_stamp, postgres.read_stamp])
def test_a_catalogue_that_is_none_is_told_in_one_line(read_stamp: ReadStamp, rows: list[object]) -> None:
    with pytest.raises(UnreachableError, match="is no database"):
        read_stamp(lambda _: rows, "shop")


def test_its_greeting_may_not_be_without_end() -> None:
    with (
        PosingServer([b"\xff\xff\xff\x00" + b"\x0a" * 20_000_000], framed=False) as server,
        pytest.raises(UnreachableError, match="speak"),
    ):
        connect(server.url, Limits(seconds=2))
