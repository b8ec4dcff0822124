"""The greatest of each group, where a query gives the greatest of all: "the busiest hospital in each region".

A small model writes LIMIT 1 for it, whatever the question says of groups. Its order is taken as a rank
within each group instead, in which equals share a place. Works on the syntax tree.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlglot import exp

from sqloop.database.words import identifier_stems, split_text
from sqloop.generation.mending.asked.superlatives import limit_of, meant_by, says_number
from sqloop.generation.mending.paths import keys_between, name_of
from sqloop.generation.mending.scopes import Place, Scopes

_EACH = re.compile(
    r"\b(?:each|every)\b(?!\s*[,.;:?]|\s+(?:other|time|the|its|their|an?|with|and)\b)", re.IGNORECASE
)
_BESIDE = re.compile(
    r"(?:\b(?:with|and|plus|including|does|do|did|is|are|was|were|\w+ing)|"
    r"\b(?:with|and|plus|including)\b(?:(?!\w*est\b|\b(?:most|least|top|first|last)\b)[^,;.])*\bof)\W*$",
    re.IGNORECASE,
)
"""What stands before "each" where it says what else is shown: "and the name of each customer"."""
_BEHIND = 3
"""Words behind "each" among which the group is named: "each of our regions"."""

_OTHERWISE = ("with_", "distinct", "offset", "windows", "qualify")


def rank_in_groups(tree: exp.Query, question: str, scopes: Scopes) -> exp.Query:
    """``tree``, a query that answers ``question``, with one place, or several, for each group that is named.

    >>> import sqlglot
    >>> from sqloop.database.schema import Column, Schema, Table
    >>> columns = [Column(name, "TEXT", "text") for name in ("class", "name", "born")]
    >>> tree = sqlglot.parse_one("SELECT class, name FROM pupil ORDER BY born LIMIT 1")
    >>> scopes = Scopes(tree, Schema("sqlite", (Table("pupil", tuple(columns)),)))
    >>> rank_in_groups(tree, "Who is the oldest in each class?", scopes).sql()
    'SELECT t.class, t.name FROM (SELECT class, name, RANK() OVER (PARTITION BY class ORDER BY born) AS \
place FROM pupil) AS t WHERE t.place = 1 ORDER BY t.class, t.place'
    """
    each = _EACH.finditer(question)
    found = next((one for one in each if not _BESIDE.search(question[: one.start()])), None)
    if found is None or not isinstance(tree, exp.Select) or any(tree.args.get(part) for part in _OTHERWISE):
        return tree
    number, order = limit_of(tree), tree.args.get("order")
    if order is None or not (number == 1 or says_number(question, number)):
        return tree
    words = [word.stem for word in split_text(question[found.end() :])[:_BEHIND]]
    shown = [each.unalias() for each in tree.expressions]
    places = {
        i: place
        for i, each in enumerate(shown)
        if isinstance(each, exp.Column) and (place := scopes.place(each)) is not None and place.select is tree
    }
    named, whole = _find_named(words, places)
    others = [place for i, place in places.items() if i not in named]
    if not named or not others or all(_determines(places[named[0]], each, scopes) for each in others):
        return tree
    first = places[named[0]]
    if (whole and _is_of(first.source, order, scopes)) or any(
        shown[i] in order.find_all(exp.Column) for i in named
    ):
        return tree
    if tree.args.get("group") is None:
        alone = not whole or any(each.source == first.source for each in others)
        groups = [shown[i] for i in named] if alone else _key_of(first, tree, scopes)
        groups = [] if tree.find(exp.AggFunc) else groups
    else:
        wanted = None if whole else {places[i].column.name for i in named}
        groups = _grouped_by(tree, first.source, wanted, others, scopes)
    return rank(tree, [each.copy() for each in groups], named[0], number) if groups else tree


def _find_named(words: Sequence[str], places: dict[int, Place]) -> tuple[list[int], bool]:
    """Which of what is shown the first word names that names any, and whether by the name of its table."""
    for word in words:
        tables = [i for i, place in places.items() if word in identifier_stems(place.table.name)[-1:]]
        if tables:
            return tables, True
        columns = [i for i, place in places.items() if word in _words_of(place)]
        if columns:
            return columns, False
    return [], False


def _words_of(place: Place) -> set[str]:
    """The last word of a column's name, and of the table that it refers to."""
    referred = {key.referred_table for key in place.table.foreign_keys if key.columns == (place.column.name,)}
    return {stem for name in (place.column.name, *referred) for stem in identifier_stems(name)[-1:]}


def _is_of(source: str, order: exp.Expr, scopes: Scopes) -> bool:
    """Whether an order is by columns of one source alone, which are the same in each of its groups."""
    columns = list(order.find_all(exp.Column))
    places = [scopes.place(each) for each in columns]
    return bool(columns) and all(place is not None and place.source == source for place in places)


def _determines(group: Place, other: Place, scopes: Scopes) -> bool:
    """Whether each row of a group's table has one row of another's, so that it has no greatest of these."""
    if group.source == other.source:
        return (group.column.name,) == group.table.primary_key
    return bool(keys_between(group.table, other.table, scopes.schema))


def _key_of(place: Place, select: exp.Select, scopes: Scopes) -> Sequence[exp.Expr]:
    """The key of a table as it is read, or the column where it has none of one column."""
    key, source = place.table.primary_key, scopes.sources(select)[place.source].name
    name = key[0] if len(key) == 1 else place.column.name
    return [exp.Column(this=name_of(name, scopes.schema), table=source.copy())]


def _grouped_by(
    select: exp.Select, source: str, wanted: set[str] | None, others: Sequence[Place], scopes: Scopes
) -> Sequence[exp.Expr]:
    """What of GROUP BY tells the groups apart: the columns of a source, or those ``wanted`` of it.

    Nothing where that is all of it, or where another thing that is shown is folded.
    """
    expressions = select.args["group"].expressions
    places = [(each, scopes.place(each)) for each in expressions if isinstance(each, exp.Column)]
    known = [(each, place) for each, place in places if place is not None]
    ours = [
        each
        for each, place in known
        if place.source == source and (wanted is None or place.column.name in wanted)
    ]
    grouped = {(place.source, place.column.name) for _, place in known}
    apart = all(_is_grouped(each, grouped) for each in others)
    return ours if apart and len(ours) < len(expressions) else []


def _is_grouped(place: Place, grouped: set[tuple[str, str]]) -> bool:
    key = place.table.primary_key
    return (place.source, place.column.name) in grouped or (
        len(key) == 1 and (place.source, key[0]) in grouped
    )


def rank(select: exp.Select, groups: list[exp.Expr], named: int, number: int) -> exp.Select:
    """The rows of ``select`` that come first in its order in each of the ``groups``, up to place ``number``.

    They are ordered by what it shows as number ``named`` (from 0), and by their place.
    """
    keys = [_key(each, select) for each in select.args["order"].expressions]
    within = exp.Window(this=exp.Rank(), partition_by=groups, order=exp.Order(expressions=keys))
    inner = select.copy()
    inner.set("order", None)
    inner.set("limit", None)
    names = _names(inner.expressions)
    inner.set("expressions", [*inner.expressions, exp.alias_(within, "place")])
    outer = exp.select(*(exp.column(name.copy(), table="t") for name in names))
    outer = outer.from_(exp.Subquery(this=inner, alias=exp.TableAlias(this=exp.to_identifier("t"))))
    holds = exp.EQ if number == 1 else exp.LTE
    place = holds(this=exp.column("place", table="t"), expression=exp.Literal.number(number))
    order = exp.column(names[named].copy(), table="t"), exp.column("place", table="t")
    return outer.where(place, copy=False).order_by(*order, copy=False)


def _key(key: exp.Expr, select: exp.Select) -> exp.Expr:
    """A part of the order, with what it is called or numbered by put in its place."""
    key = key.copy()
    key.set("this", meant_by(key.this, select).copy())
    return key


def _names(shown: list[exp.Expr]) -> list[exp.Identifier]:
    """A name for each thing that is shown, each once; what has none, or that of another, is given one."""
    taken = {"place"}
    names: list[exp.Identifier] = []
    for i, each in enumerate(shown):
        name = each.args["alias"] if isinstance(each, exp.Alias) else each.this
        plain = isinstance(name, exp.Identifier)
        wanted = name.name if plain else each.key if isinstance(each, exp.AggFunc) else "value"
        free = next(
            text for text in (wanted, *(f"{wanted}_{n}" for n in range(2, 99))) if text.lower() not in taken
        )
        taken.add(free.lower())
        identifier = exp.to_identifier(free, quoted=bool(plain and name.args.get("quoted")))
        if free != each.output_name or not plain:
            shown[i] = exp.alias_(each.unalias().copy(), identifier.copy())
        names.append(identifier)
    return names
