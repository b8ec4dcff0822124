"""The attack list against all walls together, and against each alone: nothing ever changes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sqloop.database.checking.readonly import check_readonly
from sqloop.database.connect import Database, connect
from sqloop.database.outcome import Limits

from .evidence import file_state, run_bare, server_state

LIST = Path(__file__).with_name("attacks.txt")
LIMITS = Limits(seconds=0.1)
_ESCAPE = re.compile(r"\\(?:u([0-9a-f]{4})|(n)|(\\))")


def read_attacks(folder: Path, list_: Path = LIST) -> list[tuple[str, bool]]:
    """Statements, and whether one of the engines may rightly run it (``~`` before it: it only reads)."""
    lines = [line for line in list_.read_text().splitlines() if line and not line.startswith("== ")]
    return [
        (
            _ESCAPE.sub(_unescape, line.removeprefix("~")).replace("{folder}", str(folder)),
            line.startswith("~"),
        )
        for line in lines
    ]


def _unescape(matched: re.Match[str]) -> str:
    return chr(int(matched[1], 16)) if matched[1] else "\n" if matched[2] else "\\"


def test_the_list_is_long_and_without_repetition(tmp_path: Path) -> None:
    attacks = [sql for sql, _ in read_attacks(tmp_path)]
    assert len(set(attacks)) == len(attacks) >= 150


def test_all_walls_together_on_sqlite(sqlite_shop: Database, shop_file: Path, loot: Path) -> None:
    before = file_state(shop_file)
    passed = [
        sql for sql, reads in read_attacks(loot) if sqlite_shop.execute(sql).status == "ok" and not reads
    ]
    assert passed == []
    assert file_state(shop_file) == before


def test_all_walls_together_on_mariadb(mariadb, mariadb_shop: Database, loot: Path) -> None:  # type: ignore[no-untyped-def]
    before = server_state(mariadb)
    passed = [
        sql for sql, reads in read_attacks(loot) if mariadb_shop.execute(sql).status == "ok" and not reads
    ]
    assert passed == []
    assert server_state(mariadb) == before


@pytest.mark.parametrize("dialect", ["sqlite", "mysql"])
def test_wall_1_alone_refuses_by_the_text(dialect, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    # A function that the database defines itself is beyond what a text can tell: that is wall 2's.
    passed = [
        sql
        for sql, reads in read_attacks(tmp_path)
        if not reads and "spoil" not in sql and check_readonly(sql, dialect) is None
    ]
    assert passed == []


def test_wall_2_alone_holds_on_sqlite(sqlite_shop: Database, shop_file: Path, loot: Path) -> None:
    before = file_state(shop_file)
    for sql, _ in read_attacks(loot):
        sqlite_shop._engine.run(sql, LIMITS)
        assert file_state(shop_file) == before, sql


def test_wall_2_alone_holds_on_mariadb(mariadb, mariadb_shop: Database, loot: Path) -> None:  # type: ignore[no-untyped-def]
    before = server_state(mariadb)
    for sql, _ in read_attacks(loot):
        mariadb_shop._engine.run(sql, LIMITS)
    assert server_state(mariadb) == before


def test_wall_4_alone_holds_on_mariadb(mariadb, mariadb_shop: Database, loot: Path) -> None:  # type: ignore[no-untyped-def]
    """The account that `sqloop doctor` proposes, on a connection without any other wall."""
    mend = mariadb_shop.check().mend.replace("<password>", mariadb.password)
    mariadb.admin("DROP USER IF EXISTS sqloop_reader@'%'", *mend.split("; "))
    with connect(mariadb.url("shop", "sqloop_reader", mariadb.password)) as reader:
        assert not reader.check().may_write
    before = server_state(mariadb)
    for sql, _ in read_attacks(loot):
        if not sql.startswith("SET PASSWORD"):  # everybody may change his own
            run_bare(mariadb, "sqloop_reader", sql)
    assert server_state(mariadb) == before
