"""Evaluates an expression in Python over ``rows``, a list of dicts. Python itself runs none of it.

    sum(row["people"] for row in rows if row["country"] == "Italy")
    max(rows, key=lambda row: row["people"])["name"]

The text is parsed, and what stands here alone walks its tree: what is not here is refused. There are no
attributes, no names but ``rows``, the functions below and what the expression itself binds, and nothing that
can be changed. Time and memory are bounded by `STEPS`: of nodes visited and of values given to functions.
Nothing grows or is compared in one step: numbers are bounded, only they can be reckoned with, and only plain
values are compared, sorted or put into sets.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqloop.database.outcome import Outcome, Value

Rows = Sequence[Mapping[str, Value]]
Known = Mapping[str, Any]
"""Names and what they are bound to."""

STEPS = 200_000
"""Of one evaluation: a few tenths of a second."""

LONGEST = 1_000
"""Characters of an expression, which bounds its depth as well."""

LARGEST = 10**18
"""Of a whole number, either way."""

_OF_PLAIN: dict[str, Callable[..., Any]] = {"max": max, "min": min, "set": set, "sorted": sorted}
_OF_LISTS: dict[str, Callable[..., Any]] = {"all": all, "any": any, "len": len, "list": list, "sum": sum}
_OF_NUMBERS: dict[str, Callable[..., Any]] = {"abs": abs, "round": round}
_SIGNS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda one, many: one in many,
    ast.NotIn: lambda one, many: one not in many,
}
_ERRORS = (SyntaxError, TypeError, ValueError, ArithmeticError, LookupError, RecursionError, MemoryError)


class _RefusedError(Exception):
    """The expression holds something that is not allowed."""


class _TooLongError(Exception):
    """All steps were used."""


def evaluate(text: str, rows: Rows) -> Outcome:
    """What ``text`` gives, as rows: one value, or one row for each of a list.

    >>> towns = [{"name": "Ulm", "people": 128}, {"name": "Bath", "people": 94}]
    >>> evaluate('[row["name"] for row in rows if row["people"] > 100]', towns).rows
    (('Ulm',),)
    >>> evaluate("rows.clear()", towns).error
    'There is no such function.'
    """
    if len(text) > LONGEST:
        return Outcome("refused", error=f"The expression is longer than {LONGEST:,} characters.")
    try:
        found = _to_rows(_Evaluation().value(ast.parse(text.strip(), mode="eval").body, {"rows": rows}))
    except _RefusedError as refused:
        return Outcome("refused", error=str(refused))
    except _TooLongError:
        return Outcome("timeout", error=f"It took more than {STEPS:,} steps.")
    except _ERRORS as error:
        return Outcome("error", error=f"{type(error).__name__}: {error}".splitlines()[0])
    return Outcome(
        "ok", tuple(f"column {place + 1}" for place in range(len(found[0]) if found else 1)), found
    )


class _Evaluation:
    """One walk over a tree; `value` is the only way in, so that nothing escapes its count and its list."""

    def __init__(self) -> None:
        self._left = STEPS
        self._visits: dict[type[ast.AST], Callable[[Any, Known], Any]] = {
            ast.Constant: self._constant,
            ast.Name: self._name,
            ast.Tuple: self._several,
            ast.List: self._several,
            ast.Subscript: self._part,
            ast.Slice: self._slice,
            ast.UnaryOp: self._unary,
            ast.BoolOp: self._logic,
            ast.BinOp: self._reckon,
            ast.Compare: self._compare,
            ast.ListComp: self._each,
            ast.GeneratorExp: self._each,
            ast.Call: self._call,
        }

    def value(self, node: ast.AST, known: Known) -> Any:
        """What ``node`` gives where ``known`` names are bound."""
        self._count(1)
        visit = self._visits.get(type(node))
        if visit is None:
            raise _not_allowed(node)
        found = visit(node, known)
        if isinstance(found, int) and abs(found) > LARGEST:
            raise OverflowError(f"a number beyond {LARGEST:,}")
        return found

    def _count(self, steps: int) -> None:
        self._left -= steps
        if self._left < 0:
            raise _TooLongError

    def _constant(self, node: ast.Constant, known: Known) -> Any:
        if not _is_plain(node.value):
            raise _not_allowed(node.value)
        return node.value

    def _name(self, node: ast.Name, known: Known) -> Any:
        if node.id not in known:
            raise _RefusedError(f"There is no {node.id}.")
        return known[node.id]

    def _several(self, node: ast.Tuple | ast.List, known: Known) -> Any:
        return [self.value(each, known) for each in node.elts]

    def _part(self, node: ast.Subscript, known: Known) -> Any:
        found = self.value(node.value, known)[self.value(node.slice, known)]
        self._count(len(found) if isinstance(found, Sequence) else 0)
        return found

    def _slice(self, node: ast.Slice, known: Known) -> slice:
        ends = (node.lower, node.upper, node.step)
        return slice(*(None if each is None else self.value(each, known) for each in ends))

    def _unary(self, node: ast.UnaryOp, known: Known) -> Any:
        value = self.value(node.operand, known)
        if isinstance(node.op, ast.Not):
            return not value
        if isinstance(node.op, ast.USub):
            return -value
        raise _not_allowed(node.op)

    def _logic(self, node: ast.BoolOp, known: Known) -> bool:
        found = (bool(self.value(each, known)) for each in node.values)
        return all(found) if isinstance(node.op, ast.And) else any(found)

    def _reckon(self, node: ast.BinOp, known: Known) -> Any:
        one, other = self.value(node.left, known), self.value(node.right, known)
        if not (isinstance(one, int | float) and isinstance(other, int | float)):
            raise TypeError("only numbers can be reckoned with")
        return self._operate(node.op, one, other)

    def _compare(self, node: ast.Compare, known: Known) -> bool:
        values = [self.value(each, known) for each in (node.left, *node.comparators)]
        for sign, one, other in zip(node.ops, values, values[1:], strict=False):
            if not (_is_plain(one) and (_is_plain(other) or isinstance(sign, ast.In | ast.NotIn))):
                raise TypeError("only plain values can be compared")
            if not self._operate(sign, one, other):
                return False
        return True

    def _operate(self, sign: ast.AST, one: Any, other: Any) -> Any:
        if type(sign) not in _SIGNS:
            raise _not_allowed(sign)
        self._count(len(other) if isinstance(other, Sequence) else 1)
        return _SIGNS[type(sign)](one, other)

    def _each(self, node: ast.ListComp | ast.GeneratorExp, known: Known) -> list[Any]:
        return [self.value(node.elt, bound) for bound in self._bind(node.generators, known)]

    def _bind(self, loops: Sequence[ast.comprehension], known: Known) -> Iterator[Known]:
        if not loops:
            yield known
            return
        loop, *others = loops
        if not isinstance(loop.target, ast.Name) or loop.is_async:
            raise _not_allowed(loop.target)
        for each in self.value(loop.iter, known):
            self._count(1)
            bound = {**known, loop.target.id: each}
            if all(self.value(test, bound) for test in loop.ifs):
                yield from self._bind(others, bound)

    def _call(self, node: ast.Call, known: Known) -> Any:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in _OF_NUMBERS | _OF_LISTS | _OF_PLAIN:
            raise _RefusedError("There is no such function.")
        given = [self.value(each, known) for each in node.args]
        named = {str(each.arg): self._named(each, known) for each in node.keywords}
        if name in _OF_NUMBERS:
            if not all(isinstance(each, int | float) for each in given) or not 0 <= sum(given[1:]) < 16:
                raise TypeError(f"{name} takes a number")
            return _OF_NUMBERS[name](*given, **named)
        (many,) = given
        self._count(len(many))
        if name in _OF_LISTS:
            return _OF_LISTS[name](many, **named)
        if "key" not in named and not all(map(_is_plain, many)):
            raise TypeError(f"{name} takes plain values")
        return _OF_PLAIN[name](many, **named)

    def _named(self, given: ast.keyword, known: Known) -> Any:
        """``key=lambda row: ...``, the only place of a lambda, and ``reverse=True``."""
        if given.arg == "reverse":
            return bool(self.value(given.value, known))
        if given.arg == "key" and isinstance(given.value, ast.Lambda) and len(given.value.args.args) == 1:
            (argument,), body = given.value.args.args, given.value.body
            return lambda each: _check_plain(self.value(body, {**known, argument.arg: each}))
        raise _not_allowed(given)


def _not_allowed(what: Any) -> _RefusedError:
    return _RefusedError(f"{type(what).__name__} is not allowed.")


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float)


def _check_plain(value: Any) -> Any:
    if not _is_plain(value):
        raise TypeError("only plain values can be sorted")
    return value


def _to_rows(value: Any) -> tuple[tuple[Value, ...], ...]:
    """A value as rows. Raises TypeError for what is no value of a table."""
    many: Iterable[Any] = value if isinstance(value, list | tuple | set) else [value]
    return tuple(tuple(map(_to_cell, _cells(each))) for each in many)


def _cells(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list | tuple) else (value,)


def _to_cell(value: Any) -> Value:
    """Booleans are numbers, as databases have them."""
    checked = _check_plain(value)
    return int(checked) if isinstance(checked, bool) else checked
