"""Text and tokens of a GGUF file's own vocabulary."""

from __future__ import annotations

from pathlib import Path

import pytest
from llguidance import LLMatcher

from sqloop.generation.inference.gguf import GgufNetwork
from sqloop.generation.inference.gguf_tokens import GgufTokens, read_frame
from sqloop.generation.inference.loading import load_model
from sqloop.generation.request import GenerationRequest


@pytest.fixture(scope="module")
def network(tiny_gguf: Path) -> GgufNetwork:
    return GgufNetwork(tiny_gguf, threads=1)


@pytest.fixture(scope="module")
def tokens(network: GgufNetwork) -> GgufTokens:
    return GgufTokens(network.vocab, network.vocabulary)


@pytest.mark.parametrize(
    "text", ["", " ", "SELECT 'größe'\n\n FROM t", "\tx  y ", "日本語 🦊 é", "a\x00b", "it''s 100%", "\r\n--"]
)
def test_text_goes_to_tokens_and_back(tokens: GgufTokens, text: str) -> None:
    ids = tokens.encode(text)
    assert tokens.decode(ids) == text
    assert b"".join(map(tokens.piece, ids)) == text.encode()


def test_bytes_that_are_often_together_are_one_token(tokens: GgufTokens) -> None:
    assert len(tokens.encode("SELECT")) == 1
    assert len(tokens.encode("ü")) == 1


def test_half_a_letter_is_shown_as_such(tokens: GgufTokens) -> None:
    assert tokens.decode(tokens.encode("🦊")[:2]) == "�"


def test_marks_are_no_text_and_end_a_completion(tokens: GgufTokens) -> None:
    ids = tokens.encode("a<|im_end|>")
    assert len(ids) == 2
    assert tokens.is_control(ids[1])
    assert not tokens.is_control(ids[0])
    assert ids[1] in tokens.ends
    assert tokens.decode(ids) == "a"


def test_the_chat_template_stands_around_the_question(network: GgufNetwork) -> None:
    assert read_frame(network.model) == ("<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n")


def test_a_grammar_is_obeyed(tiny_gguf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    request = GenerationRequest("", "which?", k=3, grammar='start: "SELECT 1" | "größe"', max_new_tokens=20)
    texts = {each.text for each in load_model(str(tiny_gguf)).model.generate(request)}
    assert texts <= {"SELECT 1", "größe"}
    assert texts


def test_grammars_see_the_same_tokens(tokens: GgufTokens) -> None:
    matcher = LLMatcher(tokens.for_grammar(tokens.size), LLMatcher.grammar_from_lark('start: "SELECT ü"'))
    ids = tokens.encode("SELECT ü")
    assert matcher.try_consume_tokens(ids) == len(ids)
    assert matcher.is_accepting()
