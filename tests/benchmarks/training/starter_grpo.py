"""GRPO on the starter model itself: Spider's training questions about other things, judged by their answers.

    python tests/benchmarks/training/starter_grpo.py --data DIR --out runs/starter-grpo

Each training schema is renamed (`synthesis.renaming`, by seeds that the corpus never uses) and filled twice
with rows; a candidate is right when it gives the gold answer on both. OUT/model has the adapter merged into
the weights. Called again, a run goes on where it was stopped.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from contextlib import ExitStack, closing
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Annotated, cast

import typer
from transformers import LlamaForCausalLM
from typer import Option

import sqloop
from sqloop.database.connect import connect
from sqloop_trainer.benchmarks.spider import is_held_out, read_questions, read_schemas, read_words
from sqloop_trainer.benchmarks.suite import Written, prepare_suite
from sqloop_trainer.gold import GoldRows
from sqloop_trainer.instances.rows import fill
from sqloop_trainer.instances.scenes import scenes_of
from sqloop_trainer.learning.execution import RewardPool
from sqloop_trainer.learning.grpo import Grpo, tune
from sqloop_trainer.learning.policy import load_policy
from sqloop_trainer.learning.rollout import Asking, Task
from sqloop_trainer.pretraining.run import export
from sqloop_trainer.progress import silence_libraries
from sqloop_trainer.synthesis.schemas.renaming import rename

STARTER = Path(sqloop.__file__).parent / "starter"
FIRST_SEED = 777_777


def main(
    data: Annotated[Path, Option("--data", help="The folder of spider.")],
    out: Annotated[Path, Option("--out", help="Where the run is kept.")],
    model: Annotated[Path, Option("--model", help="A starter model.")] = STARTER,
    schemas: Annotated[int, Option("--schemas", help="Training schemas to ask about.")] = 60,
    questions: Annotated[int, Option("--questions", help="Of each schema, at the most.")] = 24,
    steps: Annotated[int, Option("--steps")] = 60,
    rate: Annotated[float, Option("--rate")] = 1e-4,
    temperature: Annotated[float, Option("--temperature")] = 1.0,
    seed: Annotated[int, Option("--seed", help="Of the schemas, their names and their rows.")] = 0,
) -> None:
    """Train, print each step, write the model."""
    silence_libraries()
    out.mkdir(parents=True, exist_ok=True)
    policy = load_policy(str(model), None)
    with TemporaryDirectory(prefix="sqloop-starter-") as folder, ExitStack() as stack:
        tasks = _make_tasks(
            data, Path(folder), schemas, questions, policy.form, stack, Random(FIRST_SEED + seed)
        )
        print(f"{len(tasks)} questions on {schemas} schemas", file=sys.stderr, flush=True)
        plan = Grpo(steps, questions=16, kl=0.02, rate=rate, temperature=temperature, seed=seed)
        tune(policy, tasks, plan, out, lambda record: print(json.dumps(record), file=sys.stderr, flush=True))
    merged = cast(LlamaForCausalLM, policy.model.merge_and_unload())
    print(export(merged, policy.tokenizer, out / "model"))


def _make_tasks(
    data: Path, folder: Path, schemas: int, count: int, form: str, stack: ExitStack, random: Random
) -> list[Task]:
    known, words = read_schemas(data), read_words(data)
    asked = defaultdict(list)
    for each in read_questions(data):
        if not is_held_out(each.db_id):
            texts = (each.question, each.synonyms) if each.synonyms else (each.question,)
            asked[each.db_id] += [(text, each.sql) for text in dict.fromkeys(texts)]
    tasks: list[Task] = []
    for db_id in random.sample(sorted(asked), schemas):
        chosen = random.sample(asked[db_id], min(count, len(asked[db_id])))
        schema, meant, texts = rename(known[db_id], words[db_id], chosen, random)
        planted = [scene for _, sql in texts for scene in scenes_of(sql, schema)]
        paths = [folder / f"{db_id}-{number}.sqlite" for number in (1, 2)]
        for number, path in enumerate(paths):
            fill(schema, random.randrange(10**6) + number, 30, planted, meant, path).close()
        urls = [f"sqlite:///{path}" for path in paths]
        with ExitStack() as opening:
            databases = [opening.enter_context(closing(connect(url))) for url in urls]
            suite = prepare_suite(db_id, databases, [Written(text, sql) for text, sql in texts])
            asking = Asking.on(form, databases[0])
        pool = stack.enter_context(RewardPool(*urls))
        for item in suite.items:
            first, second = (GoldRows(outcome, item.ordered) for outcome in item.gold)
            tasks.append(asking.ask(item.question, pool, first, copies=(second,)))
    return tasks


if __name__ == "__main__":
    typer.run(main)
