"""Questions without an answer, not asked after all, or with no other answer: what the screen says then."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sqloop.feedback.events import Event
from sqloop_tui.question_bar import QuestionBar
from sqloop_tui.results.answer_view import AnswerView
from tui.conftest import NAMES, Open
from tui.told_model import ToldModel

pytestmark = pytest.mark.asyncio

Said = Callable[[], list[Event]]


@pytest.mark.parametrize("ends", ["cancelled", "failed"])
async def test_what_stands_below_a_question_without_an_answer_is_not_judged_as_one(
    open_console: Open, model: ToldModel, said: Said, ends: str
) -> None:
    async with open_console() as user:
        await user.ask("Who lives in Rome?")
        await user.sees("of 4 agree")
        bench, bar = user.app.work_screen.bench, user.find("#question", QuestionBar)
        model.open.clear()
        model.called.clear()
        await user.ask("Which customers have ordered, and for how much?")
        await user.until(model.called.is_set)
        assert bench.has_class("-unanswered", "-asking")
        assert "Accept" not in user.drawn()
        if ends == "cancelled":
            await user.press("f6", "ctrl+c")
            await user.sees("Cancelled. ↑ brings the question back.")
        else:
            model.close()
            await user.until(lambda: user.find("#outcome", AnswerView).current == "failure")
            assert "Accept" not in user.drawn()
            user.app.work_screen.answer_actions.judge("accepted")
            await user.sees("The question above has no answer")
            await user.press("f6", "enter")
            await user.sees("2 rows")
        assert bar.value == "Who lives in Rome?"
        assert not bench.unanswered
        await user.press("f6", "a")
        await user.sees("Recorded: this query answers the question.")
        bar.focus()
        await user.press("up")
        assert bar.value.startswith("Which customers")
    assert [(event.kind, event.question) for event in said()] == [("accepted", "Who lives in Rome?")]


async def test_escape_drops_a_question_that_was_begun(open_console: Open) -> None:
    async with open_console() as user:
        await user.until(lambda: user.app.status is not None)
        bar = user.find("#question", QuestionBar)
        await user.press(*"auru", "escape", *"Who?")
        assert bar.value == "Who?"
        await user.ask("Who lives in Rome?")
        await user.sees("of 4 agree")
        await user.press(*"zz", "escape")
        assert bar.value == "Who lives in Rome?"
        await user.press(*"Who")
        assert bar.value == "Who"


async def test_a_rejection_of_the_only_answer_offers_no_other(open_console: Open, model: ToldModel) -> None:
    model.sqls = (NAMES,)
    async with open_console() as user:
        await user.ask("Who lives in Rome?")
        await user.sees("of 4 agree")
        await user.press("r")
        await user.sees("Rejected. Put the question in other words, or press e")


async def test_quitting_while_a_question_is_asked_ends_quietly(open_console: Open, model: ToldModel) -> None:
    async with open_console() as user:
        await user.ask("Who lives in Rome?")
        await user.sees("of 4 agree")
        model.open.clear()
        model.called.clear()
        await user.ask("customers by town")
        await user.until(model.called.is_set)
