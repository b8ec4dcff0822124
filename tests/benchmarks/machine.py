"""The machine and the versions that the figures hold for, as one line."""

from __future__ import annotations

import os
import platform
import sqlite3
from importlib.metadata import version
from pathlib import Path


def describe_machine() -> str:
    """Processor, memory, system and the versions of what takes the time; no host name, no date."""
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    parts = (
        f"{os.cpu_count()} × {_name_processor()}",
        f"{gigabytes:.0f} GB of memory",
        f"{platform.system()} {platform.machine()}",
        f"Python {platform.python_version()}",
        f"torch {version('torch')}",
        f"transformers {version('transformers')}",
        f"SQLite {sqlite3.sqlite_version}",
    )
    return ", ".join(parts)


def _name_processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.is_file():
        for line in information.read_text().splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()
