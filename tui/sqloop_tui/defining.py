"""`sqloop learn` as a child process: a meaning is checked on the database and written to `sqloop.toml`."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

from sqloop.errors import SQLoopError
from sqloop.lsp.protocol import Options
from sqloop_tui.retraining import environment
from sqloop_tui.screens.define import Meaning

COMMAND = (sys.executable, "-P", "-m", "sqloop", "learn")


async def define(meaning: Meaning, folder: Path, options: Options) -> str:
    """What was written, in words. Raises SQLoopError with the reason where nothing was."""
    given = [f"--{name}={value}" for name, value in (("sql", meaning.sql), ("means", meaning.words)) if value]
    try:
        process = await asyncio.create_subprocess_exec(
            *COMMAND,
            *given,
            "--",
            meaning.word,
            cwd=folder,
            env={**os.environ, **environment(options)},
            stdin=DEVNULL,
            stdout=DEVNULL,
            stderr=PIPE,
        )
    except OSError as error:
        raise SQLoopError(f"It cannot be written: {error.strerror or error}.") from error
    try:
        _, said = await process.communicate()
    finally:  # Also where its user has changed their mind meanwhile.
        if process.returncode is None:
            process.kill()
            await process.wait()
    line = said.decode(errors="replace").strip().rpartition("\n")[2].removeprefix("sqloop: ")
    if process.returncode:
        raise SQLoopError(line or "It cannot be written.")
    return line
