"""What a query takes for granted that its reader may see otherwise, read off its syntax tree and the schema.

Each function below looks for one kind of thing and says it in a sentence. Only what is so: where the schema
does not tell, nothing is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import islice

from sqlglot import exp

from sqloop.database.knowledge.samples import day_order
from sqloop.database.schema import Column, Schema, Table
from sqloop.explanation.absences import find_absences, find_null_traps
from sqloop.explanation.repeated import find_averaged, find_counted, find_repeated
from sqloop.explanation.sources import Sources, find_limit
from sqloop.explanation.ways import find_other_ways

MOST = 8
"""Sentences: more would not be read."""

_AGGREGATES = {exp.Sum: "the sum", exp.Avg: "the average", exp.Count: "the count"}


def find_assumptions(tree: exp.Expr, schema: Schema) -> tuple[str, ...]:
    """Sentences, those that change an answer most first."""
    selects = [Sources(each, schema) for each in tree.find_all(exp.Select)]
    said = (line for look in _LOOKS for sources in selects for line in look(sources))
    return tuple(islice(dict.fromkeys(said), MOST))


def _left_out(sources: Sources) -> Iterator[str]:
    """Rows that an inner join drops and that the answer is about."""
    outer = {
        join.this.alias_or_name.lower()
        for join in sources.select.args.get("joins") or ()
        if join.side.upper() in ("LEFT", "RIGHT", "FULL")
    }
    shown = {
        found[0].name
        for node in [*sources.select.expressions, *_grouped(sources.select)]
        for each in node.find_all(exp.Column)
        if not each.find_ancestor(exp.AggFunc) and (found := sources.find(each))
    }
    inner = {table.name for name, table in sources.tables.items() if name not in outer}
    for parent, child in _joined(sources):
        if parent.name in shown and child.name in inner:
            yield f"Rows of {parent.name} without any {child.name} are left out."


def _unequal(sources: Sources) -> Iterator[str]:
    """A comparison that NULL never passes, where one could think that it does."""
    negated = [each for node in sources.own(exp.Not) for each in (node.this,)]
    likes = [each for each in negated if isinstance(each, exp.In | exp.Like)]
    for node in [*sources.own(exp.NEQ), *likes]:
        found = sources.find(node.this)
        if found is not None and found[1].nullable and not _is_key(*found):
            yield f"Rows whose {_name(found)} is empty (NULL) are left out."


def _empty_values(sources: Sources) -> Iterator[str]:
    for kind, words in _AGGREGATES.items():
        for node in sources.own(kind):
            found = sources.find(node.this)
            if found is not None and kind is not exp.Sum and found[1].nullable and not _is_key(*found):
                yield f"Rows whose {_name(found)} is empty (NULL) are not part of {words}."


def _whole_days(sources: Sources) -> Iterator[str]:
    """Ends of a range of days."""
    for node in sources.own(exp.Between):
        high, found = _day(node.args["high"]), sources.find(node.this)
        if high and found and any(":" in sample for sample in found[1].samples):
            yield f"The range of {_name(found)} ends at midnight as {high} begins: that day is left out."
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


def _exact_texts(sources: Sources) -> Iterator[str]:
    if sources.schema.dialect != "sqlite":  # Elsewhere the collation of the column decides.
        return
    for node in sources.own(exp.EQ):
        found, value = sources.find(node.this), node.args["expression"]
        is_text = isinstance(value, exp.Literal) and value.is_string and any(map(str.isalpha, value.name))
        if found is not None and found[1].kind == "text" and is_text:
            yield f"{_name(found)} has to be '{value.name}' exactly: another case is another value."


def _parts_of_texts(sources: Sources) -> Iterator[str]:
    for node in sources.own(exp.Like):
        found, pattern = sources.find(node.this), node.args["expression"]
        if found and isinstance(pattern, exp.Literal) and pattern.name.startswith("%"):
            yield f"'{pattern.name.strip('%')}' may stand anywhere in {_name(found)}."


def _divisions(sources: Sources) -> Iterator[str]:
    if sources.schema.dialect != "sqlite":
        return
    for node in sources.own(exp.Div):
        if all(_is_whole(each, sources) for each in (node.this, node.args["expression"])):
            yield "Whole numbers are divided without what is left over: 7 / 2 is 3."


def _first_rows(sources: Sources) -> Iterator[str]:
    limit, order = find_limit(sources.select), sources.select.args.get("order")
    if limit is None:
        return
    count = limit.sql()
    if order is None:
        yield f"Nothing says which {count} rows come first: the database may choose."
    else:
        yield f"Where rows are equal in the order, which are among the first {count} is left to chance."


def _inferred_keys(sources: Sources) -> Iterator[str]:
    for parent, child in _joined(sources):
        key = sources.key(child, parent)
        if key is not None and key.inferred:
            guess = f"That {child.name}.{key.columns[0]} refers to {parent.name} is declared nowhere"
            yield f"{guess}: it is concluded from names and values."


def _today(sources: Sources) -> Iterator[str]:
    names = (exp.CurrentDate, exp.CurrentTimestamp)
    now = any(each.name.lower() == "now" for each in sources.own(exp.Literal))
    if now or any(sources.own(each) for each in names):
        zone = "UTC" if sources.schema.dialect == "sqlite" else "the time zone of the connection"
        yield f"“Today” is the day in {zone}, when the query runs."


_LOOKS: tuple[Callable[[Sources], Iterator[str]], ...] = (
    find_null_traps,
    find_repeated,
    find_counted,
    find_averaged,
    _day_texts,
    find_other_ways,
    _left_out,
    find_absences,
    _unequal,
    _whole_days,
    _divisions,
    _inferred_keys,
    _empty_values,
    _parts_of_texts,
    _exact_texts,
    _first_rows,
    _today,
)


def _joined(sources: Sources) -> Iterator[tuple[Table, Table]]:
    """Tables of the query, each with one whose rows refer to it."""
    tables = list(dict.fromkeys(table.name for table in sources.tables.values()))
    found = [table for name in tables if (table := sources.schema.table(name))]
    for parent in found:
        yield from ((parent, child) for child in found if child is not parent and sources.key(child, parent))


def _grouped(select: exp.Select) -> list[exp.Expr]:
    group = select.args.get("group")
    return list(group.expressions) if group else []


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


def _is_whole(node: exp.Expr, sources: Sources) -> bool:
    if isinstance(node, exp.Literal):
        return node.is_int
    if isinstance(node, exp.Paren | exp.Sum):
        return _is_whole(node.this, sources)
    found = sources.find(node)
    return isinstance(node, exp.Count) or (found is not None and found[1].type.upper().startswith("INT"))
