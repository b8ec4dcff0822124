"""Connections in VS Code: one with a password is added, its database goes away and comes back."""

from __future__ import annotations

import pytest
from playwright.async_api import expect
from sqlalchemy.engine import make_url

from extension.code_server import CodeServer
from extension.window import Window
from servers import MariaDBServer

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_database_is_added_goes_away_and_comes_back(
    window: Window, vscode: CodeServer, mariadb: MariaDBServer
) -> None:
    url = make_url(
        mariadb.create(
            "singers", "CREATE TABLE singer (name VARCHAR(20))", "INSERT INTO singer VALUES ('Nina')"
        )
    )
    assert url.password is not None
    await window.open("singers.sql", "SELECT name FROM singer;\n")
    await window.command("SQLoop: Choose Connection…")
    await window.answer("Add", await_row="Add a connection…", title="the database to ask")
    await window.answer(url.set(password=None).render_as_string(), title="its URL")
    await window.answer("singers", title="what to call it")
    await window.answer(str(url.password), title="Password for")
    await expect(window.status).to_contain_text("singers · told")
    await expect(window.status.locator(".codicon-database")).to_be_visible()
    assert str(url.password) not in str(vscode.settings()) + vscode.logs()

    cells = window.results.locator("tbody td")
    await window.press("ArrowUp", "Control+Enter")
    await expect(cells).to_have_text(["1", "Nina"])
    mariadb.stop()
    try:
        await window.press("Control+Enter")
        await expect(window.status.locator(".codicon-warning")).to_be_visible()
        await expect(window.status).to_contain_text("singers: unreachable")
        await expect(window.results.locator(".failed")).to_be_visible()
        await window.read_status("Is it running?")
        await window.picture("unreachable")
    finally:
        mariadb.start()
    await expect(window.status.locator(".codicon-database")).to_be_visible()
    await window.page.locator(".editor-instance .view-line").first.click()
    await window.press("Control+Enter")
    await expect(cells).to_have_text(["1", "Nina"])
