"""Questions of earlier sessions, newest last, in a file that only their user may read."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from sqloop.places import replacing

MOST = 1000
"""Questions that are kept."""


class History:
    """Walks back and forth through what was asked; without a ``path`` nothing outlives the session."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.questions = _read(path) if path else []
        self._at = len(self.questions)
        self._draft = ""

    def add(self, question: str) -> None:
        """Remember a question, once, as the newest."""
        others = [each for each in self.questions if each != question]
        self.questions = [*others[1 - MOST :], question]
        self._at, self._draft = len(self.questions), ""
        if self._path is not None:
            with suppress(OSError):  # A full disk costs the memory, not the answer.
                _write(self._path, self.questions)

    def back(self, current: str) -> str:
        """The question before; at the oldest, that one."""
        if self._at == len(self.questions):
            self._draft = current
        self._at = max(0, self._at - 1)
        return self.questions[self._at] if self.questions else current

    def forth(self, current: str) -> str:
        """The question after; at the newest, what had been typed."""
        if self._at >= len(self.questions):
            return current
        self._at += 1
        return self._draft if self._at == len(self.questions) else self.questions[self._at]

    def complete(self, start: str) -> str | None:
        """The newest question that begins so, whatever the case."""
        low = start.lower()
        return next((each for each in reversed(self.questions) if each.lower().startswith(low)), None)


def _read(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()[-MOST:]
        return [each for each in map(json.loads, lines) if isinstance(each, str)]
    except (OSError, ValueError):
        return []


def _write(path: Path, questions: list[str]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with replacing(path) as new, new.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in questions)
