"""All kinds of question, and how often each is asked.

A pattern draws a table, conditions and words from a scene, and gives compact SQL with the question that it
answers, or None where the schema has nothing for it.
"""

from __future__ import annotations

from random import Random

from sqloop_trainer.synthesis import (
    patterns_ages,
    patterns_groups,
    patterns_lists,
    patterns_numbers,
    patterns_owned,
    patterns_rows,
    patterns_selves,
    patterns_tops,
    patterns_windows,
)
from sqloop_trainer.synthesis.drafts import Pattern

WEIGHTS: dict[Pattern, float] = {
    patterns_lists.list_columns: 12,
    patterns_lists.list_rows: 11,
    patterns_lists.list_related: 6,
    patterns_lists.ordered: 6,
    patterns_numbers.count_rows: 10,
    patterns_numbers.count_distinct: 3,
    patterns_numbers.aggregate: 9,
    patterns_numbers.share: 2,
    patterns_numbers.average_count: 1,
    patterns_numbers.compared: 2,
    patterns_tops.top_rows: 11,
    patterns_tops.beyond_all: 1,
    patterns_rows.look_up: 6,
    patterns_rows.missing: 2,
    patterns_rows.without: 5,
    patterns_rows.against_average: 3,
    patterns_rows.both: 3,
    patterns_groups.count_by: 8,
    patterns_groups.aggregate_by: 7,
    patterns_groups.most_of: 7,
    patterns_groups.having: 5,
    patterns_owned.count_owned: 4,
    patterns_owned.list_owned: 3,
    patterns_owned.first_owned: 5,
    patterns_owned.has_owned: 2,
    patterns_owned.more_owned: 2,
    patterns_owned.most_owned: 4,
    patterns_owned.years_between: 1.5,
    patterns_owned.average_owned: 1.5,
    patterns_ages.in_decade: 1,
    patterns_ages.count_in_decade: 3.5,
    patterns_ages.age_then: 2,
    patterns_ages.more_in_decade: 1.5,
    patterns_windows.best_of_each: 4,
    patterns_windows.leading_of_each: 1,
    patterns_windows.above_group: 1,
    patterns_windows.ranked: 1,
    patterns_windows.running_total: 1,
    patterns_windows.share_of_total: 1,
    patterns_windows.change: 0.5,
    patterns_selves.with_role: 2,
    patterns_selves.of_named: 1.5,
    patterns_selves.by_role: 2,
    patterns_selves.beyond_role: 2,
    patterns_selves.same_as_role: 1,
    patterns_selves.count_by_role: 1.5,
    patterns_selves.has_role: 1.5,
    patterns_selves.pairs_alike: 1,
}


def draw_pattern(random: Random) -> Pattern:
    """A kind of question, which the scene may have nothing for."""
    return random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
