"""`test_hostile` on PostgreSQL and DuckDB: nothing changes, all ends, through all walls and each alone."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from effort import choose, in_time
from sqloop.database.checking.readonly import check_readonly
from sqloop.database.connect import Database, connect
from sqloop.database.outcome import Limits
from sqloop.errors import UnreachableError

from .conftest import ROWS, TABLES, for_postgres
from .evidence import DUCKDB_MEMORY, make_reader, peak_of, postgres_state, try_reader_alone, watched
from .hostile import Statement, hostile_statements, snared_statements
from .hostile_elsewhere import SNARES
from .test_duckdb_attacks import MARK, Target, target  # noqa: F401  # a fixture
from .test_hostile import LATE, LIMITS, SERVER_MEMORY, run_all

SAMPLE = 150


@pytest.mark.parametrize("dialect", ["postgres", "duckdb"])
def test_wall_1_alone_refuses_each(dialect, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    statements = hostile_statements(dialect, tmp_path)
    assert len(statements) >= 1_200
    passed = [each for each in statements if not each.greedy and check_readonly(each.sql, dialect) is None]
    assert passed == []


def tried(database: Database, sql: str) -> None:
    """By the engine alone; a query may end the sessions of its own role."""
    with suppress(UnreachableError):
        database._engine.run(sql, LIMITS)


@pytest.mark.parametrize("walls", ["all", "the second and third"])
def test_on_postgresql(walls: str, postgres, postgres_shop_url: str, loot: Path) -> None:  # type: ignore[no-untyped-def]
    before, held = postgres_state(postgres), peak_of(postgres._process.pid)
    statements = choose(hostile_statements("postgres", loot), SAMPLE)
    with connect(postgres_shop_url, LIMITS) as database:
        if walls == "all":
            assert run_all(database.execute, statements) == []
        else:
            for statement in statements:
                in_time(partial(tried, database, statement.sql), LIMITS.seconds, LATE, statement)
        assert database.execute("SELECT COUNT(*) FROM items").rows == ((5,),)
    assert postgres_state(postgres) == before
    assert peak_of(postgres._process.pid) - held < SERVER_MEMORY


def test_the_proposed_role_alone_on_postgresql(postgres, postgres_shop_url: str, loot: Path) -> None:  # type: ignore[no-untyped-def]
    with connect(postgres_shop_url) as shop:
        make_reader(postgres, shop.check().mend)
    statements = [each.sql for each in hostile_statements("postgres", loot) if not each.greedy]
    large = [sql for sql in statements if "lo_" in sql]
    assert len(large) > 100
    try_reader_alone(postgres, [*choose(statements, SAMPLE // 5), *choose(large, SAMPLE // 5)])


def test_no_function_of_the_database_is_reached(postgres, postgres_shop_url: str) -> None:  # type: ignore[no-untyped-def]
    """By a listed name, as a part of a row, an operator, a cast, a domain, or a view of any of these."""
    url = postgres.create("snares", *map(for_postgres, (*TABLES, *ROWS)), *SNARES)
    before = postgres_state(postgres, "snares")
    with connect(url, LIMITS) as database:
        reached: list[Statement] = []
        for statement in choose(snared_statements(), SAMPLE):
            outcome = database.execute(statement.sql)
            if outcome.status == "ok" or "CAUGHT" in outcome.error:
                reached.append(statement)
        assert reached == []
        honest = "SELECT upper(name), count(*) FROM customers WHERE id IN (1, 2) GROUP BY 1 ORDER BY 1"
        assert database.execute(honest).rows == (("ADA", 1), ("BOB", 1))
    assert postgres_state(postgres, "snares") == before
    with connect(url, functions=["abs"]) as vouched:
        assert vouched.execute("SELECT abs(id - 5) FROM customers WHERE id = 1").rows == ((4,),)


@pytest.mark.parametrize("walls", ["all", "the second and third"])
def test_on_duckdb(walls: str, target: Target, loot: Path) -> None:  # noqa: F811
    before = target.state()
    statements = choose(hostile_statements("duckdb", loot), SAMPLE)
    with watched("duckdb") as peaks:
        if walls == "all":
            target.database.limits = LIMITS
            assert run_all(target.database.execute, statements) == []
        else:
            for statement in statements:
                run = partial(target.database._engine.run, statement.sql, LIMITS)
                outcome = in_time(run, LIMITS.seconds, LATE, statement)
                assert MARK not in repr(outcome.rows), statement
                assert "root:" not in repr(outcome.rows), statement
    assert 0 < max(peaks) <= DUCKDB_MEMORY
    target.database.limits = Limits()
    assert target.database.execute("SELECT COUNT(*) FROM customers").status == "ok"
    assert target.state() == before
