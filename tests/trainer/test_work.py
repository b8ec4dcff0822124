"""The folder of a run: for its user's eyes only, and with a note of what must be forgotten with an event."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

MAKE = """
import sys
from pathlib import Path
from sqloop_trainer.work import Work
with Work(Path(sys.argv[1])) as work:
    work.once("start", dict)
    work.once("feedback", lambda: ["How much does Ann earn?"])
    (work.folder / "copies").mkdir()
    (work.folder / "copies" / "0.sqlite").touch()
"""


def test_nobody_else_can_read_what_a_run_keeps(tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "mine"
    subprocess.run(
        [sys.executable, "-c", MAKE, str(folder)], check=True, preexec_fn=lambda: os.umask(0o022) and None
    )
    modes = {path: path.stat().st_mode & 0o077 for path in (folder, *folder.rglob("*"))}
    assert {path.name for path in modes} >= {"mine", "feedback.json", "copies", "0.sqlite"}
    assert not any(modes.values())
    assert (folder / ".texts").read_text() == "feedback.json\n"
