"""`sqloop mcp --http`: who has the token is answered, nobody else is."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from sqloop.commands.mcp_http import TOKEN

SECRET = "a token that nobody guesses"


@pytest.fixture
def server(variables: Mapping[str, str], shop: Path, tmp_path: Path) -> Iterator[str]:
    """The URL of a server on the shop that knows `SECRET`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "sqloop", "mcp", "--db", str(shop), "--http", "0"],
        env={**variables, TOKEN: SECRET},
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        told = process.stderr.readline()
        assert SECRET not in told
        yield told.removeprefix("sqloop: ").strip()
    finally:
        process.send_signal(signal.SIGINT)
        rest = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert "Traceback" not in rest


def post(url: str, **headers: str) -> tuple[int, str]:
    """The status and the body of the reply to a call of the tool `run`, with these headers."""
    call = {"name": "run", "arguments": {"sql": "SELECT COUNT(*) AS n FROM customer"}}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}).encode()
    given = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream", **headers}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, given), timeout=60) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_only_the_token_opens_it_and_no_page_of_a_browser(server: str) -> None:
    known = {"Authorization": f"Bearer {SECRET}"}
    status, body = post(server, **known)
    assert status == 200
    assert json.loads(body)["result"]["structuredContent"]["rows"] == [[3]]
    for wrong in (
        {},
        {"Authorization": "Bearer "},
        {"Authorization": f"Bearer {SECRET}x"},
        {"Authorization": SECRET},
    ):
        status, body = post(server, **wrong)
        assert status == 401
        assert json.loads(body) == {"error": "The token is missing or wrong."}
    assert post(server, **known, Host="evil.example")[0] == 421
    assert post(server, **known, Origin="https://evil.example")[0] == 403
    port = int(re.findall(r":(\d+)/", server)[0])
    with closing(socket.socket()) as other, pytest.raises(ConnectionRefusedError):
        other.connect(("127.0.0.2", port))  # answers where one listens on every address of the machine


def test_the_client_of_the_sdk_asks(server: str) -> None:
    async def ask() -> bool:
        headers = {"Authorization": f"Bearer {SECRET}"}
        async with (
            httpx2.AsyncClient(headers=headers) as http,
            Client(streamable_http_client(server, http_client=http)) as client,
        ):
            result = await client.call_tool("run", {"sql": "DELETE FROM customer"})
            assert "refused" in str(result.content)
            return bool(result.is_error)

    assert asyncio.run(ask())


def test_what_cannot_be_served_is_told_in_a_line(
    variables: Mapping[str, str], shop: Path, tmp_path: Path
) -> None:
    def serve(port: int, token: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "sqloop", "mcp", "--db", str(shop), "--http", str(port)]
        told = {**variables, TOKEN: token}
        return subprocess.run(
            command, env=told, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
        )

    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = serve(taken.getsockname()[1], SECRET)
    assert done.returncode == 2
    assert "cannot be used: Address already in use. Take another one." in done.stderr
    assert serve(0, "short").returncode == 2
