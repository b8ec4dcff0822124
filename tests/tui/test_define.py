"""A word that was not understood is defined on the spot: checked, written to `sqloop.toml`, asked again."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from sqloop_tui.question_bar import QuestionBar
from sqloop_tui.screens.define import Define
from tui.conftest import Open

pytestmark = pytest.mark.asyncio


async def test_a_word_is_defined_where_it_was_not_understood(open_console: Open, folder: Path) -> None:
    async with open_console() as user:
        await user.ask("Which vegan customers live in Rome?")
        await user.sees("not understood: vegan (d says what it means)")
        await user.press("d")
        await user.until(lambda: isinstance(user.app.screen, Define))
        assert user.find("#define-word", Input).value == "vegan"
        bar = user.app.work_screen.query_one(QuestionBar).value
        user.find("#define-sql", Input).value = "customer.diet = 'vegan'"
        await user.press("enter")
        assert "Checking …" in user.drawn()
        await user.press("L", "backspace")  # Keys stay here while it is checked.
        await user.until(lambda: "✗ vegan cannot mean customer.diet = 'vegan'" in user.drawn())
        assert "vegan" not in (folder / "sqloop.toml").read_text()
        assert user.find("#define-sql", Input).value == "customer.diet = 'vegan'"
        assert user.app.work_screen.query_one(QuestionBar).value == bar
        user.find("#define-sql", Input).value = "customer.city = 'Rome'"
        await user.press("enter")
        await user.until(lambda: "customer.city = 'Rome'" in (folder / "sqloop.toml").read_text())
        await user.sees("2 rows")
        await user.until(lambda: "not understood" not in user.drawn(), "what is understood now")


async def test_with_the_starter_it_is_said_that_no_definition_helps(open_console: Open, folder: Path) -> None:
    async with open_console(model="starter") as user:
        await user.ask("Which vegan customers live in Rome?")
        await user.sees("not understood: vegan")
        assert "d says" not in user.drawn()
        user.app.work_screen.answer_actions.define()
        await user.until(lambda: isinstance(user.app.screen, Define))
        assert "! The model starter does not use the glossary; the others do" in user.drawn()
        answer = user.app.work_screen.bench.proposals.answer
        user.find("#define-sql", Input).value = "customer.city = 'Rome'"
        await user.press("enter")
        await user.until(lambda: "customer.city = 'Rome'" in (folder / "sqloop.toml").read_text())
        told = user.app._notifications
        await user.until(
            lambda: any("The model starter does not use the glossary" in e.message for e in told)
        )
        assert user.app.work_screen.bench.proposals.answer is answer  # It would be asked in vain.


async def test_a_meaning_needs_a_word_and_what_it_means(open_console: Open, folder: Path) -> None:
    async with open_console() as user:
        await user.until(lambda: user.app.status is not None)
        await user.press("escape", "f7", "f6")
        user.app.work_screen.answer_actions.define()
        await user.until(lambda: isinstance(user.app.screen, Define))
        assert user.find("#define-word", Input).has_focus
        await user.press("enter")
        assert isinstance(user.app.screen, Define)
        await user.press(*"big", "enter")
        assert user.find("#define-sql", Input).has_focus
        await user.press("enter")
        assert user.find("#define-means", Input).has_focus
        await user.press("escape")
        assert not isinstance(user.app.screen, Define)
    assert "big" not in (folder / "sqloop.toml").read_text()
