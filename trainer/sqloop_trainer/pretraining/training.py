"""The optimisation loop: supervised learning of answers, held-out accuracy, checkpoints that survive a kill.

Matrices inside the layers are trained by Muon, embeddings and norms by AdamW; one learning rate schedule,
warm-up then linear to zero. The schedule goes by steps, so a resumed run ends where an unbroken one would.
Human questions are `HUMAN` of all, and `HUMAN_LATE` in the last third. Half-way up the network a head that is
thrown away afterwards tells what part each marked handle plays in the answer: that is what a small model
learns most slowly from answers alone.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import torch
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from sqloop.places import replacing
from sqloop_trainer.pretraining import together
from sqloop_trainer.pretraining.forward import answer_states
from sqloop_trainer.pretraining.muon import Muon, fast_precision
from sqloop_trainer.pretraining.packing import CLAUSES, Batch, EncodedScene, Language, batches, make_batch
from sqloop_trainer.pretraining.pointers import seed_pointers

HUMAN, HUMAN_LATE = 0.4, 0.5
DROP = 0.1
"""Dropout: the human questions are few, and a network that sees them a dozen times knows them by heart."""

ROLE_WEIGHT = 0.3
"""What the roles of handles count beside the answers."""


@dataclass(frozen=True)
class Shape:
    """The size of the network; ``hidden`` is a multiple of 64, the width of a head, and at least 128."""

    hidden: int = 256
    layers: int = 6
    feed_forward: int = 512


@dataclass(frozen=True)
class Plan:
    """How long and how fast to learn; ``rows`` scenes a step."""

    steps: int
    rows: int = 8
    matrix_rate: float = 0.008
    other_rate: float = 1e-3
    warm_up: int = 40
    evaluate_every: int = 100
    checkpoint_every: int = 50
    seed: int = 0


def make_model(shape: Shape, tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    """A Llama of this shape with random weights, some of its heads ready to point at handles."""
    model = LlamaForCausalLM(
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
            rope_parameters={"rope_type": "default", "rope_theta": 100_000.0},
        )
    )
    seed_pointers(model, Language(tokenizer))
    return model


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
    roles = torch.nn.Linear(model.config.hidden_size, len(CLAUSES) + 1)
    learner = _Learner(model, roles.to(model.device), _optimizers(model, roles, plan))
    first = _restore(folder, learner)
    language = Language(tokenizer)
    stream = _stream(made, human, language, plan, first)
    started = time.time()
    for step in range(first, plan.steps):
        record = {"step": step, **_step(learner, next(stream).to(model.device), _schedule(step, plan))}
        record["seconds"] = time.time() - started
        last = step + 1 == plan.steps
        if last or (step + 1) % plan.evaluate_every == 0:
            record["held_out"] = accuracy(model, held_out, language)
        if together.rank() > 0:
            continue
        with (folder / "log.jsonl").open("a") as log:
            log.write(json.dumps(record) + "\n")
        if last or (step + 1) % plan.checkpoint_every == 0:
            _save(folder, learner, step + 1)


@dataclass(frozen=True)
class _Learner:
    model: LlamaForCausalLM
    roles: torch.nn.Linear
    optimizers: list[torch.optim.Optimizer]


def _step(learner: _Learner, batch: Batch, share: float) -> dict[str, float]:
    """One step with ``share`` of the learning rates; the losses before it."""
    learner.model.train()
    device = batch.ids.device.type
    with torch.autocast(device, torch.bfloat16, enabled=fast_precision(device) is torch.bfloat16):
        answers, roles = losses(learner.model, learner.roles, batch)
    torch.autograd.backward(answers + ROLE_WEIGHT * roles)
    together.average_gradients([*learner.model.parameters(), *learner.roles.parameters()])
    torch.nn.utils.clip_grad_norm_(learner.model.parameters(), 1.0)
    for optimizer in learner.optimizers:
        for group in optimizer.param_groups:
            group["lr"] = group["initial_lr"] * share
        optimizer.step()
        optimizer.zero_grad()
    return {"loss": answers.item(), "roles": roles.item()}


def losses(
    model: LlamaForCausalLM, roles: torch.nn.Linear, batch: Batch
) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean cross-entropy over the tokens of the answers, and of the roles over marks, in nats."""
    hidden, marks = answer_states(model, batch, DROP if model.training else 0.0)
    learned = batch.targets >= 0
    answers = cross_entropy(model.lm_head(hidden[learned]), batch.targets[learned])
    normed = torch.nn.functional.rms_norm(marks, marks.shape[-1:])
    told = binary_cross_entropy_with_logits(roles(normed), batch.roles, reduction="sum") / max(len(marks), 1)
    return answers, told


def accuracy(model: LlamaForCausalLM, rows: Sequence[EncodedScene], language: Language) -> float:
    """Share of questions whose whole answer is the likeliest at each token, as greedy decoding gives it."""
    model.train(False)
    counts = torch.zeros(2, device=model.device)
    with torch.inference_mode():
        for row in together.share(list(rows)):
            batch = make_batch([row], language, None).to(model.device)
            guesses = model.lm_head(answer_states(model, batch)[0]).argmax(-1)
            counts[0] += ((guesses == batch.targets) | (batch.targets < 0)).all(-1).sum()
            counts[1] += len(guesses)
    right, total = together.add_up(counts).tolist()
    return float(right / max(total, 1))


def _optimizers(model: LlamaForCausalLM, roles: torch.nn.Linear, plan: Plan) -> list[torch.optim.Optimizer]:
    matrices = [p for name, p in model.named_parameters() if p.ndim == 2 and "embed" not in name]
    known = {id(p) for p in matrices}
    others = [p for p in (*model.parameters(), *roles.parameters()) if id(p) not in known]
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
    made: Sequence[EncodedScene], human: Sequence[EncodedScene], language: Language, plan: Plan, skip: int
) -> Iterator[Batch]:
    """Batches without end; after a resume in another order, never the same ones again."""
    random = Random(plan.seed * 1_000_003 + skip)
    sources = [_forever(rows, plan, language, random) for rows in (made, human) if rows]
    step = skip
    while True:
        share = HUMAN_LATE if step > plan.steps * 2 / 3 else HUMAN
        use_human = human and (not made or random.random() < share)
        yield next(sources[-1 if use_human else 0])
        step += 1


def _forever(rows: Sequence[EncodedScene], plan: Plan, language: Language, random: Random) -> Iterator[Batch]:
    while True:
        yield from batches(rows, plan.rows, language, random)


def _save(folder: Path, learner: _Learner, step: int) -> None:
    state = {
        "step": step,
        "model": learner.model.state_dict(),
        "roles": learner.roles.state_dict(),
        "optimizers": [each.state_dict() for each in learner.optimizers],
    }
    with replacing(folder / "checkpoint.pt") as new:
        torch.save(state, new)


def _restore(folder: Path, learner: _Learner) -> int:
    path = folder / "checkpoint.pt"
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    learner.model.load_state_dict(state["model"])
    learner.roles.load_state_dict(state["roles"])
    for optimizer, saved in zip(learner.optimizers, state["optimizers"], strict=True):
        optimizer.load_state_dict(saved)
    return int(state["step"])
