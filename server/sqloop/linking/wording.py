"""How well a query fits the words of its question: what it leaves out, and what nobody asked for.

A small model knows which queries are likely better than it keeps track of what was said. So what a question
names (linked values, and words that name tables and columns) is held against each query that was run.
Lexical, without parsing.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqloop.database.outcome import Outcome
from sqloop.database.tokens import code_tokens
from sqloop.database.words import stem
from sqloop.linking.mentions import Mention, Target
from sqloop.linking.question import LinkedQuestion

_FUNCTIONS = {
    stem(word): function
    for word, function in (
        ("number", "count"),
        ("count", "count"),
        ("total", "sum"),
        ("average", "avg"),
        ("mean", "avg"),
        ("maximum", "max"),
        ("minimum", "min"),
    )
}
"""Words that may name a column (``student_number``) and often mean a function ("the number of students")."""


VALUE, NAME, TABLE, SHOWN = 3.0, 2.5, 2.0, 1.0
"""Nats for what `Wording.cost` counts, chosen on 1,026 held-out Spider and 200 written questions
(docs/experiments.md)."""


class Wording:
    """The words of one question that a query has to do with.

    ``values`` and ``names`` are what it says, each in all forms that a query may have; ``meant`` are the
    tables and columns that some word names, ``unasked`` the columns that none names or implies. All folded.
    """

    def __init__(self, asked: LinkedQuestion) -> None:
        self._dialect = asked.schema.dialect
        self._names = [_targets([each.targets]) | _functions(asked.question, each) for each in asked.mentions]
        self._values = [
            {str(each).casefold() for each in (link.value, *(match.value for match in link.matches))}
            for link in asked.links
        ]
        self._meant = _targets(each.targets for each in asked.mentions)
        hinted = {
            target.column.casefold() for each in asked.hints.values() for target in each if target.column
        }
        self._tables = {table.name.casefold() for table in asked.schema.tables}
        columns = {column.name.casefold() for table in asked.schema.tables for column in table.columns}
        self._unasked = columns - self._meant - hinted

    def cost(self, sql: str, outcome: Outcome) -> float:
        """Nats for all in which ``sql``, which gave ``outcome``, does not fit the question.

        `VALUE` for each value that it does not hold, `NAME` for each name that it does not use, `TABLE` for
        each table that it uses and no word names, `SHOWN` for each column that it shows unasked.
        """
        tokens = code_tokens(sql, self._dialect)
        texts = [token.text.strip("'\"`").casefold() for token in tokens if token.kind in ("string", "name")]
        used = {(token.named or token.text).casefold() for token in tokens}
        return (
            VALUE * sum(not _holds(each, used, texts) for each in self._values)
            + NAME * sum(not each & used for each in self._names)
            + TABLE * len((self._tables & used) - self._meant)
            + SHOWN * sum(name.casefold() in self._unasked for name in outcome.columns)
        )


def _targets(named: Iterable[Iterable[Target]]) -> set[str]:
    return {(target.column or target.table).casefold() for each in named for target in each}


def _functions(question: str, mention: Mention) -> set[str]:
    words = question[mention.start : mention.end].split()
    return {_FUNCTIONS[stem(word)] for word in words if stem(word) in _FUNCTIONS}


def _holds(value: set[str], used: set[str], texts: list[str]) -> bool:
    """Whether one of the forms of ``value`` stands by itself or within a quoted text (``LIKE``, a date)."""
    return bool(value & used) or any(form in text for form in value for text in texts)
