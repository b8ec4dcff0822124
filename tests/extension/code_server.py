"""A real VS Code with the extension in it: code-server, in a home of its own, on a loopback port."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

SECONDS = 180
"""For anything that this machine does when it has much else to do."""

SETTINGS = {
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "telemetry.telemetryLevel": "off",
    "update.mode": "none",
    "extensions.autoCheckUpdates": False,
    "files.autoSave": "off",
    "files.simpleDialog.enable": True,
    "editor.minimap.enabled": False,
    "security.workspace.trust.startupPrompt": "never",
    "security.workspace.trust.banner": "never",
}


def find_program() -> Path | None:
    """Where tests/extension/install-code-server.sh puts it, or where $SQLOOP_CODE_SERVER says it is."""
    given = os.environ.get("SQLOOP_CODE_SERVER")
    folder = Path.home() / ".cache/sqloop-tests/code-server-4.100.3"
    path = Path(given) if given else folder / "node_modules/.bin/code-server"
    return path if path.exists() and (given or (folder / ".complete").exists()) else None


def what_is_missing() -> str:
    """The first thing that these tests need and this machine lacks; empty where nothing is."""
    if shutil.which("npm") is None:
        return "npm is not installed (Node 20)"
    if shutil.which("chromium") is None:
        return "chromium is not installed (Debian: chromium)"
    if find_program() is None:
        return "code-server is not installed (tests/extension/install-code-server.sh)"
    return ""


class CodeServer:
    """One VS Code for one workspace; ``machine`` are settings of its user for this machine.

    ``given`` are variables of the environment.
    """

    def __init__(
        self,
        folder: Path,
        workspace: Path,
        package: Path,
        machine: dict[str, Any],
        *,
        trusted: bool = True,
        given: Mapping[str, str] | None = None,
    ) -> None:
        self.folder, self.workspace, self._given = folder, workspace, dict(given or {})
        self._data, self._extensions = folder / "data", folder / "extensions"
        for kind, settings in (("User", SETTINGS), ("Machine", machine)):
            path = self._data / kind / "settings.json"
            path.parent.mkdir(parents=True)
            path.write_text(json.dumps(settings))
        self._trust = ["--disable-workspace-trust"] if trusted else []
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0
        self._run("--install-extension", str(package))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/?folder={self.workspace}"

    @property
    def environment(self) -> dict[str, str]:
        """Of a user who has set nothing."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("SQLOOP_", "VSCODE_"))
        }
        for kind in ("DATA", "CACHE", "CONFIG"):
            kept[f"XDG_{kind}_HOME"] = str(self.folder / kind.lower())
        return kept | {"HOME": str(self.folder), "OMP_NUM_THREADS": "1"} | self._given

    def settings(self, kind: str = "User") -> dict[str, Any]:
        """What VS Code has written down."""
        found: dict[str, Any] = json.loads((self._data / kind / "settings.json").read_text())
        return found

    def start(self) -> None:
        """Start it, and return when it answers. It gives up by itself on a busy machine: then once more."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        deadline = time.monotonic() + 2 * SECONDS
        while not self._answers():
            if time.monotonic() > deadline:
                raise RuntimeError(f"code-server did not start: {(self.folder / 'log').read_text()[-2000:]}")
            if self._process is None or self._process.poll() is not None:
                self._process = self._launch()
            time.sleep(0.2)

    def _launch(self) -> subprocess.Popen[bytes]:
        address = ["--auth", "none", "--bind-addr", f"127.0.0.1:{self.port}"]
        quiet = ["--disable-telemetry", "--disable-update-check"]
        return subprocess.Popen(
            [*self._command(), *self._trust, *address, *quiet, str(self.workspace)],
            env=self.environment,
            stdout=(self.folder / "log").open("ab"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def stop(self) -> None:
        """Stop it with all that it has started."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(SECONDS)

    def sqloop(self, *arguments: str) -> str:
        """What the command line says to the same user."""
        command = [sys.executable, "-m", "sqloop", *arguments]
        return subprocess.run(
            command, cwd=self.workspace, env=self.environment, capture_output=True, text=True, check=True
        ).stdout

    def logs(self) -> str:
        """Everything that VS Code and the extension have logged."""
        return "\n".join(path.read_text(errors="replace") for path in self._data.glob("logs/**/*.log"))

    def _command(self) -> list[str]:
        folders = ["--user-data-dir", str(self._data), "--extensions-dir", str(self._extensions)]
        return [str(find_program()), *folders]

    def _run(self, *arguments: str) -> None:
        subprocess.run([*self._command(), *arguments], env=self.environment, check=True, capture_output=True)

    def _answers(self) -> bool:
        with (
            suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer,
        ):
            return bool(answer.status == 200)
        return False
