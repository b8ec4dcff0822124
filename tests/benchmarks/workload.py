"""What is asked and executed for the clock: some of the questions that were written for evaluation."""

from __future__ import annotations

import json
from pathlib import Path

COUNT = 20
_FOLDER = Path(__file__).parent / "questions"


def read_questions() -> list[str]:
    """The first `COUNT` questions on the sample database."""
    return [row["question"] for row in _read("sample")[:COUNT]]


def read_queries() -> list[str]:
    """The gold SQL of all questions on the library, which runs on every engine."""
    return [row["sql"] for row in _read("library")]


def _read(name: str) -> list[dict[str, str]]:
    lines = (_FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]
