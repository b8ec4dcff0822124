"""The grammar of plain SQL accepts what people write and nothing that is not in the schema."""

from __future__ import annotations

import gzip
import json
import random
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlglot
from llguidance import LLMatcher, LLTokenizer

from sqloop.database.identifiers import quote_name
from sqloop.database.schema import Column, Schema, Table
from sqloop.generation.prompts.sql_grammar import MAX_NAMES, sql_grammar

SPIDER = Path(__file__).parents[4] / "shared/data/spider"
Accepts = Callable[[Schema, str], bool]


@pytest.fixture(scope="module")
def accepts() -> Accepts:
    """Whether the grammar of a schema accepts a text as a whole."""
    tokenizer = LLTokenizer("byte")
    compiled: dict[str, LLMatcher] = {}

    def check(schema: Schema, text: str) -> bool:
        grammar = sql_grammar(schema)
        assert grammar is not None
        if grammar not in compiled:
            compiled[grammar] = LLMatcher(tokenizer, LLMatcher.grammar_from_lark(grammar))
            assert not compiled[grammar].is_error(), compiled[grammar].get_error()
        matcher = compiled[grammar].deep_copy()
        tokens = tokenizer.tokenize_str(text)
        return matcher.try_consume_tokens(tokens) == len(tokens) and matcher.is_accepting()

    return check


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT name FROM singer",
        "select COUNT(*) from SINGER where Name like '%it''s%'",
        'SELECT T1."home town", count(DISTINCT T2.year) FROM singer AS T1 JOIN "order" AS T2 '
        "ON T1.id = T2.singer_id WHERE T2.year BETWEEN 1990 AND 2000 GROUP BY T1.name "
        "HAVING count(*) > 1 ORDER BY avg(T2.year) DESC, T1.name LIMIT 3 OFFSET 2",
        "SELECT name FROM singer WHERE id NOT IN (SELECT singer_id FROM \"order\") AND (id > 3 OR id = -1.5)",
        "SELECT name FROM singer EXCEPT SELECT name FROM singer WHERE name IS NOT NULL",
        "SELECT (SELECT count(*) FROM singer) * 100.0 / (SELECT count(*) FROM \"order\")",
        "SELECT CASE WHEN id = 1 THEN 'a' ELSE name END AS t1, singer.* FROM singer;",
        "SELECT strftime('%Y', name), CAST(id AS REAL) || 'x' FROM singer JOIN \"order\" USING (singer_id)",
        "SELECT name FROM singer WHERE EXISTS (SELECT * FROM \"order\" WHERE year = 1) AND NOT id < 2",
    ],
)  # fmt: skip
def test_accepts_queries_that_parse(accepts: Accepts, schema: Schema, sql: str) -> None:
    assert accepts(schema, sql)
    assert sqlglot.parse_one(sql, dialect="sqlite")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT nam FROM singer",
        "SELECT name FROM ſinger",
        "SELECT name FROM singers",
        "SELECT year FROM order",
        "SELECTname FROM singer",
        "SELECT name FROM singer; DROP TABLE singer",
        "SELECT name FROM singer -- why",
        "DELETE FROM singer",
        "SELECT name FROM singer WHERE name = 'it's'",
        "SELECT load_extension(name) FROM singer",
        "WITH a AS (SELECT 1) SELECT name FROM singer",
        "PRAGMA table_info(singer)",
        "SELECT name INTO name FROM singer",
    ],
)
def test_refuses_what_is_no_query_over_the_schema(accepts: Accepts, schema: Schema, sql: str) -> None:
    assert not accepts(schema, sql)


def test_mysql_quotes_and_functions(accepts: Accepts) -> None:
    columns = (Column("from", "int", "number"), Column("Größe", "int", "number"))
    schema = Schema("mysql", (Table("rank", columns),))
    assert accepts(schema, "SELECT `from`, YEAR(`Größe`) FROM `rank`")
    assert not accepts(schema, "SELECT from FROM `rank`")
    assert not accepts(schema, "SELECT strftime('%Y', `from`) FROM `rank`")


def test_names_stay_bare_only_where_sqlite_and_sqlglot_read_them() -> None:
    """Each keyword of either is made a table's and a column's name, and read as `quote_name` writes it."""
    keywords = {
        word.lower() for word in sqlglot.Dialect["sqlite"].tokenizer_class.KEYWORDS if word.isidentifier()
    }
    for word in sorted(keywords | {"a b", 'say "hi"', "1st", "größe"}):
        name = quote_name(word, "sqlite")
        quoted = '"' + word.replace('"', '""') + '"'
        connection = sqlite3.connect(":memory:")
        connection.execute(f"CREATE TABLE {quoted} ({quoted} INTEGER)")
        connection.execute(f"INSERT INTO {quoted} VALUES (7)")
        sql = f"SELECT {name} FROM {name} AS T1 WHERE T1.{name} > 1 GROUP BY {name} ORDER BY {name}"
        assert connection.execute(sql).fetchall() == [(7,)]
        column = sqlglot.parse_one(sql, dialect="sqlite").selects[0]
        assert isinstance(column, sqlglot.exp.Column), word
        connection.close()


def test_there_is_no_grammar_for_nothing_or_too_much() -> None:
    wide = tuple(Column(f"c{number}", "int", "number") for number in range(MAX_NAMES))
    assert sql_grammar(Schema("sqlite", ())) is None
    assert sql_grammar(Schema("sqlite", (Table("t", wide),))) is None


def test_a_thousand_tables_compile(accepts: Accepts) -> None:
    tables = tuple(
        Table(f"table_{t}", tuple(Column(f"column_{t}_{c}", "int", "number") for c in range(15)))
        for t in range(1000)
    )
    assert accepts(Schema("sqlite", tables), "SELECT column_7_3 FROM table_7")


@pytest.mark.skipif(not SPIDER.exists(), reason="the Spider questions are not here")
def test_accepts_the_gold_queries_of_spider(accepts: Accepts) -> None:
    """At least 99 of 100, their text in single quotes."""
    schemas = {each["db_id"]: _read_schema(each) for each in _read_lines("schemas.jsonl.gz")}
    rows = random.Random(0).sample(_read_lines("train.jsonl.gz"), 600)
    accepted = [accepts(schemas[row["db_id"]], _quote_singly(row["sql"])) for row in rows]
    assert sum(accepted) >= 0.99 * len(rows)


def _read_lines(name: str) -> list[dict[str, Any]]:
    with gzip.open(SPIDER / name, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _read_schema(row: dict[str, Any]) -> Schema:
    return Schema(
        "sqlite",
        tuple(
            Table(
                table["name"], tuple(Column(each["name"], each["type"], "other") for each in table["columns"])
            )
            for table in row["tables"]
        ),
    )


def _quote_singly(sql: str) -> str:
    return re.sub(r'"([^"]*)"', lambda found: "'" + found[1].replace("'", "''") + "'", sql)
