"""From the type that a database writes to the kind that questions care about."""

from __future__ import annotations

import re
from functools import lru_cache

from sqloop.database.schema import Kind

_KINDS: tuple[tuple[str, Kind], ...] = (
    (r"bool|^tinyint\(1\)|^bit(\(1\))?$", "boolean"),
    (r"^(date|datetime|timestamp)", "date"),
    (r"interval|point|polygon|geometry|blob|binary|json|^time|vector|linestring", "other"),
    (r"int|dec|\bnum|float|double|real|year|serial|money|^bit|^fixed", "number"),
    (r"char|text|clob|enum|^set|string|uuid|inet", "text"),
)


@lru_cache(maxsize=4096)
def kind_of(type_: str) -> Kind:
    """The kind of a column by its declared type; "other" where the type says nothing.

    >>> [kind_of(type_) for type_ in ("INTEGER", "enum('a')", "datetime", "tinyint(1)", "BLOB", "")]
    ['number', 'text', 'date', 'boolean', 'other', 'other']
    """
    lowered = type_.strip().lower()
    return next((kind for pattern, kind in _KINDS if re.search(pattern, lowered)), "other")
