"""`trainer tune` from a GGUF file to an adapter: corpus, supervised training, GRPO on execution.

Everything lives in one run folder and every stage is kept, so that the same command goes on after a kill:
shards, then ``sft/`` (an adapter as PEFT saves it), then ``adapter/``. On a GPU the defaults take ten minutes
for 0.5B; on two CPU cores they take days, so give fewer ``--seconds``.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch

from sqloop.generation.prompts.forms import Asked
from sqloop.generation.prompts.hub_forms import ChatForm
from sqloop.linking.question import Note, link_question
from sqloop.places import replacing
from sqloop_trainer.benchmarks.suite import is_ordered
from sqloop_trainer.tuning import grpo, sft
from sqloop_trainer.tuning.base_model import load_base
from sqloop_trainer.tuning.corpus import PLAIN, Dress, write_shard
from sqloop_trainer.tuning.execution import ManyDatabases
from sqloop_trainer.tuning.packing import Group
from sqloop_trainer.tuning.scenarios import Scenario, spider_scenarios, written_scenarios

FRAME = "<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n"
END = "<|im_end|>"
"""The chat template of Qwen around one message of the user, as llama.cpp applies it."""

PASSES = 4
"""Passes over the corpus, the first plain; the last two hold the written scenarios twice."""

LONGEST_PROMPT = 1_800
"""Tokens of a prompt that GRPO draws for."""

ALONE = 6
"""Of so many written databases one is kept for GRPO: what is known by heart teaches it little."""

COPIES = (31, 32)
"""Seeds of the two instances of each Spider schema that a query must be right on."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Run:
    """``spider`` may be None: then the written scenarios alone are learned from.

    ``start`` is an adapter to go on from; without one a fresh adapter of ``rank`` begins.
    """

    base: Path
    folder: Path
    written: Path
    spider: Path | None
    start: Path | None
    rank: int
    supervised: sft.Sft
    rewarded: grpo.Grpo
    processes: int


def tune(run: Run, say: Say) -> Path:
    """The folder of the adapter; ``say`` gets a line at each stage. Raises OSError, ValueError."""
    shards = _write_corpus(run, say)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    say(f"Loading {run.base.name} on {device}")
    model, known = load_base(run.base, device)
    tokenizer: Any = known
    encoded = partial(encode, tokenizer)
    end = int(tokenizer.convert_tokens_to_ids(END))
    log = _Log(run.folder / "log.jsonl")
    if (run.folder / "sft" / "adapter_model.safetensors").exists():
        tuned = sft.load_lora(model, run.folder / "sft")
    else:
        say("Supervised training")
        tuned = sft.load_lora(model, run.start) if run.start else sft.add_lora(model, run.rank)
        corpus = [read_groups(paths, encoded) for paths in shards]
        sft.train(tuned, lambda epoch: corpus[epoch], run.supervised, end, log.write)
        tuned.save_pretrained(str(run.folder / "sft"))
    if run.rewarded.steps:
        say("GRPO")
        databases = ManyDatabases(run.processes)
        tasks = grpo.read_tasks(_tasks(run), encoded, databases)
        tasks = [task for task in tasks if len(task.prompt) <= LONGEST_PROMPT]
        judge = grpo.judge_by(run.rewarded.reward, tokenizer.decode, databases)
        grpo.train(tuned, tasks, run.rewarded, judge, [end], on_step=log.write)
    tuned.save_pretrained(str(run.folder / "adapter"))
    return run.folder / "adapter"


def _write_corpus(run: Run, say: Say) -> list[list[Path]]:
    """The shards of each pass; those that a run before this one wrote stay."""
    folder = run.folder / "corpus"
    folder.mkdir(parents=True, exist_ok=True)
    numbers = [[0], [1], [2, 3], [4, 5]]
    written = [[folder / f"written-{each}.jsonl.gz" for each in group] for group in numbers]
    all_written = [path for group in written for path in group]
    spider = [folder / f"spider-{each}.jsonl.gz" for each in range(PASSES if run.spider else 0)]
    missing = [path for path in (*all_written, *spider) if not path.exists()]
    if missing:
        say(f"Writing {len(missing)} passes over questions on many databases")
        _write(all_written, lambda: _learned_by_heart(written_scenarios(run.written, _databases(run))), 0)
        if run.spider is not None:
            source = run.spider
            _write(spider, lambda: spider_scenarios(source, _databases(run), COPIES[0]), 100)
    return [[*group, *spider[place : place + 1]] for place, group in enumerate(written)]


def _write(paths: Sequence[Path], scenarios: Callable[[], Any], seed: int) -> None:
    if all(path.exists() for path in paths):
        return
    known: list[Scenario] = list(scenarios())
    for number, path in enumerate(paths):
        if not path.exists():
            with replacing(path) as new:
                write_shard(new, known, Dress() if number else PLAIN, seed + number)


def _learned_by_heart(written: Iterable[Scenario]) -> Iterator[Scenario]:
    return (each for number, each in enumerate(written, 1) if number % ALONE)


def _databases(run: Run) -> Path:
    folder = run.folder / "databases"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def read_groups(paths: Sequence[Path], encoded: Callable[[str], list[int]]) -> list[Group]:
    """What `write_shard` wrote, in tokens."""
    before, behind = FRAME
    groups = []
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                branches = [(encoded(suffix + behind), encoded(sql + END)) for suffix, sql in row["items"]]
                groups.append(Group(encoded(before + row["prefix"]), branches))
    return groups


def _tasks(run: Run) -> list[dict[str, Any]]:
    """Prompts with gold SQL and the files it is run on; those of databases kept for it stand there twice."""
    form, (before, behind) = ChatForm(), FRAME
    written = list(written_scenarios(run.written, _databases(run)))
    scenarios: list[tuple[Scenario, list[str]]] = [
        (each, [str(each.path)]) for each in (*written, *written[ALONE - 1 :: ALONE])
    ]
    if run.spider is not None:
        list(spider_scenarios(run.spider, _databases(run), COPIES[1]))
        for each in spider_scenarios(run.spider, _databases(run), COPIES[0]):
            copies = [str(_databases(run) / f"{each.name}-{seed}.sqlite") for seed in COPIES]
            scenarios.append((each, copies))
    rows = []
    for scenario, paths in scenarios:
        for asking in scenario.askings:
            ordered = is_ordered(asking.sql, "sqlite")
            for question in asking.wordings:
                notes = tuple(Note(*note) for note in asking.notes)
                asked = Asked(
                    link_question(question, scenario.schema, scenario.values, notes, room=form.room)
                )
                prompt = before + form.prefix(asked.schema) + form.suffix(asked) + behind
                rows.append({"prompt": prompt, "sql": asking.sql, "ordered": ordered, "paths": paths})
    return rows


def encode(tokenizer: Any, text: str) -> list[int]:
    """Its tokens, and no others."""
    ids: list[int] = tokenizer(text, add_special_tokens=False).input_ids
    return ids


class _Log:
    """What each step gave, one JSON object a line."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, record: dict[str, float]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({name: round(value, 5) for name, value in record.items()}) + "\n")
