"""Short names of old systems, spelled out by the words of the question."""

from __future__ import annotations

import pytest

from sqloop.database.knowledge.value_index import ValueIndex
from sqloop.database.schema import Column, Schema, Table
from sqloop.generation.prompts.forms import Asked
from sqloop.generation.prompts.hub_forms import find_form
from sqloop.linking.mentions import Room
from sqloop.linking.question import link_question
from sqloop.linking.short_names import shortens


def _table(name: str, *columns: str, view: bool = False) -> Table:
    kept = tuple(Column(each, "TEXT", "text") for each in columns)
    return Table(name, kept, primary_key=columns[:1], foreign_keys=(), view=view)


STUD = Schema(
    "sqlite",
    (
        _table("hrs", "hrs_id", "hrs_nm", "sx", "yob"),
        _table("mr", "mr_id", "hrs_id", "win_ct"),
        _table("stl", "stl_id", "hrs_id", "std_fee", "rt_dt"),
        _table("cvr", "cvr_id", "mr_id", "stl_id", "cvr_dt", "fee_chg"),
        _table("lvc", "lvc_id", "hrs_id", "cst"),
        _table("inv", "inv_id", "knd", "pd_dt", "cst"),
        _table("cd", "cd_grp", "cd", "cd_tx"),
        _table("v_stls", "hrs_nm", "std_fee", view=True),
    ),
)
PLAIN = Schema(
    "sqlite",
    (
        _table("customers", "id", "name", "city", "created_at"),
        _table("orders", "id", "customer_id", "total", "shipped_at"),
    ),
)


def _named(question: str, schema: Schema = STUD) -> dict[str, str]:
    linked = link_question(question, schema, ValueIndex(), room=lambda _: None)
    return {question[each.start : each.end]: each.table for each in linked.short_names}


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("How many stallions are there?", {"stallions": "stl"}),
        ("Which mares were never covered?", {"mares": "mr", "covered": "cvr"}),
        ("How many livery contracts started in 2024?", {"livery contracts": "lvc"}),
        # One of the two words is short for a table itself.
        ("Which livery covering was last?", {"covering": "cvr"}),
        # Columns are left to the model.
        ("What is the average stud fee of our stallions?", {"stallions": "stl"}),
        # What is usually called so, and a word of every question.
        ("How many invoices of each kind were paid?", {}),
        ("Which code has the most horses by code?", {"horses": "hrs"}),
    ],
)
def test_words_spell_out_what_is_short_for_them(question: str, names: dict[str, str]) -> None:
    assert _named(question) == names


def test_plain_names_are_short_for_nothing() -> None:
    assert _named("Which customers from Rome ordered in total more than 100, created last year?", PLAIN) == {}


@pytest.mark.parametrize(
    ("short", "word", "fits"),
    [
        ("frr", "farrier", True),
        ("cvr", "coverings", True),
        ("own", "owners", True),
        ("art", "articles", True),
        ("mr", "manager", False),
        ("st", "street", False),
        ("ap", "appointments", False),
        ("order", "orders", False),
        ("stl", "settled", True),
        ("sal", "stallions", False),
    ],
)
def test_a_short_form_keeps_the_first_letter_and_half_of_the_consonants(
    short: str, word: str, fits: bool
) -> None:
    assert bool(shortens(short, word)) == fits


def test_the_model_is_told_in_lines_of_their_own() -> None:
    question = "Top stallions by fees charged for coverings"
    linked = link_question(question, STUD, ValueIndex(), room=lambda _: None)
    assert find_form("tuned").suffix(Asked(linked)) == (
        f"Note: stallions means stl\nNote: coverings means cvr\nQuestion: {question}\n"
    )
    assert "Note" not in find_form("starter").suffix(Asked(linked))


def test_of_a_large_schema_the_table_that_is_meant_is_shown() -> None:
    others = tuple(_table(f"zq{place}", "id", "text") for place in range(60))
    schema = Schema("sqlite", (*others, *STUD.tables))
    linked = link_question("How many stallions?", schema, ValueIndex(), room=lambda _: Room(2, 40))
    assert linked.schema.table("stl") is not None
    assert [each.table for each in linked.short_names] == ["stl"]
    assert linked.whole is schema
