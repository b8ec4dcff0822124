"""Texts that begin alike as one sequence: a tree of tokens, each of which looks at its ancestors alone.

Questions on one schema share it, candidates of one question share the question and mostly their first words.
Read as one sequence under a mask, every token that texts share is computed once, forward and backward, and
the numbers are those of each text by itself (a test holds it to that). Of 64 candidates for eight questions
a tenth of the tokens is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import AttentionMaskInterface, sdpa_mask

BLOCK = 256
"""Queries that are attended to together."""

ATTENTION = "token_tree"
"""What transformers calls `attend`."""


@dataclass(frozen=True)
class Block:
    """Queries ``rows``, the keys ``[keys]`` they look at, and ``mask`` ``[rows, keys]``, bool."""

    rows: slice
    keys: Tensor
    mask: Tensor


@dataclass(frozen=True)
class Tree:
    """``tokens`` and ``positions`` are ``[nodes]``; ``parents`` too, -1 for a first token.

    ``mask`` is bool ``[nodes, nodes]``, true where a token may look: at itself and at its ancestors.
    ``paths`` holds the nodes of each text, in their order.
    """

    tokens: Tensor
    positions: Tensor
    parents: Tensor
    mask: Tensor
    paths: tuple[list[int], ...]

    def blocks(self, device: torch.device | str = "cpu") -> list[Block]:
        """The tokens in blocks, see `divide_mask`."""
        return divide_mask(self.mask, device)


def divide_mask(mask: Tensor, device: torch.device | str = "cpu") -> list[Block]:
    """A mask ``[nodes, nodes]`` in blocks, each with the keys that any of it looks at: mostly few."""
    blocks = []
    for start in range(0, len(mask), BLOCK):
        rows = slice(start, min(start + BLOCK, len(mask)))
        keys = mask[rows].any(0).nonzero()[:, 0]
        blocks.append(Block(rows, keys.to(device), mask[rows][:, keys].to(device)))
    return blocks


def plant(texts: Sequence[Sequence[int]]) -> Tree:
    """The tree of some texts, as ids.

    >>> tree = plant([[5, 6, 7], [5, 6, 8], [5, 6]])
    >>> tree.tokens.tolist(), tree.positions.tolist(), tree.paths
    ([5, 6, 7, 8], [0, 1, 2, 2], ([0, 1, 2], [0, 1, 3], [0, 1]))
    >>> tree.mask[3].tolist()
    [True, True, False, True]
    """
    nodes: dict[tuple[int, int], int] = {}
    tokens: list[int] = []
    positions: list[int] = []
    parents: list[int] = []
    paths: list[list[int]] = []
    for text in texts:
        node, path = -1, []
        for place, token in enumerate(text):
            key = (node, token)
            if key not in nodes:
                nodes[key] = len(tokens)
                tokens.append(token)
                positions.append(place)
                parents.append(node)
            node = nodes[key]
            path.append(node)
        paths.append(path)
    return Tree(
        torch.tensor(tokens),
        torch.tensor(positions),
        torch.tensor(parents),
        torch.from_numpy(_look(parents)),
        tuple(paths),
    )


def _look(parents: Sequence[int]) -> NDArray[np.bool_]:
    mask = np.eye(len(parents), dtype=np.bool_)
    for node, parent in enumerate(parents):
        if parent >= 0:
            mask[node] |= mask[parent]
    return mask


def divide(texts: Sequence[Sequence[int]], most: int) -> Iterator[list[int]]:
    """The numbers of the texts, those that begin alike together, in parts of at most ``most`` nodes.

    A text that is longer stands alone.

    >>> list(divide([[1, 2, 3], [7, 8], [1, 2, 4]], most=4))
    [[0, 2], [1]]
    """
    part: list[int] = []
    known: set[tuple[int, ...]] = set()
    for number in sorted(range(len(texts)), key=lambda each: tuple(texts[each])):
        text = tuple(texts[number])
        fresh = {text[:end] for end in range(1, len(text) + 1)} - known
        if part and len(known) + len(fresh) > most:
            yield part
            part, known = [], set()
            fresh = {text[:end] for end in range(1, len(text) + 1)}
        part.append(number)
        known |= fresh
    if part:
        yield part


def attend(
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    blocks: Sequence[Block] = (),
    scaling: float | None = None,
    **given: Any,
) -> tuple[Tensor, None]:
    """Attention under a tree, as transformers calls it; without ``blocks`` as it does it itself.

    ``query`` is ``[1, heads, nodes, width]``, ``key`` and ``value`` are ``[1, groups, nodes, width]``;
    ``[1, nodes, heads, width]`` comes back.
    """
    if not blocks:
        return sdpa_attention_forward(module, query, key, value, attention_mask, scaling=scaling, **given)
    share = query.shape[1] // key.shape[1]
    parts = []
    for block in blocks:
        keys, values = (each.index_select(2, block.keys).repeat_interleave(share, 1) for each in (key, value))
        parts.append(
            scaled_dot_product_attention(
                query[:, :, block.rows], keys, values, attn_mask=block.mask, scale=scaling
            )
        )
    return torch.cat(parts, 2).transpose(1, 2), None


AttentionInterface.register(ATTENTION, attend)
AttentionMaskInterface.register(ATTENTION, sdpa_mask)
