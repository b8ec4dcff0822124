"""`trainer evaluate temptabqa-c`: from its folder to the scores on standard output."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from sqloop.assistant import Assistant
from sqloop.errors import SettingsError
from sqloop.settings import Settings
from sqloop_trainer.benchmarks.asking import follow, open_model
from sqloop_trainer.benchmarks.temptabqa import (
    FILES,
    TEST_SPLITS,
    Question,
    World,
    read_questions,
    world_of,
)
from sqloop_trainer.benchmarks.temptabqa_databases import open_world
from sqloop_trainer.benchmarks.temptabqa_evaluate import Marked, mark_questions, sample_questions
from sqloop_trainer.benchmarks.temptabqa_report import TemptabqaReport

ALL = "all"
"""Every test split, and their average."""


@dataclass(frozen=True)
class Wanted:
    """Which questions of which folder; ``limit`` is a sample of each split, chosen by ``seed``."""

    data: Path
    split: str = ALL
    limit: int | None = None
    seed: int = 0


def run_temptabqa(wanted: Wanted, settings: Settings, details: Path | None, *, as_json: bool) -> int:
    """Evaluate the model of `settings` and print its scores; the exit code, 0.

    Raises SettingsError for files that cannot be read, and what opening a database or a model raises.
    """
    splits = _read_splits(wanted)
    with follow(details, "found", _detail, lambda marked: (marked.split, marked.greedy.ems)) as take:
        marked = _ask_all(splits, wanted.data, settings, take)
    report = TemptabqaReport(tuple(marked), _train_questions(wanted.data))
    if as_json:
        print(json.dumps(report.to_json()))
    else:
        report.print()
    return 0


def _read_splits(wanted: Wanted) -> dict[str, list[Question]]:
    names = TEST_SPLITS if wanted.split == ALL else (wanted.split,)
    splits = {name: read_questions(wanted.data, name) for name in names}
    empty = [name for name, questions in splits.items() if not questions]
    if empty:
        raise SettingsError(f"{wanted.data / FILES[empty[0]]} holds no questions.")
    return {
        name: sample_questions(questions, wanted.limit, wanted.seed) for name, questions in splits.items()
    }


def _ask_all(
    splits: dict[str, list[Question]], data: Path, settings: Settings, take: Callable[[Marked], None]
) -> list[Marked]:
    marked: list[Marked] = []
    assistants: dict[World, Assistant] = {}
    with ExitStack() as stack:
        open_assistant = stack.enter_context(open_model(settings))
        mariadb = settings.connection() if settings.db else None
        for split, questions in splits.items():
            world = world_of(split)
            if world not in assistants:
                database = stack.enter_context(open_world(data, world, settings.limits.limits(), mariadb))
                assistants[world] = open_assistant(database)
            marked += mark_questions(split, questions, assistants[world], settings.k, take)
    return marked


def _train_questions(data: Path) -> frozenset[str] | None:
    if not (data / FILES["train"]).is_file():
        return None
    return frozenset(question.text for question in read_questions(data, "train"))


def _detail(marked: Marked) -> dict[str, object]:
    return {
        "split": marked.split,
        "template": marked.question.template,
        "question": marked.question.text,
        "gold": marked.question.answer,
        "greedy": asdict(marked.greedy),
        "ranked": asdict(marked.ranked) if marked.ranked else None,
    }
