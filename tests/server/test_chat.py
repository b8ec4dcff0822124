"""`sqloop` alone on a terminal: one start, then questions, commands and numbers, line by line."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from sqloop.feedback.store import FeedbackStore
from terminal import Terminal

PROMPT = "\x1b[?2004h"
"""What a terminal is told when a line is about to be read."""


@pytest.fixture
def talk(variables: Mapping[str, str], shop: Path, tmp_path: Path) -> Callable[..., Terminal]:
    """Begin a session on the shop."""

    def talk(**more: str) -> Terminal:
        told = {**variables, "PROMPT_TOOLKIT_NO_CPR": "1", **more}
        terminal = Terminal([sys.executable, "-m", "sqloop", "--db", str(shop)], told, tmp_path)
        terminal.expect("shop.db: customer")
        terminal.expect(PROMPT)
        return terminal

    return talk


def say(terminal: Terminal, line: str, *shows: str) -> None:
    """Type a line; return when all of ``shows`` and the next prompt have appeared."""
    terminal.type(f"{line}\r")
    for each in shows:
        terminal.expect(each)
    terminal.expect(PROMPT)


def test_questions_are_answered_one_after_the_other_and_judged(
    talk: Callable[..., Terminal], tmp_path: Path
) -> None:
    terminal = talk()
    say(terminal, "How many customers are there?", "SELECT COUNT(*) FROM customer", "1 row · ")
    say(terminal, "only 2023", "looks like a follow-up", "/new only 2023 asks it as it")
    say(terminal, "/others", "Ann")
    say(terminal, "2", "SELECT name FROM customer", "Ann")
    say(terminal, "/save names.json", "3 rows written to names.json")
    say(terminal, "/sql SELECT id FROM customer WHERE id > 1", "2 rows")
    terminal.type("/save names.json\r")
    terminal.expect("names.json exists. Replace it? [y/N] ")
    terminal.type("\n")
    terminal.expect("Nothing is written.")
    terminal.expect(PROMPT)
    assert "Ann" in (tmp_path / "names.json").read_text()
    terminal.type("/save names.json\r")
    terminal.expect("Replace it?")
    terminal.type("y\n")
    terminal.expect("2 rows written to names.json")
    terminal.expect(PROMPT)
    say(terminal, "/save ids.csv", "2 rows written to ids.csv")
    say(terminal, "/why", "where id is greater than 1")
    say(terminal, "/undo", "Nothing is left to take back here")
    say(terminal, "/rej", "Rejected, for 'How many customers are there?': SELECT name FROM customer")
    say(
        terminal,
        "/undo",
        "Taken back: rejected, for 'How many customers are there?': SELECT name FROM customer",
        "3 rows",  # What was judged is on the screen again.
    )
    say(terminal, "/others", "Ann")
    say(terminal, "1", "SELECT COUNT(*) FROM customer")
    say(terminal, "/acc", "Accepted, for 'How many customers are there?': SELECT COUNT(*) FROM customer")
    say(terminal, "How many customers are there?", "from memory")
    say(terminal, "/rej", "Rejected, for", "3 rows · ")  # Now the model answers.
    say(
        terminal,
        "/undo",
        "Taken back: rejected, for 'How many customers are there?': SELECT COUNT(*) FROM customer",
    )
    say(terminal, "list all tables", "customer", "1 row", "from the schema")
    assert "sqlite_schema" not in terminal.shown
    terminal.type("\x04")
    assert terminal.end() == 0
    store = FeedbackStore(str(tmp_path / "data" / "sqloop" / "feedback.sqlite"))
    assert [each.kind for each in store.events()] == ["shown", "accepted", "shown", "shown", "shown"]
    kept = tmp_path / "data" / "sqloop" / "questions.txt"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "How many customers are there?" in kept.read_text()


def test_a_command_that_fails_says_why_and_the_session_goes_on(talk: Callable[..., Terminal]) -> None:
    terminal = talk()
    say(terminal, "/nope", "There is no command /nope")
    say(terminal, "/accept", "There is no answer yet.")
    say(terminal, "/others", "There is no answer yet.")
    say(terminal, "/chart", "There is no answer yet.")
    say(terminal, "/save", "Under what name?")
    say(terminal, "/sql", "Which query?")
    say(terminal, "/sql DELETE FROM customer", "refused: ")
    say(terminal, "/sql SELECT AVG(id) FROM customer", "average id", "2", "1 row · your own query")
    say(terminal, "How many?", "1 row · ")
    say(terminal, "/save names.doc", "the name must end in .csv, .json, .md, .xlsx or .parquet")
    say(terminal, "x" * 4001, "4,000 are the most")
    terminal.type("/quit\r")
    assert terminal.end() == 0


def test_words_that_are_defined_meanwhile_are_known(
    talk: Callable[..., Terminal], variables: Mapping[str, str], shop: Path, tmp_path: Path
) -> None:
    terminal = talk()
    say(terminal, "/learn", "Nothing is defined yet")
    command = [
        sys.executable,
        "-m",
        "sqloop",
        "learn",
        "regular",
        "--sql",
        "customer.id > 1",
        "--db",
        str(shop),
    ]
    subprocess.run(command, cwd=tmp_path, env=dict(variables), check=True, capture_output=True)
    say(terminal, "How many regular customers are there?", 'your definition of "regular"')
    say(terminal, "/learn", "regular", "customer.id > 1")
    terminal.type("/quit\r")
    assert terminal.end() == 0


def test_sql_with_a_mistake_comes_back_on_the_line(talk: Callable[..., Terminal]) -> None:
    terminal = talk()
    say(terminal, "SELECT name FROM custome", "error: no such table: custome. Did you mean customer?")
    terminal.expect("SELECT name FROM custome")
    say(terminal, "r WHERE id = 1", "Ann", "1 row · your own query")
    say(terminal, "How many customers are there?", "1 row · ")
    terminal.type("/quit\r")
    assert terminal.end() == 0


def test_out_of_a_pipe_the_rows_are_csv_words_are_elsewhere_and_the_code_tells_of_failures(
    variables: Mapping[str, str], shop: Path, tmp_path: Path
) -> None:
    def talk(*lines: str, command: Sequence[str] = ("chat",)) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "sqloop", *command, "--db", str(shop)]
        typed, told = "\n".join(lines), dict(variables)
        return subprocess.run(command, cwd=tmp_path, env=told, input=typed, capture_output=True, text=True)

    one = "/sql SELECT id FROM customer LIMIT 1"
    done = talk("How many customers are there?", "/tables", "/why", one, "/help")
    assert done.returncode == 0
    (tmp_path / "one.csv").write_text("old")
    assert "1 row written to one.csv" in talk(one, "/save one.csv").stderr  # there is nobody to ask
    assert done.stdout == "COUNT(*)\n3\ntable,columns\ncustomer,2\nid\n1\n"
    assert "/accept" in done.stderr
    assert talk("/nope").returncode == 2
    assert talk("How many customers are there?", command=()).stdout == "COUNT(*)\n3\n"
    assert talk("/sql SELECT none FROM customer", "How many customers are there?").returncode == 1


@pytest.mark.parametrize("word", ["help", "?", "/help"])
def test_help_needs_no_slash(talk: Callable[..., Terminal], word: str) -> None:
    terminal = talk()
    say(terminal, word, "/accept   the answer is right", "/quit     leave")
    terminal.type("\x04")
    assert terminal.end() == 0


def test_a_word_is_defined_on_the_spot_and_counts_from_the_next_question_on(
    talk: Callable[..., Terminal], tmp_path: Path
) -> None:
    terminal = talk()
    say(terminal, "/learn", "Nothing is defined yet: /learn WORD says what it means.")
    say(terminal, "How many vegan customers are there?", 'Is "vegan" a word of yours? /learn vegan says what')
    terminal.type("/learn vegan\r")
    terminal.expect("vegan as SQL")
    say(terminal, "customer.diet = 'V'", "vegan cannot mean customer.diet = 'V': there is no customer.diet.")
    terminal.type("/learn vegan\r")
    terminal.expect("vegan as SQL")
    say(terminal, "customer.name IS NOT NULL", "vegan means customer.name IS NOT NULL. Written to")
    terminal.type("/learn good\r")
    terminal.expect("good as SQL")
    terminal.type("\n")
    terminal.expect("good in words > ")
    say(terminal, "who pays", "good means who pays. Written to")
    say(terminal, "/learn", "vegan: customer.name IS NOT NULL", "good: who pays")
    say(terminal, "How many vegan customers are there?", 'leaves out your definition of "vegan"')
    terminal.type("\x04")
    assert terminal.end() == 0
    assert "vegan" in (tmp_path / "sqloop.toml").read_text()


def test_with_the_starter_no_definition_is_offered(talk: Callable[..., Terminal]) -> None:
    terminal = talk(SQLOOP_MODEL="starter")
    say(
        terminal,
        "How many vegan customers are there?",
        'A real model may know "vegan": see sqloop model list.',
    )
    terminal.type("/learn vegan\r")
    terminal.expect("vegan as SQL")
    say(terminal, "customer.name IS NOT NULL", "Written to")
    terminal.type("\x04")
    assert terminal.end() == 0
    assert "The model starter does not use the glossary" in " ".join(terminal.shown.split())


def test_tab_completes_the_names_of_tables(talk: Callable[..., Terminal]) -> None:
    terminal = talk()
    terminal.type("/sql SELECT COUNT(*) FROM cust\t")
    terminal.expect("omer")  # the rest of the name alone is drawn
    terminal.type("\r")
    terminal.expect("count")
    terminal.expect(PROMPT)
    terminal.type("\x04")
    assert terminal.end() == 0


def test_without_feedback_nothing_that_is_typed_is_kept(
    talk: Callable[..., Terminal], tmp_path: Path
) -> None:
    terminal = talk(SQLOOP_FEEDBACK__ENABLED="false")
    say(terminal, "How many?", "1 row · ")
    terminal.type("\x04")
    assert terminal.end() == 0
    assert not (tmp_path / "data" / "sqloop" / "questions.txt").exists()


def test_an_interrupt_says_that_it_cancelled_and_the_session_goes_on(talk: Callable[..., Terminal]) -> None:
    terminal = talk()
    endless = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT MAX(n) FROM r"
    terminal.type(f"{endless}\r")
    terminal.interrupt("Cancelled.")
    say(terminal, "SELECT COUNT(*) FROM customer", "1 row · your own query")


def test_a_database_without_tables_is_told_of_at_once(variables: Mapping[str, str], tmp_path: Path) -> None:
    (tmp_path / "zero.db").touch()
    told = {**variables, "PROMPT_TOOLKIT_NO_CPR": "1"}
    terminal = Terminal([sys.executable, "-m", "sqloop", "--db", "zero.db"], told, tmp_path)
    terminal.expect("zero.db holds no tables. Fill it, or name another with --db.")
    terminal.expect(PROMPT)
    assert "Ask a question" not in terminal.shown
