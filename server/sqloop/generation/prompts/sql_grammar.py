"""A grammar of SELECT statements over one schema, for models that write plain SQL (Lark for llguidance).

Names are those of the schema, quoted where they need it; aliases are T1 to T9; whatever it accepts, sqlglot
parses. Not covered: window functions, WITH, and the bond of an alias to its table, which no context-free
grammar can hold: qualification checks that afterwards. Text stands in single quotes.

Blanks belong to the words: an infix keyword brings its own on both sides, so that words cannot run into
each other and no other rule needs to mention them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqloop.database.identifiers import quote_name
from sqloop.database.schema import Dialect as DialectName
from sqloop.database.schema import Schema

MAX_NAMES = 20_000
"""Distinct names beyond which there is no grammar: compiling it would take longer than the answer."""

_RULES = r"""
start: query END?
query: select (SETOP select)*
select: SELECT DISTINCT? items FROM source (WHERE cond)? group? order? limit?
      | SELECT scalar (ARITH scalar)* (AS ALIAS)?
scalar: OPEN query CLOSE | NUMBER
items: STAR | item (COMMA item)*
item: expr (AS ALIAS)? | qualifier DOT STAR
group: GROUP_BY expr (COMMA expr)* (HAVING cond)?
order: ORDER_BY ordered (COMMA ordered)*
ordered: (expr | ALIAS) DIRECTION?
limit: LIMIT INTEGER (OFFSET INTEGER)?
source: table (JOIN table (ON cond | USING OPEN COLUMN CLOSE)? | COMMA table)*
table: TABLE (AS ALIAS | ALIASED)? | OPEN query CLOSE (AS ALIAS | ALIASED)?
cond: NOT? pred ((AND | OR) NOT? pred)*
pred: expr COMPARE expr | expr (IN | NOT_IN) OPEN (query | literal (COMMA literal)*) CLOSE
    | expr (BETWEEN | NOT_BETWEEN) expr AND expr | expr (LIKE | NOT_LIKE) STRING | expr IS_NULL
    | EXISTS OPEN query CLOSE | OPEN cond CLOSE
expr: term (ARITH term)*
term: column | literal | COUNT OPEN (STAR | DISTINCT? expr) CLOSE | AGGREGATE OPEN DISTINCT? expr CLOSE
    | FUNCTION OPEN expr (COMMA expr)* CLOSE | CAST OPEN expr AS TYPE CLOSE | OPEN expr CLOSE
    | OPEN query CLOSE | CASE (WHEN cond THEN expr)+ (ELSE expr)? CASE_END
literal: NUMBER | STRING
column: (qualifier DOT)? COLUMN
qualifier: ALIAS | TABLE
DOT: "."
ALIAS: /[tT][1-9]/
NUMBER: /-?[0-9]{1,15}(\.[0-9]{1,10})?/
INTEGER: /[0-9]{1,9}/
STRING: /'([^'\\\x00-\x1f]|''){0,200}'/
STAR: "*"
"""

_WORDS = {
    "SELECT": "select~",
    "DISTINCT": "distinct~",
    "FROM": "~from~",
    "WHERE": "~where~",
    "GROUP_BY": "~group~by~",
    "HAVING": "~having~",
    "ORDER_BY": "~order~by~",
    "DIRECTION": "~(asc|desc)",
    "LIMIT": "~limit~",
    "OFFSET": "~offset~",
    "SETOP": "~(union|union~all|intersect|except)~",
    "AS": "~as~",
    "ALIASED": "~t[1-9]",
    "JOIN": "~((inner|cross|left|left~outer)~)?join~",
    "ON": "~on~",
    "USING": "~using",
    "AND": "~and~",
    "OR": "~or~",
    "NOT": "not~",
    "IN": "~in",
    "NOT_IN": "~not~in",
    "BETWEEN": "~between~",
    "NOT_BETWEEN": "~not~between~",
    "LIKE": "~like~",
    "NOT_LIKE": "~not~like~",
    "IS_NULL": "~is~(not~)?null",
    "EXISTS": "exists",
    "CASE": "case",
    "WHEN": "~when~",
    "THEN": "~then~",
    "ELSE": "~else~",
    "CASE_END": "~end",
    "CAST": "cast",
    "COUNT": "count",
    "AGGREGATE": "(sum|avg|min|max)",
    "COMPARE": "_(=|!=|<>|<=|>=|<|>)_",
    "COMMA": "_,_",
    "OPEN": r"_\(_",
    "CLOSE": r"_\)",
    "END": "_;?_",
}
"""Terminals in which ``~`` stands for blanks and ``_`` for blanks or none."""

_FUNCTIONS = "abs|round|length|lower|upper|trim|substr|replace|coalesce|ifnull|nullif|date"
_OWN: dict[DialectName, dict[str, str]] = {
    "sqlite": {
        "FUNCTION": f"({_FUNCTIONS}|strftime|julianday|instr)",
        "TYPE": "(integer|real|text|numeric)",
        "ARITH": r"_(\+|-|\*|/|%|\|\|)_",
    },
    "mysql": {
        "FUNCTION": f"({_FUNCTIONS}|year|month|day|concat|date_format|datediff|curdate)",
        "TYPE": "(signed|unsigned|decimal|char|date)",
        "ARITH": r"_(\+|-|\*|/|%)_",
    },
    "postgres": {
        "FUNCTION": "(abs|round|length|lower|upper|trim|substr|replace|coalesce|nullif|date|strpos|concat"
        "|to_char|date_part|date_trunc)",
        "TYPE": "(integer|numeric|real|text|date)",
        "ARITH": r"_(\+|-|\*|/|%|\|\|)_",
    },
    "duckdb": {
        "FUNCTION": f"({_FUNCTIONS}|year|month|day|concat|strftime|date_trunc|date_part|date_diff|instr)",
        "TYPE": "(integer|bigint|double|varchar|decimal|date|timestamp)",
        "ARITH": r"_(\+|-|\*|/|%|\|\|)_",
    },
}


def sql_grammar(schema: Schema) -> str | None:
    """Lark text for the queries over ``schema``; None where it has no column or more than `MAX_NAMES`."""
    tables = {table.name for table in schema.tables}
    columns = {column.name for table in schema.tables for column in table.columns}
    if not columns or len(tables) + len(columns) > MAX_NAMES:
        return None
    words = _WORDS | _OWN[schema.dialect]
    terminals = [f"{name}: /{_blank(pattern)}/" for name, pattern in words.items()]
    terminals.append(f"TABLE: /{_any(tables, schema.dialect)}/")
    terminals.append(f"COLUMN: /{_any(columns, schema.dialect)}/")
    return _RULES + "\n".join(terminals)


def _blank(pattern: str) -> str:
    blanked = pattern.replace("~", r"[ \t\n]{1,4}").replace("_", r"[ \t\n]{0,4}")
    return _ignore_case(blanked.replace("/", r"\/"))


def _any(names: Iterable[str], dialect: DialectName) -> str:
    """All names, in any case; one that is not ASCII as it is spelled."""
    spelled = sorted({quote_name(name, dialect) for name in names})
    escaped = [re.escape(each).replace("/", r"\/") for each in spelled]
    plain = "|".join(each for each in escaped if each.isascii())
    return "|".join([*([_ignore_case(plain)] if plain else []), *(e for e in escaped if not e.isascii())])


def _ignore_case(pattern: str) -> str:
    """For ASCII alone: the usual flag lets the long ``ſ`` pass for an ``s``."""
    return f"(?i-u:{pattern})"
