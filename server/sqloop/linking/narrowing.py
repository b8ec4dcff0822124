"""Which words of a question narrow what it asks for, by where they stand.

A word before the name of a table ("female artists"), behind a form of "be" ("which stores are closed?") or
alone in a relative clause ("employees who retired"); and the last word of a clause behind a preposition
("orders on hold"), "made of" and the like, "have" ("stores that have parking"), a verb that a table's rows
are the subject of ("products contain nuts") or, as an adverb, behind a participle ("orders that arrived
late"). Names with a capital narrow wherever they stand ("customers in Atlantis"). Which positions are
precise enough was measured on gold SQL (docs/experiments.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches

from sqloop import english
from sqloop.database.knowledge.samples import flag_values
from sqloop.database.schema import Schema
from sqloop.database.words import Word, fold, identifier_stems, stem
from sqloop.linking.akin import abbreviates

_SLIP = 0.85
"""How like a word of every question one with a letter wrong is (difflib)."""

_LONG = sorted(word for word in english.QUESTION if len(word) > 4 and not word.endswith("ould"))
"""Of these a letter may be wrong; a shorter one would be another word: "sold" and "old"."""

_SAYING_LITTLE = (
    english.PLAIN | english.PRONOUNS | english.QUESTION | english.OPENERS | english.LEFT_OUT | english.ENDS
)


def find_narrowing(
    words: Sequence[Word], schema: Schema, said: frozenset[str], stored: Collection[int] = ()
) -> Iterator[Word]:
    """The words that narrow; ``said`` are stems that a query says, behind which an adjective may stand.

    ``stored`` is where words begin that are a value as it is stored: these may narrow though a column is
    called so.
    """
    nouns = {identifier_stems(table.name)[-1] for table in schema.tables if identifier_stems(table.name)}
    named = {part for table in schema.tables for part in identifier_stems(table.name)}
    short = {word.stem for word in words if any(abbreviates(name, fold(word.text)) for name in nouns)}
    nouns, named = nouns | short, named | short
    compounds = {identifier_stems(table.name)[-2:] for table in schema.tables}
    columns = [column for table in schema.tables for column in table.columns]
    flags = {part for column in columns if flag_values(column) for part in identifier_stems(column.name)}
    # The name of a flag narrows like its value: "invoices that are paid".
    named |= {part for column in columns for part in identifier_stems(column.name)} - (flags - named)
    for i, word in enumerate(words):
        if (word.stem in named and word.start not in stored) or is_let_in(words, word.end):
            continue
        after = words[i + 1] if i + 1 < len(words) else None
        noun = after.stem if after is not None else ""
        if i + 2 < len(words) and (noun, words[i + 2].stem) in compounds:
            noun = words[i + 2].stem  # "training sessions"
        before_noun = noun in nouns and (not i or _opens(words[i - 1], said))
        timely = fold(word.text) in english.TIMELY
        behind = (timely and _is_predicate(words, i, nouns)) or _is_adverb(words, i, nouns)
        if _is_proper(words, i) or (_ends(words, i) and behind) or (timely and before_noun):
            yield word
        if not _may_narrow(word, i):
            continue
        ends = _ends(words, i) and (_is_predicate(words, i, nouns) or _is_last(words, i, nouns))
        goes_on = after is not None and fold(after.text) in english.RELATIVE and _is_owned(words, i, nouns)
        if before_noun or ends or goes_on:
            yield word


def join_hyphens(words: Sequence[Word]) -> list[Word]:
    """The words, those with a hyphen between them as one: "part-time"."""
    joined: list[Word] = []
    for word in words:
        before = joined[-1] if joined else None
        if (
            before is not None
            and before.end == word.start
            and (before.text[1:].endswith("-") or (word.text == "-" and before.text.isalpha()))
        ):
            joined[-1] = Word(before.text + word.text, before.start, word.end, word.stem)
        else:
            joined.append(word)
    return joined


def is_let_in(words: Sequence[Word], end: int) -> bool:
    """Whether what ends there is not to be left out: "cancelled ones included", "planned trips too"."""
    behind = [word for word in words if word.start >= end]
    return any(fold(word.text) in english.LETTING_IN for word in behind[:4])


def find_graded(words: Sequence[Word]) -> Iterator[Word]:
    """Words that say by what something is compared."""
    for i, word in enumerate(words):
        graded = i and fold(words[i - 1].text) in english.DEGREES and not _is_amount(words, i - 1)
        timely = fold(word.text) in english.TIMELY and _ends(words, i)
        if graded or timely or fold(word.text) in english.EXTREMES:
            yield word


def _is_amount(words: Sequence[Word], i: int) -> bool:
    """Whether "most" and the like count what follows: "the club that has the most female students"."""
    before = i - 1 - (i > 0 and fold(words[i - 1].text) == "the")
    return before >= 0 and fold(words[before].text) in english.OWNING


def _opens(word: Word, said: frozenset[str]) -> bool:
    """Whether what follows qualifies the noun behind it, as after "the", "three" and "French"."""
    text = fold(word.text)
    plain = text in english.OPENERS or text in english.PLAIN or text[0].isdigit()
    return plain or word.stem in said or _is_degree(text)


def says_much(text: str) -> bool:
    """Whether a word is one of content: it neither asks, nor compares, nor stands for any row.

    >>> [says_much(each) for each in ("unpaid", "part-time", "which", "oldest", "best-selling")]
    [True, True, False, False, False]
    """
    parts = fold(text).split("-")
    compares = any(_is_degree(each) or (parts[1:] and each in english.DEGREES) for each in parts)
    return all(map(str.isalpha, parts)) and tells(text) and not compares


def tells(text: str) -> bool:
    """Whether a word is none that any question may have.

    >>> [tells(each) for each in ("driver", "unpaid", "which", "list", "of")]
    [True, True, False, False, False]
    """
    return len(text) > 2 and fold(text) not in _SAYING_LITTLE


def _may_narrow(word: Word, place: int) -> bool:
    return says_much(word.text) and (word.text.islower() or not place) and not _is_slip(word)


def _is_slip(word: Word) -> bool:
    """Whether it is a word of every question with a letter wrong ("wich"), not another form of it."""
    meant = get_close_matches(fold(word.text), _LONG, 1, _SLIP)
    return bool(meant) and meant[0][0] == fold(word.text)[0] and stem(meant[0]) != word.stem


def _is_degree(text: str) -> bool:
    """Whether a word compares or says how: "oldest", "cheaper", "currently"."""
    return text.endswith(("est", "er", "ly"))


def _is_predicate(words: Sequence[Word], i: int, nouns: set[str]) -> bool:
    """Whether a word at the end of its clause is said of a table's rows: "stores that are closed"."""
    j = i - 1
    while j >= 0 and fold(words[j].text) in english.BETWEEN:
        j -= 1
    if j < 1:
        return False
    verb = fold(words[j].text).split("'")[0]
    if verb in english.BE:
        return any(word.stem in nouns for word in words[max(0, j - 4) : j])
    return verb in english.RELATIVE and words[i].text.endswith("ed") and words[j - 1].stem in nouns


def _ends(words: Sequence[Word], i: int) -> bool:
    """Whether a clause ends behind a word, or "are there" follows it."""
    return i + 1 == len(words) or fold(words[i + 1].text) in english.ENDS | english.BE


def _is_last(words: Sequence[Word], i: int, nouns: set[str]) -> bool:
    """Whether a word at the end of its clause is where, of what or with what a table's rows are."""
    text = words[i].text
    j = i - 1
    if j > 1 and fold(words[j - 1].text) in english.PLACING | english.ARTICLES and _may_narrow(words[j], j):
        j -= 1  # "on sick leave"
    while j > 0 and fold(words[j].text) in english.ARTICLES:
        j -= 1
    if j < 1 or text in english.SET_PHRASES:
        return False
    lead, before = fold(words[j].text), words[j - 1]
    if lead == "of":
        return before.text.endswith("ed") or fold(before.text) in english.MAKING
    if lead in english.OWNING:
        return _is_owned(words, i, nouns)
    if lead in english.PLACING:
        return before.text.isalpha()
    return before.stem in nouns and _may_narrow(words[j], j) and not text.endswith("ed") and j == i - 1


def _is_owned(words: Sequence[Word], i: int, nouns: set[str]) -> bool:
    """Whether a word is what a table's rows have: "stores with a garden"."""
    j = i - 1
    while j > 0 and fold(words[j].text) in english.ARTICLES:
        j -= 1
    before = words[max(0, j - 1)]
    owner = j > 0 and (before.stem in nouns or fold(before.text) in english.RELATIVE)
    return owner and fold(words[j].text) in english.OWNING - {"by"} and not words[i].text.endswith("ed")


def _is_adverb(words: Sequence[Word], i: int, nouns: set[str]) -> bool:
    """Whether a word says how something happened to a table's rows: "orders that were shipped late"."""
    verb = fold(words[i - 1].text) if i > 1 else ""
    word = words[i].text
    if not verb.endswith("ed") or not word.islower() or fold(word) in english.SET_PHRASES:
        return False
    subject = words[i - 2]
    said_of = subject.stem in nouns or fold(subject.text) in english.BE | english.RELATIVE
    return said_of and (fold(word) in english.TIMELY or _may_narrow(words[i], i))


def _is_proper(words: Sequence[Word], i: int) -> bool:
    """Whether a word has its capital because it is a name; it tells nothing where most words have one."""
    text = words[i].text
    if not i or not text.isalpha() or not text.istitle() or len(text) < 3 or words[i - 1].text in ".?!:":
        return False
    capitals = sum(word.text[:1].isupper() for word in words)
    known = english.PLAIN | english.QUESTION | english.MONTHS.keys() | english.SHORT_MONTHS
    return 2 * capitals <= len(words) and fold(text) not in known
