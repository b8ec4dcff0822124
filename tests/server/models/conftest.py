"""What tests of models share: a tiny model, a hub and a package index that serve it, the command line.

Everything is real but the bytes: pip asks an index on a loopback port, wheels are zip files, processes are
killed with SIGKILL. Sizes stay at some hundred kilobytes.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sqloop.models.catalogue import CatalogueModel, HubFile, IndexParts

SECONDS = 60
CONTENT = b"GGUF" + random.Random(0).randbytes(300_000)
CUTS = (0, 90_000, 200_000, 210_000, len(CONTENT))
"""Where the pieces begin and end: they are of different sizes, as real ones are."""

TINY = CatalogueModel(
    name="tiny",
    title="Tiny, q0",
    licence="Apache-2.0",
    bytes=len(CONTENT),
    memory=1_000,
    sha256=sha256(CONTENT).hexdigest(),
    hub=HubFile("maker/tiny-GGUF", "tiny-q0.gguf"),
    index=IndexParts("tiny-part{part}", "1.0", len(CUTS) - 1, "*/data/part*.bin"),
)

PROGRAM = """
import json, sys
from sqloop.models import catalogue
told = json.loads(sys.argv.pop(1))
hub, index = catalogue.HubFile(**told.pop("hub")), catalogue.IndexParts(**told.pop("index"))
catalogue.CATALOGUE = (catalogue.CatalogueModel(**told, hub=hub, index=index),)
from sqloop.cli import main
main()
"""

Command = Callable[..., list[str]]


@pytest.fixture
def command() -> Command:
    """The command line of an SQLoop whose catalogue holds the tiny model alone."""
    return lambda *arguments, model=TINY: [
        *(sys.executable, "-c", PROGRAM, json.dumps(asdict(model))),
        *arguments,
    ]


class Shelf:
    """A hub and a package index on a loopback port; ``asked`` are the files that were asked for, in order.

    What stands in ``stop`` is sent by half: then ``reached`` is set, and the rest waits for ``go_on``.
    """

    def __init__(self) -> None:
        shelf = self
        self.files = dict(_wheels(CONTENT)) | {TINY.hub.name: CONTENT}
        self.asked: list[str] = []
        self.stop = ""
        self.cut = False
        self.reached, self.go_on = threading.Event(), threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                shelf._answer(self)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def fill(self, content: bytes) -> None:
        """Offer another content under the same names."""
        self.files = dict(_wheels(content)) | {TINY.hub.name: content}

    def close(self) -> None:
        self.go_on.set()
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        if found := re.fullmatch(r"/simple/([\w-]+)/", handler.path):
            stem = found[1].replace("-", "_") + "-"
            links = [f'<a href="/files/{name}">{name}</a>' for name in self.files if name.startswith(stem)]
            _send(handler, 200 if links else 404, "".join(links).encode(), "text/html")
            return
        name = handler.path.rpartition("/")[2]
        start = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", "bytes=0-"))
        assert start
        self.asked.append(name + (f" from {start[1]}" if start[1] != "0" else ""))
        content = self.files.get(name)
        if content is None:
            _send(handler, 404, b"")
        elif self.stop and name.startswith(self.stop):
            self._send_by_half(handler, content)
        else:
            _send(handler, 206 if "Range" in handler.headers else 200, content[int(start[1]) :])

    def _send_by_half(self, handler: BaseHTTPRequestHandler, content: bytes) -> None:
        self.stop = ""
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content[: len(content) // 2])
        handler.wfile.flush()
        self.reached.set()
        if not self.cut:
            assert self.go_on.wait(SECONDS)
            handler.wfile.write(content[len(content) // 2 :])


def _send(
    handler: BaseHTTPRequestHandler, status: int, content: bytes, kind: str = "application/zip"
) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


def _wheels(content: bytes) -> Iterator[tuple[str, bytes]]:
    """The wheels of a model's pieces by file name; each would fail if it was imported."""
    for part, (start, end) in enumerate(pairwise(CUTS), 1):
        package, file = f"tiny_part{part}", BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as wheel:
            wheel.writestr(f"{package}/__init__.py", "raise SystemExit('imported')")
            wheel.writestr(f"{package}/data/part{part:02}.bin", content[start:end])
            about = f"{package}-1.0.dist-info"
            wheel.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
            wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{about}/RECORD", "")
        yield f"{package}-1.0-py3-none-any.whl", file.getvalue()


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    shelf = Shelf()
    yield shelf
    shelf.close()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The folder of models of the user whose `environment` this is."""
    return tmp_path / "data" / "sqloop" / "models"


@pytest.fixture
def environment(tmp_path: Path, shelf: Shelf) -> dict[str, str]:
    """A user whose pip and hub are the shelf; the machine's own indexes are out of reach."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("SQLOOP_", "PIP_"))}
    return kept | {
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": f"{shelf.url}/simple",
        "HF_ENDPOINT": f"{shelf.url}/hub",
        "NO_PROXY": "127.0.0.1",
        "NO_COLOR": "1",
    }


Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(command: Command, environment: dict[str, str], tmp_path: Path) -> Run:
    """Run `sqloop` to its end, its output in pipes."""

    def run(*arguments: str, model: CatalogueModel = TINY, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(*arguments, model=model),
            cwd=tmp_path,
            env={**environment, **more},
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )

    return run


@pytest.fixture
def start(command: Command, environment: dict[str, str], tmp_path: Path) -> Callable[..., Any]:
    """Start `sqloop` and come back at once."""

    def start(*arguments: str, before: tuple[str, ...] = ()) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*before, *command(*arguments)],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            # A shell starts what runs in the background with it ignored, and so would the child.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )

    return start
