"""How sure it is that words of a question mean a stored value: evidence, weighed.

Each piece of evidence is a number from 0 to 1; the score is the logistic of their weighted sum: the share of
such words that people's SQL does compare with the value. The weights and the commonness of words are fitted
on questions with gold SQL (`python -m sqloop_trainer.link_weights`) and lie in ``weights.json``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from math import exp

from sqloop import english
from sqloop.database.knowledge.value_index import ValueMatch
from sqloop.database.words import Word, fold, name_stems
from sqloop.linking.told_values import NUMBER

LINKED, SURE = 0.4, 0.6
"""Scores from which words are a link, and from which a model that knows words by itself is told of it."""

_PART = 0.5
"""The most that a strange word in small letters is worth as a part of a value: a link, but no sure one."""


@dataclass(frozen=True)
class Surroundings:
    """What of a schema bears on its values: stems of its names, those of columns of numbers, which two
    follow each other in a name, and those of each table's name.
    """

    named: frozenset[str]
    measures: frozenset[str]
    pairs: frozenset[tuple[str, str]] = frozenset()
    tables: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def cuts(self, words: Sequence[Word], start: int, end: int) -> bool:
        """Whether ``words[start:end]`` end within a name, as "the house" does in "the house number"."""
        before = start > 0 and (words[start - 1].stem, words[start].stem) in self.pairs
        return before or (end < len(words) and (words[end - 1].stem, words[end].stem) in self.pairs)

    def says_table(self, words: Sequence[Word], reading: Reading) -> bool:
        """Whether a question names, elsewhere, a table that stores what is read."""
        names = frozenset[str]().union(*(self.tables.get(match.table, ()) for match in reading.matches))
        return any(word.stem in names for word in (*words[: reading.start], *words[reading.end :]))


@dataclass(frozen=True, slots=True)
class Reading:
    """``words[start:end]`` of a question as one of ``matches``, which they are as a ``whole`` or in part."""

    start: int
    end: int
    matches: tuple[ValueMatch, ...]
    whole: bool


def weigh(words: Sequence[Word], reading: Reading, around: Surroundings) -> float:
    """The score of words as a value, 0 to 1."""
    weights = _fitted()[0]
    evidence = gather(words, reading, around)
    if around.cuts(words, reading.start, reading.end) and not evidence["capitals"]:
        return 0.0
    score = 1 / (1 + exp(-sum(weights.get(name, 0.0) * amount for name, amount in evidence.items())))
    if reading.whole or evidence["capitals"]:
        return score
    # A word in small letters is English more often than a part of a name: "the cost" is no "Cost of Living".
    return 0.0 if evidence["familiar"] or evidence["short"] else min(score, _PART)


def gather(words: Sequence[Word], reading: Reading, around: Surroundings) -> dict[str, float]:
    """The evidence by name.

    >>> from sqloop.database.words import split_text
    >>> around = Surroundings(frozenset(), frozenset())
    >>> sting = Reading(2, 3, (ValueMatch("artist", "name", "Sting"),), True)
    >>> found = gather(split_text("songs by Sting"), sting, around)
    >>> found["as written"], found["capitals"], found["familiar"]
    (1.0, 1.0, 0.0)
    """
    start, end, whole, value = reading.start, reading.end, reading.whole, reading.matches[0].value
    gram = [word for word in words[start:end] if word.text[0].isalnum()]
    said = " ".join(word.text for word in gram).removesuffix("'s")
    before = fold(words[start - 1].text) if start else ""
    is_number = len(gram) == 1 and bool(NUMBER.fullmatch(said))
    first = begins_sentence(words, start)
    several = len(gram) > 1
    # The first word of a sentence is written with a capital whatever it is.
    capitals = sum(word.text[0].isupper() for word in gram) / len(gram) if several or not first else 0.0
    careless = not any(word.text[0].isupper() for word in words[1:])
    familiar = [commonness(word.text) for word in gram]
    covered = min(1.0, len(said) / max(1, len(value)))
    stems = tuple(word.stem for word in gram)
    known = [word.stem in around.named for word in gram]
    of_schema = capitals == 0.0 and all(known)
    stored = whole and not is_number and fold(said) == fold(value)
    of_table = stored and around.says_table(words, reading)
    return {
        "one": 1.0,
        "whole": float(whole),
        "covered": covered,
        "several words": float(several),
        "as written": float(said == value),
        "but for case": float(fold(said) == fold(value)),
        "capitals": capitals,
        "no capitals of a name": float(value[:1].isupper() and not gram[-1].text[0].isupper()),
        "first": float(first),
        "familiar": sum(familiar) / len(familiar),
        "rarest": min(familiar),
        "of the schema": sum(known) / len(known),
        "turned round": float(whole and stems != name_stems(value)),
        "with grammar": float(several and min(len(word.text) for word in gram) < 4),
        "named": float(before in english.NAMING),
        "before a name": float(end < len(words) and words[end].stem in around.named),
        "number": float(is_number),
        "short": float(len(said) < 4),
        "part": float(not whole) * (1.0 - capitals),
        "part, covered": float(not whole) * covered,
        "familiar, not as a name": min(familiar) * (1.0 - capitals),
        "familiar, not as a name, of a table that is named": min(familiar) * (1.0 - capitals) * of_table,
        "of the schema, in small letters": float(of_schema),
        "of a table that is named": float(of_table),
        "of the schema, in small letters, and of a table that is named": float(of_schema and of_table),
        "strange part, in a question without capitals": float(
            careless and not whole and max(familiar) == 0.0
        ),
    }


def begins_sentence(words: Sequence[Word], i: int) -> bool:
    """Whether ``words[i]`` is the first of a sentence: no "St." or "Mr." stands before it."""
    if i < 2 or words[i - 1].text not in {".", "?", "!"}:
        return i == 0
    before = words[i - 2].text
    return words[i - 1].text != "." or len(before) > _CUT_SHORT or not before[0].isupper()


_CUT_SHORT = 3
"""Letters of a capitalised word that a full stop may cut short."""


def commonness(word: str) -> float:
    """The share of databases whose questions say a word, 0 to 1: "the" is nearly 1, "Sting" 0."""
    return _fitted()[1].get(fold(word).split("'")[0], 0.0)


@cache
def _fitted() -> tuple[Mapping[str, float], Mapping[str, float]]:
    text = files("sqloop.linking").joinpath("weights.json").read_text(encoding="utf-8")
    fitted = json.loads(text)
    return fitted["weights"], fitted["common"]
