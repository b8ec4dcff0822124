"""`trainer evaluate temptabqa-c`: what is asked of whom, what is counted, what is printed.

The model of the whole command is a real OpenAI-compatible server that recites SQL.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from model_server import ToldModel
from sqloop.database.connect import Database
from sqloop.database.outcome import Limits
from sqloop.errors import ModelError
from sqloop_trainer.benchmarks.temptabqa import Question
from sqloop_trainer.benchmarks.temptabqa_databases import open_world
from sqloop_trainer.benchmarks.temptabqa_evaluate import (
    Marked,
    average,
    mark_questions,
    sample_questions,
    score,
)
from sqloop_trainer.benchmarks.temptabqa_report import TemptabqaReport
from trainer.benchmarks.temptabqa_folder import BO_FIRST, COUNT, FORMATS, write_folder
from trainer.recited import Recited

JOINED = (
    "FROM Medal JOIN Format ON Format.format_id = Medal.format_id "
    "JOIN Tournament ON Tournament.tournament_id = Format.tournament_id "
    "JOIN Athlete ON Athlete.athlete_id = Tournament.athlete_id"
)
GOLDS = f"SELECT COUNT(*) {JOINED} WHERE Athlete.name = 'Ann Bee' AND Medal.type = 'MedalGold'"
RIGHT_FORMATS = f"SELECT DISTINCT Format.name {JOINED} WHERE Athlete.name = 'Ann Bee'"
DUMP = f"SELECT Format.name, Medal.year {JOINED}"
BROKEN = "SELECT nothing FROM Athlete"
RECITED = {COUNT: GOLDS, FORMATS: DUMP, BO_FIRST: BROKEN}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return write_folder(tmp_path / "data")


@pytest.fixture
def database(folder: Path) -> Iterator[Database]:
    with open_world(folder, "original", Limits()) as database:
        yield database


def mark(database: Database, answer: str, *texts: str, k: int = 1) -> Marked:
    assistant = Recited(database, {"?": list(texts)})
    (marked,) = mark_questions("original", [Question("?", answer, 1)], assistant, k)
    return marked


def test_what_is_missing_and_what_is_extra(database: Database) -> None:
    right = mark(database, "Singles , 4x100 m, mixed, Singles, Team", RIGHT_FORMATS)
    dumped = mark(database, "Team", DUMP)
    half = mark(database, "Singles, Doubles", RIGHT_FORMATS)
    broken = mark(database, "3", BROKEN)
    assert (right.greedy.ems, right.greedy.exact) == (True, True)
    assert (dumped.greedy.ems, dumped.greedy.exact) == (True, False)
    assert (half.greedy.ems, half.greedy.rems) == (False, 0.5)
    assert (broken.greedy.status, broken.greedy.rems) == ("error", 0.0)
    assert "nothing" in broken.greedy.reason
    assert score([right, dumped, half, broken]) == {
        "n": 4,
        "error_rate": 25.0,
        "ems": 50.0,
        "rems": 62.5,
        "exact": 25.0,
    }


def test_an_answer_that_was_cut_off_is_not_exact(folder: Path) -> None:
    with open_world(folder, "original", Limits(rows=1)) as database:
        marked = mark(database, "Singles", RIGHT_FORMATS)
    assert (marked.greedy.ems, marked.greedy.exact) == (True, False)


def test_ranking_mends_what_greedy_got_wrong(database: Database) -> None:
    scores = score([mark(database, "3", BROKEN, GOLDS, k=2)])
    assert (scores["error_rate"], scores["exact"]) == (100.0, 0.0)
    assert (scores["error_rate_ranked"], scores["exact_ranked"]) == (0.0, 100.0)


def test_a_question_that_the_model_cannot_take_is_an_error(database: Database) -> None:
    questions = [Question("?", "3", 1), Question("long", "3", 1)]
    marked = mark_questions("original", questions, Recited(database, {"?": [GOLDS]}), 1)
    assert [each.greedy.reason for each in marked] == ["", "The prompt is too long."]
    with pytest.raises(ModelError, match="No question could be asked"):
        mark_questions("original", questions, Recited(database, {}), 1)


def test_a_sample_is_the_same_for_the_same_seed() -> None:
    questions = [Question(str(number), "", 1) for number in range(50)]
    once, again, other = (sample_questions(questions, 10, seed) for seed in (1, 1, 2))
    assert once == again != other
    assert len(set(once)) == 10
    assert once == sorted(once, key=questions.index)
    assert sample_questions(questions, 99, 1) == questions


def test_splits_count_the_same_in_the_average(database: Database) -> None:
    found, missed = mark(database, "3", GOLDS), mark(database, "4", GOLDS)
    mean = average([score([found]), score([found, missed, missed])])
    assert mean["n"] == 4
    assert mean["ems"] == pytest.approx((100 + 100 / 3) / 2)


def test_templates_are_scored_over_all_splits(database: Database) -> None:
    assistant = Recited(database, {COUNT: [GOLDS]})
    marked = [
        each
        for split, answer, template in (("easy", "3", 13), ("hard", "4", 13), ("hard", "3", 78))
        for each in mark_questions(split, [Question(COUNT, answer, template)], assistant, 1)
    ]
    report = TemptabqaReport(tuple(marked), frozenset([COUNT]))
    assert {key: (each["n"], each["ems"]) for key, each in report.templates().items()} == {
        13: (2, 50.0),
        78: (1, 100.0),
    }
    assert {key: each["ems"] for key, each in report.splits().items()} == {"easy": 100.0, "hard": 50.0}


@pytest.fixture
def model() -> Iterator[str]:
    server = ToldModel(RECITED)
    yield server.url
    server.close()


def evaluate(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sqloop_trainer", "evaluate", "temptabqa-c", *map(str, arguments)]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SQLOOP_")}
    return subprocess.run(command, capture_output=True, text=True, env=kept, check=False)


def test_the_command_scores_a_split(model: str, folder: Path, tmp_path: Path) -> None:
    details = tmp_path / "details.jsonl"
    options = ("--data", folder, "--split", "original", "--model", model, "-k", 2)
    ran = evaluate(*options, "--json", "--details", details)
    assert ran.returncode == 0, ran.stderr
    scores = json.loads(ran.stdout)
    assert scores == {
        "n": 3,
        "in_train": 1,
        "error_rate": 33.33,
        "ems": 66.67,
        "rems": 66.67,
        "exact": 33.33,
        "error_rate_ranked": 33.33,
        "ems_ranked": 66.67,
        "rems_ranked": 66.67,
        "exact_ranked": 33.33,
        "splits": {"original": scores["splits"]["original"]},
        "templates": {key: scores["templates"][key] for key in ("3", "13", "78")},
    }
    first, *_ = map(json.loads, details.read_text().splitlines())
    dumped = DUMP.partition(" JOIN Tournament")[0]  # what nothing is taken from is left out
    assert (first["question"], first["greedy"]["sql"], first["greedy"]["exact"]) == (FORMATS, dumped, False)


def test_the_counterfactual_split_is_asked_on_a_world_of_its_own(model: str, folder: Path) -> None:
    options = ("--data", folder, "--model", model, "-k", 1, "--json", "--split")
    answers = {split: json.loads(evaluate(*options, split).stdout) for split in ("train", "counterfactual")}
    # The same question and the same SQL: three gold medals in one world, none in the other.
    assert answers["counterfactual"]["exact"] == 100.0
    assert answers["train"]["exact"] == 100.0


def test_people_read_a_table(model: str, folder: Path) -> None:
    ran = evaluate("--data", folder, "--split", "original", "--model", model, "-k", 1)
    assert "| original | 3 |        1 |       33.3 | 66.7 | 66.7 |  33.3 |" in ran.stdout
    assert f"| 13: {COUNT[:20]}" in ran.stdout
    assert "word for word" in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--data", "none"], 2, "Original.tsv cannot be read"),
        (["--data", "FOLDER", "--split", "nosuch"], 2, "no split 'nosuch'"),
        (["--data", "FOLDER", "--split", "train", "--db", "sqlite:///x.db"], 2, "--db names a MariaDB"),
        (
            ["--data", "FOLDER", "--split", "train", "--db", "mysql+pymysql://a@127.0.0.1:1/b"],
            3,
            "No database",
        ),
        (["--data", "FOLDER", "--split", "train", "--limit", "0"], 2, "--limit"),
        (["--data", "FOLDER", "--every", "5"], 2, "--every is for spider"),
        (["--data", "FOLDER", "--skip", "2"], 2, "--skip is for spider"),
    ],
)
def test_what_is_wrong_is_one_line(
    folder: Path, model: str, arguments: list[str], code: int, message: str
) -> None:
    ran = evaluate("--model", model, *(each.replace("FOLDER", str(folder)) for each in arguments))
    assert (ran.returncode, ran.stdout) == (code, "")
    assert message in ran.stderr
    assert ran.stderr.count("\n") == 1
