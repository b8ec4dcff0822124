"""Questions about particular rows: a named one, those without something, those above the average."""

from __future__ import annotations

from sqloop_trainer.synthesis.clauses import LEAD, count_or_list
from sqloop_trainer.synthesis.conditions.filters import condition, own_condition
from sqloop_trainer.synthesis.drafts import Draft
from sqloop_trainer.synthesis.scene import Scene, quote, ref
from sqloop_trainer.synthesis.wording import vary

_LOOK_UP = (
    "(what is|what's|show|give me|find|tell me|) the {c} of (the {n} |){v}|what {c} does (the {n} |){v} have|"
    "{v} {c}|{c} of {v}|{v}'s {c}"
)
_LOOK_UP_DATE = "|when (is|was|were) (the {n}|) {v} {d}"
_MISSING = (
    "(without (a|any|) {c}|with no {c}|that have no {c}|with missing {c}|"
    "whose {c} is (missing|empty|unknown|not known|null))"
)
_KNOWN = "(that have a {c}|with a (known|) {c}|whose {c} is (known|not missing|not null))"
_WITHOUT = (
    "(without (any|) {n}|with no {n}|that have no {n}|that (do not|don't) have (any|) {n}|who have no {n}|"
    "that have never had (a|any) {n}|that are not (in|part of|used in) any {n}|not having {n})"
)
_WITH = "(that have (|at least one|some) {n}|with (|at least one|any) {n}|having {n})"
_AVERAGE = (
    "(with (a|) {c} {s} (the|) average|whose {c} is {s} (the|) average|with {s} average {c}|"
    "that have a {c} {s} the average|(with|whose) {c} (is|) {s} the average {c} (of all {n}|))"
)
_ABOVE = "(above|higher than|over|greater than|more than)"
_BELOW = "(below|lower than|under|less than)"
_SETS = {
    "INTERSECT": "((which|what) {c} have both {n} {a} and {n} {b}|"
    f"{LEAD} the {{c}} (shared by|common to) {{n}} {{a}} and {{n}} {{b}})",
    "EXCEPT": "((which|what) {c} have {n} {a} but (no|not) {n} {b}|"
    f"{LEAD} the {{c}} of {{n}} {{a}} but not of {{n}} {{b}})",
    "UNION": f"({LEAD} the {{c}} of {{n}} {{a}} (and|together with|as well as) those {{b}})",
}


def look_up(scene: Scene) -> Draft | None:
    """A column of one named row: ``what is the price of Chai``."""
    table = scene.table()
    shown = scene.shown(table)[0]
    others = [column for column in scene.plain(table) if column != shown]
    values = [value for value in scene.values(table, shown) if isinstance(value, str)]
    if not others or not values:
        return None
    column, value = scene.random.choice(others), scene.random.choice(values)
    question = vary(
        scene.random,
        f"({_LOOK_UP}{_LOOK_UP_DATE if column.kind == 'date' else ''})",
        c=scene.phrase(table, column),
        n=scene.noun(table, plural=False),
        v=value.lower() if scene.random.random() < 0.25 else value,
        d=" ".join(word for word in scene.words(table, column) if word not in ("date", "on")),
    )
    return Draft(f"SELECT {ref(table, column)} WHERE {ref(table, shown)} = {quote(value)}", question)


def missing(scene: Scene) -> Draft | None:
    """Rows in which a column is empty, or is not."""
    table = scene.table()
    columns = [each for each in scene.plain(table) if each.nullable and each not in scene.shown(table)]
    if not columns:
        return None
    column = scene.random.choice(columns)
    no = scene.random.random() < 0.7
    text = vary(scene.random, _MISSING if no else _KNOWN, c=scene.phrase(table, column))
    where = f" WHERE {ref(table, column)} IS {'' if no else 'NOT '}NULL"
    return count_or_list(scene, table, where, text, counted=0.4)


def without(scene: Scene) -> Draft | None:
    """``customers without orders``, and with."""
    table = scene.table()
    if not scene.children(table) or len(table.primary_key) != 1:
        return None
    column, child = scene.random.choice(scene.children(table))
    inner = own_condition(scene, child) if scene.random.random() < 0.3 else None
    no = scene.random.random() < 0.75
    text = vary(scene.random, _WITHOUT if no else _WITH, n=scene.noun(child))
    nested = f"SELECT {ref(child, column)}"
    if inner:
        text, nested = f"{text} {inner.text}", f"{nested} WHERE {inner.sql}"
    where = f" WHERE {ref(table, table.primary_key[0])} {'NOT ' if no else ''}IN ({nested})"
    return count_or_list(scene, table, where, text, counted=0.35)


def against_average(scene: Scene) -> Draft | None:
    """Rows above the average of all, or below it."""
    table = scene.table()
    measures = scene.measures(table)
    if not measures:
        return None
    column = scene.random.choice(measures)
    left = ref(table, column)
    sign, said = (">", _ABOVE) if scene.random.random() < 0.7 else ("<", _BELOW)
    text = vary(
        scene.random, _AVERAGE.replace("{s}", said), c=scene.phrase(table, column), n=scene.noun(table)
    )
    return count_or_list(scene, table, f" WHERE {left} {sign} (SELECT AVG({left}))", text, counted=0.3)


def both(scene: Scene) -> Draft | None:
    """Values that rows of one kind and rows of another share, or that only the one has."""
    table = scene.table()
    categories = scene.categories(table)
    if not categories:
        return None
    column = scene.random.choice(categories)
    one, two = condition(scene, table), condition(scene, table)
    name = ref(table, column)
    if one is None or two is None or one.sql == two.sql or name in one.sql or name in two.sql:
        return None
    operator = scene.one_of(list(_SETS))
    question = vary(
        scene.random,
        _SETS[operator],
        c=scene.phrase(table, column),
        n=scene.noun(table),
        a=one.text,
        b=two.text,
    )
    return Draft(f"SELECT {name} WHERE {one.sql} {operator} SELECT {name} WHERE {two.sql}", question)
