"""`sqloop/feedback` and the commands of accepting and rejecting: what the user says of a suggestion."""

from __future__ import annotations

from dataclasses import replace

from sqloop.database.tokens import same_code
from sqloop.errors import SQLoopError
from sqloop.feedback.events import Event, current_user, judge, judge_sql
from sqloop.feedback.store import find_store
from sqloop.lsp.protocol import FeedbackParams, FeedbackResult
from sqloop.lsp.server import Server
from sqloop.lsp.suggestions import Suggestion, suggest_again


async def feedback(ls: Server, params: FeedbackParams) -> FeedbackResult:
    """Record what the user did with a suggestion."""
    suggestion = await find_suggestion(ls, params.suggestion)
    if suggestion is None:
        return FeedbackResult(False, "This suggestion is not known any more; nothing was recorded.")
    if params.action == "undone":
        return await take_back(ls, suggestion)
    sql = other_sql(ls, suggestion, params.sql)
    return await say(ls, suggestion, params.action if sql or params.action != "edited" else "accepted", sql)


async def find_suggestion(ls: Server, id: str) -> Suggestion | None:
    """A suggestion by its id: one that this server showed, or one of this user's that feedback has kept."""
    known, settings = ls.suggestions.get(id), ls.backend.settings
    if known is not None or not id or not settings.feedback.enabled:
        return known

    def read() -> tuple[Event | None, list[Event]]:
        store = find_store(settings)
        return (store.find(id), store.said_of(id, current_user())) if store is not None else (None, [])

    try:
        shown, said = await ls.backend.threads.run(lambda _: read())
    except SQLoopError:
        return None
    if shown is None or shown.kind != "shown" or shown.user != current_user():
        return None
    suggestion = suggest_again(shown)
    ls.suggestions.restore(suggestion)
    if said:
        ls.suggestions.hear(suggestion, said)
    return suggestion


def other_sql(ls: Server, suggestion: Suggestion, sql: str) -> str:
    """``sql`` bare; empty where it is the query that was suggested."""
    sql = sql.strip().rstrip(";").strip()
    chosen = suggestion.sql
    return "" if chosen is not None and same_code(sql, chosen, ls.backend.dialect) else sql


async def take_back(ls: Server, suggestion: Suggestion) -> FeedbackResult:
    """Forget what its user said of a suggestion last, here or elsewhere, for good."""
    settings = ls.backend.settings

    def forget() -> tuple[int, list[Event]]:
        store = find_store(settings) if settings.feedback.enabled else None
        said = store.said_of(suggestion.id, current_user()) if store is not None else []
        return (store.forget([said[-1].id]), said[:-1]) if store is not None and said else (0, [])

    try:
        forgotten, left = await ls.backend.threads.run(lambda _: forget())
    except SQLoopError as error:
        return FeedbackResult(False, str(error))
    if forgotten or suggestion.verdicts:
        ls.suggestions.hear(suggestion, left)
        ls.changed()
    if not forgotten:
        return FeedbackResult(False, "Nothing was said of this answer that could be taken back.")
    before = f" What you said before counts again: {left[-1].kind}." if left else ""
    return FeedbackResult(True, f"Taken back: nothing of it counts any more.{before}")


async def say(
    ls: Server, suggestion: Suggestion, said: str, sql: str = "", *, inferred: bool = False
) -> FeedbackResult:
    """Record ``said`` of a suggestion; of ``sql`` where that is not the query that was suggested.

    ``inferred``: nobody said it.
    """
    assert said in ("accepted", "edited", "rejected")
    if sql and not suggestion.is_of(ls.backend.url):  # What it gives here says nothing of the question there.
        return FeedbackResult(False, "This answer is of another database: connect to it first.")
    if sql:
        outcome = await ls.backend.execute(sql)
        if outcome.status != "ok":
            return FeedbackResult(False, f"The query does not run, nothing was recorded: {outcome.error}")
        schema = await ls.backend.read_schema()
        keep = ls.backend.settings.feedback.answers
        event = judge_sql(suggestion.shown, said, sql, outcome, schema.fingerprint, keep)  # type: ignore[arg-type]
    else:
        event = judge(suggestion.shown, said)  # type: ignore[arg-type]
    if said == "rejected":
        suggestion.refused.add(sql or suggestion.sql or "")
    else:
        suggestion.use(sql or suggestion.sql or "", ls.backend.dialect)
        suggestion.refused.discard(sql or suggestion.sql or "")
    ls.suggestions.judge(suggestion, said, inferred=inferred)  # type: ignore[arg-type]
    try:
        kept = await ls.write(replace(event, inferred=inferred))
    except SQLoopError as error:
        return FeedbackResult(False, str(error))
    finally:
        ls.changed()  # Who reads the list of questions then, finds it there.
    if not kept:
        return FeedbackResult(False, "Feedback is not kept: it is switched off, or its store cannot be used.")
    suggestion.verdicts.append(event.id)
    words = {
        "accepted": "Recorded: this query answers the question.",
        "edited": "Recorded: your query answers the question.",
        "rejected": "Recorded: this query does not answer the question.",
    }
    return FeedbackResult(True, words[said])
