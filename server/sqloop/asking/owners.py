"""A query that fails for a column of a table that it does not read, where keys lead to several that have it.

"Orders per city": an order has no city, its customer and its store have one. Mending takes a table only where
one alone can be meant; here each is proposed, so that whoever asked can choose.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop.asking.drafts import Draft
from sqloop.asking.near_names import read_name
from sqloop.database.checking.parsing import parse_statement, write_statement
from sqloop.database.schema import Schema
from sqloop.generation.mending.joins import further_ways, join_way
from sqloop.generation.mending.names import mend_names
from sqloop.generation.mending.scopes import Scopes
from sqloop.generation.prompts.forms import Asked
from sqloop.ranking import Proposal

_MOST = 4
"""Tables to choose from."""


def propose_owners(proposals: Sequence[Proposal], asked: Asked, calibration: float) -> list[Draft]:
    """The likeliest query that fails so, once with each table; empty where there is none.

    One of n tables is right once in n times: their scores leave each answer 1/n of the confidence that the
    query would have had, after `calibrate`.
    """
    for each in sorted(proposals, key=lambda each: -each.score):
        wrong = read_name(each.outcome.error) if each.outcome.status == "error" else None
        if wrong is None or wrong.code != "unknown-column":
            continue
        name = wrong.name.rpartition(".")[2].strip('`"').lower()
        try:
            found = list(_take_from_each(name, each.sql, asked.met_by(each.sql), asked.question))
        except SqlglotError:
            continue
        if 1 < len(found) <= _MOST:
            return [Draft(sql, each.score - math.log(len(found)) / calibration) for sql in found]
    return []


def _take_from_each(name: str, sql: str, schema: Schema, question: str) -> Iterator[str]:
    tree = parse_statement(sql, schema.dialect)
    scopes = Scopes(tree, schema)
    missing = [
        number
        for number, each in enumerate(tree.find_all(exp.Column))
        if each.name.lower() == name and scopes.place(each) is None
    ]
    ways = further_ways(list(tree.find_all(exp.Column))[missing[0]], scopes) if missing else ()
    for way in ways:
        changed = tree.copy()
        scopes = Scopes(changed, schema)
        column = list(changed.find_all(exp.Column))[missing[0]]
        join_way(column, next(scopes.around(column))[0], way, scopes)
        mend_names(changed, schema, question)  # type: ignore[arg-type]
        yield write_statement(changed, schema.dialect)
