"""How the starter model is asked and how it answers.

Prompt: the schema, each table and column before a handle of one token, then the question, then the words of
it that may name something, each with the handles of what it may name. Answer: compact SQL in which handles
stand for names and values. So a small model points and never spells. A handle stands behind its description
and the list behind the whole question, because a causal model only looks back. `to_sql` makes the user's SQL
of an answer; `from_sql` writes the same form from SQL, for training.
"""

from __future__ import annotations

from collections.abc import Callable

from sqloop.database.schema import Kind, Schema
from sqloop.generation.compact.compact import compact
from sqloop.generation.compact.expand import expand
from sqloop.generation.compact.rendering import lift, render
from sqloop.generation.compact.selects import parse_query
from sqloop.generation.mending.habits import mend_habits
from sqloop.generation.mending.meaning import mend_meaning
from sqloop.generation.prompts import starter_tokens
from sqloop.generation.prompts.forms import Asked, FollowUps, NoQueryError
from sqloop.generation.prompts.starter_answer import name_handles, write_answer
from sqloop.generation.prompts.starter_grammar import starter_grammar
from sqloop.generation.prompts.starter_prompt import show_question, show_schema
from sqloop.generation.request import Decoding
from sqloop.linking.link import MAX_MATCHES, ValueLink
from sqloop.linking.mentions import Room, Target, with_handles


class StarterForm:
    """The prompt form of the starter model; holds no state."""

    name = "starter"
    calibration = 1.0
    decoding: Decoding = "beam"
    ranks_by_words = True
    repairs = False
    follow_ups: FollowUps = "refused"

    def room(self, schema: Schema) -> Room | None:
        """As much as there are handles for."""
        return with_handles(schema)

    def prefix(self, schema: Schema) -> str:
        """The schema, as `show_schema` writes it."""
        return show_schema(schema)

    def suffix(self, asked: Asked) -> str:
        """The question and what it names, as `show_question` writes it."""
        return show_question(asked)

    def grammar(self, asked: Asked) -> str:
        """Lark text that allows only what this prompt shows."""
        tables = asked.schema.tables
        columns = [Target(table.name, column.name) for table in tables for column in table.columns]
        number = {target: i for i, target in enumerate(columns)}
        owners = [i for i, table in enumerate(tables) for _ in table.columns]
        values = [_columns_of(link, number) for link in asked.links]
        keys, schema = _keys(asked.schema, number), asked.schema
        return starter_grammar(len(tables), owners, keys, _measures(schema), _moments(schema), values)

    def to_sql(self, completion: str, asked: Asked) -> str:
        """SQL in the dialect of the schema; raises NoQueryError when the completion is none."""
        dialect = asked.schema.dialect
        try:
            tree = parse_query(starter_tokens.to_sql(completion), dialect)
            name_handles(tree, asked)
        except ValueError as error:
            # Neither the error nor the text may show handles: they are the model's own.
            raise NoQueryError("it cannot be read", "") from error
        try:
            whole = mend_meaning(expand(tree, asked.schema), asked.schema, dialect)
            mend_habits(whole, asked.schema)
            return render(whole, dialect)
        except ValueError as error:
            raise NoQueryError(str(error), render(tree, dialect)) from error

    def from_sql(self, sql: str, asked: Asked) -> str:
        """The completion that `to_sql` turns into ``sql``; raises ValueError where there is none."""
        return write_answer(lift(compact(sql, asked.schema)), asked)


def _columns_of(link: ValueLink, number: dict[Target, int]) -> list[int] | None:
    """The columns that hold a linked text; None for numbers, free text, and where there may be more."""
    targets = [Target(match.table, match.column) for match in link.matches]
    shown = [number[target] for target in targets if target in number]
    if not isinstance(link.value, str) or not shown or len(targets) >= MAX_MATCHES:
        return None
    return shown


def _keys(schema: Schema, number: dict[Target, int]) -> dict[int, int]:
    """The columns that refer to a table alone, each with the number of that table."""
    place = {table.name.lower(): i for i, table in enumerate(schema.tables)}
    found: dict[int, int] = {}
    for table in schema.tables:
        for key in table.foreign_keys:
            column = table.column(key.columns[0])
            if column and len(key.columns) == 1 and key.referred_table.lower() in place:
                # Of several keys of one column the first counts, as in `paths.referred`.
                found.setdefault(number[Target(table.name, column.name)], place[key.referred_table.lower()])
    return found


def _measures(schema: Schema) -> list[int]:
    """The columns that can be added up: numbers, else all."""
    return _columns(schema, lambda kind: kind == "number")


def _moments(schema: Schema) -> list[int]:
    """The columns that may hold dates (SQLite keeps them as text as well): no numbers, else all."""
    return _columns(schema, lambda kind: kind not in ("number", "boolean"))


def _columns(schema: Schema, fits: Callable[[Kind], bool]) -> list[int]:
    """The numbers of the columns of fitting kinds; of all where there are none."""
    columns = [column for table in schema.tables for column in table.columns]
    return [i for i, column in enumerate(columns) if fits(column.kind)] or list(range(len(columns)))
