"""Rows by whom they belong to: ``the medals of Ann``, ``how many red cars did Ann buy``.

Questions about one named row are mostly questions about what refers to it, often through other tables.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqloop.database.schema import Table
from sqloop.database.words import split_name, stem
from sqloop_trainer.synthesis.conditions.filters import own_condition
from sqloop_trainer.synthesis.conditions.text import say
from sqloop_trainer.synthesis.scene import IDLE_WORDS, Scene, quote, ref


@dataclass(frozen=True)
class Owned:
    """Rows of ``table`` that belong to a row called ``name``.

    ``kind`` is a value that stands before the noun ("silver"), or empty; ``text`` stands behind it.
    """

    table: Table
    owner: Table
    name: str
    kind: str
    text: str
    sql: str


def draw_owned(scene: Scene, table: Table | None = None) -> Owned | None:
    """A table with something that it belongs to, at any distance; None where there is none."""
    table = table or scene.table()
    owners = [
        each
        for each in scene.ancestors(table)
        if scene.shown(each)[0].kind == "text" and not scene.is_detail(table, each)
    ]
    if not owners:
        return None
    # A name that many rows have names no row: an athlete does, "Singles" of a thousand matches does not.
    (owner,) = scene.random.choices(owners, [scene.uniqueness(each, scene.shown(each)[0]) for each in owners])
    column = scene.shown(owner)[0]
    names = [value for value in scene.values(owner, column) if isinstance(value, str)]
    if not names:
        return None
    name = scene.random.choice(names)
    kinds, kind = draw_kind(scene, table, owner)
    parts, text = [f"{ref(owner, column)} = {quote(name)}", *kinds], ""
    named = any(
        part.startswith(f'"{each.name}".') for part in kinds for each in _between(scene, table, owner)
    )
    if not named and scene.random.random() < 0.3 and (found := _narrow(scene, table, owner)):
        parts.append(found[0])
        text = found[1]
    said = name.lower() if scene.random.random() < 0.15 else name
    return Owned(table, owner, said, kind, text, " AND ".join(parts))


def draw_kind(scene: Scene, table: Table, owner: Table) -> tuple[list[str], str]:
    """Conditions whose words stand before the noun: ``silver``, ``World Cup``, ``World Cup silver``."""
    parts, words = [], []
    if scene.random.random() < 0.2 and (found := _draw_name(scene, _between(scene, table, owner))):
        middle, value = found
        parts.append(f"{ref(middle, scene.shown(middle)[0])} = {quote(value)}")
        words.append(say(scene, value))
    categories = [each for each in scene.categories(table) if each.kind == "text"]
    if categories and scene.random.random() < 0.5:
        chosen = scene.random.choice(categories)
        value = str(scene.random.choice(scene.values(table, chosen)))
        parts.append(f"{ref(table, chosen)} = {quote(value)}")
        words.append(say(scene, before_noun(scene, table, value)))
    if scene.random.random() < 3 * IDLE_WORDS:
        words.insert(0, scene.idle())
    return parts, " ".join(words)


def _between(scene: Scene, table: Table, owner: Table) -> list[Table]:
    """What lies on the way from the rows to their owner."""
    return [each for each in scene.ancestors(table) if each is not owner and owner in scene.ancestors(each)]


def _draw_name(scene: Scene, tables: list[Table]) -> tuple[Table, str] | None:
    """A row of one of ``tables`` by its name."""
    if not tables:
        return None
    table = scene.random.choice(tables)
    values = [value for value in scene.values(table, scene.shown(table)[0]) if isinstance(value, str)]
    return (table, scene.random.choice(values)) if values else None


def before_noun(scene: Scene, table: Table, value: str | int | float) -> str | int | float:
    """A value as it stands before what rows are called: "gold" of MedalGold, where rows are medals."""
    words, noun = split_name(str(value)), stem(scene.noun(table, plural=False))
    left = [word for word in words if stem(word) != noun]
    spelled = len(left) < len(words) or (len(words) > 1 and " " not in str(value))
    return " ".join(left) if left and spelled else value


def _narrow(scene: Scene, table: Table, owner: Table) -> tuple[str, str] | None:
    """A condition on the rows or on what lies between them and their owner, and its words."""
    between = _between(scene, table, owner)
    if scene.random.random() < 0.6 and (found := _draw_name(scene, between)):
        middle, value = found
        lead = scene.one_of(("in the ", "in ", "at the ", "of ", "for ", "from the "))
        noun = scene.one_of(("", "", f" {scene.noun(middle, plural=False)}"))
        sql, text = f"{ref(middle, scene.shown(middle)[0])} = {quote(value)}", f"{say(scene, value)}{noun}"
        others = [each for each in between if each is not middle]
        if scene.random.random() < 0.4 and (more := _draw_name(scene, others)):
            sql += f" AND {ref(more[0], scene.shown(more[0])[0])} = {quote(more[1])}"
            text += f"{scene.one_of((' ', ' ', ' in ', ' of the '))}{say(scene, more[1])}"
        return sql, f"{lead}{text}"
    condition = own_condition(scene, table)
    if condition is None or " OR " in condition.sql:
        return None
    return condition.sql, condition.text
