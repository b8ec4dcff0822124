"""The SQL editor with the real language server, tabs, files, finding, charts, saved connections."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import keyring
import pytest
from textual.widgets import Input, OptionList

from sqloop.feedback.events import Event
from sqloop.lsp.requests.remove_connection import forget_password
from sqloop.lsp.requests.save_connection import save_connection
from sqloop.settings import Connection, Settings
from sqloop_tui.editor.offer_list import OfferList
from sqloop_tui.editor.query_tabs import QueryTabs
from sqloop_tui.editor.sql_editor import SqlEditor
from sqloop_tui.question_bar import QuestionBar
from sqloop_tui.results.answer_view import AnswerView
from sqloop_tui.results.result_table import ResultTable
from sqloop_tui.schema_tree import SchemaTree
from sqloop_tui.screens.connections import Connections
from tui.conftest import NAMES, Open, User

pytestmark = pytest.mark.asyncio

NUMBERS = "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 950) SELECT n FROM r"


async def begin(user: User) -> SqlEditor:
    await user.until(lambda: user.app.work_screen.query_one(SchemaTree).root.children)
    await user.press("f7")
    return user.find("#sql", SqlEditor)


async def test_names_are_completed_while_they_are_typed(open_console: Open) -> None:
    async with open_console() as user:
        editor = await begin(user)
        await user.press(*"select * from cus")
        offers = user.find("#offers", OfferList)
        await user.until(lambda: offers.chosen is not None and offers.chosen.label == "customer")
        await user.press("tab")
        assert editor.text == "select * from customer"
        assert not offers.display
        assert editor.has_focus
        await user.press(*" c where c.")
        await user.until(lambda: offers.display)
        await user.press("down", "enter")
        assert editor.text == "select * from customer c where c.name"
        await user.press("tab")
        assert editor.has_focus
        await user.press("shift+tab")
        assert not editor.has_focus


async def test_tab_completes_or_indents_and_does_not_leave_the_sql(open_console: Open) -> None:
    async with open_console() as user:
        editor = await begin(user)
        editor.text = "select c.nam, sum("  # pasted: nothing is offered yet
        editor.move_cursor((0, 12))
        await user.press("tab")
        assert editor.text == "select c.nam, sum("
        editor.move_cursor(editor.document.end)
        await user.press("tab", *"1)", "enter", "tab", *"from", "enter")
        assert editor.text == "select c.nam, sum(1)\n  from\n"
        assert editor.has_focus
        editor.text = "select * from cus"
        editor.move_cursor(editor.document.end)
        await user.press("tab")
        await user.until(lambda: user.find("#offers", OfferList).display)
        await user.press("tab")
        assert editor.text == "select * from customer"


async def test_escape_hides_what_is_offered_and_enter_ends_the_line(open_console: Open) -> None:
    async with open_console() as user:
        editor = await begin(user)
        await user.press(*"select 1 from o")
        offers = user.find("#offers", OfferList)
        await user.until(lambda: offers.display)
        await user.press("escape")
        assert not offers.display
        assert editor.has_focus
        await user.press("r")
        await user.until(lambda: offers.display)
        await user.press("enter")
        assert editor.text == "select 1 from or\n"


async def test_sql_is_laid_out_and_undone(open_console: Open) -> None:
    async with open_console() as user:
        editor = await begin(user)
        typed = "select name, city from customer where city = '😀' and id in (1,2) order by name"
        editor.text = typed
        await user.press("f9")
        await user.until(lambda: "\nFROM customer" in editor.text)
        assert "'😀'" in editor.text
        await user.press("ctrl+z")
        assert editor.text == typed
        told = user.app._notifications
        editor.text = commented = "select 1 -- one\nfrom customer where id=1"
        await user.press("f9")
        await user.until(lambda: any("comments" in each.message for each in told))
        assert editor.text == commented


async def test_tabs_keep_question_sql_and_rows(open_console: Open) -> None:
    async with open_console() as user:
        await user.ask("Who lives in Rome?")
        await user.sees("of 4 agree")
        await user.press("ctrl+n")
        tabs = user.find("QueryTabs", QueryTabs)
        assert [each.name for each in tabs.queries] == ["Query 1", "Query 2"]
        assert user.find("#sql", SqlEditor).text == ""
        assert user.find("#question", QuestionBar).value == ""
        await user.write("SELECT 7 AS seven")
        await user.sees("1 row")
        await user.press("ctrl+pageup")
        table = user.find("#table", ResultTable)
        assert user.find("#sql", SqlEditor).text == NAMES
        assert user.find("#question", QuestionBar).value == "Who lives in Rome?"
        assert table.pages is not None
        assert table.pages.first_page == (("Ann",), ("Cy",))
        await user.sees("of 4 agree")
        await user.press("f6", "a")
        await user.sees("Recorded: this query answers the question.")
        await user.press("ctrl+w")
        assert user.find("#sql", SqlEditor).text == "SELECT 7 AS seven"
        assert table.pages.columns == ("seven",)


async def test_sql_that_is_typed_as_a_question_is_a_query_of_ones_own(
    open_console: Open, said: Callable[[], list[Event]]
) -> None:
    async with open_console() as user:
        await user.ask("Who lives in Rome?")
        await user.sees("of 4 agree")
        await user.ask("select count(*) as many from customer")
        await user.sees("1 row")
        await user.sees("your own query")
        tabs, table = user.find("QueryTabs", QueryTabs), user.find("#table", ResultTable)
        assert [each.name for each in tabs.queries] == ["Query 1", "Query 2"]
        assert user.find("#sql", SqlEditor).text == "select count(*) as many from customer"
        assert table.pages is not None
        assert table.pages.first_page == ((3,),)
        user.app.work_screen.answer_actions.judge("accepted")
        await user.sees("This query belongs to no question")
        await user.ask("DELETE FROM customer")
        await user.until(lambda: "only queries are allowed, not DELETE" in user.drawn())
        assert tabs.current.shown is None
    assert [each.kind for each in said()] == []


async def test_an_answer_takes_the_place_of_no_sql_that_was_typed(open_console: Open) -> None:
    async with open_console() as user:
        await user.ask("Who lives in Rome?")
        await user.sees("of 4 agree")
        await user.press("ctrl+n")
        editor, tabs = user.find("#sql", SqlEditor), user.find("QueryTabs", QueryTabs)
        editor.text = "SELECT 7 AS mine"
        await user.ask("How many in each city?")
        await user.sees("of 4 agree")
        assert (tabs.number, editor.text) == (0, NAMES)  # where the answer before stood
        editor.text = "SELECT name FROM customer WHERE id < 3"
        await user.ask("Who else?")
        await user.sees("of 4 agree")
        assert (tabs.number, editor.text) == (2, NAMES)
        await user.press("ctrl+pagedown")
        assert editor.text == "SELECT name FROM customer WHERE id < 3"
        await user.press("f5")
        await user.sees("a: this is the answer")
        await user.ask("And who once more?")  # The edited query has been run: F4 keeps it.
        await user.sees("of 4 agree")
        assert (tabs.number, len(tabs.queries), editor.text) == (0, 3, NAMES)
        await user.press("ctrl+pagedown")
        user.app.work_screen.forget()  # Another database, where the answers are worth nothing.
        assert editor.text == "SELECT 7 AS mine"
        assert [each.answer for each in tabs.queries] == [None, None, None]


async def test_a_query_is_saved_opened_and_not_lost(open_console: Open, folder: Path) -> None:
    (folder / "old.sql").write_text("SELECT 1 AS old;\n")
    async with open_console() as user:
        editor = await begin(user)
        editor.text = "SELECT 2 AS new"
        await user.press("ctrl+s")
        await user.press(*"old", "enter")
        await user.sees("There is a file old.sql already")
        await user.press("ctrl+s")
        await user.press(*"new", "enter")
        await user.sees("Saved as")
        assert (folder / "new.sql").read_text() == "SELECT 2 AS new\n"
        editor.text = "SELECT 3 AS newer"
        await user.press("ctrl+w")
        await user.until(lambda: "new.sql is not saved" in user.drawn())
        await user.press("escape", "ctrl+s")
        await user.until(lambda: (folder / "new.sql").read_text() == "SELECT 3 AS newer\n")
        await user.press("f2")
        await user.until(lambda: "SELECT 3 AS newer" in user.drawn())  # the preview of the first
        await user.press("down")
        await user.until(lambda: "SELECT 1 AS old" in user.drawn())
        await user.press("enter")
        assert editor.text == "SELECT 1 AS old;\n"
        await user.press("f5")
        await user.sees("1 row")
        assert "new.sql" in user.drawn()


async def test_nothing_that_was_typed_is_lost_without_a_question(open_console: Open, folder: Path) -> None:
    (folder / "old.sql").write_text("SELECT 1 AS old\n")
    async with open_console() as user:
        await begin(user)
        await user.press("f2", "enter", *" LIMIT 3")
        await user.press("ctrl+n")
        await user.press(*"SELECT 7")
        await user.press("ctrl+q")
        await user.until(lambda: "old.sql is not saved" in user.drawn())
        assert "Query 2 is not saved" in user.drawn()
        await user.press("escape", "ctrl+w")
        await user.until(lambda: "Close Query 2?" in user.drawn())
        await user.press("enter")
        assert user.find("QueryTabs", QueryTabs).current.name == "old.sql"
        await user.press("ctrl+s")
        await user.press("ctrl+n")
        await user.write("SELECT 8 AS ran")  # F4 keeps it.
        await user.sees("1 row")
        await user.press("ctrl+q")
        assert not user.app.is_running or user.app._exit
    assert "LIMIT 3" in (folder / "old.sql").read_text()


async def test_a_text_is_found_in_rows_that_were_not_fetched(open_console: Open) -> None:
    async with open_console() as user:
        await begin(user)
        await user.write(NUMBERS)
        await user.sees("950 rows")
        table = user.find("#table", ResultTable)
        await user.press("ctrl+f", *"77", "enter")
        await user.sees("row 77 ·")
        await user.press("f3")
        await user.sees("row 177 ·")
        for _ in range(7):
            await user.press("f3")
        await user.sees("row 771 ·")
        assert table.value == 771
        await user.press("ctrl+f", *"nowhere", "enter")
        await user.sees("No row holds")


async def test_a_chart_of_more_rows_than_a_page_and_of_three_columns(open_console: Open) -> None:
    days = "SELECT date('2024-01-01', '+' || n || ' days') AS day, n AS rank, n % 7 AS visits FROM ({})"
    async with open_console() as user:
        await begin(user)
        await user.write(days.format(NUMBERS))
        await user.sees("950 rows")
        await user.press("c")
        view = user.find("#outcome", AnswerView)
        await user.until(lambda: view.current == "chart")
        assert "2026-08-08" in user.drawn()  # the last of all days, not that of the first page
        assert "drawn" not in view.border_subtitle


async def test_a_connection_is_saved_by_name_but_no_password_in_a_file(
    open_console: Open, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    with closing(sqlite3.connect(folder / "other.db")) as connection:
        connection.execute("CREATE TABLE book (title TEXT)")

    (folder / "fake.db").write_text("no database")

    async def save(url: str, password: str = "") -> None:
        if not isinstance(user.app.screen, Connections):
            await user.press("ctrl+o")
        user.find("#connection-password", Input).value = password
        user.find("#connection-name", Input).value = "other"
        user.find("#connection-url", Input).value = url
        user.find("#connection-url", Input).focus()
        await user.press("enter")

    async with open_console() as user:
        await begin(user)
        await save("mysql+pymysql://me:x@localhost/shop")
        await user.until(lambda: "The URL holds a password" in user.drawn())
        for nothing in ("nosuch.db", "fake.db", "mysql+pymysql://me@localhost:1/shop"):
            await user.press("escape")
            await save(nothing)
            await user.until(lambda: "✗" in user.drawn())
        assert "other" not in (folder / "sqloop.toml").read_text()
        await save("other.db", "secret")
        await user.until(lambda: "There is no keyring" in user.drawn())
        assert "other" not in (folder / "sqloop.toml").read_text()
        await save("sqlite:///other.db")
        await user.until(lambda: "book" in user.drawn())
        assert user.app.status is not None
        assert user.app.status.database.connection == "other"
        await user.press("ctrl+o")
        assert user.find("#connections", OptionList).option_count == 3
        await user.press("escape")
    text = (folder / "sqloop.toml").read_text()
    assert 'shop = "sqlite:///shop.db"' in text
    assert 'other = "sqlite:///other.db"' in text
    assert "secret" not in text


async def test_the_password_of_a_saved_connection_goes_to_the_keyring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[tuple[str, ...]] = []
    monkeypatch.setattr(keyring, "set_password", lambda *words: held.append(words))
    save_connection(tmp_path, "live", "mysql+pymysql://me@localhost/shop", "secret")
    assert held == [("sqloop", "me@localhost", "secret")]  # where `find_password` looks for it
    assert "secret" not in (tmp_path / "sqloop.toml").read_text()


async def test_the_password_of_a_removed_connection_leaves_the_keyring_unless_another_uses_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gone: list[tuple[str, ...]] = []
    monkeypatch.setattr(keyring, "delete_password", lambda *words: gone.append(words))
    urls = {"live": "mysql+pymysql://me@host/shop", "test": "mysql+pymysql://me@host/test", "file": "a.db"}
    both = Settings(connections={name: Connection(url=url) for name, url in urls.items()})
    for name in ("live", "file"):
        forget_password(both, name)
    assert gone == []
    forget_password(Settings(connections={"live": both.connections["live"]}), "live")
    assert gone == [("sqloop", "me@host")]


async def test_of_many_tabs_the_current_one_is_in_view(open_console: Open) -> None:
    async with open_console(size=(80, 24)) as user:
        tabs = user.find("QueryTabs", QueryTabs)
        for _ in range(11):
            tabs.open()
        await user.until(lambda: " Query 12 " in user.drawn())
        assert "… " in user.drawn()
        assert " Query 2 " not in user.drawn()
        tabs.turn_to(12)
        await user.until(lambda: " Query 1 " in user.drawn())
        assert " Query 12 " not in user.drawn()
