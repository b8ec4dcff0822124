"""The kinds of question that group rows, compare them with a query, or combine sets of them."""

from __future__ import annotations

from sqloop.database.schema import Column, Table
from sqloop_trainer.synthesis.conditions import condition, own_condition
from sqloop_trainer.synthesis.patterns import (
    COUNT_LEAD,
    LEAD,
    Draft,
    conditions,
    items,
    source,
    where,
)
from sqloop_trainer.synthesis.scene import Scene, ref
from sqloop_trainer.synthesis.wording import vary


def _group(scene: Scene, table: Table) -> tuple[list[tuple[Table, Column]], str] | None:
    """What to group ``table`` by: a column of its own or the name of a row it refers to, and its words."""
    options: list[tuple[list[tuple[Table, Column]], str]] = []
    for column in scene.categories(table):
        options.append(([(table, column)], scene.phrase(table, column)))
    for _, parent in scene.parents(table):
        noun = scene.noun(parent, plural=False)
        options += [([(parent, column) for column in scene.shown(parent)], noun)] * 2
        for column in scene.categories(parent)[:2]:
            options.append(([(parent, column)], f"{noun} {scene.phrase(parent, column)}"))
    for column in scene.of_kind(table, "date")[:1]:
        options.append(([(table, column)], "year"))
    return scene.random.choice(options) if options else None


def _key(group: list[tuple[Table, Column]]) -> str:
    table, column = group[0]
    if column.kind == "date":
        return f"YEAR({ref(table, column)})"
    return ", ".join(ref(*each) for each in group)


def count_by(scene: Scene) -> Draft | None:
    """``how many products per category``."""
    table = scene.table()
    group = _group(scene, table)
    found = conditions(scene, table) if scene.random.random() < 0.4 else []
    if group is None or found is None or any(each.many for each in found):
        return None
    clause, text = where(scene, found)
    key = _key(group[0])
    question = vary(
        scene.random,
        "(how many {n} {t} (are there|) (for|in|of|by|per|from) (each|every) {g}|(number|count) of {n} {t} (per|by|for each|in each) {g}|"
        "(show|list|give me|find|what is) (the|) (number|count) of {n} {t} (per|by|for each|in each|of each) {g}|{n} {t} (per|by) {g}|"
        "for each {g} (show|count|list|how many|what is) the number of {n} {t}|count {n} {t} (by|per) {g}|"
        "how many {n} {t} does each {g} have|(show|list) each {g} and (its|the) number of {n} {t}|{g} and number of {n} {t})",
        n=scene.noun(table), t=text, g=group[1],
    )
    order = ""
    if scene.random.random() < 0.12:
        order = " ORDER BY COUNT(*) DESC"
        question += vary(scene.random, " (, most first|in descending order|from most to least|, highest first)")
    from_ = source(table, found)
    return Draft(f"SELECT {key}, COUNT(*){from_}{clause} GROUP BY {key}{order}", question)


_AGGREGATES = {"AVG": "(average|mean|avg)", "SUM": "(total|overall|sum of)", "MAX": "(maximum|highest|largest)", "MIN": "(minimum|lowest|smallest)"}


def aggregate_by(scene: Scene) -> Draft | None:
    """``average price per category``."""
    table = scene.table()
    group, measures = _group(scene, table), scene.measures(table)
    found = conditions(scene, table) if scene.random.random() < 0.3 else []
    if group is None or not measures or found is None or any(each.many for each in found):
        return None
    column = scene.random.choice(measures)
    if column in [each for _, each in group[0]]:
        return None
    name = scene.random.choice(("AVG", "AVG", "SUM", "SUM", "MAX", "MIN"))
    clause, text = where(scene, found)
    key, value = _key(group[0]), f"{name}({ref(table, column)})"
    question = vary(
        scene.random,
        "((what is|show|find|list|give me|) (the|) {a} {c} (of|for) (the|) {n} {t} (per|by|for each|in each|of each|for every) {g}|"
        "{a} {c} (per|by) {g} {t}|for each {g} , (show|what is|find) the {a} {c} (of|of the) {n} {t}|"
        "(show|list) (each|the) {g} (and|with) (the|its) {a} {n} {c} {t}|{a} {n} {c} {t} (per|by) {g})",
        a=vary(scene.random, _AGGREGATES[name]), c=scene.phrase(table, column), n=scene.noun(table), t=text, g=group[1],
    )
    order = ""
    if scene.random.random() < 0.12:
        order = f" ORDER BY {value} DESC"
        question += vary(scene.random, " (, highest first|in descending order|from highest to lowest)")
    return Draft(f"SELECT {key}, {value}{clause} GROUP BY {key}{order}", question)


def most_of(scene: Scene) -> Draft | None:
    """The group with the most or fewest rows, or the greatest total."""
    table = scene.table()
    group = _group(scene, table)
    found = conditions(scene, table) if scene.random.random() < 0.3 else []
    if group is None or found is None or any(each.many for each in found):
        return None
    clause, text = where(scene, found)
    key = _key(group[0])
    down = scene.random.random() < 0.8
    count = scene.random.choice((1, 1, 1, 1, 3, 5))
    measures = scene.measures(table)
    if measures and scene.random.random() < 0.35:
        column = scene.random.choice(measures)
        name = scene.random.choice(("SUM", "AVG"))
        by = f"{name}({ref(table, column)})"
        what = f"{vary(scene.random, _AGGREGATES[name])} {{n}} {scene.phrase(table, column)}"
        if scene.random.random() < 0.5:
            what = what.replace(" {n}", "")
        most = "the (highest|largest|greatest|most)" if down else "the (lowest|smallest|least)"
    else:
        by, what, most = "COUNT(*)", "{n}", "(the most|the largest number of|the highest number of)" if down else "(the fewest|the least|the lowest number of|the smallest number of)"
    if count == 1:
        template = (
            f"((which|what) {{g}} (has|have|had|with) {most} {what} {{t}}|(find|show|what is|give me|) the {{g}} with {most} {what} {{t}}"
            + ("|(what is|find|) the (most common|most frequent|most popular) {g} (of|among|for) {n} {t}" if by == "COUNT(*)" and down else "")
            + ")"
        )
    else:
        template = f"(show|list|what are|find|give me|) the (top|) {count} {{g}} with {most} {what} {{t}}"
    question = vary(scene.random, template, g=group[1], n=scene.noun(table), t=text)
    shown = f"{key}, {by}" if scene.random.random() < 0.12 else key
    if shown != key:
        question += vary(scene.random, " (and how many|and the number|and what is it)" if by == "COUNT(*)" else " (and how much|and the value)")
    from_ = source(table, found)
    return Draft(f"SELECT {shown}{from_}{clause} GROUP BY {key} ORDER BY {by}{' DESC' if down else ''} LIMIT {count}", question)


def having(scene: Scene) -> Draft | None:
    """Groups with more than so many rows, or an average above something."""
    table = scene.table()
    group = _group(scene, table)
    if group is None:
        return None
    key = _key(group[0])
    measures = scene.measures(table)
    if measures and scene.random.random() < 0.3:
        column = scene.random.choice(measures)
        values = [value for value in scene.values(table, column) if not isinstance(value, str)]
        if not values:
            return None
        name, number = scene.random.choice(("AVG", "SUM", "MAX")), round(scene.random.choice(values))
        sign, said = scene.random.choice(((">", "(above|over|more than|greater than|higher than)"), ("<", "(below|under|less than)")))
        by = f"{name}({ref(table, column)})"
        text = f"(a|an|) {vary(scene.random, _AGGREGATES[name])} {scene.phrase(table, column)} (of|) {said} {{k}}"
        template = f"((which|what) {{g}} have {text}|{LEAD} (the|all|) {{g}} with {text}|{LEAD} (the|) {{g}} whose {{n}} have {text})"
    else:
        number = scene.random.choice((1, 1, 2, 2, 3, 4, 5))
        sign, said = scene.random.choice(
            ((">", "more than"), (">", "over"), (">=", "at least"), ("<", "(fewer|less) than"), ("=", "exactly"), ("<=", "at most"))
        )
        by = "COUNT(*)"
        text = f"{said} {{k}} {{n}}"
        template = f"((which|what) {{g}} (have|has) {text}|{LEAD} (the|all|) {{g}} (with|that have|having) {text})"
    number_said = str(number) if number > 10 or scene.random.random() < 0.5 else {1: "one", 2: "two", 3: "three", 4: "four", 5: "five"}.get(int(number), str(number))
    question = vary(scene.random, template, g=group[1], n=scene.noun(table, plural=number != 1), k=number_said)
    from_ = source(table, [])
    return Draft(f"SELECT {key}{from_} GROUP BY {key} HAVING {by} {sign} {number}", question)


def without(scene: Scene) -> Draft | None:
    """``customers without orders``, and with."""
    table = scene.table()
    children = scene.children(table)
    if not children:
        return None
    column, child = scene.random.choice(children)
    if len(table.primary_key) != 1:
        return None
    inner = own_condition(scene, child) if scene.random.random() < 0.3 else None
    no = scene.random.random() < 0.75
    key = ref(table, table.primary_key[0])
    nested = f"SELECT {ref(child, column)}" + (f" WHERE {inner.sql}" if inner else "")
    text = vary(
        scene.random,
        "(without (any|) {n}|with no {n}|that have no {n}|that (do not|don't) have (any|) {n}|that have never had (a|any) {n}|who have no {n}|"
        "that are not (in|part of|used in) any {n}|not having {n})"
        if no
        else "(that have (|at least one|some) {n}|with (|at least one|any) {n}|having {n})",
        n=scene.noun(child),
    ) + (f" {inner.text}" if inner else "")
    clause = f" WHERE {key} {'NOT ' if no else ''}IN ({nested})"
    noun = scene.noun(table)
    if scene.random.random() < 0.35:
        return Draft(f"SELECT COUNT(*){source(table, [])}{clause}", vary(scene.random, COUNT_LEAD, n=noun, t=text))
    question = vary(scene.random, f"({LEAD} (the|all|) {{n}} {{t}}|which {{n}} are {{t}}|{LEAD} the names of {{n}} {{t}}|{{n}} {{t}})", n=noun, t=text)
    return Draft(f"SELECT {items(table, scene.shown(table))}{clause}", question)


def against_average(scene: Scene) -> Draft | None:
    """Rows above the average, or with the greatest value of all."""
    table = scene.table()
    measures = scene.measures(table)
    if not measures:
        return None
    column = scene.random.choice(measures)
    left = ref(table, column)
    above = scene.random.random() < 0.7
    sign = ">" if above else "<"
    nested = f"(SELECT AVG({left}))"
    text = vary(
        scene.random,
        "(with (a|) {c} {s} (the|) average|whose {c} is {s} (the|) average|with {s} average {c}|that have a {c} {s} the average)"
        if scene.random.random() < 0.8
        else "(with|whose) {c} (is|) {s} the average {c} (of all {n}|)",
        c=scene.phrase(table, column), n=scene.noun(table),
        s=vary(scene.random, "(above|higher than|over|greater than|more than)" if above else "(below|lower than|under|less than)"),
    )
    noun = scene.noun(table)
    clause = f" WHERE {left} {sign} {nested}"
    if scene.random.random() < 0.3:
        return Draft(f"SELECT COUNT(*){source(table, [])}{clause}", vary(scene.random, COUNT_LEAD, n=noun, t=text))
    return Draft(
        f"SELECT {items(table, scene.shown(table))}{clause}",
        vary(scene.random, f"({LEAD} (the|all|) {{n}} {{t}}|which {{n}} are {{t}}|{{n}} {{t}})", n=noun, t=text),
    )


def both(scene: Scene) -> Draft | None:
    """Values that rows of one kind and rows of another share, or that only the one has."""
    table = scene.table()
    categories = scene.categories(table)
    if not categories:
        return None
    column = scene.random.choice(categories)
    one, two = condition(scene, table), condition(scene, table)
    name = ref(table, column)
    if one is None or two is None or one.sql == two.sql or any(name in each.sql for each in (one, two)):
        return None
    operator = scene.random.choice(("INTERSECT", "EXCEPT", "UNION"))
    template = {
        "INTERSECT": "(which|what) {c} have both {n} {a} and {n} {b}|{l} the {c} (shared by|common to) {n} {a} and {n} {b}",
        "EXCEPT": "(which|what) {c} have {n} {a} but (no|not) {n} {b}|{l} the {c} of {n} {a} but not of {n} {b}",
        "UNION": "{l} the {c} of {n} {a} (and|together with|as well as) those {b}",
    }[operator]
    question = vary(
        scene.random, f"({template})", c=scene.phrase(table, column), n=scene.noun(table), a=one.text, b=two.text,
        l=vary(scene.random, LEAD),
    )
    return Draft(f"SELECT {name} WHERE {one.sql} {operator} SELECT {name} WHERE {two.sql}", question)


def share(scene: Scene) -> Draft | None:
    """``what percentage of ...``."""
    table = scene.table()
    found = own_condition(scene, table)
    if found is None:
        return None
    question = vary(
        scene.random,
        "(what (percentage|percent|share) of {n} (are|is|have|) {t}|(percentage|share) of {n} {t}|how much percent of {n} are {t})",
        n=scene.noun(table), t=found.text,
    )
    return Draft(
        f'SELECT SUM(CASE WHEN {found.sql} THEN 1 ELSE 0 END) * 100.0 / COUNT(*) FROM "{table.name}"', question
    )


def average_count(scene: Scene) -> Draft | None:
    """``how many orders does a customer have on average``."""
    table = scene.table()
    parents = scene.parents(table)
    if not parents:
        return None
    column, parent = scene.random.choice(parents)
    question = vary(
        scene.random,
        "((what is the|) average number of {n} (per|for each|for a) {p}|how many {n} does (a|each|one) {p} have on average)",
        n=scene.noun(table), p=scene.noun(parent, plural=False),
    )
    key = ref(table, column)
    return Draft(f"SELECT 1.0 * COUNT(*) / COUNT(DISTINCT {key})", question)


def extreme_value(scene: Scene) -> Draft | None:
    """All rows that have the greatest or least value: ``products that cost the most``."""
    table = scene.table()
    columns = scene.measures(table) + [c for c in scene.of_kind(table, "number") if scene.is_year(table, c)]
    found = own_condition(scene, table)
    if not columns or found is None:
        return None
    column = scene.random.choice(columns)
    top = scene.random.random() < 0.6
    name = "MAX" if top else "MIN"
    left = ref(table, column)
    if left in found.sql:
        return None
    question = vary(
        scene.random,
        "(which|what|list the|show the|find the) {n} (have|with) a {c} (greater|higher|larger|more) than (that of|) (all|any|every) {n} {t}"
        if top
        else "(which|what|list the|show the|find the) {n} (have|with) a {c} (lower|smaller|less) than (that of|) (all|any|every) {n} {t}",
        n=scene.noun(table), c=scene.phrase(table, column), t=found.text,
    )
    nested = f"(SELECT {name}({left}) WHERE {found.sql})"
    return Draft(f"SELECT {items(table, scene.shown(table))} WHERE {left} {'>' if top else '<'} {nested}", question)

