"""Databases with questions: those that were written, and Spider's without the ones that are held out."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from sqloop_trainer.benchmarks.spider import HELD_OUT
from sqloop_trainer.tuning.execution import run_query
from sqloop_trainer.tuning.scenarios import Scenario, Turn, spider_scenarios, written_scenarios

TABLE = {
    "name": "city",
    "words": "city",
    "columns": [
        {"name": "id", "words": "id", "type": "number"},
        {"name": "nm", "words": "name", "type": "text"},
    ],
    "primary_key": ["id"],
}
DUMP = (
    "CREATE TABLE city (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO city VALUES (1, 'Ulm'), (2, 'Bath');"
)
KEPT = Path(__file__).parents[2] / "benchmarks" / "held_out"
MEASURED = KEPT.parent / "questions"
COUNT, NAMES = "SELECT COUNT(*) FROM city", "SELECT name FROM city"


@pytest.fixture
def spider(tmp_path: Path) -> Path:
    """Two training schemas among all that are held out."""
    names = ("towns", *HELD_OUT, "villages")
    schemas = [{"db_id": name, "tables": [TABLE], "foreign_keys": []} for name in names]
    questions = [
        {
            "db_id": name,
            "question": f"How many {name}?",
            "question_synonyms": f"Number of {name}?",
            "sql": COUNT,
        }
        for name in names
    ]
    folder = tmp_path / "spider"
    folder.mkdir()
    for file, lines in (("schemas", schemas), ("train", questions)):
        with gzip.open(folder / f"{file}.jsonl.gz", "wt", encoding="utf-8") as out:
            out.writelines(json.dumps(line) + "\n" for line in lines)
    return folder


def test_what_is_held_out_of_spider_never_gets_in(spider: Path, tmp_path: Path) -> None:
    found = list(spider_scenarios(spider, tmp_path, seed=0))
    assert [each.name for each in found] == ["towns", "villages"]
    said = [each.wordings for scenario in found for each in scenario.askings]
    assert said == [("How many towns?", "Number of towns?"), ("How many villages?", "Number of villages?")]
    assert not any(name in text for name in HELD_OUT for wordings in said for text in wordings)


def test_gold_sql_of_spider_has_an_answer_on_made_rows(spider: Path, tmp_path: Path) -> None:
    for scenario in spider_scenarios(spider, tmp_path, seed=0):
        outcome = run_query(str(scenario.path), scenario.askings[0].sql)
        assert outcome.status == "ok"
        assert outcome.rows != ((0,),)


def test_a_written_scenario_is_its_dump_with_all_wordings(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "towns.sql.gz", "wt", encoding="utf-8") as out:
        out.write(DUMP)
    for name, rows in (
        ("towns.jsonl", [("How many?", COUNT), ("Which?", NAMES)]),
        ("towns.para.jsonl", [("The number?", COUNT)]),
    ):
        lines = (json.dumps({"question": question, "sql": sql}) + "\n" for question, sql in rows)
        (tmp_path / name).write_text("".join(lines), encoding="utf-8")
    turns = [{"ask": "Which?", "sql": NAMES}, {"ask": "how many is that?", "sql": COUNT}]
    (tmp_path / "towns.dialogues.jsonl").write_text(json.dumps({"turns": turns}) + "\n", encoding="utf-8")
    said = {"sql": COUNT, "duckdb": "SELECT COUNT(*) FROM main.city"}
    (tmp_path / "towns.dialects.jsonl").write_text(json.dumps(said) + "\n", encoding="utf-8")
    for _ in range(2):  # What a run before has left is made anew.
        (scenario,) = written_scenarios(tmp_path, tmp_path)
    assert [(each.wordings, each.sql) for each in scenario.askings] == [
        (("How many?", "The number?"), COUNT),
        (("Which?",), NAMES),
    ]
    told = (Turn("Which?", NAMES), Turn("how many is that?", COUNT, {"duckdb": said["duckdb"]}))
    assert scenario.dialogues == (told,)
    assert [*scenario.sqls()] == [COUNT, NAMES, NAMES, COUNT]
    assert run_query(str(scenario.path), NAMES).rows == (("Ulm",), ("Bath",))
    assert scenario.schema.table("city") is not None


def test_no_scenario_that_was_written_bears_the_name_of_a_held_out_schema(scenarios: list[Scenario]) -> None:
    assert not {each.name for each in scenarios} & set(HELD_OUT)
    assert len({each.name for each in scenarios}) == len(scenarios)


def test_each_turn_that_was_written_has_an_answer_of_its_own(scenarios: list[Scenario]) -> None:
    dialogues = [(each, turns) for each in scenarios for turns in each.dialogues]
    assert len(dialogues) > 380
    for scenario, turns in dialogues:
        answers = [run_query(str(scenario.path), turn.sql) for turn in turns]
        assert all(answer.status == "ok" for answer in answers), [turn.sql for turn in turns]
        assert len({turn.sql for turn in turns}) == len(turns)


def test_no_dialogue_that_is_measured_is_learned_from(scenarios: list[Scenario]) -> None:
    texts = [path.read_text(encoding="utf-8") for path in MEASURED.glob("dialogues*.jsonl")]
    dialogues = [json.loads(line)["turns"] for text in texts for line in text.splitlines()]
    kept = {tuple(turn["ask"] for turn in turns) for turns in dialogues}
    assert len(kept) >= 200
    assert kept.isdisjoint(
        tuple(turn.ask for turn in turns) for each in scenarios for turns in each.dialogues
    )


def test_what_is_kept_to_measure_is_not_learned_from(scenarios: list[Scenario], tmp_path: Path) -> None:
    kept = list(written_scenarios(KEPT, tmp_path))
    assert len(kept) == 8
    assert not {each.name for each in kept} & {each.name for each in scenarios}
    learned = {wording for each in scenarios for asking in each.askings for wording in asking.wordings}
    for scenario in kept:
        for asking in scenario.askings:
            assert learned.isdisjoint(asking.wordings)
            outcome = run_query(str(scenario.path), asking.sql)
            assert outcome.status == "ok"
            assert outcome.rows
