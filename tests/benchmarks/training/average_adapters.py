"""The mean of two LoRA adapters of one shape: what the later one learned, for less of what it forgot.

    python tests/benchmarks/training/average_adapters.py ONE OTHER OUT

The adapter of the 1.5B that ships is such a mean. Each matrix is averaged by itself, so the change of the
weights is not quite the mean of both changes; where OTHER went on from ONE the difference is small. OUT gets
the weights in bfloat16 and the configuration of ONE.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import torch
import typer
from safetensors.torch import load_file, save_file

WEIGHTS, CONFIGURATION = "adapter_model.safetensors", "adapter_config.json"


def main(one: Path, other: Path, out: Path) -> None:
    """Average the weights, and write the adapter."""
    first, second = (load_file(each / WEIGHTS) for each in (one, other))
    if {name: part.shape for name, part in first.items()} != {n: p.shape for n, p in second.items()}:
        raise typer.BadParameter(f"{one} and {other} are no adapters of the same shape.")
    mean = {name: (part.float() + second[name].float()) / 2 for name, part in first.items()}
    out.mkdir(parents=True, exist_ok=True)
    shutil.copy(one / CONFIGURATION, out)
    kept = {name: part.to(torch.bfloat16).contiguous() for name, part in mean.items()}
    save_file(kept, out / WEIGHTS, metadata={"format": "pt"})


if __name__ == "__main__":
    typer.run(main)
