"""Adapters of the tiny model that counts: with the right one it lists names instead."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from sqloop.adapters import Card, Registry
from sqloop.generation.model_folder import identify_folder
from sqloop.generation.prompts.starter_tokens import token

MakeAdapter = Callable[..., Path]
Add = Callable[..., None]


@pytest.fixture
def make_adapter(tmp_path: Path, counting_model: Path) -> MakeAdapter:
    """Makes an adapter as PEFT saves it: behind a token, another one is likelier by some log-odds."""

    def make(name: str, odds: Mapping[tuple[str, str], float]) -> Path:
        head = load_file(counting_model / "model.safetensors")["lm_head.weight"]
        up, down = np.zeros((len(head), len(odds))), np.zeros((len(odds), len(head)))
        ids = json.loads((counting_model / "tokenizer.json").read_text())["added_tokens"]
        numbers = {each["content"]: each["id"] for each in ids}
        for row, ((before, then), more) in enumerate(odds.items()):
            down[row, numbers[token(before)]] = 1
            up[numbers[token(then)], row] = more / np.sqrt(len(head))
        folder = tmp_path / "made" / name
        folder.mkdir(parents=True)
        weights = {"lora_A": down.astype(np.float32), "lora_B": up.astype(np.float32)}
        save_file(
            {f"base_model.model.lm_head.{part}.weight": each for part, each in weights.items()},
            folder / "adapter_model.safetensors",
        )
        config = {"peft_type": "LORA", "r": len(odds), "lora_alpha": len(odds), "bias": "none"}
        (folder / "adapter_config.json").write_text(json.dumps(config))
        return folder

    return make


@pytest.fixture
def listing_adapter(make_adapter: MakeAdapter) -> Path:
    """Turns the model that counts into one that lists the second column."""
    return make_adapter("listing", {("select", "c1"): 30})


@pytest.fixture
def base(counting_model: Path) -> str:
    return identify_folder(counting_model)


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """Empty; `SQLOOP_DATA` set to ``tmp_path / "data"`` finds it."""
    return Registry(tmp_path / "data" / "adapters")


@pytest.fixture
def listing(registry: Registry, listing_adapter: Path, base: str) -> Registry:
    """With the adapter ``listing``, not promoted."""
    registry.add(listing_adapter, Card(name="listing", base=base, base_name="counting"))
    return registry
