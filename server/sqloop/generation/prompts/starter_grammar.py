"""The grammar of the starter model's answers, over the handles that its prompt shows.

Lark for llguidance; words in capitals stand for the tokens of `starter_tokens`. Only these tables, columns
and values can be written; a text that linking found in certain columns is compared with these alone; sums
and averages take numbers, years, months and days what is none. Whether tables can be joined is checked when
the answer is expanded. What takes words that earlier models lack stands in lines of its own: `without`
leaves them out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from sqloop.generation.prompts.starter_tokens import token

_RULES = """
start: query
query: select (setop select)*
setop: UNION_ALL | UNION | INTERSECT | EXCEPT
select: SELECT DISTINCT? item (COMMA item)* from? (WHERE cond)? group? sort? (LIMIT value)?
group: GROUP_BY by (COMMA by)* (HAVING cond)?
by: kind ((PLUS | MINUS | STAR | SLASH) term)*
kind: column | (YEAR | MONTH | DAY) moment RP | (LENGTH | LOWER | UPPER | ABS) expr RP
    | ROUND expr (COMMA digit)? RP | COALESCE expr COMMA expr RP | LP expr RP
    | CASE (WHEN cond THEN expr)+ (ELSE expr)? END
item: expr | STAR
sort: ORDER_BY order (COMMA order)*
order: expr DESC?
from: FROM source (join | COMMA table)*
source: table (AS alias)? | LP query RP AS alias
join: (JOIN | LEFT_JOIN) source ON cond
cond: pred ((AND | OR) pred)*
pred: NOT? base
base: expr cmp expr | expr NOT? IN LP query RP | expr NOT? IN LP value (COMMA value)* RP
    | expr NOT? BETWEEN expr AND expr | expr NOT? LIKE any | STARTS_WITH column COMMA any RP
    | ENDS_WITH column COMMA any RP | expr IS_NULL | expr IS_NOT_NULL
    | EXISTS LP query RP | LP cond RP | stored
cmp: EQ | NE | LT | LE | GT | GE
expr: term ((PLUS | MINUS | STAR | SLASH) term)*
term: column | value | HUNDRED | REAL | COUNT_ALL | COUNT DISTINCT? expr RP | (SUM | AVG) DISTINCT? total RP
    | (RANK | LAG expr RP | SUM total RP | AVG total RP | MIN expr RP | MAX expr RP | COUNT_ALL) OVER frame
    | (YEAR | MONTH | DAY) moment RP | (MIN | MAX | ABS | LENGTH | LOWER | UPPER) expr RP
    | ROUND expr (COMMA digit)? RP | COALESCE expr COMMA expr RP | LP expr RP | LP query RP
    | CASE (WHEN cond THEN expr)+ (ELSE expr)? END
    | CASE WHEN cond THEN YES ELSE NO END
total: amount ((PLUS | MINUS | STAR | SLASH) amount)*
frame: sort? RP
    | PARTITION_BY by (COMMA by)* sort? RP
alias: A0 | A1 | A2 | A3
digit: N0 | N1 | N2 | N3 | N4 | N5 | N6 | N7 | N8 | N9
"""
_LINES = "\n    | "
_FIXED = re.compile(r"\b[A-Z][A-Z_0-9]*\b")


def starter_grammar(
    tables: int,
    owners: Sequence[int],
    keys: Mapping[int, int],
    measures: Collection[int],
    moments: Collection[int],
    values: Sequence[Collection[int] | None],
) -> str:
    """Lark text for ``t0`` to ``t{tables - 1}``, and ``c0`` and so on, which belong to the tables ``owners``.

    ``keys`` are columns that refer to a table, ``measures`` columns that can be added, ``moments`` those that
    may hold dates; ``values`` has for each value the columns that it may be compared with, or None where that
    is not known.
    """
    behind = _behind(owners, keys)
    columns = [
        f"(alias DOT)? ({_any_column(range(len(owners)))})",
        *_reach(behind, owners, range(len(owners))),
    ]
    amounts = [
        f"(alias DOT)? ({_any_column(measures)}) | value | HUNDRED | REAL | LP total RP",
        "CASE (WHEN cond THEN expr)+ (ELSE expr)? END",
        *_reach(behind, owners, measures),
    ]
    dates = [
        f"(alias DOT)? ({_any_column(moments)}) | any | (MIN | MAX) moment RP | LP query RP",
        *_reach(behind, owners, moments),
    ]
    free = [f"v{i}" for i, known in enumerate(values) if known is None]
    rules = (
        _RULES,
        f"column: {_LINES.join(columns)}",
        f"amount: {_LINES.join(amounts)}",
        f"moment: {_LINES.join(dates)}",
        *(f"key{table}: {' | '.join(ways)}" for table, ways in behind.items()),
        f"table: {_any(f't{i}' for i in range(tables))}",
        f"value: {' | '.join(filter(None, (_any(free), 'digit')))}",
        f"any: {' | '.join(filter(None, (_any(f'v{i}' for i in range(len(values))), 'digit')))}",
        f"stored: {_LINES.join(_compared(values, behind, owners)) or 'EXISTS LP query RP'}",
    )
    return _FIXED.sub(lambda found: token(found[0].lower()), "\n".join(rules))


def without(grammar: str, words: Collection[str]) -> str:
    """``grammar`` for a model that lacks ``words``: no line is left that takes one."""
    lines = grammar.splitlines()
    return "\n".join(line for line in lines if not any(token(word) in line for word in words))


def _behind(owners: Sequence[int], keys: Mapping[int, int]) -> dict[int, list[str]]:
    """For each table that keys refer to, the one or two keys that lead there."""
    found: dict[int, list[str]] = defaultdict(list)
    for key, table in keys.items():
        found[table].append(token(f"c{key}"))
        for further, last in keys.items():
            if owners[further] == table:
                found[last].append(f"{token(f'c{key}')} VIA {token(f'c{further}')}")
    return found


def _reach(behind: Iterable[int], owners: Sequence[int], columns: Iterable[int]) -> Iterator[str]:
    """Those of ``columns`` that keys lead to."""
    by_owner = _by_owner(owners, columns)
    for table in behind:
        if by_owner[table]:
            yield f"key{table} VIA ({_any_column(by_owner[table])})"


def _by_owner(owners: Sequence[int], columns: Iterable[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for column in columns:
        found[owners[column]].append(column)
    return found


def _compared(
    values: Sequence[Collection[int] | None], behind: Iterable[int], owners: Sequence[int]
) -> Iterator[str]:
    """Comparisons of each stored value with its columns."""
    for i, known in enumerate(values):
        if known is not None:
            columns = [f"(alias DOT)? ({_any_column(known)})", *_reach(behind, owners, known)]
            value = token(f"v{i}")
            for column in columns:
                yield f"{column} (EQ | NE) {value} | {column} NOT? IN LP {value} (COMMA any)* RP"


def _any_column(columns: Iterable[int]) -> str:
    return _any(f"c{i}" for i in columns)


def _any(handles: Iterable[str]) -> str:
    return " | ".join(map(token, handles))
