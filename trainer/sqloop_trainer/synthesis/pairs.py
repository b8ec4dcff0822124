"""From a domain to training pairs: sample, execute, keep what has an answer worth asking for.

Each pair goes the way that a question takes when served: linked against the values of its database, marked and
written by the starter form. Dropped: what does not execute, empty or trivial answers, repeated questions,
and questions in which a value of the SQL is not found again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from sqlglot import exp

from sqloop.database.link import ValueIndex, link_values
from sqloop.database.schema import Schema
from sqloop.generation.expand import expand
from sqloop.generation.forms import Asked
from sqloop.generation.mentions import focus
from sqloop.generation.rendering import render
from sqloop.generation.selects import NotCompactableError, parse_query
from sqloop.generation.starter_form import StarterForm
from sqloop_trainer.instances.rows import fill
from sqloop_trainer.synthesis import patterns, patterns_groups
from sqloop_trainer.synthesis.domains import Domain
from sqloop_trainer.synthesis.patterns import Draft, Pattern
from sqloop_trainer.synthesis.scene import Scene
from sqloop_trainer.synthesis.wording import finish

WEIGHTS: dict[Pattern, float] = {
    patterns.list_columns: 12,
    patterns.list_rows: 11,
    patterns.list_related: 6,
    patterns.count_rows: 10,
    patterns.count_distinct: 3,
    patterns.aggregate: 9,
    patterns.ordered: 6,
    patterns.top_rows: 11,
    patterns.look_up: 6,
    patterns.missing: 2,
    patterns_groups.count_by: 8,
    patterns_groups.aggregate_by: 7,
    patterns_groups.most_of: 7,
    patterns_groups.having: 5,
    patterns_groups.without: 5,
    patterns_groups.against_average: 3,
    patterns_groups.both: 3,
    patterns_groups.share: 2,
    patterns_groups.average_count: 1,
    patterns_groups.extreme_value: 1,
}


@dataclass(frozen=True)
class Pair:
    """A question, the SQL that answers it, and both as the starter model reads and writes them."""

    question: str
    sql: str
    suffix: str
    completion: str


def make_pairs(domain: Domain, seed: int, count: int, rows: int = 25) -> Iterator[Pair]:
    """Up to ``count`` pairs on one filled database of ``domain``; fewer where it has little to ask."""
    random = Random(seed)
    try:
        connection = fill(domain.schema, seed, rows, words=domain.name_words())
    except sqlite3.Error:
        return
    with connection:
        scene = Scene(domain, connection, random)
        if not scene.tables:
            return
        index = index_values(domain.schema, connection)
        seen: set[str] = set()
        made = 0
        for _ in range(count * 3):
            pattern = random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
            draft = pattern(scene)
            pair = _check(draft, scene, index) if draft else None
            if pair and pair.question.lower() not in seen:
                seen.add(pair.question.lower())
                yield pair
                made += 1
                if made == count:
                    return


def index_values(schema: Schema, connection: sqlite3.Connection) -> ValueIndex:
    """The text values of a small database, as the server indexes them."""
    index = ValueIndex()
    for table in schema.tables:
        for column in table.columns:
            if column.kind == "text":
                rows = connection.execute(f'SELECT DISTINCT "{column.name}" FROM "{table.name}"')
                index.add(table.name, column.name, (row[0] for row in rows if isinstance(row[0], str)))
    return index


def _check(draft: Draft, scene: Scene, index: ValueIndex) -> Pair | None:
    question = finish(scene.random, draft.text)
    try:
        tree = parse_query(draft.sql, scene.schema.dialect)
        sql = render(expand(tree, scene.schema), scene.schema.dialect)
        answer = scene.connection.execute(sql).fetchmany(200)
    except (NotCompactableError, sqlite3.Error):
        return None
    if _is_trivial(answer):
        return None
    written = write_pair(question, tree, scene.schema, index)
    return Pair(question, sql, *written) if written else None


def _is_trivial(answer: list[tuple[object, ...]]) -> bool:
    """Nothing, only nulls, or a lone zero."""
    cells = [cell for row in answer for cell in row]
    return not cells or all(cell is None for cell in cells) or (len(cells) == 1 and cells[0] in (0, 0.0))


def write_pair(question: str, tree: exp.Query, schema: Schema, index: ValueIndex) -> tuple[str, str] | None:
    """Suffix and completion of a compact ``tree``, or None where it cannot be pointed at."""
    links = link_values(question, schema, index)
    asked = Asked(question, focus(schema, question, links), links)
    form = StarterForm()
    try:
        return form.suffix(asked), form.write(tree.copy(), asked)
    except (ValueError, KeyError):
        return None
