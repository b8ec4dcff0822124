"""Problems in a document through a real server: the engine is the judge, and there is no false alarm."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from lsprotocol import types

from sqloop.lsp import protocol
from sqloop.lsp.protocol import Options

from .conftest import Editor, editing

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def look(editor: Editor, text: str) -> list[tuple[str, str]]:
    """Code and marked text of each problem."""
    await editor.until(lambda status: status.database.state == "ready")
    uri = editor.open(text)
    return [(str(each.code), marked(text, each.range)) for each in await editor.problems(uri)]


def marked(text: str, where: types.Range) -> str:
    lines = text.split("\n")
    assert where.start.line == where.end.line
    return lines[where.start.line][where.start.character : where.end.character]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SELECT nme FROM customer", [("unknown-column", "nme")]),
        ("SELECT c.nme FROM customer c", [("unknown-column", "nme")]),
        ("SELECT name\nFROM custmer", [("unknown-table", "custmer")]),
        ("SELECT foo(1)", [("unknown-function", "foo")]),
        ("SELECT name FORM customer x", [("unread", "FORM")]),
        ("SELECT * FORM customer", [("unread", "FORM")]),
        ("SELECT id FROM customer, orders", [("engine", "id")]),
        ("SELECT 1;\nSELECT nme FROM customer;\nSELECT 2", [("unknown-column", "nme")]),
        ("SELECT x.name FROM customer c", [("unknown-table", "x")]),
        ("SELECT name FROM customer WHERE name = 'Ann", [("syntax", "'Ann")]),
        ("SELECT name FROM customer WHERE name = 'Ann\n\nSELECT 1", [("syntax", "'Ann")]),
        ('SELECT "name FROM customer', [("syntax", '"name FROM customer')]),
        ("SELEC * FROM customer", [("unread", "SELEC")]),
        ("SLECT name\nFROM customer", [("unread", "SLECT")]),
        ('SELECT "no_such_col" FROM customer', [("text", '"no_such_col"')]),
        ('SELECT name FROM customer WHERE "nam" = 3', [("text", '"nam"')]),
        ("CREATE TABLE made (a);\nSELECT nme FROM customer", [("unknown-column", "nme")]),
        ("SELECT b FROM made;\nCREATE TABLE made (b)", [("unknown-table", "made")]),
        ("INSERT INTO nowhere VALUES (1)", [("unknown-table", "nowhere")]),
        ("INSERT INTO customer (name, nope) VALUES ('a', 1)", [("unknown-column", "nope")]),
        ("INSERT INTO customer SELECT nope FROM orders", [("unknown-column", "nope")]),
        ("DELETE FROM nowhere", [("unknown-table", "nowhere")]),
        ("DELETE FROM customer WHERE nope = 1", [("unknown-column", "nope")]),
        ("UPDATE customer SET nope = 1", [("unknown-column", "nope")]),
        ("UPDATE customer SET name = upper(nope), city = 'x' WHERE id = 1", [("unknown-column", "nope")]),
        (
            "CREATE TEMP TABLE made AS SELECT name AS n FROM customer;\nSELECT nope FROM made",
            [("unknown-column", "nope")],
        ),
        (
            "CREATE TABLE made (a INT, b INT);\nWITH c AS (SELECT a FROM made) SELECT a, nope FROM c",
            [("unknown-column", "nope")],
        ),
        ("CREATE TABLE made (a INT);\nUPDATE made SET nope = 1", [("unknown-column", "nope")]),
        ("SELECT name nope, nope FROM customer", [("unknown-column", "nope")]),
    ],
)
async def test_what_the_engine_objects_to_is_marked(
    editor: Editor, text: str, found: list[tuple[str, str]]
) -> None:
    assert await look(editor, text) == found


@pytest.mark.parametrize(
    "text",
    [
        "SELECT name FROM customer",
        "SELECT rowid, \"first order\" FROM main.customer WHERE name = 'nme'",
        "WITH r AS (SELECT id AS x FROM orders) SELECT x FROM r ORDER BY x",
        "SELECT total * 2 AS double FROM orders GROUP BY double HAVING double > 1",
        "SELECT value FROM json_each('[1]')",
        "CREATE TABLE IF NOT EXISTS odd (a whatever) STRICT",
        "INSERT INTO customer (id, name) VALUES (4, 'Di') ON CONFLICT (id) DO UPDATE SET city = name",
        "INSERT OR IGNORE INTO customer SELECT id + 9, name, city, '' FROM customer RETURNING id",
        "UPDATE OR IGNORE orders AS o SET total = total + 1, status = c.name FROM customer c "
        "WHERE c.id = o.customer_id",
        "INSERT INTO orders (SELECT id FROM orders)",
        "UPDATE orders SET (total, status) = (1, 'open') WHERE id = 1",
        "DELETE FROM orders WHERE customer_id IN (SELECT id FROM customer) RETURNING id",
        "CREATE TABLE made (a INT, b DECIMAL(1, 2), PRIMARY KEY (a));\nDELETE FROM made WHERE b = 1;\n"
        "INSERT INTO made (a) WITH c AS (SELECT id FROM orders) SELECT id FROM c",
        "CREATE TABLE made (a);\nALTER TABLE made ADD COLUMN b;\nSELECT b FROM made",
        "PRAGMA foreign_keys",
        "-- only a comment",
        "",
        "CREATE TABLE made (a, b);\nSELECT a FROM made",
        "CREATE TEMP TABLE IF NOT EXISTS made AS SELECT 1 AS a;\nSELECT m.a FROM made m",
        'CREATE VIEW "made" AS SELECT 1 AS a;\nSELECT a FROM "made"',
        "ALTER TABLE customer ADD COLUMN age INTEGER;\nSELECT age FROM customer",
        "ALTER TABLE orders RENAME TO sales;\nSELECT id FROM sales",
        "ATTACH 'other.db' AS other;\nSELECT a FROM other.t",
        'SELECT "name" AS "what it is", id "number" FROM "customer" ORDER BY "what it is"',
        'WITH "made" AS (SELECT id AS "a b" FROM customer) SELECT "a b" FROM "made", "orders"',
        "SELECT 'it''s' FROM customer WHERE name <> 'a\nb'",
        "END",
        "SELECT * FROM {{ ref('customer') }}",
        "{% if x %} SELECT nope FROM nowhere {% endif %}",
    ],
)
async def test_what_is_right_is_left_alone(editor: Editor, text: str) -> None:
    assert await look(editor, text) == []


async def test_a_quick_fix_names_what_was_meant(editor: Editor) -> None:
    await editor.until(lambda status: status.database.state == "ready")
    uri = editor.open("SELECT nme FROM customer")
    problems = await editor.problems(uri)
    assert problems[0].message == "There is no column nme. Did you mean name?"
    actions = await editor.client.text_document_code_action_async(
        types.CodeActionParams(
            types.TextDocumentIdentifier(uri),
            problems[0].range,
            types.CodeActionContext(problems, only=[types.CodeActionKind.QuickFix]),
        )
    )
    (action,) = [each for each in actions or [] if isinstance(each, types.CodeAction)]
    assert action.title == "Change to name"
    assert action.edit is not None
    assert [*(action.edit.changes or {})[uri]] == [types.TextEdit(problems[0].range, "name")]


async def test_a_wrong_alias_is_told_with_those_that_are_there(editor: Editor) -> None:
    await editor.until(lambda status: status.database.state == "ready")
    (problem,) = await editor.problems(editor.open("SELECT x.name FROM customer c"))
    assert problem.message == "There is no x in this query: it reads c."


async def test_problems_carry_the_version_that_they_are_of(editor: Editor) -> None:
    await editor.until(lambda status: status.database.state == "ready")
    uri = editor.open("SELECT nme FROM customer")
    version = editor.write(uri, "SELECT name FROM customer")
    assert await editor.problems(uri, version) == []


async def test_what_writes_is_marked_once_somebody_runs_it(editor: Editor) -> None:
    uri = editor.open("DELETE FROM customer;")
    assert await editor.problems(uri) == []
    await editor.command(protocol.RUN_STATEMENT, {"sql": "DELETE FROM customer"})
    (problem,) = await editor.problems(uri, anew=True)
    assert problem.severity == types.DiagnosticSeverity.Warning
    assert problem.message == "SQLoop does not run this: only queries are allowed, not DELETE."


async def test_without_a_database_there_is_no_false_alarm(
    workspace: Path, environment: dict[str, str]
) -> None:
    options = Options(trusted=True, connection="sqlite:////nowhere/at/all.db")
    async with editing(workspace, environment, options) as editor:
        await editor.until(lambda status: status.database.state == "unreachable")
        assert await editor.problems(editor.open("SELECT nme FROM custmer")) == []
        (problem,) = await editor.problems(editor.open("SELECT (1 FROM"))
        assert problem.severity == types.DiagnosticSeverity.Warning


@pytest.mark.parametrize("notices", ["asked", "saved"])
async def test_a_schema_that_changes_under_an_open_file(
    workspace: Path, environment: dict[str, str], notices: str
) -> None:
    async with editing(workspace, environment, Options(trusted=True)) as editor:
        ready = await editor.until(lambda status: status.database.state == "ready")
        uri = editor.open("SELECT age FROM customer")
        assert [each.code for each in await editor.problems(uri)] == ["unknown-column"]
        with closing(sqlite3.connect(workspace / "shop.db")) as connection:
            connection.execute("ALTER TABLE customer ADD COLUMN age INTEGER")
            connection.commit()
        if notices == "saved":
            editor.save(uri)
        else:
            await editor.request(protocol.SCHEMA, protocol.SchemaParams(refresh=True), protocol.SchemaResult)
        assert await editor.problems(uri, anew=True) == []
        now = await editor.until(
            lambda status: status.database.fingerprint not in ("", ready.database.fingerprint)
        )
        assert now.database.columns == ready.database.columns + 1
        uri = editor.open("SELECT ag FROM customer")
        assert "age" in [item.label for item in await editor.complete(uri, types.Position(0, 9))]


async def test_another_database_marks_nothing_in_files_that_are_not_about_it(
    workspace: Path, environment: dict[str, str]
) -> None:
    with closing(sqlite3.connect(workspace / "music.db")) as connection:
        connection.execute("CREATE TABLE singer (name TEXT)")
    (workspace / "sqloop.toml").write_text(
        '[connections]\nshop = "sqlite:///shop.db"\nmusic = "sqlite:///music.db"\n'
    )
    async with editing(workspace, environment, Options(trusted=True)) as editor:
        await editor.until(lambda status: status.database.state == "ready")
        misspelt = editor.open("SELECT nme FROM customer")
        singers, worked_on = editor.open("SELECT name FROM singer"), editor.open("SELECT name FROM customer")
        assert [each.code for each in await editor.problems(misspelt)] == ["unknown-column"]
        assert [each.code for each in await editor.problems(singers)] == ["unknown-table"]

        chosen = protocol.ConnectParams("music", document=singers)
        await editor.request(protocol.CONNECT, chosen, protocol.Status)
        assert await editor.problems(singers, anew=True) == []
        last = [each for each in editor.published if each.uri == misspelt][-1]
        assert not last.diagnostics
        # Who edits a file has it looked at by the database in use.
        version = editor.write(worked_on, "SELECT city FROM customer")
        assert [each.code for each in await editor.problems(worked_on, version)] == ["unknown-table"]

        await editor.request(protocol.CONNECT, protocol.ConnectParams("shop"), protocol.Status)
        assert [each.code for each in await editor.problems(misspelt, anew=True)] == ["unknown-column"]
