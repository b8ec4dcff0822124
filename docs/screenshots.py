"""Writes docs/images: the console's main states, with a real server on the sample database."""

from __future__ import annotations

import asyncio
from pathlib import Path

import cairosvg
from textual.pilot import Pilot
from textual.widgets import Static

from sqloop.lsp.protocol import Options
from sqloop_tui.app import ConsoleApp
from sqloop_tui.editor.sql_editor import SqlEditor
from sqloop_tui.question_bar import QuestionBar
from sqloop_tui.verdict_bar import VerdictBar

IMAGES = Path(__file__).with_name("images")
QUERY = """SELECT country, COUNT(*) AS customers
FROM customers
GROUP BY country
ORDER BY customers DESC"""


async def main() -> None:
    """Ask, run, draw, look at what was run and learned, turn on the light."""
    IMAGES.mkdir(exist_ok=True)
    app = ConsoleApp(Options(trusted=True, connection="sample", feedback=False))
    async with app.run_test(size=(112, 32)) as pilot:
        await _until(pilot, lambda: app.status is not None and app.status.database.state == "ready")
        await pilot.pause(1)
        app.work_screen.query_one(QuestionBar).value = "How many customers are there in each country?"
        await pilot.press("enter")
        await _until(pilot, lambda: " rows" in app.work_screen.query_one(VerdictBar).words)
        _save(app, "answer")
        app.work_screen.query_one(SqlEditor).text = QUERY
        await pilot.press("f5")
        await _until(pilot, lambda: " ms" in app.work_screen.query_one(VerdictBar).words)
        await pilot.press("c")
        await pilot.pause(1)
        _save(app, "chart")
        await pilot.press("c", "f4")
        await pilot.pause(1)
        _save(app, "history")
        await pilot.press("escape", "ctrl+l")
        await _until(
            pilot, lambda: "to learn from" in str(app.screen.query_one("#learning-says", Static).content)
        )
        _save(app, "learning")
        await pilot.press("escape", "ctrl+t")
        await pilot.pause(1)
        _save(app, "light")


async def _until(pilot: Pilot[None], holds) -> None:  # type: ignore[no-untyped-def]
    async with asyncio.timeout(300):
        while not holds():
            await pilot.pause(0.2)
    await pilot.pause(0.5)


def _save(app: ConsoleApp, name: str) -> None:
    svg = app.export_screenshot().replace("Fira Code", "DejaVu Sans Mono")
    # Cells of 12.2 become ten pixels: cairo rounds the width of a character, frames and bars would not meet.
    path = IMAGES / f"console-{name}.png"
    cairosvg.svg2png(bytestring=svg.encode(), write_to=str(path), scale=10 / 12.2)


if __name__ == "__main__":
    asyncio.run(main())
