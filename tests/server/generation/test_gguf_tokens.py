"""Text and tokens of a GGUF file's own vocabulary."""

from __future__ import annotations

from pathlib import Path

import pytest
from llguidance import LLMatcher

from sqloop.generation.inference.gguf import GgufNetwork
from sqloop.generation.inference.gguf_tokens import GgufTokens, read_frame
from sqloop.generation.inference.loading import load_model
from sqloop.generation.request import GenerationRequest


@pytest.mark.parametrize(
    "text", ["", " ", "SELECT 'größe'\n\n FROM t", "\tx  y ", "日本語 🦊 é", "a\x00b", "it''s 100%", "\r\n--"]
)
def test_text_goes_to_tokens_and_back(tiny_tokens: GgufTokens, text: str) -> None:
    ids = tiny_tokens.encode(text)
    assert tiny_tokens.decode(ids) == text
    assert b"".join(map(tiny_tokens.piece, ids)) == text.encode()


def test_bytes_that_are_often_together_are_one_token(tiny_tokens: GgufTokens) -> None:
    assert len(tiny_tokens.encode("SELECT")) == 1
    assert len(tiny_tokens.encode("ü")) == 1


def test_half_a_letter_is_shown_as_such(tiny_tokens: GgufTokens) -> None:
    assert tiny_tokens.decode(tiny_tokens.encode("🦊")[:2]) == "�"


def test_marks_are_no_text_and_end_a_completion(tiny_tokens: GgufTokens) -> None:
    ids = tiny_tokens.encode("a<|im_end|>")
    assert len(ids) == 2
    assert tiny_tokens.is_control(ids[1])
    assert not tiny_tokens.is_control(ids[0])
    assert ids[1] in tiny_tokens.ends
    assert tiny_tokens.decode(ids) == "a"


def test_the_chat_template_stands_around_the_question(tiny_network: GgufNetwork) -> None:
    assert read_frame(tiny_network.model) == ("<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n")


def test_a_grammar_is_obeyed(tiny_gguf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    request = GenerationRequest("", "which?", k=3, grammar='start: "SELECT 1" | "größe"', max_new_tokens=20)
    texts = {each.text for each in load_model(str(tiny_gguf)).model.generate(request)}
    assert texts <= {"SELECT 1", "größe"}
    assert texts


def test_grammars_see_the_same_tokens(tiny_tokens: GgufTokens) -> None:
    matcher = LLMatcher(
        tiny_tokens.for_grammar(tiny_tokens.size), LLMatcher.grammar_from_lark('start: "SELECT ü"')
    )
    ids = tiny_tokens.encode("SELECT ü")
    assert matcher.try_consume_tokens(ids) == len(ids)
    assert matcher.is_accepting()
