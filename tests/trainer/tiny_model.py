"""A Llama with random weights and the tokenizer of the bundled model: knows nothing, and costs nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoModelForCausalLM

import sqloop
from sqloop.database.connect import connect
from sqloop_trainer.learning.execution import RewardPool
from sqloop_trainer.learning.policy import load_policy
from sqloop_trainer.learning.rollout import Asking
from sqloop_trainer.learning.supervised import Fit, fit, write_example
from tiny_shape import TINY

STARTER = Path(sqloop.__file__).parent / "starter"

SIZES = {**TINY, "initializer_range": 0.1}


def make_tiny_model(folder: Path) -> Path:
    """Write the model; its prompt form is the starter's."""
    torch.manual_seed(1)
    AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(STARTER, **SIZES)).save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json", "sqloop.json"):
        shutil.copy(STARTER / name, folder / name)
    assert json.loads((folder / "sqloop.json").read_text()) == {"form": "starter"}
    return folder


def teach_tiny_model(base: Path, url: str, known: Mapping[str, str], folder: Path, steps: int = 60) -> Path:
    """Write ``base`` as it is after a few supervised steps: it writes short queries, some of them right."""
    torch.manual_seed(1)
    policy = load_policy(str(base), None)
    policy.model.get_input_embeddings().requires_grad_(True)  # random ones tell no tokens apart
    with connect(url) as database, RewardPool(url) as pool:
        asking = Asking.on(policy.form, database)
        asked = {question: asking.ask(question, pool, None).asked for question in known}
    examples = [write_example(policy, asked[question], sql) for question, sql in known.items()]
    fit(policy, [each for each in examples if each], Fit(steps, size=8, rate=1e-2), folder / "work")
    merged: Any = policy.model
    merged.merge_and_unload().save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json", "sqloop.json"):
        shutil.copy(base / name, folder / name)
    return folder
