"""Ways from one table to another along the keys of a schema, over tables that a query does not read."""

from __future__ import annotations

from sqlglot import exp

from sqloop.database.identifiers import quote_name
from sqloop.database.schema import Schema, Table, split_name
from sqloop.generation.mending.scopes import Scopes, Source, Sources

Link = tuple[str, str, tuple[str, str]]
"""Two sources, and the columns of both that a key makes equal."""

_FARTHEST = 3
"""Tables that are not read on the way from one to another, at most."""

_MOST_WAYS = 64
"""Ways that are followed at once; a schema of more has no one way."""


def bridges(part: set[str], rest: set[str], own: Sources, scopes: Scopes) -> list[list[Link]]:
    """The ways by the fewest tables that are not read."""
    between = unread(own, scopes)
    both = {**own, **between}
    ways = [[link] for one in part for name in between for link in links(one, name, both, scopes)]
    for _ in range(_FARTHEST):
        found = [
            [*way, link] for way in ways for other in rest for link in links(way[-1][1], other, both, scopes)
        ]
        if found or len(ways) > _MOST_WAYS:
            return found
        ways = [
            [*way, link]
            for way in ways
            for name in between.keys() - {each[1] for each in way}
            for link in links(way[-1][1], name, both, scopes)
        ]
    return []


def unread(own: Sources, scopes: Scopes) -> Sources:
    """The tables that are not read, as they would be."""
    read = {id(source.table) for source in own.values()}
    found = {
        split_name(table.name, scopes.schema.dialect)[1].lower(): table
        for table in scopes.schema.tables
        if not table.view and id(table) not in read
    }
    return {
        name: Source(table, name_of(split_name(table.name, scopes.schema.dialect)[1], scopes.schema))
        for name, table in found.items()
        if name not in own and name not in scopes.ctes
    }


def links(one: str, other: str, own: Sources, scopes: Scopes) -> list[Link]:
    """The keys that make columns of two sources equal, either way."""
    left, right = own[one].table, own[other].table
    if left is None or right is None:
        return []
    there = keys_between(left, right, scopes.schema)
    back = keys_between(right, left, scopes.schema) if left is not right else []
    return [(one, other, pair) for pair in (*there, *((b, a) for a, b in back))]


def keys_between(one: Table, other: Table, schema: Schema) -> list[tuple[str, str]]:
    """The columns of ``one`` that refer to ``other``, with those that they refer to; keys of one column."""
    return [
        (key.columns[0], key.referred_columns[0])
        for key in one.foreign_keys
        if len(key.columns) == 1 and schema.table(key.referred_table) is other
    ]


def read_table(source: Source, schema: Schema) -> exp.Table:
    """What stands behind FROM or JOIN for a table, with its alias where that is another name."""
    assert source.table is not None
    owner, name = split_name(source.table.name, schema.dialect)
    alias = None if source.name.name == name else exp.TableAlias(this=source.name.copy())
    return exp.Table(this=name_of(name, schema), db=exp.to_identifier(owner) if owner else None, alias=alias)


def name_of(name: str, schema: Schema) -> exp.Identifier:
    """A name of the schema, in quotes where it needs them."""
    return exp.to_identifier(name, quoted=quote_name(name, schema.dialect) != name)
