"""The whole way of a question, on real databases and with a real (tiny) model in its worker process."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from io import StringIO
from pathlib import Path
from threading import Event, Thread

import pytest
from rich.console import Console

import sqloop
from sqloop.answer import LeftOut, ModelName
from sqloop.assistant import Assistant
from sqloop.database.cancellation import Cancellation
from sqloop.database.connect import Database, connect
from sqloop.database.outcome import Limits, Outcome
from sqloop.errors import CancelledError, DatabaseError, ModelError, QuestionError
from sqloop.generation.generator import Generator
from sqloop.generation.opening import open_generator
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


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Busy cores would have more candidates stopped, whose votes are then missing."""
    monkeypatch.setattr("sqloop.race.LEAST_SECONDS", 60)


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


def test_the_starter_model_is_not_asked_again(forever: Path, counting: Generator) -> None:
    steps: list[str] = []
    with connect(f"sqlite:///{forever}", Limits(seconds=0.1)) as database:
        Assistant(database, counting, MODEL).ask("How many are there?", k=1, progress=steps.append)
    assert steps.count("The model is writing queries") == 1


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
