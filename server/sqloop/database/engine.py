"""What the rest of the package needs of a database engine; each folder below `engines` provides one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from sqloop.database.account import Account
from sqloop.database.cancellation import Cancellation
from sqloop.database.knowledge.stamp import Stamp
from sqloop.database.outcome import Limits, Outcome
from sqloop.database.rows import Row
from sqloop.database.schema import Column, Dialect, Table


@dataclass(frozen=True)
class Excerpt:
    """``rows`` of a table: these columns, text cut to ``length`` characters, no binary.

    They are the first ones; a third of them the last by the column ``order``, where one is given.
    """

    table: str
    columns: Sequence[Column]
    rows: int
    length: int
    order: str | None = None

    def write(self, values: str, quote: Callable[[str], str]) -> str:
        """The query that gives ``values`` of each row."""
        source = f"{values} FROM {quote(self.table)}"
        if self.order is None:
            return f"SELECT {source} LIMIT {self.rows}"
        last = self.rows // 3
        return (
            f"SELECT * FROM (SELECT {source} LIMIT {self.rows - last}) AS a UNION ALL "
            f"SELECT * FROM (SELECT {source} ORDER BY {quote(self.order)} DESC LIMIT {last}) AS b"
        )


class Engine(Protocol):
    """One database behind a pool of connections; every method may be called from any thread."""

    dialect: Dialect

    @property
    def url(self) -> str:
        """Where it is, without a password: fit to print."""

    def run(self, sql: str, limits: Limits, cancel: Cancellation | None = None) -> Outcome:
        """Run untrusted text behind walls 2 and 3 (the engine and the limits); ``elapsed_ms`` stays 0.

        Raises UnreachableError when there is no database to ask; a bad statement is an Outcome.
        """

    def prepare(self, sql: str, limits: Limits, cancel: Cancellation | None = None) -> Outcome:
        """As `run`, but the engine only explains how it would run the text, which it does not.

        Raises UnreachableError when there is no database to ask.
        """

    def read(self, sql: str, seconds: float) -> tuple[list[Row], bool]:
        """Rows of a query that SQLoop wrote itself; the flag says if time ran out before the last.

        Raises DatabaseError when the database refuses.
        """

    def tables(self) -> list[Table]:
        """Tables and views with columns and keys, without samples; rows only where they cost nothing."""

    def stamp(self) -> Stamp | None:
        """A cheap look at what the database holds now; None where none would be trusted.

        Raises DatabaseError when the database went away.
        """

    def quote(self, name: str) -> str:
        """``name`` as an identifier."""

    def as_text(self, expression: str) -> str:
        """An expression that gives the value of ``expression`` as text."""

    def length(self, expression: str) -> str:
        """An expression that gives the length of the text in ``expression``, in characters or bytes."""

    def excerpts(self, wanted: Sequence[Excerpt], seconds: float) -> dict[str, list[Row]]:
        """Rows by table, as far as time allows; a table without rows may be left out.

        Raises DatabaseError when the database refuses one of them.
        """

    def check(self) -> Account:
        """What the account may do, and what mends it if that is too much. Raises UnreachableError."""

    def close(self) -> None:
        """Let go of every idle connection."""


@runtime_checkable
class FileReader(Protocol):
    """An engine whose tables lie in files, of which some may be unreadable."""

    @property
    def unread(self) -> tuple[str, ...]:
        """A line for each file that could not be read when its place was looked at last."""


@runtime_checkable
class DefinitionKeeper(Protocol):
    """An engine where a query may reach functions that the database defines and wall 1 cannot see.

    Behind a view, say, or an operator.
    """

    def refuse_definitions(self, sql: str, functions: frozenset[str]) -> str | None:
        """Why what ``sql`` reaches is not allowed; ``functions`` are, as the user says so.

        Raises UnreachableError.
        """
