"""The optimisation loop: supervised learning of answers, held-out accuracy, checkpoints that survive a kill.

Matrices inside the layers are trained by Muon, embeddings and norms by AdamW; one learning rate schedule,
warm-up then linear to zero. The schedule goes by steps, so a resumed run ends where an unbroken one would.
Human questions come at twice their share in the last third.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import torch
from torch.nn.functional import cross_entropy
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from sqloop_trainer.pretraining.muon import Muon
from sqloop_trainer.pretraining.packing import Batch, EncodedScene, Renumbering, batches, make_batch


@dataclass(frozen=True)
class Shape:
    """The size of the network; ``hidden`` is a multiple of 64, the width of an attention head."""

    hidden: int = 256
    layers: int = 6
    feed_forward: int = 640


@dataclass(frozen=True)
class Plan:
    """How long and how fast to learn; ``rows`` scenes a step."""

    steps: int
    rows: int = 12
    matrix_rate: float = 0.006
    other_rate: float = 1e-3
    warm_up: int = 40
    evaluate_every: int = 100
    checkpoint_every: int = 50
    seed: int = 0


def make_model(shape: Shape, tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    """A Llama of this shape with random weights."""
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=shape.hidden,
            intermediate_size=shape.feed_forward,
            num_hidden_layers=shape.layers,
            num_attention_heads=shape.hidden // 64,
            num_key_value_heads=shape.hidden // 64,
            max_position_embeddings=4096,
            tie_word_embeddings=True,
            bos_token_id=None,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )


def train(
    model: LlamaForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    made: Sequence[EncodedScene],
    human: Sequence[EncodedScene],
    held_out: Sequence[EncodedScene],
    plan: Plan,
    folder: Path,
) -> None:
    """Train ``model`` in place; progress goes to ``folder/log.jsonl``, checkpoints beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    optimizers = _optimizers(model, plan)
    first = _restore(folder, model, optimizers)
    stream = _stream(made, human, tokenizer, plan, first)
    started, device = time.time(), next(model.parameters()).device
    for step in range(first, plan.steps):
        loss = _step(model, optimizers, _to(next(stream), device), _schedule(step, plan))
        record: dict[str, float] = {"step": step, "loss": loss, "seconds": time.time() - started}
        last = step + 1 == plan.steps
        if last or (step + 1) % plan.evaluate_every == 0:
            record["held_out"] = accuracy(model, held_out, tokenizer)
        with (folder / "log.jsonl").open("a") as log:
            log.write(json.dumps(record) + "\n")
        if last or (step + 1) % plan.checkpoint_every == 0:
            _save(folder, model, optimizers, step + 1)


def _step(
    model: LlamaForCausalLM, optimizers: list[torch.optim.Optimizer], batch: Batch, share: float
) -> float:
    """One step with ``share`` of the learning rates; the loss before it."""
    model.train()
    loss = answer_loss(model, batch)
    torch.autograd.backward(loss)
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = group["initial_lr"] * share
        optimizer.step()
        optimizer.zero_grad()
    return loss.item()


def answer_loss(model: LlamaForCausalLM, batch: Batch) -> torch.Tensor:
    """Mean cross-entropy over the tokens of the answers, in nats."""
    hidden = _hidden(model, batch)
    learned = batch.targets >= 0
    return cross_entropy(model.lm_head(hidden[learned]), batch.targets[learned])


def accuracy(
    model: LlamaForCausalLM, rows: Sequence[EncodedScene], tokenizer: PreTrainedTokenizerFast
) -> float:
    """Share of questions whose whole answer is the likeliest at each token, as greedy decoding gives it."""
    model.train(False)
    right = total = 0
    device = next(model.parameters()).device
    with torch.inference_mode():
        for start in range(0, len(rows), 16):
            batch = _to(make_batch(rows[start : start + 16], tokenizer.pad_token_id, None, Random(0)), device)
            learned = batch.targets >= 0
            guesses = model.lm_head(_hidden(model, batch)[learned]).argmax(-1)
            items = batch.item[learned]
            wrong = torch.zeros(int(items.max()) + 1, device=device)
            wrong.index_add_(0, items, (guesses != batch.targets[learned]).float())
            right += int((wrong == 0).sum())
            total += len(wrong)
    return right / max(total, 1)


def _hidden(model: LlamaForCausalLM, batch: Batch) -> torch.Tensor:
    output = model.model(
        input_ids=batch.ids, attention_mask=batch.mask, position_ids=batch.positions, use_cache=False
    )
    hidden: torch.Tensor = output.last_hidden_state
    return hidden


def _to(batch: Batch, device: torch.device) -> Batch:
    tensors = (batch.ids, batch.positions, batch.mask, batch.targets, batch.item)
    return Batch(*(tensor.to(device) for tensor in tensors))


def _optimizers(model: LlamaForCausalLM, plan: Plan) -> list[torch.optim.Optimizer]:
    matrices = [p for name, p in model.named_parameters() if p.ndim == 2 and "embed" not in name]
    known = {id(p) for p in matrices}
    others = [p for p in model.parameters() if id(p) not in known]
    optimizers: list[torch.optim.Optimizer] = [
        Muon(matrices, lr=plan.matrix_rate, momentum=0.95, weight_decay=0.01),
        torch.optim.AdamW(others, lr=plan.other_rate, betas=(0.9, 0.98), weight_decay=0.0),
    ]
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["initial_lr"] = group["lr"]
    return optimizers


def _schedule(step: int, plan: Plan) -> float:
    return min((step + 1) / plan.warm_up, (plan.steps - step) / (plan.steps - plan.warm_up), 1.0)


def _stream(
    made: Sequence[EncodedScene],
    human: Sequence[EncodedScene],
    tokenizer: PreTrainedTokenizerFast,
    plan: Plan,
    skip: int,
) -> Iterator[Batch]:
    """Batches without end; after a resume in another order, never the same ones again."""
    random = Random(plan.seed * 1_000_003 + skip)
    renumber = Renumbering(tokenizer)
    sources = [
        _forever(rows, plan, tokenizer.pad_token_id, renumber, random) for rows in (made, human) if rows
    ]
    share = len(human) / (len(made) + len(human))
    step = skip
    while True:
        late = step > plan.steps * 2 / 3
        use_human = human and (not made or random.random() < share * (2 if late else 1))
        yield next(sources[-1 if use_human else 0])
        step += 1


def _forever(
    rows: Sequence[EncodedScene], plan: Plan, pad: int, renumber: Renumbering, random: Random
) -> Iterator[Batch]:
    while True:
        yield from batches(rows, plan.rows, pad, renumber, random)


def _save(folder: Path, model: LlamaForCausalLM, optimizers: list[torch.optim.Optimizer], step: int) -> None:
    state = {
        "step": step,
        "model": model.state_dict(),
        "optimizers": [each.state_dict() for each in optimizers],
    }
    torch.save(state, folder / "checkpoint.partial")
    (folder / "checkpoint.partial").rename(folder / "checkpoint.pt")


def _restore(folder: Path, model: LlamaForCausalLM, optimizers: list[torch.optim.Optimizer]) -> int:
    path = folder / "checkpoint.pt"
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    model.load_state_dict(state["model"])
    for optimizer, saved in zip(optimizers, state["optimizers"], strict=True):
        optimizer.load_state_dict(saved)
    return int(state["step"])
