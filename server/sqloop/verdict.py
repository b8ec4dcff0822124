"""What a person on a terminal says of the answer just shown: accepted, edited, rejected, or nothing.

After a rejection the next candidate with another answer is shown, and may be judged in its turn.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from sqloop.database.connect import Database
from sqloop.database.outcome import Outcome
from sqloop.display import draw_rows, draw_sql, plain
from sqloop.feedback.events import Event, Said, judge, judge_sql
from sqloop.feedback.journal import Journal
from sqloop.feedback.kept import Keep, digest
from sqloop.interrupt import run_interruptibly
from sqloop.line import edit_line
from sqloop.ranking import Candidate

_SAID: dict[str, Said] = {"accept": "accepted", "reject": "rejected"}


def hear_verdict(
    shown: Event, database: Database, journal: Journal, keep: Keep, others: Sequence[Candidate] = ()
) -> bool:
    """Offer the choices until one is made; an edit is run read-only and may be edited again.

    ``others`` are the candidates behind the one that was shown. Enter and the end of input choose nothing.
    Whether all were rejected that there are. Raises CancelledError, and UnreachableError where an edit finds
    no database.
    """
    choices = ["accept", "edit", "reject"] if shown.sql else ["edit"]
    sql = shown.sql or ""
    waiting = [each for each in others if each.ran and not each.rejected]
    judged: Outcome | None = None
    while choice := _choose(choices):
        if choice in _SAID:
            schema = database.schema().fingerprint
            said = _SAID[choice]
            event = judge_sql(shown, said, sql, judged, schema, keep) if judged else judge(shown, said)
            _note(journal, event)
            if said == "accepted":
                return False
            refused = {event.answer.digest} if event.answer else set()
            waiting = [each for each in waiting if digest(each.outcome) not in refused]
            if not waiting:
                return True
            following = waiting.pop(0)
            sql, judged = following.sql, following.outcome
            _show_next(following)
            continue
        edited = _edit(sql)
        if edited in ("", sql):
            continue
        sql = edited
        outcome = _run(database, sql)
        _show(outcome)
        if outcome.status == "ok":
            _note(journal, judge_sql(shown, "edited", sql, outcome, database.schema().fingerprint, keep))
            choices = ["edit"]
    return False


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
    return (edit_line("SQL > ", sql) if edited is None else edited).strip().rstrip(";").strip()


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


def _run(database: Database, sql: str) -> Outcome:
    return run_interruptibly(lambda cancel: database.execute(sql, cancel))


def _show(outcome: Outcome) -> None:
    from rich.console import Console

    if outcome.status == "ok":
        Console().print(draw_rows(outcome.columns, outcome.rows))
    else:
        print(f"{outcome.status}: {plain(outcome.error)}", file=sys.stderr)


def _show_next(candidate: Candidate) -> None:
    from rich.console import Console

    print("The next candidate:", file=sys.stderr)
    Console().print(draw_sql(candidate.sql), draw_rows(candidate.outcome.columns, candidate.outcome.rows))


def _note(journal: Journal, event: Event) -> None:
    if journal.write(event):
        print(f"Noted as {event.kind}.", file=sys.stderr)
