"""Wall 4: what the account may do, whether it is seen, and that the proposed grant mends it."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from sqloop.database.connect import Database, connect


def make_account(mariadb, *grants: str) -> Database:  # type: ignore[no-untyped-def]
    mariadb.admin(
        "DROP USER IF EXISTS visitor@'%'", f"CREATE USER visitor@'%' IDENTIFIED BY '{mariadb.password}'"
    )
    mariadb.admin(*(f"GRANT {grant} TO visitor@'%'" for grant in grants))
    return connect(mariadb.url("shop", "visitor", mariadb.password))


@pytest.mark.parametrize(
    ("grants", "writes"),
    [
        (["SELECT ON shop.*"], ()),
        (["SELECT, SHOW VIEW ON shop.*"], ()),
        (["SELECT (id) ON shop.customers"], ()),
        (["SELECT ON shop.*", "ALL ON other.*"], ()),
        (["SELECT, INSERT, DELETE ON shop.*"], ("DELETE", "INSERT")),
        (["SELECT ON shop.*", "UPDATE (name) ON shop.customers"], ("UPDATE",)),
        (["SELECT ON *.*", "FILE ON *.*"], ("FILE",)),
        (["ALL ON shop.*"], ("ALL PRIVILEGES",)),
        (["ALL ON `sh%`.*"], ("ALL PRIVILEGES",)),
        (["SELECT ON shop.*", "EXECUTE ON FUNCTION shop.spoil"], ("EXECUTE",)),
    ],
)
def test_what_the_account_may_do_is_seen(mariadb, mariadb_shop_url, grants, writes) -> None:  # type: ignore[no-untyped-def]
    with make_account(mariadb, *grants) as database:
        account = database.check()
    assert account.writes == writes
    assert account.may_write == bool(writes)
    assert bool(account.mend) == bool(writes)
    assert account.user == "visitor@%"
    assert account.server.startswith("MariaDB 1")


def test_rights_of_a_role_count(mariadb, mariadb_shop_url) -> None:  # type: ignore[no-untyped-def]
    mariadb.admin("CREATE OR REPLACE ROLE writer", "GRANT INSERT ON shop.* TO writer")
    make_account(mariadb, "SELECT ON shop.*", "writer").close()
    mariadb.admin("SET DEFAULT ROLE writer FOR visitor@'%'")
    with connect(mariadb.url("shop", "visitor", mariadb.password)) as database:
        assert database.check().writes == ("INSERT",)


def test_the_proposed_grant_mends_it(mariadb, mariadb_shop: Database) -> None:  # type: ignore[no-untyped-def]
    account = mariadb_shop.check()
    assert account.may_write
    mariadb.admin("DROP USER IF EXISTS sqloop_reader@'%'")
    mariadb.admin(*account.mend.replace("<password>", mariadb.password).split("; "))
    with connect(mariadb.url("shop", "sqloop_reader", mariadb.password)) as database:
        assert not database.check().may_write
        assert database.execute("SELECT name FROM rome").status == "ok"
        assert len(database.schema().tables) == 7


def test_a_file_that_may_be_written_is_told(sqlite_shop: Database, shop_file: Path) -> None:
    account = sqlite_shop.check()
    assert account.server.startswith("SQLite 3")
    assert account.may_write
    assert account.mend == f"chmod a-w {shlex.quote(str(shop_file))}"
