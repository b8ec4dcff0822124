"""The database, the model and the feedback behind the server: opened on the first need, watched, replaced.

The database is `Connected`; here stands what a question needs beyond it. What fails is remembered in the
status and tried again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from contextlib import closing, suppress
from pathlib import Path

from sqloop.answer import Answer, ModelName
from sqloop.assistant import Assistant
from sqloop.database.cancellation import Cancellation
from sqloop.errors import DatabaseError, ModelError, SQLoopError
from sqloop.feedback.journal import Journal
from sqloop.generation.generator import Generator
from sqloop.generation.prompts.forms import FollowUp
from sqloop.generation.request import MOST_CANDIDATES
from sqloop.lsp.connected import Connected, T
from sqloop.lsp.options import Configuration, choose, configure, renew_words
from sqloop.lsp.protocol import Options
from sqloop.lsp.requests.telling import tell_loop
from sqloop.memory import open_memory
from sqloop.models import STARTER, ChosenModel
from sqloop.session import find_generator, find_model, open_database

_log = logging.getLogger(__name__)


class Backend(Connected):
    """One database and one model at a time."""

    def __init__(self, folder: Path, options: Options, on_change: Callable[[], None]) -> None:
        self.model_error: SQLoopError | None = None
        self.asking = 0
        self.generator: Generator | None = None
        self.chosen: ChosenModel
        self.answered = False
        self.journal: Journal
        self._assistant: Assistant | None = None
        self._finding = asyncio.Lock()
        super().__init__(folder, options, on_change)

    @property
    def model(self) -> ModelName:
        """What the model is called."""
        return ModelName(self.chosen.name, self.settings.adapter or None)

    @property
    def worker(self) -> int | None:
        """Process id of the model's worker while one runs."""
        return getattr(self.generator, "pid", None)

    @property
    def has_model(self) -> bool:
        """Whether the model is loaded, or is being loaded."""
        return self.answered or self.asking > 0

    async def ask(
        self,
        question: str,
        k: int | None = None,
        prefix: str = "",
        seed: int = 0,
        recall: bool = True,
        progress: Callable[[str], None] | None = None,
    ) -> Answer:
        """The answer to a question. Raises what `Assistant.ask` raises, and DatabaseError.

        The latter also where another database is in use by then.
        """
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

        asked = self.settings.connection()
        answer = await self._with_model(work)
        if self.settings.connection() != asked:  # It would be kept as an answer of the new one.
            raise DatabaseError("Another database was chosen while this was asked.", "Ask again.")
        return answer

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

    def read_connections(self) -> Collection[str]:
        """Names of the connections that can be chosen, as the file has them now. Raises SettingsError."""
        return configure(self.folder, self.options).settings.connections.keys()

    def forget_connection(self, name: str) -> None:
        """Offer a connection no more."""
        settings, ignored = self.configuration.settings, self.configuration.ignored
        left = {key: each for key, each in settings.connections.items() if key != name}
        self.configuration = Configuration(settings.model_copy(update={"connections": left}), ignored)
        self._on_change()

    async def try_out(self, connection: str, password: str) -> None:
        """Look whether another database answers; nothing changes. Raises SettingsError, DatabaseError."""
        settings = choose(configure(self.folder, self.options).settings, connection, password)

        def look(_: Cancellation) -> None:
            with closing(open_database(settings)) as database:
                database.ping()

        await self.threads.run(look)

    async def connect(self, connection: str, password: str) -> None:
        """Work with another database from now on. Raises SettingsError, DatabaseError."""
        settings = choose(configure(self.folder, self.options).settings, connection, password)
        self._let_go()
        self.configuration, self.settings_error = Configuration(settings, self.configuration.ignored), None
        self._on_change()
        await self.read_schema()

    async def close(self) -> None:
        """Stop everything that runs, and let go of it."""
        self.threads.cancel_all()
        self._let_go()

    def _configure(self) -> None:
        super()._configure()
        self.journal = Journal(self.settings, _log.warning)
        self._choose_model()

    def _choose_model(self) -> None:
        """Look again for what the settings mean; what is not here is said when it is needed."""
        model = self.settings.model
        self.chosen = ChosenModel(model, model)
        with suppress(ModelError):
            self.chosen = find_model(self.settings)

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
        await self.renew_words()
        await self.look()
        async with self._finding:  # Who asks while it is warmed must not make a second one.
            self.generator = await self._find_generator()
            if self._assistant is None:
                memory = open_memory(self.settings, database)
                self._assistant = Assistant(database, self.generator, self.model, memory, self.words)
            return self._assistant

    async def renew_words(self) -> None:
        """Read the glossary again: its words count at once, all else from the next start on."""
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

    def _let_go(self) -> None:
        generator = self.generator
        self.generator = self._assistant = self.model_error = None
        self.answered = False
        if generator is not None:
            self.threads.start(generator.close)
        super()._let_go()
