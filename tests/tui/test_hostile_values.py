"""Names and values of a database in the console: text on the screen, never a command to it or its markup."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from sqloop.lsp.protocol import Choice, ChoiceOption, Options
from sqloop.terminal.chart import Series
from sqloop_tui.editor.language import Language
from sqloop_tui.editor.offer_list import OfferList
from sqloop_tui.editor.sql_editor import SqlEditor
from sqloop_tui.results.chart_view import ChartView
from sqloop_tui.screens.asking_back import AskingBack
from sqloop_tui.server import Server

pytestmark = pytest.mark.asyncio

EVIL = "\x1b[31m\u202e"


class OneWidget(App[None]):
    def compose(self) -> ComposeResult:
        offers = OfferList()
        yield SqlEditor(Language(Server(Options(), print)), offers, id="sql")
        yield ChartView()
        yield offers


def seen(app: App[None]) -> str:
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


async def test_what_is_asked_back_is_no_markup() -> None:
    options = ChoiceOption("name is '[x]'", "a"), ChoiceOption(f"city is '[/red]{EVIL}'", "b")
    app = OneWidget()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(AskingBack(Choice(f"Which [bold]date{EVIL} is meant?", options), print))
        await pilot.pause()
        assert "Which [bold]date␛[31m� is meant?" in seen(app)
        assert "name is '[x]'" in seen(app)
        assert "city is '[/red]␛[31m�'" in seen(app)


async def test_neither_sql_nor_a_chart_commands_the_screen() -> None:
    app = OneWidget()
    async with app.run_test(size=(80, 24)) as pilot:
        app.query_one(SqlEditor).show(f"SELECT '{EVIL}',\n\t1")
        app.query_one(ChartView).show(Series("bars", f"a{EVIL}", f"b{EVIL}", (("x", 1.0), ("y", 2.0))))
        await pilot.pause()
        assert "SELECT '␛[31m�'," in seen(app)
        assert "b␛[31m� by a␛[31m�" in seen(app)
        assert app.query_one(SqlEditor).text == f"SELECT '{EVIL}',\n\t1"
