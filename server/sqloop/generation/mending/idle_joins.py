"""Joins that nothing of the answer is taken from: they lose rows, or repeat what they do not mean to.

`SELECT song.price FROM song JOIN album ON album.id = song.album_id` loses the songs without an album, though
nothing is asked of albums: such a join is left out. `SELECT user.name FROM user JOIN orders ON orders.user_id
= user.id` shows a user once for each of their orders: such a join becomes the condition that it stands for,
which keeps one row a user, and two users of the same name. `SELECT town, COUNT(*) FROM user JOIN orders …
GROUP BY town` counts orders: where the question counts users and says nothing more, the join is left out.
Works on the syntax tree, in place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace

from sqlglot import exp

from sqloop import english
from sqloop.database.words import fold, identifier_stems, split_text
from sqloop.generation.mending.asked.counting import first_named
from sqloop.generation.mending.doubts import doubt_equal
from sqloop.generation.mending.scopes import Place, Scopes, tables_of

_NEAR = 4
"""Letters that a word has in common with what it may be short for: dept, department."""

_COUNTED = re.compile(r"\b(?:how many|(?:number|count) of|most|fewest)\b", re.IGNORECASE)
"""What stands before the thing that is counted."""

_REPEATED = (exp.Count, exp.Sum, exp.Avg)


def mend_idle_joins(tree: exp.Expr, scopes: Scopes) -> None:
    """Mend ``tree``, a query, in place.

    >>> import sqlglot
    >>> from sqloop.database.schema import Column, ForeignKey, Schema, Table
    >>> nr, user = (Column(name, "INT", "number") for name in ("id", "user_id"))
    >>> orders = Table("orders", (nr, user), ("id",), (ForeignKey(("user_id",), "user", ("id",)),))
    >>> schema = Schema("sqlite", (Table("user", (nr,), ("id",)), orders))
    >>> tree = sqlglot.parse_one("SELECT u.id FROM user AS u JOIN orders AS o ON o.user_id = u.id")
    >>> mend_idle_joins(tree, Scopes(tree, schema))
    >>> tree.sql()
    'SELECT u.id FROM user AS u WHERE u.id IN (SELECT user_id FROM orders)'
    """
    if isinstance(tree, exp.Select) and _shows_rows(tree, scopes):
        while _ask_for_one(tree, Scopes(tree, scopes.schema)):
            pass


def leave_out_tables(tree: exp.Expr, question: str, scopes: Scopes) -> None:
    """Leave out tables whose rows are only found by their key, and which the question does not speak of.

    >>> import sqlglot
    >>> from sqloop.database.schema import Column, ForeignKey, Schema, Table
    >>> nr, album = (Column(name, "INT", "number") for name in ("id", "album_id"))
    >>> song = Table("song", (nr, album), ("id",), (ForeignKey(("album_id",), "album", ("id",)),))
    >>> schema = Schema("sqlite", (Table("album", (nr,), ("id",)), song))
    >>> sql = "SELECT COUNT(*) FROM song AS s JOIN album AS a ON s.album_id = a.id"
    >>> for question in ("How many songs are there?", "How many songs are on an album?"):
    ...     tree = sqlglot.parse_one(sql)
    ...     leave_out_tables(tree, question, Scopes(tree, schema))
    ...     tree.sql()
    'SELECT COUNT(*) FROM song AS s'
    'SELECT COUNT(*) FROM song AS s JOIN album AS a ON s.album_id = a.id'
    """
    said = {word.stem for word in split_text(question)}
    for select in scopes.selects:
        while _leave_out(select, said, Scopes(tree, scopes.schema)):
            pass
    if isinstance(tree, exp.Select):
        while _leave_out_repeating(tree, question, Scopes(tree, scopes.schema)):
            pass


@dataclass(frozen=True)
class _Hinge:
    """A ``table`` that hangs on the others by ``own`` = ``other`` alone; ``join`` is what goes with it."""

    table: exp.Expr
    join: exp.Join
    own: exp.Column
    other: exp.Column
    place: Place


def _hinges(select: exp.Select, scopes: Scopes) -> Iterator[_Hinge]:
    joins: list[exp.Join] = select.args.get("joins") or []
    if any(join.side == "RIGHT" or join.side == "FULL" or join.args.get("using") for join in joins):
        return
    first = tables_of(select)[:1]
    for number, join in enumerate(joins):
        equal = join.args.get("on")
        if join.kind not in ("", "INNER") or not isinstance(equal, exp.EQ):
            continue
        for own, other in ((equal.this, equal.expression), (equal.expression, equal.this)):
            place = scopes.place(own) if isinstance(own, exp.Column) else None
            if place is None or place.select is not select or not isinstance(other, exp.Column):
                continue
            if join.this.alias_or_name.lower() == place.source:
                yield _Hinge(join.this, join, own, other, place)
            elif (
                number == 0
                and not join.side
                and [each.alias_or_name.lower() for each in first] == [place.source]
            ):
                yield _Hinge(first[0], join, own, other, place)


def _leave_out(select: exp.Select, said: Set[str], scopes: Scopes) -> bool:
    """Leave out one such table, unless a word that is ``said`` is near it; whether there was one."""
    if select.find(exp.Star) and any(
        not isinstance(each.parent, exp.Count) for each in select.find_all(exp.Star)
    ):
        return False
    for hinge in _hinges(select, scopes):
        key = hinge.place.table.primary_key == (hinge.place.column.name,)
        target = scopes.place(hinge.other)
        if not key or target is None or target.table is hinge.place.table or not _refers(target):
            continue
        names = (*identifier_stems(hinge.place.table.name), *identifier_stems(target.column.name))
        if any(word[:_NEAR] == name[:_NEAR] for word in said for name in names if name not in english.WEAK):
            continue
        uses = _uses(hinge.place.source, select, scopes)
        if uses is not None and len(uses) == 1:
            _take_out(hinge, select)
            return True
    return False


def _leave_out_repeating(select: exp.Select, question: str, scopes: Scopes) -> bool:
    """Leave out one table that only repeats what is counted or added up; whether there was one.

    "How many users are in each town?" counts users, whatever they ordered: the question has no word that the
    rest of the query does not say.

    >>> import sqlglot
    >>> from sqloop.database.schema import Column, ForeignKey, Schema, Table
    >>> nr, town, user = (Column(name, "INT", "number") for name in ("id", "town", "user_id"))
    >>> orders = Table("orders", (nr, user), ("id",), (ForeignKey(("user_id",), "user", ("id",)),))
    >>> schema = Schema("sqlite", (Table("user", (nr, town), ("id",)), orders))
    >>> sql = "SELECT u.town, COUNT(*) FROM user AS u JOIN orders AS o ON o.user_id = u.id GROUP BY u.town"
    >>> for question in ("How many users are in each town?", "How many users bought in each town?"):
    ...     tree = sqlglot.parse_one(sql)
    ...     _leave_out_repeating(tree, question, Scopes(tree, schema))
    True
    False
    """
    values = list(select.find_all(*_REPEATED))
    if not values or any(not isinstance(each.parent, exp.Count) for each in select.find_all(exp.Star)):
        return False
    for hinge in _hinges(select, scopes):
        target, uses = scopes.place(hinge.other), _uses(hinge.place.source, select, scopes)
        if target is None or uses is None or len(uses) != 1 or not _refers(hinge.place):
            continue
        if target.table.primary_key != (target.column.name,) or target.table is hinge.place.table:
            continue
        if _folds(values, target, question, scopes) and _says_all(select, hinge, question):
            _take_out(hinge, select)
            return True
    return False


def _folds(values: Sequence[exp.Expr], target: Place, question: str, scopes: Scopes) -> bool:
    """Whether what is asked for is a number of the rows of a table, or its values added up."""
    if any(isinstance(each, exp.Count) for each in values):
        asked = _COUNTED.search(question)
        counted = first_named(question[asked.end() :], scopes, several=True) if asked else None
        return counted is target.table
    places = [scopes.place(column) for each in values for column in each.find_all(exp.Column)]
    return bool(places) and all(place is not None and place.source == target.source for place in places)


def _says_all(select: exp.Select, hinge: _Hinge, question: str) -> bool:
    """Whether the query without the hinge says each word of the question that is no mere form of asking."""
    rest = select.copy()
    joins: list[exp.Join] = rest.args["joins"]
    join = joins[select.args["joins"].index(hinge.join)]
    first = hinge.table is not hinge.join.this
    _take_out(replace(hinge, join=join, table=rest.args["from_"].this if first else join.this), rest)
    names = [part for each in rest.find_all(exp.Identifier) for part in identifier_stems(each.name)]
    texts = [each.name for each in rest.find_all(exp.Literal)]
    codes = tuple(fold(each) for each in texts if len(each) < 3 and each.isalpha())
    said = {each[:_NEAR] for each in [*names, *(word.stem for each in texts for word in split_text(each))]}
    plain = english.COUNTING | (english.SUPERLATIVES if rest.args.get("order") else frozenset())
    return all(
        word.stem[:_NEAR] in said or fold(word.text) in plain or fold(word.text).startswith(codes)
        for word in split_text(question)
        if word.text.isalnum()
    )


def _ask_for_one(select: exp.Select, scopes: Scopes) -> bool:
    """Make a condition of one table of which a row is only to exist; whether there was one."""
    if select.find(exp.Star):
        return False
    for hinge in _hinges(select, scopes):
        uses = _uses(hinge.place.source, select, scopes)
        target = scopes.place(hinge.other)
        if hinge.join.side or not _refers(hinge.place) or uses is None or len(uses) != 1:
            continue
        if target is not None and doubt_equal(hinge.place, target, scopes.schema):
            continue
        _take_out(hinge, select)
        table = hinge.table.copy()
        table.set("alias", None)
        inner = exp.select(exp.column(hinge.own.this.copy())).from_(table)
        select.where(exp.In(this=hinge.other.copy(), query=exp.Subquery(this=inner)), copy=False)
        return True
    return False


def _shows_rows(select: exp.Select, scopes: Scopes) -> bool:
    """Whether all that is shown is of one table, and no row of it is folded with others."""
    folded = any(select.args.get(part) for part in ("distinct", "group", "having"))
    if folded or select.find(exp.AggFunc, exp.Window):
        return False
    places = [scopes.place(column) for shown in select.expressions for column in shown.find_all(exp.Column)]
    return len({place.source for place in places if place is not None}) == 1 and None not in places


def _refers(place: Place) -> bool:
    """Whether a column refers to a row that several rows may refer to."""
    name = place.column.name
    return place.table.primary_key != (name,) and any(
        key.columns == (name,) for key in place.table.foreign_keys
    )


def _uses(source: str, select: exp.Select, scopes: Scopes) -> list[exp.Column] | None:
    """The columns of a source that the query names; None where one may be its own."""
    found = [(column, scopes.place(column)) for column in select.find_all(exp.Column)]
    if any(place is None for _, place in found):
        return None
    return [
        column
        for column, place in found
        if place is not None and place.source == source and place.select is select
    ]


def _take_out(hinge: _Hinge, select: exp.Select) -> None:
    if hinge.table is not hinge.join.this:
        select.args["from_"].set("this", hinge.join.this)
    select.args["joins"].remove(hinge.join)
