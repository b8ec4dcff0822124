"""What becomes of feedback: tables of what users said, and the pairs that are left to learn from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path

import pytest

from sqloop.answer import ModelName
from sqloop.database.outcome import Outcome
from sqloop.feedback.events import Event, Kind, new_id
from sqloop.feedback.kept import keep_answer
from sqloop.feedback.store import FeedbackStore
from sqloop_trainer.dataset import Dataset, Pair, divide, make_pairs, read_pairs

SCHEMA = "f" * 16
QUESTION = "How many customers?"


@dataclass
class Diary:
    """Events in the order in which they happened; answers are one number each."""

    events: list[Event]

    def show(self, answer: int | None, question: str = QUESTION, sql: str = "") -> str:
        """The id of what was shown."""
        return self._add("shown", question, sql, answer, None, "shower", SCHEMA)

    def say(
        self,
        about: str,
        kind: Kind,
        answer: int | None = None,
        *,
        sql: str = "",
        user: str = "ann",
        schema: str = SCHEMA,
        inferred: bool = False,
    ) -> str:
        """A verdict; its answer is the one that was shown unless another is given."""
        shown = next(event for event in self.events if event.id == about)
        if answer is None and shown.answer is not None and shown.answer.rows is not None:
            given = shown.answer.rows[0][0]
            assert isinstance(given, int)
            answer, sql = given, sql or shown.sql or ""
        id = self._add(kind, shown.question, sql, answer, about, user, schema)
        self.events[-1] = replace(self.events[-1], inferred=inferred)
        return id

    def hear(
        self, kind: Kind, shown: int, answer: int | None = None, user: str = "ann", sql: str = ""
    ) -> None:
        """A showing and a verdict on it."""
        self.say(self.show(shown), kind, answer, user=user, sql=sql)

    def _add(
        self,
        kind: Kind,
        question: str,
        sql: str,
        answer: int | None,
        about: str | None,
        user: str,
        schema: str,
    ) -> str:
        event = Event(
            kind,
            question,
            sql or f"SELECT {answer}",
            None if answer is None else keep_answer(Outcome("ok", ("n",), ((answer,),)), "rows"),
            schema,
            "sqlite:////shop.db",
            ModelName("starter"),
            about,
            user=user,
        )
        self.events.append(event)
        return event.id


@pytest.fixture
def diary() -> Diary:
    return Diary([])


def facts(dataset: Dataset) -> list[tuple[str, str | None, object, list[object]]]:
    """Each pair as question, SQL, the number that is right, the numbers that are wrong."""
    return [
        (
            pair.question,
            pair.sql,
            pair.answer.rows[0][0] if pair.answer and pair.answer.rows else None,
            sorted(str(each.rows[0][0]) for each in pair.wrong if each.rows),
        )
        for pair in dataset.pairs
    ]


def test_what_was_only_shown_or_run_is_no_pair(diary: Diary) -> None:
    diary.say(diary.show(3), "ran", 4)
    assert make_pairs(diary.events, SCHEMA) == Dataset((), {})


def test_accepted_is_right(diary: Diary) -> None:
    diary.hear("accepted", 3)
    assert facts(make_pairs(diary.events, SCHEMA)) == [(QUESTION, "SELECT 3", 3, [])]


def test_edited_with_the_same_answer_is_right_in_the_users_words(diary: Diary) -> None:
    diary.hear("edited", 3, 3, sql="SELECT 1 + 2")
    assert facts(make_pairs(diary.events, SCHEMA)) == [(QUESTION, "SELECT 1 + 2", 3, [])]


def test_edited_to_another_answer_makes_that_right_and_the_first_wrong(diary: Diary) -> None:
    diary.hear("edited", 3, 4)
    assert facts(make_pairs(diary.events, SCHEMA)) == [(QUESTION, "SELECT 4", 4, ["3"])]


def test_rejected_is_known_wrong(diary: Diary) -> None:
    diary.hear("rejected", 3)
    diary.hear("rejected", 4)
    assert facts(make_pairs(diary.events, SCHEMA)) == [(QUESTION, None, None, ["3", "4"])]


@pytest.mark.parametrize(
    ("words", "sql", "right", "wrong"),
    [
        ([("accepted", None), ("edited", 4)], "SELECT 4", 4, ["3"]),
        ([("edited", 4), ("edited", 5)], "SELECT 5", 5, ["3"]),
        ([("rejected", None), ("accepted", None)], "SELECT 3", 3, []),
        ([("accepted", None), ("rejected", None)], None, None, ["3"]),
        ([("edited", 4), ("rejected", None)], None, None, ["3"]),
        ([("rejected", None), ("edited", 4), ("ran", 9)], "SELECT 4", 4, ["3"]),
    ],
)
def test_the_latest_word_on_what_was_shown_wins(
    diary: Diary, words: list[tuple[Kind, int | None]], sql: str | None, right: int | None, wrong: list[str]
) -> None:
    about = diary.show(3)
    for kind, answer in words:
        diary.say(about, kind, answer)
    assert facts(make_pairs(diary.events, SCHEMA)) == [(QUESTION, sql, right, wrong)]


@pytest.mark.parametrize(
    ("opinions", "right", "wrong"),
    [
        # (user, verdict, shown, edited to)
        ([("a", "accepted", 3, None), ("b", "accepted", 3, None), ("c", "accepted", 4, None)], 3, []),
        ([("a", "accepted", 3, None), ("b", "accepted", 3, None), ("c", "rejected", 3, None)], 3, []),
        ([("a", "accepted", 3, None), ("b", "rejected", 3, None), ("c", "rejected", 3, None)], None, ["3"]),
        ([("a", "edited", 3, 4), ("b", "edited", 3, 4), ("c", "accepted", 3, None)], 4, ["3"]),
        ([("a", "accepted", 3, None), ("b", "rejected", 4, None)], 3, ["4"]),
        ([("a", "accepted", 3, None), ("a", "rejected", 4, None), ("b", "rejected", 4, None)], 3, ["4"]),
        # One user has one voice, however often they say it, and may change their mind.
        ([*[("a", "accepted", 3, None)] * 5, ("b", "accepted", 4, None), ("c", "accepted", 4, None)], 4, []),
        ([("a", "accepted", 3, None), ("a", "accepted", 4, None)], 4, []),
        ([("a", "accepted", 4, None), ("b", "accepted", 3, None), ("b", "accepted", 4, None)], 4, []),
        ([("a", "accepted", 3, None), ("a", "rejected", 3, None)], None, ["3"]),
        # Nobody rejects by habit.
        ([("a", "accepted", 3, None), ("b", "rejected", 3, None)], None, ["3"]),
    ],
)
def test_among_users_the_majority_is_right(
    diary: Diary,
    opinions: list[tuple[str, Kind, int, int | None]],
    right: int | None,
    wrong: list[str],
) -> None:
    for user, kind, shown, edited in opinions:
        diary.hear(kind, shown, edited, user=user)
    dataset = make_pairs(diary.events, SCHEMA)
    assert [fact[2:] for fact in facts(dataset)] == [(right, wrong)]
    assert dataset.dropped == {}


@pytest.mark.parametrize(
    "opinions",
    [
        [("a", "accepted", 3, None), ("b", "accepted", 4, None)],
        [("a", "accepted", 3, None), ("b", "edited", 3, 4)],
        [("a", "accepted", 1, None), ("b", "accepted", 2, None), ("c", "accepted", 3, None)],
    ],
)
def test_without_a_majority_there_is_no_pair_whatever_the_order(
    opinions: list[tuple[str, Kind, int, int | None]],
) -> None:
    for order in permutations(opinions):
        diary = Diary([])
        for user, kind, shown, edited in order:
            diary.hear(kind, shown, edited, user=user)
        assert make_pairs(diary.events, SCHEMA) == Dataset((), {"users disagree": len(opinions)})


def test_what_was_only_kept_teaches_at_half_and_judges_nobody(diary: Diary) -> None:
    diary.say(diary.show(3), "accepted", inferred=True)
    (kept,) = make_pairs(diary.events, SCHEMA).pairs
    assert (kept.sql, kept.weight, kept.is_sure) == ("SELECT 3", 0.5, False)
    assert divide([kept], 2, 0) == [[], []]
    diary.say(diary.show(3), "accepted", inferred=True)
    (twice,) = make_pairs(diary.events, SCHEMA).pairs
    assert (twice.weight, twice.is_sure) == (1.0, True)


def test_what_was_inferred_never_changes_what_was_said(diary: Diary) -> None:
    about = diary.show(3)
    diary.say(about, "rejected")
    diary.say(about, "accepted", inferred=True)
    diary.say(diary.show(3), "accepted", inferred=True)
    diary.say(diary.show(4), "accepted")
    diary.say(diary.show(5), "accepted", inferred=True)
    assert facts(make_pairs(diary.events, SCHEMA)) == [(QUESTION, "SELECT 4", 4, ["3"])]


def test_what_is_in_doubt_weighs_less(diary: Diary) -> None:
    for user, kind in (("a", "accepted"), ("b", "accepted"), ("c", "rejected")):
        diary.hear(kind, 3, user=user)  # type: ignore[arg-type]
    assert [pair.weight for pair in make_pairs(diary.events, SCHEMA).pairs] == [0.5]


def test_data_that_grew_is_no_disagreement(diary: Diary) -> None:
    diary.hear("accepted", 3, user="a", sql="SELECT COUNT(*) FROM customer")
    diary.hear("accepted", 5, user="b", sql="SELECT COUNT(*) FROM customer")
    diary.hear("accepted", 5, user="c", sql="SELECT COUNT(id) FROM customer")
    diary.hear("accepted", 9, user="d")
    dataset = make_pairs(diary.events, SCHEMA)
    assert facts(dataset) == [(QUESTION, "SELECT COUNT(id) FROM customer", 5, [])]
    assert len(dataset.pairs[0].sources) == 3


def test_other_schemas_and_sql_without_answer_drop_out_and_are_counted(diary: Diary) -> None:
    diary.say(diary.show(3, "one"), "accepted")
    diary.say(diary.show(3, "two"), "accepted", schema="e" * 16)
    diary.say(diary.show(3, "three"), "rejected", schema="e" * 16)
    diary.say(diary.show(None, "four"), "rejected")
    dataset = make_pairs(diary.events, SCHEMA)
    assert [pair.question for pair in dataset.pairs] == ["one"]
    assert dataset.dropped == {"schema changed": 2, "no answer": 1}


def test_texts_that_would_take_all_memory_are_not_learned(diary: Diary) -> None:
    for question in ("x" * 1_001, "how many " * 430, "é" * 1_000_000):
        diary.say(diary.show(3, question), "accepted")
    diary.say(diary.show(3, "Which?"), "edited", 4, sql=f"SELECT {'1 + ' * 2_000}1")
    diary.hear("accepted", 3)
    dataset = make_pairs(diary.events, SCHEMA)
    assert facts(dataset) == [(QUESTION, "SELECT 3", 3, [])]
    assert dataset.dropped == {"too long to learn from": 4}


def test_an_edit_on_the_present_schema_counts_though_the_question_is_older(diary: Diary) -> None:
    about = diary.show(3)
    diary.say(about, "accepted", schema="e" * 16)
    diary.say(about, "edited", 4)
    assert [fact[2] for fact in facts(make_pairs(diary.events, SCHEMA))] == [4]


def test_a_verdict_counts_though_what_was_shown_is_forgotten(diary: Diary) -> None:
    diary.hear("edited", 3, 4)
    said = [event for event in diary.events if event.kind != "shown"]
    assert [fact[2:] for fact in facts(make_pairs(said, SCHEMA))] == [(4, [])]


def test_questions_are_told_apart_by_their_words_only(diary: Diary) -> None:
    diary.say(diary.show(3, "How many customers?"), "accepted", user="a")
    diary.say(diary.show(3, "  how many  CUSTOMERS"), "accepted", user="b")
    diary.say(diary.show(4, "How many orders?"), "accepted")
    dataset = make_pairs(diary.events, SCHEMA)
    assert [(pair.question, len(pair.sources)) for pair in dataset.pairs] == [
        ("  how many  CUSTOMERS", 2),
        ("How many orders?", 1),
    ]


def test_sources_lead_back_to_the_events(diary: Diary) -> None:
    about = diary.show(3)
    diary.say(about, "rejected")
    last = diary.say(about, "edited", 4)
    (pair,) = make_pairs(diary.events, SCHEMA).pairs
    assert pair.sources == (last,)


def test_pairs_come_from_a_store_without_rows_too(diary: Diary, tmp_path: Path) -> None:
    diary.hear("edited", 3, 4)
    store = FeedbackStore(str(tmp_path / "feedback.sqlite"))
    for event in diary.events:
        store.append(event)
    assert read_pairs(store, SCHEMA) == make_pairs(diary.events, SCHEMA)
    assert read_pairs(store, "0" * 16) == Dataset((), {"schema changed": 1})


SHAPES = ("SELECT a FROM t WHERE b = {}", "SELECT COUNT(*) FROM t{}", "SELECT MAX(a) FROM t GROUP BY c{}")


def pairs(count: int) -> list[Pair]:
    """Of three shapes in turn: the first differs in values, the others in the table."""
    return [
        Pair(f"Question {n}?", SHAPES[n % 3].format(n if n % 3 == 0 else "xyz"[n % 3] * n), None)
        for n in range(count)
    ]


def test_every_question_is_held_out_once_and_like_ones_together() -> None:
    known = pairs(60)
    parts = divide(known, 2, 7)
    assert sorted(number for part in parts for number in part) == list(range(60))
    assert [len(part) for part in parts] == [30, 30]
    assert len({number in parts[0] for number in range(0, 60, 3)}) == 1
    assert divide(known, 2, 7) == parts != divide(known, 2, 8)


def test_questions_without_a_right_answer_judge_nothing_and_all_alike_are_told_apart() -> None:
    alike = [
        Pair(f"How many in {n}?", f"SELECT COUNT(*) FROM t WHERE c = 'it''s {n}'", None) for n in range(9)
    ]
    parts = divide([*alike, Pair("Who?", None, None)], 2, 0)
    assert sorted(map(len, parts)) == [4, 5]
    assert not any(9 in part for part in parts)


def test_what_was_said_of_another_database_is_not_counted(tmp_path: Path, diary: Diary) -> None:
    diary.hear("accepted", 3)
    diary.say(diary.show(4, "Who?"), "accepted", schema="1" * 16)
    store = FeedbackStore(str(tmp_path / "feedback.sqlite"))
    for event in diary.events:
        store.append(event)
    for event in diary.events[:2]:
        store.append(replace(event, id=new_id(), schema="0" * 16, database="sqlite:////other.db"))
    dataset = read_pairs(store, SCHEMA, "sqlite:////shop.db")
    assert facts(dataset) == [(QUESTION, "SELECT 3", 3, [])]
    assert dataset.dropped == {"schema changed": 1}
