"""The command line: `sqloop` alone, `sqloop ask`, `sqloop console`, `sqloop doctor` and the others.

Standard output is data only. An error is one line on standard error and an exit code (see `sqloop.errors`); a
traceback is a bug. Heavy modules are imported by the commands that need them, so that `sqloop --help`
answers at once.
"""

from __future__ import annotations

import io
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from sqloop.commands import cli_feedback, cli_model
from sqloop.errors import CancelledError, OutputError, SettingsError, SQLoopError
from sqloop.terminal.standard_output import open_missing_streams, write, writing

Db = Annotated[
    str | None,
    Option("--db", metavar="DB", help="A URL, files, a connection in sqloop.toml, or sample."),
]
Model = Annotated[
    str | None,
    Option(
        "--model",
        metavar="MODEL",
        help="auto, starter, a name in the list, a GGUF file, a folder, a name on the hub or a server's URL.",
    ),
]
Adapter = Annotated[
    str | None,
    Option("--adapter", metavar="ADAPTER", help="A folder, a name in the list or on the hub, or none."),
]

TRACEBACK = "SQLOOP_TRACEBACK"
"""Set to see where an error that nobody foresaw came from."""

app = typer.Typer(
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(cli_feedback.app, name="feedback")
app.add_typer(cli_model.app, name="model")


def _tell_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        write(f"sqloop {version('sqloop')}\n")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def sqloop(
    context: typer.Context,
    db: Db = None,
    model: Model = None,
    version: Annotated[
        bool, Option("--version", "-V", callback=_tell_version, is_eager=True, help="Print the version.")
    ] = False,
) -> int:
    """Questions to SQL that has already been run.

    Without a command: an interactive session on a terminal, --db and --model say with what.
    """
    if context.invoked_subcommand is not None:
        if db is not None or model is not None:
            raise SettingsError(f"--db and --model come after {context.invoked_subcommand}.")
        return 0
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        write(f"{context.get_help()}\n")
        return 0
    from sqloop.commands.chat import chat
    from sqloop.settings import load_settings

    return chat(load_settings(db=db, model=model))


@app.command()
def ask(
    question: Annotated[
        str, Argument(help="What you want to know; - reads it from standard input.", show_default=False)
    ],
    db: Annotated[
        str | None,
        Option(
            "--db",
            metavar="DB",
            help="A URL, files, a connection in sqloop.toml, sample, or - for CSV on standard input.",
        ),
    ] = None,
    k: Annotated[int | None, Option("-k", metavar="N", help="How many candidates to try.")] = None,
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
            help="Write the rows to FILE.csv, .json, .md or .parquet.",
            show_default=False,
        ),
    ] = None,
    sql_only: Annotated[bool, Option("--sql-only", help="Print the SQL alone.")] = False,
    everything: Annotated[
        bool, Option("--all", help="Show the other candidates and where the time went.")
    ] = False,
    chart: Annotated[bool, Option("--chart", help="Draw the answer as well.")] = False,
    follow: Annotated[
        bool, Option("--follow", help="Go on from the last answer: only 2023, and by country?")
    ] = False,
    explain: Annotated[
        bool, Option("--explain", help="Say in words what the query does and takes for granted.")
    ] = False,
) -> int:
    """Answer a question from your database.

    The model proposes several queries; each is run read-only, and the answer that most agree on is shown. A
    question whose answer you accepted or corrected before gets that SQL, run anew.

    On a terminal: the SQL and its rows; then the answer may be accepted, edited or rejected, and the others
    looked at. Into a pipe or a file: the rows as CSV with a header. Exit codes: 0 answered, 1 no candidate
    ran, 2 usage, settings or model, 3 database, 4 less sure than --sure, 130 interrupted.
    """
    from sqloop.commands.ask import Output, ask_question
    from sqloop.settings import load_settings
    from sqloop.terminal.standard_input import STANDARD_INPUT, keep_input

    rows = None if limit is None else {"rows": limit}
    memory = {"enabled": False} if no_memory else None
    if db == STANDARD_INPUT:
        if question == STANDARD_INPUT:
            raise SettingsError("Standard input holds the question or the data, not both.")
        db = str(keep_input())
    settings = load_settings(db=db, k=k, model=model, adapter=adapter, limits=rows, memory=memory)
    output = Output(json, sql_only, file, everything, chart, explain)
    return ask_question(question, settings, output, keep=not no_feedback, sure=sure, follow=follow)


@app.command()
def chat(
    db: Db = None,
    k: Annotated[int | None, Option("-k", metavar="N", help="How many candidates to try.")] = None,
    model: Model = None,
    adapter: Adapter = None,
    no_feedback: Annotated[bool, Option("--no-feedback", help="Keep nothing of this session.")] = False,
) -> int:
    """Ask, and go on from each answer; what `sqloop` alone opens, also for lines out of a pipe.

    Exit codes: 0 when you leave, 2 usage, settings or model, 3 database.
    """
    from sqloop.commands import chat
    from sqloop.settings import load_settings

    settings = load_settings(db=db, k=k, model=model, adapter=adapter)
    return chat.chat(settings, keep=not no_feedback)


@app.command()
def init() -> int:
    """Find the databases of this folder; write sqloop.toml.

    Exit codes: 0 written, 2 there is such a file already, or no database.
    """
    from sqloop.commands.init import init_folder

    return init_folder(Path.cwd())


@app.command()
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


@app.command()
def console(
    db: Db = None,
    k: Annotated[int | None, Option("-k", metavar="N", help="How many candidates to try.")] = None,
    model: Model = None,
    adapter: Adapter = None,
    no_feedback: Annotated[bool, Option("--no-feedback", help="Keep nothing of this session.")] = False,
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


@app.command()
def learn(
    name: Annotated[
        str | None, Argument(help="A word, a table or table.column; left out: list all.", show_default=False)
    ] = None,
    means: Annotated[str, Option("--means", metavar="TEXT", help="What it means, in words.")] = "",
    sql: Annotated[
        str, Option("--sql", metavar="SQL", help="What it means: a condition, an expression or a join.")
    ] = "",
    forget: Annotated[bool, Option("--forget", help="Take it out.")] = False,
    from_dbt: Annotated[
        Path | None, Option("--from-dbt", metavar="FILE", help="Bring what a schema.yml of dbt says.")
    ] = None,
    json: Annotated[bool, Option("--json", help="List as one JSON object.")] = False,
    db: Db = None,
) -> int:
    """Say what a word of yours means, so that questions may use it.

    Written to the glossary in sqloop.toml, and checked on the database. Exit codes: 0 done, 2 usage or
    settings, 3 database.
    """
    from sqloop.commands import learn
    from sqloop.settings import load_settings

    settings = load_settings(db=db)
    if from_dbt is not None:
        return learn.learn_from_dbt(from_dbt, settings)
    if name is None:
        return learn.list_words(settings, as_json=json)
    if forget:
        return learn.forget(name, settings)
    if not (means.strip() or sql.strip()):
        raise SettingsError(f"What does {name} mean?", "Say it with --means or --sql.")
    return learn.learn(name, means, sql, settings)


@app.command()
def trust(
    folder: Annotated[Path | None, Argument(help="Left out: this one.", show_default=False)] = None,
    remove: Annotated[bool, Option("--remove", help="Trust it no longer.")] = False,
) -> int:
    """Trust a folder's sqloop.toml as it is now.

    It may then run commands, load models and call servers.
    """
    from sqloop.commands.cli_trust import distrust_folder, trust_folder

    return (distrust_folder if remove else trust_folder)(folder or Path.cwd())


@app.command()
def doctor(db: Db = None, model: Model = None, adapter: Adapter = None) -> int:
    """Check database, account and model.

    Each finding comes with what to do about it, and the last with what a question costs on this machine.

    Exit codes: 0 nothing failed, 2 settings or model, 3 database.
    """
    from sqloop.commands.doctor import report
    from sqloop.settings import load_settings

    return report(load_settings(db=db, model=model, adapter=adapter))


@app.command()
def lsp(
    stdio: Annotated[bool, Option("--stdio", help="What editors add; there is no other way.")] = False,
) -> int:
    """Serve an editor by the Language Server Protocol.

    It is spoken on standard input and output.

    Exit codes: 0 after a proper shutdown, 1 where the client just left.
    """
    from sqloop.lsp.doorman import serve

    return serve()


@app.command()
def mcp(
    db: Db = None,
    model: Model = None,
    adapter: Adapter = None,
    http: Annotated[
        int | None,
        Option(
            "--http",
            metavar="PORT",
            min=0,
            max=65535,
            help="Serve by HTTP on this machine, for whoever has the token; 0 takes a free port.",
        ),
    ] = None,
) -> int:
    """Serve agents by the Model Context Protocol: ask, run, schema, explain, all read-only.

    It is spoken on standard input and output, unless --http is given; needs `pip install mcp`.

    Exit codes: 0 when the client leaves, 2 usage, settings or model, 3 database.
    """
    from importlib.util import find_spec

    from sqloop.settings import load_settings

    if find_spec("mcp") is None:
        raise SettingsError("The package mcp is not installed.", "Run pip install 'mcp>=2' where SQLoop is.")
    from sqloop.commands.mcp import serve

    return serve(load_settings(db=db, model=model, adapter=adapter), http)


adapters = typer.Typer(help="What was learned: list, promote, roll back.")
app.add_typer(adapters, name="adapters")


@adapters.command("list")
def list_adapters(json: Annotated[bool, Option("--json", help="Print one JSON array.")] = False) -> None:
    """Show every adapter on this machine; a star marks those in use."""
    from sqloop.adapters.command import print_adapters
    from sqloop.session import open_registry
    from sqloop.settings import load_settings

    print_adapters(open_registry(load_settings()), as_json=json)


@adapters.command()
def promote(name: Annotated[str, Argument(help="An adapter in the list.", show_default=False)]) -> None:
    """Use an adapter from the next question on, also in servers that are running."""
    from sqloop.adapters.command import print_promotion
    from sqloop.session import open_registry
    from sqloop.settings import load_settings

    print_promotion(open_registry(load_settings()), name)


@adapters.command()
def rollback(model: Model = None) -> None:
    """Go back to the adapter before, or to the bare model."""
    from sqloop.adapters.command import print_rollback
    from sqloop.adapters.following import identify_model
    from sqloop.session import name_model, open_registry
    from sqloop.settings import load_settings

    settings = load_settings(model=model)
    print_rollback(open_registry(settings), identify_model(name_model(settings)))


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command; the code it ends with, after one line on standard error where that is an error."""
    if not open_missing_streams():
        return _fail("Standard output is closed: there is nowhere to write to.", OutputError.exit_code)
    _write_utf8()
    logging.basicConfig(format="sqloop: %(message)s")
    code = 0
    try:
        with writing():
            code = app(arguments, prog_name="sqloop", standalone_mode=False)
        code = code if isinstance(code, int) else 0
        # Typer turns an interrupt into the code that it stands for.
        return _fail("Interrupted.", code) if code == CancelledError.exit_code else code
    except SQLoopError as error:
        return _fail(str(error), error.exit_code)
    except typer.TyperException as error:
        return _fail(_explain_usage(error), error.exit_code)
    except Exception as error:
        if TRACEBACK in os.environ:
            raise
        reason = f"{type(error).__name__}: {error}"
        return _fail(f"This is a bug in SQLoop: {reason}. {TRACEBACK}=1 shows where.", SQLoopError.exit_code)


def _explain_usage(error: typer.TyperException) -> str:
    """What is wrong with the arguments, and the help of the command that they were for."""
    context: typer.Context | None = getattr(error, "ctx", None)
    command = context.command_path if context else "sqloop"
    message = f"{error.format_message().rstrip('.')}."
    if command == "sqloop ask" and "unexpected extra argument" in message:
        message = "The question is one argument: put it in quotes."
    return f"{message} See {command} --help."


def _fail(message: str, code: int) -> int:
    # Messages may quote the database: no control character of it reaches the terminal.
    line = "".join(char for char in " ".join(message.split()) if char.isprintable())
    print(f"sqloop: {line}", file=sys.stderr)
    return code


def _write_utf8() -> None:
    """What goes into a pipe or a file is UTF-8 wherever it is run; a terminal knows best itself."""
    if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8")
