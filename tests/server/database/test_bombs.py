"""What a stranger's database may hold: values of 64 MB, texts that unfold, columns compared by odd rules.

On every engine: each query over it ends, this process stays small, what is read unasked comes, and the next
query gives what it should. Of each list `make test` tries a few.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from time import monotonic, sleep

import duckdb
import pytest

from effort import EVERYTHING, amount, choose, in_time
from servers import MariaDBServer
from sqloop.database.connect import Database, connect
from sqloop.database.engines.sqlite.child import MEMORY
from sqloop.database.outcome import Limits, Outcome

from .evidence import DUCKDB_MEMORY, own_peak, watched

LIMITS = Limits(seconds=2)
LATE = 1.5
MAY_GROW = 64 * 1024 * 1024
"""Bytes that this process may need for any of it: twice what is allowed of a result, and a packet."""

LONG = 64_000_000
ENGINES = ("sqlite", "mysql", "postgres", "duckdb")

OVER_LONG = (
    "SELECT body FROM long_values",
    "SELECT REPLACE(body, '0', '00') FROM long_values",
    "SELECT LENGTH(body), told FROM long_values",
    "SELECT UPPER(body) FROM long_values WHERE UPPER(body) LIKE '%1%1%'",
    "SELECT LENGTH(REPLACE(body, '00', '1')) FROM long_values",
    "SELECT DISTINCT body FROM long_values ORDER BY body DESC",
    "SELECT body, COUNT(*) FROM long_values GROUP BY body",
    "SELECT MAX(body), MIN(told) FROM long_values",
    "SELECT COUNT(*) FROM long_values a, long_values b, long_values c WHERE a.body < b.told",
    "SELECT COUNT(*) FROM long_values WHERE body LIKE '%0%0%0%0%0%0%1'",
    "SELECT TRIM(body), TRIM(told) FROM long_values",
    "SELECT id FROM long_values WHERE CAST(body AS DECIMAL(20, 2)) > 1",
)
OF_EACH = {
    "sqlite": (
        "SELECT json_extract(told, '$[0]') FROM long_values",
        "SELECT value FROM long_values, json_each(told)",
        "SELECT group_concat(body) FROM long_values",
        "SELECT instr(body, '1'), hex(body) FROM long_values",
        "SELECT body GLOB '*0*0*0*1', printf('%s%s', body, told) FROM long_values",
    ),
    "mysql": (
        "SELECT JSON_EXTRACT(told, '$[0]') FROM long_values",
        "SELECT JSON_VALID(told), JSON_LENGTH(told) FROM long_values",
        "SELECT GROUP_CONCAT(body) FROM long_values",
        "SELECT LOCATE('1', body), HEX(body) FROM long_values",
        "SELECT body REGEXP '(0*)*1', MD5(told) FROM long_values",
    ),
    "postgres": (
        "SELECT told::jsonb ->> 0 FROM long_values",
        "SELECT json_agg(body), array_agg(told) FROM long_values",
        "SELECT string_agg(body, ',') FROM long_values",
        "SELECT strpos(body, '1'), md5(told) FROM long_values",
        "SELECT body ~ '(0*)*1', string_to_array(body, '0') FROM long_values",
    ),
    "duckdb": (
        "SELECT json_extract(told, '$[0]') FROM long_values",
        "SELECT list(body), list(told) FROM long_values",
        "SELECT string_agg(body, ',') FROM long_values",
        "SELECT instr(body, '1'), md5(told) FROM long_values",
        "SELECT regexp_matches(body, '(0*)*1'), string_split(body, '0') FROM long_values",
    ),
}

DEEP = 200_000
ENTITIES = "".join(f"<!ENTITY e{n + 1} '{f'&e{n};' * 10}'>" for n in range(12))
LAUGHS = f"<?xml version='1.0'?><!DOCTYPE l [<!ENTITY e0 'ha'>{ENTITIES}]><l>&e12;</l>".replace("'", '"')
BOMBS = {
    "deep JSON": "[" * DEEP + "]" * DEEP,
    "deep objects": '{"a":' * DEEP + "1" + "}" * DEEP,
    "JSON that breaks off": '[{"a":' * DEEP,
    "a name many times": "{" + ",".join(['"a": [1, 2, 3]'] * DEEP) + "}",
    "XML that unfolds": LAUGHS,
    "deep XML": "<a>" * DEEP + "</a>" * DEEP,
    "a pattern": "(a*)*" * 200 + "(.*)*b",
    "a number": "9" * DEEP + "e999999999",
}
"""Texts of less than a few MB that take hours, gigabytes or the stack of who reads them carelessly."""

OVER_BOMBS = {
    "sqlite": (
        "SELECT json(body) FROM bombs",
        "SELECT json_type(body, '$[0][0]'), json_valid(body) FROM bombs",
        "SELECT t.path FROM bombs, json_tree(body) t WHERE json_valid(body)",
        "SELECT body + 1, CAST(body AS INTEGER), round(body) FROM bombs",
        "SELECT 'aaaaaaaaaaaaaaaaaaaaaaaa' GLOB body, body LIKE body FROM bombs",
    ),
    "mysql": (
        "SELECT JSON_EXTRACT(body, '$[0][0]'), JSON_DEPTH(body) FROM bombs",
        "SELECT JSON_COMPACT(body), JSON_VALID(body), JSON_KEYS(body) FROM bombs",
        "SELECT EXTRACTVALUE(body, '/a/a/a') FROM bombs",
        "SELECT body + 1, CAST(body AS DECIMAL(60, 2)) FROM bombs",
        "SELECT 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' REGEXP body, 'aa' LIKE body FROM bombs",
    ),
    "postgres": (
        "SELECT body::json -> 0 FROM bombs WHERE name LIKE '%JSON%'",
        "SELECT body::jsonb -> 'a' FROM bombs WHERE name LIKE '%many%'",
        "SELECT body::xml FROM bombs WHERE name LIKE '%XML%'",
        "SELECT xpath('/l', body::xml) FROM bombs WHERE name LIKE 'XML%'",
        "SELECT body::numeric FROM bombs WHERE name = 'a number'",
        "SELECT 'aaaaaaaaaaaaaaaaaaaaaaaaaaaa' ~ body FROM bombs WHERE name = 'a pattern'",
    ),
    "duckdb": (
        "SELECT json_extract(body, '$[0][0]') FROM bombs",
        "SELECT json_valid(body), json_keys(body), json_structure(body) FROM bombs",
        "SELECT CAST(body AS JSON) FROM bombs WHERE name LIKE '%JSON'",
        "SELECT TRY_CAST(body AS DOUBLE), TRY_CAST(body AS HUGEINT) FROM bombs",
        "SELECT regexp_matches('aaaaaaaaaaaaaaaaaaaaaaaaaa', body) FROM bombs WHERE name = 'a pattern'",
        "SELECT TRY_CAST(body AS INTEGER[][][][]) FROM bombs",
    ),
}

ODD_RULES = {
    "sqlite": ("a TEXT COLLATE NOCASE, b TEXT COLLATE RTRIM, c TEXT",),
    "mysql": (
        "a VARCHAR(20) CHARACTER SET latin1, b VARCHAR(20) CHARACTER SET utf16 COLLATE utf16_bin, "
        "c VARCHAR(20) COLLATE utf8mb4_unicode_520_ci",
        "a CHAR(20) CHARACTER SET ucs2, b VARCHAR(20) CHARACTER SET cp1251, "
        "c ENUM('Zoë', 'zoe') COLLATE utf8mb4_bin",
    ),
    "postgres": (
        'a TEXT COLLATE "loose", b TEXT COLLATE "C", c TEXT COLLATE "und-x-icu"',
        'a VARCHAR(20) COLLATE "loose", b CHAR(20), c TEXT COLLATE "POSIX"',
    ),
    "duckdb": ("a TEXT COLLATE NOCASE.NOACCENT, b TEXT COLLATE NFC, c TEXT COLLATE NOACCENT",),
}
LOOSE = "CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false)"


def row(*values: str | None) -> str:
    """A row of a statement that inserts."""
    told = ("NULL" if value is None else "'" + value.replace("'", "''") + "'" for value in values)
    return f"({', '.join(told)})"


def made(engine: str, folder: Path, request: pytest.FixtureRequest, *statements: str) -> str:
    """The URL of a new database."""
    if engine in ("mysql", "postgres"):
        server = request.getfixturevalue("mariadb" if engine == "mysql" else engine)
        url: str = server.create("bombs", *statements)
        return url
    path = folder / f"bombs.{engine}"
    with closing((sqlite3 if engine == "sqlite" else duckdb).connect(str(path))) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return f"{engine}:///{path}"


def tried(database: Database, sql: str) -> Outcome:
    """What a query ends in: in time, in one line, and with no more memory than is told above."""
    own_peak()
    before = own_peak()
    with watched(database.dialect) as peaks:
        outcome = in_time(partial(database.execute, sql), LIMITS.seconds, LATE, sql)
    assert outcome.status in ("ok", "error", "timeout", "refused"), outcome
    assert "\n" not in outcome.error
    assert len(outcome.error) < 2_000
    assert own_peak() - before < MAY_GROW, sql
    assert max(peaks, default=0) <= (MEMORY if database.dialect == "sqlite" else DUCKDB_MEMORY)
    return outcome


def known(database: Database) -> None:
    """Read what is read unasked."""
    (table,) = database.schema(refresh=True).tables
    assert len(repr(table)) < 20_000
    database.values()


LARGE_PACKETS = f"--max-allowed-packet={256 * 1024 * 1024}"
"""MariaDB takes no value of more than 16 MiB unless it is told to."""


@pytest.fixture
def large_mariadb(tmp_path: Path) -> Iterator[MariaDBServer]:
    """A server that can be killed: ends no function within its work on one value, be it hours."""
    server = MariaDBServer(tmp_path)
    server.start(LARGE_PACKETS)
    yield server
    server.kill()


def await_rest(mariadb: MariaDBServer) -> None:
    """Wait for what was left; REPLACE moves all that follows with each occurrence, so that never ends."""
    going_on = (
        "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE '%FROM long_values%' AND ID <> "
    )
    deadline = monotonic() + 20
    while mariadb.admin(f"{going_on} CONNECTION_ID()") != [(0,)]:
        if monotonic() > deadline:
            mariadb.kill()
            mariadb.start(LARGE_PACKETS)
        sleep(0.1)


def long_values(engine: str) -> tuple[str, ...]:
    """Statements that make a table of two rows with two values of 64 MB each."""
    text = "LONGTEXT" if engine == "mysql" else "TEXT"
    zeros = "hex(zeroblob(32000000))" if engine == "sqlite" else f"REPEAT('0', {LONG})"
    told = "'[\"' || body || '\"]'" if engine != "mysql" else "CONCAT('[\"', body, '\"]')"
    return (
        f"CREATE TABLE long_values (id INTEGER PRIMARY KEY, body {text}, told {text})",
        f"INSERT INTO long_values SELECT 1, {zeros}, '[]'",
        f"UPDATE long_values SET told = {told}",
        "INSERT INTO long_values SELECT 2, body, told FROM long_values",
    )


def try_long_values(engine: str, url: str, rest: Callable[[], None]) -> None:
    """Ask each query, and another after it."""
    with connect(url, LIMITS) as database:
        known(database)
        for sql in (*OVER_LONG, *OF_EACH[engine])[: amount(1, 99)]:
            tried(database, sql)
            rest()
            small = "SELECT id, SUBSTR(body, 60000000, 3) FROM long_values WHERE id = 2"
            assert tried(database, small).rows in (((2, "000"),), ())
        assert database.execute("SELECT COUNT(id) FROM long_values").rows == ((2,),)


@pytest.mark.parametrize("engine", [each for each in ENGINES if each != "mysql"])
def test_values_of_64_mb(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    try_long_values(engine, made(engine, tmp_path, request, *long_values(engine)), lambda: None)


@pytest.mark.skipif(not EVERYTHING, reason="minutes: make fuzz runs it; see test_long_values")
def test_values_of_64_mb_on_mariadb(large_mariadb: MariaDBServer) -> None:
    url = large_mariadb.create("bombs", *long_values("mysql"))
    try_long_values("mysql", url, partial(await_rest, large_mariadb))


@pytest.mark.parametrize("engine", ENGINES)
def test_texts_that_unfold(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    text = "LONGTEXT" if engine == "mysql" else "TEXT"
    rows = [f"INSERT INTO bombs VALUES {row(*each)}" for each in BOMBS.items()]
    url = made(engine, tmp_path, request, f"CREATE TABLE bombs (name VARCHAR(40), body {text})", *rows)
    with connect(url, LIMITS) as database:
        known(database)
        for sql in choose(OVER_BOMBS[engine], 2):
            for name in choose(list(BOMBS), 2) if "name" not in sql else [""]:
                tried(database, f"{sql} WHERE name = '{name}'" if name and "WHERE" not in sql else sql)
                assert database.execute("SELECT COUNT(name) FROM bombs").rows == ((len(BOMBS),),)


@pytest.mark.parametrize(
    ("engine", "columns"), [(engine, columns) for engine in ENGINES for columns in ODD_RULES[engine]]
)
def test_columns_compared_by_odd_rules(
    engine: str, columns: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Their values are known and found as they are written, and queries that compare them end as they do."""
    before = (LOOSE,) if engine == "postgres" else ()
    people = (("Zoë", "Rome", "Zoë"), ("ZOE", "rome", "zoe"), ("Ada", "Paris", None))
    rows = f"INSERT INTO people VALUES {', '.join(row(*each) for each in people)}"
    url = made(engine, tmp_path, request, *before, f"CREATE TABLE people ({columns})", rows)
    with connect(url, LIMITS) as database:
        known(database)
        assert {match.column for match in database.values().whole(["zoe"])} >= {"a"}
        for column in "abc":
            held = {"a": "Ada", "b": "Paris", "c": "Zoë"}[column]
            values, _ = database.distinct_values("people", column, 10, 5)
            assert held in {value.rstrip() for value in values}
            assert tried(database, f"SELECT {column} FROM people WHERE {column} = '{held}'").rows
            tried(database, f"SELECT {column}, COUNT(*) FROM people GROUP BY {column} ORDER BY {column}")
            tried(database, f"SELECT COUNT(DISTINCT {column}) FROM people WHERE {column} LIKE 'Z%'")
            tried(database, f"SELECT * FROM people x JOIN people y ON x.a = y.{column}")
        assert database.execute("SELECT COUNT(*) FROM people").rows == ((3,),)
