"""Names that SQL of one's own may have meant: the engine says which is wrong, the schema has its like."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Literal

from sqloop.database.outcome import Outcome
from sqloop.database.schema import Schema
from sqloop.database.tokens import code_tokens

NameCode = Literal["unknown-table", "unknown-column", "unknown-function", "engine"]
"""What is wrong with a name; `engine` where it stands for several."""

_NAMES: tuple[tuple[str, NameCode], ...] = (
    (r"no such column: (?P<name>.+)", "unknown-column"),
    (r"no such table: (?P<name>.+)", "unknown-table"),
    (r"no such function: (?P<name>.+)", "unknown-function"),
    (r'column "?(?P<name>[^"\s]+)"? does not exist', "unknown-column"),
    (r"column (?P<name>\S+) does not exist", "unknown-column"),
    (r'relation "(?P<name>[^"]+)" does not exist', "unknown-table"),
    (r'missing FROM-clause entry for table "(?P<name>[^"]+)"', "unknown-table"),
    (r"function (?P<name>[\w.]+)\(.*\) does not exist", "unknown-function"),
    (r'column reference "(?P<name>[^"]+)" is ambiguous', "engine"),
    (r'Referenced column "(?P<name>[^"]+)" (?:was )?not found', "unknown-column"),
    (r'(?:Table|list) "[^"]+" does not have a column named "(?P<name>[^"]+)"', "unknown-column"),
    (r'Referenced table "(?P<name>[^"]+)" not found', "unknown-table"),
    (r'Table with name "?(?P<name>[^"]+?)"? does not exist', "unknown-table"),
    (r"Function with name (?P<name>\S+) does not exist", "unknown-function"),
    (r'Ambiguous reference to column name "(?P<name>[^"]+)"', "engine"),
    (r"Unknown column '(?P<name>[^']+)'", "unknown-column"),
    (r"Unknown table '(?P<name>[^']+)'", "unknown-table"),
    (r"Table '(?P<name>[^']+)' doesn't exist", "unknown-table"),
    (r"FUNCTION (?P<name>\S+) does not exist", "unknown-function"),
    (r"ambiguous column name: (?P<name>.+)", "engine"),
    (r"Column '(?P<name>[^']+)' in .* is ambiguous", "engine"),
)
"""How the engines say it."""

_MOST = 3
_TOLD = ("Did you mean", "Perhaps you meant", "Candidate bindings")
"""What engines say that suggest names themselves."""


@dataclass(frozen=True)
class WrongName:
    """A name that an engine objects to, as it says it: with its owner, perhaps."""

    code: NameCode
    name: str


def read_name(error: str) -> WrongName | None:
    """The name that an engine does not know, or cannot tell from another; None where the error is none of it.

    >>> read_name("no such column: c.nme")
    WrongName(code='unknown-column', name='c.nme')
    """
    for pattern, code in _NAMES:
        if (match := re.search(pattern, error)) is not None:
            return WrongName(code, match["name"])
    return None


def suggest_names(outcome: Outcome, sql: str, schema: Schema) -> Outcome:
    """What became of ``sql``, with the names of the schema that are like one that it does not have."""
    wrong = read_name(outcome.error) if outcome.status == "error" else None
    if wrong is None or any(each in outcome.error for each in _TOLD):
        return outcome
    owner, _, name = re.sub(r"[`\"]", "", wrong.name).lower().rpartition(".")
    known = {each.lower(): each for each in _names(wrong.code, sql, schema)}
    if owner and name in known and not _declares(owner, sql, schema):
        return replace(outcome, error=f"{outcome.error.rstrip('.')}. Nothing is called {owner} in its FROM.")
    if wrong.code == "unknown-column" and name not in known and (owners := tell_owners(name, schema)):
        return replace(outcome, error=f"{outcome.error.rstrip('.')}. {owners}.")
    near = [known[each] for each in get_close_matches(name, known, _MOST, 0.6)]
    if not near:
        return outcome
    return replace(outcome, error=f"{outcome.error.rstrip('.')}. Did you mean {' or '.join(near)}?")


def tell_owners(column: str, schema: Schema) -> str:
    """Which tables have a column of this name, "customer and store have it"; empty where none has."""
    name = column.lower()
    owners = [table.name for table in schema.tables if name in {each.name.lower() for each in table.columns}]
    if len(owners) > _MOST:
        owners[_MOST:] = ["others"]
    if len(owners) < 2:
        return "".join(f"{each} has it" for each in owners)
    return f"{', '.join(owners[:-1])} and {owners[-1]} have it"


def _declares(owner: str, sql: str, schema: Schema) -> bool:
    """Whether a statement has a name for a table, or of one, and not only before a point."""
    tokens = [each for each in code_tokens(sql, schema.dialect) if each.text.strip()]
    behind = [each.text for each in tokens[1:]] + [""]
    return any(
        each.named.lower() == owner and after != "." for each, after in zip(tokens, behind, strict=True)
    )


def _names(code: NameCode, sql: str, schema: Schema) -> list[str]:
    """Tables, or the columns of those that the statement names: of all where it names none."""
    if code == "unknown-table":
        return [table.name for table in schema.tables]
    if code != "unknown-column":
        return []
    said = {token.named.lower() for token in code_tokens(sql, schema.dialect)}
    read = [table for table in schema.tables if table.name.rpartition(".")[2].lower() in said]
    return [column.name for table in read or schema.tables for column in table.columns]
