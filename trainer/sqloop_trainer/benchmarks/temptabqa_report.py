"""What `trainer evaluate temptabqa-c` prints: one object for programs, two tables for people.

The tables are Markdown where standard output is no terminal, so that they can be kept as they stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.box import HORIZONTALS, MARKDOWN
from rich.console import Console
from rich.table import Table

from sqloop_trainer.benchmarks.temptabqa_evaluate import COUNTS, Marked, Scores, average, score

NOTE = (
    "Train and test share their 47 templates and most athletes; in train: how many of the questions stand "
    "in the train split word for word."
)


@dataclass(frozen=True)
class TemptabqaReport:
    """All marked questions, and the texts of the train split where it is at hand."""

    marked: tuple[Marked, ...]
    trained_on: frozenset[str] | None

    def splits(self) -> dict[str, Scores]:
        """The scores of each split, in the order in which they were asked."""
        return {
            split: self._score(list(group)) for split, group in groupby(self.marked, lambda each: each.split)
        }

    def templates(self) -> dict[int, Scores]:
        """The scores of each template over all splits."""
        ordered = sorted(self.marked, key=lambda each: each.question.template)
        return {
            template: self._score(list(group))
            for template, group in groupby(ordered, lambda each: each.question.template)
        }

    def overall(self) -> Scores:
        """The average of the splits, each counting the same; counts are sums."""
        return average(list(self.splits().values()))

    def to_json(self) -> dict[str, object]:
        """The object that ``trainer evaluate --json`` prints: scores in percent; keys are an interface."""
        splits = {split: _rounded(scores) for split, scores in self.splits().items()}
        templates = {str(template): _rounded(scores) for template, scores in self.templates().items()}
        return {**_rounded(self.overall()), "splits": splits, "templates": templates}

    def print(self) -> None:
        """Both tables on standard output."""
        console = Console() if Console().is_terminal else Console(width=_WIDE)
        splits = list(self.splits().items())
        _print(console, "split", splits if len(splits) == 1 else [*splits, ("average", self.overall())])
        examples = {each.question.template: each.question.text for each in reversed(self.marked)}
        templates = [(f"{key}: {_short(examples[key])}", scores) for key, scores in self.templates().items()]
        _print(console, "template, and a question of it", templates)
        print(NOTE)

    def _score(self, marked: Sequence[Marked]) -> Scores:
        if self.trained_on is None:
            return score(marked)
        in_train = sum(each.question.text in self.trained_on for each in marked)
        return {"n": len(marked), "in_train": in_train, **score(marked)}


def _rounded(scores: Scores) -> Scores:
    return {key: round(value, 2) for key, value in scores.items()}


def _print(console: Console, kind: str, rows: Sequence[tuple[str, Scores]]) -> None:
    table = Table(box=HORIZONTALS if console.is_terminal else MARKDOWN)
    table.add_column(kind)
    for key in rows[0][1]:
        table.add_column(key.replace("_", " "), justify="right")
    for name, scores in rows:
        table.add_row(name, *(f"{value:.{0 if key in COUNTS else 1}f}" for key, value in scores.items()))
    if console.is_terminal:
        console.print(table)
        return
    with console.capture() as drawn:
        console.print(table)
    print(*(line.rstrip() for line in drawn.get().splitlines() if line.strip()), "", sep="\n")


_WIDE = 200
_LONGEST = 60


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
