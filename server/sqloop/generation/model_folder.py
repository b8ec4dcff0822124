"""What a model's folder tells without loading it: whether it is one, its size, its prompt form."""

from __future__ import annotations

import json
import math
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqloop.errors import ModelError

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
    """The name of the prompt form that the model was trained for.

    ``sqloop.json`` says it outright; else ``sqlcoder`` by name, ``chat`` where there is a chat template.
    """
    if form := read_json(folder / "sqloop.json").get("form"):
        return str(form)
    # In the hub's cache the model's name is two folders up: models--owner--name/snapshots/revision.
    hub_name = folder.parent.parent.name if folder.parent.name == "snapshots" else ""
    named = f"{folder.name} {hub_name} {read_json(folder / 'config.json').get('_name_or_path', '')}"
    has_template = "chat_template" in read_json(folder / "tokenizer_config.json") or any(
        (folder / each).exists() for each in ("chat_template.jinja", "chat_template.json")
    )
    return "chat" if has_template and "sqlcoder" not in named.lower() else "sqlcoder"


def weigh_folder(folder: Path) -> tuple[int, int]:
    """Parameters and bytes of the weights, read from the heads of the safetensors files."""
    shapes = [shape for path in sorted(folder.glob("*.safetensors")) for shape in _shapes(path)]
    size = sum(path.stat().st_size for path in folder.glob("*.safetensors"))
    return sum(math.prod(shape) for shape in shapes), size


def _shapes(path: Path) -> Iterator[list[int]]:
    """Shapes of the tensors in a file; its head is a length in eight bytes and that much JSON."""
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        head = json.loads(file.read(length))
    yield from (each["shape"] for name, each in head.items() if name != "__metadata__")
