"""From feedback to pairs of a question and its right answer, and of the answers that are known to be wrong.

What was said last of an answer counts: accepted, or edited with whatever came of it, makes the answer of its
SQL the right one; rejected makes the answer wrong, and so does an edit that gives another. `ran` is no word.
What an editor inferred never changes what was said.

Words on the same question are put together. Each user has one voice, as heavy as what they did
(`sqloop.feedback.evidence`), and the last thing they said of an answer is their opinion of it. Two answers
are one where their digests are equal, or where the same SQL gave both: data grows, and what was right on
Monday is not contradicted by the same query on Friday. The answer with the heaviest voices is right if they
outweigh those that call it wrong; where nothing outweighs, there is no pair.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from sqloop.feedback.events import Event, is_about
from sqloop.feedback.evidence import SURE, weight_of
from sqloop.feedback.kept import KeptAnswer
from sqloop.feedback.store import FeedbackStore

Reason = Literal["schema changed", "no answer", "users disagree", "too long to learn from"]
"""Why words were dropped: another schema, SQL that did not run, no majority, texts beyond the two below."""

LONGEST_QUESTION, LONGEST_SQL = 1_000, 4_000
"""Characters. Learning takes memory for each token of a batch at once: a longer text costs gigabytes."""

_VALUE = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")

VERDICTS = ("accepted", "edited", "rejected")


@dataclass(frozen=True)
class Pair:
    """What is known of one question.

    ``sql`` gave ``answer``; both are None where only wrong answers are known. Kept rows are of the day of
    the feedback: run ``sql`` for the answer of today. ``wrong`` has no answer twice, nor the right one.
    ``sources`` are the ids of the events behind it. ``weight``, up to 1.0, is by how much the words for
    ``sql`` outweigh those against it.
    """

    question: str
    sql: str | None
    answer: KeptAnswer | None
    wrong: tuple[KeptAnswer, ...] = ()
    sources: tuple[str, ...] = ()
    weight: float = SURE

    @property
    def is_sure(self) -> bool:
        """Whether others are judged by it: it was said to be right, not only kept."""
        return self.sql is not None and self.weight >= SURE


@dataclass(frozen=True)
class Dataset:
    """``dropped`` counts words of users, one for each answer that was shown, by why they are not used."""

    pairs: tuple[Pair, ...]
    dropped: dict[Reason, int]


def read_pairs(store: FeedbackStore, fingerprint: str, database: str | None = None) -> Dataset:
    """The pairs of a store for the schema with that fingerprint, in the order of their first words.

    What was said of another ``database`` (`name_database`) on another schema is none of this one's: it is
    left out without being counted. Raises FeedbackError.
    """
    events = store.events()
    if database is not None:
        events = [each for each in events if is_about(each, fingerprint, database)]
    return make_pairs(events, fingerprint)


def make_pairs(events: Iterable[Event], fingerprint: str) -> Dataset:
    """The pairs in ``events``, which come in the order in which they were said. Pure."""
    dropped: Counter[Reason] = Counter()
    questions: dict[str, list[_Word]] = {}
    for said, shown in _last_words(events):
        if said.schema != fingerprint:
            dropped["schema changed"] += 1
        elif said.answer is None:
            dropped["no answer"] += 1
        elif len(said.question) > LONGEST_QUESTION or len(said.sql or "") > LONGEST_SQL:
            dropped["too long to learn from"] += 1
        else:
            word = _Word(said, said.answer, shown.answer if shown else None)
            questions.setdefault(fold(said.question), []).append(word)
    settled = {question: _settle(words) for question, words in questions.items()}
    for question, pair in settled.items():
        if pair is None:
            dropped["users disagree"] += len(questions[question])
    return Dataset(tuple(pair for pair in settled.values() if pair is not None), dict(dropped))


def divide(pairs: Sequence[Pair], folds: int, seed: int) -> list[list[int]]:
    """The numbers of the sure pairs in ``folds`` parts of about one size, to be held out one by one.

    Like questions stay together, as one tells the answer of the other: those whose SQL differs in values
    alone. Where all are alike, each stands for itself.

    >>> texts = ("SELECT a FROM t WHERE b = 1", "SELECT a FROM t WHERE b = 2", "SELECT COUNT(*) FROM t")
    >>> divide([Pair(str(place), sql, None) for place, sql in enumerate(texts)], folds=2, seed=0)
    [[0, 1], [2]]
    """
    groups: dict[str, list[int]] = {}
    for number, pair in enumerate(pairs):
        if pair.sql is not None and pair.is_sure:
            groups.setdefault(_shape(pair.sql), []).append(number)
    if len(groups) < folds:
        groups = {str(number): [number] for group in groups.values() for number in group}
    parts: list[list[int]] = [[] for _ in range(folds)]
    for shape in sorted(groups, key=lambda each: (-len(groups[each]), _draw(each, seed))):
        min(parts, key=len).extend(groups[shape])
    return [sorted(part) for part in parts]


def _shape(sql: str) -> str:
    """A query as it is told from those that differ in values alone.

    >>> _shape("SELECT a  FROM t WHERE b = 'it''s' AND c > 1.5")
    'select a from t where b = ? and c > ?'
    """
    return " ".join(_VALUE.sub("?", sql).casefold().split())


def fold(question: str) -> str:
    """A question as it is told from others: without case, spare blanks and the marks at its end.

    >>> fold("  How many  Customers ?! ")
    'how many customers'
    """
    return " ".join(unicodedata.normalize("NFKC", question).casefold().split()).rstrip(" ?!.")


_Voices = defaultdict[int, float]
"""What the voices on each answer weigh, by its number."""


@dataclass(frozen=True)
class _Word:
    """The last verdict on an answer: ``answer`` is what its SQL gave, ``shown`` what had been shown."""

    said: Event
    answer: KeptAnswer
    shown: KeptAnswer | None

    @property
    def is_right(self) -> bool:
        """Whether the answer is right; else it is wrong."""
        return self.said.kind != "rejected"

    @property
    def weight(self) -> float:
        """What it weighs."""
        return weight_of(self.said.kind, self.said.inferred)

    @property
    def wrong(self) -> KeptAnswer | None:
        """The answer that the word calls wrong, if any."""
        if not self.is_right:
            return self.answer
        return None if self.shown is None or self.shown.digest == self.answer.digest else self.shown


def _last_words(events: Iterable[Event]) -> list[tuple[Event, Event | None]]:
    """The last verdict on each shown event, by the order of verdicts; with what was shown if it is there."""
    shown: dict[str, Event] = {}
    words: dict[str, Event] = {}
    for event in events:
        if event.kind == "shown":
            shown[event.id] = event
        elif event.kind in VERDICTS and event.shown is not None:
            before = words.get(event.shown)
            if before is not None and event.inferred and not before.inferred:
                continue
            words.pop(event.shown, None)  # the latest stands last
            words[event.shown] = event
    return [(said, shown.get(about)) for about, said in words.items()]


def _settle(words: Sequence[_Word]) -> Pair | None:
    """The pair that the words on one question make; None where their users disagree."""
    answers = _number_answers(words)
    voices, against = _count(words, answers)
    best = sorted(voices.items(), key=lambda each: -each[1])[:2]
    if len(best) == 2 and best[0][1] == best[1][1]:
        return None
    chosen = best[0][0] if best else None
    if chosen is not None and voices[chosen] == against[chosen]:
        return None
    if chosen is not None and voices[chosen] < against[chosen]:
        chosen = None
    right = [word for word, answer in zip(words, answers, strict=True) if answer == chosen and word.is_right]
    refused = [
        word
        for word, answer in zip(words, answers, strict=True)
        if not word.is_right and answer != chosen and against[answer] > voices[answer]
    ]
    weight = voices[chosen] - against[chosen] if chosen is not None else 0.0
    return _pair(right, refused, min(SURE, weight))


def _count(words: Sequence[_Word], answers: Sequence[int]) -> tuple[_Voices, _Voices]:
    """For each answer what the users weigh who last called it right, and those who call it wrong."""
    voices: _Voices = defaultdict(float)
    against: _Voices = defaultdict(float)
    for user in {word.said.user for word in words}:
        own = [(answer, word) for answer, word in zip(answers, words, strict=True) if word.said.user == user]
        opinions = _hold(own)
        right = [answer for answer, (is_right, _) in opinions.items() if is_right]
        said = [answer for answer in right if opinions[answer][1] >= SURE]
        for answer in (said or right)[-1:]:
            voices[answer] += opinions[answer][1]
        for answer, (is_right, weight) in opinions.items():
            against[answer] += 0.0 if is_right else weight
    return voices, against


def _hold(words: Iterable[tuple[int, _Word]]) -> dict[int, tuple[bool, float]]:
    """One user's opinion of each answer: whether it is right and what that weighs; the latest stands last."""
    opinions: dict[int, tuple[bool, float]] = {}
    for answer, word in words:
        is_right, weight = opinions.get(answer, (word.is_right, 0.0))
        if word.weight < SURE <= weight:
            continue
        opinions.pop(answer, None)
        adds = word.weight < SURE and is_right == word.is_right
        opinions[answer] = (word.is_right, word.weight + (weight if adds else 0.0))
    return opinions


def _number_answers(words: Sequence[_Word]) -> list[int]:
    """For each word the number of its answer: the same where digest or SQL are."""
    numbers: dict[tuple[str, str | None], int] = {}
    for number, word in enumerate(words):
        keys = (("digest", word.answer.digest), ("sql", word.said.sql))
        known = {numbers[key] for key in keys if key in numbers}
        for key, its in numbers.items():
            if its in known:
                numbers[key] = number
        numbers.update(dict.fromkeys(keys, number))
    return [numbers["sql", word.said.sql] for word in words]


def _pair(right: Sequence[_Word], refused: Sequence[_Word], weight: float) -> Pair:
    """The pair of the words that agree on the right answer, if any, and of those on wrong ones."""
    said = [word for word in right if word.weight >= SURE]
    last = (said or right)[-1] if right else None
    wrong = {each.digest: each for each in (word.wrong for word in (*right, *refused)) if each}
    if last is not None:
        wrong.pop(last.answer.digest, None)
    return Pair(
        question=(last or refused[-1]).said.question,
        sql=last.said.sql if last else None,
        answer=last.answer if last else None,
        wrong=tuple(wrong.values()),
        sources=tuple(word.said.id for word in (*right, *refused)),
        weight=weight,
    )


def _draw(text: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}:{text}".encode()).digest()
