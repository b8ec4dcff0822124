"""Which rows of a query's tables belong to one row of another, by its joins and the keys of the schema.

Columns that a join or a condition equates have one value, and a row whose key has one value is one row. Where
neither keys nor conditions tell, a table counts as one whose rows are not known to be one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from sqlglot import exp

from sqloop.database.schema import ForeignKey, Schema, Table
from sqloop.explanation.sources import find_limit, list_conditions

Name = tuple[str, str]
"""A column as a query names it: the source, and the column, in lower case."""


class Joining:
    """The sources of one SELECT, by what it calls them, and what ties their rows together."""

    def __init__(self, select: exp.Select, schema: Schema) -> None:
        self.select, self.schema = select, schema
        self.outer: set[str] = set()
        """Sources that an outer join may find no row of."""
        self.restricted: set[str] = set()
        """Sources that a condition may leave one row of, for each row of the others."""
        self._same: dict[Name, Name] = {}
        self._fixed: set[Name] = set()
        self.nodes = dict(self._list_sources())
        for condition in self._conditions():
            self._read(condition)

    @cached_property
    def is_clear(self) -> bool:
        """Whether all that joins the sources is written there."""
        joins = self.select.args.get("joins") or []
        return not any(join.text("method").upper() == "NATURAL" for join in joins)

    def table(self, name: str) -> Table | None:
        """The table that a source is; None for a query, and for what is not in the schema."""
        node = self.nodes[name]
        if not isinstance(node, exp.Table) or _find_cte(node) is not None:
            return None
        return self.schema.table(f"{node.db}.{node.name}") or self.schema.table(node.name)

    def owner(self, column: exp.Expr) -> str | None:
        """The source of a column; None for those of other queries, and where it is not known."""
        if not isinstance(column, exp.Column):
            return None
        if column.table:
            return column.table.lower() if column.table.lower() in self.nodes else None
        found = [name for name in self.nodes if column.name.lower() in self._columns(name)]
        return found[0] if len(found) == 1 else None

    def name(self, column: exp.Expr) -> Name | None:
        """How the query names a column of its own; None for all else."""
        owner = self.owner(column)
        return (owner, column.name.lower()) if owner is not None else None

    def determined(self, start: Iterable[str], fixed: Iterable[exp.Expr] = ()) -> set[str]:
        """The sources of which one row at most belongs to a row of those of ``start``.

        ``fixed`` are values that are the same in all rows that are looked at: those of a group.
        """
        given, known = self._given(fixed), set(start)
        while True:
            more = {name for name in self.nodes.keys() - known if self._is_one(name, known, given)}
            if not more:
                return known
            known |= more

    def bound(self, name: str, known: Iterable[str], fixed: Iterable[exp.Expr] = ()) -> set[str]:
        """The columns of a source that have one value where those of ``known`` do, in lower case."""
        return self._bound(name, set(known), self._given(fixed))

    def keys_to(self, name: str, known: set[str]) -> Iterator[tuple[ForeignKey, str | None]]:
        """Foreign keys of a source all whose columns ``known`` binds, with the source they refer to there."""
        table = self.table(name)
        bound = self._bound(name, known, set()) if table is not None else set()
        for key in table.foreign_keys if table is not None else ():
            if bound.issuperset(map(str.lower, key.columns)):
                referred = self.schema.table(key.referred_table)
                yield key, next((each for each in known if referred and self.table(each) is referred), None)

    # Sources.

    def _list_sources(self) -> Iterator[tuple[str, exp.Expr]]:
        source = self.select.args.get("from_")
        if source is not None:
            yield source.this.alias_or_name.lower(), source.this
        before = [source.this.alias_or_name.lower()] if source is not None else []
        for join in self.select.args.get("joins") or ():
            if join.kind.upper() in ("SEMI", "ANTI"):
                continue
            name = join.this.alias_or_name.lower()
            side = join.side.upper()
            self.outer |= {name} if side in ("LEFT", "FULL") else set()
            self.outer |= set(before) if side in ("RIGHT", "FULL") else set()
            before.append(name)
            yield name, join.this

    def _columns(self, name: str) -> set[str]:
        table = self.table(name)
        if table is not None:
            return {column.name.lower() for column in table.columns}
        query = _find_query(self.nodes[name])
        return {each.alias_or_name.lower() for each in query.selects} if query is not None else set()

    # What ties them.

    def _conditions(self) -> Iterator[exp.Expr]:
        before: list[str] = list(self.nodes)[:1]
        for join in self.select.args.get("joins") or ():
            yield from list_conditions(join.args.get("on"))
            for column in join.args.get("using") or ():
                name = join.this.alias_or_name.lower()
                others = [each for each in before if column.name.lower() in self._columns(each)]
                for other in others:
                    self._join((name, column.name.lower()), (other, column.name.lower()))
            before.append(join.this.alias_or_name.lower())
        yield from list_conditions(self.select.args.get("where"))

    def _read(self, condition: exp.Expr) -> None:
        owners = self._owners(condition)
        if isinstance(condition, exp.EQ):
            sides = condition.this, condition.expression
            one, other = map(self.name, sides)
            if one and other:
                self._join(one, other)
                return
            for own, side in ((one, sides[1]), (other, sides[0])):
                if own and not self._owners(side):
                    self._fixed.add(own)
                    self.restricted.add(own[0])
        is_null = isinstance(condition, exp.Is) and isinstance(condition.expression, exp.Null)
        if len(owners) > 1 or is_null or condition.find(exp.Query):
            self.restricted |= owners

    def _owners(self, node: exp.Expr) -> set[str]:
        return {owner for column in node.find_all(exp.Column) if (owner := self.owner(column)) is not None}

    def _join(self, one: Name, other: Name) -> None:
        self._same[self._find(one)] = self._find(other)

    def _find(self, name: Name) -> Name:
        """What stands for all columns that are equal to this one."""
        while name in self._same and self._same[name] != name:
            name = self._same[name]
        return name

    def _given(self, fixed: Iterable[exp.Expr]) -> set[Name]:
        named = {name for each in fixed if (name := self.name(each)) is not None}
        return {self._find(name) for name in named | self._fixed}

    def _bound(self, name: str, known: set[str], given: set[Name]) -> set[str]:
        values = given | {self._find(each) for each in self._tied if each[0] in known}
        own = {each for each in self._tied | given if each[0] == name}
        return {each[1] for each in own if self._find(each) in values}

    @cached_property
    def _tied(self) -> set[Name]:
        """The columns that are equal to others."""
        classes: defaultdict[Name, set[Name]] = defaultdict(set)
        for one, other in self._same.items():
            classes[self._find(one)] |= {one, other}
        return set().union(*classes.values()) | self._fixed

    def _is_one(self, name: str, known: set[str], given: set[Name]) -> bool:
        bound, table = self._bound(name, known, given), self.table(name)
        if table is not None:
            return any(bound.issuperset(key) for key in _keys(table, self.schema))
        query = _find_query(self.nodes[name])
        return query is not None and _gives_one(query, bound, self.schema)


def _keys(table: Table, schema: Schema) -> Iterator[set[str]]:
    """Columns that say which row of a table is meant: also those that others refer to."""
    referred = (
        key.referred_columns
        for other in schema.tables
        for key in other.foreign_keys
        if schema.table(key.referred_table) is table
    )
    for columns in (table.primary_key, *table.unique, *referred):
        if columns:
            yield set(map(str.lower, columns))


def _gives_one(query: exp.Select, bound: set[str], schema: Schema) -> bool:
    """Whether a subquery has one row at most for one value of each of those of its columns."""
    limit, group = find_limit(query), query.args.get("group")
    if limit is not None and limit.name == "1":
        return True
    if group is None and any(each.find(exp.AggFunc) and not each.find(exp.Window) for each in query.selects):
        return True
    inner = Joining(query, schema)
    given = [each.unalias() for each in query.selects if each.alias_or_name.lower() in bound]
    given += [exp.column(name) for name in bound] if any(each.is_star for each in query.selects) else []
    known = inner.determined((), given)
    if known == inner.nodes.keys() and inner.is_clear:
        return True
    if group is None and query.args.get("distinct") is None:
        return False
    values = list_groups(query) if group is not None else [each.unalias() for each in query.selects]
    return all(each in given or inner.owner(each) in known for each in values)


def list_groups(select: exp.Select) -> list[exp.Expr]:
    """What a query groups by: a position, a name that it gave, or ALL stands for what is meant."""
    group = select.args.get("group")
    named = {
        each.alias.lower(): each.unalias()
        for each in select.selects
        if each.alias
        and all(column.name.lower() != each.alias.lower() for column in each.find_all(exp.Column))
    }
    if group is not None and group.args.get("all"):
        return [each.unalias() for each in select.selects if not each.find(exp.AggFunc)]
    found = []
    for each in group.expressions if group is not None else ():
        place = int(each.name) if isinstance(each, exp.Literal) and each.is_int else 0
        if 0 < place <= len(select.selects):
            found.append(select.selects[place - 1].unalias())
        elif isinstance(each, exp.Column) and not each.table and each.name.lower() in named:
            found.append(named[each.name.lower()])
        else:
            found.append(each)
    return found


def _find_query(node: exp.Expr) -> exp.Select | None:
    """The SELECT that a source is; None for tables, and for UNION and the like."""
    found = _find_cte(node) if isinstance(node, exp.Table) else node
    query = found.unnest() if isinstance(found, exp.Subquery) else found
    return query if isinstance(query, exp.Select) else None


def _find_cte(table: exp.Table) -> exp.Expr | None:
    """What WITH says that a name is; a query that speaks of itself is left out."""
    above: exp.Expr | None = table
    while above is not None and not table.db:
        with_ = above.args.get("with_")
        for cte in with_.expressions if isinstance(with_, exp.With) else ():
            inside = table.find_ancestor(exp.CTE)
            if cte.alias.lower() == table.name.lower() and inside is not cte:
                return exp.Null() if isinstance(with_, exp.With) and with_.recursive else cte.this
        above = above.parent
    return None
