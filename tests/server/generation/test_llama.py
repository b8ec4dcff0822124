"""The fast Llama gives the numbers that transformers gives, and the short way to load it the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM

from sqloop.generation.hub import HubNetwork
from sqloop.generation.hub_loading import load_hub_model, read_weights
from sqloop.generation.llama import LlamaNetwork, LlamaShape
from sqloop.generation.loading import load_model
from sqloop.generation.request import GenerationRequest


@pytest.mark.parametrize("groups", [1, 2, 4])
@pytest.mark.parametrize("tied", [True, False])
def test_same_logits_as_transformers(groups: int, tied: bool) -> None:
    """Read in two parts, forked, continued, reordered, thinned out: at each step."""
    torch.manual_seed(groups)
    config = LlamaConfig(
        vocab_size=97,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=3,
        num_attention_heads=4,
        num_key_value_heads=groups,
        tie_word_embeddings=tied,
        initializer_range=0.3,
        rope_theta=5000.0,
    )
    model = LlamaForCausalLM(config).eval()
    for name, weight in model.named_parameters():
        if "norm" in name:
            torch.nn.init.uniform_(weight, 0.5, 1.5)
    shape = LlamaShape.of(config.to_dict())
    assert shape is not None
    networks = (HubNetwork(model), LlamaNetwork(shape, model.state_dict()))
    steps = [([0, 0, 0], [5, 6, 7]), ([2, 0, 1], [8, 9, 10]), ([1, 1], [11, 12]), ([1], [13])]
    seen = []
    for network in networks:
        memory = network.read([30, 31], network.read(list(range(40)), None))  # type: ignore[arg-type]
        session = network.open(memory)  # type: ignore[arg-type]
        seen.append([memory.logits, *(session.advance(parents, tokens) for parents, tokens in steps)])
    for expected, found in zip(*seen, strict=True):
        torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


def test_a_session_longer_than_its_first_room() -> None:
    """Slots are added as rows grow, and nothing that was written is lost."""
    torch.manual_seed(0)
    config = LlamaConfig(vocab_size=50, hidden_size=16, intermediate_size=16, num_hidden_layers=1,
                         num_attention_heads=2, initializer_range=0.3)  # fmt: skip
    model = LlamaForCausalLM(config).eval()
    shape = LlamaShape.of(config.to_dict())
    assert shape is not None
    network = LlamaNetwork(shape, model.state_dict())
    session = network.open(network.read([1, 2, 3], None))
    logits = [session.advance([0, 0] if step == 0 else [0, 1], [step % 50, 7]) for step in range(150)][-1]
    whole = network.read([1, 2, 3, *(step % 50 for step in range(150))], None)
    torch.testing.assert_close(logits[0], whole.logits, atol=1e-4, rtol=1e-4)


def test_other_shapes_are_left_to_transformers() -> None:
    scaled = LlamaConfig(rope_parameters={"rope_type": "linear", "factor": 2.0, "rope_theta": 10000.0})
    assert LlamaShape.of(scaled.to_dict()) is None
    assert LlamaShape.of(LlamaConfig(attention_bias=True).to_dict()) is None
    assert LlamaShape.of({"model_type": "gemma"}) is None


@pytest.mark.parametrize("tuned", [False, True])
def test_short_way_to_load_gives_what_the_long_way_gives(own_model: tuple[Path, Path], tuned: bool) -> None:
    folder, adapter = own_model
    request = GenerationRequest("singer name year", "how many?", k=3, max_new_tokens=12)
    short = load_model(str(folder), str(adapter) if tuned else None).model.generate(request)
    long = load_hub_model(folder, adapter if tuned else None, "starter").generate(request)
    assert [each.text for each in short] == [each.text for each in long]
    assert [each.logprob for each in short] == pytest.approx([each.logprob for each in long], abs=1e-3)


def test_weights_of_a_model_in_training_are_read_with_its_adapter(
    make_model: Callable[[str], tuple[Path, Path]],
) -> None:
    folder, adapter = make_model("llama")
    tuned = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(folder), adapter)
    read = {name: weight.clone() for name, weight in read_weights(tuned).items()}
    merged = tuned.merge_and_unload().state_dict()
    assert read.keys() == merged.keys()
    for name, weight in merged.items():
        torch.testing.assert_close(read[name], weight)
