"""A console with a real `sqloop lsp` below it, a shop to ask, and a model that answers what it is told."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, TypeVar

import pytest
from textual._context import visible_screen_stack
from textual.pilot import Pilot
from textual.widget import Widget

from sqloop.feedback.events import Event
from sqloop.feedback.store import FeedbackStore
from sqloop.lsp.protocol import Options
from sqloop_tui.app import ConsoleApp
from sqloop_tui.editor.sql_editor import SqlEditor
from sqloop_tui.question_bar import QuestionBar
from sqloop_tui.verdict_bar import VerdictBar
from tui.told_model import ToldModel

NAMES = "SELECT name FROM customer WHERE city = 'Rome'"
COUNT = "SELECT city, COUNT(*) AS n FROM customer GROUP BY city ORDER BY 2 DESC, 1"
BROKEN = "SELECT name FROM nowhere"

SECONDS = 60

T = TypeVar("T", bound=Widget)

SHOP = """
CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customer (id), total REAL);
CREATE VIEW forever AS
  WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT MAX(n) AS n FROM r;
INSERT INTO customer VALUES (1, 'Ann', 'Rome'), (2, 'Bob', 'Oslo'), (3, 'Cy', 'Rome');
INSERT INTO orders VALUES (1, 1, 10.5), (2, 2, 20.0), (3, 1, NULL);
"""


class User:
    """Who sits before the console, in the words of what they see."""

    def __init__(self, app: ConsoleApp, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def until(self, holds: Callable[[], Any], what: str = "it") -> None:
        async with asyncio.timeout(SECONDS):
            while not holds():
                await self.pilot.pause(0.05)
        await self.pilot.pause()

    async def sees(self, words: str) -> None:
        """Wait for words between query and rows."""
        bar = self.app.work_screen.query_one(VerdictBar)
        try:
            await self.until(lambda: words in bar.words)
        except TimeoutError:
            failure = [str(each.render()) for each in self.app.work_screen.query_one("#failure").children]
            raise AssertionError(f"{words!r} is not said, but {bar.words!r}; {failure}") from None

    async def ask(self, question: str) -> None:
        await self.until(lambda: self.app.status is not None)
        bar = self.find("#question", QuestionBar)
        bar.focus()
        bar.value = question
        await self.press("enter")

    async def write(self, sql: str) -> None:
        """Replace the SQL and run it."""
        await self.press("f7")
        self.app.work_screen.query_one("#sql", SqlEditor).text = sql
        await self.press("f5")

    def drawn(self) -> str:
        """The screen as text."""
        # Without it a dialog would be drawn, and kept, as if nothing stood below it.
        visible_screen_stack.set(self.app._background_screens)
        return "\n".join(line.text for line in self.app.screen._compositor.render_strips())

    def find(self, selector: str, kind: type[T]) -> T:
        return self.app.screen.query_one(selector, kind)


Open = Callable[..., Any]


@pytest.fixture
def model() -> Iterator[ToldModel]:
    model = ToldModel(NAMES, NAMES, COUNT, BROKEN)
    yield model
    model.close()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with the shop in it, its user's data beside it."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    with closing(sqlite3.connect(folder / "shop.db")) as connection:
        connection.executescript(SHOP)
    (folder / "sqloop.toml").write_text('[connections]\nshop = "sqlite:///shop.db"\n')
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("NO_COLOR", raising=False)
    return folder


@pytest.fixture
def said(tmp_path: Path) -> Callable[[], list[Event]]:
    """The verdicts that were kept."""
    path = tmp_path / "data" / "sqloop" / "feedback.sqlite"
    return lambda: [
        event for event in FeedbackStore(str(path)).events() if event.kind not in ("shown", "ran")
    ]


@pytest.fixture
def open_console(folder: Path, model: ToldModel, tmp_path: Path) -> Open:
    """Opens a console: `async with open_console() as user`."""

    @asynccontextmanager
    async def open_console(size: tuple[int, int] = (120, 36), **options: Any) -> AsyncIterator[User]:
        given = Options(**{"trusted": True, "model": model.url, "k": 4, **options})
        app = ConsoleApp(given, folder=folder, history=tmp_path / "history.jsonl", ran=tmp_path / "ran.jsonl")
        async with app.run_test(size=size) as pilot:
            yield User(app, pilot)

    return open_console
