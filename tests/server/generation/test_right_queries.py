"""Mending leaves the answers of right queries as they are: written to find where it does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.blind import run_script
from sqloop.database.answers import same_answer
from sqloop.database.connect import connect
from sqloop.generation.prompts.forms import Asked
from sqloop.generation.prompts.hub_forms import find_form
from sqloop.linking.question import link_question

RIGHT = Path(__file__).parents[2] / "benchmarks" / "right"
ROWS = [json.loads(line) for line in (RIGHT / "queries.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", sorted({row["database"] for row in ROWS}))
def test_right_query_stays_right(tmp_path: Path, name: str) -> None:
    run_script(RIGHT / f"{name}.sql.gz", tmp_path / "right.sqlite")
    form = find_form("chat")
    with connect(f"sqlite:///{tmp_path / 'right.sqlite'}") as database:
        schema, values = database.renew(), database.values()
        for row in (row for row in ROWS if row["database"] == name):
            asked = Asked(link_question(row["question"], schema, values, (), form.room))
            mended = form.to_sql(f"```sql\n{row['sql']}\n```", asked)
            wanted, given = database.execute(row["sql"]), database.execute(mended)
            ordered = "ORDER BY" in row["sql"].upper()
            assert same_answer(given, wanted, ordered), (row["question"], row["sql"], mended)
