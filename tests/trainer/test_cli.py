"""`trainer evaluate` as a process: JSON on standard output, one line and an exit code for what is wrong.

The model is a real OpenAI-compatible server, of the least kind: it recites the SQL of the questions that it
knows.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

import pytest

from model_server import ToldModel

KNOWN = {"How many towns?": "SELECT COUNT(*) FROM town", "Largest town?": "SELECT nothing FROM town"}
GOLD = {"How many towns?": "SELECT COUNT(name) FROM town", "Largest town?": "SELECT MAX(people) FROM town"}


@pytest.fixture
def model() -> Iterator[str]:
    server = ToldModel(KNOWN)
    yield server.url
    server.close()


@pytest.fixture
def towns(tmp_path: Path) -> str:
    with sqlite3.connect(tmp_path / "towns.sqlite") as connection:
        connection.execute("CREATE TABLE town (name TEXT, people INTEGER)")
        connection.execute("INSERT INTO town VALUES ('Ulm', 128000), ('Bath', 94000)")
    connection.close()
    return f"sqlite:///{tmp_path / 'towns.sqlite'}"


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    path.write_text("".join(json.dumps({"question": q, "sql": sql}) + "\n" for q, sql in GOLD.items()))
    return path


def trainer(*arguments: object, environment: Mapping[str, str] = {}) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sqloop_trainer", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})


def test_scores_as_json(model: str, towns: str, questions: Path, tmp_path: Path) -> None:
    details = tmp_path / "details.jsonl"
    ran = trainer(
        "evaluate", "questions", "--data", questions, "--db", towns, "--model", model, "-k", 2, "--json",
        "--details", details,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    scores = json.loads(ran.stdout)
    assert scores.pop("seconds_per_question") > 0
    assert scores == {
        "n": 2,
        "skipped": 0,
        "error_rate": 50.0,
        "execution_accuracy": 50.0,
        "error_rate_ranked": 50.0,
        "execution_accuracy_ranked": 50.0,
        "sure": 1,
        "sure_right": 100.0,
    }
    first, second = map(json.loads, details.read_text().splitlines())
    assert first["greedy"] == {"sql": KNOWN["How many towns?"], "status": "ok", "right": True, "reason": ""}
    assert second["ranked"]["status"] == "error"
    assert "nothing" in second["ranked"]["reason"]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["evaluate", "chess", "--data", "x"], 2, "chess"),
        (["evaluate", "questions"], 2, "--data"),
        (["evaluate", "questions", "--data", "none.jsonl", "--db", "TOWNS"], 2, "none.jsonl cannot be read"),
        (
            ["evaluate", "questions", "--data", "none.jsonl", "--db", "sqlite:///none.sqlite"],
            3,
            "none.sqlite",
        ),
        (["evaluate", "spider", "--data", "none"], 2, "No split 'held-out' of spider in none"),
    ],
)
def test_what_is_wrong_is_one_line(
    arguments: list[str], code: int, message: str, towns: str, model: str
) -> None:
    ran = trainer(*(each.replace("TOWNS", towns) for each in arguments), environment={"SQLOOP_MODEL": model})
    assert ran.returncode == code
    assert ran.stdout == ""
    assert message in ran.stderr
    assert ran.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "ends"),
    [(["evaluate", "chess"], 2), (["retrain", "--resume"], 2), (["retrain", "--db", "sample"], 0)],
)
def test_what_can_be_said_without_torch_is_said_before_it_is_loaded(
    arguments: list[str], ends: int, tmp_path: Path
) -> None:
    """Flags, and that there is too little to learn from: torch takes seconds."""
    script = (
        "import sys, sqloop_trainer.cli as c; "
        f"code = c.run({arguments}); sys.exit(100 if 'torch' in sys.modules else code)"
    )
    environment = {**os.environ, "SQLOOP_DATA": str(tmp_path)}
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, cwd=tmp_path, env=environment)
    assert ran.returncode == ends


def test_without_the_libraries_of_training_it_says_which_to_install(tmp_path: Path) -> None:
    script = (
        "import sys; sys.modules['torch'] = None\n"
        "from sqloop_trainer.cli import run\n"
        "sys.exit(run(['bootstrap', '--db', 'sample']))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 2
    assert ran.stderr.startswith(
        "trainer: Training needs torch: pip install '.[train]' where SQLoop's source is."
    )
    assert "pip install torch --index-url https://download.pytorch.org/whl/cpu" in ran.stderr
    assert ran.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["retrain"], ["evaluate"]])
def test_help_has_a_short_form_and_a_closed_output_is_one_line(arguments: list[str]) -> None:
    command = [sys.executable, "-m", "sqloop_trainer", *arguments, "-h"]
    assert subprocess.run(command, capture_output=True, text=True).stdout.startswith("Usage: trainer")
    done = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *command], capture_output=True, text=True)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "Standard output is closed" in done.stderr


def test_the_list_of_commands_is_not_cut_at_80_columns() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "sqloop_trainer", "-h"],
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "80", "TERMINAL_WIDTH": "80"},
    ).stdout
    commands = told.partition("Commands:\n")[2].splitlines()
    assert len(commands) > 2
    assert all(line.endswith(".") and not line.endswith("..") for line in commands), told


def test_the_version_is_that_of_sqloop() -> None:
    told = trainer("--version")
    assert (told.stdout, told.returncode) == (f"trainer {version('sqloop')}\n", 0)
