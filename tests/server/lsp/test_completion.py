"""Completion through a real server: what fits the clause, first; names as they have to be written."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from servers import MariaDBServer
from sqloop.lsp.protocol import Options

from .conftest import Editor, editing

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def complete(editor: Editor, text: str) -> list[types.CompletionItem]:
    """The entries at the `|` in a text."""
    await editor.until(lambda status: status.database.state == "ready")
    before, _, after = text.partition("|")
    uri = editor.open(before + after)
    lines = before.split("\n")
    return await editor.complete(uri, types.Position(len(lines) - 1, len(lines[-1])))


def labels(items: list[types.CompletionItem]) -> list[str]:
    return [item.label for item in sorted(items, key=lambda item: item.sort_text or "")]


def written(items: list[types.CompletionItem]) -> list[str]:
    return [
        item.text_edit.new_text for item in sorted(items, key=lambda i: i.sort_text or "") if item.text_edit
    ]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("SELECT | FROM customer", ["id", "name", "city", "first order", "customer"]),
        ("SELECT c.| FROM customer AS c", ["id", "name", "city", "first order"]),
        ("SELECT na| FROM customer", ["name"]),
        ("SELECT * FROM cu|", ["customer"]),
        ("SELECT * FROM customer WHERE ci|", ["city"]),
        ("SELECT * FROM customer c JOIN |", ["orders ON orders.customer_id = c.id"]),
        ("SELECT * FROM customer c JOIN orders o ON |", ["o.customer_id = c.id"]),
        ("SELECT * FROM customer c JOIN orders o ON c.id = o.customer_id WHERE i|", ["c.id", "o.id"]),
        ("SELECT tot|", ["total"]),
        ("SELECT ord|", ["first order"]),
        ("WITH rich AS (SELECT name AS who FROM customer) SELECT r| FROM rich", ["rich"]),
        ("WITH rich AS (SELECT name AS who FROM customer) SELECT | FROM rich", ["who"]),
        ("SELECT x.| FROM (SELECT id, total * 2 AS double FROM orders) x", ["id", "double"]),
        (
            "SELECT * FROM customer c WHERE EXISTS (SELECT 1 FROM orders WHERE customer_id = c.|)",
            ["id", "name"],
        ),
        ("|", ["SELECT"]),
        ("SELECT COU|", ["COUNT"]),
        ("SELECT STRF| FROM orders", ["STRFTIME"]),
        ("SELECT city FROM customer GRO|", ["GROUP"]),
        ("SELECT * FROM main.|", ["customer"]),
    ],
)
async def test_what_fits_comes_first(editor: Editor, text: str, first: list[str]) -> None:
    assert labels(await complete(editor, text))[: len(first)] == first


async def test_names_are_quoted_where_they_have_to_be(editor: Editor) -> None:
    assert '"first order"' in written(await complete(editor, "SELECT | FROM customer"))
    assert '"order"' in written(await complete(editor, "SELECT * FROM ord|"))
    assert '"from"' in written(await complete(editor, 'SELECT o.| FROM "order" o'))


async def test_an_open_quote_is_taken_along(editor: Editor) -> None:
    items = await complete(editor, 'SELECT "fir| FROM customer')
    # The quote is open: what follows is a part of the name, so its columns are not known; all are offered.
    (item,) = [each for each in items if each.label == "first order"]
    assert isinstance(item.text_edit, types.TextEdit)
    assert item.text_edit.range.start.character == 7
    assert (item.filter_text or "").startswith('"')


async def test_behind_join_comes_the_table_with_its_condition(editor: Editor) -> None:
    items = await complete(editor, "SELECT * FROM customer c JOIN |")
    assert written(items)[0] == "orders ON orders.customer_id = c.id"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("SELECT * FROM customer WHERE city = |", ["'Oslo'", "'Rome'"]),
        ("SELECT * FROM customer c WHERE c.city <> '|'", ["'Oslo'", "'Rome'"]),
        ("SELECT * FROM orders WHERE status IN ('open', |)", ["'it''s late'", "'open'", "'paid'"]),
    ],
)
async def test_values_of_columns_with_few(editor: Editor, text: str, values: list[str]) -> None:
    items = await complete(editor, text)
    assert written(items) == values
    if "'|'" in text:  # the quote that the editor closed is replaced, not doubled
        assert isinstance(items[0].text_edit, types.TextEdit)
        assert items[0].text_edit.range.end.character == text.index("|") + 1


@pytest.mark.parametrize("text", ["-- the na|", "SELECT 'na|'", "SELECT 12|"])
async def test_nothing_in_comments_texts_and_numbers(editor: Editor, text: str) -> None:
    assert await complete(editor, text) == []


async def test_mariadb_has_names_quotes_and_functions_of_its_own(
    mariadb: MariaDBServer, workspace: Path, environment: dict[str, str]
) -> None:
    order = "CREATE TABLE `order` (id INTEGER PRIMARY KEY, status VARCHAR(9))"
    url = mariadb.create("shop", order, "INSERT INTO `order` VALUES (1, 'open'), (2, 'paid')")
    async with editing(workspace, environment, Options(trusted=True, connection=url)) as editor:
        assert written(await complete(editor, "SELECT * FROM ord|")) == ["`order`"]
        assert labels(await complete(editor, "SELECT * FROM sho|")) == ["shop"]
        assert labels(await complete(editor, "SELECT * FROM shop.|")) == ["order"]
        assert labels(await complete(editor, "SELECT * FROM nowhere.|")) == []
        assert "CONCAT" in labels(await complete(editor, "SELECT CON|"))
        assert written(await complete(editor, "SELECT * FROM `order` WHERE status = |")) == [
            "'open'",
            "'paid'",
        ]
