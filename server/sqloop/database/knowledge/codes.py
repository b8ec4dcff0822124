"""Tables of codes: one table that says what the codes in many others stand for.

Systems that have grown keep `code (domain, code, text)`, in which ('JOB', 'FS', 'Full set') tells what 'FS'
in `farrier.job` is. No foreign key can say so, and a question says "full set". Such a table is known by its
rows: a pair of texts tells them apart, and a third one is longer. A column has the codes of a domain if all
samples of it are among these, and of no other domain's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise, permutations
from time import perf_counter

from sqloop.database.engine import Engine
from sqloop.database.knowledge.samples import MOST_SAMPLES
from sqloop.database.schema import Column, Table
from sqloop.database.words import fold
from sqloop.errors import DatabaseError

MOST_ROWS = 1_000
"""Rows of a table of codes."""
_MOST_COLUMNS = 8
_MOST_TEXTS = 4
"""Texts of a table among which domain, code and text are looked for."""
_MOST_CODES = 40
"""Codes of one domain; what has more is no list that a person knows."""
_FEWEST = 2
"""Domains of which a table has codes elsewhere, at least."""
_LONGEST_CODE = 12
"""Characters."""
_SECONDS, _ALL_SECONDS = 0.1, 0.3
"""For reading one such table, and all."""

_Codes = dict[str, str]
_Domains = Mapping[str, _Codes]
"""What the codes of each domain stand for."""


def add_meanings(engine: Engine, tables: Sequence[Table]) -> tuple[Table, ...]:
    """The tables, with what their values stand for where a table of codes says it."""
    deadline = perf_counter() + _ALL_SECONDS
    told = list(tables)
    for teller in tables:
        domains = _read_codes(engine, teller, min(_SECONDS, deadline - perf_counter()))
        if not domains:
            continue
        coded = [each if each.name == teller.name else _with_meanings(each, domains) for each in told]
        new = {
            column.meanings
            for each, before in zip(coded, told, strict=True)
            for column, old in zip(each.columns, before.columns, strict=True)
            if column.meanings != old.meanings
        }
        if len(new) >= _FEWEST:  # else it lists things, such as species by their groups
            told = [replace(each, codes=True) if each.name == teller.name else each for each in coded]
    return tuple(told)


def _read_codes(engine: Engine, table: Table, seconds: float) -> _Domains:
    """What a table of codes says; nothing of another table, which its samples tell in most cases."""
    texts = [column for column in table.columns if column.kind == "text" and column.samples]
    few = table.rows is not None and table.rows <= MOST_ROWS
    if seconds <= 0 or table.view or not few or len(texts) < 3 or len(table.columns) > _MOST_COLUMNS:
        return {}
    texts = texts[:_MOST_TEXTS]
    if not any(max(map(len, column.samples)) <= _LONGEST_CODE for column in texts):
        return {}
    names = ", ".join(engine.quote(column.name) for column in texts)
    try:
        rows, _ = engine.read(
            f"SELECT {names} FROM {engine.quote(table.name)} LIMIT {MOST_ROWS + 1}", seconds
        )
    except DatabaseError:
        return {}
    for one, other, text in permutations(range(len(texts)), 3):
        if one < other:
            whole = [(row[one], row[other], row[text]) for row in rows]
            if found := find_domains([tuple(map(str, row)) for row in whole if None not in row]):
                return found
    return {}


def find_domains(rows: Sequence[tuple[str, ...]]) -> _Domains:
    """The domains of rows (domain, code, text) or (code, domain, text); none where they are no such thing.

    >>> sexes = [("SEX", "M", "Mare"), ("SEX", "S", "Stallion")]
    >>> find_domains([*sexes, ("JOB", "TR", "Trim"), ("JOB", "FS", "Full set")])["JOB"]
    {'TR': 'Trim', 'FS': 'Full set'}
    >>> find_domains([("Ann", "Lee", "Leeds"), ("Bob", "Ray", "York")])
    {}
    """
    if not rows or len(rows) > MOST_ROWS or len({row[:2] for row in rows}) < len(rows):
        return {}
    if len({row[0] for row in rows}) > len({row[1] for row in rows}):
        rows = [(row[1], row[0], row[2]) for row in rows]
    domains: dict[str, _Codes] = defaultdict(dict)
    for domain, code, text in rows:
        domains[domain][code] = text
    several = sum(len(codes) > 1 for codes in domains.values())
    short = sum(len(code) < len(text) for _, code, text in rows)
    if len(domains) < 2 or 2 * several <= len(domains) or 4 * short < 3 * len(rows):
        return {}
    return {name: codes for name, codes in domains.items() if len(codes) <= _MOST_CODES}


def _with_meanings(table: Table, domains: _Domains) -> Table:
    keys = {name for key in table.foreign_keys for name in key.columns} | set(table.primary_key)
    columns = tuple(
        column
        if column.name in keys or column.kind != "text" or column.meanings
        else _with_meaning(column, domains)
        for column in table.columns
    )
    return replace(table, columns=columns)


def _with_meaning(column: Column, domains: _Domains) -> Column:
    fitting = dict(_fitting(column, domains))
    named = {name: codes for name, codes in fitting.items() if _calls(name, column.name)}
    chosen = named or {
        name: codes for name, codes in fitting.items() if 2 * len(column.samples) >= len(codes)
    }
    if len(chosen) != 1 or (len(column.samples) < 2 and not named):
        return column
    (codes,) = chosen.values()
    all_seen = len(column.samples) < MOST_SAMPLES
    used = {code: text for code, text in codes.items() if code in column.samples or not all_seen}
    return replace(column, meanings=tuple(used.items()))


def _fitting(column: Column, domains: _Domains) -> Iterator[tuple[str, _Codes]]:
    for name, codes in domains.items():
        if column.samples and all(sample in codes for sample in column.samples):
            yield name, codes


def _calls(domain: str, column: str) -> bool:
    """Whether a domain is called as a column, or one name has the letters of the other in their order.

    >>> _calls("ORDER_STATUS", "status"), _calls("SEX", "sx"), _calls("JOB", "kind")
    (True, True, False)
    """
    names = sorted((_letters(domain), _letters(column)), key=len)
    places = [0]
    for letter in names[0]:
        places.append(names[1].find(letter, places[-1]) + 1)
        if not places[-1]:
            return False
    return len(names[0]) > 1 and all(one < other for one, other in pairwise(places))


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, fold(name)))
