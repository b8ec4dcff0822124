"""TEMPTABQA-C (arXiv 2506.05746, MIT): its questions and gold answers, and the athletes that they are about.

The folder is an upstream checkout or a part of one: `Train_set/`, `Dev_set/` and `Test_Dataset_with_Splits/`
with tab-separated files of Questions, Answers, Context and Types (the template: 47 of them). There is no
database; `temptabqa_databases` builds it from the contexts. The counterfactual split tells other facts of the
same athletes, so it is a world of its own.

Not covered: the prompts and the gold SQL of upstream. Known of the data: the templates and most athletes are
the same in train and test, and 56 counterfactual questions stand in train word for word.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqloop.errors import SettingsError
from sqloop_trainer.benchmarks.temptabqa_context import Athlete, parse_context

World = Literal["original", "counterfactual"]

_TEST = "Test_Dataset_with_Splits"
FILES = {
    "train": "Train_set/train_set.tsv",
    "dev": "Dev_set/dev_set.tsv",
    "original": f"{_TEST}/Original.tsv",
    "counterfactual": f"{_TEST}/CounterFactual.tsv",
    "large": f"{_TEST}/Original_Large_Table.tsv",
    "small": f"{_TEST}/Original_Small_Table.tsv",
    "easy": f"{_TEST}/Easy.tsv",
    "medium": f"{_TEST}/Medium.tsv",
    "hard": f"{_TEST}/Hard.tsv",
}
"""Where each split lies, in the order in which the papers print them."""

TEST_SPLITS = tuple(name for name in FILES if name not in ("train", "dev"))

_COLUMNS = {"Questions", "Answers", "Context", "Types"}


@dataclass(frozen=True)
class Question:
    """``answer`` is the gold answer as published: text, its parts separated by commas."""

    text: str
    answer: str
    template: int


def world_of(split: str) -> World:
    """The world whose database a split is asked on."""
    return "counterfactual" if split == "counterfactual" else "original"


def read_questions(directory: Path, split: str) -> list[Question]:
    """The questions of a split, in the order of its file. Raises SettingsError when it cannot be read."""
    if split not in FILES:
        raise SettingsError(f"temptabqa-c has no split {split!r}.", f"Known are {', '.join(FILES)}.")
    path = directory / FILES[split]
    try:
        return [
            Question(row["Questions"].strip(), row["Answers"].strip(), int(row["Types"]))
            for row in _rows(path)
        ]
    except (AttributeError, TypeError, ValueError):  # a row that is too short, or a template of letters
        raise SettingsError(
            f"{path} has a row without a question, an answer or the number of its type."
        ) from None


def read_athletes(directory: Path, world: World) -> list[Athlete]:
    """Every athlete of a world once, in the order of the files that are there.

    Raises SettingsError when none of the files is there, or one cannot be read.
    """
    paths = [directory / file for split, file in FILES.items() if world_of(split) == world]
    contexts = dict.fromkeys(row["Context"] for path in paths if path.is_file() for row in _rows(path))
    if not contexts:
        raise SettingsError(f"{directory} holds no {world} split of temptabqa-c.")
    athletes: dict[str, Athlete] = {}
    for context in contexts:
        try:
            athlete = parse_context(context or "")
        except ValueError as error:
            raise SettingsError(f"A context in {directory} cannot be read: {error}.") from None
        athletes.setdefault(athlete.name, athlete)
    return list(athletes.values())


def _rows(path: Path) -> Iterator[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t")
            missing = _COLUMNS - set(reader.fieldnames or ())
            if missing:
                raise SettingsError(f"{path} has no column {', '.join(sorted(missing))}.")
            yield from reader
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        hint = "--data names the folder of temptabqa-c."
        raise SettingsError(f"{path} cannot be read: {reason}.", hint) from None
