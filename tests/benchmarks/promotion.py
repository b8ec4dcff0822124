"""Whether the gate promotes what is better for people: adapters of the starter on the restaurants database.

    python tests/benchmarks/promotion.py --data DIR --out FOLDER

`DIR` holds `restaurants.sqlite` and `restaurants.json`. A simulated person asks 50 questions (the 40 of
`questions/restaurants.jsonl`, and 10 of the dataset drawn with a fixed seed), accepts and corrects; then the
other 27 of the dataset. Four adapters are made, each by the command as it is: by `bootstrap` before there is
feedback, by `bootstrap` with 50 answers, by `retrain` with 50 and with 77. Beside each decision stand 80
questions of people that nobody trained on (`questions/restaurants-2.jsonl` and `-3.jsonl`), greedy, old
against new. Prints a line of JSON for each; what is done is not done again.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Annotated, Any

import typer
from typer import Option

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.person import Person
from sqloop.answer import ModelName
from sqloop.assistant import Assistant
from sqloop.database.connect import Database, connect
from sqloop.models import STARTER
from sqloop.session import NO_ADAPTER, Session, find_generator
from sqloop.settings import Settings, load_settings
from sqloop_trainer.benchmarks.questions import questions_suite, read_written
from sqloop_trainer.benchmarks.suite import Written, prepare_suite
from sqloop_trainer.bootstrap import bootstrap, plan_bootstrap
from sqloop_trainer.evaluate import evaluate
from sqloop_trainer.gate.decision import compare, luck
from sqloop_trainer.retrain import plan_retrain, retrain
from sqloop_trainer.training_run import Result
from sqloop_trainer.work import Work

QUESTIONS = Path(__file__).parent / "questions"
JUDGES = ("restaurants-2", "restaurants-3")
K = 8
Train = Callable[[Settings, Path], Result]


def main(
    data: Annotated[Path, Option("--data", help="The folder of the restaurants database.")],
    out: Annotated[Path, Option("--out", help="Where runs and adapters are kept; given again, it goes on.")],
) -> None:
    """Train, have the gate decide, and ask the 80 questions."""
    url = f"sqlite:///{(data / 'restaurants.sqlite').absolute()}"

    def specialise(settings: Settings, folder: Path) -> Result:
        return bootstrap(settings, plan_bootstrap(settings), folder)

    def learn(settings: Settings, folder: Path) -> Result:
        return retrain(settings, plan_retrain(settings), folder)

    runs: tuple[tuple[int, Train], ...] = ((0, specialise), (50, specialise), (50, learn), (77, learn))
    with Work(out) as work, connect(url) as database:
        before = _ask(database, load_settings(db=url, model=STARTER, adapter=NO_ADAPTER))
        for number, (answers, train) in enumerate(runs):
            settings = load_settings(db=url, model=STARTER, data=str(out / str(number)))
            if answers:
                work.once(f"{number}-said", lambda made=settings, count=answers: _say(made, data, count))
            result = work.once(str(number), lambda made=settings, go=train: _train(go, made))
            after = _ask(database, settings.model_copy(update={"adapter": result["adapter"]}))
            told = compare(before, after)
            print(
                json.dumps(
                    {
                        **result,
                        "run": "retrain" if train is learn else "bootstrap",
                        "answers": answers,
                        "people": f"{sum(before)} -> {sum(after)} of {len(after)}",
                        "won": told.wins,
                        "lost": told.losses,
                        "luck": round(luck(told.wins, told.losses), 3),
                    }
                ),
                flush=True,
            )


def _train(train: Train, settings: Settings) -> dict[str, Any]:
    result = train(settings, Path(settings.data) / "run")
    return {"promoted": result.promoted, "reason": result.reason, "adapter": result.adapter}


def _say(settings: Settings, data: Path, answers: int) -> dict[str, Any]:
    """Ask the starter what a person would ask, and say what is right; how many were."""
    with Session(settings) as session:
        suite = prepare_suite("restaurants", [session.database], _draw(data))
        person = Person(settings, suite)
        asked = suite.items[:answers]
        right = [person.judge(session.ask(item.question, K), item) for item in asked]
    print(f"{len(right)} asked, {sum(right)} accepted, {len(right) - sum(right)} corrected", file=sys.stderr)
    return {"accepted": sum(right), "corrected": len(right) - sum(right)}


def _draw(data: Path) -> list[Written]:
    found = {each.question: each for each in _read(data / "restaurants.json")}
    files = [QUESTIONS / f"{name}.jsonl" for name in JUDGES]
    judges = {each.question for file in files for each in read_written(file, "sqlite")}
    drawn = [found[question] for question in sorted(found.keys() - judges)]
    Random(0).shuffle(drawn)
    return [*read_written(QUESTIONS / "restaurants.jsonl", "sqlite"), *drawn]


def _read(path: Path) -> Iterator[Written]:
    """The questions of the dataset with values in the place of its variables."""
    for entry in json.loads(path.read_text(encoding="utf-8")):
        for sentence in entry["sentences"]:
            values = sentence["variables"]
            text, sql = (_put(each, values) for each in (sentence["text"], entry["sql"][0]))
            sql = sql.replace("RESTAURANTalias0.ID ", "RESTAURANTalias0.RESTAURANT_ID ")  # as the file has it
            yield Written(" ".join(text.split()).replace(" ?", "?"), sql.rstrip("; "))


def _put(text: str, values: dict[str, str]) -> str:
    def put(found: re.Match[str]) -> str:
        value = values[found[2]]
        return "'" + value.replace("'", "''") + "'" if found[1] else value

    names = "|".join(sorted(map(re.escape, values), key=len, reverse=True))
    return re.sub(rf'("?)\b({names})\b\1', put, text) if values else text


def _ask(database: Database, settings: Settings) -> list[bool]:
    """Which of the 80 questions are answered right, greedily."""
    generator = find_generator(settings)
    try:
        assistant = Assistant(database, generator, ModelName(STARTER))
        suites = [questions_suite(QUESTIONS / f"{name}.jsonl", database) for name in JUDGES]
        return [each.greedy.right for each in evaluate(suites, lambda _: assistant, 1).judged]
    finally:
        generator.close()


if __name__ == "__main__":
    typer.run(main)
