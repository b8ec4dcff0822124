"""`trainer tune` and `pretrain`: how the models and adapters that ship were made."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Literal

from typer import Option

from sqloop.errors import SettingsError


def tune(
    model: Annotated[
        str,
        Option("--model", metavar="MODEL", help="A model of `sqloop model list`, or a GGUF file of Qwen2."),
    ],
    written: Annotated[
        Path,
        Option("--written", metavar="FOLDER", help="Databases with questions: trainer/written."),
    ],
    out: Annotated[
        Path, Option("--out", metavar="FOLDER", help="Where the run is kept; given again, it goes on.")
    ],
    data: Annotated[
        Path | None, Option("--data", metavar="FOLDER", help="Spider, as `evaluate` takes it.")
    ] = None,
    start: Annotated[
        Path | None,
        Option("--start", metavar="FOLDER", help="An adapter to go on from, instead of a fresh one."),
    ] = None,
    rank: Annotated[int, Option("--rank", metavar="N", min=1, help="Of the LoRA adapter.")] = 16,
    seconds: Annotated[
        float, Option("--seconds", metavar="S", help="Of supervised training at most.")
    ] = 600.0,
    steps: Annotated[int, Option("--steps", metavar="N", min=0, help="Of GRPO; 64 questions each.")] = 40,
    reward: Annotated[
        Literal["sqloop", "structure", "binary", "paper"],
        Option("--reward", help="Of GRPO: what a candidate is worth (docs/training.md)."),
    ] = "sqloop",
) -> int:
    """Tune a pretrained model on many databases.

    Supervised, then by GRPO; on a GPU where there is one. This is how the adapters that ship were made.
    Needs the extra `train`.
    """
    from sqloop.models import resolve_model
    from sqloop_trainer.tuning import grpo, sft
    from sqloop_trainer.tuning.run import PASSES, Run
    from sqloop_trainer.tuning.run import tune as run_tuning

    run = Run(
        base=Path(resolve_model(model)),
        folder=out,
        written=written,
        spider=data,
        start=start,
        rank=rank,
        supervised=sft.Sft(epochs=PASSES, seconds=seconds, batch=16_384),
        rewarded=grpo.Grpo(steps=steps, reward=reward),
        processes=os.cpu_count() or 1,
    )
    print(run_tuning(run, lambda line: print(line, file=sys.stderr)))
    return 0


def pretrain(
    out: Annotated[Path, Option("--out", metavar="FOLDER", help="Where everything of this run is kept.")],
    data: Annotated[
        Path | None, Option("--data", metavar="DIR", help="Spider's folder: human questions for training.")
    ] = None,
    scenes: Annotated[
        int, Option("--scenes", min=500, help="Databases to synthesise, 16 questions each.")
    ] = 12_000,
    steps: Annotated[int, Option("--steps", min=50, help="Steps of about 128 questions.")] = 1_100,
    start: Annotated[
        Path | None, Option("--start", metavar="MODEL", help="A folder of a starter model to go on from.")
    ] = None,
) -> int:
    """Train a starter model from nothing.

    The same command goes on after an interruption. The model is left in FOLDER/model, which --model takes.
    """
    from sqloop_trainer.pretraining.run import Run, pretrain
    from sqloop_trainer.pretraining.training import Plan

    if data is not None and not (data / "schemas.jsonl.gz").is_file():
        raise SettingsError(f"{data} holds no schemas.jsonl.gz.", "--data names the folder of Spider.")
    if start is not None and not (start / "config.json").is_file():
        raise SettingsError(f"{start} holds no model.", "--start names a folder with a config.json.")
    folder = pretrain(
        Run(out, data, scenes, Plan(steps), start=start), lambda line: print(line, file=sys.stderr)
    )
    print(folder)
    return 0
