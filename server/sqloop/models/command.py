"""What `sqloop model` prints: the catalogue with what of it is here, and what came or went."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, astuple, dataclass, fields
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from sqloop.errors import ModelError
from sqloop.models import catalogue
from sqloop.models.catalogue import STARTER, CatalogueModel
from sqloop.models.choice import AUTO, ChosenModel, choose_model, fits
from sqloop.models.fetch import Source, fetch_model
from sqloop.models.follow import ProgressBar
from sqloop.models.memory import available_memory
from sqloop.models.sizes import size_text
from sqloop.models.store import ModelStore, weigh
from sqloop.terminal.csv_text import write_csv
from sqloop.terminal.standard_output import write

_STARTER_MEMORY = 118_000_000
"""Measured: see tests/benchmarks/results."""


@dataclass(frozen=True)
class Row:
    """A model in the list; ``path`` is null where it is not here."""

    name: str
    title: str
    licence: str
    bytes: int
    memory: int
    sha256: str | None
    path: str | None
    present: bool
    in_use: bool
    fits: bool


def print_models(store: ModelStore, model: str, *, as_json: bool) -> None:
    """The starter model and the catalogue: a table, CSV into a pipe, or a JSON array.

    ``model`` is the one that the settings name.
    """
    memory = available_memory()
    chosen = _choose(store, model)
    rows = [_describe_starter(chosen)]
    rows += [_describe(each, store, chosen, memory) for each in catalogue.CATALOGUE]
    if as_json:
        write(json.dumps([asdict(row) for row in rows], ensure_ascii=False) + "\n")
    elif sys.stdout.isatty():
        Console().print(_draw(rows))
        if missing := [row.name for row in rows if row.fits and not row.present]:
            print(f"Fetch one with sqloop model get {missing[0]}", file=sys.stderr)
    else:
        write(write_csv([each.name for each in fields(Row)], map(astuple, rows)))


def print_fetching(
    store: ModelStore, name: str, chosen: str, source: Source | None, file: Path | None
) -> None:
    """Fetch the model of that name and say where it is. Raises as `fetch_model` does."""
    model = _find(name, "fetch")
    with ProgressBar() as bar:
        if warning := _warn_of_memory(model):
            bar.say(warning)
        came = fetch_model(model, store, bar, source=source, file=file)
    print(f"{name} {'is here' if came else 'was here already'}: {store.path(model)}")
    served = _choose(store, chosen)
    if served is not None and served.name != name:
        print(f"In use is {served.name}: the settings say {chosen or AUTO}.", file=sys.stderr)


def print_removal(store: ModelStore, name: str) -> None:
    """Delete the model of that name and say how much room that made. Raises ModelError."""
    size = store.remove(_find(name, "remove"))
    print(f"{name} is removed: {size_text(size)} are free again.")


def _find(name: str, verb: str) -> CatalogueModel:
    if name == STARTER:
        raise ModelError(f"The starter is part of the package: there is nothing to {verb}.")
    model = catalogue.look_up(name)
    if model is None:
        known = ", ".join(each.name for each in catalogue.CATALOGUE)
        raise ModelError(f"There is no model {name} in the catalogue.", f"Known: {known}.")
    return model


def _choose(store: ModelStore, model: str) -> ChosenModel | None:
    """What serves; None where the settings name what is not here."""
    try:
        return choose_model(model, store)
    except ModelError:
        return None


def _warn_of_memory(model: CatalogueModel) -> str:
    memory = available_memory()
    if fits(model, memory):
        return ""
    takes, free = size_text(model.memory), size_text(memory or 0)
    return f"{model.name} takes {takes} of memory and {free} are free: {AUTO} will not choose it."


def _describe(
    model: CatalogueModel, store: ModelStore, chosen: ChosenModel | None, memory: int | None
) -> Row:
    here = store.has(model)
    return Row(
        name=model.name,
        title=model.title,
        licence=model.licence,
        bytes=model.bytes,
        memory=model.memory,
        sha256=model.sha256,
        path=str(store.path(model)) if here else None,
        present=here,
        in_use=chosen is not None and chosen.name == model.name,
        fits=fits(model, memory),
    )


def _describe_starter(chosen: ChosenModel | None) -> Row:
    folder = Path(choose_model(STARTER, ModelStore(Path())).source)
    return Row(
        name=STARTER,
        title="SQLoop's own small model",
        licence="Apache-2.0",
        bytes=weigh(folder),
        memory=_STARTER_MEMORY,
        sha256=None,
        path=str(folder),
        present=True,
        in_use=chosen is not None and chosen.name == STARTER,
        fits=True,
    )


def _draw(rows: list[Row]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("model", no_wrap=True)
    table.add_column("size", justify="right", no_wrap=True)
    table.add_column("memory", justify="right", no_wrap=True)
    table.add_column("licence", no_wrap=True)
    table.add_column("here", no_wrap=True)
    for row in rows:
        table.add_row(
            f"[bold]{row.name}[/]" if row.in_use else row.name,
            size_text(row.bytes),
            size_text(row.memory),
            row.licence,
            _draw_state(row),
        )
    return table


def _draw_state(row: Row) -> str:
    if row.in_use:
        return "[green]in use[/]"
    if row.present:
        return "yes" if row.fits else "[yellow]too little memory[/]"
    return "[dim]no[/]" if row.fits else "[dim]no, too little memory[/]"
