"""What an adapter may not unlearn: questions of people about another database than the one it learned on.

An adapter that is promoted answers on every database of this machine. So the bundled sample is asked about as
well, always with the same 40 questions, which were written by someone who saw the sample alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqloop.database.connect import Database, connect
from sqloop.sample import is_sample, sample_database
from sqloop.settings import Settings
from sqloop_trainer.benchmarks.questions import read_written
from sqloop_trainer.learning.rollout import AskedTask
from sqloop_trainer.made_questions import Made
from sqloop_trainer.own_database import open_own

QUESTIONS = Path(__file__).with_name("regression.jsonl")


@contextmanager
def ask_elsewhere(settings: Settings, database: Database, form: str) -> Iterator[list[AskedTask]]:
    """The regression set in a prompt ``form``; empty where ``database``, on which was learned, is the sample.

    Raises DatabaseError, SettingsError.
    """
    if is_sample(database.url):
        yield []
        return
    url = f"sqlite:///{sample_database()}"
    with connect(url) as sample, open_own(settings.model_copy(update={"db": url}), sample, form) as own:
        written = read_written(QUESTIONS, sample.dialect)
        yield own.ask(Made(each.question, each.sql) for each in written if each.sql)
