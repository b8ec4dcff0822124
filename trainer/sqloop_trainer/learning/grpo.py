"""GRPO with rewards from execution: TRL's trainer, our rollouts.

TRL computes advantages, loss, KL and gradients; what it would do slowly on a laptop is done here: candidates
come from the same code that serves users (`sqloop_trainer.learning.rollout`), prompts are read once for all
candidates (`sqloop_trainer.learning.policy`), and groups whose candidates are all worth the same are left out
of the step.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from datasets import Dataset  # type: ignore[import-untyped]
from transformers import PrinterCallback, TrainerCallback

from sqloop.generation.request import Decoding
from sqloop_trainer.learning.policy import CHECKPOINTING, Policy, save_adapter, share_prompts
from sqloop_trainer.learning.rewards import REWARDS
from sqloop_trainer.learning.rollout import LONGEST_ANSWER, Rollouts, Task

os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")
# trl reads the variable when it is imported.
from trl.trainer.grpo_config import GRPOConfig
from trl.trainer.grpo_trainer import GRPOTrainer

ADAPTER, CHECKPOINTS, LOG = "adapter", "checkpoints", "log.jsonl"
"""What a run leaves in its folder."""


@dataclass(frozen=True)
class Grpo:
    """How to learn. ``questions`` a step with ``k`` candidates each; ``kl`` weighs the way from the start.

    Two beams, as published, or draws at ``temperature``. Advantages are divided by the deviation of the whole
    batch: divided by that of their group, the sizes of rewards vanish where k is 2.
    """

    steps: int
    questions: int = 12
    k: int = 8
    decoding: Decoding = "sample"
    reward: str = "sqloop"
    kl: float = 0.05
    rate: float = 1e-4
    temperature: float = 1.0
    save_every: int = 10
    seed: int = 0


def tune(
    policy: Policy,
    tasks: Sequence[Task],
    plan: Grpo,
    folder: Path,
    on_step: Callable[[dict[str, float]], None] = lambda record: None,
) -> Path:
    """Train the adapter of ``policy`` on ``tasks``; the folder of the finished adapter.

    Goes on from the last checkpoint in ``folder``. ``on_step`` gets reward, error rate, KL and seconds of
    every step, which are kept in ``folder`` too. Raises UnreachableError when a database went away.
    """
    rollouts = Rollouts(policy, tasks, REWARDS[plan.reward], plan.decoding, plan.temperature)
    trainer = _Trainer(
        model=policy.model,
        args=_configure(plan, folder),
        reward_funcs=cast(Any, rollouts.execution),
        train_dataset=Dataset.from_dict({"prompt": [str(number) for number in range(len(tasks))]}),
        processing_class=policy.tokenizer,
        rollout_func=rollouts.roll,
        callbacks=[_Steps(folder / LOG, on_step)],
    )
    trainer.remove_callback(PrinterCallback)
    share_prompts(policy.model, plan.temperature)
    trainer.train(resume_from_checkpoint=_find_last(folder / CHECKPOINTS))
    if trainer.accelerator.is_main_process:
        save_adapter(policy, folder / ADAPTER)
    return folder / ADAPTER


def _find_last(checkpoints: Path) -> str | None:
    """The newest checkpoint that was written whole: its state is written last."""
    whole = [path.parent for path in checkpoints.glob("checkpoint-*/trainer_state.json")]
    return str(max(whole, key=lambda path: int(path.name.rpartition("-")[2]))) if whole else None


def _configure(plan: Grpo, folder: Path) -> GRPOConfig:
    processes = int(os.environ.get("WORLD_SIZE", "1"))
    return GRPOConfig(
        output_dir=str(folder / CHECKPOINTS),
        max_steps=plan.steps,
        per_device_train_batch_size=plan.questions * plan.k // processes,
        steps_per_generation=1,
        gradient_accumulation_steps=1,
        num_generations=plan.k,
        max_completion_length=LONGEST_ANSWER,
        beta=plan.kl,
        learning_rate=plan.rate,
        lr_scheduler_type="constant_with_warmup",
        warmup_steps=3,
        max_grad_norm=1.0,
        scale_rewards="batch",
        loss_type="dapo",
        temperature=plan.temperature,
        seed=plan.seed,
        bf16=False,
        gradient_checkpointing=False,  # where the policy wants it, it has it
        gradient_checkpointing_kwargs=CHECKPOINTING,
        logging_steps=1,
        save_steps=plan.save_every,
        save_total_limit=2,
        report_to="none",
        disable_tqdm=True,
        log_level="error",
    )


FLOOR = -9.0
"""Nats: the least log-probability that a token counts with. Less likely ones were let through by the grammar
alone; without a bound the estimate of KL, which is exponential in them, has broken policies."""


class _Trainer(GRPOTrainer):
    """Leaves out what teaches nothing: groups of candidates that are worth the same, tokens below `FLOOR`."""

    def _get_per_token_logps_and_entropies(self, *args: Any, **given: Any) -> Any:
        logprobs, entropies, *rest = super()._get_per_token_logps_and_entropies(*args, **given)
        return logprobs.clamp(min=FLOOR), entropies, *rest

    def _generate_and_score_completions(self, inputs: Any) -> dict[str, Any]:
        scored: dict[str, Any] = super()._generate_and_score_completions(inputs)
        telling = scored["advantages"].abs() > 1e-6
        group = self.num_generations
        kept = telling.view(-1, group).any(1)
        self._metrics["train"]["groups_kept"].append(kept.float().mean().item())
        if not kept.any():
            kept[0] = True  # A step needs something; its advantages are zero.
        rows = kept.repeat_interleave(group)
        return {
            name: value[rows] if isinstance(value, torch.Tensor) and value.ndim else value
            for name, value in scored.items()
        }


class _Steps(TrainerCallback):
    """Writes down what each step gave; a step that is done again after a kill replaces the first."""

    def __init__(self, log: Path, on_step: Callable[[dict[str, float]], None]) -> None:
        self._log = log
        self._on_step = on_step

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Forget what was logged after the checkpoint."""
        if state.is_world_process_zero and self._log.is_file():
            lines = [line for line in read_log(self._log) if line["step"] <= state.global_step]
            self._log.write_text("".join(json.dumps(line) + "\n" for line in lines))

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        """Keep one step's record."""
        if not state.is_world_process_zero or "reward" not in (logs or {}):
            return
        record = {
            "step": float(state.global_step),
            "loss": float(logs["loss"]),
            "reward": float(logs["reward"]),
            "error_rate": float(logs["error_rate"]),
            "kl": float(logs.get("kl", 0.0)),
            "entropy": float(logs["entropy"]),
            "groups_kept": float(logs["groups_kept"]),
            "seconds": float(logs.get("step_time", 0.0)),
        }
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
        self._on_step(record)


def read_log(path: Path) -> list[dict[str, float]]:
    """The records of a run; a last line that a kill cut short is left out."""
    whole = path.read_text(encoding="utf-8").rpartition("\n")[0]
    return [cast(dict[str, float], json.loads(line)) for line in whole.splitlines()]
