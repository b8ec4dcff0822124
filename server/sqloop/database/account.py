"""Wall 4: what the database account may do by itself, and the grant that mends it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Account:
    """``writes``: what the account may do beyond reading; ``mend``: SQL or a command, empty if fine."""

    user: str
    server: str
    writes: tuple[str, ...]
    mend: str = ""

    @property
    def may_write(self) -> bool:
        """Whether only SQLoop's own walls stand between a query and the data."""
        return bool(self.writes)
