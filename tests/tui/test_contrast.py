"""Text stands out from what is below it, in both looks, wherever one works: WCAG 2 asks for 4.5 to 1."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.color import Color
from textual.screen import ModalScreen

from sqloop_tui.editor.offer_list import OfferList
from sqloop_tui.themes import DARK, LIGHT
from tui.conftest import Open, User

AA = 4.5


def luminance(colour: Color) -> float:
    """The relative luminance of WCAG 2."""
    parts = [part / 255 for part in colour.get_truecolor()]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: Color, other: Color) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def texts(user: User) -> Iterator[tuple[str, float]]:
    """What can be read on the screen, or in the dialog before it, as it is drawn."""
    screen = user.app.screen
    box = screen.children[0].region if isinstance(screen, ModalScreen) else screen.region
    for line in screen._compositor.render_strips()[box.y : box.bottom]:
        for text, style, _ in line.crop(box.x, box.right):
            if any(char.isalnum() or char in "●○✗→" for char in text):
                assert style is not None
                assert style.color is not None
                assert style.bgcolor is not None
                yield text.strip(), ratio(style.color, style.bgcolor)


def test_the_ratio_is_that_of_the_specification() -> None:
    assert ratio(Color.parse("#000000"), Color.parse("#ffffff")) == pytest.approx(21)
    assert ratio(Color.parse("#777777"), Color.parse("#ffffff")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.asyncio
@pytest.mark.parametrize("theme", [DARK.name, LIGHT.name])
async def test_every_text_can_be_read(open_console: Open, folder: Path, theme: str) -> None:
    (folder / "old.sql").write_text("SELECT 1 AS old;\n")
    faint: dict[str, float] = {}

    async def look(place: str) -> None:
        await user.pilot.pause()
        found = list(texts(user))
        assert len(found) > 4
        faint.update({f"{place}: {text}": round(each, 2) for text, each in found if each < AA})

    async with open_console() as user:
        user.app.theme = theme
        await look("start")
        await user.ask("Who lives in Rome?")
        await user.sees("of 4 agree")
        await look("candidates")
        await user.press("a", "f8")
        await user.sees("Recorded")
        await look("rows")
        await user.press("ctrl+n")
        await user.write("SELECT 'a', 12, COUNT(*) -- x\nFROM customer WHERE city IS NULL")
        await user.sees("1 row")
        await look("own query")
        await user.press("c")
        await user.sees("A chart needs")
        await look("a warning")
        await user.write("SELECT na FROM nowhere")
        await user.until(lambda: "no such table" in user.drawn())
        await look("failure")
        await user.press("ctrl+n", *"select * from cus")
        await user.until(lambda: user.find("#offers", OfferList).display)
        await look("completion")
        await user.press("escape")
        for key, title in (
            ("f4", "SQL that was run"),
            ("f2", "Open a file"),
            ("ctrl+o", "Connections"),
            ("plus", "Row limit"),
            ("f1", "Keys"),
            ("ctrl+l", "Not retrained yet"),
        ):
            await user.press("f8", key)
            await user.until(lambda title=title: title in user.drawn(), title)
            await look(title)
            await user.press("escape")
    assert faint == {}
