"""Which queries of somebody else's tests an engine accepts and the read-only check refuses.

    pip download --no-deps --no-binary sqlglot sqlglot==30.30.0 && tar xzf sqlglot-*.tar.gz
    .venv/bin/python tests/benchmarks/honest_queries.py sqlglot-30.30.0/tests [mysql+pymysql://user@host/empty]

Takes every text that begins like a query, out of files of SQL and out of strings of Python. Both engines are
asked with tables made of the words of the query: a function is looked for when its tables are there. What
writes is no query. The server should be one of no use otherwise: databases that texts name are made there.
"""

from __future__ import annotations

import ast
import re
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

from sqloop.database.checking.readonly import check_readonly
from sqloop.database.schema import Dialect

LONGEST = 20_000
_BLANK = re.compile(r"(?:\s*(?:--|#)[^\n]*\n|\s*/\*.*?\*/)*", re.DOTALL)
_QUERY = re.compile(r"[\s(]*(?:SELECT|WITH|VALUES)\b", re.IGNORECASE)
_NO_TABLE = re.compile(r"no such table: (?:main\.)?([^.]+)$")
_NOT_THERE = re.compile(r"(?:Unknown database|Table) '([^'.]+)(?:\.([^']+))?'(?: doesn't exist)?$")
_UNDERSTOOD = (1054, 1052)
"""MariaDB's errors for columns that are not there, or there twice: the text was read to its end."""

_COLUMNS = 200
_TABLES = 12


def read_queries(folder: Path) -> list[str]:
    """Every text below ``folder`` that begins like a query."""
    texts = {text.strip().rstrip(";") for text in _texts(folder)}
    return sorted(each for each in texts if len(each) < LONGEST and _QUERY.match(_BLANK.sub("", each, 1)))


def _texts(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*.sql"):
        text = path.read_text(errors="replace")
        yield from re.split(r";\s*\n|\n\n", text)
        yield from text.splitlines()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def accepted_by_sqlite(sql: str) -> bool:
    """Whether SQLite can run it, once the tables are there, and it writes nothing."""
    columns = ", ".join(f'"{word}"' for word in _words(sql))
    with closing(sqlite3.connect(":memory:")) as connection:
        for _ in range(_TABLES):
            try:
                steps = connection.execute(f"EXPLAIN {sql}").fetchall()
                writes = any(step[1] == "Transaction" and step[3] for step in steps)
                return not writes and _runs(connection, sql)
            except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
                missing = _NO_TABLE.match(str(error))
                if missing is None:
                    return False
                if not _make(connection, missing[1], columns):
                    return False
    return False


def _runs(connection: sqlite3.Connection, sql: str) -> bool:
    """Whether it gives rows, or is still at it after some thousand steps."""
    connection.set_progress_handler(lambda: 1, 100_000)
    try:
        connection.execute(sql).fetchmany(10)
        return True
    except sqlite3.Error as error:
        return str(error) == "interrupted"


def _words(sql: str) -> list[str]:
    words = dict.fromkeys(word.lower() for word in re.findall(r"[A-Za-z_]\w*", sql))
    return [word for word in words if len(word) <= 64][:_COLUMNS]


def _make(connection: sqlite3.Connection, table: str, columns: str) -> bool:
    try:
        connection.execute(f'CREATE TABLE "{table}" ({columns})')
    except sqlite3.Error:  # a name that cannot be, or that is there and hidden
        return False
    return True


def accepted_by_mariadb(url: str) -> Callable[[str], bool]:
    """Whether the server at ``url`` understands a text; what is made for one is dropped after it."""
    connection = create_engine(url, isolation_level="AUTOCOMMIT").connect()
    connection.exec_driver_sql("SET max_statement_time = 1")

    def accepted(sql: str) -> bool:
        columns = ", ".join(f"`{word}` VARCHAR(9)" for word in _words(sql))
        made: list[str] = []
        try:
            for _ in range(_TABLES):
                try:
                    connection.exec_driver_sql(f"EXPLAIN {sql}".replace("%", "%%")).fetchall()
                    return True
                except DBAPIError as error:
                    code, said = error.orig.args[:2] if error.orig else (0, "")
                    if code in _UNDERSTOOD:
                        return True
                    if not (missing := _NOT_THERE.match(said)):
                        return False
                database, table = missing.groups()
                made.append(f"`{database}`.`{table}`" if table else f"`{database}`")
                what = f"TABLE {made[-1]} ({columns}) ENGINE=MEMORY" if table else f"DATABASE {made[-1]}"
                connection.exec_driver_sql(f"CREATE {what}")
        except (DBAPIError, TypeError, ValueError):
            return False
        finally:
            for each in reversed(made):
                connection.exec_driver_sql(f"DROP {'TABLE' if '.' in each else 'DATABASE'} IF EXISTS {each}")
        return False

    return accepted


def tell(name: str, dialect: Dialect, queries: list[str], accepted: Callable[[str], bool]) -> None:
    """Print how many are accepted, and those of them that the check refuses."""
    honest = [sql for sql in queries if accepted(sql)]
    refused = [(sql, found.reason) for sql in honest if (found := check_readonly(sql, dialect))]
    print(
        f"{name}: {len(honest):,} of {len(queries):,} accepted, {len(refused)} of them refused by the check"
    )
    for sql, reason in sorted(refused, key=lambda each: each[1]):
        print(f"  {reason.splitlines()[0][:60]:60}  {' '.join(sql.split())[:120]}")


if __name__ == "__main__":
    found = read_queries(Path(sys.argv[1]))
    tell("SQLite", "sqlite", found, accepted_by_sqlite)
    for each in sys.argv[2:]:
        tell("MariaDB", "mysql", found, accepted_by_mariadb(each))
