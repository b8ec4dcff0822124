"""Texts that would tire a parser for hours get an answer at once; honest ones are read as ever."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from sqlglot import exp
from sqlglot.dialects import DuckDB, MySQL, SQLite
from sqlglot.errors import SqlglotError
from sqlglot.parsers.duckdb import DuckDBParser
from sqlglot.parsers.mysql import MySQLParser
from sqlglot.parsers.sqlite import SQLiteParser

from effort import choose, work_of
from sqloop.database.checking.budget import TooComplexError
from sqloop.database.checking.parsing import parse_statement, parse_statements, write_statement
from sqloop.database.checking.readonly import check_readonly
from sqloop.database.schema import Schema
from sqloop.explanation.clauses import explain_sql
from sqloop.generation.compact.selects import NotCompactableError, parse_query
from sqloop.generation.prompts.hub_forms import extract_query
from sqloop.lsp.text.layout import lay_out
from sqloop.lsp.text.problems import parse_problem
from sqloop.memory.opinions import normal

SECONDS = 0.5
"""Of work, not of the clock on the wall: the tests run beside others."""

SAMPLE = 200
"""Of the words of each dialect."""

SHAPES = (
    ("{}(", "1", ")"),
    ("{}((", "1", "))"),
    ("{}(a, ", "b", ")"),
    ("{}(SELECT ", "1", ")"),
    ("{}(1 + ", "x", ")"),
    ("{}(x AS ", "int", ")"),
    ("{}[", "1", "]"),
    ("{}(DISTINCT ", "1", ") OVER ()"),
)
STUTTER = "SELECT " + "date(" * 30 + "'2024-01-01'" + ")" * 30


def words(dialect: str) -> list[str]:
    """Every word that sqlglot knows as a function, a type or a keyword of the dialect."""
    own: dict[str, tuple[Any, Any]] = {"sqlite": (SQLiteParser, SQLite), "duckdb": (DuckDBParser, DuckDB)}
    parser, grammar = own.get(dialect, (MySQLParser, MySQL))
    known = {*parser.FUNCTIONS, *parser.FUNCTION_PARSERS, *parser.NO_PAREN_FUNCTION_PARSERS}
    known |= {each.name for each in parser.TYPE_TOKENS}
    known |= {word for word in grammar.Tokenizer.KEYWORDS if word.replace("_", "").isalnum()}
    return sorted(known)


@pytest.mark.parametrize("dialect", ["sqlite", "mysql", "postgres", "duckdb"])
def test_no_nesting_of_any_word_tires_the_check(dialect) -> None:  # type: ignore[no-untyped-def]
    slow = []
    for number, word in choose(list(enumerate(words(dialect))), SAMPLE):
        begin, inside, end = SHAPES[number % len(SHAPES)]
        sql = f"SELECT {begin.format(word) * 30}{inside}{end * 30}"
        if work_of(partial(check_readonly, sql, dialect), SECONDS, check_readonly.cache_clear) > SECONDS:
            slow.append(sql)
    assert slow == []


@pytest.mark.parametrize(
    "sql",
    [
        STUTTER,
        "SELECT " + "timestamp(" * 40 + "1" + ")" * 40,
        "SELECT " + "decimal(" * 40 + "1",
        "SELECT 1 FROM t" + " JOIN t" * 40,
        "SELECT " + "date(" * 9_000,
        ("SELECT 1, " + "char(" * 12 + "1" + ")" * 12 + ", ") * 200 + "1",
    ],
)
@pytest.mark.parametrize("dialect", ["sqlite", "mysql", "postgres", "duckdb"])
def test_every_way_into_the_parser_is_bounded(dialect, sql: str) -> None:  # type: ignore[no-untyped-def]
    for look in (check_readonly, parse_problem, explain_sql, _extract, _compact):
        assert work_of(partial(look, sql, dialect), 2 * SECONDS, check_readonly.cache_clear) < 2 * SECONDS, (
            look
        )


def _extract(sql: str, dialect) -> str:  # type: ignore[no-untyped-def]
    try:
        return extract_query(sql, Schema(dialect, ()))
    except ValueError as error:
        return str(error)


def _compact(sql: str, dialect) -> str:  # type: ignore[no-untyped-def]
    """The starter model's own way in."""
    try:
        return parse_query(sql, dialect).key
    except NotCompactableError as error:
        return str(error)


def test_the_refusal_says_why() -> None:
    refusal = check_readonly(STUTTER, "sqlite")
    assert refusal is not None
    assert (refusal.status, refusal.reason) == ("refused", "too complex to be checked")
    assert parse_problem(STUTTER, "sqlite")[0].message == "Perhaps a mistake: too complex to be checked"
    assert (
        explain_sql(STUTTER, "sqlite") == "This query cannot be explained: it is too complex to be checked."
    )
    assert _extract(STUTTER, "sqlite") == "not SQL: too complex to be checked"
    assert _compact(STUTTER, "sqlite") == "too complex to be checked"


def test_of_several_statements_nothing_is_said_that_is_true_of_the_first_only() -> None:
    several = "SELECT a FROM t; DROP TABLE t"
    assert explain_sql(several, "sqlite") == "This query cannot be explained: it is 2 statements, not one."
    assert normal(several, "sqlite") != normal("SELECT a FROM t", "sqlite")


def test_the_answer_does_not_depend_on_the_machine() -> None:
    """Moves are counted before the clock is looked at: no text is let through by a fast processor alone."""
    with pytest.raises(TooComplexError, match="too complex to be checked"):
        parse_statements("SELECT " + "date(" * 14 + "1" + ")" * 14, "sqlite")


@pytest.mark.parametrize("dialect", ["sqlite", "mysql", "postgres", "duckdb"])
@pytest.mark.parametrize(
    "said", ["a NOT LIKE 'x'", "a NOT LIKE 'x' ESCAPE '!'", "a IS NOT NULL", "a NOT IN (1)"]
)
def test_what_is_denied_stands_in_a_not(said: str, dialect: Any) -> None:
    tree = parse_statement(f"SELECT {said}", dialect).selects[0]
    assert isinstance(tree, exp.Not)
    assert not any(node.args.get("negate") for node in tree.walk())


def test_a_row_that_is_not_null_keeps_its_own_condition() -> None:
    sql = "SELECT (a, b) IS NOT NULL"
    assert write_statement(parse_statement(sql, "postgres"), "postgres") == sql


def test_what_is_written_with_its_argument_twice_ends() -> None:
    nested = "SELECT " + "TO_ARRAY(" * 20 + "1" + ")" * 20
    with pytest.raises(TooComplexError, match="too complex to be written"):
        write_statement(parse_statement(nested, "sqlite"), "sqlite")
    with pytest.raises(SqlglotError):
        parse_statement("", "sqlite")


@pytest.mark.parametrize("dialect", ["sqlite", "mysql", "postgres", "duckdb"])
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM t WHERE id IN (" + ", ".join(map(str, range(14_000))) + ")",
        "SELECT 1" + " UNION ALL SELECT 1" * 300,
        "SELECT " + "COALESCE(" * 30 + "a" + ", 0)" * 30 + " FROM t",
        "SELECT date(datetime(date(datetime(date('2024-01-01')))))",
        "SELECT " + " + ".join(f"CASE WHEN a = {n} THEN {n} ELSE 0 END" for n in range(1_500)) + " FROM t",
        "SELECT CAST(CAST(CAST(a AS CHAR(10)) AS DECIMAL(10, 2)) AS CHAR(3)) FROM t",
        "SELECT 1 FROM a JOIN b JOIN c JOIN d JOIN e JOIN f",
    ],
)
def test_long_and_deep_honest_queries_pass(dialect, sql: str) -> None:  # type: ignore[no-untyped-def]
    assert check_readonly(sql.replace("datetime", "date") if dialect == "postgres" else sql, dialect) is None


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT " + "f(" * 5_000 + "1" + ")" * 5_000,
        "SELECT " + "(SELECT a, " * 40 + "1" + ")" * 40,
        "SELECT a, " + "(SELECT aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, " * 40 + "1" + ")" * 40,
        "SELECT a, " * 40_000 + "1",
    ],
)
def test_laying_out_is_bounded(sql: str) -> None:
    assert work_of(partial(lay_out, sql, "sqlite"), SECONDS) < SECONDS
