"""A model from the hub: one file over HTTP, gone on from the byte where it stopped.

huggingface_hub says where the hub is (``HF_ENDPOINT``) and whether it may be asked (``HF_HUB_OFFLINE``). Its
own download tries for half a minute before it says that the hub cannot be reached, and shows its own bars.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from http.client import HTTPException, HTTPResponse
from pathlib import Path

from sqloop.models.catalogue import CatalogueModel
from sqloop.models.follow import Follow
from sqloop.models.source import CHUNK, SourceError

_SECONDS = 10
"""How long the hub may be silent."""


def reserve_hub(model: CatalogueModel, folder: Path) -> int:
    """Bytes that are missing."""
    return model.bytes - _size(_target(folder))


def fetch_from_hub(model: CatalogueModel, folder: Path, follow: Follow) -> Path:
    """The file in ``folder``. Raises SourceError."""
    target = _target(folder)
    try:
        while (done := _size(target)) < model.bytes:
            _go_on(_url(model), target, done, model.bytes, follow)
            if _size(target) == done:
                raise SourceError("The hub stopped sending.")
    except urllib.error.HTTPError as error:
        raise SourceError(f"The hub does not give {model.hub.name} (HTTP {error.code}).") from error
    except (HTTPException, urllib.error.URLError, TimeoutError, ConnectionError) as error:
        reason = getattr(error, "reason", error)
        raise SourceError(f"The hub cannot be reached ({getattr(reason, 'strerror', reason)}).") from error
    return target


def _url(model: CatalogueModel) -> str:
    from huggingface_hub import constants, hf_hub_url

    if constants.HF_HUB_OFFLINE:
        raise SourceError("The hub is not asked (HF_HUB_OFFLINE).")
    return str(hf_hub_url(model.hub.repository, model.hub.name))


def _go_on(url: str, target: Path, done: int, total: int, follow: Follow) -> None:
    """Append what the hub sends from byte ``done`` on; starts again where it does not do so from there."""
    request = urllib.request.Request(url, headers={"Range": f"bytes={done}-", "User-Agent": "sqloop"})
    with urllib.request.urlopen(request, timeout=_SECONDS) as reply:
        done = done if reply.status == 206 else 0
        with target.open("ab") as file:
            file.truncate(done)
            while done < total and (chunk := _read(reply)):
                file.write(chunk)
                follow.reach(done := done + len(chunk))


def _read(reply: HTTPResponse) -> bytes:
    return reply.read1(CHUNK)


def _target(folder: Path) -> Path:
    return folder / "hub.gguf"


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
