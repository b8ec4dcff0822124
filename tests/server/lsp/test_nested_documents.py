"""Files whose SQL would tire a parser for hours: the server goes on answering."""

from __future__ import annotations

from time import perf_counter

import pytest
from lsprotocol import types

from sqloop.lsp import protocol

from .conftest import Editor

pytestmark = pytest.mark.asyncio(loop_scope="module")

DOCUMENTS = 10
SECONDS = 1.0
"""For an answer, beside other tests; alone it takes a tenth of that. Unbounded it takes hours."""


async def test_ten_of_them_hold_nothing_up(editor: Editor) -> None:
    honest = editor.open("SELECT name FROM singer")
    nested = [
        editor.open(f"SELECT {number}, " + "date(" * 30 + "'2024-01-01'" + ")" * 30)
        for number in range(DOCUMENTS)
    ]
    for _ in range(3):
        started = perf_counter()
        await editor.request(protocol.RUN, protocol.RunParams("SELECT name FROM singer"), protocol.RunResult)
        assert perf_counter() - started < SECONDS
        started = perf_counter()
        where = types.TextDocumentIdentifier(honest)
        await editor.client.text_document_hover_async(
            types.HoverParams(where, editor.place(honest, "singer"))
        )
        assert perf_counter() - started < SECONDS
    for uri in nested:
        await editor.problems(uri)  # it comes: what is refused for its form alone is no mistake of the user
        editor.close(uri)
    editor.close(honest)
