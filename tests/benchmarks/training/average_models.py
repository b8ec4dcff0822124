"""The mean of two starter models: what each learned last, for the price of none of it.

    python tests/benchmarks/training/average_models.py ONE OTHER OUT

OTHER went on from ONE, or both from one model; it may know more words, whose rows are taken as they are.
OUT is a folder for ``--model``.
"""

from __future__ import annotations

from pathlib import Path

import torch
import typer
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from sqloop_trainer.pretraining.run import export
from sqloop_trainer.progress import silence_libraries


def main(one: Path, other: Path, out: Path) -> None:
    """Average the weights, and write the model."""
    silence_libraries()
    first, mean = (LlamaForCausalLM.from_pretrained(each, dtype=torch.float32) for each in (one, other))
    with torch.no_grad():
        for name, weights in mean.named_parameters():  # Tied weights come once.
            known = first.get_parameter(name)
            weights[: len(known)].lerp_(known, 0.5)
    print(export(mean, PreTrainedTokenizerFast.from_pretrained(other), out))


if __name__ == "__main__":
    typer.run(main)
