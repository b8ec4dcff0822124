"""The corpus of supervised tuning: prompts as they are served, with the SQL in house style behind them.

One shard is one pass over all scenarios, dressed anew: names in other styles, tables among those of others,
keys undeclared, MariaDB's dialect, like questions as examples (as memory gives them), queries that failed
with the database's error (as repair gives them). The first shard is plain.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop.database.link import ValueLink, link_values
from sqloop.database.schema import Schema
from sqloop.database.words import split_text
from sqloop.generation.forms import Asked, Example, Failure
from sqloop.generation.hub_forms import ChatForm
from sqloop.generation.mentions import focus
from sqloop_trainer.tuning.house_style import write_in_house_style
from sqloop_trainer.tuning.restyling import Spelling, as_mysql, crowd
from sqloop_trainer.tuning.scenarios import Scenario

LONGEST_SQL = 900
"""Characters; longer queries teach a small model little."""


@dataclass(frozen=True)
class Dress:
    """How likely each change is."""

    spelled: float = 0.45
    crowded: float = 0.25
    undeclared: float = 0.15
    mysql: float = 0.12
    examples: float = 0.2
    failed: float = 0.06


PLAIN = Dress(0, 0, 0, 0, 0, 0)


def write_shard(path: Path, scenarios: Sequence[Scenario], dress: Dress, seed: int) -> int:
    """Write one pass as JSON lines of ``prefix`` and ``items`` (suffix, SQL); how many items it holds."""
    random, count = Random(seed), 0
    others = {each.name: each.schema for each in scenarios}
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=5) as out:
        for scenario in scenarios:
            for prefix, items in _dress(scenario, others, dress, random):
                count += len(items)
                row = {"source": scenario.name, "prefix": prefix, "items": items}
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return count


def _dress(
    scenario: Scenario, others: dict[str, Schema], dress: Dress, random: Random
) -> Iterable[tuple[str, list[tuple[str, str]]]]:
    shown = _arrange(scenario, others, dress, random)
    spelling = Spelling(shown, random) if random.random() < dress.spelled else None
    spelling = spelling if spelling is not None and spelling.usable else None
    mysql = random.random() < dress.mysql
    pool: list[tuple[str, str, tuple[ValueLink, ...], Schema]] = []
    for asking in scenario.askings:
        for question in asking.wordings:
            links = link_values(question, scenario.schema, scenario.values)
            sql, schema = asking.sql, shown
            try:
                if spelling:
                    sql = spelling.sql(sql, scenario.schema)
                    schema = spelling.schema(schema)
                    links = tuple(map(spelling.link, links))
                sql = write_in_house_style(sql, schema)
                if mysql:
                    sql = sqlglot.transpile(sql, read="sqlite", write="mysql")[0]
                    schema = as_mysql(schema)
            except (SqlglotError, ValueError):
                continue
            if len(sql) <= LONGEST_SQL:
                pool.append((question, sql, links, schema))
    form, by_prefix = ChatForm(), defaultdict[str, list[tuple[str, str]]](list)
    for question, sql, links, schema in pool:
        asked = Asked(question, focus(schema, question, links), links)
        if random.random() < dress.examples:
            asked = replace(asked, examples=_like(question, pool, random))
        if random.random() < dress.failed:
            asked = replace(asked, failed=_break(sql, schema, random))
        by_prefix[form.prefix(asked.schema)].append((form.suffix(asked), sql))
    return by_prefix.items()


def _arrange(scenario: Scenario, others: dict[str, Schema], dress: Dress, random: Random) -> Schema:
    """The schema with its tables in another order, among others, without its keys: as chance has it."""
    schema = scenario.schema
    if dress == PLAIN:
        return schema
    tables = list(schema.tables)
    if random.random() < 0.5:
        random.shuffle(tables)
    if random.random() < dress.undeclared:
        tables = [replace(table, foreign_keys=()) for table in tables]
    schema = Schema(schema.dialect, tuple(tables))
    if random.random() < dress.crowded:
        rest = {name: each for name, each in others.items() if name != scenario.name}
        schema = crowd(schema, rest, 90, random)
    return schema


def _like(
    question: str, pool: Sequence[tuple[str, str, tuple[ValueLink, ...], Schema]], random: Random
) -> tuple[Example, ...]:
    """One to three of the likest other questions, the likest last."""
    words = {word.stem for word in split_text(question)}

    def likeness(other: str) -> float:
        theirs = {word.stem for word in split_text(other)}
        return len(words & theirs) / max(1, len(words | theirs))

    ranked = sorted((each for each in pool if each[0] != question), key=lambda each: likeness(each[0]))
    best = ranked[-random.randint(1, 3) :]
    return tuple(Example(other, sql) for other, sql, _, _ in best)


def _break(sql: str, schema: Schema, random: Random) -> Failure | None:
    """The query with a column of the wrong table, or of no table, as models write them."""
    tree = sqlglot.parse_one(sql, read=schema.dialect)
    aliases = {
        table.alias_or_name: table.name for table in tree.find_all(exp.Table) if schema.table(table.name)
    }
    columns = [each for each in tree.find_all(exp.Column) if isinstance(each.this, exp.Identifier)]
    random.shuffle(columns)
    for column in columns:
        table = schema.table(aliases.get(column.table, ""))
        strangers = [
            alias
            for alias, name in aliases.items()
            if (other := schema.table(name)) and not other.column(column.name)
        ]
        if column.table and strangers and random.random() < 0.7:
            column.set("table", exp.to_identifier(random.choice(strangers)))
        elif table is not None or len(aliases) == 1:
            owner = table or schema.table(next(iter(aliases.values())))
            name = f"{owner.name if owner else ''}_{column.name}".lower() if random.random() < 0.5 else "name"
            if owner is None or owner.column(name):
                continue
            column.set("this", exp.to_identifier(name))
        else:
            continue
        said = ".".join(filter(None, (column.table, column.name)))
        error = (
            f"no such column: {said}"
            if schema.dialect == "sqlite"
            else f"Unknown column '{said}' in 'field list'"
        )
        return Failure(tree.sql(schema.dialect), error)
    return None
