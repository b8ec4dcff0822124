"""The whole way of a question, on real databases and with a real (tiny) model in its worker process."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from io import StringIO
from pathlib import Path
from threading import Event, Thread

import pytest
from rich.console import Console

import sqloop
from sqloop.answer import LeftOut, ModelName
from sqloop.asking.failures import tell_failure
from sqloop.assistant import Assistant
from sqloop.database.cancellation import Cancellation
from sqloop.database.connect import Database, connect
from sqloop.database.outcome import Limits, Outcome
from sqloop.errors import CancelledError, DatabaseError, ModelError, QuestionError
from sqloop.generation.generator import Generator, ModelInfo, Reading
from sqloop.generation.opening import open_generator
from sqloop.generation.prompts.hub_forms import ChatForm
from sqloop.generation.request import Completion, GenerationRequest
from sqloop.glossary import Entry, Glossary
from sqloop.linking.mentions import HANDLES
from sqloop.settings_file import SettingsFile
from sqloop.trust import trust

MakeModel = Callable[..., Path]
MODEL = ModelName("tiny")


@pytest.fixture(scope="module")
def counting(counting_model: Path) -> Iterator[Generator]:
    generator = open_generator(str(counting_model))
    yield generator
    generator.close()


@pytest.fixture
def database(shop: Path) -> Iterator[Database]:
    with connect(f"sqlite:///{shop}") as database:
        yield database


class Told:
    """A chat model that writes what it is told for each request in turn, and keeps what it was asked."""

    def __init__(self, *answers: Sequence[str], pause: float = 0.0) -> None:
        self._answers = list(answers)
        self._pause = pause
        self.asked: list[GenerationRequest] = []

    def generate(
        self, request: GenerationRequest, cancel: Cancellation | None = None, reading: Reading | None = None
    ) -> list[Completion]:
        self.asked.append(request)
        Event().wait(self._pause)
        texts = self._answers.pop(0)
        return [Completion(text, -1.0 - place, 9, "tuned") for place, text in enumerate(texts)]

    def describe(self) -> ModelInfo:
        return ModelInfo("told", "tuned", "chat", None, None, True)

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
    assert tell_failure(answer, "--all shows what was tried") == "SQLoop only reads: it runs no DELETE."


def test_where_nothing_ran_one_sentence_says_why(database: Database) -> None:
    def fail(*written: str) -> str:
        told = Told(written, written)
        return tell_failure(Assistant(database, told, MODEL).ask("The revenue?", k=2), "--all shows all")

    advice = "Ask in other words, such as the names of tables and columns; --all shows all."
    assert fail("SELECT nme FROM customer", "I'm sorry") == f"No query ran: the database has no nme. {advice}"
    assert fail("I'm sorry", "SELECT SUM(a.b) FROM a") == f"No query ran: the database has no a. {advice}"
    assert fail("hmm (", "I cannot") == f"The model found no query for this question. {advice}"


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


def test_the_starter_model_is_not_asked_again(forever: Path, counting: Generator) -> None:
    steps: list[str] = []
    with connect(f"sqlite:///{forever}", Limits(seconds=0.1)) as database:
        Assistant(database, counting, MODEL).ask("How many are there?", k=1, progress=steps.append)
    assert steps.count("The model is writing queries") == 1


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


def test_a_chat_model_is_as_sure_as_it_was_measured_to_be(database: Database) -> None:
    answer = Assistant(database, Told((GOOD, "SELECT COUNT(*) FROM customer")), MODEL).ask("The names?", k=2)
    assert [each.sql for each in answer.candidates] == [GOOD, "SELECT COUNT(*) FROM customer"]
    shares = [math.exp(-1) ** ChatForm.calibration, math.exp(-2) ** ChatForm.calibration]
    assert [each.share for each in answer.candidates] == pytest.approx(shares)
    assert answer.confidence == pytest.approx(shares[0])


def test_other_draws_are_drawn(database: Database) -> None:
    told = Told((GOOD,))
    Assistant(database, told, MODEL).ask("The names?", k=3, seed=7)
    assert (told.asked[0].decoding, told.asked[0].seed) == ("sample", 7)


def test_a_question_becomes_executed_candidates_that_vote(database: Database, counting: Generator) -> None:
    answer = Assistant(database, counting, MODEL).ask("How many customers are there?", k=2)
    count, names = sorted(answer.candidates, key=lambda each: each.sql)
    assert (count.sql, names.sql) == ("SELECT COUNT(*) FROM customer", "SELECT name FROM customer")
    assert count.votes + names.votes == answer.proposed == 2
    mass = sum(math.exp(each.score) for each in answer.candidates)
    assert answer.confidence == answer.candidates[0].share >= mass / 2
    assert sum(each.share for each in answer.candidates) == pytest.approx(mass)
    assert (answer.sql, answer.rows) == (answer.candidates[0].sql, answer.candidates[0].outcome.rows)
    assert count.outcome.rows == ((3,),)
    assert answer.timings.total >= answer.timings.generate > 0


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("The names of all customers", "SELECT name FROM customer"),
        ("The number of customers", "SELECT COUNT(*) FROM customer"),
    ],
)
def test_the_words_of_the_question_choose_among_likely_queries(
    database: Database, counting: Generator, question: str, first: str
) -> None:
    answer = Assistant(database, counting, MODEL).ask(question, k=2)
    assert len(answer.candidates) == 2
    assert answer.sql == first


def test_the_same_question_gets_the_same_answer(database: Database, counting: Generator) -> None:
    assistant = Assistant(database, counting, MODEL)
    first, second = (assistant.ask("How many customers are there?", k=8) for _ in range(2))
    assert [(each.sql, each.votes) for each in first.candidates] == [
        (each.sql, each.votes) for each in second.candidates
    ]


def test_equal_sql_is_run_once(
    database: Database, counting: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    execute = database.execute

    def counted(sql: str, cancel: Cancellation | None = None) -> Outcome:
        ran.append(sql)
        return execute(sql, cancel)

    monkeypatch.setattr(database, "execute", counted)
    answer = Assistant(database, counting, MODEL).ask("How many customers are there?", k=16)
    assert sorted(ran) == sorted(each.sql for each in answer.candidates)


def test_a_completion_that_does_not_end_is_a_candidate_that_failed(
    database: Database, make_model: MakeModel
) -> None:
    endless = make_model(
        {"sql": {"select": 30}, "select": {"c1": 30}, "c1": {"plus": 30}, "plus": {"c1": 30}}
    )
    with sqloop.connect(database.url, model=str(endless)) as session:
        answer = session.ask("How many?", k=1)
    assert (answer.best, answer.sql, answer.rows, answer.confidence) == (None, None, (), 0.0)
    assert answer.candidates[0].outcome.status == "error"
    assert answer.candidates[0].outcome.error.startswith("The model wrote no query: it did not")


def test_a_candidate_that_takes_too_long_is_shown_as_such(forever: Path, counting: Generator) -> None:
    with connect(f"sqlite:///{forever}", Limits(seconds=0.2)) as database:
        answer = Assistant(database, counting, MODEL).ask("How many are there?", k=1)
    assert answer.best is None
    assert [each.outcome.status for each in answer.candidates] == ["timeout"]


def test_a_cancel_reaches_the_database_and_the_next_question_works(
    forever: Path, counting: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(f"sqlite:///{forever}", Limits(seconds=600)) as database:
        running, cancel, raised = Event(), Cancellation(), list[BaseException]()
        execute = database.execute

        def announced(sql: str, cancel: Cancellation | None = None) -> Outcome:
            running.set()
            return execute(sql, cancel)

        monkeypatch.setattr(database, "execute", announced)
        assistant = Assistant(database, counting, MODEL)

        def work() -> None:
            try:
                assistant.ask("How many are there?", 1, cancel)
            except CancelledError as error:
                raised.append(error)

        thread = Thread(target=work)
        thread.start()
        assert running.wait(60)
        cancel.cancel()
        thread.join(60)
        assert not thread.is_alive()
        assert len(raised) == 1
        assert execute("SELECT 1").rows == ((1,),)


def test_a_cancel_before_the_question_stops_it(database: Database, counting: Generator) -> None:
    cancel = Cancellation()
    cancel.cancel()
    with pytest.raises(CancelledError):
        Assistant(database, counting, MODEL).ask("How many customers are there?", 1, cancel)


@pytest.mark.parametrize("question", ["", " \n\t"])
def test_an_empty_question_is_refused(database: Database, counting: Generator, question: str) -> None:
    with pytest.raises(QuestionError, match="empty"):
        Assistant(database, counting, MODEL).ask(question, 1)


def test_a_question_of_100_000_characters_is_refused(database: Database, counting: Generator) -> None:
    with pytest.raises(QuestionError, match="100,000 characters; 4,000 are the most"):
        Assistant(database, counting, MODEL).ask("x" * 100_000, 1)


def test_a_question_may_hold_bytes_that_are_no_text(database: Database, counting: Generator) -> None:
    answer = Assistant(database, counting, MODEL).ask("How many \udcff\x00 🦊 customers?", 1)
    assert answer.best is not None


def test_a_database_without_tables_is_an_error_that_names_it(tmp_path: Path, counting: Generator) -> None:
    path = tmp_path / "empty.db"
    sqlite3.connect(path).close()
    with connect(f"sqlite:///{path}") as database, pytest.raises(DatabaseError, match=r"empty\.db holds no"):
        Assistant(database, counting, MODEL).ask("How many?", 1)


def test_connect_takes_what_is_not_given_from_the_settings(
    shop: Path, counting_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shop.parent / "sqloop.toml").write_text(
        f'model = "{counting_model}"\nk = 3\n[connections]\nshop = "sqlite:///{shop.name}"'
    )
    monkeypatch.chdir(shop.parent)
    trust(SettingsFile.read(shop.parent / "sqloop.toml"))
    with sqloop.connect() as session:
        answer = session.ask("How many customers are there?")
        assert [table.name for table in session.schema.tables] == ["customer"]
    assert answer.proposed == 3
    assert answer.model == ModelName(str(counting_model))


def test_without_anything_the_sample_database_is_asked(
    counting_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with sqloop.connect(model=str(counting_model)) as session:
        assert session.schema.table("customers") is not None


def test_what_a_prompt_had_no_room_for_is_told(tmp_path: Path, counting: Generator) -> None:
    with closing(sqlite3.connect(tmp_path / "large.sqlite")) as connection:
        for name in ("penguin", *(f"other{n}" for n in range(HANDLES.tables))):
            connection.execute(f"CREATE TABLE {name} (a, b)")
    with connect(f"sqlite:///{tmp_path / 'large.sqlite'}") as large:
        answer = Assistant(large, counting, MODEL).ask("How many penguins?", 1)
    assert answer.left_out == LeftOut(HANDLES.tables, 2 * HANDLES.tables, ("penguin",))
    assert answer.to_json()["left_out"] == {"tables": 24, "columns": 48, "shows": ("penguin",)}
    out = StringIO()
    Console(file=out, width=200).print(answer)
    assert "shown penguin; it had no room for 24 other tables, 48 columns in all" in out.getvalue()


def test_what_fits_is_shown_whole_and_nothing_is_said(database: Database, counting: Generator) -> None:
    answer = Assistant(database, counting, MODEL).ask("How many?", 1)
    assert answer.left_out is None
    assert "left_out" not in answer.to_json()


def test_a_model_that_is_not_there_is_told_at_once(shop: Path) -> None:
    with pytest.raises(ModelError, match="/no/such/model"):
        sqloop.connect(f"sqlite:///{shop}", model="/no/such/model")
