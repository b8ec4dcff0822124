"""What accepted SQL does for questions that differ in values: how often it is used again, how often wrongly.

    python tests/benchmarks/exchange.py

On each database of `trainer/written`, every question with its gold SQL is taken for accepted, and every other
wording is asked. Where `sqloop.memory.exchange` gives SQL, its answer is held against the gold answer of what
was asked. As few written questions differ in values alone, each question is then asked with `MOST` other
values of a column in place of one that it names; and so again with a word of doubt put in (`DOUBTS`), with
another number, or with two words swapped that count, where no SQL may be given. Prints a line of JSON, and on
standard error what was given wrongly and some of the rest, to be read.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from sqloop.database.answers import same_answer
from sqloop.database.connect import Database, connect
from sqloop.linking.link import link_values
from sqloop.memory.exchange import Template, exchange, make_template
from sqloop.memory.sameness import question_key
from sqloop_trainer.tuning.scenarios import Scenario, written_scenarios

WRITTEN = Path(__file__).resolve().parents[2] / "trainer" / "written"
MOST = 3
DOUBTS = ("not", "no", "without", "other than", "except", "never")


class Shelf:
    """The templates of one database."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._known: dict[str, Template] = {}

    def template(self, question: str) -> Template:
        """Of a question, made once."""
        if question not in self._known:
            links = link_values(question, self._scenario.schema, self._scenario.values)
            self._known[question] = make_template(question, links)
        return self._known[question]

    def other_values(self, database: Database, template: Template) -> Iterator[tuple[str, str]]:
        """The values that a question names, each with others of one of its columns."""
        for slot in template.slots:
            table, column = min(slot.columns)
            sql = f'SELECT DISTINCT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL ORDER BY 1'
            rows = database.execute(sql).rows
            others = [str(row[0]) for row in rows if row[0] != slot.value]
            yield from ((slot.value, each) for each in others[:MOST])


def main() -> None:
    """Count over all databases."""
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as work:
        for scenario in written_scenarios(WRITTEN, Path(work)):
            with connect(f"sqlite:///{scenario.path}") as database:
                _count(scenario, database, counts)
            print(f"{scenario.name} {dict(counts)}", file=sys.stderr, flush=True)
    print(json.dumps(dict(counts)))


def _count(scenario: Scenario, database: Database, counts: Counter[str]) -> None:
    shelf = Shelf(scenario)
    questions = [
        (each, asking.sql) for asking in scenario.askings if not asking.notes for each in asking.wordings
    ]
    counts["questions"] += len(questions)
    by_key: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for question, sql in questions:
        by_key.setdefault(shelf.template(question).key, []).append((question, sql))
    counts["pairs"] += len(questions) * (len(questions) - 1)
    for like in by_key.values():
        for old, sql in like:
            for new, gold in like:
                if new != old and (
                    given := exchange(sql, shelf.template(old), shelf.template(new), "sqlite")
                ):
                    right = same_answer(database.execute(given), database.execute(gold))
                    counts["given for a written one"] += 1
                    counts["of these right"] += right
                    if not right:
                        print(f"{old!r} -> {new!r}: {given} instead of {gold}", file=sys.stderr)
    for question, sql in questions:
        _ask_otherwise(shelf, database, question, sql, counts)


def _ask_otherwise(shelf: Shelf, database: Database, question: str, sql: str, counts: Counter[str]) -> None:
    old = shelf.template(question)
    counts["with a value"] += bool(old.slots)
    for value, other in shelf.other_values(database, old):
        new = re.sub(re.escape(value), lambda _, text=other: text, question, count=1, flags=re.IGNORECASE)
        if new != question:
            counts["asked with another value"] += 1
            given = exchange(sql, old, shelf.template(new), "sqlite")
            counts["of these given"] += given is not None
            if given is not None and len(question) % 11 == 0:
                print(f"{question!r} -> {new!r}: {given}", file=sys.stderr)
            if given is not None:
                counts["of these run"] += database.execute(given).status == "ok"
            for what, text in _other_meanings(new):
                counts[f"asked with {what}"] += 1
                counts[f"given with {what}"] += exchange(sql, old, shelf.template(text), "sqlite") is not None


def _other_meanings(question: str) -> Iterator[tuple[str, str]]:
    """Questions that mean something else."""
    words = question.split()
    for place in range(1, len(words)):
        for doubt in (DOUBTS[place % len(DOUBTS)],):
            yield "a doubt", " ".join([*words[:place], doubt, *words[place:]])
        swapped = " ".join([*words[: place - 1], words[place], words[place - 1], *words[place + 1 :]])
        if question_key(swapped) != question_key(question):
            yield "two words swapped", swapped
    for found in re.finditer(r"\d+", question):
        yield "another number", f"{question[: found.start()]}{int(found[0]) + 1}{question[found.end() :]}"


if __name__ == "__main__":
    main()
