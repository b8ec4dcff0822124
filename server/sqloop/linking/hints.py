"""What a question means without naming it: the columns that words and values hint at.

A mentioned table brings the columns that stand for its rows (its name, its key); a year, month or day brings
columns of dates; "cheapest" brings prices. Hints are marked in the prompt like mentions; the model decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial

from sqloop import english
from sqloop.database.schema import Column, Schema, Table
from sqloop.database.words import identifier_stems, split_text, stem
from sqloop.linking.link import ValueLink
from sqloop.linking.mentions import Mention, Target

MAX_HINTS = 3
_Test = Callable[[Column], bool]

_NAMES = ("name", "full name", "title", "username", "label", "subject", "model", "number", "code")


@cache
def _meanings() -> dict[str, frozenset[str]]:
    meanings: dict[str, frozenset[str]] = {}
    for line in english.MEANINGS.strip().splitlines():
        said, meant = line.split(":")
        for word in said.split():
            key = stem(word)
            meanings[key] = meanings.get(key, frozenset()) | {stem(each) for each in meant.split()}
    return meanings


def meaningful_stems() -> frozenset[str]:
    """The stems that mean something whatever the schema: what hints and what is hinted at."""
    return frozenset(_meanings()).union(*_meanings().values())


def find_hints(
    question: str, schema: Schema, mentions: Sequence[Mention], links: Sequence[ValueLink]
) -> dict[int, tuple[Target, ...]]:
    """Columns that are hinted at, by the end of the word in ``question`` that does; `MAX_HINTS` at most."""
    tables = mentioned_tables(schema, mentions, links)
    near = len(_named_tables(mentions, links))
    hints: dict[int, tuple[Target, ...]] = {}
    for mention in mentions:
        named = [schema.table(target.table) for target in mention.targets if target.column is None][:2]
        hints[mention.end] = tuple(
            Target(table.name, column.name) for table in named if table for column in stand_ins(table)
        ) + tuple(target for table in named if table for target in _references(table, tables[:near]))
    for link in links:
        if not link.matches and _is_time(question[link.start : link.end], link.value):
            hints[link.end] = _columns(tables, _is_temporal)
    taken = [(each.start, each.end) for each in mentions] + [(each.start, each.end) for each in links]
    for word in split_text(question):
        meant = _meanings().get(word.stem)
        if meant and all(word.end <= start or end <= word.start for start, end in taken):
            hints[word.end] = _columns(tables, partial(_is_meant, meant))
    return hints


def _is_meant(stems: frozenset[str], column: Column) -> bool:
    return not stems.isdisjoint(identifier_stems(column.name))


def stand_ins(table: Table) -> list[Column]:
    """The columns that stand for a row: its name or first and last name, and its key of one column."""
    by_words = {" ".join(identifier_stems(column.name)): column for column in table.columns}
    keys = {name for key in table.foreign_keys for name in key.columns}
    first, last = by_words.get(_stems("first name")), by_words.get(_stems("last name"))
    found: list[Column] = []
    if first and last:
        found = [first, last]
    else:
        named = (by_words.get(_stems(name)) for name in _NAMES)
        ending = (column for words, column in by_words.items() if words.endswith((" name", " titl")))
        texts = (column for column in table.columns if column.kind == "text" and column.name not in keys)
        found = [column for column in (*named, *ending, *texts) if column is not None][:1]
    if len(table.primary_key) == 1:
        key = table.column(table.primary_key[0])
        found += [key] if key and key not in found else []
    return found


@cache
def _stems(name: str) -> str:
    return " ".join(identifier_stems(name))


def mentioned_tables(schema: Schema, mentions: Sequence[Mention], links: Sequence[ValueLink]) -> list[Table]:
    """Tables that the question names, then those whose columns or values it does, then the others."""
    order = {name: i for i, name in enumerate(_named_tables(mentions, links))}
    return sorted(schema.tables, key=lambda table: order.get(table.name, len(order)))


def _named_tables(mentions: Sequence[Mention], links: Sequence[ValueLink]) -> dict[str, None]:
    names = [t.table for mention in mentions for t in mention.targets if t.column is None]
    names += [t.table for mention in mentions for t in mention.targets[:1]]
    names += [match.table for link in links for match in link.matches[:1]]
    return dict.fromkeys(names)


def _references(table: Table, others: Sequence[Table]) -> list[Target]:
    """The columns of ``others`` that refer to ``table``."""
    return [
        Target(other.name, key.columns[0])
        for other in others
        if other is not table
        for key in other.foreign_keys
        if key.referred_table == table.name and len(key.columns) == 1
    ][:MAX_HINTS]


def _columns(tables: Iterable[Table], fits: _Test) -> tuple[Target, ...]:
    found = (Target(table.name, column.name) for table in tables for column in table.columns if fits(column))
    return tuple(target for target, _ in zip(found, range(MAX_HINTS), strict=False))


def _is_time(said: str, value: str | int | float) -> bool:
    if isinstance(value, str):
        return len(value) >= 10 and value[4:5] == "-"
    return said[:3].lower() in english.SHORT_MONTHS or (isinstance(value, int) and 1500 <= value <= 2100)


def _is_temporal(column: Column) -> bool:
    return column.kind == "date" or bool({"year", "date"} & set(identifier_stems(column.name)))
