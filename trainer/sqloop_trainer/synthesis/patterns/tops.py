"""Questions for the greatest and the least: the oldest customer, the three cheapest products."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqloop.database.schema import Column, Table
from sqloop_trainer.synthesis.clauses import LEAD, draw_filter, items
from sqloop_trainer.synthesis.conditions.filters import own_condition
from sqloop_trainer.synthesis.drafts import Draft
from sqloop_trainer.synthesis.scene import Scene, ref
from sqloop_trainer.synthesis.wording import vary

_SPELLED = {1: "one", 2: "two", 3: "three", 5: "five", 10: "ten"}
_LEAD = "(show|list|give me|find|what are|get|return|)"
_HIGHEST = "the (highest|largest|most|greatest|biggest|maximum|top) {c}"
_LOWEST = "the (lowest|smallest|least|minimum) {c}"
_LATEST = "the (latest|most recent|newest) {c}"
_EARLIEST = "the (earliest|oldest|first) {c}"
_BEYOND = (
    "(which|what|list the|show the|find the) {n} (have|with) a {c} {s} than "
    "(that of|) (all|any|every) {n} {t}"
)


@dataclass(frozen=True)
class Top:
    """The ``count`` rows with the most of ``column``, or the least; ``adjective`` says so where one does."""

    scene: Scene
    table: Table
    column: Column
    down: bool
    count: int
    adjective: str

    @property
    def most(self) -> str:
        """A template that says which value is meant."""
        if self.column.kind == "date" or self.scene.is_year(self.table, self.column):
            return _LATEST if self.down else _EARLIEST
        return _HIGHEST if self.down else _LOWEST


def top_rows(scene: Scene) -> Draft | None:
    """The row or rows with the greatest or least of a column."""
    table = scene.table()
    columns = scene.of_kind(table, "number", "date")
    where = draw_filter(scene, table, chance=0.5)
    if not columns or where is None:
        return None
    top = draw_top(scene, table, scene.random.choice(columns))
    shown = scene.shown(table)
    others = [each for each in scene.plain(table) if each not in shown and each != top.column]
    asked = scene.random.choice(others) if others and scene.random.random() < 0.35 else None
    question = vary(
        scene.random,
        _ask_column(top) if asked else scene.random.choice(list(_ask_rows(top))),
        n=scene.noun(table, plural=top.count > 1),
        t=where.text,
        c=scene.phrase(table, top.column),
        k=str(top.count) if scene.random.random() < 0.5 else _SPELLED[top.count],
        a=scene.phrase(table, asked) if asked else "",
    )
    order = f"ORDER BY {ref(table, top.column)}{' DESC' if top.down else ''} LIMIT {top.count}"
    return Draft(f"SELECT {items(table, [asked] if asked else shown)}{where.sql} {order}", question)


def draw_top(scene: Scene, table: Table, column: Column) -> Top:
    """The most or the least of ``column``."""
    down = scene.random.random() < 0.65
    count = scene.random.choice((1, 1, 1, 2, 3, 3, 5, 10))
    adjective = scene.adjectives(table, column)[0 if down else 1]
    if not adjective and column.kind == "date":
        late, early = ("latest", "most recent", "newest", "last"), ("earliest", "first", "oldest")
        adjective = scene.one_of(late if down else early)
    return Top(scene, table, column, down, count, adjective)


def _ask_rows(top: Top) -> Iterator[str]:
    """Templates that ask for the rows; those with an adjective twice, since people prefer them."""
    adjective, most = top.adjective, top.most
    if top.count == 1:
        yield f"(which|what) {{n}} (has|had) {most} {{t}}"
        yield f"(what is|find|show|give me|) the {{n}} with {most} {{t}}"
        if adjective:
            yield from [f"(what is|which is|find|show me|) the {adjective} {{n}} {{t}}"] * 2
            yield from [f"which {{n}} is the {adjective} {{t}}"] * 2
        if top.scene.is_people(top.table):
            yield f"who (has|had) {most} {{t}}"
            if adjective:
                yield f"who is the {adjective} {{n}} {{t}}"
    else:
        yield f"{_LEAD} (the|) {{k}} {{n}} with {most} {{t}}"
        if most in (_HIGHEST, _LOWEST):  # The "first" by a year are the earliest.
            end = "(top|first)" if top.down else "(bottom|last)"
            yield f"{_LEAD} (the|) {end} {{k}} {{n}} {{t}} by {{c}}"
        if adjective:
            yield from [f"{_LEAD} (the|) {{k}} {adjective} {{n}} {{t}}"] * 2


def _ask_column(top: Top) -> str:
    """A template that asks for column ``{a}`` of the rows."""
    number = "{k} " if top.count > 1 else ""
    if top.adjective and top.scene.random.random() < 0.6:
        return f"{LEAD} the {{a}} of the {number}{top.adjective} {{n}} {{t}}"
    return f"{LEAD} the {{a}} of the {number}{{n}} with {top.most} {{t}}"


def beyond_all(scene: Scene) -> Draft | None:
    """Rows beyond every row of some kind: ``products with a price higher than all red products``."""
    table = scene.table()
    columns = [
        *scene.measures(table),
        *(c for c in scene.of_kind(table, "number") if scene.is_year(table, c)),
    ]
    found = own_condition(scene, table)
    if not columns or found is None:
        return None
    column = scene.random.choice(columns)
    left = ref(table, column)
    if left in found.sql:
        return None
    above = scene.random.random() < 0.6
    sign, name, said = (
        (">", "MAX", "(greater|higher|larger|more)") if above else ("<", "MIN", "(lower|smaller|less)")
    )
    question = vary(
        scene.random,
        _BEYOND.replace("{s}", said),
        n=scene.noun(table),
        c=scene.phrase(table, column),
        t=found.text,
    )
    nested = f"(SELECT {name}({left}) WHERE {found.sql})"
    return Draft(f"SELECT {items(table, scene.shown(table))} WHERE {left} {sign} {nested}", question)
