"""Which column of the schema a column of a query is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp

from sqloop.database.schema import Column, ForeignKey, Schema, Table


@dataclass(frozen=True)
class Sources:
    """The tables of one SELECT by what it calls them; what comes from subqueries is not known."""

    select: exp.Select
    schema: Schema

    @cached_property
    def tables(self) -> dict[str, Table]:
        """By alias or name, in lower case, in the order of the query."""
        source = self.select.args.get("from_")
        nodes = [source.this] if source else []
        nodes += [join.this for join in self.select.args.get("joins") or ()]
        found = [(node, self.schema.table(node.name)) for node in nodes if isinstance(node, exp.Table)]
        return {node.alias_or_name.lower(): table for node, table in found if table is not None}

    def find(self, node: exp.Expr) -> tuple[Table, Column] | None:
        """The column that ``node`` is, if it is one of a table and there is no doubt which."""
        if not isinstance(node, exp.Column):
            return None
        owner = node.table.lower()
        named = [table for name, table in self.tables.items() if not owner or name == owner]
        found = [(table, column) for table in named if (column := table.column(node.name))]
        return found[0] if len(found) == 1 else None

    @cached_property
    def shown(self) -> set[str]:
        """The tables of which values are shown, or grouped by, as they are: not in an aggregate."""
        group = self.select.args.get("group")
        nodes = [*self.select.expressions, *(group.expressions if group else ())]
        columns = (each for node in nodes for each in node.find_all(exp.Column))
        alone = (each for each in columns if not each.find_ancestor(exp.AggFunc))
        return {found[0].name for each in alone if (found := self.find(each))}

    def own(self, kind: type[exp.Expr]) -> list[exp.Expr]:
        """The nodes of a kind in this SELECT, without those of its subqueries."""
        return [each for each in self.select.find_all(kind) if each.find_ancestor(exp.Select) is self.select]

    def key(self, one: Table, other: Table) -> ForeignKey | None:
        """The foreign key by which a table refers to another."""
        return next((key for key in one.foreign_keys if self.schema.table(key.referred_table) is other), None)


def find_limit(query: exp.Expr) -> exp.Expr | None:
    """How many rows a query gives at most, whether it says LIMIT or FETCH; None where it gives all.

    >>> import sqlglot
    >>> find_limit(sqlglot.parse_one("SELECT a FROM t FETCH FIRST 3 ROWS ONLY")).name
    '3'
    """
    limit = query.args.get("limit")
    if not isinstance(limit, exp.Fetch):
        return limit.expression if limit is not None else None
    count = limit.args.get("count")
    return count if count is not None else exp.Literal.number(1)


def has_ties(query: exp.Expr) -> bool:
    """Whether the rows that are equal to the last of a limit come with it."""
    limit = query.args.get("limit")
    options = limit.args.get("limit_options") if limit is not None else None
    return options is not None and bool(options.args.get("with_ties"))


def puts_null_first(key: exp.Expr) -> bool:
    """Where the database puts the empty values of an order, if nothing is said.

    >>> import sqlglot
    >>> tree = sqlglot.parse_one("SELECT a FROM t ORDER BY a DESC", dialect="postgres")
    >>> tree.meta["dialect"] = "postgres"
    >>> puts_null_first(tree.find(exp.Ordered))
    True
    """
    down, dialect = bool(key.args.get("desc")), key.root().meta.get("dialect")
    return {"postgres": down, "duckdb": False}.get(dialect or "", not down)


def list_conditions(node: exp.Expr | None) -> list[exp.Expr]:
    """What has to hold together: a chain may be longer than Python recurses."""
    nodes = [node.this if isinstance(node, exp.Where) else node] if node is not None else []
    found = []
    while nodes:
        each = nodes.pop().unnest()
        if isinstance(each, exp.And):
            nodes += [each.right, each.left]
        else:
            found.append(each)
    return found


def say(name: str) -> str:
    """A name of the schema in words.

    >>> say("shipped_at")
    'shipped at'
    """
    return name.replace("_", " ").strip()
