"""The store behind the memory: followed as it grows and shrinks, on every engine, and never waited for."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from effort import in_time
from sqloop.assistant import Assistant
from sqloop.feedback.events import judge
from sqloop.feedback.store import FeedbackStore
from sqloop.memory import Memory, reading
from sqloop.settings import FeedbackSettings, Settings

from .conftest import ME, Shop, Told

if TYPE_CHECKING:
    from servers import MariaDBServer, PostgreSQLServer

QUESTION = "How many active customers are there?"
COUNT = "SELECT COUNT(*) FROM customer"
ACTIVE = "SELECT COUNT(*) FROM customer WHERE active = 1"


def test_a_running_server_takes_in_what_is_said_and_what_is_forgotten(shop: Shop) -> None:
    memory = shop.memory()
    schema = shop.database.schema()
    assert memory.about(QUESTION, schema).opinion.accepted == ()
    shown = shop.show(QUESTION, ACTIVE)
    shop.keep(judge(shown, "accepted"))
    assert [each.sql for each in memory.about(QUESTION, schema).opinion.accepted] == [ACTIVE]
    shop.store.forget([shown.id])
    assert memory.about(QUESTION, schema).opinion.accepted == ()


@pytest.mark.parametrize("engine", ["mariadb", "postgres"])
def test_a_store_on_a_server_is_read_as_well(shop: Shop, engine: str, request: pytest.FixtureRequest) -> None:
    server: MariaDBServer | PostgreSQLServer = request.getfixturevalue(engine)
    url = server.create("memory_team")
    shop.store = FeedbackStore(url)
    shop.accept(QUESTION, ACTIVE)
    shop.edit("Who lives in Rome?", COUNT, "SELECT name FROM customer WHERE city = 'Rome'")
    memory = Memory(Settings(feedback=FeedbackSettings(store=url)), shop.database, ME)
    schema = shop.database.schema()
    for _ in range(20):  # A server may take longer than a question waits.
        opinion = memory.about(QUESTION, schema).opinion
        if opinion.accepted:
            break
        time.sleep(0.1)
    assert [each.sql for each in opinion.accepted] == [ACTIVE]
    edited = memory.about("Who lives in Rome", schema).opinion
    assert (len(edited.accepted), edited.refused) == (1, frozenset({COUNT}))


@pytest.mark.parametrize("scheme", ["mysql+pymysql", "postgresql"])
def test_a_store_that_is_down_costs_a_moment_once(shop: Shop, scheme: str) -> None:
    url = f"{scheme}://ann@127.0.0.1:1/team"
    settings = Settings(feedback=FeedbackSettings(store=url))

    def ask() -> Assistant:
        assistant = shop.assistant(Told(COUNT), Memory(settings, shop.database))
        assert assistant.ask(QUESTION, 1).sql == COUNT
        return assistant

    assistant = in_time(ask, reading.WAIT, 1)
    assert in_time(lambda: assistant.ask(QUESTION, 1), 0, 0.5).sql == COUNT


def test_a_store_that_is_locked_is_not_waited_for(shop: Shop) -> None:
    shop.accept(QUESTION, ACTIVE)
    with closing(sqlite3.connect(shop.place, isolation_level=None)) as lock:
        lock.execute("PRAGMA locking_mode = EXCLUSIVE")
        lock.execute("BEGIN EXCLUSIVE")
        lock.execute("UPDATE sqloop_feedback SET question = question")
        answer = in_time(lambda: shop.assistant(Told(COUNT)).ask(QUESTION, 1), reading.WAIT, 1)
        assert answer.sql == COUNT


@pytest.mark.parametrize("content", ["Dear feedback, " * 100, ""])
def test_a_broken_or_an_empty_store_costs_the_examples_only(shop: Shop, content: str) -> None:
    from pathlib import Path

    broken = Path(shop.place).with_name("broken.sqlite")
    broken.write_text(content)
    settings = Settings(feedback=FeedbackSettings(store=str(broken)))
    assert shop.assistant(Told(COUNT), Memory(settings, shop.database)).ask(QUESTION, 1).sql == COUNT
    assert broken.read_text() == content


def test_damaged_events_cost_themselves(shop: Shop) -> None:
    shop.accept(QUESTION, ACTIVE)
    shop.accept("Who lives in Rome?", COUNT)
    with closing(sqlite3.connect(shop.place)) as connection:
        connection.execute("UPDATE sqloop_feedback SET time = 'then' WHERE question LIKE 'Who%'")
        connection.execute("UPDATE sqloop_feedback SET answer = x'00ff', candidates = '{'")
        connection.commit()
    assert shop.assistant(Told(COUNT)).ask(QUESTION, 1).sql == ACTIVE


def test_many_questions_at_once_get_the_same_answer(shop: Shop) -> None:
    from concurrent.futures import ThreadPoolExecutor

    for number in range(200):
        shop.accept(f"How many customers have the number {number}?", f"SELECT {number}")
    assistant = shop.assistant(Told(COUNT))
    with ThreadPoolExecutor(8) as pool:
        asked = [f"how many customers have the number {number}" for number in range(0, 200, 5)]
        answers = list(pool.map(lambda question: assistant.ask(question, 1).sql, asked))
    assert answers == [f"SELECT {number}" for number in range(0, 200, 5)]
