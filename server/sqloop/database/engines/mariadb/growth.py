"""How long the texts may get that a query makes out of short ones, judged from its tree.

The server holds each value of an expression in memory of its own, up to ``max_allowed_packet`` (16 MiB), that
none of its limits for a session counts, and it looks at the clock between rows alone: 300 REPLACE of 15
million characters took 6 GB and a minute. So lengths are worked out, part by part; what a table holds counts
as short, whatever it is. Not covered: functions of long stored values, of which each may have its packet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlglot import exp

LONGEST = 16 * 1024 * 1024
"""Characters of all texts that functions make for one row."""

LONGEST_SEARCHED = 20_000
"""Characters that a regular expression may replace in: the server's time grows with their square."""

GROUPED = 512 * 1024
"""Characters that one GROUP_CONCAT counts for; a session lets it give eight times as much."""

_STORED = 64
"""Characters that a value of a table counts for."""

_SMALL = 32
"""Of a number, a date, a truth value."""

_INDENTED = 32
_ESCAPED = 6
_FACTORS = {"QUOTE": 2, "JSON_QUOTE": _ESCAPED, "JSON_ARRAY": 2, "TIME_FORMAT": 10} | dict.fromkeys(
    ("JSON_PRETTY", "JSON_DETAILED"), _INDENTED
)
_KIND_FACTORS: dict[type, int] = {exp.Hex: 2, exp.ToBase64: 2, exp.JSONObject: 2, exp.TimeToStr: 10}
_GROUPING = {"JSON_ARRAYAGG"}
_WRITTEN = (exp.Repeat, exp.Pad, exp.Space, exp.DataTypeParam, exp.Replace, exp.RegexpReplace)
_INNER_FIRST = (exp.With, exp.From, exp.Join, exp.Lateral)


def refuse_growth(root: exp.Expr) -> str | None:
    """Why the texts that ``root`` makes are too long; None where they are not.

    >>> from sqloop.database.checking.parsing import parse_statement
    >>> refuse_growth(parse_statement("SELECT REPLACE(name, 'a', 'bb') FROM t", "mysql"))
    >>> refuse_growth(parse_statement("SELECT REPEAT(REPEAT(name, 9000), 90) FROM t", "mysql"))
    'texts of that length are not allowed'
    """
    return "texts of that length are not allowed" if total_length(root) > LONGEST else None


def total_length(root: exp.Expr) -> int:
    """Characters of all texts that the functions of ``root`` make for one row; `LONGEST` + 1 for any more."""
    lengths: dict[int, int] = {}
    total, stored = 0, _STORED
    for node in _inside_out(root):
        parts = [lengths[id(part)] for part in _parts(node)]
        length = min(_length(node, parts, lambda part: lengths.get(id(part), 0), stored), LONGEST + 1)
        lengths[id(node)] = length
        if isinstance(node, exp.Func):
            total = min(total + length, LONGEST + 1)
        if isinstance(node, exp.Query) and node is not root:
            stored = max(stored, length)  # what a query within gives may come back as a column
    return total


def _length(node: exp.Expr, parts: list[int], length: Callable[[object], int], stored: int) -> int:
    """Characters of the value of ``node``, whose parts have those lengths."""
    if isinstance(node, exp.Column):
        return stored
    if isinstance(node, exp.Literal):
        return len(node.name)
    if isinstance(node, _WRITTEN):
        return _written_length(node, length)
    if isinstance(node, exp.GroupConcat | exp.JSONObjectAgg) or node.name.upper() in _GROUPING:
        return GROUPED
    if isinstance(node, exp.ConcatWs):
        return sum(parts) + len(parts) * (parts[0] if parts else 0)
    if isinstance(node, exp.Binary | exp.Unary | exp.Predicate) and not isinstance(node, exp.Paren):
        return _SMALL
    if isinstance(node, exp.Select):
        return max((length(each) for each in node.expressions), default=0)
    if isinstance(node, exp.SetOperation):
        return max(parts, default=0)
    factor = _KIND_FACTORS.get(type(node), 1)
    if isinstance(node, exp.Anonymous):
        factor = _FACTORS.get(node.name.upper(), 1)
    return factor * sum(parts) + 2


def _written_length(node: exp.Expr, length: Callable[[object], int]) -> int:
    """Characters of what is as long as its arguments say."""
    if isinstance(node, exp.Repeat):
        return _number(node.args.get("times")) * length(node.this)
    if isinstance(node, exp.Pad):
        return _number(node.expression)
    if isinstance(node, exp.Replace):
        return length(node.this) * _ratio(node, length)
    if isinstance(node, exp.RegexpReplace):
        if length(node.this) > LONGEST_SEARCHED:
            return LONGEST + 1
        return length(node.this) * (1 + length(node.args.get("replacement")))
    return _number(node.this)


def _ratio(node: exp.Replace, length: Callable[[object], int]) -> int:
    """How many times as long a text gets at most."""
    sought = node.expression
    each = len(sought.name) if isinstance(sought, exp.Literal) else 1
    return max(1, -(-length(node.args.get("replacement")) // max(1, each)))


def _number(written: object) -> int:
    """A number that is written out; what is not was refused already."""
    try:
        return int(float(written.name)) + 1 if isinstance(written, exp.Literal) else 0
    except (ValueError, OverflowError):
        return 0


def _parts(node: exp.Expr) -> list[exp.Expr]:
    return list(node.iter_expressions())


def _inside_out(root: exp.Expr) -> Iterator[exp.Expr]:
    """Every node after its parts, and what a query reads from before what it makes of it."""
    waiting = [(root, False)]
    while waiting:
        node, is_open = waiting.pop()
        if is_open:
            yield node
            continue
        waiting.append((node, True))
        parts = sorted(_parts(node), key=lambda part: not isinstance(part, _INNER_FIRST))
        waiting += [(part, False) for part in reversed(parts)]
