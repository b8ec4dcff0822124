"""What was there on the last day of each group: "the latest reading of each gauge, and the level then".

A small model asks for the greatest of both, the day and the level, which need not belong together. The rows
of the last day are taken instead. Works on the syntax tree.
"""

from __future__ import annotations

import re

from sqlglot import exp

from sqloop.generation.mending.asked.groupwise import rank
from sqloop.generation.mending.asked.superlatives import ONE_END, is_day
from sqloop.generation.mending.scopes import Scopes

_FIRST = re.compile(r"(?:earliest|oldest|first|longest)\b", re.IGNORECASE)
_OTHER_END = re.compile(r"\b(?:[a-z]{3,}est|most|least|max\w*|min\w*|top|peak|record|up to)\b", re.IGNORECASE)
"""What may ask for the greatest or least of something else."""

_WHOLE = ("having", "limit", "order", "distinct", "with_", "offset", "windows", "qualify")


def take_the_last(tree: exp.Query, question: str, scopes: Scopes) -> exp.Query:
    """``tree``, a query that answers ``question``, with the rows of the last or first day of each group.

    >>> import sqlglot
    >>> from sqloop.database.schema import Column, Schema, Table
    >>> level, day = Column("level", "REAL", "number"), Column("day", "DATE", "date")
    >>> schema = Schema("sqlite", (Table("reading", (Column("gauge", "TEXT", "text"), day, level)),))
    >>> for question in ("Latest day and level of each gauge", "Latest day and highest level of each gauge"):
    ...     tree = sqlglot.parse_one("SELECT gauge, MAX(day), MAX(level) FROM reading GROUP BY gauge")
    ...     take_the_last(tree, question, Scopes(tree, schema)).sql()
    'SELECT t.gauge, t.day, t.level FROM (SELECT gauge, day, level, RANK() OVER (PARTITION BY gauge \
ORDER BY day DESC) AS place FROM reading) AS t WHERE t.place = 1 ORDER BY t.gauge, t.place'
    'SELECT gauge, MAX(day), MAX(level) FROM reading GROUP BY gauge'
    """
    ends = {_FIRST.match(found[0]) is None for found in ONE_END.finditer(question)}
    group = tree.args.get("group")
    if len(ends) != 1 or group is None or not isinstance(tree, exp.Select):
        return tree
    (last,) = ends
    if any(tree.args.get(part) for part in _WHOLE):
        return tree
    if _OTHER_END.search(ONE_END.sub("", question)):
        return tree
    end = exp.Max if last else exp.Min
    shown = [each.unalias() for each in tree.expressions]
    folded = [each for each in shown if each.find(exp.AggFunc)]
    if len(folded) < 2 or not all(
        isinstance(each, end) and isinstance(each.this, exp.Column) for each in folded
    ):
        return tree
    places = [scopes.place(each.this) for each in folded]
    days = [each for each, place in zip(folded, places, strict=True) if place and is_day(place.column)]
    if len(days) != 1 or None in places or len({place.source for place in places if place}) > 1:
        return tree
    groups = [each.copy() for each in group.expressions]
    if not all(isinstance(each, exp.Column) for each in groups):
        return tree
    order = exp.Ordered(this=days[0].this.copy(), desc=last, nulls_first=False)
    for each in folded:
        each.replace(each.this.copy())
    tree.set("group", None)
    tree.set("order", exp.Order(expressions=[order]))
    return rank(tree, groups, 0, 1)
