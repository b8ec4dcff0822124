"""A model from a file at hand: fetched by other means, or by another program."""

from __future__ import annotations

from pathlib import Path

from sqloop.errors import ModelError
from sqloop.models.catalogue import CatalogueModel
from sqloop.models.follow import Follow
from sqloop.models.source import CHUNK


def copy_file(model: CatalogueModel, file: Path, folder: Path, follow: Follow) -> Path:
    """A copy of ``file`` in ``folder``. Raises ModelError where it cannot be read or has another size."""
    try:
        size = file.stat().st_size if file.is_file() else None
    except OSError:
        size = None
    if size is None:
        raise ModelError(f"There is no file {file}.")
    if size != model.bytes:
        raise ModelError(
            f"{file} is not {model.title}: it has {size:,} bytes, not {model.bytes:,}.",
            f"Another GGUF file needs no fetching: --model {file}",
        )
    target, done = folder / "file.gguf", 0
    with file.open("rb") as source, target.open("wb") as copy:
        while chunk := source.read(CHUNK):
            copy.write(chunk)
            follow.reach(done := done + len(chunk))
    return target
