"""One database and one model put together as the settings say: what the command line and notebooks hold.

```python
with sqloop.connect("sqlite:///shop.db") as shop:
    shop.ask("How many customers live in Berlin?")
```
"""

from __future__ import annotations

from functools import partial
from importlib.resources import files
from pathlib import Path
from types import TracebackType

from sqloop.adapters import ActiveAdapter, Registry, identify_model
from sqloop.answer import Answer, ModelName
from sqloop.assistant import Assistant
from sqloop.database.cancellation import Cancellation
from sqloop.database.connect import Database, connect
from sqloop.database.knowledge.cache import DatabaseCache
from sqloop.database.outcome import Outcome
from sqloop.database.schema import Schema
from sqloop.dialogue import asks_why
from sqloop.errors import ModelError, QuestionError, SettingsError
from sqloop.explanation import Explanation, explain_answer, explain_asked, explain_query
from sqloop.feedback.verdict_keeper import VerdictKeeper
from sqloop.generation.generator import Generator, Tuning
from sqloop.generation.opening import open_generator
from sqloop.generation.prompts.forms import FollowUp
from sqloop.linking.question import link_question
from sqloop.memory import open_memory
from sqloop.models import ChosenModel, choose_model
from sqloop.models.choice import open_store
from sqloop.places import cache_folder, data_folder
from sqloop.sample import sample_database
from sqloop.settings import Settings, load_settings
from sqloop.trust import is_trusted
from sqloop.waiting import wait_for

NO_ADAPTER = "none"
"""What the absence of an adapter is called where an adapter is named."""


SHIPPED = "sqloop"
"""What the adapter in the package is called."""


class Session:
    """A connection that can be asked; a context manager, and safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        """Connect and look for the model, which is loaded by the first question.

        Raises:
            SettingsError: the connection is unknown or its URL cannot be used.
            DatabaseError: the database is not reachable.
            ModelError: there is no such model.
        """
        self.settings = settings
        adapter = None if settings.adapter in ("", NO_ADAPTER) else settings.adapter
        self.chosen = find_model(settings)
        self.model = ModelName(self.chosen.name, adapter)
        self.generator = find_generator(settings, self.chosen)
        try:
            self.database = open_database(settings)
        except BaseException:
            self.generator.close()
            raise
        memory = open_memory(settings, self.database)
        self._assistant = Assistant(self.database, self.generator, self.model, memory, settings.words)
        self._verdicts = VerdictKeeper(settings, self.database)

    @property
    def schema(self) -> Schema:
        """What the database holds: tables, columns, keys, samples."""
        return self.database.schema()

    def ask(self, question: str, k: int | None = None, cancel: Cancellation | None = None) -> Answer:
        """The answer to ``question``; ``k`` candidates instead of what the settings say.

        Raises what `Assistant.ask` raises.
        """
        return self._assistant.ask(question, self.settings.k if k is None else k, cancel)

    async def ask_async(self, question: str, k: int | None = None) -> Answer:
        """`ask`, awaited; cancelling the task stops the model and the queries. Raises as `ask` does."""
        return await wait_for(lambda cancel: self.ask(question, k, cancel))

    def run(self, sql: str, cancel: Cancellation | None = None) -> Outcome:
        """Run one query of your own, read-only and under the limits; a failure is an outcome as well."""
        return self.database.execute(sql, cancel)

    async def run_async(self, sql: str) -> Outcome:
        """`run`, awaited; cancelling the task stops the query."""
        return await wait_for(lambda cancel: self.run(sql, cancel))

    def accept(self, answer: Answer) -> bool:
        """Keep that ``answer`` is right: memory gives its SQL from now on, and training learns from it.

        False where feedback is off or cannot be kept (a warning then says why). Raises QuestionError where
        no candidate ran, and DatabaseError.
        """
        return self._verdicts.accept(answer)

    def reject(self, answer: Answer) -> bool:
        """Keep that ``answer`` is wrong. Returns and raises as `accept` does."""
        return self._verdicts.reject(answer)

    def edit(self, answer: Answer, sql: str, cancel: Cancellation | None = None) -> Outcome:
        """Run ``sql``; where it runs, keep it as the right answer to the question of ``answer``.

        What does not run or is refused is not kept: see the outcome. Raises DatabaseError.
        """
        return self._verdicts.edit(answer, sql, cancel)

    def undo(self, answer: Answer) -> bool:
        """Take back what was said of ``answer`` last, for good; whether there was anything to take back."""
        return self._verdicts.undo(answer)

    def rewrite(self, answer: Answer, text: str, cancel: Cancellation | None = None) -> str:
        """The full question that ``text`` means after ``answer``: "only 2023", "and by country?".

        Raises QuestionError where there is no answer to follow, where "why so few?" asks for no other answer
        (`explain` says why), and what `Assistant.rewrite` raises.
        """
        if asks_why(text, f"{answer.question} {answer.sql}"):
            raise QuestionError("This asks why, not for other rows.", "session.explain(answer) says why.")
        if answer.sql is None:
            raise QuestionError("There is no answer that this could follow.", "Ask the whole question.")
        return self.rewrite_after(FollowUp(text, answer.question, answer.sql), cancel)

    def rewrite_after(self, follow_up: FollowUp, cancel: Cancellation | None = None) -> str:
        """The full question that a follow-up means. Raises as `Assistant.rewrite` does."""
        return self._assistant.rewrite(follow_up, cancel)

    def follow(
        self, answer: Answer, text: str, k: int | None = None, cancel: Cancellation | None = None
    ) -> Answer:
        """The answer to a follow-up; its ``question`` is the full one. Raises as `rewrite` and `ask` do."""
        return self.ask(self.rewrite(answer, text, cancel), k, cancel)

    def explain(self, query: Answer | str, question: str = "") -> Explanation:
        """What a query does and takes for granted, and what it leaves out of the question.

        ``question`` is what SQL of one's own answers. Raises DatabaseError.
        """
        schema = self.schema
        if not isinstance(query, str):
            return explain_answer(query, schema)
        if not question:
            return explain_query(query, schema.dialect, schema)
        notes = self.settings.words.notes(question, schema)
        return explain_asked(query, link_question(question, schema, self.database.values(), notes), schema)

    def refresh(self) -> Schema:
        """Read tables, samples and values again, whatever the database says has changed.

        Questions see changes by themselves; this is for a database that cannot tell. Raises DatabaseError.
        """
        return self.database.schema(refresh=True)

    def renew_words(self) -> None:
        """What `sqloop.toml` says by now that words mean counts from the next question on.

        Nobody is asked whether they trust it, and one that cannot be read changes nothing.
        """
        try:
            found = load_settings(decide=lambda file, _: is_trusted(file))
        except SettingsError:  # Somebody is writing it.
            return
        words = {"glossary": found.glossary, "descriptions": found.descriptions}
        self.settings = self.settings.model_copy(update=words)
        self._assistant.learn(self.settings.words)

    def start_model(self) -> None:
        """Load the model in the background, so that the first question waits less."""
        self._assistant.start_model()

    def close(self) -> None:
        """Let go of the database and end the model's process."""
        self.generator.close()
        self.database.close()

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_database(settings: Settings) -> Database:
    """The database that the settings choose, or the bundled sample. Raises as `connect` does."""
    limits = settings.limits.limits()
    cache = DatabaseCache(cache_folder() / "databases") if settings.cache.values else None
    connection = settings.connection()
    if connection is None:
        return connect(f"sqlite:///{sample_database()}", limits, cache=cache)
    return connect(connection.url, limits, connection.password_command or None, cache, connection.functions)


def find_model(settings: Settings) -> ChosenModel:
    """The model that the settings choose, by name and place. Raises ModelError where it is not here."""
    return choose_model(settings.model, open_store(settings.data))


def find_generator(settings: Settings, chosen: ChosenModel | None = None) -> Generator:
    """The model that the settings choose, with its adapter; nothing is loaded. Raises ModelError.

    ``chosen`` is what `find_model` gave. Without a word on adapters, the one that is promoted at the time of
    each question, or else the one that ships for this model.
    """
    chosen = chosen or find_model(settings)
    prompts = cache_folder() / "prompts" if settings.cache.values else None
    opened = partial(open_generator, chosen.source, own=settings.own_model, prompts=prompts)
    if settings.adapter == NO_ADAPTER:
        return opened()
    registry = open_registry(settings)
    if not settings.adapter:
        choose = ActiveAdapter(registry, chosen.source, find_shipped(chosen.name))
        return opened(choose=choose)
    if known := _find_known(settings.adapter, registry, chosen.source):
        return opened(choose=lambda: known)
    return opened(settings.adapter)


def find_shipped(model: str) -> Tuning | None:
    """The adapter in the package for a model of the catalogue."""
    folder = Path(str(files("sqloop") / "tuned" / model))
    return Tuning(SHIPPED, str(folder)) if model and (folder / "adapter_config.json").is_file() else None


def name_model(settings: Settings) -> str:
    """The folder, file, hub name or URL of the model that the settings choose. Raises ModelError."""
    return find_model(settings).source


def open_registry(settings: Settings) -> Registry:
    """The adapters that were kept on this machine."""
    return Registry(data_folder(settings.data) / "adapters")


def _find_known(name: str, registry: Registry, model: str) -> Tuning | None:
    """The adapter that is called ``name`` in the registry, unless a folder is. Raises ModelError."""
    if Path(name).expanduser().is_dir() or name not in {each.name for each in registry.list()}:
        return None
    adapter = registry.find(name)
    if adapter.card.base != identify_model(model):
        raise ModelError(
            f"The adapter {name} was made for another model ({adapter.card.base_name}).",
            "See sqloop adapters list.",
        )
    adapter.check()
    return Tuning(name, str(adapter.folder))
