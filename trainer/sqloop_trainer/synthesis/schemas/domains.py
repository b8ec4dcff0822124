"""Schemas to ask about, with the words for their names: made from the lexicon, or given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from random import Random

from sqloop.database.schema import Column, ForeignKey, Kind, Schema, Table
from sqloop.database.words import split_name
from sqloop_trainer.synthesis.schemas.lexicon import Attribute, Entity, read_lexicon
from sqloop_trainer.synthesis.schemas.roles import draw_self, draw_twins, spell_key, twin_parents
from sqloop_trainer.synthesis.schemas.spelling import Spelling, Words

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
        meanings[table.name, None] = _split(given.get(table.name.lower(), ""), table.name)
        for column in table.columns:
            said = given.get(f"{table.name}.{column.name}".lower(), "")
            meanings[table.name, column.name] = _split(said, column.name)
    return Domain(schema, meanings)


def _split(said: str, name: str) -> Words:
    """The words of a name, as they are given or as it is spelled; never none, as "_" would have."""
    return tuple(said.split()) or split_name(name) or (name,)


def make_domain(random: Random) -> Domain:
    """A believable schema of two to sixteen tables, its names in one random style."""
    entities = _choose(random, random.choice((2, 3, 3, 4, 4, 5, 6, 7, 9, 12, 16)))
    spelling = Spelling(random)
    tables: list[Table] = []
    words: dict[tuple[str, str | None], Words] = {}
    for name, entity in entities.items():
        referred = [entities[parent] for parent in entity.parents if parent in entities and parent != name]
        parents = {parent.words: spelling.table(parent.words) for parent in referred}
        for each in twin_parents(entity.words):
            if each in entities and each != name:
                parents[entities[each].words] = spelling.table(entities[each].words)
        table, meanings = _make_table(random, spelling, spelling.table(entity.words), entity, parents)
        tables.append(table)
        words[table.name, None] = entity.words
        words.update({(table.name, column): meaning for column, meaning in meanings.items()})
    random.shuffle(tables)
    return Domain(Schema("sqlite", tuple(tables)), words)


def _choose(random: Random, count: int) -> dict[str, Entity]:
    lexicon = read_lexicon()
    chosen = {name: lexicon[name] for name in [random.choice(list(lexicon))]}
    while len(chosen) < count:
        near = [
            parent for entity in chosen.values() for parent in _parents(entity) if parent not in chosen
        ] + [
            name
            for name, entity in lexicon.items()
            if name not in chosen and any(parent in chosen for parent in _parents(entity))
        ]
        name = random.choice(near or [each for each in lexicon if each not in chosen])
        chosen[name] = lexicon.get(name) or _lookup(name)
    return chosen


def _parents(entity: Entity) -> list[str]:
    return [*entity.parents, *twin_parents(entity.words)]


def _lookup(name: str) -> Entity:
    """A parent that the lexicon does not describe: only a name."""
    return Entity(tuple(name.split("_")), (), (), (Attribute(("name",), "text"),))


def _make_table(
    random: Random, spelling: Spelling, name: str, entity: Entity, parents: Mapping[Words, str]
) -> tuple[Table, dict[str, Words]]:
    """A table, and the words of its columns; ``parents`` are the tables it refers to, by their words."""
    key_words = spelling.key(entity.words)
    key = spelling.column(key_words)
    columns = [Column(key, "INTEGER", "number", nullable=False)]
    meanings: dict[str, Words] = {key: key_words}
    foreign = []
    for role, words, referred in _roles(random, name, entity, parents):
        column_words = (*role, "id") if role == words else spell_key(random, role)
        column = spelling.column(column_words)
        if column not in meanings:
            columns.append(Column(column, "INTEGER", "number"))
            meanings[column] = column_words
            foreign.append(ForeignKey((column,), referred, (spelling.column(spelling.key(words)),)))
    for attribute in _choose_attributes(random, entity):
        column = spelling.attribute(entity.words, attribute.words)
        if column not in meanings:
            columns.append(Column(column, random.choice(_TYPES[attribute.kind]), attribute.kind))
            meanings[column] = attribute.words
    return Table(name, tuple(columns), (key,), tuple(foreign)), meanings


def _roles(
    random: Random, name: str, entity: Entity, parents: Mapping[Words, str]
) -> Iterator[tuple[Words, Words, str]]:
    """What rows refer to: as what, the words of its table, and that table."""
    twins = twin_parents(entity.words)
    for words, referred in parents.items():
        for role in draw_twins(random, entity.words, words) if "_".join(words) in twins else [words]:
            yield role, words, referred
    if own := draw_self(random, entity.words):
        yield own, entity.words, name


def _choose_attributes(random: Random, entity: Entity) -> list[Attribute]:
    """The first, which names the row, and some of the others."""
    first, *others = entity.attributes
    if len(others) > 2:
        kept = random.sample(others, random.randint(2, len(others)))
        others = [attribute for attribute in others if attribute in kept]
    return [first, *others]
