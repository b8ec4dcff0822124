"""What an addition keeps: "the lowest price as well" shows the average of the answer before beside it.

A small model that is told "also" writes what is new and forgets what was there. Works on the syntax trees of
the query before and the one that the model wrote.
"""

from __future__ import annotations

import re

from sqlglot import exp

from sqloop.database.schema import Dialect
from sqloop.dialogue.both_trees import groups_of, key_of, own_tables, read_both, write_tree

ADDS = re.compile(
    r"\b(?:also|as well|too|in addition|additionally|plus|further|alongside)\b"
    r"|^\W*(?:and\s+)?add\b(?!\s+(?:\w+\s+){0,2}up\b)",
    re.IGNORECASE,
)
_CHANGES = re.compile(
    r"\b(?:instead|rather|only|just|not|no|without|drop|leave|remove|switch|swap|replace|but)\b|n't\b",
    re.IGNORECASE,
)
"""What says that something of the answer before is to go."""


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
    if not ADDS.search(said) or _CHANGES.search(said):
        return sql
    both = read_both(sql, before, dialect)
    if both is None:
        return sql
    old, new = both
    grouped = _missing(groups_of(old), groups_of(new), new)
    if grouped and not _missing(groups_of(new), groups_of(old), new):
        return sql  # Other groups than before, and none beside them: another question.
    here = [each.unalias() for each in new.expressions]
    shown = _missing([each.unalias() for each in old.expressions], here, new)
    folded = [
        each for each in shown if each.find(exp.AggFunc) and not any(_replaces(one, each) for one in here)
    ]
    plain = [each for each in shown if not each.find(exp.AggFunc) and (each in grouped or not groups_of(new))]
    if not (folded or plain) or (plain and bool(_folds(new)) != bool(_folds(old))):
        return sql
    first = [each for each in new.expressions if not each.find(exp.AggFunc)]
    others = [each for each in new.expressions if each.find(exp.AggFunc)]
    new.set("expressions", [*plain, *first, *folded, *others])
    if grouped:
        new.set("group", exp.Group(expressions=[*grouped, *groups_of(new)]))
    return write_tree(new, dialect) or sql


def _missing(wanted: list[exp.Expr], there: list[exp.Expr], new: exp.Select) -> list[exp.Expr]:
    """Those of ``wanted`` that are not among ``there``, as the sources of ``new`` are called."""
    only = [table.alias_or_name for table in own_tables(new)]
    known = {key_of(each, only) for each in there}
    return [each.copy() for each in wanted if key_of(each, only) not in known]


def _replaces(new: exp.Expr, old: exp.Expr) -> bool:
    """Whether an aggregate stands for another: a count of other rows, or the sum of more columns."""
    folds = [each.find(exp.AggFunc) for each in (new, old)]
    if folds[0] is None or type(folds[0]) is not type(folds[1]):
        return False
    columns = [{column.name.lower() for column in each.find_all(exp.Column)} for each in (new, old)]
    return isinstance(folds[0], exp.Count) or columns[0] >= columns[1]


def _folds(tree: exp.Select) -> list[exp.Expr]:
    return [each for each in tree.expressions if each.find(exp.AggFunc)]
