"""What of the answer before goes: the column of "leave the breed out", the one town of "that count per town".

A small model writes such a column once more, and holds the groups to the one of before. Works on the syntax
trees of the query before and the one that the model wrote.
"""

from __future__ import annotations

import re

from sqlglot import exp

from sqloop.database.schema import Dialect
from sqloop.database.words import identifier_stems, name_stems, split_text
from sqloop.dialogue.both_trees import groups_of, key_of, own_tables, read_both, write_tree
from sqloop.dialogue.keeping import ADDS
from sqloop.generation.mending.scopes import conjuncts

_GOES = re.compile(
    r"(?:^|[,.;]\s*|\b(?:and|then|now|please)\s+)(?:"
    r"(?:drop|omit|skip|hide|remove|lose|strike|cut|leave\s+(?:out|off)|take\s+(?:out|off|away))\s+(?P<one>[^,.;?!]+)"
    r"|(?:leave|take)\s+(?P<two>[^,.;?!]+?)\s+(?:out|off|away)\b"
    r"|(?P<three>[^,.;]+?)\s+(?:can\s+(?:go|be\s+dropped)(?!\s+(?:up|down|to|as|by)\b)"
    r"|(?:is|are)(?:n['’]t|\s+not)\s+needed)\b"
    r"|no\s+(?P<four>[^,.;]+?)\s+needed\b)",
    re.IGNORECASE,
)
"""What says that a column is to go, which is then looked for among those that are shown."""
_BEHIND = re.compile(r"\s+(?:out|off|away|columns?|please|again)\b.*$", re.IGNORECASE)
_NO_COLUMN = ({"limit"}, {"order"}, {"filter"}, {"condit"}, {"first"}, {"last"}, {"rest"}, {"top"})
"""What else may be taken away from a query."""
_EACH = re.compile(r"\b(?:per|by|each|every|all|separately|apiece|side by side|one by one)\b", re.IGNORECASE)
"""What asks for the figure of every group."""


def drop_shown(sql: str, said: str, before: str, dialect: Dialect) -> str:
    """``sql`` without the one column of ``before`` that is to go by ``said``.

    The same text where there is none such, where something has gone already, or where the column is used for
    more than being shown.

    >>> source = "FROM dogs AS d JOIN breeds AS b ON b.id = d.breed_id"
    >>> before = f"SELECT d.name, b.name, d.kg {source}"
    >>> drop_shown(f"{before} ORDER BY d.kg", "leave the breed out, by weight", before, "sqlite")
    'SELECT d.name, d.kg FROM dogs AS d JOIN breeds AS b ON b.id = d.breed_id ORDER BY d.kg'
    >>> drop_shown(before, "leave out the puppies", before, "sqlite") == before
    True
    """
    goes = _GOES.search(said)
    what = _BEHIND.sub("", next(filter(None, goes.groups()))) if goes else ""
    heard = {word.stem for word in split_text(re.sub(r"^the\s+", "", what, flags=re.IGNORECASE))}
    if not heard or heard in _NO_COLUMN:
        return sql
    both = read_both(sql, before, dialect)
    if both is None:
        return sql
    old, new = both
    only = [table.alias_or_name for table in own_tables(new)]
    tables = {table.alias_or_name.lower(): table.name for table in own_tables(new)}
    shown = [(each, key_of(each.unalias(), only)) for each in new.expressions]
    keys = [key_of(each.unalias(), only) for each in old.expressions]
    named = [key for each, key in zip(old.expressions, keys, strict=True) if heard <= _called(each, tables)]
    if len(named) != 1 or len(shown) < 2 or not set(keys) <= {key for _, key in shown}:
        return sql
    if any(_needs(new, each, only) for each, key in shown if key == named[0]):
        return sql
    new.set("expressions", [each for each, key in shown if key != named[0]])
    return write_tree(new, dialect) or sql


def _needs(tree: exp.Select, shown: exp.Expr, sources: list[str]) -> bool:
    """Whether what is shown is tested, grouped by, counted by its place, or meant by its alias."""
    groups, order, where = groups_of(tree), tree.args.get("order"), tree.args.get("where")
    places = [*groups, *(each.this for each in (order.expressions if order else ()))]
    tested = list(where.find_all(exp.Column)) if where else []
    key = key_of(shown.unalias(), sources)
    used = {each.name.lower() for part in places for each in part.find_all(exp.Column) if not each.table}
    return (
        any(isinstance(each, exp.Literal) for each in places)
        or any(key_of(each, sources) == key for each in (*groups, *tested))
        or shown.alias.lower() in used
        or any(tree.args.get(part) for part in ("having", "distinct"))
        or bool(tree.args.get("group") and not groups)
    )


def _called(shown: exp.Expr, tables: dict[str, str]) -> set[str]:
    """Stems of what a plain column is called, its table among them; none of anything else."""
    column = shown.unalias()
    if not isinstance(column, exp.Column):
        return set()
    table = tables.get(column.table.lower(), "")
    return {
        stem
        for name in (shown.alias, column.name, table)
        for stem in (*name_stems(name), *identifier_stems(name))
    }


def free_groups(sql: str, said: str, before: str, dialect: Dialect) -> str:
    """``sql`` for all groups, where ``before`` was for one of them: "that count per town", of those in Ashby.

    >>> before = "SELECT COUNT(*) FROM skater WHERE town = 'Ashby' AND adult"
    >>> new = "SELECT town, COUNT(*) FROM skater WHERE town = 'Ashby' AND adult GROUP BY town"
    >>> free_groups(new, "that count per town", before, "sqlite")
    'SELECT town, COUNT(*) FROM skater WHERE adult GROUP BY town'
    """
    both = read_both(sql, before, dialect) if _EACH.search(said) and not ADDS.search(said) else None
    if both is None or groups_of(both[0]):
        return sql
    old, new = both
    only = [table.alias_or_name for table in own_tables(new)]
    tables = {table.alias_or_name.lower(): table.name for table in own_tables(new)}
    held = {key_of(each, only) for each in conjuncts(old.args.get("where"))}
    heard = {word.stem for word in split_text(said)}
    groups = {
        key_of(each, only)
        for each in groups_of(new)
        if len(groups_of(new)) == 1 or not heard.isdisjoint(_called(each, tables))
    }
    conditions = conjuncts(new.args.get("where"))
    left = [
        each
        for each in conditions
        if key_of(each, only) not in held or _pinned(each, only) not in groups or _says(said, each)
    ]
    if len(left) == len(conditions):
        return sql
    kept = exp.and_(*(each.copy() for each in left), copy=False) if left else None
    new.set("where", exp.Where(this=kept) if kept else None)
    return write_tree(new, dialect) or sql


def _says(said: str, condition: exp.Expr) -> bool:
    """Whether the value of a condition is said."""
    return condition.expression.name.lower() in said.lower()


def _pinned(condition: exp.Expr, sources: list[str]) -> str:
    """Of what one value is left by ``condition``; nothing where there may be more."""
    fixed = isinstance(condition, exp.EQ) and isinstance(condition.expression, exp.Literal)
    return key_of(condition.this, sources) if fixed else ""
