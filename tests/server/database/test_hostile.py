"""Hostile statements by the thousand through all walls and through each alone: nothing changes, all ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pytest

from effort import choose, in_time
from sqloop.database.checking.readonly import check_readonly
from sqloop.database.connect import Database, connect
from sqloop.database.engines.sqlite.child import MEMORY
from sqloop.database.outcome import Limits, Outcome

from .evidence import file_state, peak_of, run_bare, server_state, watched
from .hostile import Statement, fatal_statements, hostile_statements

LIMITS = Limits(seconds=0.1)
LATE = 1.0
"""Seconds over the limit after which nothing may run any more."""

SAMPLE = 300
SERVER_MEMORY = 512 * 1024 * 1024
"""Bytes that all statements together may add to the peak of MariaDB's memory."""

DIALECTS = ("sqlite", "mysql")


def run_all(run: Callable[[str], Outcome], statements: Sequence[Statement]) -> list[Statement]:
    """Run each; those that are not merely greedy and were carried out. None may take too long."""
    passed = []
    for statement in statements:
        outcome = in_time(partial(run, statement.sql), LIMITS.seconds, LATE, statement)
        assert outcome.status in ("ok", "error", "refused", "timeout"), outcome
        if outcome.status == "ok" and not statement.greedy:
            passed.append(statement)
    return passed


@pytest.mark.parametrize("dialect", DIALECTS)
def test_there_are_enough_of_them(dialect: str, tmp_path: Path) -> None:
    statements = [each.sql for each in hostile_statements(dialect, tmp_path)]
    assert len(set(statements)) == len(statements) >= 1_200


@pytest.mark.parametrize("dialect", DIALECTS)
def test_wall_1_alone_refuses_each(dialect, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    statements = hostile_statements(dialect, tmp_path) + (fatal_statements() if dialect == "mysql" else [])
    passed = [each for each in statements if not each.greedy and check_readonly(each.sql, dialect) is None]
    assert passed == []


@pytest.mark.parametrize("walls", ["all", "the second and third"])
def test_on_sqlite(walls: str, shop_file: Path, loot: Path) -> None:
    before = file_state(shop_file)
    statements = choose(hostile_statements("sqlite", loot), SAMPLE)
    with connect(f"sqlite:///{shop_file}", LIMITS) as database, watched() as peaks:
        if walls == "all":
            assert run_all(database.execute, statements) == []
        else:
            run_all(lambda sql: database._engine.run(sql, LIMITS), statements)
        assert database.execute("SELECT COUNT(*) FROM items").rows == ((5,),)
    assert file_state(shop_file) == before
    assert 0 < max(peaks) <= MEMORY


@pytest.mark.parametrize("walls", ["all", "the second and third"])
def test_on_mariadb(walls: str, mariadb, mariadb_shop_url: str, loot: Path) -> None:  # type: ignore[no-untyped-def]
    before, held = server_state(mariadb), peak_of(mariadb._process.pid)
    statements = choose(hostile_statements("mysql", loot), SAMPLE)
    with connect(mariadb_shop_url, LIMITS) as database:
        if walls == "all":
            fatal = choose(fatal_statements(), SAMPLE // 4)
            assert run_all(database.execute, statements + fatal) == []
        else:
            run_all(lambda sql: database._engine.run(sql, LIMITS), statements)
        assert database.execute("SELECT COUNT(*) FROM items").rows == ((5,),)
    assert server_state(mariadb) == before
    assert peak_of(mariadb._process.pid) - held < SERVER_MEMORY


def test_an_account_that_may_only_read_on_mariadb(mariadb, mariadb_shop: Database, loot: Path) -> None:  # type: ignore[no-untyped-def]
    """Wall 4 without any other."""
    mend = mariadb_shop.check().mend.replace("<password>", mariadb.password)
    mariadb.admin("DROP USER IF EXISTS sqloop_reader@'%'", *mend.split("; "))
    before = server_state(mariadb)
    statements = choose(hostile_statements("mysql", loot), SAMPLE)
    for statement in statements:
        if not statement.greedy:
            run_bare(mariadb, "sqloop_reader", statement.sql)
    assert server_state(mariadb) == before
