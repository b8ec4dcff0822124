"""Windows and rows beside rows mean the same on both engines, through all walls."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sqloop.database.connect import connect
from sqloop.database.outcome import Outcome
from sqloop.generation.compact.expand import expand
from sqloop.generation.compact.rendering import render
from sqloop.generation.compact.selects import parse_query

TABLES = (
    "CREATE TABLE team (id INTEGER PRIMARY KEY, name VARCHAR(20))",
    "CREATE TABLE employee (id INTEGER PRIMARY KEY, name VARCHAR(20), pay INTEGER, hired DATE, "
    "team_id INTEGER, boss_id INTEGER, FOREIGN KEY (team_id) REFERENCES team (id), "
    "FOREIGN KEY (boss_id) REFERENCES employee (id))",
    "INSERT INTO team VALUES (1, 'Sales'), (2, 'Tools')",
    "INSERT INTO employee VALUES (1, 'Ann', 9, '2020-01-05', 1, NULL), (2, 'Bo', 5, '2021-03-01', 1, 1), "
    "(3, 'Cy', 7, '2019-07-09', 2, 1), (4, 'Di', 8, '2022-02-02', 2, 3), (5, 'Ed', 8, '2023-11-30', 2, 3)",
)
RANKED = "SELECT ranked.name WHERE RANK() OVER (ORDER BY ranked.pay DESC) = 1"
ASKED = {
    "SELECT team.name, employee.name "
    "WHERE RANK() OVER (PARTITION BY team.name ORDER BY employee.pay DESC) = 1": [
        ("Sales", "Ann"),
        ("Tools", "Di"),
        ("Tools", "Ed"),
    ],
    "SELECT team.name, COUNT(*) FROM employee GROUP BY team.name "
    "HAVING RANK() OVER (ORDER BY COUNT(*) DESC) = 1": [("Tools", 3)],
    "SELECT employee.name, RANK() OVER (ORDER BY employee.pay DESC) "
    "ORDER BY employee.pay DESC, employee.name": [
        ("Ann", 1),
        ("Di", 2),
        ("Ed", 2),
        ("Cy", 4),
        ("Bo", 5),
    ],
    "SELECT employee.hired, SUM(employee.pay) OVER (ORDER BY employee.hired) ORDER BY employee.hired": [
        ("2019-07-09", 7),
        ("2020-01-05", 16),
        ("2021-03-01", 21),
        ("2022-02-02", 29),
        ("2023-11-30", 37),
    ],
    "SELECT employee.name, employee.boss_id.name WHERE employee.pay > employee.boss_id.pay": [
        ("Di", "Cy"),
        ("Ed", "Cy"),
    ],
    "SELECT employee.name WHERE employee.pay > AVG(employee.pay) OVER (PARTITION BY employee.team_id)": [
        ("Ann",),
        ("Di",),
        ("Ed",),
    ],
    "SELECT a0.name, a1.name FROM employee AS a0 JOIN employee AS a1 ON a0.pay = a1.pay AND a0.id < a1.id": [
        ("Di", "Ed")
    ],
}


def run_on_both(mariadb: Any, folder: Path, tables: Sequence[str], text: str) -> list[Outcome]:
    """What compact SQL gives in SQLite and in MariaDB, on tables that statements make."""
    path = folder / "firm.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(";".join(tables))
    found = []
    for url in (f"sqlite:///{path}", mariadb.create("firm", *tables)):
        with connect(url) as database:
            schema = database.schema()
            sql = render(expand(parse_query(text, schema.dialect), schema), schema.dialect)
            found.append(database.execute(sql))
            assert found[-1].status == "ok", (sql, found[-1].error)
    return found


@pytest.mark.parametrize("text", ASKED)
def test_both_engines_give_the_same(mariadb: Any, tmp_path: Path, text: str) -> None:
    for outcome in run_on_both(mariadb, tmp_path, TABLES, text):
        rows = [tuple(str(cell) if hasattr(cell, "year") else cell for cell in row) for row in outcome.rows]
        assert sorted(rows) == sorted(ASKED[text])


def test_a_table_may_be_called_as_the_query_around(mariadb: Any, tmp_path: Path) -> None:
    tables = (
        "CREATE TABLE ranked (name VARCHAR(20), pay INTEGER)",
        "INSERT INTO ranked VALUES ('Ann', 9), ('Bo', 5)",
    )
    for outcome in run_on_both(mariadb, tmp_path, tables, RANKED):
        assert outcome.rows == (("Ann",),)
