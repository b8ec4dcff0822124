"""Which views call functions that the database defines, and so may do more than read.

A query that names such a function is refused (`calls`); a view that names it would run it all the same, with
the rights of whoever made the view. The server writes definitions in one form: names of its own functions
stand bare before their bracket, those of the database in backticks. A definition that the account may not
see (it lacks SHOW VIEW) is not judged.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Mapping
from threading import Lock
from typing import Any

from sqlglot import exp

from sqloop.database.checking.functions import is_denied
from sqloop.database.checking.parsing import parse_statements

LIFE = 10.0
"""Seconds for which definitions are believed: a thousand take 0.2 s to read."""

_VIEWS = "SELECT TABLE_SCHEMA, TABLE_NAME, VIEW_DEFINITION, DATABASE() FROM information_schema.VIEWS"
_CALL = re.compile(
    r"'(?:[^'\\]|\\.|'')*+'"
    r"|(?P<names>(?:`(?:[^`]|``)*+`\.)?`(?:[^`]|``)*+`)(?P<bracket>\()?"
    r"|(?P<own>[A-Za-z_]\w*)\(",
    re.DOTALL,
)
_NAME = re.compile(r"`((?:[^`]|``)*+)`")

_Place = tuple[str, str]
"""The database and the name of a view, in lower case."""


class Views:
    """The views of one server as this account sees them; may be used from several threads at once."""

    def __init__(self, read: Callable[[str], list[Any]]) -> None:
        """``read`` gives the rows of a query on the catalogue; what it raises is raised here."""
        self._read = read
        self._lock = Lock()
        self._read_at = float("-inf")
        self._calls: Mapping[_Place, frozenset[str]] = {}
        self._own = ""

    def refuse(self, sql: str, named: Collection[str]) -> str | None:
        """Why the views that the query ``sql`` reads are not allowed; the user allows functions ``named``."""
        bad = {place: calls - set(named) for place, calls in self._known().items() if not calls <= set(named)}
        if not bad:
            return None
        for statement in parse_statements(sql, "mysql", simplified=True):
            for table in statement.find_all(exp.Table):
                place = (table.db or self._own).lower(), table.name.lower()
                if place in bad:
                    return f"the view {table.name} calls the function {min(bad[place])}, which is not allowed"
        return None

    def touches(self, sql: str) -> bool:
        """Whether ``sql``, which SQLoop wrote, names a view of this database that calls such functions."""
        quoted = {name.replace("``", "`").lower() for name in _NAME.findall(sql)}
        return bool(quoted) and any(db == self._own and name in quoted for db, name in self._known())

    def _known(self) -> Mapping[_Place, frozenset[str]]:
        """The functions that each of these views calls, itself or through others."""
        with self._lock:
            if time.monotonic() - self._read_at > LIFE:
                rows = self._read(_VIEWS)
                self._own = str(rows[0][3]).lower() if rows else ""
                self._calls = _spread({(db.lower(), name.lower()): text or "" for db, name, text, _ in rows})
                self._read_at = time.monotonic()
            return self._calls


def _spread(definitions: Mapping[_Place, str]) -> dict[_Place, frozenset[str]]:
    """From what each view calls to what it calls through others; those that call nothing are left out."""
    read = {place: read_definition(text) for place, text in definitions.items()}
    calls = {place: called for place, (called, _) in read.items() if called}
    waiting = list(calls)
    readers: dict[_Place, list[_Place]] = {}
    for place, (_, pairs) in read.items():
        for pair in pairs & read.keys():
            readers.setdefault(pair, []).append(place)
    while waiting:
        place = waiting.pop()
        for reader in readers.get(place, ()):
            together = calls.get(reader, frozenset()) | calls[place]
            if together != calls.get(reader):
                calls[reader] = together
                waiting.append(reader)
    return calls


def read_definition(text: str) -> tuple[frozenset[str], frozenset[_Place]]:
    """The functions that a view calls and the pairs of names in it, one of which is each table it reads.

    >>> read_definition("select `f`(`d`.`t`.`a`) AS `x`,concat('`g`(') AS `y` from `d`.`t`")[0]
    frozenset({'f'})
    """
    called, pairs = set(), set()
    for found in _CALL.finditer(text):
        if found["own"] and is_denied(found["own"]):
            called.add(found["own"].lower())
        elif found["names"]:
            names = [name.replace("``", "`").lower() for name in _NAME.findall(found["names"])]
            if found["bracket"]:
                called.add(names[-1])
            elif len(names) == 2:
                pairs.add((names[0], names[1]))
    return frozenset(called), frozenset(pairs)
