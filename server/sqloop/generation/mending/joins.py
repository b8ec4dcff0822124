"""Tables that a query names columns of and does not read: they are joined, where one key says how.

A small model knows that an order has a customer's name, and forgets the join to the customer. Only queries
that the database would refuse are changed. Works on the syntax tree, in place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from sqloop import english
from sqloop.database.identifiers import quote_name
from sqloop.database.schema import ForeignKey, Schema, Table
from sqloop.database.words import identifier_stems, identifier_words
from sqloop.generation.mending.nearest import name_column
from sqloop.generation.mending.paths import bridges, keys_between, name_of, read_table, unread
from sqloop.generation.mending.scopes import HIDDEN, Scopes, Source, Sources

_OF_ANYTHING = english.WEAK_COLUMNS | english.MOMENT | {"status", "state", "title", "label"}
"""Words of columns that tables of all kinds have."""

_HIGHEST = 4
"""Tables one above the other that are joined for one column."""

Way = tuple[str, Table, tuple[tuple[str, str], ...]]
"""The alias of a source, another table, and the columns of both that a key makes equal."""


def join_missing(column: exp.Column, scopes: Scopes) -> bool:
    """Have the query of ``column``, which nothing that it reads has, read a table that has it.

    The query is the one that reads what its qualifier says, else the one that it stands in. The table is one
    to which one of its sources refers, so that no row is repeated, and where the qualifier stands for a table
    in short (``oi`` for ``order_item``) also one that refers to a source, or one to which only a way over
    other tables leads. Where two would do, none is taken; False then.
    """
    qualifier = column.table.lower()
    around = list(scopes.around(column))
    if not around:
        return False
    select, own = next((each for each in around if qualifier in each[1]), around[0])
    if any(source.table is None for source in own.values()):
        return False
    if isinstance(column.parent, exp.EQ) and isinstance(column.find_ancestor(exp.Join, exp.Select), exp.Join):
        if not qualifier or qualifier in own:
            return False  # It says how two tables are joined: `mend_keys` knows better.
        joined = {each.table.lower() for each in column.parent.find_all(exp.Column)}
        own = {name: source for name, source in own.items() if name not in joined}
    if qualifier in own:
        ways = list(_upwards({qualifier: own[qualifier]}, column.name, scopes.schema))
    elif qualifier:
        every = _any_way(own, column.name, scopes.schema)
        ways = [way for way in every if stands_for(qualifier, way[1]) and not _is_read(way[1], own)]
        if not ways:
            return _join_far(column, select, own, scopes)
    else:
        ways = list(_upwards(own, column.name, scopes.schema))
    return len(ways) == 1 and join_way(column, select, ways[0], scopes)


def join_far(column: exp.Column, scopes: Scopes) -> bool:
    """Have the query of ``column`` read the one table that has it and that any key joins to what is read.

    The last resort, for what no table that is read has a column like, whatever its qualifier says. Of several
    tables the one is taken that the question names. False where there is none.
    """
    ways = further_ways(column, scopes)
    if len(ways) > 1:
        ways = [way for way in ways if scopes.names(way[1])]
    return len(ways) == 1 and join_way(column, next(scopes.around(column))[0], ways[0], scopes)


def join_upwards(column: exp.Column, scopes: Scopes) -> bool:
    """Have the query of ``column`` read the one table above what it reads that has it, or is called so.

    Above are the tables to which rows refer, over others, so that none is repeated: an invoice is of a
    subscription, that is of an account, and `invoice.country` is the account's; `invoice.plan` is what the
    plan is called. The last resort, as `join_far`. False where there is no such table, or several as near.
    """
    qualifier = column.table.lower()
    around = list(scopes.around(column))
    select, own = next((each for each in around if qualifier in each[1]), around[0] if around else (None, {}))
    between = isinstance(column.parent, exp.EQ) and column.find_ancestor(exp.Join, exp.Select)
    if select is None or isinstance(between, exp.Join) or any(each.table is None for each in own.values()):
        return False
    ways = [_Climb(alias, own[alias].table) for alias in ([qualifier] if qualifier in own else own)]
    for _ in range(_HIGHEST):
        ways = [further for way in ways for further in way.further(scopes.schema)]
        found = [(way, name) for way in ways if (name := _meant_column(column, way, scopes)) is not None]
        if len(found) == 1:
            return _climb(column, select, *found[0], scopes)
        if found:
            break
    return False


@dataclass(frozen=True)
class _Climb:
    """From a source over keys and the tables that they refer to, to the ``top``."""

    source: str
    top: Table | None
    steps: tuple[tuple[ForeignKey, Table], ...] = ()

    def further(self, schema: Schema) -> Iterator[_Climb]:
        """One table higher, each that is not on the way."""
        for key in self.top.foreign_keys if self.top is not None else ():
            table = schema.table(key.referred_table)
            if (
                table is not None
                and table is not self.top
                and all(table is not each for _, each in self.steps)
            ):
                yield _Climb(self.source, table, (*self.steps, (key, table)))


def _meant_column(column: exp.Column, way: _Climb, scopes: Scopes) -> str | None:
    """The column at the top of a way that has that name, or its names where the table is called so.

    A day, a state or a name further up is that of another thing, unless the question names that; and an
    amount comes again for each row below.
    """
    name, table = column.name, way.top
    if table is None:
        return None
    known = table.column(name)
    if known is not None and len(way.steps) > 1:
        plain = known.kind == "date" or _OF_ANYTHING.issuperset(map(str.lower, identifier_words(name)))
        keys = {*table.primary_key, *(name for key in table.foreign_keys for name in key.columns)}
        if (plain and not scopes.names(table)) or (known.kind == "number" and known.name not in keys):
            return None
    if known is None and identifier_stems(table.name)[-1:] == identifier_stems(name):
        known = name_column(table, table.primary_key)
    return known.name if known is not None else None


def _climb(column: exp.Column, select: exp.Select, way: _Climb, name: str, scopes: Scopes) -> bool:
    """Join the tables on the way that are not read yet, and take the column from the last."""
    own, source = scopes.sources(select), way.source
    read = [[alias for alias, each in own.items() if each.table is table] for _, table in way.steps]
    if any(len(each) > 1 for each in read):
        return False
    for (key, table), known in zip(way.steps, read, strict=True):
        if known:
            source = known[0]
            continue
        added = Source(table, exp.to_identifier(_alias(table, scopes)))
        pairs = tuple(zip(key.columns, key.referred_columns, strict=False))
        _join(select, added, own[source], pairs, scopes.schema)
        for each in list(own.values()):
            _tell_apart(select, added, each)
        source = added.name.name.lower()
        own[source] = added
    column.set("this", name_of(name, scopes.schema))
    column.set("table", own[source].name.copy())
    return True


def further_ways(column: exp.Column, scopes: Scopes) -> list[Way]:
    """The ways from what the query of ``column`` reads to other tables that have such a column.

    None where it may come from something else than a table, or says how tables are joined.
    """
    _, own = next(scopes.around(column), (None, {}))
    if any(source.table is None for source in own.values()):
        return []
    if isinstance(column.parent, exp.EQ) and isinstance(column.find_ancestor(exp.Join, exp.Select), exp.Join):
        return []
    return [way for way in _any_way(own, column.name, scopes.schema) if not _is_read(way[1], own)]


def join_way(column: exp.Column, select: exp.Select, way: Way, scopes: Scopes) -> bool:
    """Join the table at the end of a way, and take the column from it."""
    own = scopes.sources(select)
    source, table, pairs = way
    qualifier = column.table.lower()
    wanted = qualifier if qualifier and qualifier not in own else ""
    alias = exp.to_identifier(wanted or _alias(table, scopes))
    added = Source(table, alias)
    _join(select, added, own[source], pairs, scopes.schema)
    own[alias.name.lower()] = added
    column.set("table", alias.copy())
    return True


def _join_far(column: exp.Column, select: exp.Select, own: Sources, scopes: Scopes) -> bool:
    """Join the one table that a qualifier stands for over tables that are not read, if one way does."""
    qualifier = column.table.lower()
    meant = [
        table
        for table in scopes.schema.tables
        if stands_for(qualifier, table) and table.column(column.name) is not None and not _is_read(table, own)
    ]
    if len(meant) != 1:
        return False
    both = {**own, qualifier: Source(meant[0], exp.to_identifier(column.table))}
    ways = bridges(set(own), {qualifier}, both, scopes)
    if len(ways) != 1:
        return False
    between = unread(both, scopes)
    for one, other, pair in ways[0]:
        added = both.get(other) or between[other]
        _join(select, added, own[one], (pair,), scopes.schema)
        own[other] = scopes.sources(select)[other] = added
    return True


def _join(
    select: exp.Select, added: Source, source: Source, pairs: tuple[tuple[str, str], ...], schema: Schema
) -> None:
    """Join a table to one that is read; ``pairs`` are columns of what is read and of what is added."""
    here_name: Any = source.name
    there_name: Any = added.name
    conditions = [
        exp.EQ(
            this=exp.column(name_of(here, schema), table=here_name.copy()),
            expression=exp.column(name_of(there, schema), table=there_name.copy()),
        )
        for here, there in pairs
    ]
    _tell_apart(select, added, source)
    outer = any(join.side == "LEFT" for join in select.args.get("joins") or ())
    read = read_table(added, schema)
    select.append("joins", exp.Join(this=read, on=exp.and_(*conditions), side="LEFT" if outer else None))


def _tell_apart(select: exp.Select, added: Source, source: Source) -> None:
    """Say of a source's columns whose they are, where the table that is added has such a one as well."""
    aliases = {each.alias.lower() for each in select.find_all(exp.Alias)}
    for column in select.find_all(exp.Column):
        own = not column.table and column.find_ancestor(exp.Select) is select
        both = own and all(each.table and each.table.column(column.name) for each in (added, source))
        if both and column.name.lower() not in aliases:
            column.set("table", source.name.copy())


def mend_condition(equal: exp.EQ, scopes: Scopes) -> None:
    """Where an equality of two tables names a column that is not there, the key that joins them is meant.

    Only if one key of one column does, and a side that is there is its own.
    """
    left, right = equal.this, equal.expression
    if not isinstance(left, exp.Column) or not isinstance(right, exp.Column):
        return
    _, own = next(scopes.around(left), (None, {}))
    sources = own.get(left.table.lower()), own.get(right.table.lower())
    tables = [each.table for each in sources if each is not None and each.table is not None]
    if len(tables) != 2 or sources[0] is sources[1] or {left.name.lower(), right.name.lower()} & HIDDEN:
        return
    one, other = tables
    keys = [
        *keys_between(one, other, scopes.schema),
        *((b, a) for a, b in keys_between(other, one, scopes.schema)),
    ]
    known = [(side.name.lower(), table.column(side.name)) for side, table in ((left, one), (right, other))]
    meant = [
        pair
        for pair in keys
        if all(column is None or name == key.lower() for (name, column), key in zip(known, pair, strict=True))
    ]
    if len(meant) == 1 and any(column is None for _, column in known):
        left.set("this", name_of(meant[0][0], scopes.schema))
        right.set("this", name_of(meant[0][1], scopes.schema))


def could_stand_for(qualifier: str, name: str, schema: Schema) -> bool:
    """Whether a qualifier is short for a table with a column of that name."""
    return any(stands_for(qualifier, table) and table.column(name) is not None for table in schema.tables)


def _is_read(table: Table, own: Sources) -> bool:
    return any(source.table is table for source in own.values())


def _upwards(own: Sources, name: str, schema: Schema) -> Iterator[Way]:
    """The tables with a column of that name to which sources refer."""
    for alias, source in own.items():
        for key in source.table.foreign_keys if source.table is not None else ():
            table = schema.table(key.referred_table)
            if table is not None and table is not source.table and table.column(name) is not None:
                yield alias, table, tuple(zip(key.columns, key.referred_columns, strict=False))


def _any_way(own: Sources, name: str, schema: Schema) -> Iterator[Way]:
    """As `_upwards`, and the tables that refer to sources."""
    yield from _upwards(own, name, schema)
    for table in schema.tables:
        if table.column(name) is None:
            continue
        for key in table.foreign_keys:
            for alias, source in own.items():
                if source.table is not None and _refers(key, source.table, schema):
                    yield alias, table, tuple(zip(key.referred_columns, key.columns, strict=False))


def _refers(key: ForeignKey, table: Table, schema: Schema) -> bool:
    return schema.table(key.referred_table) is table


def stands_for(qualifier: str, table: Table) -> bool:
    """Whether a qualifier is a table's name, its initials, or the last of them.

    >>> [stands_for(each, Table("sales_order_item", ())) for each in ("soi", "oi", "sales_order_item", "so")]
    [True, True, True, False]
    """
    words = [word.lower() for word in identifier_words(table.name)]
    initials = "".join(word[0] for word in words)
    return qualifier in (table.name.lower(), initials) or (
        len(qualifier) > 1 and initials.endswith(qualifier)
    )


def _alias(table: Table, scopes: Scopes) -> str:
    taken = {name for select in scopes.selects for name in scopes.sources(select)} | scopes.ctes
    initials = "".join(word[0] for word in identifier_words(table.name)).lower()
    names = (initials, *(f"{initials}{number}" for number in range(2, 100)))
    return next(
        name for name in names if name not in taken and quote_name(name, scopes.schema.dialect) == name
    )
