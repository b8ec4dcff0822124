"""Which queries of somebody else's tests an engine accepts and the read-only check refuses.

    pip download --no-deps --no-binary sqlglot sqlglot==30.30.0 && tar xzf sqlglot-*.tar.gz
    .venv/bin/python tests/benchmarks/honest_queries.py sqlglot-30.30.0/tests [mysql+pymysql://user@host/empty]

Takes every text that begins like a query, out of files of SQL and out of strings of Python. SQLite is asked
in memory, with tables made of the words of the query; MariaDB only whether it understands the text.
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
_UNDERSTOOD = (1146, 1054, 1049, 1052)
"""MariaDB's errors for tables, columns and databases that are not there: the text was read to its end."""


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
    """Whether SQLite can prepare it, once the tables are there."""
    words = dict.fromkeys(word.lower() for word in re.findall(r"[A-Za-z_]\w*", sql))
    columns = ", ".join(f'"{word}"' for word in list(words)[:300])
    with closing(sqlite3.connect(":memory:")) as connection:
        for _ in range(12):
            try:
                connection.execute(f"EXPLAIN {sql}")
                return True
            except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
                missing = _NO_TABLE.match(str(error))
                if missing is None:
                    return False
                if not _make(connection, missing[1], columns):
                    return False
    return False


def _make(connection: sqlite3.Connection, table: str, columns: str) -> bool:
    try:
        connection.execute(f'CREATE TABLE "{table}" ({columns})')
    except sqlite3.Error:  # a name that cannot be, or that is there and hidden
        return False
    return True


def accepted_by_mariadb(url: str) -> Callable[[str], bool]:
    """Whether the server at ``url`` understands a text."""
    connection = create_engine(url).connect()

    def accepted(sql: str) -> bool:
        try:
            connection.exec_driver_sql(f"EXPLAIN {sql}".replace("%", "%%")).fetchall()
        except DBAPIError as error:
            return error.orig is not None and error.orig.args[0] in _UNDERSTOOD
        except (TypeError, ValueError):
            return False
        return True

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
