"""Laying out changes blanks and the case of keywords, and nothing that a blank would change."""

from __future__ import annotations

import pytest

from sqloop.database.schema import Dialect
from sqloop.lsp.text.layout import lay_out

KEPT: list[tuple[Dialect, str]] = [
    ("postgres", "a ->> 'x'"),
    ("postgres", "a #>> '{b}'"),
    ("postgres", "b::int"),
    ("postgres", "(c)::text[]"),
    ("postgres", "a <@ b AND c @> d"),
    ("postgres", "c !~* 'x'"),
    ("postgres", "e <-> f < 3"),
    ("postgres", "a[1:2]"),
    ("postgres", "a IS NOT DISTINCT FROM b"),
    ("duckdb", "a // b"),
    ("duckdb", "a ** 2"),
    ("duckdb", "list[1]"),
    ("duckdb", "{'a': 1}"),
    ("duckdb", "f(x => 1)"),
    ("duckdb", "a << 2"),
    ("mysql", "@@session.x"),
    ("mysql", "a && b"),
    ("mysql", "!a"),
    ("mysql", "_utf8'x'"),
    ("mysql", "x'00'"),
    ("mysql", "c = %s"),
    ("mysql", "a = @p"),
    ("sqlite", "a = :n"),
    ("sqlite", "a = ?1"),
    ("sqlite", "1e-5 * 2"),
    ("sqlite", "a = -1"),
]


@pytest.mark.parametrize(("dialect", "text"), KEPT)
def test_what_is_one_stays_one(dialect: Dialect, text: str) -> None:
    assert lay_out(f"select {text} from t", dialect) == f"SELECT {text}\nFROM t"


@pytest.mark.parametrize(
    ("dialect", "written", "laid"),
    [
        ("sqlite", "a=-1", "a = -1"),
        ("sqlite", "a=:n", "a = :n"),
        ("sqlite", "a%2", "a % 2"),
        ("mysql", "a=%s", "a = %s"),
        ("mysql", "@v:=1", "@v := 1"),
        ("postgres", "a->>'x'", "a ->> 'x'"),
        ("sqlite", "a in(1,2)", "a IN (1, 2)"),
    ],
)
def test_operators_stand_apart(dialect: Dialect, written: str, laid: str) -> None:
    assert lay_out(f"select {written} from t", dialect) == f"SELECT {laid}\nFROM t"


@pytest.mark.parametrize("text", ["%(name)s", "U&'d'"])
def test_what_reads_two_ways_is_left_alone(text: str) -> None:
    assert lay_out(f"select {text} from t", "postgres") == f"select {text} from t"
