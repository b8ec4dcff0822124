"""The command line of feedback: `sqloop feedback list | export | forget | accept | edit | reject | undo`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

app = typer.Typer(help="What was asked, shown and said of it.")

Reference = Annotated[
    str, Argument(metavar="ID", help="What was shown: its id, or last.", show_default=False)
]


@app.command("list")
def list_(
    json: Annotated[bool, Option("--json", help="Print a JSON array.")] = False,
    limit: Annotated[int, Option("--limit", metavar="N", min=1, help="The newest so many.")] = 20,
) -> int:
    """Show the newest events.

    A table on a terminal, CSV into a pipe or a file.
    """
    from sqloop.commands.review import list_events
    from sqloop.settings import load_settings

    return list_events(load_settings(), limit, as_json=json)


@app.command()
def export(
    file: Annotated[
        Path | None, Argument(metavar="FILE.jsonl", help="Left out: standard output.", show_default=False)
    ] = None,
) -> int:
    """Write all events as JSON lines."""
    from sqloop.commands.review import export_events
    from sqloop.settings import load_settings

    return export_events(load_settings(), file)


@app.command()
def forget(
    ids: Annotated[list[str] | None, Argument(metavar="ID...", show_default=False)] = None,
    before: Annotated[
        datetime | None, Option("--before", metavar="DATE", help="What is older than a day or time.")
    ] = None,
    everything: Annotated[bool, Option("--all", help="All that is kept.")] = False,
    yes: Annotated[bool, Option("--yes", help="Do not ask.")] = False,
) -> int:
    """Delete events for good.

    What was said of an answer goes with it.
    """
    from sqloop.commands.review import forget_events
    from sqloop.errors import SettingsError
    from sqloop.settings import load_settings

    if [bool(ids), before is not None, everything].count(True) != 1:
        raise SettingsError("Say what to forget: ids, --before DATE or --all.")
    since = before.astimezone() if before else None
    return forget_events(load_settings(), ids or (), since, yes=yes)


@app.command()
def accept(reference: Reference) -> int:
    """Say that the answer was right."""
    from sqloop.commands.review import judge_event
    from sqloop.settings import load_settings

    return judge_event(load_settings(), reference, "accepted")


@app.command()
def reject(reference: Reference) -> int:
    """Say that the answer was wrong."""
    from sqloop.commands.review import judge_event
    from sqloop.settings import load_settings

    return judge_event(load_settings(), reference, "rejected")


@app.command()
def undo() -> int:
    """Take back what you said last of an answer."""
    from sqloop.commands.review import undo_event
    from sqloop.settings import load_settings

    return undo_event(load_settings())


@app.command()
def edit(
    reference: Reference,
    sql: Annotated[str, Option("--sql", metavar="SQL", help="The query that answers the question.")],
    db: Annotated[
        str | None, Option("--db", metavar="URL", help="Where to run it, if not where it was asked.")
    ] = None,
) -> int:
    """Say what the right SQL is.

    It is run, read-only, for its answer.
    """
    from sqloop.commands.review import edit_event
    from sqloop.settings import load_settings

    return edit_event(load_settings(db=db), reference, sql)
