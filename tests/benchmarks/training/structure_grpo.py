"""Does credit for the right tables, joins and aggregates teach more than answers alone? Two trainings.

    for file in adapter_config.json adapter_model.safetensors; do
        git show b60341d4:server/sqloop/tuned/qwen2.5-coder-0.5b/$file > FIRST/$file
    done
    python tests/benchmarks/training/structure_grpo.py --start FIRST --reward structure --out OUT/structure
    python tests/benchmarks/training/structure_grpo.py --start FIRST --reward sqloop --out OUT/sqloop

GRPO goes on from the first adapter that shipped, on half of the databases of ``trainer/written`` that came
after it; all rewards meet the same questions in the same order. Afterwards it is asked questions on the other
half, greedily. A prompt shows the part of the schema that the question is about, so that two cores can do it.
A draw is read, mended and run as it would be served; there is no second try after a failure. OUT/result.json
gets the shares of queries that are right and that fail, and how much the wrong ones are built like the gold
query; OUT/answers.jsonl what was right, for paired comparisons. ``--steps 0`` only asks.
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
from sqlglot import exp
from typer import Option

from sqloop.database.checking.parsing import parse_statement
from sqloop.database.outcome import Outcome
from sqloop.generation.prompts.forms import Asked
from sqloop.generation.prompts.hub_forms import ChatForm
from sqloop.linking.mentions import Room
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
from sqloop_trainer.tuning.sampling import Drawn, Sampler, read_drawn
from sqloop_trainer.tuning.sampling import Room as Cache
from sqloop_trainer.tuning.scenarios import Scenario, written_scenarios

WRITTEN = Path(__file__).parents[3] / "trainer" / "written"
LONGEST_PROMPT, LONGEST, MICRO, AT_ONCE = 500, 96, 1_024, 44
"""Tokens of a prompt, of a draw and of what is in memory at a time; prompts that are drawn for together."""

SHOWN = Room(4, 24)
"""Of a schema, in a prompt."""

EACH = 8
"""Questions of a database that are asked."""

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
    steps: Annotated[int, Option("--steps", help="None: only ask.")] = 16,
    questions: Annotated[int, Option("--questions", help="A step.")] = 8,
    k: Annotated[int, Option("-k", help="Draws of a question.")] = 8,
    rate: Annotated[float, Option("--rate")] = 1.5e-4,
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
        learned = [each for each in tasks if _is_learned(each)]
        others = groupby((each for each in tasks if not _is_learned(each)), attrgetter("path"))
        asked = [each for _, group in others for each in list(group)[:EACH]]
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
    """Each question once, where its gold SQL gives something and a short prompt shows its tables."""
    for scenario in scenarios:
        for asking in scenario.askings:
            gold = run_query(str(scenario.path), asking.sql)
            link = link_question(
                asking.wordings[0], scenario.schema, scenario.values, room=lambda schema: SHOWN
            )
            asked = Asked(link)
            prompt = encode(tokenizer, FRAME[0] + FORM.prefix(asked.schema) + FORM.suffix(asked) + FRAME[1])
            shown = {table.name.lower() for table in asked.schema.tables}
            tells = gold.status == "ok" and not gold.truncated and any(map(any, gold.rows))
            tells = tells and _read_tables(asking.sql) <= shown
            if tells and not asking.notes and len(prompt) <= LONGEST_PROMPT:
                right = GoldRows(gold, is_ordered(asking.sql, "sqlite"), asking.sql)
                yield Task(str(scenario.path), asked, prompt, right)


def _read_tables(sql: str) -> set[str]:
    tree = parse_statement(sql, "sqlite")
    made = {each.alias_or_name.lower() for each in tree.find_all(exp.CTE)}
    return {each.name.lower() for each in tree.find_all(exp.Table)} - made


def _run(task: Task, drawn: Drawn, tokenizer: Any) -> tuple[str, Outcome]:
    """The query that is run, and what it gives."""
    read = read_drawn(drawn, tokenizer, lambda text: FORM.to_sql(text, task.asked))
    return (read, run_query(task.path, read)) if isinstance(read, str) else ("", read)


def _measure(
    tuned: Any, tasks: Sequence[Task], tokenizer: Any, end: int, plan: dict[str, Any], out: Path
) -> None:
    """Ask, and write down what came of it."""
    cache = Cache(AT_ONCE, max(len(each.prompt) for each in tasks), 1, LONGEST)
    drawn = Sampler(tuned, [end], cache).draw([each.prompt for each in tasks])
    answers = []
    for task, (first,) in zip(tasks, drawn, strict=True):
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
