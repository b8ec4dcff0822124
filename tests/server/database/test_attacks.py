"""The attack list against all walls together, and against each alone: nothing ever changes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pymysql
import pytest

from sqloop.database.account import check_account
from sqloop.database.connect import Database, connect
from sqloop.database.outcome import Limits
from sqloop.database.readonly import check_readonly

LIST = Path(__file__).with_name("attacks.txt")
LIMITS = Limits(seconds=0.1)
_ESCAPE = re.compile(r"\\(?:u([0-9a-f]{4})|(n)|(\\))")


def read_attacks(folder: Path) -> list[tuple[str, bool]]:
    """Statements, and whether one of the engines may rightly run it (``~`` before it: it only reads)."""
    lines = [line for line in LIST.read_text().splitlines() if line and not line.startswith("== ")]
    return [
        (
            _ESCAPE.sub(_unescape, line.removeprefix("~")).replace("{folder}", str(folder)),
            line.startswith("~"),
        )
        for line in lines
    ]


def _unescape(matched: re.Match[str]) -> str:
    return chr(int(matched[1], 16)) if matched[1] else "\n" if matched[2] else "\\"


def file_state(path: Path) -> str:
    """Checksum of the file, and what lies beside it."""
    beside = sorted(each.name for each in path.parent.iterdir())
    return f"{hashlib.sha256(path.read_bytes()).hexdigest()} {beside}"


def server_state(mariadb) -> list[object]:  # type: ignore[no-untyped-def]
    """Every table's checksum, every definition, account and global setting of the whole server."""
    admin = mariadb.admin
    tables = admin(
        "SELECT table_schema, table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE' "
        "AND table_schema NOT IN ('information_schema', 'performance_schema', 'sys') "
        "AND table_name NOT IN ('general_log', 'slow_log', 'transaction_registry') "
        "AND table_name NOT LIKE 'innodb%' ORDER BY 1, 2"
    )
    names = ", ".join(f"`{schema}`.`{table}`" for schema, table in tables)
    return [
        admin(f"CHECKSUM TABLE {names}"),
        admin("SELECT * FROM information_schema.columns WHERE table_schema = 'shop' ORDER BY 3, 5"),
        admin("SELECT * FROM information_schema.schemata ORDER BY schema_name"),
        admin(  # without the estimates, which the server renews when it likes
            "SELECT table_name, index_name, seq_in_index, column_name, non_unique "
            "FROM information_schema.statistics WHERE table_schema = 'shop' ORDER BY 1, 2, 3"
        ),
        admin("SELECT * FROM information_schema.routines ORDER BY 1"),
        admin("SELECT * FROM information_schema.triggers ORDER BY 1"),
        admin("SELECT * FROM information_schema.events ORDER BY 1"),
        admin("SELECT * FROM information_schema.plugins ORDER BY 1"),
        admin("SELECT * FROM shop.tickets"),
        [row for row in admin("SHOW GLOBAL VARIABLES") if not str(row[0]).startswith("gtid")],
        sorted(each.name for each in mariadb.folder.iterdir()),
    ]


@pytest.fixture
def loot(tmp_path: Path) -> Iterator[Path]:
    """The folder that attacks write to, which must stay empty; the server may write there."""
    folder = tmp_path / "loot"
    folder.mkdir()
    folder.chmod(0o777)
    yield folder
    assert list(folder.iterdir()) == []


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
        assert not check_account(reader._engine).may_write
    before = server_state(mariadb)
    for sql, _ in read_attacks(loot):
        if not sql.startswith("SET PASSWORD"):  # everybody may change his own
            run_bare(mariadb, "sqloop_reader", sql)
    assert server_state(mariadb) == before


def run_bare(mariadb, user: str, sql: str) -> None:  # type: ignore[no-untyped-def]
    """Run it on a session of its own, which nothing but the rights of the account protects."""
    with (
        pymysql.connect(
            host="127.0.0.1",
            port=mariadb.port,
            user=user,
            password=mariadb.password,
            database="shop",
            autocommit=True,
            ssl_disabled=True,
            init_command="SET max_statement_time = 0.1",
            read_timeout=60,
        ) as session,
        suppress(pymysql.Error, UnicodeError),
        session.cursor() as cursor,
    ):
        cursor.execute(sql)
