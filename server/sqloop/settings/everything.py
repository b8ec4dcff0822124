"""All that can be set, checked, and what follows from it: which database, which words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field, PrivateAttr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from sqloop.address import show_address
from sqloop.database.files import READ, file_url
from sqloop.errors import SettingsError
from sqloop.generation.prompts.told_text import LONGEST_NAME
from sqloop.generation.request import MOST_CANDIDATES
from sqloop.settings.sections import (
    Cache,
    Connection,
    ExecutionLimits,
    FeedbackSettings,
    MemorySettings,
    Term,
)

if TYPE_CHECKING:
    from sqloop.glossary import Glossary

SAMPLE = "sample"
"""The name of the bundled sample database, unless a connection has it."""

PREFIX = "SQLOOP_"
"""What the names of variables begin with."""


class Settings(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
    )

    db: str = ""
    """A URL, a file, a folder, a pattern of files, the name of a connection, or `sample`; empty for the
    first connection, or else the sample."""

    connections: dict[str, Connection] = {}
    """Databases by name."""

    model: str = "auto"
    """`auto`, `starter`, a name in `sqloop model list`, a GGUF file, a folder, a name on the hub or the URL
    of an OpenAI-compatible server; `auto` is the best that is here and fits into memory, else the starter."""

    adapter: str = ""
    """A LoRA adapter of that model: a folder, a name in `sqloop adapters list` or on the hub, `none` for the
    bare model; empty for the one that was promoted."""

    data: str = ""
    """The folder of adapters and feedback; empty for the place that the system has for a user's data."""

    k: int = Field(default=4, ge=1, le=MOST_CANDIDATES)
    """How many SQL candidates the model proposes for one question."""

    limits: ExecutionLimits = ExecutionLimits()
    """What one candidate may take of the database."""

    cache: Cache = Cache()
    """What is kept of databases between two runs."""

    feedback: FeedbackSettings = FeedbackSettings()
    """What is kept of questions and answers."""

    memory: MemorySettings = MemorySettings()
    """What is made of what was kept."""

    glossary: dict[str, Term] = {}
    """Words of your own by name: `"active customer" = { sql = "customers.status = 'A'" }`."""

    descriptions: dict[str, str] = {}
    """What tables and columns hold, by name, where the database has no comment on them."""

    @field_validator("model")
    @classmethod
    def _check_address(cls, model: str) -> str:
        """A password in an address would be shown wherever the model is named, and is never sent."""
        address = model.partition("#")[0]
        if address.startswith(("http://", "https://")) and ("@" in address or "?" in address):
            raise ValueError("no user, password or query in a URL: a key is read from OPENAI_API_KEY")
        return model

    @field_validator("glossary")
    @classmethod
    def _check_names(cls, terms: dict[str, Term]) -> dict[str, Term]:
        if not terms:
            return terms
        from sqloop.glossary.matching import is_word, name_key  # with a parser of SQL: slow to load

        known: dict[tuple[str, ...], str] = {}
        for name in terms:
            if not is_word(name) or len(name) > LONGEST_NAME:
                reason = f"is no name: it needs a word, and {LONGEST_NAME} characters at most"
                raise ValueError(f"{name[:LONGEST_NAME]!r} {reason}")
            other = known.setdefault(name_key(name), name)
            if other != name:
                raise ValueError(f"{other!r} and {name!r} are one name: keep one of them")
        return terms

    @field_validator("descriptions", mode="before")
    @classmethod
    def _flatten(cls, given: object) -> object:
        """A bare `customers.status` is a table in TOML."""
        return dict(_flatten(given)) if isinstance(given, dict) else given

    @property
    def words(self) -> Glossary:
        """The glossary and the descriptions, as questions are held against them."""
        from sqloop.glossary import Entry, Glossary

        entries = (Entry(name, term.means.strip(), term.sql.strip()) for name, term in self.glossary.items())
        return Glossary(tuple(entries), tuple(self.descriptions.items()))

    _folders_model: bool = PrivateAttr(default=False)

    @property
    def own_model(self) -> bool:
        """Whether the user chose the model: an address that a folder names gets no key of the environment."""
        return not self._folders_model

    def of_a_folder(self) -> Settings:
        """The same, but for a model that a folder chose."""
        copy = self.model_copy()
        copy._folders_model = True
        return copy

    @property
    def names_database(self) -> bool:
        """Whether anything says which database is asked; else it is the bundled sample."""
        return bool(self.db or self.connections)

    def connection(self) -> Connection | None:
        """The connection that `db` stands for; None for the bundled sample database.

        Raises:
            SettingsError: `db` is neither a URL nor the name of a connection nor a file, or its password has
                an @ in it; a file holds neither tables nor a database.
        """
        found = self._find_connection()
        return None if found is None else found.model_copy(update={"url": found.address})

    def _find_connection(self) -> Connection | None:
        if not self.db:
            return next(iter(self.connections.values()), None)
        if self.db in self.connections:
            return self.connections[self.db]
        if self.db == SAMPLE:
            return None
        if "://" in self.db or file_url(self.db):
            return Connection(url=self.db)
        what = "connection or file" if Path(self.db).suffix or "/" in self.db else "connection"
        raise SettingsError(f"There is no {what} called {show_address(self.db)!r}.", self._connection_hint())

    def _connection_hint(self) -> str:
        known = ", ".join(self.connections)
        return f"Known: {known}." if known else f"A URL looks like sqlite:///shop.db. {READ}"


def _flatten(given: dict[Any, Any], before: str = "") -> Iterator[tuple[str, object]]:
    for name, value in given.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value
