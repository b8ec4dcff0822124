"""Of what a share is asked: "percentage of sales at desks that were paid in cash" is of those at desks."""

from __future__ import annotations

import re

from sqlglot import exp

from sqloop.database.words import identifier_stems, split_text

_SHARE = re.compile(
    r"(?:\b(?:percent(?:age)?|per\s+cent|share|proportion|fraction)|%)\s+of\s+(?P<whole>[^?]+?)"
    r"\s+(?:were|was|are|is|have|has|had|comes?|came|goes?|went)\s+(?P<part>[^?]+)",
    re.IGNORECASE,
)


def bound_whole(tree: exp.Expr, question: str) -> None:
    """Have the whole meet the conditions that the question says of it, where only the part does; in place.

    >>> import sqlglot
    >>> part = "SUM(CASE WHEN place = 'desk' AND pay = 'cash' THEN 1 ELSE 0 END)"
    >>> tree = sqlglot.parse_one(f"SELECT 100.0 * {part} / COUNT(*) FROM sale")
    >>> bound_whole(tree, "What percentage of sales at desks were paid in cash?")
    >>> tree.sql()
    "SELECT 100.0 * SUM(CASE WHEN pay = 'cash' THEN 1 ELSE 0 END) / COUNT(*) FROM sale WHERE place = 'desk'"
    """
    said = _SHARE.search(question)
    if said is None:
        return
    whole, part = ({word.stem for word in split_text(said[name])} for name in ("whole", "part"))
    for share in tree.find_all(exp.Div):
        cases = list(share.this.find_all(exp.Case))
        select = share.find_ancestor(exp.Select)
        if len(cases) != 1 or select is None or not _is_all(share, select):
            continue
        (chosen,) = cases[0].args["ifs"][:1]
        conditions = list(chosen.this.flatten()) if isinstance(chosen.this, exp.And) else []
        of_whole = [each for each in conditions if whole & (words := _words(each)) and not part & words]
        if of_whole and len(of_whole) < len(conditions):
            chosen.set("this", exp.and_(*(each for each in conditions if each not in of_whole), copy=False))
            select.where(*of_whole, copy=False)


def _is_all(share: exp.Div, select: exp.Select) -> bool:
    """Whether a share of all rows is the only thing that is computed of them."""
    over = list(share.expression.find_all(exp.AggFunc))
    within = {id(each) for each in share.find_all(exp.AggFunc)}
    return (
        len(over) == 1
        and share.expression.find(exp.Case, exp.Query) is None
        and len(within) == 2
        and all(
            id(each) in within
            for each in select.find_all(exp.AggFunc)
            if each.find_ancestor(exp.Select) is select
        )
    )


def _words(condition: exp.Expr) -> set[str]:
    """The stems of its values; of a number also those of the columns, which may be flags."""
    literals = list(condition.find_all(exp.Literal))
    words = {word.stem for each in literals for word in split_text(str(each.this))}
    if not any(each.is_string for each in literals):
        words.update(stem for each in condition.find_all(exp.Column) for stem in identifier_stems(each.name))
    return words
