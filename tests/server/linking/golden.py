"""Prompts of some sixty questions as they are written down in golden.json: what a change of linking changes.

    python tests/server/linking/golden.py

writes them anew. A prompt that differs is not wrong by that, but the shipped models were trained on the form:
look at the differences, and measure before they are kept.
"""

from __future__ import annotations

import gzip
import json
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sqloop.database.connect import connect
from sqloop.database.knowledge.value_index import ValueIndex
from sqloop.database.schema import Column, ForeignKey, Schema, Table
from sqloop.generation.prompts.forms import Asked
from sqloop.generation.prompts.hub_forms import find_form
from sqloop.linking.question import link_question
from sqloop.sample import sample_database

GOLDEN = Path(__file__).parent / "golden.json"
_ROOT = Path(__file__).parents[3]
_QUESTIONS = _ROOT / "tests/benchmarks/questions"
_WRITTEN = _ROOT / "trainer/written"
_FORMS = ("starter", "tuned")
_DATABASES = ("airbnb_like", "city_council", "flight_ops", "zoo")
_EACH = 8

_LARGE = (
    "How many penguins weigh more than 5 kilograms?",
    "average weight of penguins by thickness of their glacier",
    "glaciers called 'North Ice'",
    "the penguin Tux",
    "stage 0 and stage 6",
    "penguin report by glacier",
    "everything in area 7",
    "who was born in 2021?",
    "?",
)


def collect() -> Iterator[tuple[str, Any]]:
    """For each database its name, its prefixes and its questions with their suffixes, by form."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _of_file("sample", Path(sample_database()), _read(_QUESTIONS / "sample.jsonl")[:20])
        for name in _DATABASES:
            path = Path(folder) / f"{name}.sqlite"
            with closing(sqlite3.connect(path)) as connection:
                connection.executescript(gzip.decompress((_WRITTEN / f"{name}.sql.gz").read_bytes()).decode())
            yield from _of_file(name, path, _read(_WRITTEN / f"{name}.jsonl")[:: 45 // _EACH][:_EACH])
    yield "large", _write(_large(), _large_values(), _LARGE)


def _of_file(name: str, path: Path, questions: Sequence[str]) -> Iterator[tuple[str, Any]]:
    with connect(f"sqlite:///{path}") as database:
        yield name, _write(database.schema(refresh=True), database.values(), questions)


def _write(schema: Schema, index: ValueIndex, questions: Sequence[str]) -> Mapping[str, Any]:
    prefixes: dict[str, dict[str, str]] = {"all": {}}
    suffixes: dict[str, dict[str, str]] = {each: {} for each in questions}
    for form in map(find_form, _FORMS):
        prefixes["all"][form.name] = form.prefix(schema)
        for question in questions:
            asked = Asked(link_question(question, schema, index, room=form.room))
            suffixes[question][form.name] = form.suffix(asked)
            if asked.schema != schema:
                prefixes.setdefault(question, {})[form.name] = form.prefix(asked.schema)
    return {"prefixes": prefixes, "questions": suffixes}


def _read(path: Path) -> list[str]:
    return [json.loads(line)["question"] for line in path.read_text(encoding="utf-8").splitlines()]


def _table(name: str, *columns: str, refers: str = "", view: bool = False) -> Table:
    kinds = [Column("id", "INTEGER", "number"), *(Column(each, "TEXT", "text") for each in columns)]
    keys = (ForeignKey((f"{refers}_id",), refers, ("id",)),) if refers else ()
    more = [Column(f"{refers}_id", "INTEGER", "number")] if refers else []
    return Table(name, (*kinds, *more), () if view else ("id",), keys, view=view)


def _large() -> Schema:
    """More tables than a prompt shows, and views."""
    areas = [_table(f"area_{number}", "label", "since", "notes") for number in range(40)]
    stages = [_table(f"stage{n}", "title", refers=f"stage{n - 1}" if n else "") for n in range(7)]
    birds = [
        _table("penguin", "name", "born_on", "weight", refers="glacier"),
        _table("glacier", "name", "thickness"),
        _table("penguin_report", "penguin", "glacier", "total_weight", view=True),
    ]
    return Schema("sqlite", (*areas, *stages, *birds))


def _large_values() -> ValueIndex:
    index = ValueIndex()
    index.add("penguin", "name", ["Tux", "Pingu", "Kowalski the Second"])
    index.add("glacier", "name", ["North Ice", "South Ice", "Great Cold Wall"])
    index.add("area_7", "label", ["Everything", "Dry Land"])
    return index


if __name__ == "__main__":
    GOLDEN.write_text(
        json.dumps(dict(collect()), ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )
