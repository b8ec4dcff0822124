"""Connections in VS Code: one of each engine is added; a database goes away and comes back."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

import duckdb
import pytest
from playwright.async_api import expect
from sqlalchemy.engine import make_url

from extension.code_server import SECONDS, CodeServer
from extension.window import Window
from servers import MariaDBServer, PostgreSQLServer

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
    await add(window, url.set(password=None).render_as_string(), "singers", str(url.password))
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


async def test_postgresql_a_duckdb_file_and_a_csv_file_are_added(
    window: Window, vscode: CodeServer, postgres: PostgreSQLServer
) -> None:
    url = make_url(
        postgres.create("books", "CREATE TABLE book (title text)", "INSERT INTO book VALUES ('Emma')")
    )
    with duckdb.connect(str(vscode.workspace / "tools.duckdb")) as connection:
        connection.execute("CREATE TABLE tool AS SELECT 'saw' AS name")
    window.write("fruits.csv", "name\nfig\nkiwi\n")
    await window.open("books.sql", "SELECT title FROM book;\n")
    await add(window, url.set(password=None).render_as_string(), "books", str(url.password))
    await show_rows(window, "Emma")
    await window.open("tools.sql", "SELECT name FROM tool;\n")
    await add(window, "tools.duckdb", "tools")
    await show_rows(window, "saw")
    await window.open("fruits.sql", "SELECT name FROM fruits WHERE name > 'g';\n")
    await add(window, "fruits.csv", "fruits")
    await show_rows(window, "kiwi")


async def test_what_is_not_there_is_not_added_and_what_is_there_is_offered(
    window: Window, vscode: CodeServer
) -> None:
    await window.open("shop.sql", "SELECT name FROM customer WHERE city = 'Oslo';\n")
    with closing(sqlite3.connect(vscode.workspace / "seen.db")) as connection, connection:
        connection.execute("CREATE TABLE fruit AS SELECT 'lime' AS name")
    await window.command("SQLoop: Choose Connection…")
    await window.answer("seen", await_row="found in this folder", title="the database to ask")
    await expect(window.status).to_contain_text("seen · told")
    await expect(window.status.locator(".codicon-database")).to_be_visible()
    assert "seen" not in vscode.settings().get("sqloop.connections", {})  # The choice is the workspace's.
    await window.command("SQLoop: Choose Connection…")
    await window.answer("Add", await_row="Add a connection…", title="the database to ask")
    await window.answer("gone.db", title="its URL")
    await window.answer("gone", title="what to call it")
    toast = window.page.locator(".notification-toast", has_text="There is no file")
    await expect(toast).to_be_visible()
    assert "gone" not in str(vscode.settings())
    await expect(window.status).to_contain_text("seen · told")
    await window.press("Escape")


async def test_a_connection_is_kept_by_its_whole_path_and_removed(window: Window, vscode: CodeServer) -> None:
    window.write("spare.csv", "name\nplum\n")
    await window.open("spare.sql", "SELECT name FROM spare;\n")
    await add(window, "spare.csv", "spare")
    async with asyncio.timeout(SECONDS):
        while "spare" not in (kept := vscode.settings().get("sqloop.connections", {})):
            await asyncio.sleep(0.5)
    assert kept["spare"] == str(vscode.workspace / "spare.csv")
    window.write("other.csv", "name\npear\n")
    await window.command("SQLoop: Choose Connection…")
    await window.answer("Add", await_row="Add a connection…", title="the database to ask")
    await window.answer("other.csv", title="its URL")
    await window.answer("spare", title="what to call it")
    await expect(window.page.locator(".quick-input-message")).to_contain_text("There is a connection spare")
    await window.press("Escape")
    assert vscode.settings()["sqloop.connections"]["spare"] == kept["spare"]
    await window.command("SQLoop: Choose Connection…")
    await window.answer("Remove", await_row="Remove a connection…", title="the database to ask")
    await window.answer("spare", await_row="spare", title="Remove from the settings")
    await expect(window.status).not_to_contain_text("spare")
    async with asyncio.timeout(SECONDS):
        while "spare" in str(vscode.settings()):
            await asyncio.sleep(0.5)


async def add(window: Window, url: str, name: str, password: str = "") -> None:
    """Add a connection as a person does, and wait until it is in use."""
    await window.command("SQLoop: Choose Connection…")
    await window.answer("Add", await_row="Add a connection…", title="the database to ask")
    await window.answer(url, title="its URL")
    await window.answer(name, title="what to call it")
    if password:
        await window.answer(password, title="Password for")
    await expect(window.status).to_contain_text(f"{name} · told")
    await expect(window.status.locator(".codicon-database")).to_be_visible()


async def show_rows(window: Window, value: str) -> None:
    """Run the statement above the cursor: its only row holds ``value``."""
    await window.page.locator(".editor-instance .view-line").first.click()
    await window.press("Control+Enter")
    await expect(window.results.locator("tbody td")).to_have_text(["1", value])
