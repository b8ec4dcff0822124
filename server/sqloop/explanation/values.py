"""CASE and window functions in words: values that depend on conditions, or on other rows.

Empty is returned for what has no words here (frames by RANGE or GROUPS, functions that are rare): it is then
shown as SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from sqloop.explanation.conditions import list_words, say_holding
from sqloop.explanation.functions import enclose

Say = Callable[[exp.Expr], str]

_PLACES: dict[type[exp.Expr], str] = {
    exp.RowNumber: "the row number",
    exp.Rank: "the rank",
    exp.DenseRank: "the rank without gaps",
    exp.PercentRank: "the rank from 0 to 1",
    exp.CumeDist: "the share of rows up to this one",
}
_ENDS: dict[type[exp.Expr], str] = {exp.FirstValue: "the first", exp.LastValue: "the last"}
_NEAR: dict[type[exp.Expr], str] = {exp.Lag: "before", exp.Lead: "after"}


def say_case(node: exp.Expr, say: Say) -> str:
    """A CASE, or an IF of MySQL.

    >>> import sqlglot
    >>> case = sqlglot.parse_one("CASE WHEN a > 1 THEN 'Yes' ELSE 'No' END")
    >>> say_case(case, lambda each: each.sql())
    "'Yes' if a > 1, else 'No'"
    """
    branches = node.args["ifs"] if isinstance(node, exp.Case) else [node]
    told = []
    for each in branches:
        condition = (
            f"{say(node.this)} is {say(each.this)}" if isinstance(node, exp.Case) and node.this else ""
        )
        told.append(f"{say(each.args['true'])} if {condition or say_holding(each.this, say)}")
    default = node.args.get("default") or node.args.get("false")
    return f"{', '.join(told)}, else {say(default) if default else 'nothing'}"


def say_conditional(node: exp.Expr, say: Say) -> str:
    """An aggregate over a condition, or over a CASE of one: the rows, or the values, for which it holds.

    >>> import sqlglot
    >>> said = lambda sql: say_conditional(sqlglot.parse_one(sql), lambda each: each.sql())
    >>> said("SUM(CASE WHEN a > 1 THEN 1 ELSE 0 END)"), said("AVG(a > 1)")
    ('the number of rows where a > 1', 'the share of rows where a > 1')
    """
    case = node.this
    if isinstance(case, exp.Predicate | exp.Connector | exp.Not) and not isinstance(node, exp.Count):
        if isinstance(node, exp.Avg):
            return f"the share of rows where {say(case)}"
        return f"the number of rows where {say(case)}" if isinstance(node, exp.Sum | exp.CountIf) else ""
    if isinstance(case, exp.Case) and (case.this or len(case.args["ifs"]) != 1):
        return ""
    if not isinstance(case, exp.Case | exp.If):
        return ""
    branch = case.args["ifs"][0] if isinstance(case, exp.Case) else case
    default = case.args.get("default") or case.args.get("false")
    value, condition = branch.args["true"], say_holding(branch.this, say)
    nothing = default is None or isinstance(default, exp.Null)
    zero = default is not None and default.name in ("0", "0.0")
    counts = isinstance(value, exp.Literal) and value.name in ("1", "1.0")
    if isinstance(node, exp.Avg):
        return f"the share of rows where {condition}" if zero and counts else ""
    if not nothing and not (zero and isinstance(node, exp.Sum)):
        return ""
    if isinstance(node, exp.Sum):
        what = "number of rows" if counts else f"sum of {enclose(value, say)}"
        return f"the {what} where {condition}"
    counted = isinstance(node, exp.Count) and isinstance(value, exp.Literal)
    return f"the number of rows where {condition}" if counted else ""


def say_window(node: exp.Window, say: Say) -> str:
    """A window function; empty where there are no words for it.

    >>> import sqlglot
    >>> rank = sqlglot.parse_one("RANK() OVER (PARTITION BY region ORDER BY total DESC)")
    >>> say_window(rank, lambda each: each.sql())
    'the rank by total, highest first, within each region'
    """
    window = _find_window(node)
    if window is None:
        return ""
    order, parts = window.args.get("order"), window.args.get("partition_by") or []
    keys = order.expressions if order else []
    value, frame = node.this, _say_frame(window, keys)
    if frame is None:
        return ""
    within = f"within each {list_words([say(each).removeprefix('the ') for each in parts])}" if parts else ""
    if type(value) in _PLACES:
        return _put(_PLACES[type(value)], _say_order(keys, say, by="by", up=", lowest first"), within)
    if isinstance(value, exp.Ntile):
        part = f"which of {say(value.this)} equal parts"
        return _put(part, _say_order(keys, say, by="by", up=", lowest first"), within)
    if type(value) in _NEAR:
        steps, near = say(value.args["offset"]) if value.args.get("offset") else "1", _NEAR[type(value)]
        rows = f"of the row {near}" if steps == "1" else f"{steps} rows {near}"
        otherwise = f"else {say(value.args['default'])}" if value.args.get("default") else ""
        return _put(f"{say(value.this)} {rows}", _say_order(keys, say), within, otherwise)
    if type(value) in _ENDS:
        reach = "" if isinstance(value, exp.FirstValue) and frame == "so far" else frame
        return _put(f"{_ENDS[type(value)]} {say(value.this)}", _say_order(keys, say), within, reach)
    if isinstance(value, exp.AggFunc | exp.Filter):
        if not frame:
            return _put(say(value), within or "over all rows")
        return _put(say(value), frame, _say_order(keys, say), within)
    return ""


def _find_window(node: exp.Window) -> exp.Window | None:
    """Where the window is described: here, or by its name at the end of the query."""
    name = node.text("alias")
    if not name:
        return None if node.args.get("first") is not None else node
    select = node.find_ancestor(exp.Select)
    named = (select.args.get("windows") or []) if select is not None else []
    inherits = any(node.args.get(each) for each in ("partition_by", "order", "spec"))
    return None if inherits else next((each for each in named if each.name.lower() == name.lower()), None)


def _say_frame(window: exp.Window, keys: Sequence[exp.Expr]) -> str | None:
    """The rows that a value is made of; empty for all of them, None where there are no words."""
    spec = window.args.get("spec")
    if spec is None:
        return "so far" if keys else ""
    start, end = _end(spec, "start"), _end(spec, "end")
    if spec.args.get("exclude") or start is None or end is None:
        return None
    if start == "UNBOUNDED" and end == "CURRENT ROW":
        return "so far"
    if start == end == "UNBOUNDED":
        return ""
    if spec.text("kind").upper() != "ROWS" or "UNBOUNDED" in (start, end):
        return None
    rows = "1 row" if start == "1" else f"{start} rows"
    first = "this row" if start == "CURRENT ROW" else f"{rows} {_side(spec, 'start')}"
    last = "this one" if end == "CURRENT ROW" else f"{end} {_side(spec, 'end')}"
    return f"from {first} to {last}"


def _end(spec: exp.Expr, name: str) -> str | None:
    """Where a frame begins or ends; a frame without an end goes on to the current row."""
    found = spec.args.get(name)
    if found is None:
        return "CURRENT ROW"
    if isinstance(found, str):
        return found.upper()
    return found.name if isinstance(found, exp.Literal) else None


def _side(spec: exp.Expr, name: str) -> str:
    return "before" if spec.args[f"{name}_side"].upper() == "PRECEDING" else "after"


def _say_order(keys: Sequence[exp.Expr], say: Say, by: str = "in the order of", up: str = "") -> str:
    words = [f"{say(each.this)}{', highest first' if each.args.get('desc') else up}" for each in keys]
    return f"{by} {', then '.join(words)}" if words else ""


def _put(value: str, first: str, *others: str) -> str:
    """The value, what belongs to it, and the rest behind commas."""
    start = " ".join(each for each in (value, first) if each)
    return ", ".join([start, *(each for each in others if each)])
