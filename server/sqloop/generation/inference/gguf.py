"""A GGUF model run by llama.cpp, as a `Network`: rows of a session are sequences over one shared cache.

Forking a sequence copies no keys and values. A memory holds one sequence until nobody refers to it; its cells
are then free for others. Weights are mapped from the file: several processes share them. Not thread-safe.
"""

from __future__ import annotations

import ctypes
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sqloop.errors import ModelError
from sqloop.generation.inference.llama_library import open_library
from sqloop.generation.inference.weights import Array

CELLS = 8192
"""Tokens that all prompts and completions in memory may take together."""
MOST_ROWS = 48
"""Sequences at a time: kept prefixes and the rows of one request."""
LEAST = CELLS // 24
"""Cells that a kept prompt counts for at least: it takes a sequence, and rows need most of those."""
AT_ONCE = 512
"""Tokens of one call."""


@dataclass(frozen=True)
class GgufMemory:
    """A prompt in the cache; ``sequence`` is freed with it."""

    sequence: _Sequence
    length: int
    logits: Array
    size: int


class _Sequence:
    """One of llama.cpp's sequences, let go of when nobody refers to it any more."""

    def __init__(self, owner: GgufNetwork) -> None:
        self.id = owner.take_sequence()
        weakref.finalize(self, owner.free_sequence, self.id)


class GgufNetwork:
    """The model in ``path``; see `Network`. Raises ModelError where it cannot be loaded."""

    def __init__(self, path: Path, threads: int) -> None:
        self._library = library = open_library()
        parameters = library.llama_model_default_params()
        parameters.n_gpu_layers = 0
        self.model = library.llama_model_load_from_file(str(path).encode(), parameters)
        if not self.model:
            raise ModelError(
                f"{path} cannot be loaded: it is no GGUF file that llama.cpp knows, or is damaged."
            )
        self.vocab = library.llama_model_get_vocab(self.model)
        self.vocabulary = library.llama_vocab_n_tokens(self.vocab)
        self.parameters = library.llama_model_n_params(self.model)
        self.size = library.llama_model_size(self.model)
        self.context = min(CELLS // 2, library.llama_model_n_ctx_train(self.model))
        self._context = self._open_context(threads)
        weakref.finalize(self, _free, library, self._context, self.model)
        self._memory = library.llama_get_memory(self._context)
        self._free = list(range(MOST_ROWS - 1, -1, -1))
        self._adapter: int | None = None
        self._batch = library.llama_batch_init(AT_ONCE, 0, 1)

    def _open_context(self, threads: int) -> Any:
        wanted = self._library.llama_context_default_params()
        wanted.n_ctx, wanted.n_batch, wanted.n_ubatch = CELLS, AT_ONCE, AT_ONCE
        wanted.n_seq_max, wanted.kv_unified = MOST_ROWS, True
        wanted.n_threads = wanted.n_threads_batch = threads
        context = self._library.llama_init_from_model(self.model, wanted)
        if not context:
            raise ModelError(
                "There is not enough memory for the model.", "Close other programs, or use a smaller model."
            )
        if self._library.llama_n_ctx(context) < CELLS:
            raise ModelError("llama.cpp did not take the settings that it was given.")
        return context

    def tune(self, adapter: Path | None) -> None:
        """Answer with the LoRA in the GGUF file ``adapter``, or bare; the base stays loaded.

        What was read before belongs to the old tuning: memories must not be used any more. Raises ModelError.
        """
        new = None
        if adapter is not None:
            new = self._library.llama_adapter_lora_init(self.model, str(adapter).encode())
            if not new:
                raise ModelError(f"The adapter {adapter} was made for another model, or is damaged.")
        adapters = (ctypes.c_void_p * 1)(new)
        scales = (ctypes.c_float * 1)(1.0)
        if self._library.llama_set_adapters_lora(self._context, adapters, int(new is not None), scales):
            raise ModelError(f"The adapter {adapter} cannot be used.")
        if self._adapter is not None:
            self._library.llama_adapter_lora_free(self._adapter)
        self._adapter = new

    def read(self, tokens: Sequence[int], after: GgufMemory | None) -> GgufMemory:
        """See `Network.read`."""
        sequence = _Sequence(self)
        start = 0
        if after is not None:
            start = after.length
            self._library.llama_memory_seq_cp(self._memory, after.sequence.id, sequence.id, -1, -1)
        logits = np.empty(0, dtype=np.float32)
        for first in range(0, len(tokens), AT_ONCE):
            part = tokens[first : first + AT_ONCE]
            last = first + len(part) == len(tokens)
            places = range(start + first, start + first + len(part))
            wanted = [last and each == len(part) - 1 for each in range(len(part))]
            self._decode(part, places, [sequence.id] * len(part), wanted)
            if last:
                logits = self._logits(len(part) - 1)
        length = start + len(tokens)
        return GgufMemory(sequence, length, logits, max(length, LEAST))

    def cut(self, memory: GgufMemory, length: int) -> GgufMemory:
        """See `CuttingNetwork.cut`."""
        twin = self.fork(memory.sequence, length)
        return GgufMemory(twin, length, np.empty(0, dtype=np.float32), max(length, LEAST))

    def open(self, memory: GgufMemory) -> GgufSession:
        """See `Network.open`."""
        return GgufSession(self, memory)

    def keep(self, memory: GgufMemory, path: Path, tokens: Sequence[int]) -> bool:
        """Write the keys and values of a prompt to a file; whether that went well."""
        ids = (ctypes.c_int32 * len(tokens))(*tokens)
        written = self._library.llama_state_seq_save_file(
            self._context, str(path).encode(), memory.sequence.id, ids, len(tokens)
        )
        return bool(written)

    def restore(self, path: Path, tokens: Sequence[int]) -> GgufMemory | None:
        """What `keep` wrote; None where the file holds anything else. Its logits are not known."""
        sequence = _Sequence(self)
        found, count = (ctypes.c_int32 * (len(tokens) + 1))(), ctypes.c_size_t()
        read = self._library.llama_state_seq_load_file(
            self._context, str(path).encode(), sequence.id, found, len(found), ctypes.byref(count)
        )
        if not read or found[: count.value] != list(tokens):
            return None
        return GgufMemory(sequence, len(tokens), np.empty(0, dtype=np.float32), len(tokens))

    def take_sequence(self) -> int:
        """A sequence that nobody uses. Raises ModelError where there is none."""
        if not self._free:
            raise ModelError("Too many candidates at once for this model.", "Ask for fewer (k).")
        return self._free.pop()

    def free_sequence(self, number: int) -> None:
        """Let go of what the sequence holds."""
        self._library.llama_memory_seq_rm(self._memory, number, -1, -1)
        self._free.append(number)

    def fork(self, sequence: _Sequence, length: int = -1) -> _Sequence:
        """Another sequence that holds the same, or its first ``length`` tokens; nothing is copied."""
        twin = _Sequence(self)
        self._library.llama_memory_seq_cp(self._memory, sequence.id, twin.id, 0, length)
        return twin

    def step(self, tokens: Sequence[int], places: Sequence[int], sequences: Sequence[_Sequence]) -> Array:
        """One token for each sequence at a position of its own; ``[len(tokens), vocabulary]``."""
        ids = [each.id for each in sequences]
        self._decode(tokens, places, ids, [True] * len(tokens))
        return np.stack([self._logits(row) for row in range(len(tokens))])

    def _decode(
        self, tokens: Sequence[int], places: Sequence[int], sequences: Sequence[int], wanted: Sequence[bool]
    ) -> None:
        batch = self._batch
        batch.n_tokens = len(tokens)
        for row, token in enumerate(tokens):
            batch.token[row] = token
            batch.pos[row] = places[row]
            batch.n_seq_id[row] = 1
            batch.seq_id[row][0] = sequences[row]
            batch.logits[row] = wanted[row]
        result = self._library.llama_decode(self._context, batch)
        if result:
            raise ModelError(
                "The prompt does not fit into the model's memory."
                if result == 1
                else f"llama.cpp failed with code {result}."
            )

    def _logits(self, row: int) -> Array:
        found = self._library.llama_get_logits_ith(self._context, row)
        return np.ctypeslib.as_array(found, (self.vocabulary,)).copy()


def _free(library: Any, context: Any, model: Any) -> None:
    library.llama_free(context)
    library.llama_model_free(model)


class GgufSession:
    """Rows as sequences that share the prompt's cells, each as long as it is."""

    def __init__(self, network: GgufNetwork, memory: GgufMemory) -> None:
        self._network = network
        self._rows = [memory.sequence]
        self._places = [memory.length]
        self._prompt = memory

    def advance(self, parents: Sequence[int], tokens: Sequence[int]) -> Array:
        """See `Session.advance`."""
        # The prompt itself may be asked again; a row that two continue is forked for the second.
        taken = {row for row, sequence in enumerate(self._rows) if sequence is self._prompt.sequence}
        rows: list[_Sequence] = []
        for parent in parents:
            row = self._rows[parent]
            rows.append(self._network.fork(row) if parent in taken else row)
            taken.add(parent)
        return self._go_on(rows, [self._places[parent] for parent in parents], tokens)

    def branch(self, lengths: Sequence[int], tokens: Sequence[int]) -> Array:
        """See `BranchingSession.branch`."""
        places = [self._prompt.length + length for length in lengths]
        rows = [self._network.fork(self._rows[0], place) for place in places]
        return self._go_on(rows, places, tokens)

    def _go_on(self, rows: list[_Sequence], places: Sequence[int], tokens: Sequence[int]) -> Array:
        self._rows = rows
        self._places = [place + 1 for place in places]
        return self._network.step(tokens, places, rows)
