"""Which tokens a grammar allows next, row by row (llguidance)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from llguidance import LLMatcher, LLTokenizer
from numpy.typing import NDArray

from sqloop.errors import ModelError
from sqloop.recent import Recent

KEPT = 64
"""Compiled grammars that are kept, least recently used dropped first: one a question and schema."""


class Grammars:
    """Compiles Lark grammars once each and hands out a fresh matcher a row."""

    def __init__(self, tokenizer: LLTokenizer) -> None:
        self._tokenizer = tokenizer
        self._compiled = Recent[str, LLMatcher](KEPT)

    def matcher(self, grammar: str) -> LLMatcher:
        """A matcher at the beginning of ``grammar``; ModelError where it does not compile."""
        matcher = self._compiled.get(grammar)
        if matcher is None:
            matcher = self._compile(grammar)
            self._compiled.put(grammar, matcher)
        return matcher.deep_copy()

    def _compile(self, grammar: str) -> LLMatcher:
        matcher = LLMatcher(self._tokenizer, LLMatcher.grammar_from_lark(grammar), log_level=0)
        if matcher.is_error():
            reason = matcher.get_error().strip().splitlines()[0]
            raise ModelError(f"The grammar does not compile: {reason}.")
        return matcher


def allowed(matchers: Sequence[LLMatcher], vocabulary: int) -> NDArray[np.bool_]:
    """What each matcher allows next: bool ``[len(matchers), vocabulary]``."""
    rows = [np.frombuffer(each.compute_bitmask(), dtype=np.uint8) for each in matchers]
    bits = np.unpackbits(np.stack(rows), axis=1, bitorder="little", count=vocabulary)
    return bits.view(np.bool_)
