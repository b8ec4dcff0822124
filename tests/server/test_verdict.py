"""Accept, edit, reject on a real terminal: what is typed, what is shown, what is kept."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from sqloop.feedback.events import Event
from sqloop.feedback.store import FeedbackStore
from terminal import Terminal

COUNT = "SELECT COUNT(*) FROM customer"
CHOICES = "[a]ccept  [e]dit  [r]eject  Enter: done > "
MORE_CHOICES = "[a]ccept  [e]dit  [r]eject  [o]thers  Enter: done > "
LISTED = "[a]ccept  [e]dit  [r]eject  [o]thers  1-2: see it  Enter: done > "
OFFER = Path(__file__).with_name("offer.py")

Offer = Callable[..., Terminal]


@pytest.fixture
def plain_variables(tmp_path: Path) -> dict[str, str]:
    """The environment of a user who has set nothing, and no editor."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SQLOOP_")}
    kept |= {"XDG_DATA_HOME": str(tmp_path / "data"), "NO_COLOR": "1", "HOME": str(tmp_path)}
    return {name: value for name, value in kept.items() if name not in ("EDITOR", "VISUAL")}


@pytest.fixture
def offer(plain_variables: Mapping[str, str], tmp_path: Path, shop: Path) -> Offer:
    """Show the answer of some SQL on a terminal, and offer to judge it."""

    def offer(*sqls: str, **more: str) -> Terminal:
        command = [sys.executable, str(OFFER), f"sqlite:///{shop}", *(sqls or (COUNT,))]
        return Terminal(command, {**plain_variables, **more}, tmp_path)

    return offer


@pytest.fixture
def said(tmp_path: Path) -> Callable[[], list[Event]]:
    """The verdicts that were kept."""
    path = tmp_path / "data" / "sqloop" / "feedback.sqlite"
    return lambda: [event for event in FeedbackStore(str(path)).events() if event.kind != "shown"]


Said = Callable[[], list[Event]]


def write_editor(folder: Path, script: str) -> str:
    """A command that edits the file it is given, as `script` does."""
    path = folder / "my editor.sh"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return f"'{path}' --wait"


def edit(terminal: Terminal) -> None:
    """Correct the query in the line that holds it, and leave."""
    terminal.expect(CHOICES)
    terminal.type("e\n")
    terminal.expect(f"SQL > {COUNT}")
    terminal.type(" WHERE id > 1\n")
    terminal.expect("Edited, for")
    terminal.type("\n")
    assert terminal.end() == 0


@pytest.mark.parametrize(
    ("keys", "kind"),
    [
        ("a\n", "accepted"),
        ("r\n", "rejected"),
        ("What?\nreject\n", "rejected"),
        (" A \n", "accepted"),
    ],
)
def test_a_letter_judges_what_was_shown(offer: Offer, said: Said, keys: str, kind: str) -> None:
    terminal = offer()
    terminal.expect(CHOICES)
    terminal.type(keys)
    terminal.expect(f"{kind.capitalize()}, for 'How many?': {COUNT}\r\n")
    assert terminal.end() == 0
    (event,) = said()
    assert (event.kind, event.sql) == (kind, COUNT)


@pytest.mark.parametrize("keys", ["\n", "\x04"], ids=["Enter", "Ctrl-D"])
def test_who_says_nothing_leaves_no_word(offer: Offer, said: Said, keys: str) -> None:
    terminal = offer()
    terminal.expect(CHOICES)
    terminal.type(keys)
    assert terminal.end() == 0
    assert said() == []


def test_an_edit_in_the_users_editor_is_run_shown_and_kept(offer: Offer, said: Said, tmp_path: Path) -> None:
    editor = write_editor(tmp_path, "sed -i 's/COUNT(\\*)/name/; $a WHERE id = 1;' \"$2\"")
    terminal = offer(EDITOR=editor)
    terminal.expect(CHOICES)
    terminal.type("e\n")
    terminal.expect("Ann")
    terminal.expect("Edited, for")
    terminal.expect("[e]dit  [u]ndo  Enter: done > ")
    terminal.type("u\n")
    terminal.expect("Taken back: edited, for")
    terminal.expect(CHOICES)
    assert not said()
    terminal.type("e\n")
    terminal.expect("Edited, for")
    terminal.expect("[e]dit  [u]ndo  Enter: done > ")
    terminal.type("\n")
    assert terminal.end() == 0
    (event,) = said()
    assert (event.kind, event.sql) == ("edited", "SELECT name FROM customer\nWHERE id = 1")
    assert event.answer is not None
    assert event.answer.rows == (("Ann",),)


def test_without_an_editor_the_line_holds_the_sql(offer: Offer, said: Said) -> None:
    terminal = offer()
    edit(terminal)
    assert [(event.kind, event.sql) for event in said()] == [("edited", f"{COUNT} WHERE id > 1")]


def test_an_edit_that_does_not_run_says_why_and_comes_back_on_the_line(offer: Offer, said: Said) -> None:
    terminal = offer()
    terminal.expect(CHOICES)
    terminal.type("e\n")
    terminal.expect(f"SQL > {COUNT}")
    terminal.type(" WHERE x\n")
    terminal.expect("error: no such column: x")
    terminal.expect(f"SQL > {COUNT} WHERE x")
    terminal.type(" IS NULL AND 1\x01\x0bDELETE FROM customer\n")  # to the start of the line, and cut it
    terminal.expect("refused: ")
    terminal.expect(CHOICES)
    terminal.type("\n")
    assert terminal.end() == 0
    assert said() == []


@pytest.mark.parametrize("script", ["true", ': > "$2"', "exit 1"], ids=["unchanged", "emptied", "failed"])
def test_an_editor_that_changes_nothing_says_nothing(
    offer: Offer, said: Said, tmp_path: Path, script: str
) -> None:
    terminal = offer(VISUAL=write_editor(tmp_path, script), EDITOR="/no/such/editor")
    terminal.expect(CHOICES)
    terminal.type("e\n")
    if script == "exit 1":
        terminal.expect("The editor ")
        terminal.expect("SQL > ")
        terminal.type("\n")
    terminal.expect(CHOICES)
    terminal.type("\n")
    assert terminal.end() == 0
    assert said() == []


def test_where_nothing_ran_the_right_sql_can_be_written(offer: Offer, said: Said) -> None:
    terminal = offer("SELECT x FROM customer")
    terminal.expect("[e]dit  Enter: done > ")
    assert "accept" not in terminal.shown
    terminal.type("e\n")
    terminal.expect("SQL > ")
    terminal.type(f"{COUNT}\n")
    terminal.expect("Edited, for")
    terminal.type("\n")
    assert terminal.end() == 0
    assert [event.sql for event in said()] == [COUNT]


def test_ask_on_a_terminal_shows_the_answer_and_hears_the_verdict(
    variables: Mapping[str, str], shop: Path, said: Said, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "sqloop", "ask", "How many?", "--db", f"sqlite:///{shop}", "-k", "1"]
    terminal = Terminal(command, variables, tmp_path)
    terminal.expect("1 row · ")
    terminal.expect(CHOICES)
    terminal.type("a\n")
    terminal.expect("Accepted, for")
    assert terminal.end() == 0
    assert [(event.kind, event.sql) for event in said()] == [("accepted", COUNT)]


def test_an_interrupt_at_the_question_ends_with_130(
    variables: Mapping[str, str], shop: Path, said: Said, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "sqloop", "ask", "How many?", "--db", f"sqlite:///{shop}", "-k", "1"]
    terminal = Terminal(command, variables, tmp_path)
    terminal.expect(CHOICES)
    terminal.interrupt("Interrupted.")
    assert terminal.end() == 130
    assert terminal.shown.endswith("\r\nsqloop: Interrupted.\r\n")
    assert said() == []


@pytest.mark.parametrize("flags", [["--json"], ["--no-feedback"]])
def test_who_wants_data_or_no_feedback_is_asked_nothing(
    variables: Mapping[str, str], shop: Path, tmp_path: Path, flags: list[str]
) -> None:
    command = [sys.executable, "-m", "sqloop", "ask", "How many?", "--db", f"sqlite:///{shop}", *flags]
    terminal = Terminal(command, variables, tmp_path)
    assert terminal.end() == 0
    assert "[a]ccept" not in terminal.shown


def test_forgetting_asks_on_a_terminal(
    offer: Offer, plain_variables: Mapping[str, str], tmp_path: Path
) -> None:
    terminal = offer()
    terminal.expect(CHOICES)
    terminal.type("a\n")
    assert terminal.end() == 0
    store = FeedbackStore(str(tmp_path / "data" / "sqloop" / "feedback.sqlite"))
    for answer, says, left in (("\n", "Nothing is forgotten.", 2), ("y\n", "2 events forgotten.", 0)):
        command = [sys.executable, "-m", "sqloop", "feedback", "forget", "--all"]
        terminal = Terminal(command, plain_variables, tmp_path)
        terminal.expect("Forget 2 events for good? [y/N] ")
        terminal.type(answer)
        terminal.expect(says)
        assert terminal.end() == 0
        assert len(store.events()) == left


def test_the_list_is_a_table_on_a_terminal(
    offer: Offer, plain_variables: Mapping[str, str], tmp_path: Path
) -> None:
    terminal = offer()
    terminal.expect(CHOICES)
    terminal.type("r\n")
    assert terminal.end() == 0
    terminal = Terminal([sys.executable, "-m", "sqloop", "feedback", "list"], plain_variables, tmp_path)
    assert terminal.end() == 0
    lines = terminal.shown.splitlines()
    assert any("question" in line and "SQL" in line for line in lines)
    assert any("shown" in line and "How many?" in line for line in lines)
    assert any("rejected" in line for line in lines)


def test_after_a_rejection_the_next_candidate_with_another_answer_is_offered(
    offer: Offer, said: Said
) -> None:
    names = "SELECT name FROM customer WHERE id = 1"
    terminal = offer(COUNT, "SELECT COUNT(id) FROM customer", "SELECT x FROM customer", names)
    terminal.expect(MORE_CHOICES)
    terminal.type("r\n")
    terminal.expect("The next candidate:")
    terminal.expect("Ann")
    terminal.expect("[o]thers  [u]ndo  Enter: done > ")
    terminal.type("a\n")
    terminal.expect("Accepted, for")
    assert terminal.end() == 0
    assert [(event.kind, event.sql) for event in said()] == [("rejected", COUNT), ("accepted", names)]


def test_what_was_judged_by_mistake_is_judged_again(offer: Offer, said: Said) -> None:
    names = "SELECT name FROM customer WHERE id = 1"
    terminal = offer(COUNT, names)
    terminal.expect(MORE_CHOICES)
    terminal.type("r\n")
    terminal.expect("The next candidate:")
    terminal.expect("[u]ndo  Enter: done > ")
    terminal.type("e\n")
    terminal.expect(f"SQL > {names}")
    terminal.type(" OR id = 2\n")
    terminal.expect("Edited, for")
    terminal.expect("[u]ndo  Enter: done > ")
    terminal.type("u\n")
    terminal.expect("Taken back: edited")
    terminal.expect(names)  # Which was edited, and not the first.
    terminal.expect("[u]ndo  Enter: done > ")
    terminal.type("u\n")
    terminal.expect("Taken back: rejected")
    terminal.expect(COUNT)
    terminal.expect("Enter: done > ")
    terminal.type("a\n")
    terminal.expect("Accepted, for")
    assert terminal.end() == 0
    assert [(event.kind, event.sql) for event in said()] == [("accepted", COUNT)]


def test_what_is_none_of_the_choices_is_said(offer: Offer, said: Said) -> None:
    terminal = offer()
    terminal.expect(CHOICES)
    for typed, told in (
        ("o", "o: there is no other answer. Type a, e, r or Enter."),
        ("2", "2: there is no other answer. Type a, e, r or Enter."),
        ("how many bikes are left", "Not understood: how many bikes are left. Type a, e, r or Enter."),
    ):
        terminal.type(f"{typed}\n")
        terminal.expect(told)
        terminal.expect(CHOICES)
    terminal.type("\n")
    assert terminal.end() == 0
    assert said() == []


def test_another_answer_is_listed_chosen_by_number_and_judged(offer: Offer, said: Said) -> None:
    names = "SELECT name FROM customer WHERE id = 1"
    terminal = offer(COUNT, names, "SELECT COUNT(id) FROM customer")
    terminal.expect(MORE_CHOICES)
    terminal.type("others\n")
    terminal.expect("SELECT COUNT(*) FROM customer  (and 1 like it)")
    terminal.expect("Ann      SELECT name")
    terminal.expect(LISTED)
    terminal.type("3\n")
    terminal.expect("There is no answer of that number.")
    terminal.type("2\n")
    terminal.expect("name")
    terminal.expect(LISTED)
    terminal.type("a\n")
    terminal.expect("Accepted, for")
    assert terminal.end() == 0
    assert [(event.kind, event.sql) for event in said()] == [("accepted", names)]


def test_a_remembered_answer_that_is_rejected_gives_way_to_the_models(
    variables: Mapping[str, str], shop: Path, said: Said, tmp_path: Path
) -> None:
    url = f"sqlite:///{shop}"
    command = [sys.executable, "-m", "sqloop", "ask", "How many?", "--db", url, "-k", "1"]
    terminal = Terminal(command, variables, tmp_path)
    edit(terminal)
    terminal = Terminal(command, variables, tmp_path)
    terminal.expect("from memory, accepted 20")
    terminal.expect(CHOICES)
    terminal.type("r\n")
    terminal.expect("Rejected, for")
    terminal.expect("1 row · ")
    terminal.expect(CHOICES)
    terminal.type("\n")
    assert terminal.end() == 0
    terminal = Terminal([*command, "--no-memory"], variables, tmp_path)
    terminal.expect("1 row · ")
    terminal.expect(CHOICES)
    terminal.type("\n")
    assert terminal.end() == 0
