"""Questions whose answer is a number: counts, averages and totals, shares."""

from __future__ import annotations

from sqloop_trainer.synthesis.clauses import AGGREGATES, COUNT_LEAD, draw_filter, from_table, listed
from sqloop_trainer.synthesis.conditions.filters import own_condition
from sqloop_trainer.synthesis.conditions.text import say
from sqloop_trainer.synthesis.drafts import Draft
from sqloop_trainer.synthesis.owners import before_noun
from sqloop_trainer.synthesis.scene import Scene, quote, ref
from sqloop_trainer.synthesis.wording import vary

_DISTINCT = (
    "(how many {d} {c} (are there|do we have|exist) (for|of|among|in) (the|) {n} {t}|"
    "(count the|number of) {d} {c} of {n} {t}|what is the number of {d} {c} of {n} {t}|"
    "how many {c} do {n} {t} have)"
).replace("{d}", "(different|distinct|unique)")
_AGGREGATE = (
    "((what is|show|give me|find|tell me|what's|compute|) the {a} {c} "
    "(of|for|across|among|over) (all|the|) {n} {t}|"
    "{a} {c} of (|all) {n} {t}|what are the {a} {c} of (all|the|) {n} {t}|{a} {c} {t})"
)
_AGGREGATE_ALL = (
    "((what is|show|find|what's|) the {a} {c} (of|for|across) (all|the|) {n}|"
    "{a} {n} {c}|{a} {c} of {n}|{a} {c} of a {s})"
)
_SHARE = (
    "(what (percentage|percent|share) of {n} (are|is|have|) {t}|(percentage|share) of {n} {t}|"
    "how much percent of {n} are {t})"
)
_HOW_MANY_MORE = (
    "(how many more {a} {n} than {b} {n} (are there|do we have|exist|) {t}|"
    "how many more {n} {t} (are|have {c}|have the {c}|are in|are from) {a} than {b}|"
    "(what is|) (the|) difference between (the|) (number of|) {a} and {b} {n} {t})"
)
_WHETHER_MORE = (
    "((are there|do we have) more {a} {n} than {b} {n} {t}|"
    "(are|is) {a} (more common|more frequent) than {b} (among|for|in) {n} {t}|"
    "do more {n} {t} have (the|) {c} {a} than {b})"
)
_PER_PARENT = (
    "((what is the|) average number of {n} (per|for each|for a) {p}|"
    "how many {n} does (a|each|one) {p} have on average)"
)


def count_rows(scene: Scene) -> Draft | None:
    """``how many ...``."""
    table = scene.table()
    where = draw_filter(scene, table, many=True)
    if where is None:
        return None
    question = vary(scene.random, COUNT_LEAD, n=scene.noun(table), t=where.text)
    if where.many:
        return Draft(f"SELECT COUNT(DISTINCT {ref(table, table.columns[0])}){where.sql}", question)
    return Draft(f"SELECT COUNT(*){from_table(table)}{where.sql}", question)


def count_distinct(scene: Scene) -> Draft | None:
    """``how many different ...``."""
    table = scene.table()
    categories, where = scene.categories(table), draw_filter(scene, table, many=True)
    if not categories or where is None:
        return None
    column = scene.random.choice(categories)
    question = vary(scene.random, _DISTINCT, c=scene.phrase(table, column), n=scene.noun(table), t=where.text)
    return Draft(f"SELECT COUNT(DISTINCT {ref(table, column)}){where.sql}", question)


def aggregate(scene: Scene) -> Draft | None:
    """Average, total, greatest and least of a number."""
    table = scene.table()
    measures, where = scene.measures(table), draw_filter(scene, table)
    if not measures or where is None:
        return None
    column = scene.random.choice(measures)
    names = scene.random.sample(list(AGGREGATES), scene.random.choice((1, 1, 1, 1, 2, 3)))
    question = vary(
        scene.random,
        _AGGREGATE if len(names) > 1 or where.text else _AGGREGATE_ALL,
        a=listed([vary(scene.random, AGGREGATES[name]).removesuffix(" of") for name in names]),
        c=scene.phrase(table, column),
        n=scene.noun(table),
        s=scene.noun(table, plural=False),
        t=where.text,
    )
    chosen = ", ".join(f"{name}({ref(table, column)})" for name in names)
    return Draft(f"SELECT {chosen}{from_table(table)}{where.sql}", question)


def share(scene: Scene) -> Draft | None:
    """``what percentage of ...``."""
    table = scene.table()
    found = own_condition(scene, table)
    if found is None:
        return None
    question = vary(scene.random, _SHARE, n=scene.noun(table), t=found.text)
    part = f"SUM(CASE WHEN {found.sql} THEN 1 ELSE 0 END) * 100.0 / COUNT(*)"
    return Draft(f"SELECT {part}{from_table(table)}", question)


def compared(scene: Scene) -> Draft | None:
    """``how many more red than blue cars are there``, or whether there are more."""
    table = scene.table()
    columns = [each for each in scene.categories(table) if each.kind == "text"]
    if not columns:
        return None
    column, where = scene.random.choice(columns), draw_filter(scene, table, chance=0.3)
    values = sorted({str(value) for value in scene.values(table, column)})
    if where is None or len(values) < 2 or ref(table, column) in where.sql:
        return None
    one, two = scene.random.sample(values, 2)
    left, right = (
        f"SUM(CASE WHEN {ref(table, column)} = {quote(value)} THEN 1 ELSE 0 END)" for value in (one, two)
    )
    asks_whether = scene.random.random() < 0.5
    asked = f"CASE WHEN {left} > {right} THEN 'Yes' ELSE 'No' END" if asks_whether else f"{left} - {right}"
    question = vary(
        scene.random,
        _WHETHER_MORE if asks_whether else _HOW_MANY_MORE,
        n=scene.noun(table),
        a=say(scene, before_noun(scene, table, one)),
        b=say(scene, before_noun(scene, table, two)),
        c=scene.phrase(table, column),
        t=where.text,
    )
    return Draft(f"SELECT {asked}{where.sql}", question)


def average_count(scene: Scene) -> Draft | None:
    """``how many orders does a customer have on average``."""
    table = scene.table()
    parents = [(column, each) for column, each in scene.parents(table) if not scene.is_detail(table, each)]
    if not parents:
        return None
    column, parent = scene.random.choice(parents)
    question = vary(scene.random, _PER_PARENT, n=scene.noun(table), p=scene.noun(parent, plural=False))
    return Draft(f"SELECT 1.0 * COUNT(*) / COUNT(DISTINCT {ref(table, column)})", question)
