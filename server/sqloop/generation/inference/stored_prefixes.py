"""What a model has read of a schema, kept between two processes: `sqloop ask` need not read it again.

A file holds the keys and values of one prefix, 12 to 28 kB a token, in the user's cache and readable by the
user alone: they say as much as the schema and its samples. Its name is a digest of the tokens, the model and
the adapter, so that what does not fit is never found. A file that cannot be written or read counts as not
there.
"""

from __future__ import annotations

import hashlib
import os
from array import array
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from sqloop.generation.inference.gguf import GgufMemory, GgufNetwork
from sqloop.places import replacing

LIMIT = 1024 * 1024 * 1024
"""Bytes of all files together; those that were not used for longest go first."""

SHORTEST = 128
"""Tokens below which reading anew is as fast."""


class StoredPrefixes:
    """The files below ``folder`` of one model with one adapter, told by ``identity``."""

    def __init__(self, network: GgufNetwork, folder: Path, identity: str) -> None:
        self._network = network
        self._folder = folder
        self._identity = identity

    def get(self, tokens: Sequence[int]) -> GgufMemory | None:
        """What was kept for exactly these tokens."""
        path = self._path(tokens)
        if not path.is_file():
            return None
        memory = self._network.restore(path, tokens)
        with suppress(OSError):
            os.utime(path)
        return memory

    def put(self, tokens: Sequence[int], memory: GgufMemory) -> None:
        """Keep ``memory``; another process meets the whole file or none."""
        if len(tokens) < SHORTEST:
            return
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with replacing(self._path(tokens)) as new:
                if not self._network.keep(memory, new, tokens):
                    raise OSError("it was not written whole")
            self._trim()

    def _path(self, tokens: Sequence[int]) -> Path:
        digest = hashlib.sha256(self._identity.encode() + array("i", tokens).tobytes())
        return self._folder / f"{digest.hexdigest()[:32]}.kv"

    def _trim(self) -> None:
        files = sorted(
            ((path.stat(), path) for path in self._folder.iterdir()), key=lambda each: -each[0].st_mtime
        )
        total = 0
        for status, path in files:
            total += status.st_size
            if total > LIMIT:
                with suppress(OSError):  # in use, where the system minds
                    path.unlink()
