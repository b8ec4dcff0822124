"""A VS Code with the packaged extension, a shop to ask, and a model that answers what it is told.

Skipped where the tools are missing. Screenshots go to runs/vscode, or to $SQLOOP_PICTURES.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from filelock import FileLock

import folders
from extension.code_server import CodeServer, what_is_missing
from extension.window import PATIENCE, Window, picture_folder
from model_server import ToldModel

ROOT = Path(__file__).parents[2]

CHROMIUM = """--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync""".split()

SHOP = """
CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customer (id), day TEXT, total REAL
);
INSERT INTO customer VALUES (1, 'Ann', 'Rome'), (2, 'Bob', 'Oslo'), (3, 'Cy', 'Rome'), (4, 'Dee', NULL);
INSERT INTO orders VALUES (1, 1, '2023-01-04', 10.5), (2, 2, '2023-02-11', 20), (3, 1, '2023-02-15', 35.25),
    (4, 3, '2023-03-01', 48), (5, 4, '2024-01-01', 7);
"""

REVENUE = """SELECT customer.name, SUM(orders.total) AS revenue FROM customer
JOIN orders ON orders.customer_id = customer.id WHERE orders.day LIKE '2023%'
GROUP BY customer.name ORDER BY revenue DESC LIMIT 5"""

OSLO, ROME = (f"SELECT name FROM customer WHERE city = '{each}'" for each in ("Oslo", "Rome"))

TOLD = {
    "highest revenue": REVENUE,
    "in Rome": ROME,
    "in Oslo": [OSLO, ROME, OSLO],  # What is asked first gets the first one, three draws get all.
}


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extension as `make vsix` packages it, once for all xdist workers."""
    missing = what_is_missing()
    if missing and os.environ.get("CI"):
        pytest.fail(missing)
    elif missing:
        pytest.skip(missing)
    common = (
        tmp_path_factory.getbasetemp().parent
        if "PYTEST_XDIST_WORKER" in os.environ
        else tmp_path_factory.getbasetemp()
    )
    path = common / "sqloop.vsix"
    with FileLock(common / "vsix.lock"):
        if not path.exists():
            done = subprocess.run(["make", "vsix"], cwd=ROOT, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            path.write_bytes((ROOT / "dist" / "sqloop.vsix").read_bytes())
    return path


@pytest.fixture(scope="module")
def told() -> Iterator[ToldModel]:
    model = ToldModel(TOLD)
    yield model
    model.close()


@pytest.fixture(scope="module")
def vscode(package: Path, told: ToldModel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodeServer]:
    """A fresh VS Code: after a browser has closed, the extension host lives on."""
    folder = tmp_path_factory.mktemp("vscode")
    workspace = write_workspace(folder / "workspace")
    machine = {"sqloop.interpreter": sys.executable, "sqloop.model": told.url}
    server = CodeServer(folder, workspace, package, machine)
    server.start()
    yield server
    server.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def window(vscode: CodeServer) -> AsyncIterator[Window]:
    """The window that all tests of a file work in, each in a file of its own."""
    async with open_window(vscode) as opened:
        yield opened


class open_window:  # noqa: N801
    """A browser that shows a VS Code."""

    def __init__(self, vscode: CodeServer) -> None:
        self._vscode = vscode

    async def __aenter__(self) -> Window:
        from playwright.async_api import async_playwright

        self._playwright = await async_playwright().start()
        self._browser = await self._playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=CHROMIUM, timeout=PATIENCE
        )
        context = await self._browser.new_context(viewport={"width": 1000, "height": 640})
        await context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = await context.new_page()
        page.set_default_timeout(PATIENCE)
        window = Window(page, self._vscode.workspace, picture_folder())
        await window.begin(self._vscode.url)
        return window

    async def __aexit__(self, *error: object) -> None:
        await self._browser.close()
        await self._playwright.stop()


def write_workspace(folder: Path) -> Path:
    """A workspace with the shop in it, which `sqloop.toml` names."""
    return folders.write_workspace(folder, SHOP)
