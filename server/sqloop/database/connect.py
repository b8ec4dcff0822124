"""From a URL to a database that can be asked: `sqloop.database.connect.connect`."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType

from sqloop.database.account import Account
from sqloop.database.cancellation import Cancellation
from sqloop.database.engine import Engine, FileReader
from sqloop.database.engines.registry import open_engine
from sqloop.database.execute import execute, prepare
from sqloop.database.knowledge.cache import DatabaseCache
from sqloop.database.knowledge.known import Known
from sqloop.database.knowledge.stamp import Stamp
from sqloop.database.knowledge.value_index import ValueIndex
from sqloop.database.outcome import Limits, Outcome
from sqloop.database.rows import only_row
from sqloop.database.schema import Dialect, Schema
from sqloop.errors import DatabaseError

DEFAULT_LIMITS = Limits()

_FIRST_ROWS = 10_000
"""Rows whose values stand for all where a table is too large to be read in time."""

_VALUE_LENGTH = 200
"""Characters of the longest value that `Database.distinct_values` returns."""


def connect(
    url: str,
    limits: Limits = DEFAULT_LIMITS,
    password_command: str | None = None,
    cache: DatabaseCache | None = None,
    functions: Iterable[str] = (),
) -> Database:
    """Open the database at ``url``, read-only; ``limits`` hold for every query on it.

    ``password_command`` prints the password when neither the URL nor SQLOOP_PASSWORD has it. ``cache``
    keeps what was read of it for the next process; without one nothing is kept. ``functions`` of the database
    may be called by queries on MariaDB: what they do, no wall sees.
    Raises SettingsError for a URL that cannot be used, UnreachableError when nothing answers there.
    """
    database = Database(open_engine(url, limits, password_command), limits, cache, functions)
    try:
        database.ping()
    except BaseException:
        database.close()
        raise
    return database


class Database:
    """One database behind all walls; may be used from several threads at once."""

    def __init__(
        self,
        engine: Engine,
        limits: Limits,
        cache: DatabaseCache | None = None,
        functions: Iterable[str] = (),
    ) -> None:
        self.url = engine.url
        self.dialect: Dialect = engine.dialect
        self.limits = limits
        self.cache = cache
        self._engine = engine
        self._functions = frozenset(name.lower() for name in functions)
        self._known = Known(engine, cache, lambda seconds: ValueIndex.build(self, seconds))

    @property
    def stamp(self) -> Stamp | None:
        """The state of the database when it was looked at last; None where that cannot be told."""
        return self._known.stamp

    @property
    def state(self) -> str:
        """Equal as long as nothing has been seen to change, rows included."""
        return self._known.state

    @property
    def unread(self) -> tuple[str, ...]:
        """A line for each file of a folder or pattern that could not be read at the last look."""
        return self._engine.unread if isinstance(self._engine, FileReader) else ()

    def schema(self, *, refresh: bool = False) -> Schema:
        """Tables, columns, keys and samples, read once, or again on ``refresh``. Raises DatabaseError."""
        return self._known.schema(refresh=refresh)

    def renew(self) -> Schema:
        """The schema as it is now, read again where a cheap look tells a change. Raises DatabaseError."""
        return self._known.renew()

    def values(self) -> ValueIndex:
        """The index of the text values as of the last look, read in some seconds. Raises DatabaseError."""
        return self._known.values()

    def execute(self, sql: str, cancel: Cancellation | None = None, limits: Limits | None = None) -> Outcome:
        """Run one query read-only and under the limits; see `sqloop.database.execute.execute`."""
        return execute(self._engine, sql, limits or self.limits, cancel, self._functions)

    def prepare(self, sql: str, cancel: Cancellation | None = None) -> Outcome:
        """Whether one query would run, without running it: "ok" without rows, or why not."""
        return prepare(self._engine, sql, self.limits, cancel, self._functions)

    def distinct_values(self, table: str, column: str, limit: int, seconds: float) -> tuple[list[str], bool]:
        """Distinct values of a column as text, at most ``limit`` and for at most ``seconds``.

        The flag says whether there may be more. NULL, binary and values too long to be named in a
        question are left out. Raises DatabaseError when the schema has no such column.
        """
        found = self.schema().table(table)
        known = found.column(column) if found else None
        if found is None or known is None:
            raise DatabaseError(f"There is no column {table}.{column}.")
        name, source = self._engine.quote(known.name), self._engine.quote(found.name)
        query = (
            f"SELECT DISTINCT {name} FROM {{}} "
            f"WHERE {name} IS NOT NULL AND {self._engine.length(name)} <= {_VALUE_LENGTH} LIMIT {limit + 1}"
        )
        rows, cut = self._engine.read(query.format(source), seconds / 2)
        if cut and not rows:  # MariaDB gives nothing before it has seen every row: then of the first rows
            part = f"(SELECT {name} FROM {source} LIMIT {_FIRST_ROWS}) AS part"
            rows, _ = self._engine.read(query.format(part), seconds / 2)
        values = [str(row[0]) for row in rows[:limit] if not isinstance(row[0], bytes)]
        return values, cut or len(rows) > limit

    def quote(self, name: str) -> str:
        """The name of a table or column of the schema as an identifier."""
        return self._engine.quote(name)

    def check(self) -> Account:
        """What the account may do, and what mends it if that is too much. Raises UnreachableError."""
        return self._engine.check()

    def ping(self) -> None:
        """Do nothing where the database answers. Raises UnreachableError where it does not."""
        rows, cut = self._engine.read("SELECT 1", self.limits.seconds)
        if not cut:
            only_row(rows, 1)

    def close(self) -> None:
        """Let go of the connections; using the database again opens new ones."""
        self._engine.close()

    def __enter__(self) -> Database:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Database({self.url!r})"
