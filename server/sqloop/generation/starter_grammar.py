"""The grammar of the starter model's answers, over the handles that its prompt shows.

Lark for llguidance; words in capitals stand for the tokens of `starter_tokens`. Only these tables, columns
and values can be written. Whether tables can be joined is checked when the answer is expanded.
"""

from __future__ import annotations

import re

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
    | expr NOT? BETWEEN expr AND expr | expr NOT? LIKE value | STARTS_WITH column COMMA value RP
    | ENDS_WITH column COMMA value RP | expr IS_NULL | expr IS_NOT_NULL | EXISTS LP query RP | LP cond RP
cmp: EQ | NE | LT | LE | GT | GE
expr: term ((PLUS | MINUS | STAR | SLASH) term)*
term: column | value | HUNDRED | REAL | COUNT_ALL | (COUNT | SUM | AVG) DISTINCT? expr RP
    | (MIN | MAX | ABS | LENGTH | LOWER | UPPER | YEAR | MONTH | DAY) expr RP | ROUND expr (COMMA digit)? RP
    | COALESCE expr COMMA expr RP | LP expr RP | LP query RP | CASE (WHEN cond THEN expr)+ (ELSE expr)? END
column: (alias DOT)? name
alias: A0 | A1 | A2 | A3
digit: N0 | N1 | N2 | N3 | N4 | N5 | N6 | N7 | N8 | N9
"""
_FIXED = re.compile(r"\b[A-Z][A-Z_0-9]*\b")


def starter_grammar(tables: int, columns: int, values: int) -> str:
    """Lark text for ``t0`` to ``t{tables - 1}`` and so on."""
    rules = _FIXED.sub(lambda found: token(found[0].lower()), _RULES)
    return rules + "\n".join(
        (
            f"table: {_any('t', tables)}",
            f"name: {_any('c', columns)}",
            f"value: {' | '.join(filter(None, (_any('v', values), 'digit')))}",
        )
    )


def _any(letter: str, count: int) -> str:
    return " | ".join(token(f"{letter}{i}") for i in range(count))
