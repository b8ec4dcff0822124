"""What people keep in databases and the words they use for it, read from lexicon.txt."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

from sqloop.database.schema import Kind

_KINDS: dict[str, Kind] = {"n": "number", "t": "text", "c": "text", "d": "date", "b": "boolean"}


@dataclass(frozen=True)
class Attribute:
    """``high`` and ``low`` are what the row with the greatest and least value is called."""

    words: tuple[str, ...]
    kind: Kind
    high: str = ""
    low: str = ""
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entity:
    """A thing with attributes; ``parents`` are entities that it may refer to."""

    words: tuple[str, ...]
    synonyms: tuple[str, ...]
    parents: tuple[str, ...]
    attributes: tuple[Attribute, ...]


@cache
def read_lexicon() -> dict[str, Entity]:
    """All entities by name."""
    text = resources.files(__package__).joinpath("lexicon.txt").read_text()
    entities = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, synonyms, parents, attributes = (part.strip() for part in line.split("|"))
            entities[name] = Entity(
                tuple(name.split("_")),
                _listed(synonyms),
                _listed(parents),
                tuple(_read_attribute(each) for each in _listed(attributes)),
            )
    return entities


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _read_attribute(text: str) -> Attribute:
    text, *synonyms = (part.strip() for part in text.split("~"))
    name, kind, *adjectives = text.split(" ", 2)
    high, _, low = adjectives[0].partition("/") if adjectives else ("", "", "")
    return Attribute(tuple(name.split("_")), _KINDS[kind], high, low, tuple(synonyms))
