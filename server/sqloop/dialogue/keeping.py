"""What of the answer before stays, by what is said: "the lowest price as well", "leave the breed out".

A small model that is told "also" writes what is new and forgets what was there, and one that is told to leave
something out writes it once more. Works on the syntax trees of the query before and the one that the model
wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop.database.checking.parsing import parse_statement, write_statement
from sqloop.database.schema import Dialect
from sqloop.database.words import name_stems, split_text

_ADDS = re.compile(
    r"\b(?:also|as well|too|in addition|additionally|plus|further|alongside)\b"
    r"|^\W*(?:and\s+)?add\b(?!\s+(?:\w+\s+){0,2}up\b)",
    re.IGNORECASE,
)
_CHANGES = re.compile(
    r"\b(?:instead|rather|only|just|not|no|without|drop|leave|remove|switch|swap|replace|but)\b|n't\b",
    re.IGNORECASE,
)
"""What says that something of the answer before is to go."""
_GOES = re.compile(
    r"\b(?:leave|drop|omit|skip|hide|remove|take|lose|strike|cut)\s+(?:out\s+|off\s+|away\s+)?(?:the\s+)?(?P<one>[^,.;?!]+)"
    r"|(?:^|[,.;]\s*)(?:the\s+)?(?P<two>[^,.;]+?)\s+(?:can\s+(?:go|be\s+dropped)|(?:is|are)(?:n['’]t|\s+not)\s+needed)\b"
    r"|(?:^|[,.;]\s*)no\s+(?P<three>[^,.;]+?)\s+needed\b",
    re.IGNORECASE,
)
"""What says that a column is to go, which is then looked for among those that are shown."""
_BEHIND = re.compile(r"\s+(?:out|off|away|columns?|please|again)\b.*$", re.IGNORECASE)
_OTHERWISE = ("with_", "distinct", "windows", "qualify", "laterals")


def keep_shown(sql: str, said: str, before: str, dialect: Dialect) -> str:
    """``sql``, with what ``before`` shows, or is grouped by, and it does not, where ``said`` adds to that.

    The same text where nothing is missing, or the two are not alike enough to tell.

    >>> source = "FROM piece AS p JOIN artist AS a ON a.id = p.artist_id GROUP BY a.kind"
    >>> before = f"SELECT a.kind, AVG(p.price) {source}"
    >>> new = f"SELECT a.kind, MIN(price) {source}"
    >>> keep_shown(new, "the lowest as well", before, "sqlite").partition(" FROM")[0]
    'SELECT a.kind, AVG(p.price), MIN(price)'
    >>> keep_shown(new, "the lowest instead", before, "sqlite") == new
    True
    """
    if not _ADDS.search(said) or _CHANGES.search(said):
        return sql
    try:
        old, new = (parse_statement(each, dialect).copy() for each in (before, sql))
    except SqlglotError:
        return sql
    names = _same_tables(old, new)
    if names is None or not isinstance(old, exp.Select) or not isinstance(new, exp.Select):
        return sql
    _rename(old, names)
    grouped = _missing(_groups(old), _groups(new), new)
    if grouped and not _missing(_groups(new), _groups(old), new):
        return sql  # Other groups than before, and none beside them: another question.
    here = [each.unalias() for each in new.expressions]
    shown = _missing([each.unalias() for each in old.expressions], here, new)
    folded = [
        each for each in shown if each.find(exp.AggFunc) and not any(_replaces(one, each) for one in here)
    ]
    plain = [each for each in shown if not each.find(exp.AggFunc) and (each in grouped or not _groups(new))]
    if not (folded or plain) or (plain and bool(_folds(new)) != bool(_folds(old))):
        return sql
    first = [each for each in new.expressions if not each.find(exp.AggFunc)]
    others = [each for each in new.expressions if each.find(exp.AggFunc)]
    new.set("expressions", [*plain, *first, *folded, *others])
    if grouped:
        new.set("group", exp.Group(expressions=[*grouped, *_groups(new)]))
    return write_statement(new, dialect)


def drop_shown(sql: str, said: str, dialect: Dialect) -> str:
    """``sql`` without the one column that is to go by ``said``; the same text where there is none such.

    >>> sql = "SELECT d.name, b.name, d.kg FROM dogs AS d JOIN breeds AS b ON b.id = d.breed_id"
    >>> drop_shown(sql, "leave the breed out, by name", "sqlite").partition(" FROM")[0]
    'SELECT d.name, d.kg'
    >>> drop_shown(sql, "leave out the puppies", "sqlite") == sql
    True
    """
    goes = _GOES.search(said)
    what = _BEHIND.sub("", next(filter(None, goes.groups()))) if goes else ""
    heard = {word.stem for word in split_text(what)}
    if not heard:
        return sql
    try:
        tree = parse_statement(sql, dialect).copy()
    except SqlglotError:
        return sql
    if not isinstance(tree, exp.Select) or len(tree.expressions) < 2:
        return sql
    tables = {table.alias_or_name.lower(): table.name for table in _tables(tree)}
    named = [each for each in tree.expressions if heard <= _called(each, tables)]
    if len(named) != 1 or any(each == named[0].unalias() for each in _groups(tree)):
        return sql
    tree.set("expressions", [each for each in tree.expressions if each is not named[0]])
    return write_statement(tree, dialect)


def free_groups(sql: str, before: str, dialect: Dialect) -> str:
    """``sql`` for all groups, where ``before`` was for one of them: "that count per town", of those in Ashby.

    >>> before = "SELECT COUNT(*) FROM skater WHERE town = 'Ashby' AND adult"
    >>> new = "SELECT town, COUNT(*) FROM skater WHERE town = 'Ashby' AND adult GROUP BY town"
    >>> free_groups(new, before, "sqlite")
    'SELECT town, COUNT(*) FROM skater WHERE adult GROUP BY town'
    """
    try:
        old, new = (parse_statement(each, dialect).copy() for each in (before, sql))
    except SqlglotError:
        return sql
    names = _same_tables(old, new)
    if names is None or not isinstance(new, exp.Select) or not isinstance(old, exp.Select) or _groups(old):
        return sql
    _rename(old, names)
    only = [table.alias_or_name for table in _tables(new)]
    held = {_key(each, only) for each in _all_of(old)}
    groups = {_key(each, only) for each in _groups(new)}
    left = [each for each in _all_of(new) if not (_key(each, only) in held and _pinned(each, only) in groups)]
    if len(left) == len(_all_of(new)):
        return sql
    kept = exp.and_(*(each.copy() for each in left), copy=False) if left else None
    new.set("where", exp.Where(this=kept) if kept else None)
    return write_statement(new, dialect)


def _all_of(tree: exp.Select) -> list[exp.Expr]:
    """The conditions on rows that all must hold."""
    where = tree.args.get("where")
    if where is None:
        return []
    return list(where.this.flatten()) if isinstance(where.this, exp.And) else [where.this]


def _pinned(condition: exp.Expr, sources: list[str]) -> str:
    """Of what one value is left by ``condition``; nothing where there may be more."""
    fixed = isinstance(condition, exp.EQ) and isinstance(condition.expression, exp.Literal)
    return _key(condition.this, sources) if fixed else ""


def _called(shown: exp.Expr, tables: dict[str, str]) -> set[str]:
    """Stems of what a plain column is called, its table among them; none of anything else."""
    column = shown.unalias()
    if not isinstance(column, exp.Column):
        return set()
    table = tables.get(column.table.lower(), "")
    return {stem for name in (shown.alias, column.name, table) for stem in name_stems(name)}


def _same_tables(old: exp.Expr, new: exp.Expr) -> dict[str, str] | None:
    """What the new query calls each source of the old one; None where the two cannot be compared."""
    found = []
    for tree in (old, new):
        plain = isinstance(tree, exp.Select) and not any(tree.args.get(part) for part in _OTHERWISE)
        tables = list(_tables(tree)) if plain else []
        by_name = {table.name.lower(): table.alias_or_name for table in tables}
        if not tables or len(by_name) < len(tables) or tree.find(exp.Subquery):
            return None
        found.append(by_name)
    if not found[0].keys() <= found[1].keys():
        return None
    return {alias.lower(): found[1][name] for name, alias in found[0].items()}


def _tables(tree: exp.Expr) -> Iterator[exp.Table]:
    source = tree.args.get("from_")
    for each in [source, *(tree.args.get("joins") or [])]:
        if each is not None and isinstance(each.this, exp.Table):
            yield each.this


def _rename(tree: exp.Expr, names: dict[str, str]) -> None:
    """Write every column with the source that the other query has for it."""
    for column in tree.find_all(exp.Column):
        alias = column.table.lower() or (next(iter(names)) if len(names) == 1 else "")
        if alias in names:
            column.set("table", exp.to_identifier(names[alias]))


def _groups(tree: exp.Expr) -> list[exp.Expr]:
    group = tree.args.get("group")
    return list(group.expressions) if group is not None else []


def _missing(wanted: list[exp.Expr], there: list[exp.Expr], new: exp.Select) -> list[exp.Expr]:
    """Those of ``wanted`` that are not among ``there``, as the sources of ``new`` are called."""
    only = [table.alias_or_name for table in _tables(new)]
    known = {_key(each, only) for each in there}
    return [each.copy() for each in wanted if _key(each, only) not in known]


def _key(node: exp.Expr, sources: list[str]) -> str:
    node = node.copy()
    for column in node.find_all(exp.Column):
        if not column.table and len(sources) == 1:
            column.set("table", exp.to_identifier(sources[0]))
    return node.sql().lower()


def _replaces(new: exp.Expr, old: exp.Expr) -> bool:
    """Whether an aggregate stands for another: a count of other rows, or the sum of more columns."""
    folds = [each.find(exp.AggFunc) for each in (new, old)]
    if folds[0] is None or type(folds[0]) is not type(folds[1]):
        return False
    columns = [{column.name.lower() for column in each.find_all(exp.Column)} for each in (new, old)]
    return isinstance(folds[0], exp.Count) or columns[0] >= columns[1]


def _folds(tree: exp.Select) -> list[exp.Expr]:
    return [each for each in tree.expressions if each.find(exp.AggFunc)]
