"""Muon: momentum made orthogonal by Newton-Schulz steps (Jordan et al., 2024).

torch.optim.Muon computes these in bfloat16, which takes fifty times as long on processors without
instructions for it: there they are in float32. Matrices of one shape are made orthogonal together, each
process doing some.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import torch

from sqloop_trainer.pretraining import together

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)


def fast_precision(device: str) -> torch.dtype:
    """bfloat16 where ``device`` has instructions for it, else float32."""
    if device == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    return torch.bfloat16 if torch.cpu._is_avx512_bf16_supported() else torch.float32


class Muon(torch.optim.Optimizer):
    """For matrices ``[m, n]`` only; Nesterov momentum, decoupled weight decay."""

    def __init__(
        self, params: Iterable[torch.Tensor], lr: float, momentum: float = 0.95, weight_decay: float = 0.01
    ) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """One step on the gradients at hand."""
        for group in self.param_groups:
            precision = fast_precision(group["params"][0].device.type)
            alike: dict[torch.Size, list[torch.Tensor]] = defaultdict(list)
            for parameter in group["params"]:
                if parameter.grad is not None:
                    alike[parameter.shape].append(parameter)
            for (tall, wide), parameters in alike.items():
                pushes = [self._push(parameter, group["momentum"]) for parameter in parameters]
                scale = max(1.0, tall / wide) ** 0.5
                mine = together.share(list(range(len(pushes))))
                updates = torch.zeros(len(pushes), tall, wide, device=pushes[0].device)
                if mine:
                    updates[mine] = orthogonalize(
                        torch.stack([pushes[i] for i in mine]).to(precision)
                    ).float()
                for parameter, update in zip(parameters, together.add_up(updates), strict=True):
                    parameter.mul_(1 - group["lr"] * group["weight_decay"])
                    parameter.add_(update, alpha=-group["lr"] * scale)

    def _push(self, parameter: torch.Tensor, momentum: float) -> torch.Tensor:
        gradient = parameter.grad
        assert gradient is not None
        kept: torch.Tensor = self.state[parameter].setdefault("momentum", torch.zeros_like(parameter))
        kept.lerp_(gradient, 1 - momentum)
        return gradient.lerp(kept, momentum)


def orthogonalize(matrices: torch.Tensor, steps: int = 5) -> torch.Tensor:
    """Matrices ``[..., m, n]`` with the same singular vectors and singular values near 1."""
    a, b, c = _COEFFICIENTS
    tall = matrices.shape[-2] > matrices.shape[-1]
    x: torch.Tensor = matrices.mT if tall else matrices
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(steps):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.mT if tall else x
