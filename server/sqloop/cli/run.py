"""The command line as a whole: one command is run, and an error becomes one line and a code."""

from __future__ import annotations

import io
import logging
import os
import sys
from collections.abc import Sequence

import typer

from sqloop.cli import adapters, asking, feedback, folder, models, serving
from sqloop.errors import CancelledError, OutputError, SQLoopError, sentence
from sqloop.terminal.standard_output import open_missing_streams, writing
from sqloop.terminal.telling import tell

TRACEBACK = "SQLOOP_TRACEBACK"
"""Set to see where an error that nobody foresaw came from."""

app = typer.Typer(
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.callback(invoke_without_command=True)(asking.sqloop)
for command in (
    asking.ask,
    asking.chat,
    folder.init,
    asking.history,
    asking.console,
    folder.learn,
    folder.trust,
    folder.doctor,
    serving.lsp,
    serving.mcp,
):
    app.command()(command)
app.add_typer(feedback.app, name="feedback")
app.add_typer(models.app, name="model")
app.add_typer(adapters.app, name="adapters")


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
        if code != CancelledError.exit_code:  # Typer turns an interrupt into the code that it stands for.
            return code
        if sys.stderr.isatty():
            print(file=sys.stderr)  # ^C stands behind a prompt.
        return _fail("Interrupted.", code)
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
    message = sentence(error.format_message())
    if command == "sqloop" and message.startswith("No such command") and "Did you mean" not in message:
        message += ' sqloop ask "…" asks a question.'
    if command == "sqloop ask" and "unexpected extra argument" in message:
        message = "The question is one argument: put it in quotes."
    return f"{message} See {command} --help."


def _fail(message: str, code: int) -> int:
    # Messages may quote the database: no control character of it reaches the terminal.
    line = "".join(char for char in " ".join(message.split()) if char.isprintable())
    tell(line)
    return code


def _write_utf8() -> None:
    """What goes into a pipe or a file is UTF-8 wherever it is run; a terminal knows best itself."""
    if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8")
