"""The line under the question: what it says of an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sqloop.answer import ModelName
from sqloop.lsp.protocol import AskParams
from sqloop_tui.verdict_bar import describe_answer

from .told_server import ToldServer


@pytest.mark.asyncio
async def test_words_that_were_not_understood_come_first() -> None:
    answer = await ToldServer().ask(AskParams("q"))
    assert describe_answer(answer).startswith("likely (6 of 8 agree)")
    assert describe_answer(replace(answer, confidence=0.3)).startswith("guessing · ")
    few = replace(answer, candidates=(replace(answer.candidates[0], votes=1), *answer.candidates[1:]))
    assert describe_answer(replace(few, confidence=0.9)).startswith("sure · ")  # not "1 of 8 gave it"
    unread = replace(answer, not_understood=("unpaid", "vegan"))
    assert describe_answer(unread).startswith("not understood: unpaid, vegan · likely")  # by the starter
    assert "rows equal to the last one are left out" in describe_answer(replace(answer, tied=True))
    assert "no row has what it looks for" in describe_answer(replace(answer, found_nothing=True))
    rejected = replace(answer.candidates[0], rejected=True), *answer.candidates[1:]
    assert "you rejected it before" in describe_answer(replace(answer, candidates=rejected))
    told = describe_answer(replace(unread, model=ModelName("qwen2.5-coder-0.5b")))
    assert told.startswith("not understood: unpaid, vegan (d says what it means) · likely (6 of 8 agree)")


@pytest.mark.asyncio
async def test_where_no_model_was_asked_none_is_said_to_be_sure() -> None:
    answer = replace(await ToldServer().ask(AskParams("q")), from_schema=True)
    assert describe_answer(answer).startswith("from the schema · 6 rows")
