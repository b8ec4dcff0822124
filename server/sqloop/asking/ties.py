"""Whether the last row that ``ORDER BY … LIMIT`` kept is equal in that order to one that it left out.

Then chance chose: "which site used the most electricity?" by ``COUNT(*)``, which is the same for all. The
query is run once more for the last row and the next one, with what it orders by beside them. Where that would
not be the same query (DISTINCT, UNION), or would take long, nothing is found out.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop.database.checking.parsing import parse_statement
from sqloop.database.outcome import Outcome
from sqloop.database.schema import Dialect

QUICK = 500.0
"""Milliseconds that a query may have taken to be run once more."""


def is_tied(sql: str, outcome: Outcome, execute: Callable[[str], Outcome], dialect: Dialect) -> bool:
    """Whether a row that shows something else is as good as the last of ``outcome``, which ``sql`` gave."""
    if outcome.truncated or outcome.elapsed_ms > QUICK or not outcome.rows:
        return False
    asked = _ask_next(sql, len(outcome.rows), dialect)
    found = execute(asked) if asked else None
    if found is None or found.status != "ok" or len(found.rows) != 2:
        return False
    (last, following), shown = found.rows, len(outcome.columns)
    return last[shown:] == following[shown:] and last[:shown] != following[:shown]


def _ask_next(sql: str, rows: int, dialect: Dialect) -> str | None:
    """The query for the last row and the next, with the order behind what is shown; None without one."""
    try:
        tree = parse_statement(sql, dialect)
    except SqlglotError:
        return None
    if not isinstance(tree, exp.Select) or tree.args.get("distinct") or tree.args.get("offset"):
        return None
    limit, order = tree.args.get("limit"), tree.args.get("order")
    if not isinstance(limit, exp.Limit) or limit.expression.name != str(rows) or order is None:
        return None
    keys = [_read_key(each.this, tree) for each in order.expressions]
    tree.set("expressions", [*tree.expressions, *keys])
    return tree.limit(2).offset(rows - 1).sql(dialect)


def _read_key(key: exp.Expr, tree: exp.Select) -> exp.Expr:
    """What is ordered by: a column of the result by its name or number is what that shows."""
    named = {each.alias.lower(): each.this for each in tree.expressions if isinstance(each, exp.Alias)}
    if isinstance(key, exp.Literal) and key.is_int and int(key.name) <= len(tree.expressions):
        key = tree.expressions[int(key.name) - 1].unalias()
        return key.copy()

    def put_in(node: exp.Expr) -> exp.Expr:
        known = isinstance(node, exp.Column) and not node.table and node.name.lower() in named
        return exp.paren(named[node.name.lower()].copy()) if known else node

    changed: exp.Expr = key.copy().transform(put_in)
    return changed
