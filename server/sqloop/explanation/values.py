"""CASE and window functions in words: values that depend on conditions, or on other rows.

Empty is returned for what has no words here (frames by RANGE or GROUPS, functions that are rare): it is then
shown as SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

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
        told.append(f"{say(each.args['true'])} if {condition or say(each.this)}")
    default = node.args.get("default") or node.args.get("false")
    return f"{', '.join(told)}, else {say(default) if default else 'nothing'}"


def say_conditional(node: exp.Expr, say: Say) -> str:
    """SUM or COUNT over a CASE of one condition: the rows, or the values, for which it holds.

    >>> import sqlglot
    >>> tally = sqlglot.parse_one("SUM(CASE WHEN a > 1 THEN 1 ELSE 0 END)")
    >>> say_conditional(tally, lambda each: each.sql())
    'the number of rows where a > 1'
    """
    case = node.this
    if not isinstance(case, exp.Case) or case.this or len(case.args["ifs"]) != 1:
        return ""
    (branch,), default = case.args["ifs"], case.args.get("default")
    value, condition = branch.args["true"], say(branch.this)
    adds_nothing = isinstance(node, exp.Sum) and default is not None and default.name == "0"
    if not (default is None or isinstance(default, exp.Null) or adds_nothing):
        return ""
    if isinstance(value, exp.Literal) and (isinstance(node, exp.Count) or value.name == "1"):
        return f"the number of rows where {condition}"
    return f"the sum of {say(value)} where {condition}" if isinstance(node, exp.Sum) else ""


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
    within = f"within each {_join([say(each).removeprefix('the ') for each in parts])}" if parts else ""
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
        return _put(say(value), frame, _say_order(keys, say), within) if frame else _put(say(value), within)
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


def _join(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
