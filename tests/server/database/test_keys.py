"""Keys that nobody declared are guessed where one other table owns the name, and nowhere else."""

from __future__ import annotations

from sqloop.database.keys import complete_keys
from sqloop.database.schema import Column, ForeignKey, Schema, Table


def number(name: str) -> Column:
    return Column(name, "INTEGER", "number")


def table(name: str, key: str, *columns: Column, foreign: tuple[ForeignKey, ...] = ()) -> Table:
    return Table(name, (number(key), *columns), (key,), foreign)


def keys_of(*tables: Table) -> dict[str, list[tuple[str, str]]]:
    schema = complete_keys(Schema("sqlite", tables))
    return {
        each.name: [(key.columns[0], key.referred_table) for key in each.foreign_keys]
        for each in schema.tables
    }


def test_a_column_named_after_another_tables_key_refers_to_it() -> None:
    found = keys_of(
        table("restaurant", "restaurant_id"), table("review", "review_id", number("RestaurantId"))
    )
    assert found == {"restaurant": [], "review": [("RestaurantId", "restaurant")]}


def test_a_bare_id_is_named_with_its_table() -> None:
    assert keys_of(table("cities", "id"), table("shops", "id", number("city_id")))["shops"] == [
        ("city_id", "cities")
    ]


def test_a_name_that_two_tables_own_is_left_alone() -> None:
    found = keys_of(table("a", "code_id"), table("b", "code_id"), table("c", "id", number("code_id")))
    assert found["c"] == []


def test_a_column_of_another_kind_is_left_alone() -> None:
    text = Column("city_id", "TEXT", "text")
    assert keys_of(table("cities", "id"), table("shops", "id", text))["shops"] == []


def test_a_declared_key_is_not_doubled() -> None:
    declared = ForeignKey(("city_id",), "cities", ("id",))
    found = keys_of(table("cities", "id"), table("shops", "id", number("city_id"), foreign=(declared,)))
    assert found["shops"] == [("city_id", "cities")]


def test_a_key_to_a_column_that_does_not_exist_is_dropped() -> None:
    broken = ForeignKey(("place",), "cities", ("place",))
    found = keys_of(table("cities", "id"), table("shops", "id", number("place"), foreign=(broken,)))
    assert found["shops"] == []
