"""What is set: flags before `SQLOOP_*` variables before a folder's `sqloop.toml` before the user's own.

The folder's is searched from the working directory upwards; the user's own lies where the system keeps
settings (`~/.config/sqloop/sqloop.toml`):

```toml
k = 8

[limits]
seconds = 10

[connections]
shop = "sqlite:///shop.db"                # relative to the folder of sqloop.toml
sales = "data/*.csv"                      # each file a table

[connections.live]
url = "mysql+pymysql://reader@db.example.org/shop"
password_command = "pass show shop"
```

What a folder's file may do before its user trusts it stands in `sqloop.trust`. A setting that is unknown or
malformed is one `SettingsError` that names the file, the line and the key. Nothing connects, loads a model or
asks for a password here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings import SettingsError as SourceError

from sqloop.address import check_url
from sqloop.database.files import READ, file_url
from sqloop.database.outcome import Limits
from sqloop.errors import SettingsError
from sqloop.generation.request import MOST_CANDIDATES
from sqloop.glossary import Entry, Glossary
from sqloop.glossary.matching import is_word, name_key
from sqloop.places import config_folder
from sqloop.settings_file import SettingsFile, find_file
from sqloop.trust import Decide, ask, screen, settled_by_user

SAMPLE = "sample"
"""The name of the bundled sample database, unless a connection has it."""

LONGEST_NAME, LONGEST_MEANING = 60, 600
"""Characters of a name in the glossary, and of what it means: a prompt holds several."""

_PREFIX = "SQLOOP_"
_STRICT = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Connection(BaseModel):
    """One database under a name; a bare URL stands for its `url`."""

    model_config = _STRICT

    url: str = Field(min_length=1)
    """`sqlite:///file.db`, `postgresql://user@host:port/name` or `mysql+pymysql://user@host:port/name`; or
    files: a path, a folder, a pattern."""

    password_command: str = ""
    """A command that prints the password on its first line; run without a shell, on connecting."""

    functions: tuple[str, ...] = ()
    """Functions of a MariaDB or PostgreSQL database that queries may call: no wall sees what they do."""

    @property
    def address(self) -> str:
        """The URL, also where a path was given. Raises SettingsError."""
        if "://" in self.url:
            return check_url(self.url)
        if url := file_url(self.url):
            return url
        raise SettingsError(f"There is no file {self.url}.")

    @model_validator(mode="before")
    @classmethod
    def _from_url(cls, given: object) -> object:
        return {"url": given} if isinstance(given, str) else given


class ExecutionLimits(BaseModel):
    """What one candidate may take of the database."""

    model_config = _STRICT

    seconds: float = Field(default=Limits.seconds, gt=0)
    """Wall time before a query is stopped."""

    rows: int = Field(default=Limits.rows, gt=0)
    """Rows that are fetched; more are cut off and the answer says so."""

    bytes: int = Field(default=Limits.bytes, gt=0)
    """Bytes of values that are fetched."""

    def limits(self) -> Limits:
        """As the database takes them."""
        return Limits(self.seconds, self.rows, self.bytes)


class Cache(BaseModel):
    """What is kept of databases between two runs, in files that only the user may read."""

    model_config = _STRICT

    values: bool = True
    """Keep schemas with their samples and the index of text values: parts of the databases' contents."""


class FeedbackSettings(BaseModel):
    """Whether, where and how much is kept of what was asked, shown and said of it."""

    model_config = _STRICT

    enabled: bool = True
    """Whether anything is kept."""

    store: str = ""
    """A file, or a database that a team shares as a URL; empty for a file of the user's own."""

    password_command: str = ""
    """A command that prints the password of that database; run without a shell, on connecting."""

    answers: Literal["rows", "digest"] = "rows"
    """`digest` keeps no value of an answer, only what tells whether another answer is the same."""


class MemorySettings(BaseModel):
    """Whether what was accepted or corrected helps with the next question."""

    model_config = _STRICT

    enabled: bool = True
    """Answer a question again by the SQL that was accepted for it, and show the model like ones."""


class Term(BaseModel):
    """What one word of the user's own means; a bare text stands for its `means`."""

    model_config = _STRICT

    means: str = Field(default="", max_length=LONGEST_MEANING)
    """In plain words."""

    sql: str = Field(default="", max_length=LONGEST_MEANING)
    """A condition, an expression or a join, with the names of the schema."""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, given: object) -> object:
        return {"means": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not (self.means.strip() or self.sql.strip()):
            raise ValueError("neither means nor sql says anything")
        return self


class Settings(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
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

    @field_validator("glossary")
    @classmethod
    def _check_names(cls, terms: dict[str, Term]) -> dict[str, Term]:
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
        raise SettingsError(f"There is no {what} called {self.db!r}.", self._connection_hint())

    def _connection_hint(self) -> str:
        known = ", ".join(self.connections)
        return f"Known: {known}." if known else f"A URL looks like sqlite:///shop.db. {READ}"


def load_settings(
    folder: Path | None = None, decide: Decide = ask, *, upwards: bool = True, **flags: Any
) -> Settings:
    """The settings in force in `folder` (the working directory); flags that are None count as not given.

    ``decide`` is asked where the folder's file wants what needs trust; a no leaves all of that out. Without
    ``upwards``, no file above the folder is looked for.

    Raises:
        SettingsError: invalid TOML, an unknown key, a value of the wrong type; nobody trusts the file.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    path, own = find_file(folder or Path.cwd(), upwards=upwards), find_file(config_folder(), upwards=False)
    file = SettingsFile.read(path) if path and path != own else None
    files = [each for each in (file, SettingsFile.read(own) if own else None) if each is not None]
    settings = _check([each.data for each in files], given, files)
    if file is None:
        return settings
    if not screen(file)[1]:
        return settings
    settled = settled_by_user(given, os.environ, _PREFIX)
    harmless, wants = screen(file, settled)
    if not decide(file, wants):
        return _check([harmless, *(each.data for each in files if each is not file)], given, files)
    return settings.of_a_folder() if "model" in file.data and "model" not in settled else settings


def _check(
    sources: Sequence[Mapping[str, Any]], given: Mapping[str, Any], files: Sequence[SettingsFile]
) -> Settings:
    try:
        return _bound(_merge(sources))(**given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = tuple(str(part) for part in first["loc"])
        reason = "unknown key" if first["type"] == "extra_forbidden" else _say_reason(first["msg"])
        raise SettingsError(f"{_origin(key, given, files)}: {reason}") from None
    except SourceError as error:
        raise SettingsError(_lower_first(str(error))) from None


def _merge(sources: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Key by key, tables too; what comes first overrides and stays first."""
    merged: dict[str, Any] = {}
    for source in sources:
        for key, value in source.items():
            known = merged.setdefault(key, value)
            if isinstance(known, dict) and isinstance(value, dict):
                merged[key] = known | {name: each for name, each in value.items() if name not in known}
    return merged


def _bound(data: Mapping[str, Any]) -> type[Settings]:
    class FileSettings(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return init_settings, env_settings, InitSettingsSource(settings_cls, dict(data))

    return FileSettings


def _origin(key: tuple[str, ...], flags: Mapping[str, object], files: Sequence[SettingsFile]) -> str:
    """Where the setting came from, in the order in which the sources override each other."""
    name = ".".join(key)
    if key[0] in flags:
        return f"--{name}" if len(name) > 1 else f"-{name}"
    for depth in range(len(key), 0, -1):
        variable = _PREFIX + "__".join(key[:depth]).upper()
        if variable in os.environ:
            return variable
    file = next((each for each in files if key[0] in each.data), None)
    return f"{file.position(key)}: {name}" if file else name


def _flatten(given: dict[Any, Any], before: str = "") -> Iterator[tuple[str, object]]:
    for name, value in given.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _say_reason(message: str) -> str:
    """What pydantic says, without what it calls a reason of our own."""
    return _lower_first(message.removeprefix("Value error, "))


def _lower_first(message: str) -> str:
    return message[:1].lower() + message[1:]
