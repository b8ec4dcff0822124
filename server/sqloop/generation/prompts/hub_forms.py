"""How pretrained models are asked: the schema as CREATE TABLE text, the answer as plain SQL.

`ChatForm` is one message to any chat model; whoever runs the model puts its chat template around it (the
worker, a remote server). SQLoop's adapters are tuned on this form. `SqlcoderForm` is the prompt that Defog
published for SQLCoder, in which the question stands before the schema and again behind it; here the first
place only announces it, so that the schema's key-value cache serves all questions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop.database.checking.parsing import parse_statements, write_statement
from sqloop.database.knowledge.value_index import ValueMatch
from sqloop.database.schema import Dialect, Schema
from sqloop.database.words import fold
from sqloop.generation.mending.asked.coded import hold_codes
from sqloop.generation.mending.asked.wording import mend_wording
from sqloop.generation.mending.doubts import find_doubt
from sqloop.generation.mending.habits import mend_habits
from sqloop.generation.mending.meaning import mend_meaning
from sqloop.generation.mending.names import mend_names
from sqloop.generation.mending.scopes import Scopes
from sqloop.generation.prompts.forms import (
    Asked,
    ChangingStatementError,
    FollowUps,
    MeaninglessQueryError,
    PromptForm,
)
from sqloop.generation.prompts.shown_schema import show_name, show_schema
from sqloop.generation.prompts.sql_grammar import sql_grammar
from sqloop.generation.prompts.starter_form import StarterForm
from sqloop.generation.prompts.told_text import one_line
from sqloop.generation.prompts.translating import is_sqlite, translate
from sqloop.generation.request import Decoding
from sqloop.linking.link import ValueLink, is_sure
from sqloop.linking.mentions import Room

_SPOKEN = {"sqlite": "SQLite", "mysql": "MySQL", "postgres": "PostgreSQL", "duckdb": "DuckDB"}
_FENCE = re.compile(r"```(?:\w*\n)?(.*?)(?:```|\Z)", re.DOTALL)
_OTHERS: tuple[Dialect, ...] = ("sqlite", "mysql", "postgres", "duckdb")
_UNIT = r"['\"]?(?:second|minute|hour|day|week|month|quarter|year)s?['\"]?\s*,"
_TWO_DATES = re.compile(rf"\bTIMESTAMPDIFF\s*\(\s*{_UNIT}", re.IGNORECASE)
_UNIT_FIRST = re.compile(rf"\bDATE_?DIFF\s*\(\s*{_UNIT}", re.IGNORECASE)
"""Functions whose first argument is a unit: others read it as a date."""
_STEPS = re.compile(r"\bDATE\s*\([^()]*,\s*'(?:[+-]?\d+ \w+|start of \w+)'", re.IGNORECASE)
"""Steps from a day as SQLite alone takes them; sqlglot reads them as MariaDB's and drops them."""
_CHANGES = (exp.DML, exp.Create, exp.Drop, exp.Alter, exp.TruncateTable)
_ENDS = re.compile(r"\[/?SQL\]|</?s>|<\|\w+\|>|###")
MOST_PLACES = 3
"""Columns that are named for one value of the question."""
MOST_SCHEMA = 8_000
"""Characters (some 2,500 tokens) of a schema that is shown whole; it is read once (docs/experiments.md)."""
PART = Room(12, 60)
"""What is shown of a larger one. It differs by the question, so each question waits until it is read."""
_LEAST_COLUMN = 6
"""Characters that a column takes at least: a name, a type, a comma."""
MOST_NOTES = 5
"""Notes that are shown."""


class ChatForm:
    """One message of a user; a ``small`` model is right less often at the same probability.

    Without a grammar: what it would keep out is mended (`sqloop.generation.mending.names`), and it knows
    neither windows nor common table expressions, which the tuned models write (docs/experiments.md).
    """

    name = "chat"
    decoding: Decoding = "branch"
    ranks_by_words = False
    repairs = True
    follow_ups: FollowUps = "rewritten"

    def __init__(self, *, small: bool = False) -> None:
        self.calibration = 0.38 if small else 0.3

    def room(self, schema: Schema) -> Room | None:
        """None up to `MOST_SCHEMA` characters of text, which are then the same for every question."""
        columns = sum(len(table.columns) for table in schema.tables)
        short = columns * _LEAST_COLUMN <= MOST_SCHEMA and len(show_schema(schema)) <= MOST_SCHEMA
        return None if short else PART

    def prefix(self, schema: Schema) -> str:
        """What is to be done, and the schema."""
        return show_task(schema.dialect, schema)

    def suffix(self, asked: Asked) -> str:
        """Like questions, words of the user's own, stored values, the question, what failed before."""
        return (
            f"{show_examples(asked)}{show_notes(asked)}{show_short_names(asked)}{show_links(asked)}"
            f"Question: {one_line(asked.question)}\n{show_failure(asked)}"
        )

    def grammar(self, asked: Asked) -> str | None:
        """None: any text."""
        return None

    def to_sql(self, completion: str, asked: Asked) -> str:
        """The query in the completion; raises ValueError where there is none."""
        return extract_query(completion, asked.met_by(completion), question=asked.question, links=asked.links)


class TunedForm(ChatForm):
    """What SQLoop's own adapters are tuned on: the dialects that they know, whatever the database.

    On the others they are asked for SQLite, which is translated: asked for PostgreSQL or DuckDB outright the
    first adapters wrote SQLite's functions all the same (docs/experiments.md).
    """

    name = "tuned"
    follow_ups: FollowUps = "together"
    """No better rewritten, though the first adapters had learned to (docs/experiments.md)."""

    def prefix(self, schema: Schema) -> str:
        """What is to be done, and the schema."""
        return show_task(_learned(schema.dialect), schema)

    def to_sql(self, completion: str, asked: Asked) -> str:
        """The query in the completion; raises ValueError where there is none."""
        learned = _learned(asked.schema.dialect)
        return extract_query(completion, asked.met_by(completion), learned, asked.question, asked.links)


class SqlcoderForm(ChatForm):
    """Defog's SQLCoder; also for models without a chat template. Kept to the schema by a grammar."""

    name = "sqlcoder"
    decoding: Decoding = "beam"
    follow_ups: FollowUps = "refused"

    def __init__(self) -> None:
        super().__init__()
        self.calibration = 1.0

    def grammar(self, asked: Asked) -> str | None:
        """Plain SQL over the schema."""
        return sql_grammar(asked.schema)

    def prefix(self, schema: Schema) -> str:
        """Task and schema."""
        return (
            f"### Task\nGenerate a {_SPOKEN[schema.dialect]} query to answer the [QUESTION] below\n\n"
            "### Database Schema\nThe query will run on a database with the following schema:\n"
            f"{show_schema(schema)}\n"
        )

    def suffix(self, asked: Asked) -> str:
        """What `ChatForm` tells of the question, and the answer's beginning."""
        question = f"[QUESTION]{one_line(asked.question)}[/QUESTION]"
        return (
            f"{show_examples(asked)}{show_notes(asked)}{show_links(asked)}### Answer\n{show_failure(asked)}"
            f"Given the database schema, here is the SQL query that answers {question}\n[SQL]\n"
        )


def find_form(name: str, *, small: bool = False) -> PromptForm:
    """The form of that name: ``starter``, ``tuned``, ``chat`` or ``sqlcoder``. Raises KeyError."""
    known = (StarterForm(), TunedForm(small=small), ChatForm(small=small), SqlcoderForm())
    forms: dict[str, PromptForm] = {form.name: form for form in known}
    return forms[name]


def show_task(dialect: Dialect, schema: Schema) -> str:
    """What is to be written, and the schema."""
    return (
        f"Write one {_SPOKEN[dialect]} query that answers the question at the end.\n"
        "Use only these tables and columns. Answer with the query and nothing else.\n\n"
        f"{show_schema(schema)}\n"
    )


def show_examples(asked: Asked) -> str:
    """Questions that were answered before, each with its SQL; empty without any."""
    shown = [f"-- {one_line(each.question)}\n{one_line(each.sql)}\n" for each in asked.examples]
    return "".join(["Answered before:\n", *shown, "\n"]) if shown else ""


def show_notes(asked: Asked) -> str:
    """What words of the question mean here, a line each; empty without any."""
    shown = [f"Note: {one_line(each.name)} means {one_line(each.meaning)}\n" for each in asked.notes]
    return "".join(shown[:MOST_NOTES])


def show_short_names(asked: Asked) -> str:
    """What words of the question are called in the schema, a line each; empty where names are plain."""
    said: dict[str, str] = {}
    for each in asked.linked.short_names:
        said.setdefault(each.table, one_line(asked.question[each.start : each.end]))
    lines = [
        f"Note: {words} means {show_name(table, asked.schema.dialect)}\n" for table, words in said.items()
    ]
    return "".join(lines[:MOST_NOTES])


def show_links(asked: Asked) -> str:
    """Where the values of the question are stored; empty without any.

    Only those that are surely meant: a common word that is part of a longer stored value misleads a model
    that knows words by itself.
    """
    places = [
        place for link in asked.links if is_sure(link, asked.question) for place in _show_places(link, asked)
    ]
    return f"Stored values: {'; '.join(dict.fromkeys(places))}\n" if places else ""


def show_failure(asked: Asked) -> str:
    """The query that failed and why; empty without one."""
    if asked.failed is None:
        return ""
    return f"This query fails: {one_line(asked.failed.sql)}\nError: {one_line(asked.failed.error)}\n"


def extract_query(
    completion: str,
    schema: Schema,
    written: Dialect | None = None,
    question: str = "",
    links: Sequence[ValueLink] = (),
) -> str:
    """The first statement of a completion, out of its fence and without what models say around it.

    Its names are mended, what it says otherwise than it can be meant, and what it forgets of the ``question``
    (`sqloop.generation.mending`), whose values are ``links``; what is ``written`` in another dialect than the
    schema's is translated.
    Raises ValueError where there is none, MeaninglessQueryError where it says nothing that can be meant,
    ChangingStatementError where it would change the database.
    """
    written = written or schema.dialect
    fenced = _FENCE.search(completion)
    text = _ENDS.split(fenced[1] if fenced else completion.strip(), maxsplit=1)[0]
    try:
        tree, written = _read(text, written, schema.dialect)
        if isinstance(tree, exp.Query):
            mend_names(tree, schema, question)  # type: ignore[arg-type]
            tree = mend_meaning(tree, schema, written, question)
            if (doubt := find_doubt(tree, schema)) is not None:
                raise MeaninglessQueryError(doubt, write_statement(tree, written))
            if written != schema.dialect:
                tree = translate(tree, schema, schema.dialect)
            mend_habits(tree, schema)
            hold_codes(tree, question, links, Scopes(tree, schema))
            tree = mend_wording(tree, question, schema)  # type: ignore[arg-type]
            return write_statement(tree, schema.dialect)
    except SqlglotError as error:
        raise ValueError(f"not SQL: {one_line(str(error))}") from error
    if isinstance(tree, _CHANGES):
        raise ChangingStatementError(f"it runs no {tree.key.upper().removesuffix('TABLE')}", text.strip())
    raise ValueError("the completion is no query")


def _read(text: str, written: Dialect, own: Dialect) -> tuple[exp.Expr | None, Dialect]:
    """The first statement, and the dialect that it is in: the one asked for, that of the database, another.

    Small models fall back into SQLite, which they saw most of, and take for everyone's what one engine has.
    Raises SqlglotError.
    """
    if _TWO_DATES.search(text):
        likely: list[Dialect] = ["mysql", "duckdb"]
    elif _UNIT_FIRST.search(text):
        likely = ["duckdb"]
    elif _STEPS.search(text):
        likely = ["sqlite"]
    else:
        likely = []
    first = None
    for dialect in dict.fromkeys([*likely, written, own, *_OTHERS]):
        try:
            tree = _parse(text, dialect)
        except SqlglotError as error:
            first = first or error
            continue
        if tree is not None and dialect in ("mysql", own) and dialect != "sqlite" and is_sqlite(tree):
            dialect, tree = "sqlite", _parse(text, "sqlite")
        return tree, dialect
    raise first or SqlglotError("there is no statement")


def _parse(text: str, dialect: Dialect) -> exp.Expr | None:
    """The first statement; quotes may be escaped as other languages do it. Raises SqlglotError."""
    try:
        statements = parse_statements(text, dialect)
    except SqlglotError:
        if "\\'" not in text:
            raise
        statements = parse_statements(text.replace("\\'", "''"), dialect)
    return next(iter(statements), None)


def _learned(dialect: Dialect) -> Dialect:
    return "mysql" if dialect == "mysql" else "sqlite"


def _show_places(link: ValueLink, asked: Asked) -> list[str]:
    said = asked.question[link.start : link.end]
    ranked = sorted(link.matches, key=lambda match: (match.value != said, fold(match.value) != fold(said)))
    return [_show_place(match, asked.schema.dialect) for match in ranked[:MOST_PLACES]]


def _show_place(match: ValueMatch, dialect: Dialect) -> str:
    value = exp.Literal.string(one_line(match.value)).sql(dialect)
    return f"{show_name(match.table, dialect)}.{show_name(match.column, dialect)} = {value}"
