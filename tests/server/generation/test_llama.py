"""The fast Llama gives the numbers that transformers gives, and the short way to load it the same."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from peft import PeftModel
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM

from sqloop.errors import ModelError
from sqloop.generation.inference.hub import HubNetwork
from sqloop.generation.inference.hub_loading import load_hub_model, read_weights
from sqloop.generation.inference.llama import LlamaNetwork, LlamaShape
from sqloop.generation.inference.loading import load_model
from sqloop.generation.inference.weights import read_weights as read_file
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
    networks = (HubNetwork(model), LlamaNetwork(shape, read_weights(model)))
    steps = [([0, 0, 0], [5, 6, 7]), ([2, 0, 1], [8, 9, 10]), ([1, 1], [11, 12]), ([1], [13])]
    seen = []
    for network in networks:
        memory = network.read([30, 31], network.read(list(range(40)), None))  # type: ignore[arg-type]
        session = network.open(memory)  # type: ignore[arg-type]
        seen.append([memory.logits, *(session.advance(parents, tokens) for parents, tokens in steps)])
    for expected, found in zip(*seen, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-4, rtol=1e-4)


def test_a_session_longer_than_its_first_room() -> None:
    """Slots are added as rows grow, and nothing that was written is lost."""
    torch.manual_seed(0)
    config = LlamaConfig(vocab_size=50, hidden_size=16, intermediate_size=16, num_hidden_layers=1,
                         num_attention_heads=2, initializer_range=0.3)  # fmt: skip
    model = LlamaForCausalLM(config).eval()
    shape = LlamaShape.of(config.to_dict())
    assert shape is not None
    network = LlamaNetwork(shape, read_weights(model))
    session = network.open(network.read([1, 2, 3], None))
    logits = [session.advance([0, 0] if step == 0 else [0, 1], [step % 50, 7]) for step in range(150)][-1]
    whole = network.read([1, 2, 3, *(step % 50 for step in range(150))], None)
    np.testing.assert_allclose(logits[0], whole.logits, atol=1e-4, rtol=1e-4)


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
    read = {name: weight.copy() for name, weight in read_weights(tuned).items()}
    merged = tuned.merge_and_unload().state_dict()
    assert read.keys() == merged.keys()
    for name, weight in merged.items():
        np.testing.assert_allclose(read[name], weight.numpy(), rtol=1e-5, atol=1e-6)


def printed(script: str) -> str:
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def test_the_short_way_needs_no_torch(own_model: tuple[Path, Path]) -> None:
    script = (
        "import sys; from sqloop.generation.inference.loading import load_model;"
        "from sqloop.generation.request import GenerationRequest as R;"
        f"model = load_model({str(own_model[0])!r}, {str(own_model[1])!r}).model;"
        "model.generate(R('a', 'b', max_new_tokens=2));"
        "print([each for each in ('torch', 'transformers', 'peft') if each in sys.modules])"
    )
    assert printed(script) == "[]"


def test_other_models_say_what_they_lack(make_model: Callable[[str], tuple[Path, Path]]) -> None:
    script = (
        "import sys; sys.modules['torch'] = None\n"
        "from sqloop.errors import ModelError\n"
        "from sqloop.generation.inference.loading import load_model\n"
        f"try: load_model({str(make_model('qwen2')[0])!r})\n"
        "except ModelError as error: print(error.message, error.hint)"
    )
    said = printed(script)
    assert "what is not installed" in said
    assert "pip install peft torch transformers" in said


@pytest.mark.parametrize("kind", [torch.bfloat16, torch.float16, torch.float32, torch.float64])
def test_weights_of_every_width_are_read(tmp_path: Path, kind: torch.dtype) -> None:
    weights = {"a": torch.randn(3, 5).to(kind), "b": torch.tensor([-0.0, 1e-30, 3e4]).to(kind)}
    save_file(weights, tmp_path / "model.safetensors")
    read = read_file(tmp_path / "model.safetensors")
    for name, weight in weights.items():
        assert read[name].dtype == np.float32
        np.testing.assert_array_equal(read[name], weight.float().numpy())


def test_weights_that_are_no_floats_are_refused(tmp_path: Path) -> None:
    save_file({"a": torch.ones(2, dtype=torch.int8)}, tmp_path / "model.safetensors")
    with pytest.raises(ModelError, match="a holds I8"):
        read_file(tmp_path / "model.safetensors")
