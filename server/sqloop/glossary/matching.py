"""Where a question says a name: the same stems, next to each other; of names that overlap the longest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqloop import english
from sqloop.database.words import Word, fold, split_text, stem

Stems = tuple[str, ...]
Place = tuple[int, int]


def name_key(name: str) -> Stems:
    """The stems by which a name is known; names with the same are the same name.

    >>> name_key("Active Customers") == name_key("active_customer")
    True
    """
    return tuple(word.stem for word in _words(name))


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
            run = words[i : i + len(name)]
            if all(free[i : i + len(name)]) and tuple(word.stem for word in run) == name:
                free[i : i + len(name)] = [False] * len(name)
                found[name].append((run[0].start, run[-1].end))
    for name in (each for each in _apart(words, by_first) if each not in found):
        for number in _find_apart(words, free, name):
            free[number] = False
            found[name].append((words[number].start, words[number].end))
    ordered = sorted(found, key=len, reverse=True)
    return {name: tuple(found[name]) for name in ordered if found[name]}


def _group(names: Iterable[Stems]) -> dict[str, list[Stems]]:
    grouped: dict[str, list[Stems]] = defaultdict(list)
    for name in names:
        if name:
            grouped[name[0]].append(name)
    return grouped


def _apart(words: Sequence[Word], by_first: Mapping[str, list[Stems]]) -> list[Stems]:
    """Names of several words all of which occur, the longest first."""
    stems = {word.stem for word in words}
    names = {name for first in stems for name in by_first.get(first, ()) if len(name) > 1}
    return sorted((name for name in names if stems.issuperset(name)), key=lambda each: (-len(each), each))


def _find_apart(words: Sequence[Word], free: Sequence[bool], name: Stems) -> list[int]:
    """Numbers of the words that say ``name`` with its noun before: "customers who are still active"."""
    *qualifying, noun = name
    for start, word in enumerate(words):
        if word.stem != noun:
            continue
        i = start + 1
        while i < len(words) and fold(words[i].text).removesuffix("n't") in english.AROUND:
            i += 1
        chosen = [start, *range(i, i + len(qualifying))]
        if (
            i > start + 1
            and [each.stem for each in words[i : i + len(qualifying)]] == qualifying
            and all(free[each] for each in chosen)
        ):
            return chosen
    return []


def _words(text: str) -> list[Word]:
    """Without marks, and without words of grammar unless there is no other."""
    words = [word for word in split_text(text.replace("_", " ")) if word.text[0].isalnum()]
    return [word for word in words if fold(word.text) not in english.SMALL] or words


def is_word(text: str) -> bool:
    """Whether a name says anything."""
    return any(word.text[0].isalpha() and stem(word.text) for word in split_text(text))
