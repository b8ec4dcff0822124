"""How much memory is free on this machine, without a library for it."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress
from pathlib import Path

_MEMINFO = Path("/proc/meminfo")
_CGROUP = Path("/sys/fs/cgroup")


def available_memory() -> int | None:
    """Bytes that a new process can have without anything being swapped out; None where nobody tells.

    Linux says it outright, and a container may allow less; Windows says it, too. macOS tells only how much
    there is: half of that is taken for free.
    """
    if sys.platform == "win32":
        return _ask_windows()
    told = [bytes_ for bytes_ in (read_meminfo(_MEMINFO), read_cgroup(_CGROUP)) if bytes_ is not None]
    return min(told) if told else _half_of_all()


def read_meminfo(path: Path) -> int | None:
    """What Linux estimates to be available; None on other systems."""
    with suppress(OSError, ValueError):
        for line in path.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return None


def read_cgroup(folder: Path) -> int | None:
    """What the limit of a container (cgroup v2) leaves; None without one. File caches count as free."""
    with suppress(OSError, ValueError):
        limit = int((folder / "memory.max").read_text())  # "max" is no number: no limit
        used = int((folder / "memory.current").read_text())
        counts = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
        return max(0, limit - used + int(counts.get("inactive_file", 0)))
    return None


def _half_of_all() -> int | None:
    with suppress(ValueError, OSError, AttributeError):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    return None


def _ask_windows() -> int | None:
    class MemoryStatus(ctypes.Structure):
        """MEMORYSTATUSEX of the Windows API; ``free`` is ullAvailPhys."""

        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            ("total", ctypes.c_ulonglong),
            ("free", ctypes.c_ulonglong),
            ("rest", ctypes.c_ulonglong * 5),
        )

    status = MemoryStatus()
    status.length = ctypes.sizeof(status)
    windows = getattr(ctypes, "windll", None)
    if windows is None or not windows.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        return None
    return int(status.free)
