"""`sqloop` alone: a session that starts once, and then answers one question after the other.

A line is a question, a follow-up ("only 2023") or a command. A follow-up is shown as the full question that
it means, and may be edited before it is asked. Commands begin with a slash and may be shortened; a number
chooses one of the answers that `/others` lists. What was typed is kept beside the feedback, for the user
alone, and nowhere where no feedback is kept.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqloop.answer import Answer
from sqloop.commands.ask import PATIENCE, Output, give_answer, open_session, show_chart, warn, write_out
from sqloop.commands.verdict import Judging
from sqloop.dialogue import asks_why, is_follow_up
from sqloop.errors import CancelledError, SQLoopError, UnreachableError
from sqloop.feedback.journal import Journal
from sqloop.generation.prompts.forms import FollowUp
from sqloop.places import data_folder
from sqloop.session import Session
from sqloop.settings import Settings
from sqloop.terminal.display import TERMINAL_ROWS, count_rows, draw_rows, plain, print_words, tell_rows
from sqloop.terminal.interrupt import run_interruptibly
from sqloop.terminal.table_file import check_name, write_table

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import Completer

HISTORY = "questions.txt"
"""A file in the folder of the user's data: what was typed."""

_WELCOME = "Ask a question. /help shows more, Tab completes names, Ctrl-D leaves."


class Chat:
    """One session: the last answer, and what can be done with it."""

    def __init__(self, session: Session, journal: Journal) -> None:
        self.session, self.journal = session, journal
        self.answer: Answer | None = None
        self.judging: Judging | None = None
        self.commands: dict[str, Callable[[str], None]] = {
            "accept": self._accept,
            "edit": self._edit,
            "reject": self._reject,
            "others": self._list_answers,
            "why": self._explain,
            "new": self._begin,
            "chart": self._draw_chart,
            "save": self._save,
            "tables": self._list_tables,
            "sql": self._run_sql,
            "help": self._help,
        }

    def hear(self, line: str) -> bool:
        """Do what a line says; False where it ends the session. Raises SQLoopError."""
        line = line.strip()
        if line in ("/quit", "/exit", "/q", "exit", "quit"):
            return False
        if line.casefold() in ("help", "?"):
            self._help("")
        elif line.isdecimal():
            self._choose(int(line))
        elif line.startswith("/"):
            name, _, rest = line[1:].partition(" ")
            self._obey(name, rest.strip())
        elif line:
            self._talk(line)
        return True

    def _talk(self, line: str) -> None:
        """A question, what follows from the last one, or why its answer is what it is."""
        before = self.judging.sql if self.judging else self.answer.sql if self.answer else None
        if self.answer is None or not before:
            self.ask(line)
        elif asks_why(line):
            self._explain("")
        elif not is_follow_up(line):
            self.ask(line)
        elif question := write_out(FollowUp(line, self.answer.question, before), self.session):
            self.ask(question)

    def ask(self, question: str) -> None:
        """Answer a question. Raises what `Session.ask` raises."""
        self.answer, self.judging = give_answer(question, self.session, self.journal, Output())

    def _obey(self, name: str, rest: str) -> None:
        found = [each for each in self.commands if name and each.startswith(name)]
        if len(found) != 1:
            print(f"There is no command /{plain(name)}: see /help.", file=sys.stderr)
            return
        self.commands[found[0]](rest)

    def _accept(self, _: str) -> None:
        """the answer is right: the same question gets it again"""
        if judging := self._judging("accept"):
            judging.accept()

    def _reject(self, _: str) -> None:
        """the answer is wrong: shows the next one"""
        judging = self._judging("reject")
        if judging is None or judging.reject():
            return
        if self.answer is not None and self.answer.recalled is not None:
            self.ask(self.answer.question)
        else:
            print("There is no other answer: ask in other words, or /edit.", file=sys.stderr)

    def _edit(self, _: str) -> None:
        """change the SQL, run it and keep it as the better answer"""
        if judging := self._judging("edit"):
            judging.edit()

    def _list_answers(self, _: str) -> None:
        """the other answers; type the number of one to see it"""
        if judging := self._judging("others"):
            judging.list_answers()

    def _choose(self, number: int) -> None:
        judging = self._judging("others")
        if judging is not None and not judging.choose(number):
            print("There is no answer of that number: see /others.", file=sys.stderr)

    def _explain(self, _: str) -> None:
        """the query in words, and what it takes for granted"""
        if answer := self._answered():
            print_words(str(self.session.explain(answer)), sys.stdout)

    def _begin(self, question: str) -> None:
        """QUESTION: ask it as it stands, though it may look like a follow-up"""
        self.ask(question)

    def _draw_chart(self, _: str) -> None:
        """draw the answer"""
        if answer := self._answered():
            show_chart(answer)

    def _save(self, name: str) -> None:
        """FILE: write its rows to FILE.csv, .json, .md, .xlsx or .parquet"""
        if not name:
            print("Under what name? /save FILE.csv, .json, .md, .xlsx or .parquet.", file=sys.stderr)
        elif answer := self._answered():
            path = Path(name).expanduser()
            check_name(path)
            write_table(path, answer.columns, answer.rows)
            warn(f"{count_rows(len(answer.rows))} written to {path}.")

    def _list_tables(self, _: str) -> None:
        """the tables and how many columns they have"""
        tables = [(table.name, len(table.columns)) for table in self.session.schema.tables]
        _print(draw_rows(("table", "columns"), tables, len(tables)))

    def _run_sql(self, sql: str) -> None:
        """SQL: run a query of your own, read-only"""
        if not sql:
            print("Which query? /sql SELECT …", file=sys.stderr)
            return
        outcome = run_interruptibly(lambda cancel: self.session.database.execute(sql, cancel))
        if outcome.status == "ok":
            _print(draw_rows(outcome.columns, outcome.rows))
            told = tell_rows(len(outcome.rows), TERMINAL_ROWS, truncated=outcome.truncated)
            print(told, file=sys.stderr)
        else:
            print(f"{outcome.status}: {plain(outcome.error)}", file=sys.stderr)

    def _help(self, _: str) -> None:
        """this list"""
        for name, command in self.commands.items():
            print(f"  /{name:<8} {(command.__doc__ or '').strip()}")
        print("  /quit     leave; so does Ctrl-D")

    def _answered(self) -> Answer | None:
        if self.answer is not None and self.answer.best is not None:
            return self.answer
        print("There is no answer yet.", file=sys.stderr)
        return None

    def _judging(self, choice: str) -> Judging | None:
        if self.judging is not None and choice in self.judging.choices:
            return self.judging
        said = (
            "There is only this answer."
            if choice == "others" and self.answer
            else "There is nothing to judge."
        )
        print(said, file=sys.stderr)
        return None


def chat(settings: Settings, *, keep: bool = True) -> int:
    """Ask until the user leaves; the exit code. Raises what `Session` raises, and UnreachableError."""
    journal = Journal(settings, warn, enabled=keep, patience=PATIENCE)
    with open_session(settings) as session:
        talk = Chat(session, journal)
        read = _read_pipe
        if sys.stdin.isatty():
            read = _open_prompt(settings, session, talk).prompt
            _welcome(session)
        while True:
            try:
                if not talk.hear(read()):
                    return 0
            except EOFError:
                return 0
            except (KeyboardInterrupt, CancelledError):
                continue
            except UnreachableError:
                raise
            except SQLoopError as error:
                warn(str(error))


def _read_pipe() -> str:
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line


def _welcome(session: Session) -> None:
    names = [table.name for table in session.schema.tables]
    some = ", ".join(map(plain, names[:5])) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    print(f"{plain(_name_database(session))}: {some}\n{_WELCOME}")


def _name_database(session: Session) -> str:
    if session.settings.connection() is None:
        return "Sample database"
    return session.database.url.rsplit("/", 1)[-1].partition("?")[0]


def _open_prompt(settings: Settings, session: Session, talk: Chat) -> PromptSession[str]:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
    from prompt_toolkit.history import FileHistory, InMemoryHistory

    path = data_folder(settings.data) / HISTORY
    history = (
        FileHistory(str(path)) if settings.feedback.enabled and _is_writable(path) else InMemoryHistory()
    )
    return PromptSession(
        "? ",
        history=history,
        auto_suggest=AutoSuggestFromHistory(),
        completer=_complete(session, talk),
        complete_while_typing=False,
    )


def _is_writable(path: Path) -> bool:
    """Whether the file is there now, for its user alone."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
    except OSError:
        return False
    return True


def _complete(session: Session, talk: Chat) -> Completer:
    """Tables before columns, and commands."""
    from prompt_toolkit.completion import WordCompleter

    def words() -> list[str]:
        tables = session.schema.tables
        names = [table.name for table in tables] + [each.name for table in tables for each in table.columns]
        return [*dict.fromkeys(names), *(f"/{name}" for name in talk.commands), "/quit"]

    return WordCompleter(words, ignore_case=True, match_middle=False, WORD=True)


def _print(drawn: object) -> None:
    from rich.console import Console

    Console().print(drawn)
