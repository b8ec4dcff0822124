"""Follow-ups on the command line: which answer they follow, and the full question before it is asked."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

from sqloop.answer import Answer
from sqloop.commands.showing import words_file
from sqloop.database.connect import Database
from sqloop.database.schema import Schema
from sqloop.dialogue.asking_back import find_choice
from sqloop.errors import QuestionError
from sqloop.explanation.conditions import list_words
from sqloop.feedback.events import Event, current_user, name_database
from sqloop.feedback.store import find_store
from sqloop.generation.prompts.forms import FollowUp
from sqloop.session import Session
from sqloop.settings import Settings
from sqloop.terminal.display import plain, print_words
from sqloop.terminal.line import edit_line, read_line
from sqloop.terminal.standard_output import write
from sqloop.terminal.telling import tell

RECENT = 500
"""Events that are looked through: a team writes into one store."""


def find_last(settings: Settings, database: Database) -> Event:
    """The last answer of this user on this database, as it was shown or corrected.

    Raises QuestionError where there is none, FeedbackError where the store cannot be read.
    """
    store = find_store(settings) if settings.feedback.enabled else None
    if store is not None:
        place, user = name_database(database.url), current_user()
        for event in reversed(store.events(RECENT)):
            if event.user == user and event.database == place and event.sql and event.kind != "rejected":
                return event
    raise QuestionError(
        "Nothing was answered on this database yet that this could follow.", "Ask the whole question first."
    )


def follow_event(event: Event, text: str) -> FollowUp:
    """``text`` as it follows what was shown."""
    return FollowUp(text, event.question, event.sql or "")


def explain_event(
    event: Event, text: str, session: Session, *, as_json: bool = False, sql_only: bool = False
) -> None:
    """Answer ``text``, "why so few?", by what the query that was shown does."""
    sql = event.sql or ""
    said = session.explain(sql, event.question)
    if as_json:
        told = {"question": event.question, "sql": sql, "explanation": said.to_json(), "follow_up": text}
        write(json.dumps(told, ensure_ascii=False) + "\n")
        return
    if sql_only:
        write(f"{sql};\n")
    print_words(str(said), sys.stderr if sql_only else words_file())


def decide(answer: Answer, schema: Schema, later: Callable[[str], None] | None = None) -> Answer:
    """The same, with the answer first that a person on a terminal chose of several; others are not asked.

    A line that chooses none goes to ``later``, and the first is taken; without, it is asked for again.
    """
    if answer.recalled is not None or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return answer
    choice = find_choice(answer.candidates, schema, answer.question)
    if choice is None:
        return answer
    options = "  ".join(f"[{number}] {plain(words)}" for number, (words, _) in enumerate(choice.options, 1))
    said = read_line(f"{plain(choice.question)} {options}  Enter: the first > ")
    numbers = {str(number): chosen for number, (_, chosen) in enumerate(choice.options, 1)}
    while said and said not in numbers:
        if later is not None:
            later(said)
            return answer
        said = read_line(f"{list_words([*numbers], 'or')}  Enter: the first > ")
    return answer.prefer(number) if (number := numbers.get(said or "", 0)) else answer


def confirm(question: str) -> str:
    """The question as a person leaves it; empty where they take it back. Elsewhere it is only shown."""
    if sys.stdin.isatty() and sys.stdout.isatty():
        return edit_line("Asking > ", question)
    tell(f"Asked as: {question}")
    return question
