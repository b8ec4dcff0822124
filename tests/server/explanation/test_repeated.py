"""Which queries count a row more than once by their joins, and that the others are not said to."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.blind import run_script
from sqloop.database.connect import connect
from sqloop.database.schema import Schema
from sqloop.explanation import explain_query

HELD_OUT = Path(__file__).parents[2] / "benchmarks" / "held_out"
SCRIPT = """
CREATE TABLE owners (id INTEGER PRIMARY KEY, name TEXT, town TEXT);
CREATE TABLE pets (id INTEGER PRIMARY KEY, owner_id INTEGER REFERENCES owners (id), name TEXT, kind TEXT);
CREATE TABLE visits (id INTEGER PRIMARY KEY, pet_id INTEGER REFERENCES pets (id), cost REAL, came_on DATE);
CREATE TABLE vaccines (id INTEGER PRIMARY KEY, name TEXT, maker TEXT, price REAL);
CREATE TABLE vaccinations (
  id INTEGER PRIMARY KEY, pet_id INTEGER REFERENCES pets (id), vaccine_id INTEGER REFERENCES vaccines (id),
  given_on DATE, state TEXT
);
CREATE TABLE chips (code TEXT PRIMARY KEY, pet_id INTEGER UNIQUE REFERENCES pets (id), fee REAL);
CREATE TABLE bills (id INTEGER PRIMARY KEY, owner_id INTEGER REFERENCES owners (id), total REAL, due DATE);
CREATE TABLE bill_lines (bill_id INTEGER REFERENCES bills (id), vaccine_id INTEGER REFERENCES vaccines (id),
  qty INTEGER, PRIMARY KEY (bill_id, vaccine_id));
CREATE TABLE payments (id INTEGER PRIMARY KEY, bill_id INTEGER REFERENCES bills (id), amount REAL);
CREATE VIEW seen AS SELECT DISTINCT pet_id FROM visits;
"""
VISITS = "JOIN visits v ON v.pet_id = p.id"
VACCINATIONS = "JOIN vaccinations c ON c.pet_id = p.id"
BOTH = f"FROM pets p {VISITS} {VACCINATIONS}"
APART = "each row of visits counts once for every row of vaccinations of the same row of pets."
LINES = "FROM bills b JOIN bill_lines l ON l.bill_id = b.id"
OF_LINES = "each row of bills counts once for every row of bill_lines that it has."


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Schema]:
    path: Path = tmp_path_factory.mktemp("vet") / "vet.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SCRIPT)
    with connect(f"sqlite:///{path}") as database:
        yield database.schema()


def repeated(sql: str, schema: Schema) -> list[str]:
    said = explain_query(sql, schema.dialect, schema)
    assert not said.text.startswith("This query")
    return [line for line in said.assumptions if "counts once for every row" in line]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (f"SELECT p.name, SUM(v.cost) {BOTH} GROUP BY p.name", f"In the sum of cost, {APART}"),
        (f"SELECT p.id, SUM(v.cost) {BOTH} GROUP BY p.id", f"In the sum of cost, {APART}"),
        (f"SELECT AVG(cost) {BOTH}", f"In the average of cost, {APART}"),
        (f"SELECT p.name, COUNT(*) {BOTH} GROUP BY 1", f"In the number of rows, {APART}"),
        (f"SELECT p.name, COUNT(1) {BOTH} GROUP BY 1", f"In the number of rows, {APART}"),
        (f"SELECT p.name, COUNT(v.id) {BOTH} GROUP BY p.name", f"In the count of id, {APART}"),
        (f"SELECT p.name {BOTH} GROUP BY p.id HAVING COUNT(*) > 3", f"In the number of rows, {APART}"),
        (
            f"SELECT p.name, SUM(v.cost), COUNT(v.id) {BOTH} GROUP BY p.name",
            f"In the sum of cost and the count of id, {APART}",
        ),
        (f"SELECT SUM(v.cost) {BOTH.replace('JOIN', 'LEFT JOIN')}", f"In the sum of cost, {APART}"),
        (
            "SELECT SUM(v.cost) FROM visits v, pets p, vaccinations c "
            "WHERE p.id = v.pet_id AND p.id = c.pet_id",
            f"In the sum of cost, {APART}",
        ),
        (
            "SELECT SUM(v.cost) FROM visits v JOIN vaccinations c USING (pet_id)",
            f"In the sum of cost, {APART}".replace("row of pets", "pet id"),
        ),
        (  # By way of a third table, whose rows are the owner's.
            "SELECT o.name, SUM(b.total) FROM owners o JOIN bills b ON b.owner_id = o.id "
            f"JOIN pets p ON p.owner_id = o.id {VISITS} GROUP BY o.id",
            "In the sum of total, each row of bills counts once for every row of pets "
            "of the same row of owners.",
        ),
        (
            f"SELECT SUM(cost) OVER (PARTITION BY p.id) {BOTH}",
            f"In the sum of cost, {APART}",
        ),
        (
            f"SELECT SUM(v.cost) FILTER (WHERE v.cost > 3) {BOTH}",
            f"In the sum of cost, {APART}",
        ),
        (f"SELECT (SELECT SUM(v.cost) {BOTH}) / 2", f"In the sum of cost, {APART}"),
        (f"SELECT SUM(b.total) {LINES}", f"In the sum of total, {OF_LINES}"),
        (f"SELECT COUNT(b.id) {LINES}", f"In the count of id, {OF_LINES}"),
        (
            f"SELECT p.maker, SUM(b.total) {LINES} JOIN vaccines p ON p.id = l.vaccine_id GROUP BY p.maker",
            f"In the sum of total, {OF_LINES}",
        ),
        (
            "SELECT SUM(t.due) FROM (SELECT bill_id, SUM(qty) AS due FROM bill_lines GROUP BY bill_id) t "
            "JOIN payments y ON y.bill_id = t.bill_id",
            "In the sum of due, each row of t counts once for every row of payments that it has.",
        ),
    ],
)
def test_rows_that_a_join_repeats_are_told(sql: str, said: str, schema: Schema) -> None:
    assert repeated(sql, schema) == [said]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (
            f"SELECT p.kind, COUNT(*) FROM pets p {VISITS} GROUP BY p.kind",
            "Rows of visits are counted: a row of pets with three of them counts three times.",
        ),
        (
            f"SELECT COUNT(*) FROM pets p {VISITS} WHERE p.kind = 'cat'",
            "Rows of visits are counted: a row of pets with three of them counts three times.",
        ),
        (f"SELECT p.name, COUNT(*) FROM pets p {VISITS} GROUP BY p.name", None),
        (f"SELECT p.kind, COUNT(DISTINCT p.id) FROM pets p {VISITS} GROUP BY p.kind", None),
        (f"SELECT p.kind, COUNT(*) FROM pets p {VISITS} WHERE v.cost > 9 GROUP BY p.kind", None),
        ("SELECT kind, COUNT(*) FROM pets GROUP BY kind", None),
        (
            "SELECT o.town, COUNT(*) FROM pets p JOIN chips h ON h.pet_id = p.id JOIN owners o ON "
            "o.id = p.owner_id GROUP BY o.town",
            None,
        ),
        (
            f"SELECT AVG(l.qty * v.price) {LINES} JOIN vaccines v ON v.id = l.vaccine_id",
            "The average has one value for each row of bill_lines.",
        ),
        (f"SELECT AVG(l.qty) {LINES} JOIN vaccines v ON v.id = l.vaccine_id", None),
    ],
)
def test_it_is_told_which_rows_are_counted_and_averaged(sql: str, said: str | None, schema: Schema) -> None:
    lines = explain_query(sql, schema.dialect, schema).assumptions
    told = [
        line for line in lines if line.startswith(("Rows of", "The average has")) and "without" not in line
    ]
    assert told == ([said] if said else [])


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT p.name, COUNT(*) FROM pets p {VISITS} GROUP BY p.name",
        f"SELECT p.name, COUNT(p.id) FROM pets p {VISITS} GROUP BY p.id",
        f"SELECT AVG(v.cost) FROM pets p {VISITS} JOIN owners o ON o.id = p.owner_id GROUP BY o.name",
        # Each value counts as often as before.
        f"SELECT COUNT(DISTINCT v.id), MIN(v.cost), MAX(v.cost), SUM(DISTINCT v.cost) {BOTH}",
        # A key says that there is one row.
        f"SELECT SUM(v.cost) FROM pets p {VISITS} JOIN chips h ON h.pet_id = p.id",
        "SELECT SUM(h.fee), COUNT(*) FROM pets p JOIN chips h ON h.pet_id = p.id "
        f"{VACCINATIONS} AND c.id = 7",
        # So does the group, or what is asked for by its name.
        f"SELECT c.id, COUNT(*), SUM(v.cost) {BOTH} GROUP BY c.id",
        f"SELECT n.name, SUM(v.cost) {BOTH} JOIN vaccines n ON n.id = c.vaccine_id GROUP BY n.name",
        f"SELECT SUM(v.cost) {BOTH} JOIN vaccines n ON n.id = c.vaccine_id WHERE n.name = 'Rabies'",
        f"SELECT SUM(b.total) {LINES} WHERE l.vaccine_id = 3",
        # One row may be left of each.
        f"SELECT SUM(v.cost) {BOTH} AND c.given_on = v.came_on",
        f"SELECT SUM(v.cost) {BOTH} WHERE c.given_on <= v.came_on",
        f"SELECT SUM(v.cost) {BOTH} WHERE c.state = 'last'",
        f"SELECT SUM(v.cost) {BOTH} WHERE c.state IS NULL",
        f"SELECT SUM(v.cost) {BOTH} WHERE c.id IN (SELECT MAX(id) FROM vaccinations GROUP BY pet_id)",
        # Subqueries in which the rows are put together first.
        f"SELECT SUM(v.cost) FROM pets p {VISITS} "
        "JOIN (SELECT pet_id, COUNT(*) AS n FROM vaccinations GROUP BY pet_id) c ON c.pet_id = p.id",
        f"WITH c AS (SELECT DISTINCT pet_id FROM vaccinations) SELECT SUM(v.cost) FROM pets p {VISITS} "
        "JOIN c ON c.pet_id = p.id",
        "WITH s AS (SELECT pet_id, SUM(cost) AS cost FROM visits GROUP BY 1), "
        "n AS (SELECT pet_id, COUNT(*) AS n FROM vaccinations GROUP BY 1) "
        "SELECT SUM(s.cost), SUM(n.n), COUNT(*) FROM pets p "
        "LEFT JOIN s ON s.pet_id = p.id LEFT JOIN n ON n.pet_id = p.id",
        f"SELECT SUM(v.cost) FROM pets p {VISITS} JOIN seen c ON c.pet_id = p.id",
        f"SELECT SUM(v.cost) FROM pets p {VISITS} "
        "WHERE EXISTS (SELECT 1 FROM vaccinations c WHERE c.pet_id = p.id)",
        f"SELECT SUM(v.cost) FROM pets p {VISITS} WHERE p.id IN (SELECT pet_id FROM vaccinations)",
        f"SELECT p.id, v.cost, c.given_on {BOTH}",
        # The price of what was sold, for each time that it was sold.
        "SELECT SUM(n.price) FROM vaccinations c JOIN vaccines n ON n.id = c.vaccine_id",
        "SELECT SUM(l.qty * n.price) FROM bill_lines l JOIN vaccines n ON n.id = l.vaccine_id",
        f"SELECT SUM(l.qty) {LINES} JOIN owners o ON o.id = b.owner_id",
        "SELECT p.kind, COUNT(n.id) FROM pets p LEFT JOIN vaccinations c ON c.pet_id = p.id "
        "LEFT JOIN vaccines n ON n.id = c.vaccine_id AND n.maker = 'Acme' GROUP BY p.kind",
        "SELECT 100.0 * SUM(b.total > 100) / COUNT(*) FROM bill_lines l JOIN bills b ON b.id = l.bill_id",
        # Pairs are asked for.
        "SELECT COUNT(*) FROM visits a JOIN visits b ON a.pet_id = b.pet_id AND a.id < b.id",
        "SELECT COUNT(*) FROM visits a JOIN visits b ON a.pet_id = b.pet_id",
        "SELECT COUNT(*), SUM(v.cost) FROM visits v CROSS JOIN vaccinations c",
        # It is not known how they hang together.
        "SELECT SUM(v.cost) FROM visits v NATURAL JOIN vaccinations",
        f"SELECT SUM(x) {BOTH}",
    ],
)
def test_rows_that_count_once_are_not_spoken_of(sql: str, schema: Schema) -> None:
    assert repeated(sql, schema) == []


def test_the_gold_queries_of_eight_databases_repeat_nothing(tmp_path: Path) -> None:
    for script in sorted(HELD_OUT.glob("*.sql.gz")):
        name = script.name.removesuffix(".sql.gz")
        run_script(script, tmp_path / f"{name}.sqlite")
        with connect(f"sqlite:///{tmp_path / name}.sqlite") as database:
            for line in (HELD_OUT / f"{name}.jsonl").read_text().splitlines():
                assert repeated(json.loads(line)["sql"], database.schema()) == []
