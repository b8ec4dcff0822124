"""Several processes that train one model: on a CPU two of one thread each do more than one of two threads.

Every process holds the whole model and draws the same batches; each computes its share of the rows. Alone,
all of this does nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import torch
from torch import distributed

T = TypeVar("T")


def rank() -> int:
    """Which process this is, from 0."""
    return distributed.get_rank() if distributed.is_initialized() else 0


def count() -> int:
    """How many processes there are."""
    return distributed.get_world_size() if distributed.is_initialized() else 1


def add_up(tensor: torch.Tensor) -> torch.Tensor:
    """The sum of ``tensor`` over all processes, in place."""
    if distributed.is_initialized():
        distributed.all_reduce(tensor)
    return tensor


def average_gradients(parameters: Iterable[torch.nn.Parameter]) -> None:
    """Give all processes the mean of their gradients."""
    gradients = [each.grad for each in parameters if each.grad is not None]
    if not distributed.is_initialized() or not gradients:
        return
    whole = add_up(torch.cat([each.flatten() for each in gradients])) / count()
    at = 0
    for gradient in gradients:
        gradient.copy_(whole[at : at + gradient.numel()].view_as(gradient))
        at += gradient.numel()


def share(things: list[T]) -> list[T]:
    """What of ``things`` this process works on."""
    return things[rank() :: count()]
