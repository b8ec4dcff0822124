"""English nouns: one and many."""

from __future__ import annotations

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
