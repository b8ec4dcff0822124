"""A .duckdb file of a stranger: what its views and macros call does no harm, whoever asks them.

A view is read by candidates, and unasked for samples, counts and values. A macro may have the name of a
function that is harmless, and then takes its place.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

from effort import choose, in_time
from sqloop.database.connect import Database, connect
from sqloop.database.outcome import Limits
from sqloop.errors import DatabaseError

MARK = "the mark of the secret"
LIMITS = Limits(seconds=0.5)
LATE = 1.5
"""Seconds that an answer may take beyond its limit."""

SECRET = (
    "read_csv('{secret}')",
    "read_csv_auto('{secret}', header = false)",
    "read_text('{secret}')",
    "read_blob('{secret}')",
    "read_text('{folder}/*')",
    "sniff_csv('{secret}')",
    "glob('{folder}/*')",
    "'{secret}'",
    "read_json('{json}')",
    "read_parquet('{parquet}')",
    "parquet_metadata('{parquet}')",
    "parquet_schema('{parquet}')",
    "query('SELECT * FROM read_text(''{secret}'')')",
    "(SELECT getenv('SQLOOP_PASSWORD') AS a) AS s",
    "(SELECT nextval('tickets') AS a) AS s",
    "(SELECT currval('tickets') AS a) AS s",
    "duckdb_secrets()",
)
"""What a view of ours may not give, and what may not change."""

GREEDY = (
    "range(1000000000000)",
    "(SELECT repeat('x', 2000000000) AS a) AS s",
    "(SELECT string_agg(repeat('x', 1000000), '') AS a FROM range(100000)) AS s",
    "(WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n AS a FROM r) AS s",
    "(SELECT count(*) AS a FROM range(1000000) AS x(i), range(1000000) AS y(j) WHERE i * j % 7 = 3) AS s",
)
SHADOWED = ("lower", "upper", "abs", "length", "date_trunc", "count_if", "coalesce", "strftime")
"""Functions that are on the list, in whose place the file has a macro."""


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Files that nobody named, and a password in the environment."""
    monkeypatch.setenv("SQLOOP_PASSWORD", MARK)
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    names = {name: str(folder / f"secret.{name}") for name in ("csv", "json", "parquet")}
    with duckdb.connect() as connection:
        for path in names.values():
            connection.execute(f"COPY (SELECT 1 AS a, '{MARK}' AS b) TO '{path}'")
    return {"secret": names["csv"], "folder": str(folder), **names}


def make(path: Path, *statements: str) -> list[str]:
    """A database with a table and what of ``statements`` DuckDB makes; those that it made."""
    made = []
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE customers AS SELECT 1 AS id, 'Ada' AS name, DATE '2024-01-02' AS born"
        )
        connection.execute("CREATE SEQUENCE tickets")
        for statement in statements:
            with suppress(duckdb.Error):
                connection.execute(statement)
                made.append(statement)
    return made


def state(folder: Path) -> dict[str, str]:
    files = (each for each in folder.rglob("*") if each.is_file())
    return {str(each): hashlib.sha256(each.read_bytes()).hexdigest() for each in files}


def give(database: Database, sql: str) -> str:
    """All that a query tells, in time."""
    outcome = in_time(lambda: database.execute(sql), LIMITS.seconds, LATE, sql)
    return f"{outcome.columns} {outcome.rows} {outcome.error}"


def everything_known(database: Database) -> str:
    """All that is read unasked."""
    with suppress(DatabaseError):
        database.values()
    schema = database.schema(refresh=True)
    return f"{schema} {database.values().whole([MARK])}"


def test_views_read_nothing_that_was_not_named(tmp_path: Path, secrets: dict[str, str]) -> None:
    path = tmp_path / "home" / "stranger.duckdb"
    path.parent.mkdir()
    views = [f"CREATE VIEW v{number} AS SELECT * FROM {each}" for number, each in enumerate(SECRET)]
    made = make(path, *(each.format(**secrets) for each in views))
    assert len(made) >= 10
    before = state(tmp_path)
    with connect(f"duckdb:///{path}", LIMITS) as database:
        assert MARK not in everything_known(database)
        for statement in made:
            name = statement.split()[2]
            told = give(database, f"SELECT * FROM {name}") + give(database, f"SELECT COUNT(*) FROM {name}")
            assert MARK not in told
            assert "secret.csv" not in told.replace(statement, "").replace(secrets["secret"], "")
        assert give(database, "SELECT name FROM customers") == "('name',) (('Ada',),) "
    assert state(tmp_path) == before


def test_views_without_end_or_measure_are_ended(tmp_path: Path) -> None:
    path = tmp_path / "stranger.duckdb"
    tried = choose(GREEDY, 2)
    made = make(path, *(f"CREATE VIEW v{n} AS SELECT * FROM {each}" for n, each in enumerate(tried)))
    assert len(made) == len(tried)
    with connect(f"duckdb:///{path}", LIMITS) as database:
        # Each is looked at for samples, values and a count.
        in_time(lambda: everything_known(database), 25, 5)
        for number in range(len(tried)):
            give(database, f"SELECT COUNT(*) FROM v{number}")
            assert give(database, "SELECT name FROM customers") == "('name',) (('Ada',),) "


@pytest.mark.parametrize("harm", ["(SELECT max(content) FROM read_text('{secret}'))", "nextval('tickets')"])
def test_macros_in_place_of_harmless_functions_do_no_harm(
    tmp_path: Path, secrets: dict[str, str], harm: str
) -> None:
    path = tmp_path / "home" / "stranger.duckdb"
    path.parent.mkdir()
    body = harm.format(**secrets)
    macros = [f"CREATE MACRO {name}(x) AS {body}" for name in SHADOWED]
    macros += [f"CREATE MACRO date_part(x, y) AS {body}", f"CREATE MACRO leak() AS TABLE SELECT {body} AS a"]
    made = make(path, *macros, "CREATE VIEW hidden AS SELECT lower(name) AS a FROM customers")
    assert len(made) >= 8
    before = state(tmp_path)
    with connect(f"duckdb:///{path}", LIMITS) as database:
        assert MARK not in everything_known(database)
        for name in SHADOWED:
            assert MARK not in give(database, f"SELECT {name}(name) FROM customers")
            assert MARK not in give(database, f"SELECT main.{name}(name) FROM customers")
        for sql in (
            "SELECT * FROM leak()",
            "SELECT * FROM hidden",
            "SELECT date_part('year', born) FROM customers",
        ):
            assert MARK not in give(database, sql)
        assert give(database, "SELECT name FROM customers") == "('name',) (('Ada',),) "
    assert state(tmp_path) == before


def test_a_count_is_headed_as_elsewhere(tmp_path: Path) -> None:
    make(tmp_path / "own.duckdb")
    with connect(f"duckdb:///{tmp_path / 'own.duckdb'}") as database:
        outcome = database.execute("SELECT COUNT(*), 2 * COUNT(*), COUNT(*) AS n FROM customers")
        assert outcome.columns == ("COUNT(*)", "(2 * COUNT(*))", "n")
