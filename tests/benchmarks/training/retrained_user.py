"""What of a person's corrections goes into the weights: `trainer retrain`, with memory off.

    python tests/benchmarks/training/retrained_user.py NAME --model qwen2.5-coder-0.5b --out FOLDER

The questions of `simulated_user.py` on one of its databases. All are asked in three wordings; the person
accepts or corrects the answers to the first. The adapter that `retrain` makes of that is asked the same,
whether the gate promotes it or not. Given again with the same folder, it goes on where it was killed.

Prints JSON: what the gate decided, right answers by wording before and after, the same of the questions that
were corrected, and what was won and lost.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from typer import Argument, Option

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.person import Person, settings_of
from benchmarks.simulated_user import WORDINGS, ask_about
from sqloop.places import data_folder
from sqloop.session import Session
from sqloop.settings import MemorySettings, Settings
from sqloop_trainer.retrain import plan_retrain, retrain
from sqloop_trainer.work import Work

Right = list[bool]


def main(
    name: Annotated[str, Argument(help="orders_office, video_hire or field_service.")],
    model: Annotated[str, Option("--model", help="As `sqloop ask` takes it.")],
    out: Annotated[Path, Option("--out", help="Where the run and its results are kept.")],
    k: Annotated[int, Option("-k", min=1, help="Candidates for a question.")] = 4,
    questions: Annotated[int, Option("--questions", help="Only so many.")] = 25,
) -> None:
    """Ask, correct, retrain, ask again, and print what changed."""
    with Work(out) as work:
        _share_models(out / "data")
        settings = settings_of(name, model, out).model_copy(
            update={"k": k, "data": str(out / "data"), "memory": MemorySettings(enabled=False)}
        )
        before = work.once("before", lambda: _ask_all(name, settings, questions, judging=True))
        made = work.once("made", lambda: _train(settings, out / "run"))
        learned = settings.model_copy(update={"adapter": made["adapter"]})
        after = work.once("after", lambda: _ask_all(name, learned, questions, judging=False))
    print(json.dumps({"promoted": made["promoted"], "reason": made["reason"]} | _compare(before, after)))


def _share_models(data: Path) -> None:
    """Adapters of the run are kept apart from the user's own, the models that were fetched are not."""
    data.mkdir(exist_ok=True)
    if not (data / "models").exists():
        (data / "models").symlink_to(data_folder() / "models")


def _ask_all(name: str, settings: Settings, count: int, *, judging: bool) -> Mapping[str, Right]:
    """Which questions are answered right, by wording; the first is judged after all were asked."""
    right: dict[str, Right] = {}
    for wording in range(1, WORDINGS + 1):
        with Session(settings) as session:
            suite = ask_about(name, session, wording, count)
            person = Person(settings, suite)
            answers = [(session.ask(item.question), item) for item in suite.items]
            right[str(wording)] = [person.finds_right(*each) for each in answers]
            if judging and wording == 1:
                for each in answers:
                    person.judge(*each)
    return right


def _train(settings: Settings, folder: Path) -> Mapping[str, Any]:
    result = retrain(settings, plan_retrain(settings), folder)
    return {"promoted": result.promoted, "reason": result.reason, "adapter": result.adapter}


def _compare(before: Mapping[str, Right], after: Mapping[str, Right]) -> dict[str, object]:
    corrected = [number for number, right in enumerate(before["1"]) if not right]
    pairs = [pair for wording in before for pair in zip(before[wording], after[wording], strict=True)]

    def count(answers: Mapping[str, Right], chosen: Sequence[int]) -> list[int]:
        return [sum(right[number] for number in chosen) for right in answers.values()]

    every = range(len(before["1"]))
    return {
        "before": count(before, every),
        "after": count(after, every),
        "corrected": len(corrected),
        "corrected, before": count(before, corrected),
        "corrected, after": count(after, corrected),
        "won": sum(new and not old for old, new in pairs),
        "lost": sum(old and not new for old, new in pairs),
    }


if __name__ == "__main__":
    typer.run(main)
