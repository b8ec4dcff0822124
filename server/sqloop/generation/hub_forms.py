"""How models from the hub are asked: the schema as CREATE TABLE text, the answer as plain SQL.

`ChatForm` is one message to any chat model; whoever runs the model puts its chat template around it (the
worker, a remote server). `SqlcoderForm` is the prompt that Defog published for SQLCoder, in which the
question stands before the schema and again behind it; here the first place only announces it, so that
the schema's key-value cache serves all questions.
"""

from __future__ import annotations

import re

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop.database.link import ValueLink
from sqloop.database.parsing import parse_statements, write_statement
from sqloop.database.schema import Column, Dialect, ForeignKey, Schema, Table
from sqloop.generation.forms import Asked, PromptForm
from sqloop.generation.sql_grammar import quote_name, sql_grammar
from sqloop.generation.starter_form import StarterForm

_SPOKEN = {"sqlite": "SQLite", "mysql": "MySQL"}
_FENCE = re.compile(r"```(?:\w*\n)?(.*?)(?:```|\Z)", re.DOTALL)
_ENDS = re.compile(r"\[/?SQL\]|</?s>|<\|\w+\|>|###")
SAMPLES, SAMPLE_LENGTH = 3, 40
"""How many sample values of a column are shown, and how much of each."""


class ChatForm:
    """One message of a user; holds no state."""

    name = "chat"

    def prefix(self, schema: Schema) -> str:
        """What is to be done, and the schema."""
        return (
            f"Write one {_SPOKEN[schema.dialect]} query that answers the question at the end.\n"
            "Use only these tables and columns. Answer with the query and nothing else.\n\n"
            f"{show_schema(schema)}\n"
        )

    def suffix(self, asked: Asked) -> str:
        """The question and the values that were found in it."""
        return f"{show_links(asked)}Question: {one_line(asked.question)}\n"

    def grammar(self, asked: Asked) -> str | None:
        """Plain SQL over the schema."""
        return sql_grammar(asked.schema)

    def to_sql(self, completion: str, asked: Asked) -> str:
        """The query in the completion; raises ValueError where there is none."""
        return extract_query(completion, asked.schema.dialect)


class SqlcoderForm(ChatForm):
    """Defog's SQLCoder; also for models without a chat template."""

    name = "sqlcoder"

    def prefix(self, schema: Schema) -> str:
        """Task and schema."""
        return (
            f"### Task\nGenerate a {_SPOKEN[schema.dialect]} query to answer the [QUESTION] below\n\n"
            "### Database Schema\nThe query will run on a database with the following schema:\n"
            f"{show_schema(schema)}\n"
        )

    def suffix(self, asked: Asked) -> str:
        """The values that were found in the question, and the answer's beginning."""
        question = f"[QUESTION]{one_line(asked.question)}[/QUESTION]"
        return (
            f"{show_links(asked)}### Answer\n"
            f"Given the database schema, here is the SQL query that answers {question}\n[SQL]\n"
        )


def find_form(name: str) -> PromptForm:
    """The form of that name: ``starter``, ``chat`` or ``sqlcoder``. Raises KeyError."""
    forms: dict[str, PromptForm] = {form.name: form for form in (StarterForm(), ChatForm(), SqlcoderForm())}
    return forms[name]


def show_schema(schema: Schema) -> str:
    """CREATE TABLE text with comments and sample values."""
    return "\n".join(_show_table(table, schema.dialect) for table in schema.tables)


def show_links(asked: Asked) -> str:
    """A line for each value of the question that is stored somewhere, and where; empty without any."""
    lines = [_show_link(link, asked) for link in asked.links if link.matches]
    return "".join(["Values in the question:\n", *lines, "\n"]) if lines else ""


def extract_query(completion: str, dialect: Dialect) -> str:
    """The first statement of a completion, out of its fence and without what models say around it."""
    fenced = _FENCE.search(completion)
    text = _ENDS.split(fenced[1] if fenced else completion.strip(), maxsplit=1)[0]
    try:
        tree = next(iter(parse_statements(text, dialect)), None)
        if isinstance(tree, exp.Query):
            return write_statement(tree, dialect)
    except SqlglotError as error:
        raise ValueError(f"not SQL: {one_line(str(error))}") from error
    raise ValueError("the completion is no query")


def one_line(text: str) -> str:
    """``text`` with every run of blanks as one, so that it cannot leave its line."""
    return " ".join(text.split())


def _show_table(table: Table, dialect: Dialect) -> str:
    single = table.primary_key[0] if len(table.primary_key) == 1 else None
    lines = [_show_column(column, column.name == single, dialect) for column in table.columns]
    if len(table.primary_key) > 1:
        lines.append((f"PRIMARY KEY ({_names(table.primary_key, dialect)})", ""))
    lines += [(_show_key(key, dialect), "") for key in table.foreign_keys]
    last = len(lines) - 1
    body = "".join(
        f"  {text}{',' if place < last else ''}{note}\n" for place, (text, note) in enumerate(lines)
    )
    note = f" -- {one_line(table.comment)}" if table.comment else ""
    return f"CREATE TABLE {quote_name(table.name, dialect)} ({note}\n{body});\n"


def _show_column(column: Column, key: bool, dialect: Dialect) -> tuple[str, str]:
    text = f"{quote_name(column.name, dialect)} {column.type}{' PRIMARY KEY' if key else ''}".rstrip()
    samples = ", ".join(one_line(each)[:SAMPLE_LENGTH] for each in column.samples[:SAMPLES])
    notes = [one_line(column.comment), f"e.g. {samples}" if samples else ""]
    note = "; ".join(each for each in notes if each)
    return text, f" -- {note}" if note else ""


def _show_key(key: ForeignKey, dialect: Dialect) -> str:
    referred = f"{quote_name(key.referred_table, dialect)} ({_names(key.referred_columns, dialect)})"
    return f"FOREIGN KEY ({_names(key.columns, dialect)}) REFERENCES {referred}"


def _show_link(link: ValueLink, asked: Asked) -> str:
    dialect = asked.schema.dialect
    places = " or ".join(
        f"{quote_name(match.table, dialect)}.{quote_name(match.column, dialect)} = "
        f"{exp.Literal.string(one_line(str(match.value))).sql(dialect)}"
        for match in link.matches
    )
    return f"- {one_line(asked.question[link.start : link.end])}: {places}\n"


def _names(names: tuple[str, ...], dialect: Dialect) -> str:
    return ", ".join(quote_name(name, dialect) for name in names)
