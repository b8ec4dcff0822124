"""Filters on numbers and on years."""

from __future__ import annotations

from sqloop.database.schema import Column, Table
from sqloop_trainer.synthesis.adjectives import Degrees
from sqloop_trainer.synthesis.drafts import Condition
from sqloop_trainer.synthesis.scene import Scene, ref
from sqloop_trainer.synthesis.wording import vary

_BETWEEN = "(with|whose) {c} (|is) (between {a} and {b}|from {a} to {b}|in the range {a} to {b})"
_EQUAL = "(whose {c} is|with {c}|with a {c} of|with exactly) {v}"
_COMPARED = (
    "((with|that have|having) (a|) {c} (|of) {s} {v}|whose {c} is {s} {v}|"
    "with {s} {v} {c}|where {c} is {s} {v})"
)
_BOUNDED = (
    "((with|that have|having) {s} {v} {c}|(with|that have|having) a {c} of {s} {v}|"
    "whose {c} is {s} {v}|with a {c} of {v} or {o})"
)
# "Without" and "with no" are said of what is not known: that is NULL, and no pattern here.
_NONE = "with (zero|0) {c}|whose {c} is (0|zero)|with a {c} of (0|zero)"
_SOME = "with a {c} above (0|zero)|whose {c} is not (0|zero)|with more than (0|zero) {c}"
_MORE = "(more than|over|above|greater than|higher than|larger than|exceeding|bigger than)"
_LESS = "(less than|under|below|lower than|smaller than|fewer than)"
_COMPARISONS = (
    (">", _COMPARED.replace("{s}", _MORE)),
    (">", _COMPARED.replace("{s}", _MORE)),
    ("<", _COMPARED.replace("{s}", _LESS)),
    (">=", _BOUNDED.replace("{s}", "(at least|no less than|not less than)").replace("{o}", "more")),
    ("<=", _BOUNDED.replace("{s}", "(at most|no more than|up to)").replace("{o}", "less")),
)
_IN_YEAR = "({d} in|{d} in|from|of|in|whose {c} is|with {c}) {v}"
_AFTER_YEAR = "({d} after|after|since|newer than|whose {c} is after) {v}"
_BEFORE_YEAR = "({d} before|before|older than|whose {c} is before) {v}"
_BETWEEN_YEARS = "({d} between|between) {a} and {b}"


def on_number(scene: Scene, table: Table, column: Column) -> Condition | None:
    """A filter on a column of numbers; None where it holds none."""
    values = sorted(value for value in scene.values(table, column) if not isinstance(value, str))
    if not values:
        return None
    if scene.is_year(table, column):
        return _on_year(scene, table, column, values)
    random, name, left = scene.random, scene.phrase(table, column), ref(table, column)
    known = scene.degrees(table, column)
    if 0 in values and random.random() < 0.4:
        return _on_zero(scene, left, name, known)
    if known and known.more and random.random() < 0.3:
        value, more = _round(random.choice(values), random.random()), random.random() < 0.55
        said = scene.one_of((known.more if more else known.less).split("|"))
        return Condition(f"{left} {'>' if more else '<'} {value}", f"{said} {value}")
    draw = random.random()
    if draw < 0.12:
        low, high = sorted(_round(random.choice(values), random.random()) for _ in range(2))
        text = vary(random, _BETWEEN, c=name, a=str(low), b=str(high))
        return Condition(f"{left} BETWEEN {low} AND {high}", text)
    if draw < 0.24:
        value = random.choice(values)
        return Condition(f"{left} = {value}", vary(random, _EQUAL, c=name, v=str(value)))
    value = _round(random.choice(values), random.random())
    sign, template = random.choice(_COMPARISONS)
    return Condition(f"{left} {sign} {value}", vary(random, template, c=name, v=str(value)))


def _on_zero(scene: Scene, left: str, name: str, known: Degrees | None) -> Condition:
    """None of something, or some: ``out of stock``, ``free``, ``without points``."""
    none = scene.random.random() < 0.65
    said = (known.none if none else known.some) if known else ""
    if not said or scene.random.random() < 0.3:
        said = _NONE if none else _SOME
    return Condition(f"{left} {'=' if none else '>'} 0", vary(scene.random, f"({said})", c=name))


def _round(value: int | float, how: float) -> int | float:
    """A number that a person would name: rounded to its first digits."""
    if isinstance(value, float) and how < 0.7:
        value = round(value)
    if isinstance(value, int) and abs(value) >= 100 and how < 0.6:
        scale = 10 ** (len(str(abs(value))) - 2)
        value = value // scale * scale
    return value


def _on_year(scene: Scene, table: Table, column: Column, values: list[int | float]) -> Condition:
    random, left, value = scene.random, ref(table, column), scene.random.choice(values)
    slots = {
        "c": scene.phrase(table, column),
        "d": " ".join(word for word in scene.words(table, column) if word != "year"),
        "v": str(value),
    }
    draw = random.random()
    if draw < 0.45:
        return Condition(f"{left} = {value}", vary(random, _IN_YEAR, **slots))
    if draw < 0.7:
        text = vary(random, _AFTER_YEAR, **slots)
        return Condition(f"{left} {'>=' if 'since' in text else '>'} {value}", text)
    if draw < 0.9:
        return Condition(f"{left} < {value}", vary(random, _BEFORE_YEAR, **slots))
    low, high = sorted((value, random.choice(values)))
    text = vary(random, _BETWEEN_YEARS, d=slots["d"], a=str(low), b=str(high))
    return Condition(f"{left} BETWEEN {low} AND {high}", text)
