"""A query as it was meant: what it says of days, flags, groups, fractions and other tables is put right."""

from __future__ import annotations

from sqlglot import exp

from sqloop.database.schema import Dialect, Schema
from sqloop.generation.mending.aggregates import mend_aggregates
from sqloop.generation.mending.asked.durations import mend_durations
from sqloop.generation.mending.asked.periods import let_first_in, mend_bounds
from sqloop.generation.mending.cases import mend_cases
from sqloop.generation.mending.flags import mend_flags, mend_nulls
from sqloop.generation.mending.groups import mend_groups
from sqloop.generation.mending.idle_joins import mend_idle_joins
from sqloop.generation.mending.inner.absent import mend_absent
from sqloop.generation.mending.inner.correlation import mend_correlation
from sqloop.generation.mending.inner.several import mend_several
from sqloop.generation.mending.keys import mend_keys
from sqloop.generation.mending.moments import mend_moments
from sqloop.generation.mending.numbers import mend_divisions
from sqloop.generation.mending.scopes import Scopes
from sqloop.generation.mending.spans import mend_spans


def mend_meaning(tree: exp.Query, schema: Schema, written: Dialect, question: str = "") -> exp.Query:
    """``tree``, a query on ``schema`` in the dialect ``written``, its names mended; may change in place.

    Where keys join two tables in several ways, the words of the ``question`` say which is meant.
    """
    tree = mend_aggregates(tree, Scopes(tree, schema), question)
    mend_nulls(tree)
    mend_bounds(tree)
    let_first_in(tree, question)
    mend_correlation(tree, schema, question)
    mend_keys(tree, Scopes(tree, schema, question))
    scopes = Scopes(tree, schema)
    mend_several(tree, scopes)
    mend_absent(tree, scopes, question)
    mend_divisions(tree, scopes, written, question)
    mend_moments(tree, scopes, written)
    mend_spans(tree, scopes, written)
    mend_durations(tree, question)
    mend_flags(tree, scopes)
    mend_cases(tree, scopes)
    tree = mend_groups(tree, scopes)
    mend_idle_joins(tree, Scopes(tree, schema), question)
    return tree
