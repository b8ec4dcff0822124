"""SQL that says what a word means: a condition, an expression or a join, over the schema's own names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop.database.checking.parsing import parse_statements
from sqloop.database.identifiers import quote_name
from sqloop.database.schema import Dialect, Schema
from sqloop.database.tokens import code_tokens

Kind = Literal["condition", "expression", "join"]

_JOIN = re.compile(
    r"^\s*(?:natural\s+)?(?:(?:inner|left|right|full|cross)\s+)?(?:outer\s+)?join\s+", re.IGNORECASE
)
_PLACE = "sqloop_joined_to"
_NO_BEGINNINGS = {
    "SELECT": "it is a whole query: put it into parentheses, or give its condition or expression",
    "WITH": "it is a whole query: put it into parentheses, or give its condition or expression",
    "WHERE": "leave out WHERE",
    "FROM": "leave out FROM",
}
_CONDITIONS = (exp.Predicate, exp.Connector, exp.Not, exp.In, exp.Between, exp.Is)


@dataclass(frozen=True)
class Definition:
    """``columns`` as (table, name), with an empty table where it is not said; ``tables`` by their names."""

    sql: str
    kind: Kind
    columns: tuple[tuple[str, str], ...]
    tables: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of columns and tables in it."""
        return (*(name for _, name in self.columns), *self.tables)

    def find_unknown(self, schema: Schema) -> list[str]:
        """The names in it that ``schema`` does not have, as a person is told them."""
        unknown = [name for name in self.tables if schema.table(name) is None]
        for owner, name in self.columns:
            table = schema.table(owner)
            if owner and table is None:
                unknown.append(owner)
            elif table is not None and table.column(name) is None:
                unknown.append(f"{owner}.{name}")
            elif not owner and not any(each.column(name) for each in schema.tables):
                unknown.append(name)
        return list(dict.fromkeys(unknown))

    def write_probe(self, schema: Schema) -> str:
        """A query that runs exactly if the definition can stand in one. Raises ValueError where it cannot.

        >>> from sqloop.database.schema import Column, Table
        >>> shop = Schema("sqlite", (Table("customers", (Column("status", "TEXT", "text"),)),))
        >>> read_definition("status = 'A'", "sqlite").write_probe(shop)
        "SELECT status = 'A' FROM customers"
        """
        if self.kind == "join":
            before = [owner for owner, _ in self.columns if owner and owner not in self.tables]
            if not before and _is_fragment(self.sql):
                raise ValueError("it does not say what it joins: write ON with both tables")
            names = ", ".join(quote_name(each, schema.dialect) for each in dict.fromkeys(before))
            return f"SELECT 1 FROM {f'{names} ' if _is_fragment(self.sql) else ''}{self.sql}"
        sources = dict.fromkeys(_find_owner(owner, name, schema) for owner, name in self.columns)
        names = ", ".join(quote_name(each, schema.dialect) for each in sources)
        return f"SELECT {self.sql}{f' FROM {names}' if names else ''}"


def tidy_sql(sql: str, dialect: Dialect) -> str:
    """``sql`` in one line, without comments and a last semicolon; texts in it stay as they are.

    >>> tidy_sql("city = 'New  York' -- home" + chr(10) + "AND paid = 0;", "sqlite")
    "city = 'New  York' AND paid = 0"
    """
    tokens = list(code_tokens(sql, dialect))
    while tokens and tokens[-1].text == ";":
        tokens.pop()
    pairs = zip(tokens, [None, *tokens], strict=False)
    parts = (f"{' ' if before and before.end < each.start else ''}{each.text}" for each, before in pairs)
    return "".join(parts)


@lru_cache(maxsize=16_384)
def read_definition(sql: str, dialect: Dialect) -> Definition:
    """What ``sql`` is, tidied. Raises ValueError, with the reason, where it is neither of the three.

    >>> texts = "paid = 0", "SUM(qty * price)", "JOIN a ON a.id = b.id"
    >>> [read_definition(each, "sqlite").kind for each in texts]
    ['condition', 'expression', 'join']
    """
    sql = tidy_sql(sql, dialect)
    first = sql.partition(" ")[0].upper()
    if first in _NO_BEGINNINGS:
        raise ValueError(_NO_BEGINNINGS[first])
    tree = None if _is_fragment(sql) else _read_expression(sql, dialect)
    if isinstance(tree, exp.Alias):
        raise ValueError(f"it needs no name: leave out {tree.alias}")
    if tree is not None:
        kind: Kind = "condition" if isinstance(tree, _CONDITIONS) else "expression"
        columns = _columns(tree)
        if not columns and not list(tree.find_all(exp.Table)):
            raise ValueError("it names no column")
        return Definition(sql, kind, columns, _tables(tree))
    source = _read_source(f"{_PLACE} {sql}" if _is_fragment(sql) else sql, dialect)
    if source is None:
        raise ValueError("it is neither a condition nor an expression nor a join")
    return Definition(
        sql, "join", _columns(source), tuple(each for each in _tables(source) if each != _PLACE)
    )


def _is_fragment(sql: str) -> bool:
    """Whether it is a join without what is joined to."""
    return _JOIN.match(sql) is not None


def _read_expression(sql: str, dialect: Dialect) -> exp.Expr | None:
    tree = _read_only(f"SELECT {sql}", dialect)
    if tree is None or len(tree.expressions) != 1 or _others(tree, {"expressions"}):
        return None
    (found,) = tree.expressions
    return None if isinstance(found, exp.Star | exp.Select) else found


def _read_source(sql: str, dialect: Dialect) -> exp.Select | None:
    tree = _read_only(f"SELECT 1 FROM {sql}", dialect)
    if tree is None or _others(tree, {"expressions", "from_", "joins"}):
        return None
    return tree if isinstance(tree.args["from_"].this, exp.Table | exp.Subquery) else None


def _read_only(sql: str, dialect: Dialect) -> exp.Select | None:
    try:
        trees = parse_statements(sql, dialect)
    except SqlglotError:
        return None
    return trees[0] if len(trees) == 1 and isinstance(trees[0], exp.Select) else None


def _others(tree: exp.Expr, known: set[str]) -> bool:
    return any(value for name, value in tree.args.items() if name not in known)


def _columns(tree: exp.Expr) -> tuple[tuple[str, str], ...]:
    """The columns of tables; those that a subquery renames its tables for are left to the database.

    Of a subquery only those of a table around it: ``EXISTS (… WHERE orders.customer_id = customers.id)``.
    """
    renamed = {each.alias.lower() for each in tree.find_all(exp.Table, exp.Subquery, exp.CTE) if each.alias}
    own = {each.name.lower() for each in tree.find_all(exp.Table)}
    inner = {id(column) for query in tree.find_all(exp.Subquery) for column in query.find_all(exp.Column)}
    inner |= {id(column) for each in tree.find_all(exp.Exists) for column in each.find_all(exp.Column)}
    inner |= {
        id(column)
        for each in tree.find_all(exp.In)
        if each.args.get("query")
        for column in each.args["query"].find_all(exp.Column)
    }
    found = [
        (column.table, column.name)
        for column in tree.find_all(exp.Column, bfs=False)
        if (id(column) not in inner or (column.table and column.table.lower() not in own))
        and column.table.lower() not in renamed
        and column.name != "*"
    ]
    return tuple(dict.fromkeys(found))


def _tables(tree: exp.Expr) -> tuple[str, ...]:
    made = {each.alias.lower() for each in tree.find_all(exp.CTE)}
    names = (table.name for table in tree.find_all(exp.Table))
    return tuple(dict.fromkeys(name for name in names if name and name.lower() not in made))


def _find_owner(owner: str, name: str, schema: Schema) -> str:
    if owner:
        return owner
    owners = [table.name for table in schema.tables if table.column(name) and not table.view]
    if len(owners) > 1:
        raise ValueError(f"{name} may be of {' or '.join(owners[:3])}: write {owners[0]}.{name}")
    if not owners:
        raise ValueError(f"no table has a column {name}")
    return owners[0]
