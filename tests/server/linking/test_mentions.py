"""Schema linking: what words of a question name, and which tables a prompt shows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sqloop.database.knowledge.value_index import ValueMatch
from sqloop.database.schema import Column, ForeignKey, Schema, Table
from sqloop.linking.link import ValueLink
from sqloop.linking.mentions import (
    HANDLES,
    MAX_TARGETS,
    NameIndex,
    Room,
    Target,
    find_mentions,
    focus,
    shared_prefix,
)


def table(name: str, *columns: str, refers: str = "") -> Table:
    keys = (ForeignKey((f"{refers}_id",), refers, ("id",)),) if refers else ()
    names = ("id", *columns, *([f"{refers}_id"] if refers else []))
    return Table(name, tuple(Column(each, "TEXT", "text") for each in names), ("id",), keys)


SCHEMA = Schema(
    "sqlite",
    (
        table("customers", "name", "birthYear", "home_city"),
        table("orders", "status", "order_date", refers="customers"),
        table("order_items", "unit_price", "quantity"),
    ),
)


def mention(
    question: str, schema: Schema = SCHEMA, links: tuple[ValueLink, ...] = ()
) -> dict[str, list[str]]:
    return {
        question[each.start : each.end]: [
            target.table if target.column is None else f"{target.table}.{target.column}"
            for target in each.targets
        ]
        for each in find_mentions(question, NameIndex(schema), links)
    }


@pytest.mark.parametrize(
    ("question", "mentions"),
    [
        ("How many Customers?", {"Customers": ["customers"]}),
        ("customer's birth years", {"customer's birth years": ["customers.birthYear"]}),
        ("the order items", {"order items": ["order_items"]}),
        ("order dates", {"order dates": ["orders.order_date"]}),
        (
            "unit prices of order items",
            {"unit prices": ["order_items.unit_price"], "order items": ["order_items"]},
        ),
        ("by city", {"city": ["customers.home_city"]}),
        ("cost of living", {}),
        ("customer id", {"customer id": ["orders.customers_id", "customers.id"]}),
    ],
)
def test_words_name_tables_and_columns(question: str, mentions: dict[str, list[str]]) -> None:
    assert {words: set(targets) for words, targets in mention(question).items()} == {
        words: set(targets) for words, targets in mentions.items()
    }


def test_of_names_that_fit_those_of_mentioned_tables_come_first() -> None:
    schema = Schema("sqlite", tuple(table(name, "title") for name in ("books", "films", "songs")))
    assert mention("titles", schema)["titles"] == ["books.title", "films.title", "songs.title"]
    assert mention("titles of films", schema)["titles"][0] == "films.title"


def test_ambiguous_names_are_bounded() -> None:
    schema = Schema("sqlite", tuple(table(f"x{letter}", "title") for letter in "abcdefgh"))
    assert len(mention("titles", schema)["titles"]) == MAX_TARGETS


def test_values_are_no_mentions() -> None:
    question = "customers in Order"
    links = (ValueLink("v0", 13, 18, "Order"),)
    assert mention(question) == {"customers": ["customers"], "Order": ["orders"]}
    assert mention(question, links=links) == {"customers": ["customers"]}


def test_what_all_tables_begin_with_says_nothing() -> None:
    schema = Schema("sqlite", (table("tbl_customers", "name"), table("tbl_orders", "status")))
    assert shared_prefix(schema) == ("tbl",)
    assert mention("all customers", schema) == {"customers": ["tbl_customers"]}
    assert shared_prefix(SCHEMA) == ()
    assert shared_prefix(Schema("sqlite", SCHEMA.tables[:1])) == ()
    assert shared_prefix(Schema("sqlite", (table("order"), table("order_items")))) == ()


def large(columns: int = 6) -> Schema:
    """500 tables; 7 in a chain of keys."""
    names = tuple(f"c{i}" for i in range(columns))
    chain = [table("stage0", *names)]
    chain += [table(f"stage{i}", *names, refers=f"stage{i - 1}") for i in range(1, 7)]
    named = [table("penguin", *names, "weight"), table("glacier", *names, "thickness", refers="penguin")]
    return Schema("sqlite", (*(table(f"other{i}", *names) for i in range(491)), *chain, *named))


def test_a_schema_that_fits_is_shown_whole() -> None:
    assert focus(SCHEMA, "anything", ()) is SCHEMA


def test_whoever_asks_says_how_much_is_shown() -> None:
    assert focus(large(), "penguin", (), lambda schema: None) == large()
    assert len(focus(large(), "stage 0 and stage 6", (), lambda schema: Room(3, 90)).tables) == 3
    few = focus(large(), "stage 0 and stage 6", (), lambda schema: Room(3, 5))
    assert sum(len(each.columns) for each in few.tables) == 5


def test_of_500_tables_the_named_ones_are_shown() -> None:
    shown = focus(large(), "average weight of penguins by thickness of their glacier", ())
    assert {"penguin", "glacier"} <= {each.name for each in shown.tables}
    assert len(shown.tables) <= HANDLES.tables
    assert sum(len(each.columns) for each in shown.tables) <= HANDLES.columns
    assert len(shown.tables) < 10


def test_tables_on_the_way_come_along_with_their_keys() -> None:
    shown = focus(large(), "stage 0 and stage 6", ())
    assert {f"stage{i}" for i in range(7)} <= {each.name for each in shown.tables}
    names = {each.name for each in shown.tables}
    for each in shown.tables:
        assert all(key.referred_table in names for key in each.foreign_keys)
    last = shown.table("stage6")
    assert last is not None
    assert last.foreign_keys


def test_a_value_shows_the_table_that_holds_it() -> None:
    links = (ValueLink("v0", 0, 3, "Tux", (ValueMatch("penguin", "c0", "Tux"),)),)
    assert "penguin" in {each.name for each in focus(large(), "Tux", links).tables}


def test_words_of_a_name_count_beside_a_table_that_is_named_whole() -> None:
    others = large().tables
    named = (table("course", "title"), table("course_attendance", "attended_on"))
    shown = focus(Schema("sqlite", (*others, *named)), "who attended courses?", ())
    assert {each.name for each in shown.tables} == {"course", "course_attendance"}


REFUNDS = "What is the total of the refunds paid to customers?"


def coded(told: dict[str, str], *others: Table) -> Schema:
    """79 tables that only descriptions tell apart, those of columns by ``table.column``."""
    tables = (table(f"tx{i}", "amount", "total", "ref") for i in range(1, 80))
    described = (
        replace(
            each,
            comment=told.get(each.name, "rows of the ledger"),
            columns=tuple(replace(c, comment=told.get(f"{each.name}.{c.name}", "")) for c in each.columns),
        )
        for each in tables
    )
    return Schema("sqlite", (*described, *others))


@pytest.mark.parametrize(
    "told",
    [{"tx9": "Refunds paid to customers"}, {"tx9.amount": "what was refunded to the customer"}],
    ids=["table", "column"],
)
def test_a_table_is_found_by_its_description(told: dict[str, str]) -> None:
    assert "tx9" not in {each.name for each in focus(coded({}), REFUNDS, ()).tables}
    assert "tx9" in {each.name for each in focus(coded(told), REFUNDS, ()).tables}


def test_the_rarest_words_of_descriptions_tell_most() -> None:
    told = {f"tx{i}": "money paid to customers" for i in range(10, 40)} | {"tx50": "a refund that was sent"}
    assert [each.name for each in focus(coded(told), "all refunds to customers", ()).tables] == ["tx50"]


def test_a_name_tells_more_than_a_description() -> None:
    named = tuple(
        table(f"refund_{each}", "paid_on") for each in ("batch", "claim", "desk", "entry", "fee", "gate")
    )
    told = {f"tx{i}": "refund" for i in range(10, 16)}
    shown = focus(coded(told, *named), "the refunds", ())
    assert {each.name for each in shown.tables} == {each.name for each in named}


def test_a_word_that_names_a_table_needs_no_description() -> None:
    told = {f"tx{i}": "paid by the customer" for i in range(1, 80)}
    shown = focus(coded(told, table("customer", "city")), "cities of customers", ())
    assert [each.name for each in shown.tables] == ["customer"]


def test_wide_tables_are_cut() -> None:
    shown = focus(large(columns=200), "penguin", ())
    assert sum(len(each.columns) for each in shown.tables) == HANDLES.columns
    assert [each.name for each in shown.tables] == ["penguin"]


def test_a_question_without_names_still_has_a_prompt() -> None:
    assert focus(large(), "hello?", ()).tables


def test_a_column_is_found_by_its_bare_name_and_with_its_tables() -> None:
    index = NameIndex(Schema("sqlite", (table("singer", "singer_name", "song_id"),)))
    assert index.find(("name",)) == [Target("singer", "singer_name")]
    assert index.find(("singer", "singer", "name")) == [Target("singer", "singer_name")]
    assert index.find(("song",)) == [Target("singer", "song_id")]


def view(name: str, *columns: str) -> Table:
    return Table(name, tuple(Column(each, "TEXT", "text") for each in columns), view=True)


FILMS = (
    table("category", "name"),
    table("film", "title", refers="language"),
    table("language", "name"),
    table("film_category", "category_name", refers="film"),
    table("actor", "first_name", "last_name"),
)
REPORTS = tuple(
    view(f"film_report_{number}", "film", "category", "actor", "title", "name", *(f"c{i}" for i in range(20)))
    for number in range(20)
)


def shown(question: str, *tables: Table) -> list[str]:
    return [each.name for each in focus(Schema("sqlite", tables), question, ()).tables]


@pytest.mark.parametrize(
    "question", ["How many films are in each category?", "film report by category", "films", "the title", "?"]
)
def test_views_take_no_place_of_tables(question: str) -> None:
    alone = shown(question, *FILMS, *(table(f"other_{n}", *(f"x{i}" for i in range(10))) for n in range(20)))
    beside = shown(question, *REPORTS, *FILMS)
    wanted = {name for name in alone if not name.startswith("other")}
    assert wanted <= set(beside)
    assert wanted or question == "?"


def test_a_view_that_is_named_is_shown() -> None:
    assert "film_report_7" in shown("film report 7", *REPORTS, *FILMS)
    assert "film_report_7" in shown("the language of film report 7", *FILMS, *REPORTS)


def test_a_database_of_views_shows_them() -> None:
    assert "film_report_7" in shown("film report 7", *REPORTS)
    assert shown("nothing of the kind", *REPORTS)


def test_columns_of_tables_come_before_those_of_views() -> None:
    found = find_mentions("the title", NameIndex(Schema("sqlite", (*REPORTS, *FILMS))), ())
    assert [each.targets[0] for each in found] == [Target("film", "title")]
