"""Questions for ranks and running totals: the best paid of each department, the share of each product.

Conditions on windows stand in WHERE and HAVING (`sqloop.generation.compact.windows`).
"""

from __future__ import annotations

from sqloop.database.schema import Column, Table
from sqloop_trainer.synthesis.clauses import LEAD, Filter, draw_filter, items
from sqloop_trainer.synthesis.drafts import Draft
from sqloop_trainer.synthesis.patterns.groups import draw_group
from sqloop_trainer.synthesis.patterns.tops import draw_top
from sqloop_trainer.synthesis.scene import Scene, ref
from sqloop_trainer.synthesis.wording import vary

_EACH = "(of each|of every|in each|in every|for each|for every|per|by)"
_BEST = (
    "({l} (the|) {k} {m} {t} {e} {g}|for (each|every) {g} (, |){l} the {k} {m} {t}|"
    "{k} {m} {e} {g} {t}|{e2} {g} (, |)(who|which|what) (is|are) the {k} {m} {t})"
)
_LEADING = (
    "((which|what) {p} has the (most|largest number of) {n} in (each|every) {g}|"
    "({l} the|the) {p} with the (most|largest number of) {n} (in|for|of) (each|every) {g}|"
    "for each {g} (the|which) {p} (has|with) the most {n}|most {n} by {p} (in|within) each {g})"
)
_ABOVE_GROUP = (
    "({l} (the|) {n} {t} (with|whose|that have) (a|) {c} {s} (the|) average (of|for|in) (their|its|"
    "the same) {g}|"
    "(which|what) {n} {t} have a {c} {s} the average (of|in|for) (their|the) {g}|"
    "{n} {t} {s} the average {c} (of|in) their {g})"
)
_RANK = (
    "(rank (the|all|) {n} {t} by {c}|{n} {t} ranked by {c}|{l} (the|) {n} {t} (with|and) their rank by {c}|"
    "(show|list) (the|) (rank|ranking|place) of (each|every|all) {n} {t} by {c}|ranking of {n} {t} by {c}|"
    "what (place|rank) (has|does) each {o} {t} (have|take) by {c})"
)
_RANK_WITHIN = " (within|in|inside) (each|every|their|its) {g}"
_RUNNING = (
    "((running|cumulative) (total|sum) of (the|) {c} (of|for) {n} (by|over) {d} {t}|"
    "{l} the (running|cumulative) (total|sum) of {c} (by|over|per) {d} {t}|"
    "(cumulative|running) {c} (of|for) (the|) {n} {t} (over time|by {d})|"
    "how (does|did) (the|) {c} of {n} (add up|accumulate) (over time|by {d}) {t})"
)
_SHARE = (
    "((what|which) (share|percentage) of the total {c} (does each {o} have|is from each {o}|"
    "goes to each {o}) {t}|"
    "{l} (each|every) {o} {t} (and|with) (its|the) (share|percentage) of the (total|overall) {c}|"
    "(share|percentage) of (the|) total {c} (by|per|for each|of each) {o} {t})"
)
_CHANGE = (
    "((how did|how does) (the|) {c} (of|) (the|) {n} change (from one|"
    "from each) {o} to the next (by {d}|) {t}|"
    "{l} the (change|difference) (of|in) {c} (from|to|compared with) the previous {o} {t}|"
    "{c} (of {n}|) (compared with|minus that of|against) the (previous|one before) {o} (by {d}|) {t})"
)


def _where(scene: Scene, table: Table, chance: float) -> Filter | None:
    """Conditions that more can be added to with AND."""
    found = draw_filter(scene, table, chance=chance)
    return None if found is None or " OR " in found.sql else found


def _and(where: Filter, condition: str) -> str:
    return f"{where.sql} AND {condition}" if where.sql else f" WHERE {condition}"


def best_of_each(scene: Scene) -> Draft | None:
    """``the two best paid employees of each department``."""
    table = scene.table()
    group, where = draw_group(scene, table), _where(scene, table, 0.25)
    shown = scene.shown(table)
    columns = [each for each in scene.of_kind(table, "number", "date") if group and each not in group.columns]
    if group is None or where is None or not columns or set(shown) & set(group.columns):
        return None
    top = draw_top(scene, table, scene.random.choice(columns))
    count = scene.random.choice((1, 1, 1, 1, 2, 2, 3, 3, 5))
    noun = scene.noun(table, plural=count > 1)
    most = f"{top.adjective} {noun}" if top.adjective else f"{noun} with {top.most}"
    also = scene.random.random() < 0.2
    question = vary(
        scene.random,
        _BEST.replace("{l}", LEAD).replace("{e}", _EACH).replace("{e2}", "(in|for|of) (each|every)"),
        k="" if count == 1 else str(count),
        m=vary(scene.random, most, c=scene.phrase(table, top.column)),
        t=where.text,
        g=group.text,
    )
    if also:
        question += " " + vary(scene.random, f"(and|with) (their|its) {scene.phrase(table, top.column)}")
    place = f"<= {count}" if count > 1 else "= 1"
    order = f"{ref(table, top.column)}{' DESC' if top.down else ''}"
    rank = f"RANK() OVER (PARTITION BY {group.key} ORDER BY {order}) {place}"
    asked = items(table, [*shown, top.column] if also else shown)
    return Draft(f"SELECT {group.key}, {asked}{_and(where, rank)}", question)


def leading_of_each(scene: Scene) -> Draft | None:
    """``the product with the most orders in each category``."""
    table = scene.table()
    if not scene.parents(table):
        return None
    _, parent = scene.random.choice(scene.parents(table))
    group, shown = draw_group(scene, parent), scene.shown(parent)
    if group is None or set(shown) & set(group.columns) or group.table.name == table.name:
        return None
    question = vary(
        scene.random,
        _LEADING.replace("{l}", LEAD),
        p=scene.noun(parent, plural=False),
        n=scene.noun(table),
        g=group.text,
    )
    keys = f"{group.key}, {items(parent, shown)}"
    rank = f"RANK() OVER (PARTITION BY {group.key} ORDER BY COUNT(*) DESC) = 1"
    return Draft(f'SELECT {keys} FROM "{table.name}" GROUP BY {keys} HAVING {rank}', question)


def above_group(scene: Scene) -> Draft | None:
    """``employees who earn more than the average of their department``."""
    found = _measured(scene, chance=0.15)
    group = draw_group(scene, found[0]) if found else None
    if found is None or group is None or found[1] in group.columns:
        return None
    table, column, where = found
    left, above = ref(table, column), scene.random.random() < 0.7
    question = vary(
        scene.random,
        _ABOVE_GROUP.replace("{l}", LEAD).replace(
            "{s}", "(above|higher than|over|greater than)" if above else "(below|lower than|under|less than)"
        ),
        n=scene.noun(table),
        c=scene.phrase(table, column),
        t=where.text,
        g=group.text,
    )
    average = f"{left} {'>' if above else '<'} AVG({left}) OVER (PARTITION BY {group.key})"
    return Draft(f"SELECT {items(table, scene.shown(table))}{_and(where, average)}", question)


def _measured(scene: Scene, chance: float) -> tuple[Table, Column, Filter] | None:
    """A table, a number of it, and conditions."""
    table = scene.table()
    where = _where(scene, table, chance)
    columns = [each for each in scene.measures(table) if each not in scene.shown(table)]
    return (table, scene.random.choice(columns), where) if columns and where else None


def _over_time(scene: Scene, template: str, value: str) -> Draft | None:
    """Rows by a date with ``value``, in which {v} is a number of theirs and {by} the order of the dates."""
    found = _measured(scene, chance=0.3)
    dates = scene.of_kind(found[0], "date") if found else []
    if found is None or not dates:
        return None
    (table, column, where), date = found, scene.random.choice(dates)
    question = vary(
        scene.random,
        template.replace("{l}", LEAD),
        n=scene.noun(table),
        o=scene.noun(table, plural=False),
        c=scene.phrase(table, column),
        d=scene.phrase(table, date),
        t=where.text,
    )
    by = f"ORDER BY {ref(table, date)}"
    shown = value.format(v=ref(table, column), by=by)
    return Draft(f"SELECT {ref(table, date)}, {shown}{where.sql} {by}", question)


def ranked(scene: Scene) -> Draft | None:
    """``rank the products by price``."""
    found = _measured(scene, chance=0.3)
    if found is None:
        return None
    table, column, where = found
    group = draw_group(scene, table) if scene.random.random() < 0.3 else None
    if group and column in group.columns:
        return None
    question = vary(
        scene.random,
        f"{_RANK.replace('{l}', LEAD)}{_RANK_WITHIN if group else ''}",
        n=scene.noun(table),
        o=scene.noun(table, plural=False),
        c=scene.phrase(table, column),
        t=where.text,
        g=group.text if group else "",
    )
    by, first = f"ORDER BY {ref(table, column)} DESC", f"{group.key}, " if group else ""
    window = f"PARTITION BY {group.key} {by}" if group else by
    shown = f"{first}{items(table, scene.shown(table))}, RANK() OVER ({window})"
    return Draft(f"SELECT {shown}{where.sql} ORDER BY {first}{by.removeprefix('ORDER BY ')}", question)


def running_total(scene: Scene) -> Draft | None:
    """``the running total of the amount by date``."""
    return _over_time(scene, _RUNNING, "SUM({v}) OVER ({by})")


def share_of_total(scene: Scene) -> Draft | None:
    """``the share of the total budget of each department``."""
    found = _measured(scene, chance=0.25)
    if found is None:
        return None
    table, column, where = found
    question = vary(
        scene.random,
        _SHARE.replace("{l}", LEAD),
        o=scene.noun(table, plural=False),
        c=scene.phrase(table, column),
        t=where.text,
    )
    value = ref(table, column)
    part = f"{value} * 100.0 / SUM({value}) OVER ()"
    return Draft(f"SELECT {items(table, scene.shown(table))}, {part}{where.sql}", question)


def change(scene: Scene) -> Draft | None:
    """``the difference in amount from the previous payment``."""
    return _over_time(scene, _CHANGE, "{v} - LAG({v}) OVER ({by})")
