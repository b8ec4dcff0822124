"""A window of VS Code in the words of its user."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from pathlib import Path

from playwright.async_api import Error, FrameLocator, Locator, Page, expect

from extension.code_server import SECONDS

PATIENCE = SECONDS * 1000
"""Milliseconds until something must have happened."""

expect.set_options(timeout=PATIENCE)


class Window:
    """What a person sees and does; ``pictures`` is where screenshots go."""

    def __init__(self, page: Page, workspace: Path, pictures: Path) -> None:
        self.page, self._workspace, self._pictures = page, workspace, pictures

    @property
    def ghost(self) -> Locator:
        """Ghost text."""
        return self.page.locator(".editor-instance .ghost-text-decoration, .editor-instance .ghost-text")

    def tree(self, view: str, text: str) -> Locator:
        """The first line of a view in the side bar that holds a text."""
        rows = self.page.locator(f".pane:has(.pane-header[aria-label^='{view}']) .monaco-list-row")
        return rows.filter(has_text=text).first

    @property
    def results(self) -> FrameLocator:
        """The page in the results panel."""
        outer = self.page.frame_locator("iframe.webview.ready")
        return outer.frame_locator("iframe#active-frame")

    @property
    def status(self) -> Locator:
        return self.page.locator(".statusbar-item[id$='sqloop.status']")

    async def begin(self, url: str) -> None:
        """Open VS Code, and wait for it."""
        await self.page.goto(url)
        await expect(self.page.locator(".explorer-folders-view .monaco-list-row").first).to_be_visible()

    async def open(self, name: str, text: str = "") -> None:
        """Open a new file of the workspace in the only editor there is."""
        self.write(name, text)
        if await self.page.locator(".tab").count():
            await self.command("View: Revert and Close Editor")
        await self.show(name)
        await expect(self.status).to_contain_text("·")  # The server has said what it works with.
        await self.page.locator(".editor-instance .view-line").first.click()
        await self.page.keyboard.press("Control+End")

    def write(self, name: str, text: str) -> None:
        """Put a file into the workspace."""
        (self._workspace / name).write_text(text)

    async def show(self, name: str) -> None:
        """Open a file of the workspace; anew until it is open, as Enter may take what was listed before."""
        tab = self.page.locator(".tab.active", has_text=name)
        async with asyncio.timeout(SECONDS):
            while True:
                await self.page.keyboard.press("Control+p")
                # By its whole path: the list of files is a moment behind.
                await self.answer(str(self._workspace / name), await_row=name)
                with suppress(Error):  # its own TimeoutError
                    return await tab.wait_for(timeout=5_000)

    async def command(self, title: str) -> None:
        """Execute a command of the palette, opened anew until it is there: one opened early stays without."""
        box = self.page.locator(".quick-input-widget input.input")
        row = self.page.locator(".quick-input-list .monaco-list-row", has_text=title).first
        async with asyncio.timeout(SECONDS):
            while not await row.is_visible():
                if await box.is_visible():  # else Escape would put away a notification
                    await self.page.keyboard.press("Escape")
                await self.page.keyboard.press("F1")
                await expect(box).to_be_visible()
                await box.fill(f">{title}")
                with suppress(Error):  # its own TimeoutError
                    await row.wait_for(timeout=5_000)
        await self.page.keyboard.press("Enter")

    async def answer(self, text: str, await_row: str = "", title: str = "") -> None:
        """Write into the input box that opens under ``title``; press Enter when the row is there."""
        await expect(self.page.locator(".quick-input-title")).to_contain_text(title)
        box = self.page.locator(".quick-input-widget input.input")
        await expect(box).to_be_visible()
        await box.fill(text)
        if await_row:
            await self.page.locator(".quick-input-list .monaco-list-row", has_text=await_row).first.wait_for()
        await self.page.keyboard.press("Enter")

    async def save_as(self, path: Path) -> None:
        """Answer the dialog that asks where to save.

        It completes what is written while it looks at the folder, and ignores Enter meanwhile.
        """
        box = self.page.locator(".quick-input-widget input.input")
        await expect(box).to_be_visible()
        async with asyncio.timeout(SECONDS):
            while await box.is_visible():
                if await box.input_value() == str(path):
                    await self.page.keyboard.press("Enter")
                else:
                    await box.fill(str(path))
                await asyncio.sleep(1)

    async def complete(self) -> Locator:
        """The first completion; asked for until it is there, as the one that typing asks for may be late."""
        row = self.page.locator(".suggest-widget.visible .monaco-list-row").first
        async with asyncio.timeout(SECONDS):
            while not await row.is_visible():
                await self.page.keyboard.press("Control+Space")
                await asyncio.sleep(2)
        return row

    async def read_status(self, part: str) -> None:
        """Hold the mouse over the status until what it tells has a part; whatever is shown anew closes it."""
        told = self.page.locator(".monaco-hover", has_text=part)
        async with asyncio.timeout(SECONDS):
            while not await told.is_visible():
                await self.page.mouse.move(500, 300)
                await self.status.hover()
                await asyncio.sleep(2)

    async def type(self, text: str) -> None:
        """Type as a person does: line by line, with Enter."""
        await self.page.keyboard.type(text, delay=20)

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def wait_for_clipboard(self, text: str) -> None:
        """Wait until exactly this was copied."""
        async with asyncio.timeout(SECONDS):
            while await self.page.evaluate("navigator.clipboard.readText()") != text:
                await asyncio.sleep(0.2)

    async def text(self) -> str:
        """What stands in the editor, ghost text included."""
        lines = await self.page.locator(".editor-instance .view-line").all_inner_texts()
        return "\n".join(lines).replace("\u00a0", " ")

    async def wait_for_text(self, part: str) -> None:
        await self.page.wait_for_function(
            """part => [...document.querySelectorAll('.editor-instance .view-line')]
                .map(each => each.innerText.replaceAll('\u00a0', ' ')).join('\\n').includes(part)""",
            arg=part,
            timeout=PATIENCE,
        )

    async def wait_for_note(self, text: str) -> None:
        """Wait until exactly this is said behind a line; an empty text: until nothing is."""
        # VS Code writes such texts by style sheets only.
        await self.page.wait_for_function(
            """text => [...document.querySelectorAll('.editor-instance .view-line span')]
                .map(each => getComputedStyle(each, '::after').content.replace(/^"|"$/g, ''))
                .filter(each => each.includes(' · ')).join('|') === text""",
            arg=text,
            timeout=PATIENCE,
        )

    async def picture(self, name: str) -> None:
        """Keep what is to be seen."""
        self._pictures.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=self._pictures / f"{name}.png", animations="disabled")


def picture_folder() -> Path:
    """Where screenshots go: $SQLOOP_PICTURES, or a folder that git does not see."""
    return Path(os.environ.get("SQLOOP_PICTURES", Path(__file__).parents[2] / "runs" / "vscode"))
