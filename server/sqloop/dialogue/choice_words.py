"""A difference of two queries as a question with two answers, for people who do not read SQL.

The question says of what it asks (of which table, of a date, of how often the same customer counts), so that
the answers are understood without the queries.
"""

from __future__ import annotations

from sqlglot import exp

from sqloop.database.checking.budget import TooComplexError
from sqloop.database.words import identifier_words
from sqloop.dialogue.differences import Difference, Query
from sqloop.explanation.clauses import say_node
from sqloop.explanation.sources import say

LONGEST = 80
"""Characters of an option."""

Words = tuple[str, str, str]
"""A question, and the answers for the first query and for the second."""

_CONDITIONS = (exp.Predicate, exp.Connector, exp.Not)
_DATES = {
    exp.GT: "{} is after {}",
    exp.LT: "{} is before {}",
    exp.GTE: "{} is {} or later",
    exp.LTE: "{} is {} or earlier",
}
_FLAGS = {"0": "no", "1": "yes"}
_KEYS = frozenset({"id", "number", "code", "key"})


def say_difference(difference: Difference, query: Query) -> Words | None:
    """The question and both answers in words; None for what cannot be said shortly.

    ``query`` is the one that ``difference.one`` is part of.
    """
    try:
        words = _say(difference, query)
    except (TooComplexError, RecursionError):
        return None
    if words is None or words[1] == words[2] or max(map(len, words)) > LONGEST or "(From " in "".join(words):
        return None
    return words


def _say(difference: Difference, query: Query) -> Words | None:
    one, other = difference.one, difference.other
    if one is None or other is None:
        return _say_condition_more(difference, query)
    if isinstance(one, exp.Select) or any(isinstance(each, exp.Distinct) for each in (one, other)):
        return _say_repeated(one, other, query)
    if isinstance(one, exp.Join) and isinstance(other, exp.Join):
        return _say_join(one, other, query)
    if isinstance(one, exp.Ordered) and isinstance(other, exp.Ordered):
        return _say_order(one, other, query)
    if isinstance(one.parent, exp.Limit) and isinstance(other.parent, exp.Limit):
        first = ["only the first" if each.name == "1" else f"the first {each.name}" for each in (one, other)]
        return "How many are to be shown?", first[0], first[1]
    if any(isinstance(each, exp.Query | exp.Table | exp.Star) for each in (one, other)):
        return None
    if all(isinstance(each, _CONDITIONS) for each in (one, other)):
        question, *said = _say_conditions(one, other, query)
        return "Which condition is meant?" if difference.is_in(exp.If) else question, said[0], said[1]
    if isinstance(one, exp.AggFunc) != isinstance(other, exp.AggFunc):  # A number or a list: that is said.
        return None
    said = [_Saying(query, (one, other)).say(each) for each in (one, other)]
    return _ask_value(difference, one, other, query), said[0], said[1]


def _ask_value(difference: Difference, one: exp.Expr, other: exp.Expr, query: Query) -> str:
    """What is asked where one value stands for another."""
    if isinstance(one, exp.AggFunc):
        return "Which number is meant?"
    plain = all(isinstance(each, exp.Column | exp.Coalesce) for each in (one, other))
    if plain and query.is_date(one) and _is_date_too(other, one, query):
        return "Which date is meant?"
    if difference.is_in(exp.Group):
        return "Grouped by what?"
    if difference.is_in(exp.AggFunc):
        return "Which value is meant?"
    if difference.is_in(exp.Ordered):
        return "Ordered by what?"
    shown = all(isinstance(each.parent, exp.Select) for each in difference.places)
    return "What is to be shown?" if shown else "Which value is meant?"


def _is_date_too(other: exp.Expr, one: exp.Expr, query: Query) -> bool:
    """The same of a part of the other query: its columns are looked up where those of the first stand."""
    trial = one.find(exp.Column)
    found = query.find(trial) if trial is not None else None
    if found is None:
        return False
    table = found[0]
    columns = [
        (query.schema.table(each.table) or table).column(each.name) for each in other.find_all(exp.Column)
    ]
    return bool(columns) and all(each is not None and each.kind == "date" for each in columns)


def _say_condition_more(difference: Difference, query: Query) -> Words | None:
    """A condition that only one query has."""
    node = difference.one if difference.one is not None else difference.other
    if node is None or not isinstance(node, _CONDITIONS):
        return None
    only, every = f"only those {_say_which(node, query)}", "all of them"
    question = (
        f"All {name}, or only some?" if (name := _name(query, node)) != "are meant" else "All, or only some?"
    )
    return (question, every, only) if difference.one is None else (question, only, every)


def _say_conditions(one: exp.Expr, other: exp.Expr, query: Query) -> Words:
    if isinstance(other, exp.Or) and one in other.flatten():
        return _say_further(one, other, query)
    if isinstance(one, exp.Or) and other in one.flatten():
        question, few, many = _say_further(other, one, query)
        return question, many, few
    said = [_Saying(query, (one, other)).say(each) for each in (one, other)]
    return f"Which {_name(query, one, other)}?", said[0], said[1]


def _say_further(few: exp.Expr, many: exp.Expr, query: Query) -> Words:
    """Conditions of which one or another has to hold, and one of these alone."""
    more = [each for each in many.flatten() if each != few]
    also = " or ".join(_Saying(query, (few, many)).say(each) for each in more)
    only = _Saying(query, (few, many)).say(few)
    return f"Which {_name(query, few, many)}?", f"only those where {only}", f"also those where {also}"


def _say_which(node: exp.Expr, query: Query) -> str:
    """Of what a condition holds: "where …", or "without orders"."""
    said = _Saying(query, (node,)).say(node)
    return said if said.startswith(("with ", "without ")) else f"where {said}"


def _say_join(one: exp.Join, other: exp.Join, query: Query) -> Words | None:
    outer = [each.side.upper() == "LEFT" for each in (one, other)]
    if outer[0] == outer[1] or one.this != other.this or one.args.get("on") != other.args.get("on"):
        return None
    name = one.this.name
    if name == query.first:  # A table with itself: what leads from one row to another says which is meant.
        own = [
            each for each in one.find_all(exp.Column) if each.table and each.table != one.this.alias_or_name
        ]
        name = " ".join(_take_off_key(own[0].name)) if own else name
    name = say(name)
    words = [f"also those without any {name}" if each else f"only those with {name}" for each in outer]
    return f"All {_rows(query.first)}, or only those with {name}?", words[0], words[1]


def _say_order(one: exp.Ordered, other: exp.Ordered, query: Query) -> Words | None:
    falls = [bool(each.args.get("desc")) for each in (one, other)]
    if one.this != other.this or falls[0] == falls[1]:
        return None
    ends = ("latest", "earliest") if query.is_date(one.this) else ("highest", "lowest")
    said = _Saying(query, (one.this,)).say(one.this).removeprefix("the ")
    words = [f"the {ends[0] if each else ends[1]} {said} first" for each in falls]
    return "In which order?", words[0], words[1]


def _say_repeated(one: exp.Expr, other: exp.Expr, query: Query) -> Words | None:
    """Whether what occurs more than once counts, or is shown, more than once."""
    once = [isinstance(each, exp.Distinct) or bool(each.args.get("distinct")) for each in (one, other)]
    if once[0] == once[1] or any(
        each.args.get("on") for node in (one, other) for each in node.find_all(exp.Distinct)
    ):
        return None
    single = one if once[0] else other
    several = other if once[0] else one
    if isinstance(single, exp.Distinct):
        counted = single.expressions
        if not isinstance(several, exp.Star | exp.Literal) and several.name != counted[0].name:
            return None  # Something else is counted, too.
        verb = "counted" if isinstance(single.parent, exp.Count) else "taken"
    else:
        counted, verb = single.expressions, "shown"
    thing = _name_thing(counted[0], query) if len(counted) == 1 else "row"
    words = ["only once" if each else "each time" for each in once]
    return f"How often is the same {thing} {verb}?", words[0], words[1]


def _name_thing(node: exp.Expr, query: Query) -> str:
    """What the values of a column stand for: "customer" for customer_id."""
    if not isinstance(node, exp.Column):
        return "value"
    kept = _take_off_key(node.name)
    table = say(node.table or query.first)
    if table and kept in ((), ("name",)):
        return f"{'name' if kept else 'row'} of {table}"
    return " ".join(kept) or "row"


def _take_off_key(name: str) -> tuple[str, ...]:
    """The words of a column without the one that says that it is a key: none are left of "id"."""
    words = identifier_words(name)
    return words[:-1] if words[-1] in _KEYS else words


def _name(query: Query, *nodes: exp.Expr) -> str:
    """The rows that conditions are about, by their table; "are meant" where they are of several."""
    if any(each.find(exp.AggFunc) is not None for each in nodes):
        return "are meant"
    tables = {each.table or query.first for each in _list_columns(*nodes)}
    name = tables.pop() if len(tables) == 1 else query.first
    return _rows(name) if name else "are meant"


def _list_columns(*nodes: exp.Expr) -> list[exp.Column]:
    """The columns of parts of a query, without those of other queries within."""
    columns = [(node, column) for node in nodes for column in node.find_all(exp.Column)]
    return [column for node, column in columns if column.parent_select is node.parent_select]


def _rows(table: str) -> str:
    """A table as what it holds: "orders", "rows of staff"."""
    plural = table.lower().endswith("s") and not table.lower().endswith(("ss", "us", "is"))
    return say(table) if plural else f"rows of {say(table)}"


class _Saying:
    """Says parts of queries; their columns with their tables only where these are of several."""

    def __init__(self, query: Query, nodes: tuple[exp.Expr, ...]) -> None:
        self._query = query
        columns = {(each.table, each.name.lower()) for each in _list_columns(*nodes)}
        clear = len({name for _, name in columns}) == len(columns)
        conditions = all(isinstance(each, _CONDITIONS) for each in nodes)
        self._alone = len({table for table, _ in columns}) == 1 or (conditions and clear)

    def say(self, node: exp.Expr) -> str:
        """Raises TooComplexError."""
        if isinstance(node, exp.Or):
            return " or ".join(map(self.say, node.flatten()))
        denied = isinstance(node, exp.Not)
        inner = node.this.unnest() if denied else node
        if isinstance(inner, exp.In) and (found := _read_table(inner)):
            if found[1] == inner.this.name.lower():
                return f"{'without' if denied else 'with'} {say(found[0])}"
            among = f"{'not ' if denied else ''}among the {found[1]} of {say(found[0])}"
            return f"{self._spell(inner.this)} is {among}"
        said = next((words for kind, words in _DATES.items() if isinstance(inner, kind)), "")
        if said and not denied and self._query.is_date(inner):
            return said.format(self._spell(inner.this), self._spell(inner.args["expression"]))
        return self._spell(node)

    def _spell(self, node: exp.Expr) -> str:
        bare = node.copy()
        bare.meta["dialect"] = self._query.schema.dialect
        for each in [each for each in bare.find_all(exp.Null) if each.parent is not None]:
            each.replace(exp.var("empty"))
        for mine, its in zip(node.find_all(exp.EQ), bare.find_all(exp.EQ), strict=True):
            if self._is_flag(mine.this) and mine.expression.name in _FLAGS:
                its.set("expression", exp.var(_FLAGS[mine.expression.name]))
        for column in bare.find_all(exp.Column) if self._alone else ():
            column.set("table", None)
        said = say_node(bare)
        return said[1:-1] if isinstance(node, exp.Window | exp.Case) and said[:1] == "(" else said

    def _is_flag(self, node: exp.Expr) -> bool:
        """Whether a column says yes or no, by 1 or 0."""
        found = self._query.find(node) if isinstance(node, exp.Column) else None
        return (
            found is not None
            and (
                found[1].kind == "boolean"
                or (found[1].kind == "number" and 0 < len(set(found[1].samples)) <= 2)
            )
            and set(found[1].samples) <= {"0", "1", "false", "true", "False", "True"}
        )


def _read_table(node: exp.In) -> tuple[str, str] | None:
    """The table whose every row counts in ``IN (SELECT …)``, and its column; None for anything else."""
    query = node.args.get("query")
    inner = query.unnest() if query is not None else None
    plain = isinstance(inner, exp.Select) and not any(
        value
        for name, value in inner.args.items()
        if value and name not in ("expressions", "from_", "distinct")
    )
    source = inner.args.get("from_") if plain and inner is not None else None
    if source is None or inner is None or not isinstance(source.this, exp.Table):
        return None
    return (source.this.name, inner.expressions[0].name.lower()) if len(inner.expressions) == 1 else None
