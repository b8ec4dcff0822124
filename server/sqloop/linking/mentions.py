"""Schema linking: which words of a question name which tables and columns, and which tables matter.

Lexical only: stems of the question against stems of names. A mention may fit several names; all the
best are kept and the model chooses. `focus` keeps the prompt bounded on large schemas; what tables and
columns are described as counts there as well (`sqloop.linking.rare_words`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from sys import maxsize

from sqloop import english
from sqloop.database.joins import implied_joins
from sqloop.database.schema import Column, Schema
from sqloop.database.words import fold, identifier_stems, identifier_words, split_text
from sqloop.linking.link import ValueLink
from sqloop.linking.rare_words import RareWords

MAX_TARGETS = 4
_LONGEST = 5
_NEAR = 0.4
"""The share of a table's score that its neighbours by a key get on top of their own."""
_NAMED = 3.0
"""The score of a table that the question names whole."""


@dataclass(frozen=True, slots=True)
class Target:
    """A table, or a column of it."""

    table: str
    column: str | None


@dataclass(frozen=True, slots=True)
class Mention:
    """``question[start:end]`` may name any of ``targets``; the likeliest is first."""

    start: int
    end: int
    targets: tuple[Target, ...]


class NameIndex:
    """Tables and columns of a schema by the stems of their names."""

    def __init__(self, schema: Schema) -> None:
        self._whole: dict[tuple[str, ...], list[Target]] = defaultdict(list)
        self._bare: dict[tuple[str, ...], list[Target]] = defaultdict(list)
        self._part: dict[str, list[Target]] = defaultdict(list)
        prefix = len(shared_prefix(schema))
        for table in sorted(schema.tables, key=lambda each: each.view):  # views repeat what tables hold
            own = identifier_stems(table.name)[prefix:]
            self._add(own, Target(table.name, None))
            for column in table.columns:
                stems = identifier_stems(column.name)
                target = Target(table.name, column.name)
                self._add(stems, target)
                self._bare[own + stems].append(target)
                if len(stems) > 2:
                    self._bare[stems[1:]].append(target)
                if len(stems) > 1:
                    if set(stems[:-1]) <= set(own):
                        self._bare[stems[-1:]].append(target)
                    if stems[-1] == "id":
                        self._bare[stems[:-1]].append(target)

    def _add(self, stems: tuple[str, ...], target: Target) -> None:
        self._whole[stems].append(target)
        if len(stems) > 1:
            for stem in stems:
                if stem not in english.WEAK and len(stem) > 1:
                    self._part[stem].append(target)

    def find(self, stems: tuple[str, ...]) -> list[Target]:
        """What a run of words names: whole names first, then names less their table's words or "id".

        Where a table has that name, columns that are named after it (its keys) are left out.
        """
        whole = self._whole.get(stems, [])
        if any(target.column is None for target in whole):
            return whole
        return list(dict.fromkeys(whole + self._bare.get(stems, [])))

    def find_part(self, stem: str) -> list[Target]:
        """Names of several words of which this is one."""
        return self._part.get(stem, [])


def shared_prefix(schema: Schema) -> tuple[str, ...]:
    """The first word of every table name where all have the same (``tbl_``), which then says nothing."""
    names = [identifier_words(table.name) for table in schema.tables]
    firsts = {words[:1] for words in names}
    alone = any(len(words) < 2 for words in names)
    return firsts.pop() if len(firsts) == 1 and len(names) > 1 and not alone else ()


def find_mentions(question: str, index: NameIndex, links: tuple[ValueLink, ...]) -> tuple[Mention, ...]:
    """Mentions outside the linked values, longest first wins, in the order of the words."""
    words = [word for word in split_text(question) if word.text[0].isalnum()]
    free = [not any(word.start < link.end and link.start < word.end for link in links) for word in words]
    found: list[tuple[int, int, list[Target]]] = []
    for length in range(min(_LONGEST, len(words)), 0, -1):
        for i in range(len(words) - length + 1):
            if all(free[i : i + length]):
                targets = index.find(tuple(word.stem for word in words[i : i + length]))
                if targets:
                    found.append((words[i].start, words[i + length - 1].end, targets))
                    free[i : i + length] = [False] * length
    for word, is_free in zip(words, free, strict=True):
        if is_free and fold(word.text) not in english.WEAK:
            targets = index.find_part(word.stem)
            if targets:
                found.append((word.start, word.end, targets))
    tables = {target.table for _, _, targets in found for target in targets if target.column is None}
    return tuple(
        Mention(start, end, tuple(sorted(targets, key=lambda t: _rank(t, tables))[:MAX_TARGETS]))
        for start, end, targets in sorted(found, key=lambda each: each[0])
    )


def _rank(target: Target, mentioned: set[str]) -> int:
    if target.column is None:
        return 0
    return 1 if target.table in mentioned else 2


@dataclass(frozen=True, slots=True)
class Room:
    """How many tables, and columns of all of them together, a prompt shows of a schema that is larger."""

    tables: int
    columns: int

    def holds(self, schema: Schema) -> bool:
        """Whether there is room for all of it."""
        columns = sum(len(table.columns) for table in schema.tables)
        return len(schema.tables) <= self.tables and columns <= self.columns


HANDLES = Room(24, 120)
"""What the starter model has handles for."""


def with_handles(schema: Schema) -> Room | None:
    """None for a schema that the starter model can be shown whole, else what there is room for."""
    return None if HANDLES.holds(schema) else HANDLES


def focus(
    schema: Schema,
    question: str,
    links: tuple[ValueLink, ...],
    room: Callable[[Schema], Room | None] = with_handles,
) -> Schema:
    """The part of ``schema`` that the prompt shows: all of it where ``room`` is None, else the likeliest.

    Tables on the way between two chosen ones come along, and then their neighbours. Views hold nothing of
    their own: one comes along where the question names it, others where there is room, and they take the
    place of tables only where there are none. What was left out is the difference to ``schema``.
    """
    if (space := room(schema)) is None:
        return schema
    scores = _score_tables(schema, question, links)
    ranked = sorted(schema.tables, key=lambda table: -scores[table.name])
    views = [table.name for table in ranked if table.view and scores[table.name] > 0]
    tables = [table.name for table in ranked if not table.view] or [table.name for table in ranked]
    best = [name for name in tables[:6] if scores[name] > 0] or tables[:1]
    implied = implied_joins(best, schema)
    on_the_way = [join.table for join in (implied[1] if implied else [])]
    named = [name for name in views if scores[name] >= _NAMED]
    keep = dict.fromkeys([*best, *on_the_way, *named])
    near = dict.fromkeys(other for name in keep for other, _ in schema.neighbours[name])
    keep |= dict.fromkeys([*sorted(near, key=lambda name: -scores[name]), *views])
    return take_tables(schema, list(keep)[: space.tables], space.columns)


def take_tables(schema: Schema, names: Iterable[str], left: int = maxsize) -> Schema:
    """The tables of these names, at most ``left`` of their columns in this order, in schema order."""
    kept: dict[str, tuple[Column, ...]] = {}
    for name in names:
        table = schema.table(name)
        if table is not None and left > 0:
            kept[table.name] = table.columns[:left]
            left -= len(kept[table.name])
    return Schema(
        schema.dialect,
        tuple(
            replace(
                table,
                columns=kept[table.name],
                foreign_keys=tuple(key for key in table.foreign_keys if key.referred_table in kept),
            )
            for table in schema.tables
            if table.name in kept
        ),
    )


def _score_tables(schema: Schema, question: str, links: tuple[ValueLink, ...]) -> dict[str, float]:
    """How likely each table is meant: by what names or describes it, and by its likely neighbours."""
    scores: dict[str, float] = defaultdict(float)
    for mention in find_mentions(question, index_names(schema), links):
        for target in mention.targets:
            scores[target.table] += (_NAMED if target.column is None else 1.0) / len(mention.targets)
    for link in links:
        for match in link.matches:
            scores[match.table] += 2.0 / len(link.matches)
    rare, stems = _rare_words(schema), _free_stems(question, links)
    for name, score in (*rare.compare(stems), *rare.compare_descriptions(stems)):
        scores[name] += score
    own = dict(scores)
    for name, score in own.items():
        for other, _ in schema.neighbours[name]:
            scores[other] = max(scores[other], own.get(other, 0.0) + _NEAR * score)
    return scores


def _free_stems(question: str, links: tuple[ValueLink, ...]) -> frozenset[str]:
    """The stems of the words outside the linked values that may say something."""
    return frozenset(
        word.stem
        for word in split_text(question)
        if fold(word.text) not in english.WEAK
        and not any(word.start < link.end and link.start < word.end for link in links)
    )


@lru_cache(maxsize=2)
def _rare_words(schema: Schema) -> RareWords:
    return RareWords(schema)


@lru_cache(maxsize=2)
def index_names(schema: Schema) -> NameIndex:
    """The index of a whole schema, which every question about it needs."""
    return NameIndex(schema)
