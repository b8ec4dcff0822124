"""Feedback and adapters as `sqloop feedback` and `sqloop adapters` tell them, by their JSON.

Commands of a process of their own: the console shares no code with the engine but the protocol, and
neither of the two belongs to it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqloop.errors import SQLoopError

_LINE = 2**24
"""Bytes of one exported event at most."""


@dataclass(frozen=True)
class AdapterRecord:
    """One adapter; ``metrics`` and ``data`` by name."""

    name: str
    base: str
    created: str
    active: bool
    metrics: dict[str, float]
    data: dict[str, Any]

    def cells(self) -> tuple[str, ...]:
        """As a row of a table."""
        scores = ", ".join(f"{name} {value:g}" for name, value in self.metrics.items())
        data = ", ".join(f"{name} {value}" for name, value in self.data.items())
        return (
            "●" if self.active else " ",
            self.name,
            self.base,
            self.created[:16].replace("T", " "),
            scores,
            data,
        )


async def count_feedback(database: str = "", fingerprint: str = "") -> Counter[str]:
    """How many events of each kind are kept of a database, or of one with the same schema.

    ``database`` is a URL as a status shows it; empty counts all. Raises SQLoopError.
    """
    named = database.replace(":***@", "@").partition("?")[0]
    counts: Counter[str] = Counter()
    async with _start("feedback", "export") as process:
        assert process.stdout is not None
        async for line in process.stdout:
            event = json.loads(line)
            if not database or named == event["database"] or fingerprint == event["schema"]:
                counts[event["event"]] += 1
    return counts


async def list_adapters() -> tuple[AdapterRecord, ...]:
    """The adapters on this machine, the newest first. Raises SQLoopError."""
    found = json.loads(await _read("adapters", "list", "--json"))
    records = [
        AdapterRecord(
            each["name"],
            each["base_name"] or each["base"],
            each["created"],
            each["active"],
            each["metrics"],
            each["data"],
        )
        for each in found
    ]
    return tuple(reversed(records))


async def promote(name: str) -> str:
    """Have an adapter used; what was done, in words. Raises SQLoopError."""
    return (await _read("adapters", "promote", name)).strip()


async def roll_back(model: str) -> str:
    """Take the last promotion for a model back; what was done. Raises SQLoopError."""
    return (await _read("adapters", "rollback", *(("--model", model) if model else ()))).strip()


async def _read(*arguments: str) -> str:
    async with _start(*arguments) as process:
        assert process.stdout is not None
        return (await process.stdout.read()).decode()


@asynccontextmanager
async def _start(*arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A command of `sqloop`; raises SQLoopError with what it said where it failed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "sqloop",
        *arguments,
        stdout=PIPE,
        stderr=PIPE,
        stdin=asyncio.subprocess.DEVNULL,
        limit=_LINE,
    )
    assert process.stderr is not None
    said = asyncio.create_task(process.stderr.read())
    try:
        yield process
        if await process.wait():
            lines = (await said).decode(errors="replace").strip().splitlines()
            raise SQLoopError((lines or ["It failed."])[-1].removeprefix("sqloop: "))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        await said
