"""Hostile statements by families: what does harm, times where it is put, times how it is written.

`attacks.txt` is what people thought of, one by one; here the same ideas meet each other. A statement is
``greedy`` where it only reads but takes what it can get of time and memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from . import hostile_elsewhere as elsewhere
from .hostile_families import (
    AFTER_QUERIES,
    AROUND_PRAGMAS,
    AROUND_SETTINGS,
    AROUND_WRITES,
    CALLS,
    PLACES,
    PRAGMAS,
    QUERIES,
    REFUSED_BY_NAME,
    SETTINGS,
    SPELLINGS,
    WRITES,
    WRITES_OF,
)


@dataclass(frozen=True)
class Statement:
    """``greedy`` ones may run, and end in time; of all others none may run."""

    sql: str
    greedy: bool = False


def hostile_statements(dialect: str, folder: Path) -> list[Statement]:
    """All for one engine, each once; files that they write go to ``folder``."""
    texts = [_read(sql).replace("{folder}", str(folder)) for sql in _texts(dialect)]
    greedy = (Statement(sql, greedy=True) for sql in _greedy(dialect))
    return list(dict.fromkeys([*map(Statement, texts), *greedy]))


def _texts(dialect: str) -> Iterator[str]:
    for around, write in product(
        _lines(AROUND_WRITES), _lines(WRITES + (WRITES_OF | elsewhere.WRITES_OF)[dialect])
    ):
        yield around.replace("{0}", write)
    for (number, place), call in product(enumerate(_lines(PLACES)), _calls(dialect)):
        name, _, rest = call.partition("(")
        spellings = (SPELLINGS | elsewhere.SPELLINGS)[dialect]
        spelling = spellings[(number + len(name)) % len(spellings)]
        yield place.replace("{0}", spelling.replace("{0}", name).replace("{1}", rest[:-1]))
    if dialect == "sqlite":
        for around, name in product(_lines(AROUND_PRAGMAS), PRAGMAS):
            yield around.replace("{0}", name)
    elif dialect in elsewhere.SETTINGS:
        for around, name in product(_lines(elsewhere.AROUND_SETTINGS), elsewhere.SETTINGS[dialect]):
            yield around.replace("{0}", name)
        if dialect == "duckdb":
            for around, name in product(_lines(elsewhere.AROUND_FILES), elsewhere.FILES):
                yield around.replace("{0}", name)
    else:
        for around, name in product(_lines(AROUND_SETTINGS), SETTINGS):
            yield around.replace("{0}", name)
        for query, after in product(_lines(QUERIES), _lines(AFTER_QUERIES)):
            yield f"{query} {after}"


def fatal_statements() -> list[Statement]:
    """For MariaDB, what no wall but the first may meet."""
    calls = [call.replace("{{", "{").replace("}}", "}") for call in _lines(REFUSED_BY_NAME)]
    return [Statement(place.replace("{0}", call)) for place, call in product(_lines(PLACES), calls)]


def snared_statements() -> list[Statement]:
    """For PostgreSQL, what reaches functions of the database that only its catalogue tells of."""
    snared = product(_lines(PLACES), _lines(elsewhere.CAUGHT))
    return [Statement(place.replace("{0}", caught)) for place, caught in snared]


def _calls(dialect: str) -> list[str]:
    return _lines((CALLS | elsewhere.CALLS)[dialect])


def _greedy(dialect: str) -> Iterator[str]:
    if dialect in elsewhere.GREEDY:
        for place, greedy in product(_lines(PLACES), _lines(elsewhere.GREEDY[dialect])):
            yield place.replace("{0}", greedy)
        return
    endless = (
        "(WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n > 0) SELECT COUNT(*) FROM r)"
    )
    many = ", ".join(f"items i{number}" for number in range(24))
    joined = f"(SELECT COUNT(*) FROM {many})"
    large = {
        "sqlite": "hex(zeroblob(4000000))",
        "mysql": "(SELECT GROUP_CONCAT(a.name) FROM customers a, customers b, customers c, customers d)",
    }[dialect]
    inputs = [endless, joined, *_long_calls(dialect, large)]
    for place, greedy in product(_lines(PLACES), inputs):
        yield place.replace("{0}", greedy)


def _long_calls(dialect: str, large: str) -> list[str]:
    if dialect == "mysql":
        return [f"LENGTH(CONCAT({large}, {large}))", f"REGEXP_INSTR({large}, '(a|aa)+$')"]
    return [
        f"({large} LIKE '%{'0' * 900}1')",
        f"instr({large}, hex(zeroblob(125000)) || '1')",
        f"length(replace({large}, '0', {large}))",
        f"length(printf('%9000000s', {large}))",
        f"length({' || '.join([large] * 40)})",
        f"(SELECT count(*) FROM json_each('[' || replace({large}, '0', '0,') || '0]'))",
    ]


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]


def _read(line: str) -> str:
    """With the escapes of `attacks.txt`."""
    for escape, meant in (("\\\\g", "\\g"), ("\\n", "\n"), ("\\u0000", "\0"), ("\\u000b", "\v")):
        line = line.replace(escape, meant)
    for code in ("ufeff", "u200b", "uff1b", "u00a0"):
        line = line.replace(f"\\{code}", chr(int(code[1:], 16)))
    return line
