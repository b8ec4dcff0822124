"""Questions about groups of rows: how many in each, averages, the greatest group, those above a limit."""

from __future__ import annotations

from dataclasses import dataclass

from sqloop.database.schema import Column, Table
from sqloop_trainer.synthesis.clauses import AGGREGATES, LEAD, draw_filter, from_table
from sqloop_trainer.synthesis.drafts import Draft
from sqloop_trainer.synthesis.scene import Scene, ref
from sqloop_trainer.synthesis.wording import vary

_COUNT = (
    "(how many {n} {t} (are there|) (for|in|of|by|per|from) (each|every) {g}|{n} {t} (per|by) {g}|"
    "(number|count) of {n} {t} (per|by|for each|in each) {g}|count {n} {t} (by|per) {g}|"
    "(show|list|give me|find|what is) (the|) (number|count) of {n} {t} (per|by|for each|in each|of each) {g}|"
    "for each {g} (show|count|list|how many|what is) the number of {n} {t}|{g} and number of {n} {t}|"
    "how many {n} {t} does each {g} have|(show|list) each {g} and (its|the) number of {n} {t})"
)
_COUNT_DOWN = "(, most first|in descending order|from most to least|, highest first)"
_AGGREGATE = (
    "((what is|show|find|list|give me|) (the|) {a} {c} (of|for) (the|) {n} {t} "
    "(per|by|for each|in each|of each|for every) {g}|"
    "{a} {c} (per|by) {g} {t}|for each {g} , (show|what is|find) the {a} {c} (of|of the) {n} {t}|"
    "(show|list) (each|the) {g} (and|with) (the|its) {a} {n} {c} {t}|{a} {n} {c} {t} (per|by) {g})"
)
_AGGREGATE_DOWN = "(, highest first|in descending order|from highest to lowest)"
_FIRST = "(which|what) {g} (has|have|had|with) {m} {t}|(find|show|what is|give me|) the {g} with {m} {t}"
_MOST_COMMON = "|(what is|find|) the (most common|most frequent|most popular) {g} (of|among|for) {n} {t}"
_FIRST_FEW = "(show|list|what are|find|give me|) the (top|) {k} {g} with {m} {t}"
_WITH_COUNT = "(and how many|and the number|and what is it)"
_WITH_VALUE = "(and how much|and the value)"
_HAVING = f"((which|what) {{g}} (have|has) {{m}}|{LEAD} (the|all|) {{g}} (with|that have|having) {{m}})"
_HAVING_VALUE = (
    f"((which|what) {{g}} have {{m}}|{LEAD} (the|all|) {{g}} with {{m}}|"
    f"{LEAD} (the|) {{g}} whose {{n}} have {{m}})"
)
_VALUE_SIGNS = ((">", "(above|over|more than|greater than|higher than)"), ("<", "(below|under|less than)"))
_COUNT_SIGNS = (
    (">", "more than"),
    (">", "over"),
    (">=", "at least"),
    ("<", "(fewer|less) than"),
    ("=", "exactly"),
    ("<=", "at most"),
)
_SPELLED = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five"}


@dataclass(frozen=True)
class Group:
    """What rows are grouped by: columns of one table, and their words."""

    table: Table
    columns: list[Column]
    text: str

    @property
    def key(self) -> str:
        """What stands in GROUP BY."""
        if self.columns[0].kind == "date":
            return f"YEAR({ref(self.table, self.columns[0])})"
        return ", ".join(ref(self.table, column) for column in self.columns)


def draw_group(scene: Scene, table: Table) -> Group | None:
    """A column of ``table``, or the name or a category of what it refers to, or the year of its date."""
    options = [Group(table, [column], scene.phrase(table, column)) for column in scene.categories(table)]
    for parent in scene.ancestors(table):
        if scene.is_detail(table, parent):
            continue
        noun = scene.noun(parent, plural=False)
        options += [Group(parent, scene.shown(parent), noun)] * 2
        for column in scene.categories(parent)[:2]:
            options.append(Group(parent, [column], f"{noun} {scene.phrase(parent, column)}"))
    options += [Group(table, [column], "year") for column in scene.of_kind(table, "date")[:1]]
    return scene.random.choice(options) if options else None


def count_by(scene: Scene) -> Draft | None:
    """``how many products per category``."""
    table = scene.table()
    group, where = draw_group(scene, table), draw_filter(scene, table, chance=0.4)
    if group is None or where is None:
        return None
    question, order = vary(scene.random, _COUNT, n=scene.noun(table), t=where.text, g=group.text), ""
    if scene.random.random() < 0.12:
        order = " ORDER BY COUNT(*) DESC"
        question += f" {vary(scene.random, _COUNT_DOWN)}"
    key = group.key
    return Draft(f"SELECT {key}, COUNT(*){from_table(table)}{where.sql} GROUP BY {key}{order}", question)


def aggregate_by(scene: Scene) -> Draft | None:
    """``average price per category``."""
    table = scene.table()
    group, where = draw_group(scene, table), draw_filter(scene, table, chance=0.3)
    measures = [column for column in scene.measures(table) if group and column not in group.columns]
    if group is None or not measures or where is None:
        return None
    column = scene.random.choice(measures)
    name = scene.one_of(("AVG", "AVG", "SUM", "SUM", "MAX", "MIN"))
    key, value, order = group.key, f"{name}({ref(table, column)})", ""
    question = vary(
        scene.random,
        _AGGREGATE,
        a=vary(scene.random, AGGREGATES[name]),
        c=scene.phrase(table, column),
        n=scene.noun(table),
        t=where.text,
        g=group.text,
    )
    if scene.random.random() < 0.12:
        order = f" ORDER BY {value} DESC"
        question += f" {vary(scene.random, _AGGREGATE_DOWN)}"
    return Draft(f"SELECT {key}, {value}{where.sql} GROUP BY {key}{order}", question)


def most_of(scene: Scene) -> Draft | None:
    """The group with the most or fewest rows, or the greatest total."""
    table = scene.table()
    group, where = draw_group(scene, table), draw_filter(scene, table, chance=0.3)
    if group is None or where is None:
        return None
    down, count = scene.random.random() < 0.8, scene.random.choice((1, 1, 1, 1, 3, 5))
    by, most, column = _draw_measure(scene, table, down)
    template = _FIRST_FEW
    if count == 1:
        template = f"({_FIRST}{_MOST_COMMON if by == 'COUNT(*)' and down else ''})"
    question = vary(
        scene.random,
        template.replace("{m}", most),
        g=group.text,
        n=scene.noun(table),
        t=where.text,
        k=str(count),
        c=column,
    )
    key = shown = group.key
    if scene.random.random() < 0.12:
        shown = f"{key}, {by}"
        more = _WITH_COUNT if by == "COUNT(*)" else _WITH_VALUE
        question += f" {vary(scene.random, more)}"
    order = f"ORDER BY {by}{' DESC' if down else ''} LIMIT {count}"
    return Draft(f"SELECT {shown}{from_table(table)}{where.sql} GROUP BY {key} {order}", question)


def _draw_measure(scene: Scene, table: Table, down: bool) -> tuple[str, str, str]:
    """What groups are compared by, a template that says so, and its ``{c}``."""
    measures = scene.measures(table)
    if not measures or scene.random.random() >= 0.35:
        most = "(the most|the largest number of|the highest number of)"
        least = "(the fewest|the least|the lowest number of|the smallest number of)"
        return "COUNT(*)", f"{most if down else least} {{n}}", ""
    column, name = scene.random.choice(measures), scene.one_of(("SUM", "AVG"))
    most = "the (highest|largest|greatest|most)" if down else "the (lowest|smallest|least)"
    said = f"{most} {AGGREGATES[name]} (|{{n}}) {{c}}"
    return f"{name}({ref(table, column)})", said, scene.phrase(table, column)


def having(scene: Scene) -> Draft | None:
    """Groups with more than so many rows, or an average above something."""
    table = scene.table()
    group = draw_group(scene, table)
    if group is None:
        return None
    by, limit, number, template, column = _draw_limit(scene, table)
    spelled = number in _SPELLED and scene.random.random() < 0.5
    question = vary(
        scene.random,
        template,
        g=group.text,
        n=scene.noun(table, plural=number != 1),
        k=_SPELLED[number] if spelled else str(number),
        c=column,
    )
    key = group.key
    return Draft(f"SELECT {key}{from_table(table)} GROUP BY {key} HAVING {by} {limit} {number}", question)


def _draw_limit(scene: Scene, table: Table) -> tuple[str, str, int, str, str]:
    """What is compared, how, with which number, a template that says so of ``{g}``, and its ``{c}``."""
    measures = [(each, _numbers(scene, table, each)) for each in scene.measures(table)]
    measures = [(column, values) for column, values in measures if values]
    if not measures or scene.random.random() >= 0.3:
        sign, said = scene.random.choice(_COUNT_SIGNS)
        number = scene.random.choice((1, 1, 2, 2, 3, 4, 5))
        return "COUNT(*)", sign, number, _HAVING.replace("{m}", f"{said} {{k}} {{n}}"), ""
    column, values = scene.random.choice(measures)
    name, (sign, said) = scene.one_of(("AVG", "SUM", "MAX")), scene.random.choice(_VALUE_SIGNS)
    template = _HAVING_VALUE.replace("{m}", f"(a|an|) {AGGREGATES[name]} {{c}} (of|) {said} {{k}}")
    number = round(scene.random.choice(values))
    return f"{name}({ref(table, column)})", sign, number, template, scene.phrase(table, column)


def _numbers(scene: Scene, table: Table, column: Column) -> list[int | float]:
    return [value for value in scene.values(table, column) if not isinstance(value, str)]
