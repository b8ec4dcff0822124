"""What the question asks and its query does not say: one day, a unit, a count of groups, exactness."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from sqloop.database.schema import Schema
from sqloop.database.words import identifier_words
from sqloop.generation.mending.asked.breakdowns import break_down
from sqloop.generation.mending.asked.called import show_called
from sqloop.generation.mending.asked.counting import EACH, HOW_MANY, count_once
from sqloop.generation.mending.asked.groupwise import rank_in_groups
from sqloop.generation.mending.asked.lasts import take_the_last
from sqloop.generation.mending.asked.periods import mend_periods, mend_years
from sqloop.generation.mending.asked.precision import mend_precision
from sqloop.generation.mending.asked.repeats import show_once
from sqloop.generation.mending.asked.shares import bound_whole
from sqloop.generation.mending.asked.superlatives import mend_superlatives
from sqloop.generation.mending.asked.tallies import sum_tallies
from sqloop.generation.mending.asked.units import mend_units
from sqloop.generation.mending.asked.unknowns import leave_out_unknown
from sqloop.generation.mending.asked.whole import mend_whole
from sqloop.generation.mending.day_texts import mend_day_texts
from sqloop.generation.mending.groups import Of, conditions_of, settled_by
from sqloop.generation.mending.idle_joins import leave_out_tables
from sqloop.generation.mending.scopes import Scopes


def mend_wording(tree: exp.Query, question: str, schema: Schema) -> exp.Query:
    """``tree``, a query on ``schema`` in its dialect, mended; may change in place."""
    mend_periods(tree, question)
    mend_years(tree, question)
    mend_whole(tree, question)
    if question:
        leave_out_tables(tree, question, Scopes(tree, schema))
    scopes = Scopes(tree, schema)
    mend_units(tree, question, scopes)
    mend_precision(tree, question, scopes, schema.dialect)
    mend_superlatives(tree, question, scopes)
    leave_out_unknown(tree, question, scopes)
    break_down(tree, question, scopes)
    count_once(tree, question, scopes)
    sum_tallies(tree, question, scopes)
    bound_whole(tree, question)
    show_once(tree, question, scopes)
    tree = take_the_last(rank_in_groups(tree, question, scopes), question, scopes)
    tree = _count_groups(tree, question)
    _name_groups(tree, question, Scopes(tree, schema))
    show_called(tree, question, Scopes(tree, schema, question))
    mend_day_texts(tree, Scopes(tree, schema))
    return tree


def _count_groups(tree: exp.Query, question: str) -> exp.Query:
    """Count the groups that are left, where the size of each would be shown without a name.

    >>> import sqlglot
    >>> tree = sqlglot.parse_one("SELECT COUNT(*) FROM sale GROUP BY buyer HAVING COUNT(*) = 3")
    >>> _count_groups(tree, "How many buyers bought three times?").sql()
    'SELECT COUNT(*) FROM (SELECT buyer FROM sale GROUP BY buyer HAVING COUNT(*) = 3) AS t'
    """
    group = tree.args.get("group") if isinstance(tree, exp.Select) else None
    if group is None or not group.expressions or not tree.args.get("having") or len(tree.expressions) != 1:
        return tree
    whole = not any(tree.args.get(part) for part in ("order", "limit", "distinct", "with_"))
    counts = isinstance(tree.expressions[0].unalias(), exp.Count)
    if not whole or not counts or not HOW_MANY.match(question) or EACH.search(question):
        return tree
    tree.set("expressions", [each.copy() for each in group.expressions[:1]])
    inner = exp.Subquery(this=tree, alias=exp.TableAlias(this=exp.to_identifier("t")))
    return exp.select(exp.Count(this=exp.Star())).from_(inner)


def _name_groups(tree: exp.Query, question: str, scopes: Scopes) -> None:
    """Show what groups are called, where numbers alone would be shown of each, in place.

    >>> import sqlglot
    >>> from sqloop.database.schema import Column, Schema, Table
    >>> sales = Schema("sqlite", (Table("sale", (Column("buyer", "INT", "number"),)),))
    >>> for condition in ("", " WHERE buyer = 5"):
    ...     tree = sqlglot.parse_one(f"SELECT COUNT(*) FROM sale{condition} GROUP BY buyer")
    ...     _name_groups(tree, "How many sales?", Scopes(tree, sales))
    ...     tree.sql()
    'SELECT buyer, COUNT(*) FROM sale GROUP BY buyer'
    'SELECT COUNT(*) FROM sale WHERE buyer = 5 GROUP BY buyer'
    """
    if not isinstance(tree, exp.Select) or any(tree.args.get(part) for part in ("limit", "distinct")):
        return
    group = tree.args.get("group") or exp.Group()
    plain = bool(group.expressions) and all(isinstance(each, exp.Column) for each in group.expressions)
    if not plain or not all(isinstance(each.unalias(), exp.AggFunc) for each in tree.expressions):
        return
    if EACH.search(question) or not _is_one(group.expressions, tree, scopes):
        tree.set("expressions", [*(each.copy() for each in group.expressions), *tree.expressions])


def _is_one(grouped: Sequence[exp.Column], select: exp.Select, scopes: Scopes) -> bool:
    """Whether there is one group: its key is given, or the name of what it is a group of."""
    given: set[Of] = set()
    for condition in conditions_of(select):
        column, value = condition.this, condition.expression
        place = scopes.place(column) if isinstance(column, exp.Column) else None
        if place is None or not isinstance(condition, exp.EQ) or not isinstance(value, exp.Literal):
            continue
        named = place.table.primary_key if identifier_words(place.column.name)[-1:] == ("name",) else ()
        given.update((place.source, name) for name in (place.column.name, *named))
    settled = settled_by(frozenset(given), select, scopes)
    places = [scopes.place(each) for each in grouped]
    return all(place is not None and (place.source, place.column.name) in settled for place in places)
