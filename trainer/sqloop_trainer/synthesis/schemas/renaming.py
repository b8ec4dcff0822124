"""The same questions about other things: "How many singers are there?" asks for ferries instead.

Human questions come with few schemas. A word that stands in names of the schema and in questions is replaced
in names, questions and SQL alike, so that how people ask is learned apart from what they asked about. Words
that carry a meaning of their own ("name", "year", "price") and words of values stay.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from random import Random

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop.database.schema import Column, ForeignKey, Schema, Table
from sqloop.database.words import split_name, stem
from sqloop.generation.compact.selects import NotCompactableError, parse_query
from sqloop.linking.hints import meaningful_stems
from sqloop_trainer.synthesis.schemas.lexicon import read_lexicon
from sqloop_trainer.synthesis.schemas.nouns import pluralize, singularize

CHANGED = 0.7
"""Share of the words that could be replaced and are."""

_WORD = re.compile(r"[A-Za-z]+")
_KEPT = frozenset(
    stem(word)
    for word in (
        "id name number type total count average first last full of the and in for by to with is on at no "
        "maximum minimum max min percent percentage each other all date time day month year begin end from"
    ).split()
)

Texts = Sequence[tuple[str, str]]
"""Questions with their SQL."""


def rename(
    schema: Schema, words: Mapping[str, str], texts: Texts, random: Random
) -> tuple[Schema, dict[str, str], list[tuple[str, str]]]:
    """``schema``, the ``words`` of its names as `fill` takes them, and ``texts``, about other things.

    Texts whose SQL cannot be read are left out.
    """
    meant = _read_names(schema, words)
    other = _choose(meant, texts, random)
    names = _Names(schema, meant, other)
    said = {
        names.of(table.name, *column).lower(): " ".join(names.words(table.name, *column))
        for table in schema.tables
        for column in ((), *((each.name,) for each in table.columns))
    }
    found = []
    for text, sql in texts:
        try:
            tree = parse_query(sql, schema.dialect)
        except (NotCompactableError, SqlglotError):
            continue
        found.append((_say(text, other), names.rewrite(tree).sql(schema.dialect)))
    return names.schema(), said, found


def _read_names(schema: Schema, words: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The words of each name, by ``table`` and ``table.column`` in lower case."""
    keys = [
        (key, name)
        for table in schema.tables
        for key, name in (
            (table.name, table.name),
            *((f"{table.name}.{each.name}", each.name) for each in table.columns),
        )
    ]
    return {key.lower(): tuple(words.get(key.lower(), "").split()) or split_name(name) for key, name in keys}


def _choose(meant: Mapping[str, tuple[str, ...]], texts: Texts, random: Random) -> dict[str, str]:
    """A word in the singular for each stem that is replaced."""
    named = {stem(each) for said in meant.values() for each in said}
    asked = {stem(each) for text, _ in texts for each in _WORD.findall(text)}
    values = {stem(word) for _, sql in texts for value in _literals(sql) for word in _WORD.findall(value)}
    free = sorted((named & asked) - values - _KEPT - meaningful_stems())
    new = [word for word in _nouns() if stem(word) not in named | asked]
    chosen = [each for each in free if random.random() < CHANGED]
    return dict(zip(chosen, random.sample(new, min(len(chosen), len(new))), strict=False))


def _literals(sql: str) -> list[str]:
    return [single or double for single, double in re.findall(r"'([^']*)'|\"([^\"]*)\"", sql)]


@cache
def _nouns() -> tuple[str, ...]:
    """Single words for things and for what is known of them."""
    found = set()
    for entity in read_lexicon().values():
        for phrase in (entity.words, *(tuple(each.split()) for each in entity.synonyms)):
            found |= {singularize(phrase[0])} if len(phrase) == 1 else set()
        found |= {attribute.words[0] for attribute in entity.attributes if len(attribute.words) == 1}
    return tuple(sorted(word for word in found if stem(word) not in _KEPT | meaningful_stems()))


def _say(text: str, other: Mapping[str, str]) -> str:
    def replaced(found: re.Match[str]) -> str:
        word = found[0]
        new = other.get(stem(word))
        if new is None:
            return word
        if singularize(word.lower()) != word.lower():
            new = pluralize(new)
        return new.capitalize() if word[0].isupper() else new

    return _WORD.sub(replaced, text)


class _Names:
    """Old names to new ones; names with none of the replaced words stay as they are."""

    def __init__(
        self, schema: Schema, meant: Mapping[str, tuple[str, ...]], other: Mapping[str, str]
    ) -> None:
        self._schema, self._meant, self._other = schema, meant, other
        self._new: dict[str, str] = {}
        taken = {table.name.lower() for table in schema.tables}
        taken |= {each.name.lower() for table in schema.tables for each in table.columns}
        for table in schema.tables:
            for key in (table.name, *(f"{table.name}.{each.name}" for each in table.columns)):
                old = key.rpartition(".")[2] if key != table.name else key
                if old.lower() in self._new:
                    continue
                said = meant[key.lower()]
                new = "_".join(self._replaced(said))
                same = not any(stem(each) in other for each in said) or new in taken
                self._new[old.lower()] = old if same else new
                taken.add(self._new[old.lower()].lower())

    def _replaced(self, words: tuple[str, ...]) -> list[str]:
        return _say(" ".join(words), self._other).split()

    def words(self, table: str, column: str = "") -> list[str]:
        """What a name means now."""
        return self._replaced(self._meant[(f"{table}.{column}" if column else table).lower()])

    def of(self, table: str, column: str = "") -> str:
        """The new name of a table, or ``table.column``."""
        return (
            f"{self._new[table.lower()]}.{self._new[column.lower()]}" if column else self._new[table.lower()]
        )

    def schema(self) -> Schema:
        return Schema(self._schema.dialect, tuple(map(self._table, self._schema.tables)))

    def _table(self, table: Table) -> Table:
        def new(names: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(self._new[name.lower()] for name in names)

        def column(each: Column) -> Column:
            return replace(each, name=self._new[each.name.lower()])

        keys = (
            ForeignKey(new(key.columns), self._new[key.referred_table.lower()], new(key.referred_columns))
            for key in table.foreign_keys
        )
        return replace(
            table,
            name=self._new[table.name.lower()],
            columns=tuple(map(column, table.columns)),
            primary_key=new(table.primary_key),
            foreign_keys=tuple(keys),
        )

    def rewrite(self, tree: exp.Query) -> exp.Query:
        """``tree`` with the new names."""
        for node in tree.find_all(exp.Identifier):
            new = self._new.get(node.name.lower())
            if new is not None and not isinstance(node.parent, exp.TableAlias):
                node.set("this", new)
        return tree
