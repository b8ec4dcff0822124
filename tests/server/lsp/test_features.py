"""What an editor shows of SQL: hover, signatures, layout, names, outline. Each through a real server."""

from __future__ import annotations

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from sqloop.lsp import protocol

from .conftest import Editor, Model

pytestmark = pytest.mark.asyncio(loop_scope="module")


def at(uri: str) -> types.TextDocumentIdentifier:
    return types.TextDocumentIdentifier(uri)


async def hover(editor: Editor, uri: str, place: types.Position) -> str:
    await editor.until(lambda status: status.database.state == "ready")
    found = await editor.client.text_document_hover_async(types.HoverParams(at(uri), place))
    return found.contents.value if found and isinstance(found.contents, types.MarkupContent) else ""


async def test_hover_tells_of_columns_and_tables(editor: Editor) -> None:
    uri = editor.open("SELECT o.customer_id FROM orders o")
    column = await hover(editor, uri, editor.place(uri, "customer_id"))
    assert "INTEGER" in column
    assert "refers to customer.id" in column
    table = await hover(editor, uri, editor.place(uri, "orders"))
    assert "about 3 rows" in table
    assert "primary key" in table


async def test_hover_shows_values_as_text(editor: Editor) -> None:
    uri = editor.open("SELECT status FROM orders")
    assert "`it's late`" in await hover(editor, uri, editor.place(uri, "status"))


async def test_hover_on_a_suggestion_tells_what_it_gave_and_why_it_won(editor: Editor, model: Model) -> None:
    uri = editor.open("-- the customers in Rome for hover\n")
    items = await editor.ghost(uri)
    editor.type(uri, items[0].insert_text)
    text = await hover(editor, uri, editor.place(uri, "SELECT"))
    assert "**2 rows** · sure · 2 of 4 agree" in text
    assert "| Ann |" in text
    assert "The next one had 1 of 4 proposals behind it" in text


async def test_signature_help_knows_the_argument(editor: Editor) -> None:
    uri = editor.open("SELECT ROUND(ABS(total), ")
    found = await editor.client.text_document_signature_help_async(
        types.SignatureHelpParams(at(uri), editor.end(uri))
    )
    assert found is not None
    assert found.signatures[0].label == "ROUND(number, digits)"
    assert found.active_parameter == 1


async def test_formatting_lays_statements_out_and_leaves_comments(editor: Editor) -> None:
    uri = editor.open("-- keep me\nselect a,b from t where x=1;\n\nselect 1 -- odd\n;")
    edits = await editor.client.text_document_formatting_async(
        types.DocumentFormattingParams(at(uri), types.FormattingOptions(2, True))
    )
    assert [edit.new_text for edit in edits or []] == ["SELECT a, b\nFROM t\nWHERE x = 1", "SELECT 1"]


async def test_a_range_is_formatted_alone(editor: Editor) -> None:
    uri = editor.open("select 1;\nselect 2;\n")
    edits = await editor.client.text_document_range_formatting_async(
        types.DocumentRangeFormattingParams(
            at(uri), types.Range(types.Position(1, 3), types.Position(1, 4)), types.FormattingOptions(2, True)
        )
    )
    assert [edit.new_text for edit in edits or []] == ["SELECT 2"]


async def rename(editor: Editor, text: str, what: str, nth: int = 0) -> str:
    """The text after what stands at a place was renamed to `it`."""
    uri = editor.open(text)
    edit = await editor.client.text_document_rename_async(
        types.RenameParams(at(uri), editor.place(uri, what, nth), "it")
    )
    assert edit is not None
    assert edit.changes is not None
    lines = text.split("\n")
    for each in sorted(edit.changes[uri], key=lambda e: (e.range.start.line, e.range.start.character))[::-1]:
        line = lines[each.range.start.line]
        lines[each.range.start.line] = (
            line[: each.range.start.character] + each.new_text + line[each.range.end.character :]
        )
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "what", "nth", "renamed"),
    [
        (
            "SELECT c.id FROM customer c WHERE c.city = 'c'",
            "c.",
            0,
            "SELECT it.id FROM customer it WHERE it.city = 'c'",
        ),
        (
            "SELECT c.id FROM customer AS c WHERE c.id IN (SELECT c.id FROM orders AS c)",
            "c.",
            0,
            "SELECT it.id FROM customer AS it WHERE it.id IN (SELECT c.id FROM orders AS c)",
        ),
        (
            "WITH x AS (SELECT 1 AS a) SELECT x.a FROM x JOIN x AS y ON x.a = y.a",
            "x",
            0,
            "WITH it AS (SELECT 1 AS a) SELECT it.a FROM it JOIN it AS y ON it.a = y.a",
        ),
        (
            "WITH x AS (SELECT 1 AS a)\nSELECT y.a FROM x AS y",
            "y.a",
            0,
            "WITH x AS (SELECT 1 AS a)\nSELECT it.a FROM x AS it",
        ),
    ],
)
async def test_renaming(editor: Editor, text: str, what: str, nth: int, renamed: str) -> None:
    assert await rename(editor, text, what, nth) == renamed


@pytest.mark.parametrize(
    ("wanted", "written"),
    [
        ("big one", '"big one"'),
        ('"big one"', '"big one"'),
        ('"big" one', '"""big"" one"'),
        ('"big', '"""big"'),
        ("order", '"order"'),
    ],
)
async def test_a_new_name_is_one_name(editor: Editor, wanted: str, written: str) -> None:
    uri = editor.open("SELECT c.id FROM customer c")
    where = editor.place(uri, "c.")
    edit = await editor.client.text_document_rename_async(types.RenameParams(at(uri), where, wanted))
    assert edit is not None
    assert {each.new_text for each in (edit.changes or {})[uri]} == {written}


@pytest.mark.parametrize("wanted", ["o", '"O"', "x"])
async def test_a_name_of_something_else_is_refused(editor: Editor, wanted: str) -> None:
    uri = editor.open("WITH x AS (SELECT 1) SELECT c.id FROM customer c, x JOIN orders o ON o.id = c.id")
    params = types.RenameParams(at(uri), editor.place(uri, "c.id"), wanted)
    with pytest.raises(JsonRpcException, match="something else"):
        await editor.client.text_document_rename_async(params)


@pytest.mark.parametrize("what", ["customer", "id", "SELECT"])
async def test_what_belongs_to_the_database_is_not_renamed(editor: Editor, what: str) -> None:
    uri = editor.open("SELECT c.id FROM customer c")
    place = types.PrepareRenameParams(at(uri), editor.place(uri, what))
    assert await editor.client.text_document_prepare_rename_async(place) is None


async def test_going_to_a_cte(editor: Editor) -> None:
    uri = editor.open("WITH rich AS (SELECT 1 AS a)\nSELECT * FROM rich")
    found = await editor.client.text_document_definition_async(
        types.DefinitionParams(at(uri), editor.place(uri, "rich", 1))
    )
    assert isinstance(found, types.Location)
    assert found.range == types.Range(types.Position(0, 5), types.Position(0, 9))


async def test_the_outline_names_questions_and_ctes(editor: Editor) -> None:
    uri = editor.open("-- who is rich?\nWITH rich AS (SELECT 1) SELECT * FROM rich;\nSELECT 2;")
    found = await editor.client.text_document_document_symbol_async(types.DocumentSymbolParams(at(uri)))
    symbols = [each for each in found or [] if isinstance(each, types.DocumentSymbol)]
    assert [each.name for each in symbols] == ["who is rich?", "SELECT 2"]
    assert [each.name for each in symbols[0].children or []] == ["rich"]


async def test_lenses_offer_what_can_be_done(editor: Editor) -> None:
    uri = editor.open("-- how many customers are there?\nSELECT COUNT(*) FROM customer;")
    lenses = await editor.client.text_document_code_lens_async(types.CodeLensParams(at(uri)))
    assert [lens.command.title for lens in lenses or [] if lens.command] == ["Run", "Explain", "Regenerate"]


async def test_a_trigger_has_the_lenses_of_one_statement(editor: Editor) -> None:
    body = "BEGIN\n  SELECT 1;\n\n  SELECT name FROM customer;\nEND;"
    uri = editor.open(f"CREATE TRIGGER t INSERT ON customer {body}\nSELECT 1;")
    lenses = await editor.client.text_document_code_lens_async(types.CodeLensParams(at(uri)))
    assert [each.range.start.line for each in lenses or []] == [0, 0, 5, 5]


async def test_run_without_a_panel_shows_rows_in_a_message(editor: Editor) -> None:
    uri = editor.open("SELECT name FROM customer ORDER BY id;")
    lenses = await editor.client.text_document_code_lens_async(types.CodeLensParams(at(uri)))
    assert lenses is not None
    assert lenses[0].command is not None
    result = await editor.command(lenses[0].command)
    assert result["rows"] == [["Ann"], ["Bob"], ["Cy"]]
    assert editor.client.messages[-1].message == "name\nAnn\nBob\nCy\n3 rows"


async def actions(editor: Editor, uri: str) -> list[types.Command | types.CodeAction]:
    """What is offered at the beginning of a document."""
    start = types.Range(types.Position(0, 0), types.Position(0, 0))
    found = await editor.client.text_document_code_action_async(
        types.CodeActionParams(at(uri), start, types.CodeActionContext([]))
    )
    return list(found or [])


async def test_at_a_question_actions_are_those_of_the_statement_below(editor: Editor) -> None:
    uri = editor.open("-- who is there?\n\nSELECT * FROM customer")
    assert [each.title for each in await actions(editor, uri)] == ["Run", "Explain", "Regenerate"]


async def test_a_statement_is_explained_in_a_message(editor: Editor) -> None:
    await editor.command(protocol.EXPLAIN_STATEMENT, {"sql": "SELECT name FROM customer"})
    assert editor.client.messages[-1].message == "From customer: name."


async def test_a_question_is_answered_by_an_action(editor: Editor, model: Model) -> None:
    uri = editor.open("-- the customers in Rome by action\n")
    (action,) = await actions(editor, uri)
    assert action.title == "Answer this question"
    # lsprotocol reads an action that carries a command as a command, and that as text.
    assert protocol.REGENERATE in str(action.command)
    await editor.command(protocol.REGENERATE, uri, 0)
    changes = editor.edits[-1].changes
    assert changes is not None
    assert changes[uri][0].new_text == "\nSELECT name\nFROM customer\nWHERE city = 'Rome';"
