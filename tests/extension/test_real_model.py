"""VS Code with the real model on the sample database: the pictures of the documentation show what it answers.

Nothing is said of its SQL, only of what a person sees: ghost text, rows, a chart. Uses the model that
`tests/real_model` fetches, or that the user has fetched; skipped, with one loud line, where neither is there.
`make pictures` keeps the pictures.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from extension.code_server import CodeServer
from extension.window import Window
from sqloop.sample import sample_database

pytestmark = pytest.mark.asyncio(loop_scope="module")

MODEL = "qwen2.5-coder-0.5b"
COMMENT = "number of products per category"
QUESTION = "the ten best-selling products with the quantity sold"


@pytest.fixture(scope="module")
def weights() -> Path:
    kept = Path(os.environ.get("SQLOOP_TEST_MODELS") or Path.home() / ".cache" / "sqloop-tests")
    fetched = Path.home() / ".local" / "share" / "sqloop" / "models"
    for folder in (kept, fetched):
        if (path := folder / f"{MODEL}.gguf").exists():
            return path
    pytest.skip(f"{MODEL} is not shown in VS Code: it is neither in {kept} nor in {fetched}")


@pytest.fixture(scope="module")
def vscode(weights: Path, package: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodeServer]:
    """The VS Code of a user who has fetched the model and has the sample database as a file."""
    folder = tmp_path_factory.mktemp("vscode")
    workspace = folder / "outdoor"
    workspace.mkdir()
    shutil.copyfile(sample_database(), workspace / "outdoor.db")
    (workspace / "sqloop.toml").write_text('[connections]\noutdoor = "sqlite:///outdoor.db"\n')
    machine = {
        "sqloop.interpreter": sys.executable,
        "sqloop.model": MODEL,
        "remote.autoForwardPorts": False,  # Else the pictures count what else this machine serves.
    }
    server = CodeServer(folder, workspace, package, machine)
    models = Path(server.environment["XDG_DATA_HOME"]) / "sqloop" / "models"
    models.mkdir(parents=True)
    (models / weights.name).symlink_to(weights)
    server.start()
    yield server
    server.stop()


async def test_a_comment_becomes_a_query_rows_and_a_chart(window: Window) -> None:
    await window.open("sales.sql")
    await expect(window.status).to_contain_text(f"outdoor · {MODEL}")
    await window.type(f"-- {COMMENT}\n")
    await expect(window.ghost.first).to_be_visible()
    await window.wait_for_text("SELECT")
    await show(window, "ghost")
    await window.press("Tab")
    await expect(window.ghost).to_have_count(0)
    await window.wait_for_text("FROM")
    await window.press("Control+Enter")
    rows = window.results.locator("tbody tr")
    await expect(rows.nth(1)).to_be_visible()
    await raise_panel(window, 230)
    await expect(window.results.locator(".count")).to_have_text(re.compile(r"^\d+ rows$"))
    await show(window, "results")
    drawn = await rows.count()
    await window.results.get_by_role("button", name="Chart").click()
    await expect(window.results.locator("svg .bar")).to_have_count(drawn)
    await show(window, "chart")


async def test_a_question_is_answered_in_the_panel(window: Window) -> None:
    await window.command("SQLoop: Ask a Question…")
    await window.answer(QUESTION)
    await expect(window.results.locator(".query")).to_contain_text(QUESTION)
    await expect(window.results.locator("tbody tr").nth(1)).to_be_visible()
    await expect(window.results.get_by_role("button", name="Accept")).to_be_visible()
    await show(window, "ask")


async def test_the_schema_and_what_was_asked_stand_in_the_side_bar(window: Window) -> None:
    await window.command("SQLoop: Focus on Schema View")
    await window.tree("Schema", "orders").click()
    await expect(window.tree("Schema", "→ customers.customer_id")).to_be_visible()
    await expect(window.tree("Questions", QUESTION)).to_be_visible()
    await show(window, "schema")


async def raise_panel(window: Window, top: int) -> None:
    """Give the panel more room: its upper edge is drawn to ``top``, in pixels from above."""
    panel = window.page.locator(".part.panel")
    box = await panel.bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2
    await window.page.mouse.move(middle, box["y"])
    await window.page.mouse.down()
    await window.page.mouse.move(middle, top, steps=5)
    await window.page.mouse.up()


async def show(window: Window, name: str) -> None:
    """Take a picture of a window at rest: nothing turns, no bar or hint comes and goes, the mouse is away."""
    await window.page.mouse.move(150, 17)
    bar, editor = window.page.locator(".statusbar"), window.page.locator(".editor-instance")
    await expect(bar.locator(".codicon-loading, .codicon-modifier-spin")).to_have_count(0)
    await expect(bar.get_by_text("SQLoop: ")).to_have_count(0)
    await expect(editor.locator(".scrollbar.vertical.visible")).to_have_count(0)
    await expect(window.page.locator(".monaco-hover:visible")).to_have_count(0)
    await window.picture(name)
