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
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from sqloop_trainer.pretraining.packing import EncodedScene, encode_scenes
from sqloop_trainer.pretraining.tokenizer import train_tokenizer
from sqloop_trainer.pretraining.training import Plan, Shape, make_model, train
from sqloop_trainer.synthesis.corpus import TrainingScene, read_corpus, spider_scenes, write_corpus

PER_ROW, LONGEST = 8, 700
"""Questions and tokens that share one reading of their schema."""

PIECE = "15MB"
"""The most that one file of weights holds."""

FIRST_SEED = 1_000_000


@dataclass(frozen=True)
class Run:
    """``spider`` may be None: then there is neither human data nor held-out accuracy."""

    folder: Path
    spider: Path | None
    scenes: int
    plan: Plan
    shape: Shape = field(default_factory=Shape)


def pretrain(run: Run, say: Callable[[str], None]) -> Path:
    """The folder of the trained model; ``say`` gets a line at each stage."""
    torch.manual_seed(run.plan.seed)
    say(f"Synthesising {run.scenes} databases with their questions")
    shards = write_corpus(run.folder / "corpus", run.spider, run.scenes, FIRST_SEED, os.cpu_count() or 1)
    made = list(read_corpus(path for path in shards if path.name.startswith("generated")))
    human = list(read_corpus(path for path in shards if path.name.startswith("spider")))
    held_out = list(spider_scenes(run.spider, 0, held_out=True)) if run.spider else []
    tokenizer = _tokenizer(run.folder / "tokenizer", [*made, *human])
    made_rows, human_rows = _encode(made, tokenizer), _encode(human, tokenizer)
    held_out_rows = encode_scenes(held_out, tokenizer, PER_ROW, 1_200)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = make_model(run.shape, tokenizer)
    torch.nn.Module.to(model, device)
    size = sum(each.numel() for each in model.parameters())
    say(f"Training {size:,} parameters for {run.plan.steps} steps on {device}; see {run.folder}/log.jsonl")
    train(model, tokenizer, made_rows, human_rows, held_out_rows, run.plan, run.folder)
    return export(model, tokenizer, run.folder / "model")


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


def _tokenizer(folder: Path, scenes: Iterable[TrainingScene]) -> PreTrainedTokenizerFast:
    if (folder / "tokenizer.json").exists():
        kept: PreTrainedTokenizerFast = PreTrainedTokenizerFast.from_pretrained(folder)
        return kept
    tokenizer = train_tokenizer(scenes)
    tokenizer.save_pretrained(folder)
    return tokenizer
