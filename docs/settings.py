"""Writes docs/settings.md from `sqloop.settings`: run it after a change there."""

from __future__ import annotations

import json
import types
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sqloop.settings import Connection, Settings, Term

PAGE = Path(__file__).with_name("settings.md")

HEAD = """\
# Settings

Made from `server/sqloop/settings/` by `docs/settings.py`; a test holds them together.

A flag goes before a variable of the environment, this before the nearest `sqloop.toml` in the working
directory or above it, this before your own file (`~/.config/sqloop/sqloop.toml` on Linux). `sqloop init`
writes the first one. A setting that is unknown or malformed is one line that names the file, the line and
the key.

```toml
k = 8

[limits]
seconds = 10

[connections]
shop = "sqlite:///shop.db"                # relative to the folder of sqloop.toml; the first is the default

[connections.live]
url = "mysql+pymysql://reader@db.example.org/shop"
password_command = "pass show shop"
```

A folder may be a stranger's: its `sqloop.toml` runs no command, loads no model and opens nothing but SQLite
files below it until you have trusted it. On a terminal you are asked once for each of its versions;
elsewhere the command ends with what the file wanted, and `sqloop trust` says so. A file that belongs to
somebody else is not read. `OPENAI_API_KEY` goes only to an address that a flag, a variable or your own
settings name.

A password comes from the URL, from `password_command`, from `SQLOOP_PASSWORD` or from the system's keyring
(service `sqloop`, user `user@host`), in this order, and is never printed.
"""

TABLE = "| key | value | default | |\n|---|---|---|---|"


def write() -> str:
    """The whole page."""
    sections = [HEAD, _write_section("Top level", "", Settings, "SQLOOP_")]
    for name, field in Settings.model_fields.items():
        if (model := _model_of(field)) is not None:
            sections.append(
                _write_section(f"`[{name}]`", _one_line(field.description), model, f"SQLOOP_{name.upper()}__")
            )
    sections.append(
        _write_section("`[connections.NAME]`", "A bare URL stands for its `url`.", Connection, "")
    )
    sections.append(_write_section("`[glossary.NAME]`", "A bare text stands for its `means`.", Term, ""))
    return "\n".join(sections)


def _write_section(title: str, text: str, model: type[BaseModel], prefix: str) -> str:
    rows = [
        f"| `{name}` | {_kind(field)} | {_default(field)} | {_one_line(field.description)} |"
        for name, field in model.model_fields.items()
        if _model_of(field) is None and name != "connections"
    ]
    names = ", ".join(f"`{prefix}{name.upper()}`" for name in list(model.model_fields)[:1])
    variable = f"As variables: {names} and so on." if prefix.endswith("__") else ""
    return (
        "\n\n".join(
            each for each in (f"## {title}", f"{text} {variable}".strip(), "\n".join([TABLE, *rows])) if each
        )
        + "\n"
    )


def _model_of(field: FieldInfo) -> type[BaseModel] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _kind(field: FieldInfo) -> str:
    kind: Any = field.annotation
    if get_origin(kind) is Literal:
        return " or ".join(f"`{each}`" for each in get_args(kind))
    if get_origin(kind) is dict:
        return "texts by name" if get_args(kind)[1] is str else "see below"
    if get_origin(kind) is tuple:
        return "list of texts"
    if isinstance(kind, types.UnionType):
        return " or ".join(_NAMES.get(each, each.__name__) for each in get_args(kind))
    return _NAMES.get(kind, str(kind))


_NAMES = {str: "text", int: "whole number", float: "number", bool: "true or false", type(None): "nothing"}


def _default(field: FieldInfo) -> str:
    return "" if field.is_required() or field.default in ("", ()) else f"`{json.dumps(field.default)}`"


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(write(), encoding="utf-8")
