"""FROM and JOIN come back where keys imply them, and where what is written cannot be."""

from __future__ import annotations

import pytest

from sqloop.database.schema import Column, Schema, Table
from sqloop.generation.compact.expand import expand
from sqloop.generation.compact.selects import NotCompactableError, parse_query


def test_tables_without_a_key_between_them_cannot_be_joined(shop_schema: Schema) -> None:
    lonely = Schema("sqlite", (*shop_schema.tables, Table("note", (Column("text", "TEXT", "text"),))))
    with pytest.raises(NotCompactableError, match="no keys join customer, note"):
        expand(parse_query("SELECT note.text WHERE customer.name = 'Ann'", "sqlite"), lonely)


@pytest.mark.parametrize(
    ("broken", "meant"),
    [
        (
            "SELECT customer.name FROM city JOIN city ON customer.id = city.id WHERE city.name = 'Ulm'",
            "SELECT customer.name WHERE city.name = 'Ulm'",
        ),
        (
            "SELECT customer.name FROM customer JOIN city ON \"order\".id = city.id WHERE city.name = 'Ulm'",
            "SELECT customer.name WHERE city.name = 'Ulm'",
        ),
        ("SELECT COUNT(*) FROM city JOIN city ON city.id = city.id", "SELECT COUNT(*) FROM city"),
    ],
)
def test_a_from_that_cannot_be_is_as_if_it_were_not_there(
    shop_schema: Schema, broken: str, meant: str
) -> None:
    both = [expand(parse_query(sql, "sqlite"), shop_schema).sql() for sql in (broken, meant)]
    assert both[0] == both[1]


def test_a_join_that_can_be_stays(shop_schema: Schema) -> None:
    outer = "SELECT customer.name FROM customer WHERE EXISTS("
    for sql in (
        "SELECT customer.name FROM customer JOIN city ON customer.name = city.name",
        f"{outer}SELECT * FROM city JOIN product ON city.name = product.name AND city.id = customer.id)",
    ):
        assert expand(parse_query(sql, "sqlite"), shop_schema).sql() == sql
