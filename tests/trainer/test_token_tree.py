"""Texts that begin alike, read as one sequence: the numbers and the gradients of each by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from sqloop_trainer.learning import token_tree, tree_scores
from sqloop_trainer.learning.policy import load_policy, score, share_prompts
from sqloop_trainer.learning.token_tree import divide, plant

PROMPTS = [np.array(each) for each in ([5, 40, 41, 42], [5, 40, 41, 42], [5, 40, 60], [7, 8])]
ANSWERS = [np.array(each) for each in ([20, 21, 22], [20, 23], [30], [20, 21, 22])]


def test_what_texts_share_is_there_once() -> None:
    texts = [[*prompt, *answer] for prompt, answer in zip(PROMPTS, ANSWERS, strict=True)]
    tree = plant(texts)
    assert len(tree.tokens) == 15
    assert [tree.tokens[path].tolist() for path in tree.paths] == texts
    assert [tree.positions[path].tolist() for path in tree.paths] == [
        list(range(len(each))) for each in texts
    ]
    for path in tree.paths:
        assert tree.mask[path[-1]].nonzero()[:, 0].tolist() == sorted(path)


def test_blocks_leave_out_what_nobody_looks_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_tree, "BLOCK", 4)
    tree = plant([[1, 2, 3, 4], [9, 8, 7, 6]])
    assert [block.keys.tolist() for block in tree.blocks()] == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_parts_hold_like_texts_and_are_no_larger_than_asked() -> None:
    texts = [[first, *range(10), last] for last in range(5) for first in (1, 2)]
    parts = list(divide(texts, most=16))
    assert parts == [[0, 2, 4, 6, 8], [1, 3, 5, 7, 9]]
    assert list(divide([list(range(40))], most=16)) == [[0]]


@pytest.mark.parametrize("kind", ["gguf", "folder"])
@pytest.mark.parametrize("most", [8, 4096])
def test_scores_and_gradients_are_those_of_each_text_alone(
    kind: str, most: int, tiny_gguf: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_tree, "BLOCK", 4)
    monkeypatch.setattr(tree_scores, "NODES", most)
    monkeypatch.setattr(tree_scores, "HEAD", 2)
    base = str(tiny_gguf if kind == "gguf" else tiny_model)
    policy = load_policy(base, None, rank=4)
    torch.manual_seed(0)
    for name, weight in policy.model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.05)
    model: Any = policy.model
    model.float()
    model.train()
    weights = [each for each in model.parameters() if each.requires_grad]
    wanted = torch.stack([_alone(model, *each) for each in zip(PROMPTS, ANSWERS, strict=True)])
    slopes = torch.autograd.grad(wanted.sum(), weights)
    share_prompts(model)
    given = score(model, PROMPTS, ANSWERS, 0).sum(1)
    torch.testing.assert_close(given, wanted, rtol=1e-4, atol=1e-4)
    for ours, theirs in zip(torch.autograd.grad(given.sum(), weights), slopes, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-5)


def _alone(model: Any, prompt: Any, answer: Any) -> Tensor:
    """The log-probability of an answer as transformers computes it."""
    ids = torch.tensor([[*prompt, *answer]])
    logprobs = model(input_ids=ids).logits[0, len(prompt) - 1 : -1].log_softmax(-1)
    found: Tensor = logprobs.gather(1, torch.tensor(answer)[:, None]).sum()
    return found
