"""`sqloop ask` as a process: how it is called, and how it fails."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

QUESTION = "How many customers are there?"
COMMAND = [sys.executable, "-m", "sqloop"]
SECONDS = 120

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def fails(done: subprocess.CompletedProcess[str], code: int, *says: str) -> None:
    """One clear line on standard error, nothing on standard output, the right code."""
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("sqloop: ")
    assert done.stderr.count("\n") == 1
    assert all(each in done.stderr for each in says), done.stderr
    assert re.search(r"[.?!]\.(?: |$)", done.stderr) is None, done.stderr
