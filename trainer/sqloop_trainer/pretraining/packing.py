"""Scenes as tensors: one schema is read once for all its questions.

A row holds the prefix and then several questions with their answers; each question sees the prefix and
itself, and its positions go on from the prefix, exactly as when it is served alone. Only answers are
learned. Handles are renumbered at random, so that none means anything by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import torch
from transformers import PreTrainedTokenizerFast

from sqloop.generation.starter_tokens import MAX_COLUMNS, MAX_TABLES, MAX_VALUES, token
from sqloop_trainer.synthesis.corpus import TrainingScene

Ids = np.ndarray
"""``[length]``, int64."""


@dataclass(frozen=True)
class EncodedScene:
    """Token ids of a prefix and, for each question, of its suffix and its completion with the end."""

    prefix: Ids
    items: tuple[tuple[Ids, Ids], ...]

    @property
    def length(self) -> int:
        """Tokens in a row."""
        return len(self.prefix) + sum(len(suffix) + len(done) for suffix, done in self.items)


@dataclass(frozen=True)
class Batch:
    """``ids``, ``positions`` ``[rows, length]``; ``mask`` ``[rows, 1, length, length]`` bool, True where seen.

    ``targets`` ``[rows, length]`` is the next token where it is part of an answer, else -100; ``item``
    numbers the questions of the batch from 0, -1 elsewhere.
    """

    ids: torch.Tensor
    positions: torch.Tensor
    mask: torch.Tensor
    targets: torch.Tensor
    item: torch.Tensor


def encode_scenes(
    scenes: Sequence[TrainingScene], tokenizer: PreTrainedTokenizerFast, per_row: int, longest: int
) -> list[EncodedScene]:
    """Scenes of at most ``per_row`` questions and ``longest`` tokens; what cannot be that short is dropped."""
    eos = tokenizer.eos_token_id
    texts = [text for scene in scenes for text in (scene.prefix, *(t for item in scene.items for t in item))]
    encoded = iter(tokenizer(texts, add_special_tokens=False)["input_ids"]) if texts else iter(())
    rows = []
    for scene in scenes:
        prefix = np.array(next(encoded))
        items = [(np.array(next(encoded)), np.array([*next(encoded), eos])) for _ in scene.items]
        row: list[tuple[Ids, Ids]] = []
        for item in items:
            if len(row) == per_row or (row and EncodedScene(prefix, (*row, item)).length > longest):
                rows.append(EncodedScene(prefix, tuple(row)))
                row = []
            row.append(item)
        rows.append(EncodedScene(prefix, tuple(row)))
    return [row for row in rows if row.items and row.length <= longest]


class Renumbering:
    """Maps the ids of handles to those of other handles of the same kind, in cyclic order."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        self._size = len(tokenizer)
        self._ranges = [
            (tokenizer.convert_tokens_to_ids(token(f"{letter}0")), count)
            for letter, count in (("t", MAX_TABLES), ("c", MAX_COLUMNS), ("v", MAX_VALUES))
        ]

    def draw(self, random: Random) -> Ids:
        """A table from old to new ids; the identity in a quarter of the cases."""
        table = np.arange(self._size)
        if random.random() < 0.75:
            for first, count in self._ranges:
                shift = random.randrange(count)
                table[first : first + count] = first + (np.arange(count) + shift) % count
        return table


def make_batch(rows: Sequence[EncodedScene], pad: int, renumber: Renumbering | None, random: Random) -> Batch:
    """One batch, padded to its longest row."""
    length = max(row.length for row in rows)
    shape = (len(rows), length)
    ids, positions = np.full(shape, pad), np.zeros(shape, dtype=np.int64)
    targets, item = np.full(shape, -100), np.full(shape, -1)
    mask = np.zeros((len(rows), length, length), dtype=bool)
    number = 0
    causal = np.tril(np.ones((length, length), dtype=bool))
    for i, row in enumerate(rows):
        table = renumber.draw(random) if renumber else None
        start = len(row.prefix)
        ids[i, :start], positions[i, :start] = row.prefix, np.arange(start)
        mask[i, :start, :start] = causal[:start, :start]
        at = start
        for suffix, done in row.items:
            end = at + len(suffix) + len(done)
            ids[i, at:end] = np.concatenate([suffix, done])
            positions[i, at:end] = np.arange(start, start + end - at)
            mask[i, at:end, :start] = True
            mask[i, at:end, at:end] = causal[: end - at, : end - at]
            targets[i, at + len(suffix) - 1 : end - 1] = done
            item[i, at + len(suffix) - 1 : end - 1] = number
            number += 1
            at = end
        mask[i, at:, 0] = True
        if table is not None:
            ids[i] = table[ids[i]]
            learned = targets[i] >= 0
            targets[i, learned] = table[targets[i, learned]]
    tensors = [torch.from_numpy(array) for array in (ids, positions, mask[:, None], targets, item)]
    return Batch(*tensors)


def batches(
    rows: Sequence[EncodedScene], per_batch: int, pad: int, renumber: Renumbering, random: Random
) -> Iterator[Batch]:
    """One pass in random order, rows of like length together."""
    order = sorted(range(len(rows)), key=lambda i: rows[i].length + random.random() * 100)
    chunks = [order[i : i + per_batch] for i in range(0, len(order) - per_batch + 1, per_batch)]
    random.shuffle(chunks)
    for chunk in chunks:
        yield make_batch([rows[i] for i in chunk], pad, renumber, random)
