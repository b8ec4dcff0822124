"""The database behind the server: opened on the first need, watched, called for until it answers again.

Everything blocking runs in threads; methods belong to the event loop.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from sqlalchemy.engine import make_url

from sqloop.database.cancellation import Cancellation
from sqloop.database.connect import Database
from sqloop.database.engines.registry import dialect_of
from sqloop.database.outcome import Limits, Outcome
from sqloop.database.schema import Dialect, Schema
from sqloop.errors import DatabaseError, SettingsError, SQLoopError, UnreachableError
from sqloop.glossary import Glossary
from sqloop.lsp.options import Configuration, configure, name_connections
from sqloop.lsp.protocol import Options
from sqloop.lsp.threads import Threads
from sqloop.session import open_database
from sqloop.settings import Settings

T = TypeVar("T")

PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds between two calls for a database that is away."""

LOOK = 1.0
"""Seconds between two looks at the database for what has changed that typing sets off."""


class Connected:
    """One database at a time, as options say; ``on_change`` is called after anything that a status shows."""

    def __init__(self, folder: Path, options: Options, on_change: Callable[[], None]) -> None:
        self.folder = folder
        self.options = options
        self.threads = Threads()
        self.configuration = Configuration(Settings())
        self.settings_error: SettingsError | None = None
        self.database_error: SQLoopError | None = None
        self.connecting = False
        self.schema: Schema | None = None
        self._on_change = on_change
        self._on_schema: list[Callable[[Schema], None]] = []
        self._database: Database | None = None
        self._opening = asyncio.Lock()
        self._reading = asyncio.Lock()
        self._recovery: asyncio.Task[None] | None = None
        self._looked_at = 0.0
        self._looking: asyncio.Task[Schema] | None = None
        self._configure()

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.configuration.settings

    @property
    def words(self) -> Glossary:
        """The glossary in force."""
        return self.configuration.words

    @property
    def dialect(self) -> Dialect:
        """Of the database in use, as far as it is known; SQLite's where nothing is."""
        if self._database is not None:
            return self._database.dialect
        with suppress(SettingsError):
            found = self.settings.connection()
            if found is not None:
                return dialect_of(found.url) or "sqlite"
        return "sqlite"

    @property
    def url(self) -> str:
        """Of the database in use, without a password; empty while none was opened."""
        return self._database.url if self._database is not None else ""

    @property
    def unread(self) -> tuple[str, ...]:
        """A line for each file of the database in use that could not be read."""
        return self._database.unread if self._database is not None else ()

    @property
    def home(self) -> str:
        """What queries call the database in use: `main`, `public`, or MariaDB's name for it; empty before."""
        if self.dialect != "mysql":
            return "public" if self.dialect == "postgres" else "main"
        return (make_url(self.url).database or "") if self.url else ""

    def on_schema(self, listener: Callable[[Schema], None]) -> None:
        """Have ``listener`` called when there is another schema, or its database is there again."""
        self._on_schema.append(listener)

    async def database(self) -> Database:
        """The database, opened if it is not. Raises SettingsError, DatabaseError."""
        async with self._opening:
            if self._database is None:
                await self._open()
            assert self._database is not None
            return self._database

    @property
    def state(self) -> str:
        """Of the database in use: equal as long as nothing has been seen to change, rows included."""
        return self._database.state if self._database is not None else ""

    async def read_schema(self, *, refresh: bool = False) -> Schema:
        """The schema, from the database when it is not known or is to be refreshed. Raises DatabaseError."""
        if self.schema is not None and not refresh:
            return self.schema
        return await self._read(lambda database: database.schema(refresh=refresh))

    async def look(self) -> Schema:
        """The schema as it is now, read again where it has changed. Raises DatabaseError."""
        return await self._read(lambda database: database.renew())

    async def glance(self, seconds: float) -> None:
        """`look` where that was not just done, and wait ``seconds`` at most; failures are in the status."""
        if self._looking is None or self._looking.done():
            if time.monotonic() - self._looked_at < LOOK:
                return
            self._looking = asyncio.ensure_future(self.look())
        with suppress(TimeoutError, SQLoopError):
            await asyncio.wait_for(asyncio.shield(self._looking), seconds)

    async def suspect_schema(self) -> bool:
        """Look at the schema that somebody found to be wrong; whether it is another one now."""
        known = self.schema
        if known is None:
            return False
        with suppress(SQLoopError):
            return (await self.look()).fingerprint != known.fingerprint
        return False

    async def _read(self, read: Callable[[Database], Schema]) -> Schema:
        database = await self.database()
        async with self._reading:
            schema = self.words.describe(await self.use(lambda each, _: read(each)))
            self._looked_at = time.monotonic()
            if database is self._database:
                self._take(schema)
            return schema

    async def use(self, work: Callable[[Database, Cancellation], T]) -> T:
        """What ``work`` gives, in a thread; notices when the database has gone. Raises DatabaseError."""
        database = await self.database()
        try:
            result = await self.threads.run(lambda cancel: work(database, cancel))
        except UnreachableError as error:
            if database is self._database:
                self._lose(error)
            raise
        if self.database_error is not None and database is self._database:
            self._found()
        return result

    async def execute(self, sql: str, limits: Limits | None = None) -> Outcome:
        """Run one query read-only and under limits, the settings' unless given. Raises DatabaseError."""
        return await self.use(lambda database, cancel: database.execute(sql, cancel, limits))

    async def prepare(self, sql: str) -> Outcome:
        """Whether a query would run. Raises DatabaseError."""
        return await self.use(lambda database, cancel: database.prepare(sql, cancel))

    def _configure(self) -> None:
        try:
            self.configuration = configure(self.folder, self.options)
            self.settings_error = self.configuration.error
        except SettingsError as error:
            # What was asked for is said to be out of reach, not the sample.
            known = name_connections(self.folder, self.options)
            self.configuration = Configuration(Settings(db=self.options.connection, connections=known))
            self.settings_error = error

    async def _open(self) -> None:
        if self.settings_error is not None:
            raise self.settings_error
        settings = self.settings
        self.connecting = True
        self._on_change()
        try:
            opened = await self.threads.run(lambda _: open_database(settings))
        except (SettingsError, DatabaseError) as error:
            self.connecting = False
            self._lose(error)
            raise
        if settings is not self.settings:  # Another database was chosen meanwhile.
            self.threads.start(opened.close)
            await self._open()
            return
        self.connecting = False
        self._database = opened
        self._found()

    def _take(self, schema: Schema) -> None:
        known, self.schema = self.schema, schema
        if known is None or known.fingerprint != schema.fingerprint:
            self._announce(schema)
        self._on_change()

    def _announce(self, schema: Schema) -> None:
        for listener in self._on_schema:
            listener(schema)

    def _lose(self, error: SQLoopError) -> None:
        self.database_error = error
        if isinstance(error, UnreachableError) and (self._recovery is None or self._recovery.done()):
            self._recovery = asyncio.create_task(self._recover())
        self._on_change()

    def _found(self) -> None:
        if self.database_error is not None and self.schema is not None:
            self._announce(self.schema)  # Nobody could ask the database of what was written meanwhile.
        self.database_error = None
        if self._recovery is not None and self._recovery is not asyncio.current_task():
            self._recovery.cancel()
        self._recovery = None
        self._on_change()

    async def _recover(self) -> None:
        """Call for the database until it answers; what is read of it then may be another schema."""
        attempt = 0
        while self.database_error is not None:
            await asyncio.sleep(PAUSES[min(attempt, len(PAUSES) - 1)])
            attempt += 1
            with suppress(SQLoopError):
                await self.use(lambda database, _: database.ping())
                await self.read_schema(refresh=True)

    def _let_go(self) -> None:
        """Close the database and forget what is known of it."""
        if self._recovery is not None:
            self._recovery.cancel()
            self._recovery = None
        database, self._database = self._database, None
        self.schema = self.database_error = None
        if database is not None:
            self.threads.start(database.close)
