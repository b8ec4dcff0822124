"""One life of the process that holds a model, as the serving process sees it: requests in, replies out.

Holds no tensors and imports no torch. A request that is cancelled returns at once; the worker drops it
at its next token, and whatever it still answers is ignored.
"""

from __future__ import annotations

import itertools
import os
import queue
import subprocess
import sys
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from sqloop.database.cancellation import Cancellation
from sqloop.errors import CancelledError, ModelError
from sqloop.generation.generator import Reading, Tuning
from sqloop.generation.wire import Message, read_message, write_message

SECRETS = ("SQLOOP_PASSWORD", "SQLOOP_TOKEN", "OPENAI_API_KEY")
"""Variables that the worker has no use for: it opens no database and calls no server."""


class WorkerDiedError(Exception):
    """The process ended before it answered; ``str()`` is how, with its last words."""


class _Slot:
    """Where one request waits for its reply."""

    def __init__(self) -> None:
        self._news: queue.SimpleQueue[float | None] = queue.SimpleQueue()
        self._reply: Message | Exception | None = None

    def put(self, reply: Message | Exception) -> None:
        """Settle it; what comes later is ignored."""
        if self._reply is None:
            self._reply = reply
            self._news.put(None)

    def tell(self, share: float) -> None:
        """So much of the prompt that is being read has been read."""
        self._news.put(share)

    @property
    def result(self) -> Any:
        """What the request gave; None as long as it gave nothing."""
        return self._reply.get("result") if isinstance(self._reply, dict) else None

    def wait(self, reading: Reading | None = None) -> Message:
        """The reply; ``reading`` is told until then. To be called once."""
        while (share := self._news.get()) is not None:
            if reading is not None:
                reading(share)
        if isinstance(self._reply, Exception):
            raise self._reply
        return cast(Message, self._reply)


@dataclass(frozen=True)
class Load:
    """The model with one adapter, asked for and perhaps not loaded yet."""

    tuning: Tuning | None
    slot: _Slot

    @property
    def refused(self) -> str | None:
        """Why an optional adapter was left out; None where it was not, as far as is known."""
        return (self.slot.result or {}).get("refused")

    @property
    def adapter(self) -> str | None:
        """The adapter that answers."""
        return self.tuning.name if self.tuning is not None and self.refused is None else None


class WorkerProcess:
    """One life of the worker. Replies are handed out by a reading thread."""

    def __init__(self, base: str, tuning: Tuning | None, prompts: Path | None = None) -> None:
        self._process = subprocess.Popen(
            # -P: the user's working directory is not imported from; a session of its own: Ctrl-C is ours.
            [sys.executable, "-P", "-m", "sqloop.generation.worker_main"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(),
            start_new_session=True,
        )
        self._lock = threading.Lock()
        self._ids = itertools.count()
        self._slots: dict[int, _Slot] = {}
        self._died: WorkerDiedError | None = None
        self._last_words: deque[str] = deque(maxlen=20)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._errors = threading.Thread(target=self._collect_errors, daemon=True)
        self._listener.start()
        self._errors.start()
        self._base, self._prompts = base, prompts
        self.load = self._send_load(tuning)

    @property
    def pid(self) -> int:
        """Of the operating system."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it may still answer."""
        return self._died is None and self._process.poll() is None

    @property
    def loaded(self) -> bool:
        """Whether the weights are in memory."""
        return self.alive and self.load.slot.result is not None

    def switch(self, tuning: Tuning | None) -> None:
        """Have what is asked from here on answered with ``tuning``; requests before it keep what they had.

        Raises WorkerDiedError.
        """
        self._send_load(tuning)

    def ask(
        self, message: Message, cancel: Cancellation | None, reading: Reading | None = None
    ) -> tuple[Any, Load]:
        """The result of ``message`` and what gave it. Raises CancelledError, ModelError, WorkerDiedError."""
        number, slot, load = self._send(message)
        if cancel is None:
            reply = slot.wait(reading)
        else:
            with cancel.calling(lambda: self._give_up(number, slot)):
                reply = slot.wait(reading)
        if "error" not in reply:
            return reply["result"], load
        if reply["kind"] == "cancelled":
            raise CancelledError(reply["error"])
        if reply["kind"] == "load":
            self.close()
        raise ModelError(reply["error"], reply["hint"])

    def close(self) -> None:
        """Kill it: it holds nothing that is worth saving."""
        self._process.kill()
        self._listener.join()
        self._errors.join()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                with suppress(OSError):  # What was left to flush has no reader any more.
                    stream.close()

    def _send_load(self, tuning: Tuning | None) -> Load:
        message: Message = {"do": "load", "base": self._base, "adapter": None}
        if self._prompts is not None:
            message["prompts"] = str(self._prompts)
        if tuning is not None:
            message |= {"adapter": tuning.source, "optional": tuning.optional}
        return self._send(message, tuning)[2]

    def _send(self, message: Message, tuning: Tuning | None = None) -> tuple[int, _Slot, Load]:
        """The worker takes one message after the other: the last load sent is what answers this one."""
        slot = _Slot()
        with self._lock:
            number = next(self._ids)
            if self._died is not None:
                raise self._died
            self._slots[number] = slot
            if message["do"] == "load":
                self.load = Load(tuning, slot)
            with suppress(OSError):  # It just died: the listener settles the slot with the reason.
                write_message(cast(Any, self._process.stdin), {**message, "id": number})
            return number, slot, self.load

    def _give_up(self, number: int, slot: _Slot) -> None:
        slot.put(CancelledError("Cancelled."))
        with self._lock:
            self._slots.pop(number, None)
        with suppress(WorkerDiedError):
            self._send({"do": "cancel", "target": number})

    def _listen(self) -> None:
        while (reply := read_message(cast(Any, self._process.stdout))) is not None:
            if "read" in reply:
                with self._lock:
                    waiting = list(self._slots.values())
                for each in waiting:  # Those behind it wait for it, too.
                    each.tell(reply["read"])
                continue
            with self._lock:
                slot = self._slots.pop(reply["id"], None)
            if slot is not None:
                slot.put(reply)
        self._errors.join()
        code = self._process.wait()
        words = self._last_words[-1] if self._last_words else ""
        with self._lock:
            self._died = WorkerDiedError(f"exit code {code}{': ' if words else ''}{words}")
            slots, self._slots = self._slots, {}
        for slot in slots.values():
            slot.put(self._died)

    def _collect_errors(self) -> None:
        for line in cast(Any, self._process.stderr):
            if text := line.decode(errors="replace").strip():
                self._last_words.append(text)


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in SECRETS}
    told = {"TOKENIZERS_PARALLELISM": "false", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
    # llama.cpp's threads wait for each other some hundred times a token. Where they spin, as they do untold,
    # a database or an editor that wants a core makes them ten times slower (docs/experiments.md).
    return {"GOMP_SPINCOUNT": "100", **kept, **told}
