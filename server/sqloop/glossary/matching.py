"""Where a question says a name: the same stems, next to each other; of names that overlap the longest.

Small words within a name may be left out or be others ("cost of goods"); at its ends they are a part of it:
"on time" is not "time", and "opt-in" not "opt". Of scripts without blanks each sign counts as a word.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqloop import english
from sqloop.database.words import Word, fold, split_text, stem

Stems = tuple[str, ...]
Place = tuple[int, int]

_SIGN = "[\u0e00-\u0eff\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]"
"""A sign of Thai, Lao, Korean, Japanese or Chinese: Korean has blanks, and endings behind its nouns."""
_PARTS = re.compile(f"{_SIGN}|(?:(?!{_SIGN}).)+")


def name_key(name: str) -> Stems:
    """The stems by which a name is known; names with the same are the same name.

    >>> name_key("Active Customers") == name_key("the active_customer")
    True
    >>> name_key("cost of goods"), name_key("in stock")
    (('cost', 'good'), ('in', 'stock'))
    """
    words = _words(name)
    telling = [number for number, word in enumerate(words) if not _is_small(word)]
    if not telling:
        return tuple(word.stem for word in words)
    first, last = telling[0], telling[-1]
    ends = [
        [word.stem for word in part if fold(word.text) not in english.ARTICLES]
        for part in (words[:first], words[last + 1 :])
    ]
    return (*ends[0][-1:], *(words[number].stem for number in telling), *ends[1][:1])


def find_names(question: str, names: Iterable[Stems]) -> dict[Stems, tuple[Place, ...]]:
    """The names that ``question`` says, with the places of their words; longest first.

    The noun of a name may stand before the rest ("customers who are active"); that is looked for last.

    >>> find_names("Revenue of active customers", [("activ", "custom"), ("revenu",), ("custom",)])
    {('activ', 'custom'): ((11, 27),), ('revenu',): ((0, 7),)}
    """
    words = _words(question)
    by_first: Mapping[str, list[Stems]] = _group(names)
    free = [True] * len(words)
    found: dict[Stems, list[Place]] = defaultdict(list)
    # Sorted: sets have no order, and the same question must give the same prompt in every process.
    known = sorted(
        {name for word in words for name in by_first.get(word.stem, ())}, key=lambda name: (-len(name), name)
    )
    for name in known:
        for i in range(len(words) - len(name) + 1):
            end = _find_end(words, i, name)
            if end and all(free[i:end]):
                free[i:end] = [False] * (end - i)
                found[name].append((words[i].start, words[end - 1].end))
    for name in (each for each in _apart(words, by_first) if each not in found):
        for number in _find_apart(words, free, name):
            free[number] = False
            found[name].append((words[number].start, words[number].end))
    ordered = sorted(found, key=len, reverse=True)
    return {name: tuple(found[name]) for name in ordered if found[name]}


def _find_end(words: Sequence[Word], start: int, name: Stems) -> int:
    """Behind the last word of ``name``, which begins at ``start``; 0 where it does not."""
    i = start
    for part in name:
        while start < i < len(words) and words[i].stem != part and _is_small(words[i]):
            i += 1
        if i == len(words) or words[i].stem != part:
            return 0
        i += 1
    return i


def _group(names: Iterable[Stems]) -> dict[str, list[Stems]]:
    grouped: dict[str, list[Stems]] = defaultdict(list)
    for name in names:
        if name:
            grouped[name[0]].append(name)
    return grouped


def _apart(words: Sequence[Word], by_first: Mapping[str, list[Stems]]) -> list[Stems]:
    """Names of several words all of which occur, the longest first; with a preposition they stay together."""
    stems = {word.stem for word in words}
    names = {name for first in stems for name in by_first.get(first, ()) if len(name) > 1}
    whole = (each for each in names if stems.issuperset(each) and english.SMALL.isdisjoint(each))
    return sorted(whole, key=lambda each: (-len(each), each))


def _find_apart(words: Sequence[Word], free: Sequence[bool], name: Stems) -> list[int]:
    """Numbers of the words that say ``name`` with its noun before: "customers who are still active"."""
    *qualifying, noun = name
    for start, word in enumerate(words):
        if word.stem != noun:
            continue
        i = start + 1
        while i < len(words) and (_is_small(words[i]) or _is_around(words[i])):
            i += 1
        between = {fold(each.text) for each in words[start + 1 : i]}
        behind = i + len(qualifying)
        # "Who have active orders" says of the orders that they are active.
        goes_on = behind < len(words) and not _is_small(words[behind])
        has = not english.PERFECT.isdisjoint(between) and "been" not in between
        if (
            any(map(_is_around, words[start + 1 : i]))
            and [each.stem for each in words[i:behind]] == qualifying
            and all(free[each] for each in (start, *range(i, behind)))
            and not (has and (goes_on or english.RELATIVE.isdisjoint(between)))
        ):
            return [start, *range(i, behind)]
    return []


def _is_small(word: Word) -> bool:
    return fold(word.text) in english.SMALL


def _is_around(word: Word) -> bool:
    return fold(word.text).removesuffix("n't") in english.AROUND | english.PERFECT


def _words(text: str) -> list[Word]:
    """Without marks."""
    whole = (word for word in split_text(text.replace("_", " ")) if word.text[0].isalnum())
    return [part for word in whole for part in _split(word)]


def _split(word: Word) -> Iterator[Word]:
    if word.text.isascii():
        yield word
        return
    for part in _PARTS.finditer(word.text):
        yield Word(part[0], word.start + part.start(), word.start + part.end(), stem(part[0]))


def is_word(text: str) -> bool:
    """Whether a name says anything: a question is not read for "the" or "per"."""
    return any(word.text[0].isalpha() and not _is_small(word) and word.stem for word in _words(text))
