"""`sqloop chat`: questions one after the other, each of which may refer to the answer before.

A line is a new question, a follow-up or a command that begins with a slash. A follow-up is shown as the full
question that it means and may be edited before it is asked. Where two answers differ by one decision, that is
asked; never more than one thing for one question. Also for lines out of a pipe: nothing is asked then.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack

from sqloop.answer import Answer
from sqloop.ask import PATIENCE, print_answer, spin, tell_caveats, warn
from sqloop.dialogue import asks_why, is_follow_up
from sqloop.display import plain
from sqloop.errors import QuestionError, SQLoopError
from sqloop.feedback.events import Event, show
from sqloop.feedback.journal import Journal
from sqloop.following import confirm, decide, find_last
from sqloop.generation.forms import FollowUp
from sqloop.interrupt import run_interruptibly
from sqloop.line import read_line
from sqloop.session import Session
from sqloop.settings import Settings
from sqloop.verdict import hear_verdict

HELP = """\
A question, or what follows from the last one: "only 2023", "and by country?", "why so few?".
/new QUESTION   a question of its own      /explain   the query in words
/judge          accept, edit or reject it  /quit      leave (or Ctrl-D)"""


class Chat:
    """One conversation about one database."""

    def __init__(self, settings: Settings, *, keep: bool) -> None:
        self._settings, self._keep = settings, keep
        self._session: Session
        self._journal = Journal(settings, warn, enabled=keep, patience=PATIENCE)
        self._answer: Answer | None = None
        self._shown: Event | None = None
        self._commands: dict[str, Callable[[str], None]] = {
            "/new": self._ask,
            "/explain": lambda _: self._explain(),
            "/judge": lambda _: self._judge(),
            "/help": lambda _: print(HELP, file=sys.stderr),
        }

    def run(self) -> int:
        """Talk until the user leaves; 0. Raises what opening a `Session` raises."""
        with ExitStack() as stack:
            with spin("Opening the database and the model …"):
                self._session = stack.enter_context(Session(self._settings))
                self._session.start_model()
            if sys.stdin.isatty():
                print(HELP, file=sys.stderr)
            while (line := read_line("\n> " if sys.stdin.isatty() else "")) not in (None, "/quit", "/q"):
                if line:
                    self._turn(line)
        return 0

    def _turn(self, line: str) -> None:
        command, _, rest = line.partition(" ")
        try:
            if line.startswith("/"):
                self._commands.get(command, self._complain)(rest.strip())
            elif self._shown is not None and asks_why(line):
                self._explain()
            elif self._shown is not None and is_follow_up(line):
                self._follow(line)
            else:
                self._ask(line)
        except SQLoopError as error:
            warn(str(error))

    def _follow(self, text: str) -> None:
        assert self._shown is not None
        if self._shown.sql is None:
            raise QuestionError("There is no answer that this could follow.", "Ask the whole question.")
        follow_up = FollowUp(text, self._shown.question, self._shown.sql)
        with spin("Working out the question …"):
            question = run_interruptibly(lambda cancel: self._session.rewrite_after(follow_up, cancel))
        if question := confirm(question):
            self._ask(question)

    def _ask(self, question: str) -> None:
        with spin("Asking …"):
            answer = run_interruptibly(lambda cancel: self._session.ask(question, cancel=cancel))
        self._answer = answer = decide(answer, self._session.database.dialect)
        session, keep = self._session, self._settings.feedback.answers
        self._shown = show(answer, session.schema.fingerprint, session.database.url, keep)
        print_answer(answer)
        tell_caveats(answer, self._settings, as_json=False)
        self._journal.write(self._shown)

    def _explain(self) -> None:
        if self._answer is None:
            raise QuestionError("There is nothing to explain yet.")
        print(plain(str(self._session.explain(self._answer)), newlines=True))

    def _judge(self) -> None:
        if self._answer is None or self._shown is None:
            raise QuestionError("There is nothing to judge yet.")
        keep = self._settings.feedback.answers
        hear_verdict(self._shown, self._session.database, self._journal, keep, self._answer.candidates[1:])
        if self._keep and self._settings.feedback.enabled:
            self._shown = find_last(self._settings, self._session.database)  # It may have been edited.

    def _complain(self, _: str) -> None:
        raise QuestionError("There is no such command.", "See /help.")
