"""What a key refers to, or is of, is shown by its name: zones are asked for, and the query shows their codes.

Of 6,796 gold queries (`trainer/written` and the blind sets) twelve show such a key where the other table has
a name, and ten of their questions ask for an id or a code.

A name is the thing's own: a depot is not called as its `manager_name` says, and a key whose values are words
(`role` of 'chef' and 'nurse') is a name itself. Of two keys to one table none is replaced.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from sqlglot import exp

from sqloop.database.schema import Column, ForeignKey, Table
from sqloop.database.words import identifier_stems, identifier_words
from sqloop.generation.mending.joins import join_way
from sqloop.generation.mending.nearest import name_column
from sqloop.generation.mending.paths import name_of
from sqloop.generation.mending.scopes import Place, Scopes

_KEYS = re.compile(
    r"(?<![^\W_])(?:ids?|codes?|numbers?(?!\s+of\s+(?!the\b))|nos?|keys?|ref(?:erence)?s?)\b|#", re.IGNORECASE
)
_WORD = re.compile(r"\D*[^\W\d_]{4}\D*")


def show_called(tree: exp.Expr, question: str, scopes: Scopes) -> None:
    """Show names in the place of keys that the ``question`` does not ask for; in place.

    >>> import sqlglot
    >>> from sqloop.database.schema import Schema
    >>> zn, znm = Column("ZN", "CHAR(2)", "text"), Column("ZNM", "TEXT", "text")
    >>> key = ForeignKey(("ZN",), "ZON", ("ZN",))
    >>> tickets = Table("TKT", (Column("TNO", "INTEGER", "number"), zn), (), (key,))
    >>> schema = Schema("sqlite", (Table("ZON", (zn, znm), ("ZN",)), tickets))
    >>> tree = sqlglot.parse_one("SELECT ZN, COUNT(*) FROM TKT GROUP BY ZN")
    >>> show_called(tree, "How many tickets per zone?", Scopes(tree, schema))
    >>> tree.sql()
    'SELECT z.ZNM, COUNT(*) FROM TKT LEFT JOIN ZON AS z ON TKT.ZN = z.ZN GROUP BY TKT.ZN, z.ZNM'
    """
    if not question or not isinstance(tree, exp.Select) or tree.args.get("distinct"):
        return
    if any(source.table is None for source in scopes.sources(tree).values()):
        return
    shown = [(each, place) for each in tree.expressions if (place := _place(each, scopes)) is not None]
    found = [
        (projection, place, *called)
        for projection, place in shown
        if (called := _find_name(tree, place, scopes)) is not None
    ]
    replaced = [place for _, place, *_ in found]
    numbers = [place for _, place in shown if place not in replaced and _is_own_number(place)]
    if len(_KEYS.findall(question)) > len(numbers):
        return
    times = Counter(table.name for _, _, _, table, _ in found)
    for projection, place, key, table, name in found:
        if (
            times[table.name] == 1
            and not any(other.table is table and other is not place for _, other in shown)
            and not _asks_for_key(question, place, key, table, scopes)
            and not _is_name(place.column)
        ):
            _show(tree, projection, place, (key, table, name), scopes)


def _asks_for_key(question: str, place: Place, key: ForeignKey, table: Table, scopes: Scopes) -> bool:
    """Whether the question calls the key by its name: "total per customer_id", "which ISBN was lent"."""
    own = place.column.name
    if len(identifier_words(own)) > 1 and re.search(rf"\b{re.escape(own)}\b", question, re.IGNORECASE):
        return True
    if scopes.asked.intersection(identifier_stems(key.referred_columns[0])[-1:]):
        return True
    # "barcode and date" of what is moved, though each box has a title too. A number of that name is a person
    # or place: `boss`, `origin`.
    asked = scopes.asked.intersection(identifier_stems(own)[-1:])
    return place.column.kind == "text" and bool(asked.difference(identifier_stems(table.name)))


def _is_own_number(place: Place) -> bool:
    """Whether a column is what rows of its table go by: "number" asks for an order's `ord_no`."""
    keys = {name for key in place.table.foreign_keys for name in key.columns}
    last = identifier_words(place.column.name)[-1:]
    name = place.column.name
    return name not in keys and (place.table.primary_key == (name,) or any(map(_KEYS.fullmatch, last)))


def _is_name(key: Column) -> bool:
    """Whether the values of a key are words and no codes.

    >>> _is_name(Column("role", "TEXT", "text", samples=("chef", "RN")))
    True
    >>> _is_name(Column("zone", "TEXT", "text", samples=("N1", "HARB", "c0ffee-beef")))
    False
    """
    words = (each for each in key.samples if _WORD.fullmatch(each) and not each.isupper())
    return key.kind == "text" and any(words)


def _place(projection: exp.Expr, scopes: Scopes) -> Place | None:
    column = projection.unalias()
    return scopes.place(column) if isinstance(column, exp.Column) else None


def _find_name(select: exp.Select, place: Place, scopes: Scopes) -> tuple[ForeignKey, Table, Column] | None:
    """The key that a column is, the table that it refers to, and the one column of its names there.

    The primary key of what is grouped refers to its own table.
    """
    shown = place.column.name
    own = None
    if select.args.get("group") and place.table.primary_key == (shown,):
        own = ForeignKey((shown,), place.table.name, (shown,))
    for key in filter(None, (own, *place.table.foreign_keys, *_said_keys(select, place, scopes))):
        table = scopes.schema.table(key.referred_table)
        if key.columns == (shown,) and table is not None and (key is own or table is not place.table):
            name = name_column(table, key.referred_columns)
            return (key, table, name) if name is not None else None
    return None


def _said_keys(select: exp.Select, place: Place, scopes: Scopes) -> Iterator[ForeignKey]:
    """Keys that nobody declared, and by which the query joins."""
    for equal in select.find_all(exp.EQ):
        sides = [
            scopes.place(each) if isinstance(each, exp.Column) else None
            for each in (equal.this, equal.expression)
        ]
        for own, other in (sides, sides[::-1]):
            if own == place and other is not None and other.table.primary_key == (other.column.name,):
                yield ForeignKey((own.column.name,), other.table.name, (other.column.name,))


def _show(
    select: exp.Select,
    projection: exp.Expr,
    place: Place,
    found: tuple[ForeignKey, Table, Column],
    scopes: Scopes,
) -> None:
    key, table, name = found
    sources = scopes.sources(select)
    read = [alias for alias, source in sources.items() if source.table is table]
    own = table is place.table and len(read) == 1
    if len(read) > 1 or (read and not own and not _is_joined(select, place, key, read[0])):
        return
    column = exp.column(name_of(name.name, scopes.schema))
    group = select.args.get("group")
    projection.unalias().replace(column)
    if read:
        column.set("table", sources[read[0]].name.copy())
    else:
        join_way(column, select, (place.source, table, ((key.columns[0], key.referred_columns[0]),)), scopes)
        select.args["joins"][-1].set("side", "LEFT")  # A key may be NULL, or refer to what was deleted.
    if group is not None and any(isinstance(each, exp.Column) for each in group.expressions):
        group.append("expressions", column.copy())


def _is_joined(select: exp.Select, place: Place, key: ForeignKey, alias: str) -> bool:
    """Whether the table is read by that key."""
    ends = {(place.source, key.columns[0].lower()), (alias, key.referred_columns[0].lower())}
    return any(
        {(side.table.lower(), side.name.lower()) for side in (equal.this, equal.expression)} == ends
        for equal in select.find_all(exp.EQ)
        if isinstance(equal.this, exp.Column) and isinstance(equal.expression, exp.Column)
    )
