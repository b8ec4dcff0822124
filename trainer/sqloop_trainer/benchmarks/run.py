"""`trainer evaluate`: a benchmark from its files to the scores on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from sqloop.answer import ModelName
from sqloop.assistant import Assistant
from sqloop.errors import SettingsError
from sqloop.session import find_generator, find_model, open_database
from sqloop.settings import Settings
from sqloop_trainer.benchmarks.questions import questions_suite
from sqloop_trainer.benchmarks.spider_suites import spider_suites
from sqloop_trainer.benchmarks.suite import Suite
from sqloop_trainer.evaluate import Judged, Report, evaluate


def run_benchmark(
    name: str, data: Path, split: str, settings: Settings, details: Path | None, *, as_json: bool
) -> int:
    """Evaluate the model of `settings` on a benchmark and print its scores; the exit code, 0.

    Raises SettingsError for files that cannot be read, and what opening a database or a model raises.
    """
    with ExitStack() as stack:
        chosen = find_model(settings)
        generator = find_generator(settings, chosen)
        stack.callback(generator.close)
        model = ModelName(chosen.name, settings.adapter or None)
        suites = stack.enter_context(_suites(name, data, split, settings))
        log = stack.enter_context(open_details(details))
        report = evaluate(
            suites,
            lambda database: Assistant(database, generator, model),
            settings.k,
            _follow(log, stack),
        )
    _print(report, as_json=as_json)
    return 0


@contextmanager
def _suites(name: str, data: Path, split: str, settings: Settings) -> Iterator[Iterable[Suite]]:
    if name == "spider":
        yield spider_suites(data, split)
        return
    with open_database(settings) as database:
        yield [questions_suite(data, database)]


@contextmanager
def open_details(path: Path | None) -> Iterator[TextIO | None]:
    """The file for what became of each question, where one is wanted. Raises SettingsError."""
    try:
        file = path.open("w", encoding="utf-8") if path else None
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}.") from None
    with file or nullcontext():
        yield file


def _follow(log: TextIO | None, stack: ExitStack) -> Callable[[Judged], None]:
    """Writes each judged question to the log, and counts on a terminal."""
    from rich.console import Console

    status = stack.enter_context(Console(stderr=True).status("Loading the model …"))
    counts = {"asked": 0, "right": 0}

    def follow(judged: Judged) -> None:
        counts["asked"] += 1
        counts["right"] += judged.greedy.right
        status.update(f"{counts['right']} of {counts['asked']} right ({judged.suite})")
        if log:
            log.write(json.dumps(_detail(judged), ensure_ascii=False) + "\n")

    return follow


def _detail(judged: Judged) -> dict[str, object]:
    return {
        "suite": judged.suite,
        "question": judged.item.question,
        "gold": judged.item.gold_sql,
        "greedy": asdict(judged.greedy),
        "ranked": asdict(judged.ranked) if judged.ranked else None,
        "confidence": round(judged.confidence, 3),
    }


def _print(report: Report, *, as_json: bool) -> None:
    scores = report.to_json()
    if as_json:
        print(json.dumps(scores))
        return
    width = max(map(len, scores))
    for key, value in scores.items():
        sys.stdout.write(f"{key:<{width}}  {value}\n")
