"""Filters on rows: by a column of their own, by what they refer to, by what refers to them."""

from __future__ import annotations

from sqloop.database.schema import Table
from sqloop_trainer.synthesis.conditions.date import on_date
from sqloop_trainer.synthesis.conditions.number import on_number
from sqloop_trainer.synthesis.conditions.text import on_flag, on_text, say
from sqloop_trainer.synthesis.drafts import Condition
from sqloop_trainer.synthesis.scene import Scene, quote, ref
from sqloop_trainer.synthesis.wording import vary

_OF_PARENT = (
    "(of|for|from|in|by|with|belonging to|at) (the|) ({n} {v}|{v}|{v} {n}|{n} named {v}|{n} called {v})"
)
_OF_PARENTS = "(of|for|from|in|by|that belong to|linked to|whose {n} is|at) {p} {t}"
_FAR = 0.35
"""How often a filter may be on what is referred to through other tables."""

_WITH_CHILD = "(with|that have|who have|having|that had|that made|with at least one of the) {n} {t}"


def condition(scene: Scene, table: Table) -> Condition | None:
    """A random filter on ``table`` or on a table beside it, or None where nothing suits."""
    draw = scene.random.random()
    if draw < 0.28 and scene.parents(table):
        return _by_parent(scene, table)
    if draw < 0.36 and scene.children(table):
        return _by_child(scene, table)
    return own_condition(scene, table)


def own_condition(scene: Scene, table: Table) -> Condition | None:
    """A random filter on a column of ``table`` itself."""
    columns = [column for column in scene.plain(table) if scene.values(table, column)]
    if not columns:
        return None
    column = scene.random.choice(columns)
    if column.kind == "date":
        return on_date(scene, table, column)
    if column.kind == "boolean":
        return on_flag(scene, table, column)
    if column.kind == "number":
        return on_number(scene, table, column)
    return on_text(scene, table, column)


def _by_parent(scene: Scene, table: Table) -> Condition | None:
    """Rows that refer to a row with some value."""
    random = scene.random
    _, parent = random.choice(scene.parents(table))
    if random.random() < _FAR:
        parent = random.choice(scene.ancestors(table))
    shown, noun = scene.shown(parent)[0], scene.noun(parent, plural=False)
    if random.random() < 0.6 and shown.kind == "text" and scene.values(parent, shown):
        value = random.choice(scene.values(parent, shown))
        text = vary(random, _OF_PARENT, n=noun, v=say(scene, value))
        return Condition(f"{ref(parent, shown)} = {quote(value)}", text)
    inner = own_condition(scene, parent)
    if inner is None:
        return None
    text = vary(random, _OF_PARENTS, n=noun, p=scene.noun(parent), t=inner.text)
    return Condition(inner.sql, text, inner.many)


def _by_child(scene: Scene, table: Table) -> Condition | None:
    """Rows that some row with a value refers to."""
    _, child = scene.random.choice(scene.children(table))
    inner = own_condition(scene, child)
    if inner is None:
        return None
    text = vary(scene.random, _WITH_CHILD, n=scene.noun(child), t=inner.text)
    return Condition(inner.sql, text, many=True)
