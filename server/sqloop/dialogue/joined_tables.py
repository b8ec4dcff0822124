"""Two queries that show the same of other tables, or of one table that other keys lead to.

"Orders per city": the city of the customer or of the store. "Orders per employee": who sold it, or packed it.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sqloop.database.words import identifier_words
from sqloop.dialogue.choice_words import Words
from sqloop.dialogue.differences import Query

Key = tuple[str, str]
"""A table and its column."""


def find_owners(one: Query, other: Query) -> Words | None:
    """The question and both answers; None where the queries differ in anything else, or in more."""
    shapes = [_take_off_tables(each.tree) for each in (one, other)]
    if None in shapes or shapes[0] != shapes[1]:
        return None
    columns = [list(_list_columns(each.tree)) for each in (one, other)]
    pairs = list(dict.fromkeys(zip(*columns, strict=True)))
    moved = [pair for pair in pairs if pair[0] != pair[1]]
    if len(moved) == 1:
        mine, theirs = moved[0]
        return _say_owners(mine, theirs, one)
    return _find_way(one, other, {table for table, _ in columns[0]}) if not moved else None


def _say_owners(mine: Key, theirs: Key, query: Query) -> Words | None:
    """Whose column it is, or which rows are counted."""
    if not mine[0] or not theirs[0]:
        return None
    tables = [" ".join(identifier_words(each[0])) for each in (mine, theirs)]
    counted = [each for each in query.tree.find_all(exp.Count) if (each.find(exp.Column) is not None)]
    if any(column.name == mine[1] for each in counted for column in each.find_all(exp.Column)):
        return "What is counted?", tables[0], tables[1]
    asked = " ".join(identifier_words(mine[1]))
    return f"Whose {asked} is meant?", f"that of {tables[0]}", f"that of {tables[1]}"


def _find_way(one: Query, other: Query, shown: set[str]) -> Words | None:
    """By which column a table is joined of which something is shown, where that alone differs."""
    ways = [dict(_list_ways(each.tree)) for each in (one, other)]
    tables = [
        each for each in shown if each in ways[0] and each in ways[1] and ways[0][each] != ways[1][each]
    ]
    sides = [[join.side for join in each.tree.find_all(exp.Join)] for each in (one, other)]
    if len(tables) != 1 or any(side for each in sides for side in each):
        return None
    mine, theirs = (each[tables[0]] for each in ways)
    words = [f"{column} of {table}" if mine[0] != theirs[0] else column for table, column in (mine, theirs)]
    return f"Which {' '.join(identifier_words(tables[0]))}?", f"by {words[0]}", f"by {words[1]}"


def _list_ways(tree: exp.Expr) -> Iterator[tuple[str, Key]]:
    """Each table with the column of another that is held against its own."""
    for join in tree.args.get("joins") or ():
        sides = join.args["on"].unnest() if join.args.get("on") else None
        if isinstance(sides, exp.EQ) and all(
            isinstance(each, exp.Column) for each in (sides.this, sides.expression)
        ):
            for own, key in ((sides.this, sides.expression), (sides.expression, sides.this)):
                if own.table == join.this.name and key.table != own.table:
                    yield own.table, (key.table, key.name)


def _take_off_tables(tree: exp.Expr) -> exp.Expr | None:
    """A query without its tables, and its columns without theirs; None for one that reads one table."""
    if not isinstance(tree, exp.Select) or not tree.args.get("joins"):
        return None
    bare = tree.copy()
    bare.set("from_", None)
    bare.set("joins", None)
    for column in bare.find_all(exp.Column):
        column.set("table", None)
    return bare


def _list_columns(tree: exp.Expr) -> Iterator[Key]:
    """The columns of a query but for those that join its tables, in the order of the tree."""
    for column in tree.find_all(exp.Column):
        if column.find_ancestor(exp.Join, exp.From) is None:
            yield column.table, column.name
