"""What the rest of the package needs of a database engine; `sqlite` and `mariadb` provide it."""

from __future__ import annotations

from typing import Protocol

from sqloop.database.cancellation import Cancellation
from sqloop.database.outcome import Limits, Outcome
from sqloop.database.rows import Row
from sqloop.database.schema import Column, Dialect, Table


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

    def read(self, sql: str, seconds: float) -> tuple[list[Row], bool]:
        """Rows of a query that SQLoop wrote itself; the flag says if time ran out before the last.

        Raises DatabaseError when the database refuses.
        """

    def tables(self) -> list[Table]:
        """Tables and views with columns and keys, without samples; rows only where they cost nothing."""

    def quote(self, name: str) -> str:
        """``name`` as an identifier."""

    def excerpt(self, column: Column, length: int) -> str:
        """SQL for the value of ``column`` with text cut to ``length`` characters and no binary."""

    def close(self) -> None:
        """Let go of every idle connection."""
