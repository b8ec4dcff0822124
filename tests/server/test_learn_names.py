"""`sqloop learn --names`: the model spells out short names, and the next question is asked with them."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from folders import write_store
from model_server import ModelServer
from terminal import Terminal

SCRIPT = """
CREATE TABLE hrs (hrs_id INTEGER PRIMARY KEY, hrs_nm TEXT, sx TEXT);
CREATE TABLE stl (stl_id INTEGER PRIMARY KEY, hrs_id INTEGER REFERENCES hrs (hrs_id), std_fee REAL);
CREATE TABLE cvr (cvr_id INTEGER PRIMARY KEY, stl_id INTEGER REFERENCES stl (stl_id), cvr_dt TEXT);
CREATE TABLE frr (frr_id INTEGER PRIMARY KEY, hrs_id INTEGER REFERENCES hrs (hrs_id));
INSERT INTO hrs VALUES (1, 'Ben', 'M'), (2, 'Sue', 'F');
INSERT INTO stl VALUES (1, 1, 900);
INSERT INTO cvr VALUES (1, 1, '2024-05-01');
"""
SAID = "hrs = Horse\nnm = Name\nsx = Sex\nstl = Stallion\nstd = Stud\ncvr = Covering\nfrr = Farrier\n"
TOLD = {
    "hrs": "horse",
    "hrs.hrs_nm": "horse name",
    "hrs.sx": "sex",
    "stl": "stallion",
    "stl.std_fee": "stud fee",
    "cvr": "covering",
    "cvr.cvr_dt": "covering date",
    "frr": "farrier",
}
ADVICE = "Names such as stl, cvr, frr are short"

Run = Callable[..., "subprocess.CompletedProcess[str]"]


class _Model(ModelServer):
    """Spells names out, and counts horses whatever it is asked."""

    def __init__(self) -> None:
        self.prompts: list[str] = []
        super().__init__()

    def answer(self, prompt: str, body: Mapping[str, Any]) -> Sequence[str]:
        self.prompts.append(prompt)
        return [SAID if "The short forms:" in prompt else "SELECT COUNT(*) FROM hrs"]


@pytest.fixture
def model() -> Iterator[_Model]:
    with closing(_Model()) as model:
        yield model


@pytest.fixture
def told(variables: Mapping[str, str], model: _Model, tmp_path: Path) -> dict[str, str]:
    """The environment of somebody who uses that model on a database of an old system."""
    store = write_store(tmp_path, SCRIPT)
    return {**variables, "SQLOOP_MODEL": model.url, "SQLOOP_DB": f"sqlite:///{store}"}


@pytest.fixture
def run(told: Mapping[str, str], tmp_path: Path) -> Run:
    folder = tmp_path / "work"
    folder.mkdir()

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", "sqloop", *arguments]
        environment = {**told, **more}
        return subprocess.run(
            line, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False
        )

    return run


def test_short_names_are_spelled_out_once_and_shown_to_the_model(
    run: Run, model: _Model, tmp_path: Path
) -> None:
    assert "warn  names" in run("doctor").stdout
    done = run("learn", "--names")
    assert done.returncode == 0, done.stderr
    written = tomllib.loads((tmp_path / "work" / "sqloop.toml").read_text(encoding="utf-8"))
    assert written["descriptions"] == TOLD
    assert [line.split(None, 1) for line in done.stdout.splitlines()] == [list(each) for each in TOLD.items()]
    assert "8 descriptions written to" in done.stderr
    assert 'sqloop learn hrs --means "horse"' in done.stderr
    assert "warn  names" not in run("doctor").stdout
    assert run("ask", "How many?").stdout == "COUNT(*)\n2\n"
    assert "CREATE TABLE stl ( -- stallion\n" in model.prompts[-1]
    assert "std_fee REAL -- stud fee; 900" in model.prompts[-1]


def test_what_a_person_says_of_a_name_stays(run: Run, model: _Model, tmp_path: Path) -> None:
    run("learn", "stl", "--means", "breeding male")
    run("learn", "stl.std_fee", "--means", "price of a covering")
    assert run("learn", "--names").returncode == 0
    written = tomllib.loads((tmp_path / "work" / "sqloop.toml").read_text(encoding="utf-8"))["descriptions"]
    assert written == {**TOLD, "stl": "breeding male", "stl.std_fee": "price of a covering"}
    asked = len(model.prompts)
    done = run("learn", "--names")
    assert "No table or column has a short name" in done.stderr
    assert len(model.prompts) == asked


def test_the_starter_cannot_spell(run: Run) -> None:
    done = run("learn", "--names", "--model", "starter")
    assert done.returncode == 2
    assert "The model starter cannot spell names out. See sqloop model list." in done.stderr


def test_on_a_terminal_an_unsure_answer_says_that_names_can_be_spelled_out(
    told: Mapping[str, str], run: Run, tmp_path: Path
) -> None:
    line = [sys.executable, "-m", "sqloop", "ask", "How many are there?"]
    terminal = Terminal(line, told, tmp_path / "work")
    terminal.expect(ADVICE)
    terminal.type("\r")
    terminal.end()
    assert ADVICE not in run("ask", "How many are there?").stderr
