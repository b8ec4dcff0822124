"""`sqloop ask`: one question from the command line, shown as its reader needs it.

A person on a terminal gets the SQL, the rows and the other candidates; a program gets the rows as CSV (RFC
4180, with a header; NULL and empty text are both an empty field, bytes are ``0x…``) or one JSON object that
tells everything apart.
"""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sqloop.answer import Answer, json_value
from sqloop.interrupt import run_interruptibly
from sqloop.session import Session
from sqloop.settings import Settings

NOTHING_RAN = 1


def ask_question(question: str, settings: Settings, *, as_json: bool) -> int:
    """Print the answer to ``question``; the exit code, 0 answered or 1 when no candidate ran.

    Raises what `Session` and `Session.ask` raise.
    """
    with _spinner("Opening the database and the model …"), Session(settings) as session:
        session.start_model()
        answer = run_interruptibly(lambda cancel: session.ask(question, cancel=cancel))
    print_answer(answer, as_json=as_json)
    if answer.best is not None:
        return 0
    print("sqloop: No candidate ran.", file=sys.stderr)
    return NOTHING_RAN


def print_answer(answer: Answer, *, as_json: bool) -> None:
    """The answer on standard output, as JSON, for a terminal or as CSV."""
    if as_json:
        _print(json.dumps(answer.to_json(), ensure_ascii=False) + "\n")
    elif sys.stdout.isatty():
        from rich.console import Console

        Console().print(answer)
    elif answer.best is not None:
        _print(write_csv(answer))
    else:
        for candidate in answer.candidates:
            print(
                f"{candidate.outcome.status}: {candidate.outcome.error!r}: {candidate.sql!r}", file=sys.stderr
            )


def write_csv(answer: Answer) -> str:
    """The rows under a header, lines ended by a newline."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(answer.columns)
    writer.writerows([json_value(value) for value in row] for row in answer.rows)
    return text.getvalue()


@contextmanager
def _spinner(text: str) -> Iterator[None]:
    """A sign of life on standard error while a person waits."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(text):
        yield


def _print(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # `| head` has seen enough: no failure. Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
