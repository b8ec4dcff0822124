"""The corpus of supervised tuning: prompts as they are served, with the SQL in house style behind them.

One shard is one pass over all scenarios, dressed anew: names in other styles, tables among those of others,
keys undeclared, the dialects of other engines, like questions as examples (as memory gives them), notes of a
glossary, queries that failed with the database's error (as repair gives them), and follow-ups, behind the
question and the query that they go on from. The first shard is plain.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import cast

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop.database.schema import Dialect, Schema
from sqloop.database.words import split_text
from sqloop.dialogue import apply_rules, put_together
from sqloop.generation.prompts.forms import Asked, Example, Failure, FollowUp
from sqloop.generation.prompts.hub_forms import ChatForm
from sqloop.linking.link import ValueLink, link_values
from sqloop.linking.mentions import focus
from sqloop.linking.question import LinkedQuestion, Note
from sqloop_trainer.tuning.house_style import write_in_house_style
from sqloop_trainer.tuning.restyling import ALL, FOLDED, Spelling, crowd, rename_link
from sqloop_trainer.tuning.scenarios import Notes, Scenario, Turn
from sqloop_trainer.tuning.translating import fold, schema_in, translate

_UNSAYABLE = (SqlglotError, ValueError, KeyError)
"""What comes of SQL that cannot be said in other names or another dialect."""

LONGEST_SQL = 900
"""Characters; longer queries teach a small model little."""

CROWDS = (60, 90, 140, 200)
"""Columns of a schema among tables of others."""

_REFUSALS = {
    "sqlite": "no such column: {}",
    "mysql": "Unknown column '{}' in 'field list'",
    "postgres": "column {} does not exist",
    "duckdb": 'Referenced column "{}" not found in FROM clause!',
}


@dataclass(frozen=True)
class Dress:
    """How likely each change is."""

    spelled: float = 0.45
    crowded: float = 0.25
    undeclared: float = 0.15
    mysql: float = 0.12
    postgres: float = 0.14
    duckdb: float = 0.1
    examples: float = 0.2
    failed: float = 0.06


PLAIN = Dress(0, 0, 0, 0, 0, 0, 0, 0)


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


@dataclass(frozen=True)
class _Item:
    """A question as it will be asked, and what is to be written; ``schema`` is all of it."""

    question: str
    sql: str
    links: tuple[ValueLink, ...]
    notes: tuple[Note, ...] = ()
    before: Example | None = None


class _Clothes:
    """How one scenario is dressed: its schema, and SQL, links and notes in the same names and dialect."""

    def __init__(self, scenario: Scenario, others: dict[str, Schema], dress: Dress, random: Random) -> None:
        shown = _arrange(scenario, others, dress, random)
        self._scenario = scenario
        self._dialect = _choose_dialect(dress, random)
        if self._dialect != "sqlite" and not _speaks(scenario, self._dialect):
            self._dialect = "sqlite"
        styles = FOLDED if self._dialect == "postgres" else ALL
        spelling = Spelling(shown, random, styles) if random.random() < dress.spelled else None
        self._spelling = spelling if spelling is not None and spelling.usable else None
        self.schema = shown if self._dialect == "sqlite" else schema_in(shown, self._dialect)
        if self._spelling:
            self.schema = self._spelling.schema(self.schema)

    def sql(self, sql: str, said: Mapping[Dialect, str]) -> str:
        """Gold SQL in house style. Raises KeyError, SqlglotError, ValueError where it cannot be said so."""
        if self._dialect != "sqlite":
            known = said.get(self._dialect)
            sql = known if known else self._translate(sql)
        if self._spelling:
            sql = self._spelling.sql(sql, self.schema.dialect)
        return write_in_house_style(sql, self.schema)

    def _translate(self, sql: str) -> str:
        """Unseen by the engine: for MariaDB alone, and where nothing of the scenario was seen."""
        if self._dialect != "mysql" or any(asking.said for asking in self._scenario.askings):
            raise KeyError(self._dialect)
        return translate(sql, self._scenario.schema, self._dialect)

    def item(self, question: str, sql: str, notes: Notes = ()) -> _Item:
        """A question with its links and notes; ``sql`` is dressed already."""
        found = link_values(question, self._scenario.schema, self._scenario.values)
        return _Item(question, sql, tuple(map(self._link, found)), tuple(self._note(*note) for note in notes))

    def _link(self, link: ValueLink) -> ValueLink:
        """A link to the same values."""
        if self._spelling:
            return self._spelling.link(link)
        return link if self._dialect != "postgres" else rename_link(link, fold)

    def _note(self, name: str, meaning: str) -> Note:
        """A note in the same names."""
        return Note(name, self._spelling.text(meaning) if self._spelling else meaning)


def _choose_dialect(dress: Dress, random: Random) -> Dialect:
    place = random.random()
    for dialect, share in (("mysql", dress.mysql), ("postgres", dress.postgres), ("duckdb", dress.duckdb)):
        if place < share:
            return cast(Dialect, dialect)
        place -= share
    return "sqlite"


def _speaks(scenario: Scenario, dialect: Dialect) -> bool:
    """Whether its SQL is known in that dialect; into MariaDB's anything may be translated."""
    return dialect == "mysql" or any(dialect in asking.said for asking in scenario.askings)


def _dress(
    scenario: Scenario, others: dict[str, Schema], dress: Dress, random: Random
) -> Iterable[tuple[str, list[tuple[str, str]]]]:
    clothes = _Clothes(scenario, others, dress, random)
    pool: list[_Item] = []
    for asking in scenario.askings:
        try:
            sql = clothes.sql(asking.sql, asking.said)
        except _UNSAYABLE:
            continue
        if len(sql) > LONGEST_SQL:
            continue
        for question in asking.wordings:
            pool.append(clothes.item(question, sql, asking.notes))
    form, by_prefix = ChatForm(), defaultdict[str, list[tuple[str, str]]](list)
    said = [item for turns in scenario.dialogues for item in _hold(clothes, scenario, turns, random)]
    for item in pool + said:
        shown = focus(clothes.schema, item.question, item.links, form.room)
        asked = Asked(LinkedQuestion(item.question, shown, item.links, item.notes))
        if random.random() < dress.examples:
            asked = replace(asked, examples=_like(item.question, pool, random))
        if item.before is not None:
            asked = replace(asked, examples=(*asked.examples, item.before))
        if random.random() < dress.failed:
            asked = replace(asked, failed=_break(item.sql, clothes.schema, random))
        by_prefix[form.prefix(asked.schema)].append((form.suffix(asked), item.sql))
    return by_prefix.items()


def _hold(clothes: _Clothes, scenario: Scenario, turns: Sequence[Turn], random: Random) -> Iterator[_Item]:
    """The follow-ups of a dialogue as they are asked: in full, with the turn before as an example.

    Half of those that a rule knows are put together like the others, so that both are learned.
    """
    question, before = turns[0].ask, turns[0]
    for turn in turns[1:]:
        follow_up = FollowUp(turn.ask, question, before.sql)
        known = apply_rules(follow_up, scenario.schema, scenario.values) if random.random() < 0.5 else None
        full = known or put_together(follow_up)
        try:
            example = Example(question, clothes.sql(before.sql, before.said))
            item = replace(clothes.item(full, clothes.sql(turn.sql, turn.said)), before=example)
        except _UNSAYABLE:
            item = None
        if item is not None and len(item.sql) <= LONGEST_SQL:
            yield item
        question, before = full, turn


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
        schema = crowd(schema, rest, random.choice(CROWDS), random)
    return schema


def _like(question: str, pool: Sequence[_Item], random: Random) -> tuple[Example, ...]:
    """One to three of the likest other questions, the likest last."""
    words = {word.stem for word in split_text(question)}

    def likeness(other: str) -> float:
        theirs = {word.stem for word in split_text(other)}
        return len(words & theirs) / max(1, len(words | theirs))

    ranked = sorted(
        (each for each in pool if each.question != question), key=lambda each: likeness(each.question)
    )
    return tuple(Example(each.question, each.sql) for each in ranked[-random.randint(1, 3) :])


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
        return Failure(tree.sql(schema.dialect), _REFUSALS[schema.dialect].format(said))
    return None
