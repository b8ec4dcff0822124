"""`sqloop/explain`: a query in words, what it takes for granted, and what of its question it leaves out."""

from __future__ import annotations

from sqloop.explanation import explain_query
from sqloop.lsp.protocol import ExplainParams, ExplainResult
from sqloop.lsp.server import Server


async def explain(ls: Server, params: ExplainParams) -> ExplainResult:
    """A query in words; the words of its question where that is known."""
    backend = ls.backend
    words, schema = backend.words, backend.schema
    found = ls.suggestions.find(params.sql, backend.dialect)
    question = params.question or (found[0].question if found else "")

    def work() -> ExplainResult:
        notes = words.notes(question, schema) if schema is not None else ()
        said = explain_query(params.sql, backend.dialect, schema, notes)
        return ExplainResult(said.text, said.assumptions, found[0].not_understood if found else ())

    return await backend.threads.run(lambda _: work())
