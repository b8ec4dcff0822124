"""Scores: what counts as right, wrong and failed, greedy and ranked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest

from sqloop.answer import Answer
from sqloop.database.connect import Database, connect
from sqloop.errors import ModelError
from sqloop_trainer.benchmarks.suite import Suite, Written, prepare_suite
from sqloop_trainer.evaluate import AT_ONCE, Judged, evaluate
from trainer.recited import Recited

RIGHT, WRONG, BROKEN = "SELECT COUNT(*) FROM town", "SELECT MAX(people) FROM town", "SELECT nothing FROM town"


def towns(path: Path, *people: int) -> Database:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE town (people INTEGER)")
        connection.executemany("INSERT INTO town VALUES (?)", [(each,) for each in people])
    connection.close()
    return connect(f"sqlite:///{path}")


@pytest.fixture
def databases(tmp_path: Path) -> Iterator[tuple[Database, Database]]:
    # On the first alone the largest town has as many people as there are towns.
    with towns(tmp_path / "one.sqlite", 3, 2, 1) as one, towns(tmp_path / "two.sqlite", 9, 8) as two:
        yield one, two


def scores(suite: Suite, texts: Mapping[str, list[str]], k: int) -> dict[str, float | int]:
    scores = evaluate([suite], lambda database: Recited(database, texts), k).to_json()
    assert scores.pop("seconds_per_question") >= 0
    return scores


def test_right_wrong_and_failed_are_told_apart(databases: tuple[Database, Database]) -> None:
    suite = prepare_suite("towns", databases, [Written(each, RIGHT) for each in "abcd"])
    texts = {"a": [RIGHT], "b": [WRONG], "c": [BROKEN], "d": ["SELECT COUNT(people) FROM town"]}
    assert scores(suite, texts, 1) == {"n": 4, "skipped": 0, "error_rate": 25.0, "execution_accuracy": 50.0}


def test_one_database_cannot_tell_what_two_can(databases: tuple[Database, Database]) -> None:
    asked = [Written("a", RIGHT)]
    assert scores(prepare_suite("", databases[:1], asked), {"a": [WRONG]}, 1)["execution_accuracy"] == 100.0
    assert scores(prepare_suite("", databases, asked), {"a": [WRONG]}, 1)["execution_accuracy"] == 0.0


def test_ranking_mends_what_greedy_got_wrong(databases: tuple[Database, Database]) -> None:
    suite = prepare_suite("towns", databases, [Written("a", RIGHT), Written("b", RIGHT)])
    texts = {"a": [BROKEN, RIGHT], "b": [WRONG, BROKEN]}
    assert scores(suite, texts, 2) == {
        "n": 2,
        "skipped": 0,
        "error_rate": 50.0,
        "execution_accuracy": 0.0,
        "error_rate_ranked": 0.0,
        "execution_accuracy_ranked": 50.0,
        "sure": 0,
        "sure_right": 0.0,
    }


def test_answers_that_are_said_to_be_sure_are_counted(databases: tuple[Database, Database]) -> None:
    suite = prepare_suite("towns", databases, [Written(each, RIGHT) for each in "abc"])
    same = "SELECT COUNT(people) FROM town"
    found = scores(suite, {"a": [RIGHT, same], "b": [WRONG, WRONG], "c": [BROKEN, RIGHT]}, 2)
    assert (found["sure"], found["sure_right"]) == (2, 50.0)


def test_order_counts_where_gold_orders(databases: tuple[Database, Database]) -> None:
    up, down = (f"SELECT people FROM town ORDER BY people {way}" for way in ("ASC", "DESC"))
    unordered = "SELECT people FROM town WHERE people > 0"
    suite = prepare_suite("towns", databases, [Written("a", up), Written("b", unordered)])
    assert scores(suite, {"a": [down], "b": [down]}, 1)["execution_accuracy"] == 50.0


class Telling(Recited):
    """Says which of its texts is the greedy one, and counts how often it is asked."""

    asked = 0

    def ask(self, question: str, k: int) -> Answer:
        self.asked += 1
        return replace(super().ask(question, k), greedy=self.texts[question][0])


def test_greedy_and_ranked_come_from_one_asking(databases: tuple[Database, Database]) -> None:
    suite = prepare_suite("towns", databases, [Written("a", RIGHT), Written("b", RIGHT)])
    telling = Telling(databases[0], {"a": [BROKEN, RIGHT], "b": [RIGHT, BROKEN]})
    found = evaluate([suite], lambda database: telling, 2).to_json()
    assert (found["execution_accuracy"], found["execution_accuracy_ranked"]) == (50.0, 100.0)
    assert (found["error_rate"], found["error_rate_ranked"]) == (50.0, 0.0)
    assert telling.asked == 2


def test_several_questions_are_on_their_way_and_come_back_in_their_order(
    databases: tuple[Database, Database],
) -> None:
    together = Barrier(AT_ONCE)

    class Slow(Recited):
        def ask(self, question: str, k: int) -> Answer:
            together.wait(timeout=60)
            return super().ask(question, k)

    names = "abcdefgh"[:AT_ONCE]
    suite = prepare_suite("towns", databases, [Written(each, RIGHT) for each in names])
    seen: list[Judged] = []
    evaluate([suite], lambda database: Slow(database, {each: [RIGHT] for each in names}), 1, seen.append)
    assert [each.item.question for each in seen] == list(names)


def test_a_question_that_the_model_cannot_take_is_an_error(databases: tuple[Database, Database]) -> None:
    suite = prepare_suite("towns", databases, [Written("a", RIGHT), Written("long", RIGHT)])
    seen: list[Judged] = []
    report = evaluate([suite], lambda database: Recited(database, {"a": [RIGHT]}), 1, seen.append)
    assert report.to_json()["error_rate"] == 50.0
    assert [each.greedy.reason for each in seen] == ["", "The prompt is too long."]


def test_a_model_that_answers_nothing_is_raised(databases: tuple[Database, Database]) -> None:
    suite = prepare_suite("towns", databases, [Written("a", RIGHT)])
    with pytest.raises(ModelError, match="The prompt is too long"):
        scores(suite, {}, 1)
