"""`sqloop/history`: the questions that this user asked of the database in use, as feedback keeps them."""

from __future__ import annotations

from sqloop.database.schema import Dialect
from sqloop.feedback.asked import Asked, find_asked
from sqloop.feedback.events import is_about, name_database
from sqloop.feedback.store import find_store
from sqloop.lsp.protocol import AskedQuestion, HistoryParams, HistoryResult
from sqloop.lsp.server import Server
from sqloop.lsp.text.layout import lay_out_to_show
from sqloop.settings import Settings

MOST = 1_000

_EVENTS = 10
"""Events that are read for one question: it may have been asked often, run and judged."""


async def history(ls: Server, params: HistoryParams) -> HistoryResult:
    """The newest questions first; none where nothing is kept. Raises DatabaseError, FeedbackError."""
    count = min(max(params.count, 1), MOST)
    schema = await ls.backend.read_schema()
    settings, url = ls.backend.settings, ls.backend.url
    asked = await ls.backend.threads.run(lambda _: _read(settings, schema.fingerprint, url, count))
    return HistoryResult(tuple(_tell(each, schema.dialect) for each in reversed(asked)))


def _read(settings: Settings, fingerprint: str, url: str, count: int) -> list[Asked]:
    store = find_store(settings) if settings.feedback.enabled else None
    if store is None:
        return []
    database = name_database(url)
    events = [each for each in store.events(count * _EVENTS) if is_about(each, fingerprint, database)]
    return find_asked(events)[-count:]


def _tell(asked: Asked, dialect: Dialect) -> AskedQuestion:
    event = asked.last
    return AskedQuestion(
        asked.time.isoformat(),
        event.question,
        event.sql or "",
        asked.said,  # type: ignore[arg-type]
        event.inferred,
        event.shown or event.id,
        lay_out_to_show(event.sql, dialect) if event.sql else "",
    )
