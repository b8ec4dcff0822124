"""One small shop, the same on every engine, with names and values that are hard to handle."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from sqloop.database.connect import Database, connect

from .company import COMPANY

if TYPE_CHECKING:
    from servers import PostgreSQLServer

TABLES = (
    "CREATE TABLE customers (id INTEGER PRIMARY KEY, name VARCHAR(80) NOT NULL, city VARCHAR(80), born DATE)",
    "CREATE TABLE products (id INTEGER PRIMARY KEY, name VARCHAR(80), price DECIMAL(8,2), details TEXT)",
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL, placed DATETIME, "
    "status VARCHAR(20), FOREIGN KEY (customer_id) REFERENCES customers (id))",
    "CREATE TABLE items (order_id INTEGER, line INTEGER, product_id INTEGER, quantity INTEGER, "
    "PRIMARY KEY (order_id, line), FOREIGN KEY (order_id) REFERENCES orders (id), "
    "FOREIGN KEY (product_id) REFERENCES products (id))",
    "CREATE TABLE odd (`select` INTEGER PRIMARY KEY, `update` VARCHAR(20), `two words` VARCHAR(40), "
    "`größe` INTEGER, `sleep` INTEGER, `set` VARCHAR(10))",
    "CREATE TABLE `order details` (id INTEGER PRIMARY KEY, `into` VARCHAR(20))",
    "CREATE VIEW rome AS SELECT id, name FROM customers WHERE city = 'Rome'",
)
ROWS = (
    "INSERT INTO customers VALUES (1, 'Ada', 'Rome', '1990-01-02'), (2, 'Bob', 'Paris', '1985-05-06'), "
    "(3, 'Cleo', 'Rome', NULL), (4, 'Zoë', NULL, '2000-12-31')",
    'INSERT INTO products VALUES (1, \'Tea\', 3.50, \'{"origin": "Assam", "tags": ["hot", "dry"]}\'), '
    "(2, 'Mug', 8.00, '{}'), (3, 'Delete; drop', 1.25, NULL)",
    "INSERT INTO orders VALUES (1, 1, '2024-01-05 10:00:00', 'paid'), (2, 1, '2024-02-06 11:30:00', 'open'), "
    "(3, 2, '2024-02-07 09:15:00', 'paid'), (4, 3, '2023-12-31 23:59:59', 'update')",
    "INSERT INTO items VALUES (1, 1, 1, 2), (1, 2, 2, 1), (2, 1, 1, 10), (3, 1, 3, 4), (4, 1, 2, 2)",
    "INSERT INTO odd VALUES (1, 'a', 'b c', 5, 6, 's'), (2, 'INTO OUTFILE', 'it''s', 7, 8, NULL)",
    "INSERT INTO `order details` VALUES (1, 'x')",
)


@pytest.fixture
def shop_file(tmp_path: Path) -> Path:
    path = tmp_path / "shop.sqlite"
    with sqlite3.connect(path) as connection:
        for statement in (*TABLES, *ROWS):
            connection.execute(statement)
    connection.close()
    return path


@pytest.fixture
def sqlite_shop(shop_file: Path) -> Iterator[Database]:
    with connect(f"sqlite:///{shop_file}") as database:
        yield database


@pytest.fixture(scope="session")
def mariadb_shop_url(mariadb) -> str:  # type: ignore[no-untyped-def]
    return mariadb.create(
        "shop",
        *TABLES,
        *ROWS,
        "CREATE SEQUENCE tickets",
        "CREATE FUNCTION spoil() RETURNS INT BEGIN DELETE FROM items; RETURN 1; END",
        "CREATE PROCEDURE wipe() DELETE FROM items",
        "ANALYZE TABLE items",  # so that the estimate of its rows is there
    )


@pytest.fixture
def mariadb_shop(mariadb_shop_url: str) -> Iterator[Database]:
    with connect(mariadb_shop_url) as database:
        yield database


@pytest.fixture
def duckdb_file(tmp_path: Path) -> Path:
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        for statement in (*TABLES, *ROWS):
            connection.execute(statement.replace("`", '"'))
        connection.execute("CREATE SEQUENCE tickets")
        connection.execute("CREATE MACRO spoil() AS TABLE SELECT * FROM read_text('/etc/passwd')")
    return path


@pytest.fixture
def duckdb_shop(duckdb_file: Path) -> Iterator[Database]:
    with connect(f"duckdb:///{duckdb_file}") as database:
        yield database


@pytest.fixture(scope="session")
def postgres_shop_url(postgres) -> str:  # type: ignore[no-untyped-def]
    return postgres.create(
        "shop",
        *map(for_postgres, (*TABLES, *ROWS)),
        "CREATE SEQUENCE tickets",
        "CREATE FUNCTION spoil() RETURNS int LANGUAGE sql AS 'DELETE FROM items; SELECT 1'",
        "CREATE PROCEDURE wipe() LANGUAGE sql AS 'DELETE FROM items'",
        "ANALYZE items",
    )


@pytest.fixture
def postgres_shop(postgres_shop_url: str) -> Iterator[Database]:
    with connect(postgres_shop_url) as database:
        yield database


def for_postgres(statement: str) -> str:
    """The statement as PostgreSQL has it."""
    return statement.replace("`", '"').replace("DATETIME", "TIMESTAMP")


SHOPS = {
    "sqlite": "sqlite_shop",
    "mysql": "mariadb_shop",
    "postgres": "postgres_shop",
    "duckdb": "duckdb_shop",
}
"""A row for each engine: what holds on ``shop`` is the contract of all."""


@pytest.fixture(params=SHOPS)
def shop(request: pytest.FixtureRequest) -> Database:
    """The shop on each engine in turn."""
    database: Database = request.getfixturevalue(SHOPS[request.param])
    return database


@pytest.fixture
def loot(tmp_path: Path) -> Iterator[Path]:
    """The folder that attacks write to, which must stay empty; the server may write there."""
    folder = tmp_path / "loot"
    folder.mkdir()
    folder.chmod(0o777)
    yield folder
    assert list(folder.iterdir()) == []


@pytest.fixture(scope="session")
def company_url(postgres: PostgreSQLServer) -> str:
    return postgres.create("company", *COMPANY)


@pytest.fixture
def company(company_url: str) -> Iterator[Database]:
    with connect(company_url) as database:
        yield database
