"""What is wrong with a setting, in words for who wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_REASONS = {
    "extra_forbidden": "unknown key",
    "missing": "it must be there",
    "int_parsing": "it must be a whole number",
    "int_type": "it must be a whole number",
    "int_from_float": "it must be a whole number",
    "float_parsing": "it must be a number",
    "float_type": "it must be a number",
    "bool_parsing": "it must be true or false",
    "bool_type": "it must be true or false",
    "string_type": "it must be a text in quotes",
    "dict_type": "it must be a table",
    "model_type": "it must be a table",
    "list_type": "it must be a list",
    "greater_than": "it must be more than {gt:g}",
    "greater_than_equal": "it must be at least {ge:g}",
    "less_than": "it must be less than {lt:g}",
    "less_than_equal": "it must be at most {le:g}",
    "literal_error": "it must be {expected}",
}


def say_reason(error: ErrorDetails) -> str:
    """Why a value does not do; what is not listed is said as the check says it.

    >>> say_reason({"type": "int_parsing", "loc": ("k",), "msg": "…", "input": "many"})
    'it must be a whole number'
    >>> say_reason({"type": "value_error", "loc": ("k",), "msg": "Value error, No such day", "input": 1})
    'no such day'
    """
    known = _REASONS.get(error["type"])
    message = error["msg"].removeprefix("Value error, ")
    return known.format(**error.get("ctx", {})) if known else message[:1].lower() + message[1:]
