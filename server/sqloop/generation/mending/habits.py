"""What models write on a database with strict types as if it were SQLite or MariaDB, so that it runs there.

Dates are no texts on PostgreSQL and DuckDB: `placed LIKE '2024-%'` and `SUBSTR(placed, 1, 7)` need a cast,
and a format has another function. PostgreSQL compares no truth with a number. A column that is shown for each
group is one that is grouped by. A list is compared with one value where it holds it. Only what would fail as
it stands is changed.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sqloop.database.schema import Column, Dialect, Kind, Schema
from sqloop.generation.mending.dialects.functions import mend_functions
from sqloop.generation.mending.dialects.parts import mend_parts
from sqloop.generation.mending.dialects.texts import mend_texts
from sqloop.generation.mending.scopes import Scopes

_STRICT: frozenset[Dialect] = frozenset({"postgres", "duckdb"})
_TEXTS = (exp.Like, exp.ILike, exp.Substring, exp.Left, exp.Length, exp.RegexpLike)


def mend_habits(tree: exp.Expr, schema: Schema) -> None:
    """Mend ``tree``, a query on ``schema``, in place."""
    scopes = Scopes(tree, schema)
    mend_functions(tree, scopes)
    mend_texts(tree, scopes)
    mend_parts(tree, scopes)
    if schema.dialect not in _STRICT:
        return
    for node in tree.find_all(*_TEXTS):
        if isinstance(node.this, exp.Column) and _kinds(node.this, scopes) == {"date"}:
            node.set("this", exp.cast(node.this.copy(), "TEXT"))
    _look_into_lists(tree, scopes)
    if schema.dialect == "postgres":
        _compare_truths(tree, scopes)
    for select in tree.find_all(exp.Select):
        _group(select)


def _look_into_lists(tree: exp.Expr, scopes: Scopes) -> None:
    """Write ``tags = 'new'`` and ``tags LIKE '%new%'`` as what they mean where ``tags`` is a list."""
    for compared in list(tree.find_all(exp.EQ, exp.Like, exp.ILike)):
        column, value = compared.this, compared.expression
        if not (isinstance(column, exp.Column) and isinstance(value, exp.Literal) and value.is_string):
            continue
        if not _is_list(column, scopes) or value.name.startswith(("{", "[")):
            continue
        if isinstance(compared, exp.EQ):
            compared.replace(exp.EQ(this=value.copy(), expression=exp.Any(this=exp.paren(column.copy()))))
        else:
            text = exp.Anonymous(
                this="ARRAY_TO_STRING", expressions=[column.copy(), exp.Literal.string(", ")]
            )
            compared.set("this", text)


def _is_list(column: exp.Column, scopes: Scopes) -> bool:
    found = _meant(column, scopes)
    return bool(found) and all(known.type.endswith("]") for known in found)


def _compare_truths(tree: exp.Expr, scopes: Scopes) -> None:
    """Write ``is_open = 1`` as ``is_open = TRUE``, and count truths as numbers."""
    for folded in tree.find_all(exp.Sum, exp.Avg):
        if isinstance(folded.this, exp.Column) and _kinds(folded.this, scopes) == {"boolean"}:
            folded.set("this", exp.cast(folded.this.copy(), "INT"))
    for compared in tree.find_all(exp.EQ, exp.NEQ, exp.In):
        if isinstance(compared.this, exp.Column) and _kinds(compared.this, scopes) == {"boolean"}:
            for side in (compared.expression, *compared.expressions):
                if isinstance(side, exp.Literal) and side.name in ("0", "1"):
                    side.replace(exp.Boolean(this=side.name == "1"))


def _group(select: exp.Select) -> None:
    """Group also by the columns that are shown beside aggregates, as SQLite and MariaDB need not be told.

    >>> import sqlglot
    >>> tree = sqlglot.parse_one("SELECT c.name, COUNT(*) FROM c GROUP BY c.id")
    >>> mend_habits(tree, Schema("duckdb", ()))
    >>> tree.sql()
    'SELECT c.name, COUNT(*) FROM c GROUP BY c.id, c.name'
    """
    group = select.args.get("group")
    if group is None or not group.expressions:
        return
    grouped = set(group.expressions)
    names = {each.name.lower() for each in grouped if isinstance(each, exp.Column) and not each.table}
    for number, shown in enumerate(select.expressions, 1):
        plain = shown.unalias()
        told = exp.Literal.number(number) in grouped or plain in grouped or shown.alias.lower() in names
        if told or plain.find(exp.AggFunc, exp.Window, exp.Subquery):
            continue
        for column in plain.find_all(exp.Column):
            settled = any(node in grouped for node in _up_to(plain, column))
            if not settled and column.name.lower() not in names:
                grouped.add(column)
                group.append("expressions", column.copy())


def _up_to(top: exp.Expr, node: exp.Expr) -> Iterator[exp.Expr]:
    """``node`` and what it stands in, up to ``top``."""
    while node is not top and node.parent is not None:
        yield node
        node = node.parent
    yield node


def _kinds(column: exp.Column, scopes: Scopes) -> set[Kind]:
    return {each.kind for each in _meant(column, scopes)}


def _meant(column: exp.Column, scopes: Scopes) -> list[Column]:
    """The column of the schema; all that are called so where it is not certain which."""
    place = scopes.place(column)
    if place is not None:
        return [place.column]
    found = (table.column(column.name) for table in scopes.schema.tables)
    return [each for each in found if each is not None]
