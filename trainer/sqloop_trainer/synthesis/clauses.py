"""Parts that patterns share: WHERE with its words, lists of columns, ways to begin a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqloop.database.schema import Column, Table
from sqloop_trainer.synthesis.conditions.filters import condition
from sqloop_trainer.synthesis.drafts import Condition, Draft
from sqloop_trainer.synthesis.scene import Scene, ref
from sqloop_trainer.synthesis.wording import vary

LEAD = "(show|list|give me|find|display|what are|get|return|show me|which are|i want|name|tell me|)"
COUNT_LEAD = (
    "(how many {n} are there {t}|how many {n} {t}|number of {n} {t}|what is the number of {n} {t}|"
    "count (the|) {n} {t}|count of {n} {t}|find the (total|) number of {n} {t}|how many {t} {n}|"
    "how many {n} (do we have|exist) {t}|what is the (total|) (count|number) of {n} {t}|total {n} {t})"
)
AGGREGATES = {
    "AVG": "(average|mean|avg)",
    "SUM": "(total|sum of|combined|overall)",
    "MAX": "(maximum|highest|largest|greatest|max|biggest)",
    "MIN": "(minimum|lowest|smallest|least|min)",
}


@dataclass(frozen=True)
class Filter:
    """WHERE, a space before it, and its words; both empty where all rows are meant.

    ``many`` when it joins a table with more rows.
    """

    sql: str = ""
    text: str = ""
    many: bool = False


def draw_filter(
    scene: Scene, table: Table, chance: float = 1.0, least: int = 0, many: bool = False
) -> Filter | None:
    """None, one or two conditions, but none at all except by ``chance``.

    None where ``least`` cannot be had, or where rows would be repeated and ``many`` does not allow it.
    """
    if scene.random.random() >= chance:
        return Filter()
    found: list[Condition] = []
    for _ in range(max(least, scene.random.choices((0, 1, 2), (30, 52, 18))[0])):
        new = condition(scene, table)
        if new and all(new.sql.split(" ")[0] != old.sql.split(" ")[0] for old in found):
            found.append(new)
    if len(found) < least or (any(each.many for each in found) and not many):
        return None
    return _join(scene, found)


def _join(scene: Scene, found: Sequence[Condition]) -> Filter:
    if not found:
        return Filter()
    many = any(each.many for each in found)
    either = scene.random.random() < 0.2 and not many and not any("AND" in each.sql for each in found)
    operator = " OR " if either else " AND "
    said = " or " if either else scene.one_of((" and ", " ", " and "))
    return Filter(
        " WHERE " + operator.join(each.sql for each in found), said.join(each.text for each in found), many
    )


def from_table(table: Table) -> str:
    """FROM, needed where no column of ``table`` is named."""
    return f' FROM "{table.name}"'


def items(table: Table, columns: Sequence[Column]) -> str:
    """Columns for SELECT."""
    return ", ".join(ref(table, column) for column in columns)


def listed(parts: Sequence[str]) -> str:
    """Words with commas and "and".

    >>> listed(["name", "price", "color"])
    'name, price and color'
    """
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def count_or_list(scene: Scene, table: Table, where: str, text: str, counted: float) -> Draft:
    """How many rows of ``table`` there are, in a share of ``counted``, or what they are called."""
    noun = scene.noun(table)
    if scene.random.random() < counted:
        question = vary(scene.random, COUNT_LEAD, n=noun, t=text)
        return Draft(f"SELECT COUNT(*){from_table(table)}{where}", question)
    template = (
        f"({LEAD} (the|all|) {{n}} {{t}}|which {{n}} are {{t}}|{LEAD} the names of {{n}} {{t}}|{{n}} {{t}})"
    )
    question = vary(scene.random, template, n=noun, t=text)
    return Draft(f"SELECT {items(table, scene.shown(table))}{where}", question)
