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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp

from sqloop import english
from sqloop.database.schema import Table
from sqloop.database.words import fold, identifier_stems, split_text, stem
from sqloop.generation.mending.asked.counting import first_counted, first_named
from sqloop.generation.mending.doubts import doubt_equal
from sqloop.generation.mending.scopes import Place, Scopes, tables_of
from sqloop.linking.hints import meaningful_stems

_NEAR = 4
"""Letters that a word has in common with what it may be short for: dept, department."""

_ROWS_OF = re.compile(r"\b(?:each|every|all|per)\b(?:\s+(?:of|the|our|my|single))*", re.IGNORECASE)
"""What stands before a thing of which each has a row in the answer."""

_REPEATED = (exp.Count, exp.Sum, exp.Avg)


def mend_idle_joins(tree: exp.Expr, scopes: Scopes, question: str = "") -> None:
    """Mend ``tree``, a query, in place, unless a row is asked for each of another table's.

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
    if isinstance(tree, exp.Select) and (shown := _shown_table(tree, scopes)) is not None:
        rows = [first_named(question[each.end() :], scopes) for each in _ROWS_OF.finditer(question)]
        if any(each is not None and each is not shown for each in rows):
            return
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
    for select in scopes.selects:
        while _leave_out(select, question, Scopes(tree, scopes.schema)):
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


def _leave_out(select: exp.Select, question: str, scopes: Scopes) -> bool:
    """Leave out one such table, unless a word of the question is near it; whether there was one.

    Where the key holds NULL, the join may be what "assigned" means: then the rest must say every word.
    """
    if select.find(exp.Star) and any(
        not isinstance(each.parent, exp.Count) for each in select.find_all(exp.Star)
    ):
        return False
    said = {word.stem for word in split_text(question)}
    for hinge in _hinges(select, scopes):
        key = hinge.place.table.primary_key == (hinge.place.column.name,)
        target = scopes.place(hinge.other)
        if not key or target is None or target.table is hinge.place.table or not _refers(target):
            continue
        names = (*identifier_stems(hinge.place.table.name), *identifier_stems(target.column.name))
        if any(word[:_NEAR] == name[:_NEAR] for word in said for name in names if name not in english.WEAK):
            continue
        if target.column.nulls and any(map(_narrows, _unsaid(select, hinge, question))):
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
        if _folds(values, target, question, scopes) and _says_all(select, hinge, question, scopes):
            _take_out(hinge, select)
            return True
    return False


def _folds(values: Sequence[exp.Expr], target: Place, question: str, scopes: Scopes) -> bool:
    """Whether what is asked for is a number of the rows of a table, or its values added up."""
    if any(isinstance(each, exp.Count) for each in values):
        return first_counted(question, scopes) is target.table
    places = [scopes.place(column) for each in values for column in each.find_all(exp.Column)]
    return bool(places) and all(place is not None and place.source == target.source for place in places)


def _says_all(select: exp.Select, hinge: _Hinge, question: str, scopes: Scopes) -> bool:
    """Whether the query without the hinge says each word of the question that is no mere form of asking.

    A code such as 'A' says one word, "active", which nothing else is called by.
    """
    tables = scopes.schema.tables
    called = [*(table.name for table in tables), *(column.name for each in tables for column in each.columns)]
    named = {part[:_NEAR] for name in called for part in identifier_stems(name)}
    texts = [each.name for each in select.find_all(exp.Literal)]
    codes = [fold(each) for each in texts if len(each) < 3 and each.isalpha()]
    for word in dict.fromkeys(_unsaid(select, hinge, question)):
        code = next((each for each in codes if word.startswith(each)), None)
        if code is None or stem(word)[:_NEAR] in named:
            return False
        codes.remove(code)
    return True


def _unsaid(select: exp.Select, hinge: _Hinge, question: str) -> list[str]:
    """The words of the question, folded, that the query without the hinge says by no name, text or order."""
    whole = select.root()
    gone = {id(node) for part in (hinge.table, hinge.join.args["on"]) for node in part.walk()}
    names = [each.name for each in whole.find_all(exp.Identifier) if id(each) not in gone]
    texts = [word.stem for each in whole.find_all(exp.Literal) for word in split_text(each.name)]
    said = {each[:_NEAR] for each in [*texts, *(part for name in names for part in identifier_stems(name))]}
    plain = english.COUNTING | (english.SUPERLATIVES if whole.find(exp.Order) else frozenset())
    words = [word for word in split_text(question) if word.text.isalnum() and word.stem[:_NEAR] not in said]
    return [fold(word.text) for word in words if fold(word.text) not in plain]


def _narrows(word: str) -> bool:
    """Whether a word that is unsaid may be what a join is for; "cost" and "old" are of columns."""
    if word in english.PLAIN or not word.isalpha():
        return False
    return word.endswith("ed") or stem(word) not in meaningful_stems()


def _ask_for_one(select: exp.Select, scopes: Scopes) -> bool:
    """Make a condition of one table of which a row is only to exist; whether there was one.

    What stands behind FROM is what the rows of the answer are.
    """
    if select.find(exp.Star):
        return False
    for hinge in _hinges(select, scopes):
        uses = _uses(hinge.place.source, select, scopes)
        target = scopes.place(hinge.other)
        if hinge.join.side or hinge.table is not hinge.join.this or not _refers(hinge.place):
            continue
        if uses is None or len(uses) != 1:
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


def _shown_table(select: exp.Select, scopes: Scopes) -> Table | None:
    """The table of which all that is shown is, where no row of it is folded with others."""
    folded = any(select.args.get(part) for part in ("distinct", "group", "having"))
    if folded or select.find(exp.AggFunc, exp.Window):
        return None
    places = [scopes.place(column) for shown in select.expressions for column in shown.find_all(exp.Column)]
    one = len({place.source for place in places if place is not None}) == 1
    return places[0].table if one and places[0] is not None and None not in places else None


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
