"""Training examples that share one schema as one sequence: the schema once, each question a branch of it.

A branch sees the schema and itself; its positions go on where the schema ends. That is what the model would
see of each example alone (a tree attention mask), with a fifth of the tokens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import torch
from torch import Tensor

STEP = 128
"""Rows are padded to multiples of it. On a CPU oneDNN compiles its matrix products for each new shape and
keeps a thousand of them, 2 MB each: of 24 GB none were left after 36 steps of the 1.5B."""

Branch = tuple[list[int], list[int]]
"""What is given (the question) and what is learned (the SQL with its end), as tokens."""


@dataclass(frozen=True)
class Group:
    """One schema's tokens and the questions on it."""

    prefix: list[int]
    branches: list[Branch]


@dataclass(frozen=True)
class Batch:
    """Sequences of one length: ``tokens``, ``positions`` and ``targets`` are ``[rows, length]``.

    ``mask`` is bool ``[rows, 1, length, length]``, true where a token may look. ``targets`` holds the next
    token where it is learned, else -100; ``weights`` (as ``targets``) weighs each.
    """

    tokens: Tensor
    positions: Tensor
    mask: Tensor
    targets: Tensor
    weights: Tensor

    def to(self, device: str) -> Batch:
        """The same on another device."""
        moved = (each.to(device, non_blocking=True) for each in vars(self).values())
        return Batch(*moved)


Row = tuple[list[int], list[tuple[list[int], list[int], float]]]
"""A schema, and for each branch what is given, what is learned and its weight."""


def pack(groups: Sequence[Group], longest: int, random: Random) -> list[Row]:
    """Rows of at most ``longest`` tokens, shuffled; what is too long alone is left out."""
    rows: list[Row] = []
    for group in groups:
        branches = list(group.branches)
        random.shuffle(branches)
        current: list[tuple[list[int], list[int], float]] = []
        length = len(group.prefix)
        for given, learned in branches:
            size = len(given) + len(learned)
            if len(group.prefix) + size > longest:
                continue
            if length + size > longest:
                rows.append((group.prefix, current))
                current, length = [], len(group.prefix)
            current.append((given, learned, 1.0))
            length += size
        if current:
            rows.append((group.prefix, current))
    random.shuffle(rows)
    return rows


def batches(rows: Sequence[Row], most: int) -> Iterator[list[Row]]:
    """Rows in the given order, as many together as fit into ``most`` tokens with their padding."""
    current: list[Row] = []
    widest = 0
    for row in rows:
        size = _padded(length_of(row))
        if current and max(widest, size) * (len(current) + 1) > most:
            yield current
            current, widest = [], 0
        current.append(row)
        widest = max(widest, size)
    if current:
        yield current


def length_of(row: Row) -> int:
    """Tokens of a row."""
    return len(row[0]) + sum(len(given) + len(learned) for given, learned, _ in row[1])


def _padded(length: int) -> int:
    return -(-length // STEP) * STEP


def collate(rows: Sequence[Row], padding: int) -> Batch:
    """Rows as tensors; padding looks at itself alone, so that no row of the mask is empty.

    The length is a multiple of `STEP`.
    """
    width = _padded(max(map(length_of, rows)))
    tokens = torch.full((len(rows), width), padding)
    positions = torch.zeros((len(rows), width), dtype=torch.long)
    branch = torch.full((len(rows), width), -1)
    targets = torch.full((len(rows), width), -100)
    weights = torch.zeros((len(rows), width))
    for i, (prefix, branches) in enumerate(rows):
        start = len(prefix)
        tokens[i, :start] = torch.tensor(prefix)
        positions[i, :start] = torch.arange(start)
        branch[i, :start] = 0
        for number, (given, learned, weight) in enumerate(branches, 1):
            end = start + len(given) + len(learned)
            tokens[i, start:end] = torch.tensor(given + learned)
            positions[i, start:end] = torch.arange(len(prefix), len(prefix) + end - start)
            branch[i, start:end] = number
            learning = slice(start + len(given) - 1, end - 1)
            targets[i, learning] = torch.tensor(learned)
            weights[i, learning] = weight
            start = end
    same = branch[:, :, None] == branch[:, None, :]
    earlier = torch.arange(width)[:, None] >= torch.arange(width)[None, :]
    own = torch.eye(width, dtype=torch.bool)
    mask = (same | (branch[:, None, :] == 0)) & earlier & (branch[:, :, None] >= 0) | own
    return Batch(tokens, positions, mask[:, None], targets, weights)
