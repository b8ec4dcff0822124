"""A loaded model: from a generation request to its completions, in this process.

Numbers and tokenizers load slowly: the serving process goes through `sqloop.generation.worker` instead. The
trainer uses this directly, so that rollouts and answers come from the same code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Protocol

from sqloop.errors import ModelError
from sqloop.generation.inference.branching import BranchingSession, branch
from sqloop.generation.inference.decoding import Plan, Row, sample, search_beams
from sqloop.generation.inference.grammar_mask import Grammars
from sqloop.generation.inference.network import CuttingNetwork, Memory, Network
from sqloop.generation.inference.prefix_cache import LIMIT, PrefixCache
from sqloop.generation.inference.tokens import Vocabulary
from sqloop.generation.prompts.starter_grammar import without
from sqloop.generation.request import Completion, GenerationRequest

STRIDE = 512
"""Tokens of a prompt that are read between two looks at the cancellation, by a network that reads fast."""

LEAST_SHARED = 64
"""Tokens that two prompts begin with for the second to go on from the first."""


LONG = 256
"""Tokens of a prompt that somebody is told of while they are read."""


def _never() -> None:
    """The check of work that nobody cancels."""


def _silent(share: float) -> None:
    """Nobody wants to know how much has been read."""


class PrefixStore(Protocol):
    """Memories of prefixes that outlive the process."""

    def get(self, tokens: Sequence[int]) -> Any:
        """The memory of exactly these tokens, which can be read on from; None where none is kept."""

    def put(self, tokens: Sequence[int], memory: Any) -> None:
        """Keep it; what goes wrong costs nothing but the time to read them again."""


class LanguageModel:
    """A network with its tokens, a prefix cache and a store of compiled grammars; not thread-safe.

    ``frame`` stands before every prefix and behind every suffix: the marks of a chat template. ``kept``
    bounds the prefixes that are kept, in the unit of the network's memories; ``stride`` is for slow
    networks.
    """

    def __init__(
        self,
        network: Network[Any],
        tokens: Vocabulary,
        frame: tuple[str, str] = ("", ""),
        kept: int = LIMIT,
        stride: int = STRIDE,
    ) -> None:
        self.store: PrefixStore | None = None
        """Where prefixes are kept between two processes."""

        self.network = network
        self.tokens = tokens
        self._frame = frame
        self._kept = kept
        self._stride = stride
        self._prefixes = PrefixCache(kept)

    @cached_property
    def _grammars(self) -> Grammars:
        """Made on the first need: a large vocabulary takes a second to lay out."""
        return Grammars(self.tokens.for_grammar(self.network.vocabulary))

    def generate(
        self,
        request: GenerationRequest,
        check: Callable[[], None] = _never,
        reading: Callable[[float], None] = _silent,
    ) -> list[Completion]:
        """``request.k`` completions, greedy first (``sample``) or best first (``beam``).

        ``check`` is called between tokens and may raise to stop; ``reading`` is told the share of a long
        prefix that has been read. Raises ModelError where the prompt
        leaves no room in the context or the grammar does not compile.
        """
        rows = self.write(request, check, reading)
        return [self._completion(row, row.greedy or request.k == 1) for row in rows]

    def write(
        self,
        request: GenerationRequest,
        check: Callable[[], None] = _never,
        reading: Callable[[float], None] = _silent,
    ) -> list[Row]:
        """The completions of `generate` as rows of tokens."""
        grammar = without(request.grammar, self.tokens.lacking) if request.grammar is not None else None
        matcher = self._grammars.matcher(grammar) if grammar is not None else None
        memory = self._read(request, check, reading)
        plan = Plan(
            k=request.k,
            length=min(request.max_new_tokens, self.network.context - memory.length),
            temperature=request.temperature,
            seed=request.seed,
            ends=self.tokens.ends,
            check=check,
            piece=self.tokens.piece,
        )
        session = self.network.open(memory)
        if request.decoding == "branch" and matcher is None and isinstance(session, BranchingSession):
            return branch(memory, session, plan)
        decode = sample if request.decoding == "sample" else search_beams
        return decode(memory, session, matcher, plan)

    def renew(self, network: Network[Any]) -> None:
        """Go on with other weights of the same model."""
        self.network = network
        self.forget()

    def forget(self) -> None:
        """Drop what was read: the network has changed."""
        self._prefixes = PrefixCache(self._kept)

    def warm(
        self,
        prefix: str,
        check: Callable[[], None] = _never,
        reading: Callable[[float], None] = _silent,
    ) -> None:
        """Read ``prefix`` into the cache; one too long for the context fails when it is asked with."""
        ids, _ = self.encode(prefix, "")
        if 0 < len(ids) < self.network.context:
            self._read_prefix(ids, check, reading)

    def encode(self, prefix: str, suffix: str) -> tuple[list[int], list[int]]:
        """The prompt as the network sees it, in its two parts."""
        before, behind = self._frame
        return self.tokens.encode_prefix(before + prefix), self.tokens.encode(suffix + behind)

    def _read(
        self, request: GenerationRequest, check: Callable[[], None], reading: Callable[[float], None]
    ) -> Memory:
        head, tail = self.encode(request.prefix, request.suffix)
        self._check_length(len(head) + len(tail))
        memory = self._extend(self._read_prefix(head, check, reading), tail, check, _silent)
        if memory is None:
            raise ModelError("The prompt is empty.")
        return memory

    def _read_prefix(
        self, ids: Sequence[int], check: Callable[[], None], reading: Callable[[float], None]
    ) -> Memory | None:
        key = tuple(ids)
        memory = self._prefixes.get(key)
        if memory is None:
            memory = self.store.get(ids) if self.store is not None else None
            if memory is None:
                begun = self._begin(ids)
                memory = self._extend(begun, ids[begun.length if begun else 0 :], check, reading)
                if memory is not None and self.store is not None:
                    self.store.put(ids, memory)
            if memory is not None:
                self._prefixes.put(key, memory)
        return memory

    def _begin(self, ids: Sequence[int]) -> Memory | None:
        """What was read before of the same beginning, all but the last token at most, where that pays."""
        if not isinstance(self.network, CuttingNetwork):
            return None
        near, length = self._prefixes.nearest(ids[:-1])
        return self.network.cut(near, length) if near is not None and length >= LEAST_SHARED else None

    def _extend(
        self,
        memory: Memory | None,
        ids: Sequence[int],
        check: Callable[[], None],
        reading: Callable[[float], None],
    ) -> Memory | None:
        for start in range(0, len(ids), self._stride):
            check()
            memory = self.network.read(ids[start : start + self._stride], memory)
            if len(ids) >= LONG:
                reading(min(1.0, (start + self._stride) / len(ids)))
        return memory

    def _check_length(self, length: int) -> None:
        if length >= self.network.context:
            raise ModelError(
                f"The prompt takes {length:,} tokens; the model's context ends at {self.network.context:,}.",
                "Ask a shorter question, or name the tables to use.",
            )

    def _completion(self, row: Row, greedy: bool) -> Completion:
        return Completion(self.tokens.decode(row.tokens), row.logprob, len(row.tokens), greedy=greedy)
