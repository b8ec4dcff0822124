"""What a model's folder tells without loading it: whether it is one, its size, its prompt form."""

from __future__ import annotations

import hashlib
import json
import math
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqloop.errors import ModelError
from sqloop.models.catalogue import CATALOGUE
from sqloop.models.gguf_file import is_gguf

_OF_THE_FILE = frozenset({"transformers_version", "_name_or_path", "torch_dtype", "dtype"})
"""Keys of config.json that tell who wrote it, not what the model is."""

_READ_WHOLE = 64 * 1024 * 1024
_PART = 1024
"""Bytes up to which weights are read whole to identify them, and what is read of each tensor otherwise."""

_READ_OF_FILE = 64 * 1024

_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+|[A-Za-z0-9][\w.-]*")


def find_folder(name: str, what: str, needed: str) -> Path | None:
    """The folder that ``name`` is, or None where it can only be a name on the hub.

    Raises ModelError where it is neither, or where the file ``needed`` is missing from the folder.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        if not (folder / needed).is_file():
            raise ModelError(f"{name} is no {what}: it has no {needed}.")
        return folder.resolve()
    if folder.exists():
        raise ModelError(f"{name} is no {what} but a file.", "Name the folder that holds it.")
    if not _HUB_NAME.fullmatch(name):
        raise ModelError(f"There is no {what} at {name}.")
    return None


def find_model(name: str) -> Path | None:
    """The folder or GGUF file that ``name`` is, or None where it can only be a name on the hub.

    Raises ModelError where it is none of them.
    """
    path = Path(name).expanduser()
    return path.resolve() if is_gguf(path) else find_folder(name, "model", "config.json")


def read_json(path: Path) -> dict[str, Any]:
    """The object in the file, empty where there is none. Raises ModelError where it is not JSON."""
    if not path.is_file():
        return {}
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelError(f"{path} is not valid JSON: {error}") from error
    return content


def read_form(folder: Path) -> str:
    """The name of the prompt form that the model in the folder or GGUF file was trained for.

    ``sqloop.json`` says it outright; else ``sqlcoder`` by name, ``chat`` where there is a chat template.
    A file of the catalogue has SQLoop's adapters, which are ``tuned``.
    """
    if folder.is_file() and folder.stat().st_size in (known.bytes for known in CATALOGUE):
        return "tuned"
    if folder.is_file():
        return "sqlcoder" if "sqlcoder" in folder.name.lower() else "chat"
    if form := read_json(folder / "sqloop.json").get("form"):
        return str(form)
    # In the hub's cache the model's name is two folders up: models--owner--name/snapshots/revision.
    hub_name = folder.parent.parent.name if folder.parent.name == "snapshots" else ""
    named = f"{folder.name} {hub_name} {read_json(folder / 'config.json').get('_name_or_path', '')}"
    has_template = "chat_template" in read_json(folder / "tokenizer_config.json") or any(
        (folder / each).exists() for each in ("chat_template.jinja", "chat_template.json")
    )
    return "chat" if has_template and "sqlcoder" not in named.lower() else "sqlcoder"


def weigh_model(folder: Path) -> tuple[int | None, int]:
    """Parameters and bytes of the weights, read from the heads of the safetensors files.

    Of a GGUF file the bytes alone: what it holds is quantised. Raises ModelError where a file cannot be read.
    """
    if folder.is_file():
        return None, folder.stat().st_size
    shapes = [each["shape"] for path in folder.glob("*.safetensors") for each in _read_head(path)[0].values()]
    size = sum(path.stat().st_size for path in folder.glob("*.safetensors"))
    return sum(math.prod(shape) for shape in shapes), size


def identify_file(path: Path) -> str:
    """16 hex digits that tell this GGUF file from any other: from its length, beginning, middle and end."""
    size = path.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with path.open("rb") as file:
        for place in (0, size // 2, max(0, size - _READ_OF_FILE)):
            file.seek(place)
            digest.update(file.read(_READ_OF_FILE))
    return digest.hexdigest()[:16]


def identify_folder(folder: Path) -> str:
    """16 hex digits that tell this model from any other: an adapter fits one model alone.

    Over the configuration, the names and shapes of the weights, and what they hold: of a model too large
    to be read in passing a part of each, as training changes them all. Raises ModelError where the weights
    cannot be read.
    """
    if folder.is_file():
        return identify_file(folder)
    config = read_json(folder / "config.json")
    told = {key: value for key, value in config.items() if key not in _OF_THE_FILE}
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode())
    paths = sorted(folder.glob("*.safetensors"))
    most = _PART if sum(path.stat().st_size for path in paths) > _READ_WHOLE else _READ_WHOLE
    for path in paths:
        try:
            for part in _read_parts(path, most):
                digest.update(part)
        except (OSError, ValueError, KeyError, TypeError, struct.error) as error:
            raise ModelError(f"The weights in {path} cannot be read.") from error
    return digest.hexdigest()[:16]


def _read_parts(path: Path, most: int) -> Iterator[bytes]:
    """Each tensor's name, type and shape, and at most ``most`` bytes from its middle."""
    head, start = _read_head(path)
    with path.open("rb") as file:
        for name, tensor in sorted(head.items()):
            yield repr((name, tensor["dtype"], tensor["shape"])).encode()
            first, end = tensor["data_offsets"]
            skipped = max(0, end - first - most) // 2
            file.seek(start + first + skipped)
            yield file.read(min(most, end - first))


def find_cached(name: str) -> Path | None:
    """The folder in the hub's cache that ``name`` was fetched to, without asking the network."""
    from huggingface_hub import try_to_load_from_cache

    path = try_to_load_from_cache(name, "config.json")
    return Path(path).parent if isinstance(path, str) else None


def _read_head(path: Path) -> tuple[dict[str, Any], int]:
    """The tensors of a file by name, and where their data starts: behind a length and that much JSON.

    Raises ModelError where the file is none of this form, or is cut.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            head: dict[str, Any] = json.loads(file.read(min(length, size)))
        head.pop("__metadata__", None)
        if any(8 + length + each["data_offsets"][1] > size for each in head.values()):
            raise ValueError
    except (OSError, ValueError, LookupError, TypeError, AttributeError, struct.error) as error:
        raise ModelError(f"The weights in {path} cannot be read.", "Was it copied as a whole?") from error
    return head, 8 + length
