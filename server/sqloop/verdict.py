"""What a person on a terminal says of the answer just shown: accepted, edited, rejected, or nothing."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from sqloop.database.connect import Database
from sqloop.database.outcome import Outcome
from sqloop.display import draw_rows, plain
from sqloop.feedback.events import Event, Said, judge, judge_sql
from sqloop.feedback.journal import Journal
from sqloop.feedback.kept import Keep
from sqloop.interrupt import run_interruptibly

_SAID: dict[str, Said] = {"accept": "accepted", "reject": "rejected"}


def hear_verdict(shown: Event, database: Database, journal: Journal, keep: Keep) -> None:
    """Offer the choices until one is made; an edit is run read-only and may be edited again.

    Enter and the end of input choose nothing. Raises CancelledError, and UnreachableError where an edit
    finds no database.
    """
    choices = ["accept", "edit", "reject"] if shown.sql else ["edit"]
    sql = shown.sql or ""
    while choice := _choose(choices):
        if choice in _SAID:
            _note(journal, judge(shown, _SAID[choice]))
            return
        edited = _edit(sql)
        if edited in ("", sql):
            continue
        sql = edited
        outcome = _run(database, sql)
        _show(outcome)
        if outcome.status == "ok":
            _note(journal, judge_sql(shown, "edited", sql, outcome, database.schema().fingerprint, keep))
            choices = ["edit"]


def _choose(choices: list[str]) -> str:
    """One of ``choices`` by its name or the beginning of it; empty for none."""
    offer = "  ".join(f"[{choice[0]}]{choice[1:]}" for choice in choices)
    while True:
        try:
            word = input(f"{offer}  Enter: done > ").strip().lower()
        except EOFError:
            print()
            return ""
        if not word:
            return ""
        for choice in choices:
            if choice.startswith(word):
                return choice


def _edit(sql: str) -> str:
    """``sql`` as the user leaves it, in $VISUAL, $EDITOR or on a line of the terminal."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    edited = _edit_in(editor, sql) if editor else None
    return (_edit_here(sql) if edited is None else edited).strip().rstrip(";").strip()


def _edit_in(editor: str, sql: str) -> str | None:
    """None where the editor cannot be used."""
    with TemporaryDirectory(prefix="sqloop-") as folder:
        path = Path(folder) / "query.sql"
        path.write_text(f"{sql}\n", encoding="utf-8", errors="replace")
        try:
            subprocess.run([*shlex.split(editor), str(path)], check=True)
            return path.read_text(encoding="utf-8", errors="replace")
        except (OSError, ValueError, subprocess.CalledProcessError) as error:
            print(f"sqloop: The editor {editor!r} failed ({type(error).__name__}).", file=sys.stderr)
            return None


def _edit_here(sql: str) -> str:
    """On one line, with the SQL already on it where the terminal can do that."""
    try:
        import readline
    except ImportError:
        return _read_line()
    readline.set_startup_hook(lambda: readline.insert_text(plain(" ".join(sql.splitlines()))))
    try:
        return _read_line()
    finally:
        readline.set_startup_hook(None)


def _read_line() -> str:
    try:
        return input("SQL > ")
    except EOFError:
        print()
        return ""


def _run(database: Database, sql: str) -> Outcome:
    return run_interruptibly(lambda cancel: database.execute(sql, cancel))


def _show(outcome: Outcome) -> None:
    from rich.console import Console

    if outcome.status == "ok":
        Console().print(draw_rows(outcome.columns, outcome.rows))
    else:
        print(f"{outcome.status}: {plain(outcome.error)}", file=sys.stderr)


def _note(journal: Journal, event: Event) -> None:
    if journal.write(event):
        print(f"Noted as {event.kind}.", file=sys.stderr)
