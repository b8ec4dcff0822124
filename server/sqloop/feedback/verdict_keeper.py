"""What a program says of answers: what `sqloop ask` keeps when a person accepts, edits or rejects.

That an answer was shown is kept with the first thing that is said of it: a program may ask thousands of
questions that nobody looks at.
"""

from __future__ import annotations

import warnings
from threading import Lock
from weakref import WeakKeyDictionary

from sqloop.answer import Answer
from sqloop.database.cancellation import Cancellation
from sqloop.database.connect import Database
from sqloop.database.outcome import Outcome
from sqloop.errors import QuestionError
from sqloop.feedback.events import Event, judge, judge_sql, show
from sqloop.feedback.journal import Journal
from sqloop.settings import Settings


class VerdictKeeper:
    """Verdicts on answers of one database; may be used from several threads at once."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._keep = settings.feedback.answers
        self._database = database
        self._journal = Journal(settings, lambda line: warnings.warn(line, stacklevel=2))
        self._shown: WeakKeyDictionary[Answer, Event] = WeakKeyDictionary()
        self._said: WeakKeyDictionary[Answer, list[str]] = WeakKeyDictionary()
        self._showing = Lock()

    def accept(self, answer: Answer) -> bool:
        """Keep that ``answer`` is right; whether that is kept. Raises QuestionError where it has no SQL."""
        _check_ran(answer)
        shown = self._show(answer)
        return shown is not None and self._write(answer, judge(shown, "accepted"))

    def reject(self, answer: Answer) -> bool:
        """Keep that ``answer`` is wrong; whether that is kept. Raises QuestionError where it has no SQL."""
        _check_ran(answer)
        shown = self._show(answer)
        return shown is not None and self._write(answer, judge(shown, "rejected"))

    def edit(self, answer: Answer, sql: str, cancel: Cancellation | None = None) -> Outcome:
        """Run ``sql`` read-only; where it runs, it is kept as the better answer to the same question."""
        _check_asked(answer)
        outcome = self._database.execute(sql, cancel)
        if outcome.status == "ok" and (shown := self._show(answer)):
            schema = self._database.schema().fingerprint
            self._write(answer, judge_sql(shown, "edited", sql, outcome, schema, self._keep))
        return outcome

    def undo(self, answer: Answer) -> bool:
        """Forget what was said of ``answer`` last; whether anything was that is forgotten now."""
        said = self._said.get(answer, [])
        while said and (forgotten := self._journal.forget(said[-1])) is not None:
            said.pop()
            if forgotten:  # Else it was taken back elsewhere.
                return True
        return False

    def _write(self, answer: Answer, event: Event) -> bool:
        written = self._journal.write(event)
        if written:
            self._said.setdefault(answer, []).append(event.id)
        return written

    def _show(self, answer: Answer) -> Event | None:
        """The event that ``answer`` was shown; None where nothing is kept."""
        with self._showing:
            if answer in self._shown:
                return self._shown[answer]
            shown = show(answer, self._database.schema().fingerprint, self._database.url, self._keep)
            if not self._journal.write(shown):
                return None
            self._shown[answer] = shown
            return shown


def _check_asked(answer: Answer) -> None:
    if answer.own:
        raise QuestionError("This was SQL, not a question: there is nothing to learn from it.")


def _check_ran(answer: Answer) -> None:
    _check_asked(answer)
    if answer.sql is None:
        raise QuestionError("No candidate ran: there is nothing to judge.", "Give the right SQL by edit.")
