"""Files whose SQL would tire a parser for hours: the server goes on answering."""

from __future__ import annotations

from statistics import median
from time import perf_counter

import pytest
from lsprotocol import types

from effort import crowded
from sqloop.lsp import protocol

from .conftest import Editor

pytestmark = pytest.mark.asyncio(loop_scope="module")

NESTED = [
    f"SELECT {opening * 30}{inner}{closing * 30}"
    for opening, inner, closing in (
        ("date(", "'2024-01-01'", ")"),
        ("timestamp(", "1", ")"),
        ("decimal(", "1", ")"),
        ("char(", "1", ")"),
        ("json(", "1", ")"),
        ("CASE WHEN ", "1", " THEN 1 END"),
        ("CAST(", "a", " AS INT)"),
        ("a IN (", "1", ")"),
        ("(SELECT ", "1", ")"),
        ("time(", "1", ""),
    )
]
ROUNDS = range(10, 40)
"""As many as it takes to see a quick answer of each kind."""

SECONDS = 1.0
"""For any answer, beside whatever else the machine does. Unbounded it takes hours."""

QUICK = 0.1
"""For the quickest answer of a kind, which is what the server itself takes; a crowd delays half of them."""


async def test_ten_of_them_hold_nothing_up(editor: Editor) -> None:
    honest = editor.open("SELECT name FROM singer")
    place = types.HoverParams(types.TextDocumentIdentifier(honest), editor.place(honest, "singer"))
    run = protocol.RunParams("SELECT name FROM singer")
    await editor.request(protocol.RUN, run, protocol.RunResult)  # the first opens the database
    nested = [editor.open(text) for text in NESTED]
    runs, hovers = [], []
    while len(runs) < ROUNDS.start or (max(min(runs), min(hovers)) > QUICK and len(runs) < ROUNDS.stop):
        for uri, text in zip(nested, NESTED, strict=True):  # as someone types in them
            editor.write(uri, f"{text} -- {len(runs)}")
        started = perf_counter()
        await editor.request(protocol.RUN, run, protocol.RunResult)
        ran = perf_counter()
        await editor.client.text_document_hover_async(place)
        runs.append(ran - started)
        hovers.append(perf_counter() - ran)
    for told, each in (("sqloop/run", runs), ("hover", hovers)):
        print(
            f"{told}: median {median(each) * 1_000:.0f} ms, longest {max(each) * 1_000:.0f} ms of {len(each)}"
        )
    assert max(*runs, *hovers) < SECONDS * crowded()
    for each in (runs, hovers):
        assert min(each) < QUICK
        assert median(each) < QUICK * crowded()
    for uri in nested:
        # It comes: what is refused for its form alone is no mistake of the user.
        await editor.problems(uri, len(runs) + 1)
        editor.close(uri)
    editor.close(honest)
