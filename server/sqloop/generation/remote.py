"""Completions from any OpenAI-compatible server: vLLM, llama.cpp, `transformers serve`, a team's own.

Prefix and suffix go as one message to ``/chat/completions``: the server applies the chat template and keeps
its own prefix cache. A grammar is not sent, as servers disagree on how; candidates are checked by being
run. A key is read from ``OPENAI_API_KEY``, for an address of the user's own choice only. Proxies are not
used: the server is meant to be yours.
"""

from __future__ import annotations

import json
import os
import socket
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Event, Timer
from typing import Any
from urllib.parse import urldefrag, urlsplit

from sqloop.database.cancellation import Cancellation
from sqloop.errors import CancelledError, ModelError
from sqloop.generation.generator import ModelInfo, Reading
from sqloop.generation.request import Completion, GenerationRequest

CONNECT_TIMEOUT = 5.0
TIMEOUT = 120.0
"""Seconds until the server must have accepted, and until it must have said all: it may say it bit by bit."""

MOST = 16 * 1024 * 1024
"""Bytes of an answer."""


class RemoteGenerator:
    """A `Generator` over HTTP; ``address`` is ``http(s)://host:port/v1#model-name``.

    Without a model name, the first one that the server lists. With an adapter, its name takes the place
    of the model's, as vLLM serves LoRA. Raises ModelError where the address is no URL of a server.
    """

    def __init__(
        self, address: str, adapter: str | None = None, timeout: float = TIMEOUT, *, own: bool = True
    ) -> None:
        url, self._model = urldefrag(address)
        self._url = url.rstrip("/")
        self._adapter = adapter
        self._timeout = timeout
        self._own = own
        try:
            parts = urlsplit(self._url)
            self._host, self._port = parts.hostname, parts.port
        except ValueError as error:
            # It is not repeated: what cannot be read may hold a password.
            raise ModelError(
                "The URL of the model's server cannot be read.", "It looks like http://host:8000/v1."
            ) from error
        if not self._host:
            raise ModelError(f"{address} is not the URL of a server: it names no host.")
        self._secure, self._path = parts.scheme == "https", parts.path

    def generate(
        self, request: GenerationRequest, cancel: Cancellation | None = None, reading: Reading | None = None
    ) -> list[Completion]:
        """See `Generator.generate`; ``beam`` samples, for no server searches; ``reading`` is told nothing.

        ``logprob`` is 0.0 and ``tokens`` 0 where the server does not tell. `transformers serve` draws only
        where the model's generation configuration says so, else all completions are the greedy one.
        """
        completions = self._complete(request, 0.0, request.seed, 1, cancel)
        if request.k > 1:
            completions += self._complete(request, request.temperature, request.seed, request.k - 1, cancel)
        while len(completions) < request.k:  # The server knows no ``n``: one completion a call.
            seed = request.seed + len(completions)
            completions += self._complete(request, request.temperature, seed, 1, cancel)
        return completions[: request.k]

    def describe(self) -> ModelInfo:
        """See `Generator.describe`; asks the server only where no model was named."""
        return ModelInfo(f"{self._url}#{self._name(None)}", self._adapter, "chat", None, None, loaded=True)

    def warm(self, prefix: str) -> None:
        """Nothing to do: the server sees to that itself."""

    def close(self) -> None:
        """Nothing to do: no connection outlives its call."""

    def _complete(
        self,
        request: GenerationRequest,
        temperature: float,
        seed: int,
        count: int,
        cancel: Cancellation | None,
    ) -> list[Completion]:
        body = {
            "model": self._adapter or self._name(cancel),
            "messages": [{"role": "user", "content": request.prefix + request.suffix}],
            "max_tokens": request.max_new_tokens,
            "temperature": temperature,
            "seed": seed,
            "logprobs": True,
            **({"n": count} if count > 1 else {}),
        }
        answer = self._call("POST", "/chat/completions", body, cancel)
        try:
            completions = [_read_choice(choice, self._adapter) for choice in answer["choices"]]
        except (KeyError, TypeError, AttributeError) as error:
            raise self._foreign() from error
        if not completions:
            raise self._foreign()
        return completions

    def _name(self, cancel: Cancellation | None) -> str:
        if not self._model:
            answer = self._call("GET", "/models", None, cancel)
            try:
                self._model = str(answer["data"][0]["id"])
            except (KeyError, TypeError, IndexError) as error:
                raise ModelError(f"{self._url} lists no model.", "Name one: URL#model-name.") from error
        return self._model

    def _call(self, method: str, path: str, body: dict[str, Any] | None, cancel: Cancellation | None) -> Any:
        """The JSON that the server answers; a cancellation cuts the connection, which also stops a vLLM."""
        connection = (HTTPSConnection if self._secure else HTTPConnection)(
            str(self._host), self._port, timeout=CONNECT_TIMEOUT
        )
        lines: list[socket.socket] = []
        try:
            if cancel is None:
                return self._exchange(connection, lines, method, path, body)
            with cancel.calling(lambda: _cut(lines)):
                return self._exchange(connection, lines, method, path, body)
        except ModelError:
            if cancel is not None and cancel.cancelled:
                raise CancelledError("Cancelled.") from None
            raise
        finally:
            connection.close()

    def _exchange(
        self,
        connection: HTTPConnection,
        lines: list[socket.socket],
        method: str,
        path: str,
        body: dict[str, Any] | None,
    ) -> Any:
        """``lines`` gets the socket, which the connection lets go of where the answer ends with it."""
        headers = {"Content-Type": "application/json"}
        if self._own and (key := os.environ.get("OPENAI_API_KEY")):
            headers["Authorization"] = f"Bearer {key}"
        late = Event()

        def leave() -> None:
            late.set()
            _cut(lines)

        clock = Timer(self._timeout, leave)
        try:
            connection.connect()
            lines.append(connection.sock)
            connection.sock.settimeout(self._timeout)
            clock.start()
            connection.request(method, self._path + path, json.dumps(body) if body else None, headers)
            answer = connection.getresponse()
            content = answer.read(MOST + 1)
        except (OSError, HTTPException) as error:
            if isinstance(error, TimeoutError) or late.is_set():
                raise self._silent() from error
            raise ModelError(f"{self._url} cannot be reached: {error}.", "Is the server up?") from error
        finally:
            clock.cancel()
        if late.is_set():  # a body without a length ends where the connection does
            raise self._silent()
        if len(content) > MOST:
            raise ModelError(f"{self._url}{path} answers more than {MOST >> 20} MiB.")
        if answer.status != 200:
            raise ModelError(f"{self._url}{path} answers {answer.status}: {_read_complaint(content)}")
        try:
            return json.loads(content)
        except ValueError as error:
            raise self._foreign() from error

    def _silent(self) -> ModelError:
        return ModelError(f"{self._url} does not answer.", "Is the server busy or still loading?")

    def _foreign(self) -> ModelError:
        return ModelError(
            f"{self._url} answers, but not as an OpenAI-compatible server does.",
            "The URL usually ends in /v1.",
        )


def _read_choice(choice: dict[str, Any], adapter: str | None) -> Completion:
    tokens = ((choice.get("logprobs") or {}).get("content")) or []
    text = str(choice["message"]["content"] or "")
    return Completion(text, float(sum(each["logprob"] for each in tokens)), len(tokens), adapter)


def _read_complaint(content: bytes) -> str:
    """What an error's body says in one line: the message of its JSON, else its beginning."""
    text = content.decode(errors="replace")
    with suppress(ValueError):  # Not JSON: shown as it is.
        told = json.loads(text)
        told = told.get("error", told.get("detail", told)) if isinstance(told, dict) else told
        text = str(told.get("message", told) if isinstance(told, dict) else told)
    return " ".join(text.split())[:200]


def _cut(lines: list[socket.socket]) -> None:
    for line in lines:  # none while it is not connected yet
        with suppress(OSError):  # it is no longer
            line.shutdown(socket.SHUT_RDWR)
