"""What was suggested, to name it later: by the client's commands, by feedback, by hover and code lenses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from sqloop.answer import Answer
from sqloop.database.outcome import Status, Value
from sqloop.database.schema import Dialect
from sqloop.database.tokens import essence
from sqloop.feedback.events import Event, name_database
from sqloop.lsp.apart import Given, tell_apart
from sqloop.lsp.protocol import FeedbackStatus
from sqloop.ranking import Candidate
from sqloop.terminal.certainty import name_certainty, tell_votes

KEPT = 256
"""Suggestions that are remembered."""

PREVIEW = 5
"""Rows of a candidate that are remembered with it."""

SAME = "the same rows"
"""What another query gave that has the answer of the chosen one."""

Said = Literal["", "accepted", "edited", "rejected"]


@dataclass(frozen=True)
class Preview:
    """A candidate without most of its rows, which may be many: ``count`` says how many there were."""

    sql: str
    status: Status
    error: str
    votes: int
    score: float
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    count: int
    truncated: bool
    rejected: bool = False

    @property
    def ran(self) -> bool:
        """Whether it has an answer."""
        return self.status == "ok"


@dataclass
class Suggestion:
    """One answer that was shown; ``uri`` is the document it was shown in, empty for `sqloop/ask`.

    ``said`` is what its user said of it last, or what was ``inferred``; ``taken`` is the query that an editor
    put into the document, ``refused`` what was rejected of it. ``confidence``, 0 to 1, is that of the chosen
    query; ``origin`` says in words where it is from if no model was asked, ``like`` where it is from memory
    for a like question, ``doubt`` what speaks against it. In ``not_understood`` are words of the question
    that the query does not use; ``verdicts`` are the ids of what was recorded of it, the newest last;
    ``used`` is the essence of the queries that were accepted, inserted or run for it.
    """

    question: str
    candidates: tuple[Preview, ...]
    proposed: int
    shown: Event
    uri: str = ""
    said: Said = ""
    inferred: bool = False
    taken: str = field(default="", repr=False)
    refused: set[str] = field(default_factory=set, repr=False)
    confidence: float = 0.0
    origin: str = ""
    like: str = ""
    doubt: str = ""
    not_understood: tuple[str, ...] = ()
    verdicts: list[str] = field(default_factory=list, repr=False)
    used: set[tuple[str, ...]] = field(default_factory=set, repr=False)

    @property
    def id(self) -> str:
        """What clients call it: the id of the event that says that it was shown."""
        return self.shown.id

    def use(self, sql: str, dialect: Dialect) -> None:
        """Note that a query was accepted, inserted or run for it."""
        self.used.add(essence(sql, dialect))

    @property
    def sql(self) -> str | None:
        """The chosen query; None where no candidate ran."""
        return self.candidates[0].sql if self.candidates and self.candidates[0].ran else None

    def is_of(self, url: str) -> bool:
        """Whether it is an answer of the database of that URL, which is empty where none is open."""
        return bool(url) and self.shown.database == name_database(url)

    def describe(self, preview: Preview) -> str:
        """What one of the candidates gave, in a line; of the chosen one, how sure it is."""
        digests = {
            each.sql: kept.digest for each, kept in zip(self.candidates, self.shown.candidates, strict=True)
        }
        answers: dict[str, Preview] = {}
        for each in self.candidates:
            if each.ran:
                answers.setdefault(digests[each.sql] or each.sql, each)
        given = [Given(each.columns, each.rows, each.count, each.truncated) for each in answers.values()]
        told = dict(zip(answers, tell_apart(given), strict=True))
        rows = told[digests[preview.sql] or preview.sql]
        if preview is not self.candidates[0]:
            return SAME if digests[preview.sql] == digests[self.candidates[0].sql] else rows
        return " · ".join(filter(None, (self.sure, self.like, rows, self.agree, self.doubt)))

    @property
    def sure(self) -> str:
        """How sure the chosen query is, in a word, or where it is from."""
        return self.origin or name_certainty(self.confidence)

    @property
    def agree(self) -> str:
        """How many of the model's queries gave its answer, where that goes with how sure it is."""
        return "" if self.origin else tell_votes(self.candidates[0].votes, self.proposed, self.sure)

    def offered(self, dialect: Dialect) -> list[Preview]:
        """The candidates that ran and were not rejected, nor any other with their answer; one of each answer
        first, those with the same rows behind them."""
        refused = {essence(sql, dialect) for sql in self.refused}
        both = list(zip(self.candidates, self.shown.candidates, strict=True))
        answers = {kept.digest for each, kept in both if essence(each.sql, dialect) in refused}
        fresh: list[Preview] = []
        again: list[Preview] = []
        seen: set[str | None] = set()
        for each, kept in both:
            free = kept.digest not in answers and essence(each.sql, dialect) not in refused
            if each.ran and not each.rejected and free:
                (again if kept.digest in seen else fresh).append(each)
                seen.add(kept.digest)
        return fresh + again


def suggest(answer: Answer, shown: Event, uri: str) -> Suggestion:
    """An answer as a suggestion."""
    previews = tuple(map(_preview, answer.candidates))
    return Suggestion(
        answer.question,
        previews,
        answer.proposed,
        shown,
        uri,
        confidence=answer.confidence,
        origin=answer.origin,
        like=str(answer.like) if answer.like else "",
        doubt=answer.doubt,
        not_understood=answer.not_understood,
    )


def suggest_again(shown: Event) -> Suggestion:
    """What feedback kept of an answer as a suggestion, without rows."""
    previews = tuple(
        Preview(each.sql, each.status, each.error, each.votes, 0.0, (), (), each.rows, truncated=False)
        for each in shown.candidates
    )
    return Suggestion(shown.question, previews, sum(each.votes for each in previews), shown)


def _preview(candidate: Candidate) -> Preview:
    outcome = candidate.outcome
    return Preview(
        candidate.sql,
        outcome.status,
        outcome.error,
        candidate.votes,
        candidate.score,
        outcome.columns,
        outcome.rows[:PREVIEW],
        len(outcome.rows),
        outcome.truncated,
        candidate.rejected,
    )


class Suggestions:
    """The last `KEPT` suggestions by their ids."""

    def __init__(self) -> None:
        self._by_id: dict[str, Suggestion] = {}
        self._shown = 0
        self._verdicts = 0
        self._said: dict[str, int] = {"accepted": 0, "edited": 0, "rejected": 0}

    def add(self, suggestion: Suggestion) -> None:
        """Remember it; the oldest is forgotten where there are too many."""
        self._shown += 1
        self.restore(suggestion)

    def restore(self, suggestion: Suggestion) -> None:
        """Remember one that was shown before this server began."""
        self._by_id[suggestion.id] = suggestion
        while len(self._by_id) > KEPT:
            del self._by_id[next(iter(self._by_id))]

    def get(self, id: str) -> Suggestion | None:
        """The suggestion of that id, if it is still known."""
        return self._by_id.get(id)

    def judge(
        self, suggestion: Suggestion, said: Literal["accepted", "edited", "rejected"], *, inferred: bool
    ) -> None:
        """Note what the user said of it last, or what was ``inferred``."""
        suggestion.inferred = inferred
        self._verdicts += 1
        if suggestion.said:
            self._said[suggestion.said] -= 1
        suggestion.said = said
        self._said[said] += 1

    def hear(self, suggestion: Suggestion, events: Sequence[Event]) -> None:
        """What is kept of what was said of it, the last of it last, and nothing else."""
        self._verdicts += 1
        for said, count in ((suggestion.said, -1), (events[-1].kind if events else "", 1)):
            if said in self._said:
                self._said[said] += count
        last = events[-1] if events else None
        suggestion.said = last.kind if last and last.kind in self._said else ""  # type: ignore[assignment]
        suggestion.inferred = bool(last and last.inferred)
        suggestion.verdicts = [each.id for each in events]
        words = {each.sql: each.kind for each in events if each.sql}
        suggestion.refused = {sql for sql, kind in words.items() if kind == "rejected"}

    def open_in(self, uri: str) -> list[Suggestion]:
        """Those shown in a document, the newest first."""
        return [each for each in reversed(self._by_id.values()) if each.uri == uri]

    def find(self, question: str, sql: str, dialect: Dialect, url: str) -> tuple[Suggestion, Preview] | None:
        """The newest answer of a database to a question that holds this query, and the candidate it is."""
        wanted = essence(sql, dialect)
        for suggestion in reversed(self._by_id.values()):
            asked = suggestion.question == question and suggestion.is_of(url)
            for candidate in suggestion.candidates if asked else ():
                if candidate.ran and essence(candidate.sql, dialect) == wanted:
                    return suggestion, candidate
        return None

    def used(self, sql: str, dialect: Dialect, question: str = "") -> Suggestion | None:
        """The newest suggestion, of any question or one, for which it was accepted, inserted or run."""
        wanted = essence(sql, dialect)
        newest = (each for each in reversed(self._by_id.values()) if question in ("", each.question))
        return next((each for each in newest if wanted in each.used), None)

    def counts(self) -> FeedbackStatus:
        """For the status; whether feedback is kept is filled in there."""
        accepted = self._said["accepted"] + self._said["edited"]
        return FeedbackStatus(True, self._shown, accepted, self._said["rejected"], self._verdicts)
