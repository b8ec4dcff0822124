"""A schema as pretrained models are shown it: CREATE TABLE text with sample values."""

from __future__ import annotations

import re

from sqlglot import exp

from sqloop.database.identifiers import quote_name
from sqloop.database.kinds import kind_of
from sqloop.database.knowledge.samples import MOST_SAMPLES
from sqloop.database.schema import Column, Dialect, ForeignKey, Schema, Table
from sqloop.generation.prompts.told_text import one_line, shorten, within_turn

_SIZE = re.compile(r"\(\d+(, *\d+)?\)")
_PLAIN = {"text": "text", "number": "numeric", "date": "timestamp", "boolean": "boolean"}
SAMPLE_LENGTH, SAMPLES_LENGTH, FEW_LENGTH = 24, 32, 64
"""Characters of one sample value, of all samples of a column, and of those of a column that was seen to have
few values, which are then all of them; one is always shown."""
COMMENT_LENGTH = 200
"""Characters of the comment of one table or column."""


def show_schema(schema: Schema) -> str:
    """CREATE TABLE text with sample values; views behind the tables, as they hold nothing of their own."""
    ordered = sorted(schema.tables, key=lambda table: table.view)
    return "\n".join(_show_table(table, schema) for table in ordered)


def show_name(name: str, dialect: Dialect) -> str:
    """A name of the schema as a query has to spell it."""
    return within_turn(quote_name(name, dialect))


def _show_table(table: Table, schema: Schema) -> str:
    dialect = schema.dialect
    name = show_name(table.name, dialect)
    note = f" -- {shorten(one_line(table.comment), COMMENT_LENGTH)}" if table.comment else ""
    if table.view:
        return f"CREATE VIEW {name} ({_names(tuple(c.name for c in table.columns), dialect)});{note}\n"
    single = table.primary_key[0] if len(table.primary_key) == 1 else None
    refers = {key.columns[0]: key for key in table.foreign_keys if len(key.columns) == 1}
    lines = [_show_column(c, c.name == single, refers.get(c.name), dialect) for c in table.columns]
    if len(table.primary_key) > 1:
        lines.append((f"PRIMARY KEY ({_names(table.primary_key, dialect)})", ""))
    lines += [
        (f"FOREIGN KEY ({_names(key.columns, dialect)}){_show_reference(key, dialect)}", "")
        for key in table.foreign_keys
        if len(key.columns) > 1
    ]
    last = len(lines) - 1
    body = "".join(
        f"  {text}{',' if place < last else ''}{note}\n" for place, (text, note) in enumerate(lines)
    )
    return f"CREATE TABLE {name} ({note}\n{body});\n"


def _show_column(column: Column, key: bool, refers: ForeignKey | None, dialect: Dialect) -> tuple[str, str]:
    text = f"{show_name(column.name, dialect)} {_SIZE.sub('', _show_type(column, dialect))}".rstrip()
    text += (" PRIMARY KEY" if key else "") + (_show_reference(refers, dialect) if refers else "")
    notes = [
        shorten(one_line(column.comment), COMMENT_LENGTH),
        _show_meanings(column, dialect) or _show_samples(column, refers is not None, dialect),
    ]
    note = "; ".join(each for each in notes if each)
    return text, f" -- {note}" if note else ""


def _show_type(column: Column, dialect: Dialect) -> str:
    """The type; of an enum or a domain of PostgreSQL what it is made of: a model takes its name for a column.

    >>> _show_type(Column("kind", "vessel_kind", "text"), "postgres")
    'text'
    """
    own = dialect == "postgres" and kind_of(column.type) == "other"
    return one_line(_PLAIN.get(column.kind, column.type) if own else column.type)


def _show_samples(column: Column, is_reference: bool, dialect: Dialect) -> str:
    """Some values, and NULL where there are any: 'not yet paid' may be that. Numbers that refer tell nothing.

    >>> paid = Column("paid_at", "DATE", "date", samples=("2024-05-01", "2024-05-02"), nulls=True)
    >>> _show_samples(paid, False, "sqlite")
    "'2024-05-01', NULL"
    """
    most = 0 if is_reference and column.kind == "number" else 1 if column.kind == "date" else None
    length = FEW_LENGTH if len(column.samples) < MOST_SAMPLES else SAMPLES_LENGTH
    shown: list[str] = []
    for sample in column.samples[:most]:
        text = one_line(sample)[:SAMPLE_LENGTH]
        text = text if column.kind in ("number", "boolean") else exp.Literal.string(text).sql(dialect)
        if shown and len(", ".join([*shown, text])) > length:
            break
        shown.append(text)
    return ", ".join([*shown, *(["NULL"] if column.nulls else [])])


def _show_meanings(column: Column, dialect: Dialect) -> str:
    """Codes with what they stand for, and NULL where there are any.

    >>> _show_meanings(Column("sx", "TEXT", "text", meanings=(("M", "Mare"), ("F", "Filly"))), "sqlite")
    "'M' = Mare, 'F' = Filly"
    """
    shown = [f"{exp.Literal.string(code).sql(dialect)} = {text}" for code, text in column.meanings]
    if not shown:
        return ""
    return shorten(one_line(", ".join(shown)), COMMENT_LENGTH) + (", NULL" if column.nulls else "")


def _show_reference(key: ForeignKey, dialect: Dialect) -> str:
    return f" REFERENCES {show_name(key.referred_table, dialect)} ({_names(key.referred_columns, dialect)})"


def _names(names: tuple[str, ...], dialect: Dialect) -> str:
    return ", ".join(show_name(name, dialect) for name in names)
