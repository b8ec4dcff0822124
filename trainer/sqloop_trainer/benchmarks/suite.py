"""Questions with gold answers on one schema: what every benchmark turns into before it is evaluated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop.database.answers import same_answer
from sqloop.database.checking.parsing import parse_statements
from sqloop.database.connect import Database
from sqloop.database.outcome import Outcome
from sqloop.database.schema import Dialect


@dataclass(frozen=True)
class Written:
    """A question as its author wrote it down, with SQL or else with the answer itself."""

    question: str
    sql: str | None = None
    answer: Outcome | None = None


@dataclass(frozen=True)
class Item:
    """A question that can be judged: one gold answer for each database of its suite."""

    question: str
    gold_sql: str | None
    gold: tuple[Outcome, ...]
    ordered: bool


@dataclass(frozen=True)
class Suite:
    """Databases of one schema: questions are asked on the first, SQL must be right on all.

    ``skipped`` questions have gold SQL that does not run, or that gives no row, 0 or NULL everywhere: too
    many wrong queries do the same.
    """

    name: str
    databases: tuple[Database, ...]
    items: tuple[Item, ...]
    skipped: int


def prepare_suite(name: str, databases: Sequence[Database], questions: Iterable[Written]) -> Suite:
    """Run all gold SQL on all databases."""
    items: list[Item] = []
    skipped = 0
    for written in questions:
        item = _prepare(written, databases)
        if item is None:
            skipped += 1
        else:
            items.append(item)
    return Suite(name, tuple(databases), tuple(items), skipped)


def _prepare(written: Written, databases: Sequence[Database]) -> Item | None:
    if written.sql is None:
        gold = tuple(written.answer for _ in databases if written.answer is not None)
        return Item(written.question, None, gold, ordered=False)
    outcomes = tuple(database.execute(written.sql) for database in databases)
    if any(outcome.status != "ok" or outcome.truncated for outcome in outcomes):
        return None
    if not any(cell for outcome in outcomes for row in outcome.rows for cell in row):
        return None
    return Item(written.question, written.sql, outcomes, is_ordered(written.sql, databases[0].dialect))


def is_ordered(sql: str, dialect: Dialect) -> bool:
    """Whether the order of rows is part of the answer: ORDER BY at the root of the query.

    >>> is_ordered("SELECT a FROM t ORDER BY a", "sqlite")
    True
    >>> is_ordered("SELECT a FROM (SELECT a FROM t ORDER BY a) AS u", "sqlite")
    False
    """
    try:
        tree = next(iter(parse_statements(sql, dialect, simplified=True)), None)
    except SqlglotError:  # the engine's own words, which sqlglot does not read
        return False
    return isinstance(tree, exp.Query) and tree.args.get("order") is not None


def is_right(sql: str, first: Outcome, item: Item, suite: Suite) -> bool:
    """Whether a query gives the gold answer on each database; `first` is its outcome on the first."""
    if not same_answer(first, item.gold[0], item.ordered):
        return False
    rest = zip(suite.databases[1:], item.gold[1:], strict=True)
    return all(same_answer(database.execute(sql), gold, item.ordered) for database, gold in rest)
