"""`sqloop ask`: one question from the command line, shown as its reader needs it.

A person on a terminal gets the SQL and its rows; a program gets the rows as CSV (RFC 4180, with a header;
NULL and empty text are both an empty field, bytes are ``0x…``), the SQL alone, or one JSON object that tells
everything apart. What was shown is kept as feedback (see `sqloop.feedback`); on a terminal its user may then
accept, edit or reject it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqloop.answer import NOT_ALL_LINKED, Answer
from sqloop.asking.failures import tell_failure
from sqloop.asking.work import LONGEST_QUESTION, NO_ANSWER
from sqloop.commands.following import confirm, decide, explain_event, find_last, follow_event
from sqloop.commands.showing import IN_FILE, IN_SESSION, show_chart, write_rows
from sqloop.commands.verdict import Judging, hear_verdict
from sqloop.commands.waiting import spinner
from sqloop.dialogue import asks_why
from sqloop.errors import QuestionError, end_once
from sqloop.explanation import Explanation
from sqloop.feedback.events import show
from sqloop.feedback.journal import Journal
from sqloop.generation.prompts.forms import FollowUp
from sqloop.glossary.matching import name_key
from sqloop.glossary.spelling import short_tables
from sqloop.models import ChosenModel
from sqloop.models.sizes import size_text
from sqloop.places import data_folder
from sqloop.sample import NAME_YOURS, SAMPLE
from sqloop.session import Session
from sqloop.settings import Settings
from sqloop.terminal.certainty import GUESS, SURE, round_down
from sqloop.terminal.display import count_rows, draw_answer, fit_drawn, fit_rows, print_words
from sqloop.terminal.interrupt import run_interruptibly
from sqloop.terminal.printable import one_line
from sqloop.terminal.standard_output import write
from sqloop.terminal.table_file import check_name, write_table
from sqloop.terminal.telling import NOT_READ, reads_glossary, tell

NOTHING_RAN, UNSURE = 1, 4
"""Exit codes."""

PATIENCE = 1.0
"""Seconds that an answer as JSON, and whoever was given another one, waits for the store of feedback."""


SPELL = "sqloop learn --names"
NAMES = 3
"""That are told as examples of short ones."""

FIRST = "the model reads the schema first, once."
"""Why a question takes long."""

ADVISED = ".advised"
"""A file in the folder of the user's data: there when they were told of a better model."""


@dataclass(frozen=True)
class Output:
    """How an answer is given: ``file`` takes its rows, ``everything`` shows the other candidates as well.

    ``limit`` is how many of its rows, all that there are for None. ``explain`` says it in words too;
    ``follow_up`` is what was typed where that was no full question. ``in_session``: what is asked was said
    when the session began. ``later`` takes a line that was typed where something else was asked back.
    """

    as_json: bool = False
    sql_only: bool = False
    file: Path | None = None
    everything: bool = False
    chart: bool = False
    explain: bool = False
    limit: int | None = None
    follow_up: str = ""
    in_session: bool = False
    later: Callable[[str], None] | None = None

    @property
    def for_program(self) -> bool:
        """Whether what goes to standard output is data even on a terminal."""
        return self.as_json or self.sql_only

    @property
    def whole(self) -> str:
        """What shows the columns for which a terminal has no place."""
        return IN_SESSION if self.in_session else IN_FILE


def ask_question(
    question: str,
    settings: Settings,
    output: Output,
    *,
    keep: bool = True,
    sure: float = 0.0,
    follow: bool = False,
) -> int:
    """Give the answer to ``question``; the exit code: 0 answered, 1 no candidate ran, 4 less than ``sure``.

    With ``follow`` it goes on from the last answer, or explains it where that is asked for. A person on a
    terminal is asked for a verdict on an answer, unless nothing is to be kept. Raises what `Session`,
    `Session.ask` and `find_last` raise, and OutputError where ``output.file`` cannot be written.
    """
    if output.file is not None:
        check_name(output.file)
    if question == "-":
        question = _read_question()
    if not follow and asks_why(question):
        raise QuestionError(NO_ANSWER, "--follow goes on from your last answer and explains it.")
    journal = Journal(settings, tell, enabled=keep, patience=PATIENCE)
    with open_session(settings) as session:
        if follow:
            output = replace(output, follow_up=question)
            if not (question := _follow(question, session, output)):
                return 0
        refused = True
        while refused:
            answer, judging = give_answer(question, session, journal, output)
            refused = judging is not None and _is_refused(answer, session, judging)
    if answer.best is None:
        return NOTHING_RAN
    if answer.confidence < sure:
        tell(f"{round_down(answer.confidence):.0%} sure, less than --sure {sure:g}.")
        return UNSURE
    return 0


def _follow(text: str, session: Session, output: Output) -> str:
    """The full question that ``text`` means after the last answer; empty where nothing is to be asked.

    Raises what `find_last` and `write_out` raise, and QuestionError for rows that an explanation has not.
    """
    last = find_last(session.settings, session.database)
    if not asks_why(text, f"{last.question} {last.sql}"):
        return write_out(follow_event(last, text), session, "Without --follow it is asked as it stands.")
    if output.file is not None:
        raise QuestionError("An explanation has no rows to write.", "Leave out --output.")
    explain_event(last, text, session, as_json=output.as_json, sql_only=output.sql_only)
    return ""


def write_out(follow_up: FollowUp, session: Session, as_it_is: str) -> str:
    """The full question, as its user leaves it; empty where they take it back.

    Raises as rewriting does; where the model cannot do it, ``as_it_is`` says how the text is asked anyhow.
    """
    with spinner("Working out the question …"):
        try:
            question = run_interruptibly(lambda cancel: session.rewrite_after(follow_up, cancel))
        except QuestionError as error:
            raise QuestionError(error.message, f"{as_it_is} {error.hint}" if error.hint else "") from None
    return confirm(question)


def _advise_words(session: Session, answer: Answer, *, in_session: bool) -> None:
    """Tell what a person can say of the names and words that this answer may have got wrong."""
    unknown = [each for each in answer.not_understood if each[0].isalnum()]
    short = short_tables(session.settings.words.describe(session.schema))
    if short and answer.confidence < SURE and reads_glossary(answer.model.base):
        names = ", ".join(short[:NAMES])
        tell(f"Names such as {names} are short: answers are better once they are spelled out: {SPELL}")
    elif unknown:
        tell(tell_left_out(unknown[0].lower(), answer, in_session=in_session))


@contextmanager
def open_session(settings: Settings) -> Iterator[Session]:
    """A session whose model is being loaded; a sign of life while it opens. Raises what `Session` raises."""
    with ExitStack() as stack:
        with spinner("Opening the database and the model …"):
            session = stack.enter_context(Session(settings))
            session.start_model()
        if unread := session.database.unread:
            tell(end_once(f"Not read: {'; '.join(unread)}."))
        yield session


def give_answer(
    question: str, session: Session, journal: Journal, output: Output
) -> tuple[Answer, Judging | None]:
    """Ask, show the answer and keep that it was shown; None instead of a judging where nothing is kept."""
    with spinner("Asking …", FIRST):
        answer = run_interruptibly(lambda cancel: session.ask(question, cancel=cancel))
    if not output.for_program:
        answer = decide(answer, session.schema, output.later)
    keep = session.settings.feedback.answers
    shown = show(answer, session.schema.fingerprint, session.database.url, keep)
    said = session.explain(answer) if output.explain and answer.best else None
    kept = output.as_json and not answer.own and journal.write(shown)
    # Cut last: answers that begin with the same rows need not be the same, nor are they kept as such.
    given = answer if output.limit is None else answer.first(output.limit)
    _put_out(given, shown.id if kept else None, output, said, session.database.unread)
    if not output.as_json:  # only JSON says whether it is kept
        kept = not answer.own and journal.write(shown)
    if not (output.in_session or session.settings.names_database):
        tell(f"No database is named: this is {SAMPLE}. {NAME_YOURS}")
    for line in _caveats(given, session, output):
        tell(line)
    if sys.stdout.isatty() and not output.for_program:
        _advise_words(session, answer, in_session=output.in_session)
    if not output.for_program:
        _advise_once(session.chosen, data_folder(session.settings.data))
    if not kept or output.for_program:
        return answer, None
    return answer, Judging(shown, session.database, journal, keep, answer.candidates, whole=output.whole)


def _put_out(
    answer: Answer, event: str | None, output: Output, said: Explanation | None, unread: Sequence[str]
) -> None:
    """``event`` is the id of its `shown` event, None where none is kept; ``unread`` names files."""
    more = {
        **({"unread": list(unread)} if unread else {}),
        **({"explanation": said.to_json()} if said else {}),
        **({"follow_up": output.follow_up} if output.follow_up else {}),
    }
    if output.file is not None and answer.best is not None:
        write_table(output.file, answer.columns, answer.rows)
        tell(f"{count_rows(len(answer.rows))} written to {output.file}.")
    if output.as_json:
        print_json(answer, event, more)
    elif output.sql_only:
        write(f"{answer.sql};\n" if answer.sql else "")
    elif sys.stdout.isatty():
        show_answer(answer, output)
    elif answer.best is None:
        for candidate in answer.candidates if output.everything else ():
            failure = f"{candidate.outcome.status}: {candidate.outcome.error}: {candidate.sql}"
            print(one_line(failure), file=sys.stderr)
    elif output.file is None:
        write_rows(answer.columns, answer.rows)
    if said and not output.as_json:
        print_words(f"\n{said}", sys.stderr)


def print_json(answer: Answer, event: str | None, more: Mapping[str, object] | None = None) -> None:
    """The answer as one object; ``event`` is the id of its `shown` event, null where none is kept."""
    write(json.dumps({**answer.to_json(), "event": event, **(more or {})}, ensure_ascii=False) + "\n")


def show_answer(answer: Answer, output: Output) -> None:
    """Draw the answer on a terminal."""
    from rich.console import Console

    console = Console()
    sql = "" if answer.from_schema else answer.sql or ""
    most = fit_rows(console.height, sql, len(answer.rows))
    rows = fit_drawn(console, answer.columns, answer.rows, most, output.whole)
    console.print(draw_answer(answer, rows=rows, everything=output.everything, whole=output.whole))
    if output.chart:
        show_chart(answer.columns, answer.rows)


def _is_refused(answer: Answer, session: Session, judging: Judging) -> bool:
    """Whether a person on a terminal refuses what came from memory, so that the model is to be asked."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    session.generator.close()  # a person may take their time
    return hear_verdict(judging) and answer.recalled is not None


def _caveats(answer: Answer, session: Session, output: Output) -> Iterator[str]:
    """What must not be overlooked, where the output itself does not say it."""
    if answer.best is None:
        tried = "the key candidates shows what was tried" if output.as_json else "--all shows what was tried"
        yield tell_failure(answer, session.schema, "" if output.in_session or output.everything else tried)
    if output.as_json or answer.best is None:
        return
    if sys.stdout.isatty() and not output.sql_only and (output.file is None or not answer.truncated):
        return
    if origin := answer.recalled or answer.like:
        told = str(origin)
        yield f"{told[0].upper()}{told[1:]}: {answer.sql}"
    if answer.truncated:
        count, most = len(answer.rows), output.limit or session.settings.limits.rows
        way = "a larger limits.rows in sqloop.toml" if output.in_session else "a larger --limit"
        more = way if count >= most else "a larger limits.bytes in sqloop.toml"
        here = "row is" if count == 1 else f"{count:,} rows are"
        yield f"Only the first {here} here, there are more: {more} gives them."
    if answer.doubt:
        yield f"{answer.doubt[0].upper()}{answer.doubt[1:]}."
    if not answer.linked_all:
        yield NOT_ALL_LINKED
    if answer.confidence < GUESS:
        sure = f"{round_down(answer.confidence):.0%} sure"
        yield f"It is a guess ({sure})." if origin else f"The model is guessing ({sure}): {answer.sql}"


def tell_left_out(word: str, answer: Answer, *, in_session: bool) -> str:
    """What to do about a word that the query leaves out, which may be one of the glossary."""
    said = set(name_key(word))
    known = next((note for note in answer.notes if said.issubset(name_key(note.name))), None)
    left = f'The query leaves out your definition of "{known.name}" ({known.meaning}).' if known else ""
    if not reads_glossary(answer.model.base):
        return f"{left} {NOT_READ}" if left else f'A real model may know "{word}": see sqloop model list.'
    learn = f"/learn {word}" if in_session else f'sqloop learn "{word}" --sql "…"'
    return left or f'Is "{word}" a word of yours? {learn} says what it means.'


def _read_question() -> str:
    data = sys.stdin.buffer.read(4 * LONGEST_QUESTION + 1)
    return data.decode(errors="replace")


def _advise_once(chosen: ChosenModel, data: Path) -> None:
    """Tell a person on a terminal, once and never again, that there is a better model than the starter."""
    if chosen.better is None or not (sys.stdout.isatty() and sys.stderr.isatty()):
        return
    try:
        data.mkdir(parents=True, exist_ok=True)
        (data / ADVISED).touch(exist_ok=False)
    except OSError:  # They were told, or it cannot be remembered that they were.
        return
    size = size_text(chosen.better.bytes)
    tell(f"This was the small model that comes with SQLoop. A better one ({size}): {chosen.advice}")
