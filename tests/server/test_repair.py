"""What a chat model is asked, and asked again where none of its queries ran."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from sqloop.answer import ModelName
from sqloop.asking.failures import tell_failure
from sqloop.assistant import Assistant
from sqloop.database.cancellation import Cancellation
from sqloop.database.connect import Database, connect
from sqloop.database.outcome import Limits
from sqloop.dialogue.asking_back import find_choice
from sqloop.errors import CancelledError
from sqloop.generation.generator import ModelInfo, Reading
from sqloop.generation.prompts.forms import FollowUp
from sqloop.generation.request import Completion, GenerationRequest
from sqloop.glossary import Entry, Glossary
from sqloop.linking.mentions import HANDLES

MODEL = ModelName("tiny")


@pytest.fixture
def database(shop: Path) -> Iterator[Database]:
    with connect(f"sqlite:///{shop}") as database:
        yield database


class Told:
    """A chat model that writes what it is told for each request in turn, and keeps what it was asked."""

    def __init__(self, *answers: Sequence[str], pause: float = 0.0, size: int | None = None) -> None:
        self._answers = list(answers)
        self._pause = pause
        self._size = size
        self.asked: list[GenerationRequest] = []

    def generate(
        self, request: GenerationRequest, cancel: Cancellation | None = None, reading: Reading | None = None
    ) -> list[Completion]:
        self.asked.append(request)
        Event().wait(self._pause)
        texts = self._answers.pop(0)
        return [Completion(text, -1.0 - place, 9, "tuned") for place, text in enumerate(texts)]

    def describe(self) -> ModelInfo:
        return ModelInfo("told", "tuned", "chat", None, self._size, True)

    def warm(self, prefix: str) -> None:
        pass

    def close(self) -> None:
        pass


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Busy cores would have more candidates stopped, whose votes are then missing."""
    monkeypatch.setattr("sqloop.race.LEAST_SECONDS", 60)


WRONG = ("SELECT nme FROM customer", "SELECT nam FROM customer", "not SQL (")
GOOD = "SELECT name FROM customer"


def test_where_no_query_ran_the_model_is_shown_the_likeliest_and_its_error(database: Database) -> None:
    told, steps = Told(WRONG, (GOOD, "SELECT 1")), list[str]()
    answer = Assistant(database, told, MODEL).ask("The names?", k=3, progress=steps.append)
    first, second = told.asked
    assert (second.prefix, second.k, second.decoding) == (first.prefix, 3, "branch")
    assert second.suffix == first.suffix + (
        "This query fails: SELECT nme FROM customer\nError: no such column: nme\n"
    )
    assert answer.sql == GOOD
    assert answer.proposed == 5
    assert {each.sql for each in answer.candidates if not each.ran} == {"not SQL (", *WRONG[:2]}
    assert answer.model.adapter == "tuned"
    assert "No query ran: the model is shown the error" in steps


class Reader(Told):
    """One that has to read the schema first."""

    def generate(
        self, request: GenerationRequest, cancel: Cancellation | None = None, reading: Reading | None = None
    ) -> list[Completion]:
        assert reading is not None
        reading(0.25)
        reading(1.0)
        return super().generate(request, cancel, reading)


def test_a_person_sees_how_much_of_the_schema_has_been_read(database: Database) -> None:
    steps = list[str]()
    Assistant(database, Reader((GOOD,)), MODEL).ask("The names?", k=1, progress=steps.append)
    writing = "The model is writing queries"
    assert steps[1:4] == [writing, "The model is reading the schema: 25%", writing]


def test_a_model_is_asked_again_once(database: Database) -> None:
    told = Told(WRONG, WRONG)
    answer = Assistant(database, told, MODEL).ask("The names?", k=3)
    assert len(told.asked) == 2
    assert answer.best is None


@pytest.mark.parametrize("first", [(GOOD,), (*WRONG, GOOD)])
def test_where_one_query_ran_the_model_is_not_asked_again(database: Database, first: Sequence[str]) -> None:
    told = Told(first)
    assert Assistant(database, told, MODEL).ask("The names?", k=4).sql == GOOD
    assert len(told.asked) == 1


def test_a_model_that_would_change_the_database_is_not_asked_again(database: Database) -> None:
    told = Told(
        ("DELETE FROM customer WHERE city = 'Hull'", "TRUNCATE TABLE customer", "DROP TABLE customer")
    )
    answer = Assistant(database, told, MODEL).ask("delete all customers from Hull", k=3)
    assert len(told.asked) == 1
    assert answer.best is None
    assert {(each.outcome.status, each.outcome.error) for each in answer.candidates} == {
        ("refused", f"SQLoop only reads: it runs no {word}") for word in ("DELETE", "TRUNCATE", "DROP")
    }
    assert (
        tell_failure(answer, database.schema(), "--all shows what was tried")
        == "SQLoop only reads: it runs no DELETE."
    )


def test_where_nothing_ran_one_sentence_says_why(database: Database) -> None:
    def fail(*written: str) -> str:
        told = Told(written, written)
        answer = Assistant(database, told, MODEL).ask("The revenue?", k=2)
        return tell_failure(answer, database.schema(), "--all shows all")

    advice = "Ask in other words, such as the names of tables and columns; --all shows all."
    assert fail("SELECT nme FROM customer", "I'm sorry") == f"No query ran: the database has no nme. {advice}"
    assert fail("I'm sorry", "SELECT SUM(a.b) FROM a") == f"No query ran: the database has no a. {advice}"
    assert fail("hmm (", "I cannot") == f"The model found no query for this question. {advice}"


def test_a_query_that_takes_too_long_is_not_a_matter_of_words(forever: Path) -> None:
    endless = ("SELECT COUNT(*) FROM forever",)
    with connect(f"sqlite:///{forever}", Limits(seconds=0.5)) as database:
        answer = Assistant(database, Told(endless, endless), MODEL).ask("How many?", k=1)
        told = tell_failure(answer, database.schema())
    assert told.startswith("No query ended in time: stopped after 0.5 s. Ask for less, or raise limits.")


def test_a_column_that_another_table_has_is_not_said_to_be_missing(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE customer (id, city); CREATE TABLE bill (id, total)")
    with connect(f"sqlite:///{path}") as database:
        wrong = ("SELECT total FROM bill WHERE city <> city AND vat > 1",)
        answer = Assistant(database, Told(wrong, wrong), MODEL).ask("The total?", k=1)
        told = tell_failure(answer, database.schema())
        typed = Assistant(database, Told(), MODEL).ask("SELECT b.city FROM bill AS b", k=1)
    assert told.startswith("No query ran: it looked for city in the wrong table; customer has it. Ask ")
    assert typed.candidates[0].outcome.error == "no such column: b.city. customer has it."


def test_a_column_that_several_tables_have_is_taken_from_each(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TABLE customer (id INTEGER PRIMARY KEY, city);"
            "CREATE TABLE store (id INTEGER PRIMARY KEY, city);"
            "CREATE TABLE sale (customer_id REFERENCES customer, store_id REFERENCES store);"
            "INSERT INTO customer VALUES (1, 'Hull'), (2, 'York'); INSERT INTO store VALUES (1, 'Bath');"
            "INSERT INTO sale VALUES (1, 1), (2, 1), (2, 1)"
        )
    told = Told(("SELECT city, COUNT(*) FROM sale GROUP BY city ORDER BY COUNT(*) DESC",))
    with connect(f"sqlite:///{path}") as database:
        answer = Assistant(database, told, MODEL).ask("Sales per city, most first", k=1)
        choice = find_choice(answer.candidates, database.schema(), answer.question)
    assert len(told.asked) == 1
    assert {each.outcome.rows for each in answer.candidates if each.ran} == {
        (("York", 2), ("Hull", 1)),
        (("Bath", 3),),
    }
    assert answer.confidence <= 0.5
    assert choice is not None
    assert choice.question == "Whose city is meant?"
    assert {each for each, _ in choice.options} == {"that of customer", "that of store"}


def test_no_sign_for_terminals_is_in_what_a_person_is_told(database: Database) -> None:
    told = Told(*2 * [("hmm and the other thing",)])
    (only,) = Assistant(database, told, MODEL).ask("The other thing of the customers?", k=1).candidates
    assert only.outcome.error.endswith("hmm and the other thing")
    assert "\x1b" not in only.outcome.error


def test_a_half_written_statement_is_not_repaired(database: Database) -> None:
    told = Told(WRONG)
    answer = Assistant(database, told, MODEL).ask("The names?", k=3, prefix="SELECT n")
    assert answer.best is None
    assert len(told.asked) == 1


WORDS = Glossary((Entry("regular", sql="customer.name IS NOT NULL"),), (("customer.name", "As on the bill"),))


def test_the_model_is_told_what_words_mean_and_what_columns_hold(database: Database) -> None:
    told = Told(("SELECT COUNT(*) FROM customer WHERE name IS NOT NULL",))
    answer = Assistant(database, told, MODEL, glossary=WORDS).ask("How many regulars?", k=1)
    (request,) = told.asked
    assert "name TEXT -- As on the bill; 'Ann'" in request.prefix
    assert request.suffix == ("Note: regular means customer.name IS NOT NULL\nQuestion: How many regulars?\n")
    assert answer.to_json()["notes"] == {"regular": "customer.name IS NOT NULL"}
    assert answer.not_understood == ()


def test_a_large_schema_is_cut_to_what_a_definition_names(tmp_path: Path) -> None:
    path = tmp_path / "large.db"
    with closing(sqlite3.connect(path)) as connection:
        for number in range(HANDLES.tables * 2):
            connection.execute(f"CREATE TABLE t{number} (a{number} TEXT, b{number} TEXT)")
    told, words = Told(("SELECT 1",)), Glossary((Entry("churn", sql="t41.a41 = 'gone'"),))
    with connect(f"sqlite:///{path}") as database:
        Assistant(database, told, MODEL, glossary=words).ask("What is the churn?", k=1)
    assert "CREATE TABLE t41 " in told.asked[0].prefix


def test_the_time_of_both_rounds_is_told(database: Database) -> None:
    answer = Assistant(database, Told(WRONG, (GOOD,), pause=0.05), MODEL).ask("The names?", k=3)
    timings = answer.timings
    parts = (timings.schema, timings.link, timings.generate, timings.execute)
    assert timings.generate >= 100
    assert timings.execute > 0
    assert sum(parts) == pytest.approx(timings.total, abs=20)


def test_a_cancel_between_the_rounds_stops(database: Database) -> None:
    cancel, told = Cancellation(), Told(WRONG, (GOOD,))

    def stop(step: str) -> None:
        if step.startswith("No query ran"):
            cancel.cancel()

    with pytest.raises(CancelledError):
        Assistant(database, told, MODEL).ask("The names?", 3, cancel, progress=stop)


@pytest.mark.parametrize(("size", "power"), [(None, 0.3), (1_117_320_768, 0.3), (491_400_064, 0.38)])
def test_a_chat_model_is_as_sure_as_it_was_measured_to_be(
    database: Database, size: int | None, power: float
) -> None:
    told = Told((GOOD, "SELECT COUNT(*) FROM customer"), size=size)
    answer = Assistant(database, told, MODEL).ask("The names?", k=2)
    assert [each.sql for each in answer.candidates] == [GOOD, "SELECT COUNT(*) FROM customer"]
    shares = [math.exp(-1) ** power, math.exp(-2) ** power]
    assert [each.share for each in answer.candidates] == pytest.approx(shares)
    assert answer.confidence == pytest.approx(shares[0])


def test_other_draws_are_drawn(database: Database) -> None:
    told = Told((GOOD,))
    Assistant(database, told, MODEL).ask("The names?", k=3, seed=7)
    assert (told.asked[0].decoding, told.asked[0].seed) == ("sample", 7)


AGAIN = "SELECT c.name FROM customer AS c"
"""What says the same as `GOOD`."""


def _go_on(database: Database, *answers: Sequence[str]) -> tuple[Told, Assistant, str]:
    """A model that was told a follow-up, and the full question."""
    told = Told(("The names, one is enough?",), *answers)
    assistant = Assistant(database, told, MODEL)
    return told, assistant, assistant.rewrite(FollowUp("One is enough.", "The names?", GOOD))


def test_a_follow_up_that_changed_nothing_is_asked_again_more_clearly(database: Database) -> None:
    told, assistant, question = _go_on(database, (AGAIN,), (f"{GOOD} LIMIT 1",))
    answer = assistant.ask(question, k=1)
    assert answer.sql == f"{GOOD} LIMIT 1"
    assert "Question: The names, but one is enough?\n" in told.asked[-1].suffix
    assert [each.sql for each in answer.candidates][1:] == [AGAIN]


def test_a_follow_up_that_changed_nothing_has_its_condition_turned(database: Database) -> None:
    before = "SELECT c.name FROM customer AS c WHERE c.name = 'Ada'"
    told = Told(("The rest of the names?",), (before,))
    assistant = Assistant(database, told, MODEL)
    question = assistant.rewrite(FollowUp("and the rest of them?", "Who is called Ada?", before))
    answer = assistant.ask(question, k=1)
    assert answer.sql == "SELECT c.name FROM customer AS c WHERE c.name <> 'Ada'"
    assert [each.sql for each in answer.candidates][1:] == [before]
    assert len(told.asked) == 2, "the model is not asked again"


def test_what_changes_nothing_twice_is_a_guess(database: Database) -> None:
    told, assistant, question = _go_on(database, (GOOD,), (GOOD,))
    answer = assistant.ask(question, k=1)
    assert (answer.sql, len(told.asked)) == (GOOD, 3)
    alone = Assistant(database, Told((GOOD,)), MODEL).ask(question, k=1)
    assert answer.confidence < 0.4 < alone.confidence


@pytest.mark.parametrize("edited", ["", " Only the first?"])
def test_a_follow_up_that_changed_something_or_was_edited_is_asked_once(
    database: Database, edited: str
) -> None:
    written = GOOD if edited else f"{GOOD} LIMIT 1"
    told, assistant, question = _go_on(database, (written,))
    assert assistant.ask(question + edited, k=1).sql == written
    assert len(told.asked) == 2
