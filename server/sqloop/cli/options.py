"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer
from typer import Option

from sqloop.generation.request import MOST_CANDIDATES
from sqloop.terminal.standard_output import write


def _tell_version(context: typer.Context, asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        write(f"{context.info_name} {version('sqloop')}\n")
        raise typer.Exit


Version = Annotated[
    bool, Option("--version", "-V", callback=_tell_version, is_eager=True, help="Print the version.")
]
Db = Annotated[
    str | None,
    Option("--db", metavar="DB", help="A URL, files, a connection in sqloop.toml, or sample."),
]
DbOrInput = Annotated[
    str | None,
    Option(
        "--db",
        metavar="DB",
        help="A URL, files, a connection in sqloop.toml, sample, or - for CSV on standard input.",
    ),
]
Model = Annotated[
    str | None,
    Option(
        "--model",
        metavar="MODEL",
        help="auto, starter, a name in the list, a GGUF file, a folder, a name on the hub or a server's URL.",
    ),
]
Adapter = Annotated[
    str | None,
    Option("--adapter", metavar="ADAPTER", help="A folder, a name in the list or on the hub, or none."),
]
K = Annotated[
    int | None,
    Option("-k", metavar="N", min=1, max=MOST_CANDIDATES, help="How many candidates to try."),
]
NoFeedback = Annotated[bool, Option("--no-feedback", help="Keep nothing of this session.")]
