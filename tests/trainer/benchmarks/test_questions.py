"""Files of written questions: what is read, and the one clear line for what is not."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from sqloop.database.connect import Database, connect
from sqloop.errors import SettingsError
from sqloop_trainer.benchmarks.questions import questions_suite, read_written


@pytest.fixture
def towns(tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "towns.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE town (name TEXT, people INTEGER)")
        connection.execute("INSERT INTO town VALUES ('Ulm', 128000), ('Bath', 94000)")
    connection.close()
    with connect(f"sqlite:///{path}") as database:
        yield database


def write(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(map(json.dumps, rows)) + "\n\n", encoding="utf-8")
    return path


def test_sql_is_run_for_its_answer(tmp_path: Path, towns: Database) -> None:
    file = write(
        tmp_path / "q.jsonl", {"question": "largest?", "sql": "SELECT name FROM town ORDER BY people DESC"}
    )
    (item,) = questions_suite(file, towns).items
    assert item.gold[0].rows == (("Ulm",), ("Bath",))
    assert item.ordered


def test_sql_may_be_given_by_dialect(tmp_path: Path, towns: Database) -> None:
    sql = {"sqlite": "SELECT 1 + 1", "postgres": "SELECT 1 + 2"}
    file = write(tmp_path / "q.jsonl", {"question": "?", "sql": sql})
    assert [item.gold[0].rows for item in questions_suite(file, towns).items] == [((2,),)]
    assert [row.sql for row in read_written(file, "postgres")] == ["SELECT 1 + 2"]
    with pytest.raises(
        SettingsError, match=r"q\.jsonl:1: there is no sql for duckdb, only for sqlite, postgres"
    ):
        read_written(file, "duckdb")


@pytest.mark.parametrize(
    ("answer", "rows"),
    [
        ([["Ulm", 128000], ["Bath", 94000]], (("Ulm", 128000), ("Bath", 94000))),
        (["Ulm", "Bath"], (("Ulm",), ("Bath",))),
        (2, ((2,),)),
        ([], ()),
    ],
)
def test_answers_as_rows_values_or_one_value(
    tmp_path: Path, towns: Database, answer: object, rows: tuple[object, ...]
) -> None:
    (item,) = questions_suite(write(tmp_path / "q.jsonl", {"question": "?", "answer": answer}), towns).items
    assert item.gold[0].rows == rows
    assert not item.ordered


def test_gold_that_judges_nothing_is_skipped_and_counted(tmp_path: Path, towns: Database) -> None:
    gold = ["SELECT nothing FROM town", "SELECT name FROM town WHERE people < 0", "SELECT COUNT(*) FROM town"]
    suite = questions_suite(
        write(tmp_path / "q.jsonl", *({"question": "?", "sql": sql} for sql in gold)), towns
    )
    assert [item.gold_sql for item in suite.items] == ["SELECT COUNT(*) FROM town"]
    assert suite.skipped == 2


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ("[1]", "object with a question"),
        ('{"question": "?"}', "either sql or answer"),
        ('{"question": "?", "answer": [[1, 2], [3]]}', "differ in length"),
        ('{"question": "?", "answer": {"a": 1}}', "not dict"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(f'{{"question": "?", "answer": 1}}\n{line}\n', encoding="utf-8")
    with pytest.raises(SettingsError, match=f"q.jsonl:2: .*{reason}"):
        read_written(path, "sqlite")


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_written(tmp_path / "none.jsonl", "sqlite")
