"""Filters: a condition in SQL beside the words that say it."""

from __future__ import annotations

from dataclasses import dataclass

from sqloop.database.schema import Column, Table
from sqloop_trainer.synthesis.scene import Scene, quote, ref
from sqloop_trainer.synthesis.wording import vary

_MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]


@dataclass(frozen=True)
class Condition:
    """``sql`` for WHERE; ``text`` goes after the noun; ``many`` when it joins a table with more rows."""

    sql: str
    text: str
    many: bool = False


def condition(scene: Scene, table: Table) -> Condition | None:
    """A random filter on ``table`` or on a table that it refers to, or None where nothing suits."""
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
        return _on_date(scene, table, column)
    if column.kind == "boolean":
        return _on_flag(scene, table, column)
    if column.kind == "number":
        return _on_number(scene, table, column)
    return _on_text(scene, table, column)


def _say(scene: Scene, value: str | int | float) -> str:
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


def _on_text(scene: Scene, table: Table, column: Column) -> Condition:
    random, name = scene.random, scene.phrase(table, column)
    value = random.choice(scene.values(table, column))
    left, said = ref(table, column), _say(scene, value)
    draw = random.random()
    words = str(value).split()
    if draw < 0.06 and len(words) > 1:
        word = random.choice([w for w in words if w.isalpha()] or words)
        text = vary(
            random, "whose {c} (contains|includes|has) (|the word|the text) {v}", c=name, v=f'"{word}"'
        )
        return Condition(f"{left} LIKE '%{word}%'", text)
    if draw < 0.1 and str(value)[:1].isalpha():
        start = str(value)[0].upper()
        text = vary(random, "whose {c} (starts|begins) with (|the letter) {v}", c=name, v=f"'{start}'")
        return Condition(f"{left} LIKE '{start}%'", text)
    if draw < 0.16:
        text = vary(
            random, "(whose {c} is not|not {c}|with a {c} other than|that are not) {v}", c=name, v=said
        )
        return Condition(f"{left} <> {quote(value)}", text)
    if draw < 0.22 and column in scene.categories(table):
        other = random.choice(scene.values(table, column))
        if other != value:
            text = vary(
                random,
                "(whose {c} is (|either)|with {c}|with {c} (|either)) {v} or {o}",
                c=name,
                v=said,
                o=_say(scene, other),
            )
            return Condition(f"{left} IN ({quote(value)}, {quote(other)})", text)
    templates = (
        "whose {c} is {v}|with {c} {v}|with the {c} {v}|where {c} is {v}|that have {c} {v}|having {c} {v}"
    )
    if column in scene.shown(table):
        templates = "(named|called|with the name|by the name of) {v}|whose {c} is {v}|{v}"
    elif column in scene.categories(table) and draw > 0.5:
        templates = (
            "in {v}|from {v}|that are {v}|of {c} {v}|of type {v}|in the {v} {c}|for {v}|on {v}|with {v}"
        )
    return Condition(f"{left} = {quote(value)}", vary(random, f"({templates})", c=name, v=said))


def _on_flag(scene: Scene, table: Table, column: Column) -> Condition:
    name = " ".join(scene.words(table, column))
    value = scene.random.choice(scene.values(table, column))
    true = value in (1, "1", "true", "True", "T", "yes", "Y")
    name = name.removeprefix("is ").removeprefix("has ")
    yes = "that are {c}|which are {c}|that have {c}|that are marked as {c}|with {c}"
    no = "that are not {c}|which are not {c}|without {c}|that have no {c}|not {c}"
    text = vary(scene.random, f"({yes if true else no})", c=name)
    return Condition(f"{ref(table, column)} = {quote(value)}", text)


def _on_number(scene: Scene, table: Table, column: Column) -> Condition:
    random, name = scene.random, scene.phrase(table, column)
    values = sorted(value for value in scene.values(table, column) if not isinstance(value, str))
    if not values or scene.is_year(table, column):
        return _on_year(scene, table, column, values)
    value = _round(random.choice(values), random.random())
    left = ref(table, column)
    draw = random.random()
    if draw < 0.12:
        low, high = sorted((value, _round(random.choice(values), random.random())))
        text = vary(
            random,
            "(with|whose) {c} (|is) (between {a} and {b}|from {a} to {b}|in the range {a} to {b})",
            c=name,
            a=str(low),
            b=str(high),
        )
        return Condition(f"{left} BETWEEN {low} AND {high}", text)
    if draw < 0.24:
        value = random.choice(values)
        text = vary(random, "(whose {c} is|with {c}|with a {c} of|with exactly) {v}", c=name, v=str(value))
        return Condition(f"{left} = {value}", text)
    sign, said = random.choice(
        (
            (">", "(more than|over|above|greater than|higher than|larger than|exceeding|bigger than)"),
            (">", "(more than|over|above|greater than|higher than)"),
            ("<", "(less than|under|below|lower than|smaller than|fewer than)"),
            (">=", "(at least|no less than|{v} or more)"),
            ("<=", "(at most|no more than|up to|{v} or less)"),
        )
    )
    template = random.choice(
        (
            f"(with|that have|having) (a|) {{c}} (|of) {said} {{v}}",
            f"whose {{c}} is {said} {{v}}",
            f"with {said} {{v}} {{c}}",
            f"where {{c}} is {said} {{v}}",
        )
    )
    if "{v} or" in said:
        said = said.replace("(at least|no less than|", "(").replace("(at most|no more than|up to|", "(")
        if random.random() < 0.5:
            word = vary(
                random,
                "(at least|no less than|not less than)" if sign == ">=" else "(at most|no more than|up to)",
            )
            template = (
                f"with (a {{c}} of|) {word} {{v}} (|{{c}})"
                if random.random() < 0.3
                else f"with a {{c}} of {word} {{v}}"
            )
        else:
            template = f"with a {{c}} of {{v}} or {'more' if sign == '>=' else 'less'}"
    return Condition(f"{left} {sign} {value}", vary(random, template, c=name, v=str(value)))


def _round(value: int | float, how: float) -> int | float:
    """A number that a person would name: rounded to its first digits."""
    if isinstance(value, float) and how < 0.7:
        value = round(value)
    if isinstance(value, int) and abs(value) >= 100 and how < 0.6:
        scale = 10 ** (len(str(abs(value))) - 2)
        value = value // scale * scale
    return value


def _on_year(scene: Scene, table: Table, column: Column, values: list[int | float]) -> Condition | None:
    if not values:
        return None
    random, name, left = scene.random, scene.phrase(table, column), ref(table, column)
    value = random.choice(values)
    done = " ".join(word for word in scene.words(table, column) if word != "year")
    draw = random.random()
    if draw < 0.45:
        text = vary(
            random, f"({done} in|{done} in|from|of|in|whose {{c}} is|with {{c}}) {{v}}", c=name, v=str(value)
        )
        return Condition(f"{left} = {value}", text)
    if draw < 0.7:
        text = vary(
            random, f"({done} after|after|since|newer than|whose {{c}} is after) {{v}}", c=name, v=str(value)
        )
        return Condition(f"{left} {'>=' if 'since' in text else '>'} {value}", text)
    if draw < 0.9:
        text = vary(
            random, f"({done} before|before|older than|whose {{c}} is before) {{v}}", c=name, v=str(value)
        )
        return Condition(f"{left} < {value}", text)
    low, high = sorted((value, random.choice(values)))
    text = vary(random, f"({done} between|between) {{a}} and {{b}}", a=str(low), b=str(high))
    return Condition(f"{left} BETWEEN {low} AND {high}", text)


def _on_date(scene: Scene, table: Table, column: Column) -> Condition | None:
    random, left = scene.random, ref(table, column)
    value = str(random.choice(scene.values(table, column)))[:10]
    if len(value) != 10 or value[4] != "-":
        return None
    words = scene.words(table, column)
    done = " ".join(word for word in words if word not in ("date", "on", "in", "at", "time"))
    if not done.endswith(("ed", "t", "n")) or " " in done:
        done = vary(random, "(with {c}|whose {c} is|)", c=scene.phrase(table, column))
    year, month = value[:4], int(value[5:7])
    draw = random.random()
    if draw < 0.3:
        return Condition(
            f"YEAR({left}) = {year}", vary(random, "{d} (in|in|in|during|in the year) {y}", d=done, y=year)
        )
    if draw < 0.45:
        text = vary(random, "{d} in {m} (|of) {y}", d=done, m=_MONTHS[month - 1], y=year)
        return Condition(f"YEAR({left}) = {year} AND MONTH({left}) = {month}", text)
    if draw < 0.6:
        text = vary(random, "{d} (after|since) {v}", d=done, v=value)
        return Condition(f"{left} {'>=' if 'since' in text else '>'} '{value}'", text)
    if draw < 0.72:
        return Condition(f"{left} < '{value}'", vary(random, "{d} before {v}", d=done, v=value))
    if draw < 0.82:
        return Condition(f"YEAR({left}) > {year}", vary(random, "{d} after {v}", d=done, v=year))
    if draw < 0.9:
        return Condition(f"YEAR({left}) < {year}", vary(random, "{d} before {v}", d=done, v=year))
    if draw < 0.95:
        return Condition(f"MONTH({left}) = {month}", vary(random, "{d} in {m}", d=done, m=_MONTHS[month - 1]))
    return Condition(
        f"{left} LIKE '{value}%'" if len(value) > 10 else f"{left} = '{value}'",
        vary(random, "{d} on {v}", d=done, v=value),
    )


def _by_parent(scene: Scene, table: Table) -> Condition | None:
    """Rows that refer to a row with some value."""
    random = scene.random
    _, parent = random.choice(scene.parents(table))
    shown = scene.shown(parent)[0]
    if random.random() < 0.6 and shown.kind == "text" and scene.values(parent, shown):
        value = random.choice(scene.values(parent, shown))
        noun, said = scene.noun(parent, plural=False), _say(scene, value)
        text = vary(
            random,
            "(of|for|from|in|by|with|belonging to|at) (the|) ({n} {v}|{v}|{v} {n}|{n} named {v}|{n} called {v})",
            n=noun,
            v=said,
        )
        return Condition(f"{ref(parent, shown)} = {quote(value)}", text)
    inner = own_condition(scene, parent)
    if inner is None:
        return None
    text = vary(
        random,
        "(of|for|from|in|by|that belong to|linked to|whose {n} is|at) {p} {t}",
        n=scene.noun(parent, plural=False),
        p=scene.noun(parent),
        t=inner.text,
    )
    return Condition(inner.sql, text, inner.many)


def _by_child(scene: Scene, table: Table) -> Condition | None:
    """Rows that some row with a value refers to."""
    _, child = scene.random.choice(scene.children(table))
    inner = own_condition(scene, child)
    if inner is None:
        return None
    text = vary(
        scene.random,
        "(with|that have|who have|having|that had|that made|with at least one of the) {n} {t}",
        n=scene.noun(child),
        t=inner.text,
    )
    return Condition(inner.sql, text, many=True)
