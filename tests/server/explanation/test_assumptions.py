"""What a query takes for granted, and how an explanation says it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sqloop.answer import Answer, ModelName, Timings
from sqloop.database.connect import connect
from sqloop.database.outcome import Outcome
from sqloop.database.schema import Schema
from sqloop.explanation import explain_answer, explain_query
from sqloop.explanation.clauses import explain_sql
from sqloop.linking.question import Note
from sqloop.ranking import Candidate

SCRIPT = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT, score INTEGER);
CREATE TABLE orders (
  id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), total REAL, paid_at TEXT,
  fee REAL
);
CREATE TABLE order_lines (id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders (id), qty INTEGER);
CREATE TABLE depots (id INTEGER PRIMARY KEY, town TEXT NOT NULL);
CREATE TABLE drivers (id INTEGER PRIMARY KEY, depot_id INTEGER REFERENCES depots (id));
CREATE TABLE vans (id INTEGER PRIMARY KEY, depot_id INTEGER REFERENCES depots (id));
CREATE TABLE tours (
  id INTEGER PRIMARY KEY, driver_id INTEGER REFERENCES drivers (id), van_id INTEGER REFERENCES vans (id)
);
CREATE TABLE visits (id INTEGER PRIMARY KEY, customer_id INTEGER, at DATETIME);
INSERT INTO customers VALUES (1, 'Ann', 'Rome', 3), (2, 'Bob', 'Oslo', 4);
INSERT INTO orders VALUES
  (1, 1, 10, '2024-05-01', 1), (2, 2, 5, NULL, NULL), (3, NULL, 5, NULL, NULL);
INSERT INTO order_lines VALUES (1, 1, 2), (2, 1, 3);
INSERT INTO visits VALUES (1, 1, '2024-05-01 09:30:00'), (2, 2, '2024-05-02 08:00:00');
"""
NO_CITY = "Rows whose customers.city is empty (NULL) are left out."
NO_CUSTOMER = "Rows whose orders.customer_id is empty (NULL) are left out."
NO_ORDER = "A row of customers counts as one without orders if no row of orders belongs to it."
KEPT = "SELECT c.name FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id"
UNDONE = "The join keeps rows without any orders, but a condition on orders leaves them out again."
WHOLE = "Whole numbers are divided without what is left over: 7 / 2 is 3."
TEXT = "STRFTIME gives text: to SQLite it equals no number, and is greater than every one."
JOIN = "FROM customers AS c JOIN orders AS o ON o.customer_id = c.id"


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Schema]:
    path: Path = tmp_path_factory.mktemp("shop") / "shop.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SCRIPT)
    with connect(f"sqlite:///{path}") as database:
        yield database.schema()


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT name FROM customers", []),
        (
            "SELECT SUM(o.total) FROM orders AS o JOIN order_lines AS l ON l.order_id = o.id",
            ["In the sum of total, each row of orders counts once for every row of order_lines that it has."],
        ),
        (
            f"SELECT c.name, COUNT(*) {JOIN} GROUP BY c.name",
            ["Rows of customers without any orders are left out."],
        ),
        (f"SELECT c.name, COUNT(o.id) {JOIN.replace('JOIN', 'LEFT JOIN')} GROUP BY c.name", []),
        (
            "SELECT COUNT(*) FROM orders WHERE paid_at IS NULL",
            ["Rows whose orders.paid_at is empty (NULL) are taken to have none."],
        ),
        ("SELECT COUNT(*) FROM orders WHERE NOT paid_at IS NULL", []),
        (
            "SELECT name FROM customers WHERE city <> 'Rome'",
            ["Rows whose customers.city is empty (NULL) are left out."],
        ),
        (
            "SELECT name FROM customers WHERE city NOT IN ('Rome', 'Oslo')",
            ["Rows whose customers.city is empty (NULL) are left out."],
        ),
        (
            "SELECT AVG(score) FROM customers",
            ["Rows whose customers.score is empty (NULL) are not part of the average."],
        ),
        (
            "SELECT COUNT(*) FROM visits WHERE at BETWEEN '2024-05-01' AND '2024-05-02'",
            ["The range of visits.at ends at midnight as 2024-05-02 begins: that day is left out."],
        ),
        (
            "SELECT COUNT(*) FROM visits WHERE at >= '2024-05-01' AND at < '2024-05-02'",
            ["“On 2024-05-01” means the whole day."],
        ),
        ("SELECT COUNT(*) FROM visits WHERE at >= '2024-05-01' AND at < '2024-06-01'", []),
        ("SELECT name FROM customers WHERE city = 'Rome'", []),
        (
            "SELECT name FROM customers WHERE city = 'rome'",
            ["customers.city has to be 'rome' exactly: another case is another value."],
        ),
        ("SELECT name FROM customers WHERE name LIKE '%nn%'", []),
        (
            "SELECT COUNT(id) / COUNT(DISTINCT city) FROM customers",
            ["Whole numbers are divided without what is left over: 7 / 2 is 3."],
        ),
        ("SELECT 1.0 * COUNT(id) / 2 FROM customers", []),
        (
            "SELECT name FROM customers LIMIT 3",
            ["Nothing says which 3 rows come first: the database may choose."],
        ),
        (
            "SELECT name FROM customers ORDER BY score LIMIT 3",
            ["Where rows are equal in the order, which are among the first 3 is left to chance."],
        ),
        (
            "SELECT COUNT(*) FROM visits WHERE at > DATE('now', '-1 day')",
            ["“Today” is the day in UTC, when the query runs."],
        ),
        (
            "SELECT COUNT(*) FROM tours AS t JOIN drivers AS d ON t.driver_id = d.id "
            "JOIN depots AS x ON d.depot_id = x.id WHERE x.id = 1",
            ["depots is joined to tours by way of drivers; another way goes by vans."],
        ),
        (
            "SELECT d.id FROM tours AS t JOIN drivers AS d ON t.driver_id = d.id "
            "JOIN depots AS x ON d.depot_id = x.id WHERE x.id = 1",
            ["Rows of drivers without any tours are left out."],
        ),
        # A day against a moment.
        (
            "SELECT COUNT(*) FROM visits WHERE at >= '2024-05-01' AND at <= '2024-05-31'",
            ["The range of visits.at ends at midnight as 2024-05-31 begins: that day is left out."],
        ),
        (
            "SELECT COUNT(*) FROM visits WHERE at > '2024-05-01'",
            ["The range of visits.at begins at midnight as 2024-05-01 begins: that day is in it."],
        ),
        (
            "SELECT COUNT(*) FROM visits WHERE at = '2024-05-01'",
            ["visits.at has a time of day: only midnight, as 2024-05-01 begins, is found."],
        ),
        (
            "SELECT COUNT(*) FROM visits WHERE at NOT BETWEEN '2024-05-01' AND '2024-05-02'",
            ["Rows whose visits.at is empty (NULL) are left out."],
        ),
        ("SELECT COUNT(*) FROM visits WHERE DATE(at) <= '2024-05-31'", []),
        (
            "SELECT COUNT(*) FROM visits WHERE at <= DATE('now', 'localtime')",
            [
                "The range of visits.at ends at midnight as today begins: that day is left out.",
                "“Today” is the day in the time zone of this machine, when the query runs.",
            ],
        ),
        ("SELECT name FROM customers WHERE score = 'now'", []),
        # NULL that a condition loses, or does not.
        ("SELECT name FROM customers WHERE city NOT LIKE 'R%'", [NO_CITY]),
        ("SELECT name FROM customers WHERE NOT city = 'Rome'", [NO_CITY]),
        (
            "SELECT name FROM customers WHERE NOT (score = 3 OR city = 'Rome')",
            [NO_CITY.replace("city", "score"), NO_CITY],
        ),
        ("SELECT name FROM customers WHERE NOT (score = 3 AND city = 'Rome')", []),
        (
            "SELECT name FROM customers WHERE city <> 'Rome' OR city IS NULL",
            ["Rows whose customers.city is empty (NULL) are taken to have none."],
        ),
        ("SELECT CASE WHEN city <> 'Rome' THEN 1 END FROM customers", []),
        (
            "SELECT SUM(o.total - o.fee) FROM orders AS o",
            ["Rows whose orders.fee is empty (NULL) are not part of the sum."],
        ),
        ("SELECT SUM(o.total - COALESCE(o.fee, 0)) FROM orders AS o", []),
        # Joins.
        ("SELECT o.id, c.name FROM orders AS o JOIN customers AS c ON c.id = o.customer_id", [NO_CUSTOMER]),
        (
            "SELECT SUM(o.total) FROM orders AS o, customers AS c WHERE c.id = o.customer_id",
            [NO_CUSTOMER],
        ),
        ("SELECT o.id FROM orders AS o LEFT JOIN customers AS c ON c.id = o.customer_id", []),
        (
            "SELECT c.name, o.id FROM orders AS o RIGHT JOIN customers AS c ON c.id = o.customer_id",
            [],
        ),
        (f"{KEPT} WHERE o.total > 5", [UNDONE]),
        (f"{KEPT} JOIN order_lines AS l ON l.order_id = o.id", [UNDONE]),
        (f"{KEPT} WHERE o.total > 5 OR o.id IS NULL", [NO_ORDER]),
        (f"{KEPT} AND o.total > 5", []),
        (
            f"{KEPT} GROUP BY c.id HAVING COUNT(*) > 1",
            ["COUNT(*) gives 1, not 0, for a row of customers without any orders."],
        ),
        (
            "SELECT c.name, COUNT(*) FROM orders AS o LEFT JOIN customers AS c ON o.customer_id = c.id "
            "GROUP BY c.id",
            ["Rows of customers without any orders are left out."],
        ),
        # Which rows come first.
        ("SELECT name FROM customers ORDER BY score DESC, id LIMIT 3", []),
        ("SELECT city, COUNT(*) FROM customers GROUP BY city ORDER BY 2 DESC, city LIMIT 3", []),
        ("SELECT DISTINCT score FROM customers ORDER BY score LIMIT 3", []),
        ("SELECT COUNT(*) FROM customers LIMIT 1", []),
        ("SELECT name FROM customers WHERE id = 3 LIMIT 1", []),
        ("SELECT name FROM depots AS d, (SELECT 1 WHERE EXISTS (SELECT 1 FROM vans LIMIT 1))", []),
        (
            "SELECT id FROM orders ORDER BY fee LIMIT 1",
            [
                "Rows whose orders.fee is empty (NULL) come first.",
                "Where rows are equal in the order, which is the first is left to chance.",
            ],
        ),
        ("SELECT id FROM orders WHERE fee > 0 ORDER BY fee, id LIMIT 1", []),
        ("SELECT id FROM orders ORDER BY fee DESC, id LIMIT 1", []),
        ("SELECT id FROM orders ORDER BY fee NULLS LAST, id LIMIT 1", []),
        # Whole numbers and texts.
        ("SELECT SUM(CASE WHEN score > 3 THEN 1 ELSE 0 END) * 100 / COUNT(*) FROM customers", [WHOLE]),
        ("SELECT COUNT(*) / (SELECT COUNT(*) FROM orders) FROM customers", [WHOLE]),
        ("SELECT SUM(score * 1.0) / COUNT(*) FROM customers", []),
        ("SELECT COUNT(*) FROM visits WHERE strftime('%Y', at) = 2024", [TEXT]),
        ("SELECT strftime('%Y', at) AS y FROM visits GROUP BY y HAVING y IN (2023, 2024)", [TEXT]),
        ("SELECT COUNT(*) FROM visits WHERE strftime('%Y', at) = '2024'", []),
        ("SELECT COUNT(*) FROM visits WHERE CAST(strftime('%Y', at) AS INTEGER) = 2024", []),
        ("SELECT n FROM (SELECT name AS n FROM customers) AS x WHERE n <> 'Ann'", []),
        ("SELECT nothing FROM nowhere WHERE x IS NULL", []),
    ],
)
def test_what_is_taken_for_granted(sql: str, said: list[str], schema: Schema) -> None:
    assert list(explain_query(sql, "sqlite", schema).assumptions) == said


def test_a_position_is_what_stands_there() -> None:
    said = explain_sql("SELECT city, COUNT(*) FROM customers GROUP BY 1 ORDER BY 2 DESC, 1", "sqlite")
    assert "for each city, the number of rows" in said
    assert "Ordered by the number of rows, descending, then city." in said


def test_a_key_that_nobody_declared_is_said_to_be_inferred(schema: Schema) -> None:
    assert schema.table("visits").foreign_keys[0].inferred  # type: ignore[union-attr]
    sql = "SELECT COUNT(*) FROM visits AS v JOIN customers AS c ON v.customer_id = c.id"
    assert explain_query(sql, "sqlite", schema).assumptions == (
        "That visits.customer_id refers to customers is declared nowhere: "
        "it is concluded from names and values.",
    )


def test_an_answer_is_explained_with_its_words_and_with_what_it_leaves_out(schema: Schema) -> None:
    sql = "SELECT name FROM customers WHERE score > 3"
    candidate = Candidate(sql, -0.1, Outcome("ok", ("name",), (("Bob",),)), 1, 0.9)
    answer = Answer(
        "names of keen female customers",
        (candidate,),
        1,
        Timings(0, 0, 0, 0, 0),
        ModelName("told"),
        not_understood=("female",),
        notes=(Note("keen", "customers.score > 3"),),
    )
    assert str(explain_answer(answer, schema)) == (
        "From customers, where score is greater than 3: name.\n\nTaken for granted:\n"
        "- “keen” means customers.score > 3 (glossary).\n\nNot used of the question: female"
    )


@pytest.mark.parametrize(
    "sql", ["SELEC name", "DELETE FROM customers", "SELECT " + "(" * 500 + "1" + ")" * 500]
)
def test_what_cannot_be_read_is_said_to_be_so(sql: str, schema: Schema) -> None:
    said = explain_query(sql, "sqlite", schema)
    assert said.text.startswith("This ")
    assert said.assumptions == ()
