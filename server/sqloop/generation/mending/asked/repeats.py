"""Rows that a join repeats, shown once: "which customers ordered tea" asks for customers, not for orders."""

from __future__ import annotations

import re

from sqlglot import exp

from sqloop.database.schema import Table
from sqloop.database.words import identifier_stems, split_text
from sqloop.generation.mending.asked.counting import first_named
from sqloop.generation.mending.scopes import Scopes

_WHICH = re.compile(r"\W*(?:of\b.*,\s*)?which\b", re.IGNORECASE)
_WHOLE = ("group", "having", "limit", "offset", "distinct", "order")

_UNEQUAL = frozenset("json xml point polygon line path".split())
"""Types of PostgreSQL whose values it cannot tell apart, so that DISTINCT fails."""


def show_once(tree: exp.Expr, question: str, scopes: Scopes) -> None:
    """Show what "which" asks for once, where rows that refer to it are joined to it; in place.

    >>> import sqlglot
    >>> from sqloop.database.schema import Column, ForeignKey, Schema
    >>> nr, name, user = (Column(name, "TEXT", "text") for name in ("id", "name", "user_id"))
    >>> orders = Table("orders", (nr, user), ("id",), (ForeignKey(("user_id",), "users", ("id",)),))
    >>> schema = Schema("sqlite", (Table("users", (nr, name), ("id",)), orders))
    >>> tree = sqlglot.parse_one("SELECT u.name FROM users AS u JOIN orders AS o ON o.user_id = u.id")
    >>> show_once(tree, "Which users have orders?", Scopes(tree, schema))
    >>> tree.sql()
    'SELECT DISTINCT u.name FROM users AS u JOIN orders AS o ON o.user_id = u.id'
    """
    asked = _WHICH.match(question)
    if asked is None or not isinstance(tree, exp.Select) or any(tree.args.get(part) for part in _WHOLE):
        return
    shown = _shown_table(tree, scopes)
    named = question[asked.end() :]
    if shown is None or not (first_named(named, scopes) is shown or _names_column(named, tree)):
        return
    others = [source.table for source in scopes.sources(tree).values() if source.table is not shown]
    if any(
        key.referred_table.lower() == shown.name.lower()
        for other in others
        if other is not None
        for key in other.foreign_keys
    ):
        tree.set("distinct", exp.Distinct())


def _names_column(named: str, select: exp.Select) -> bool:
    """Whether the first word is what a column that is shown is called by: "which plates", `plate_no`."""
    first = {word.stem for word in split_text(named)[:1]}
    return any(first.intersection(identifier_stems(each.unalias().name)) for each in select.expressions)


def _shown_table(select: exp.Select, scopes: Scopes) -> Table | None:
    """The table of which columns are shown, where it is one, nothing else is, and they can be compared."""
    places = [
        scopes.place(column) if isinstance(column := each.unalias(), exp.Column) else None
        for each in select.expressions
    ]
    if any(place is None or place.column.type.lower() in _UNEQUAL for place in places):
        return None
    sources = {(place.source, place.table) for place in places if place}
    return sources.pop()[1] if len(sources) == 1 else None
