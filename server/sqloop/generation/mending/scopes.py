"""What a query reads, and which column of the schema a name in it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from sqloop.database.schema import Column, Schema, Table
from sqloop.database.words import identifier_stems, split_text

HIDDEN = frozenset("rowid oid _rowid_ ctid tableoid xmin xmax".split())
"""Columns that every table has on one engine or another, though no schema names them."""


@dataclass(frozen=True)
class Source:
    """What a query reads: ``table`` is None for a subquery or CTE."""

    table: Table | None
    name: exp.Expression
    """The alias, or the table's own name, as it is written: MariaDB tells their cases apart."""
    shown: frozenset[str] = frozenset()
    """The columns of a subquery or CTE in lower case, where it names them all."""


Sources = dict[str, Source]
"""By alias in lower case."""


@dataclass(frozen=True)
class Place:
    """A column of ``table``, read as ``source`` (in lower case) by ``select``."""

    select: exp.Select
    source: str
    table: Table
    column: Column


class Scopes:
    """The sources of every SELECT in ``tree``, as they are when this is made.

    ``asked`` are the stems of the words of the question, where it is known.
    """

    def __init__(self, tree: exp.Expr, schema: Schema, question: str = "") -> None:
        self.schema = schema
        self.asked = frozenset(word.stem for word in split_text(question))
        ctes = list(tree.find_all(exp.CTE))
        self.ctes = {each.alias.lower() for each in ctes}
        self._shown = {each.alias.lower(): _shown(each) for each in ctes}
        self.selects = tuple(tree.find_all(exp.Select))
        self._sources = {id(select): self._read(select) for select in self.selects}

    def sources(self, select: exp.Select) -> Sources:
        """What ``select`` reads itself."""
        return self._sources[id(select)]

    def around(self, column: exp.Column) -> Iterator[tuple[exp.Select, Sources]]:
        """The query that the column stands in, then those around it, with what each reads."""
        select = column.find_ancestor(exp.Select)
        while select is not None:
            yield select, self._sources[id(select)]
            select = select.find_ancestor(exp.Select)

    def place(self, column: exp.Column) -> Place | None:
        """Where a column comes from; None where that is no table, or not certain."""
        for select, sources in self.around(column):
            if column.table:
                found = [column.table.lower()] if column.table.lower() in sources else []
            else:
                found = [name for name, source in sources.items() if holds(source, column.name)]
                opaque = any(source.table is None for source in sources.values())
                if opaque and len(sources) > 1:
                    return None
            if not found:
                continue
            table = sources[found[0]].table
            known = table.column(column.name) if table is not None and len(found) == 1 else None
            return Place(select, found[0], table, known) if table is not None and known is not None else None
        return None

    def names(self, table: Table) -> bool:
        """Whether the question has the noun that a table is called by."""
        return not self.asked.isdisjoint(identifier_stems(table.name)[-1:])

    def _read(self, select: exp.Select) -> Sources:
        found: Sources = {}
        for source in tables_of(select):
            plain = isinstance(source, exp.Table) and source.name.lower() not in self.ctes
            alias = source.args.get("alias")
            name = alias.this if alias is not None and alias.this is not None else source.this
            table = find_table(source, self.schema) if plain else None
            shown = (
                _shown(source) if isinstance(source, exp.Subquery) else self._shown.get(source.name.lower())
            )
            found[source.alias_or_name.lower()] = Source(
                table, name, shown if shown and not plain else frozenset()
            )
        return found


def _shown(source: exp.Expression) -> frozenset[str]:
    """The names of what a subquery or CTE gives; none where a star or a list of names hides them."""
    query, alias = source.this, source.args.get("alias")
    names = query.named_selects if isinstance(query, exp.Query) else ["*"]
    hidden = "*" in names or (alias is not None and alias.args.get("columns"))
    return frozenset() if hidden else frozenset(name.lower() for name in names if name)


def tables_of(select: exp.Select) -> list[exp.Expression]:
    """What stands behind FROM and JOIN."""
    parts = [select.args.get("from_"), *(select.args.get("joins") or [])]
    return [each.this for each in parts if each is not None]


def find_table(table: exp.Expression, schema: Schema) -> Table | None:
    """The table that is meant, with the schema before it where one is named."""
    owner = table.text("db")
    return (schema.table(f"{owner}.{table.name}") if owner else None) or schema.table(table.name)


def holds(source: Source, name: str) -> bool:
    """Whether a source is a table with a column of that name."""
    return source.table is not None and source.table.column(name) is not None


def gives(source: Source, name: str) -> bool:
    """Whether a source has a column of that name for certain."""
    return holds(source, name) or name.lower() in source.shown


def conjuncts(condition: exp.Expr | None) -> list[exp.Expr]:
    """What has to hold together in a condition, or in a WHERE or HAVING; nothing of none."""
    top = condition.this if isinstance(condition, exp.Where | exp.Having) else condition
    if top is None:
        return []
    return list(top.flatten()) if isinstance(top, exp.And) else [top]
