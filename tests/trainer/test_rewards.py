"""Rewards: what each pays for what execution gave, and what none of them can be talked into."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from sqloop.database.connect import Database, connect
from sqloop.database.outcome import Limits, Outcome
from sqloop_trainer.benchmarks.temptabqa import TEST_SPLITS, read_questions, world_of
from sqloop_trainer.benchmarks.temptabqa_databases import open_world
from sqloop_trainer.gold import Gold, GoldRows, GoldText
from sqloop_trainer.learning.rewards import (
    FAILED,
    KNOWN_WRONG,
    PARTIAL,
    REWARDS,
    binary,
    mock,
    paper,
    sqloop,
    structure,
)
from trainer.benchmarks.temptabqa_folder import SHARED

Cells = tuple[str | int | float | None, ...]


def rows(*table: Cells, truncated: bool = False) -> Outcome:
    columns = tuple("abcdef"[: len(table[0])]) if table else ("a",)
    return Outcome("ok", columns, table, truncated)


TEXT = GoldText("Oslo, Rome")
ROWS = GoldRows(rows(("Oslo",), ("Rome",)))
FAILURES = [Outcome(status, error="?") for status in ("error", "timeout", "refused", "cancelled")]
DUMP = rows(*((f"town {number}",) for number in range(98)), ("Oslo",), ("Rome",))


@pytest.mark.parametrize("gold", [TEXT, ROWS])
@pytest.mark.parametrize(
    ("outcome", "published", "ours", "strict"),
    [
        (rows(("Rome",), ("Oslo",)), 1000, 1, 1),
        (rows(("Oslo",)), 50, 0.3 * 0.8 * 2 / 3 + 0.3 * 0.2 / 2, 0),
        (rows(("Paris",), ("Bonn",)), 1, 0.3 * 0.2, 0),
        (rows((1,), (2,)), 1, 0.3 * 0.2 / 2, 0),
        (rows(("Rome",), ("Oslo",), ("Bonn",)), 1000, 0.3 * 0.8 * 4 / 5 + 0.3 * 0.2 * 2 / 3, 0),
        (DUMP, 1000, 0.3 * 0.8 * 4 / 102 + 0.3 * 0.2 * 2 / 100, 0),
        (rows(), 1, 0, 0),
        *((failure, -100, -0.1, 0) for failure in FAILURES),
    ],
)
def test_what_each_reward_pays(
    outcome: Outcome, gold: Gold, published: float, ours: float, strict: float
) -> None:
    assert paper(outcome, gold) == published
    assert sqloop(outcome, gold) == pytest.approx(ours)
    assert binary(outcome, gold) == strict
    assert mock(outcome, gold) == 1


@pytest.mark.parametrize(
    ("outcome", "gold"),
    [
        (rows((7.0,)), GoldText("7")),
        (rows(("World Cup", 2012)), GoldText("World Cup 2012")),
        (rows((2, "b"), (1, "a")), GoldRows(rows(("a", 1), ("b", 2)))),
        (rows(), GoldRows(rows())),
    ],
)
def test_right_however_it_is_written(outcome: Outcome, gold: Gold) -> None:
    assert (sqloop(outcome, gold), binary(outcome, gold), paper(outcome, gold)) == (1, 1, 1000)


@pytest.mark.parametrize(
    ("outcome", "gold"),
    [
        (rows((2,), (1,)), GoldRows(rows((1,), (2,)), ordered=True)),
        (rows((1,), truncated=True), GoldRows(rows((1,)))),
        (rows(("Rome",), ("Rome",)), GoldText("Rome")),
        (rows(("Rome", 2012)), GoldText("Rome")),
        (rows(("Rome",), truncated=True), GoldText("Rome")),
    ],
)
def test_nearly_right_is_wrong(outcome: Outcome, gold: Gold) -> None:
    assert 0 < sqloop(outcome, gold) <= PARTIAL
    assert binary(outcome, gold) == 0


def test_no_wrong_answer_is_worth_more_than_partial_credit() -> None:
    draw = random.Random(7)
    values: list[str | int | float | None] = ["Rome", "Oslo", "Yes", "", 1, 2.5, None]
    for _ in range(2_000):
        width = draw.randint(1, 3)
        tables = [
            rows(*(tuple(draw.choices(values, k=width)) for _ in range(draw.randint(0, 4)))) for _ in range(2)
        ]
        gold: Gold = draw.choice([GoldRows(tables[1]), GoldText(draw.choice(["Rome", "Oslo, Yes", "1, 1"]))])
        paid = sqloop(tables[0], gold)
        assert paid == 1 if gold.is_right(tables[0]) else 0 <= paid <= PARTIAL


def test_extra_rows_cost() -> None:
    paid = [
        sqloop(rows(("Oslo",), ("Rome",), *((f"town {number}",) for number in range(extra))), TEXT)
        for extra in (0, 1, 3, 30, 300)
    ]
    assert paid == sorted(paid, reverse=True)
    assert len(set(paid)) == 5


def test_a_rejected_answer_is_worth_less_than_an_unknown_wrong_one() -> None:
    rejected = [rows(("Paris",)), Outcome("error")]
    assert sqloop(rows(("Paris",)), TEXT, rejected) == KNOWN_WRONG
    assert FAILED < KNOWN_WRONG < 0 <= sqloop(rows((12,)), TEXT, rejected)
    assert sqloop(Outcome("error"), TEXT, rejected) == FAILED


def test_without_a_gold_answer_only_rejections_and_failures_count() -> None:
    rejected = [rows(("Paris",))]
    assert [sqloop(each, None, rejected) for each in (rows((1,)), rows(("Paris",)), Outcome("timeout"))] == [
        0,
        KNOWN_WRONG,
        FAILED,
    ]
    assert (paper(rows((1,)), None), binary(rows((1,)), None)) == (1, 0)


def test_an_answer_that_is_gold_stays_right_though_it_was_once_rejected() -> None:
    assert sqloop(rows(("Rome",), ("Oslo",)), TEXT, [rows(("Oslo",), ("Rome",))]) == 1


def test_right_on_the_original_alone_is_wrong() -> None:
    gold, elsewhere = GoldRows(rows((7,))), GoldRows(rows((9,)))
    right, constant, failing = rows((9,)), rows((7,)), Outcome("timeout")
    assert sqloop(rows((7,)), gold, copies=[(right, elsewhere)]) == 1
    assert 0 <= sqloop(rows((7,)), gold, copies=[(right, elsewhere), (constant, elsewhere)]) <= PARTIAL
    assert sqloop(rows((7,)), gold, copies=[(failing, elsewhere)]) == FAILED
    assert binary(rows((7,)), gold, copies=[(constant, elsewhere)]) == 0


ASKED = "SELECT c.name, SUM(o.total) FROM customer c JOIN orders o ON o.customer_id = c.id GROUP BY c.name"
BUILT = GoldRows(rows(("Ann", 7), ("Bob", 3)), sql=ASKED)
FARTHER = [
    ASKED + " HAVING SUM(o.total) > 9",
    "SELECT c.name, COUNT(*) FROM customer c JOIN orders o ON o.customer_id = c.id GROUP BY c.name",
    "SELECT c.name FROM customer c JOIN orders o ON o.customer_id = c.id",
    "SELECT c.name FROM customer c JOIN orders o ON o.id = c.id",
    "SELECT name FROM customer",
    "SELECT name FROM supplier",
]
"""Each less like the query that is right than the one before."""


def test_what_is_built_more_like_the_right_query_is_worth_more_but_never_as_much_as_what_is_right() -> None:
    wrong, right = rows(("Zoe", 1), ("Yan", 2)), rows(("Bob", 3), ("Ann", 7))
    for outcome, least, most in ((wrong, 0, PARTIAL), (FAILURES[0], FAILED, KNOWN_WRONG)):
        paid = [structure(outcome, BUILT, text=text) for text in FARTHER]
        assert paid == sorted(paid, reverse=True)
        assert len(set(paid)) == len(paid)
        assert all(least <= each <= most for each in paid)
    assert {structure(right, BUILT, text=text) for text in (*FARTHER, "no query")} == {1}
    assert structure(wrong, BUILT, [wrong], text=ASKED) == KNOWN_WRONG
    assert structure(right, BUILT, copies=[(wrong, BUILT)], text=ASKED) <= PARTIAL
    assert structure(FAILURES[0], BUILT, text="no query") == FAILED


@pytest.mark.parametrize("gold", [TEXT, ROWS, None])
def test_without_a_query_that_is_right_half_of_what_a_wrong_answer_is_worth_remains(
    gold: Gold | None,
) -> None:
    for outcome in (rows(("Oslo",)), rows(("Oslo",), ("Rome",)), *FAILURES):
        paid, answered = structure(outcome, gold, text=ASKED), sqloop(outcome, gold)
        assert paid == (answered if answered in (1, 0, FAILED) else answered / 2)


def test_a_failed_outcome_is_no_gold_answer() -> None:
    with pytest.raises(ValueError, match="no gold answer"):
        GoldRows(Outcome("error"))


def test_rewards_are_found_by_name() -> None:
    assert list(REWARDS) == ["sqloop", "paper", "binary", "structure", "mock"]
    assert all(reward(rows((1,)), GoldText("1")) > 0 for reward in REWARDS.values())


@pytest.fixture
def medals(tmp_path: Path) -> Iterator[Database]:
    with sqlite3.connect(tmp_path / "medals.sqlite") as connection:
        connection.execute("CREATE TABLE medal (athlete TEXT, cup TEXT, type TEXT, year INTEGER, place TEXT)")
        connection.executemany(
            "INSERT INTO medal VALUES (?, ?, ?, ?, ?)",
            [
                ("Ann", cup, type_, year, place)
                for year, place in ((2010, "Rome"), (2012, "Oslo"), (2014, "Bonn"), (2016, "Rio"))
                for cup in ("World Cup", "Games")
                for type_ in ("gold", "silver")
            ],
        )
    connection.close()
    with connect(f"sqlite:///{tmp_path / 'medals.sqlite'}") as database:
        yield database


def test_dumping_all_rows_collects_what_the_paper_pays_and_nothing_here(medals: Database) -> None:
    dump = medals.execute("SELECT * FROM medal WHERE athlete = 'Ann'")
    questions = {
        "Where was the first medal?": ("Rome", "SELECT place FROM medal ORDER BY year LIMIT 1"),
        "When in the World Cup?": ("2010, 2012, 2014, 2016", "SELECT DISTINCT year FROM medal"),
        "Which places?": ("Rome, Oslo, Bonn, Rio", "SELECT DISTINCT place FROM medal"),
    }
    for text, sql in questions.values():
        gold = GoldText(text)
        honest = medals.execute(sql)
        assert (paper(dump, gold), paper(honest, gold)) == (1000, 1000)
        assert sqloop(dump, gold) < 0.02
        assert sqloop(honest, gold) == 1


@pytest.mark.skipif(not SHARED.exists(), reason="../shared/data/temptabqa-c is not there")
@pytest.mark.parametrize("split", TEST_SPLITS)
def test_on_the_benchmark_a_dump_is_paid_by_the_paper_alone(split: str) -> None:
    published, ours = [], []
    with open_world(SHARED, world_of(split), Limits()) as database:
        names = [str(name) for (name,) in database.execute("SELECT name FROM Athlete").rows]
        for question in read_questions(SHARED, split):
            name = max((each for each in names if each in question.text), key=len).replace("'", "''")
            dump = database.execute(
                "SELECT t.name, m.year, m.type, m.location, f.name FROM Athlete a "
                "JOIN Tournament t ON t.athlete_id = a.athlete_id JOIN Format f USING (tournament_id) "
                f"JOIN Medal m USING (format_id) WHERE a.name = '{name}'"
            )
            published.append(paper(dump, GoldText(question.answer)))
            ours.append(sqloop(dump, GoldText(question.answer)))
    assert sum(published) / len(published) > 100  # more than one answer in ten counts as exact
    assert sum(ours) / len(ours) < 0.02
