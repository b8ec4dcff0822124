"""Gold SQL of the written scenarios in the words of MariaDB, PostgreSQL and DuckDB, where they answer alike.

    python tests/benchmarks/translate_written.py --mysql SOCKET --postgres SOCKET_FOLDER:PORT [--only NAME]

Reads trainer/written/NAME.jsonl and NAME.more.jsonl, writes NAME.dialects.jsonl: ``sql`` and, by dialect,
what says the same there. Needs empty servers that may be written to; DuckDB runs in memory.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pymysql
from sqlglot.errors import SqlglotError

from sqloop.database.identifiers import quote_name
from sqloop.database.schema import Dialect, Schema
from sqloop_trainer.benchmarks.suite import is_ordered
from sqloop_trainer.tuning.scenarios import Scenario, written_scenarios
from sqloop_trainer.tuning.translating import OTHERS, schema_in, translate

WRITTEN = Path(__file__).parents[2] / "trainer" / "written"
Run = Callable[[str], Sequence[Sequence[Any]]]


def main() -> None:
    """Write the files of all scenarios, or of one."""
    parser = ArgumentParser()
    parser.add_argument("--mysql", required=True)
    parser.add_argument("--postgres", required=True)
    parser.add_argument("--only")
    given = parser.parse_args()
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for scenario in written_scenarios(WRITTEN, Path(folder)):
            if given.only in (None, scenario.name):
                _write(scenario, _engines(given.mysql, given.postgres), counts)
                print(scenario.name, dict(counts), file=sys.stderr, flush=True)


def _write(scenario: Scenario, engines: dict[Dialect, Run], counts: Counter[str]) -> None:
    known: dict[str, dict[str, str]] = {sql: {"sql": sql} for sql in scenario.sqls()}
    counts["sql"] += len(known)
    with closing(sqlite3.connect(scenario.path)) as connection:
        for dialect in OTHERS:
            run = engines[dialect]
            try:
                _load(connection, scenario.schema, dialect, run)
            except Exception as error:
                print(f"{scenario.name} in {dialect}: {error}", file=sys.stderr)
                continue
            for sql, found in known.items():
                wanted = connection.execute(sql).fetchall()
                try:
                    said = translate(sql, scenario.schema, dialect)
                    same = _same(run(said), wanted, sql)
                except (SqlglotError, ValueError, duckdb.Error, psycopg.Error, pymysql.Error) as error:
                    counts[f"{dialect} fails"] += 1
                    print(f"{dialect}: {str(error).splitlines()[0]} | {sql}", file=sys.stderr)
                    continue
                counts[dialect if same else f"{dialect} differs"] += 1
                if same:
                    found[dialect] = said
    lines = [json.dumps(each, ensure_ascii=False) for each in known.values() if len(each) > 1]
    text = "".join(f"{line}\n" for line in lines)
    (WRITTEN / f"{scenario.name}.dialects.jsonl").write_text(text, encoding="utf-8")


def _engines(socket: str, postgres: str) -> dict[Dialect, Run]:
    folder, port = postgres.split(":")
    mysql = pymysql.connect(unix_socket=socket, user="root", autocommit=True, charset="utf8mb4")
    server = psycopg.connect(f"host={folder} port={port} user=postgres dbname=postgres", autocommit=True)
    memory = duckdb.connect()

    def in_mysql(sql: str) -> Sequence[Sequence[Any]]:
        with mysql.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    def in_postgres(sql: str) -> Sequence[Sequence[Any]]:
        cursor = server.execute(sql)
        return cursor.fetchall() if cursor.description else []

    in_mysql("DROP DATABASE IF EXISTS written")
    in_mysql("CREATE DATABASE written CHARACTER SET utf8mb4")
    in_mysql("USE written")
    in_postgres("DROP SCHEMA IF EXISTS public CASCADE")
    in_postgres("CREATE SCHEMA public")
    return {"mysql": in_mysql, "postgres": in_postgres, "duckdb": lambda sql: memory.execute(sql).fetchall()}


def _load(connection: sqlite3.Connection, schema: Schema, dialect: Dialect, run: Run) -> None:
    for table in schema_in(schema, dialect).tables:
        name = quote_name(table.name, dialect)
        sized = {
            "varchar": "varchar(500)",
            "char": "varchar(500)",
            "decimal": "decimal(20,4)",
            "text": "varchar(500)",
        }
        types = [
            (sized.get(each.type, each.type) if dialect == "mysql" else each.type) for each in table.columns
        ]
        types = ["DECIMAL(20,4)" if each == "DECIMAL" else each for each in types]
        columns = ", ".join(
            f"{quote_name(each.name, dialect)} {type_}{' NULL' if type_ == 'timestamp' else ''}"
            for each, type_ in zip(table.columns, types, strict=True)
        )
        key = ", ".join(quote_name(each, dialect) for each in table.primary_key)
        run(f"CREATE TABLE {name} ({columns}{f', PRIMARY KEY ({key})' if key else ''})")
        rows = connection.execute(f"SELECT * FROM {quote_name(table.name, 'sqlite')}").fetchall()
        for some in _chunks(rows):
            run(
                f"INSERT INTO {name} VALUES "
                + ", ".join(f"({', '.join(map(_literal, row))})" for row in some)
            )


def _chunks(rows: list[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    for start in range(0, len(rows), 200):
        yield rows[start : start + 200]


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    return "'" + str(value).replace("'", "''") + "'" if isinstance(value, str) else repr(value)


def _same(found: Sequence[Sequence[Any]], wanted: Sequence[Sequence[Any]], sql: str) -> bool:
    """Rows of equal rank may come in any order, which shows where there is no LIMIT."""
    ours, theirs = ([tuple(map(_plain, row)) for row in rows] for rows in (found, wanted))
    return (
        ours == theirs
        if is_ordered(sql, "sqlite") and "LIMIT" in sql.upper()
        else Counter(ours) == Counter(theirs)
    )


def _plain(value: Any) -> Any:
    """A value in a form that all engines share: numbers to four digits, also where they are texts."""
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    try:
        return round(float(value), 4) if isinstance(value, int | float | Decimal | str) else value
    except ValueError:
        return value


if __name__ == "__main__":
    main()
