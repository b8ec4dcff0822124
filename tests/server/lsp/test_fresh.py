"""A server that runs while others change the database: questions, completion and diagnostics see it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sqloop.lsp import protocol
from sqloop.lsp.protocol import AskParams, AskResult, Options

from .conftest import Editor, Model, editing

pytestmark = pytest.mark.asyncio(loop_scope="module")


def change(workspace: Path, *statements: str) -> None:
    with closing(sqlite3.connect(workspace / "shop.db")) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


async def ask(editor: Editor, question: str) -> AskResult:
    result: AskResult = await editor.request(protocol.ASK, AskParams(question), AskResult)
    return result


async def names(editor: Editor, text: str) -> list[str]:
    return [item.label for item in await editor.complete(editor.open(text))]


async def test_the_next_question_and_key_press_see_what_others_changed(
    workspace: Path, environment: dict[str, str], model: Model
) -> None:
    model.tell("ships", "SELECT COUNT(*) FROM ship")
    async with editing(workspace, environment, Options(trusted=True, model=model.url, k=1)) as editor:
        before = await editor.until(lambda status: status.database.state == "ready")
        assert "CREATE TABLE ship" not in (await ask(editor, "customers in Kiel"), model.prompts[-1])[1]
        wrong = editor.open("SELECT name FROM ship")
        assert [each.code for each in await editor.problems(wrong)] == ["unknown-table"]
        change(workspace, "CREATE TABLE ship (name TEXT)", "INSERT INTO ship VALUES ('Kiel')")
        assert (await ask(editor, "ships called Kiel")).row_count == 1
        assert "CREATE TABLE ship" in model.prompts[-1]
        assert "Stored values: ship.name = 'Kiel'" in model.prompts[-1]
        assert await editor.problems(wrong, anew=True) == []
        assert (await editor.status()).database.fingerprint != before.database.fingerprint
        change(workspace, "INSERT INTO ship VALUES ('Gorch Fock')")
        await ask(editor, "ships called Gorch Fock")
        assert "Stored values: ship.name = 'Gorch Fock'" in model.prompts[-1]


async def test_completion_looks_by_itself(workspace: Path, environment: dict[str, str]) -> None:
    async with editing(workspace, environment, Options(trusted=True)) as editor:
        await editor.until(lambda status: status.database.state == "ready")
        for table in ("ship", "harbour"):
            change(workspace, f"CREATE TABLE {table} (name TEXT)", f"INSERT INTO {table} VALUES ('Kiel')")
            while table not in await names(editor, f"SELECT * FROM {table[0]}"):
                pass  # No look is taken more often than once in a second.
        assert "Kiel" in await names(editor, "SELECT * FROM ship WHERE name = ")
        change(workspace, "INSERT INTO ship VALUES ('Gorch Fock')")
        while "Gorch Fock" not in await names(editor, "SELECT * FROM ship WHERE name = "):
            pass
