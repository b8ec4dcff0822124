"""The worker process: holds one model, answers requests one by one, ends with its parent.

Messages come on standard input and go to what was standard output (see `sqloop.generation.wire`);
whatever libraries print goes to standard error, and one that asks is told that nobody is there. A thread of
its own reads the input, so that a cancellation is seen between two tokens and the end of the parent at once,
even while weights load.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from sqloop.errors import CancelledError, ModelError, SQLoopError
from sqloop.generation.request import GenerationRequest
from sqloop.generation.wire import Message, read_message, write_message

if TYPE_CHECKING:
    from sqloop.generation.inference.loading import LoadedModel


class Inbox:
    """What the parent has sent and not been answered yet."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._messages: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._cancelled: set[int] = set()
        threading.Thread(target=self._listen, daemon=True).start()

    def next(self) -> Message:
        """The oldest request, as soon as there is one."""
        return self._messages.get()

    def check(self, request: int) -> None:
        """Raise CancelledError where the parent no longer wants ``request``."""
        if request in self._cancelled:
            raise CancelledError("Cancelled.")

    def _listen(self) -> None:
        while (message := read_message(self._stream)) is not None:
            if message["do"] == "cancel":
                self._cancelled.add(message["target"])
            else:
                self._messages.put(message)
        os._exit(0)


class Desk:
    """Answers requests with the model that was named last; a failure to load stays the answer."""

    def __init__(self, inbox: Inbox, tell: Callable[[Message], None]) -> None:
        """``tell`` sends what is no reply yet."""
        self._inbox = inbox
        self._tell = tell
        self._loaded: LoadedModel | None = None
        self._failure = ModelError("No model was named.")

    def answer(self, message: Message) -> Message:
        """The reply to ``message``: a result, or an error by kind."""
        try:
            result = self._load(message) if message["do"] == "load" else self._serve(message)
            return {"id": message["id"], "result": result}
        except CancelledError:
            return {"id": message["id"], "error": "Cancelled.", "kind": "cancelled"}
        except SQLoopError as error:
            kind = "model" if self._loaded else "load"
            return {"id": message["id"], "error": error.message, "hint": error.hint, "kind": kind}
        except Exception as error:
            traceback.print_exc()
            line = (str(error).strip() or type(error).__name__).splitlines()[0]
            return {"id": message["id"], "error": f"The model failed: {line}", "hint": "", "kind": "model"}

    def _load(self, message: Message) -> Message:
        """Take another model, or the same with another adapter; its prefix cache goes with the old one."""
        before, self._loaded = self._loaded, None
        try:
            from sqloop.generation.inference.loading import load_model, retune

            try:
                # One worker has one base. Where that stays loaded, only the adapter is exchanged.
                if before is not None and retune(before, message["adapter"]):
                    self._loaded = before
                    return {}
                before = None  # first: both together may not fit in memory
                prompts = Path(message["prompts"]) if message.get("prompts") else None
                self._loaded = load_model(message["base"], message["adapter"], prompts)
            except ModelError as error:
                if not message.get("optional"):
                    raise
                kept = before is not None and retune(before, None)
                self._loaded = before if kept else load_model(message["base"])
                return {"refused": error.message}
        except ModelError as error:
            self._failure = error
            raise
        except ImportError as error:
            self._failure = ModelError(f"The model's libraries are missing: {error}.")
            raise self._failure from error
        return {}

    def _serve(self, message: Message) -> Any:
        if self._loaded is None:
            raise self._failure
        request = message["id"]
        self._inbox.check(request)

        def check() -> None:
            self._inbox.check(request)

        def reading(share: float) -> None:
            self._tell({"read": share})

        match message["do"]:
            case "generate":
                asked = GenerationRequest(**message["request"])
                completions = self._loaded.model.generate(asked, check, reading)
                return [[each.text, each.logprob, each.tokens, each.greedy] for each in completions]
            case "warm":
                return self._loaded.model.warm(message["prefix"], check, reading)
            case "describe":
                network = self._loaded.model.network
                return {
                    "form": self._loaded.form,
                    "parameters": network.parameters,
                    "bytes": network.size,
                }
            case other:
                raise ModelError(f"The worker does not know how to {other}.")


def main() -> None:
    """Serve until the parent closes the input."""
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    requests = os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), sys.stdin.fileno())
    inbox = Inbox(requests)
    desk = Desk(inbox, lambda message: write_message(replies, message))
    while True:
        write_message(replies, desk.answer(inbox.next()))


if __name__ == "__main__":
    main()
