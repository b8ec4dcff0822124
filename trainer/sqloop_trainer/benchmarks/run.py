"""`trainer evaluate`: from a benchmark to the scores on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from sqloop.glossary import Glossary
from sqloop.settings import Settings
from sqloop_trainer.benchmarks.asking import follow, open_model
from sqloop_trainer.benchmarks.suite import Suite
from sqloop_trainer.evaluate import Judged, Report, evaluate


def run_benchmark(
    suites: Iterable[Suite],
    settings: Settings,
    details: Path | None,
    *,
    as_json: bool,
    glossary: Glossary | None = None,
) -> int:
    """Evaluate the model of `settings` on `suites` and print its scores; the exit code, 0.

    ``glossary`` holds the words of the database that is asked, where there is one of its own.
    Raises SettingsError for files that cannot be read, and what opening a database or a model raises.
    """
    with (
        open_model(settings, glossary) as open_assistant,
        follow(details, "right", _detail, lambda judged: (judged.suite, judged.greedy.right)) as take,
    ):
        report = evaluate(suites, open_assistant, settings.k, take)
    _print(report, as_json=as_json)
    return 0


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
