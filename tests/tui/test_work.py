"""Asking, running, judging: every path with a real server and what the store keeps of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.events import Key
from textual.widgets import OptionList

from sqloop.feedback.events import Event
from sqloop.feedback.store import FeedbackStore
from sqloop_tui.editor.sql_editor import SqlEditor
from sqloop_tui.letters import PAUSE
from sqloop_tui.question_bar import QuestionBar
from sqloop_tui.results.answer_view import AnswerView
from sqloop_tui.results.failure import Failure
from sqloop_tui.results.result_table import ResultTable
from sqloop_tui.screens.explanation import Explanation
from sqloop_tui.screens.help import Help
from sqloop_tui.verdict_bar import VerdictBar
from tui.conftest import BROKEN, COUNT, NAMES, Open
from tui.told_model import ToldModel

pytestmark = pytest.mark.asyncio

COUNT_LAID = "SELECT city, COUNT(*) AS n\nFROM customer\nGROUP BY city\nORDER BY 2 DESC, 1"

Said = Callable[[], list[Event]]


async def test_two_consoles_work_in_one_process(open_console: Open) -> None:
    async with open_console() as first:
        await first.ask("Who lives in Rome?")
        await first.sees("of 4 agree")
        async with open_console() as second:
            await second.ask("Who lives in Rome?")
            await second.sees("of 4 agree")
            await second.press("f7", "f5")
            await second.sees("2 rows")


async def test_an_answer_is_shown_and_accepted_with_one_key(open_console: Open, said: Said) -> None:
    async with open_console() as user:
        await user.ask("Who lives in Rome?")
        await user.sees("of 4 agree")
        candidates = user.find("#candidates", OptionList)
        assert candidates.has_focus
        assert candidates.option_count == 3
        assert "2 of 4" in str(candidates.get_option_at_index(0).prompt)
        assert "✗ error" in str(candidates.get_option_at_index(2).prompt)
        assert user.find("#sql", SqlEditor).text == NAMES
        await user.press("down")
        await user.sees("The rows are those of another query")
        await user.press("up")
        await user.sees("2 of 4 agree")
        table = user.find("#table", ResultTable)
        assert table.pages is not None
        assert (table.pages.columns, table.pages.first_page) == (("name",), (("Ann",), ("Cy",)))
        await user.press("a")
        await user.sees("Recorded: this query answers the question.")
    assert [(event.kind, event.sql) for event in said()] == [("accepted", NAMES)]


async def test_votes_stand_with_the_first_query_of_an_answer(open_console: Open, model: ToldModel) -> None:
    model.sqls = "SELECT id FROM customer", "SELECT id FROM customer ORDER BY id DESC"
    async with open_console(k=2) as user:
        await user.ask("Which customers are there?")
        await user.sees("2 of 2 agree")
        first, second = map(user.find("#candidates", OptionList).get_option_at_index, (0, 1))
        assert "2 of 2" in str(first.prompt)
        assert "the same answer" in str(second.prompt)
        assert "of 2" not in str(second.prompt)


async def test_a_rejection_of_what_memory_gave_is_taken_back_after_the_model_answered(
    open_console: Open, said: Said
) -> None:
    async with open_console() as user:
        await user.ask("Who lives in Rome?")
        await user.sees("of 4 agree")
        await user.press("a")
        await user.sees("Recorded: this query answers the question.")
        await user.ask("Who lives in Rome?")
        await user.sees("from memory")
        await user.press("r")
        await user.sees("likely · 2 rows")
        assert [event.kind for event in said()] == ["accepted", "rejected"]
        await user.press("u")
        await user.sees("Taken back")
        assert [event.kind for event in said()] == ["accepted"]


async def test_what_was_said_by_mistake_is_taken_back(open_console: Open, said: Said) -> None:
    async with open_console() as user:
        await user.ask("Who lives in Rome?")
        await user.sees("of 4 agree")
        await user.press("a")
        await user.sees("Recorded")
        await user.press("u")
        await user.sees("Taken back")
        assert said() == []
        await user.press("u")
        await user.sees("Nothing was said of this answer")


@pytest.mark.parametrize(
    "question",
    [
        "are there any orders?",
        "reviews by rating",
        "every order",
        "how many?",
        "customers by town",
        "who lives in Oslo?",
    ],
)
async def test_a_question_typed_right_behind_an_answer_judges_nothing(
    open_console: Open, said: Said, question: str
) -> None:
    async with open_console() as user:
        await user.ask("Who lives in Rome?")
        await user.sees("of 4 agree")
        keys = {" ": "space", "?": "question_mark"}
        await user.press(*(keys.get(char, char) for char in question))
        bar = user.find("#question", QuestionBar)
        await user.until(lambda: bar.has_focus and bar.value == question, f"the bar holds {bar.value!r}")
        await asyncio.sleep(2 * PAUSE)  # the letters have had the time to do what they do alone
        assert bar.value == question
    assert said() == []


@pytest.mark.parametrize(
    ("question", "restored"), [("amounts of all orders", True), ("all", True), ("cities", False)]
)
async def test_a_verdict_that_is_the_first_letter_of_a_word_is_withdrawn(
    open_console: Open, model: ToldModel, said: Said, question: str, restored: bool
) -> None:
    async with open_console() as user:
        await user.ask("Who lives in Rome?")
        await user.sees("of 4 agree")
        await user.press("a")
        await user.sees("Recorded")
        typed = question.removeprefix("a")
        await user.press(*("space" if char == " " else char for char in typed))
        bar = user.find("#question", QuestionBar)
        await user.until(lambda: bar.value.endswith(typed), f"the bar holds {bar.value!r}")
        model.open.clear()
        await user.press("enter")
        await user.until(lambda: bar.value == question, f"the bar holds {bar.value!r}")
        await user.until(lambda: len(said()) == (not restored), f"{said()}")
        await user.press("escape")
        await user.sees("Cancelled.")
    assert len(said()) == (not restored)


@pytest.mark.parametrize("question", ["total of the orders", "customers by town"])
async def test_a_question_that_comes_in_one_go_behind_an_answer_is_whole(
    open_console: Open, question: str
) -> None:
    async with open_console() as user:
        await user.ask("Who lives in Rome?")
        await user.sees("of 4 agree")
        for char in question:
            user.app.post_message(Key("space" if char == " " else char, char))
        bar = user.find("#question", QuestionBar)
        await user.until(lambda: bar.value == question, f"the bar holds {bar.value!r}")


async def test_the_next_question_is_whole_that_is_begun_before_the_answer_comes(
    open_console: Open, model: ToldModel, said: Said
) -> None:
    async with open_console() as user:
        await user.until(lambda: user.app.status is not None)
        model.open.clear()
        await user.ask("Who lives in Rome?")
        await user.press("r")
        bar = user.find("#question", QuestionBar)
        await user.until(model.called.is_set)
        model.open.set()
        await user.sees("of 4 agree")
        await user.press(*"earae")
        assert (bar.has_focus, bar.value) == (True, "rearae")
    assert said() == []


async def test_an_edit_is_run_then_kept_as_the_right_answer(open_console: Open, said: Said) -> None:
    better = "SELECT name FROM customer WHERE city = 'Oslo'"
    async with open_console() as user:
        await user.ask("Who lives in Oslo?")
        await user.sees("guessing")
        await user.press("e")
        editor = user.find("#sql", SqlEditor)
        await user.until(lambda: editor.has_focus)
        editor.text = better
        await user.press("f6", "a")
        await user.sees("You have not seen the rows of this query yet")
        assert said() == []
        await user.press("f5")
        await user.sees("this is the answer to your question")
        await user.press("a")
        await user.sees("Recorded: your query answers the question.")
    assert [(event.kind, event.sql) for event in said()] == [("edited", better)]


async def test_a_reject_and_then_another_candidate(open_console: Open, said: Said) -> None:
    async with open_console() as user:
        await user.ask("Customers by city?")
        await user.sees("of 4 agree")
        await user.press("r")
        await user.sees("Rejected. Choose another candidate")
        await user.press("down", "enter")
        await user.sees("2 rows")
        assert user.find("#sql", SqlEditor).text == COUNT_LAID
        await user.press("a")
        await user.sees("Recorded: this query answers the question.")
    assert [(event.kind, event.sql) for event in said()] == [("rejected", NAMES), ("accepted", COUNT)]


@pytest.mark.parametrize("key", ["escape", "ctrl+c"])
async def test_a_question_is_cancelled_and_the_next_one_answered(
    open_console: Open, model: ToldModel, key: str
) -> None:
    async with open_console() as user:
        model.open.clear()
        await user.ask("Who?")
        await user.until(model.called.is_set)
        # The question has the focus, and is selected: whoever types on replaces it.
        assert user.find("#question", QuestionBar).selected_text == "Who?"
        await user.press(key)
        await user.sees("Cancelled.")
        model.open.set()
        await user.ask("Who lives in Rome?")
        await user.sees("of 4 agree")


async def test_ctrl_c_copies_what_is_selected_where_nothing_is_done(open_console: Open) -> None:
    async with open_console() as user:
        await user.until(lambda: user.app.status is not None)
        await user.press(*"Who", "shift+home", "ctrl+c")
        await user.until(lambda: user.app.clipboard == "Who")


async def test_a_question_longer_than_its_bar_scrolls(open_console: Open) -> None:
    async with open_console(size=(80, 24)) as user:
        await user.until(lambda: user.app.status is not None)
        bar = user.find("#question", QuestionBar)
        bar.focus()
        bar.value = " ".join(f"word{number}" for number in range(20))
        await user.press("x")
        await user.until(lambda: "word18 word19x" in user.drawn())
        await user.press("home")
        await user.until(lambda: "word0 word1" in user.drawn())


async def test_enter_once_more_goes_to_the_rows_and_keeps_what_is_said_of_the_answer(
    open_console: Open, tmp_path: Path
) -> None:
    async with open_console() as user:
        await user.ask("Who lives in Rome?")
        await user.sees("2 of 4 agree")
        words = user.find("VerdictBar", VerdictBar).words
        await user.press("enter")
        await user.until(lambda: user.find("#table", ResultTable).has_focus)
        assert user.find("VerdictBar", VerdictBar).words == words
        await user.press("f7", "f5")
        await user.until(lambda: user.find("VerdictBar", VerdictBar).words != words)
        await user.sees("2 of 4 agree) · 2 rows · ")
    store = FeedbackStore(str(tmp_path / "data" / "sqloop" / "feedback.sqlite"))
    assert [each.kind for each in store.events()] == ["shown", "ran"]


async def test_a_query_without_end_is_cancelled_by_ctrl_c(open_console: Open) -> None:
    async with open_console() as user:
        await user.until(lambda: user.app.status is not None)
        await user.write("SELECT n FROM forever")
        await user.sees("Running the query")
        await user.press("f6", "ctrl+c")
        await user.sees("Cancelled.")
        await user.write("SELECT 1 AS one")
        await user.sees("1 row")


async def test_a_line_that_is_too_long_for_the_terminal_ends_in_dots(open_console: Open) -> None:
    async with open_console(size=(80, 24)) as user:
        user.app.work_screen.bench.say(" · ".join(["1,000 rows, cut off by the limits"] * 4))
        await user.until(lambda: "1,000 rows" in user.drawn())
        (line,) = (each for each in user.drawn().splitlines() if "1,000 rows" in each)
        assert line.rstrip().endswith("…")


async def test_where_nothing_runs_it_says_why_and_what_to_do(
    open_console: Open, model: ToldModel, said: Said
) -> None:
    model.sqls = (BROKEN,)
    async with open_console() as user:
        await user.ask("What?")
        await user.sees("None of the proposed queries ran")
        assert user.find("#outcome", AnswerView).current == "failure"
        failure = "\n".join(str(each.render()) for each in user.find("#failure", Failure).children)
        assert "No query ran: the database has no nowhere." in failure
        assert "press e and write the query" in failure
        await user.press("a")
        await user.sees("Nothing ran")
    assert said() == []


async def test_own_sql_is_run_refused_and_sorted(open_console: Open) -> None:
    async with open_console() as user:
        await user.until(lambda: user.app.status is not None)
        await user.press("ctrl+n")
        await user.write("DELETE FROM customer")
        await user.sees("This query is not allowed")
        await user.write("SELECT name FROM nowhere")
        await user.sees("This query failed")
        shown = [str(each.render()) for each in user.find("#failure", Failure).children]
        assert shown[-1] == "→ Correct it, then press F5 to run it again."
        assert "Accept" not in user.drawn()
        await user.write("SELECT id, name FROM customer ORDER BY id -- all")
        await user.sees("3 rows")
        table = user.find("#table", ResultTable)
        await user.until(lambda: table.has_focus)
        await user.press("right", "s")
        await user.sees("Sorted by name, ascending")
        await user.press("s")
        await user.sees("Sorted by name, descending")
        assert table.pages is not None
        assert [row[1] for row in table.pages.first_page] == ["Cy", "Bob", "Ann"]
        await user.write("SELECT name, id, id % 2 AS name FROM customer ORDER BY id")
        await user.sees("3 rows")
        await user.until(lambda: table.has_focus)
        await user.press("s")
        await user.sees("Sorted by name, ascending")
        assert table.pages.columns == ("name", "id", "name")
        assert [row[0] for row in table.pages.first_page] == ["Ann", "Bob", "Cy"]
        await user.press("a")  # It judges nothing here: a question begins with it.
        bar = user.find("#question", QuestionBar)
        await user.until(lambda: bar.has_focus and bar.value == "a")


async def test_a_chart_where_the_shape_suits(open_console: Open) -> None:
    async with open_console() as user:
        await user.until(lambda: user.app.status is not None)
        await user.write("SELECT id FROM customer")
        await user.sees("3 rows")
        await user.until(lambda: user.find("#table", ResultTable).has_focus)
        await user.press("c")
        await user.sees("A chart needs a column of labels")
        await user.write(COUNT)
        await user.sees("2 rows")
        view = user.find("#outcome", AnswerView)
        await user.until(lambda: user.find("#table", ResultTable).has_focus)
        await user.press("c")
        await user.until(lambda: view.current == "chart")
        await user.press("c")
        await user.until(lambda: view.current == "table")


async def test_a_query_in_words_the_keys_and_the_light(open_console: Open) -> None:
    async with open_console(size=(80, 24)) as user:
        await user.ask("Who lives in Rome?")
        await user.sees("of 4 agree")
        await user.press("w")
        await user.until(lambda: isinstance(user.app.screen, Explanation))
        await user.press("escape", "question_mark")
        await user.until(lambda: isinstance(user.app.screen, Help))
        await user.press("escape", "ctrl+t")
        assert user.app.theme == "sqloop-light"


async def test_the_server_is_started_again_when_it_died(open_console: Open) -> None:
    async with open_console() as user:
        await user.until(lambda: user.app.status is not None)
        client = user.app.server._client
        assert client is not None
        client._process.kill()
        await client._process.wait()
        await user.write("SELECT 1 AS one")
        await user.sees("SQLoop")
        await user.write("SELECT 1 AS one")
        await user.sees("1 row")


async def test_questions_come_back_with_the_arrow_keys(open_console: Open) -> None:
    async with open_console() as user:
        await user.ask("Who lives in Rome?")
        await user.sees("of 4 agree")
        await user.press("slash", "ctrl+u", "up")
        assert user.find("#question", QuestionBar).value == "Who lives in Rome?"
