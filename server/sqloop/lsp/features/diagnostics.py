"""Problems in a document: syntax, unknown names, what the engine objects to, what is not run for it writes.

The engine is the judge: a statement that it can prepare has no problem, whatever a parser thinks. What it
says is put where it belongs, with the nearest names for a quick fix. Without a database only what cannot be
parsed is told, as a warning, for the engine might understand it. What the file itself makes above a statement
is known. Of DELETE, UPDATE and INSERT, which are not run, wrong names are told. Never more than `MOST`
statements at a time. Nothing is said of a document that is about another database than the one in use
(`Document.connection`).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from lsprotocol import types

from sqloop.database.outcome import Outcome
from sqloop.database.schema import Dialect, Schema
from sqloop.database.tokens import LONG, essence
from sqloop.errors import SQLoopError
from sqloop.lsp.documents import Document
from sqloop.lsp.server import Server
from sqloop.lsp.text.mistakes import (
    find_misspelt,
    find_misspelt_from,
    find_quoted_text,
    find_unclosed,
    is_template,
    made_above,
    reads_made,
)
from sqloop.lsp.text.probes import WRITES, Made, find_made, find_probes, with_made
from sqloop.lsp.text.problems import Problem, find_problems, parse_problem
from sqloop.lsp.text.scope import read_scope
from sqloop.lsp.text.statements import QUERIES, Statement, all_statements, read_statements
from sqloop.recent import Recent

SOURCE = "sqloop"
"""What our problems are marked with."""

PAUSE = 0.25
"""Seconds after an edit."""

LONGEST = 300_000
"""Characters of a document that is looked at as a whole; of a longer one, what was edited."""

MOST = 100
KEPT = 2_000
"""Statements whose problems are remembered."""

_UNKNOWN = frozenset({"unknown-table", "unknown-column", "unknown-function"})

Key = tuple[str, str, bool]


@dataclass
class _Watch:
    """One document: what was edited last, and the work on it."""

    touched: tuple[int, int] = (0, 0)
    task: asyncio.Task[Any] | None = None


class Diagnoser:
    """Diagnostics for all documents of a server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._watches: dict[str, _Watch] = {}
        self._problems = Recent[Key, tuple[Problem, ...]](KEPT)
        self._refused = Recent[tuple[str, ...], str](KEPT)
        server.on_opened.append(lambda _, document: self._look(document))
        server.on_edited.append(self._edited)
        server.on_closed.append(self._closed)
        server.on_run.append(self._ran)
        server.backend.on_schema(lambda _: self.look_at_all())

    def look_at_all(self) -> None:
        """Look at every document again: schema or database are others now."""
        for document in self._server.documents:
            self._look(document)

    def _edited(self, ls: Server, document: Document, changes: list[Any]) -> None:
        watch = self._watches.setdefault(document.uri, _Watch())
        last = changes[-1] if changes else None
        if isinstance(last, types.TextDocumentContentChangePartial):
            start = document.offset(last.range.start)
            watch.touched = start, min(start + len(last.text), start + LONGEST)
        self._look(document)

    def _look(self, document: Document) -> None:
        watch = self._watches.setdefault(document.uri, _Watch())
        if watch.task is not None:
            watch.task.cancel()
        watch.task = self._server.start(self._publish(document, watch))

    def _closed(self, ls: Server, document: Document) -> None:
        watch = self._watches.pop(document.uri, None)
        if watch is not None and watch.task is not None:
            watch.task.cancel()
        ls.text_document_publish_diagnostics(types.PublishDiagnosticsParams(document.uri, []))

    def _ran(self, ls: Server, sql: str, outcome: Outcome) -> None:
        if outcome.status == "refused":
            self._refused.put(essence(sql, ls.backend.dialect), outcome.error)
            self.look_at_all()

    async def _publish(self, document: Document, watch: _Watch) -> None:
        await asyncio.sleep(PAUSE)
        ls, version = self._server, document.version
        dialect = ls.backend.dialect
        if len(document.text) > LONGEST:
            statements = read_statements(document, *watch.touched, dialect)
        else:
            statements = all_statements(document, dialect)
        if document.connection != ls.backend.configuration.connection:
            statements = []
        diagnostics: list[types.Diagnostic] = []
        for number, statement in enumerate(statements[:MOST]):
            problems = await self._check(statement, dialect)
            made = made_above(document.text, statement.start)
            if any(each.code in _UNKNOWN for each in problems) and reads_made(statement, made):
                problems = await self._check_made(statement, made, find_made(statements[:number]))
            diagnostics += [_write(document, statement, each) for each in problems]
            if document.version != version:
                return  # The edit that came has its own turn.
        ls.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(document.uri, diagnostics, version)
        )

    async def _check(self, statement: Statement, dialect: Dialect) -> tuple[Problem, ...]:
        refusal = self._refused.get(essence(statement.sql, dialect))
        if refusal is not None:
            return (Problem(0, len(statement.sql), "refused", f"SQLoop does not run this: {refusal}."),)
        if is_template(statement):
            return ()
        if local := find_unclosed(statement, dialect) or find_misspelt(statement):
            return local
        if statement.tokens[0].upper not in QUERIES | WRITES or len(statement.sql) > LONGEST:
            return ()
        backend = self._server.backend
        schema = backend.schema if backend.database_error is None else None
        key = statement.sql, schema.fingerprint if schema else "", schema is not None
        known = self._problems.get(key)
        if known is None:
            known = await self._find(statement, schema, dialect)
            if (backend.database_error is None) == (schema is not None) and len(key[0]) < LONG:
                self._problems.put(key, known)
        return known

    async def _find(
        self, statement: Statement, schema: Schema | None, dialect: Dialect
    ) -> tuple[Problem, ...]:
        backend = self._server.backend
        if statement.tokens[0].upper in WRITES:
            return await self._probe(statement, schema, find_probes(statement)) if schema else ()
        if schema is None:
            found = await backend.threads.run(lambda _: parse_problem(statement.sql, dialect))
            return (found and find_misspelt_from(statement)) or found
        try:
            outcome = await backend.prepare(statement.sql)
        except SQLoopError:
            return ()
        if outcome.status == "ok":
            if _names_more(statement, schema):
                self._server.start(backend.suspect_schema())
            if dialect != "sqlite":
                return ()
            known = schema
            return await backend.threads.run(lambda _: find_quoted_text(statement, known))
        if outcome.status != "error":
            return ()
        if await backend.suspect_schema() and backend.schema is not None:
            schema = backend.schema
        tokens = statement.tokens
        found = await backend.threads.run(
            lambda _: find_problems(statement.sql, tokens, outcome.error, schema, dialect)
        )
        unread = any(each.code in ("unread", "syntax") for each in found)
        return (unread and find_misspelt_from(statement)) or found

    async def _check_made(
        self, statement: Statement, made: frozenset[str] | None, shapes: dict[str, Made | None]
    ) -> tuple[Problem, ...]:
        """Wrong names in a statement that reads what the file makes, as far as that can be told."""
        schema = self._server.backend.schema
        read = [token.named.lower() for token in statement.tokens if token.named.lower() in (made or ())]
        known = [each for each in shapes.values() if each is not None]
        if schema is None or not read or any(shapes.get(name) is None for name in read):
            return ()
        probes = tuple(with_made(each, known) for each in find_probes(statement))
        found = await self._probe(statement, schema, probes)
        named = {token.start - statement.start: token.named.lower() for token in statement.tokens}
        return tuple(each for each in found if named.get(each.start) not in shapes)

    async def _probe(
        self, statement: Statement, schema: Schema, probes: tuple[str, ...]
    ) -> tuple[Problem, ...]:
        """The wrong names that the engine finds in queries, where they stand in the statement."""
        backend, tokens = self._server.backend, statement.tokens
        for probe in probes:
            try:
                outcome = await backend.prepare(probe)
            except SQLoopError:
                return ()
            if outcome.status == "error":
                found = find_problems(statement.sql, tokens, outcome.error, schema, backend.dialect)
                if found and all(each.code in _UNKNOWN for each in found):
                    return found
        return ()


def _names_more(statement: Statement, schema: Schema) -> bool:
    """Whether a statement that runs reads a table that the schema does not know: then it has changed."""
    scope = read_scope(statement.tokens, statement.end, schema)
    return any(
        source.name and source.table is None and source.name.lower() not in scope.ctes
        for source in scope.sources
    )


def _write(document: Document, statement: Statement, problem: Problem) -> types.Diagnostic:
    warns = problem.code in ("refused", "unread", "text")
    return types.Diagnostic(
        document.range(statement.start + problem.start, statement.start + problem.end),
        problem.message,
        severity=types.DiagnosticSeverity.Warning if warns else types.DiagnosticSeverity.Error,
        code=problem.code,
        source=SOURCE,
        data={"fixes": list(problem.fixes)},
    )
