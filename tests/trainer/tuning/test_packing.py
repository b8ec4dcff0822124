"""Questions that share one schema as one sequence: nothing is lost, and nobody sees another's question."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
import torch
from peft import PeftModel

from sqloop_trainer.learning import token_tree
from sqloop_trainer.tuning.packing import STEP, Group, Row, batches, collate, length_of, pack
from sqloop_trainer.tuning.sft import token_logprobs, weighted_loss

GROUPS = [
    Group([1, 2, 3], [([10, 11], [20, 21]), ([12], [22, 23, 24]), ([13, 14, 15], [25])]),
    Group([4, 5], [([16], [26]), ([17], [27, 28])]),
]
ROW: Row = ([1, 2, 3, 4], [([10, 11], [20, 21, 22], 1.0), ([12], [23, 24], 2.0), ([13, 14], [25], -0.5)])


def examples(rows: list[Row]) -> list[tuple[list[int], list[int], list[int]]]:
    return sorted((prefix, given, learned) for prefix, branches in rows for given, learned, _ in branches)


@pytest.mark.parametrize("longest", [8, 9, 12, 100])
def test_every_example_is_packed_once_and_no_row_is_too_long(longest: int) -> None:
    rows = pack(GROUPS, longest, Random(0))
    wanted = sorted((each.prefix, given, learned) for each in GROUPS for given, learned in each.branches)
    assert examples(rows) == wanted
    assert max(map(length_of, rows)) <= longest
    assert len(rows) >= len(GROUPS)


def test_what_is_too_long_alone_is_left_out() -> None:
    rows = pack([Group([1], [([2] * 9, [3]), ([4], [5])])], 5, Random(0))
    assert examples(rows) == [([1], [4], [5])]


def test_batches_keep_the_order_and_their_bound_with_padding() -> None:
    rows: list[Row] = [([1] * size, []) for size in (3 * STEP - 9, 4 * STEP, 200, 8 * STEP - 1, 100, 100)]
    found = list(batches(rows, 8 * STEP))
    assert [row for batch in found for row in batch] == rows
    assert [len(batch) for batch in found] == [2, 1, 1, 2]
    assert all(collate(batch, padding=0).tokens.numel() <= 8 * STEP for batch in found)


def test_a_branch_sees_the_schema_and_itself() -> None:
    batch = collate([ROW, ([7], [([8], [9], 1.0)])], padding=0)
    sees = batch.mask[0, 0].long()
    prefix, first, second, third = range(4), range(4, 9), range(9, 12), range(12, 15)
    for own in (first, second, third):
        for place in own:
            wanted = {*prefix, *(each for each in own if each <= place)}
            assert {*sees[place].nonzero()[:, 0].tolist()} == wanted
    for place in prefix:
        assert sees[place].nonzero()[:, 0].tolist() == list(range(place + 1))
    assert batch.positions[0, :15].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 4, 5, 6, 4, 5, 6]


def test_padding_sees_itself_alone_and_is_seen_by_none() -> None:
    batch = collate([ROW, ([7], [([8], [9], 1.0)])], padding=0)
    sees = batch.mask[1, 0]
    assert sees[3:].nonzero().tolist() == [[row, row + 3] for row in range(STEP - 3)]
    assert not sees[:3, 3:].any()
    assert batch.tokens[1, 3:].tolist() == [0] * (STEP - 3)


def test_only_the_sql_is_learned_each_token_from_the_one_before() -> None:
    batch = collate([ROW], padding=0)
    places = (batch.targets[0] >= 0).nonzero()[:, 0].tolist()
    assert places == [5, 6, 7, 9, 10, 13]
    assert batch.targets[0, places].tolist() == [20, 21, 22, 23, 24, 25]
    assert batch.weights[0, places].tolist() == [1, 1, 1, 2, 2, -0.5]
    assert batch.weights.count_nonzero() == len(places)


def alone(model: Any, tokens: list[int], learned: list[int]) -> list[float]:
    """In single precision, with the model's own mask and positions."""
    with torch.inference_mode():
        logprobs = model(torch.tensor([[*tokens, *learned]])).logits[0].log_softmax(-1)
    return [float(logprobs[len(tokens) - 1 + place, token]) for place, token in enumerate(learned)]


@pytest.mark.parametrize("block", [4, 256])
def test_packed_log_probabilities_are_those_of_each_alone(
    block: int, tuned: PeftModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_tree, "BLOCK", block)
    with torch.inference_mode():
        row = token_logprobs(tuned, collate([ROW], padding=0)).tolist()
        packed = token_logprobs(tuned, collate([ROW, ([7], [([8], [9], 1.0)])], padding=0)).tolist()
        one_by_one = [
            token_logprobs(tuned, collate([(prefix, [branch])], padding=0)).tolist()
            for prefix, branches in (ROW, ([7], [([8], [9], 1.0)]))
            for branch in branches
        ]
    expected = [
        each for given, learned, _ in ROW[1] for each in alone(tuned, [*ROW[0], *given], learned)
    ] + alone(tuned, [7, 8], [9])
    assert packed == pytest.approx([each for part in one_by_one for each in part], abs=0.05)
    assert row == pytest.approx(packed[: len(row)], abs=0.05)
    assert packed == pytest.approx(expected, abs=0.25)  # Training rounds to bfloat16.
    assert max(expected) - min(expected) > 2


def test_the_loss_weighs_each_branch(tuned: PeftModel) -> None:
    batch = collate([ROW], padding=0)
    with torch.inference_mode():
        logprobs = token_logprobs(tuned, batch)
        weights = torch.tensor([1, 1, 1, 2, 2, -0.5])
        assert float(weighted_loss(tuned, batch)) == pytest.approx(
            -float((weights * logprobs).sum()), rel=1e-5
        )
