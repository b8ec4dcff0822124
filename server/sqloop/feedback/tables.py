"""Feedback as rows: two tables for SQLAlchemy Core, the same on SQLite and MariaDB, and an event as a row."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, cast

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


def to_row(event: Event) -> dict[str, str | None]:
    """The columns of an event; texts without what UTF-8 cannot hold."""
    data = event.to_json()
    answer = data["answer"]
    row = {
        "id": event.id,
        "time": event.time.astimezone(UTC).isoformat(timespec="microseconds"),
        "event": event.kind,
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
    return {name: text and text.encode(errors="replace").decode() for name, text in row.items()}


def from_row(row: RowMapping) -> Event:
    """The event that `to_row` was given."""
    candidates: list[dict[str, Any]] = json.loads(row["candidates"])
    return Event(
        kind=cast(Kind, row["event"]),
        question=row["question"],
        sql=row["sql"],
        answer=None if row["answer"] is None else KeptAnswer.from_json(json.loads(row["answer"])),
        schema=row["fingerprint"],
        database=row["db"],
        model=ModelName(row["base"], row["adapter"]),
        shown=row["shown"],
        candidates=tuple(KeptCandidate(**each) for each in candidates),
        user=row["user"],
        time=datetime.fromisoformat(row["time"]),
        id=row["id"],
    )
