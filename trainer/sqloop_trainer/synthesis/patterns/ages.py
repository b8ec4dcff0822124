"""Questions about ages: how old somebody was, what was in their twenties.

An age is a column of its own, or the difference of two years, which may stand in different tables.
"""

from __future__ import annotations

from sqloop.database.schema import Column, Table
from sqloop_trainer.synthesis.clauses import count_or_list
from sqloop_trainer.synthesis.drafts import Draft
from sqloop_trainer.synthesis.owners import draw_kind
from sqloop_trainer.synthesis.scene import Scene, quote, ref
from sqloop_trainer.synthesis.wording import vary

_DECADES = {20: "twenties", 30: "thirties", 40: "forties", 50: "fifties", 60: "sixties"}
_PARTS = {
    "": ((0, 9), (0, 9), (0, 9), (0, 10)),
    "early": ((0, 3), (0, 3), (0, 2), (0, 4), (1, 3)),
    "mid": ((4, 6), (4, 6), (4, 7), (3, 6), (3, 7)),
    "late": ((7, 9), (7, 9), (6, 9), (8, 9), (7, 10), (8, 10)),
}
"""First and last year, where people do not agree, nor on the 30 in BETWEEN 20 AND 30: a policy that is not
sure can be taught by answers."""

_IN_DECADE = "(in (their|his|her|his/her) {p} {d}|who are in their {p} {d}|aged in their {p} {d})"
_COUNT_THEN = (
    "(how many {n} did {v} (have|win|get|make) in (their|his|her|his/her) {p} {d}|"
    "number of {n} of {v} in (their|his|her) {p} {d})"
)
_AGE_THEN = (
    "(how old was {v} when (he|she|they|he/she) (won|got|had|made) (their|his|her|his/her) {e} {k} {n}|"
    "at what age did {v} (win|get|have|make) (his|her|their|his/her) {e} {k} {n}|"
    "{v}'s age at (the|his|her) {e} {k} {n})"
)
_MORE_THAN = (
    "(does {v} have more {n} in (their|his|her) {a} (as compared to|than|than in) (their|his|her|) {b}|"
    "did {v} (win|have|get|make) more {n} in (their|his|her) {a} than in (their|his|her) {b})"
)


def in_decade(scene: Scene) -> Draft | None:
    """``customers in their late thirties``, where an age is a column."""
    table = scene.table()
    ages = [each for each in scene.measures(table) if scene.words(table, each)[-1] == "age"]
    if not ages:
        return None
    decade, part = scene.random.choice(list(_DECADES)[:4]), scene.one_of(("", "", "", "early", "mid", "late"))
    text = vary(scene.random, _IN_DECADE, p=part, d=_DECADES[decade])
    where = f" WHERE {_within(scene, ref(table, ages[0]), decade, part)}"
    return count_or_list(scene, table, where, text, counted=0.5)


def count_in_decade(scene: Scene) -> Draft | None:
    """``how many medals did Ann win in her twenties``."""
    dated = _draw_dated(scene)
    if dated is None:
        return None
    table, age, name, who, _ = dated
    decade, part = scene.random.choice((20, 20, 30, 30, 40)), scene.one_of(tuple(_PARTS))
    text = vary(scene.random, _COUNT_THEN, n=scene.noun(table), v=name, p=part, d=_DECADES[decade])
    return Draft(f"SELECT COUNT(*) WHERE {who} AND {_within(scene, age, decade, part)}", text)


def age_then(scene: Scene) -> Draft | None:
    """``how old was Ann when she won her first silver medal``."""
    dated = _draw_dated(scene)
    if dated is None:
        return None
    table, age, name, who, owner = dated
    kinds, kind = draw_kind(scene, table, owner)
    who = " AND ".join((who, *kinds))
    first = scene.random.random() < 0.6
    text = vary(
        scene.random,
        _AGE_THEN.replace("{e}", "(first|earliest)" if first else "(most recent|last|latest)"),
        n=scene.noun(table, plural=False),
        v=name,
        k=kind,
    )
    return Draft(f"SELECT {'MIN' if first else 'MAX'}({age}) WHERE {who}", text)


def more_in_decade(scene: Scene) -> Draft | None:
    """``does Ann have more medals in her twenties than in her thirties``: yes or no."""
    dated = _draw_dated(scene)
    if dated is None:
        return None
    table, age, name, who, _ = dated
    one, two = scene.random.sample((20, 30, 40), 2)
    text = vary(scene.random, _MORE_THAN, n=scene.noun(table), v=name, a=_DECADES[one], b=_DECADES[two])
    counts = (f"SUM(CASE WHEN {_within(scene, age, each, '')} THEN 1 ELSE 0 END)" for each in (one, two))
    return Draft(f"SELECT CASE WHEN {' > '.join(counts)} THEN 'Yes' ELSE 'No' END WHERE {who}", text)


def _within(scene: Scene, age: str, decade: int, part: str) -> str:
    low, high = scene.random.choice(_PARTS[part])
    start = f"{decade} + {low}" if low else str(decade)
    return f"{age} BETWEEN {start} AND {decade} + {high}"


def _draw_dated(scene: Scene) -> tuple[Table, str, str, str, Table] | None:
    """Rows with a year, whose owner was born in one: table, age as SQL, the owner's name, SQL, table."""
    options = [
        (table, owner)
        for table in scene.tables
        if _year(scene, table)
        for owner in scene.ancestors(table)
        if scene.shown(owner)[0].kind == "text" and _born(scene, owner)
    ]
    if not options:
        return None
    table, owner = scene.random.choice(options)
    names = [each for each in scene.values(owner, scene.shown(owner)[0]) if isinstance(each, str)]
    born = _born(scene, owner)
    if not names or born is None:
        return None
    name = scene.random.choice(names)
    age = f"{_year(scene, table)} - {born}"
    return table, age, name, f"{ref(owner, scene.shown(owner)[0])} = {quote(name)}", owner


def _year(scene: Scene, table: Table) -> str | None:
    for column in scene.plain(table):
        if column.kind == "date" and not _is_birth(scene, table, column):
            return f"YEAR({ref(table, column)})"
        if scene.is_year(table, column) and not _is_birth(scene, table, column):
            return ref(table, column)
    return None


def _born(scene: Scene, owner: Table) -> str | None:
    """The year of birth of the rows of ``owner``, there or in a table that tells more of them."""
    for table in (owner, *(child for _, child in scene.children(owner))):
        for column in scene.plain(table):
            if _is_birth(scene, table, column):
                if scene.is_year(table, column):
                    return ref(table, column)
                if column.kind == "date":
                    return f"YEAR({ref(table, column)})"
    return None


def _is_birth(scene: Scene, table: Table, column: Column) -> bool:
    return not {"birth", "born"}.isdisjoint(scene.words(table, column))
