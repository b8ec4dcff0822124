"""Which column is meant by a name that a table does not have, and which one holds names of its rows."""

from __future__ import annotations

import re
from collections.abc import Collection

from sqloop import english
from sqloop.database.schema import Column, Table
from sqloop.database.words import identifier_stems

_NAMES = re.compile(r"(?:name|nm|title|label)$", re.IGNORECASE)
_DESCRIPTIONS = re.compile(r"(?:de?scr?(?:iption)?)$", re.IGNORECASE)
_OF_ANYTHING = frozenset(identifier_stems("full_display"))
"""What stands before the name of a thing and is none."""


def name_column(table: Table, keys: Collection[str]) -> Column | None:
    """The one column of what the rows of a table with these ``keys`` are called; None for none or several.

    The table or a key stands before the name at most: `depot_name`, `full_name`, `ZNM`, not `manager_name`.

    >>> depot = Table("depot", (Column("id", "", "number"), Column("depot_name", "", "text")), ("id",))
    >>> name_column(depot, ("id",)).name
    'depot_name'
    """
    texts = [each for each in table.columns if each.kind == "text" and each.name not in table.primary_key]
    for pattern in (_NAMES, _DESCRIPTIONS):
        if found := [(each, end) for each in texts if (end := pattern.search(each.name))]:
            name, end = found[0]
            return name if len(found) == 1 and _is_own(name.name, end, (table.name, *keys)) else None
    return None


def _is_own(name: str, found: re.Match[str], called: Collection[str]) -> bool:
    *before, _ = identifier_stems(name)
    if before and _OF_ANYTHING.union(*map(identifier_stems, called)).issuperset(before):
        return True
    return any(each.lower().startswith(name[: found.start()].rstrip("_").lower()) for each in called)


def nearest_column(name: str, table: Table) -> str | None:
    """The one column of ``table`` that ``name`` can mean; None where there is none, or several.

    It has the same letters (``launchedon``) or words (``department_name`` for ``DEPT_NAME``), differs by a
    number (``q03_smokes`` for ``q02_smokes``), refers to a column of that name, or shares a word that says
    something with it, as no other does.

    >>> from sqloop.database.schema import Column
    >>> names = ("prod_title", "launched_on", "price")
    >>> product = Table("product", tuple(Column(each, "", "text") for each in names))
    >>> [nearest_column(each, product) for each in ("product_title", "launch_date", "launchedon", "stock")]
    ['prod_title', 'launched_on', 'launched_on', None]
    """
    alike = [column.name for column in table.columns if spelled_alike(column.name, name)]
    if not alike:
        alike = [column.name for column in table.columns if _differs_by_number(column.name, name)]
    if len(alike) == 1:
        return alike[0]
    own = frozenset(identifier_stems(table.name))
    wanted = _words(name, own)
    words = {column.name: _words(column.name, own) for column in table.columns}
    same = [column for column, each in words.items() if each == wanted]
    if not same:
        same = [
            key.columns[0]
            for key in table.foreign_keys
            if len(key.columns) == 1 and _is_called(key.referred_columns[0], name)
        ]
    if not same and wanted - english.WEAK_COLUMNS:
        shared = {column: len(each & wanted - english.WEAK_COLUMNS) for column, each in words.items()}
        most = max(shared.values(), default=0)
        same = [column for column, count in shared.items() if 0 < count == most]
    return same[0] if len(same) == 1 else None


def spelled_alike(one: str, other: str) -> bool:
    """Whether two names differ in case, in what stands between their words or in number at the most.

    >>> spelled_alike("TAX_RETURN", "TaxReturns"), spelled_alike("orderdate", "order_date")
    (True, True)
    """
    letters = ["".join(filter(str.isalnum, name)).casefold() for name in (one, other)]
    return letters[0] == letters[1] or "".join(identifier_stems(one)) == "".join(identifier_stems(other))


def _differs_by_number(one: str, other: str) -> bool:
    """Whether two names have the same words but for their numbers; a year is not a slip for another."""
    bare = [re.sub(r"\d+", "", name).casefold() for name in (one, other)]
    dated = re.search(r"\d{4}", f"{one} {other}")
    return bare[0] == bare[1] and any(map(str.isalpha, bare[0])) and not dated


def _words(name: str, less: Collection[str]) -> frozenset[str]:
    stems = frozenset(identifier_stems(name))
    return stems - frozenset(less) or stems


def _is_called(column: str, name: str) -> bool:
    return identifier_stems(column) == identifier_stems(name)
