"""All kinds of question, and how often each is asked.

A pattern draws a table, conditions and words from a scene, and gives compact SQL with the question that it
answers, or None where the schema has nothing for it.
"""

from __future__ import annotations

from random import Random

from sqloop_trainer.synthesis.drafts import Pattern
from sqloop_trainer.synthesis.patterns import (
    ages,
    groups,
    lists,
    numbers,
    owned,
    rows,
    selves,
    sequences,
    tops,
    windows,
)

WEIGHTS: dict[Pattern, float] = {
    lists.list_columns: 12,
    lists.list_rows: 11,
    lists.list_related: 6,
    lists.ordered: 6,
    numbers.count_rows: 10,
    numbers.count_distinct: 3,
    numbers.aggregate: 9,
    numbers.share: 2,
    numbers.average_count: 1,
    numbers.compared: 2,
    tops.top_rows: 11,
    tops.beyond_all: 1,
    rows.look_up: 6,
    rows.missing: 2,
    rows.without: 5,
    rows.against_average: 3,
    rows.both: 3,
    groups.count_by: 8,
    groups.aggregate_by: 7,
    groups.most_of: 7,
    groups.having: 5,
    owned.count_owned: 4,
    owned.list_owned: 3,
    owned.first_owned: 5,
    owned.has_owned: 2,
    owned.more_owned: 2,
    owned.most_owned: 4,
    owned.years_between: 1.5,
    owned.average_owned: 1.5,
    ages.in_decade: 1,
    ages.count_in_decade: 3.5,
    ages.age_then: 2,
    ages.more_in_decade: 1.5,
    windows.best_of_each: 4,
    windows.leading_of_each: 1,
    windows.above_group: 1,
    windows.ranked: 1,
    windows.running_total: 1,
    windows.share_of_total: 1,
    windows.change: 0.5,
    sequences.followed: 2,
    sequences.changed: 1.5,
    sequences.back_again: 1.5,
    sequences.in_a_row: 1,
    selves.with_role: 2,
    selves.of_named: 1.5,
    selves.by_role: 2,
    selves.beyond_role: 2,
    selves.same_as_role: 1,
    selves.count_by_role: 1.5,
    selves.has_role: 1.5,
    selves.pairs_alike: 1,
}


def draw_pattern(random: Random) -> Pattern:
    """A kind of question, which the scene may have nothing for."""
    return random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
