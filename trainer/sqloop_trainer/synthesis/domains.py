"""Schemas to ask about: made from the lexicon in the styles people use, or given, with the words for their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from random import Random

from sqloop.database.schema import Column, ForeignKey, Kind, Schema, Table
from sqloop.database.words import split_name
from sqloop_trainer.synthesis.lexicon import Attribute, Entity, read_lexicon

Words = tuple[str, ...]

_SHORT = dict(
    pair.split(":")
    for pair in ["quantity:qty", "number:num", "amount:amt", "customer:cust", "product:prod", "employee:emp", "department:dept", "category:cat", "description:desc", "address:addr", "year:yr", "date:dt", "order:ord", "average:avg", "manager:mgr", "country:ctry", "price:prc", "salary:sal", "position:pos", "payment:pmt", "account:acct", "student:stud", "transaction:txn", "temperature:temp"]
)
_TYPES: dict[Kind, tuple[str, ...]] = {
    "number": ("INTEGER", "REAL", "NUMERIC"),
    "text": ("TEXT", "VARCHAR(80)"),
    "date": ("DATE", "DATETIME"),
    "boolean": ("BOOLEAN",),
    "other": ("BLOB",),
}


@dataclass(frozen=True)
class Domain:
    """A schema and what its names mean: ``words`` by table, and by (table, column)."""

    schema: Schema
    words: Mapping[tuple[str, str | None], Words]

    @cached_property
    def attributes(self) -> dict[Words, Attribute]:
        """Adjectives and synonyms by the words of a column."""
        known: dict[Words, Attribute] = {}
        for entity in read_lexicon().values():
            for attribute in entity.attributes:
                if attribute.high or attribute.synonyms:
                    known.setdefault(attribute.words, attribute)
        return known

    def name_words(self) -> dict[str, str]:
        """Words by ``table`` and ``table.column`` in lower case, as `fill` takes them."""
        return {
            (table if column is None else f"{table}.{column}").lower(): " ".join(words)
            for (table, column), words in self.words.items()
        }


def read_domain(schema: Schema, words: Mapping[str, str] | None = None) -> Domain:
    """The domain of a given schema; ``words`` as `fill` takes them, else names are split."""
    given = words or {}
    meanings: dict[tuple[str, str | None], Words] = {}
    for table in schema.tables:
        meanings[table.name, None] = tuple(given.get(table.name.lower(), "").split()) or split_name(
            table.name
        )
        for column in table.columns:
            said = given.get(f"{table.name}.{column.name}".lower(), "")
            meanings[table.name, column.name] = tuple(said.split()) or split_name(column.name)
    return Domain(schema, meanings)


def make_domain(random: Random) -> Domain:
    """A believable schema of two to nine tables, its names in one random style."""
    entities = _choose(random, random.choice((2, 3, 3, 4, 4, 5, 6, 7, 9)))
    style = _Style(random)
    names = {name: style.table(entity.words) for name, entity in entities.items()}
    tables, words = [], {}
    for name, entity in entities.items():
        parents = [parent for parent in entity.parents if parent in entities and parent != name]
        table, meanings = _make_table(random, style, names, name, entity, parents)
        tables.append(table)
        words[table.name, None] = entity.words
        words |= {(table.name, column): meaning for column, meaning in meanings.items()}
    random.shuffle(tables)
    return Domain(Schema("sqlite", tuple(tables)), words)


def _choose(random: Random, count: int) -> dict[str, Entity]:
    lexicon = read_lexicon()
    chosen = {name: lexicon[name] for name in [random.choice(list(lexicon))]}
    while len(chosen) < count:
        near = [
            parent for name, entity in chosen.items() for parent in entity.parents if parent not in chosen
        ] + [
            name
            for name, entity in lexicon.items()
            if name not in chosen and any(parent in chosen for parent in entity.parents)
        ]
        if not near:
            break
        name = random.choice(near)
        chosen[name] = lexicon.get(name) or _lookup(name)
    return chosen


def _lookup(name: str) -> Entity:
    """A parent that the lexicon does not describe: only a name."""
    return Entity(tuple(name.split("_")), (), (), (Attribute(("name",), "text", False),))


class _Style:
    """One way of spelling identifiers, kept through a schema."""

    def __init__(self, random: Random) -> None:
        self._case = random.choice(("snake", "snake", "snake", "camel", "pascal", "Snake", "UPPER"))
        self._plural = random.random() < 0.6
        self._short = random.random() < 0.15
        self._prefix = random.choice(("", "", "", "", "", "", "tbl_", "t_", "app_"))
        self.own_prefix = random.random() < 0.15
        self.bare_id = random.random() < 0.55

    def table(self, words: Words) -> str:
        named = (*words[:-1], pluralize(words[-1])) if self._plural else words
        return self._prefix + self.join(named)

    def join(self, words: Words) -> str:
        if self._short:
            words = tuple(_SHORT.get(word, word) for word in words)
        if self._case == "camel":
            return words[0] + "".join(word.capitalize() for word in words[1:])
        if self._case == "pascal":
            return "".join(word.capitalize() for word in words)
        joined = "_".join(words)
        return {"Snake": joined.capitalize(), "UPPER": joined.upper()}.get(self._case, joined)


def _make_table(
    random: Random, style: _Style, names: dict[str, str], name: str, entity: Entity, parents: list[str]
) -> tuple[Table, dict[str, Words]]:
    lexicon = read_lexicon()
    key_words = ("id",) if style.bare_id else (*entity.words, "id")
    key = style.join(key_words)
    columns = [Column(key, "INTEGER", "number", nullable=False)]
    meanings: dict[str, Words] = {key: key_words}
    foreign = []
    for parent in parents:
        parent_words = lexicon[parent].words if parent in lexicon else tuple(parent.split("_"))
        column = style.join((*parent_words, "id"))
        if column not in meanings:
            columns.append(Column(column, "INTEGER", "number"))
            meanings[column] = (*parent_words, "id")
            referred = style.join(("id",) if style.bare_id else (*parent_words, "id"))
            foreign.append(ForeignKey((column,), names[parent], (referred,)))
    own = list(entity.attributes)
    if len(own) > 3:
        kept = random.sample(own[1:], random.randint(2, len(own) - 1))
        own = [own[0]] + [attribute for attribute in own[1:] if attribute in kept]
    for attribute in own:
        words = attribute.words
        if style.own_prefix and len(words) == 1:
            words = (*entity.words, *words)
        column = style.join(words)
        if column not in meanings:
            columns.append(Column(column, random.choice(_TYPES[attribute.kind]), attribute.kind))
            meanings[column] = attribute.words
    return Table(names[name], tuple(columns), (key,), tuple(foreign)), meanings


_IRREGULAR = {"person": "people", "child": "children", "man": "men", "woman": "women", "staff": "staff"}


def pluralize(word: str) -> str:
    """The plural of an English noun; one that looks plural stays.

    >>> pluralize("city"), pluralize("match"), pluralize("orders")
    ('cities', 'matches', 'orders')
    """
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word
    if word.endswith(("s", "x", "ch", "sh", "z")):
        return word + "es"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"


def singularize(word: str) -> str:
    """The singular of an English noun, as far as rules go.

    >>> singularize("cities"), singularize("orders"), singularize("class")
    ('city', 'order', 'class')
    """
    for singular, plural in _IRREGULAR.items():
        if word == plural:
            return singular
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
