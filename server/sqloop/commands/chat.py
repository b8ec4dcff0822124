"""`sqloop` alone: a session that starts once, and then answers one question after the other.

A line is a question, a follow-up ("only 2023"), SQL or a command. A follow-up is shown as the full question
that it means, and may be edited before it is asked. Commands begin with a slash and may be shortened; a
number chooses one of the answers that `/others` lists. What was typed is kept beside the feedback, for the
user alone, and nowhere where no feedback is kept.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sqloop.answer import Answer
from sqloop.asking.near_names import suggest_names
from sqloop.asking.typed_sql import is_sql
from sqloop.commands.ask import NOTHING_RAN, PATIENCE, Output, give_answer, open_session, write_out
from sqloop.commands.learn import learn, list_words
from sqloop.commands.prompt import open_prompt
from sqloop.commands.showing import FILL, IN_SESSION, show_chart, show_outcome, words_file
from sqloop.commands.verdict import Judging
from sqloop.database.outcome import Outcome
from sqloop.dialogue import asks_why, is_follow_up
from sqloop.errors import CancelledError, SQLoopError, UnreachableError
from sqloop.feedback.journal import Journal
from sqloop.generation.prompts.forms import FollowUp
from sqloop.sample import NAME_YOURS, SAMPLE
from sqloop.session import Session
from sqloop.settings import Settings
from sqloop.terminal.display import TERMINAL_ROWS, count_rows, plain, print_words
from sqloop.terminal.interrupt import run_interruptibly
from sqloop.terminal.line import agrees, read_line
from sqloop.terminal.table_file import check_name, write_table
from sqloop.terminal.telling import tell

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession

USAGE = 2
"""The exit code of a line that says what cannot be done."""

_WELCOME = "Ask a question. /help shows more, Tab completes names, Ctrl-D leaves."


_NO_ANSWER = "There is no answer yet."


@dataclass(frozen=True)
class Shown:
    """The rows that were shown last, and the query that gave them; empty where there was none."""

    sql: str
    outcome: Outcome


class Chat:
    """One session: the last answer, what can be done with it, and the rows that were shown last.

    ``code`` is what a program is told at the end: 0, or the code of the gravest line. In ``later`` are lines
    that were typed before they could be heard; ``judged`` is the answer before of which something was said.
    ``again`` is SQL with a mistake, which comes back on the next line.
    """

    def __init__(self, session: Session, journal: Journal) -> None:
        self.session, self.journal = session, journal
        self.answer: Answer | None = None
        self.judging: Judging | None = None
        self.judged: Judging | None = None
        self.shown: Shown | None = None
        self.code = 0
        self.later: list[str] = []
        self.again = ""
        self.commands: dict[str, Callable[[str], None]] = {
            "accept": self._accept,
            "edit": self._edit,
            "reject": self._reject,
            "undo": self._undo,
            "others": self._list_answers,
            "why": self._explain,
            "new": self._begin,
            "chart": self._draw_chart,
            "save": self._save,
            "tables": self._list_tables,
            "sql": self._run_sql,
            "learn": self._learn,
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
        if is_sql(line, self.session.schema):
            self._run_sql(line)
            return
        before = self.judging.sql if self.judging else self.answer.sql if self.answer else None
        asked, shown = self.answer.question if self.answer else "", self.shown.sql if self.shown else ""
        if (shown or before) and asks_why(line, f"{asked} {shown or before}"):
            self._explain("")
        elif self.answer is None or not before or not is_follow_up(line):
            self.ask(line)
        else:
            follow_up = FollowUp(line, self.answer.question, before)
            if question := write_out(follow_up, self.session, f"/new {line} asks it as it stands."):
                self.ask(question)

    def ask(self, question: str) -> None:
        """Answer a question, with the words of now. Raises what `Session.ask` raises."""
        self.session.renew_words()
        if self.judging is not None and "undo" in self.judging.choices:
            self.judged = self.judging
        output = Output(in_session=True, later=self.later.append)
        self.answer, self.judging = give_answer(question, self.session, self.journal, output)
        best = self.answer.best
        self.shown = Shown(best.sql, best.outcome) if best else None
        if best is None:
            self.fail(NOTHING_RAN)

    def fail(self, code: int, line: str = "") -> None:
        """Say that a line could not be obeyed."""
        self.code = max(self.code, code)
        if line:
            print(line, file=sys.stderr)

    def _obey(self, name: str, rest: str) -> None:
        found = [each for each in self.commands if name and each.startswith(name)]
        if len(found) != 1:
            self.fail(USAGE, f"There is no command /{plain(name)}: see /help.")
            return
        self.commands[found[0]](rest)

    def _accept(self, _: str) -> None:
        """the answer is right: the same question gets it again"""
        if judging := self._judging("accept"):
            judging.accept()

    def _reject(self, _: str) -> None:
        """the answer is wrong: shows the next one"""
        judging = self._judging("reject")
        if judging is None or self._see(judging, judging.reject()):
            return
        if self.answer is not None and self.answer.recalled is not None:
            self.ask(self.answer.question)
        else:
            print("There is no other answer: ask in other words, or /edit.", file=sys.stderr)

    def _edit(self, _: str) -> None:
        """change the SQL, run it and keep it as the better answer"""
        if judging := self._judging("edit"):
            print(f"The SQL for {plain(judging.question)!r}:", file=sys.stderr)
            self._see(judging, judging.edit())

    def _undo(self, _: str) -> None:
        """take back what you said last"""
        said = [each for each in (self.judging, self.judged) if each is not None and "undo" in each.choices]
        if said:
            self._see(said[0], said[0].undo(show=said[0] is self.judging))
        else:
            self.fail(USAGE, "Nothing is left to take back here; sqloop feedback undo goes back further.")

    def _list_answers(self, _: str) -> None:
        """the other answers; type the number of one to see it"""
        if judging := self._judging("others"):
            judging.list_answers()

    def _choose(self, number: int) -> None:
        judging = self._judging("others")
        if judging is not None and not self._see(judging, judging.choose(number)):
            self.fail(USAGE, "There is no answer of that number: see /others.")

    def _see(self, judging: Judging, outcome: Outcome | None) -> bool:
        """Remember what took the place of an answer on the screen; whether anything did."""
        if outcome is not None:
            self.shown = Shown(judging.sql, outcome)
        return outcome is not None

    def _explain(self, _: str) -> None:
        """the query shown last in words, and what it takes for granted"""
        if shown := self._seen():
            is_answer = self.answer is not None and shown.sql in (self.answer.sql, "")
            query = self.answer if self.answer is not None and is_answer else shown.sql
            judged = self.judging is not None and shown.sql == self.judging.sql
            question = self.judging.question if self.judging is not None and judged else ""
            print_words(str(self.session.explain(query, question)), words_file())

    def _begin(self, question: str) -> None:
        """QUESTION: ask it as it stands, though it may look like a follow-up"""
        self.ask(question)

    def _draw_chart(self, _: str) -> None:
        """draw the rows shown last"""
        if shown := self._seen():
            show_chart(shown.outcome.columns, shown.outcome.rows)

    def _save(self, name: str) -> None:
        """FILE: write the rows shown last to FILE.csv, .json, .md, .xlsx or .parquet"""
        if not name:
            self.fail(USAGE, "Under what name? /save FILE.csv, .json, .md, .xlsx or .parquet.")
        elif shown := self._seen():
            path = Path(name).expanduser()
            check_name(path)
            # A script means what it says, as with `sqloop ask -o`.
            if path.is_file() and sys.stdin.isatty() and not agrees(f"{path} exists. Replace it?"):
                print("Nothing is written.", file=sys.stderr)
                return
            columns, rows = shown.outcome.columns, shown.outcome.rows
            write_table(path, columns, rows)
            tell(f"{count_rows(len(rows))} written to {path}.")

    def _list_tables(self, _: str) -> None:
        """the tables and how many columns they have"""
        tables = tuple((table.name, len(table.columns)) for table in self.session.schema.tables)
        self._show("", Outcome("ok", ("table", "columns"), tables), len(tables))

    def _run_sql(self, sql: str) -> None:
        """SQL: run a query of your own, read-only; /sql may be left out"""
        if not sql:
            self.fail(USAGE, "Which query? /sql SELECT …")
            return
        outcome = run_interruptibly(lambda cancel: self.session.database.execute(sql, cancel))
        self._show(sql, suggest_names(outcome, sql, self.session.schema))
        self.again = sql if outcome.status == "error" else ""

    def _learn(self, word: str) -> None:
        """WORD: say what it means here, as SQL or in words; /learn alone lists what was said"""
        self.session.renew_words()
        word, settings = word.strip("\"' "), self.session.settings
        if not word and not settings.glossary and not settings.descriptions:
            print("Nothing is defined yet: /learn WORD says what it means.", file=sys.stderr)
            return
        if not word:
            list_words(settings, as_json=False)
            return
        sql = read_line(f"{plain(word)} as SQL, such as customers.status = 'A', or Enter > ") or ""
        means = "" if sql else read_line(f"{plain(word)} in words > ") or ""
        if not (sql or means):
            self.fail(USAGE, "Nothing is defined.")
            return
        learn(word, means, sql, settings)
        self.session.renew_words()

    def _show(self, sql: str, outcome: Outcome, most: int = TERMINAL_ROWS) -> None:
        """Show rows that answer no question."""
        if show_outcome(outcome, most, whole=IN_SESSION, own=bool(sql)):
            self.shown = Shown(sql, outcome)
        else:
            self.fail(NOTHING_RAN)

    def _help(self, _: str) -> None:
        """this list"""
        for name, command in self.commands.items():
            print(f"  /{name:<8} {(command.__doc__ or '').strip()}", file=words_file())
        print("  /quit     leave; so does Ctrl-D", file=words_file())

    def _seen(self) -> Shown | None:
        if self.shown is None:
            self.fail(USAGE, _NO_ANSWER)
        return self.shown

    def _judging(self, choice: str) -> Judging | None:
        if self.judging is not None and choice in self.judging.choices:
            return self.judging
        nothing = "There is only this answer." if choice == "others" else "There is nothing to judge."
        self.fail(USAGE, nothing if self.answer else _NO_ANSWER)
        return None


def chat(settings: Settings, *, keep: bool = True) -> int:
    """Ask until the user leaves; the exit code, which for lines out of a pipe is that of the gravest one.

    Raises what `Session` raises, and UnreachableError.
    """
    journal = Journal(settings, tell, enabled=keep, patience=PATIENCE)
    with open_session(settings) as session:
        session_chat = Chat(session, journal)
        read, person = _read_pipe, sys.stdin.isatty()
        if person:
            read = partial(_read_terminal, open_prompt(settings, session, session_chat.commands))
            _welcome(session)
        elif not settings.names_database:
            tell(f"No database is named: this is {SAMPLE}. {NAME_YOURS}")
        while True:
            try:
                again, session_chat.again = session_chat.again, ""
                if not session_chat.hear(session_chat.later.pop(0) if session_chat.later else read(again)):
                    break
            except EOFError:
                break
            except KeyboardInterrupt:
                continue
            except CancelledError:
                print("Cancelled.", file=sys.stderr)
            except UnreachableError:
                raise
            except SQLoopError as error:
                session_chat.fail(error.exit_code)
                tell(str(error))
    return 0 if person else session_chat.code


def _read_terminal(prompt: PromptSession[str], text: str) -> str:
    return prompt.prompt(default=text)


def _read_pipe(_: str) -> str:
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line


def _welcome(session: Session) -> None:
    names = [table.name for table in session.schema.tables]
    if not names:
        print(f"{plain(_name_database(session))} holds no tables. {FILL}")
        return
    some = ", ".join(map(plain, names[:5])) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    print_words(f"{plain(_name_database(session))}: {some}\n{_WELCOME}", sys.stdout)


def _name_database(session: Session) -> str:
    if session.settings.connection() is None:
        return "Sample database"
    return session.database.url.rsplit("/", 1)[-1].partition("?")[0]
