"""Between the values of `sqloop.lsp.protocol` and JSON: camelCase, strict types, errors naming the field."""

from __future__ import annotations

import dataclasses
import types
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from sqloop.lsp.protocol import Options

T = TypeVar("T")


class WireError(ValueError):
    """What came does not have the form that the protocol says; names the field."""


def to_wire(value: object) -> Any:
    """``value`` as JSON can hold it; passwords and all, so never for a log.

    >>> from sqloop.lsp.protocol import RunParams
    >>> to_wire(RunParams("SELECT 1"))["workDoneToken"] is None
    True
    """
    if dataclasses.is_dataclass(value):
        return {camel(each.name): to_wire(getattr(value, each.name)) for each in dataclasses.fields(value)}
    if isinstance(value, list | tuple):
        return [to_wire(each) for each in value]
    if isinstance(value, dict):
        return {key: to_wire(each) for key, each in value.items()}
    return value


def from_wire(kind: type[T], data: object) -> T:
    """``data`` as a ``kind`` of `sqloop.lsp.protocol`. Raises WireError.

    >>> from sqloop.lsp.protocol import SchemaParams
    >>> from_wire(SchemaParams, {"table": "customer", "unknown": 1})
    SchemaParams(table='customer', refresh=False)
    """
    return cast(T, _read(kind, {} if data is None else data, ""))


def read_options(given: object) -> tuple[Options, str]:
    """The client's options; when they are malformed the defaults, and what is wrong with them."""
    try:
        return from_wire(Options, given), ""
    except WireError as error:
        return Options(), f"initializationOptions: {error}"


def camel(name: str) -> str:
    """A name of Python as JSON spells it.

    >>> camel("row_count")
    'rowCount'
    """
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)


def _read(kind: Any, data: object, where: str) -> object:
    origin, arguments = get_origin(kind), get_args(kind)
    if dataclasses.is_dataclass(kind):
        return _read_object(cast(type, kind), data, where)
    if origin in (Union, types.UnionType):
        return _read_any_of(arguments, data, where)
    if origin is Literal:
        if data in arguments:
            return data
        raise WireError(f"{_at(where)}one of {', '.join(map(str, arguments))} is expected.")
    if origin is tuple and isinstance(data, list):
        return tuple(_read(arguments[0], each, f"{where}[{n}]") for n, each in enumerate(data))
    if origin is dict and isinstance(data, dict):
        return {str(key): _read(arguments[1], each, f"{where}.{key}") for key, each in data.items()}
    if kind is float and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    # bool is an int in Python, not in JSON.
    if origin is None and isinstance(data, kind) and (kind is bool) == isinstance(data, bool):
        return data
    raise WireError(f"{_at(where)}{_name(kind)} is expected, not {_name(type(data))}.")


def _read_object(kind: type, data: object, where: str) -> object:
    if not isinstance(data, dict):
        raise WireError(f"{_at(where)}an object is expected, not {_name(type(data))}.")
    given: dict[str, object] = {}
    for each, hint in _fields(kind):
        name = camel(each.name)
        inner = f"{where}.{name}" if where else name
        if name in data:
            given[each.name] = _read(hint, data[name], inner)
        elif each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING:
            raise WireError(f"{inner} is missing.")
    return kind(**given)


def _read_any_of(kinds: tuple[Any, ...], data: object, where: str) -> object:
    if type(data) in kinds:  # a cell, most often: pages have many
        return data
    for kind in kinds:
        try:
            return _read(kind, data, where)
        except WireError:
            continue
    names = " or ".join(_name(kind) for kind in kinds)
    raise WireError(f"{_at(where)}{names} is expected, not {_name(type(data))}.")


@cache
def _fields(kind: type) -> tuple[tuple[dataclasses.Field[Any], Any], ...]:
    hints = get_type_hints(kind)
    return tuple((each, hints[each.name]) for each in dataclasses.fields(kind))


_NAMES = {
    str: "a text",
    int: "an integer",
    float: "a number",
    bool: "true or false",
    types.NoneType: "null",
    list: "an array",
    dict: "an object",
}


def _name(kind: Any) -> str:
    origin = get_origin(kind)
    return _NAMES.get(kind) or {tuple: "an array", dict: "an object"}.get(origin, "an object")


def _at(where: str) -> str:
    return f"{where}: " if where else ""
