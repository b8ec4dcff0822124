"""What a model says that short names stand for, and what of it is believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from sqloop.database.cancellation import Cancellation
from sqloop.database.schema import Column, Schema, Table
from sqloop.generation.generator import Reading
from sqloop.generation.request import Completion, GenerationRequest
from sqloop.glossary.spelling import MOST_CHARACTERS, read_words, short_tables, spell_out


def _table(name: str, *columns: str) -> Table:
    return Table(name, tuple(Column(each, "TEXT", "text") for each in columns), columns[:1])


STUD = Schema(
    "sqlite",
    (
        _table("hrs", "hrs_id", "hrs_nm", "sx"),
        _table("stl", "stl_id", "hrs_id", "std_fee", "qq_dt"),
        _table("cvr", "cvr_id", "stl_id", "cvr_dt", "chg_kd"),
        _table("vst", "id", "customer", "placed_at"),
        _table("visits", "id", "customer", "placed_at"),
        replace(_table("v_stl", "hrs_nm"), view=True),
    ),
)
SAID = """
hrs = Horse
sx = Sex
stl = Stallion
std = Stud
cvr = Covering
chg = Charge
vst = Visit
kd = Kangaroo
qq = Quick Query
"""


class _Told:
    """A generator that says the same to every request, and keeps these."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.asked: list[GenerationRequest] = []

    def generate(
        self, request: GenerationRequest, cancel: Cancellation | None = None, reading: Reading | None = None
    ) -> list[Completion]:
        self.asked.append(request)
        return [Completion(self.text, 0.0, 1)]


def _spell(schema: Schema, said: str = SAID) -> tuple[dict[str, str], list[GenerationRequest]]:
    told = _Told(said)
    return spell_out(schema, told), told.asked  # type: ignore[arg-type]  # all that is used of a generator


def test_names_are_written_in_words_that_they_shorten() -> None:
    told, asked = _spell(STUD)
    # Not the keys, not what is plain, no view, no name of which a part stays short (hrs_nm, qq_dt, chg_kd).
    assert told == {
        "hrs": "horse",
        "hrs.sx": "sex",
        "stl": "stallion",
        "stl.std_fee": "stud fee",
        "cvr": "covering",
        "cvr.cvr_dt": "covering date",
        "vst": "visit",
    }
    (request,) = asked
    assert "CREATE TABLE stl" in request.prefix
    assert "visits" not in request.prefix
    assert request.k == 1


def test_what_is_described_is_not_asked_for() -> None:
    described = replace(STUD.tables[1], comment="breeding males")
    schema = replace(STUD, tables=(STUD.tables[0], described, *STUD.tables[2:]))
    told, (request,) = _spell(schema)
    assert "stl" not in told
    assert told["stl.std_fee"] == "stud fee"
    assert "stl" not in _parts(request)


def test_a_model_that_says_the_names_again_is_asked_in_another_way() -> None:
    told, asked = _spell(STUD, "stl = stl_id\nstd = std_fee\ncvr = cvr_id")
    assert told == {}
    assert len(asked) == 2
    assert "stl (in stl)\nstd (in std_fee)\n" in asked[1].suffix
    assert asked[0].prefix == asked[1].prefix


def test_plain_names_ask_no_model() -> None:
    plain = Schema("sqlite", (_table("customers", "id", "name", "city"), _table("orders", "id", "total")))
    assert _spell(plain) == ({}, [])
    assert short_tables(plain) == []


def test_a_large_schema_is_shown_in_parts_and_nothing_is_asked_twice() -> None:
    letters = "bcdfghjklmnpqrstvwxz"
    names = [f"{a}{b}{c}" for a in letters for b in letters for c in "kt"][:300]
    schema = Schema("sqlite", tuple(_table(name, f"{name}_id", f"{name}_nm", "sx") for name in names))
    _, asked = _spell(schema, "".join(f"{name} = {'a'.join(name)}a\n" for name in names))
    assert len(asked) > 2
    assert all(len(request.prefix) < MOST_CHARACTERS + 1_000 for request in asked)
    parts = [part for request in asked for part in _parts(request)]
    assert len(parts) == len(set(parts))
    assert parts.count("sx") == 1


def _parts(request: GenerationRequest) -> Sequence[str]:
    return request.suffix.split("The short forms: ")[1].strip().split(", ")


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("stl = Stallion", {"stl": "stallion"}),
        ("- **stl**: stallion (a male horse)", {"stl": "stallion"}),
        ("1. stl -> Stallion", {"stl": "stallion"}),
        ("vst = Veterinary Visit", {"vst": "visit"}),
        ("yob = Year of Birth", {"yob": "year of birth"}),
        ("issdt = Issue Date", {"issdt": "issue date"}),
        ("apno: application number", {"apno": "application number"}),
        ("stl = Stallion\nstl = Stall", {"stl": "stallion"}),
        # It says the same again, something else, or words that have nothing to do with it.
        ("stl = stl", {}),
        ("abc = Alphabet", {}),
        ("stl = Horse", {}),
        ("lvc = Livestock Value", {}),
        ("fl = Flaming Legacy", {}),
        # Initials of a word that another name is short for.
        ("stl = Stallion\nstd = Stallion Training Details", {"stl": "stallion"}),
        ("SELECT * FROM stl", {}),
        ("", {}),
    ],
)
def test_what_is_believed_of_an_answer(said: str, found: dict[str, str]) -> None:
    assert read_words(said, ("stl", "vst", "yob", "lvc", "fl", "std", "issdt", "apno")) == found


def test_a_few_short_names_among_many_are_no_hindrance() -> None:
    assert short_tables(STUD) == ["stl", "cvr", "vst"]
    many = tuple(_table(f"{name}s", "id") for name in ("book", "loan", "reader", "shelf", "card", "branch"))
    assert short_tables(replace(STUD, tables=STUD.tables + many + many)) == []
    shared = Schema("sqlite", tuple(_table(f"tbl_{name}", "id") for name in ("books", "loans", "readers")))
    assert short_tables(shared) == []
    described = replace(STUD, tables=tuple(replace(each, comment="told") for each in STUD.tables))
    assert short_tables(described) == []
