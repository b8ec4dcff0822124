"""Questions that say which columns their answer has: "... - show name, price and supplier".

People who know their tables end a question so, whatever it asks for. Any draft that lists columns can be told
more exactly; where nothing is grouped it may have more of them then, in another order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqloop.database.schema import Column, Table
from sqloop_trainer.synthesis.clauses import AGGREGATES, listed
from sqloop_trainer.synthesis.drafts import Draft
from sqloop_trainer.synthesis.scene import Role, Scene, ref
from sqloop_trainer.synthesis.wording import vary

SHARE = 0.12
"""Of the questions that can be told more exactly."""

_MOST = 4
_LIST = re.compile(r"SELECT (.+?)(?= FROM | WHERE | GROUP BY | HAVING | ORDER BY | LIMIT |$)")
_COLUMN = re.compile(r'"([^"]+)"\.(?:"([^"]+)"\.)?"([^"]+)"')
_OTHER_QUERIES = re.compile(r"\(SELECT|\b(?:UNION|INTERSECT|EXCEPT)\b")
_TELL = (
    "({q} - {c}|{q} - (show|list|give) {c}|{q} : {c}|{q} , (show|with|list) {c}|"
    "{q}. (Show|Give|List|Return|Include) (me |)(the |){c}|{q}? (Show|Give|List|Return) (me |)(the |){c}|"
    "{q}? {C}|{q}. {C}|{q}. (Columns|Fields) : {c}|{q}. (I only need|I need|I want|I would like|I'd like|"
    "Just) (the |){c}|{q} - (only|just) {c}|{q}, {c} (only|please|)|{q} {open}{c}{close})"
)


@dataclass(frozen=True)
class _Item:
    """One of what SELECT lists: a plain column of ``table``, behind a key where there is a ``role``."""

    sql: str
    table: Table | None = None
    column: Column | None = None
    role: Role | None = None


def tell_columns(scene: Scene, draft: Draft) -> Draft:
    """``draft`` with its columns named, or as it is where that cannot be said."""
    found = _LIST.match(draft.sql)
    if found is None or _OTHER_QUERIES.search(draft.sql):
        return draft
    read = [_read(scene, each) for each in found[1].split(", ")]
    items = [each for each in read if each]
    if len(items) < len(read) or not items[0].column:
        return draft
    if all(each.column for each in items) and " GROUP BY " not in draft.sql:
        items = _more(scene, items)
    elif len(items) == 1:
        return draft
    sql = "SELECT " + ", ".join(each.sql for each in items) + draft.sql[found.end() :]
    columns = _say(scene, items)
    question = vary(
        scene.random,
        _TELL,
        q=draft.text.rstrip(" .?"),
        c=columns,
        C=columns[0].upper() + columns[1:],
        open="(",
        close=")",
    )
    return Draft(sql, question)


def _read(scene: Scene, sql: str) -> _Item | None:
    """None for what has no words."""
    plain = _COLUMN.fullmatch(sql)
    if plain is None:
        known = sql == "COUNT(*)" or re.fullmatch(rf"({'|'.join(AGGREGATES)})\({_COLUMN.pattern}\)", sql)
        return _Item(sql) if known else None
    table, role = scene.schema.table(plain[1]), None
    if table and plain[2]:
        role = next((each for each in scene.roles(table) if each.column == plain[2]), None)
        if role is None:
            return None
    owner = role.table if role else table
    column = owner.column(plain[3]) if owner else None
    return _Item(sql, owner, column, role) if column else None


def _more(scene: Scene, items: list[_Item]) -> list[_Item]:
    """Up to `_MOST` columns: these and others of the same rows and of what they refer to."""
    taken = {each.sql for each in items}
    tables = list(dict.fromkeys(each.table for each in items if each.table and not each.role))
    wider = [
        *tables,
        *(up for table in tables for _, up in scene.parents(table) if scene.random.random() < 0.4),
    ]
    free = [
        _Item(ref(table, column), table, column)
        for table in dict.fromkeys(wider)
        for column in scene.plain(table)
        if ref(table, column) not in taken
    ]
    room = max(0, min(_MOST - len(items), len(free), scene.random.choice((0, 1, 1, 2, 2, 3))))
    found = [*items, *scene.random.sample(free, room)]
    if scene.random.random() < 0.4:
        scene.random.shuffle(found)
    return found


def _say(scene: Scene, items: list[_Item]) -> str:
    """The names of the columns; whose they are where they are of several tables."""
    several = len({(each.table, each.role) for each in items if each.table}) > 1
    return listed(_shorten([_phrase(scene, each, several) for each in items]))


def _phrase(scene: Scene, item: _Item, several: bool) -> str:
    if item.table is None or item.column is None:
        if item.sql == "COUNT(*)":
            return scene.one_of(("count", "number", "how many", "how many there are"))
        name, inner = item.sql.rstrip(")").split("(")
        read = _read(scene, inner)
        words = vary(scene.random, AGGREGATES[name])
        return f"{words} {_phrase(scene, read, several)}" if read else words
    phrase = scene.phrase(item.table, item.column)
    owner = item.role.noun if item.role else scene.noun(item.table, plural=False)
    if not item.role and not (several and scene.random.random() < 0.7):
        return phrase
    return vary(scene.random, "({o} {p}|{o} {p}|the {o}'s {p}|{p} of the {o})", o=owner, p=phrase)


def _shorten(phrases: list[str]) -> list[str]:
    """
    >>> _shorten(["first name", "last name", "price"])
    ['first and last name', 'price']
    """
    for i in range(len(phrases) - 1):
        one, two = phrases[i].split(" "), phrases[i + 1].split(" ")
        if len(one) == len(two) and one[-1:] == two[-1:] and len(one) > 1 and one[:-2] == two[:-2]:
            both = " ".join((*one[:-1], "and", *two[-2:]))
            return [*phrases[:i], both, *phrases[i + 2 :]]
    return phrases
