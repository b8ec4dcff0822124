"""The requests of SQLoop through its own client: ask, run, schema, explain, feedback, connect, status."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from sqloop.feedback.events import judge, new_id
from sqloop.feedback.store import FeedbackStore
from sqloop.lsp.client import Client, RequestError, ServerGoneError
from sqloop.lsp.convert import from_wire, to_wire
from sqloop.lsp.protocol import (
    STATUS,
    AskParams,
    ConnectParams,
    ExplainParams,
    FeedbackParams,
    FollowParams,
    HistoryParams,
    Options,
    RunParams,
    SchemaParams,
    Status,
)

from .conftest import CHOSEN, Model, user_environment, write_workspace

pytestmark = pytest.mark.asyncio(loop_scope="module")

FOREVER = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT COUNT(*) FROM r"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("user")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(told: Model, home: Path) -> AsyncIterator[Client]:
    folder = write_workspace(home / "workspace")
    with closing(sqlite3.connect(folder / "other.db")) as connection:
        connection.execute("CREATE TABLE singer (name TEXT)")
    connections = '[connections]\nshop = "sqlite:///shop.db"\nother = "sqlite:///other.db"\n'
    toml = f"{connections}[limits]\nseconds = 60\nrows = 500\n"
    (folder / "sqloop.toml").write_text(toml)
    options = Options(trusted=True, model=told.url, k=4)
    command = [sys.executable, "-m", "sqloop", "lsp"]
    async with await Client.start(command, folder, options, user_environment(home)) as client:
        yield client


async def test_a_question_is_answered(client: Client, model: Model) -> None:
    said: list[str] = []
    answer = await client.ask(AskParams("the customers in Rome"), said.append)
    assert answer.sql == CHOSEN
    assert answer.columns == ("name",)
    assert answer.rows == (("Ann",), ("Cy",))
    assert [(each.status, each.votes) for each in answer.candidates] == [("ok", 2), ("ok", 1), ("error", 0)]
    assert answer.confidence == pytest.approx(0.5**0.3)
    assert "The model is writing queries" in said


async def test_a_question_may_continue_what_is_written(client: Client, model: Model) -> None:
    answer = await client.ask(AskParams("the customers in Rome", prefix="select name from customer where "))
    assert answer.sql == "select name from customer where city = 'Rome'"


async def test_sql_is_run_as_it_is_and_is_no_suggestion(client: Client) -> None:
    answer = await client.ask(AskParams("SELECT name FROM customer WHERE id = 1"))
    assert (answer.suggestion, answer.rows) == ("", (("Ann",),))
    assert not (await client.feedback(FeedbackParams(answer.suggestion, "accepted"))).recorded


async def test_two_meanings_that_are_as_likely_are_asked_about(client: Client, model: Model) -> None:
    model.tell("how much was ordered", "SELECT SUM(total) FROM orders", "SELECT AVG(total) FROM orders")
    answer = await client.ask(AskParams("how much was ordered", k=2))
    assert answer.choice is not None
    assert answer.choice.question == "Which number is meant?"
    assert [each.sql for each in answer.choice.options] == [each.sql for each in answer.candidates]
    assert answer.choice.options[0].sql == answer.sql


async def test_where_the_answer_is_decided_nothing_is_asked_back(client: Client, model: Model) -> None:
    assert (await client.ask(AskParams("the customers in Rome"))).choice is None


async def test_what_was_said_is_taken_back_for_good(client: Client, model: Model) -> None:
    model.tell("which orders are paid", "SELECT id FROM orders WHERE status = 'paid'")
    answer = await client.ask(AskParams("which orders are paid"))
    assert (await client.feedback(FeedbackParams(answer.suggestion, "accepted"))).recorded
    assert (await client.ask(AskParams("which orders are paid"))).memory
    assert (await client.feedback(FeedbackParams(answer.suggestion, "undone"))).recorded
    assert not (await client.ask(AskParams("which orders are paid"))).memory
    assert not (await client.feedback(FeedbackParams(answer.suggestion, "undone"))).recorded


async def test_what_was_said_before_counts_again(client: Client, model: Model) -> None:
    model.tell("which orders are open", "SELECT id FROM orders WHERE status = 'open'")
    answer = await client.ask(AskParams("which orders are open"))
    assert (await client.feedback(FeedbackParams(answer.suggestion, "accepted"))).recorded
    counts = (await client.status()).feedback
    assert (await client.feedback(FeedbackParams(answer.suggestion, "rejected"))).recorded
    back = await client.feedback(FeedbackParams(answer.suggestion, "undone"))
    assert "What you said before counts again: accepted." in back.message
    assert (await client.ask(AskParams("which orders are open"))).memory
    again = (await client.status()).feedback
    assert (again.accepted, again.rejected) == (counts.accepted, counts.rejected)
    assert (await client.feedback(FeedbackParams(answer.suggestion, "undone"))).recorded
    assert not (await client.ask(AskParams("which orders are open"))).memory


async def test_what_was_said_elsewhere_is_taken_back_here_and_the_other_way_round(
    client: Client, model: Model, home: Path
) -> None:
    model.tell("which orders are late", "SELECT id FROM orders WHERE total > 15")
    answer = await client.ask(AskParams("which orders are late"))
    assert (await client.feedback(FeedbackParams(answer.suggestion, "accepted"))).recorded
    (file,) = (home / "data").rglob("feedback.sqlite")
    store = FeedbackStore(str(file))
    shown = store.find(answer.suggestion)
    assert shown is not None
    store.append(judge(shown, "rejected"))  # As `sqloop feedback reject` does.
    assert (await client.feedback(FeedbackParams(answer.suggestion, "undone"))).recorded
    assert [each.kind for each in store.said_of(shown.id, shown.user)] == ["accepted"]
    store.forget([each.id for each in store.said_of(shown.id, shown.user)])
    assert not (await client.feedback(FeedbackParams(answer.suggestion, "undone"))).recorded
    before = replace(shown, id=new_id())  # What another server showed, before this one began.
    store.append(before)
    store.append(judge(before, "accepted"))
    assert (await client.ask(AskParams("which orders are late"))).memory
    assert (await client.feedback(FeedbackParams(before.id, "undone"))).recorded
    assert not (await client.ask(AskParams("which orders are late"))).memory


async def test_an_empty_question_is_refused_with_words(client: Client, model: Model) -> None:
    with pytest.raises(RequestError) as caught:
        await client.ask(AskParams(" "))
    assert (caught.value.code, caught.value.title) == (-32012, "Question")


async def test_rows_come_by_pages_and_never_more_than_the_limits(client: Client) -> None:
    many = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 900) SELECT n FROM r"
    page = await client.run(RunParams(many, count=200))
    assert (len(page.rows), page.row_count, page.truncated) == (200, 500, True)
    assert "500" in page.notice
    last = await client.run(RunParams(many, result=page.result, offset=400, count=200))
    assert last.result == page.result
    assert [row[0] for row in last.rows] == list(range(401, 501))


async def test_a_user_may_ask_for_more_rows_than_the_settings_allow(client: Client) -> None:
    many = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 9000) SELECT n FROM r"
    assert (await client.status()).row_limit == 500
    page = await client.run(RunParams(many, limit=5_000))
    assert (page.row_count, page.truncated) == (5_000, True)
    assert "5,000" in page.notice
    assert (await client.run(RunParams(many, limit=10_000))).row_count == 9_000
    assert (await client.run(RunParams(many))).row_count == 500


async def test_what_was_asked_of_this_database_is_told_the_newest_first(client: Client, model: Model) -> None:
    await client.ask(AskParams("the customers in Rome for the history"))
    answer = await client.ask(AskParams("how many customers for the history?"))
    await client.feedback(FeedbackParams(answer.suggestion, "accepted"))
    first, second = (await client.history(HistoryParams(2))).questions
    assert (first.question, first.sql, first.said) == (answer.question, answer.sql, "accepted")
    assert (second.question, second.said) == ("the customers in Rome for the history", "")


async def test_a_result_that_is_gone_is_run_again(client: Client) -> None:
    page = await client.run(RunParams("SELECT name FROM customer ORDER BY id;", result="gone", offset=1))
    assert page.result != "gone"
    assert page.rows == (("Bob",), ("Cy",))


async def test_columns_have_headings_that_people_read(client: Client) -> None:
    page = await client.run(RunParams("SELECT city, COUNT(*) FROM customer GROUP BY city"))
    assert (page.columns, page.headings) == (("city", "COUNT(*)"), ("city", "count"))


async def test_what_writes_is_refused(client: Client) -> None:
    page = await client.run(RunParams("DELETE FROM customer"))
    assert (page.status, page.result, page.rows) == ("refused", "", ())


async def test_large_integers_and_bytes_keep_their_digits(client: Client) -> None:
    page = await client.run(RunParams("SELECT 9007199254740993, 9007199254740992, x'00ff', NULL, 1e999"))
    assert page.rows == (("9007199254740993", 9007199254740992, "0x00ff", None, "Infinity"),)
    page = await client.run(RunParams("SELECT 5, 5 UNION ALL SELECT 9007199254740993, 6", count=1))
    assert page.rows == (("5", 5),)  # A column has one type, on every page.


async def test_cancelling_stops_the_running_query(client: Client) -> None:
    running = asyncio.create_task(client.run(RunParams(FOREVER)))
    await asyncio.sleep(0.3)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    # All eight connections would be in use if cancelled queries went on.
    for _ in range(40):
        again = asyncio.create_task(client.run(RunParams(FOREVER)))
        await asyncio.sleep(0)
        again.cancel()
        with pytest.raises(asyncio.CancelledError):
            await again
    assert (await client.run(RunParams("SELECT 1"))).rows == ((1,),)


async def test_the_schema_comes_lazily(client: Client) -> None:
    every = await client.schema(SchemaParams())
    assert [table.name for table in every.tables] == ["customer", "orders", "order"]
    assert every.table is None
    one = await client.schema(SchemaParams("orders"))
    assert one.tables == ()
    assert one.table is not None
    assert [column.references for column in one.table.columns][1] == "customer.id"
    assert (await client.schema(SchemaParams("nothing"))).table is None


async def test_a_query_in_words(client: Client) -> None:
    words = (await client.explain(ExplainParams("SELECT name FROM customer WHERE city = 'Rome'"))).text
    assert words == "From customer, where city is 'Rome': name."


async def test_feedback_reaches_the_store(client: Client, model: Model, home: Path) -> None:
    answer = await client.ask(AskParams("the customers in Rome"))
    accepted = await client.feedback(FeedbackParams(answer.suggestion, "accepted"))
    assert accepted.recorded
    edited = "SELECT name FROM customer WHERE city = 'Oslo'"
    assert (await client.feedback(FeedbackParams(answer.suggestion, "edited", edited))).recorded
    assert (await client.feedback(FeedbackParams(answer.suggestion, "rejected"))).recorded
    broken = await client.feedback(FeedbackParams(answer.suggestion, "edited", "SELECT nothing"))
    assert not broken.recorded
    (file,) = (home / "data").rglob("feedback.sqlite")
    events = [
        each for each in FeedbackStore(str(file)).events() if answer.suggestion in (each.id, each.shown)
    ]
    assert [each.kind for each in events] == ["shown", "accepted", "edited", "rejected"]
    assert events[2].sql == edited


async def test_feedback_on_something_unknown_says_so(client: Client) -> None:
    assert not (await client.feedback(FeedbackParams("never", "accepted"))).recorded


async def test_another_database_and_back(client: Client, home: Path) -> None:
    answer = await client.ask(AskParams("Which customers live in Rome?"))
    why = FollowParams(answer.suggestion, "why so few?")
    assert (await client.follow(why)).follows
    status = await client.connect(ConnectParams("other"))
    assert not (await client.follow(why)).follows  # It was about the shop.
    said = await client.feedback(FeedbackParams(answer.suggestion, "edited", "SELECT 17"))
    assert (said.recorded, said.message) == (
        False,
        "This answer is of another database: connect to it first.",
    )
    await client.run(RunParams("SELECT 18", suggestion=answer.suggestion))
    assert (status.database.connection, status.database.tables) == ("other", 1)
    with pytest.raises(RequestError) as caught:
        await client.connect(ConnectParams("nobody"))
    assert caught.value.code == -32013
    assert (await client.status()).database.connection == "other"
    away = await client.connect(ConnectParams("sqlite:////nowhere/at/all.db"))
    assert (away.state, away.database.state) == ("degraded", "unreachable")
    assert (await client.connect(ConnectParams("shop"))).database.state == "ready"
    assert (await client.feedback(FeedbackParams(answer.suggestion, "edited", "SELECT 19"))).recorded
    (file,) = (home / "data").rglob("feedback.sqlite")
    events = [each for each in FeedbackStore(str(file)).events() if each.shown == answer.suggestion]
    assert [each.sql for each in events] == ["SELECT 19"]
    assert (await client.feedback(FeedbackParams(answer.suggestion, "undone"))).recorded


async def test_malformed_parameters_are_named(client: Client) -> None:
    with pytest.raises(RequestError) as caught:
        await client.request("sqloop/run", {"sql": 1})
    assert (caught.value.code, caught.value.message) == (-32602, "sql: a text is expected, not an integer.")


async def test_ask_says_that_not_all_values_were_looked_for(
    client: Client, model: Model, crowded: Path
) -> None:
    model.tell("how many", "SELECT COUNT(*) FROM customer")
    await client.connect(ConnectParams(f"sqlite:///{crowded}"))
    answer = await client.ask(AskParams("How many customers are there?"))
    await client.connect(ConnectParams("shop"))
    assert answer.linked_all is False


async def test_ask_names_the_words_that_were_not_understood(client: Client, model: Model) -> None:
    model.tell("vegan", "SELECT COUNT(*) FROM customer")
    model.tell("who lives in Rome", "SELECT name FROM customer WHERE city = 'Rome'")
    answer = await client.ask(AskParams("How many vegan customers are there?"))
    assert (answer.not_understood, answer.linked_all) == (("vegan",), True)
    assert answer.confidence < 0.5
    assert (await client.ask(AskParams("who lives in Rome?"))).not_understood == ()


async def test_a_connection_without_its_file_costs_no_other(told: Model, tmp_path: Path) -> None:
    folder = write_workspace(tmp_path / "workspace")
    (folder / "sqloop.toml").unlink(missing_ok=True)
    connections = {"shop": "sqlite:///shop.db", "gone": "gone.db"}
    options = Options(trusted=True, model=told.url, connection="shop", connections=connections)
    command = [sys.executable, "-m", "sqloop", "lsp"]
    async with await Client.start(command, folder, options, user_environment(tmp_path)) as client:
        answer = await client.ask(AskParams("the customers in Rome"))
        with pytest.raises(RequestError, match=r"There is no file .*gone\.db\."):
            await client.connect(ConnectParams("gone"))
        assert (await client.status()).database.connection == "shop"
        client.notify(
            "workspace/didChangeConfiguration",
            {"settings": {"sqloop": to_wire(replace(options, connection="gone"))}},
        )
        status = await client.status()
        assert (status.database.connection, status.database.state) == ("gone", "unreachable")
        assert "There is no file" in status.database.error
        assert [each.name for each in status.connections] == ["shop", "gone", "sample"]
        assert status.model.base == told.url
        with pytest.raises(RequestError, match=r"There is no file"):
            await client.ask(AskParams("the customers in Rome"))
        assert not (await client.follow(FollowParams(answer.suggestion, "why so few?"))).follows
        assert (await client.connect(ConnectParams("shop"))).database.state == "ready"


async def test_what_else_the_folder_holds_is_found_where_it_is_wanted(told: Model, tmp_path: Path) -> None:
    folder = write_workspace(tmp_path / "workspace")
    with closing(sqlite3.connect(folder / "other.db")) as connection:
        connection.execute("CREATE TABLE singer (name TEXT)")
    (folder / "data").mkdir()
    (folder / "data" / "shop.csv").write_text("name\nfig\n")
    (folder / "sqloop.toml").write_text('[connections]\nshop = "sqlite:///shop.db"\n')
    command = [sys.executable, "-m", "sqloop", "lsp"]
    options = Options(trusted=True, model=told.url)
    async with await Client.start(command, folder, options, user_environment(tmp_path)) as client:
        assert (await client.status()).found == ()
        status = from_wire(Status, await client.request(STATUS, {"find": True}))
        found = [(each.name, each.url) for each in status.found]
        assert found == [("other", "sqlite:///other.db"), ("shop_2", "data/shop.csv")]
        assert (await client.connect(ConnectParams("sqlite:///other.db"))).database.tables == 1


async def test_an_answer_of_another_database_than_the_one_in_use_by_then_is_none(
    client: Client, model: Model
) -> None:
    model.open.clear()
    asked = asyncio.create_task(client.ask(AskParams("the customers in Rome, all of them")))
    await asyncio.to_thread(model.called.wait)
    await client.connect(ConnectParams("other"))
    model.open.set()
    with pytest.raises(RequestError, match="Another database was chosen"):
        await asked
    await client.connect(ConnectParams("shop"))
    questions = (await client.history(HistoryParams())).questions
    assert all(each.question != "the customers in Rome, all of them" for each in questions)


@pytest.mark.parametrize("said", ["Content-Type: x\\r\\n\\r\\n", "Content-Length: 2\\r\\n\\r\\n}{"])
async def test_a_server_that_cannot_be_understood_keeps_nobody_waiting(home: Path, said: str) -> None:
    script = f"import sys, time; print('{said}', end='', flush=True); time.sleep(60)"
    with pytest.raises(ServerGoneError, match="cannot be read"):
        await asyncio.wait_for(Client.start([sys.executable, "-c", script], home), 40)
