"""The tables of `sqloop.toml`: a connection, limits, what is kept, a word of the user's own."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sqloop.address import check_url, show_address
from sqloop.database.files import file_url
from sqloop.database.outcome import Limits
from sqloop.errors import SettingsError
from sqloop.generation.prompts.told_text import LONGEST_MEANING

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
        raise SettingsError(f"There is no file {show_address(self.url)}.")

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
