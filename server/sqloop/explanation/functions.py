"""Functions of texts and numbers in words, and what is worked out of several values.

Empty is returned for what has no words here: it is then shown as SQL.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from sqloop.explanation.conditions import list_words
from sqloop.explanation.moments import say_moment

Say = Callable[[exp.Expr], str]

_SIGNS: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}
_AFTER: dict[type[exp.Expr], str] = {
    exp.Lower: "in lower case",
    exp.Upper: "in upper case",
    exp.Ceil: "rounded up",
    exp.Floor: "rounded down",
}
_BEFORE: dict[type[exp.Expr], str] = {
    exp.Abs: "the absolute value of",
    exp.Length: "the length of",
    exp.Median: "the median of",
    exp.ArrayAgg: "the list of",
    exp.Stddev: "the standard deviation of",
    exp.StddevPop: "the standard deviation of",
    exp.StddevSamp: "the standard deviation of",
}
_ENDS: dict[type[exp.Expr], str] = {exp.Left: "first", exp.Right: "last"}


def say_function(node: exp.Expr, say: Say) -> str:
    """A function, or an arithmetic expression.

    >>> import sqlglot
    >>> said = lambda sql: say_function(sqlglot.parse_one(sql), lambda each: each.sql())
    >>> said("COALESCE(phone, 'none')"), said("ROUND(price, 2)"), said("SUBSTRING(code, 1, 3)")
    ("phone or, where that is empty, 'none'", 'price rounded to 2 decimals', 'the first 3 characters of code')
    """
    if said := say_moment(node, say):
        return said
    if node.args.get("this") is None and not isinstance(node, exp.Concat | exp.Distinct):
        return ""
    kind = type(node)
    if kind in _SIGNS:
        left, right = _operand(node.this, say, kind), _operand(node.args["expression"], say, kind)
        return f"{left} {_SIGNS[kind]} {right}"
    if kind in _BEFORE:
        return f"{_BEFORE[kind]} {say(node.this)}"
    if kind in _AFTER and not node.args.get("decimals"):
        return f"{_part(node.this, say)} {_AFTER[kind]}"
    return _say_number(node, say) or _say_text(node, say) or _say_choice(node, say)


def _say_number(node: exp.Expr, say: Say) -> str:
    if isinstance(node, exp.Neg):
        return f"-{_part(node.this, say)}"
    if isinstance(node, exp.Mod):
        return f"the remainder of {_part(node.this, say)} / {_part(node.expression, say)}"
    if isinstance(node, exp.IntDiv):
        return f"{_part(node.this, say)} / {_part(node.expression, say)} rounded down"
    if isinstance(node, exp.Round):
        places = node.args.get("decimals")
        digits = "a whole number" if places is None or places.name == "0" else f"{say(places)} decimals"
        return f"{_part(node.this, say)} rounded to {digits.replace('1 decimals', '1 decimal')}"
    if isinstance(node, exp.Cast | exp.TryCast):
        return _say_cast(node, say)
    if isinstance(node, exp.Anonymous) and node.name.upper() == "TOTAL" and len(node.expressions) == 1:
        return f"the sum of {say(node.expressions[0])}"
    return ""


def _say_cast(node: exp.Cast, say: Say) -> str:
    """A value of another type; where its words are the same, only the value."""
    inner, to = node.this.unnest(), node.to
    if to.is_type(*exp.DataType.INTEGER_TYPES) and isinstance(inner, exp.TimeToStr | exp.Extract):
        return say(inner)
    words = {
        "a whole number": exp.DataType.INTEGER_TYPES,
        "a number": exp.DataType.REAL_TYPES,
        "text": exp.DataType.TEXT_TYPES,
    }
    found = next((said for said, types in words.items() if to.this in types), "")
    return f"{_part(node.this, say)} as {found}" if found else ""


def _say_text(node: exp.Expr, say: Say) -> str:
    if type(node) in _ENDS:
        return _say_end(_ENDS[type(node)], node.args["expression"], node.this, say)
    if isinstance(node, exp.Substring):
        return _say_substring(node, say)
    if isinstance(node, exp.Trim) and not node.expression:
        return f"{_part(node.this, say)} without spaces around it"
    if isinstance(node, exp.StrPosition):
        return f"the position of {say(node.args['substr'])} in {say(node.this)}"
    if isinstance(node, exp.Replace) and node.args.get("replacement"):
        old, new = say(node.expression), say(node.args["replacement"])
        return f"{_part(node.this, say)} with {new} in the place of {old}"
    if isinstance(node, exp.GroupConcat):
        return f"the list of {say(node.this)}"
    if isinstance(node, exp.Order):
        keys = [
            f"{say(each.this)}{', descending' if each.args.get('desc') else ''}" for each in node.expressions
        ]
        return f"{say(node.this)}, ordered by {', then '.join(keys)}"
    if isinstance(node, exp.DPipe):
        return f"{list_words([_part(each, say) for each in node.flatten()])} as one text"
    if isinstance(node, exp.Concat):
        return f"{list_words([_part(each, say) for each in node.expressions])} as one text"
    return ""


def _say_substring(node: exp.Substring, say: Say) -> str:
    start, length = node.args.get("start"), node.args.get("length")
    if start is None:
        return ""
    if start.name == "1" and length is not None:
        return _say_end("first", length, node.this, say)
    if isinstance(start, exp.Neg) and length is None:
        return _say_end("last", start.this, node.this, say)
    if length is None:
        return f"{_part(node.this, say)} from character {say(start)} on"
    many = "1 character" if length.name == "1" else f"{say(length)} characters"
    return f"the {many} of {say(node.this)} from character {say(start)} on"


def _say_end(which: str, length: exp.Expr, value: exp.Expr, say: Say) -> str:
    if length.name == "1":
        return f"the {which} character of {say(value)}"
    return f"the {which} {say(length)} characters of {say(value)}"


def _say_choice(node: exp.Expr, say: Say) -> str:
    """One of several values."""
    if isinstance(node, exp.Coalesce):
        rest = [f" or, where that is empty, {_part(each, say)}" for each in node.expressions]
        return f"{_part(node.this, say)}{''.join(rest)}"
    if isinstance(node, exp.Nullif):
        return f"{_part(node.this, say)}, empty where it is {say(node.expression)}"
    if isinstance(node, exp.Greatest | exp.Least):
        which = "greatest" if isinstance(node, exp.Greatest) else "least"
        return f"the {which} of {list_words([say(each) for each in (node.this, *node.expressions)])}"
    if isinstance(node, exp.Distinct):
        return f"different values of {list_words([say(each) for each in node.expressions])}"
    return ""


def enclose(node: exp.Expr, say: Say) -> str:
    """A value after "of": in parentheses where its words could be read as two values.

    >>> import sqlglot
    >>> enclose(sqlglot.parse_one("a + b"), lambda each: each.sql())
    '(a + b)'
    """
    said = say(node)
    loose = isinstance(node, (*_SIGNS, exp.Coalesce, exp.Nullif)) and not say_moment(node, say)
    return f"({said})" if loose else said


def _operand(node: exp.Expr, say: Say, sign: type[exp.Expr]) -> str:
    """A side of an arithmetic expression: a sign that binds more loosely has parentheses in SQL already."""
    return say(node) if type(node) in _SIGNS and not say_moment(node, say) else _part(node, say)


def _part(node: exp.Expr, say: Say) -> str:
    """A value inside another: in parentheses where it is said in several words that could be misread."""
    said = say(node)
    return said if isinstance(node, _SIMPLE) or _is_enclosed(said) else f"({said})"


def _is_enclosed(said: str) -> bool:
    """
    >>> _is_enclosed("(a) / (b)"), _is_enclosed("((a) / (b))")
    (False, True)
    """
    depth = 0
    for place, letter in enumerate(said):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return place > 0 and place == len(said) - 1
    return False


_SIMPLE = (exp.Column, exp.Literal, exp.Paren, exp.Null, exp.Boolean, exp.CurrentDate, exp.CurrentTimestamp)
