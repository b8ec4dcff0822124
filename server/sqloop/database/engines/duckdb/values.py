"""The values of DuckDB's driver as plain ones; see `sqloop.database.outcome.Value`."""

from __future__ import annotations

import datetime
import decimal
import json
from collections.abc import Iterable, Iterator
from typing import Any

from sqloop.database.decimals import Decimal
from sqloop.database.outcome import Value
from sqloop.database.rows import Row

_PLAIN = (int, float, str, bytes, type(None))


def plain_rows(rows: Iterable[tuple[Any, ...]]) -> Iterator[Row]:
    """Each row with plain values."""
    for row in rows:
        yield tuple([value if type(value) in _PLAIN else _plain(value) for value in row])


def _plain(value: Any) -> Value:
    match value:
        case bool():
            return value
        case decimal.Decimal():
            return int(value) if value.as_tuple().exponent == 0 else Decimal(format(value, "f"))
        case datetime.datetime():
            return value.isoformat(" ")
        case datetime.date() | datetime.time():
            return value.isoformat()
        case dict() | list() | tuple():
            return json.dumps(_nested(value), ensure_ascii=False)
        case bytearray() | memoryview():
            return bytes(value)
    return str(value)


def _nested(value: Any) -> Any:
    """A list, struct or map as JSON has it."""
    if isinstance(value, dict):
        return {str(_nested(key)): _nested(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_nested(each) for each in value]
    plain = value if isinstance(value, _PLAIN) else _plain(value)
    return plain.hex() if isinstance(plain, bytes) else plain
