"""What a question asks for by its form and a query has nothing for: numbers, denials, groups, orders.

Where `sqloop.linking.narrowing` goes by the place of a word, this goes by what a query cannot be without:
"less than 3" needs a number, "last year" a day, "not cancelled" a denial, "per month" a group, "the 5 newest"
an order. All of it measured on gold SQL, in which nothing is missing (docs/experiments.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, takewhile, zip_longest

from sqlglot import exp

from sqloop import english
from sqloop.database.words import Word, fold, split_name
from sqloop.linking.akin import are_akin
from sqloop.linking.narrowing import says_much, tells
from sqloop.linking.said_query import SaidQuery, Stands

_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_DAY = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)?")
_UNITS = (1, 10, 100, 1000, 0.01)
"""What a number may be multiplied by in a query: cents, metres, percent."""


_COUNTING = english.TIMES.union(english.NUMBERS, english.PERIODS, english.SUPERLATIVES)
"""What a quantity that is no name begins with, or counts."""


def find_unsaid(words: Sequence[Word], query: SaidQuery, others: Stands) -> Iterator[Word]:
    """All of it; ``others`` is what in the query may stand for words that it has not."""
    yield from _find_numbers(words, query)
    yield from _find_groups(words, query)
    yield from _find_orders(words, query)
    yield from _find_repeated(words, query)
    yield from _find_bounds(words, query)
    if not others.parts:
        yield from _find_periods(words, query)
    if not others.values:
        yield from _find_denials(words, query)


def _find_numbers(words: Sequence[Word], query: SaidQuery) -> Iterator[Word]:
    """The 30 of "older than 30 days", where no number of the query is it or may stand for it."""
    said = [(word, value) for i, word in enumerate(words) if (value := _read_number(words, i))]
    held = _numbers(query.tree.find_all(exp.Literal, exp.Identifier))
    missing = [word for word, value in said if not _is_held(value, held)]
    known = {value for _, value in said}
    others = _numbers(_compared(query.tree)) - {unit * value for unit in _UNITS for value in known}
    if len(missing) > len(others) + query.relations:
        yield from missing


def _read_number(words: Sequence[Word], i: int) -> float:
    """What a number by itself is, no part of "A4" or 2023/24; 0 of one that need not be counted."""
    text, before = fold(words[i].text), fold(words[i - 1].text) if i else ""
    here, around = words[i], words[max(0, i - 1) : i + 2]
    joined = [each.text for each in around if each.end == here.start or each.start == here.end]
    if text[0].isdigit():
        digits = text.replace(",", "")
        part = digits.count(".") > 1 or any(each[0].isalpha() or each in "-/#_" for each in joined)
        value = 0 if part else float(digits)
    else:
        value = english.NUMBERS.get(text, 0) if before in english.BOUNDS else 0
    return value if before != "nearest" and (value > 1 or before == "than") else 0


def _numbers(nodes: Iterable[exp.Expr]) -> set[float]:
    found: set[float] = set()
    for node in nodes:
        for text in _DIGITS.findall(node.name):
            day = _DAY.fullmatch(text)
            found |= {float(text), *(float(part) for part in (day.groups() if day else ()) if part)}
    return found


def _is_held(value: float, held: set[float]) -> bool:
    """Whether it is there, the next to it (``> 2009`` for ``>= 2010``), or it in another unit."""
    return any(abs(each - value) <= 1 or each in (unit * value for unit in _UNITS) for each in held)


def _compared(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Literals of conditions and limits, and factors, without those that cut a text or turn a unit."""
    for each in tree.find_all(exp.Literal):
        inner = each.find_ancestor(exp.Predicate, exp.In, exp.Limit, exp.Offset, exp.Select)
        factor = each.is_number and float(each.name) % 1
        if (factor or not isinstance(inner, exp.Select)) and not isinstance(each.parent, exp.Substring):
            yield each


def _find_bounds(words: Sequence[Word], query: SaidQuery) -> Iterator[Word]:
    """The "margin" of "below the margin", where a query has no such name and compares no two columns."""
    if query.relations:
        return
    for i, word in enumerate(words):
        before = fold(words[i - 1].text) if i else ""
        if fold(word.text) not in english.COMPARING or before in ("rather", "other"):
            continue
        behind = words[i + 1 : i + 5]
        if behind and fold(behind[0].text) in ("a", "an"):
            continue  # "more than a fiver": how much, in words.
        named = [each for each in behind if fold(each.text) not in english.ARTICLES]
        phrase = list(takewhile(lambda each: tells(each.text), named))
        if any(fold(each.text) in _COUNTING or each.text[0].isdigit() for each in phrase):
            continue
        if phrase and not any(_is_said(each, query) for each in named):
            text = " ".join(each.text for each in phrase)
            yield Word(text, phrase[0].start, phrase[-1].end, phrase[-1].stem)


def _find_groups(words: Sequence[Word], query: SaidQuery) -> Iterator[Word]:
    """The "each campus" and "per year" of which a query gives one row for all.

    An average, or a share, may be over each that it names.
    """
    select = query.tree
    if not isinstance(select, exp.Select) or select.find(exp.Group, exp.Window):
        return
    if not any(
        each.parent_select is select for part in select.selects for each in part.find_all(exp.AggFunc)
    ):
        return
    shares = any(each.expression.find(exp.AggFunc) for each in select.find_all(exp.Div))
    averages = shares or select.find(exp.Avg) is not None
    for i, (word, noun) in enumerate(pairwise(words)):
        lead, text = fold(word.text), fold(noun.text)
        known = query.is_known(noun) or text in english.PERIODS
        if lead == "by":
            behind = words[i + 2].text if i + 2 < len(words) else "?"
            ends = not behind[0].isalpha() or fold(behind) in ("and", "in", "for", "from")
            before = words[i - 1].text if i else ""
            asks = (
                known and ends and not english.is_plural(noun.text) and not before.endswith(("ed", "en", "("))
            )
        else:
            asks = (lead == "per" and known) or (lead in english.EACH and not _is_said(word, query))
        named = lead == "per" and any(fold(noun.text) in name for name in query.names)  # hoursperweek
        said = named or (averages and _is_said(noun, query)) or (shares and lead == "per")
        if asks and noun.text.isalpha() and not said:
            yield Word(f"{word.text} {noun.text}", word.start, noun.end, noun.stem)


def _find_orders(words: Sequence[Word], query: SaidQuery) -> Iterator[Word]:
    """The "longest", "sorted" and "top 3", where a query orders nothing and takes no end of anything."""
    if query.tree.find(exp.Order, exp.Max, exp.Min, exp.Window, exp.Greatest, exp.Least):
        return
    for i, (word, after) in enumerate(zip_longest(words, words[1:])):
        text = fold(word.text)
        near = {fold(each.text) for each in words[max(0, i - 2) : i]}
        ends = text in english.SUPERLATIVES and near.isdisjoint(("at", "to"))
        if (ends or text in english.SORTED) and not _is_said(word, query):
            yield word
            continue
        counts = after and text in english.ENDMOST and after.text.isdigit()
        counts = counts and not _is_timed(words[i + 2 : i + 3])
        one = after and text in ("last", "latest") and after.stem in query.nouns and text not in query.said
        if after and (counts or one):
            yield Word(f"{word.text} {after.text}", word.start, after.end, after.stem)


def _is_timed(words: Sequence[Word]) -> bool:
    return any(fold(word.text).removesuffix("s") in english.PERIODS for word in words)


def _find_repeated(words: Sequence[Word], query: SaidQuery) -> Iterator[Word]:
    """The "different" of values that a query counts or lists as often as they occur."""
    if query.relations or query.tree.find(exp.Distinct, exp.Group, exp.SetOperation, exp.Window):
        return
    shown = {part for each in query.shown for part in each}
    for word, after in zip_longest(words, words[1:]):
        once = fold(word.text) in english.ONCE and after and after.stem in shown
        if once or (fold(word.text) in ("duplicates", "repeats") and shown):
            yield word


def _find_periods(words: Sequence[Word], query: SaidQuery) -> Iterator[Word]:
    """The "last year" and the "March" of a query that compares nothing with a day."""
    clocks = exp.CurrentDate, exp.CurrentTimestamp
    if (
        _numbers(_compared(query.tree))
        or query.tree.find(*clocks, exp.Window)
        or "now" in map(fold, query.texts)
    ):
        return
    for word, after in pairwise(words):
        text, then = fold(word.text), fold(after.text)
        near = text in english.NEAR and then in english.LONG_PERIODS
        if (
            text in english.DURING
            and then in english.MONTHS
            and not any(then[:3] in each for each in query.said)
        ):
            yield after
        elif near and not {word.stem, after.stem} <= query.said:
            yield Word(f"{word.text} {after.text}", word.start, after.end, after.stem)


_DENIED = re.compile(r"(?:is|are|was|were|do|does|did|has|have|had)n'?t|not|never|without|no")
_LEAVING_OUT = frozenset("left leave leaving skip ignore ignoring exclude excluding".split())


def _find_denials(words: Sequence[Word], query: SaidQuery) -> Iterator[Word]:
    """The "not cancelled" of which a query asks for the opposite, or for all."""
    texts = [fold(each.text) for each in words]
    if query.denies or not _LEAVING_OUT.isdisjoint(texts):
        return
    for i, text in enumerate(texts):
        reach = 2 if text == "no" else 4
        after = next((each for each in words[i + 1 : i + reach] if says_much(each.text)), None)
        if text == "never" and after is None:
            yield words[i]
        if (
            after is None
            or after.stem in ("duplic", "repeat")
            or not _DENIED.fullmatch(text)
            or any(text in split_name(name) for name in query.names)
        ):
            continue
        if texts[i + 1] not in english.NOT_DENIED:
            yield Word(f"{words[i].text} {after.text}", words[i].start, after.end, after.stem)


def _is_said(word: Word, query: SaidQuery) -> bool:
    return any(are_akin(word.stem, other) for other in query.said)
