"""The grammar of the starter model's answers, over the handles that its prompt shows.

Lark for llguidance; words in capitals stand for the tokens of `starter_tokens`. Only these tables, columns
and values can be written; a text that linking found in certain columns is compared with these alone; sums
and averages take numbers. Whether tables can be joined is checked when the answer is expanded. What takes
words that earlier models lack stands in lines of its own: `without` leaves them out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from sqloop.generation.starter_tokens import token

_RULES = """
start: query
query: select (setop select)*
setop: UNION_ALL | UNION | INTERSECT | EXCEPT
select: SELECT DISTINCT? item (COMMA item)* from? (WHERE cond)? group? sort? (LIMIT value)?
group: GROUP_BY expr (COMMA expr)* (HAVING cond)?
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
    | (MIN | MAX | ABS | LENGTH | LOWER | UPPER | YEAR | MONTH | DAY) expr RP | ROUND expr (COMMA digit)? RP
    | COALESCE expr COMMA expr RP | LP expr RP | LP query RP | CASE (WHEN cond THEN expr)+ (ELSE expr)? END
    | CASE WHEN cond THEN YES ELSE NO END
total: amount ((PLUS | MINUS | STAR | SLASH) amount)*
frame: sort? RP
    | PARTITION_BY expr (COMMA expr)* sort? RP
amount: (alias DOT)? measure | value | HUNDRED | REAL | LP total RP
    | name VIA (name VIA)? measure
    | CASE (WHEN cond THEN expr)+ (ELSE expr)? END
column: (alias DOT)? name
    | name VIA (name VIA)? name
alias: A0 | A1 | A2 | A3
digit: N0 | N1 | N2 | N3 | N4 | N5 | N6 | N7 | N8 | N9
"""
_LINES = "\n    | "
_FIXED = re.compile(r"\b[A-Z][A-Z_0-9]*\b")


def starter_grammar(
    tables: int, columns: int, measures: Sequence[int], values: Sequence[Collection[int] | None]
) -> str:
    """Lark text for ``t0`` to ``t{tables - 1}`` and so on.

    ``measures`` number the columns that can be added; ``values`` has for each value the columns that it may
    be compared with, or None where that is not known.
    """
    rules = _FIXED.sub(lambda found: token(found[0].lower()), _RULES)
    free = [f"v{i}" for i, known in enumerate(values) if known is None]
    return rules + "\n".join(
        (
            f"table: {_any(f't{i}' for i in range(tables))}",
            f"name: {_any(f'c{i}' for i in range(columns))}",
            f"measure: {_any(f'c{i}' for i in measures)}",
            f"value: {' | '.join(filter(None, (_any(free), 'digit')))}",
            f"any: {' | '.join(filter(None, (_any(f'v{i}' for i in range(len(values))), 'digit')))}",
            f"stored: {_LINES.join(_compared(values)) or 'EXISTS LP query RP'}",
        )
    ).replace("EXISTS LP query RP", f"{token('exists')} {token('lp')} query {token('rp')}")


def without(grammar: str, words: Collection[str]) -> str:
    """``grammar`` for a model that lacks ``words``: no line is left that takes one."""
    lines = grammar.splitlines()
    return "\n".join(line for line in lines if not any(token(word) in line for word in words))


def _compared(values: Sequence[Collection[int] | None]) -> Iterator[str]:
    """Comparisons of each stored value with its columns."""
    same, listed = f"({token('eq')} | {token('ne')})", f"{token('not')}? {token('in')} {token('lp')}"
    more = f"({token('comma')} any)* {token('rp')}"
    for i, known in enumerate(values):
        if known is not None:
            columns, value = f"({_any(f'c{c}' for c in known)})", token(f"v{i}")
            for before in (f"(alias {token('dot')})?", f"name {token('via')} (name {token('via')})?"):
                yield f"{before} {columns} {same} {value} | {before} {columns} {listed} {value} {more}"


def _any(handles: Iterable[str]) -> str:
    return " | ".join(map(token, handles))
