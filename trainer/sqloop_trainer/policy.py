"""The policy that learns: a base model with a LoRA adapter.

A small Llama, as the starter model is, scores candidates with every prompt read once for all that answer it;
any other model is scored as transformers does it. Whoever calls the model sees no difference but time.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from types import MethodType
from typing import Any, cast

import numpy as np
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from torch import Tensor
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast
from trl.trainer.utils import FusedCausalLMOutput, add_fused_lm_head

from sqloop.errors import ModelError
from sqloop.generation.hub_loading import choose_network, load_base, wrap_model
from sqloop.generation.loading import fetch_folder, first_line
from sqloop.generation.model import LanguageModel
from sqloop.generation.model_folder import read_form
from sqloop_trainer.pretraining.forward import answer_states
from sqloop_trainer.pretraining.packing import Ids, pack

RANK = 32
"""Of the adapter's matrices: enough for all that a few thousand answers can tell."""


@dataclass(frozen=True)
class Policy:
    """``model`` is trained, ``writer`` generates with its weights as they were when it was last renewed."""

    model: PeftModel
    tokenizer: PreTrainedTokenizerFast
    writer: LanguageModel
    form: str

    def renew(self) -> None:
        """Let the writer write as the model now is."""
        self.writer.renew(choose_network(self.model))


def load_policy(base: str, adapter: str | None, rank: int = RANK) -> Policy:
    """The model at ``base`` with a trainable copy of ``adapter``, or with a new one that changes nothing yet.

    Raises ModelError where either cannot be loaded.
    """
    folder = fetch_folder(base, "model", "config.json")
    tuning = fetch_folder(adapter, "adapter", "adapter_config.json") if adapter else None
    try:
        model, tokenizer = load_base(folder, torch.float32)
        if tuning is not None:
            tuned = PeftModel.from_pretrained(model, tuning, is_trainable=True)
        else:
            tuned = get_peft_model(model, _lora(rank))
    except ModelError:
        raise
    except Exception as error:  # Files may be broken in any way; the libraries raise all kinds.
        raise ModelError(f"The model {base} cannot be loaded: {first_line(error)}") from error
    form = read_form(folder)
    return Policy(tuned, cast(PreTrainedTokenizerFast, tokenizer), wrap_model(tuned, tokenizer, form), form)


def _lora(rank: int) -> LoraConfig:
    return LoraConfig(
        r=rank, lora_alpha=2 * rank, target_modules="all-linear", bias="none", task_type="CAUSAL_LM"
    )


def share_prompts(model: PeftModel, temperature: float = 1.0) -> None:
    """Give ``model`` TRL's way of scoring; a Llama reads each prompt once for all answers to it."""
    base: Any = model.get_base_model()
    if "forward" not in vars(base):
        add_fused_lm_head(base, temperature=temperature, outputs=("log_probs", "entropy"))
    if not isinstance(base, LlamaForCausalLM):
        return
    other = base.forward

    def forward(self: LlamaForCausalLM, *args: Any, fused_lm_head: bool = False, **given: Any) -> Any:
        if not fused_lm_head:
            return other(*args, **given)
        return _score(self, given["input_ids"], given["attention_mask"], given["labels"], temperature)

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


def _score(
    model: LlamaForCausalLM, ids: Tensor, mask: Tensor, labels: Tensor, temperature: float
) -> FusedCausalLMOutput:
    """Log-probabilities and entropies ``[rows, answer columns]`` of what ``labels`` name, in nats."""
    first = int((labels != -100).any(0).nonzero()[0, 0])
    rows = [ids[i][mask[i] == 1].cpu().numpy() for i in range(len(ids))]
    lengths = mask[:, :first].sum(1).tolist()
    groups: dict[bytes, list[int]] = defaultdict(list)
    for i, (row, length) in enumerate(zip(rows, lengths, strict=True)):
        groups[row[:length].tobytes()].append(i)
    most = max(map(len, groups.values()))
    # Every prompt gets as many answers: short groups repeat their last, which nobody reads.
    order = [group[min(place, len(group) - 1)] for group in groups.values() for place in range(most)]
    items = [(rows[i][lengths[i] - 1 : lengths[i]], rows[i][lengths[i] :]) for i in order]
    batch = pack([rows[group[0]][: lengths[group[0]] - 1] for group in groups.values()], items).to(ids.device)
    hidden, _ = answer_states(model, batch)
    logprobs = (model.lm_head(hidden) / temperature).log_softmax(-1)
    chosen = logprobs.gather(-1, batch.targets.clamp(min=0)[..., None])[..., 0]
    entropy = -(logprobs.detach().exp() * logprobs).sum(-1)
    learned = batch.targets >= 0
    back = torch.empty(len(ids), dtype=torch.int64, device=ids.device)
    back[torch.tensor(order, device=ids.device)] = torch.arange(len(order), device=ids.device)
    columns = ids.shape[1] - first
    picked = [_fit((each * learned).index_select(0, back), columns) for each in (chosen, entropy)]
    return FusedCausalLMOutput(log_probs=picked[0], entropy=picked[1])


def _fit(values: Tensor, columns: int) -> Tensor:
    missing = columns - values.shape[1]
    return torch.nn.functional.pad(values, (0, missing)) if missing > 0 else values[:, :columns]


def save_adapter(policy: Policy, folder: Path) -> Path:
    """Write the adapter as PEFT does, which `sqloop` merges."""
    policy.model.save_pretrained(str(folder), selected_adapters=["default"])
    return folder
