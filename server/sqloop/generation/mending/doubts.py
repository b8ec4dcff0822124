"""Queries that run and cannot be meant: refused with the reason, which the model is shown in its next try."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from sqlglot import exp

from sqloop import english
from sqloop.database.schema import ColumnName, Schema
from sqloop.database.words import fold, identifier_words
from sqloop.generation.mending.day_texts import is_taken_for_day
from sqloop.generation.mending.paths import keys_between
from sqloop.generation.mending.scopes import Place, Scopes, conjuncts

_NUMERIC = (exp.Avg, exp.Sum)
_ORDERS = (exp.GT, exp.GTE, exp.LT, exp.LTE)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_YEARS = range(1800, 2201)
_FIRST_DAY = 18000101
"""Numbers that may stand for a year, and from which on one may stand for a day."""
_HAS_YEAR = re.compile(r"(?:1[5-9]|2\d)\d\d|\d\d?[/.-]\d\d?[/.-]\d\d")
_TIME = re.compile(r"\d\d?:\d\d")
_AMOUNT = re.compile(r"\d+(?:\.\d+)?\s?[^\W\d]+")
"""Such as "72 kg", of which an engine takes the number where it takes it at all."""
_ASKS_DAY = re.compile(r"%[YmdjWwuFGUV]")


def find_doubt(tree: exp.Expr, schema: Schema) -> str | None:
    """What is wrong with ``tree``, a query on ``schema``, in the words of an error; None where nothing is."""
    scopes = Scopes(tree, schema)
    comparisons = tree.find_all(exp.EQ, exp.NEQ, exp.In, exp.Like)
    days = (column for column in tree.find_all(exp.Column) if is_taken_for_day(column))
    doubts = chain(
        (_doubt_columns(each, scopes) for each in tree.find_all(exp.EQ, exp.NEQ)),
        (_doubt_both(each, scopes) for each in scopes.selects),
        (_doubt_value(each, place) for each, place in _placed(comparisons, scopes)),
        (_doubt_number(each, place) for each, place in _placed(tree.find_all(*_ORDERS), scopes)),
        (_doubt_day(each, place) for each in days if (place := scopes.place(each))),
        (_doubt_sum(each, place) for each, place in _placed(tree.find_all(*_NUMERIC), scopes)),
    )
    return next(filter(None, doubts), None)


def _placed(nodes: Iterable[exp.Expr], scopes: Scopes) -> Iterator[tuple[exp.Expr, Place]]:
    """Those that are about a column, with where it comes from."""
    for node in nodes:
        place = scopes.place(node.this) if isinstance(node.this, exp.Column) else None
        if place is not None:
            yield node, place


def _doubt_columns(equal: exp.Expr, scopes: Scopes) -> str | None:
    sides = (equal.this, equal.expression)
    left, right = (scopes.place(each) if isinstance(each, exp.Column) else None for each in sides)
    return doubt_equal(left, right, scopes.schema) if left is not None and right is not None else None


def doubt_equal(left: Place, right: Place, schema: Schema) -> str | None:
    """Why two columns cannot be meant to be compared; None where they can."""
    names = f"{left.table.name}.{left.column.name}", f"{right.table.name}.{right.column.name}"
    if (left.select, left.source, left.column) == (right.select, right.source, right.column):
        return f"{names[0]} is compared with itself"
    meant = _referents(left, schema), _referents(right, schema)
    alike = left.column.name.lower() == right.column.name.lower() and not _has_key(left, right, schema)
    if all(meant) and not meant[0] & meant[1] and not alike:
        return f"{names[0]} and {names[1]} are keys of different things"
    for number, text in ((left.column, right.column), (right.column, left.column)):
        kinds = number.kind, text.kind
        if kinds == ("number", "text") and text.samples and not any(map(_is_number, text.samples)):
            return f"{names[0]} and {names[1]}: one is a number, the other such as '{text.samples[0]}'"
    return None


def _doubt_both(select: exp.Select, scopes: Scopes) -> str | None:
    """Two columns are to be equal and unequal, or a column two values at once: no row is both."""
    joins = [join for join in select.args.get("joins") or [] if not join.side]  # Others keep what fails.
    conditions = [select.args.get("where"), *(join.args.get("on") for join in joins)]
    tests = [test for each in conditions if each is not None for test in _conjuncts(each)]
    equal: dict[frozenset[_Read], exp.Expr] = {}
    given: dict[_Read, exp.Expr] = {}
    for test in sorted(tests, key=lambda each: not isinstance(each, exp.EQ)):
        if not isinstance(test, exp.EQ | exp.NEQ):
            continue
        left, right = _read(test.this, scopes), _read(test.expression, scopes)
        if left is not None and right is not None:
            before = equal.setdefault(frozenset((left, right)), test)
            if type(before) is not type(test):
                return f"{before.sql()} and {test.sql()}: no row is both"
        elif left is not None and isinstance(test, exp.EQ) and test.expression.is_string:
            before = given.setdefault(left, test)
            if fold(before.expression.name) != fold(test.expression.name):
                return f"{before.sql()} and {test.sql()}: no row is both"
    return None


def _conjuncts(condition: exp.Expr) -> list[exp.Expr]:
    return conjuncts((condition.this if isinstance(condition, exp.Where) else condition).unnest())


_Read = tuple[int, str, str]
"""A column as some query reads it."""


def _read(node: exp.Expr, scopes: Scopes) -> _Read | None:
    place = scopes.place(node) if isinstance(node, exp.Column) else None
    return (id(place.select), place.source, place.column.name) if place is not None else None


def _has_key(left: Place, right: Place, schema: Schema) -> bool:
    """Whether one table refers to the other, so that ``line.id = orders.id`` is a slip."""
    return bool(
        keys_between(left.table, right.table, schema) or keys_between(right.table, left.table, schema)
    )


def _referents(place: Place, schema: Schema) -> frozenset[ColumnName]:
    """The keys that a column is, or refers to; none where it is no key."""
    start = (place.table, place.column.name)
    agenda, seen, found = [start], set(), set()
    while agenda:
        table, name = agenda.pop()
        if (table.name, name) in seen:
            continue
        seen.add((table.name, name))
        if (name,) == table.primary_key:
            found.add((table.name, name))
        for key in table.foreign_keys:
            referred = schema.table(key.referred_table)
            if name in key.columns and referred is not None:
                other = referred.column(key.referred_columns[key.columns.index(name)])
                if other is not None:
                    found.add((referred.name, other.name))
                    agenda.append((referred, other.name))
    return frozenset(found)


def _doubt_value(comparison: exp.Expr, place: Place) -> str | None:
    """A key that is a number is held against what something is called."""
    table, column = place.table, place.column
    if column.kind != "number" or not _is_key(place):
        return None
    values = comparison.expressions if isinstance(comparison, exp.In) else [comparison.expression]
    said = [each.name for each in values if isinstance(each, exp.Literal) and each.is_string]
    text = next((each for each in said if not _is_number(each.strip("%"))), None)
    if text is None:
        return None
    return f"{table.name}.{column.name} is a number, '{text}' is none: compare the column that holds it"


def _doubt_number(comparison: exp.Expr, place: Place) -> str | None:
    """A day is held against a number that is neither a year nor a day, such as an amount."""
    column, value = place.column, comparison.expression
    days = [each for each in column.samples if _DAY.match(each)]
    if not isinstance(value, exp.Literal) or value.is_string or not days or len(days) < len(column.samples):
        return None
    number = float(value.name)
    if number in _YEARS or number >= _FIRST_DAY:
        return None
    return f"{place.table.name}.{column.name} holds days such as '{days[0]}', and {value.name} is none"


def _doubt_day(column: exp.Column, place: Place) -> str | None:
    """A function of dates takes what holds none: SQLite makes NULL of it, or a day of numbers."""
    samples = place.column.samples
    function = column.find_ancestor(exp.TimeToStr, exp.Anonymous)
    said = [each.name for each in function.find_all(exp.Literal)] if function is not None else []
    if not samples or any(map(_HAS_YEAR.search, samples)) or {"unixepoch", "auto", "julianday"} & set(said):
        return None
    if any(map(_TIME.match, samples)) and not any(map(_ASKS_DAY.search, said)):
        return None
    return f"{place.table.name}.{place.column.name} holds no dates but such as '{samples[0]}'"


def _is_key(place: Place) -> bool:
    keys = {name for key in place.table.foreign_keys for name in key.columns}
    return (place.column.name,) == place.table.primary_key or place.column.name in keys


def _is_scale(place: Place) -> bool:
    """Whether a key is a number that means something, such as a priority: no word of it says key."""
    own = (place.column.name,) == place.table.primary_key
    return not own and english.KEY_WORDS.isdisjoint(identifier_words(place.column.name))


def _doubt_sum(function: exp.Expr, place: Place) -> str | None:
    column, table = place.column, place.table
    name = f"{table.name}.{column.name}"
    if column.kind == "text" and column.samples and not any(map(_holds_amount, column.samples)):
        return f"{function.key.upper()} of {name}, which is text"
    if column.kind == "number" and _is_key(place) and not _is_scale(place):
        return f"{function.key.upper()} of {name}, which is a key"
    return None


def _holds_amount(text: str) -> bool:
    return _is_number(text) or _AMOUNT.fullmatch(text) is not None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
