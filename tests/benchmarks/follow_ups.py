"""Dialogues of three turns: is the answer to the last turn the right one?

    python tests/benchmarks/follow_ups.py --model qwen2.5-coder-0.5b --data DIR [--details FILE] [--new]

`questions/dialogues.jsonl` and `-2` to `-17` hold 20 dialogues each on several databases (`DIR` holds
`chinook.sqlite`), with gold SQL for each turn written before any model was asked. Their answers were read
after each was measured once, and the rules were mended by them. ``--new`` takes the newest alone. Every turn
goes on from the answer before, right or wrong, as a session does, and nobody corrects anything. Prints JSON:
right answers by turn.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
from typer import Option

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.person import settings_of
from sqloop.answer import Answer
from sqloop.errors import QuestionError
from sqloop.session import Session
from sqloop.settings import MemorySettings
from sqloop_trainer.benchmarks.suite import Written, is_right, prepare_suite

QUESTIONS = Path(__file__).parent / "questions"


def main(
    model: Annotated[str, Option("--model", help="As `sqloop ask` takes it.")],
    data: Annotated[Path, Option("--data", help="The folder of chinook.sqlite.")],
    details: Annotated[Path | None, Option("--details", help="What became of each turn, JSONL.")] = None,
    new: Annotated[bool, Option("--new", help="Only the newest dialogues.")] = False,
) -> None:
    """Hold the dialogues and print how many turns were answered right."""
    names = ("dialogues-17",) if new else ("dialogues", *(f"dialogues-{count}" for count in range(2, 17)))
    texts = ((QUESTIONS / f"{name}.jsonl").read_text(encoding="utf-8") for name in names)
    dialogues = [json.loads(line) for text in texts for line in text.splitlines()]
    right: list[list[bool]] = []
    with TemporaryDirectory() as folder:
        for name in dict.fromkeys(each["database"] for each in dialogues):
            settings = settings_of(name, model, Path(folder), data)
            off = settings.model_copy(update={"memory": MemorySettings(enabled=False)})
            with Session(off) as session:
                for each in (one for one in dialogues if one["database"] == name):
                    turns = list(_hold(session, name, each["turns"]))
                    right.append([turn["right"] for turn in turns])
                    if details:
                        with details.open("a", encoding="utf-8") as kept:
                            kept.writelines(json.dumps(turn, ensure_ascii=False) + "\n" for turn in turns)
    by_turn = [sum(column) for column in zip(*right, strict=True)]
    print(json.dumps({"dialogues": len(right), "right by turn": by_turn}))


def _hold(session: Session, name: str, turns: list[dict[str, str]]) -> Iterator[dict[str, Any]]:
    """One dialogue, turn by turn."""
    suite = prepare_suite(name, [session.database], [Written(turn["ask"], turn["sql"]) for turn in turns])
    if suite.skipped:
        raise ValueError(f"{suite.skipped} gold queries of {name} give nothing.")
    before: Answer | None = None
    for item in suite.items:
        try:
            before = session.ask(item.question) if before is None else session.follow(before, item.question)
            answer, question = before, before.question
        except QuestionError as error:
            answer, question = None, f"refused: {error}"
        best = answer.best if answer else None
        right = best is not None and is_right(best.sql, best.outcome, item, suite)
        yield {
            "database": name,
            "turn": item.question,
            "question": question,
            "right": right,
            "sql": best.sql if best else "",
            "gold": item.gold_sql,
        }


if __name__ == "__main__":
    typer.run(main)
