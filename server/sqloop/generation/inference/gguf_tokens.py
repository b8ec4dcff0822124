"""Text to tokens and back by the vocabulary of a GGUF file, as a `Vocabulary`."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

from llguidance import LLTokenizer, TokenizerWrapper

from sqloop.errors import ModelError
from sqloop.generation.inference.llama_library import Message, open_library

_LONGEST_PIECE = 512
_PLACE = "@@QUESTION@@"


class GgufTokens:
    """``ends`` end a completion, the model's own first; no word of the starter is ``lacking``."""

    lacking: tuple[str, ...] = ()

    def __init__(self, vocab: Any, size: int) -> None:
        self._library = open_library()
        self._vocab = vocab
        self._size = size
        own = self._library.llama_vocab_eos(vocab)
        ends = [each for each in range(size) if self._library.llama_vocab_is_eog(vocab, each)]
        self.ends = tuple(sorted(ends, key=lambda each: each != own))
        begin = self._library.llama_vocab_bos(vocab)
        self._begin = [begin] if self._library.llama_vocab_get_add_bos(vocab) and begin >= 0 else []

    def encode_prefix(self, text: str) -> list[int]:
        """Ids of the beginning of a prompt, with the begin token where the model wants one."""
        return self._begin + self.encode(text)

    def encode(self, text: str) -> list[int]:
        """Ids of text that continues; special tokens written out in it are recognised."""
        data = text.encode()
        room = (ctypes.c_int32 * (len(data) + 8))()
        count = self._library.llama_tokenize(self._vocab, data, len(data), room, len(room), False, True)
        if count < 0:
            raise ModelError("The prompt cannot be read by the model.")
        return room[:count]

    def decode(self, ids: Sequence[int]) -> str:
        """The text, without begin and end."""
        kept = [each for each in ids if each not in self.ends]
        return b"".join(map(self.piece, kept)).decode(errors="replace")

    def piece(self, token: int) -> bytes:
        """The text of one token."""
        room = ctypes.create_string_buffer(_LONGEST_PIECE)
        count = self._library.llama_token_to_piece(self._vocab, token, room, _LONGEST_PIECE, 0, True)
        return room.raw[: max(0, count)]

    def for_grammar(self, vocabulary: int) -> LLTokenizer:
        """The same tokens as llguidance wants them."""
        return LLTokenizer(TokenizerWrapper(_Words(self)))

    @property
    def size(self) -> int:
        """Tokens of the vocabulary."""
        return self._size

    def is_control(self, token: int) -> bool:
        """Whether a token marks turns and never is text."""
        return bool(self._library.llama_vocab_is_control(self._vocab, token))


class _Words:
    """What llguidance asks of a tokenizer."""

    def __init__(self, tokens: GgufTokens) -> None:
        self.eos_token_id = tokens.ends[0]
        self.bos_token_id = None
        self.special_token_ids = [each for each in range(tokens.size) if tokens.is_control(each)]
        self.tokens = [tokens.piece(each) for each in range(tokens.size)]
        self._encode = tokens.encode

    def __call__(self, text: str | bytes) -> list[int]:
        return self._encode(text if isinstance(text, str) else text.decode(errors="replace"))


def read_frame(model: Any) -> tuple[str, str]:
    """What the model's chat template puts before and behind one message of the user, answer opened.

    Empty where the file has no template. Raises ModelError where llama.cpp does not know the template.
    """
    library = open_library()
    template = library.llama_model_chat_template(model, None)
    if not template:
        return "", ""
    said = Message(b"user", _PLACE.encode())
    room = ctypes.create_string_buffer(4096)
    count = library.llama_chat_apply_template(template, ctypes.byref(said), 1, True, room, len(room))
    before, found, behind = room.raw[: max(0, count)].decode(errors="replace").partition(_PLACE)
    if not found:
        raise ModelError("The model's chat template is not one that llama.cpp knows.")
    return before, behind
