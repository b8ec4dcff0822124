"""What an addition keeps: "the lowest price as well" shows the average of the answer before beside it.

A small model that is told "also" writes what is new and forgets what was there. Works on the syntax trees of
the query before and the one that the model wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop.database.checking.parsing import parse_statement, write_statement
from sqloop.database.schema import Dialect

_ADDS = re.compile(
    r"\b(?:also|as well|too|in addition|additionally|plus|further|alongside)\b"
    r"|^\W*(?:and\s+)?add\b(?!\s+(?:\w+\s+){0,2}up\b)",
    re.IGNORECASE,
)
_CHANGES = re.compile(
    r"\b(?:instead|rather|only|just|not|no|without|drop|leave|remove|switch|swap|replace|but)\b|n't\b",
    re.IGNORECASE,
)
"""What says that something of the answer before is to go."""
_OTHERWISE = ("with_", "distinct", "windows", "qualify", "laterals")


def keep_shown(sql: str, said: str, before: str, dialect: Dialect) -> str:
    """``sql``, with what ``before`` shows, or is grouped by, and it does not, where ``said`` adds to that.

    The same text where nothing is missing, or the two are not alike enough to tell.

    >>> source = "FROM piece AS p JOIN artist AS a ON a.id = p.artist_id GROUP BY a.kind"
    >>> before = f"SELECT a.kind, AVG(p.price) {source}"
    >>> new = f"SELECT a.kind, MIN(price) {source}"
    >>> keep_shown(new, "the lowest as well", before, "sqlite").partition(" FROM")[0]
    'SELECT a.kind, AVG(p.price), MIN(price)'
    >>> keep_shown(new, "the lowest instead", before, "sqlite") == new
    True
    """
    if not _ADDS.search(said) or _CHANGES.search(said):
        return sql
    try:
        old, new = (parse_statement(each, dialect).copy() for each in (before, sql))
    except SqlglotError:
        return sql
    names = _same_tables(old, new)
    if names is None or not isinstance(old, exp.Select) or not isinstance(new, exp.Select):
        return sql
    _rename(old, names)
    grouped = _missing(_groups(old), _groups(new), new)
    if grouped and not _missing(_groups(new), _groups(old), new):
        return sql  # Other groups than before, and none beside them: another question.
    here = [each.unalias() for each in new.expressions]
    shown = _missing([each.unalias() for each in old.expressions], here, new)
    folded = [
        each for each in shown if each.find(exp.AggFunc) and not any(_replaces(one, each) for one in here)
    ]
    plain = [each for each in shown if not each.find(exp.AggFunc) and (each in grouped or not _groups(new))]
    if not (folded or plain) or (plain and bool(_folds(new)) != bool(_folds(old))):
        return sql
    first = [each for each in new.expressions if not each.find(exp.AggFunc)]
    others = [each for each in new.expressions if each.find(exp.AggFunc)]
    new.set("expressions", [*plain, *first, *folded, *others])
    if grouped:
        new.set("group", exp.Group(expressions=[*grouped, *_groups(new)]))
    return write_statement(new, dialect)


def _same_tables(old: exp.Expr, new: exp.Expr) -> dict[str, str] | None:
    """What the new query calls each source of the old one; None where the two cannot be compared."""
    found = []
    for tree in (old, new):
        plain = isinstance(tree, exp.Select) and not any(tree.args.get(part) for part in _OTHERWISE)
        tables = list(_tables(tree)) if plain else []
        by_name = {table.name.lower(): table.alias_or_name for table in tables}
        if not tables or len(by_name) < len(tables) or tree.find(exp.Subquery):
            return None
        found.append(by_name)
    if not found[0].keys() <= found[1].keys():
        return None
    return {alias.lower(): found[1][name] for name, alias in found[0].items()}


def _tables(tree: exp.Expr) -> Iterator[exp.Table]:
    source = tree.args.get("from_")
    for each in [source, *(tree.args.get("joins") or [])]:
        if each is not None and isinstance(each.this, exp.Table):
            yield each.this


def _rename(tree: exp.Expr, names: dict[str, str]) -> None:
    """Write every column with the source that the other query has for it."""
    for column in tree.find_all(exp.Column):
        alias = column.table.lower() or (next(iter(names)) if len(names) == 1 else "")
        if alias in names:
            column.set("table", exp.to_identifier(names[alias]))


def _groups(tree: exp.Expr) -> list[exp.Expr]:
    group = tree.args.get("group")
    return list(group.expressions) if group is not None else []


def _missing(wanted: list[exp.Expr], there: list[exp.Expr], new: exp.Select) -> list[exp.Expr]:
    """Those of ``wanted`` that are not among ``there``, as the sources of ``new`` are called."""
    only = [table.alias_or_name for table in _tables(new)]
    known = {_key(each, only) for each in there}
    return [each.copy() for each in wanted if _key(each, only) not in known]


def _key(node: exp.Expr, sources: list[str]) -> str:
    node = node.copy()
    for column in node.find_all(exp.Column):
        if not column.table and len(sources) == 1:
            column.set("table", exp.to_identifier(sources[0]))
    return node.sql().lower()


def _replaces(new: exp.Expr, old: exp.Expr) -> bool:
    """Whether an aggregate stands for another: a count of other rows, or the sum of more columns."""
    folds = [each.find(exp.AggFunc) for each in (new, old)]
    if folds[0] is None or type(folds[0]) is not type(folds[1]):
        return False
    columns = [{column.name.lower() for column in each.find_all(exp.Column)} for each in (new, old)]
    return isinstance(folds[0], exp.Count) or columns[0] >= columns[1]


def _folds(tree: exp.Select) -> list[exp.Expr]:
    return [each for each in tree.expressions if each.find(exp.AggFunc)]
