"""What is kept of an answer: its digest, and its rows where they are few and the user lets them be kept."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal, cast

from sqloop.database.answers import Line, answer_key
from sqloop.database.outcome import Outcome, Value

Keep = Literal["rows", "digest"]
"""Whether rows may be kept, or nothing but the digest of an answer."""

MOST_ROWS = 200
MOST_BYTES = 64 * 1024
"""Of an answer whose rows are kept, as JSON; of a larger one the digest has to do."""

Rows = tuple[tuple[Value, ...], ...]


@dataclass(frozen=True)
class KeptAnswer:
    """``count`` rows were fetched; ``rows`` is None where they are not kept, never a part of them."""

    digest: str
    count: int
    truncated: bool = False
    columns: tuple[str, ...] = ()
    rows: Rows | None = field(default=None, repr=False)

    def outcome(self) -> Outcome | None:
        """As what a query gave, to compare others with; None where the rows are not kept."""
        return None if self.rows is None else Outcome("ok", self.columns, self.rows, self.truncated)

    def to_json(self) -> dict[str, Any]:
        """As the store and the export hold it; bytes are ``{"bytes": hex}``, NaN is ``{"float": "nan"}``."""
        return {
            "digest": self.digest,
            "count": self.count,
            "truncated": self.truncated,
            "columns": list(self.columns),
            "rows": None if self.rows is None else _pack(self.rows),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> KeptAnswer:
        """What `to_json` gave, value by value."""
        rows = data["rows"]
        unpacked = None if rows is None else tuple(tuple(map(_unpack_value, row)) for row in rows)
        return cls(data["digest"], data["count"], data["truncated"], tuple(data["columns"]), unpacked)


def keep_answer(outcome: Outcome, keep: Keep) -> KeptAnswer | None:
    """What is kept of what a query gave; None where it did not run.

    >>> keep_answer(Outcome("ok", ("n",), ((3,),)), "rows").rows
    ((3,),)
    """
    if outcome.status != "ok":
        return None
    kept = KeptAnswer(digest(outcome), len(outcome.rows), outcome.truncated)
    if keep == "digest" or len(outcome.rows) > MOST_ROWS:
        return kept
    if len(json.dumps([outcome.columns, _pack(outcome.rows)])) > MOST_BYTES:
        return kept
    return KeptAnswer(kept.digest, kept.count, kept.truncated, outcome.columns, outcome.rows)


def digest(outcome: Outcome) -> str:
    """32 hex digits that two answers share exactly when `sqloop.database.answers.same_answer` holds.

    Raises ValueError for an outcome that is not ``ok``: it has no answer.

    >>> digest(Outcome("ok", rows=((1, "x"),))) == digest(Outcome("ok", rows=(("x", 1.0),)))
    True
    """
    truncated, rows = cast(tuple[bool, tuple[Line, ...]], answer_key(outcome))
    # JSON, for it spells a value the same way in every Python; each cell has its type's rank before it.
    text = json.dumps([truncated, [[[rank, _spell(value)] for rank, value in row] for row in rows]])
    return sha256(text.encode()).hexdigest()[:32]


def _spell(value: int | float | str | bytes) -> int | float | str:
    """Equal values alike: 3.0 equals 3, but is written otherwise."""
    if isinstance(value, bytes):
        return value.hex()
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _pack(rows: Rows) -> list[list[Any]]:
    return [[_pack_value(value) for value in row] for row in rows]


def _pack_value(value: Value) -> Any:
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": str(value)}
    return value


def _unpack_value(packed: Any) -> Value:
    if isinstance(packed, dict):
        return bytes.fromhex(packed["bytes"]) if "bytes" in packed else float(packed["float"])
    return cast(Value, packed)
