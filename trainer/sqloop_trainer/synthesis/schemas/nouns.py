"""English nouns: one and many."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inflect import engine

_UNCOUNTED = "staff", "data"

_SINGULAR_ENDINGS = ("ss", "us", "is")
"""What looks like a plural and is none (class, status, analysis)."""


@cache
def pluralize(word: str) -> str:
    """The plural of an English noun; a plural stays.

    >>> pluralize("city"), pluralize("match"), pluralize("movie"), pluralize("orders")
    ('cities', 'matches', 'movies', 'orders')
    """
    return word if _is_plural(word) else str(_engine().plural_noun(word))


@cache
def singularize(word: str) -> str:
    """The singular of an English noun; a singular stays.

    >>> singularize("movies"), singularize("people"), singularize("orders"), singularize("class")
    ('movie', 'person', 'order', 'class')
    """
    return str(_engine().singular_noun(word)) if _is_plural(word) else word


def _is_plural(word: str) -> bool:
    singular = _engine().singular_noun(word)
    if not singular or word.endswith(_SINGULAR_ENDINGS):
        return False
    return bool(_engine().plural_noun(singular) == word)


@cache
def _engine() -> engine:
    """Takes two seconds to be loaded: not before a noun is asked for."""
    import inflect

    made = inflect.engine()
    for word in _UNCOUNTED:
        made.defnoun(word, word)
    return made
