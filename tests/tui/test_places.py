"""The places beside question and answer: schema, connections, export, learning, palette; and MariaDB."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import duckdb
import openpyxl
import pyarrow.parquet as pq
import pytest
from sqlalchemy.engine import make_url
from textual.events import Paste
from textual.widgets import DataTable, Input, OptionList

from servers import PostgreSQLServer
from sqloop.adapters import Card
from sqloop.adapters.following import identify_model
from sqloop.feedback.events import Event
from sqloop.feedback.store import open_store
from sqloop.session import name_model, open_registry
from sqloop.settings import load_settings
from sqloop_trainer import collecting
from sqloop_tui.editor.sql_editor import SqlEditor
from sqloop_tui.question_bar import QuestionBar
from sqloop_tui.results.answer_view import AnswerView
from sqloop_tui.results.export_dialog import ExportDialog
from sqloop_tui.results.result_table import ResultTable
from sqloop_tui.schema_tree import SchemaTree
from sqloop_tui.screens.connections import Connections
from sqloop_tui.screens.learning import Learning
from tui.conftest import Open, User

pytestmark = pytest.mark.asyncio


async def know_schema(user: User) -> SchemaTree:
    tree = user.app.work_screen.query_one(SchemaTree)
    await user.until(lambda: tree.root.children)
    return tree


async def test_the_schema_reads_a_table_when_it_is_opened_and_gives_names_to_the_query(
    open_console: Open,
) -> None:
    async with open_console(size=(80, 24)) as user:
        tree = await know_schema(user)
        assert [node.data.name for node in tree.root.children if node.data] == [
            "customer",
            "orders",
            "forever",
        ]
        orders = tree.root.children[1]
        assert not orders.children
        await user.press("ctrl+b", "down", "down", "right")
        await user.until(lambda: len(orders.children) == 3)
        customer = orders.children[1].data
        assert customer is not None
        assert (" → customer.id", "key") in customer.parts
        await user.press("down", "down", "enter")
        assert user.find("#sql", SqlEditor).text == "customer_id"
        await user.press("ctrl+b")
        assert not tree.display
        assert user.find("#question", QuestionBar).has_focus


async def test_a_table_that_was_made_meanwhile_is_there_after_reading_again(
    open_console: Open, folder: Path
) -> None:
    async with open_console() as user:
        tree = await know_schema(user)
        with closing(sqlite3.connect(folder / "shop.db")) as connection:
            connection.execute("CREATE TABLE invoice (id INTEGER PRIMARY KEY)")
        await user.press("ctrl+p", *"read the", "enter")
        await user.until(lambda: "invoice" in [node.data.name for node in tree.root.children if node.data])


async def test_the_model_reads_the_schema_before_anything_is_asked(open_console: Open) -> None:
    async with open_console(model="starter") as user:
        await user.until(lambda: "starter ready" in user.drawn())
        assert user.app.work_screen.query_one(AnswerView).current == "welcome"


async def test_a_model_that_cannot_be_used_is_told_at_once(open_console: Open) -> None:
    async with open_console(model="nosuch") as user:
        await user.until(lambda: "✗ The model cannot be used" in user.drawn())
        assert "nosuch failed" in user.drawn()


async def test_a_question_is_completed_by_names_of_tables(open_console: Open) -> None:
    async with open_console() as user:
        await know_schema(user)
        bar = user.find("#question", QuestionBar)
        bar.value = "How many cus"
        await user.until(lambda: bar._suggestion == "How many customer")
        bar.cursor_position = len(bar.value)
        await user.press("right")
        assert bar.value == "How many customer"


async def test_another_connection_by_url_and_one_that_is_not_there(
    open_console: Open, folder: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("CREATE TABLE book (title TEXT)")
    async with open_console() as user:
        tree = await know_schema(user)
        await user.press("ctrl+o")
        assert user.find("#connections", OptionList).option_count == 2
        user.find("#connection-url", Input).value = f"sqlite:///{tmp_path / 'other.db'}"
        user.find("#connection-url", Input).focus()
        await user.press("enter")
        await user.until(lambda: [node.data.name for node in tree.root.children if node.data] == ["book"])
        await user.press("ctrl+o")
        user.find("#connection-url", Input).value = f"sqlite:///{tmp_path / 'none.db'}"
        user.find("#connection-url", Input).focus()
        await user.press("enter")
        await user.until(lambda: "✗" in user.drawn())
        assert "none.db" in user.find("#connection-url", Input).value
        assert [node.data.name for node in tree.root.children if node.data] == ["book"]
        await user.press("escape", "ctrl+o", *"other.db")
        assert user.find("#connection-url", Input).value == "other.db"
        await user.press("escape", "ctrl+o")
        user.app.screen.post_message(Paste("data/pasted.db\n"))
        await user.until(lambda: user.find("#connection-url", Input).value == "data/pasted.db")
        await user.press("escape")
        await user.press("ctrl+o", "down", "enter")
        await user.until(lambda: len(tree.root.children) == 3)
        assert not isinstance(user.app.screen, Connections)
        await user.ask("who lives in Rome")
        await user.sees("2 rows")
        await user.press("ctrl+o")
        user.find("#connection-url", Input).value = "nowhere.db"
        user.find("#connection-url", Input).focus()
        await user.press("enter")
        await user.until(lambda: "✗ There is no connection or file called 'nowhere.db'" in user.drawn())
        assert user.find("#connection-url", Input).value == "nowhere.db"
        await user.press("escape")
        assert user.find("#outcome", AnswerView).current != "failure"
        assert "Ann" in user.drawn()  # The answer of the database that is still open.
        assert user.find("#question", QuestionBar).value == "who lives in Rome"
        await user.press("ctrl+o", "tab", "tab", *"secret", "enter")
        assert "Which database?" in user.drawn()
        await user.press(*"../other.db", "enter")
        await user.until(lambda: not isinstance(user.app.screen, Connections))
        assert user.find("#question", QuestionBar).value == ""  # It was asked of another database.


async def test_a_connection_is_removed_from_the_file_once_its_user_agreed(
    open_console: Open, folder: Path
) -> None:
    file = folder / "sqloop.toml"
    before = file.read_text()
    file.write_text(before + '# Of last year:\nold = "old.db"\n')
    async with open_console() as user:
        await know_schema(user)
        await user.press("ctrl+o", "delete", "enter")
        await user.until(lambda: "✗ shop is in use" in user.drawn())
        await user.press("down", "delete", "escape")
        assert "old" in file.read_text()
        await user.press("delete", "enter")
        await user.until(lambda: "old is removed" in user.drawn())
        assert file.read_text() == before + "# Of last year:\n"
        assert user.find("#connections", OptionList).option_count == 2
        await user.press("delete", "enter")
        await user.until(lambda: "✗ sample is not in sqloop.toml" in user.drawn())


async def test_another_connection_to_files_and_to_a_server_with_a_password(
    open_console: Open, folder: Path, postgres: PostgreSQLServer
) -> None:
    url = make_url(postgres.create("picked", "CREATE TABLE song (title text)"))
    with duckdb.connect(str(folder / "tools.duckdb")) as connection:
        connection.execute("CREATE TABLE tool AS SELECT 'saw' AS name")
    (folder / "fruits.csv").write_text("name\nfig\n")
    (folder / "nuts.csv").write_text("name\nalmond\n")

    async def choose(connection: str, *tables: str, password: str = "") -> None:
        await user.press("ctrl+o")
        user.find("#connection-password", Input).value = password
        user.find("#connection-url", Input).value = connection
        user.find("#connection-url", Input).focus()
        await user.press("enter")
        await user.until(lambda: tuple(node.data.name for node in tree.root.children if node.data) == tables)

    async with open_console() as user:
        tree = await know_schema(user)
        await choose(url.set(password=None).render_as_string(), "song", password=str(url.password))
        await choose("tools.duckdb", "tool")
        await choose("fruits.csv", "fruits")
        await choose("*.csv", "fruits", "nuts")
        assert not tree.border_subtitle
        (folder / "empty.csv").touch()
        await choose("*.csv*", "fruits", "nuts")
        await user.until(lambda: tree.border_subtitle == "1 not read: sqloop doctor")


@pytest.mark.parametrize("suffix", [".csv", ".json", ".md", ".xlsx", ".parquet"])
async def test_all_rows_are_exported_not_only_those_on_the_screen(
    open_console: Open, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"answer{suffix}"
    async with open_console() as user:
        await user.until(lambda: user.app.status is not None)
        await user.write(
            "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 950) SELECT n FROM r"
        )
        await user.sees("950 rows")
        await user.until(lambda: user.find("#table", ResultTable).has_focus)
        await user.press("x")
        await user.until(lambda: isinstance(user.app.screen, ExportDialog))
        user.find("#export-path", Input).value = str(path)
        await user.press("enter")
        await user.sees("950 rows written to")
        await user.press("x")
        await user.until(lambda: isinstance(user.app.screen, ExportDialog))
        user.find("#export-path", Input).value = str(path)
        await user.press("enter")
        path.write_text("of somebody")
        await user.until(lambda: "exists. Enter again replaces it" in user.drawn())
        assert path.read_text() == "of somebody"
        await user.press("enter")
        await user.until(lambda: not isinstance(user.app.screen, ExportDialog))
    if suffix == ".csv":
        rows = [int(row[0]) for row in list(csv.reader(path.open()))[1:]]
    elif suffix == ".json":
        rows = [row["n"] for row in json.loads(path.read_text())]
    elif suffix == ".md":
        head, rule, *lines = path.read_text().splitlines()
        assert (head, rule) == ("| n |", "| ---: |")
        rows = [int(line.strip("| ")) for line in lines]
    elif suffix == ".xlsx":
        sheet = openpyxl.load_workbook(path).active
        rows = [row[0] for row in sheet.values][1:] if sheet else []
    else:
        rows = pq.read_table(path)["n"].to_pylist()
    assert rows == list(range(1, 951))


async def test_cells_and_rows_go_to_the_clipboard(open_console: Open) -> None:
    async with open_console() as user:
        await user.until(lambda: user.app.status is not None)
        await user.write("SELECT id, name, city FROM customer ORDER BY id")
        await user.sees("3 rows")
        await user.until(lambda: user.find("#table", ResultTable).has_focus)
        await user.press("down", "right", "y")
        assert user.app.clipboard == "Bob"
        await user.press("Y")
        assert user.app.clipboard == "2\tBob\tOslo"


async def accept(open_console: Open) -> None:
    """Ask, accept the answer, and leave."""
    async with open_console() as user:
        await user.ask("Who lives in Rome?")
        await user.sees("of 4 agree")
        await user.press("a")
        await user.sees("Recorded")


async def test_learning_counts_what_was_said_and_changes_adapters(
    open_console: Open, said: Callable[[], list[Event]], tmp_path: Path
) -> None:
    await accept(open_console)
    made, base = tmp_path / "made", identify_model(name_model(load_settings()))
    assert base is not None
    made.mkdir()
    (made / "adapter_config.json").write_text("{}")
    (made / "adapter_model.safetensors").write_bytes(b"weights")
    registry = open_registry(load_settings())
    for name in ("first", "second"):
        registry.add(made, Card(name=name, base=base, metrics={"exact": 70.5}, data={"events": 12}))
    async with open_console(size=(100, 30), model="") as user:
        await user.until(lambda: user.app.status is not None)
        await user.press("ctrl+l")
        await user.until(lambda: "70.5" in user.drawn())
        assert "accepted         1" in user.drawn()
        await user.press("f1")
        await user.until(lambda: "use the adapter under the cursor" in user.drawn())
        assert "run the SQL" not in user.drawn()
        await user.press("escape")
        assert user.find("#adapter-table", DataTable).row_count == 2
        await user.press("down", "p")
        await user.until(lambda: "✓" in user.drawn())
        active = registry.active(base)
        assert active is not None
        assert active.name == "first"
        await user.press("b")
        await user.until(lambda: registry.active(base) is None)
        await user.until(lambda: "●" not in user.drawn())
        await user.press("escape")
        assert not isinstance(user.app.screen, Learning)


async def test_learning_counts_the_feedback_of_this_database_only(
    open_console: Open, said: Callable[[], list[Event]], tmp_path: Path
) -> None:
    await accept(open_console)
    store = open_store(load_settings())
    (event,) = said()
    for number in range(30):
        store.append(replace(event, id=f"{number:012}", schema="0" * 16, database="sqlite:////elsewhere.db"))
    async with open_console(size=(100, 30)) as user:
        await user.until(lambda: bool(user.app.status and user.app.status.database.fingerprint))
        await user.press("ctrl+l")
        await user.until(lambda: "None yet: t retrains" in user.drawn())
        await user.press("p")
        await user.until(lambda: "There is no adapter to promote yet" in user.drawn())
        await user.press("f5")
        await user.until(lambda: "1 question with a right answer to learn from." in user.drawn())
        assert f"Accept or correct {collecting.NEEDED - 1} more." in user.drawn()


async def test_a_remembered_answer_says_so(open_console: Open) -> None:
    await accept(open_console)
    async with open_console() as user:
        await user.ask("who lives in Rome")
        await user.sees("from memory, accepted 20")
        await user.press("r")
        await user.sees("likely · 2 rows")  # The model is asked, as memory has no other.


async def test_a_cancelled_query_is_gone_from_the_process_list_of_mariadb(
    open_console: Open, mariadb: object
) -> None:
    def running() -> list[tuple[object, ...]]:
        return mariadb.admin(  # type: ignore[attr-defined, no-any-return]
            "SELECT id FROM information_schema.processlist "
            "WHERE info LIKE '%without_end%' AND id <> CONNECTION_ID()"
        )

    digits = ", ".join(f"({number})" for number in range(10))
    url = mariadb.create(  # type: ignore[attr-defined]
        "console", "CREATE TABLE d (n INT)", f"INSERT INTO d VALUES {digits}"
    )
    endless = "SELECT COUNT(*) AS without_end FROM " + ", ".join(f"d AS d{number}" for number in range(11))
    async with open_console(connection=url) as user:
        await know_schema(user)
        await user.write(endless)
        await user.until(running)
        await user.press("escape")
        await user.sees("Cancelled.")
        await user.until(lambda: not running())
        await user.write("SELECT COUNT(*) AS n FROM d")
        await user.sees("1 row")
