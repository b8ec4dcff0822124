"""What has to hold, in words: comparisons, NULL, LIKE, IN, EXISTS, and what denies or joins them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

Say = Callable[[exp.Expr], str]

_COMPARISONS: dict[type[exp.Expr], tuple[str, str]] = {
    exp.EQ: ("is", "is not"),
    exp.NEQ: ("is not", "is"),
    exp.GT: ("is greater than", "is at most"),
    exp.GTE: ("is at least", "is less than"),
    exp.LT: ("is less than", "is at least"),
    exp.LTE: ("is at most", "is greater than"),
    exp.Like: ("is like", "is not like"),
    exp.ILike: ("is like (in any case)", "is not like (in any case)"),
    exp.Is: ("is", "is not"),
    exp.NullSafeEQ: ("is", "is not"),
    exp.NullSafeNEQ: ("is not", "is"),
}
"""With what each says where it is denied: NULL passes neither, but for the last three."""

_PLACES = {(True, False): "begin{} with", (False, True): "end{} with", (True, True): "contain{}"}
"""What a pattern asks for that has a % at its end, or its beginning."""


def say_condition(node: exp.Expr, say: Say) -> str:
    """What has to hold; empty where ``node`` gives another value than true or false.

    >>> import sqlglot
    >>> said = lambda sql: say_condition(sqlglot.parse_one(sql), lambda each: each.sql())
    >>> said("a > 1 AND b LIKE 'x%' OR c"), said("NOT a BETWEEN 1 AND 2")
    ("(a > 1 AND b LIKE 'x%') or c is true", 'a is not between 1 and 2')
    """
    if isinstance(node, exp.And | exp.Or):
        word = "and" if isinstance(node, exp.And) else "or"
        return f" {word} ".join(_say_part(each, node, say) for each in (node.left, node.right))
    if isinstance(node, exp.Not):
        inner = node.this.unnest()
        if isinstance(inner, exp.Column):
            return f"{say(inner)} is false"
        return _say_plain(node.this, say, denied=True) or f"not ({say(inner)})"
    return _say_plain(node, say, denied=False)


def say_holding(node: exp.Expr, say: Say) -> str:
    """What has to hold, where a value may stand for that.

    >>> say_holding(exp.column("paid"), lambda each: each.sql())
    'paid is true'
    """
    return f"{say(node)} is true" if isinstance(node, exp.Column) else say(node)


def list_words(words: Sequence[str], last: str = "and") -> str:
    """
    >>> list_words(["a", "b", "c"]), list_words(["a"], "or"), list_words([])
    ('a, b and c', 'a', '')
    """
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)


def _say_part(node: exp.Expr, around: exp.Expr, say: Say) -> str:
    """A side of AND or OR; what binds more tightly in SQL is read so only in parentheses."""
    said = say_holding(node, say)
    return f"({said})" if isinstance(around, exp.Or) and isinstance(node, exp.And) else said


def _say_plain(node: exp.Expr, say: Say, *, denied: bool) -> str:
    if isinstance(node, exp.Between):
        ends = f"{say(node.args['low'])} and {say(node.args['high'])}"
        return f"{say(node.this)} is {'not ' if denied else ''}between {ends}"
    if isinstance(node, exp.In):
        return _say_in(node, say, denied=denied)
    if type(node) not in _COMPARISONS or not isinstance(node, exp.Binary):
        return ""
    said = f"{say(node.this)} {_COMPARISONS[type(node)][denied]} {say(node.expression)}"
    if isinstance(node, exp.Like | exp.ILike):
        return _say_like(node, say, denied=denied) or said
    if isinstance(node, exp.NullSafeEQ | exp.NullSafeNEQ):
        null = isinstance(node.expression, exp.Null)
        return said if null else f"{said} (NULL is a value like others here)"
    lost = not isinstance(node, exp.Is) and any(isinstance(e, exp.Null) for e in (node.this, node.expression))
    return f"{said} (which is so for no row)" if lost else said


def _say_in(node: exp.In, say: Say, *, denied: bool) -> str:
    inside = node.args.get("query")
    if inside:
        return f"{say(node.this)} is {'not ' if denied else ''}among {say(inside)}"
    if not node.expressions:  # IN of an array, which has no words here.
        return ""
    among = list_words([say(each) for each in node.expressions])
    lost = denied and any(isinstance(each, exp.Null) for each in node.expressions)
    said = f"{say(node.this)} is {'none' if denied else 'one'} of {among}"
    return f"{said} (which is so for no row)" if lost else said


def _say_like(node: exp.Expr, say: Say, *, denied: bool) -> str:
    """A pattern that asks for a text at an end, or anywhere, and whether case counts; empty for others."""
    pattern = node.args["expression"]
    folds = isinstance(node, exp.ILike) or node.root().meta.get("dialect") == "sqlite"
    text = pattern.name if isinstance(pattern, exp.Literal) else ""
    inner, place = text.strip("%"), _PLACES.get((text.endswith("%"), text.startswith("%")), "")
    if not place or not inner or isinstance(node.parent, exp.Escape) or set(inner) & set("%_\\"):
        return ""
    verb = f"does not {place.format('')}" if denied else place.format("s")
    quoted = inner.replace("'", "''")
    case = " (in any case)" if folds and inner.upper() != inner.lower() else ""
    return f"{say(node.this)} {verb} '{quoted}'{case}"
