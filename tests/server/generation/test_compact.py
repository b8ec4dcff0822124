"""Compact SQL: what it looks like, that it comes back, and that the answer stays the same."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from sqloop.database.schema import Column, ForeignKey, Schema, Table
from sqloop.generation.compact import compact
from sqloop.generation.expand import expand
from sqloop.generation.joins import implied_joins
from sqloop.generation.rendering import render
from sqloop.generation.selects import NotCompactableError, parse_query
from sqloop_trainer.benchmarks.spider import Question, read_questions, read_schemas
from sqloop_trainer.instances.rows import fill
from sqloop_trainer.instances.scenes import scenes_of

SPIDER = Path(__file__).parents[4] / "shared" / "data" / "spider"
needs_spider = pytest.mark.skipif(not SPIDER.exists(), reason="../shared/data/spider is not there")

JOINED_ORDERS = '"order" ON "order".customer_id = customer.id'

# What people write; its compact form; what comes back, where that is spelled in another way.
CASES = {
    "one table needs no FROM": (
        "SELECT c.name FROM customer AS c WHERE c.zip = '01069'",
        "SELECT customer.name WHERE customer.zip = '01069'",
        "SELECT name FROM customer WHERE zip = '01069'",
    ),
    "names are spelled as in the schema": (
        "SELECT NAME FROM Customer WHERE CUSTOMER.Active = 1",
        "SELECT customer.name WHERE customer.active = 1",
        "SELECT name FROM customer WHERE active = 1",
    ),
    "a key joins two tables": (
        "SELECT T1.name FROM customer AS T1 JOIN city AS T2 ON T1.city_id = T2.id WHERE T2.name = 'Ulm'",
        "SELECT customer.name WHERE city.name = 'Ulm'",
        "SELECT customer.name FROM city JOIN customer ON customer.city_id = city.id WHERE city.name = 'Ulm'",
    ),
    "the tables between two come by the shortest path": (
        "SELECT p.name FROM product AS p JOIN order_item AS i ON i.product_id = p.id "
        'JOIN "order" AS o ON i.order_id = o.id JOIN customer AS c ON o.customer_id = c.id '
        "WHERE c.name = 'Ann'",
        "SELECT product.name WHERE customer.name = 'Ann'",
        f"SELECT product.name FROM customer JOIN {JOINED_ORDERS} "
        'JOIN order_item ON order_item.order_id = "order".id '
        "JOIN product ON order_item.product_id = product.id WHERE customer.name = 'Ann'",
    ),
    "a table that no column names is in FROM": (
        "SELECT COUNT(*) FROM customer JOIN city ON customer.city_id = city.id WHERE city.name = 'Ulm'",
        "SELECT COUNT(*) FROM customer WHERE city.name = 'Ulm'",
        "SELECT COUNT(*) FROM city JOIN customer ON customer.city_id = city.id WHERE city.name = 'Ulm'",
    ),
    "no column at all": ("SELECT COUNT(*) FROM customer", "SELECT COUNT(*) FROM customer", None),
    "a star": ("SELECT * FROM customer", "SELECT * FROM customer", None),
    "several tables that no column names": (
        f"SELECT COUNT(*) FROM customer JOIN {JOINED_ORDERS}",
        'SELECT COUNT(*) FROM customer, "order"',
        None,
    ),
    "self-joins keep their aliases": (
        "SELECT e.name, b.name FROM employee AS e JOIN employee AS b ON e.boss_id = b.id",
        "SELECT e.name, b.name FROM employee AS e JOIN employee AS b ON e.boss_id = b.id",
        None,
    ),
    "outer joins stay": (
        f'SELECT customer.name FROM customer LEFT JOIN {JOINED_ORDERS} WHERE "order".id IS NULL',
        f'SELECT customer.name FROM customer LEFT JOIN {JOINED_ORDERS} WHERE "order".id IS NULL',
        None,
    ),
    "joins by no key stay": (
        "SELECT c.name FROM customer AS c JOIN employee AS e ON c.name = e.name",
        "SELECT customer.name FROM customer JOIN employee ON customer.name = employee.name",
        "SELECT customer.name FROM customer JOIN employee ON customer.name = employee.name",
    ),
    "joins by another path than the shortest stay": (
        "SELECT customer.name FROM customer JOIN employee ON customer.city_id = employee.city_id",
        "SELECT customer.name FROM customer JOIN employee ON customer.city_id = employee.city_id",
        None,
    ),
    "a nested query is a query of its own": (
        "SELECT name FROM customer WHERE id IN (SELECT customer_id FROM \"order\" WHERE status = 'open')",
        "SELECT customer.name WHERE customer.id IN "
        '(SELECT "order".customer_id WHERE "order".status = \'open\')',
        None,
    ),
    "a nested query may join a table of the query around it": (
        "SELECT customer.name FROM customer WHERE customer.id > "
        f"(SELECT COUNT(*) FROM customer JOIN {JOINED_ORDERS} WHERE customer.active = 1)",
        'SELECT customer.name WHERE customer.id > (SELECT COUNT(*) FROM "order" WHERE customer.active = 1)',
        None,
    ),
    "a correlated query refers to the row around it": (
        "SELECT c.name FROM customer AS c WHERE "
        '(SELECT COUNT(*) FROM "order" AS o WHERE o.customer_id = c.id) > 2',
        "SELECT customer.name WHERE "
        '(SELECT COUNT(*) FROM "order" WHERE "order".customer_id = customer.id) > 2',
        "SELECT customer.name FROM customer WHERE "
        '(SELECT COUNT(*) FROM "order" WHERE "order".customer_id = customer.id) > 2',
    ),
    "so does EXISTS": (
        "SELECT customer.name FROM customer WHERE "
        'EXISTS(SELECT * FROM "order" WHERE "order".customer_id = customer.id)',
        'SELECT customer.name WHERE EXISTS(SELECT * FROM "order" WHERE "order".customer_id = customer.id)',
        None,
    ),
    "a derived table": (
        "SELECT COUNT(*) FROM (SELECT city_id FROM customer GROUP BY city_id) AS t",
        "SELECT COUNT(*) FROM (SELECT customer.city_id GROUP BY customer.city_id) AS t",
        None,
    ),
    "both sides of a set operation": (
        f"SELECT name FROM customer EXCEPT SELECT customer.name FROM customer JOIN {JOINED_ORDERS}",
        'SELECT customer.name EXCEPT SELECT customer.name FROM "order"',
        None,
    ),
    "text in double quotes": (
        "SELECT name FROM product WHERE category = \"Tea\" AND name <> 'it''s'",
        "SELECT product.name WHERE product.category = 'Tea' AND product.name <> 'it''s'",
        "SELECT name FROM product WHERE category = 'Tea' AND name <> 'it''s'",
    ),
    "an alias in ORDER BY": (
        "SELECT name, price AS cost FROM product ORDER BY cost DESC LIMIT 3",
        "SELECT product.name, product.price ORDER BY product.price DESC LIMIT 3",
        "SELECT name, price FROM product ORDER BY price DESC LIMIT 3",
    ),
    "positions in GROUP BY and ORDER BY": (
        "SELECT category, AVG(price) FROM product GROUP BY 1 ORDER BY 2 DESC",
        "SELECT product.category, AVG(product.price) GROUP BY product.category "
        "ORDER BY AVG(product.price) DESC",
        "SELECT category, AVG(price) FROM product GROUP BY category ORDER BY AVG(price) DESC",
    ),
    "an alias in HAVING": (
        "SELECT category, COUNT(*) AS n FROM product GROUP BY category HAVING n > 2",
        "SELECT product.category, COUNT(*) GROUP BY product.category HAVING COUNT(*) > 2",
        "SELECT category, COUNT(*) FROM product GROUP BY category HAVING COUNT(*) > 2",
    ),
}


@pytest.mark.parametrize(("sql", "short", "long"), CASES.values(), ids=CASES)
def test_there_and_back(shop_schema: Schema, sql: str, short: str, long: str | None) -> None:
    tree = compact(sql, shop_schema)
    assert render(tree, "sqlite") == short
    assert render(expand(tree, shop_schema), "sqlite") == (long or sql)
    assert render(expand(parse_query(short, "sqlite"), shop_schema), "sqlite") == (long or sql)


@pytest.mark.parametrize("sql", [sql for sql, _, _ in CASES.values()], ids=CASES)
def test_the_answer_stays_the_same(shop_schema: Schema, sql: str) -> None:
    connection = fill(shop_schema, 3, 30, scenes_of(sql, shop_schema))
    back = render(expand(compact(sql, shop_schema), shop_schema), "sqlite")
    assert sorted(connection.execute(back), key=repr) == sorted(connection.execute(sql), key=repr)


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT t.n FROM (SELECT name AS n FROM customer) AS t", "derived"),
        (
            "SELECT name FROM customer AS c WHERE 1 = (SELECT d.id FROM customer AS d WHERE d.id = c.id)",
            "self",
        ),
        ('SELECT name FROM customer WHERE 1 = (SELECT COUNT(*) FROM "order" WHERE active = 1)', "names none"),
        ("SELECT a.name FROM customer AS a, city AS b", "cross join"),
        ("WITH x AS (SELECT 1) SELECT * FROM x", "common table"),
        ("SELECT colour FROM customer", "unknown column"),
        ("SELECT name FROM nobody", "unknown table"),
        ("DELETE FROM customer", "not a query"),
        ("SELECT FROM WHERE", "not parsable"),
        ("SELECT " + "(" * 3000 + "1", "not parsable"),
    ],
)
def test_what_has_no_compact_form_is_an_error(shop_schema: Schema, sql: str, reason: str) -> None:
    with pytest.raises(NotCompactableError, match=reason):
        compact(sql, shop_schema)


def test_tables_without_a_key_between_them_cannot_be_joined(shop_schema: Schema) -> None:
    lonely = Schema("sqlite", (*shop_schema.tables, Table("note", (Column("text", "TEXT", "text"),))))
    with pytest.raises(NotCompactableError, match="no keys join customer, note"):
        expand(parse_query("SELECT note.text WHERE customer.name = 'Ann'", "sqlite"), lonely)


def test_keys_of_two_columns_join_by_both() -> None:
    columns = tuple(Column(name, "INTEGER", "number") for name in "ab")
    key = ForeignKey(("a", "b"), "seat", ("a", "b"))
    tables = (Table("seat", columns, ("a", "b")), Table("ticket", columns, (), (key,)))
    sql = "SELECT seat.a FROM seat JOIN ticket ON ticket.a = seat.a AND ticket.b = seat.b WHERE ticket.b = 1"
    schema = Schema("sqlite", tables)
    tree = compact(sql, schema)
    assert tree.sql() == "SELECT seat.a WHERE ticket.b = 1"
    assert expand(tree, schema).sql() == sql


def test_joins_are_the_same_whatever_the_order_of_the_tables(shop_schema: Schema) -> None:
    names = ["product", "customer", "employee"]
    joins = implied_joins(names, shop_schema)
    assert joins == implied_joins(reversed(names), shop_schema)
    assert joins is not None
    first, steps = joins
    assert first == "customer"
    assert [step.table for step in steps] == ["city", "employee", "order", "order_item", "product"]


@needs_spider
def test_spiders_gold_queries_come_back() -> None:
    """At least 99.9 % of those that compact form covers, which are at least 99 %."""
    schemas = read_schemas(SPIDER)
    equal = covered = 0
    questions = read_questions(SPIDER)[::5]
    for question in questions:
        schema = schemas[question.db_id]
        try:
            short = compact(question.sql, schema)
        except NotCompactableError:
            continue
        covered += 1
        equal += compact(render(expand(short, schema), "sqlite"), schema) == short
    assert covered >= 0.99 * len(questions)
    assert equal >= 0.999 * covered


@needs_spider
def test_spiders_gold_queries_keep_their_answers() -> None:
    schemas = read_schemas(SPIDER)
    by_schema: dict[str, list[Question]] = defaultdict(list)
    for question in read_questions(SPIDER)[::40]:
        by_schema[question.db_id].append(question)
    told = compared = 0
    for db_id, questions in by_schema.items():
        schema = schemas[db_id]
        planted = [scene for question in questions for scene in scenes_of(question.sql, schema)]
        connection = fill(schema, 1, 20, planted)
        for question in questions:
            back = render(expand(compact(question.sql, schema), schema), "sqlite")
            gold = connection.execute(question.sql).fetchall()
            assert sorted(connection.execute(back), key=repr) == sorted(gold, key=repr), question.sql
            compared += 1
            told += gold not in ([], [(0,)], [(None,)])
        connection.close()
    assert compared > 150
    assert told > 0.8 * compared
