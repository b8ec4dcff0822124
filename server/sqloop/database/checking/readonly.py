"""Wall 1: whether a SQL text is one query that only reads, judged from the text alone.

Exactly one statement, a query at its root, and in its whole tree nothing but the parts that queries are
made of. What is allowed is listed, so that a construct which nobody thought of is refused. Covered as well:
functions that wait, lock or reach outside (`sqloop.database.checking.functions`), INTO, locking clauses,
variables, executable comments. Not covered: what stored functions and views of the database do inside; the
other walls hold there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop.database.checking.budget import TooComplexError
from sqloop.database.checking.functions import is_denied
from sqloop.database.checking.parsing import LONGEST, parse_statements
from sqloop.database.checking.skeleton import Skeleton, SkeletonError, read_skeleton
from sqloop.database.engines.registry import grammar_of
from sqloop.database.schema import Dialect

_MAX_DEPTH = 100
"""Open brackets within one another: far above any real query, far below what tires a parser."""

_MAX_BARE_JOINS = 8
"""Joins without ON or USING: the time that sqlglot takes doubles with each (32 s for 20)."""


@dataclass(frozen=True)
class Refusal:
    """``status`` is "error" where the text is no SQL at all, "refused" where it may do more than read."""

    status: Literal["refused", "error"]
    reason: str


_FORBIDDEN = (
    ("INTO", r"\bINTO\b", "INTO is not allowed"),
    ("FOR", r"\bFOR\s+(UPDATE|SHARE)\b", "locking clauses are not allowed"),
    ("LOCK", r"\bLOCK\s+IN\s+SHARE\b", "locking clauses are not allowed"),
    ("VALUE", r"\b(NEXT|PREVIOUS)\s+VALUE\s+FOR\b", "sequences are not allowed"),
    ("PROCEDURE", r"\bPROCEDURE\b", "PROCEDURE is not allowed"),
    ("@", r"(?<!@)@(?!@)", "variables are not allowed"),
    (":=", r":=", "variables are not allowed"),
)
"""What must not be there, and a part of it to look for first: that is much faster than the pattern.

A part that an engine does not know is a name there (`Grammar.names`)."""

_JOIN = re.compile(
    r"(?P<whole>\b(?:CROSS|NATURAL)(?:\s+(?:LEFT|RIGHT|INNER|OUTER|FULL))*\s+JOIN\b)"
    r"|(?P<join>\b(?:STRAIGHT_)?JOIN\b)"
    r"|(?P<other>(?:\.|\bAS\b|\bDISTINCT\b)\s*ON\b|\bON\s+(?:EMPTY|ERROR|NULL|OVERFLOW)\b)"
    r"|(?P<condition>\bON\b|\bUSING\s*\()",
    re.I,
)
_CALL = re.compile(r"([\w$]+)\s*\(")
_FIRST_WORD = re.compile(r"[\s(]*(\w*)")
_QUERY_WORDS = {"SELECT", "WITH", "VALUES"}

_ROOTS = (exp.Select, exp.SetOperation, exp.Subquery, exp.Values)
_PARTS = (
    exp.Query,
    exp.Condition,
    exp.Func,
    exp.Identifier,
    exp.DataType,
    exp.DataTypeParam,
    exp.From,
    exp.Join,
    exp.Where,
    exp.Group,
    exp.Having,
    exp.Order,
    exp.Ordered,
    exp.Limit,
    exp.Offset,
    exp.Fetch,
    exp.LimitOptions,
    exp.With,
    exp.CTE,
    exp.Table,
    exp.TableAlias,
    exp.Alias,
    exp.Aliases,
    exp.Values,
    exp.Tuple,
    exp.Star,
    exp.Distinct,
    exp.Window,
    exp.WindowSpec,
    exp.Filter,
    exp.WithinGroup,
    exp.IgnoreNulls,
    exp.RespectNulls,
    exp.Interval,
    exp.IntervalSpan,
    exp.Var,
    exp.Rollup,
    exp.Cube,
    exp.IndexTableHint,
    exp.Partition,
    exp.Introducer,
    exp.National,
    exp.CharacterSet,
    exp.Collate,
    exp.JSONPath,
    exp.JSONPathPart,
    exp.JSONValue,
    exp.JSONKeyValue,
    exp.JSONColumnDef,
    exp.JSONSchema,
    exp.QueryOption,
    exp.Version,
)
_NAMED = {exp.Table, exp.Anonymous}
_NEVER = (
    exp.DML,
    exp.DDL,
    exp.Command,
    exp.Into,
    exp.Lock,
    exp.Set,
    exp.PropertyEQ,
    exp.Parameter,
    exp.Placeholder,
    exp.NextValueFor,
)


@lru_cache(maxsize=4_096)
def check_readonly(sql: str, dialect: Dialect, functions: frozenset[str] = frozenset()) -> Refusal | None:
    """None when ``sql`` is one query that only reads, else why not.

    ``functions`` of the database, in lower case, may be called because the user says so.

    >>> check_readonly("SELECT 1", "sqlite")
    >>> check_readonly("DROP TABLE t", "sqlite")
    Refusal(status='refused', reason='only queries are allowed, not DROP')
    """
    if len(sql) > LONGEST:
        return Refusal("refused", f"longer than {LONGEST:,} characters")
    if not sql.strip(" \t\r\n;"):
        return Refusal("error", "there is no query")
    try:
        sql.encode()
        skeleton = read_skeleton(sql, dialect)
        reason = _check_text(skeleton, dialect) or _check_tree(skeleton.code, dialect, functions)
    except (SkeletonError, TooComplexError) as error:
        reason = str(error)
    except (SqlglotError, ValueError) as error:  # ValueError: half a character, which has no bytes
        return Refusal("error", f"not understood: {_first_line(error)}")
    return Refusal("refused", reason) if reason else None


def _check_text(skeleton: Skeleton, dialect: Dialect) -> str | None:
    word = _FIRST_WORD.match(skeleton.bare)
    first = word[1].upper() if word else ""
    grammar = grammar_of(dialect)
    if first not in _QUERY_WORDS and first not in grammar.begins:
        return f"only queries are allowed, not {first or 'this'}"
    upper, names = skeleton.bare.upper(), grammar.names
    for part, pattern, reason in _FORBIDDEN:
        if part in upper and re.search(pattern, upper) and part not in names:
            return reason
    for name in _CALL.findall(skeleton.bare):
        if is_denied(name):
            return f"{name} is not allowed"
    if _depth(skeleton.bare) > _MAX_DEPTH:
        return "nested too deeply"
    if upper.count("JOIN") > _MAX_BARE_JOINS and _bare_joins(upper) > _MAX_BARE_JOINS:
        return "too many joins without a condition"
    return grammar.refuse_text(skeleton.text)


def _depth(bare: str) -> int:
    depth = deepest = 0
    for bracket in re.findall(r"[()\[\]{}]", bare):
        depth = depth + 1 if bracket in "([{" else max(0, depth - 1)
        deepest = max(deepest, depth)
    return deepest


def _bare_joins(bare: str) -> int:
    """The most joins that wait for a condition at any point of the text."""
    waiting = most = 0
    for matched in _JOIN.finditer(bare):
        if matched.lastgroup == "join":
            waiting += 1
        elif matched.lastgroup == "condition":
            waiting = max(0, waiting - 1)
        most = max(most, waiting)
    return most


def _check_tree(code: str, dialect: Dialect, functions: frozenset[str]) -> str | None:
    statements = parse_statements(code, dialect, simplified=True)
    if len(statements) != 1:
        return f"exactly one statement is allowed, not {len(statements)}"
    root = statements[0]
    if not isinstance(root, _ROOTS):
        return f"only queries are allowed, not {root.key.upper()}"
    grammar = grammar_of(dialect)
    for node in root.walk():
        kind: type = type(node)
        if not _is_part(kind) and kind not in grammar.parts:
            return f"{node.key.upper()} is not allowed"
        if kind in _NAMED and _reaches_outside(node):
            return f"{node.name} is not allowed"
    return grammar.refuse_calls(code, root, functions)


def _reaches_outside(node: exp.Expr) -> bool:
    if isinstance(node, exp.Table):  # SQLite offers PRAGMA as tables, too
        return node.name.lower().startswith("pragma_")
    return is_denied(node.name)


@cache
def _is_part(kind: type) -> bool:
    return issubclass(kind, _PARTS) and not issubclass(kind, _NEVER)


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
