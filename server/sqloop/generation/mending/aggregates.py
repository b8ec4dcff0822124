"""Aggregates where no aggregate may stand, and what is shown beside them. Works on the syntax tree.

`price > AVG(price)` holds a row against all of them: they are asked in a query of their own. `COUNT(*) > 2`
in WHERE is said of groups. `SELECT town, COUNT(*)` that groups by nothing means each town, `SELECT name,
MAX(price)` the one of that price. `COUNT(paid = 1)` counts those of which it is so, not of which it is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlglot import exp

from sqloop.generation.mending.scopes import Scopes, conjuncts, tables_of

TRUTHS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between, exp.Like, exp.Is, exp.Not)
"""What is true or not of a row."""
_EACH = re.compile(r"\b(?:each|every|per)\b", re.IGNORECASE)
_COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)


def mend_aggregates(tree: exp.Query, scopes: Scopes, question: str = "") -> exp.Query:
    """``tree``, a query that answers ``question``, mended; changed in place, but for its root.

    >>> import sqlglot
    >>> from sqloop.database.schema import Schema
    >>> for sql in (
    ...     "SELECT a, SUM(b) FROM t WHERE c = 1 AND SUM(b) > 2 GROUP BY a, SUM(b)",
    ...     "SELECT a FROM t WHERE c = 1 AND b > AVG(b)",
    ...     "SELECT a, COUNT(*) FROM t HAVING COUNT(*) > 2",
    ...     "SELECT COUNT(c = 1) FROM t",
    ... ):
    ...     tree = sqlglot.parse_one(sql)
    ...     mend_aggregates(tree, Scopes(tree, Schema("sqlite", ()))).sql()
    'SELECT a, SUM(b) FROM t WHERE c = 1 GROUP BY a HAVING SUM(b) > 2'
    'SELECT a FROM t WHERE c = 1 AND b > (SELECT AVG(b) FROM t WHERE c = 1)'
    'SELECT a, COUNT(*) FROM t GROUP BY a HAVING COUNT(*) > 2'
    'SELECT COUNT(CASE WHEN c = 1 THEN 1 END) FROM t'
    """
    for count in tree.find_all(exp.Count):
        parts = count.this.flatten() if isinstance(count.this, exp.And | exp.Or) else [count.this]
        if all(isinstance(each.unnest(), TRUTHS) for each in parts):
            one = exp.If(this=count.this.copy(), true=exp.Literal.number(1))
            count.set("this", exp.Case(ifs=[one]))
    for select in scopes.selects:
        _read_names(select, scopes)
        _nest(select)
        _group_by_columns(select)
        _hold_against_all(select)
        _move_to_having(select)
        _group_what_is_shown(select, scopes.schema.dialect == "sqlite", question)
    return _fold_groups(tree) if isinstance(tree, exp.Select) else tree


def _read_names(select: exp.Select, scopes: Scopes) -> None:
    """What an aggregate is called where only the aggregate can stand, or in the quotes of a text.

    >>> import sqlglot
    >>> from sqloop.database.schema import Schema
    >>> tree = sqlglot.parse_one("SELECT a, COUNT(*) AS n FROM t WHERE n > 1 GROUP BY a ORDER BY 'n'")
    >>> _read_names(tree, Scopes(tree, Schema("sqlite", ())))
    >>> tree.sql()
    'SELECT a, COUNT(*) AS n FROM t WHERE COUNT(*) > 1 GROUP BY a ORDER BY n'
    """
    called = {each.alias.lower(): each.this for each in select.expressions if isinstance(each, exp.Alias)}
    for part in (select.args.get(name) for name in ("order", "group", "having")):
        for text in list(part.find_all(exp.Literal)) if part is not None and called else ():
            key = isinstance(text.parent, exp.Ordered | exp.Group | exp.GT | exp.GTE | exp.LT | exp.LTE)
            if key and text.is_string and text.name.lower() in called and text.arg_key != "expression":
                text.replace(exp.column(text.name))
    where = select.args.get("where")
    for column in list(where.find_all(exp.Column)) if where is not None else ():
        meant = called.get(column.name.lower()) if not column.table else None
        own = column.find_ancestor(exp.Select) is select and scopes.place(column) is None
        if meant is not None and own and _aggregates(meant):
            column.replace(meant.copy())


def _nest(select: exp.Select) -> None:
    """Take the average, say, of sums over the groups of the query around, of the same tables.

    >>> import sqlglot
    >>> inner = "SELECT AVG(SUM(b)) FROM t AS u"
    >>> tree = sqlglot.parse_one(f"SELECT a FROM t GROUP BY t.a HAVING SUM(b) > ({inner})")
    >>> _nest(tree.find(exp.Subquery).this)
    >>> tree.find(exp.Having).sql()
    'HAVING SUM(b) > (SELECT AVG(n) FROM (SELECT SUM(b) AS n FROM t AS u GROUP BY u.a) AS s)'
    """
    outer = select.expressions[0].unalias() if len(select.expressions) == 1 else None
    inner = outer.this if isinstance(outer, exp.AggFunc) else None
    around = select.find_ancestor(exp.Select)
    group = around.args.get("group") if around is not None else None
    plain = not any(select.args.get(part) for part in ("group", "having", "order", "limit", "with_"))
    if outer is None or not isinstance(inner, exp.AggFunc) or around is None or group is None or not plain:
        return
    names = {
        each.name.lower(): each.alias_or_name for each in tables_of(select) if isinstance(each, exp.Table)
    }
    tables = {each.alias_or_name.lower(): each.name.lower() for each in tables_of(around)}
    columns = []
    for column in group.expressions:
        source = names.get(tables.get(column.table.lower(), "")) if isinstance(column, exp.Column) else None
        if source is None:
            return
        columns.append(exp.column(column.this.copy(), table=source))
    query = exp.select(exp.alias_(inner.copy(), "n")).group_by(*columns)
    for part in ("from_", "joins", "where"):
        query.set(part, select.args.get(part))
        select.set(part, None)
    outer.set("this", exp.column("n"))
    select.from_(exp.Subquery(this=query, alias=exp.TableAlias(this=exp.to_identifier("s"))), copy=False)


def _fold_groups(select: exp.Select) -> exp.Select:
    """Fold what is folded of each group once more: `SELECT AVG(SUM(b)) FROM t GROUP BY a`.

    >>> import sqlglot
    >>> _fold_groups(sqlglot.parse_one("SELECT AVG(SUM(b)) FROM t GROUP BY a")).sql()
    'SELECT AVG(n) FROM (SELECT SUM(b) AS n FROM t GROUP BY a) AS s'
    """
    outer = select.expressions[0].unalias() if len(select.expressions) == 1 else None
    inner = outer.this if isinstance(outer, exp.AggFunc) else None
    cut = any(select.args.get(part) for part in ("order", "limit", "with_", "distinct"))
    if outer is None or not isinstance(inner, exp.AggFunc) or not select.args.get("group") or cut:
        return select
    shown = select.expressions[0].copy()
    shown.unalias().set("this", exp.column("n"))
    select.set("expressions", [exp.alias_(inner.copy(), "n")])
    groups = exp.Subquery(this=select, alias=exp.TableAlias(this=exp.to_identifier("s")))
    return exp.select(shown).from_(groups)


def _group_by_columns(select: exp.Select) -> None:
    group = select.args.get("group")
    kept = [each for each in group.expressions if not _aggregates(each)] if group is not None else []
    if kept and group is not None:
        group.set("expressions", kept)


def _hold_against_all(select: exp.Select) -> None:
    """Hold a column of each row against an aggregate of all that meet the other conditions."""
    if select.args.get("group") is not None or select.args.get("with_"):
        return
    where = conjuncts(select.args.get("where"))
    having = conjuncts(select.args.get("having"))
    called = {each.alias.lower() for each in select.expressions if each.alias}
    held = [each for each in (*where, *having) if _is_of_row(each)]
    if not held or any(each.name.lower() in called for part in held for each in part.find_all(exp.Column)):
        return
    rest = [each for each in where if not _aggregates(each)]
    for condition in held:
        for folded in list(condition.find_all(exp.AggFunc)):
            all_of = exp.select(folded.copy())
            all_of.set("from_", select.args["from_"].copy())
            all_of.set("joins", [each.copy() for each in select.args.get("joins") or []])
            if rest:
                all_of.where(*(each.copy() for each in rest), copy=False)
            folded.replace(exp.Subquery(this=all_of))
    left = [each for each in having if each not in held]
    select.set("having", exp.Having(this=exp.and_(*left, copy=False)) if left else None)
    asked = [*where, *(each for each in having if each in held)]
    select.set("where", exp.Where(this=exp.and_(*asked, copy=False)))


def _is_of_row(condition: exp.Expr) -> bool:
    """Whether a column is compared with an aggregate."""
    sides = (condition.this, condition.expression) if isinstance(condition, _COMPARED) else ()
    return any(isinstance(each, exp.Column) for each in sides) and any(
        _aggregates(each) for each in sides if not isinstance(each, exp.Query)
    )


def _move_to_having(select: exp.Select) -> None:
    conditions = conjuncts(select.args.get("where"))
    moved = [each for each in conditions if _aggregates(each)]
    if not moved:
        return
    kept = [each for each in conditions if each not in moved]
    select.set("where", exp.Where(this=exp.and_(*kept, copy=False)) if kept else None)
    together = [*conjuncts(select.args.get("having")), *moved]
    select.set("having", exp.Having(this=exp.and_(*together, copy=False)))


def _group_what_is_shown(select: exp.Select, first_row: bool, question: str) -> None:
    """Group by what is shown beside aggregates where nothing is grouped by; of a MAX alone take its row.

    ``first_row`` where the database shows the row of a MAX by itself.

    >>> import sqlglot
    >>> for question in ("Which is the dearest?", "The dearest of each kind?"):
    ...     tree = sqlglot.parse_one("SELECT a, MAX(b) FROM t")
    ...     _group_what_is_shown(tree, False, question)
    ...     tree.sql()
    'SELECT a, b FROM t WHERE NOT b IS NULL ORDER BY b DESC LIMIT 1'
    'SELECT a, MAX(b) FROM t GROUP BY a'
    """
    if select.args.get("group") is not None or select.args.get("distinct"):
        return
    shown = [each.unalias() for each in select.expressions if not _aggregates(each)]
    columns = [each for each in shown if each.find(exp.Column) and not each.find(exp.Query, exp.Window)]
    folded = [each for each in select.expressions if _aggregates(each)]
    if (
        any(each.find(exp.Star) for each in shown)
        or not columns
        or len(columns) < len(shown)
        or not (folded or _aggregates(select.args.get("having")))
    ):
        return
    end = folded[0].unalias() if len(folded) == 1 else None
    plain = not any(select.args.get(part) for part in ("having", "order", "limit"))
    if plain and isinstance(end, exp.Max | exp.Min) and not _EACH.search(question):
        if not first_row:
            _take_row_of(select, end)
        return
    select.set("group", exp.Group(expressions=[each.copy() for each in columns]))


def _take_row_of(select: exp.Select, end: exp.Expr) -> None:
    value = end.this
    end.replace(value.copy())
    select.where(exp.not_(exp.Is(this=value.copy(), expression=exp.Null())), copy=False)
    select.set(
        "order", exp.Order(expressions=[exp.Ordered(this=value.copy(), desc=isinstance(end, exp.Max))])
    )
    select.limit(1, copy=False)


def _aggregates(part: exp.Expr | None) -> bool:
    """Whether it holds an aggregate of the query that it stands in: no window, none of a subquery."""
    own = part.find_ancestor(exp.Select) if part is not None else None
    found: Iterable[exp.AggFunc] = part.find_all(exp.AggFunc) if part is not None else ()
    return any(
        function.find_ancestor(exp.Select) is own
        and function.find_ancestor(exp.Window) is None
        and not (isinstance(function, exp.Max | exp.Min) and function.expressions)  # MAX(a, b) of SQLite
        for function in found
    )
