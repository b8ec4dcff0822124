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

IGNORED = -100
"""The target where nothing is learned."""


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
    """``ids``, ``positions``, ``targets`` and ``item`` are ``[rows, length]``.

    ``mask`` ``[rows, 1, length, length]`` is True where seen. ``targets`` is the next token where it is part
    of an answer, else `IGNORED`; ``item`` numbers the questions of the batch from 0, -1 elsewhere.
    """

    ids: torch.Tensor
    positions: torch.Tensor
    mask: torch.Tensor
    targets: torch.Tensor
    item: torch.Tensor


def encode_scenes(
    scenes: Sequence[TrainingScene], tokenizer: PreTrainedTokenizerFast, per_row: int, longest: int
) -> list[EncodedScene]:
    """Rows of at most ``per_row`` questions and ``longest`` tokens; what cannot be that short is dropped."""
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
        counts = {"t": MAX_TABLES, "c": MAX_COLUMNS, "v": MAX_VALUES}
        vocabulary = tokenizer.get_vocab()
        self._ranges = [(vocabulary[token(f"{letter}0")], count) for letter, count in counts.items()]

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
    targets, item = np.full(shape, IGNORED), np.full(shape, -1)
    mask = np.zeros((len(rows), length, length), dtype=bool)
    number = 0
    for i, row in enumerate(rows):
        _place(row, ids[i], positions[i], mask[i])
        for suffix, done, at in _places(row):
            learned = slice(at + len(suffix) - 1, at + len(suffix) + len(done) - 1)
            targets[i, learned], item[i, learned] = done, number
            number += 1
        if renumber:
            table = renumber.draw(random)
            ids[i] = table[ids[i]]
            targets[i] = np.where(targets[i] == IGNORED, IGNORED, table[targets[i]])
    tensors = [torch.from_numpy(array) for array in (ids, positions, mask[:, None], targets, item)]
    return Batch(*tensors)


def _places(row: EncodedScene) -> Iterator[tuple[Ids, Ids, int]]:
    """Each question with its answer, and where in the row it begins."""
    at = len(row.prefix)
    for suffix, done in row.items:
        yield suffix, done, at
        at += len(suffix) + len(done)


def _place(row: EncodedScene, ids: Ids, positions: Ids, mask: Ids) -> None:
    """Write one row: each question sees the prefix and itself, and its positions go on from the prefix."""
    start = len(row.prefix)
    causal = np.tril(np.ones(mask.shape, dtype=bool))
    ids[:start], positions[:start] = row.prefix, np.arange(start)
    mask[:start, :start] = causal[:start, :start]
    for suffix, done, at in _places(row):
        count = len(suffix) + len(done)
        here = slice(at, at + count)
        ids[here] = np.concatenate([suffix, done])
        positions[here] = np.arange(start, start + count)
        mask[here, :start] = True
        mask[here, here] = causal[:count, :count]
    mask[row.length :, 0] = True  # Padding sees something: no softmax over nothing.


def batches(
    rows: Sequence[EncodedScene], per_batch: int, pad: int, renumber: Renumbering, random: Random
) -> Iterator[Batch]:
    """One pass in random order, rows of like length together."""
    order = sorted(range(len(rows)), key=lambda i: rows[i].length + random.random() * 100)
    size = min(per_batch, len(order))
    chunks = [order[i : i + size] for i in range(0, len(order) - size + 1, size)]
    random.shuffle(chunks)
    for chunk in chunks:
        yield make_batch([rows[i] for i in chunk], pad, renumber, random)
