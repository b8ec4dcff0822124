"""How often a word of a written question is wrongly said not to be understood, and how often rightly.

Gold SQL leaves nothing out, so every word that is reported of it is wrong. A word that no database here
knows, put before the first noun that names a table, is what the gold SQL does leave out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import cycle, pairwise
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from benchmarks import blind
from benchmarks.databases import library
from sqloop.database.connect import Database, connect
from sqloop.database.words import identifier_stems, split_text
from sqloop.linking.question import LinkedQuestion, link_question
from sqloop.linking.understanding import find_not_understood
from sqloop.sample import sample_database
from sqloop_trainer.benchmarks.questions import read_written

QUESTIONS = Path(__file__).parent / "questions"
# A blind set stays out until it has been measured: a bound that is held on it is tuning.
MEASURED = (
    "boat_club",
    "bookshop",
    "brewery_sales",
    "dental_practice",
    "driving_school",
    "feed_mill",
    "field_service",
    "harbour_pilots",
    "hospital_stays",
    "housing_coop",
    "kennels",
    "lift_service",
    "orders_office",
    "school_trips",
    "self_storage",
    "video_hire",
)
UNKNOWN = (
    "unpaid",
    "retired",
    "female",
    "remastered",
    "closed",
    "vegan",
    "archived",
    "premium",
    "overdue",
    "inactive",
)
# What ends a clause, and the least share that is to be named: an ORDER BY of a number or date may say "late".
TAILS = {
    "on hold": 0.6,
    "at airports": 0.6,
    "made of wool": 0.6,
    "with parking": 0.6,
    "that have insurance": 0.5,
    "that arrived late": 0.45,
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[tuple[LinkedQuestion, str, Database]]]:
    """Every written question with its gold SQL."""
    folder = tmp_path_factory.mktemp("written")
    files = {"sample": Path(sample_database()), "library": folder / "library.sqlite"}
    engine = create_engine(f"sqlite:///{files['library']}")
    with engine.begin() as connection:
        library.load(connection)
    engine.dispose()
    for name in MEASURED:
        files[f"blind-{name}"] = folder / f"{name}.sqlite"
        blind.build(name, files[f"blind-{name}"])
    with ExitStack() as stack:
        databases = {name: stack.enter_context(connect(f"sqlite:///{path}")) for name, path in files.items()}
        yield [
            (ask(written.question, databases[name]), written.sql, databases[name])
            for name, database in databases.items()
            for path in sorted(QUESTIONS.glob(f"{name}*.jsonl"))
            for written in read_written(path, database.dialect)
        ]


def ask(question: str, database: Database) -> LinkedQuestion:
    schema = database.schema()
    return link_question(question, schema, database.values())


def test_gold_sql_leaves_nothing_out(asked: list[tuple[LinkedQuestion, str, Database]]) -> None:
    reported = [each.question for each, sql, _ in asked if find_not_understood(each, sql)]
    assert len(asked) == 560
    assert len(reported) <= 0.02 * len(asked), reported


@pytest.mark.parametrize("tail", TAILS)
def test_what_ends_a_clause_is_named(asked: list[tuple[LinkedQuestion, str, Database]], tail: str) -> None:
    """Put behind the first noun that names a table, where a clause ends there."""
    named, count = 0, 0
    for each, sql, database in asked:
        nouns = {identifier_stems(table.name)[-1] for table in each.schema.tables}
        words = split_text(each.question)
        ends = [
            word.end
            for word, after in pairwise([*words, None])
            if word and word.stem in nouns and word.text.islower() and (not after or after.text in "?,.areis")
        ]
        if ends:
            narrowed = f"{each.question[: ends[0]]} {tail}{each.question[ends[0] :]}"
            named += tail.split()[-1] in find_not_understood(ask(narrowed, database), sql)
            count += 1
    assert count > 50
    assert named >= TAILS[tail] * count, (named, count)


def test_words_that_nothing_stands_for_are_named(asked: list[tuple[LinkedQuestion, str, Database]]) -> None:
    unknown, named, count = cycle(UNKNOWN), 0, 0
    for each, sql, database in asked:
        nouns = {identifier_stems(table.name)[-1] for table in each.schema.tables}
        nouns_said = [
            word for word in split_text(each.question) if word.stem in nouns and word.text.islower()
        ]
        if nouns_said:
            start, word = nouns_said[0].start, next(unknown)
            narrowed = f"{each.question[:start]}{word} {each.question[start:]}"
            named += word in find_not_understood(ask(narrowed, database), sql)
            count += 1
    assert named >= 0.6 * count, (named, count)
