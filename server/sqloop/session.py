"""One database and one model put together as the settings say: what the command line and notebooks hold.

```python
with sqloop.connect("sqlite:///shop.db") as shop:
    shop.ask("How many customers live in Berlin?")
```
"""

from __future__ import annotations

from importlib.resources import files
from types import TracebackType

from sqloop.answer import Answer, ModelName
from sqloop.assistant import Assistant
from sqloop.database.cancellation import Cancellation
from sqloop.database.connect import Database, connect
from sqloop.database.schema import Schema
from sqloop.generation.generator import Generator, open_generator
from sqloop.sample import sample_database
from sqloop.settings import Settings

STARTER = "starter"
"""What the bundled model is called where a model is named."""


class Session:
    """A connection that can be asked; a context manager, and safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        """Connect and look for the model, which is loaded by the first question.

        Raises:
            SettingsError: the connection is unknown or its URL cannot be used.
            DatabaseError: the database is not reachable.
            ModelError: there is no such model.
        """
        self._k = settings.k
        self.model = ModelName(settings.model or STARTER, settings.adapter or None)
        self.generator = find_generator(settings)
        try:
            self.database = open_database(settings)
        except BaseException:
            self.generator.close()
            raise
        self._assistant = Assistant(self.database, self.generator, self.model)

    @property
    def schema(self) -> Schema:
        """What the database holds: tables, columns, keys, samples."""
        return self.database.schema()

    def ask(self, question: str, k: int | None = None, cancel: Cancellation | None = None) -> Answer:
        """The answer to ``question``; ``k`` candidates instead of what the settings say.

        Raises what `Assistant.ask` raises.
        """
        return self._assistant.ask(question, self._k if k is None else k, cancel)

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
    connection = settings.connection()
    if connection is None:
        return connect(f"sqlite:///{sample_database()}", limits)
    return connect(connection.url, limits, connection.password_command or None)


def find_generator(settings: Settings) -> Generator:
    """The model that the settings choose, or the bundled one; nothing is loaded. Raises ModelError."""
    bundled = settings.model in ("", STARTER)
    model = str(files("sqloop") / "starter") if bundled else settings.model
    return open_generator(model, settings.adapter or None)
