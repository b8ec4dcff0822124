"""How alike two queries are built: what does not count, what does, and by how much."""

from __future__ import annotations

import pytest

from sqloop_trainer.structure import likeness

JOINED = "SELECT a.name FROM a JOIN b ON b.a_id = a.id"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (JOINED, "select x.NAME from B as y, A as x where X.id = y.A_ID"),
        (JOINED, "SELECT name FROM a JOIN b ON a.id = b.a_id WHERE b.day > '2024' ORDER BY 1 LIMIT 3"),
        ("SELECT a.name FROM a JOIN b ON a.id = b.id", "SELECT a.name FROM a JOIN b USING (id)"),
        (JOINED, "SELECT name FROM a WHERE id IN (SELECT a_id FROM b)"),
        ("SELECT COUNT(*) FROM a", "SELECT COUNT(a.id) AS n FROM a"),
        (
            "SELECT c, MAX(d) FROM a GROUP BY c",
            "WITH a2 AS (SELECT * FROM a) SELECT MAX(d), c FROM a2 GROUP BY c",
        ),
        ("SELECT 1", "SELECT 2"),
    ],
)
def test_how_it_is_written_does_not_count(one: str, other: str) -> None:
    assert likeness(one, other, "sqlite") == likeness(other, one, "sqlite") == 1.0


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("SELECT name FROM a", "SELECT name FROM b", 0),
        ("SELECT name FROM a", JOINED, (2 / 3 + 0) / 2),
        (JOINED, "SELECT a.name FROM a JOIN b ON b.id = a.id", 1 / 2),
        ("SELECT COUNT(*) FROM a", "SELECT COUNT(DISTINCT c) FROM a", 1 / 2),
        ("SELECT SUM(c) FROM a", "SELECT SUM(d) FROM a", 1 / 2),
        ("SELECT c FROM a", "SELECT c FROM a GROUP BY c", 1 / 2),
        ("SELECT p.c FROM a p JOIN a q ON p.id = q.boss", "SELECT c FROM a", (2 / 3 + 0) / 2),
        ("SELECT c FROM", "SELECT c FROM a", 0),
        ("SELECT c FROM a; SELECT 1", "SELECT c FROM a", 0),
        ("(" * 5_000, "SELECT c FROM a", 0),
    ],
)
def test_what_counts(one: str, other: str, alike: float) -> None:
    assert likeness(one, other, "sqlite") == likeness(other, one, "sqlite") == pytest.approx(alike)


def test_the_columns_of_subqueries_are_those_of_their_own_tables() -> None:
    sql = "SELECT name FROM a AS t WHERE EXISTS (SELECT 1 FROM b AS t JOIN c ON c.b_id = t.id)"
    assert (
        likeness(sql, "SELECT name FROM a WHERE EXISTS (SELECT 1 FROM b JOIN c ON b.id = c.b_id)", "sqlite")
        == 1
    )
    correlated = "SELECT name FROM a AS t WHERE EXISTS (SELECT 1 FROM b WHERE b.a_id = t.id)"
    assert likeness(correlated, JOINED, "sqlite") == 1
