"""The one decision by which two likely answers differ."""

from __future__ import annotations

import pytest

from sqloop.database.outcome import Outcome
from sqloop.dialogue.asking_back import find_choice
from sqloop.ranking import Candidate


def candidate(sql: str, value: int, score: float = -0.7, status: str = "ok") -> Candidate:
    return Candidate(sql, score, Outcome(status, ("n",), ((value,),)), 1, 0.5)  # type: ignore[arg-type]


COUNT = "SELECT COUNT(*) FROM orders"


@pytest.mark.parametrize(
    ("first", "second", "options"),
    [
        (f"{COUNT} WHERE placed_at > '2024'", f"{COUNT} WHERE shipped_at > '2024'", "placed_at|shipped_at"),
        (COUNT, f"{COUNT} WHERE paid = 1", "all of them|only those where paid is 1"),
        (
            f"{COUNT} WHERE a = 2 AND paid = 1",
            f"{COUNT} WHERE a = 2",
            "only those where paid is 1|all of them",
        ),
        ("SELECT SUM(x) AS s FROM c", "SELECT AVG(x) AS a FROM c", "the sum of x|the average of x"),
        ("SELECT COUNT(x) FROM c", "SELECT COUNT(DISTINCT x) FROM c", "as often as it occurs|each only once"),
        (
            "SELECT x FROM c JOIN d ON c.a = d.a",
            "SELECT x FROM c LEFT JOIN d ON c.a = d.a",
            "only those with d|also those without any d",
        ),
        (
            "SELECT x FROM c WHERE a > 5",
            "SELECT x FROM c WHERE a >= 5",
            "a is greater than 5|a is at least 5",
        ),
        ("SELECT x, y FROM c ORDER BY y", "SELECT x, z FROM c ORDER BY z", "y|z"),
        (
            "SELECT x FROM c ORDER BY a DESC LIMIT 1",
            "SELECT x FROM c ORDER BY a LIMIT 1",
            "the greatest a first|the least a first",
        ),
    ],
)
def test_one_decision_is_asked_about(first: str, second: str, options: str) -> None:
    choice = find_choice([candidate(first, 1), candidate(second, 2, -1.0)], "sqlite", "")
    assert choice is not None
    assert [words for words, _ in choice.options] == options.split("|")
    assert [number for _, number in choice.options] == [0, 1]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("SELECT x FROM c WHERE y = 'a'", "SELECT x FROM c WHERE z = 'b'"),
        ("SELECT x FROM c", "SELECT x FROM d"),
        ("SELECT x FROM c", "SELECT x, y FROM c"),
        ("SELECT COUNT(*) FROM c", "SELECT x FROM c"),
        ("SELECT x FROM c LIMIT 3", "SELECT x FROM c"),
        (f"{COUNT} WHERE a = 1 AND b = 2 AND c = 3", f"{COUNT} WHERE a = 1"),
    ],
)
def test_more_than_one_is_not(first: str, second: str) -> None:
    assert find_choice([candidate(first, 1), candidate(second, 2, -1.0)], "sqlite", "") is None


def test_only_likely_other_answers_are_asked_about() -> None:
    first, other = candidate("SELECT a FROM t", 1), "SELECT b FROM t"
    same = candidate("SELECT c FROM t", 1, -0.8)
    found = find_choice([first, same, candidate(other, 2, -1.0)], "sqlite", "")
    assert found is not None
    assert found.options[1] == ("b", 2)
    assert find_choice([first, candidate(other, 2, -3.0)], "sqlite", "") is None
    assert find_choice([first, candidate(other, 1, -1.0)], "sqlite", "") is None
    assert find_choice([first, candidate(other, 2, -1.0, "error")], "sqlite", "") is None
    assert find_choice([first], "sqlite", "") is None
    assert find_choice([], "sqlite", "") is None


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        ("How many customers are in Paris?", f"{COUNT} WHERE city = 'Paris'", COUNT),
        ("orders above 100", "SELECT x FROM c WHERE y > 100", "SELECT x FROM c WHERE y > 1000"),
        ("Who is in New York?", "SELECT x FROM c WHERE y LIKE '%New York%'", "SELECT x FROM c"),
    ],
)
def test_what_the_question_says_is_not_asked_back(question: str, first: str, second: str) -> None:
    likely = [candidate(first, 1), candidate(second, 2, -1.0)]
    assert find_choice(likely, "sqlite", question) is None
    assert find_choice(likely, "sqlite", "something else") is not None
    assert find_choice([candidate(second, 1), candidate(first, 2, -1.0)], "sqlite", question) is not None
