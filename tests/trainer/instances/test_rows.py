"""Random rows: keys hold, scenes are found, the same seed gives the same rows."""

from __future__ import annotations

import pytest

from sqloop.database.schema import Column, ForeignKey, Kind, Schema, Table
from sqloop_trainer.instances.rows import fill
from sqloop_trainer.instances.scenes import Scene, scenes_of


def column(name: str, kind: Kind = "number") -> Column:
    return Column(name, {"number": "INTEGER", "text": "TEXT", "date": "DATE"}[kind], kind)


COUNTRY = Table("country", (column("code", "text"), column("name", "text")), ("code",))
PERSON = Table(
    "person",
    (column("id"), column("name", "text"), column("age"), column("country", "text"), column("boss")),
    ("id",),
    (ForeignKey(("country",), "country", ("code",)), ForeignKey(("boss",), "person", ("id",))),
)
VISIT = Table(
    "visit",
    (column("person_id"), column("country_code", "text"), column("day", "date")),
    ("person_id", "country_code"),
    (ForeignKey(("person_id",), "person", ("id",)), ForeignKey(("country_code",), "country", ("code",))),
)
PASSPORT = Table(
    "passport", (column("person_id"),), ("person_id",), (ForeignKey(("person_id",), "person", ("id",)),)
)
VISITORS = (
    "SELECT p.name FROM person AS p JOIN visit AS v ON p.id = v.person_id "
    "JOIN country AS c ON v.country_code = c.code"
)
SCHEMA = Schema("sqlite", (VISIT, PASSPORT, PERSON, COUNTRY))


def test_keys_hold_and_tables_are_filled() -> None:
    connection = fill(SCHEMA, seed=1, rows=40)
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    for table in SCHEMA.tables:
        (count,) = connection.execute(f"SELECT COUNT(*) FROM {table.name}").fetchone()
        assert 15 < count < 80, table.name


def test_keys_that_nobody_declared_hold() -> None:
    customers = Table("customers", (column("customer_id"), column("name", "text")), ("customer_id",))
    accounts = Table("accounts", (column("account_id"), column("customer_id")), ("account_id",))
    connection = fill(Schema("sqlite", (accounts, customers)), seed=1, rows=40)
    strangers = "SELECT COUNT(*) FROM accounts WHERE customer_id NOT IN (SELECT customer_id FROM customers)"
    assert connection.execute(strangers).fetchall() == [(0,)]
    assert connection.execute("PRAGMA foreign_key_list(accounts)").fetchall() == []


def test_same_seed_same_rows() -> None:
    once, again, other = (list(fill(SCHEMA, seed).iterdump()) for seed in (5, 5, 6))
    assert once == again
    assert once != other


def test_parents_differ_in_their_children_and_some_have_none() -> None:
    connection = fill(SCHEMA, seed=2, rows=40)
    counts = connection.execute(
        "SELECT COUNT(person.id) FROM country LEFT JOIN person ON person.country = country.code "
        "GROUP BY country.code"
    ).fetchall()
    assert (0,) in counts
    assert len(set(counts)) > 2


def test_people_and_countries_have_names_of_their_kind() -> None:
    connection = fill(SCHEMA, seed=3, rows=40)
    people = {row[0] for row in connection.execute("SELECT name FROM person WHERE name IS NOT NULL")}
    countries = {row[0] for row in connection.execute("SELECT name FROM country WHERE name IS NOT NULL")}
    assert len(people) > 20
    assert all(len(name.split()) == 2 for name in people)
    assert not people & countries


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT name FROM person WHERE age > 200 AND name LIKE '%zz%'",
        "SELECT p.name FROM person AS p JOIN country AS c ON p.country = c.code "
        "WHERE c.name = 'Freedonia' AND p.age = 41",
        "SELECT name FROM person WHERE country = 'FR' AND age BETWEEN 30 AND 31",
        "SELECT day FROM visit WHERE day < '1066-10-14'",
        'SELECT name FROM person WHERE name = "Rufus Firefly"',
        f"{VISITORS} WHERE c.name = 'Sylvania' INTERSECT {VISITORS} WHERE c.name = 'Freedonia'",
    ],
)
def test_queries_find_what_they_look_for(sql: str) -> None:
    for seed in range(5):
        assert fill(SCHEMA, seed, scenes=scenes_of(sql, SCHEMA)).execute(sql).fetchall(), seed


def test_comparisons_split_the_rows() -> None:
    connection = fill(SCHEMA, 4, 40, [Scene(("person",), {}, {("person", "age"): (500,)})])
    above, equal, below = connection.execute(
        "SELECT SUM(age > 500), SUM(age = 500), SUM(age < 500) FROM person"
    ).fetchone()
    assert above
    assert equal
    assert below


def test_a_circle_of_foreign_keys_is_filled() -> None:
    one = Table("one", (column("a"), column("b")), (), (ForeignKey(("a",), "two", ("c",)),))
    two = Table("two", (column("c"), column("d")), (), (ForeignKey(("c",), "one", ("a",)),))
    connection = fill(Schema("sqlite", (one, two)), seed=1)
    assert connection.execute("SELECT COUNT(*) FROM one JOIN two ON one.a = two.c").fetchone()[0] > 0


def test_names_that_need_quotes() -> None:
    odd = Table('odd "table', (column("order"), column("a b", "text")), ("order",))
    connection = fill(Schema("sqlite", (odd,)), seed=1)
    assert connection.execute('SELECT COUNT("a b") FROM "odd ""table"').fetchone()[0] > 0
