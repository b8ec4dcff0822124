"""A session as a program holds it: verdicts that are kept, and questions that are awaited."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sqloop.errors import QuestionError
from sqloop.feedback.store import FeedbackStore
from sqloop.session import Session
from sqloop.settings import ExecutionLimits, FeedbackSettings, Settings


def settings(database: Path, model: Path, store: Path, seconds: float = 5.0) -> Settings:
    return Settings(
        db=f"sqlite:///{database}",
        model=str(model),
        limits=ExecutionLimits(seconds=seconds),
        feedback=FeedbackSettings(store=str(store)),
    )


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "feedback.sqlite"


@pytest.fixture
def session(shop: Path, counting_model: Path, store: Path) -> Iterator[Session]:
    with Session(settings(shop, counting_model, store)) as session:
        yield session


def kinds(store: Path) -> list[str]:
    return [each.kind for each in FeedbackStore(str(store)).events()]


def test_what_is_accepted_comes_from_memory_next_time(session: Session, store: Path) -> None:
    answer = session.ask("How many customers are there?")
    assert not store.exists()
    assert session.accept(answer)
    assert kinds(store) == ["shown", "accepted"]
    assert session.ask("How many customers are there?").recalled is not None


def test_an_answer_is_shown_once_whatever_is_said_of_it(session: Session, store: Path) -> None:
    answer = session.ask("How many customers are there?")
    assert session.accept(answer)
    assert session.reject(answer)
    shown, *said = FeedbackStore(str(store)).events()
    assert [each.kind for each in said] == ["accepted", "rejected"]
    assert {each.shown for each in said} == {shown.id}
    assert session.ask("How many customers are there?").recalled is None


def test_an_edit_is_kept_where_it_runs(session: Session, store: Path) -> None:
    answer = session.ask("How many customers have a name?")
    assert session.edit(answer, "SELECT nothing FROM customer").status == "error"
    assert session.edit(answer, "DELETE FROM customer").status == "refused"
    assert not store.exists()
    better = "SELECT COUNT(name) FROM customer"
    assert session.edit(answer, better).rows == ((2,),)
    assert kinds(store) == ["shown", "edited"]
    assert session.ask("How many customers have a name?").sql == better


def test_what_was_said_last_is_taken_back(session: Session, store: Path) -> None:
    answer = session.ask("How many customers are there?")
    assert not session.undo(answer)
    session.accept(answer)
    session.reject(answer)
    assert session.undo(answer)
    assert kinds(store) == ["shown", "accepted"]
    assert session.undo(answer)
    assert not session.undo(answer)
    assert kinds(store) == ["shown"]
    assert session.ask("How many customers are there?").recalled is None


def test_what_was_taken_back_elsewhere_is_not_taken_back_again(session: Session, store: Path) -> None:
    answer = session.ask("How many customers are there?")
    session.accept(answer)
    session.reject(answer)
    events = FeedbackStore(str(store))
    events.forget([events.events()[-1].id])  # As `sqloop feedback undo` does.
    assert session.undo(answer)
    assert kinds(store) == ["shown"]
    session.accept(answer)
    events.forget([events.events()[-1].id])
    assert not session.undo(answer)


def test_where_nothing_ran_there_is_nothing_to_accept(session: Session) -> None:
    answer = session.ask("How many customers are there?")
    nothing = type(answer)(answer.question, (), 0, answer.timings, answer.model)
    with pytest.raises(QuestionError, match="nothing to judge"):
        session.accept(nothing)
    with pytest.raises(QuestionError, match="nothing to judge"):
        session.reject(nothing)


def test_a_store_that_cannot_be_used_costs_a_warning(
    shop: Path, counting_model: Path, tmp_path: Path
) -> None:
    with Session(settings(shop, counting_model, tmp_path)) as session:
        answer = session.ask("How many customers are there?")
        with pytest.warns(UserWarning, match="Feedback is not kept"):
            assert not session.accept(answer)


def test_questions_are_awaited_side_by_side(session: Session) -> None:
    async def both() -> list[str | None]:
        asked = (session.ask_async(each) for each in ("How many customers?", "Count the customers"))
        return [answer.sql for answer in await asyncio.gather(*asked)]

    assert asyncio.run(both()) == ["SELECT COUNT(*) FROM customer"] * 2


def test_a_task_that_is_cancelled_stops_its_query(forever: Path, counting_model: Path, store: Path) -> None:
    with Session(settings(forever, counting_model, store, seconds=60)) as session:
        started = time.monotonic()

        async def give_up() -> None:
            await asyncio.wait_for(session.run_async("SELECT COUNT(*) FROM forever"), 0.5)

        with pytest.raises(TimeoutError):
            asyncio.run(give_up())  # returns when the threads of its loop have ended
        assert time.monotonic() - started < 20


def test_a_query_of_ones_own_is_explained(session: Session) -> None:
    assert "customer" in str(session.explain("SELECT name FROM customer"))
