"""Dates as other databases write them: what a model writes so runs on DuckDB all the same."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlglot

from sqloop.database.connect import connect
from sqloop.database.schema import Column, Dialect, Schema, Table
from sqloop.generation.mending.habits import mend_habits
from sqloop.generation.prompts.hub_forms import extract_query
from sqloop.generation.prompts.shown_schema import show_schema


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT COUNT(*) FROM orders WHERE placed LIKE '2024-%'", ((2,),)),
        ("SELECT COUNT(*) FROM orders AS o WHERE o.placed LIKE '2024-02%'", ((1,),)),
        ("SELECT SUBSTR(placed, 1, 7) FROM orders WHERE id = 1", (("2024-01",),)),
        ("SELECT LEFT(placed, 4) FROM orders WHERE id = 1", (("2024",),)),
        ("SELECT DATE_FORMAT(placed, '%Y-%m %H:%i') FROM orders WHERE id = 1", (("2024-01 10:05",),)),
        ("SELECT STRFTIME('%Y-%m', placed) FROM orders WHERE id = 1", (("2024-01",),)),
        ("SELECT YEAR(placed), MONTH(placed) FROM orders WHERE id = 1", ((2024, 1),)),
        ("SELECT \"Left\" FROM orders WHERE note LIKE 'a%'", ((7,),)),
    ],
)
def test_it_runs(tmp_path: Path, sql: str, rows: tuple[object, ...]) -> None:
    (tmp_path / "orders.csv").write_text(
        "id,placed,note,Left\n1,2024-01-05 10:05:00,ab,7\n"
        "2,2024-02-06 11:30:00,b,8\n3,2023-12-31 23:59:59,c,9\n"
    )
    with connect(f"duckdb:///{tmp_path / 'orders.csv'}") as database:
        outcome = database.execute(extract_query(sql, database.schema()))
        assert outcome.rows == rows, outcome.error
        assert '"Left" BIGINT' in show_schema(database.schema())


@pytest.mark.parametrize(
    ("sql", "mended"),
    [
        ("SELECT name, COUNT(*) FROM c GROUP BY id", "SELECT name, COUNT(*) FROM c GROUP BY id, name"),
        ("SELECT a || b, SUM(n) FROM c GROUP BY id", "SELECT a || b, SUM(n) FROM c GROUP BY id, a, b"),
        ("SELECT c.name, COUNT(*) FROM c GROUP BY name", "SELECT c.name, COUNT(*) FROM c GROUP BY name"),
        (
            "SELECT YEAR(d) AS y, COUNT(*) FROM c GROUP BY y",
            "SELECT YEAR(d) AS y, COUNT(*) FROM c GROUP BY y",
        ),
        (
            "SELECT YEAR(d), COUNT(*) FROM c GROUP BY YEAR(d)",
            "SELECT YEAR(d), COUNT(*) FROM c GROUP BY YEAR(d)",
        ),
        (
            "SELECT STRFTIME(DATE_TRUNC('MONTH', d), '%Y'), SUM(n) FROM c GROUP BY DATE_TRUNC('MONTH', d)",
            "SELECT STRFTIME(DATE_TRUNC('MONTH', d), '%Y'), SUM(n) FROM c GROUP BY DATE_TRUNC('MONTH', d)",
        ),
        ("SELECT name, COUNT(*) FROM c GROUP BY 1", "SELECT name, COUNT(*) FROM c GROUP BY 1"),
        ("SELECT SUM(a) / b FROM c GROUP BY id", "SELECT SUM(a) / b FROM c GROUP BY id"),
    ],
)
@pytest.mark.parametrize("dialect", ["postgres", "duckdb"])
def test_what_is_shown_of_a_group_is_grouped_by(sql: str, mended: str, dialect: Dialect) -> None:
    tree = sqlglot.parse_one(sql)
    mend_habits(tree, Schema(dialect, ()))
    assert tree.sql() == mended


TICKETS = Table("tickets", (Column("open", "boolean", "boolean"), Column("nr", "integer", "number")))


@pytest.mark.parametrize(
    ("dialect", "mended"),
    [
        ("postgres", "open = TRUE AND NOT open IN (FALSE) AND nr = 1"),
        ("duckdb", "open = 1 AND NOT open IN (0) AND nr = 1"),
    ],
)
def test_postgresql_compares_truths_with_truths(dialect: Dialect, mended: str) -> None:
    sql = "SELECT nr FROM tickets WHERE open = 1 AND open NOT IN (0) AND nr = 1"
    assert extract_query(sql, Schema(dialect, (TICKETS,))).endswith(f"WHERE {mended}")


@pytest.mark.parametrize(
    ("sql", "mended"),
    [
        ("SELECT nr FROM tickets WHERE open = 1", "SELECT nr FROM tickets WHERE open = TRUE"),
        ("SELECT t.nr FROM tickets AS t WHERE t.open = 1",
         "SELECT t.nr FROM tickets AS t WHERE t.open = TRUE"),
        ("SELECT id FROM doors WHERE open = 1", "SELECT id FROM doors WHERE open = 1"),
        ("SELECT SUM(open), AVG(open) FROM tickets",
         "SELECT SUM(CAST(open AS INT)), AVG(CAST(open AS INT)) FROM tickets"),
        ("SELECT SUM(open) FROM doors", "SELECT SUM(open) FROM doors"),
    ],
)  # fmt: skip
def test_a_truth_is_known_by_its_table(sql: str, mended: str) -> None:
    doors = Table("doors", (Column("id", "integer", "number"), Column("open", "integer", "number")))
    assert extract_query(sql, Schema("postgres", (TICKETS, doors))) == mended


def test_what_is_sqlites_own_is_translated_for_mariadb() -> None:
    placed = Column("placed", "datetime", "date")
    schema = Schema("mysql", (Table("orders", (placed,)),))
    sql = "SELECT COUNT(*) FROM orders WHERE STRFTIME('%Y', placed) = '2023'"
    assert extract_query(sql, schema) == "SELECT COUNT(*) FROM orders WHERE YEAR(placed) = 2023"
    assert extract_query("SELECT DATE_FORMAT(placed, '%i') FROM orders", schema).startswith(
        "SELECT DATE_FORMAT("
    )


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT id FROM berths WHERE facilities = 'crane'", ((1,),)),
        ("SELECT id FROM berths AS b WHERE b.facilities LIKE '%SHORE%' ORDER BY id", ((1,), (2,))),
        ("SELECT id FROM berths WHERE 'crane' = ANY(facilities)", ((1,),)),
    ],
)
def test_a_list_is_looked_into(tmp_path: Path, sql: str, rows: tuple[object, ...]) -> None:
    lists = '[{"id": 1, "facilities": ["crane", "shore power"]}, {"id": 2, "facilities": ["shore power"]}]'
    (tmp_path / "berths.json").write_text(lists)
    with connect(f"duckdb:///{tmp_path / 'berths.json'}") as database:
        outcome = database.execute(extract_query(sql, database.schema(), "sqlite"))
    assert outcome.rows == rows, outcome.error


PORT = Schema(
    "postgres",
    (
        Table(
            "traffic.calls",
            (
                Column("call_id", "integer", "number"),
                Column("due", "date", "date"),
                Column("left_on", "date", "date"),
                Column("left_at", "timestamp", "date"),
                Column("flags", "text[]", "other"),
            ),
        ),
    ),
)


@pytest.mark.parametrize(
    ("sql", "written"),
    [
        (
            "SELECT call_id FROM calls WHERE flags = 'late'",
            "SELECT call_id FROM traffic.calls WHERE 'late' = ANY(flags)",
        ),
        (
            "SELECT c.c.call_id FROM calls AS c",
            "SELECT c.call_id FROM traffic.calls AS c",
        ),
        (
            "SELECT JULIANDAY((SELECT MIN(due) FROM calls WHERE call_id > 3)) "
            "- JULIANDAY(left_on) FROM calls",
            "SELECT (SELECT MIN(due) FROM traffic.calls WHERE call_id > 3) - left_on FROM traffic.calls",
        ),
        (
            "SELECT JULIANDAY(left_at) - JULIANDAY(due) FROM calls",
            "SELECT EXTRACT(EPOCH FROM (left_at - due)) / 86400 FROM traffic.calls",
        ),
    ],
)
def test_what_is_written_for_sqlite_runs_on_postgres(sql: str, written: str) -> None:
    assert extract_query(sql, PORT, "sqlite") == written
