"""Gold SQL in the words of other engines, run on one of them."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import duckdb
import pytest

from sqloop.database.schema import Column, Dialect, Schema, Table
from sqloop_trainer.tuning.scenarios import Scenario
from sqloop_trainer.tuning.translating import OTHERS, schema_in, translate

COLUMNS = (
    Column("Id", "INTEGER", "number"),
    Column("Placed", "DATETIME", "date"),
    Column("Due", "DATE", "date"),
    Column("Paid", "DATE", "date"),
    Column("Status", "TEXT", "text"),
)
SHOP = Schema("sqlite", (Table("Orders", COLUMNS),))


@pytest.mark.parametrize(
    ("sql", "mysql", "postgres", "duckdb_"),
    [
        (
            "SELECT strftime('%Y-%m', Placed), COUNT(*) FROM Orders GROUP BY 1",
            "SELECT DATE_FORMAT(Placed, '%Y-%m'), COUNT(*) FROM Orders GROUP BY 1",
            "SELECT TO_CHAR(placed, 'YYYY-MM'), COUNT(*) FROM orders GROUP BY 1",
            "SELECT STRFTIME(Placed, '%Y-%m'), COUNT(*) FROM Orders GROUP BY 1",
        ),
        (
            "SELECT Id FROM Orders WHERE strftime('%Y', Placed) = '2023'",
            "SELECT Id FROM Orders WHERE YEAR(Placed) = 2023",
            "SELECT id FROM orders WHERE EXTRACT(YEAR FROM placed) = 2023",
            "SELECT Id FROM Orders WHERE YEAR(Placed) = 2023",
        ),
        (
            "SELECT AVG(julianday(Paid) - julianday(Due)) FROM Orders",
            "SELECT AVG(DATEDIFF(Paid, Due)) FROM Orders",
            "SELECT AVG(paid - due) FROM orders",
            "SELECT AVG(Paid - Due) FROM Orders",
        ),
        (
            "SELECT SUM(Status = 'open') FROM Orders WHERE date(Placed) = Due AND Status LIKE 'o%'",
            "SELECT SUM(Status = 'open') FROM Orders WHERE DATE(Placed) = Due AND Status LIKE 'o%'",
            "SELECT COUNT(*) FILTER(WHERE status = 'open') FROM orders"
            " WHERE CAST(placed AS DATE) = due AND status ILIKE 'o%'",
            "SELECT COUNT(*) FILTER(WHERE Status = 'open') FROM Orders"
            " WHERE CAST(Placed AS DATE) = Due AND Status ILIKE 'o%'",
        ),
        (
            "SELECT Id FROM Orders WHERE Status NOT LIKE 'o%'",
            "SELECT Id FROM Orders WHERE NOT Status LIKE 'o%'",
            "SELECT id FROM orders WHERE NOT status ILIKE 'o%'",
            "SELECT Id FROM Orders WHERE NOT Status ILIKE 'o%'",
        ),
        (
            "SELECT 100.0 * COUNT(Paid) / COUNT(*) FROM (SELECT * FROM Orders ORDER BY Due DESC)",
            "SELECT 100.0 * COUNT(Paid) / COUNT(*) FROM (SELECT * FROM Orders ORDER BY Due DESC) AS t",
            "SELECT 100.0 * COUNT(paid) / COUNT(*) FROM (SELECT * FROM orders ORDER BY due DESC) AS t",
            "SELECT 100.0 * COUNT(Paid) / COUNT(*) FROM (SELECT * FROM Orders ORDER BY Due DESC) AS t",
        ),
    ],
)
def test_a_query_is_said_as_one_would_there(sql: str, mysql: str, postgres: str, duckdb_: str) -> None:
    assert [translate(sql, SHOP, dialect) for dialect in OTHERS] == [mysql, postgres, duckdb_]


@pytest.mark.parametrize("dialect", OTHERS)
def test_what_has_no_plain_form_there_is_refused(dialect: Dialect) -> None:
    with pytest.raises(ValueError, match="DATETIME has no plain form"):
        translate("SELECT datetime(Id, 'unixepoch') FROM Orders", SHOP, dialect)


def test_every_engine_names_types_in_its_own_words() -> None:
    told = {dialect: [each.type for each in schema_in(SHOP, dialect).tables[0].columns] for dialect in OTHERS}
    assert told == {
        "mysql": ["int", "datetime", "date", "date", "text"],
        "postgres": ["integer", "timestamp", "date", "date", "text"],
        "duckdb": ["INTEGER", "TIMESTAMP", "DATE", "DATE", "VARCHAR"],
    }
    assert schema_in(SHOP, "postgres").tables[0].name == "orders"


def test_duckdb_counts_what_sqlite_counts(scenarios: list[Scenario]) -> None:
    """The kept SQL of a scenario, on the same rows in the other engine."""
    scenario = next(each for each in scenarios if each.name == "zoo")
    with duckdb.connect() as other, closing(sqlite3.connect(scenario.path)) as own:
        for table in schema_in(scenario.schema, "duckdb").tables:
            columns = ", ".join(f"{each.name} {each.type}" for each in table.columns)
            other.execute(f"CREATE TABLE {table.name} ({columns})")
            rows = own.execute(f"SELECT * FROM {table.name}").fetchall()
            other.executemany(
                f"INSERT INTO {table.name} VALUES ({', '.join('?' * len(table.columns))})", rows
            )
        counted = [
            (asking.sql, len(own.execute(asking.sql).fetchall()), len(other.execute(said).fetchall()))
            for asking in scenario.askings
            if (said := asking.said.get("duckdb"))
        ]
    assert len(counted) > 50
    assert [each for each in counted if each[1] != each[2]] == []
