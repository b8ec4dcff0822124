"""A folder that a stranger has filled, entered by the command line: it makes no file and calls nobody."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from effort import amount
from listener import Listener

Run = Callable[..., "subprocess.CompletedProcess[str]"]

SETTINGS = {
    "the password of a connection": (
        '[connections.shop]\nurl = "mysql+pymysql://a@127.0.0.1:{port}/x"\n'
        'password_command = "touch {mark}"\n'
    ),
    "a model elsewhere": 'model = "http://127.0.0.1:{port}/v1#m"\n[connections]\nshop = "sqlite:///shop.db"\n',
    "a model's folder": 'model = "{folder}/model"\n[connections]\nshop = "sqlite:///shop.db"\n',
    "a database elsewhere": '[connections]\nshop = "mysql+pymysql://a:b@127.0.0.1:{port}/x"\n',
    "the feedback's password": (
        '[connections]\nshop = "sqlite:///shop.db"\n[feedback]\n'
        'store = "mysql+pymysql://a@127.0.0.1:{port}/x"\npassword_command = "touch {mark}"\n'
    ),
    "the feedback's store": (
        '[connections]\nshop = "sqlite:///shop.db"\n[feedback]\nstore = "mysql+pymysql://a:b@127.0.0.1:{port}/x"\n'
    ),
    "a database above": '[connections]\nshop = "sqlite:///../shop.db"\n',
    "functions": '[connections.shop]\nurl = "sqlite:///shop.db"\nfunctions = ["spoil"]\n',
}
COMMANDS = (
    ("ask", "How many customers are there?"),
    ("feedback", "list"),
    ("doctor",),
    ("ask", "How many customers are there?", "--json", "--db", "shop"),
    ("feedback", "accept", "last"),
    ("adapters", "list"),
    ("model", "list"),
)[: amount(2, 7)]


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the fixture `run` runs, with what a stranger would lay there."""
    folder = tmp_path / "workspace"
    folder.mkdir(exist_ok=True)
    for place in (folder, tmp_path):
        with closing(sqlite3.connect(place / "shop.db")) as connection:
            connection.execute("CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT)")
    model = folder / "model"
    model.mkdir()
    for name in ("modeling_custom.py", "sqloop.py", "sitecustomize.py"):
        for place in (model, folder):
            (place / name).write_text(f"open({str(folder / 'ran')!r}, 'w')")
    (model / "config.json").write_text('{"auto_map": {"AutoModelForCausalLM": "modeling_custom.Model"}}')
    (folder / ".env").write_text(f"SQLOOP_MODEL=http://127.0.0.1:1/v1#m\nOPENAI_BASE_URL={folder}\n")
    return folder


@pytest.mark.parametrize("what", SETTINGS)
def test_nothing_that_it_names_is_run_or_called(
    what: str, run: Run, folder: Path, listener: Listener
) -> None:
    mark = folder / "ran"
    text = SETTINGS[what].format(port=listener.port, mark=mark, folder=folder)
    (folder / "sqloop.toml").write_text(text)
    before = sorted(each.name for each in folder.iterdir())
    # As its user would run it: `python -m` alone would take modules of the folder for SQLoop's.
    environment = {"PYTHONSAFEPATH": "1", "SQLOOP_MODEL": ""}
    for command in COMMANDS:
        done = run(*command, **environment)
        assert done.returncode in (0, 1, 2), done
        assert "Traceback" not in done.stderr
        if command[0] in ("ask", "doctor"):
            assert done.returncode == 2
            assert "not trusted" in done.stderr
    assert not mark.exists()
    assert sorted(each.name for each in folder.iterdir()) == before
    assert listener.calls == 0
