"""How a command of `sqloop` fails."""

from __future__ import annotations

import subprocess


def fails(done: subprocess.CompletedProcess[str], code: int, *says: str) -> None:
    """One clear line on standard error, nothing on standard output, the right code."""
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("sqloop: ")
    assert done.stderr.count("\n") == 1
    assert all(each in done.stderr for each in says), done.stderr
