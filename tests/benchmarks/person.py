"""A simulated person: accepts a right answer and corrects a wrong one, through the store that people use.

What is right is what the gold SQL gives, compared as `trainer evaluate` does. A correction is what an edit in
the console or the editor writes: the gold SQL, run, in place of what had been shown.
"""

from __future__ import annotations

from sqloop.answer import Answer
from sqloop.database.connect import Database
from sqloop.feedback.events import judge, judge_sql, show
from sqloop.feedback.store import FeedbackStore, open_store
from sqloop.settings import Settings
from sqloop_trainer.benchmarks.suite import Item, Suite, is_right


class Person:
    """Judges answers on one database; ``suite`` holds the questions with their gold answers."""

    def __init__(self, settings: Settings, suite: Suite) -> None:
        """Raises FeedbackError where the store cannot be opened."""
        self._store: FeedbackStore = open_store(settings)
        self._suite = suite
        self._database: Database = suite.databases[0]

    def finds_right(self, answer: Answer, item: Item) -> bool:
        """Whether the answer that is shown is the right one; no answer is wrong."""
        return answer.best is not None and is_right(answer.best.sql, answer.best.outcome, item, self._suite)

    def judge(self, answer: Answer, item: Item) -> bool:
        """Say it: accepted where it is right, else corrected; whether it was right."""
        right = self.finds_right(answer, item)
        fingerprint = self._database.schema().fingerprint
        shown = show(answer, fingerprint, self._database.url, "rows")
        self._store.append(shown)
        if right:
            self._store.append(judge(shown, "accepted"))
        else:
            assert item.gold_sql is not None
            edited = judge_sql(shown, "edited", item.gold_sql, item.gold[0], fingerprint, "rows")
            self._store.append(edited)
        return right
