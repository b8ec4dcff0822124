"""Feedback events: what was shown, and what its user said of it. Values only; `store` keeps them.

An event stands for itself: it names question, SQL, answer, schema, database and model again, and can be
learned from without the one that it refers to. It never holds a password.
"""

from __future__ import annotations

import getpass
import platform
import secrets
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

from sqlalchemy.engine import URL, make_url

from sqloop.answer import Answer, ModelName
from sqloop.database.outcome import Outcome, Status
from sqloop.feedback.kept import Keep, KeptAnswer, digest, keep_answer
from sqloop.ranking import Candidate

Kind = Literal["shown", "accepted", "edited", "rejected", "ran"]

Said = Literal["accepted", "edited", "rejected", "ran"]
"""What a user may do with what was shown; ``ran`` judges nothing."""


@dataclass(frozen=True)
class KeptCandidate:
    """One candidate as it was shown: ``rows`` is how many it gave, ``digest`` None where it did not run."""

    sql: str
    status: Status
    error: str
    votes: int
    rows: int
    digest: str | None


def new_id() -> str:
    """12 hex digits; made before anything is stored, so that an editor can name what it shows at once."""
    return secrets.token_hex(6)


def _now() -> datetime:
    return datetime.now(UTC)


@cache
def current_user() -> str:
    """Who speaks, as ``login@host``: in a store shared by a team, each user has one voice."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # an account without a name, as containers have them
        name = "somebody"
    return f"{name}@{platform.node()}"[:200]


@dataclass(frozen=True)
class Event:
    """``sql`` is what the event is about and ``answer`` what that gave, None where there is none.

    ``schema`` is the fingerprint under which the SQL ran, ``database`` the URL without password and query.
    ``shown`` is the id of the event that this one refers to, None for a ``shown`` one, which alone has
    ``candidates``, the chosen first. ``inferred``: nobody said it, an editor concluded it from what became of
    the text (`sqloop.feedback.labels`). ``time`` is UTC.
    """

    kind: Kind
    question: str
    sql: str | None
    answer: KeptAnswer | None
    schema: str
    database: str
    model: ModelName
    shown: str | None = None
    candidates: tuple[KeptCandidate, ...] = ()
    user: str = field(default_factory=current_user)
    time: datetime = field(default_factory=_now)
    id: str = field(default_factory=new_id)
    inferred: bool = False

    def to_json(self) -> dict[str, Any]:
        """The object of one line of the export; its keys are a public interface."""
        return {
            "id": self.id,
            "time": self.time.isoformat(),
            "event": self.kind,
            "shown": self.shown,
            "question": self.question,
            "sql": self.sql,
            "answer": self.answer.to_json() if self.answer else None,
            "candidates": [asdict(each) for each in self.candidates],
            "schema": self.schema,
            "database": self.database,
            "model": asdict(self.model),
            "user": self.user,
            "inferred": self.inferred,
        }


def show(answer: Answer, schema: str, database: str, keep: Keep) -> Event:
    """That ``answer`` is shown; ``schema`` is a fingerprint, ``database`` a URL as `Database.url` has it."""
    return Event(
        kind="shown",
        question=answer.question,
        sql=answer.sql,
        answer=keep_answer(answer.best.outcome, keep) if answer.best else None,
        schema=schema,
        database=name_database(database),
        model=answer.model,
        candidates=tuple(map(_keep_candidate, answer.candidates)),
    )


def judge(shown: Event, said: Said) -> Event:
    """That the user said this of the SQL that was shown; `replace` tells where that was ``inferred``."""
    return replace(
        shown, kind=said, shown=shown.id, candidates=(), user=current_user(), time=_now(), id=new_id()
    )


def judge_sql(shown: Event, said: Said, sql: str, outcome: Outcome, schema: str, keep: Keep) -> Event:
    """That the user said this of ``sql``, written or chosen instead of what was shown, and what it gave.

    ``schema`` is the fingerprint of the database as ``sql`` found it.
    """
    return replace(judge(shown, said), sql=sql, answer=keep_answer(outcome, keep), schema=schema)


def name_database(url: str) -> str:
    """The URL without its password and without what follows ``?``; a file by its whole path.

    >>> name_database("mysql+pymysql://ann:secret@host/shop?ssl_key=k")
    'mysql+pymysql://ann@host/shop'
    """
    given = make_url(url)
    name = given.database
    if given.get_backend_name() in ("sqlite", "duckdb") and name:
        name = str(Path(name).expanduser().absolute())
    return URL.create(given.drivername, given.username, None, given.host, given.port, name).render_as_string()


def is_about(event: Event, fingerprint: str, database: str) -> bool:
    """Whether an event is about the database of that name (`name_database`), or about one like it.

    One with the same fingerprint has the same tables: its SQL means the same.
    """
    return event.schema == fingerprint or event.database == database


def _keep_candidate(candidate: Candidate) -> KeptCandidate:
    outcome = candidate.outcome
    kept = digest(outcome) if candidate.ran else None
    return KeptCandidate(
        candidate.sql, outcome.status, outcome.error, candidate.votes, len(outcome.rows), kept
    )
