"""What runs of the trainer still hold of events: it is removed, or where that cannot be, the run is named.

A run keeps the feedback that it learns from in its folder, so that it can go on after a kill, and its report
shows questions with their answers. Among the user's data the whole folder goes; elsewhere only the run's own
texts, as there may be other files beside them. The adapter that came of it is no text and stays.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from sqloop.places import training_folder
from sqloop.settings import Settings

FEEDBACK = "feedback.json"
"""Of a run's folder: the feedback that it learns from."""

LOCK = ".lock"
"""Of a run's folder: held by the process that works there."""

TEXTS = ".texts"
"""Of a run's folder: the names of the files there that hold what the run learned from."""

_ELSEWHERE = "elsewhere.txt"


@dataclass(frozen=True)
class Traces:
    """Folders that were removed, or their texts alone; folders that still hold what was to be forgotten."""

    removed: tuple[Path, ...] = ()
    cleared: tuple[Path, ...] = ()
    left: tuple[Path, ...] = ()


def note_run(settings: Settings, folder: Path) -> None:
    """Remember a run that keeps its folder outside of the user's data."""
    runs = training_folder(settings.data)
    if folder.resolve().is_relative_to(runs.resolve()):
        return
    runs.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (runs / _ELSEWHERE).open("a", encoding="utf-8") as file:
        file.write(f"{folder.resolve()}\n")


def forget_in_runs(settings: Settings, ids: Collection[str]) -> Traces:
    """Remove the runs that hold one of the events, or their texts; not from a run that still goes on."""
    runs = training_folder(settings.data)
    removed: list[Path] = []
    cleared: list[Path] = []
    left: list[Path] = []
    for folder in _holding(runs, ids):
        own = folder.parent == runs
        gone = _remove(folder, _remove_all if own else _clear)
        (left if not gone else removed if own else cleared).append(folder)
    return Traces(tuple(removed), tuple(cleared), tuple(left))


def _holding(runs: Path, ids: Collection[str]) -> Iterator[Path]:
    folders = sorted(each.parent for each in runs.glob(f"*/{FEEDBACK}"))
    with suppress(OSError):
        folders += [Path(line) for line in (runs / _ELSEWHERE).read_text(encoding="utf-8").splitlines()]
    for folder in dict.fromkeys(folders):
        with suppress(OSError):
            text = (folder / FEEDBACK).read_text(encoding="utf-8", errors="replace")
            if any(f'"{id}"' in text for id in ids):
                yield folder


def _remove(folder: Path, remove: Callable[[Path], None]) -> bool:
    try:
        with FileLock(folder / LOCK, timeout=0):
            remove(folder)
    except (Timeout, OSError):
        return False
    return not (folder / FEEDBACK).exists()


def _remove_all(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def _clear(folder: Path) -> None:
    """Remove the texts of a run, and what is left of one where it was killed as it wrote it."""
    for name in (folder / TEXTS).read_text(encoding="utf-8").splitlines():
        if Path(name).name == name:
            for half in folder.glob(f".{Path(name).stem}-*.tmp"):
                half.unlink()
            (folder / name).unlink(missing_ok=True)
    (folder / TEXTS).unlink()
