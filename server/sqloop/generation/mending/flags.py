"""Flags as they are stored: `paid = 1` where rows say 'yes' and 'no'. Works on the syntax tree, in place.

A truth that is written in another form than the rows have it becomes theirs; MariaDB takes 'yes' for 0, and
SQLite finds nothing. `paid IS NULL` where no row holds NULL means that it is not so, unless an outer join
makes rows without a partner.
"""

from __future__ import annotations

from sqlglot import exp

from sqloop.database.knowledge.samples import flag_values, read_truth
from sqloop.database.schema import Column
from sqloop.generation.mending.scopes import Place, Scopes


def mend_nulls(tree: exp.Expr) -> None:
    """Ask whether there is a value where one is compared with the word, in place.

    >>> import sqlglot
    >>> tree = sqlglot.parse_one("SELECT 1 FROM t WHERE a <> 'NULL' AND b = NULL")
    >>> mend_nulls(tree)
    >>> tree.sql()
    'SELECT 1 FROM t WHERE NOT a IS NULL AND b IS NULL'
    """
    for compared in list(tree.find_all(exp.EQ, exp.NEQ)):
        said = compared.expression
        told = isinstance(said, exp.Null) or (
            isinstance(said, exp.Literal) and said.is_string and said.name == "NULL"
        )
        if told and isinstance(compared.this, exp.Column):
            null = exp.Is(this=compared.this.copy(), expression=exp.Null())
            compared.replace(exp.Not(this=null) if isinstance(compared, exp.NEQ) else null)


def mend_flags(tree: exp.Expr, scopes: Scopes) -> None:
    """Mend ``tree``, a query, in place.

    >>> import sqlglot
    >>> from sqloop.database.schema import Schema, Table
    >>> bills = Schema("sqlite", (Table("bill", (Column("paid", "TEXT", "text", samples=("yes", "no")),)),))
    >>> tree = sqlglot.parse_one("SELECT 1 FROM bill WHERE paid = FALSE OR paid IS NULL OR paid <> 'Y'")
    >>> mend_flags(tree, Scopes(tree, bills))
    >>> tree.sql()
    "SELECT 1 FROM bill WHERE paid = 'no' OR paid = 'no' OR paid <> 'yes'"
    """
    for column in list(tree.find_all(exp.Column)):
        place = scopes.place(column)
        if place is not None and (values := flag_values(place.column)) is not None:
            nulls = place.column.nulls or _may_lack(place)
            _mend(column, place.column, values, nulls=nulls)


def _may_lack(place: Place) -> bool:
    """Whether an outer join leaves rows of the column's source empty.

    >>> import sqlglot
    >>> from sqloop.database.schema import Schema, Table
    >>> schema = Schema("sqlite", (Table("a", (Column("x", "INT", "number"),)), Table("b", ())))
    >>> for side in ("LEFT", "RIGHT", "FULL", "INNER"):
    ...     tree = sqlglot.parse_one(f"SELECT a.x FROM a {side} JOIN b ON TRUE")
    ...     print(_may_lack(Scopes(tree, schema).place(tree.expressions[0])))
    False
    True
    True
    False
    """
    read = place.select.args["from_"].this.alias_or_name.lower() == place.source
    for join in place.select.args.get("joins") or []:
        joined = join.this.alias_or_name.lower() == place.source
        if (joined and join.side in ("LEFT", "FULL")) or (read and join.side in ("RIGHT", "FULL")):
            return True
        read = read or joined
    return False


def _mend(column: exp.Column, stored: Column, values: tuple[str, str], *, nulls: bool) -> None:
    parent = column.parent
    match parent:
        case exp.EQ() | exp.NEQ() if parent.this is column:
            truth = _read(parent.expression, stored)
            if truth is not None:
                parent.set("expression", _write(truth, stored, values))
        case exp.Is() if parent.this is column:
            truth = False if isinstance(parent.expression, exp.Null) else _read(parent.expression, stored)
            if truth is not None and not (nulls and isinstance(parent.expression, exp.Null)):
                parent.replace(exp.EQ(this=column.copy(), expression=_write(truth, stored, values)))
        case exp.Where() | exp.Connector() | exp.Not() if stored.kind == "text":
            column.replace(exp.EQ(this=column.copy(), expression=_write(True, stored, values)))


def _read(node: exp.Expr, stored: Column) -> bool | None:
    """The truth that a value says otherwise than rows do; None where it is none, or is said as they do."""
    if isinstance(node, exp.Boolean):
        return bool(node.this) if stored.kind == "text" else None
    if not isinstance(node, exp.Literal) or (
        node.name in stored.samples and node.is_string == _is_text(stored)
    ):
        return None
    return read_truth(node.name)


def _write(truth: bool, stored: Column, values: tuple[str, str]) -> exp.Expr:
    value = values[0] if truth else values[1]
    return exp.Literal.string(value) if _is_text(stored) else exp.Literal.number(value)


def _is_text(stored: Column) -> bool:
    return stored.kind == "text"
