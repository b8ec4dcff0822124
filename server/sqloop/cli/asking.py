"""`sqloop` alone, `sqloop ask`, `chat`, `console` and `history`."""

from __future__ import annotations

import io
import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from sqloop.cli.options import Adapter, Db, DbOrInput, K, Model, NoFeedback, Version
from sqloop.errors import SettingsError
from sqloop.terminal.standard_output import write


def sqloop(
    context: typer.Context,
    db: Db = None,
    model: Model = None,
    version: Version = False,
) -> int:
    """Questions to SQL that has already been run.

    Without a command: an interactive session on a terminal, --db and --model say with what; lines out of a
    pipe are answered as by sqloop chat.
    """
    if context.invoked_subcommand is not None:
        if db is not None or model is not None:
            raise SettingsError(f"--db and --model come after {context.invoked_subcommand}.")
        return 0
    if not (sys.stdout.isatty() if sys.stdin.isatty() else _has_input()):
        write(f"{context.get_help()}\n")
        return 0
    from sqloop.commands.chat import chat
    from sqloop.settings import load_settings

    return chat(load_settings(db=db, model=model))


def _has_input() -> bool:
    """Whether standard input holds anything; waits for whoever writes it."""
    source = getattr(sys.stdin, "buffer", None)
    return isinstance(source, io.BufferedReader) and bool(source.peek(1))


_APART = (
    ("--json", "--sql-only"),
    ("--json", "--chart"),
    ("--sql-only", "--chart"),
    ("--sql-only", "--all"),
)
"""Options of which each says what is printed."""


def ask(
    question: Annotated[
        str, Argument(help="What you want to know; - reads it from standard input.", show_default=False)
    ],
    db: DbOrInput = None,
    k: K = None,
    json: Annotated[bool, Option("--json", help="Print one JSON object.")] = False,
    model: Model = None,
    adapter: Adapter = None,
    no_feedback: Annotated[bool, Option("--no-feedback", help="Keep nothing of this question.")] = False,
    no_memory: Annotated[
        bool, Option("--no-memory", help="Ask the model even where the answer was accepted before.")
    ] = False,
    limit: Annotated[int | None, Option("--limit", metavar="N", min=1, help="Rows at most.")] = None,
    sure: Annotated[
        float, Option("--sure", metavar="P", min=0, max=1, help="Exit with 4 below this confidence.")
    ] = 0.0,
    file: Annotated[
        Path | None,
        Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Write the rows to FILE.csv, .json, .md, .xlsx or .parquet; an older file is replaced.",
            show_default=False,
        ),
    ] = None,
    sql_only: Annotated[bool, Option("--sql-only", help="Print the SQL alone.")] = False,
    everything: Annotated[
        bool, Option("--all", help="On a terminal: show the other candidates and where the time went.")
    ] = False,
    chart: Annotated[bool, Option("--chart", help="On a terminal: draw the answer as well.")] = False,
    follow: Annotated[
        bool, Option("--follow", help="Go on from the last answer: only 2023, by country?, why so few?")
    ] = False,
    explain: Annotated[
        bool, Option("--explain", help="Say in words what the query does and takes for granted.")
    ] = False,
) -> int:
    """Answer a question from your database.

    The model proposes several queries; each is run read-only, and the likeliest answer is shown: queries that
    give the same one count together. A question whose answer you accepted or corrected before gets that SQL,
    run anew. SQL in the place of a question is run as it is, read-only.

    On a terminal: the SQL and its rows; then the answer may be accepted, edited or rejected, and the others
    looked at. Into a pipe or a file: the rows as CSV with a header. Exit codes: 0 answered, 1 no candidate
    ran, 2 usage, settings or model, 3 database, 4 less sure than --sure, 130 interrupted.
    """
    from sqloop.commands.ask import Output, ask_question
    from sqloop.settings import load_settings
    from sqloop.terminal.standard_input import STANDARD_INPUT, keep_input

    forms = {"--json": json, "--sql-only": sql_only, "--chart": chart, "--all": everything}
    for one, other in _APART:
        if forms[one] and forms[other]:
            raise SettingsError(f"{one} and {other} do not go together.", "Leave one of them out.")
    memory = {"enabled": False} if no_memory else None
    if db == STANDARD_INPUT:
        if question == STANDARD_INPUT:
            raise SettingsError("Standard input holds the question or the data, not both.")
        db = str(keep_input())
    load = partial(load_settings, db=db, k=k, model=model, adapter=adapter, memory=memory)
    settings = load()
    if limit is not None and limit > settings.limits.rows:
        settings = load(limits={"rows": limit})
    output = Output(json, sql_only, file, everything, chart, explain, limit)
    return ask_question(question, settings, output, keep=not no_feedback, sure=sure, follow=follow)


def chat(
    db: Db = None, k: K = None, model: Model = None, adapter: Adapter = None, no_feedback: NoFeedback = False
) -> int:
    """Ask, and go on from each answer.

    What `sqloop` alone opens, also for lines out of a pipe.

    Exit codes: 0 when you leave, 2 usage, settings or model, 3 database; out of a pipe, that of the line that
    went most wrong, as `sqloop ask` has them.
    """
    from sqloop.commands import chat
    from sqloop.settings import load_settings

    settings = load_settings(db=db, k=k, model=model, adapter=adapter)
    return chat.chat(settings, keep=not no_feedback)


def console(
    db: Db = None, k: K = None, model: Model = None, adapter: Adapter = None, no_feedback: NoFeedback = False
) -> int:
    """Ask, edit, accept and reject in a terminal application.

    Exit codes: 0 when you leave, 2 where there is no terminal.
    """
    from importlib.metadata import entry_points

    found = entry_points(group="sqloop.commands", name="console")
    if not found:
        raise SettingsError("The console is not installed.", "Install sqloop again: it comes with it.")
    (open_console,) = (each.load() for each in found)
    from sqloop.settings import load_settings
    from sqloop.settings_file import anchor_db, find_file

    # Asks, where the folder is not trusted: the server behind the console has nobody to ask.
    settings = load_settings(db=db, k=k, model=model, adapter=adapter)
    file = find_file(Path.cwd())
    code: int = open_console(
        db=anchor_db(db, Path.cwd(), settings.connections),
        k=k,
        model=model,
        adapter=adapter,
        no_feedback=no_feedback,
        folder=file.parent if file else None,
    )
    return code


def history(
    words: Annotated[
        list[str] | None, Argument(metavar="WORD...", help="Those with all these words.", show_default=False)
    ] = None,
    limit: Annotated[int, Option("--limit", metavar="N", min=1, help="The newest so many.")] = 20,
    json: Annotated[bool, Option("--json", help="Print a JSON array.")] = False,
) -> int:
    """Show the questions that you asked.

    A table on a terminal, CSV into a pipe or a file.
    """
    from sqloop.commands.history import list_questions
    from sqloop.settings import load_settings

    return list_questions(load_settings(), limit, words or (), as_json=json)
