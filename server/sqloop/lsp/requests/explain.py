"""`sqloop/explain`: a query in words, what it takes for granted, and what of its question it leaves out."""

from __future__ import annotations

from dataclasses import replace

from sqloop.errors import DatabaseError, SQLoopError
from sqloop.explanation import Explanation, explain_asked, explain_query
from sqloop.linking.question import link_question
from sqloop.lsp.protocol import ExplainParams, ExplainResult
from sqloop.lsp.server import Server


async def explain(ls: Server, params: ExplainParams) -> ExplainResult:
    """A query in words; the words of its question where that is known."""
    backend, sql = ls.backend, params.sql
    question = params.question or ls.questions.told(sql, backend.dialect)
    found = ls.suggestions.find(question, sql, backend.dialect, backend.url) if question else None
    try:
        schema, database = await backend.read_schema(), await backend.database()
    except SQLoopError:  # Then only what the query itself says can be said.
        said = await backend.threads.run(lambda _: explain_query(sql, backend.dialect))
        return ExplainResult(said.text)
    words = backend.words

    def work() -> Explanation:
        if not question:
            return explain_query(sql, schema.dialect, schema)
        notes = words.notes(question, schema)
        try:
            index = database.values()
        except DatabaseError:  # It went away, what was read of it did not.
            return explain_query(sql, schema.dialect, schema, notes)
        return explain_asked(sql, link_question(question, schema, index, notes), schema)

    said = await backend.threads.run(lambda _: work())
    if found is not None and found[1].sql == found[0].sql:  # Said of the answer: it is the same here.
        said = replace(said, not_used=found[0].not_understood)
    return ExplainResult(said.text, said.assumptions, said.not_used)
