"""Queries that name what they do not read: before and after, on one small shop, as SQLite then runs them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sqloop.database.connect import connect
from sqloop.database.schema import Column, Schema, Table
from sqloop.generation.prompts.hub_forms import extract_query

SHOP = """
CREATE TABLE dept (dept_code TEXT PRIMARY KEY, dept_name TEXT, city TEXT);
CREATE TABLE customer (customer_id INTEGER PRIMARY KEY, name TEXT, dept_code TEXT REFERENCES dept, city TEXT);
CREATE TABLE team_order (
  order_no INTEGER PRIMARY KEY, customer_ref INTEGER REFERENCES customer, placed_on DATE, state TEXT
);
CREATE TABLE order_line (
  order_no INTEGER REFERENCES team_order, line_no INTEGER, qty INTEGER, price REAL,
  PRIMARY KEY (order_no, line_no)
);
CREATE TABLE gift (
  gift_id INTEGER PRIMARY KEY, giver INTEGER REFERENCES customer, taker INTEGER REFERENCES customer,
  value TEXT, rowid_old INTEGER
);
CREATE TABLE lonely (id INTEGER PRIMARY KEY);
"""

MENDED = {
    "a column of the table that is referred to": (
        "SELECT o.name, o.state FROM team_order AS o",
        "SELECT c.name, o.state FROM team_order AS o JOIN customer AS c ON o.customer_ref = c.customer_id",
    ),
    "a column of a table above the one that is referred to": (
        "SELECT l.qty, l.city FROM order_line AS l",
        "SELECT l.qty, c.city FROM order_line AS l JOIN team_order AS to2 ON l.order_no = to2.order_no"
        " JOIN customer AS c ON to2.customer_ref = c.customer_id",
    ),
    "what a table above is called, twice": (
        "SELECT o.dept, COUNT(*) FROM team_order AS o GROUP BY o.dept",
        "SELECT d.dept_name, COUNT(*) FROM team_order AS o"
        " JOIN customer AS c ON o.customer_ref = c.customer_id"
        " JOIN dept AS d ON c.dept_code = d.dept_code GROUP BY d.dept_name",
    ),
    "a name in the place of a number": (
        "SELECT COUNT(*) FROM order_line AS l WHERE l.customer = 'Ann'",
        "SELECT COUNT(*) FROM order_line AS l JOIN team_order AS to2 ON l.order_no = to2.order_no"
        " JOIN customer AS c ON to2.customer_ref = c.customer_id WHERE c.name = 'Ann'",
    ),
    "the same within a subquery": (
        "SELECT o.state FROM team_order AS o WHERE EXISTS(SELECT 1 FROM dept AS d"
        " WHERE d.dept_code = o.dept_code AND d.city = 'Rome')",
        "SELECT o.state FROM team_order AS o JOIN customer AS c ON o.customer_ref = c.customer_id"
        " WHERE EXISTS(SELECT 1 FROM dept AS d WHERE d.dept_code = c.dept_code AND d.city = 'Rome')",
    ),
    "the same without a qualifier, twice": (
        "SELECT name, order_no FROM team_order WHERE name = 'Ann'",
        "SELECT c.name, order_no FROM team_order"
        " JOIN customer AS c ON team_order.customer_ref = c.customer_id WHERE name = 'Ann'",
    ),
    "a table in short that is not read, though it repeats rows": (
        "SELECT t.order_no, SUM(ol.qty) FROM team_order AS t GROUP BY t.order_no",
        "SELECT t.order_no, SUM(ol.qty) FROM team_order AS t"
        " JOIN order_line AS ol ON t.order_no = ol.order_no GROUP BY t.order_no",
    ),
    "a table in short that is not read, with a table between": (
        "SELECT t.order_no, d.dept_name FROM team_order AS t",
        "SELECT t.order_no, d.dept_name FROM team_order AS t"
        " JOIN customer ON t.customer_ref = customer.customer_id"
        " JOIN dept AS d ON customer.dept_code = d.dept_code",
    ),
    "a column of a table that refers to another one that is read": (
        "SELECT c.name, c.qty FROM customer AS c JOIN team_order AS t ON t.customer_ref = c.customer_id",
        "SELECT c.name, ol.qty FROM customer AS c JOIN team_order AS t ON t.customer_ref = c.customer_id"
        " JOIN order_line AS ol ON t.order_no = ol.order_no",
    ),
    "the same without a qualifier": (
        "SELECT order_no FROM team_order WHERE price > 1",
        "SELECT team_order.order_no FROM team_order"
        " JOIN order_line AS ol ON team_order.order_no = ol.order_no WHERE ol.price > 1",
    ),
    "an alias that is not the one that was given": (
        "SELECT SUM(l.qty) FROM order_line AS ol",
        "SELECT SUM(ol.qty) FROM order_line AS ol",
    ),
    "an alias where there is none": (
        "SELECT ol.qty FROM order_line WHERE ol.price > 1",
        "SELECT order_line.qty FROM order_line WHERE order_line.price > 1",
    ),
    "an alias of a query inside": (
        "SELECT c.city, AVG(n) FROM (SELECT city, 1 AS n FROM customer AS c) GROUP BY c.city",
        "SELECT city, AVG(n) FROM (SELECT city, 1 AS n FROM customer AS c) GROUP BY city",
    ),
    "an alias that is a word of SQL": (
        "SELECT to.state FROM team_order AS to",
        'SELECT "to".state FROM team_order AS "to"',
    ),
    "a key that is called otherwise on the other side": (
        "SELECT customer_id, COUNT(*) FROM team_order GROUP BY customer_id",
        "SELECT c.customer_id, COUNT(*) FROM team_order JOIN customer AS c"
        " ON team_order.customer_ref = c.customer_id GROUP BY customer_id",
    ),
    "a join on columns that are not there": (
        "SELECT c.name FROM customer AS c JOIN dept AS d ON c.department_code = d.id WHERE d.city = 'Ulm'",
        "SELECT c.name FROM customer AS c JOIN dept AS d ON c.dept_code = d.dept_code WHERE d.city = 'Ulm'",
    ),
    "a join on a column that is not there, with tables between": (
        "SELECT d.dept_name, SUM(l.qty) FROM order_line AS l JOIN dept AS d ON l.dept_code = d.dept_code"
        " GROUP BY d.dept_code",
        "SELECT d.dept_name, SUM(l.qty) FROM order_line AS l"
        " JOIN team_order ON l.order_no = team_order.order_no"
        " JOIN customer ON team_order.customer_ref = customer.customer_id"
        " JOIN dept AS d ON customer.dept_code = d.dept_code GROUP BY d.dept_code",
    ),
    "a join to a table that is named and not read": (
        "SELECT c.name, d.city FROM team_order AS t JOIN dept AS d ON d.dept_code = c.dept_code",
        "SELECT c.name, d.city FROM team_order AS t JOIN customer AS c ON t.customer_ref = c.customer_id"
        " JOIN dept AS d ON d.dept_code = c.dept_code",
    ),
    "an outer join on a column that is not there": (
        "SELECT d.dept_name, COUNT(t.order_no) FROM dept AS d LEFT JOIN team_order AS t"
        " ON t.dept_code = d.dept_code GROUP BY d.dept_code",
        "SELECT d.dept_name, COUNT(t.order_no) FROM dept AS d"
        " LEFT JOIN customer ON d.dept_code = customer.dept_code"
        " LEFT JOIN team_order AS t ON customer.customer_id = t.customer_ref GROUP BY d.dept_code",
    ),
    "an outer join by a wrong key that asks for more": (
        "SELECT d.dept_name, COUNT(t.order_no) FROM dept AS d LEFT JOIN team_order AS t"
        " ON t.customer_id = d.dept_code AND t.state = 'open' GROUP BY d.dept_code",
        "SELECT d.dept_name, COUNT(t.order_no) FROM dept AS d"
        " LEFT JOIN customer ON d.dept_code = customer.dept_code"
        " LEFT JOIN team_order AS t ON customer.customer_id = t.customer_ref AND t.state = 'open'"
        " GROUP BY d.dept_code",
    ),
    "one of several joins on a column that is not there": (
        "SELECT c.name, SUM(l.qty) FROM customer AS c JOIN team_order AS t ON t.customer_ref = c.customer_id"
        " JOIN order_line AS l ON l.customer_id = c.customer_id GROUP BY c.customer_id",
        "SELECT c.name, SUM(l.qty) FROM customer AS c JOIN team_order AS t ON t.customer_ref = c.customer_id"
        " JOIN order_line AS l ON l.order_no = t.order_no GROUP BY c.customer_id",
    ),
    "an average of sums, which is taken over the groups around": (
        "SELECT d.city, COUNT(*) FROM dept AS d JOIN customer AS c ON c.dept_code = d.dept_code"
        " GROUP BY d.city HAVING COUNT(*) > (SELECT AVG(COUNT(*)) FROM dept AS e"
        " JOIN customer AS b ON b.dept_code = e.dept_code)",
        "SELECT d.city, COUNT(*) FROM dept AS d JOIN customer AS c ON c.dept_code = d.dept_code"
        " GROUP BY d.city HAVING COUNT(*) > (SELECT AVG(n) FROM (SELECT COUNT(*) AS n FROM dept AS e"
        " JOIN customer AS b ON b.dept_code = e.dept_code GROUP BY e.city) AS s)",
    ),
    "a word spelled out": ("SELECT d.department_name FROM dept AS d", "SELECT d.dept_name FROM dept AS d"),
    "a column of nearly that name": (
        "SELECT order_no FROM team_order WHERE placed_at > '2024-01-01'",
        "SELECT order_no FROM team_order WHERE placed_on > '2024-01-01'",
    ),
    "a column that two tables have": (
        "SELECT city FROM customer AS c JOIN dept AS d ON c.dept_code = d.dept_code",
        "SELECT c.city FROM customer AS c JOIN dept AS d ON c.dept_code = d.dept_code",
    ),
    "an aggregate in WHERE": (
        "SELECT order_no FROM order_line WHERE SUM(price) > 10 AND qty > 0",
        "SELECT order_no FROM order_line WHERE qty > 0 GROUP BY order_no HAVING SUM(price) > 10",
    ),
    "an aggregate in GROUP BY": (
        "SELECT city, COUNT(*) FROM customer GROUP BY city, COUNT(*)",
        "SELECT city, COUNT(*) FROM customer GROUP BY city",
    ),
}

UNJOINED = {
    "a table that is read behind it, which SQLite alone allows": (
        "SELECT t.state, d.city FROM team_order AS t JOIN dept AS d ON d.dept_code = c.dept_code"
        " JOIN customer AS c ON t.customer_ref = c.customer_id",
        "SELECT t.state, d.city FROM team_order AS t JOIN customer AS c ON t.customer_ref = c.customer_id"
        " JOIN dept AS d ON d.dept_code = c.dept_code",
    ),
    "a condition that says nothing of the table": (
        "SELECT SUM(l.qty) FROM customer AS c JOIN team_order AS t ON t.customer_ref = c.customer_id"
        " JOIN order_line AS l ON t.customer_ref = c.customer_id WHERE c.name = 'Ann'",
        "SELECT SUM(l.qty) FROM customer AS c JOIN team_order AS t ON t.customer_ref = c.customer_id"
        " JOIN order_line AS l ON l.order_no = t.order_no WHERE c.name = 'Ann'",
    ),
    "no condition": (
        "SELECT c.name, t.state FROM customer AS c JOIN team_order AS t",
        "SELECT c.name, t.state FROM customer AS c JOIN team_order AS t ON c.customer_id = t.customer_ref",
    ),
    "no condition, and tables between": (
        "SELECT SUM(l.qty) FROM dept AS d JOIN order_line AS l WHERE d.city = 'Ulm'",
        "SELECT SUM(l.qty) FROM dept AS d JOIN customer ON d.dept_code = customer.dept_code"
        " JOIN team_order ON customer.customer_id = team_order.customer_ref"
        " JOIN order_line AS l ON team_order.order_no = l.order_no WHERE d.city = 'Ulm'",
    ),
}

LEFT = {
    "a name further up, which is that of another thing": "SELECT l.qty, l.name FROM order_line AS l",
    "a flag in the words of another": "SELECT l.qty FROM order_line AS l WHERE l.done = 'yes'",
    "every pair of rows": "SELECT c.name, d.dept_name FROM customer AS c CROSS JOIN dept AS d",
    "a condition in WHERE": (
        "SELECT c.name, t.state FROM customer AS c CROSS JOIN team_order AS t"
        " WHERE t.customer_ref = c.customer_id"
    ),
    "an outer join of a third table on columns that are not there": (
        "SELECT t.state FROM team_order AS t JOIN gift AS g ON g.giver = t.customer_ref"
        " LEFT JOIN lonely AS l ON t.shoe = g.size"
    ),
    "two ways to join": "SELECT c.name, g.value FROM customer AS c JOIN gift AS g ON c.city = 'Ulm'",
    "a column that SQLite gives every table": "SELECT rowid, g.rowid FROM gift AS g",
    "a join by it": "SELECT c.name, g.value FROM gift AS g JOIN customer AS c ON c.rowid = g.giver",
    "what a function gives": "SELECT json_each.value FROM gift CROSS JOIN JSON_EACH(gift.value)",
    "a column that a join has made one of two": "SELECT city FROM customer RIGHT JOIN dept USING (city)",
    "two keys lead there": "SELECT g.name FROM gift AS g",
    "a table to which two ways lead": (
        "SELECT d.dept_name FROM gift AS g JOIN dept AS d ON g.dept_code = d.dept_code"
    ),
    "a join that no key makes": "SELECT g.value FROM gift AS g JOIN lonely AS l ON g.lone_id = l.id",
    "a table that no key leads to": "SELECT lonely.id FROM team_order AS t",
    "a column that nothing is like": "SELECT c.shoe_size FROM customer AS c",
    "a name of what is selected": "SELECT city AS town, COUNT(*) FROM customer GROUP BY town ORDER BY town",
    "a query inside that refers outwards": (
        "SELECT name FROM customer"
        " WHERE EXISTS(SELECT 1 FROM team_order AS t WHERE t.customer_ref = customer_id)"
    ),
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Schema]:
    path = str(tmp_path_factory.mktemp("shop") / "shop.sqlite")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SHOP)
    with connect(f"sqlite:///{path}") as database:
        return path, database.schema()


def refusal(path: str, sql: str) -> str | None:
    with closing(sqlite3.connect(path)) as connection:
        try:
            connection.execute(sql).fetchall()
        except sqlite3.Error as error:
            return str(error)
    return None


@pytest.mark.parametrize("name", MENDED)
def test_a_query_that_is_refused_runs_mended(name: str, shop: tuple[str, Schema]) -> None:
    path, schema = shop
    before, after = MENDED[name]
    assert refusal(path, before)
    assert extract_query(before, schema) == after
    assert refusal(path, after) is None
    assert extract_query(after, schema) == after


@pytest.mark.parametrize("name", UNJOINED)
def test_a_join_that_says_nothing_of_its_table_is_mended(name: str, shop: tuple[str, Schema]) -> None:
    path, schema = shop
    before, after = UNJOINED[name]
    assert extract_query(before, schema) == after
    assert refusal(path, after) is None


STORAGE = """
CREATE TABLE site (site_id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE unit (unit_id INTEGER PRIMARY KEY, site_id INTEGER REFERENCES site);
CREATE TABLE clerk (clerk_id INTEGER PRIMARY KEY, site_id INTEGER REFERENCES site);
CREATE TABLE rental (
  rental_id INTEGER PRIMARY KEY, unit_id INTEGER REFERENCES unit, clerk_id INTEGER REFERENCES clerk
);
"""
RENTALS = "SELECT s.name, COUNT(*) FROM site AS s JOIN rental AS r ON s.site_id = r.site_id GROUP BY s.name"


@pytest.mark.parametrize(
    ("question", "joins"),
    [
        (
            "Rentals per site of the unit",
            "JOIN unit ON s.site_id = unit.site_id JOIN rental AS r ON unit.unit_id = r.unit_id",
        ),
        (
            "How many rentals did the clerks of each site sign?",
            "JOIN clerk ON s.site_id = clerk.site_id JOIN rental AS r ON clerk.clerk_id = r.clerk_id",
        ),
        ("Rentals per site", "JOIN rental AS r ON s.site_id = r.site_id"),
        ("Rentals of units and clerks per site", "JOIN rental AS r ON s.site_id = r.site_id"),
    ],
)
def test_of_several_ways_the_question_says_one(question: str, joins: str, tmp_path: Path) -> None:
    path = tmp_path / "storage.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(STORAGE)
    with connect(f"sqlite:///{path}") as database:
        mended = extract_query(RENTALS, database.schema(), None, question)
    assert mended == f"SELECT s.name, COUNT(*) FROM site AS s {joins} GROUP BY s.name"


@pytest.mark.parametrize("name", LEFT)
def test_where_nothing_or_more_than_one_thing_can_be_meant_it_stays(
    name: str, shop: tuple[str, Schema]
) -> None:
    assert extract_query(LEFT[name], shop[1]) == LEFT[name]


def test_a_flag_is_no_name_of_another_table() -> None:
    remote = Column("remote", "INTEGER", "number", samples=("1", "0"))
    schema = Schema("sqlite", (Table("staff", (remote,)),))
    written = extract_query("SELECT COUNT(*) FROM staff WHERE is_remote = 'yes'", schema)
    assert written == "SELECT COUNT(*) FROM staff WHERE remote = 1"


def test_two_joins_that_only_ask_for_a_row_become_two_conditions(shop: tuple[str, Schema]) -> None:
    said = (
        "SELECT c.name FROM customer AS c JOIN team_order AS t ON t.customer_ref = c.customer_id"
        " JOIN gift AS g ON g.giver = c.customer_id"
    )
    assert extract_query(said, shop[1]) == (
        "SELECT c.name FROM customer AS c WHERE c.customer_id IN (SELECT customer_ref FROM team_order)"
        " AND c.customer_id IN (SELECT giver FROM gift)"
    )
