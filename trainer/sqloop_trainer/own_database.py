"""The database that a run learns on: schema and values to ask about, and a pool that executes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from sqloop.database.connect import Database
from sqloop.database.outcome import Outcome
from sqloop.settings import Settings
from sqloop_trainer.benchmarks.suite import is_ordered
from sqloop_trainer.gold import GoldRows
from sqloop_trainer.learning.execution import RewardPool
from sqloop_trainer.learning.rollout import AskedTask, Asking
from sqloop_trainer.made_questions import Made
from sqloop_trainer.perturbation import perturb

COPIES = 2
"""Perturbed copies of a SQLite database, for judging SQL by more than one state of it."""

COPIED_BYTES = 64 * 1024 * 1024
"""Of a file, at the most: copies are made in memory."""


@dataclass(frozen=True)
class OwnDatabase:
    """``pool`` executes on the database and then on its ``copies``."""

    database: Database
    pool: RewardPool
    asking: Asking
    copies: int

    def ask(self, made: Iterable[Made]) -> list[AskedTask]:
        """Made questions as tasks; those whose SQL does not run here, or gives too much, are left out."""
        questions = list(made)
        outcomes = self.pool.run([each.sql for each in questions])
        return [
            self.asking.ask(each.question, self.pool, self.gold(outcome, each.sql))
            for each, outcome in zip(questions, outcomes, strict=True)
            if outcome.status == "ok" and not outcome.truncated
        ]

    def gold(self, outcome: Outcome, sql: str) -> GoldRows:
        """What ``sql`` gave as a right answer; the order of its rows is part of it where ``sql`` says one."""
        dialect = self.database.dialect
        return GoldRows(outcome, is_ordered(sql, dialect), sql, dialect)


@contextmanager
def open_own(
    settings: Settings, database: Database, form: str, copies: Path | None = None
) -> Iterator[OwnDatabase]:
    """``database``, which is that of the settings, for questions in a prompt ``form``.

    Copies are put into the folder ``copies``. Raises SettingsError, DatabaseError.
    """
    urls = _copy(database, copies) if copies else ()
    with open_pool(settings, database, urls) as pool:
        yield OwnDatabase(database, pool, Asking.on(form, database), len(urls))


def open_pool(settings: Settings, database: Database, copies: Sequence[str] = ()) -> RewardPool:
    """What executes on ``database``, which is that of the settings. Raises as `RewardPool` does."""
    connection = settings.connection()
    return RewardPool(
        connection.url if connection else database.url,
        *copies,
        limits=settings.limits.limits(),
        password_command=(connection.password_command or None) if connection else None,
    )


def _copy(database: Database, folder: Path) -> tuple[str, ...]:
    if database.dialect != "sqlite" or _size(database) > COPIED_BYTES:
        return ()
    folder.mkdir(parents=True, exist_ok=True)
    return tuple(perturb(database, seed, folder / f"{seed}.sqlite") for seed in range(COPIES))


def _size(database: Database) -> int:
    return Path(str(make_url(database.url).database)).stat().st_size
