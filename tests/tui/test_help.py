"""All keys can be seen on the smallest screen, and it says how."""

from __future__ import annotations

import pytest

from sqloop_tui.screens.help import Help
from tui.conftest import Open

pytestmark = pytest.mark.asyncio


async def test_help_that_does_not_fit_says_how_to_see_the_rest(open_console: Open) -> None:
    async with open_console(size=(80, 24)) as user:
        await user.press("f1")
        await user.until(lambda: isinstance(user.app.screen, Help))
        await user.until(lambda: "PgDn PgUp show the rest · Esc closes" in user.drawn())
        last = "put the name into the query"
        assert last not in user.drawn()
        await user.press("end")
        await user.until(lambda: last in user.drawn())
        await user.press("escape")
        assert not isinstance(user.app.screen, Help)


async def test_help_that_fits_says_nothing_of_it(open_console: Open) -> None:
    async with open_console(size=(100, 60)) as user:
        await user.press("f1")
        await user.until(lambda: "Esc closes" in user.drawn())
        assert "put the name into the query" in user.drawn()
        assert "show the rest" not in user.drawn()
