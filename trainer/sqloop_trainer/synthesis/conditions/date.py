"""Filters on dates: a year, a month, a day, before and after."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from sqloop.database.schema import Column, Table
from sqloop_trainer.synthesis.drafts import Condition
from sqloop_trainer.synthesis.scene import Scene, ref
from sqloop_trainer.synthesis.wording import vary

_NO_VERB = frozenset(("date", "on", "in", "at", "time"))


@dataclass(frozen=True)
class _Day:
    """A day that column ``left`` holds; ``done`` leads to a time: "hired", "with a date"."""

    random: Random
    left: str
    done: str
    value: str

    @property
    def year(self) -> str:
        return self.value[:4]

    @property
    def month(self) -> int:
        return int(self.value[5:7])

    def say(self, template: str) -> str:
        """The template with its ``{d}`` done, ``{v}`` day, ``{y}`` year and ``{m}`` month filled in."""
        month = calendar.month_name[self.month]
        return vary(self.random, template, d=self.done, v=self.value, y=self.year, m=month)


def on_date(scene: Scene, table: Table, column: Column) -> Condition | None:
    """A filter on a column of dates; None where it holds other things."""
    value = str(scene.random.choice(scene.values(table, column)))[:10]
    if len(value) != 10 or value[4] != "-":
        return None
    day = _Day(scene.random, ref(table, column), _done(scene, table, column), value)
    (kind,) = scene.random.choices(list(_KINDS), list(_KINDS.values()))
    return kind(day)


def _done(scene: Scene, table: Table, column: Column) -> str:
    """What happened on the date, where the column says so: "hired" of hired_on."""
    done = " ".join(word for word in scene.words(table, column) if word not in _NO_VERB)
    if done.endswith(("ed", "t", "n")) and " " not in done:
        return done
    return vary(scene.random, "(with {c}|whose {c} is|)", c=scene.phrase(table, column))


def _in_year(day: _Day) -> Condition:
    return Condition(f"YEAR({day.left}) = {day.year}", day.say("{d} (in|in|in|during|in the year) {y}"))


def _in_month_of_year(day: _Day) -> Condition:
    sql = f"YEAR({day.left}) = {day.year} AND MONTH({day.left}) = {day.month}"
    return Condition(sql, day.say("{d} in {m} (|of) {y}"))


def _after(day: _Day) -> Condition:
    text = day.say("{d} (after|since) {v}")
    return Condition(f"{day.left} {'>=' if 'since' in text else '>'} '{day.value}'", text)


def _before(day: _Day) -> Condition:
    return Condition(f"{day.left} < '{day.value}'", day.say("{d} before {v}"))


def _after_year(day: _Day) -> Condition:
    return Condition(f"YEAR({day.left}) > {day.year}", day.say("{d} after {y}"))


def _before_year(day: _Day) -> Condition:
    return Condition(f"YEAR({day.left}) < {day.year}", day.say("{d} before {y}"))


def _in_month(day: _Day) -> Condition:
    return Condition(f"MONTH({day.left}) = {day.month}", day.say("{d} in {m}"))


def _on_day(day: _Day) -> Condition:
    return Condition(f"{day.left} = '{day.value}'", day.say("{d} on {v}"))


_KINDS: dict[Callable[[_Day], Condition], int] = {
    _in_year: 30,
    _in_month_of_year: 15,
    _after: 15,
    _before: 12,
    _after_year: 10,
    _before_year: 8,
    _in_month: 5,
    _on_day: 5,
}
