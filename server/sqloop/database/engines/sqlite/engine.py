"""SQLite: a file that processes of their own read, one candidate at a time each.

Walls 2 and 3 stand in there: see `sqloop.database.engines.sqlite.connection` for what a statement may do, and
`sqloop.database.engines.sqlite.child` for what it may take.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import cast

from sqlalchemy.engine import URL

from sqloop.database.account import Account
from sqloop.database.cancellation import Cancellation
from sqloop.database.engine import Excerpt
from sqloop.database.engines.processes import KilledError, Processes, Program
from sqloop.database.engines.registry import FORMS
from sqloop.database.engines.sqlite.stamp import stamp_file
from sqloop.database.identifiers import enclose
from sqloop.database.knowledge.stamp import Stamp
from sqloop.database.outcome import Limits, Outcome
from sqloop.database.rows import Row, only_row
from sqloop.database.schema import Dialect, Table
from sqloop.errors import DatabaseError, SettingsError

_MIN_LENGTH = 1024 * 1024
_CHILD = "sqloop.database.engines.sqlite.child"

_CATALOGUE_SECONDS = 60.0


def open_engine(url: URL, limits: Limits, password_command: str | None) -> SQLite:
    """The file at ``url``; it has no password. Raises SettingsError."""
    if url.host or url.query:
        raise SettingsError("A SQLite URL holds a path and nothing else.", FORMS)
    if not url.database or url.database == ":memory:":
        raise SettingsError("The SQLite URL names no file.", FORMS)
    return SQLite(Path(url.database).expanduser(), limits)


class SQLite:
    """One SQLite file; see `sqloop.database.engine.Engine`."""

    dialect: Dialect = "sqlite"

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path = path
        length = max(limits.bytes, _MIN_LENGTH)
        self._processes = Processes(Program(_CHILD, (str(path), str(limits.seconds), str(length))))

    @property
    def url(self) -> str:
        """``sqlite:///`` and the path, with what would end the path in a URL written as %XX."""
        return "sqlite:///" + str(self.path).replace("%", "%25").replace("?", "%3F")

    def run(self, sql: str, limits: Limits, cancel: Cancellation | None = None) -> Outcome:
        """Run untrusted text; see `Engine.run`."""
        if cancel is not None and cancel.cancelled:
            return Outcome("cancelled", error="stopped before it began")
        started = perf_counter()
        try:
            wanted = sql, limits.seconds, limits.rows, limits.bytes
            return Outcome(*self._processes.ask("run", limits.seconds, *wanted, cancel=cancel))
        except KilledError:
            if cancel is not None and cancel.cancelled:
                return Outcome("cancelled", error="cancelled")
            if perf_counter() - started >= limits.seconds:
                return Outcome("timeout", error=f"stopped after {limits.seconds:g} s")
            return Outcome("error", error="it takes more than SQLite can bear")

    def prepare(self, sql: str, limits: Limits, cancel: Cancellation | None = None) -> Outcome:
        """Have it explained; see `Engine.prepare`."""
        # EXPLAIN takes the schema as SQLite remembers it, also after another process changed it; what is run
        # has it read anew.
        self.run("SELECT 1 FROM sqlite_schema LIMIT 0", limits, cancel)
        return self.run(f"EXPLAIN {sql}", limits, cancel)

    def read(self, sql: str, seconds: float) -> tuple[list[Row], bool]:
        """Rows of a trusted query; see `Engine.read`."""
        try:
            return cast(tuple[list[Row], bool], self._processes.ask("read", seconds, sql, seconds))
        except KilledError:
            return [], True

    def tables(self) -> list[Table]:
        """Tables and views; see `Engine.tables`."""
        try:
            return cast(list[Table], self._processes.ask("tables", _CATALOGUE_SECONDS, _CATALOGUE_SECONDS))
        except KilledError:
            raise DatabaseError(f"{self.path}: its schema takes too long to be read.") from None

    def stamp(self) -> Stamp | None:
        """Exact, from the file and its write-ahead log; see `Engine.stamp`."""
        return stamp_file(self.path)

    def quote(self, name: str) -> str:
        """``name`` in double quotes."""
        return enclose(name, self.dialect)

    def as_text(self, expression: str) -> str:
        """A cast; see `Engine.as_text`."""
        return f"CAST({expression} AS CHAR)"

    def length(self, expression: str) -> str:
        """Whatever the type; see `Engine.length`."""
        return f"LENGTH({expression})"

    def excerpts(self, wanted: Sequence[Excerpt], seconds: float) -> dict[str, list[Row]]:
        """One query a table, which costs little here; see `Engine.excerpts`."""
        deadline = perf_counter() + seconds
        return {each.table: self._excerpt_of(each, deadline - perf_counter()) for each in wanted}

    def _excerpt_of(self, wanted: Excerpt, seconds: float) -> list[Row]:
        values = ", ".join(_excerpt(self.quote(column.name), wanted.length) for column in wanted.columns)
        return self.read(wanted.write(values, self.quote), seconds)[0]

    def check(self) -> Account:
        """Whether the file may be written; see `Engine.check`."""
        rows, _ = self.read("SELECT sqlite_version()", 5)
        writable = os.access(self.path, os.W_OK)
        return Account(
            user=os.environ.get("USER", ""),
            server=f"SQLite {only_row(rows, 1)[0]!s}",
            writes=("write to the file",) if writable else (),
            mend=f"chmod a-w {shlex.quote(str(self.path))}" if writable else "",
        )

    def close(self) -> None:
        """End the idle processes."""
        self._processes.close()


def _excerpt(name: str, length: int) -> str:
    """The value, text cut short and binary empty."""
    cut = f"WHEN 'text' THEN substr({name}, 1, {length}) WHEN 'blob' THEN x''"
    return f"CASE typeof({name}) {cut} ELSE {name} END"
