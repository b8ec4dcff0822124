"""Rows that a join repeats, counted once: "how many users have orders" asks for users."""

from __future__ import annotations

import re

from sqlglot import exp

from sqloop import english
from sqloop.database.schema import Table
from sqloop.database.words import identifier_stems, split_text
from sqloop.generation.mending.paths import keys_between, name_of
from sqloop.generation.mending.scopes import Scopes, Sources

HOW_MANY = re.compile(
    r"\W*(?:how many|(?:the |what is the )?(?:total )?(?:number|count) of)\b", re.IGNORECASE
)
EACH = re.compile(r"\b(?:each|per|every|by|respective(?:ly)?)\b", re.IGNORECASE)

COUNTED = re.compile(r"\b(?:how many|(?:number|count) of|most|fewest)\b", re.IGNORECASE)
"""What stands before the thing that is counted."""

_HAPPENED = re.compile(
    r"\b(?:was|were|been|did|do|does|got|times)\b|"
    r"\b(?:has|had)\s+(?:\w+\s+\d+\s+|(?:(?-i:[A-Z])\w*\s+)+)\w+(?:ed|en|old|ought)\b",
    re.IGNORECASE,
)
"""Words that make a count one of events: "how many phones were sold", "how many has Ann bought"."""


def count_once(tree: exp.Expr, question: str, scopes: Scopes) -> None:
    """Count the rows of the table that is asked for, where the query counts them for each row of another.

    >>> import sqlglot
    >>> from sqloop.database.schema import Column, ForeignKey, Schema
    >>> nr, user = (Column(name, "INT", "number") for name in ("id", "user_id"))
    >>> orders = Table("orders", (nr, user), ("id",), (ForeignKey(("user_id",), "users", ("id",)),))
    >>> schema = Schema("sqlite", (Table("users", (nr,), ("id",)), orders))
    >>> tree = sqlglot.parse_one("SELECT COUNT(*) FROM users AS u JOIN orders AS o ON o.user_id = u.id")
    >>> count_once(tree, "How many users have orders?", Scopes(tree, schema))
    >>> tree.sql()
    'SELECT COUNT(DISTINCT u.id) FROM users AS u JOIN orders AS o ON o.user_id = u.id'
    """
    asked = HOW_MANY.match(question)
    if (
        asked is None
        or EACH.search(question)
        or _HAPPENED.search(question)
        or not isinstance(tree, exp.Select)
        or len(tree.expressions) != 1
    ):
        return
    count = tree.expressions[0].unalias()
    if not isinstance(count, exp.Count) or any(
        tree.args.get(part) for part in ("group", "distinct", "having")
    ):
        return
    own = scopes.sources(tree)
    tables = [source.table for source in own.values()]
    meant = first_named(question[asked.end() :], scopes, several=True)
    if meant is None or len(meant.primary_key) != 1:
        return
    if isinstance(count.this, exp.Column):
        _count_values_once(count, meant, scopes)
    if not isinstance(count.this, exp.Star) or tables.count(meant) != 1:
        return
    if any(
        other is not None and other is not meant and keys_between(other, meant, scopes.schema)
        for other in tables
    ):
        _count(count, meant, own, scopes)


def first_named(text: str, scopes: Scopes, *, several: bool = False) -> Table | None:
    """The table whose last word stands first, with two words before it at most: "how many late orders".

    Of "customer orders" it is the orders. Where ``several`` are asked for, a noun in the singular only says
    which: "how many patient visits".
    """
    nouns = {stems[-1]: table for table in scopes.schema.tables if (stems := identifier_stems(table.name))}
    words = split_text(text)
    for word, behind in zip(words[:3], [*words[1:4], None], strict=False):
        table = nouns.get(word.stem)
        if table is not None and not (behind and nouns.get(behind.stem, table) is not table):
            return table if not several or english.is_plural(word.text) else None
    return None


def first_counted(question: str, scopes: Scopes) -> Table | None:
    """The table of which the question counts rows; None where it is none, or not certain which.

    >>> from sqloop.database.schema import Schema
    >>> tree = exp.select("1")
    >>> scopes = Scopes(tree, Schema("sqlite", (Table("orders", ()), Table("user", ()))))
    >>> [first_counted(each, scopes) is not None for each in ("users by number of orders", "all users")]
    [True, False]
    """
    asked = COUNTED.search(question)
    return first_named(question[asked.end() :], scopes, several=True) if asked is not None else None


def _count_values_once(count: exp.Count, meant: Table, scopes: Scopes) -> None:
    """Count a key of the table that is meant once: `COUNT(user_id)` of orders, or of users joined to them."""
    place = scopes.place(count.this)
    if place is None:
        return
    refers = any(
        key.columns == (place.column.name,) and scopes.schema.table(key.referred_table) is meant
        for key in place.table.foreign_keys
    )
    repeated = any(
        source.table is not None and keys_between(source.table, meant, scopes.schema)
        for source in scopes.sources(place.select).values()
    )
    own = place.table is meant and meant.primary_key == (place.column.name,)
    if (place.table is not meant and refers) or (own and repeated):
        count.set("this", exp.Distinct(expressions=[count.this.copy()]))


def _count(count: exp.Count, meant: Table, own: Sources, scopes: Scopes) -> None:
    source = next(each for each in own.values() if each.table is meant)
    key = exp.Column(this=name_of(meant.primary_key[0], scopes.schema), table=source.name.copy())
    count.set("this", exp.Distinct(expressions=[key]))
