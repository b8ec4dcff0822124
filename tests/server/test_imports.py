"""What is not loaded: torch and its like never in the process that serves, and nothing heavy for `--help`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TENSORS = {"numpy", "torch", "transformers", "peft", "safetensors", "tokenizers", "llguidance"}
HEAVY = TENSORS | {"sqlalchemy", "sqlglot", "pydantic", "rich", "pymysql", "keyring", "pandas"}

PROGRAM = """
import json, sys
from sqloop.cli import run
code = run(sys.argv[1:])
print(json.dumps([code, sorted({name.partition(".")[0] for name in sys.modules})]))
"""


def loaded(folder: Path, program: str, *arguments: str) -> tuple[int, set[str]]:
    """The exit code and the packages in memory after the program's end, its last line of output."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if not name.startswith("SQLOOP_")},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=True,
    )
    code, modules = json.loads(done.stdout.splitlines()[-1])
    return code, set(modules)


def test_import_sqloop_loads_nothing(tmp_path: Path) -> None:
    program = "import json, sys, sqloop; print(json.dumps([0, [m.partition('.')[0] for m in sys.modules]]))"
    assert not loaded(tmp_path, program)[1] & (HEAVY | {"typer"})


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    code, modules = loaded(tmp_path, PROGRAM, "--help")
    assert code == 0
    assert "typer" in modules
    assert not modules & HEAVY


def test_the_console_loads_no_database(tmp_path: Path, shop: Path) -> None:
    """Its first prompt waits for what is loaded here; the server behind it loads the rest meanwhile."""
    code, modules = loaded(
        tmp_path, "import sqloop_tui.app\n" + PROGRAM, "console", "--db", f"sqlite:///{shop}"
    )
    assert code == 2  # there is no terminal
    assert {"textual", "pydantic"} <= modules
    assert not modules & (TENSORS | {"sqlalchemy", "sqlglot"})


@pytest.mark.parametrize("command", [["ask", "How many customers are there?", "--json"], ["doctor"]])
def test_the_process_that_serves_loads_no_tensors(
    tmp_path: Path, shop: Path, counting_model: Path, command: list[str]
) -> None:
    places = ["--db", f"sqlite:///{shop}", "--model", str(counting_model)]
    code, modules = loaded(tmp_path, PROGRAM, *command, *places)
    assert code == 0
    assert "sqlglot" in modules
    assert not modules & TENSORS
