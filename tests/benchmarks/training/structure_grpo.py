"""Does credit for the right tables, joins and aggregates teach more than answers alone? Two trainings.

    for file in adapter_config.json adapter_model.safetensors; do
        git show b60341d4:server/sqloop/tuned/qwen2.5-coder-0.5b/$file > FIRST/$file
    done
    python tests/benchmarks/training/structure_grpo.py --start FIRST --reward structure --out OUT/structure
    python tests/benchmarks/training/structure_grpo.py --start FIRST --reward sqloop --out OUT/sqloop

GRPO goes on from the first adapter that shipped, on half of the databases of ``trainer/written`` that came
after it and are small; all rewards meet the same questions in the same order. Afterwards it is asked the
questions of the other half, greedily. A draw is read, mended and run as it would be served; a second try after
a failure there is none. OUT/result.json gets the shares of queries that are right and that fail, and how much
the wrong ones are built like the gold query; OUT/answers.jsonl what was right, for paired comparisons.
``--steps 0`` only asks.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Annotated, Any, cast
from zlib import crc32

import typer
from typer import Option

from sqloop.database.outcome import Outcome
from sqloop.generation.prompts.forms import Asked
from sqloop.generation.prompts.hub_forms import ChatForm
from sqloop.linking.question import link_question
from sqloop.models import resolve_model
from sqloop_trainer.benchmarks.suite import is_ordered
from sqloop_trainer.gold import GoldRows
from sqloop_trainer.learning.rewards import REWARDS
from sqloop_trainer.structure import likeness
from sqloop_trainer.tuning import grpo, sft
from sqloop_trainer.tuning.base_model import load_base
from sqloop_trainer.tuning.execution import run_query
from sqloop_trainer.tuning.run import END, FRAME, encode
from sqloop_trainer.tuning.sampling import Drawn, Room, Sampler, read_drawn
from sqloop_trainer.tuning.scenarios import Scenario, written_scenarios

WRITTEN = Path(__file__).parents[3] / "trainer" / "written"
LONGEST_PROMPT, LONGEST, MICRO, AT_ONCE = 1_240, 120, 1_024, 44
"""Tokens of a prompt, of a draw and of what is in memory at a time; prompts that are drawn for together."""

FORM = ChatForm()


@dataclass(frozen=True)
class Task:
    """A question on the SQLite file at ``path``; ``prompt`` is in tokens."""

    path: str
    asked: Asked
    prompt: Sequence[int]
    gold: GoldRows


def main(
    out: Annotated[Path, Option("--out", help="Where the adapter and what was measured are kept.")],
    start: Annotated[Path, Option("--start", help="The adapter to go on from.")],
    reward: Annotated[str, Option("--reward", help=", ".join(REWARDS))] = "sqloop",
    model: Annotated[str, Option("--model", help="A model of sqloop model list.")] = "qwen2.5-coder-0.5b",
    steps: Annotated[int, Option("--steps", help="None: only ask.")] = 20,
    questions: Annotated[int, Option("--questions", help="A step.")] = 8,
    k: Annotated[int, Option("-k", help="Draws of a question.")] = 8,
    rate: Annotated[float, Option("--rate")] = 1e-4,
) -> None:
    """Train, and ask what is held out."""
    out.mkdir(parents=True, exist_ok=True)
    plan = grpo.Grpo(steps, 7_200.0, questions, k, reward, rate, micro=MICRO)
    base, known = load_base(resolve_model(model))
    tokenizer = cast(Any, known)
    end = int(tokenizer.convert_tokens_to_ids(END))
    tuned = sft.load_lora(base, start)

    def judge(tasks: Sequence[Task], drawn: Sequence[Sequence[Drawn]]) -> list[list[float]]:
        pay, paid = REWARDS[reward], []
        for task, group in zip(tasks, drawn, strict=True):
            ran = [_run(task, each, tokenizer) for each in group]
            paid.append([pay(outcome, task.gold, text=text) for text, outcome in ran])
        return paid

    def tell(record: dict[str, float]) -> None:
        line = json.dumps({name: round(value, 4) for name, value in record.items()})
        print(line, file=sys.stderr, flush=True)
        with (out / "log.jsonl").open("a") as log:
            log.write(line + "\n")

    with TemporaryDirectory(prefix="sqloop-structure-") as folder:
        tasks = list(_tasks(_new_scenarios(Path(folder)), tokenizer))
        halves = [[each for each in tasks if _is_learned(each) == half] for half in (True, False)]
        learned, asked = halves
        print(f"{len(learned)} questions to learn from, {len(asked)} to ask", file=sys.stderr, flush=True)
        if steps:
            grpo.train(tuned, learned, plan, judge, [end], tell)
            tuned.save_pretrained(str(out / "adapter"))
        _measure(tuned, asked, tokenizer, end, asdict(plan), out)


def _new_scenarios(work: Path) -> Iterator[Scenario]:
    """Those that the first adapter never saw: what it learned from has a second file of questions."""
    folder = work / "written"
    folder.mkdir()
    for file in WRITTEN.iterdir():
        name = file.name.partition(".")[0]
        if not (WRITTEN / f"{name}.more.jsonl").exists():
            (folder / file.name).symlink_to(file)
    return written_scenarios(folder, work)


def _is_learned(task: Task) -> bool:
    """Half of the databases, by a hash of their name."""
    return crc32(Path(task.path).stem.encode()) % 2 == 0


def _tasks(scenarios: Iterator[Scenario], tokenizer: Any) -> Iterator[Task]:
    """Every question in its first wording, where its gold SQL gives something and the prompt is short."""
    for scenario in scenarios:
        for asking in scenario.askings:
            gold = run_query(str(scenario.path), asking.sql)
            link = link_question(asking.wordings[0], scenario.schema, scenario.values, room=FORM.room)
            asked = Asked(link)
            prompt = encode(tokenizer, FRAME[0] + FORM.prefix(asked.schema) + FORM.suffix(asked) + FRAME[1])
            tells = gold.status == "ok" and not gold.truncated and any(map(any, gold.rows))
            if tells and not asking.notes and len(prompt) <= LONGEST_PROMPT:
                right = GoldRows(gold, is_ordered(asking.sql, "sqlite"), asking.sql)
                yield Task(str(scenario.path), asked, prompt, right)


def _run(task: Task, drawn: Drawn, tokenizer: Any) -> tuple[str, Outcome]:
    """The query that is run, and what it gives."""
    read = read_drawn(drawn, tokenizer, lambda text: FORM.to_sql(text, task.asked))
    return (read, run_query(task.path, read)) if isinstance(read, str) else ("", read)


def _measure(
    tuned: Any, tasks: Sequence[Task], tokenizer: Any, end: int, plan: dict[str, Any], out: Path
) -> None:
    """Ask database by database: what prompts begin with alike is read once."""
    answers = []
    for _, group in groupby(tasks, attrgetter("path")):
        some = list(group)
        room = Room(min(AT_ONCE, len(some)), max(len(each.prompt) for each in some), 1, LONGEST)
        drawn = Sampler(tuned, [end], room).draw([each.prompt for each in some])
        for task, (first,) in zip(some, drawn, strict=True):
            text, outcome = _run(task, first, tokenizer)
            answers.append(
                {
                    "database": Path(task.path).stem,
                    "question": task.asked.question,
                    "sql": text,
                    "ran": outcome.status == "ok",
                    "right": outcome.status == "ok" and task.gold.is_right(outcome),
                    "structure": round(likeness(text, task.gold.sql, "sqlite"), 3),
                }
            )
    (out / "answers.jsonl").write_text("".join(json.dumps(each) + "\n" for each in answers))
    result = {
        "questions": len(answers),
        "right": round(100 * fmean(each["right"] for each in answers), 1),
        "failed": round(100 * fmean(not each["ran"] for each in answers), 1),
        "structure of wrong ones": round(
            fmean(cast(float, each["structure"]) for each in answers if not each["right"]), 3
        ),
    }
    (out / "result.json").write_text(json.dumps(result | {"plan": plan}, indent=1) + "\n")
    print(json.dumps(result))


if __name__ == "__main__":
    typer.run(main)
