"""`sqloop model list` and `remove`; who else says which model serves, and which would be better."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from server.models.conftest import CONTENT, TINY, Command, Run
from server.test_cli import run_on_terminal

ASK = ("ask", "How many customers are there?", "-k", "1", "--db", "sample")
ADVICE = "This was the small model that comes with SQLoop. A better one (0.3 MB): sqloop model get tiny"


@pytest.fixture
def fetched(place: Path) -> Iterator[Path]:
    """The tiny model, as if it had been fetched."""
    place.mkdir(parents=True)
    (place / "tiny.gguf").write_bytes(CONTENT)
    return place / "tiny.gguf"


def listed(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, object]]:
    assert done.returncode == 0, done.stderr
    return {row["name"]: row for row in json.loads(done.stdout)}


def test_the_list_tells_scripts_everything(run: Run) -> None:
    rows = listed(run("model", "list", "--json"))
    assert list(rows) == ["starter", "tiny"]
    assert rows["tiny"] == {
        "name": "tiny",
        "title": "Tiny, q0",
        "licence": "Apache-2.0",
        "bytes": len(CONTENT),
        "memory": 1_000,
        "sha256": TINY.sha256,
        "path": None,
        "present": False,
        "in_use": False,
        "fits": True,
    }
    assert rows["starter"]["in_use"] is True
    assert os.path.isdir(str(rows["starter"]["path"]))


@pytest.mark.parametrize(
    ("setting", "in_use"), [("auto", "tiny"), ("tiny", "tiny"), ("starter", "starter"), ("org/other", None)]
)
def test_the_list_says_which_is_in_use(run: Run, fetched: Path, setting: str, in_use: str | None) -> None:
    rows = listed(run("model", "list", "--json", SQLOOP_MODEL=setting))
    assert rows["tiny"]["path"] == str(fetched)
    assert [name for name, row in rows.items() if row["in_use"]] == ([in_use] if in_use else [])


def test_the_list_is_shown_where_the_model_of_the_settings_is_missing(run: Run) -> None:
    rows = listed(run("model", "list", "--json", SQLOOP_MODEL="tiny"))
    assert not any(row["in_use"] for row in rows.values())


def test_the_list_is_csv_in_a_pipe_and_a_table_on_a_terminal(
    run: Run, command: Command, environment: dict[str, str], tmp_path: Path
) -> None:
    lines = run("model", "list").stdout.splitlines()
    assert lines[0] == "name,title,licence,bytes,memory,sha256,path,present,in_use,fits"
    assert lines[2].startswith('tiny,"Tiny, q0",Apache-2.0,300004,1000,')
    code, text = run_on_terminal(command("model", "list"), environment, tmp_path)
    assert code == 0
    table = {
        line.split()[0]: line for line in re.sub(r"\x1b\[[\d;]*m", "", text).splitlines() if line.strip()
    }
    assert table["model"].split() == ["model", "size", "memory", "licence", "here"]
    assert table["starter"].rstrip().endswith("in use")
    assert table["tiny"].rstrip().endswith("no")
    assert "Fetch one with sqloop model get tiny" in text


def test_remove_makes_room_and_says_how_much(run: Run, fetched: Path) -> None:
    partial = fetched.parent / ".tiny-0123.partial"
    partial.mkdir()
    (partial / "hub.gguf").write_bytes(bytes(100_000))
    done = run("model", "remove", "tiny")
    assert (done.returncode, done.stdout) == (0, "tiny is removed: 0.4 MB are free again.\n")
    assert not fetched.exists()
    assert not partial.exists()
    again = run("model", "remove", "tiny")
    assert (again.returncode, again.stdout) == (2, "")
    assert "The model tiny is not on this machine." in again.stderr


@pytest.mark.parametrize("verb", ["get", "remove"])
def test_a_name_that_nobody_knows_comes_with_those_that_are_known(run: Run, verb: str) -> None:
    done = run("model", verb, "tinny")
    assert done.returncode == 2
    assert done.stderr == "sqloop: There is no model tinny in the catalogue. Known: tiny.\n"


@pytest.mark.parametrize(("verb", "word"), [("get", "fetch"), ("remove", "remove")])
def test_the_starter_neither_comes_nor_goes(run: Run, verb: str, word: str) -> None:
    done = run("model", verb, "starter")
    assert done.returncode == 2
    assert done.stderr == f"sqloop: The starter is part of the package: there is nothing to {word}.\n"


def test_a_folder_that_cannot_be_written_is_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run("model", "get", "tiny", SQLOOP_DATA=str(tmp_path / "file"))
    assert done.returncode == 2
    assert "sqloop: Models cannot be kept in " in done.stderr


def test_what_was_fetched_but_is_not_in_use_is_said(run: Run) -> None:
    done = run("model", "get", "tiny", "--source", "hub", SQLOOP_MODEL="starter")
    assert done.returncode == 0
    assert done.stderr.endswith("In use is starter: the settings say starter.\n")


def test_a_person_is_told_once_of_a_better_model(
    command: Command, environment: dict[str, str], tmp_path: Path
) -> None:
    asking = command(*ASK, "--no-feedback")
    first = run_on_terminal(asking, environment | {"COLUMNS": "200"}, tmp_path)[1]
    assert ADVICE in first.replace("\r\n", " ")
    assert "\nsqloop model get tiny\r" in first
    assert (tmp_path / "data" / "sqloop" / ".advised").exists()
    assert "A better one" not in run_on_terminal(asking, environment, tmp_path)[1]


def test_who_named_the_starter_is_not_told(
    command: Command, environment: dict[str, str], tmp_path: Path
) -> None:
    text = run_on_terminal(command(*ASK, "--no-feedback", "--model", "starter"), environment, tmp_path)[1]
    assert "1,150" in text
    assert "A better one" not in text


@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_scripts_are_told_nothing(run: Run, tmp_path: Path, flags: tuple[str, ...]) -> None:
    done = run(*ASK, *flags)
    assert (done.returncode, done.stderr) == (0, "")
    assert not (tmp_path / "data" / "sqloop" / ".advised").exists()


def test_the_answer_names_the_model_that_gave_it(run: Run) -> None:
    assert json.loads(run(*ASK, "--json").stdout)["model"] == {"base": "starter", "adapter": None}


def test_a_model_that_was_not_fetched_is_one_line_with_the_command(run: Run) -> None:
    done = run(*ASK, "--model", "tiny")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "sqloop: The model tiny is not on this machine. Fetch it: sqloop model get tiny\n"


def test_doctor_says_which_model_serves_and_how_to_get_a_better_one(run: Run, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "shop.db")) as connection:
        connection.execute("CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT)")
    done = run("doctor", "--db", f"sqlite:///{tmp_path}/shop.db")
    assert "ok    model     starter, starter prompts" in done.stdout
    assert "-> A better one: sqloop model get tiny" in done.stdout
    quiet = run("doctor", "--db", f"sqlite:///{tmp_path}/shop.db", "--model", "starter")
    assert "A better one" not in quiet.stdout
