"""Remote generation: a real `transformers serve`, and servers that misbehave in every way."""

from __future__ import annotations

import json
import socket
import socketserver
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from sqloop.database.cancellation import Cancellation
from sqloop.errors import CancelledError, ModelError
from sqloop.generation.inference.loading import load_model
from sqloop.generation.opening import open_generator
from sqloop.generation.remote import RemoteGenerator
from sqloop.generation.request import GenerationRequest

ASKED = GenerationRequest("the schema\n", "how many singers?", k=3, max_new_tokens=10)
Serve = Callable[[Callable[[BaseHTTPRequestHandler], None]], str]


@pytest.fixture(scope="module")
def served(make_model: Callable[[str], tuple[Path, Path]]) -> Iterator[tuple[str, Path]]:
    """Address and folder of a tiny Qwen2 behind `transformers serve`."""
    folder = make_model("qwen2")[0]
    port = _free_port()
    command = "from transformers.cli.transformers import main; main()"
    arguments = ["serve", str(folder), "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    process = subprocess.Popen(
        [sys.executable, "-c", command, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said: list[str] = []
    reader = threading.Thread(target=lambda: said.extend(process.stdout or []), daemon=True)
    reader.start()
    pause = threading.Event()
    for _ in range(1200):
        if process.poll() is not None or _answers(f"http://127.0.0.1:{port}/health"):
            break
        pause.wait(0.1)
    assert process.poll() is None, "".join(said)
    yield f"http://127.0.0.1:{port}/v1#{folder}", folder
    process.terminate()
    process.wait()
    reader.join()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a server that treats every request as it is told; gives its address."""
    servers: list[socketserver.BaseServer] = []

    def start(treat: Callable[[BaseHTTPRequestHandler], None]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                treat(self)

            do_GET = do_POST  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/v1#tiny"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def reply(status: int, content: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    def treat(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return treat


def test_transformers_serve_answers_what_the_worker_answers(served: tuple[str, Path]) -> None:
    address, folder = served
    remote = open_generator(address)
    found = remote.generate(ASKED)
    loaded = load_model(str(folder))
    assert len(found) == 3
    # The server leaves the mark in place that opens the answer, as it is no special token it knows.
    assert found[0].text.endswith(loaded.model.generate(ASKED)[0].text)
    assert remote.describe().form == loaded.form == "chat"


def test_transformers_serve_says_what_is_wrong(served: tuple[str, Path]) -> None:
    address = served[0].split("#")[0]
    with pytest.raises(ModelError) as raised:
        open_generator(f"{address}#/no/such/model").generate(ASKED)
    assert "\n" not in str(raised.value)


def test_n_and_logprobs_are_used_where_the_server_has_them(serve: Serve) -> None:
    bodies: list[dict[str, Any]] = []

    def treat(handler: BaseHTTPRequestHandler) -> None:
        bodies.append(json.loads(handler.rfile.read(int(handler.headers["Content-Length"]))))
        choice = {
            "message": {"content": "SELECT 1"},
            "logprobs": {"content": [{"logprob": -0.5}, {"logprob": -0.25}]},
        }
        choices = [choice] * bodies[-1].get("n", 1)
        reply(200, json.dumps({"choices": choices}).encode())(handler)

    found = open_generator(serve(treat)).generate(ASKED)
    assert [(each.text, each.logprob, each.tokens) for each in found] == [("SELECT 1", -0.75, 2)] * 3
    assert [(body["temperature"], body.get("n")) for body in bodies] == [(0.0, None), (0.8, 2)]
    assert bodies[0]["messages"] == [{"role": "user", "content": ASKED.prefix + ASKED.suffix}]


def test_adapter_takes_the_place_of_the_model_and_the_key_is_sent(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, str]] = []

    def treat(handler: BaseHTTPRequestHandler) -> None:
        body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        seen.append((body["model"], handler.headers["Authorization"]))
        reply(200, b'{"choices": [{"message": {"content": "SELECT 1"}}]}')(handler)

    monkeypatch.setenv("OPENAI_API_KEY", "a-key")
    found = open_generator(serve(treat), "my-adapter").generate(ASKED)
    assert set(seen) == {("my-adapter", "Bearer a-key")}
    assert [(each.logprob, each.tokens) for each in found] == [(0.0, 0)] * 3


def test_first_model_of_the_list_where_none_is_named(serve: Serve) -> None:
    address = serve(reply(200, b'{"data": [{"id": "the-model"}]}')).split("#")[0]
    assert open_generator(address).describe().base == f"{address}#the-model"


@pytest.mark.parametrize(
    ("status", "content", "expected"),
    [
        (500, b'{"error": {"message": "out of\\nmemory"}}', "answers 500: out of memory"),
        (404, b"<html>nothing here</html>", "answers 404: <html>nothing here"),
        (422, b'{"detail": "no such field"}', "answers 422: no such field"),
        (200, b"<html>hello</html>", "not as an OpenAI-compatible server"),
        (200, b"[]", "not as an OpenAI-compatible server"),
        (200, b'{"choices": []}', "not as an OpenAI-compatible server"),
        (200, b'{"choices": [{"text": "SELECT 1"}]}', "not as an OpenAI-compatible server"),
        (200, b'{"choices": [{"message": null}]}', "not as an OpenAI-compatible server"),
        (200, b'{"choices": "\xff"', "not as an OpenAI-compatible server"),
    ],
)
def test_wrong_answers_are_one_clear_line(serve: Serve, status: int, content: bytes, expected: str) -> None:
    with pytest.raises(ModelError) as raised:
        open_generator(serve(reply(status, content))).generate(ASKED)
    assert expected in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_server_that_breaks_off(serve: Serve) -> None:
    with pytest.raises(ModelError, match="cannot be reached"):
        open_generator(serve(lambda handler: handler.connection.shutdown(socket.SHUT_RDWR))).generate(ASKED)


def test_a_server_that_is_silent(serve: Serve) -> None:
    release = threading.Event()
    remote = RemoteGenerator(serve(lambda handler: _hold(release)), timeout=0.2)
    with pytest.raises(ModelError, match="does not answer"):
        remote.generate(ASKED)
    release.set()


def test_cancel_cuts_the_connection(serve: Serve) -> None:
    release, cancel = threading.Event(), Cancellation()

    def treat(handler: BaseHTTPRequestHandler) -> None:
        cancel.cancel()
        release.wait()

    with pytest.raises(CancelledError):
        open_generator(serve(treat)).generate(ASKED, cancel)
    release.set()


def test_nobody_there() -> None:
    with pytest.raises(ModelError, match=r"cannot be reached: .*Is the server up\?"):
        open_generator(f"http://127.0.0.1:{_free_port()}/v1#m").generate(ASKED)


@pytest.mark.parametrize("address", ["http://", "http:///v1", "http://host:port/v1", "https://[::1/v1"])
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(ModelError, match=r"of the model's server|is not the URL"):
        open_generator(address)


def _hold(release: threading.Event) -> None:
    release.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
