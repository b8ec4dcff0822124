"""Draws from many prompts at once: what each would get alone."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from sqloop_trainer.tuning.sampling import Drawn, draw

PROMPTS = [[1, 2, 3, 4, 5, 6], [7], [8, 9, 10]]
ENDS = (40, 41, 42, 43, 44, 45, 46, 47, 48, 49)


def test_the_first_of_each_is_what_transformers_finds(base: Any) -> None:
    found = draw(base, PROMPTS, 3, ENDS, longest=20)
    assert [len(group) for group in found] == [3, 3, 3]
    for prompt, (first, *_) in zip(PROMPTS, found, strict=True):
        ids = torch.tensor([prompt])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            output = base.generate(
                ids,
                attention_mask=torch.ones_like(ids),
                do_sample=False,
                max_new_tokens=20,
                eos_token_id=list(ENDS),
                pad_token_id=0,
            )
        tokens = output[0, len(prompt) :].tolist()
        assert first.ended == (tokens[-1] in ENDS)
        assert first.tokens == (tokens[:-1] if first.ended else tokens)


def test_each_is_told_with_its_log_probability(base: Any) -> None:
    for prompt, group in zip(PROMPTS, draw(base, PROMPTS, 4, ENDS, longest=6, temperature=1.5), strict=True):
        for each in group:
            if each.ended:
                continue
            with torch.inference_mode():
                logprobs = base(torch.tensor([[*prompt, *each.tokens]])).logits[0].log_softmax(-1)
            told = sum(float(logprobs[len(prompt) - 1 + n, token]) for n, token in enumerate(each.tokens))
            assert each.logprob == pytest.approx(told, abs=0.5)  # bfloat16, six tokens


def test_draws_differ_and_stop_at_their_end(base: Any) -> None:
    torch.manual_seed(0)
    (group,) = draw(base, [[1, 2, 3]], 64, ENDS, longest=30, greedy_first=False)
    assert len({tuple(each.tokens) for each in group}) > 40
    assert not any(token in ENDS for each in group for token in each.tokens)
    assert all(each.ended or len(each.tokens) == 30 for each in group)
    assert sum(each.ended for each in group) > 10


def test_an_end_at_once_is_an_empty_completion(base: Any) -> None:
    every = tuple(range(base.config.vocab_size))
    (group,) = draw(base, [[1, 2]], 2, every)
    assert [(each.tokens, each.ended) for each in group] == [([], True)] * 2
    assert group[0].logprob < 0 == Drawn().logprob
