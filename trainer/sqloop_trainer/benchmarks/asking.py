"""What every benchmark needs while it asks its questions: the model, and somebody who follows."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TypeVar

from sqloop.answer import ModelName
from sqloop.assistant import Assistant
from sqloop.database.connect import Database
from sqloop.errors import SettingsError
from sqloop.glossary import Glossary
from sqloop.session import find_generator, find_model
from sqloop.settings import Settings
from sqloop_trainer import progress

_T = TypeVar("_T")


@contextmanager
def open_model(
    settings: Settings, glossary: Glossary | None = None
) -> Iterator[Callable[[Database], Assistant]]:
    """The model of the settings, by what makes an assistant of it on a database. Raises as `find_model`."""
    chosen = find_model(settings)
    generator = find_generator(settings, chosen)
    name = ModelName(chosen.name, settings.adapter or None)
    try:
        yield lambda database: Assistant(database, generator, name, glossary=glossary)
    finally:
        generator.close()


@contextmanager
def follow(
    details: Path | None,
    word: str,
    describe: Callable[[_T], dict[str, object]],
    look: Callable[[_T], tuple[str, float]],
) -> Iterator[Callable[[_T], None]]:
    """What is called with each question that was judged.

    It writes what ``describe`` says into the file ``details``, where one is wanted, a line each, and counts
    on standard error, on a terminal all the time, elsewhere in a line every half minute: ``look`` gives the
    part of the benchmark and the points, which are called ``word``. Raises SettingsError.
    """
    from rich.console import Console

    try:
        file = details.open("w", encoding="utf-8") if details else None
    except OSError as error:
        raise SettingsError(f"{details} cannot be written: {error.strerror}.") from None
    asked, points, said = 0, 0.0, time.monotonic()
    console = Console(stderr=True)
    with file or nullcontext(), console.status("Loading the model …") as status:

        def take(judged: _T) -> None:
            nonlocal asked, points, said
            part, gained = look(judged)
            asked, points = asked + 1, points + gained
            line = f"{points:g} of {asked} {word} ({part})"
            status.update(line)
            if not console.is_terminal and time.monotonic() - said >= progress.EVERY:
                said = time.monotonic()
                print(line, file=console.file, flush=True)
            if file:
                file.write(json.dumps(describe(judged), ensure_ascii=False) + "\n")
                file.flush()

        yield take
