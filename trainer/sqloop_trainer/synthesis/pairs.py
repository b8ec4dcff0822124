"""From a domain to training pairs: sample, execute, keep what has an answer worth asking for.

Each pair goes the way that a question takes when served: linked against the values of its database, marked
and written by the starter form. Dropped: what does not execute, empty or trivial answers, repeated questions,
and questions in which a value of the SQL is not found again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice, repeat
from random import Random

from sqloop.database.knowledge.value_index import ValueIndex
from sqloop.database.schema import Column, Schema, Table
from sqloop.generation.compact.expand import expand
from sqloop.generation.compact.rendering import render
from sqloop.generation.compact.selects import NotCompactableError, parse_query
from sqloop.generation.prompts.forms import Asked
from sqloop.generation.prompts.starter_form import StarterForm
from sqloop.linking.question import link_question
from sqloop_trainer.instances.rows import fill
from sqloop_trainer.synthesis.drafts import Draft
from sqloop_trainer.synthesis.patterns.kinds import draw_pattern
from sqloop_trainer.synthesis.scene import Scene
from sqloop_trainer.synthesis.schemas.domains import Domain
from sqloop_trainer.synthesis.told_columns import SHARE, tell_columns
from sqloop_trainer.synthesis.wording import finish

_PATIENCE = 4
"""How often a kind of question is tried, so that those which seldom have an answer are asked as well."""


@dataclass(frozen=True)
class Pair:
    """A question, the SQL that answers it, and both as the starter model reads and writes them."""

    question: str
    sql: str
    suffix: str
    completion: str


def make_pairs(domain: Domain, seed: int, count: int, rows: int = 25) -> Iterator[Pair]:
    """Up to ``count`` pairs on one filled database of ``domain``; fewer where it has little to ask."""
    try:
        connection = fill_domain(domain, seed, rows)
    except sqlite3.Error:
        return
    with closing(connection):
        yield from ask_rows(domain, connection, seed, count)


def fill_domain(domain: Domain, seed: int, rows: int = 25) -> sqlite3.Connection:
    """A database of ``domain``; every seventh or so of some numbers is 0: sold out, free, without points.

    Some rows of tables that refer to themselves refer to nothing.
    """
    connection = fill(domain.schema, seed, rows, words=domain.name_words())
    random = Random(seed)
    scene = Scene(domain, connection, random)
    for table in scene.tables:
        for role in scene.roles(table):
            column = table.column(role.column)
            if role.table is table and column and column.nullable:
                # Somebody has no manager, and nobody is his own.
                own, key = f'"{role.column}"', f'"{table.primary_key[0]}"'
                highest = f"rowid % {random.randint(4, 9)} = 1 OR {own} = {key}"
                connection.execute(f'UPDATE "{table.name}" SET {own} = NULL WHERE {highest}')
        for column in scene.measures(table):
            if random.random() < (0.6 if _runs_out(scene, table, column) else 0.15):
                chosen = f"rowid % {random.randint(5, 9)} = {random.randint(0, 4)}"
                connection.execute(f'UPDATE "{table.name}" SET "{column.name}" = 0 WHERE {chosen}')
    return connection


def _runs_out(scene: Scene, table: Table, column: Column) -> bool:
    known = scene.degrees(table, column)
    return bool(known and known.none)


def ask_rows(domain: Domain, connection: sqlite3.Connection, seed: int, count: int) -> Iterator[Pair]:
    """Up to ``count`` pairs on the rows that ``connection`` holds, whatever made them."""
    scene = Scene(domain, connection, Random(seed))
    if scene.tables:
        yield from islice(_distinct_pairs(scene, count * 3), count)


def _distinct_pairs(scene: Scene, tries: int) -> Iterator[Pair]:
    index = index_values(scene.schema, scene.connection)
    seen: set[str] = set()
    for _ in range(tries):
        pattern = draw_pattern(scene.random)
        made = (_check(draft, scene, index) for draft in map(pattern, repeat(scene, _PATIENCE)) if draft)
        pair = next((each for each in made if each and each.question.lower() not in seen), None)
        if pair:
            seen.add(pair.question.lower())
            yield pair


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
    if scene.random.random() < SHARE:
        draft = tell_columns(scene, draft)
    question = finish(scene.random, draft.text)
    try:
        tree = parse_query(draft.sql, scene.schema.dialect)
        sql = render(expand(tree, scene.schema), scene.schema.dialect)
        answer = scene.connection.execute(sql).fetchmany(200)
    except (NotCompactableError, sqlite3.Error):
        return None
    if _is_trivial(answer):
        return None
    written = write_pair(question, sql, scene.schema, index)
    return Pair(question, sql, *written) if written else None


def _is_trivial(answer: list[tuple[object, ...]]) -> bool:
    """Nothing, only nulls, or a lone zero."""
    cells = [cell for row in answer for cell in row]
    return not cells or all(cell is None for cell in cells) or (len(cells) == 1 and cells[0] in (0, 0.0))


def write_pair(question: str, sql: str, schema: Schema, index: ValueIndex) -> tuple[str, str] | None:
    """Suffix and completion of ``sql``, or None where it cannot be pointed at.

    The completion is the shortest way to say it, as it is of SQL that people wrote: one way for each query.
    """
    asked = Asked(link_question(question, schema, index))
    form = StarterForm()
    try:
        return form.suffix(asked), form.from_sql(sql, asked)
    except (ValueError, KeyError):
        return None
