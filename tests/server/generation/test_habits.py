"""Dates as other databases write them: what a model writes so runs on DuckDB all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from sqloop.database.connect import connect
from sqloop.generation.hub_forms import extract_query, show_schema


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
