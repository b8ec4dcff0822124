"""What a person on a terminal says of the answer just shown: accepted, edited, rejected, or nothing.

Other answers are listed on request and chosen by number; after a rejection the next one is shown. Whatever
takes the place of the answer may be judged in its turn. `sqloop.commands.chat` judges with the same class.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import shorten

from sqloop.asking.near_names import suggest_names
from sqloop.commands.showing import IN_FILE, show_outcome, talk, tell_verdict
from sqloop.database.connect import Database
from sqloop.database.outcome import Outcome
from sqloop.feedback.events import Event, Said, judge, judge_sql
from sqloop.feedback.journal import Journal
from sqloop.feedback.kept import Keep
from sqloop.ranking import Candidate, group_by_answer
from sqloop.terminal.display import draw_answers, draw_sql, plain, print_words
from sqloop.terminal.interrupt import run_interruptibly
from sqloop.terminal.line import edit_line

_TOLD = 30
"""Characters that are said of a line that is none of the choices."""


_GONE = "It was taken back already."


@dataclass(frozen=True)
class _Judged:
    """What is on the screen: which answer, its query, its outcome if it is another than was shown first, and
    whether the query was written by the user."""

    at: int
    sql: str
    outcome: Outcome | None
    edited: bool = False


class Judging:
    """The SQL on the screen and its verdict; first what was shown, then an edit or another answer."""

    def __init__(
        self,
        shown: Event,
        database: Database,
        journal: Journal,
        keep: Keep,
        candidates: Sequence[Candidate] = (),
        *,
        whole: str = IN_FILE,
    ) -> None:
        """``candidates`` are those of the answer, the one that was shown first.

        ``whole`` is what shows the columns for which a terminal has no place.
        """
        self._shown, self._database, self._journal, self._keep = shown, database, journal, keep
        self._whole = whole
        self._answers = group_by_answer(candidates)
        self._refused: set[int] = set()
        self._at = 0
        self._draft = shown.sql or ""
        self._attempt = ""  # an edit of it that did not run
        self._outcome: Outcome | None = None  # of another answer; None for what was shown
        self._edited = shown.sql is None
        self._said: list[tuple[Event, _Judged]] = []  # what was kept, and of what

    @property
    def choices(self) -> tuple[str, ...]:
        """What can be said now."""
        undo = ("undo",) if self._said else ()
        if self._edited:
            return ("edit", *undo)
        return ("accept", "edit", "reject", *(("others",) if len(self._answers) > 1 else ()), *undo)

    @property
    def sql(self) -> str:
        """What is judged; empty where no candidate ran."""
        return self._draft

    @property
    def question(self) -> str:
        """The question whose answer is judged."""
        return self._shown.question

    def accept(self) -> None:
        """Keep that it is right."""
        self._say("accepted")

    def reject(self) -> Outcome | None:
        """Keep that it is wrong, and show the next answer, whose outcome it returns; None where is none."""
        self._say("rejected")
        self._refused.add(self._at)
        for number, group in enumerate(self._answers):
            if number not in self._refused and not group[0].rejected:
                print("The next candidate:", file=sys.stderr)
                return self.choose(number + 1)
        return None

    def edit(self) -> Outcome | None:
        """Let the user change the SQL, run it read-only and keep it as the better answer where it runs.

        One with a mistake comes back on the line, until it runs or is left as it is; what was written in an
        editor comes back with the next edit. None where no rows were shown.
        """
        written = self._attempt or self._draft
        while (edited := _edit(written)) not in ("", written):
            self._attempt = written = edited
            outcome = self._run(edited)
            if show_outcome(outcome, whole=self._whole):
                self._keep_verdict("edited", edited, outcome)
                self._draft, self._attempt, self._edited = edited, "", True
                return outcome
            if outcome.status != "error" or _editor() or not sys.stdin.isatty():
                break
        return None

    def _run(self, sql: str) -> Outcome:
        outcome = run_interruptibly(lambda cancel: self._database.execute(sql, cancel))
        return suggest_names(outcome, sql, self._database.schema())

    def undo(self, *, show: bool = True) -> Outcome | None:
        """Take back what was said last, for good; what was judged is judged again.

        It is shown again if something else has taken its place, unless ``show`` is off: then its outcome is
        returned.
        """
        event, judged = self._said[-1]
        if (forgotten := self._journal.forget(event.id)) is None:
            return None
        self._said.pop()
        print_words(tell_verdict(event, taken_back=True) if forgotten else _GONE, sys.stderr)
        self._refused.discard(judged.at)
        now, self._judged = self._judged, judged
        return self._show(judged) if show and now != judged and not judged.edited else None

    @property
    def _judged(self) -> _Judged:
        return _Judged(self._at, self._draft, self._outcome, self._edited)

    @_judged.setter
    def _judged(self, judged: _Judged) -> None:
        self._at, self._draft, self._attempt = judged.at, judged.sql, ""
        self._outcome, self._edited = judged.outcome, judged.edited

    def _show(self, judged: _Judged) -> Outcome:
        outcome = judged.outcome or self._answers[judged.at][0].outcome
        if sys.stdout.isatty():
            talk().print(draw_sql(judged.sql))
        show_outcome(outcome, whole=self._whole)
        return outcome

    def list_answers(self) -> int:
        """Show every answer with the number by which it is chosen; returns the highest."""
        talk().print(draw_answers(self._answers))
        return len(self._answers)

    def choose(self, number: int) -> Outcome | None:
        """Show the answer of that number in place of the one on the screen; None where there is none."""
        if self._edited or not 1 <= number <= len(self._answers):
            return None
        chosen = self._answers[number - 1][0]
        self._judged = _Judged(number - 1, chosen.sql, chosen.outcome if number > 1 else None)
        return self._show(self._judged)

    def _say(self, said: Said) -> None:
        if self._outcome is None:
            self._note(judge(self._shown, said))
        else:
            self._keep_verdict(said, self._answers[self._at][0].sql, self._outcome)

    def _keep_verdict(self, said: Said, sql: str, outcome: Outcome) -> None:
        schema = self._database.schema().fingerprint
        self._note(judge_sql(self._shown, said, sql, outcome, schema, self._keep))

    def _note(self, event: Event) -> None:
        if self._journal.write(event):
            self._said.append((event, self._judged))
            print_words(tell_verdict(event), sys.stderr)


def hear_verdict(judging: Judging) -> bool:
    """Offer the choices until one is made; an edit may be edited again.

    Enter and the end of input choose nothing. Whether all answers were rejected that there are. Raises
    CancelledError, and UnreachableError where an edit finds no database.
    """
    listed = 0
    while choice := _choose(judging.choices, listed):
        if choice == "accept":
            judging.accept()
            return False
        if choice == "reject":
            if not judging.reject():
                return True
        elif choice == "edit":
            judging.edit()
        elif choice == "undo":
            judging.undo()
        elif choice == "others":
            listed = judging.list_answers()
        elif not judging.choose(int(choice)):
            print("There is no answer of that number.", file=sys.stderr)
    return False


def _choose(choices: Sequence[str], listed: int) -> str:
    """One of ``choices`` by its name or the beginning of it, or a number; empty for none.

    ``listed`` is the highest number on the screen, 0 where there is none.
    """
    offer = "  ".join(f"[{choice[0]}]{choice[1:]}" for choice in choices)
    offer += f"  1-{listed}: see it" if listed and "others" in choices else ""
    while True:
        try:
            word = input(f"{offer}  Enter: done > ").strip().lower()
        except EOFError:
            print()
            return ""
        if not word or (word.isdecimal() and "others" in choices):
            return word
        for choice in choices:
            if choice.startswith(word):
                return choice
        print(_tell_choices(word, choices), file=sys.stderr)


def _tell_choices(word: str, choices: Sequence[str]) -> str:
    """What may be said instead of ``word``.

    >>> _tell_choices("o", ["accept", "edit"])
    'o: there is no other answer. Type a, e or Enter.'
    >>> _tell_choices("how many bikes are there in all", ["edit"])
    'Not understood: how many bikes are there in… Type e or Enter.'
    """
    letters = ", ".join(choice[0] for choice in choices)
    told = plain(shorten(word, _TOLD, placeholder="…"))
    said = f"Not understood: {told}{'' if told.endswith('…') else '.'}"
    if word.isdecimal() or "others".startswith(word):
        said = f"{told}: there is no other answer."
    return f"{said} Type {letters} or Enter."


def _edit(sql: str) -> str:
    """``sql`` as the user leaves it, in $VISUAL, $EDITOR or on a line of the terminal."""
    editor = _editor()
    edited = _edit_in(editor, sql) if editor else None
    return (edit_line("SQL > ", sql) if edited is None else edited).strip().rstrip(";").strip()


def _editor() -> str:
    return os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""


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
