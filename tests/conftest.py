"""What tests share: folders for a user's data, a tiny GGUF model, database servers for each xdist worker."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from servers import PATH, MariaDBServer, PostgreSQLServer

if TYPE_CHECKING:
    from sqloop.generation.inference.gguf import GgufNetwork
    from sqloop.generation.inference.gguf_tokens import GgufTokens

_HOME = tempfile.mkdtemp(prefix="sqloop-tests-")
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
# No test meets settings, adapters, feedback or caches of whoever runs it, and none leaves any behind.
os.environ |= {f"XDG_{kind.upper()}_HOME": f"{_HOME}/{kind}" for kind in ("config", "data", "cache")}


@pytest.fixture
def _many_switches() -> Iterator[None]:
    """Threads that take turns after a few instructions: what they share breaks at once, not once a week."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.fixture(scope="session")
def tiny_gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A GGUF file that llama.cpp runs, and that knows nothing."""
    from tiny_gguf import write_tiny_gguf

    return write_tiny_gguf(tmp_path_factory.mktemp("gguf") / "tiny.gguf")


@pytest.fixture(scope="module")
def tiny_network(tiny_gguf: Path) -> GgufNetwork:
    """llama.cpp with that file."""
    from sqloop.generation.inference.gguf import GgufNetwork

    return GgufNetwork(tiny_gguf, threads=1)


@pytest.fixture(scope="module")
def tiny_tokens(tiny_network: GgufNetwork) -> GgufTokens:
    """Its tokens."""
    from sqloop.generation.inference.gguf_tokens import GgufTokens

    return GgufTokens(tiny_network.vocab, tiny_network.vocabulary)


@pytest.fixture(scope="session")
def tiny_adapter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a LoRA for it, which changes every answer."""
    from tiny_gguf import write_tiny_adapter

    return write_tiny_adapter(tmp_path_factory.mktemp("lora") / "tiny")


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDBServer]:
    """A running MariaDB; skipped where none is installed, except in CI."""
    if shutil.which("mariadbd", path=PATH) is None and not os.environ.get("CI"):
        pytest.skip("mariadbd is not installed (Debian: mariadb-server)")
    server = MariaDBServer(tmp_path_factory.mktemp("mariadb"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgreSQLServer]:
    """A running PostgreSQL; skipped where none is installed, except in CI."""
    if PostgreSQLServer.programs() is None and not os.environ.get("CI"):
        pytest.skip("no PostgreSQL server is installed (Debian: postgresql)")
    server = PostgreSQLServer()
    server.start()
    yield server
    server.stop()
    shutil.rmtree(server.folder, ignore_errors=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say aloud where no real model was asked: quiet runs tell nothing of what they skip."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = {each.longrepr[2] for each in skipped if "real_model" in each.nodeid}
    for reason in sorted(reasons):
        terminalreporter.write_line(f"NO REAL MODEL: {reason.removeprefix('Skipped: ')}", red=True, bold=True)
