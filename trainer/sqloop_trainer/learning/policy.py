"""The policy that learns: a base model with a LoRA adapter.

What it writes comes from the code that serves users, with the adapter as it is now: a GGUF file is run by
llama.cpp, which is given the adapter anew when the policy is renewed. Gradients come from transformers and
peft; a Llama or a Qwen2 computes once what answers share (`sqloop_trainer.learning.token_tree`), any other
model is scored as TRL does it. Whoever calls the model sees no difference but time.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MethodType
from typing import Any

import numpy as np
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from torch import Tensor
from transformers import (
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    Qwen2ForCausalLM,
)
from trl.trainer.utils import add_fused_lm_head

from sqloop.errors import ModelError
from sqloop.generation.inference.gguf import GgufNetwork
from sqloop.generation.inference.gguf_loading import load_gguf, tune_gguf
from sqloop.generation.inference.hub_loading import (
    choose_network,
    computes_in_bfloat16,
    load_plain,
    wrap_model,
)
from sqloop.generation.inference.loading import fetch_folder, first_line
from sqloop.generation.inference.model import LanguageModel
from sqloop.generation.model_folder import find_model, read_form
from sqloop_trainer.learning.token_tree import ATTENTION
from sqloop_trainer.learning.tree_scores import score_tree
from sqloop_trainer.pretraining.packing import Ids
from sqloop_trainer.tuning.base_model import load_base

RANK = 32
"""Of the adapter's matrices: enough for all that a few thousand answers can tell."""


CHECKPOINTING = {"use_reentrant": False}
"""How torch is to forget what it can compute again."""

LONGEST = 3_072
"""Tokens of a prompt with its answer that can be learned from: memory grows with them."""


@dataclass(frozen=True)
class Policy:
    """``model`` is trained, ``writer`` generates with its weights as they were when it was last renewed."""

    model: PeftModel
    tokenizer: PreTrainedTokenizerFast
    writer: LanguageModel
    form: str

    def renew(self) -> None:
        """Let the writer write as the model now is."""
        if not isinstance(self.writer.network, GgufNetwork):
            self.writer.renew(choose_network(self.model))
            return
        with TemporaryDirectory(prefix="sqloop-policy-") as folder:
            tune_gguf(self.writer.network, save_adapter(self, Path(folder)))
        self.writer.forget()


def load_policy(base: str, adapter: str | None, rank: int = RANK) -> Policy:
    """The model at ``base`` with a trainable copy of ``adapter``, or with a new one that changes nothing yet.

    ``base`` is a folder, a name on the hub or a GGUF file. Raises ModelError where either cannot be loaded.
    """
    folder = find_model(base) or fetch_folder(base, "model", "config.json")
    tuning = fetch_folder(adapter, "adapter", "adapter_config.json") if adapter else None
    try:
        model, tokenizer = _load_base(folder)
        if tuning is not None:
            tuned = PeftModel.from_pretrained(model, tuning, is_trainable=True)
        else:
            tuned = get_peft_model(model, _lora(rank))
        for weight in tuned.parameters():
            if weight.requires_grad:
                weight.data = weight.data.float()  # also where the base is kept in bfloat16
        form = read_form(folder)
        if folder.is_file():
            return Policy(tuned, tokenizer, load_gguf(folder, tuning), form)
        return Policy(tuned, tokenizer, wrap_model(tuned, tokenizer, form), form)
    except ModelError:
        raise
    except Exception as error:  # Files may be broken in any way; the libraries raise all kinds.
        raise ModelError(f"The model {base} cannot be loaded: {first_line(error)}") from error


def _load_base(folder: Path) -> tuple[Any, PreTrainedTokenizerFast]:
    if folder.is_dir():
        return load_plain(folder, torch.float32)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    read, tokenizer = load_base(folder, device)
    model: Any = read
    if not computes_in_bfloat16(device):
        model = model.float()
    # What is forgotten and computed again is a third more work, and keeps 0.5B below 6 GB.
    model.gradient_checkpointing_enable(CHECKPOINTING)
    return model, tokenizer


def _lora(rank: int) -> LoraConfig:
    return LoraConfig(
        r=rank, lora_alpha=2 * rank, target_modules="all-linear", bias="none", task_type="CAUSAL_LM"
    )


def share_prompts(model: PeftModel, temperature: float = 1.0) -> None:
    """Give ``model`` TRL's way of scoring; a Llama or a Qwen2 computes what answers share once."""
    base: Any = model.get_base_model()
    if "forward" not in vars(base):
        add_fused_lm_head(base, temperature=temperature, outputs=("log_probs", "entropy"))
    if not isinstance(base, LlamaForCausalLM | Qwen2ForCausalLM):
        return
    other = base.forward
    base.set_attn_implementation(ATTENTION)

    def forward(self: Any, *args: Any, fused_lm_head: bool = False, **given: Any) -> Any:
        if not fused_lm_head:
            return other(*args, **given)
        return score_tree(self, given["input_ids"], given["attention_mask"], given["labels"], temperature)

    base.forward = MethodType(forward, base)


def score(model: Any, prompts: list[Ids], answers: list[Ids], pad: int) -> Tensor:
    """Log-probabilities ``[rows, longest answer]`` in nats of answers behind their prompts, 0 for padding."""
    before, behind = max(map(len, prompts)), max(map(len, answers))
    ids = torch.full((len(prompts), before + behind), pad)
    mask = torch.zeros_like(ids)
    for i, (prompt, answer) in enumerate(zip(prompts, answers, strict=True)):
        here = slice(before - len(prompt), before + len(answer))
        ids[i, here] = torch.from_numpy(np.concatenate([prompt, answer]))
        mask[i, here] = 1
    labels = ids.masked_fill(mask == 0, -100)
    labels[:, :before] = -100
    device = next(model.parameters()).device
    scored = model(
        input_ids=ids.to(device), attention_mask=mask.to(device), labels=labels.to(device), fused_lm_head=True
    )
    logprobs: Tensor = scored.log_probs[:, -behind:]
    return logprobs


def save_adapter(policy: Policy, folder: Path) -> Path:
    """Write the adapter as PEFT does, which `sqloop` serves."""
    policy.model.save_pretrained(str(folder), selected_adapters=["default"], save_embedding_layers=False)
    return folder
