"""Filters on text and on flags."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqloop.database.schema import Column, Table
from sqloop_trainer.synthesis.drafts import Condition
from sqloop_trainer.synthesis.scene import Scene, quote, ref
from sqloop_trainer.synthesis.wording import vary

_CONTAINS = "whose {c} (contains|includes|has) (|the word|the text) {v}"
_STARTS = "whose {c} (starts|begins) with (|the letter) {v}"
_IS_NOT = "(whose {c} is not|not {c}|with a {c} other than|that are not) {v}"
_EITHER = "(whose {c} is (|either)|with {c}|with {c} (|either)) {v} or {o}"
_IS = "(whose {c} is {v}|with {c} {v}|with the {c} {v}|where {c} is {v}|that have {c} {v}|having {c} {v})"
_IS_NAMED = "((named|called|with the name|by the name of) {v}|whose {c} is {v}|{v})"
_IS_OF_KIND = "(in {v}|from {v}|that are {v}|of {c} {v}|of type {v}|in the {v} {c}|for {v}|on {v}|with {v})"
_YES = "(that are {c}|which are {c}|that have {c}|that are marked as {c}|with {c})"
_NO = "(that are not {c}|which are not {c}|without {c}|that have no {c}|not {c})"
_TRUE = (1, "1", "true", "True", "T", "yes", "Y")


def say(scene: Scene, value: str | int | float) -> str:
    """A value as people write it: sometimes quoted, sometimes in lower case."""
    text = str(value)
    if not isinstance(value, str):
        return text
    draw = scene.random.random()
    if draw < 0.12:
        return f'"{text}"'
    if draw < 0.2:
        return f"'{text}'"
    return text.lower() if draw < 0.35 else text


@dataclass(frozen=True)
class _Cell:
    """A stored value, and what its column is called."""

    scene: Scene
    table: Table
    column: Column
    name: str
    value: str | int | float

    @property
    def left(self) -> str:
        return ref(self.table, self.column)


def on_text(scene: Scene, table: Table, column: Column) -> Condition:
    """A filter on a text column that has values."""
    value = scene.random.choice(scene.values(table, column))
    cell = _Cell(scene, table, column, scene.phrase(table, column), value)
    (kind,) = scene.random.choices(list(_KINDS), list(_KINDS.values()))
    return kind(cell) or _equal(cell)


def _containing(cell: _Cell) -> Condition | None:
    words = str(cell.value).split()
    if len(words) < 2:
        return None
    word = cell.scene.random.choice([word for word in words if word.isalpha()] or words)
    text = vary(cell.scene.random, _CONTAINS, c=cell.name, v=f'"{word}"')
    return Condition(f"{cell.left} LIKE {quote(f'%{word}%')}", text)


def _starting(cell: _Cell) -> Condition | None:
    start = str(cell.value)[:1].upper()
    if not start.isalpha():
        return None
    text = vary(cell.scene.random, _STARTS, c=cell.name, v=f"'{start}'")
    return Condition(f"{cell.left} LIKE '{start}%'", text)


def _unequal(cell: _Cell) -> Condition:
    text = vary(cell.scene.random, _IS_NOT, c=cell.name, v=say(cell.scene, cell.value))
    return Condition(f"{cell.left} <> {quote(cell.value)}", text)


def _either(cell: _Cell) -> Condition | None:
    scene = cell.scene
    other = scene.random.choice(scene.values(cell.table, cell.column))
    if other == cell.value or cell.column not in scene.categories(cell.table):
        return None
    text = vary(scene.random, _EITHER, c=cell.name, v=say(scene, cell.value), o=say(scene, other))
    return Condition(f"{cell.left} IN ({quote(cell.value)}, {quote(other)})", text)


def _equal(cell: _Cell) -> Condition:
    scene = cell.scene
    template = _IS
    if cell.column in scene.shown(cell.table):
        template = _IS_NAMED
    elif cell.column in scene.categories(cell.table) and scene.random.random() < 0.64:
        template = _IS_OF_KIND
    text = vary(scene.random, template, c=cell.name, v=say(scene, cell.value))
    return Condition(f"{cell.left} = {quote(cell.value)}", text)


_KINDS: dict[Callable[[_Cell], Condition | None], int] = {
    _containing: 6,
    _starting: 4,
    _unequal: 6,
    _either: 6,
    _equal: 78,
}


def on_flag(scene: Scene, table: Table, column: Column) -> Condition:
    """A filter on a column of yes and no that has values."""
    name = " ".join(scene.words(table, column)).removeprefix("is ").removeprefix("has ")
    value = scene.random.choice(scene.values(table, column))
    text = vary(scene.random, _YES if value in _TRUE else _NO, c=name)
    return Condition(f"{ref(table, column)} = {quote(value)}", text)
