"""The command line of adapters: `sqloop adapters list | promote | rollback`."""

from __future__ import annotations

from typing import Annotated

import typer
from typer import Argument, Option

from sqloop.cli.options import Model

app = typer.Typer(help="What was learned: list, promote, roll back.")


@app.command("list")
def list_adapters(json: Annotated[bool, Option("--json", help="Print one JSON array.")] = False) -> None:
    """Show every adapter on this machine; a star marks those in use."""
    from sqloop.adapters.command import print_adapters
    from sqloop.session import open_registry
    from sqloop.settings import load_settings

    print_adapters(open_registry(load_settings()), as_json=json)


@app.command()
def promote(name: Annotated[str, Argument(help="An adapter in the list.", show_default=False)]) -> None:
    """Use an adapter from the next question on.

    Servers that are running use it, too.
    """
    from sqloop.adapters.command import print_promotion
    from sqloop.session import open_registry
    from sqloop.settings import load_settings

    print_promotion(open_registry(load_settings()), name)


@app.command()
def rollback(model: Model = None) -> None:
    """Go back to the adapter before, or to the bare model."""
    from sqloop.adapters.command import print_rollback
    from sqloop.adapters.following import identify_model
    from sqloop.session import name_model, open_registry
    from sqloop.settings import load_settings

    settings = load_settings(model=model)
    print_rollback(open_registry(settings), identify_model(name_model(settings)))
