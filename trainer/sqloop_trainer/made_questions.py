"""Questions made for one database: by templates, from its own rows, with the SQL that answers them.

The same seed asks the same questions as long as the rows stay the same. A set made ``without`` another shares
neither questions nor SQL with it: what a model is judged by was not in what it learned from.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from sqlite3 import Connection

from sqloop.database.connect import Database
from sqloop.database.knowledge.value_index import ValueIndex
from sqloop.database.schema import Schema
from sqloop.generation.prompts.forms import Asked
from sqloop.generation.prompts.starter_form import StarterForm
from sqloop.linking.question import link_question
from sqloop_trainer.dataset import fold
from sqloop_trainer.snapshot import take_snapshot
from sqloop_trainer.synthesis.pairs import Pair, ask_rows, index_values
from sqloop_trainer.synthesis.schemas.domains import read_domain

CHECKS, LESSONS = 1, 2
"""Seeds: of the questions that models are judged by, and of those that they learn from."""

_SPARE = 2
"""So many times more are made than are wanted, for those that another set has already."""


@dataclass(frozen=True)
class Made:
    """A question, and SQL that answers it in the dialect of the database."""

    question: str
    sql: str


def make_questions(database: Database, seed: int, count: int) -> list[Made]:
    """Up to ``count`` questions on the rows of ``database``; fewer, or none, where it has little to ask.

    Raises DatabaseError.
    """
    with _open_rows(database) as rows:
        return rows.ask(seed, count)


@dataclass(frozen=True)
class _Rows:
    """A copy of some rows of a database, in memory; ``schema`` is that of the database itself."""

    schema: Schema
    small: Schema
    connection: Connection

    def ask(self, seed: int, count: int, without: Collection[Made] = ()) -> list[Made]:
        taken = {text for each in without for text in (fold(each.question), each.sql)}
        index = index_values(self.small, self.connection)
        pairs = ask_rows(read_domain(self.small), self.connection, seed, count * _SPARE)
        made = _translate(pairs, self.schema, index)
        fresh = (each for each in made if fold(each.question) not in taken and each.sql not in taken)
        return list(islice(fresh, count))


@contextmanager
def _open_rows(database: Database) -> Iterator[_Rows]:
    small, connection = take_snapshot(database)
    with closing(connection):
        yield _Rows(database.schema(), small, connection)


Sets = dict[str, list[dict[str, str]]]
"""Questions to learn from and to judge by, as a run keeps them."""


def make_sets(database: Database, lessons: int, checks: int) -> Sets:
    """Up to so many of both, none in both. Raises DatabaseError."""
    with _open_rows(database) as rows:
        judged = rows.ask(CHECKS, checks)
        learned = rows.ask(LESSONS, lessons, without=judged)
    return {"lessons": [asdict(each) for each in learned], "checks": [asdict(each) for each in judged]}


def read_sets(made: Sets) -> tuple[list[Made], list[Made]]:
    """Lessons, and checks."""
    return [Made(**each) for each in made["lessons"]], [Made(**each) for each in made["checks"]]


def _translate(pairs: Iterator[Pair], schema: Schema, index: ValueIndex) -> Iterator[Made]:
    """The pairs in the dialect of ``schema``: a completion of the starter form says no dialect."""
    form = StarterForm()
    for pair in pairs:
        asked = Asked(link_question(pair.question, schema, index))
        try:
            yield Made(pair.question, form.to_sql(pair.completion, asked))
        except ValueError:
            continue
