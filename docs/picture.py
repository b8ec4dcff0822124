"""`make pictures`: record a session with the real model on a real terminal, as docs/images/session.svg.

Keys are typed by a program, all else is what SQLoop shows. Time is real, but for waits that are longer than
`LONGEST`: those are cut short, and the seconds that SQLoop tells under each answer stay as they were.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pexpect
import pyte
from moving_picture import Frame, draw

PICTURE = Path(__file__).with_name("images") / "session.svg"
COLUMNS, LINES = 84, 24
LONGEST = 2.0
"""Seconds that nothing changes on the picture."""

READING = 3.0
"""Seconds in which an answer is read."""

PROMPT = "\x1b[?2004h"
"""What a terminal is told when a line is about to be read."""

TYPED = (
    "How many customers are there per country?",
    "How many orders per month in 2024?",
    "/chart",
    "list all tables",
)
ANSWERED = 600.0
"""Seconds that a model may take."""


class Recorder:
    """A shell on a terminal of its own, and every screen that it showed."""

    def __init__(self, folder: Path) -> None:
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.Stream(self._screen)
        self._at = 0.0
        self.frames: list[Frame] = []
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        told = os.environ | {"PS1": "$ ", "PATH": path, "TERM": "xterm-256color", "SQLOOP_DB": "sample"}
        told |= {"SQLOOP_DATA": str(folder), "PROMPT_TOOLKIT_NO_CPR": "1"}
        shell = shutil.which("bash") or "/bin/sh"
        self._shell = pexpect.spawn(
            shell, ["--norc", "--noprofile"], env=told, dimensions=(LINES, COLUMNS), encoding="utf-8"
        )

    def wait(self, text: str) -> None:
        """Record until ``text`` has come and the screen is still."""
        came, deadline = "", time.monotonic() + ANSWERED
        while time.monotonic() < deadline:
            part = self._read()
            came += part
            if text in came and not part:
                return
        raise SystemExit(f"{text!r} was not shown: {came[-500:]!r}")

    def type(self, line: str) -> None:
        """Type a line, a few letters at a time."""
        for start in range(0, len(line), 2):
            self._shell.send(line[start : start + 2])
            self._read()
        self.rest(0.4)
        self._shell.send("\r")

    def rest(self, seconds: float) -> None:
        """Let the picture stand still."""
        self._at += seconds

    def _read(self) -> str:
        began = time.monotonic()
        try:
            part = str(self._shell.read_nonblocking(65536, timeout=0.25))
        except pexpect.TIMEOUT:
            part = ""
        self._at += time.monotonic() - began
        self._stream.feed(part)
        frame = Frame(self._at, tuple(self._lines()), (self._screen.cursor.x, self._screen.cursor.y))
        if not self.frames or (frame.lines, frame.cursor) != (self.frames[-1].lines, self.frames[-1].cursor):
            last = self.frames[-1].at if self.frames else 0.0
            self._at = min(self._at, last + LONGEST + READING)
            self.frames.append(Frame(self._at, frame.lines, frame.cursor))
        return part

    def _lines(self) -> Iterator[tuple[tuple[str, str, bool], ...]]:
        for number in range(LINES):
            row = self._screen.buffer[number]
            yield _join([(row[x].data, row[x].fg, row[x].bold) for x in range(COLUMNS)])


def _join(cells: Sequence[tuple[str, str, bool]]) -> tuple[tuple[str, str, bool], ...]:
    """Neighbours of one colour as one text; nothing of what is blank at the end."""
    runs: list[tuple[str, str, bool]] = []
    for text, colour, bold in cells:
        drawn_alike = runs and _is_braille(runs[-1][0][-1]) == _is_braille(text)
        if drawn_alike and runs[-1][1:] == (colour, bold):
            runs[-1] = (runs[-1][0] + text, colour, bold)
        else:
            runs.append((text, colour, bold))
    while runs and not runs[-1][0].strip():
        runs.pop()
    return tuple(runs)


def _is_braille(text: str) -> bool:
    """Such dots often come from another font, with another width."""
    return "\u2800" <= text[:1] <= "\u28ff"


def main() -> None:
    """Start `sqloop`, type what there is to type, draw."""
    models = Path(os.environ.get("SQLOOP_DATA", "") or _data()) / "models"
    with TemporaryDirectory() as folder:
        (Path(folder) / "models").symlink_to(models)
        recorder = Recorder(Path(folder))
        recorder.wait("$ ")
        recorder.type("sqloop")
        recorder.wait(PROMPT)
        for line in TYPED:
            recorder.type(line)
            recorder.wait(PROMPT)
            recorder.rest(READING)
        recorder.wait("")
    PICTURE.write_text(draw(recorder.frames, COLUMNS, LINES, READING), encoding="utf-8")


def _data() -> Path:
    from sqloop.places import data_folder

    return data_folder()


if __name__ == "__main__":
    main()
