"""Feedback as rows: two tables for SQLAlchemy Core, the same on every engine, and an event as a row."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast, get_args

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, Text
from sqlalchemy.dialects.mysql import LONGTEXT
from sqlalchemy.engine import RowMapping

from sqloop.answer import ModelName
from sqloop.feedback.events import Event, KeptCandidate, Kind
from sqloop.feedback.kept import KeptAnswer

VERSION = 1
"""Of these tables. A store of another version is left alone."""

metadata = MetaData()

_MARIADB: dict[str, Any] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}
_LONG = Text().with_variant(LONGTEXT(), "mysql", "mariadb")

versions = Table(
    "sqloop_feedback_version",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    **_MARIADB,
)
"""One row, with the id 1."""

events = Table(
    "sqloop_feedback",
    metadata,
    # The order in which events arrived: the clocks of a team may differ.
    Column("number", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("time", String(32), nullable=False),
    Column("event", String(16), nullable=False),
    Column("shown", String(32)),
    Column("question", _LONG, nullable=False),
    Column("sql", _LONG),
    Column("answer", _LONG),
    Column("candidates", _LONG, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("db", _LONG, nullable=False),
    Column("base", _LONG, nullable=False),
    Column("adapter", _LONG),
    Column("user", String(200), nullable=False),
    sqlite_autoincrement=True,
    **_MARIADB,
)


_INFERRED = "seems "
"""Before the kind of a verdict that nobody said. Older versions, which cannot weigh such a word, do not know
it and leave it out; a column would have to be added to every store, which not everybody may do."""


def spell_kinds(*kinds: Kind) -> list[str]:
    """What the column ``event`` may hold for events of these kinds."""
    return [f"{before}{kind}" for kind in kinds for before in ("", _INFERRED)]


def read_kind(text: str) -> tuple[Kind, bool]:
    """The kind of an event and whether it was inferred, from the column ``event``. Raises ValueError.

    >>> read_kind("seems accepted")
    ('accepted', True)
    """
    kind = text.removeprefix(_INFERRED)
    if kind not in get_args(Kind):
        raise ValueError("there is no such event")
    return cast(Kind, kind), text != kind


def to_row(event: Event) -> dict[str, str | None]:
    """The columns of an event; texts without what UTF-8 or PostgreSQL cannot hold."""
    data = event.to_json()
    answer = data["answer"]
    row = {
        "id": event.id,
        "time": event.time.astimezone(UTC).isoformat(timespec="microseconds"),
        "event": f"{_INFERRED if event.inferred else ''}{event.kind}",
        "shown": event.shown,
        "question": event.question,
        "sql": event.sql,
        "answer": None if answer is None else json.dumps(answer),
        "candidates": json.dumps(data["candidates"]),
        "fingerprint": event.schema,
        "db": event.database,
        "base": event.model.base,
        "adapter": event.model.adapter,
        "user": event.user,
    }
    return {name: text and _storable(text) for name, text in row.items()}


def _storable(text: str) -> str:
    """Text that every engine gives back as it was: no half of a surrogate pair, no NUL."""
    return text.encode(errors="replace").decode().replace("\0", "?")


@dataclass(frozen=True)
class Entry:
    """An event by its name; ``time`` is None where the row has none that can be read."""

    id: str
    shown: str | None
    time: datetime | None


def read_entry(row: RowMapping) -> Entry:
    """What can be read of any row."""
    try:
        time = _read_time(row["time"])
    except (ValueError, TypeError):
        time = None
    return Entry(row["id"], row["shown"], time)


def from_row(row: RowMapping) -> Event:
    """The event that `to_row` was given.

    Raises ValueError, TypeError, KeyError, AttributeError or RecursionError for a row that it did not give.
    """
    candidates = json.loads(row["candidates"])
    for name in ("id", "question", "fingerprint", "db", "base", "user"):
        _check(row[name], str)
    for name in ("sql", "adapter", "shown"):
        _check(row[name], str, type(None))
    kind, inferred = read_kind(row["event"])
    return Event(
        kind=kind,
        question=row["question"],
        sql=row["sql"],
        answer=None if row["answer"] is None else _read_answer(json.loads(row["answer"])),
        schema=row["fingerprint"],
        database=row["db"],
        model=ModelName(row["base"], row["adapter"]),
        shown=row["shown"],
        candidates=tuple(map(_read_candidate, candidates)),
        user=row["user"],
        time=_read_time(row["time"]),
        id=row["id"],
        inferred=inferred,
    )


def _read_answer(data: dict[str, Any]) -> KeptAnswer:
    answer = KeptAnswer.from_json(data)
    _check(answer.digest, str)
    _check(answer.count, int)
    for name in answer.columns:
        _check(name, str)
    for row in answer.rows or ():
        for value in row:
            _check(value, str, int, float, bytes, type(None))
    return answer


def _read_candidate(data: dict[str, Any]) -> KeptCandidate:
    candidate = KeptCandidate(**data)
    for text in (candidate.sql, candidate.status, candidate.error):
        _check(text, str)
    _check(candidate.votes, int)
    _check(candidate.rows, int)
    _check(candidate.digest, str, type(None))
    return candidate


def _read_time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError("a time without its zone")
    return time


def _check(value: object, *kinds: type) -> None:
    if not isinstance(value, kinds):
        raise TypeError(f"{type(value).__name__} where {kinds[0].__name__} is expected")
