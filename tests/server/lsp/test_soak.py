"""A server that is worked with for an hour holds no more memory than in the beginning, nor do its children.

Somebody types, completes, hovers, asks, runs, reads on, accepts and rejects, in documents that come and go,
on a database that changes. SQLOOP_SOAK_MINUTES says for how long, SQLOOP_SOAK_PAUSE how many seconds lie
between two requests (one on a machine with other work); with ``-s`` the figures are printed.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from time import monotonic

import pytest
from lsprotocol import types

from effort import EVERYTHING, amount
from sqloop.lsp import protocol

from .conftest import CHOSEN, OTHER, Editor, Model, editing
from .test_faults import memory

MINUTES = float(os.environ.get("SQLOOP_SOAK_MINUTES", amount(0, 4)))
LEAST_ROUNDS = amount(1, 3)
PAUSE = float(os.environ.get("SQLOOP_SOAK_PAUSE", 0.2 if EVERYTHING else 0.0))
"""Seconds between two requests: a few a second, as somebody at work makes them."""

WARM = 0.1
WARM_ROUNDS = 10
"""After so many everything has been used and what is kept is full: memory is held against what it is then."""

LAST_ROUNDS = 10
"""Of so many the least counts: a process that a busy moment needed is gone a little later."""

QUESTIONS = (
    "how many customers are there",
    "customers in Rome",
    "names of customers",
    "orders that are open",
)

MANY = """
CREATE TABLE many AS
WITH RECURSIVE r(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM r WHERE id < 200) SELECT id FROM r
"""

Place = tuple[types.TextDocumentIdentifier, types.Position]


def family(pid: int) -> dict[int, int]:
    """Resident bytes of a process and of all below it."""
    found = {}
    with suppress(OSError, StopIteration):
        found[pid] = memory(pid)
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found |= family(int(child))
    return found


class Worker:
    """Somebody at work in one editor; ``count`` requests have been answered."""

    def __init__(self, editor: Editor) -> None:
        self.editor = editor
        self.count = 0

    async def round(self, number: int) -> None:
        """A document from its first letter to its end, differing from that of every other round."""
        uri = self.editor.open(f"-- round {number}\n")
        for part in (f"SELECT name, {number} AS n", " FROM customer c", " WHERE c.city = 'Ro", "me';\n"):
            self.editor.type(uri, part)
            await self.look(uri)
        await self.lay_out(uri)
        self.editor.write(
            uri, f"SELECT {number}, id FROM orders WHERE total > {number};\n" * (1 + number % 60)
        )
        await self.look(uri)
        self.editor.type(uri, f"-- {QUESTIONS[number % 4]} {number if number % 3 else ''}\n")
        await self.pause(self.editor.ghost(uri))
        await self.query(number)
        await self.ask(f"{QUESTIONS[number % 4]} {number}", ("accepted", "rejected")[number % 2])
        self.editor.close(uri)
        self.forget()

    async def look(self, uri: str) -> None:
        """At what stands where the cursor is."""
        client, (document, end) = self.editor.client, self.place(uri)
        await self.pause(self.editor.complete(uri))
        await self.pause(client.text_document_hover_async(types.HoverParams(document, types.Position(1, 8))))
        await self.pause(client.text_document_signature_help_async(types.SignatureHelpParams(document, end)))

    async def lay_out(self, uri: str) -> None:
        """Ask for what an editor asks for unbidden, and for the text in order."""
        client, (document, end) = self.editor.client, self.place(uri)
        whole, options = types.Range(types.Position(0, 0), end), types.FormattingOptions(4, True)
        await self.pause(
            client.text_document_code_action_async(
                types.CodeActionParams(document, whole, types.CodeActionContext([]))
            )
        )
        await self.pause(client.text_document_code_lens_async(types.CodeLensParams(document)))
        await self.pause(client.text_document_document_symbol_async(types.DocumentSymbolParams(document)))
        await self.pause(
            client.text_document_formatting_async(types.DocumentFormattingParams(document, options))
        )

    async def query(self, number: int) -> None:
        """Run a query of many rows, read on in them, have it explained, and one that fails."""
        sql = f"SELECT a.id, b.id, '{'x' * 200}', {number} FROM many a, many b"
        page = await self.pause(
            self.editor.request(protocol.RUN, protocol.RunParams(sql), protocol.RunResult)
        )
        more = protocol.RunParams(sql, page.result, offset=500)
        await self.pause(self.editor.request(protocol.RUN, more, protocol.RunResult))
        failing = protocol.RunParams(f"SELECT nothing_{number} FROM customer")
        await self.pause(self.editor.request(protocol.RUN, failing, protocol.RunResult))
        explained = protocol.ExplainParams(f"SELECT COUNT(*) FROM orders WHERE id > {number}")
        await self.pause(self.editor.request(protocol.EXPLAIN, explained, protocol.ExplainResult))
        with closing(sqlite3.connect(self.editor.folder / "shop.db")) as connection:
            connection.execute("UPDATE orders SET total = ? WHERE id = 1", (number,))
            connection.commit()
        if number % 10 == 9:
            refreshed = protocol.SchemaParams(refresh=True)
            await self.pause(self.editor.request(protocol.SCHEMA, refreshed, protocol.SchemaResult))

    async def ask(self, question: str, action: str) -> None:
        """A question, and what becomes of its answer."""
        asked = protocol.AskParams(question)
        answer = await self.pause(self.editor.request(protocol.ASK, asked, protocol.AskResult))
        told = {"suggestion": answer.suggestion, "action": action}
        await self.pause(self.editor.client.protocol.send_request_async(protocol.FEEDBACK, told))

    def place(self, uri: str) -> Place:
        """The end of a document."""
        return types.TextDocumentIdentifier(uri), self.editor.end(uri)

    async def pause(self, request):  # type: ignore[no-untyped-def]
        """The answer to a request, and a moment's rest."""
        self.count += 1
        try:
            return await asyncio.wait_for(request, 60)
        finally:
            await asyncio.sleep(PAUSE)

    def forget(self) -> None:
        """What the client of the test has heard: it is the server that is measured."""
        for heard in (self.editor.published, self.editor.statuses, self.editor.client.messages):
            heard.clear()
        self.editor.client.log_messages.clear()
        self.editor.client.diagnostics.clear()


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", ["a model that is told", "the starter"])
async def test_memory_stays(kind: str, model: Model, workspace: Path, environment: dict[str, str]) -> None:
    with closing(sqlite3.connect(workspace / "shop.db")) as connection:
        connection.execute(MANY)
    model.tell("", CHOSEN, OTHER)
    options = protocol.Options(trusted=True, model=model.url if kind[0] == "a" else "starter", k=2)
    window = types.WindowClientCapabilities(work_done_progress=True)
    async with editing(workspace, environment, options, window=window) as editor:
        await editor.until(lambda status: status.database.state == "ready")
        process = editor.client._server
        assert process is not None
        figures = await _work(Worker(editor), lambda: family(process.pid), kind)
    warm = max(WARM_ROUNDS, round(len(figures) * WARM))
    early, late = figures[min(warm, len(figures) // 2)], figures[-LAST_ROUNDS:]
    assert min(own for own, _ in late) < 1.2 * early[0]
    assert min(below for _, below in late) < 1.2 * early[1]


async def _work(worker: Worker, measured: Callable[[], dict[int, int]], kind: str) -> list[tuple[int, int]]:
    """Bytes of the server and of its children together after each round."""
    figures: list[tuple[int, int]] = []
    started = printed = monotonic()
    while len(figures) < LEAST_ROUNDS or monotonic() - started < MINUTES * 60:
        await worker.round(len(figures))
        own, *below = measured().values()
        figures.append((own, sum(below)))
        if monotonic() - printed > 60 or len(figures) == 1:
            printed = monotonic()
            told = f"{(printed - started) / 60:5.1f} min {worker.count:6,} requests"
            mine = f"server {own >> 20} MiB, {len(below)} children {sum(below) >> 20} MiB"
            print(f"{kind}: {told}, {mine}", flush=True)
    return figures
