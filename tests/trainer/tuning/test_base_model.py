"""What is tuned is what is served: transformers and llama.cpp read one GGUF file alike, adapters included."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from gguf import GGUFWriter
from peft import PeftModel

from sqloop.generation.inference.loading import load_model
from sqloop.generation.prompts.forms import Asked, Example, Failure
from sqloop.generation.prompts.hub_forms import ChatForm
from sqloop.linking.question import LinkedQuestion
from sqloop_trainer.tuning.base_model import load_base
from sqloop_trainer.tuning.scenarios import Scenario
from sqloop_trainer.tuning.sft import add_lora

TEXTS = (
    "SELECT name FROM singer",
    "wie groß ist 日本?\n\n  (a, b)",
    "SELECT 1<|im_end|>\n<|im_start|>user\n",
)
NEAR = 0.05
"""Logits have a deviation of 3; llama.cpp keeps keys and values in half precision."""


@pytest.fixture(autouse=True)
def _one_thread_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def logits(model: Any, ids: list[int]) -> Any:
    with torch.inference_mode():
        return model(torch.tensor([ids])).logits[0, -1].numpy()


@pytest.mark.parametrize("text", TEXTS)
def test_both_see_the_same_tokens_and_give_the_same_logits(tiny_gguf: Path, base: Any, text: str) -> None:
    tokenizer, served = load_base(tiny_gguf)[1], load_model(str(tiny_gguf)).model
    ids = served.tokens.encode(text)
    assert tokenizer.encode(text) == ids
    for end in (1, len(ids)):
        expected = logits(base, ids[:end])
        assert float(np.abs(served.network.read(ids[:end], None).logits - expected).max()) < NEAR
        assert float(expected.std()) > 1


def test_an_adapter_does_the_same_to_both(tiny_gguf: Path, tiny_adapter: Path, base: Any) -> None:
    served = load_model(str(tiny_gguf), str(tiny_adapter)).model
    ids = served.tokens.encode(TEXTS[0])
    bare = logits(base, ids)
    expected = logits(PeftModel.from_pretrained(base, tiny_adapter).eval(), ids)
    assert float(np.abs(served.network.read(ids, None).logits - expected).max()) < NEAR
    assert float(np.abs(expected - bare).max()) > 20 * NEAR


def test_what_training_saves_is_what_is_served(tiny_gguf: Path, tuned: PeftModel, tmp_path: Path) -> None:
    tuned.save_pretrained(str(tmp_path / "saved"))
    served = load_model(str(tiny_gguf), str(tmp_path / "saved")).model
    ids = served.tokens.encode(TEXTS[0])
    assert float(np.abs(served.network.read(ids, None).logits - logits(tuned, ids)).max()) < NEAR


def test_a_fresh_adapter_changes_nothing(tiny_gguf: Path, base: Any, tmp_path: Path) -> None:
    add_lora(base, rank=2).save_pretrained(str(tmp_path / "fresh"))
    bare, fresh = load_model(str(tiny_gguf)).model, load_model(str(tiny_gguf), str(tmp_path / "fresh")).model
    ids = bare.tokens.encode(TEXTS[0])
    found = fresh.network.read(ids, None).logits
    assert float(np.abs(found - bare.network.read(ids, None).logits).max()) < NEAR


def test_a_prompt_in_its_two_parts_is_the_prompt_whole(tiny_gguf: Path, scenarios: list[Scenario]) -> None:
    """As the chat template writes it: no token reaches over the place where the schema's cache ends."""
    tokenizer, served = load_base(tiny_gguf)[1], load_model(str(tiny_gguf)).model
    form, scenario = ChatForm(), scenarios[0]
    example, failure = Example("who?", "SELECT 1"), Failure("SELECT 2", "no")
    for more in ({}, {"examples": (example,)}, {"failed": failure}):
        asked = Asked(LinkedQuestion("how many?", scenario.schema), **more)
        prefix, suffix = form.prefix(asked.schema), form.suffix(asked)
        head, tail = served.encode(prefix, suffix)
        said = [{"role": "user", "content": prefix + suffix}]
        whole = tokenizer.apply_chat_template(said, add_generation_prompt=True, return_dict=False)
        assert whole == [*head, *tail]


def test_another_architecture_is_told(tmp_path: Path) -> None:
    writer = GGUFWriter(tmp_path / "llama.gguf", "llama")
    writer.add_context_length(8)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with pytest.raises(ValueError, match="holds a llama, not a qwen2"):
        load_base(tmp_path / "llama.gguf")
