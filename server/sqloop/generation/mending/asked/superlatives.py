"""The first or last of something, as the question has it: which end of the order, and of how many rows.

A small model takes the oldest employee for the one with the greatest date of birth, asks MAX for the three
highest salaries, and adds up all rows where it was to add up those of the latest day. Works on the syntax
tree, in place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlglot import exp

from sqloop import english
from sqloop.database.knowledge.samples import day_order
from sqloop.database.schema import Column, Dialect, Table
from sqloop.database.words import Word, identifier_stems, split_name, split_text, stem
from sqloop.generation.mending.scopes import Scopes, conjuncts

_AGES = {True: re.compile(r"\boldest\b", re.IGNORECASE), False: re.compile(r"\byoungest\b", re.IGNORECASE)}
_PEOPLE = frozenset(map(stem, "who person people man woman men women child boy girl employee".split()))
_STOPS = frozenset("at on of here now today still currently we that who with without among within s".split())
_SERVICE = frozenset(map(stem, "service serving tenure seniority".split()))
_BORN = frozenset("birth born birthday birthdate dob".split())
_OLD = re.compile(r"\b(?:oldest|earliest|longest[- ](?:serving|standing|with))\b", re.IGNORECASE)
_NEW = re.compile(r"\b(?:youngest|newest|latest|most recent(?:ly)?)\b", re.IGNORECASE)
_OTHER_END = {
    True: re.compile(r"\blast\b(?! names?\b)", re.IGNORECASE),
    False: re.compile(r"\b(?:first|soonest|next)\b(?! (?:and last )?names?\b)", re.IGNORECASE),
}
"""What may mean the other end than the oldest (True) and the newest."""

_PERIODS = r"\d|(?:few|two|three|half|years?|quarters?|months?|weeks?|days|hours?)\b"
ONE_END = re.compile(
    rf"{_OLD.pattern}|{_NEW.pattern}|\b(?:last|first)\b(?! (?:and last )?names?\b| (?:{_PERIODS}))",
    re.IGNORECASE,
)
"""The one that stands at an end; not the last month, or the first name."""

_COUNTS = ("", "", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_DATED = {"date", "year"}
"""Words in the names of numbers that stand for a day or a year."""

_ORDERS = {
    ("date", True): "latest|newest|most recent",
    ("date", False): "earliest",
    ("number", True): "highest|largest|biggest|greatest|longest|dearest|most expensive",
    ("number", False): "lowest|smallest|shortest|cheapest",
    ("count", True): "most",
    ("count", False): "fewest|least",
}
"""How all rows come, by what they are in order of; "oldest first" may mean ages or dates."""
_FIRST = {
    order: re.compile(rf"\b(?:{words})(?: (?![a-z]*ing\b)[a-z]+)? first\b(?!-)", re.IGNORECASE)
    for order, words in _ORDERS.items()
}
_PLACES = frozenset("priority rank ranking place position level grade order seed".split())
"""Words of numbers of which the first may be the highest."""

_EXTREMES = (exp.Max, exp.Min)
_WHOLE = ("group", "having", "offset", "windows", "qualify")


def mend_superlatives(tree: exp.Expr, question: str, scopes: Scopes) -> None:
    """Mend ``tree``, a query that answers ``question``, in place.

    >>> import sqlglot
    >>> from sqloop.database.schema import Column, Schema, Table
    >>> table = Table("employee", (Column("name", "TEXT", "text"), Column("born", "DATE", "date")))
    >>> for question, sql in (
    ...     ("Who is the oldest?", "SELECT name FROM employee ORDER BY born DESC LIMIT 1"),
    ...     ("The three greatest dates", "SELECT MAX(born) FROM employee LIMIT 3"),
    ...     ("The 2 oldest", "SELECT name FROM employee WHERE born = (SELECT MIN(born) FROM employee) "
    ...      "ORDER BY born LIMIT 2"),
    ... ):
    ...     tree = sqlglot.parse_one(sql)
    ...     mend_superlatives(tree, question, Scopes(tree, Schema("sqlite", (table,))))
    ...     tree.sql()
    'SELECT name FROM employee ORDER BY born ASC LIMIT 1'
    'SELECT born FROM employee ORDER BY born DESC LIMIT 3'
    'SELECT name FROM employee ORDER BY born LIMIT 2'
    """
    if any(each.search(question) for each in _AGES.values()):
        _go_by_birth(tree, question, scopes)
    _turn(question, scopes)
    _order(tree, question, scopes)
    if isinstance(tree, exp.Select) and not any(tree.args.get(part) for part in _WHOLE):
        _show_several(tree, question, scopes.schema.dialect)
        _let_others_in(tree, question)
        if ONE_END.search(question):
            _fold_the_last(tree)


def _go_by_birth(tree: exp.Expr, question: str, scopes: Scopes) -> None:
    """Have the oldest be those who were born first, where the query goes by another day of theirs.

    Not where the query speaks of the day of birth elsewhere, and where a thing of theirs is old: "oldest
    contract of an employee", "the oldest by service".

    >>> import sqlglot
    >>> from sqloop.database.schema import Schema, Table
    >>> staff = Table("staff", tuple(Column(name, "DATE", "date") for name in ("hired", "birth_date")))
    >>> for question in ("Who is the oldest?", "Which contract is the oldest?"):
    ...     tree = sqlglot.parse_one("SELECT name FROM staff ORDER BY hired LIMIT 1")
    ...     _go_by_birth(tree, question, Scopes(tree, Schema("sqlite", (staff,))))
    ...     tree.sql()
    'SELECT name FROM staff ORDER BY birth_date LIMIT 1'
    'SELECT name FROM staff ORDER BY hired LIMIT 1'
    """
    if any(_BORN & set(split_name(each.name)) for each in tree.find_all(exp.Column)):
        return
    ends: list[exp.Expr] = [each for each in tree.find_all(exp.Ordered) if _picks(each)]
    ends += [each for select in scopes.selects for each in _extremes(select)]
    for end in ends:
        place = scopes.place(end.this) if isinstance(end.this, exp.Column) else None
        if place is None or not is_day(place.column) or not _asks_for_age(question, place.table):
            continue
        own = _BORN.union(identifier_stems(place.table.name), english.WEAK_COLUMNS)
        born = [
            each for each in place.table.columns if is_day(each) and own.issuperset(split_name(each.name))
        ]
        born = [each for each in born if _BORN & set(split_name(each.name))]
        if len(born) != 1:
            continue
        name = exp.to_identifier(born[0].name)
        equal = end.find_ancestor(exp.EQ) if isinstance(end, _EXTREMES) else None
        for side in (equal.this, equal.expression) if equal is not None else ():
            if isinstance(side, exp.Column) and side.name == end.this.name:
                side.set("this", name.copy())
        end.this.set("this", name)


def _picks(key: exp.Ordered) -> bool:
    """Whether some rows are taken by an order: those of a window, or the first of a query."""
    select = key.parent_select  # None for the order of a UNION
    return key.find_ancestor(exp.Window) is not None or bool(select and select.args.get("limit"))


def _asks_for_age(question: str, table: Table) -> bool:
    """Whether it is persons, of that table, that are old or young in a question.

    >>> staff = Table("employees", ())
    >>> asked = "Who is oldest?", "the oldest employee here", "who has the oldest file", "oldest by service"
    >>> [_asks_for_age(each, staff) for each in asked]
    [True, True, False, False]
    """
    people = _PEOPLE.union(identifier_stems(table.name)[-1:])
    words = [word for word in split_text(question) if word.text.isalnum()]
    stems = [word.stem for word in words]
    if _SERVICE.intersection(stems):
        return False
    for number, word in enumerate(words):
        if word.text.lower() in ("oldest", "youngest"):
            behind = stems[number + 1 : number + 3]
            last = next((n for n, each in enumerate(behind) if each in people), None)
            if last is not None:
                return _ends(words[number + last + 2 :])
            return _ends(words[number + 1 :]) and not people.isdisjoint(stems[:number])
    return False


def _ends(words: Sequence[Word]) -> bool:
    """Whether no further noun follows at once: the oldest customer account is no customer."""
    return not words or words[0].text.lower() in english.NAMING | english.OPENERS | _STOPS


def _turn(question: str, scopes: Scopes) -> None:
    """Have the one order or extreme of the query be at the end that the question names, if it names one."""
    old, new = bool(_OLD.search(question)), bool(_NEW.search(question))
    if old == new or _OTHER_END[old].search(question):
        return
    cut = [each for each in scopes.selects if each.args.get("order") and each.args.get("limit")]
    ends = [each for select in scopes.selects for each in _extremes(select)]
    if len(cut) == 1 and not ends:
        first = cut[0].args["order"].expressions[0]
        falls = _falls(first.this, old, question, scopes)
        if falls is not None and bool(first.args.get("desc")) != falls:
            first.replace(_ordered(first.this, falls, scopes.schema.dialect))
    elif len(ends) == 1 and not cut:
        (end,) = ends
        falls = _falls(end.this, old, question, scopes)
        if falls is not None and isinstance(end, exp.Max) != falls:
            end.replace((exp.Max if falls else exp.Min)(this=end.this.copy()))


def _extremes(select: exp.Select) -> list[exp.Expr]:
    """The greatest or least value that rows are found by: ``WHERE born = (SELECT MAX(born) …)``."""
    shown = select.expressions[0] if len(select.expressions) == 1 else None
    holder = select.parent.parent if isinstance(select.parent, exp.Subquery) else None
    return [shown] if isinstance(shown, _EXTREMES) and isinstance(holder, exp.EQ) else []


def _falls(by: exp.Expr, old: bool, question: str, scopes: Scopes) -> bool | None:
    """Whether the oldest, or the newest, has the greatest value of a column; None where that is not known."""
    place = scopes.place(by) if isinstance(by, exp.Column) else None
    if place is None:
        return None
    words, is_number = split_name(place.column.name), place.column.kind == "number"
    if is_number and "age" in words and _AGES[old].search(question):
        return old
    if is_day(place.column) or (is_number and _DATED & set(words)):
        return not old
    return None


def is_day(column: Column) -> bool:
    """Whether a column holds days or moments, also as texts."""
    return column.kind == "date" or day_order(column) is not None


def _order(tree: exp.Expr, question: str, scopes: Scopes) -> None:
    """Have all rows come as "latest first" says, where the query is in order of dates, the other way."""
    order = tree.args.get("order") if isinstance(tree, exp.Select) and not tree.args.get("limit") else None
    if order is None or len(order.expressions) != 1:
        return
    (key,) = order.expressions
    kinds = _kinds(meant_by(key.this, tree), scopes)
    said = {falls for (kind, falls), words in _FIRST.items() if kind in kinds and words.search(question)}
    if len(said) == 1 and bool(key.args.get("desc")) not in said:
        key.replace(_ordered(key.this, not key.args.get("desc"), scopes.schema.dialect))


def meant_by(key: exp.Expr, select: exp.Expr) -> exp.Expr:
    """What a key of the order is, where it is called or numbered as something that is shown; else the key."""
    shown: list[exp.Expr] = select.expressions
    if isinstance(key, exp.Literal) and key.is_int and 0 < int(key.name) <= len(shown):
        return shown[int(key.name) - 1].unalias()
    called = key.name.lower() if isinstance(key, exp.Column) and not key.table else ""
    return next((each.this for each in shown if called and each.alias.lower() == called), key)


def _kinds(key: exp.Expr, scopes: Scopes) -> set[str]:
    """What a key of the order may be taken for: amounts, how many, days; a place in a list is none."""
    match key:
        case exp.Count() | exp.Sum():
            return {"number", "count"}
        case exp.Avg() | exp.Binary():
            return {"number"}
        case exp.Min() | exp.Max() | exp.Paren() | exp.Round():
            return _kinds(key.this, scopes)
        case exp.Column():
            place = scopes.place(key)
            words = set(split_name(place.column.name)) if place else _PLACES
            if place is None or words & _PLACES:
                return set()
            if is_day(place.column) or _DATED & words:
                return {"date"}
            return {"number"} if place.column.kind == "number" else set()
    return set()


def _ordered(by: exp.Expr, falls: bool, dialect: Dialect) -> exp.Ordered:
    """As the dialect orders it where nothing is said of NULL."""
    first = falls if dialect == "postgres" else dialect != "duckdb" and not falls
    return exp.Ordered(this=by.copy(), desc=falls, nulls_first=first)


def _show_several(select: exp.Select, question: str, dialect: Dialect) -> None:
    """The three highest, where MAX would give one of them and the question says how many."""
    shown = [each.unalias() for each in select.expressions]
    if len(shown) != 1 or not isinstance(shown[0], _EXTREMES) or not says_number(question, limit_of(select)):
        return
    inner = shown[0].this
    if isinstance(inner, exp.Distinct) or _orders_otherwise(select, shown[0]):
        return
    order = _ordered(inner, isinstance(shown[0], exp.Max), dialect)
    select.set("expressions", [inner.copy()])
    select.set("distinct", None)
    select.set("order", exp.Order(expressions=[order]))


def _let_others_in(select: exp.Select, question: str) -> None:
    """The three oldest in order of their age, where only those of the greatest age would be let in."""
    where, order = select.args.get("where"), select.args.get("order")
    if where is None or order is None or not says_number(question, limit_of(select)):
        return
    parts = conjuncts(where)
    left = [each for each in parts if not _is_at_end(each, order.expressions[0])]
    if len(left) < len(parts):
        select.set("where", exp.Where(this=exp.and_(*left, copy=False)) if left else None)


def _is_at_end(condition: exp.Expr, first: exp.Expr) -> bool:
    """Whether a column is to be the least or greatest of all, at the end where an order begins."""
    if not isinstance(condition, exp.EQ) or not isinstance(condition.expression, exp.Subquery):
        return False
    inner = condition.expression.this
    end = inner.expressions[0] if isinstance(inner, exp.Select) and len(inner.expressions) == 1 else None
    return (
        isinstance(end, exp.Max if first.args.get("desc") else exp.Min)
        and isinstance(first.this, exp.Column)
        and condition.this == first.this
        and end.this.name == first.this.name
    )


def _fold_the_last(select: exp.Select) -> None:
    """Add up the rows of the last day, where the order of one sum would be asked for."""
    order = None if select.args.get("with_") else select.args.get("order")
    columns = list(order.find_all(exp.Column)) if order is not None else []
    folded = all(isinstance(each.unalias(), exp.AggFunc) for each in select.expressions)
    if (
        not folded
        or order is None
        or len(order.expressions) != 1
        or len(columns) != 1
        or limit_of(select) != 1
    ):
        return
    first = order.expressions[0]
    if first.this is not columns[0] or any(each.alias == columns[0].name for each in select.expressions):
        return
    end = exp.Min(this=columns[0].copy()) if not first.args.get("desc") else exp.Max(this=columns[0].copy())
    inner = select.copy()
    for part in ("order", "limit", "distinct"):
        inner.set(part, None)
    inner.set("expressions", [end])
    select.set("order", None)
    select.set("limit", None)
    select.where(exp.EQ(this=columns[0].copy(), expression=exp.Subquery(this=inner)), copy=False)


def _orders_otherwise(select: exp.Select, shown: exp.Expr) -> bool:
    """Whether the order is by something else than what is shown."""
    order = select.args.get("order")
    return order is not None and any(each.this not in (shown, shown.this) for each in order.expressions)


def says_number(question: str, number: int) -> bool:
    """Whether a question says a number of more than one, in digits or as a word.

    >>> says_number("the three highest", 3), says_number("the 12 highest", 12), says_number("the highest", 10)
    (True, True, False)
    """
    names = {str(number), *_COUNTS[number : number + 1]} if number > 1 else set()
    return not names.isdisjoint(re.findall(r"\w+", question.lower()))


def limit_of(select: exp.Select) -> int:
    """How many rows a query may give; 0 where it does not say, or not as a number."""
    limit = select.args.get("limit")
    number = limit.expression if isinstance(limit, exp.Limit) else None
    return int(number.name) if isinstance(number, exp.Literal) and number.name.isdigit() else 0
