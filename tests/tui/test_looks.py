"""What the main states look like, beside pictures that somebody has looked at.

`pytest tests/tui/test_looks.py --snapshot-update` draws them anew.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.image import SVGImageSnapshotExtension
from textual.widgets import Input, Static, TextArea

from sqloop.errors import UnreachableError
from sqloop.lsp.protocol import Options
from sqloop_tui.app import ConsoleApp
from sqloop_tui.records import AdapterRecord
from sqloop_tui.results.chart_view import ChartView
from sqloop_tui.retraining import Retraining
from sqloop_tui.schema_tree import SchemaTree
from sqloop_tui.screens import learning, sql_history
from tui.conftest import User
from tui.told_server import ToldServer

pytestmark = pytest.mark.asyncio

Open = Callable[..., AbstractAsyncContextManager[User]]
Looks = Callable[[User], None]

NOISE = re.compile(
    r'(?<=terminal)-\d+(?=-)| clip-path="[^"]*"| shape-rendering="\w+"'
    r"|<clipPath.*?</clipPath>\n?|@font-face \{.*?\}\n",
    re.DOTALL,
)
"""Of a picture: a random name, and two thirds of its bytes, without which it looks the same."""


@pytest.fixture
def open_told(monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens a console whose server is told what to answer; its cursors do not blink."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    for widget in (Input, TextArea):
        monkeypatch.setattr(widget, "cursor_blink", False)

    @asynccontextmanager
    async def open_told(
        server: ToldServer | None = None, size: tuple[int, int] = (80, 24)
    ) -> AsyncIterator[User]:
        app = ConsoleApp(Options(trusted=True))
        app.server = server or ToldServer()  # type: ignore[assignment]
        async with app.run_test(size=size) as pilot:
            user = User(app, pilot)
            await user.until(lambda: "shop" in app.screen.query_one(SchemaTree).border_title)
            await user.until(lambda: app.screen.query_one(SchemaTree).root.children)
            yield user

    return open_told


@pytest.fixture
def looks(snapshot: SnapshotAssertion) -> Looks:
    """Compares the screen with its picture."""
    pictures = snapshot.use_extension(SVGImageSnapshotExtension)

    def looks(user: User) -> None:
        drawn = NOISE.sub("", user.app.export_screenshot(simplify=True))
        # A boolean: what differs between two pictures is to be seen, not read.
        same = drawn == pictures
        assert same, "The screen has changed: look at what --snapshot-update makes of its picture."

    return looks


async def ask(user: User) -> None:
    await user.ask("Customers in each country?")
    await user.sees("6 of 8 agree")


async def test_start(open_told: Open, looks: Looks) -> None:
    async with open_told() as user:
        looks(user)


async def test_start_tells_how_to_get_a_better_model(open_told: Open, looks: Looks) -> None:
    async with open_told(ToldServer(better="sqloop model get qwen2.5-coder-0.5b")) as user:
        words = user.find("#welcome-words", Static)
        await user.until(lambda: "sqloop model get qwen2.5-coder-0.5b fetches" in str(words.render()))
        looks(user)


async def test_answer(open_told: Open, looks: Looks) -> None:
    async with open_told() as user:
        await ask(user)
        looks(user)


async def test_answer_wide(open_told: Open, looks: Looks) -> None:
    async with open_told(size=(120, 32)) as user:
        await ask(user)
        await user.press("f8", "down", "right")
        looks(user)


async def test_answer_light(open_told: Open, looks: Looks) -> None:
    async with open_told() as user:
        await ask(user)
        await user.press("ctrl+t")
        looks(user)


async def test_answer_without_colours(open_told: Open, looks: Looks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with open_told() as user:
        await ask(user)
        looks(user)


async def test_bars(open_told: Open, looks: Looks) -> None:
    async with open_told() as user:
        await ask(user)
        await user.press("c")
        await user.until(lambda: user.find("#chart", ChartView).display, "the chart")
        looks(user)


async def test_line(open_told: Open, looks: Looks) -> None:
    async with open_told() as user:
        await user.write("SELECT month, revenue FROM sales")
        await user.sees("12 rows")
        await user.press("c")
        await user.until(lambda: user.find("#chart", ChartView).display, "the chart")
        looks(user)


async def test_failure(open_told: Open, looks: Looks) -> None:
    error = UnreachableError("Cannot reach db.example.org.", "Check host and port, or press Ctrl+O.")
    async with open_told(ToldServer(error=error)) as user:
        await user.ask("How many?")
        await user.sees("atabase")
        looks(user)


async def test_schema(open_told: Open, looks: Looks) -> None:
    async with open_told() as user:
        await user.press("ctrl+b", "down", "space")
        await user.until(lambda: "status" in user.drawn())
        await user.press("down", "down", "down", "space")
        looks(user)


async def test_in_words(open_told: Open, looks: Looks) -> None:
    async with open_told() as user:
        await ask(user)
        await user.press("w")
        await user.until(lambda: "number of rows" in user.drawn())
        looks(user)


async def test_keys(open_told: Open, looks: Looks) -> None:
    async with open_told() as user:
        await user.press("f1")
        looks(user)


async def test_connections(open_told: Open, looks: Looks) -> None:
    async with open_told() as user:
        await user.press("ctrl+o", "down")
        looks(user)


async def test_learning(open_told: Open, looks: Looks, monkeypatch: pytest.MonkeyPatch) -> None:
    async def count_feedback(*database: str) -> Counter[str]:
        return Counter(shown=212, accepted=84, edited=23, rejected=17, ran=140)

    async def list_adapters() -> tuple[AdapterRecord, ...]:
        data: dict[str, Any] = {"events": 107}
        return (
            AdapterRecord("shop-2", "starter", "2026-05-04T12:30:00", True, {"exact": 71.4}, data),
            AdapterRecord("shop-1", "starter", "2026-04-01T08:15:00", False, {"exact": 64.3}, {"events": 61}),
        )

    async def look(self: Retraining) -> tuple[bool, str]:
        return True, "12 questions with a right answer to learn from; 3 with wrong ones only."

    monkeypatch.setattr(Retraining, "look", look)
    monkeypatch.setattr(learning, "count_feedback", count_feedback)
    monkeypatch.setattr(learning, "list_adapters", list_adapters)
    async with open_told() as user:
        await user.press("ctrl+l")
        await user.until(lambda: "shop-1" in user.drawn())
        looks(user)
        await user.press("t")
        await user.until(lambda: "12 questions" in user.drawn())
        looks(user)


@pytest.mark.parametrize("size", [(80, 24), (120, 30)], ids=["narrow", "wide"])
async def test_sql_history(
    open_told: Open, looks: Looks, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.setattr(sql_history, "_day", lambda at: "2 May 14:05")
    async with open_told(size=size) as user:
        await ask(user)
        await user.write("SELECT month, revenue\nFROM sales\nWHERE month >= '2024-01'")
        await user.sees("12 rows")
        await user.press("f4")
        await user.until(lambda: "SQL that was run" in user.drawn() and "12 rows · 4 ms" in user.drawn())
        await user.until(lambda: user.app.screen.has_class("-narrow") == (size[0] == 80))
        assert "WHERE month >= '2024-01'" in user.drawn()  # It opens with the newest beside it, or below.
        looks(user)


async def test_row_limit(open_told: Open, looks: Looks) -> None:
    async with open_told() as user:
        await ask(user)
        await user.press("plus")
        await user.until(lambda: "Row limit" in user.drawn())
        looks(user)
