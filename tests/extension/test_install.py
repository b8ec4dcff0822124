"""A VS Code on a machine without SQLoop: it is offered, installed from the extension itself, and chosen.

What SQLoop needs is on the path of Python already: pip installs the wheel alone, from no network.
"""

from __future__ import annotations

import asyncio
import os
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from extension.code_server import SECONDS, CodeServer
from extension.conftest import write_workspace
from extension.window import Window

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def vscode(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodeServer]:
    """The VS Code of a user whose Python has everything but SQLoop."""
    folder = tmp_path_factory.mktemp("vscode")
    base = Path(sysconfig.get_config_var("BINDIR")).resolve()
    packages = folder / "packages"
    packages.mkdir()
    for each in Path(sysconfig.get_path("purelib")).iterdir():
        if "sqloop" not in each.name:
            (packages / each.name).symlink_to(each)
    given = {
        "PATH": f"{base}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(packages),
        "PIP_NO_DEPS": "1",
        "PIP_NO_INDEX": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    server = CodeServer(folder, write_workspace(folder / "workspace"), package, {}, given=given)
    server.start()
    yield server
    server.stop()


async def test_it_is_offered_shown_installed_and_runs(window: Window, vscode: CodeServer) -> None:
    window.write("first.sql", "SELECT name FROM customer WHERE city = 'Oslo';\n")
    await window.show("first.sql")
    toast = window.page.locator(".notification-toast", has_text="SQLoop is not installed yet")
    await expect(toast).to_contain_text("no Python of this machine has it")
    await window.status.click()
    entries = window.page.locator(".quick-input-list .monaco-list-row")
    await expect(entries.first).to_contain_text("Install SQLoop…")
    await expect(entries.filter(has_text="Ask a Question…")).to_have_count(0)
    await window.press("Escape")
    await window.command("SQLoop: Focus on Schema View")
    await expect(window.page.locator(".pane .welcome-view").first).to_contain_text(
        "none that has it runs here"
    )
    await window.picture("not-installed")
    await toast.get_by_role("button", name="Install SQLoop…").click()
    shown = window.page.locator(".monaco-dialog-box")
    await expect(shown).to_contain_text("-m venv")
    await expect(shown).to_contain_text("-m pip install --upgrade")
    await expect(shown).to_contain_text("sqloop-0.1.0-py3-none-any.whl")
    await window.picture("install")
    own = next(vscode.folder.glob("**/globalStorage/sqloop.sqloop"), None)
    assert own is None or not (own / "python").exists()  # Nothing is done before it is said.
    await shown.get_by_role("button", name="Cancel", exact=True).click()
    window.write("asked.sql", "-- which customers live in Oslo?\n")
    await window.show("asked.sql")
    await window.page.locator(".editor-instance .view-line").first.click()
    await window.press("Control+End")
    await window.command("SQLoop: Install SQLoop…")
    await shown.get_by_role("button", name="Install", exact=True).click()
    await expect(window.status).to_contain_text("shop · ")
    await expect(window.ghost.first).to_be_visible()  # What was asked before is answered.
    await window.show("first.sql")
    (own,) = vscode.folder.glob("**/globalStorage/sqloop.sqloop")
    assert (own / "python" / "bin" / "python").exists()
    await window.page.locator(".editor-instance .view-line").first.click()
    await window.press("Control+Enter")
    await expect(window.results.locator("tbody td")).to_have_text(["1", "Bob"])


async def test_every_python_is_listed_with_what_it_has(window: Window, vscode: CodeServer) -> None:
    await window.command("SQLoop: Choose Python…")
    rows = window.page.locator(".quick-input-list .monaco-list-row")
    await expect(rows.filter(has_text="globalStorage").first).to_contain_text("SQLoop 0.1.0")
    await expect(rows.filter(has_text="no SQLoop").first).to_be_visible()
    await expect(rows.filter(has_text="Install SQLoop…")).to_be_visible()
    await window.picture("pythons")
    await rows.filter(has_text="globalStorage").first.click()
    async with asyncio.timeout(SECONDS):
        while "globalStorage" not in str(vscode.settings("Machine").get("sqloop.interpreter")):
            await asyncio.sleep(0.5)
    await expect(window.status).to_contain_text("shop · ")
