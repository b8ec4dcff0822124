"""DuckDB: a database file, or tables that lie in files, read by processes that can write nothing.

Walls 2 and 3 stand in there: see `sqloop.database.engines.duckdb.connection` for what a statement may do, and
`sqloop.database.engines.duckdb.child` for what it may take.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, cast

from sqlalchemy.engine import URL

from sqloop.database.account import Account
from sqloop.database.cancellation import Cancellation
from sqloop.database.engine import Excerpt
from sqloop.database.engines.duckdb.files import Files, program
from sqloop.database.engines.duckdb.keys import add_keys
from sqloop.database.engines.processes import KilledError, Processes
from sqloop.database.engines.registry import FORMS
from sqloop.database.identifiers import enclose
from sqloop.database.knowledge.stamp import Stamp
from sqloop.database.outcome import Limits, Outcome
from sqloop.database.rows import Row, only_row
from sqloop.database.schema import Column, Dialect, Table, split_name
from sqloop.errors import DatabaseError, SettingsError, UnreachableError

_CATALOGUE_SECONDS = 60.0


def open_engine(url: URL, limits: Limits, password_command: str | None) -> DuckDB:
    """The file, folder or pattern at ``url``; it has no password. Raises SettingsError."""
    if url.host or url.query:
        raise SettingsError("A DuckDB URL holds a path and nothing else.", FORMS)
    if not url.database or url.database == ":memory:":
        raise SettingsError("The DuckDB URL names no file.", FORMS)
    return DuckDB(Path(url.database).expanduser())


class DuckDB:
    """One DuckDB file, or the tables in files; see `sqloop.database.engine.Engine`."""

    dialect: Dialect = "duckdb"

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._processes = Processes(program("child"))
        self._files = Files(self.path, self.url, self._processes)

    @property
    def url(self) -> str:
        """``duckdb:///`` and the path, with what would end the path in a URL written as %XX."""
        return "duckdb:///" + str(self.path).replace("%", "%25").replace("?", "%3F")

    @property
    def unread(self) -> tuple[str, ...]:
        """The files that could not be read; see `FileReader.unread`."""
        return self._files.failed

    def run(self, sql: str, limits: Limits, cancel: Cancellation | None = None) -> Outcome:
        """Run untrusted text; see `Engine.run`."""
        return self._guard(sql, limits, cancel, explain=False)

    def prepare(self, sql: str, limits: Limits, cancel: Cancellation | None = None) -> Outcome:
        """Have it explained; see `Engine.prepare`."""
        return self._guard(sql, limits, cancel, explain=True)

    def _guard(self, sql: str, limits: Limits, cancel: Cancellation | None, *, explain: bool) -> Outcome:
        if cancel is not None and cancel.cancelled:
            return Outcome("cancelled", error="stopped before it began")
        place = self._files.place()
        started = perf_counter()
        try:
            given = limits.seconds, limits.rows, limits.bytes
            asked = "explain" if explain else "run"
            return Outcome(*self._processes.ask(asked, limits.seconds, place, sql, *given, cancel=cancel))
        except KilledError:
            if cancel is not None and cancel.cancelled:
                return Outcome("cancelled", error="cancelled")
            if perf_counter() - started >= limits.seconds:
                return Outcome("timeout", error=f"stopped after {limits.seconds:g} s")
            return Outcome("error", error="it takes more than DuckDB can bear")

    def read(self, sql: str, seconds: float) -> tuple[list[Row], bool]:
        """Rows of a trusted query; see `Engine.read`."""
        try:
            told = self._ask("read", seconds, sql, seconds)
        except KilledError:
            return [], True
        return cast(tuple[list[Row], bool], told)

    def tables(self) -> list[Table]:
        """Tables and views; see `Engine.tables`."""
        try:
            found = cast(list[Table], self._ask("tables", _CATALOGUE_SECONDS))
            return found if self._files.is_database else add_keys(found, self.read)
        except KilledError:
            raise DatabaseError(f"{self.path}: its schema takes too long to be read.") from None

    def _ask(self, name: str, seconds: float, *arguments: Any) -> Any:
        try:
            return self._processes.ask(name, seconds, self._files.place(), *arguments)
        except UnreachableError:
            raise
        except DatabaseError as error:
            raise DatabaseError(f"{self.path}: {error.message}", error.hint) from error

    def stamp(self) -> Stamp | None:
        """From the names, sizes and times of the files; see `Engine.stamp`."""
        return self._files.stamp()

    def quote(self, name: str) -> str:
        """``name`` in double quotes; so is the schema before it, where the name says one."""
        return ".".join(enclose(part, self.dialect) for part in split_name(name, self.dialect) if part)

    def as_text(self, expression: str) -> str:
        """A cast; see `Engine.as_text`."""
        return f"CAST({expression} AS VARCHAR)"

    def length(self, expression: str) -> str:
        """Of whatever type as text; see `Engine.length`."""
        return f"length(CAST({expression} AS VARCHAR))"

    def excerpts(self, wanted: Sequence[Excerpt], seconds: float) -> dict[str, list[Row]]:
        """One query a table, which costs less than one for all; see `Engine.excerpts`."""
        deadline = perf_counter() + seconds
        found: dict[str, list[Row]] = {}
        for each in wanted:
            if (left := deadline - perf_counter()) <= 0:
                break
            found[each.table] = self._excerpt_of(each, left)
        return found

    def _excerpt_of(self, wanted: Excerpt, seconds: float) -> list[Row]:
        values = ", ".join(_excerpt(column, wanted.length) for column in wanted.columns)
        return self.read(wanted.write(values, self.quote), seconds)[0]

    def check(self) -> Account:
        """Whether the file may be written; see `Engine.check`."""
        rows, _ = self.read("SELECT version()", 5)
        server = f"DuckDB {str(only_row(rows, 1)[0]).removeprefix('v')}"
        if not self._files.is_database:
            count = len(self._files.place().views)
            return Account("", f"{server}, {count} {'table' if count == 1 else 'tables'} in files", ())
        writable = os.access(self.path, os.W_OK)
        return Account(
            user=os.environ.get("USER", ""),
            server=server,
            writes=("write to the file",) if writable else (),
            mend=f"chmod a-w {shlex.quote(str(self.path))}" if writable else "",
        )

    def close(self) -> None:
        """End the idle processes."""
        self._processes.close()
        self._files.close()


def _excerpt(column: Column, length: int) -> str:
    """The value, text cut short."""
    name = enclose(column.name, "duckdb")
    return f"left(CAST({name} AS VARCHAR), {length})" if column.kind == "text" else name
