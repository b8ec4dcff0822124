"""What rewards have to teach by: how many groups of draws differ, and whether what pays is near to right.

    python tests/benchmarks/training/reward_signal.py --written trainer/written --draws FILE.jsonl

A model with the adapter that ships draws k = 8 queries (temperature 1, as GRPO does) for each of 60 questions
on 20 databases that came after the adapter was trained. Each draw is run and paid by each reward. GRPO
learns from a group only where its rewards differ; and where nothing in a group is right, a reward can only
lead there if what it pays more is nearer to right. Nothing is trained. FILE keeps the draws, a question a
line; given again, it goes on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from typer import Option

from sqloop.generation.inference.loading import load_model
from sqloop.generation.prompts.forms import Asked
from sqloop.generation.prompts.hub_forms import find_form
from sqloop.generation.request import GenerationRequest
from sqloop.linking.question import link_question
from sqloop.models import resolve_model
from sqloop.session import find_shipped
from sqloop_trainer.benchmarks.suite import is_ordered
from sqloop_trainer.gold import GoldRows
from sqloop_trainer.learning.rewards import REWARDS
from sqloop_trainer.structure import likeness
from sqloop_trainer.tuning.execution import run_query
from sqloop_trainer.tuning.scenarios import Scenario, written_scenarios

DATABASES, EACH, K = 20, 3, 8


@dataclass(frozen=True)
class Group:
    """``texts`` are what was drawn for ``question`` on the database ``name``; ``sql`` answers it."""

    name: str
    question: str
    sql: str
    texts: tuple[str, ...]


def main(
    written: Annotated[Path, Option("--written", help="Databases with questions: trainer/written.")],
    draws: Annotated[Path, Option("--draws", help="Where the draws are kept.")],
    model: Annotated[str, Option("--model", help="A model that has an adapter.")] = "qwen2.5-coder-0.5b",
    questions: Annotated[int, Option("--questions", help="To draw for at most.")] = DATABASES * EACH,
) -> None:
    """Draw what is missing of so many questions, and print what each reward makes of all draws."""
    with TemporaryDirectory(prefix="sqloop-signal-") as folder:
        scenarios = _choose(written, Path(folder))
        _draw(scenarios, draws, model, questions)
        tell(read_draws(draws), {each.name: str(each.path) for each in scenarios})


def tell(groups: Sequence[Group], paths: Mapping[str, str]) -> None:
    """Print a line for the draws and one for each reward; ``paths`` are the databases by name."""
    right = [_pay(each, paths[each.name], "binary") for each in groups]
    mixed = [0 < sum(each) < len(each) for each in right]
    none = [not any(each) for each in right]
    told = {"groups": len(groups), "right and wrong": sum(mixed), "nothing right": sum(none)}
    print(json.dumps({**told, "right": round(fmean(_flat(right)), 3)}))
    alike = [[likeness(text, each.sql, "sqlite") for text in each.texts] for each in groups]
    print(json.dumps({"structure of right": _mean(alike, right, 1), "of wrong": _mean(alike, right, 0)}))
    for name in ("binary", "sqloop", "structure"):
        paid = [_pay(each, paths[each.name], name) for each in groups]
        telling = [max(each) - min(each) > 1e-6 for each in paid]
        both = sum(tells and lost for tells, lost in zip(telling, none, strict=True))
        print(
            json.dumps({"reward": name, "telling groups": sum(telling), "of those with nothing right": both})
        )


def _choose(written: Path, work: Path) -> list[Scenario]:
    """Databases that the adapters that ship never saw: those they learned from have a second file."""
    new = [
        dump.name.removesuffix(".sql.gz")
        for dump in sorted(written.glob("*.sql.gz"))
        if not (written / dump.name.replace(".sql.gz", ".more.jsonl")).exists()
    ]
    chosen = set(Random(0).sample(new, DATABASES))
    folder = work / "written"
    folder.mkdir()
    for file in written.iterdir():
        if file.name.partition(".")[0] in chosen:
            (folder / file.name).symlink_to(file.resolve())
    return list(written_scenarios(folder, work))


def _draw(scenarios: Sequence[Scenario], draws: Path, model: str, questions: int) -> None:
    known = {(each.name, each.question) for each in read_draws(draws)}
    if len(known) >= questions:
        return
    base, shipped = resolve_model(model), find_shipped(model)
    served = load_model(str(base), shipped.source if shipped else None)
    form = find_form(served.form)
    for scenario in scenarios:
        for number, asking in enumerate(Random(scenario.name).sample(scenario.askings, EACH)):
            question = asking.wordings[0]
            if (scenario.name, question) in known:
                continue
            asked = Asked(link_question(question, scenario.schema, scenario.values, room=form.room))
            request = GenerationRequest(
                form.prefix(asked.schema), form.suffix(asked), k=K + 1, temperature=1.0, seed=number
            )
            _, *drawn = served.model.generate(request)  # the first is greedy, which is no draw
            group = Group(scenario.name, question, asking.sql, tuple(each.text for each in drawn))
            with draws.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(group)) + "\n")
            known.add((scenario.name, question))
            if len(known) >= questions:
                return


def _pay(group: Group, path: str, reward: str) -> list[float]:
    """What each draw is worth, as `trainer tune` pays it."""
    gold = GoldRows(run_query(path, group.sql), is_ordered(group.sql, "sqlite"), group.sql)
    return [REWARDS[reward](run_query(path, text), gold, text=text) for text in group.texts]


def _flat(groups: list[list[float]]) -> list[float]:
    return [each for group in groups for each in group]


def _mean(values: list[list[float]], right: list[list[float]], wanted: float) -> float:
    """Of the draws that are right, or wrong."""
    pairs = zip(_flat(values), _flat(right), strict=True)
    return round(fmean(value for value, each in pairs if each == wanted), 3)


def read_draws(file: Path) -> list[Group]:
    """The groups that were drawn."""
    if not file.exists():
        return []
    rows = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return [Group(row["name"], row["question"], row["sql"], tuple(row["texts"])) for row in rows]


if __name__ == "__main__":
    typer.run(main)
