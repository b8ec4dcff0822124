"""Text to tokens and back, for any tokenizer of the `tokenizers` library.

Prefix and suffix of a prompt are encoded one by one and put together, so that the tokens of the prefix
never depend on the question: that is what makes its key-value cache reusable.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Protocol

from llguidance import LLTokenizer
from tokenizers import Tokenizer

from sqloop.generation.prompts.starter_tokens import LATER, token

TURN_ENDS = ("<|im_end|>", "<|eot_id|>", "<end_of_turn>", "<|end|>", "<|endoftext|>")
"""Ends of an answer that some models write without naming them as their end of sequence."""


class Vocabulary(Protocol):
    """What a model's text is made of; ``ends`` finish a completion, ``lacking`` is the starter's alone."""

    ends: tuple[int, ...]
    lacking: tuple[str, ...]

    def encode_prefix(self, text: str) -> list[int]:
        """Ids of the beginning of a prompt."""

    def encode(self, text: str) -> list[int]:
        """Ids of text that continues."""

    def decode(self, ids: Sequence[int]) -> str:
        """The text, without begin and end."""

    def piece(self, token: int) -> bytes:
        """The text of one token."""

    def for_grammar(self, vocabulary: int) -> LLTokenizer:
        """The same tokens as llguidance wants them."""


class Tokens:
    """``ends`` are the ids that finish a completion; they are never part of its text.

    ``lacking`` are the words of the starter model's language that came after this tokenizer.
    """

    def __init__(self, tokenizer: Tokenizer, ends: Sequence[int], begin: int | None) -> None:
        self._tokenizer = tokenizer
        # The starter model's <|end|> is the END of a CASE, so its own language has no such turn ends.
        speaks_sql = tokenizer.token_to_id(token("sql")) is not None
        turn_ends = (tokenizer.token_to_id(each) for each in (() if speaks_sql else TURN_ENDS))
        self.ends = tuple(dict.fromkeys([*ends, *(each for each in turn_ends if each is not None)]))
        self.lacking = tuple(word for word in LATER if tokenizer.token_to_id(token(word)) is None)
        adds_begin = begin is not None and tokenizer.encode("a").ids[:1] == [begin]
        self._begin = [begin] if adds_begin and begin is not None else []
        self._unwritten = {*self.ends, *([] if begin is None else [begin])}

    def encode_prefix(self, text: str) -> list[int]:
        """Ids of the beginning of a prompt; with the begin token where the tokenizer is made to add one."""
        ids = self.encode(text)
        return ids if ids[:1] == self._begin else self._begin + ids

    def encode(self, text: str) -> list[int]:
        """Ids of text that continues; special tokens written out in it are recognised."""
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """The text, with its special tokens (handles are such) but without begin and end."""
        kept = [each for each in ids if each not in self._unwritten]
        text: str = self._tokenizer.decode(kept, skip_special_tokens=False)
        return text

    def piece(self, token: int) -> bytes:
        """The text of one token; part of a character where the tokenizer cuts characters."""
        return bytes(self._pieces.decode_bytes([token]))

    @cached_property
    def _pieces(self) -> LLTokenizer:
        return self.for_grammar(0)

    def for_grammar(self, vocabulary: int) -> LLTokenizer:
        """The same tokens as llguidance wants them, padded to the width of the logits."""
        width = max(vocabulary, self._tokenizer.get_vocab_size())
        return LLTokenizer(self._tokenizer.to_str(), n_vocab=width, eos_token=list(self.ends))
