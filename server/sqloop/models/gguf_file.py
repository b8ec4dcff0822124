"""What tells a GGUF file from others."""

from __future__ import annotations

from pathlib import Path


def is_gguf(path: Path) -> bool:
    """Whether it is a GGUF file, by its first bytes: those that other programs keep have no ending."""
    try:
        with path.open("rb") as file:
            return file.read(4) == b"GGUF"
    except OSError:
        return False
