"""`sqloop feedback`: look at what was kept, take it along, forget it, and say more of it from a script."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from rich.console import Console

from sqloop.commands.event_table import draw_events
from sqloop.commands.showing import tell_verdict
from sqloop.database.connect import Database, connect
from sqloop.errors import FeedbackError, SettingsError, sentence
from sqloop.feedback.events import Event, Said, current_user, judge, judge_sql, name_database
from sqloop.feedback.runs import forget_in_runs
from sqloop.feedback.store import FeedbackStore, find_store, open_store
from sqloop.feedback.tables import Entry
from sqloop.feedback.verdicts import read_verdicts
from sqloop.memory import find_in_use
from sqloop.places import replacing
from sqloop.session import open_database
from sqloop.settings import Settings
from sqloop.terminal.csv_text import write_csv
from sqloop.terminal.interrupt import run_interruptibly
from sqloop.terminal.line import agrees
from sqloop.terminal.standard_output import write
from sqloop.terminal.telling import tell

LAST = "last"
"""Stands for what the user was shown last."""


def list_events(settings: Settings, newest: int, *, as_json: bool) -> int:
    """Print the newest events, the oldest of them first: a table, CSV into a pipe, or a JSON array.

    Each says whether it is in use as memory: whether its question would be answered by its SQL.
    """
    store = find_store(settings)
    events = store.events(newest) if store else []
    used = find_in_use(read_verdicts(store), current_user()) if store and settings.memory.enabled else set()
    if as_json:
        told = [event.to_json() | {"in_memory": event.id in used} for event in events]
        write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
    elif not sys.stdout.isatty():
        write(_write_csv(events, used))
    elif events:
        Console().print(draw_events(events, used))
    else:
        print("Nothing is kept yet.", file=sys.stderr)
    return 0


def export_events(settings: Settings, path: Path | None) -> int:
    """Write all events as JSON lines to a file, which appears when it is complete, or to standard output.

    Raises FeedbackError where the file cannot be written.
    """
    store = find_store(settings)
    events = store.events() if store else []
    text = "".join(json.dumps(event.to_json()) + "\n" for event in events)
    if path is None:
        write(text)
        return 0
    try:
        _write_whole(path, text)
    except OSError as error:
        raise FeedbackError(f"{path} cannot be written: {error.strerror}.") from None
    tell(f"{_count(len(events))} written to {path}.")
    return 0


def forget_events(settings: Settings, ids: Collection[str], before: datetime | None, *, yes: bool) -> int:
    """Forget events by id or time, all where neither is given, and whatever refers to them.

    Asks first, unless ``yes``. Raises SettingsError where there is nobody to ask, FeedbackError for an
    unknown id.
    """
    store = find_store(settings)
    chosen = _choose(store.entries() if store else [], ids, before)
    if store is None or not chosen:
        tell("There is nothing to forget.")
        return 0
    if not yes and not _confirm(f"Forget {_count(len(chosen))} for good?"):
        tell("Nothing is forgotten.")
        return 0
    tell(f"{_count(store.forget(chosen))} forgotten.")
    traces = forget_in_runs(settings, chosen)
    for folder in traces.removed:
        tell(f"Removed with it, as it held some of them: {folder}")
    for folder in traces.cleared:
        tell(f"Removed with it, as they held some of them: the texts of the run in {folder}")
    for folder in traces.left:
        tell(f"Some of them still stand in {folder}: remove it yourself.")
    return 0


def judge_event(settings: Settings, reference: str, said: Said) -> int:
    """Keep that the user accepted or rejected what was shown; prints the id of the new event into a pipe.

    Raises FeedbackError where there is no such event, or where no SQL was shown.
    """
    store, shown = _find_shown(settings, reference)
    if shown.sql is None:
        raise FeedbackError(f"No SQL was shown in {shown.id}.", "Give one with sqloop feedback edit.")
    return _append(store, judge(shown, said), reference)


def undo_event(settings: Settings) -> int:
    """Forget what the user said last, for good; prints its id into a pipe.

    Raises FeedbackError where nothing was said.
    """
    store = find_store(settings)
    said = store.last_said(current_user()) if store else None
    if store is None or said is None:
        raise FeedbackError("Nothing was said that could be taken back.", "See sqloop feedback list.")
    store.forget([said.id])
    forget_in_runs(settings, [said.id])
    _print_id(said)
    tell(tell_verdict(said, taken_back=True))
    return 0


def _print_id(event: Event) -> None:
    """For programs; a person is told in words."""
    if not sys.stdout.isatty():
        write(f"{event.id}\n")


def edit_event(settings: Settings, reference: str, sql: str) -> int:
    """Run ``sql`` read-only on the database of what was shown, and keep it as the better answer.

    Raises FeedbackError where there is no such event or the SQL does not run, and what connecting raises.
    """
    store, shown = _find_shown(settings, reference)
    with _open_its_database(shown, settings) as database:
        outcome = run_interruptibly(lambda cancel: database.execute(sql, cancel))
        if outcome.status != "ok":
            raise FeedbackError(f"The SQL does not run ({outcome.status}): {sentence(outcome.error)}")
        schema = database.schema().fingerprint
    said = judge_sql(shown, "edited", sql, outcome, schema, settings.feedback.answers)
    return _append(store, said, reference)


def _find_shown(settings: Settings, reference: str) -> tuple[FeedbackStore, Event]:
    if not settings.feedback.enabled:
        raise FeedbackError("Feedback is turned off.", "Set feedback.enabled in sqloop.toml.")
    store = open_store(settings)
    shown = store.last_shown(current_user()) if reference == LAST else store.find(reference)
    if shown is None:
        raise FeedbackError(f"There is no event {reference!r}.", "See sqloop feedback list.")
    if shown.kind != "shown":
        raise FeedbackError(f"{reference} is what was said of {shown.shown}.", "Name that one.")
    return store, shown


def _append(store: FeedbackStore, event: Event, reference: str) -> int:
    """Who said "last", and whoever sits at a terminal, is told what that was."""
    store.append(event)
    _print_id(event)
    if reference == LAST or sys.stdout.isatty():
        tell(tell_verdict(event))
    return 0


def _open_its_database(shown: Event, settings: Settings) -> Database:
    """The one that --db names, or where the event was: by its connection, which may know the password."""
    if settings.db:
        return open_database(settings)
    limits = settings.limits.limits()
    for connection in settings.connections.values():
        with suppress(SettingsError):  # a file that is there no more
            if name_database(connection.address) == shown.database:
                command = connection.password_command or None
                return connect(connection.address, limits, command, functions=connection.functions)
    return connect(shown.database, limits)


def _choose(events: list[Entry], ids: Collection[str], before: datetime | None) -> list[str]:
    """The ids of what is meant and of all that refers to it; what has no time is older than anything."""
    known = {event.id for event in events}
    if unknown := [id for id in ids if id not in known]:
        raise FeedbackError(f"There is no event {unknown[0]!r}.", "See sqloop feedback list.")
    if ids:
        meant = set(ids)
    elif before is not None:
        meant = {event.id for event in events if event.time is None or event.time < before}
    else:
        meant = known
    return [event.id for event in events if event.id in meant or event.shown in meant]


def _confirm(question: str) -> bool:
    if not sys.stdin.isatty():
        raise SettingsError("There is nobody to ask.", "Say --yes to forget without being asked.")
    return agrees(question)


def _write_whole(path: Path, text: str) -> None:
    with replacing(path) as written:
        written.write_text(text, encoding="utf-8")


def _write_csv(events: list[Event], used: Collection[str]) -> str:
    header = ["id", "time", "event", "shown", "question", "sql", "rows", "in_memory", "inferred"]
    rows = [
        [
            *(each.id, each.time.isoformat(), each.kind, each.shown, each.question, each.sql),
            _count_rows(each),
            "yes" if each.id in used else "",
            "yes" if each.inferred else "",
        ]
        for each in events
    ]
    return write_csv(header, rows)


def _count_rows(event: Event) -> int | None:
    return event.answer.count if event.answer else None


def _count(number: int) -> str:
    return f"{number:,} event{'' if number == 1 else 's'}"
