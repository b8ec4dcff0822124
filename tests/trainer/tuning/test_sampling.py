"""Draws from many prompts at once: what each would get alone."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from peft import PeftModel

from sqloop_trainer.tuning.sampling import Drawn, Room, Sampler, shared_length

PROMPTS = [[1, 2, 3, 4, 5, 6], [7], [8, 9, 10]]
ENDS = (40, 41, 42, 43, 44, 45, 46, 47, 48, 49)


def draw(
    model: Any,
    prompts: list[list[int]],
    k: int,
    ends: tuple[int, ...] = ENDS,
    longest: int = 20,
    **given: Any,
) -> list[list[Drawn]]:
    return Sampler(model, ends, Room(2, 8, k, longest)).draw(prompts, **given)


def greedily(model: Any, prompt: list[int], ends: tuple[int, ...] = ENDS) -> list[int]:
    ids = torch.tensor([prompt])
    output = model.generate(
        input_ids=ids,
        attention_mask=torch.ones_like(ids),
        do_sample=False,
        max_new_tokens=20,
        eos_token_id=list(ends),
        pad_token_id=0,
    )
    found: list[int] = output[0, len(prompt) :].tolist()
    return found


def test_the_first_of_each_is_what_transformers_finds(base: Any) -> None:
    found = draw(base, PROMPTS, 3)
    assert [len(group) for group in found] == [3, 3, 3]
    for prompt, (first, *_) in zip(PROMPTS, found, strict=True):
        tokens = greedily(base, prompt)
        assert first.ended == (tokens[-1] in ENDS)
        assert first.tokens == (tokens[:-1] if first.ended else tokens)


def test_what_prompts_begin_with_alike_is_read_once_and_changes_nothing(base: Any) -> None:
    prompts = [[1, 2, 3, 4, 5], [1, 2, 6], [1, 2, 3], [1, 2]]
    assert shared_length(prompts) == 1
    assert shared_length(prompts[:3]) == 2
    assert shared_length([[7, 8]]) == 1
    for prompt, (first, *_) in zip(prompts, draw(base, prompts, 2), strict=True):
        tokens = greedily(base, prompt)
        assert first.tokens == (tokens[:-1] if first.ended else tokens)


def test_the_adapter_is_taken_as_it_is_when_drawing(base: Any, tuned: PeftModel) -> None:
    sampler = Sampler(tuned, ENDS, Room(3, 8, 1, 20))
    for _ in range(2):
        for prompt, (first,) in zip(PROMPTS, sampler.draw(PROMPTS), strict=True):
            tokens = greedily(tuned, prompt)
            assert [*first.tokens, *([tokens[-1]] if first.ended else [])] == tokens
        for name, weight in tuned.named_parameters():
            if "lora_B" in name:
                weight.data *= -1


def test_each_is_told_with_its_log_probability(base: Any) -> None:
    for prompt, group in zip(PROMPTS, draw(base, PROMPTS, 4, longest=6, temperature=1.5), strict=True):
        for each in group:
            if each.ended:
                continue  # The token that ended it is not told.
            with torch.inference_mode():
                logprobs = base(torch.tensor([[*prompt, *each.tokens]])).logits[0].log_softmax(-1)
            told = sum(float(logprobs[len(prompt) - 1 + n, token]) for n, token in enumerate(each.tokens))
            assert each.logprob == pytest.approx(told, abs=1e-3)


def test_draws_differ_and_stop_at_their_end(base: Any) -> None:
    torch.manual_seed(0)
    (group,) = draw(base, [[1, 2, 3]], 64, longest=30, greedy_first=False)
    assert len({tuple(each.tokens) for each in group}) > 40
    assert not any(token in ENDS for each in group for token in each.tokens)
    assert all(each.ended or len(each.tokens) == 30 for each in group)
    assert sum(each.ended for each in group) > 10


def test_draws_follow_the_probabilities(base: Any) -> None:
    torch.manual_seed(0)
    every = tuple(range(base.config.vocab_size))
    with torch.inference_mode():
        wanted = base(torch.tensor([[5, 6]])).logits[0, -1].softmax(-1)
    sampler = Sampler(base, (0,), Room(1, 4, 4000, 1))
    ((*group,),) = sampler.draw([[5, 6]], greedy_first=False)
    counts = torch.bincount(torch.tensor([(each.tokens or [0])[0] for each in group]), minlength=len(every))
    assert (counts / 4000 - wanted).abs().max() < 0.03


def test_an_end_at_once_is_an_empty_completion(base: Any) -> None:
    every = tuple(range(base.config.vocab_size))
    (group,) = draw(base, [[1, 2]], 2, every)
    assert [(each.tokens, each.ended) for each in group] == [([], True)] * 2
    assert group[0].logprob < 0 == Drawn().logprob


def test_a_prompt_that_has_no_room_is_refused(base: Any) -> None:
    with pytest.raises(ValueError, match="9 tokens, room for 8"):
        draw(base, [[1] * 9], 2)
