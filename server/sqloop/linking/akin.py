"""Whether two words are forms of each other: by their stems, one within the other, or as opposites."""

from __future__ import annotations

from sqloop import english
from sqloop.database.words import Word, stem


def word_forms(word: Word) -> set[str]:
    """Its stem, and that of its opposite: ``paid = 0`` says "unpaid"."""
    opposites = {word.text[len(prefix) :] for prefix in english.OPPOSITE if word.text.startswith(prefix)}
    return {word.stem, *(stem(each) for each in opposites if len(each) > 3)}


def are_akin(one: str, other: str) -> bool:
    """Whether two stems are of one word.

    >>> are_akin("ship", "shipper"), are_akin("itali", "italian"), are_akin("bike", "model")
    (True, True, False)
    """
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) > 3 and short.rstrip("ei") in long)


def abbreviates(short: str, word: str) -> bool:
    """Whether a name is the beginning of a word, or some of its consonants in their order.

    >>> [abbreviates(short, "appointments") for short in ("appt", "app", "apt", "ap", "point")]
    [True, True, True, False, False]
    """
    if not 2 < len(short) < len(word) or short[0] != word[0]:
        return False
    letters = iter(word)
    in_order = all(letter in letters for letter in short)
    return word.startswith(short) or (in_order and not set("aeiou") & set(short[1:]))
