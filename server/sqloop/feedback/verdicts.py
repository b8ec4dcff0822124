"""What users said of SQL, read in bulk: thousands of verdicts in one go, without the rows of the answers.

A verdict stands on two events, what was said and what had been shown. Both are read by one query that leaves
the long texts (rows, candidates) where they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, and_, func, or_, select

from sqloop.feedback.events import Kind
from sqloop.feedback.evidence import weight_of
from sqloop.feedback.store import FeedbackStore
from sqloop.feedback.tables import events, read_kind, spell_kinds

VERDICTS: tuple[Kind, ...] = ("accepted", "edited", "rejected")

_BEGINNING = 100
"""Characters of a kept answer that hold its digest: it is written first (`KeptAnswer.to_json`)."""

_DIGEST = re.compile(r'^\{"digest": ?"([^"]+)"')

_said, _shown = events.alias("said"), events.alias("shown")


@dataclass(frozen=True, slots=True)
class Verdict:
    """That ``user`` said ``kind`` of ``sql`` for ``question``; digests are None where no answer is kept.

    ``shown`` is the id of what had been shown, ``shown_sql`` its query. ``number`` is the place in the order
    of arrival. ``inferred`` as in `Event`.
    """

    number: int
    id: str
    kind: Kind
    question: str
    sql: str
    digest: str | None
    schema: str
    database: str
    user: str
    time: datetime
    shown: str
    shown_sql: str | None = None
    shown_digest: str | None = None
    inferred: bool = False

    @property
    def weight(self) -> float:
        """What it weighs (`sqloop.feedback.evidence`)."""
        return weight_of(self.kind, self.inferred)


@dataclass(frozen=True)
class Extent:
    """How many events a store holds, how many of them arrived ``since`` a number, and the last number."""

    count: int
    since: int
    last: int


def read_extent(store: FeedbackStore, after: int = 0) -> Extent:
    """How much there is, and how much of it came after an event's number. Raises FeedbackError."""
    whole = select(func.count()).select_from(events)
    since = whole.where(events.c.number > after)
    last = select(func.coalesce(func.max(events.c.number), 0))
    names = (("count", whole), ("since", since), ("last", last))
    (row,) = store.rows(select(*(query.scalar_subquery().label(name) for name, query in names)))
    return Extent(row["count"], row["since"], row["last"])


def read_verdicts(
    store: FeedbackStore, fingerprint: str | None = None, database: str | None = None, after: int = 0
) -> list[Verdict]:
    """What was said after an event's number, on a schema or a database, or on any where neither is named.

    Damaged events are left out. Raises FeedbackError.
    """
    query = select(
        *(_said.c[name] for name in ("number", "id", "event", "question", "sql", "fingerprint", "db")),
        *(_said.c[name] for name in ("user", "time", "shown")),
        func.substr(_said.c.answer, 1, _BEGINNING).label("answer"),
        _shown.c.sql.label("shown_sql"),
        func.substr(_shown.c.answer, 1, _BEGINNING).label("shown_answer"),
    ).select_from(_said.outerjoin(_shown, and_(_shown.c.id == _said.c.shown, _shown.c.event == "shown")))
    query = query.where(_said.c.event.in_(spell_kinds(*VERDICTS)), _said.c.number > after).order_by(
        _said.c.number
    )
    if fingerprint is not None or database is not None:
        query = query.where(or_(_said.c.fingerprint == fingerprint, _said.c.db == database))
    return [verdict for verdict in map(_read, store.rows(query)) if verdict is not None]


def _read(row: RowMapping) -> Verdict | None:
    try:
        time = datetime.fromisoformat(row["time"])
        kind, inferred = read_kind(row["event"])
    except (ValueError, TypeError):
        return None
    texts = (row["question"], row["sql"], row["shown"], row["user"])
    if time.tzinfo is None or not all(isinstance(text, str) for text in texts):
        return None
    return Verdict(
        row["number"],
        row["id"],
        kind,
        row["question"],
        row["sql"],
        _read_digest(row["answer"]),
        row["fingerprint"],
        row["db"],
        row["user"],
        time,
        row["shown"],
        row["shown_sql"],
        _read_digest(row["shown_answer"]),
        inferred,
    )


def _read_digest(answer: object) -> str | None:
    found = _DIGEST.match(answer) if isinstance(answer, str) else None
    return found[1] if found else None
