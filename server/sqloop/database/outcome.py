"""What running one SQL text gave. A failed candidate is data, never an exception."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Value = str | int | float | bytes | None
"""A cell. Dates, decimals and the like are turned into text or numbers when they are fetched."""

Status = Literal["ok", "error", "timeout", "refused", "cancelled"]


@dataclass(frozen=True)
class Limits:
    """What one execution may take: wall time in seconds, rows, bytes of fetched values."""

    seconds: float = 5.0
    rows: int = 1_000
    bytes: int = 8 * 1024 * 1024


@dataclass(frozen=True)
class Outcome:
    """``rows`` are complete unless ``truncated``; ``error`` is one line, empty when ``ok``."""

    status: Status
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Value, ...], ...] = field(default=(), repr=False)
    truncated: bool = False
    error: str = ""
    elapsed_ms: float = 0.0
