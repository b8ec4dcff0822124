"""The database, the model and the feedback behind the server: opened on the first need, watched, replaced.

Everything blocking runs in threads; methods belong to the event loop. What fails is remembered in the status
and tried again: a database that went away is called for until it answers.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from sqlalchemy.engine import make_url

from sqloop.answer import Answer, ModelName
from sqloop.assistant import Assistant
from sqloop.database.cancellation import Cancellation
from sqloop.database.connect import Database
from sqloop.database.engines.registry import dialect_of
from sqloop.database.outcome import Limits, Outcome
from sqloop.database.schema import Dialect, Schema
from sqloop.errors import DatabaseError, ModelError, SettingsError, SQLoopError, UnreachableError
from sqloop.feedback.journal import Journal
from sqloop.generation.generator import Generator
from sqloop.generation.prompts.forms import FollowUp
from sqloop.generation.request import MOST_CANDIDATES
from sqloop.glossary import Glossary
from sqloop.lsp.options import Configuration, choose, configure, renew_words
from sqloop.lsp.protocol import Options
from sqloop.lsp.requests.telling import tell_loop
from sqloop.lsp.threads import Threads
from sqloop.memory import open_memory
from sqloop.models import STARTER, ChosenModel
from sqloop.session import find_generator, find_model, open_database
from sqloop.settings import Settings

T = TypeVar("T")

_log = logging.getLogger(__name__)

PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds between two calls for a database that is away."""

LOOK = 1.0
"""Seconds between two looks at the database for what has changed that typing sets off."""


class Backend:
    """One database and one model at a time; ``on_change`` is called after anything that a status shows."""

    def __init__(self, folder: Path, options: Options, on_change: Callable[[], None]) -> None:
        self.folder = folder
        self.options = options
        self.threads = Threads()
        self.configuration = Configuration(Settings())
        self.settings_error: SettingsError | None = None
        self.database_error: SQLoopError | None = None
        self.model_error: SQLoopError | None = None
        self.connecting = False
        self.asking = 0
        self.schema: Schema | None = None
        self.generator: Generator | None = None
        self.chosen: ChosenModel
        self.answered = False
        self.journal: Journal
        self._on_change = on_change
        self._on_schema: list[Callable[[Schema], None]] = []
        self._database: Database | None = None
        self._assistant: Assistant | None = None
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
    def model(self) -> ModelName:
        """What the model is called."""
        return ModelName(self.chosen.name, self.settings.adapter or None)

    @property
    def url(self) -> str:
        """Of the database in use, without a password; empty while none was opened."""
        return self._database.url if self._database is not None else ""

    @property
    def home(self) -> str:
        """What queries call the database in use: `main`, `public`, or MariaDB's name for it; empty before."""
        if self.dialect != "mysql":
            return "public" if self.dialect == "postgres" else "main"
        return (make_url(self.url).database or "") if self.url else ""

    @property
    def worker(self) -> int | None:
        """Process id of the model's worker while one runs."""
        return getattr(self.generator, "pid", None)

    @property
    def has_model(self) -> bool:
        """Whether the model is loaded, or is being loaded."""
        return self.answered or self.asking > 0

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

    async def ask(
        self,
        question: str,
        k: int | None = None,
        prefix: str = "",
        seed: int = 0,
        recall: bool = True,
        progress: Callable[[str], None] | None = None,
    ) -> Answer:
        """The answer to a question. Raises what `Assistant.ask` raises."""
        tell = tell_loop(progress)
        count = self.settings.k if k is None else min(max(k, 1), MOST_CANDIDATES)

        def work(assistant: Assistant, cancel: Cancellation) -> Answer:
            return assistant.ask(
                question,
                count,
                cancel,
                prefix=prefix,
                seed=seed,
                recall=recall,
                progress=tell,
            )

        return await self._with_model(work)

    async def rewrite(self, follow_up: FollowUp, progress: Callable[[str], None] | None = None) -> str:
        """The full question that a follow-up means. Raises what `Assistant.rewrite` raises."""
        tell = tell_loop(progress)
        return await self._with_model(lambda assistant, cancel: assistant.rewrite(follow_up, cancel, tell))

    async def warm(self) -> None:
        """Load the model; a failure is kept in the status."""
        with suppress(SQLoopError):
            await self._with_model(lambda assistant, _: assistant.warm())

    def reconfigure(self, options: Options) -> None:
        """Work by other options from now on; nothing is reopened unless it has to be."""
        if options != self.options:
            self.options = options
            self._let_go()
            self._configure()
            self._on_change()

    async def connect(self, connection: str, password: str) -> None:
        """Work with another database from now on. Raises SettingsError, DatabaseError."""
        settings = choose(configure(self.folder, self.options).settings, connection, password)
        self._let_go()
        self.configuration = Configuration(settings, self.configuration.ignored)
        self._on_change()
        await self.read_schema()

    async def close(self) -> None:
        """Stop everything that runs, and let go of it."""
        self.threads.cancel_all()
        self._let_go()

    def _configure(self) -> None:
        try:
            self.configuration, self.settings_error = configure(self.folder, self.options), None
        except SettingsError as error:
            self.configuration, self.settings_error = Configuration(Settings()), error
        self.journal = Journal(self.settings, _log.warning)
        self._choose_model()

    def _choose_model(self) -> None:
        """Look again for what the settings mean; what is not here is said when it is needed."""
        model = self.settings.model
        self.chosen = ChosenModel(model, model)
        with suppress(ModelError):
            self.chosen = find_model(self.settings)

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

    async def _with_model(self, work: Callable[[Assistant, Cancellation], T]) -> T:
        self.asking += 1
        self._on_change()
        try:
            assistant = await self._open_model()
            result = await self.use(lambda _, cancel: work(assistant, cancel))
            self.model_error, self.answered = None, True
            return result
        except ModelError as error:
            self.model_error = error
            raise
        finally:
            self.asking -= 1
            self._on_change()

    async def _open_model(self) -> Assistant:
        database = await self.database()
        await self._renew_words()
        await self.look()
        self.generator = await self._find_generator()
        if self._assistant is None:
            memory = open_memory(self.settings, database)
            self._assistant = Assistant(database, self.generator, self.model, memory, self.words)
        return self._assistant

    async def _renew_words(self) -> None:
        """Words that were defined since count at once; what else the file says, from the next start on."""
        known = self.configuration
        found = await self.threads.run(lambda _: renew_words(known, self.folder, self.options))
        if known is self.configuration and found is not known:
            self.configuration = found
            if self._assistant is not None:
                self._assistant.learn(self.words)

    async def _find_generator(self) -> Generator:
        """The model in use; the starter gives way to what was fetched since, once nobody else asks it.

        No other does: one that is loaded has taken the memory that it would be measured against.
        """
        generator, settings = self.generator, self.settings
        if generator is not None and (self.chosen.name != STARTER or self.asking > 1):
            return generator
        before, self.chosen = self.chosen, find_model(settings)
        if generator is not None and self.chosen.source == before.source:
            return generator
        if generator is not None:
            self.threads.start(generator.close)
            self.generator = self._assistant = None
            self.answered = False
        chosen = self.chosen
        return await self.threads.run(lambda _: find_generator(settings, chosen))

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
        if self._recovery is not None:
            self._recovery.cancel()
            self._recovery = None
        database, generator = self._database, self.generator
        self._database = self.generator = self._assistant = self.schema = None
        self.database_error = self.model_error = None
        self.answered = False

        def close() -> None:
            if generator is not None:
                generator.close()
            if database is not None:
                database.close()

        self.threads.start(close)
