"""`trainer retrain` as a child process: what it would learn from, how far it is, what came of it.

It belongs to the console, not to a page: one may look away while it runs. It ends with the console, and
goes on where it was when it is started again.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from sqloop.errors import SQLoopError
from sqloop.lsp.protocol import Options
from sqloop.terminal.printable import count

COMMAND = (sys.executable, "-P", "-m", "sqloop_trainer", "retrain")

_GRACE = 10.0
"""Seconds in which it ends when it is told to."""

State = Literal["idle", "running", "done", "failed", "stopped"]


class Retraining:
    """One run at a time. In the event loop ``on_change`` is called for each line, ``on_end`` at the end."""

    def __init__(self, folder: Path, options: Callable[[], Options]) -> None:
        """``options`` gives those in force: they name the database and the model."""
        self._folder, self._options = folder, options
        self._process: asyncio.subprocess.Process | None = None
        self._began = 0.0
        self._stopped, self._resumable = False, False
        self.state: State = "idle"
        self.words = ""
        self.on_change: Callable[[], None] = lambda: None
        self.on_end: Callable[[], None] = lambda: None

    @property
    def seconds(self) -> float:
        """Since it was started."""
        return time.monotonic() - self._began if self.state == "running" else 0.0

    async def look(self) -> tuple[bool, str]:
        """Whether there is enough to learn from, and what there is, in words. Raises SQLoopError."""
        process = await self._start("--dry-run", "--json")
        try:
            out, said = await process.communicate()
        finally:  # Also where its user has left the page meanwhile.
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            raise SQLoopError(_reason(said.decode(errors="replace")))
        use = json.loads(out)
        self._resumable = bool(use["resumable"])
        return _describe(use)

    async def run(self) -> None:
        """Run it to its end; a run that was stopped or killed goes on where `look` has found it."""
        self._stopped, self._began = False, time.monotonic()
        self._tell("running", "Starting …")
        try:
            self._tell("done", await self._run())
        except SQLoopError as error:
            if self._stopped:
                self._tell("stopped", "Stopped; t goes on from there.")
            else:
                self._tell("failed", error.message)
        self.on_end()

    async def _run(self) -> str:
        """What came of it. Raises SQLoopError with the last that it said where it failed."""
        self._process = process = await self._start(*(["--resume"] if self._resumable else []), "--json")
        assert process.stdout is not None
        assert process.stderr is not None
        out, last = asyncio.create_task(process.stdout.read()), ""
        try:
            async for line in process.stderr:
                if text := line.decode(errors="replace").strip():
                    last = text
                    self._tell("running", text)
            if await process.wait():
                raise SQLoopError(_reason(last))
            return _result(json.loads(await out))
        finally:
            self._process = None
            if process.returncode is None:
                process.kill()

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._stopped = True
            self._tell("running", "Stopping …")
            with suppress(ProcessLookupError):
                self._process.terminate()

    async def close(self) -> None:
        """End it, and wait until it is gone."""
        process = self._process
        self.stop()
        if process is not None:
            try:
                await asyncio.wait_for(process.wait(), _GRACE)
            except TimeoutError:
                process.kill()

    def _tell(self, state: State, words: str) -> None:
        self.state, self.words = state, words
        self.on_change()

    async def _start(self, *arguments: str) -> asyncio.subprocess.Process:
        try:
            return await asyncio.create_subprocess_exec(
                *COMMAND,
                *arguments,
                cwd=self._folder,
                env={**os.environ, **environment(self._options())},
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=PIPE,
                limit=2**20,
            )
        except OSError as error:
            raise SQLoopError(f"It cannot be started: {error.strerror or error}.") from error


def environment(options: Options) -> Mapping[str, str]:
    """The database and the model, by variables: other users see the arguments of a process."""
    named = {
        "SQLOOP_DB": options.connection,
        "SQLOOP_PASSWORD": options.password,
        "SQLOOP_MODEL": options.model,
        "SQLOOP_ADAPTER": options.adapter,
    }
    return {name: value for name, value in named.items() if value}


def _describe(use: Mapping[str, Any]) -> tuple[bool, str]:
    known, needed, wrong = (int(use[key]) for key in ("held_out", "needed", "only_rejected"))
    lines = [
        f"{count(known, 'question')} with a right answer to learn from"
        + (f", {wrong} with wrong answers only." if wrong else "."),
        *(f"{number} left out: {why}." for why, number in use["dropped"].items()),
    ]
    if not use["enough"]:
        lines.append(f"Too few: {needed} are needed. Accept or correct {needed - known} more.")
    return bool(use["enough"]), "\n".join(lines)


def _result(told: Mapping[str, Any]) -> str:
    if "adapter" not in told:  # It found too little to learn from and has not begun.
        return _describe(told)[1]
    return f"{told['reason']}  Report: {told['report']}"


def _reason(said: str) -> str:
    lines = said.strip().splitlines()
    return (lines or ["It failed."])[-1].removeprefix("trainer: ")
