"""`trainer pretrain` from beginning to end: corpus, tokenizer, training, and a folder that SQLoop can load.

Everything lives in one run folder and every stage is kept, so that the same command goes on after a kill.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch.multiprocessing.spawn import spawn
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from sqloop.generation.prompts.starter_tokens import special_tokens
from sqloop_trainer.pretraining import together
from sqloop_trainer.pretraining.packing import EncodedScene, encode_scenes
from sqloop_trainer.pretraining.tokenizer import train_tokenizer
from sqloop_trainer.pretraining.training import Plan, Shape, make_model, train
from sqloop_trainer.synthesis.corpus import TrainingScene, read_corpus, spider_scenes, write_corpus

PER_ROW, LONGEST, LONGEST_HELD_OUT = 16, 100, 300
"""Questions that share one reading of their schema, and the most tokens that one may have."""

PIECE = "15MB"
"""The most that one file of weights holds."""

FIRST_SEED = 1_000_000


@dataclass(frozen=True)
class Run:
    """``spider`` may be None: then there is neither human data nor held-out accuracy.

    ``start`` is the folder of a model to go on from, whose tokenizer and shape are kept.
    """

    folder: Path
    spider: Path | None
    scenes: int
    plan: Plan
    shape: Shape = field(default_factory=Shape)
    start: Path | None = None


def pretrain(run: Run, say: Callable[[str], None]) -> Path:
    """The folder of the trained model; ``say`` gets a line at each stage."""
    cores = os.cpu_count() or 1
    say(f"Synthesising {run.scenes} databases with their questions")
    write_corpus(run.folder / "corpus", run.spider, run.scenes, FIRST_SEED, cores)
    find_tokenizer(run, (scene for shard in _shards(run) for scene in read_corpus(shard)))
    say(f"Training for {run.plan.steps} steps; {run.folder}/log.jsonl tells how it goes")
    if torch.cuda.is_available() or cores == 1:
        _train(run)
    else:
        # Processes of one thread each: together they do half as much again as one with as many threads.
        meeting = run.folder / "meeting"
        meeting.unlink(missing_ok=True)
        spawn(_train_together, (run, cores, meeting), cores)  # type: ignore[no-untyped-call]
    return run.folder / "model"


def _train_together(rank: int, run: Run, count: int, meeting: Path) -> None:
    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo", f"file://{meeting.resolve()}", rank=rank, world_size=count)
    _train(run)
    torch.distributed.destroy_process_group()


def _train(run: Run) -> None:
    """Train in this process, beside others where there are some; the first of them exports the model."""
    torch.manual_seed(run.plan.seed)
    torch.set_flush_denormal(True)  # Attention that is nearly nothing would cost the most.
    tokenizer = find_tokenizer(run, ())
    made, human = (_encode(list(read_corpus(shards)), tokenizer) for shards in _shards(run))
    held_out = list(spider_scenes(run.spider, 0, held_out=True)) if run.spider else []
    model = go_on(run.start, tokenizer) if run.start else make_model(run.shape, tokenizer)
    torch.nn.Module.to(model, torch.device("cuda" if torch.cuda.is_available() else "cpu"))
    held_out_rows = encode_scenes(held_out, tokenizer, PER_ROW, LONGEST_HELD_OUT)
    train(model, tokenizer, made, human, held_out_rows, run.plan, run.folder)
    if together.rank() == 0:
        export(model, tokenizer, run.folder / "model")


def _shards(run: Run) -> tuple[list[Path], list[Path]]:
    """The shards of generated scenes and those of Spider."""
    folder = run.folder / "corpus"
    return sorted(folder.glob("generated-*.gz")), sorted(folder.glob("spider-*.gz"))


def export(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, folder: Path) -> Path:
    """Write what `sqloop` loads: bfloat16 weights in pieces, configuration, tokenizer, prompt form."""
    torch.nn.Module.to(model, torch.bfloat16)
    model.save_pretrained(folder, max_shard_size=PIECE)
    for piece in folder.glob("*.safetensors"):
        piece.chmod(0o644)
    tokenizer.save_pretrained(folder)
    (folder / "sqloop.json").write_text(json.dumps({"form": "starter"}) + "\n")
    return folder


def _encode(scenes: list[TrainingScene], tokenizer: PreTrainedTokenizerFast) -> list[EncodedScene]:
    return encode_scenes(scenes, tokenizer, PER_ROW, LONGEST)


def find_tokenizer(run: Run, scenes: Iterable[TrainingScene]) -> PreTrainedTokenizerFast:
    """That of the run: kept from before, taken from what it starts with, or trained on ``scenes``."""
    folder = run.folder / "tokenizer"
    if (folder / "tokenizer.json").exists():
        kept: PreTrainedTokenizerFast = PreTrainedTokenizerFast.from_pretrained(folder)
        return kept
    if run.start:
        tokenizer: PreTrainedTokenizerFast = PreTrainedTokenizerFast.from_pretrained(run.start)
        tokenizer.add_tokens(special_tokens(), special_tokens=True)  # those that it lacks
    else:
        tokenizer = train_tokenizer(scenes)
    tokenizer.save_pretrained(folder)
    return tokenizer


def go_on(start: Path, tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    """The model in ``start``, with rows for what its vocabulary lacks."""
    model = LlamaForCausalLM.from_pretrained(start, dtype=torch.float32)
    model.resize_token_embeddings(len(tokenizer))
    return model
