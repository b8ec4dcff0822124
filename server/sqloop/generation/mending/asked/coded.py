"""Codes that the question names and its query passes over: "a farrier trim" where `job = 'TR'` is a trim.

Works on the syntax tree, in place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from sqlglot import exp

from sqloop.generation.mending.paths import name_of
from sqloop.generation.mending.scopes import Scopes
from sqloop.linking.link import ValueLink, is_sure

_OTHERWISE = re.compile(
    r"\b(?:no|not|non|never|neither|without|except|excluding|exclude|besides|but|or|versus|vs|than)\b"
    r"\W*(?:\w+\W+){0,2}$|n't\W+(?:\w+\W+){0,2}$",
    re.IGNORECASE,
)
"""What stands before a value that is not asked for, or not alone."""


def hold_codes(tree: exp.Expr, question: str, links: Sequence[ValueLink], scopes: Scopes) -> None:
    """Mend ``tree``, a query that answers ``question``, in place; ``links`` are the values that it names.

    Only where a value is a code of one column alone (see `sqloop.database.knowledge.codes`), the query reads
    its table once by inner joins, and nothing in it says anything of that column. One word may well be said
    of another table ("livery contracts"): then the query must read no other.

    >>> import sqlglot
    >>> from sqloop.database.knowledge.value_index import ValueMatch
    >>> from sqloop.database.schema import Column, Schema, Table
    >>> job = Column("job", "TEXT", "text", meanings=(("TR", "Trim"), ("FS", "Full set")))
    >>> schema = Schema("sqlite", (Table("frr", (job, Column("cst", "REAL", "number"))),))
    >>> for question in ("What did a farrier trim cost?", "What did all but the trims cost?"):
    ...     at = question.index("trim")
    ...     link = ValueLink("v0", at, at + 4, "trim", (ValueMatch("frr", "job", "TR"),))
    ...     tree = sqlglot.parse_one("SELECT AVG(cst) FROM frr")
    ...     hold_codes(tree, question, [link], Scopes(tree, schema))
    ...     tree.sql()
    "SELECT AVG(cst) FROM frr WHERE frr.job = 'TR'"
    'SELECT AVG(cst) FROM frr'
    """
    if not isinstance(tree, exp.Select) or tree.args.get("with_"):
        return
    named = Counter((each.table, each.column) for link in links for each in link.matches)
    for link in links:
        match = link.matches[0] if len(link.matches) == 1 and is_sure(link, question) else None
        if match is None or named[match.table, match.column] > 1 or _OTHERWISE.search(question[: link.start]):
            continue
        table = scopes.schema.table(match.table)
        column = table.column(match.column) if table is not None else None
        reads = [
            (select, source)
            for select in scopes.selects
            for source in scopes.sources(select).values()
            if source.table is table
        ]
        if column is None or not column.meanings or len(reads) != 1 or reads[0][0] is not tree:
            continue
        if _is_outer(tree) or (len(scopes.sources(tree)) > 1 and len(str(link.value).split()) == 1):
            continue
        if any(each.name.lower() == match.column.lower() for each in tree.find_all(exp.Column)):
            continue
        held = exp.Column(this=name_of(match.column, scopes.schema), table=reads[0][1].name.copy())
        tree.where(exp.EQ(this=held, expression=exp.Literal.string(match.value)), copy=False)


def _is_outer(select: exp.Select) -> bool:
    """Whether rows are kept that have no partner: a condition on these in WHERE would drop them."""
    return any(join.side for join in select.args.get("joins") or [])
