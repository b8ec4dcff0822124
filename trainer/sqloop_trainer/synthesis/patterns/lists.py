"""Questions that list rows: some of their columns, their names, what they refer to, their order."""

from __future__ import annotations

from sqloop.database.schema import Column, Table
from sqloop_trainer.synthesis.clauses import LEAD, draw_filter, from_table, items, listed
from sqloop_trainer.synthesis.drafts import Draft
from sqloop_trainer.synthesis.scene import Scene, ref
from sqloop_trainer.synthesis.wording import vary

_COLUMNS = (
    f"({LEAD} (the|) {{c}} (of|for) (all|the|each|every|) {{n}} {{t}}|{{n}} {{t}} : {{c}}|"
    f"what (is|are) the {{c}} of (the|) {{n}} {{t}}|{LEAD} (all|the|) {{n}} {{t}} with their {{c}}|"
    "for (each|all) {n} {t} , (show|what is) (the|) {c})"
)
_DIFFERENT_COLUMNS = (
    f"({LEAD} (the|all) {{d}} {{c}} of {{n}} {{t}}|what {{d}} {{c}} do {{n}} {{t}} have|"
    "which {d} {c} (are there|exist) for {n} {t})"
).replace("{d}", "(different|distinct|unique)")
_EVERYTHING = (
    "(show|give me|list|what is|find) (all|) (the|) "
    "(information|details|everything|all columns|data) (about|of|on) {n} {t}"
)
_ROWS = (
    f"{LEAD} (all|the|all the|) {{n}} {{t}}|which {{n}} (are|) {{t}}|what {{n}} (are|) {{t}}|{{n}} {{t}}|"
    f"{LEAD} (the|) names of (all|the|) {{n}} {{t}}"
)
_PEOPLE = "|who are the {n} {t}|who {t}"
_RELATED = (
    f"({LEAD} (the|) {{c}} (of|for) (all|the|each|) {{n}} {{t}}|"
    f"{LEAD} (all|the|) {{n}} {{t}} with (their|the) {{c}})"
)
_OF_PARENT = "({n} {c}|{c} of the {n}|{c} of their {n})"
_SORTED_ROWS = f"({LEAD} (the|) {{s}} of (all|the|) {{n}} {{t}}|{LEAD} (all|the|) {{n}} {{t}})"
_SORTED_COLUMNS = f"{LEAD} (the|) {{s}} of (all|the|) {{n}} {{t}}"
_UP = {
    "text": "(alphabetically by {c}|in alphabetical order of {c}|by {c})",
    "date": "(by {c}|by {c}, oldest first|in (order|chronological order) of {c}|from oldest to newest {c})",
    "number": "(by {c}|by {c} (ascending|in ascending order|from lowest to highest)|"
    "in (ascending|increasing) order of {c})",
}
_DOWN = {
    "text": "(in (reverse alphabetical|descending alphabetical) order of {c}|by {c} from z to a)",
    "date": "(by {c}, (newest|latest|most recent) first|from newest to oldest {c}|by descending {c})",
    "number": "(by {c} (descending|in descending order|from highest to lowest|from high to low)|"
    "in (descending|decreasing) order of {c})",
}


def list_columns(scene: Scene) -> Draft | None:
    """``show the name and price of products ...``."""
    table = scene.table()
    plain, where = scene.plain(table), draw_filter(scene, table, many=True)
    if where is None or not plain:
        return None
    columns = scene.random.sample(plain, min(len(plain), scene.random.choice((1, 1, 2, 2, 3))))
    different = len(columns) == 1 and not where.many and scene.random.random() < 0.2
    question = vary(
        scene.random,
        _DIFFERENT_COLUMNS if different else _COLUMNS,
        c=listed([scene.phrase(table, column) for column in columns]),
        n=scene.noun(table),
        t=where.text,
    )
    distinct = "DISTINCT " if different or where.many else ""
    return Draft(f"SELECT {distinct}{items(table, columns)}{where.sql}", question)


def list_rows(scene: Scene) -> Draft | None:
    """``which customers ...``: names stand for rows."""
    table = scene.table()
    where = draw_filter(scene, table, least=1, many=True)
    if where is None:
        return None
    noun = scene.noun(table)
    if scene.random.random() < 0.12 and not where.many:
        question = vary(scene.random, _EVERYTHING, n=noun, t=where.text)
        return Draft(f"SELECT *{from_table(table)}{where.sql}", question)
    template = f"({_ROWS}{_PEOPLE if scene.is_people(table) else ''})"
    distinct = "DISTINCT " if where.many else ""
    return Draft(
        f"SELECT {distinct}{items(table, scene.shown(table))}{where.sql}",
        vary(scene.random, template, n=noun, t=where.text),
    )


def list_related(scene: Scene) -> Draft | None:
    """Columns of a table beside a column of the one it refers to."""
    table = scene.table()
    if not scene.parents(table):
        return None
    _, parent = scene.random.choice(scene.parents(table))
    if scene.random.random() < 0.25:
        parent = scene.random.choice(scene.ancestors(table))
    plain, other, where = scene.plain(table), scene.plain(parent), draw_filter(scene, table)
    if not plain or not other or where is None:
        return None
    mine = scene.random.sample(plain, scene.random.choice((0, 1, 1)) or (0 if where.sql else 1))
    column = scene.random.choice(other)
    noun = scene.noun(parent, plural=False)
    theirs = vary(scene.random, _OF_PARENT, n=noun, c=scene.phrase(parent, column))
    if column in scene.shown(parent) and scene.random.random() < 0.5:
        theirs = noun
    names = listed([scene.phrase(table, each) for each in mine] + [theirs])
    columns = ", ".join([ref(table, each) for each in mine] + [ref(parent, column)])
    return Draft(
        f"SELECT {columns}{'' if mine else from_table(table)}{where.sql}",
        vary(scene.random, _RELATED, c=names, n=scene.noun(table), t=where.text),
    )


def ordered(scene: Scene) -> Draft | None:
    """Rows in order of a column."""
    table = scene.table()
    columns = scene.of_kind(table, "number", "date", "text")
    where = draw_filter(scene, table)
    if not columns or where is None:
        return None
    column, plain = scene.random.choice(columns), scene.plain(table)
    names = scene.shown(table)
    shown = scene.random.sample(plain, min(2, len(plain))) if scene.random.random() < 0.3 else names
    down = scene.random.random() < 0.45
    template = _SORTED_ROWS if shown == names else _SORTED_COLUMNS
    question = vary(
        scene.random,
        f"{template} (sorted|ordered|listed|arranged|) {_order(scene, table, column, column in shown, down)}",
        s=listed([scene.phrase(table, each) for each in shown]),
        n=scene.noun(table),
        t=where.text,
        c=scene.phrase(table, column),
    )
    order = f"ORDER BY {ref(table, column)}{' DESC' if down else ''}"
    return Draft(f"SELECT {items(table, shown)}{where.sql} {order}", question)


def _order(scene: Scene, table: Table, column: Column, is_shown: bool, down: bool) -> str:
    """How an order is said; the column need not be named where the words say which it is."""
    if column.kind == "text" and is_shown and scene.random.random() < 0.4:
        return "from z to a" if down else "(in alphabetical order|alphabetically|from a to z)"
    known = scene.degrees(table, column)
    if known and scene.random.random() < 0.5:
        return f"({known.down if down else known.up})"
    return (_DOWN if down else _UP)[column.kind]
