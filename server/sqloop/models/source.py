"""What the sources of a model have in common."""

from __future__ import annotations

CHUNK = 1 << 20
"""Bytes that are read and written at a time."""


class SourceError(Exception):
    """A source does not answer, or does not have the model: ``str()`` is a sentence. Another may have it."""
