"""When two answers are the same: the one definition for ranking, feedback, training and evaluation.

An answer is a bag of rows, after the execution accuracy of Spider's test suites (arXiv 2010.02840):

- the order of rows counts only when asked for; repeated rows always count;
- column names do not count, nor does the order of columns: (first name, last name) answers as well as
  (last name, first name);
- no rows is one answer, however many columns it would have had;
- a truncated answer is the same only as a truncated one whose fetched rows are the same: of the rest nothing
  is known, so this errs towards different;
- a failed outcome has no answer and is the same as nothing, itself included.

Cells: NULL is NULL only; bytes and text differ; text is compared as it is, case and blanks included. Numbers
are compared by value whatever their type, rounded to nine significant digits so that the noise of sums and
averages does not count. Text that spells an integer just as a number would print (``'2024'``, not ``'007'``
or ``'1.50'``) is that integer: ``strftime('%Y', …)`` and ``YEAR(…)`` give the same answer to a reader.

Everything goes through a canonical form, so that "same" is an equivalence and answers can be grouped by hash.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Hashable, Iterable
from itertools import groupby, permutations, product

from sqloop.database.outcome import Outcome, Value

Cell = tuple[int, int | float | str | bytes]
"""Rank of the type, and the value: cells of different types can be ordered."""

Line = tuple[Cell, ...]

NOISE = 1e-9
"""Relative above 1, absolute below: half of what a float keeps, far above what sums lose."""

MOST_ARRANGEMENTS = 720
"""Orders of columns with equal content that are tried; beyond it the given order of columns stands."""

INTEGER = re.compile(r"-?[1-9][0-9]{0,17}|0")


def same_answer(a: Outcome, b: Outcome, ordered: bool = False) -> bool:
    """Whether both ran and gave the same answer; with ``ordered`` in the same order of rows.

    >>> same_answer(Outcome("ok", rows=((1, "x"), (2, "y"))), Outcome("ok", rows=(("y", 2.0), ("x", 1.0))))
    True
    >>> same_answer(Outcome("ok", rows=((1,), (2,))), Outcome("ok", rows=((2,), (1,))), ordered=True)
    False
    >>> same_answer(Outcome("error"), Outcome("error"))
    False
    """
    if a.status != "ok" or b.status != "ok" or len(a.rows) != len(b.rows):
        return False
    return answer_key(a, ordered) == answer_key(b, ordered)


def answer_key(outcome: Outcome, ordered: bool = False) -> Hashable:
    """A key that equals another's exactly when the answers are the same.

    Raises ValueError for an outcome that is not ``ok``: it has no answer.

    >>> answer_key(Outcome("ok", rows=((0.1 + 0.2,),))) == answer_key(Outcome("ok", rows=((0.3,),)))
    True
    """
    if outcome.status != "ok":
        raise ValueError(f"An outcome that is {outcome.status} has no answer.")
    if not outcome.rows:
        return (outcome.truncated, ())
    columns = [tuple(map(_cell, column)) for column in zip(*outcome.rows, strict=True)]
    rows = tuple(zip(*sorted(columns), strict=True)) if ordered else _canonical_bag(columns)
    return (outcome.truncated, rows)


def row_key(row: tuple[Value, ...]) -> Hashable:
    """A key that equals another's when the rows hold the same cells, in whatever order of columns.

    >>> row_key(("2024", 1.0, None)) == row_key((None, 1, 2024))
    True
    """
    return tuple(sorted(map(_cell, row)))


def _cell(value: Value) -> Cell:
    if value is None:
        return (0, 0)
    if isinstance(value, bytes):
        return (3, value)
    if isinstance(value, str):
        return (1, int(value)) if INTEGER.fullmatch(value) else (2, value)
    return (1, _number(value))


def _number(value: int | float) -> int | float:
    """Integers as they are; floats as the integer that they are within noise, else rounded.

    >>> _number(2.9999999999996), _number(1 / 3), _number(-0.0)
    (3, 0.333333333, 0)
    """
    if isinstance(value, int):
        return int(value)
    if not math.isfinite(value):
        # Not a number is unequal to itself; an answer that holds it still is the same as itself.
        return math.inf if math.isnan(value) else value
    nearest = round(value)
    if abs(value - nearest) <= NOISE * max(1.0, abs(value)):
        return nearest
    return float(f"{value:.9g}")


def _canonical_bag(columns: list[Line]) -> tuple[Line, ...]:
    """The sorted rows, with the columns in an order that depends on nothing but their content.

    Columns are ordered by the bag of their cells. Where different columns hold equal bags, the order that
    gives the least table is taken: exact, and rare enough to be cheap.
    """
    bags = sorted(((tuple(sorted(column)), column) for column in columns), key=lambda each: each[0])
    ties = [Counter(column for _, column in tie) for _, tie in groupby(bags, key=lambda each: each[0])]
    if math.prod(math.factorial(len(tie)) for tie in ties) > MOST_ARRANGEMENTS:
        return _bag(column for tie in ties for column in tie.elements())
    orders = product(*(permutations(tie.items()) for tie in ties))
    return min(_bag(column for tie in order for column, n in tie for _ in range(n)) for order in orders)


def _bag(columns: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(sorted(zip(*columns, strict=True)))
