"""Whether memory finds a known question in other words, and takes no other one for it. No model is asked.

    python tests/benchmarks/near.py [--fit] [--every N]

On each database of `trainer/written` half of the questions, 25 at most, are accepted in their first wording,
and the second wording of all is asked. What the likeliest accepted SQL gives is held against the gold answer.
Then the first wording itself is asked, with another number, with a word of doubt, with a word for one end of
an order turned into that for the other, or with the name of another table or column of the same table: the
SQL of no question may be used for those. Every fifth database
is held out: what it prints is how often the right SQL is first and among the first three there, and for each
probability from which SQL would be used, how much of it is right and how many known questions it answers.
``--fit`` prints weights for `sqloop.memory.nearness` from the other databases.
"""

from __future__ import annotations

import json
import random
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from typer import Option

from sqloop.database.answers import same_answer
from sqloop.database.connect import connect
from sqloop.database.outcome import Outcome
from sqloop.database.words import identifier_words
from sqloop.feedback.verdicts import Verdict
from sqloop.linking.question import LinkedQuestion, link_question
from sqloop.memory.archive import Archive
from sqloop.memory.difference import differ
from sqloop.memory.nearness import WEIGHTS, Asking, contradicts, share_out
from sqloop.memory.reading import MOST_FOUND
from sqloop.memory.recollection import value_stems
from sqloop_trainer.link_weights import regress
from sqloop_trainer.tuning.scenarios import Scenario, written_scenarios

WRITTEN = Path(__file__).resolve().parents[2] / "trainer" / "written"
KNOWN = 25
HELD_OUT = 5
PENALTY = 1.0
DOUBTS = ("not", "no", "without", "never", "except")
OPPOSITES = tuple(
    (one, other)
    for pair in (
        "most least",
        "highest lowest",
        "more fewer",
        "latest earliest",
        "newest oldest",
        "longest shortest",
        "largest smallest",
        "biggest smallest",
        "over under",
        "above below",
        "after before",
        "expensive cheap",
    )
    for one, other in (pair.split(), pair.split()[::-1])
)
LEAST = (0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95)


@dataclass(frozen=True)
class Found:
    """A known question beside one that is asked: the evidence, and whether its SQL gives the right answer.

    ``differs``: both differ in a word that means something in the database, so that it is an example only.
    """

    evidence: dict[str, float]
    right: bool
    differs: bool
    question: str
    sql: str


@dataclass(frozen=True)
class Asked:
    """A question, whether it is a known one in other words, and what was found for it."""

    database: int
    question: str
    known: bool
    found: tuple[Found, ...]
    changed: str = ""


def main(
    fit: Annotated[bool, Option("--fit", help="Fit new weights and measure those.")] = False,
    every: Annotated[int, Option("--every", help="Only every so many databases.")] = 1,
    wrong: Annotated[float, Option("--wrong", help="List what is wrong from this probability on.")] = 1.0,
) -> None:
    """Ask, fit, and print what is found."""
    asked: list[Asked] = []
    with tempfile.TemporaryDirectory() as work:
        for number, scenario in enumerate(written_scenarios(WRITTEN, Path(work))):
            if number % every == 0:
                asked += _ask(number // every, scenario)
                print(f"{scenario.name} {len(asked)}", file=sys.stderr, flush=True)
    weights = WEIGHTS
    if fit:
        learned = [
            one for each in asked if each.database % HELD_OUT and not each.changed for one in each.found
        ]
        fitted = regress([one.evidence for one in learned], [one.right for one in learned], PENALTY)
        weights = {name: round(weight, 2) for name, weight in fitted.items()}
        print(json.dumps(weights))
    measure([each for each in asked if each.database % HELD_OUT == 0], weights, wrong)


def _ask(number: int, scenario: Scenario) -> Iterator[Asked]:
    askings = [each for each in scenario.askings if len(each.wordings) > 1 and not each.notes]
    random.Random(scenario.name).shuffle(askings)
    known = askings[: min(KNOWN, len(askings) // 2)]
    archive = Archive("me", "sqlite")
    archive.add(_accept(place, each.wordings[0], each.sql) for place, each in enumerate(known, 1))
    outcomes: dict[str, Outcome] = {}
    with connect(f"sqlite:///{scenario.path}") as database:

        def run(sql: str) -> Outcome:
            return outcomes.setdefault(sql, outcomes.get(sql) or database.execute(sql))

        @cache
        def link(question: str) -> LinkedQuestion:
            return link_question(question, scenario.schema, scenario.values)

        def find(question: str, gold: str) -> tuple[Found, ...]:
            linked = link(question)
            near = Asking(linked, scenario.values)
            like = list(archive.like(question, value_stems(question, linked.links)))[:MOST_FOUND]
            adapted = [near.adapt(each.accepted.question, each.accepted.sql) for each in like]
            return tuple(
                Found(
                    near.gather(each.accepted.question, sql, each.likeness),
                    bool(gold) and same_answer(run(sql), run(gold)),
                    differ(linked, link(each.accepted.question), sql),
                    each.accepted.question,
                    sql,
                )
                for each, sql in zip(like, adapted, strict=True)
                if not contradicts(question, each.accepted.question, each.likeness)
            )

        for place, each in enumerate(askings[: 2 * KNOWN]):
            yield Asked(number, each.wordings[1], place < len(known), find(each.wordings[1], each.sql))
        for each in known:
            changed = [*_change(each.wordings[0]), *_rename(link(each.wordings[0]), each.sql)]
            for what, question in changed:
                yield Asked(number, question, False, find(question, ""), what)


def _change(question: str) -> Iterator[tuple[str, str]]:
    """The same question with another meaning, one of each kind at most."""
    if found := re.search(r"\d+", question):
        yield "another number", f"{question[: found.start()]}{int(found[0]) + 1}{question[found.end() :]}"
    words = question.split()
    place = len(question) % max(1, len(words) - 1) + 1
    yield "a doubt", " ".join([*words[:place], DOUBTS[len(question) % len(DOUBTS)], *words[place:]])
    for one, other in OPPOSITES:
        if re.search(rf"\b{one}\b", question, re.IGNORECASE):
            yield "the other end", re.sub(rf"\b{one}\b", other, question, flags=re.IGNORECASE)
            return


def _rename(asked: LinkedQuestion, sql: str) -> Iterator[tuple[str, str]]:
    """With the first name that the SQL uses turned into one that it does not use."""
    schema, names = asked.schema, set(re.findall(r"\w+", sql.lower()))
    for mention in asked.mentions:
        table, column = schema.table(mention.targets[0].table), mention.targets[0].column
        if table is not None and (column or table.name).lower() in names:
            others = [each.name for each in (table.columns if column else schema.tables)]
            for other in others:
                if other.lower() not in names and not other.lower().endswith("id"):
                    named = " ".join(identifier_words(other))
                    yield (
                        "another name",
                        asked.question[: mention.start] + named + asked.question[mention.end :],
                    )
                    return


def _accept(number: int, question: str, sql: str) -> Verdict:
    make = partial(Verdict, digest=None, schema="", database="", user="me", time=datetime.now(UTC))
    return make(number=number, id=str(number), kind="accepted", question=question, sql=sql, shown=str(number))


def measure(asked: Sequence[Asked], weights: dict[str, float], wrong: float) -> None:
    """Print a line of JSON for all, and one for each probability."""
    ranked = [(each, _rank(each.found, weights)) for each in asked]
    known = [rows for each, rows in ranked if each.known]
    first, three = (sum(any(one.right for _, one in rows[:n]) for rows in known) for n in (1, 3))
    plain = [(each, rows) for each, rows in ranked if not each.changed]
    offered = [(each, _leave_out(rows)) for each, rows in plain]
    print(json.dumps({"asked": len(plain), "known": len(known), "right first": first, "among three": three}))
    for least in LEAST:
        used = [(each, *rows[0]) for each, rows in offered if rows and rows[0][0] >= least]
        right = sum(one.right for _, _, one in used)
        of_known = sum(one.right for each, _, one in used if each.known)
        print(json.dumps({"from": least, "used": len(used), "right": right, "known answered": of_known}))
    for what in dict.fromkeys(each.changed for each in asked if each.changed):
        left = [_leave_out(rows) for each, rows in ranked if each.changed == what]
        tops = [rows[0][0] if rows else 0.0 for rows in left]
        counts = {str(least): int(sum(top >= least for top in tops)) for least in LEAST}
        print(json.dumps({"asked with": what, "questions": len(tops), "used from": counts}))
    for each, rows in ((each, _leave_out(rows)) for each, rows in ranked):
        if rows and rows[0][0] >= wrong and not rows[0][1].right:
            print(f"{rows[0][0]:.2f} {each.question!r} taken for {rows[0][1].question!r}: {rows[0][1].sql}")


def _leave_out(rows: Sequence[tuple[float, Found]]) -> list[tuple[float, Found]]:
    """What may answer, as `Recollection.offer` does."""
    return [row for row in rows if not row[1].differs]


def _rank(found: Sequence[Found], weights: dict[str, float]) -> list[tuple[float, Found]]:
    """What was found with its probability, the likeliest first, as `Recollection.near` does."""
    by_sql: dict[str, tuple[float, Found]] = {}
    for each in found:
        weighed = sum(weights.get(name, 0.0) * amount for name, amount in each.evidence.items())
        row = (float(1 / (1 + np.exp(-weighed))), each)
        by_sql[each.sql] = max(row, by_sql.get(each.sql, row), key=lambda one: one[0])
    shares = share_out({sql: row[0] for sql, row in by_sql.items()})
    return sorted(((shares[sql], row[1]) for sql, row in by_sql.items()), key=lambda row: -row[0])


if __name__ == "__main__":
    typer.run(main)
