"""What a model writes for another engine, or half right, run on all four with the rows that were meant.

On PostgreSQL and DuckDB it is asked for SQLite, as SQLoop's adapters are.
"""

from __future__ import annotations

import pytest

from server.generation.everywhere import ENGINES, make_everywhere
from sqloop.database.answers import same_answer
from sqloop.database.connect import Database
from sqloop.database.outcome import Outcome
from sqloop.database.schema import Column, Dialect, Schema, Table
from sqloop.generation.prompts.hub_forms import extract_query

ROWS = """
CREATE TABLE kind (kind_id INTEGER PRIMARY KEY, name VARCHAR(20));
CREATE TABLE plant (plant_id INTEGER PRIMARY KEY, title VARCHAR(20),
    kind_id INTEGER REFERENCES kind (kind_id), price INTEGER, sown DATE, picked DATE, hardy INTEGER);
CREATE TABLE buyer (buyer_id INTEGER PRIMARY KEY, first VARCHAR(20), last VARCHAR(20), town VARCHAR(20));
CREATE TABLE sale (sale_id INTEGER PRIMARY KEY, buyer_id INTEGER REFERENCES buyer (buyer_id),
    plant_id INTEGER REFERENCES plant (plant_id), day DATE);
INSERT INTO kind VALUES (1, 'Herb'), (2, 'Root'), (3, 'Tree');
INSERT INTO plant VALUES (1, 'Basil', 1, 3, '2024-03-01', '2024-03-04', 0),
    (2, 'Thyme', 1, 5, '2024-04-02', '2024-04-12', 1), (3, 'Beet', 2, 2, '2024-11-05', NULL, 1),
    (4, 'Gift', NULL, NULL, NULL, NULL, 0);
INSERT INTO buyer VALUES (1, 'Ann', 'Ober', 'Bern'), (2, 'Bob', 'Stone', 'Chur'), (3, 'Cy', 'Roth', 'Chur');
INSERT INTO sale VALUES (1, 1, 1, '2024-05-01'), (2, 1, 2, '2024-08-05'), (3, 2, 1, '2024-05-06'),
    (4, NULL, 3, '2023-02-07')
"""


@pytest.fixture(scope="module", params=ENGINES)
def garden(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Database:
    return make_everywhere(request, tmp_path_factory.mktemp("garden"), "garden", ROWS)


def _answer(written: str, question: str, garden: Database) -> tuple[str, Outcome]:
    schema = garden.schema()
    asked: Dialect = "mysql" if schema.dialect == "mysql" else "sqlite"
    sql = extract_query(written, schema, asked, question)
    return sql, garden.execute(sql)


@pytest.mark.parametrize(
    ("question", "written", "rows"),
    [
        # What is not there.
        ("Who has bought nothing?", "SELECT first FROM buyer WHERE buyer_id NOT IN (SELECT buyer_id "
         "FROM sale)",
         [("Cy",)]),
        ("Who has bought nothing?",
         "SELECT first FROM buyer WHERE buyer_id <> ALL (SELECT buyer_id FROM sale)", [("Cy",)]),
        ("Who has bought nothing?", "SELECT b.first FROM buyer AS b JOIN sale AS s ON s.buyer_id = "
         "b.buyer_id "
         "WHERE s.sale_id IS NULL", [("Cy",)]),
        ("Who has bought nothing?", "SELECT b.first FROM buyer AS b LEFT JOIN sale AS s ON s.buyer_id = "
         "b.buyer_id GROUP BY b.buyer_id HAVING COUNT(*) = 0", [("Cy",)]),
        ("How many sales does each buyer have?", "SELECT b.first, COUNT(*) FROM buyer AS b LEFT JOIN "
         "sale AS s "
         "ON s.buyer_id = b.buyer_id GROUP BY b.buyer_id", [("Ann", 2), ("Bob", 1), ("Cy", 0)]),
        ("Who has bought nothing?", "SELECT first FROM buyer AS b WHERE NOT EXISTS "
         "(SELECT 1 FROM sale AS s WHERE s.buyer_id = buyer_id)", [("Cy",)]),
        # Aggregates.
        ("Plants dearer than the average", "SELECT title FROM plant WHERE price > AVG(price)", [("Thyme",)]),
        ("Plants dearer than the average",
         "SELECT p.title FROM plant AS p WHERE p.price > (SELECT AVG(p.price) FROM plant)", [("Thyme",)]),
        ("How many plants are dearer than the average?",
         "SELECT COUNT(*) FROM plant HAVING price > AVG(price)", [(1,)]),
        ("The dearest herb",
         "SELECT title FROM plant WHERE kind_id = 1 AND price = MAX(price)", [("Thyme",)]),
        ("Kinds with more than one plant", "SELECT k.name, COUNT(*) AS n FROM kind AS k JOIN plant AS p ON "
         "p.kind_id = k.kind_id WHERE n > 1 GROUP BY k.kind_id", [("Herb", 2)]),
        ("Kinds with more than one plant", "SELECT k.name, COUNT(*) AS n FROM kind AS k JOIN plant AS p ON "
         "p.kind_id = k.kind_id HAVING n > 1", [("Herb", 2)]),
        ("What does a buyer pay on average?", "SELECT AVG(SUM(p.price)) FROM sale AS s JOIN plant AS p ON "
         "p.plant_id = s.plant_id WHERE s.buyer_id IS NOT NULL GROUP BY s.buyer_id", [(5.5,)]),
        ("What share of plants is hardy?", "SELECT COUNT(hardy = 1) * 100.0 / COUNT(*) FROM plant", [(50,)]),
        ("How many buyers bought something?", "SELECT COUNT(buyer_id) FROM sale", [(2,)]),
        ("Towns by number of buyers",
         "SELECT town, COUNT(*) AS n FROM buyer GROUP BY town ORDER BY 'n' DESC", [("Chur", 2), ("Bern", 1)]),
        # Inner queries and joins.
        ("Which plants did people from Chur buy?", "SELECT title FROM plant WHERE plant_id = (SELECT "
         "plant_id "
         "FROM sale WHERE buyer_id = (SELECT buyer_id FROM buyer WHERE town = 'Chur'))", [("Basil",)]),
        ("How many sales to people from Chur?",
         "SELECT COUNT(*) FROM sale WHERE sale.buyer.town = 'Chur'", [(1,)]),
        ("How many sales to people from Chur?",
         "SELECT COUNT(*) FROM sale JOIN buyer WHERE town = 'Chur'", [(1,)]),
        # Dates.
        ("Sales of the last 100 years", "SELECT COUNT(*) FROM sale WHERE day >= date('now', '-100 years')",
         [(4,)]),
        ("Sales since the start of the century",
         "SELECT COUNT(*) FROM sale WHERE day > datetime('now', 'start of year', '-24 years')", [(4,)]),
        ("Sales of this year or later", "SELECT COUNT(*) FROM sale WHERE strftime('%Y', day) >= "
         "strftime('%Y', 'now') + 100", [(0,)]),
        ("Plants picked within 4 days",
         "SELECT title FROM plant WHERE picked <= date(sown, '+4 days')", [("Basil",)]),
        ("Whole weeks from seed to harvest", "SELECT title, CAST((julianday(picked) - julianday(sown)) / 7 "
         "AS INTEGER) FROM plant WHERE picked IS NOT NULL", [("Basil", 0), ("Thyme", 1)]),
        ("Sales per quarter of 2024", "SELECT (CAST(strftime('%m', day) AS INTEGER) + 2) / 3 AS q, COUNT(*) "
         "FROM sale WHERE strftime('%Y', day) = '2024' GROUP BY q", [(2, 2), (3, 1)]),
        ("Who bought a hundred years ago?", "SELECT COUNT(*) FROM sale WHERE strftime('%Y', 'now') - "
         "strftime('%Y', day) - (strftime('%m-%d', 'now') < strftime('%m-%d', day)) > 99", [(0,)]),
        # Texts.
        ("Full names from Bern", "SELECT first || ' ' || last FROM buyer WHERE town = 'Bern'", [("Ann "
         "Ober",)]),
        ("Full names from Bern", "SELECT CONCAT(first, ' ', last) FROM buyer WHERE town = 'Bern'",
         [("Ann Ober",)]),
        ("Whose last name is Stone?", "SELECT first FROM buyer WHERE LOWER(last) = 'Stone'", [("Bob",)]),
        ("Whose last name is Stone?",
         "SELECT first FROM buyer WHERE last = 'stone' COLLATE NOCASE", [("Bob",)]),
        ("Titles with y", "SELECT title FROM plant WHERE title REGEXP 'y'", [("Thyme",)]),
        ("Titles with y", "SELECT title FROM plant WHERE title ILIKE '%Y%'", [("Thyme",)]),
        ("First names from Chur as a list",
         "SELECT GROUP_CONCAT(first, ', ') FROM buyer WHERE town = 'Chur'", [("Bob, Cy",)]),
    ],
)  # fmt: skip
def test_a_slip_is_mended(
    garden: Database, question: str, written: str, rows: list[tuple[object, ...]]
) -> None:
    sql, found = _answer(written, question, garden)
    assert same_answer(found, Outcome("ok", rows=tuple(rows))), (sql, found)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "written"),
    [
        ("All buyers if there is any sale of beet", "SELECT first FROM buyer WHERE EXISTS "
         "(SELECT 1 FROM sale WHERE plant_id = 3)"),
        ("Buyers without a sale per town", "SELECT b.town, COUNT(*) FROM buyer AS b LEFT JOIN sale AS s ON "
         "s.buyer_id = b.buyer_id WHERE s.sale_id IS NULL GROUP BY b.town"),
        ("How many buyers and sales in each town?", "SELECT b.town, COUNT(*), COUNT(s.sale_id) FROM "
         "buyer AS b "
         "LEFT JOIN sale AS s ON s.buyer_id = b.buyer_id GROUP BY b.town"),
        ("Plants of the kind of thyme",
         "SELECT title FROM plant WHERE kind_id = (SELECT kind_id FROM plant WHERE title = 'Thyme')"),
        ("The greatest price of a plant of each kind, if above 4",
         "SELECT kind_id, MAX(price) AS most FROM plant GROUP BY kind_id HAVING most > 4"),
        ("Every kind with every town", "SELECT k.name, b.town FROM kind AS k CROSS JOIN buyer AS b"),
        ("Sales without a buyer", "SELECT s.sale_id FROM sale AS s LEFT JOIN buyer AS b ON "
         "b.buyer_id = s.buyer_id WHERE b.buyer_id IS NULL"),
        ("How many sales have a buyer?", "SELECT COUNT(buyer_id) FROM sale"),
        ("Plants, dearest first", "SELECT title FROM plant WHERE price > 0 ORDER BY price DESC"),
    ],
)  # fmt: skip
def test_a_right_query_stays_right(garden: Database, question: str, written: str) -> None:
    if garden.schema().dialect == "postgres" and "most > 4" in written:
        pytest.skip("PostgreSQL knows no alias in HAVING")
    sql, found = _answer(written, question, garden)
    wanted = garden.execute(written)
    if "MAX" in written:
        assert len(found.rows) == len(wanted.rows), (sql, found.error)
    else:
        assert same_answer(found, wanted), (sql, found)


@pytest.mark.parametrize(
    ("dialect", "written", "mended"),
    [
        ("postgres", "SELECT DATE_FORMAT(seen, '%Y-%m'), QUARTER(seen), DAYNAME(seen), CURDATE() FROM t",
         "SELECT TO_CHAR(seen, 'YYYY-MM'), EXTRACT(QUARTER FROM seen), TO_CHAR(seen, 'FMDay'), "
         "CURRENT_DATE FROM t"),
        ("postgres", "SELECT TIMESTAMPDIFF(YEAR, seen, CURDATE()) FROM t",
         "SELECT EXTRACT(YEAR FROM AGE(CURRENT_DATE, seen)) FROM t"),
        ("postgres", "SELECT DATEDIFF(seen, day) FROM t", "SELECT CAST(seen AS DATE) - day FROM t"),
        ("postgres", "SELECT 1 FROM t WHERE day - seen::date > INTERVAL '2 days'",
         "SELECT 1 FROM t WHERE day - CAST(seen AS DATE) > 2"),
        ("duckdb", "SELECT TO_CHAR(seen, 'YYYY') FROM t", "SELECT STRFTIME(seen, '%Y') FROM t"),
        ("duckdb", "SELECT 1 FROM t WHERE day > DATE_SUB(CURDATE(), INTERVAL 1 YEAR)",
         "SELECT 1 FROM t WHERE day > (CURRENT_DATE - INTERVAL '1' YEAR)"),
        ("duckdb", "SELECT TIMESTAMPDIFF(YEAR, day, CURDATE()) FROM t",
         "SELECT DATE_SUB('year', day, CURRENT_DATE) FROM t"),
        ("postgres", "SELECT AVG(n) FROM (SELECT COUNT(*) AS n FROM t GROUP BY day)",
         "SELECT AVG(n) FROM (SELECT COUNT(*) AS n FROM t GROUP BY day) AS t2"),
        ("mysql", "SELECT COUNT(*) FILTER (WHERE day > '2024-01-01') FROM t",
         "SELECT COUNT(CASE WHEN day > '2024-01-01' THEN 1 END) FROM t"),
        ("mysql", "SELECT 1 FROM t WHERE note REGEXP '^a'", "SELECT 1 FROM t WHERE note REGEXP '^a'"),
    ],
)  # fmt: skip
def test_functions_of_another_engine(dialect: Dialect, written: str, mended: str) -> None:
    columns = (
        Column("seen", "timestamp", "date", samples=("2024-01-02 03:04:05",)),
        Column("day", "date", "date", samples=("2024-01-02",)),
        Column("note", "text", "text"),
    )
    assert extract_query(written, Schema(dialect, (Table("t", columns),))) == mended
