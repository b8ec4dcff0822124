"""The kinds of question about one table and what it refers to: each gives compact SQL and a sentence.

A pattern returns None where the schema has nothing for it. Grouping, comparing with a query and sets of
rows are in `patterns_groups`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqloop.database.schema import Column, Table
from sqloop_trainer.synthesis.conditions import Condition, condition
from sqloop_trainer.synthesis.scene import Scene, ref
from sqloop_trainer.synthesis.wording import vary


@dataclass(frozen=True)
class Draft:
    """Compact SQL, names quoted, and the question that it answers."""

    sql: str
    text: str


Pattern = Callable[[Scene], Draft | None]

LEAD = "(show|list|give me|find|display|what are|get|return|show me|which are|i want|name|tell me|)"
COUNT_LEAD = "(how many {n} are there {t}|how many {n} {t}|number of {n} {t}|what is the number of {n} {t}|\
count (the|) {n} {t}|count of {n} {t}|find the (total|) number of {n} {t}|how many {n} (do we have|exist) {t}|\
what is the (total|) (count|number) of {n} {t}|total {n} {t}|how many {t} {n})"


def conditions(scene: Scene, table: Table, least: int = 0) -> list[Condition] | None:
    """None, one or two filters; None where ``least`` cannot be had."""
    count = max(least, scene.random.choices((0, 1, 2), (30, 52, 18))[0])
    found: list[Condition] = []
    for _ in range(count):
        new = condition(scene, table)
        if new and all(new.sql.split(" ")[0] != old.sql.split(" ")[0] for old in found):
            found.append(new)
    return found if len(found) >= least else None


def where(scene: Scene, found: list[Condition]) -> tuple[str, str]:
    """The WHERE clause and its words."""
    if not found:
        return "", ""
    if len(found) == 1:
        return f" WHERE {found[0].sql}", found[0].text
    if scene.random.random() < 0.2 and not any(each.many or "AND" in each.sql for each in found):
        return f" WHERE {found[0].sql} OR {found[1].sql}", f"{found[0].text} or {found[1].text}"
    joint = scene.one_of((" and ", " ", " and "))
    return f" WHERE {found[0].sql} AND {found[1].sql}", joint.join((found[0].text, found[1].text))


def items(table: Table, columns: list[Column]) -> str:
    """Columns for SELECT."""
    return ", ".join(ref(table, column) for column in columns)


def listed(parts: list[str]) -> str:
    """Words with commas and "and"."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def source(table: Table, found: list[Condition]) -> str:
    """FROM, needed where no column of ``table`` is named."""
    return f' FROM "{table.name}"'


def list_columns(scene: Scene) -> Draft | None:
    """``show the name and price of products ...``."""
    table = scene.table()
    plain = scene.plain(table)
    found = conditions(scene, table)
    if found is None or not plain:
        return None
    columns = scene.random.sample(plain, min(len(plain), scene.random.choice((1, 1, 2, 2, 3))))
    many = any(each.many for each in found)
    distinct = many or (len(columns) == 1 and scene.random.random() < 0.2)
    clause, text = where(scene, found)
    names = listed([scene.phrase(table, column) for column in columns])
    different = "(different|distinct|unique)" if distinct and not many else ""
    question = vary(
        scene.random,
        f"({LEAD} (the|) {different} {{c}} (of|for) (all|the|each|every|) {{n}} {{t}}|{{n}} {{t}} : {{c}}|"
        f"what (is|are) the {different} {{c}} of (the|) {{n}} {{t}}|{LEAD} (all|the|) {{n}} {{t}} with their {{c}}|"
        f"for (each|all) {{n}} {{t}} , (show|what is) (the|) {different} {{c}})"
        if not (distinct and not many)
        else f"({LEAD} (the|all) {different} {{c}} of {{n}} {{t}}|what {different} {{c}} do {{n}} {{t}} have|"
        f"which {different} {{c}} (are there|exist) for {{n}} {{t}})",
        c=names,
        n=scene.noun(table),
        t=text,
    )
    return Draft(f"SELECT {'DISTINCT ' if distinct else ''}{items(table, columns)}{clause}", question)


def list_rows(scene: Scene) -> Draft | None:
    """``which customers ...``: names stand for rows."""
    table = scene.table()
    found = conditions(scene, table, least=1)
    if found is None:
        return None
    clause, text = where(scene, found)
    distinct = "DISTINCT " if any(each.many for each in found) else ""
    if scene.random.random() < 0.12 and not distinct:
        question = vary(
            scene.random,
            "(show|give me|list|what is|find) (all|) (the|) (information|details|everything|all columns|data) (about|of|on) {n} {t}",
            n=scene.noun(table), t=text,
        )
        return Draft(f'SELECT *{source(table, found)}{clause}', question)
    who = "|who are the {n} {t}|who {t}" if scene.is_people(table) else ""
    question = vary(
        scene.random,
        f"({LEAD} (all|the|all the|) {{n}} {{t}}|which {{n}} (are|) {{t}}|what {{n}} (are|) {{t}}|{{n}} {{t}}|"
        f"{LEAD} (the|) names of (all|the|) {{n}} {{t}}{who})",
        n=scene.noun(table),
        t=text,
    )
    return Draft(f"SELECT {distinct}{items(table, scene.shown(table))}{clause}", question)


def list_related(scene: Scene) -> Draft | None:
    """Columns of a table beside columns of the one it refers to."""
    table = scene.table()
    parents = scene.parents(table)
    if not parents:
        return None
    _, parent = scene.random.choice(parents)
    plain, other = scene.plain(table), scene.plain(parent)
    found = conditions(scene, table)
    if not plain or not other or found is None or any(each.many for each in found):
        return None
    mine = scene.random.sample(plain, scene.random.choice((0, 1, 1)) or (0 if found else 1))
    column = scene.random.choice(other)
    clause, text = where(scene, found)
    parent_noun, noun = scene.noun(parent, plural=False), scene.noun(table)
    theirs = vary(
        scene.random, "({n} {c}|{c} of the {n}|{c} of their {n})", n=parent_noun, c=scene.phrase(parent, column)
    )
    if column in scene.shown(parent) and scene.random.random() < 0.5:
        theirs = parent_noun
    names = listed([scene.phrase(table, each) for each in mine] + [theirs])
    question = vary(
        scene.random,
        f"({LEAD} (the|) {{c}} (of|for) (all|the|each|) {{n}} {{t}}|{LEAD} (all|the|) {{n}} {{t}} with (their|the) {{c}})",
        c=names, n=noun, t=text,
    )
    extra = "" if mine else f' FROM "{table.name}"'
    return Draft(f"SELECT {', '.join([ref(table, each) for each in mine] + [ref(parent, column)])}{extra}{clause}", question)


def count_rows(scene: Scene) -> Draft | None:
    """``how many ...``."""
    table = scene.table()
    found = conditions(scene, table)
    if found is None:
        return None
    clause, text = where(scene, found)
    question = vary(scene.random, COUNT_LEAD, n=scene.noun(table), t=text)
    if any(each.many for each in found):
        return Draft(f"SELECT COUNT(DISTINCT {ref(table, table.columns[0])}){clause}", question)
    return Draft(f"SELECT COUNT(*){source(table, found)}{clause}", question)


def count_distinct(scene: Scene) -> Draft | None:
    """``how many different ...``."""
    table = scene.table()
    categories = scene.categories(table)
    found = conditions(scene, table)
    if not categories or found is None:
        return None
    column = scene.random.choice(categories)
    clause, text = where(scene, found)
    question = vary(
        scene.random,
        "(how many (different|distinct|unique) {c} (are there|do we have|exist) (for|of|among|in) (the|) {n} {t}|"
        "(count the|number of) (different|distinct|unique) {c} of {n} {t}|"
        "what is the number of (different|distinct) {c} of {n} {t}|how many {c} do {n} {t} have)",
        c=scene.phrase(table, column), n=scene.noun(table), t=text,
    )
    return Draft(f"SELECT COUNT(DISTINCT {ref(table, column)}){clause}", question)


_AGGREGATES = {
    "AVG": "(average|mean|avg)",
    "SUM": "(total|sum of|combined|overall)",
    "MAX": "(maximum|highest|largest|greatest|max|biggest)",
    "MIN": "(minimum|lowest|smallest|least|min)",
}


def aggregate(scene: Scene) -> Draft | None:
    """Average, total, greatest and least of a number."""
    table = scene.table()
    measures = scene.measures(table)
    found = conditions(scene, table)
    if not measures or found is None or any(each.many for each in found):
        return None
    clause, text = where(scene, found)
    column = scene.random.choice(measures)
    names = scene.random.sample(list(_AGGREGATES), scene.random.choice((1, 1, 1, 1, 2, 3)))
    said = listed([vary(scene.random, _AGGREGATES[name]).removesuffix(" of") for name in names])
    question = vary(
        scene.random,
        "((what is|show|give me|find|tell me|what's|compute|) the {a} {c} (of|for|across|among|over) (all|the|) {n} {t}|"
        "{a} {c} of (|all) {n} {t}|what are the {a} {c} of (all|the|) {n} {t}|{a} {c} {t})"
        if len(names) > 1 or text
        else "((what is|show|find|what's|) the {a} {c} (of|for|across) (all|the|) {n}|{a} {n} {c}|{a} {c} of {n}|{a} {c} of a {s})",
        a=said, c=scene.phrase(table, column), n=scene.noun(table), s=scene.noun(table, plural=False), t=text,
    )
    if question.startswith(said) and text and scene.noun(table) not in question and not found:
        return None
    chosen = ", ".join(f"{name}({ref(table, column)})" for name in names)
    return Draft(f"SELECT {chosen}{source(table, found)}{clause}", question)


def ordered(scene: Scene) -> Draft | None:
    """Rows in order of a column."""
    table = scene.table()
    columns = scene.of_kind(table, "number", "date", "text")
    found = conditions(scene, table)
    if not columns or found is None or any(each.many for each in found):
        return None
    column = scene.random.choice(columns)
    shown = scene.shown(table)
    if scene.random.random() < 0.3:
        shown = scene.random.sample(scene.plain(table), min(2, len(scene.plain(table))))
    clause, text = where(scene, found)
    down = scene.random.random() < 0.45
    if column.kind == "text":
        order = "in (reverse alphabetical|descending alphabetical) order of {c}|by {c} from z to a" if down else (
            "in alphabetical order|alphabetically by {c}|in alphabetical order of {c}|by {c}"
        )
        if "in alphabetical order" in order and column not in shown:
            order = order.replace("in alphabetical order|", "")
    elif column.kind == "date":
        order = "by {c}, (newest|latest|most recent) first|from newest to oldest {c}|by descending {c}" if down else (
            "by {c}|by {c}, oldest first|in (order|chronological order) of {c}|from oldest to newest {c}"
        )
    else:
        order = (
            "by {c} (descending|in descending order|from highest to lowest|from high to low)|in (descending|decreasing) order of {c}"
            if down
            else "by {c}|by {c} (ascending|in ascending order|from lowest to highest)|in (ascending|increasing) order of {c}"
        )
    names = listed([scene.phrase(table, each) for each in shown])
    question = vary(
        scene.random,
        f"({LEAD} (the|) {{s}} of (all|the|) {{n}} {{t}}|{LEAD} (all|the|) {{n}} {{t}}) (sorted|ordered|listed|arranged|) ({order})"
        if shown == scene.shown(table)
        else f"{LEAD} (the|) {{s}} of (all|the|) {{n}} {{t}} (sorted|ordered|) ({order})",
        s=names, n=scene.noun(table), t=text, c=scene.phrase(table, column),
    )
    return Draft(
        f"SELECT {items(table, shown)}{clause} ORDER BY {ref(table, column)}{' DESC' if down else ''}", question
    )


def top_rows(scene: Scene) -> Draft | None:
    """The row or rows with the greatest or least of a column."""
    table = scene.table()
    columns = scene.of_kind(table, "number", "date")
    found = conditions(scene, table) if scene.random.random() < 0.5 else []
    if not columns or found is None or any(each.many for each in found):
        return None
    column = scene.random.choice(columns)
    shown = scene.shown(table)
    others = [each for each in scene.plain(table) if each not in shown and each != column]
    asked = scene.random.choice(others) if others and scene.random.random() < 0.35 else None
    clause, text = where(scene, found)
    down = scene.random.random() < 0.65
    count = scene.random.choice((1, 1, 1, 2, 3, 3, 5, 10))
    number = str(count) if scene.random.random() < 0.5 else _SPELLED[count]
    adjective = scene.adjectives(table, column)[0 if down else 1]
    if not adjective and column.kind == "date":
        adjective = scene.one_of(("latest", "most recent", "newest", "last") if down else ("earliest", "first", "oldest"))
    with_most = (
        "with the (highest|largest|most|greatest|biggest|maximum|top) {c}" if down else "with the (lowest|smallest|least|minimum) {c}"
    )
    if column.kind == "date" or scene.is_year(table, column):
        with_most = "with the (latest|most recent|newest) {c}" if down else "with the (earliest|oldest|first) {c}"
    lead = "(show|list|give me|find|what are|get|return|)"
    if count == 1:
        phrases = [f"(which|what) {{n}} (has|had) {with_most[5:]} {{t}}", f"(what is|find|show|give me|) the {{n}} {with_most} {{t}}"]
        if adjective:
            phrases += [f"(what is|which is|find|show me|) the {adjective} {{n}} {{t}}", f"which {{n}} is the {adjective} {{t}}"] * 2
        if scene.is_people(table):
            phrases += [f"who (has|had) {with_most[5:]} {{t}}"] + ([f"who is the {adjective} {{n}} {{t}}"] if adjective else [])
    else:
        phrases = [f"{lead} (the|) {{k}} {{n}} {with_most} {{t}}", f"{lead} (the|) (top|first) {{k}} {{n}} {{t}} by {{c}}"] if down else [
            f"{lead} (the|) {{k}} {{n}} {with_most} {{t}}", f"{lead} (the|) (bottom|last) {{k}} {{n}} {{t}} by {{c}}"
        ]
        if adjective:
            phrases += [f"{lead} (the|) {{k}} {adjective} {{n}} {{t}}"] * 2
    phrase = scene.random.choice(phrases)
    columns_shown = shown
    if asked is not None:
        inner = f"(the {adjective}|the) {{n}}" if adjective and scene.random.random() < 0.6 else f"the {{n}} {with_most}"
        if "(the" in inner:
            inner = f"the {adjective} {{n}}"
        middle = "" if count == 1 else "{k} "
        phrase = f"{LEAD} the {{a}} of {inner.replace('the ', 'the ' + middle, 1)} {{t}}"
        columns_shown = [asked]
    question = vary(
        scene.random, phrase, n=scene.noun(table, plural=count > 1), t=text, c=scene.phrase(table, column), k=number,
        a=scene.phrase(table, asked) if asked else "",
    )
    return Draft(
        f"SELECT {items(table, columns_shown)}{clause} ORDER BY {ref(table, column)}{' DESC' if down else ''} LIMIT {count}",
        question,
    )


_SPELLED = {1: "one", 2: "two", 3: "three", 5: "five", 10: "ten"}


def look_up(scene: Scene) -> Draft | None:
    """A column of one named row: ``what is the price of Chai``."""
    table = scene.table()
    shown = scene.shown(table)[0]
    others = [column for column in scene.plain(table) if column != shown]
    values = [value for value in scene.values(table, shown) if isinstance(value, str)]
    if not others or not values:
        return None
    column = scene.random.choice(others)
    value = scene.random.choice(values)
    said = value.lower() if scene.random.random() < 0.25 else value
    when = "|when (is|was|were) (the {n}|) {v} {d}" if column.kind == "date" else ""
    words = scene.words(table, column)
    question = vary(
        scene.random,
        f"((what is|what's|show|give me|find|tell me|) the {{c}} of (the {{n}} |){{v}}|what {{c}} does (the {{n}} |){{v}} have|"
        f"{{v}} {{c}}|{{c}} of {{v}}|{{v}}'s {{c}}{when})",
        c=scene.phrase(table, column), n=scene.noun(table, plural=False), v=said,
        d=" ".join(word for word in words if word not in ("date", "on")),
    )
    quoted = value.replace("'", "''")
    return Draft(f"SELECT {ref(table, column)} WHERE {ref(table, shown)} = '{quoted}'", question)


def missing(scene: Scene) -> Draft | None:
    """Rows in which a column is empty, or is not."""
    table = scene.table()
    columns = [column for column in scene.plain(table) if column.nullable and column not in scene.shown(table)]
    if not columns:
        return None
    column = scene.random.choice(columns)
    no = scene.random.random() < 0.7
    text = vary(
        scene.random,
        "(without (a|any|) {c}|with no {c}|that have no {c}|whose {c} is (missing|empty|unknown|not known|null)|with missing {c})"
        if no
        else "(that have a {c}|with a (known|) {c}|whose {c} is (known|not missing|not null))",
        c=scene.phrase(table, column),
    )
    clause = f" WHERE {ref(table, column)} IS {'' if no else 'NOT '}NULL"
    if scene.random.random() < 0.4:
        return Draft(
            f"SELECT COUNT(*){source(table, [])}{clause}",
            vary(scene.random, COUNT_LEAD, n=scene.noun(table), t=text),
        )
    question = vary(scene.random, f"({LEAD} (the|all|) {{n}} {{t}}|which {{n}} are {{t}})", n=scene.noun(table), t=text)
    return Draft(f"SELECT {items(table, scene.shown(table))}{clause}", question)
