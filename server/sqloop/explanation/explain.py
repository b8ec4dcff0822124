"""The explanation of an answer: its query clause by clause, and what its reader should know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlglot.errors import SqlglotError

from sqloop.answer import Answer
from sqloop.database.checking.parsing import parse_statement
from sqloop.database.schema import Dialect, Schema
from sqloop.explanation.assumptions import find_assumptions
from sqloop.explanation.clauses import LONGEST, explain_sql
from sqloop.explanation.notes import uses_note
from sqloop.linking.question import LinkedQuestion, Note
from sqloop.linking.understanding import find_not_understood


@dataclass(frozen=True)
class Explanation:
    """``text`` is what the query does; ``not_used`` are words of the question, as written there."""

    text: str
    assumptions: tuple[str, ...] = ()
    not_used: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [self.text]
        if self.assumptions:
            lines += ["", "Taken for granted:", *(f"- {each}" for each in self.assumptions)]
        if self.not_used:
            lines += ["", f"Not used of the question: {', '.join(self.not_used)}"]
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        """The object that ``sqloop ask --explain --json`` has; its keys are a public interface."""
        return {
            "text": self.text,
            "assumptions": list(self.assumptions),
            "not_used": list(self.not_used),
        }


def explain_answer(answer: Answer, schema: Schema) -> Explanation:
    """The chosen query of ``answer`` in words; says so where no candidate ran."""
    if answer.sql is None:
        return Explanation("No candidate ran: there is nothing to explain.")
    said = explain_query(answer.sql, schema.dialect, schema, answer.notes)
    return replace(said, not_used=answer.not_understood)


def explain_asked(sql: str, asked: LinkedQuestion, schema: Schema) -> Explanation:
    """``sql`` in words, and what of a question it does not use."""
    said = explain_query(sql, schema.dialect, schema, asked.notes)
    return replace(said, not_used=find_not_understood(asked, sql))


def explain_query(
    sql: str, dialect: Dialect, schema: Schema | None = None, notes: Sequence[Note] = ()
) -> Explanation:
    """``sql`` in words; without a schema nothing is known of what it takes for granted."""
    text = explain_sql(sql, dialect)
    if schema is None or len(sql) > LONGEST:
        return Explanation(text)
    try:
        tree = parse_statement(sql, dialect)
    except SqlglotError:
        return Explanation(text)
    tree.meta["dialect"] = dialect
    told = [
        f"“{note.name}” means {' '.join(note.meaning.split())} (glossary)."
        for note in notes
        if uses_note(note, tree, schema)
    ]
    return Explanation(text, (*told, *find_assumptions(tree, schema)))
