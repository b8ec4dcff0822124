"""An adapter that ships learns from written dialogues: follow-ups as they are served, and other questions.

    python tests/benchmarks/training/dialogue_tune.py --model qwen2.5-coder-1.5b --out OUT --seconds 5400

Goes on from the adapter in the package or another, supervised, on the dialogues of ``trainer/written`` and
some other questions of the same databases, so that those are not forgotten. With ``--fresh NAME`` (once for
each database that is new) all that is written of these is learned, and of each other database
``--dialogues`` dialogues. What each step gave is in OUT/log.jsonl, the adapter in OUT/adapter, kept every
`SAVED` steps too.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Annotated, Any

import typer
from typer import Option

from sqloop.models import resolve_model
from sqloop.session import find_shipped
from sqloop_trainer.tuning import sft
from sqloop_trainer.tuning.base_model import load_base
from sqloop_trainer.tuning.corpus import Dress, write_shard
from sqloop_trainer.tuning.packing import Group
from sqloop_trainer.tuning.run import END, encode, read_groups
from sqloop_trainer.tuning.scenarios import Scenario, written_scenarios

WRITTEN = Path(__file__).parents[3] / "trainer" / "written"

LONGEST = 3_072
"""Tokens of a pack: the dialogues of most databases with their schema, which is then read once."""

SAVED = 5
"""Steps between two adapters that are kept."""

DRESS = Dress(crowded=0, examples=0, failed=0)
"""What makes prompts long is left to `trainer tune`: two cores learn 60 tokens a second of the 1.5B."""


def main(
    out: Annotated[Path, Option("--out", help="Where the adapter and the log are kept.")],
    model: Annotated[str, Option("--model", help="A model of sqloop model list.")] = "qwen2.5-coder-1.5b",
    adapter: Annotated[Path | None, Option("--adapter", help="What to begin with.")] = None,
    seconds: Annotated[float, Option("--seconds")] = 3_600,
    passes: Annotated[int, Option("--passes", help="Over all dialogues, at most.")] = 1,
    others: Annotated[int, Option("--others", help="Other questions of each database.")] = 3,
    fresh: Annotated[list[str] | None, Option("--fresh", help="A database to learn as a whole.")] = None,
    dialogues: Annotated[int, Option("--dialogues", help="Of each database that is not fresh.")] = 1_000,
    rate: Annotated[float, Option("--rate")] = 5e-5,
    batch: Annotated[int, Option("--batch", help="Tokens a step.")] = 4_096,
    seed: Annotated[int, Option("--seed")] = 0,
) -> None:
    """Train, and print what each step gives."""
    work = out / "databases"
    work.mkdir(parents=True, exist_ok=True)
    random = Random(seed)
    scenarios = [
        each if each.name in (fresh or ()) else _with_few(each, others, dialogues, random)
        for each in written_scenarios(WRITTEN, work)
    ]
    base, known = load_base(Path(resolve_model(model)))
    tokenizer: Any = known
    shipped = find_shipped(model)
    if adapter is None and shipped is None:
        raise typer.BadParameter(f"{model} has no adapter in the package: give --adapter.")
    tuned = sft.load_lora(base, adapter or Path(shipped.source if shipped else ""))

    def corpus(epoch: int) -> Sequence[Group]:
        path = out / f"corpus-{epoch}.jsonl.gz"
        learned = [each for each in scenarios if each.dialogues or each.name in (fresh or ())]
        write_shard(path, learned, DRESS, seed + epoch)
        return read_groups([path], partial(encode, tokenizer))

    def tell(record: dict[str, float]) -> None:
        line = json.dumps({name: round(value, 5) for name, value in record.items()})
        print(line, file=sys.stderr, flush=True)
        with (out / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(line + "\n")
        if record["step"] % SAVED == 0:
            tuned.save_pretrained(str(out / "adapter"))

    plan = sft.Sft(passes, seconds, rate, warmup=5, batch=batch, micro=LONGEST, longest=LONGEST, seed=seed)
    sft.train(tuned, corpus, plan, tokenizer.convert_tokens_to_ids(END), tell)
    tuned.save_pretrained(str(out / "adapter"))


def _with_few(scenario: Scenario, questions: int, dialogues: int, random: Random) -> Scenario:
    """The scenario with so many of its questions and dialogues at most."""
    few = random.sample(scenario.askings, min(questions, len(scenario.askings)))
    said = random.sample(scenario.dialogues, min(dialogues, len(scenario.dialogues)))
    return replace(scenario, askings=tuple(few), dialogues=tuple(said))


if __name__ == "__main__":
    typer.run(main)
