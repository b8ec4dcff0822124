"""Scenes as tensors: one schema is read once for all its questions.

The tokens of a batch lie in one line, first every schema, then every question with its answer; each question
sees its schema and itself, and its positions go on from the schema, exactly as when it is served alone. Only
answers are learned, and on the way the part that each handle plays in its answer. Handles are renumbered at
random, so that none means anything by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from random import Random

import numpy as np
import torch
from transformers import PreTrainedTokenizerFast

from sqloop.generation.prompts.starter_tokens import MAX_COLUMNS, MAX_TABLES, MAX_VALUES, token
from sqloop_trainer.pretraining import together
from sqloop_trainer.synthesis.corpus import TrainingScene

Ids = np.ndarray
"""``[length]``, int64."""

CLAUSES = ("select", "from", "join", "where", "group_by", "having", "order_by", "limit")
"""The parts that a handle can play in an answer; one more is to stand in a function."""

_HANDLES = {"t": MAX_TABLES, "c": MAX_COLUMNS, "v": MAX_VALUES}


@dataclass(frozen=True)
class EncodedScene:
    """Token ids of a prefix and, for each question, of its suffix and its completion with the end."""

    prefix: Ids
    items: tuple[tuple[Ids, Ids], ...]

    @property
    def length(self) -> int:
        """Tokens in a row."""
        return len(self.prefix) + sum(len(suffix) + len(done) for suffix, done in self.items)

    @property
    def width(self) -> float:
        """What its attention costs: the longest question counts more than the schema."""
        return max(len(suffix) + len(done) for suffix, done in self.items) + len(self.prefix) / 4


@dataclass(frozen=True)
class Batch:
    """R schemas with I questions each (Q = R · I) in N tokens: first all schemas, then all questions.

    ``ids``, ``positions`` ``[N]``. ``prefixes`` ``[R, P]`` and ``items`` ``[Q, L]`` say where the tokens of
    each lie among those of their kind (any place where padded), ``prefix_tokens`` and ``item_tokens`` the
    way back; ``prefix_seen`` ``[R, P]`` is True where there is a token. ``asks`` ``[Q, A]``: which of its
    tokens predict the answer of a question, ``targets`` ``[Q, A]`` what they predict, -100 where nothing.
    ``marks`` ``[M]``: the handles in questions among all tokens; ``roles`` ``[M, len(CLAUSES) + 1]``: the
    parts they play.
    """

    ids: torch.Tensor
    positions: torch.Tensor
    prefixes: torch.Tensor
    prefix_tokens: torch.Tensor
    prefix_seen: torch.Tensor
    items: torch.Tensor
    item_tokens: torch.Tensor
    asks: torch.Tensor
    targets: torch.Tensor
    marks: torch.Tensor
    roles: torch.Tensor

    def to(self, device: torch.device) -> Batch:
        """The same on ``device``."""
        return Batch(*(getattr(self, field.name).to(device) for field in fields(self)))


def encode_scenes(
    scenes: Sequence[TrainingScene], tokenizer: PreTrainedTokenizerFast, per_row: int, longest: int
) -> list[EncodedScene]:
    """Rows of at most ``per_row`` questions; questions of more than ``longest`` tokens are dropped."""
    eos = tokenizer.eos_token_id
    texts = [text for scene in scenes for text in (scene.prefix, *(t for item in scene.items for t in item))]
    encoded = iter(tokenizer(texts, add_special_tokens=False)["input_ids"]) if texts else iter(())
    rows = []
    for scene in scenes:
        prefix = np.array(next(encoded))
        items = [(np.array(next(encoded)), np.array([*next(encoded), eos])) for _ in scene.items]
        items = [item for item in items if sum(map(len, item)) <= longest]
        row: list[tuple[Ids, Ids]] = []
        for item in items:
            if len(row) == per_row:
                rows.append(EncodedScene(prefix, tuple(row)))
                row = []
            row.append(item)
        rows.append(EncodedScene(prefix, tuple(row)))
    return [row for row in rows if row.items]


class Language:
    """What packing must know of the vocabulary: the ids of handles, of clauses, of functions, of padding."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        vocabulary = tokenizer.get_vocab()
        self.size = len(tokenizer)
        self.pad = int(tokenizer.pad_token_id)
        self.handles = [(vocabulary[token(f"{letter}0")], count) for letter, count in _HANDLES.items()]
        self.clauses = {vocabulary[token(name)]: i for i, name in enumerate(CLAUSES)}
        self.functions = {vocabulary[token(name)] for name in ("count", "sum", "avg", "min", "max")}
        self.distinct = vocabulary[token("distinct")]
        self.over, self.close = vocabulary.get(token("over")), vocabulary[token("rp")]

    def is_handle(self, ids: Ids) -> Ids:
        """Where ``ids`` are handles, ``[length]`` of booleans."""
        first, (last, count) = self.handles[0][0], self.handles[-1]
        found: Ids = (ids >= first) & (ids < last + count)
        return found

    def renumber(self, random: Random) -> Ids:
        """A table from old to new ids of handles, each kind turned; the identity in a quarter of cases."""
        table = np.arange(self.size)
        if random.random() < 0.75:
            for first, count in self.handles:
                shift = random.randrange(count)
                table[first : first + count] = first + (np.arange(count) + shift) % count
        return table

    def roles(self, done: Ids) -> dict[int, set[int]]:
        """The parts that each handle of an answer plays: indices of `CLAUSES`, one more for functions."""
        parts: dict[int, set[int]] = {}
        clause, within, window = 0, False, False
        for each in done.tolist():
            window = each == self.over or (window and each != self.close)
            if each in self.clauses and not window:  # A window's ORDER BY is no part of the query.
                clause = self.clauses[each]
            elif self.handles[0][0] <= each < sum(self.handles[-1]):
                parts.setdefault(each, set()).update({clause, len(CLAUSES)} if within else {clause})
            within = each in self.functions or (within and each == self.distinct)
        return parts


def make_batch(rows: Sequence[EncodedScene], language: Language, random: Random | None) -> Batch:
    """One batch of ``rows`` with as many questions each; handles are renumbered where ``random`` is given."""
    prefixes: list[Ids] = []
    items: list[tuple[Ids, Ids]] = []
    for row in rows:
        table = language.renumber(random) if random else np.arange(language.size)
        prefixes.append(table[row.prefix])
        items += [(table[suffix], table[done]) for suffix, done in row.items]
    marks, roles = [], []
    start = sum(map(len, prefixes))
    for suffix, done in items:
        parts = language.roles(done)
        for at in np.flatnonzero(language.is_handle(suffix)):
            marks.append(start + at)
            played = parts.get(int(suffix[at]), ())
            roles.append([float(part in played) for part in range(len(CLAUSES) + 1)])
        start += len(suffix) + len(done)
    return replace(
        pack(prefixes, items),
        marks=torch.tensor(marks, dtype=torch.int64),
        roles=torch.tensor(roles, dtype=torch.float32).reshape(-1, len(CLAUSES) + 1),
    )


def pack(prefixes: Sequence[Ids], items: Sequence[tuple[Ids, Ids]]) -> Batch:
    """A batch of prefixes with as many ``items`` each, in their order: what is read, then what is learned."""
    each = len(items) // len(prefixes)
    lengths = [len(suffix) + len(done) for suffix, done in items]
    prefix_at, prefix_tokens, prefix_seen = _layout([len(prefix) for prefix in prefixes])
    item_at, item_tokens, _ = _layout(lengths)
    answers = max(len(done) for _, done in items)
    asks, targets = np.zeros((len(items), answers), np.int64), np.full((len(items), answers), -100)
    positions = [np.arange(len(prefix)) for prefix in prefixes]
    for i, (suffix, done) in enumerate(items):
        asks[i, : len(done)] = np.arange(len(suffix) - 1, len(suffix) + len(done) - 1)
        targets[i, : len(done)] = done
        positions.append(len(prefixes[i // each]) + np.arange(lengths[i]))
    arrays = (
        np.concatenate([*prefixes, *(part for item in items for part in item)]),
        np.concatenate(positions),
        prefix_at,
        prefix_tokens,
        prefix_seen,
        item_at,
        item_tokens,
        asks,
        targets,
        np.zeros(0, np.int64),
        np.zeros((0, len(CLAUSES) + 1), np.float32),
    )
    return Batch(*map(torch.from_numpy, arrays))


def _layout(lengths: list[int]) -> tuple[Ids, Ids, Ids]:
    """Rows of these lengths as a padded square: places in the line, the way back, and what is no padding."""
    ends = np.cumsum(lengths)
    column = np.arange(max(lengths))
    here = column < np.array(lengths)[:, None]
    places = np.where(here, (ends - lengths)[:, None] + column, 0)
    return places, np.flatnonzero(here), here


def batches(
    rows: Sequence[EncodedScene], per_batch: int, language: Language, random: Random
) -> Iterator[Batch]:
    """One pass in random order, rows of as many questions and of like length together.

    Of several processes, each gets its share of every batch.
    """
    alike: dict[int, list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        alike[len(row.items)].append(i)
    chunks = []
    for group in alike.values():
        order = sorted(group, key=lambda i: rows[i].width + random.random() * 10)
        size = min(per_batch, len(order))
        chunks += [order[i : i + size] for i in range(0, len(order) - size + 1, size)]
    random.shuffle(chunks)
    for chunk in chunks:
        moved = Random(random.random())
        mine = together.share(chunk)
        if len(chunk) % together.count() == 0:
            yield make_batch([rows[i] for i in mine], language, moved)
