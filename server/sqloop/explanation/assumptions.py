"""What a query takes for granted that its reader may see otherwise, read off its syntax tree and the schema.

Each function below looks for one kind of thing and says it in a sentence. Only what is so: where the schema
does not tell, nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import islice

from sqlglot import exp

from sqloop.database.knowledge.samples import day_order
from sqloop.database.schema import Column, Schema, Table
from sqloop.explanation.absences import find_absences, find_null_traps
from sqloop.explanation.clauses import say_node
from sqloop.explanation.first_rows import find_empty_first, find_ties
from sqloop.explanation.joining import Joining
from sqloop.explanation.outer import find_counted_alone, find_lost, find_undone, find_unequal
from sqloop.explanation.repeated import find_averaged, find_counted, find_repeated
from sqloop.explanation.sources import Sources
from sqloop.explanation.ways import find_other_ways

MOST = 8
"""Sentences: more would not be read."""

_WHOLE = re.compile(r"(?:TINY|SMALL|MEDIUM|BIG)?INT|(?:SMALL|BIG)?SERIAL")


def find_assumptions(tree: exp.Expr, schema: Schema) -> tuple[str, ...]:
    """Sentences, those that change an answer most first."""
    selects = [Sources(each, schema) for each in tree.find_all(exp.Select)]
    said = (line for look in _LOOKS for sources in selects for line in look(sources))
    return tuple(islice(dict.fromkeys(said), MOST))


def _left_out(sources: Sources) -> Iterator[str]:
    """Rows that an inner join drops and that the answer is about."""
    select = sources.select
    outer = Joining(select, sources.schema).outer
    inner = {table.name for name, table in sources.tables.items() if name not in outer}
    for parent, child in _joined(sources):
        listed = child.name in sources.shown and not select.args.get(
            "group"
        )  # Its rows are what is asked for.
        if parent.name in sources.shown and child.name in inner and not listed:
            yield f"Rows of {parent.name} without any {child.name} are left out."


def _empty_values(sources: Sources) -> Iterator[str]:
    for node in sources.own(exp.Avg):
        found = sources.find(node.this)
        if found is not None and found[1].nullable and not _is_key(*found):
            yield f"Rows whose {_name(found)} is empty (NULL) are not part of the average."
    for kind, words in ((exp.Sum, "the sum"), (exp.Avg, "the average")):
        for node in sources.own(kind):
            for found in _worked_out(node.this, sources):
                if found[1].nulls and not _is_key(*found):
                    yield f"Rows whose {_name(found)} is empty (NULL) are not part of {words}."


def _worked_out(node: exp.Expr, sources: Sources) -> Iterator[tuple[Table, Column]]:
    """The columns that arithmetic needs all of; those that have a substitute are not."""
    node = node.unnest()
    if isinstance(node, exp.Add | exp.Sub | exp.Mul | exp.Div):
        for side in (node.this.unnest(), node.args["expression"].unnest()):
            found = sources.find(side)
            yield from [found] if found is not None else _worked_out(side, sources)


def _whole_days(sources: Sources) -> Iterator[str]:
    """A day against a moment: the day is the midnight at which it begins."""
    for kind in (exp.Between, exp.LTE, exp.GT, exp.EQ):
        for node in sources.own(kind):
            found, day = sources.find(node.this), node.args.get("high") or node.args.get("expression")
            upper = kind in (exp.Between, exp.LTE)
            said = "" if day is None else _say_day(day) if upper else str(_day(day) or "")
            timed = found is not None and any(":" in sample for sample in found[1].samples)
            if found is None or not said or not timed or isinstance(node.parent, exp.Not):
                continue
            if kind is exp.EQ:
                yield f"{_name(found)} has a time of day: only midnight, as {said} begins, is found."
            elif kind is exp.GT:
                yield f"The range of {_name(found)} begins at midnight as {said} begins: that day is in it."
            else:
                yield f"The range of {_name(found)} ends at midnight as {said} begins: that day is left out."
    lows = {each.this.sql(): _day(each.expression) for each in sources.own(exp.GTE)}
    for node in sources.own(exp.LT):
        low, high = lows.get(node.this.sql()), _day(node.expression)
        if low and high and high - low == timedelta(days=1):
            yield f"“On {low}” means the whole day."


def _day_texts(sources: Sources) -> Iterator[str]:
    """Texts such as 03/11/2009 whose order is asked for."""
    ordering = (exp.Ordered, exp.Min, exp.Max, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between)
    for node in (each for kind in ordering for each in sources.own(kind)):
        for side in (node.this, node.args.get("expression")):
            found = sources.find(side) if side is not None else None
            if found is not None and day_order(found[1]):
                text = f"{_name(found)} is text such as {found[1].samples[0]}"
                yield f"{text}: it is compared and sorted by its first figures, not by its year."


def _codes(sources: Sources) -> Iterator[str]:
    """What a code stands for, where a table of codes says it."""
    for kind in (exp.EQ, exp.NEQ, exp.In):
        for node in sources.own(kind):
            found = sources.find(node.this)
            meanings = dict(found[1].meanings) if found is not None else {}
            values = node.expressions if kind is exp.In else [node.args["expression"]]
            for code in (each.name for each in values if isinstance(each, exp.Literal)):
                if found is not None and code in meanings:
                    yield f"'{code}' in {_name(found)} stands for “{meanings[code]}”."


def _exact_texts(sources: Sources) -> Iterator[str]:
    """A text that no value is like, of those that were looked at."""
    if sources.schema.dialect != "sqlite":  # Elsewhere the collation of the column decides.
        return
    for node in sources.own(exp.EQ):
        found, value = sources.find(node.this), node.args["expression"]
        is_text = isinstance(value, exp.Literal) and value.is_string and any(map(str.isalpha, value.name))
        if found is None or found[1].kind != "text" or not is_text:
            continue
        if value.name in found[1].samples or value.name in dict(found[1].meanings):
            continue
        yield f"{_name(found)} has to be '{value.name}' exactly: another case is another value."


def _texts_as_numbers(sources: Sources) -> Iterator[str]:
    """A part of a moment, which is text in SQLite, against a number."""
    if sources.schema.dialect != "sqlite":
        return
    named = {each.alias.lower(): each.unalias() for each in sources.select.selects if each.alias}
    for kind in (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In):
        for node in sources.own(kind):
            value = node.this if sources.find(node.this) else named.get(node.this.name.lower(), node.this)
            values = node.expressions if kind is exp.In else [node.args["expression"]]
            if isinstance(value, exp.TimeToStr) and any(_is_number(each) for each in values):
                yield "STRFTIME gives text: to SQLite it equals no number, and is greater than every one."


def _is_number(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and not node.is_string


def _divisions(sources: Sources) -> Iterator[str]:
    if sources.schema.dialect not in ("sqlite", "postgres"):
        return
    for node in sources.own(exp.Div):
        if all(_is_whole(each, sources) for each in (node.this, node.args["expression"])):
            yield "Whole numbers are divided without what is left over: 7 / 2 is 3."


def _inferred_keys(sources: Sources) -> Iterator[str]:
    for parent, child in _joined(sources):
        key = sources.key(child, parent)
        if key is not None and key.inferred:
            guess = f"That {child.name}.{key.columns[0]} refers to {parent.name} is declared nowhere"
            yield f"{guess}: it is concluded from names and values."


def _today(sources: Sources) -> Iterator[str]:
    names = (exp.CurrentDate, exp.CurrentTimestamp)
    told = [each for each in sources.own(exp.Literal) if isinstance(each.parent, exp.Func)]
    words = {each.name.lower() for each in told if not isinstance(each.parent, exp.Predicate)}
    if "now" in words or any(sources.own(each) for each in names):
        zone = "UTC" if sources.schema.dialect == "sqlite" else "the time zone of the connection"
        zone = "the time zone of this machine" if "localtime" in words else zone
        yield f"“Today” is the day in {zone}, when the query runs."


_LOOKS: tuple[Callable[[Sources], Iterator[str]], ...] = (
    find_null_traps,
    find_repeated,
    find_counted,
    find_averaged,
    _day_texts,
    _codes,
    find_other_ways,
    find_undone,
    find_counted_alone,
    _texts_as_numbers,
    _left_out,
    find_lost,
    find_absences,
    find_unequal,
    _whole_days,
    find_empty_first,
    _divisions,
    _inferred_keys,
    _empty_values,
    _exact_texts,
    find_ties,
    _today,
)


def _joined(sources: Sources) -> Iterator[tuple[Table, Table]]:
    """Tables of the query, each with one whose rows refer to it."""
    tables = list(dict.fromkeys(table.name for table in sources.tables.values()))
    found = [table for name in tables if (table := sources.schema.table(name))]
    for parent in found:
        yield from ((parent, child) for child in found if child is not parent and sources.key(child, parent))


def _name(found: tuple[Table, Column]) -> str:
    return f"{found[0].name}.{found[1].name}"


def _is_key(table: Table, column: Column) -> bool:
    return column.name in table.primary_key


def _day(node: exp.Expr) -> date | None:
    text = node.name if isinstance(node, exp.Literal) and node.is_string else ""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def _say_day(node: exp.Expr) -> str:
    """The day that a value is: written out, or counted on from today; empty for all else."""
    if day := _day(node):
        return str(day)
    counted = isinstance(node, exp.CurrentDate | exp.Date) or (
        isinstance(node, exp.Anonymous) and node.name.upper() == "DATE"
    )
    return say_node(node) if counted and not node.find(exp.Column) else ""


def _is_whole(node: exp.Expr, sources: Sources) -> bool:
    """Whether a value is known to be a whole number."""
    node = node.unnest()
    if isinstance(node, exp.Literal):
        return node.is_int
    if isinstance(node, exp.Count):
        return True
    if isinstance(node, exp.Add | exp.Sub | exp.Mul | exp.Div):
        return all(_is_whole(each, sources) for each in (node.this, node.args["expression"]))
    if isinstance(node, exp.Sum):  # PostgreSQL adds up BIGINT, and so counts, to NUMERIC.
        exact = sources.schema.dialect == "postgres" and (
            node.find(exp.Count) or "BIG" in _type(node, sources)
        )
        return not exact and _is_whole(node.this, sources)
    if isinstance(node, exp.Subquery | exp.Select):
        select = node.unnest()
        if not isinstance(select, exp.Select) or not select.selects:
            return False
        return _is_whole(select.selects[0].unalias(), Sources(select, sources.schema))
    if isinstance(node, exp.Case):
        values = [each.args["true"] for each in node.args["ifs"]] + [node.args.get("default")]
        return all(each is None or _is_whole(each, sources) for each in values)
    return bool(_WHOLE.match(_type(node, sources)))


def _type(node: exp.Expr, sources: Sources) -> str:
    """What the schema says of the columns in a value, in capitals."""
    columns = [found[1].type for each in node.find_all(exp.Column) if (found := sources.find(each))]
    return " ".join(columns).upper() if isinstance(node, exp.Column | exp.Sum) else ""
