"""The console in a real terminal: tmux runs it, types into it and reads its screen."""

from __future__ import annotations

import os
import pty
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sqloop.feedback.events import Event
from tui.conftest import NAMES
from tui.told_model import ToldModel

SECONDS = 120


class Tmux:
    """A terminal of 80 by 24 on a tmux server of its own."""

    def __init__(self, folder: Path, command: list[str], variables: dict[str, str]) -> None:
        self._socket = str(folder / "tmux")
        given = [f"{name}={value}" for name, value in variables.items()]
        line = shlex.join(["env", *given, *command])
        self._call("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", line)

    def expect(self, words: str) -> str:
        """The screen, as soon as it shows some words."""
        deadline = time.monotonic() + SECONDS
        while words not in (screen := self._call("capture-pane", "-p")):
            assert time.monotonic() < deadline, f"{words!r} is not shown:\n{screen}"
            time.sleep(0.2)
        return screen

    def type(self, text: str) -> None:
        self._call("send-keys", "-l", text)

    def press(self, *keys: str) -> None:
        self._call("send-keys", *keys)

    def ended(self) -> bool:
        """Whether the console has left: its terminal ends with it."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            if subprocess.run(self._command("has-session"), capture_output=True, check=False).returncode:
                return True
            time.sleep(0.2)
        return False

    def close(self) -> None:
        subprocess.run(self._command("kill-server"), capture_output=True, check=False)

    def _call(self, *arguments: str) -> str:
        return subprocess.run(
            self._command(*arguments), capture_output=True, encoding="utf-8", check=True, timeout=60
        ).stdout

    def _command(self, *arguments: str) -> list[str]:
        return ["tmux", "-S", self._socket, *arguments]


CONSOLE = "-m sqloop console -k 4"
TWICE = """-c 'from sqloop.cli.run import run; run(["console", "-k", "4"]); run(["console", "-k", "4"])'"""


@pytest.fixture
def terminal(
    folder: Path, model: ToldModel, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Tmux]:
    if shutil.which("tmux") is None and not os.environ.get("CI"):
        pytest.skip("tmux is not installed (Debian: tmux)")
    variables = {
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "SQLOOP_MODEL": model.url,
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
    }
    python = f"{sys.executable} {getattr(request, 'param', CONSOLE)}"
    command = ["sh", "-c", f"cd {shlex.quote(str(folder))} && exec {python}"]
    terminal = Tmux(tmp_path, command, variables)
    yield terminal
    terminal.close()


def test_a_question_a_cancel_an_edit_and_an_accept(
    terminal: Tmux, model: ToldModel, said: Callable[[], list[Event]]
) -> None:
    better = f"{NAMES} AND id > 1"
    terminal.expect("Ask your database in plain words")
    terminal.type("Who lives in Rome?")
    terminal.press("Enter")
    terminal.expect("of 4 agree")
    terminal.press("/")
    model.open.clear()
    model.called.clear()
    terminal.type(" And since when?")
    terminal.press("Enter")
    assert model.called.wait(SECONDS)
    terminal.press("Escape")
    terminal.expect("Cancelled.")
    model.open.set()
    terminal.press("F6", "e")
    terminal.expect("Edit the query")
    terminal.type(" AND id > 1")
    terminal.press("F5")
    screen = terminal.expect("1 row ·")
    assert "Cy" in screen
    terminal.press("a")
    terminal.expect("Recorded: your query answers the question.")
    terminal.press("C-q")
    assert terminal.ended()
    assert [(event.kind, event.sql, event.question) for event in said()] == [
        ("edited", better, "Who lives in Rome?")
    ]


@pytest.mark.parametrize("terminal", [TWICE], indirect=True)
def test_a_console_starts_again_in_the_process_where_one_ended(terminal: Tmux) -> None:
    for question in ("Who lives in Rome?", "Who lived in Rome?"):
        terminal.expect("Ask your database in plain words")
        terminal.type(question)
        terminal.press("Enter")
        assert question in terminal.expect("of 4 agree")
        terminal.press("C-q")
    assert terminal.ended()


def test_without_a_terminal_it_says_what_to_use(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sqloop", "console"],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == 'sqloop: The console needs a terminal. For pipes there is sqloop ask "QUESTION".\n'
    assert not done.stdout


@pytest.mark.parametrize(
    ("term", "errors", "words"),
    [("dumb", None, "TERM=dumb"), ("xterm", subprocess.DEVNULL, "")],
)
def test_where_it_could_not_be_seen_it_does_not_start(
    tmp_path: Path, term: str, errors: int | None, words: str
) -> None:
    ours, theirs = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "sqloop", "console"],
            cwd=tmp_path,
            env={**os.environ, "TERM": term},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs if errors is None else errors,
            timeout=SECONDS,
            check=False,
        )
        os.close(theirs)
        assert done.returncode == 2
        if words:
            assert words in os.read(ours, 4096).decode()
    finally:
        os.close(ours)
