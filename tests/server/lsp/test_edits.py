"""What the server writes into documents: there, in the text that it is meant for, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from lsprotocol import types

from sqloop.lsp import protocol
from sqloop.lsp.protocol import Options

from .conftest import CHOSEN, OTHER, Editor, Model, editing, user_environment, write_workspace

pytestmark = pytest.mark.asyncio(loop_scope="module")

OSLO = "SELECT name FROM customer WHERE city = 'Oslo'"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(told: Model, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Editor]:
    """An editor that knows versions of documents."""
    root = tmp_path_factory.mktemp("user")
    known = types.WorkspaceClientCapabilities(
        workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True)
    )
    options = Options(trusted=True, model=told.url, k=4)
    async with editing(
        write_workspace(root / "workspace"), user_environment(root), options, workspace=known
    ) as editor:
        yield editor


def edits(editor: Editor) -> list[tuple[int | None, str, types.Range]]:
    """What was sent: the version that each is of, its text and its place."""
    found = []
    for each in editor.edits:
        for change in each.document_changes or ():
            assert isinstance(change, types.TextDocumentEdit)
            for edit in change.edits:
                assert isinstance(edit, types.TextEdit)
                found.append((change.text_document.version, edit.new_text, edit.range))
    return found


async def actions(
    editor: Editor, uri: str, where: types.Position, *given: types.Diagnostic
) -> list[types.CodeAction]:
    params = types.CodeActionParams(
        types.TextDocumentIdentifier(uri), types.Range(where, where), types.CodeActionContext(list(given))
    )
    found = await editor.client.text_document_code_action_async(params)
    return [each for each in found or [] if isinstance(each, types.CodeAction)]


async def take(editor: Editor, uri: str, number: int = 0) -> tuple[str, str]:
    """Have a suggestion put into the document as an editor does; what it is called, and its query."""
    item = (await editor.ghost(uri))[number]
    assert item.command is not None
    editor.type(uri, item.insert_text)
    await editor.command(item.command)
    suggestion, sql = map(str, item.command.arguments or ())
    return suggestion, sql


@pytest.mark.parametrize("again", [False, True], ids=["closed", "opened again"])
async def test_an_answer_is_not_written_into_a_document_that_was_closed_meanwhile(
    editor: Editor, model: Model, again: bool
) -> None:
    uri = editor.open(f"-- the customers in Rome, closed: {again}\n")
    model.open.clear()
    asked = asyncio.ensure_future(editor.command(protocol.REGENERATE, uri, 0))
    await asyncio.to_thread(model.called.wait)
    editor.close(uri)
    if again:
        item = types.TextDocumentItem(uri, "sql", 1, "DROP\nTABLE x;")
        editor.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    model.open.set()
    await asked
    assert editor.edits == []
    assert "changed meanwhile" in editor.client.messages[-1].message


async def test_an_edit_says_which_version_it_is_of_and_a_refused_one_is_told(
    editor: Editor, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = editor.open("-- ")
    editor.type(uri, "the customers in Rome by version\n")

    def refuse(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        editor.edits.append(params.edit)
        return types.ApplyWorkspaceEditResult(applied=False)

    monkeypatch.setitem(editor.client.protocol.fm.features, types.WORKSPACE_APPLY_EDIT, refuse)
    await editor.command(protocol.REGENERATE, uri, 0)
    assert [(version, text) for version, text, _ in edits(editor)] == [
        (2, "\nSELECT name\nFROM customer\nWHERE city = 'Rome';")
    ]
    await eventually(lambda: bool(editor.client.messages))
    assert "changed meanwhile" in editor.client.messages[-1].message


async def test_of_two_queries_alike_the_one_below_its_question_goes_when_it_is_rejected(
    editor: Editor, model: Model
) -> None:
    uri = editor.open(f"-- a query of my own\n{CHOSEN};\n\n-- the customers in Rome, twice\n")
    suggestion, _ = await take(editor, uri)
    await editor.command(protocol.REJECT, suggestion)
    ((_, text, where),) = edits(editor)
    assert (text, where.start.line) == ("", 4)


async def test_rejecting_another_query_leaves_the_one_that_was_taken(editor: Editor, model: Model) -> None:
    uri = editor.open("-- the customers in Rome, one taken\n")
    _, other = await editor.ghost(uri)
    await take(editor, uri)
    assert other.command is not None
    assert (await editor.command(protocol.REJECT, *(other.command.arguments or ())))["recorded"]
    assert editor.edits == []


async def test_the_lens_rejects_the_query_that_it_stands_above(editor: Editor, model: Model) -> None:
    question = "-- the customers in Rome, exchanged\n"
    uri = editor.open(question)
    await take(editor, uri)
    editor.write(uri, f"{question}{OTHER};")
    params = types.CodeLensParams(types.TextDocumentIdentifier(uri))
    lenses = await editor.client.text_document_code_lens_async(params)
    (reject,) = (each.command for each in lenses or () if each.command and each.command.title == "Reject")
    assert (await editor.command(reject))["recorded"]
    assert [each.insert_text for each in await editor.ghost(editor.open(question))] == [f"{CHOSEN};"]


async def test_a_question_that_is_written_out_leaves_the_statement_behind_it_a_statement(
    editor: Editor, model: Model
) -> None:
    model.tell("in Oslo", OSLO)
    uri = editor.open(f"-- the customers in Rome\n{CHOSEN};\n\n/* and in Oslo? */ SELECT 1;\n")
    await editor.command(protocol.REGENERATE, uri, 3)
    editor.edits[:] = [each.edit for each in await actions(editor, uri, types.Position(3, 5)) if each.edit]
    assert [text for _, text, _ in edits(editor)] == ["/* the customers in Oslo */"]


@pytest.mark.parametrize("data", [{"fixes": None}, {"fixes": [{"edit": 1}]}, {"fixes": "abc"}, [1], "x"])
async def test_problems_of_other_tools_have_no_fixes_of_ours(editor: Editor, data: object) -> None:
    uri = editor.open("SELECT 1")
    where = types.Range(types.Position(0, 0), types.Position(0, 6))
    problem = types.Diagnostic(where, "L001", source="sqlfluff", data=data)
    found = await actions(editor, uri, types.Position(0, 0), problem)
    assert [each for each in found if each.kind == types.CodeActionKind.QuickFix] == []


async def eventually(holds: Callable[[], bool]) -> None:
    for _ in range(600):
        if holds():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not happen")
