"""Written questions on a database of one's own: JSONL of ``{"question": …, "sql": …}`` or ``"answer"``.

An ``answer`` is a list of rows, a list of single values, or one value. Questions on a database that several
engines hold have ``sql`` by dialect where it differs: ``{"sqlite": …, "postgres": …}``. Blank lines are
skipped.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqloop.database.connect import Database
from sqloop.database.outcome import Outcome, Value
from sqloop.database.schema import Dialect
from sqloop.errors import SettingsError
from sqloop_trainer.benchmarks.suite import Suite, Written, prepare_suite


def read_written(path: Path, dialect: Dialect) -> list[Written]:
    """The questions of a file, with SQL of that dialect.

    Raises SettingsError, with the line, where it cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}.") from None
    numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    return [_written(line, dialect, f"{path}:{number}") for number, line in numbered]


def questions_suite(path: Path, database: Database) -> Suite:
    """The questions of a file with their gold answers on one database. Raises SettingsError."""
    return prepare_suite(path.stem, [database], read_written(path, database.dialect))


def _written(line: str, dialect: Dialect, place: str) -> Written:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise SettingsError(f"{place}: not JSON ({error}).") from None
    if not isinstance(row, dict) or not isinstance(row.get("question"), str):
        raise SettingsError(f"{place}: a row is an object with a question.")
    sql = row.get("sql")
    if isinstance(sql, dict):
        if dialect not in sql:
            raise SettingsError(f"{place}: there is no sql for {dialect}, only for {', '.join(sql)}.")
        sql = sql[dialect]
    if isinstance(sql, str):
        return Written(row["question"], sql=sql)
    if "answer" in row:
        return Written(row["question"], answer=_answer(row["answer"], place))
    raise SettingsError(f"{place}: a row has either sql or answer.")


def _answer(given: Any, place: str) -> Outcome:
    rows = given if isinstance(given, list) else [given]
    table = tuple(
        tuple(_cell(cell, place) for cell in (row if isinstance(row, list) else [row])) for row in rows
    )
    if len({len(row) for row in table}) > 1:
        raise SettingsError(f"{place}: the rows of the answer differ in length.")
    return Outcome("ok", rows=table)


def _cell(given: Any, place: str) -> Value:
    if given is None or isinstance(given, str | int | float):
        return given
    raise SettingsError(f"{place}: an answer holds text, numbers and null, not {type(given).__name__}.")
