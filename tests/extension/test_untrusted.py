"""A workspace that nobody has trusted: what it names is not run, not asked and not connected to."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from extension.code_server import CodeServer
from extension.conftest import write_workspace
from extension.window import Window
from listener import Listener

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOML = """model = "http://127.0.0.1:{port}/v1#theirs"

[connections]
shop = "sqlite:///shop.db"

[connections.live]
url = "mysql+pymysql://a@127.0.0.1:{port}/x"
password_command = "touch '{mark}'"

[feedback]
store = "mysql+pymysql://a:b@127.0.0.1:{port}/x"
"""


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()


@pytest.fixture(scope="module")
def mark(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that would be made, whichever folder the command ran in."""
    return tmp_path_factory.mktemp("mark") / "ran"


@pytest.fixture(scope="module")
def vscode(
    package: Path, listener: Listener, mark: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CodeServer]:
    folder = tmp_path_factory.mktemp("vscode")
    workspace = write_workspace(folder / "workspace")
    (workspace / "sqloop.toml").write_text(TOML.format(port=listener.port, mark=mark))
    (workspace / ".vscode").mkdir()
    theirs = {"sqloop.interpreter": "/bin/false", "sqloop.connection": "live"}
    (workspace / ".vscode" / "settings.json").write_text(json.dumps(theirs))
    server = CodeServer(folder, workspace, package, {"sqloop.interpreter": sys.executable}, trusted=False)
    server.start()
    yield server
    server.stop()


async def test_nothing_that_it_names_is_used(window: Window, mark: Path, listener: Listener) -> None:
    await window.open("run.sql", "SELECT name FROM customer WHERE city = 'Oslo';\n")
    await expect(window.status).to_contain_text("shop · starter")
    await expect(window.status.locator(".codicon-shield")).to_be_visible()
    await window.press("ArrowUp", "Control+Enter")
    await expect(window.results.locator("tbody td")).to_have_text(["1", "Bob"])
    await window.read_status("Not honoured")
    await window.picture("untrusted")
    assert not mark.exists()
    assert listener.calls == 0
