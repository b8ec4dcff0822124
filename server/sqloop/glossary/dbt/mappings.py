"""Values out of YAML that may be of any shape: what has another one than it should counts as not there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Given = Mapping[str, Any]


def mappings(data: Given, key: str) -> list[Given]:
    """The mappings of a list."""
    found = data.get(key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def mapping(data: Given, key: str) -> Given:
    """A mapping, or an empty one."""
    found = data.get(key)
    return found if isinstance(found, dict) else {}


def text(data: Given, key: str) -> str:
    """A text or number as text, without blanks around it."""
    found = data.get(key)
    return str(found).strip() if isinstance(found, str | int | float) else ""


def named(data: Given, key: str) -> Given:
    """A mapping with a name, which may be given by its name alone.

    >>> named({"numerator": "revenue"}, "numerator")
    {'name': 'revenue'}
    """
    found = data.get(key)
    return found if isinstance(found, dict) else {"name": found}


def is_enabled(data: Given, key: str = "config") -> bool:
    """Whether ``enabled`` is not false there; a bare false is one as well."""
    return data.get(key) is not False and mapping(data, key).get("enabled") is not False
