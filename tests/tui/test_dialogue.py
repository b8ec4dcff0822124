"""Asking back, follow-ups and reasons, with a real server."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.widgets import OptionList, Static

from sqloop.feedback.events import Event
from sqloop_tui.editor.sql_editor import SqlEditor
from sqloop_tui.question_bar import QuestionBar
from sqloop_tui.screens.asking_back import AskingBack
from sqloop_tui.screens.explanation import Explanation
from tui.conftest import COUNT, Open
from tui.told_model import ToldModel

pytestmark = pytest.mark.asyncio

Said = Callable[[], list[Event]]


async def test_of_two_meanings_the_user_chooses_one(open_console: Open, model: ToldModel, said: Said) -> None:
    meanings = "SELECT SUM(total) FROM orders", "SELECT AVG(total) FROM orders"
    model.sqls = meanings
    async with open_console(k=2) as user:
        await user.ask("How much was ordered?")
        await user.until(lambda: isinstance(user.app.screen, AskingBack), "what is asked back")
        assert user.find("#meanings", OptionList).option_count == 2
        first = user.app.work_screen.query_one("#sql", SqlEditor).text
        (other,) = set(meanings) - {first}
        await user.press("down", "enter")
        await user.sees("this is the answer to your question")
        assert user.find("#sql", SqlEditor).text == other
        await user.press("a")
        await user.sees("Recorded")
    assert [(event.kind, event.sql) for event in said()] == [("accepted", other)]


async def test_of_three_meanings_the_third_is_rejected_where_it_is_shown(
    open_console: Open, model: ToldModel, said: Said
) -> None:
    model.sqls = tuple(f"SELECT {each}(total) FROM orders" for each in ("SUM", "AVG", "MIN"))
    async with open_console(k=3) as user:
        await user.ask("How much was ordered?")
        await user.until(lambda: isinstance(user.app.screen, AskingBack), "what is asked back")
        assert user.find("#meanings", OptionList).option_count == 3
        await user.press("3")
        await user.sees("this is the answer to your question")
        sql = user.find("#sql", SqlEditor).text
        await user.press("r")
        await user.sees("Rejected.")
        assert [(event.kind, event.sql) for event in said()] == [("rejected", sql)]
        await user.press("u")
        await user.sees("Taken back")
    assert said() == []


async def test_a_question_typed_where_something_is_asked_back_is_not_lost(
    open_console: Open, model: ToldModel
) -> None:
    model.sqls = "SELECT SUM(total) FROM orders", "SELECT AVG(total) FROM orders"
    async with open_console(k=2) as user:
        await user.ask("How much was ordered?")
        await user.until(lambda: isinstance(user.app.screen, AskingBack), "what is asked back")
        await user.press(*"who")
        await user.until(lambda: not isinstance(user.app.screen, AskingBack))
        assert user.find("#question", QuestionBar).value == "who"
        await user.ask("How much was ordered, then?")
        await user.until(lambda: isinstance(user.app.screen, AskingBack), "what is asked back")
        await user.press("2")
        await user.sees("this is the answer to your question")


async def test_the_first_meaning_stays_where_nobody_chooses(open_console: Open, model: ToldModel) -> None:
    model.sqls = "SELECT SUM(total) FROM orders", "SELECT AVG(total) FROM orders"
    async with open_console(k=2) as user:
        await user.ask("How much was ordered?")
        await user.until(lambda: isinstance(user.app.screen, AskingBack), "what is asked back")
        first = user.app.work_screen.query_one("#sql", SqlEditor).text
        await user.press("escape")
        assert user.find("#sql", SqlEditor).text == first


async def test_a_follow_up_is_written_out_where_it_was_typed(open_console: Open, model: ToldModel) -> None:
    full = "How many customers are in each city?"
    async with open_console() as user:
        await user.ask("Who lives in Rome?")
        await user.sees("of 4 agree")
        model.sqls = (full,)
        await user.ask("and the same by city?")
        bar = user.find("#question", QuestionBar)
        await user.until(lambda: bar.value == full, f"the bar holds {bar.value!r}")
        await user.sees("None of the proposed queries ran")  # the model says nothing else, it is asked though


async def test_a_follow_up_that_the_starter_cannot_work_out_is_asked_as_it_stands_by_a_second_enter(
    open_console: Open,
) -> None:
    async with open_console(model="starter") as user:
        await user.ask("How many customers are there?")
        await user.sees("1 row")
        await user.ask("customers")
        await user.sees("This cannot be asked")
        hint = str(user.find("#failure-hint", Static).render())
        assert "Press Enter again to ask it as it stands." in hint
        await user.press("enter")
        await user.until(lambda: user.app.work_screen.bench.proposals.question == "customers")
        await user.ask("orders")
        await user.sees("This cannot be asked")


async def test_why_after_an_answer_shows_its_explanation(open_console: Open, model: ToldModel) -> None:
    async with open_console() as user:
        await user.ask("Who lives in Rome?")
        await user.sees("of 4 agree")
        model.sqls = ("no question is written out",)
        await user.ask("why so few?")
        await user.until(lambda: isinstance(user.app.screen, Explanation))
        told = " ".join(str(each.render()) for each in user.app.screen.query(Static))
        assert "city is 'Rome': name." in told
        await user.press("escape")
        await user.sees("of 4 agree")
        bar = user.find("#question", QuestionBar)
        await user.until(lambda: bar.value == "Who lives in Rome?", f"the bar holds {bar.value!r}")


async def test_why_is_about_the_rows_and_w_about_the_query_that_is_looked_at(
    open_console: Open, model: ToldModel
) -> None:
    def told() -> str:
        return " ".join(str(each.render()) for each in user.app.screen.query(Static))

    async with open_console() as user:
        await user.ask("Who lives in Rome?")
        await user.sees("of 4 agree")
        await user.press("down")
        await user.sees("The rows are those of another query")
        await user.press("w")
        await user.until(lambda: isinstance(user.app.screen, Explanation))
        assert "for each city, the number of rows" in told()
        assert "The rows that are shown are those of another query." in told()
        await user.press("escape")
        await user.ask("why so few?")
        await user.until(lambda: isinstance(user.app.screen, Explanation))
        assert "city is 'Rome': name." in told()
        assert "another query" not in told()
        await user.press("escape")
        user.find("#candidates", OptionList).focus()
        await user.press("enter")
        await user.sees("this is the answer to your question")
        await user.ask("why so few?")
        await user.until(lambda: isinstance(user.app.screen, Explanation))
        assert "for each city, the number of rows" in told()


async def test_why_after_a_query_of_ones_own_explains_that(open_console: Open, model: ToldModel) -> None:
    async with open_console() as user:
        await user.until(lambda: user.app.status is not None)
        await user.write(COUNT)
        await user.sees("2 rows")
        await user.ask("why so few?")
        await user.until(lambda: isinstance(user.app.screen, Explanation))


async def test_why_without_an_answer_says_what_to_do(open_console: Open, model: ToldModel) -> None:
    async with open_console() as user:
        await user.ask("why so few?")
        await user.sees("Question")
        told = " ".join(str(each.render()) for each in user.app.screen.query("#failure Static"))
        assert "there is no answer before it" in told
        assert "Ask about the data" in told
