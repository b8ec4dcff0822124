"""Accepted SQL with other values: what is said of "customers in Oslo" answers "customers in Rome".

Nobody looks at remembered SQL again, so both questions have to be the same word for word, but for values that
are stored, written as they are stored, in the same columns; and the SQL has to hold each old value once, as a
text that is compared with such a column. Numbers, dates and negations are never exchanged, nor is a value
whose SQL may hold something else that depends on it. Whatever is in doubt is left to the model. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop import english
from sqloop.database.checking.parsing import parse_statement
from sqloop.database.schema import Dialect
from sqloop.database.words import split_text
from sqloop.linking.link import ValueLink, is_sure
from sqloop.memory.sameness import Key, question_key

_PLACE = "\ue000"
"""Stands for a value in the words of a question."""

_KEPT = english.NO_NAMES | english.NUMBERS.keys() | english.MONTHS.keys()
"""Words of values that are never exchanged."""

_COMPARISONS = (exp.EQ, exp.NEQ, exp.In, exp.Like, exp.ILike)

Columns = frozenset[tuple[str, str]]
"""Names of tables and columns, in small letters."""


@dataclass(frozen=True)
class Slot:
    """A value that a question names: as it is stored in ``columns``."""

    value: str
    columns: Columns


@dataclass(frozen=True)
class Template:
    """A question without its values: two with one ``key`` differ in their ``slots`` alone."""

    question: str
    key: Key
    slots: tuple[Slot, ...]


def make_template(question: str, links: Sequence[ValueLink]) -> Template:
    """What is left of ``question`` without the values that may be exchanged."""
    text, end, slots = "", 0, []
    for link in links:
        slot = _read_slot(question, link)
        if slot is not None:
            text, end = f"{text}{question[end : link.start]}{_PLACE}", link.end
            slots.append(slot)
    return Template(question, question_key(text + question[end:]), tuple(slots))


def exchange(sql: str, old: Template, new: Template, dialect: Dialect) -> str | None:
    """``sql``, which answers ``old``, as it answers ``new``; None where that is not certain."""
    if old.key != new.key or len(old.slots) != len(new.slots):
        return None
    return _put(sql, old, list(zip(old.slots, new.slots, strict=True)), dialect)


def exchange_one(sql: str, old: Template, new: Template, dialect: Dialect) -> str | None:
    """``sql``, which answers ``old``, with the one value of ``new`` that is another; the words may differ.

    None where more than one differs. What it gives is a candidate and no answer: the questions may mean
    different things.
    """
    before, after = ({slot.value: slot for slot in each.slots} for each in (old, new))
    gone = [slot for value, slot in before.items() if value not in after]
    come = [slot for value, slot in after.items() if value not in before]
    return (
        _put(sql, old, list(zip(gone, come, strict=True)), dialect) if len(gone) == len(come) == 1 else None
    )


def _put(sql: str, old: Template, pairs: Sequence[tuple[Slot, Slot]], dialect: Dialect) -> str | None:
    """``sql`` with the second value of each pair for the first; None where that is not certain."""
    if any(len({slot.value.casefold() for slot in slots}) < len(pairs) for slots in zip(*pairs, strict=True)):
        return None  # "both Rome and Oslo" is no "both Rome and Rome"
    differ = [(a, b) for a, b in pairs if a.value != b.value]
    if not differ or not all(b.columns <= a.columns for a, b in differ):
        return None
    try:
        tree = parse_statement(sql, dialect)
    except SqlglotError:
        return None
    if not all(_is_held_once(a, b.columns, sql, tree) for a, b in differ):
        return None
    if not _is_all_said(tree, old):
        return None
    values = {_quote(a.value): _quote(b.value) for a, b in differ}
    return re.sub("|".join(map(re.escape, values)), lambda found: values[found[0]], sql)


def _read_slot(question: str, link: ValueLink) -> Slot | None:
    """The value of a link; None where it is none that may be exchanged."""
    said = question[link.start : link.end].strip("\"'`“”").casefold()
    stored = {match.value for match in link.matches}
    words = {word.text.casefold() for word in split_text(said)}
    if not is_sure(link, question) or len(stored) != 1 or words & _KEPT:
        return None
    (value,) = stored
    if value.casefold() != said or re.search(r"[\d\\]", value):
        return None
    return Slot(value, frozenset((match.table.lower(), match.column.lower()) for match in link.matches))


def _is_held_once(slot: Slot, columns: Columns, sql: str, tree: exp.Expr) -> bool:
    """Whether the value stands in ``sql`` once, and there is compared with one of ``columns``."""
    if sql.casefold().count(slot.value.casefold()) != 1 or sql.count(_quote(slot.value)) != 1:
        return False
    tables = {each.alias_or_name.lower(): each.name.lower() for each in tree.find_all(exp.Table)}
    held = (each for each in tree.find_all(exp.Literal) if each.is_string and each.this == slot.value)
    return any(
        column.name.lower() == name
        and table in ([tables.get(column.table.lower())] if column.table else tables.values())
        for literal in held
        for column in _compared(literal)
        for table, name in columns
    )


def _is_all_said(tree: exp.Expr, old: Template) -> bool:
    """Whether whatever a column is compared with is in the question, a date, a flag or a number beyond.

    "Customers in Oslo" may have been answered with ``country = 'Norway'``, or with the number of a country.
    """
    said = _spell(old.question)
    for literal in tree.find_all(exp.Literal):
        text = str(literal.this)
        if literal.is_string:
            known = text[:1].isdigit()
        else:
            known = text in ("0", "1") or not isinstance(literal.parent, exp.EQ | exp.In)
        if not known and _spell(text) not in said and any(_compared(literal)):
            return False
    return True


def _spell(text: str) -> str:
    """The stems of the words of a text between blanks, so that whole words are found in others."""
    return f" {' '.join(word.stem for word in split_text(text) if word.text[0].isalnum())} "


def _compared(literal: exp.Literal) -> Iterator[exp.Column]:
    """The column that a text or a number is compared with as it is, if any."""
    parent = literal.parent
    if isinstance(parent, _COMPARISONS):
        yield from (each for each in (parent.this, parent.expression) if isinstance(each, exp.Column))


def _quote(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
