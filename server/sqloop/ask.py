"""`sqloop ask`: one question from the command line, shown as its reader needs it.

A person on a terminal gets the SQL, the rows and the other candidates; a program gets the rows as CSV (RFC
4180, with a header; NULL and empty text are both an empty field, bytes are ``0x…``) or one JSON object that
tells everything apart. What was shown is kept as feedback (see `sqloop.feedback`); on a terminal its user may
then accept, edit or reject it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqloop.answer import GUESS, NOT_ALL_LINKED, Answer, json_value
from sqloop.assistant import LONGEST_QUESTION
from sqloop.csv_text import write_csv
from sqloop.display import plain
from sqloop.feedback.events import Event, show
from sqloop.feedback.journal import Journal
from sqloop.following import confirm, decide, find_last, follow_event
from sqloop.interrupt import run_interruptibly
from sqloop.models import ChosenModel
from sqloop.models.sizes import size_text
from sqloop.places import data_folder
from sqloop.session import Session
from sqloop.settings import Settings
from sqloop.standard_output import write
from sqloop.verdict import hear_verdict

NOTHING_RAN, UNSURE = 1, 4
"""Exit codes."""

PATIENCE = 1.0
"""Seconds that an answer waits for the store of feedback."""

ADVISED = ".advised"
"""A file in the folder of the user's data: there when they were told of a better model."""


def ask_question(
    question: str,
    settings: Settings,
    *,
    as_json: bool,
    keep: bool = True,
    sure: float = 0.0,
    follow: bool = False,
    explain: bool = False,
) -> int:
    """Print the answer to ``question``; the exit code: 0 answered, 1 no candidate ran, 4 less than ``sure``.

    With ``follow`` it refers to the last answer. A person on a terminal is then asked for a verdict, unless
    nothing is to be kept. Raises what `Session`, `Session.ask` and `find_last` raise.
    """
    if question == "-":
        question = _read_question()
    with ExitStack() as stack:
        journal = Journal(settings, warn, enabled=keep, patience=PATIENCE)
        with spin("Opening the database and the model …"):
            session = stack.enter_context(Session(settings))
            session.start_model()
        more: dict[str, object] = {}
        if follow:
            more["follow_up"] = question
            if not (question := _follow(question, session)):
                return 0
        refused = True
        while refused:
            with spin("Asking …"):
                answer = run_interruptibly(lambda cancel: session.ask(question, cancel=cancel))
            if not as_json:
                answer = decide(answer, session.database.dialect)
            shown = show(answer, session.schema.fingerprint, session.database.url, settings.feedback.answers)
            said = session.explain(answer) if explain else None
            if as_json:
                more |= {"explanation": said.to_json()} if said else {}
                print_json(answer, shown.id if journal.write(shown) else None, more)
            else:
                print_answer(answer)
                _advise_once(session.chosen, data_folder(settings.data))
            if said and not as_json:
                print(plain(f"\n{said}", newlines=True), file=sys.stderr)
            tell_caveats(answer, settings, as_json=as_json)
            refused = not as_json and journal.write(shown) and _is_refused(answer, shown, session, journal)
    if answer.best is None:
        return NOTHING_RAN
    return UNSURE if answer.confidence < sure else 0


def _follow(text: str, session: Session) -> str:
    """The full question, as its user leaves it; empty where they take it back."""
    follow_up = follow_event(find_last(session.settings, session.database), text)
    with spin("Working out the question …"):
        question = run_interruptibly(lambda cancel: session.rewrite_after(follow_up, cancel))
    return confirm(question)


def _is_refused(answer: Answer, shown: Event, session: Session, journal: Journal) -> bool:
    """Whether a person on a terminal refuses what came from memory, so that the model is to be asked."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    session.generator.close()  # a person may take their time
    keep = session.settings.feedback.answers
    refused = hear_verdict(shown, session.database, journal, keep, answer.candidates[1:])
    return refused and answer.recalled is not None


def print_json(answer: Answer, event: str | None, more: Mapping[str, object] | None = None) -> None:
    """The answer as one object; ``event`` is the id of its `shown` event, null where none is kept."""
    write(json.dumps({**answer.to_json(), "event": event, **(more or {})}, ensure_ascii=False) + "\n")


def print_answer(answer: Answer) -> None:
    """The answer on standard output, for a terminal or as CSV."""
    if sys.stdout.isatty():
        from rich.console import Console

        Console().print(answer)
    elif answer.best is not None:
        write(write_csv(answer.columns, [[json_value(value) for value in row] for row in answer.rows]))
    else:
        for candidate in answer.candidates:
            print(
                f"{candidate.outcome.status}: {candidate.outcome.error!r}: {candidate.sql!r}", file=sys.stderr
            )


def tell_caveats(answer: Answer, settings: Settings, *, as_json: bool) -> None:
    """On standard error what the answer must not be read without."""
    for line in _caveats(answer, settings, as_json=as_json):
        warn(line)
    if answer.not_understood and sys.stdout.isatty() and not as_json:
        word = plain(answer.not_understood[0]).lower()
        warn(f'Is "{word}" a word of yours? sqloop learn "{word}" --sql "…" says what it means.')


def _caveats(answer: Answer, settings: Settings, *, as_json: bool) -> Iterator[str]:
    """What must not be overlooked, where the output itself does not say it."""
    if answer.best is None:
        yield "No candidate ran."
    if as_json or sys.stdout.isatty() or answer.best is None:
        return
    if answer.truncated:
        count, most = len(answer.rows), settings.limits.rows
        more = f"--limit N for more than {most:,}" if count >= most else "see limits.bytes in sqloop.toml"
        yield f"Only the first {count:,} rows are here, the limits cut off the others: {more}."
    if answer.not_understood:
        yield f"{answer.doubt[0].upper()}{answer.doubt[1:]}."
    if not answer.linked_all:
        yield NOT_ALL_LINKED
    if answer.confidence < GUESS:
        yield f"The model is only {answer.confidence:.0%} sure of this answer: {answer.sql}"


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
    warn(f"This was the small model that comes with SQLoop. A better one ({size}): {chosen.advice}")


@contextmanager
def spin(text: str) -> Iterator[None]:
    """A sign of life on standard error while a person waits."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(text):
        yield


def warn(line: str) -> None:
    """One line on standard error."""
    print(f"sqloop: {plain(line)}", file=sys.stderr)
