"""`sqloop lsp` as a child process: started in the background, and started again when it has ended."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from sqloop.lsp.client import Client, ServerGoneError
from sqloop.lsp.protocol import ConnectParams, Options, Status
from sqloop.places import cache_folder

T = TypeVar("T")

COMMAND = (sys.executable, "-P", "-m", "sqloop", "lsp")
"""-P: a module of the user's folder must not take the place of ours."""


class Server:
    """Methods belong to one event loop; ``on_status`` is called in it."""

    def __init__(
        self,
        options: Options,
        on_status: Callable[[Status], None],
        command: Sequence[str] = COMMAND,
        folder: Path | None = None,
    ) -> None:
        self.options = options
        self._on_status = on_status
        self._command = command
        self._folder = folder or Path.cwd()
        self._client: Client | None = None
        self._starting = asyncio.Lock()

    async def call(self, request: Callable[[Client], Awaitable[T]]) -> T:
        """What ``request`` gives, by a server that is started if none runs.

        Raises RequestError, and ServerGoneError where the server ended meanwhile: the next call starts it
        again.
        """
        client = await self._running()
        try:
            return await request(client)
        except ServerGoneError as error:
            if self._client is client:
                self._client = None
            raise ServerGoneError(
                error.message, f"Ask again: it is started anew. {_log()} holds its last words."
            ) from None

    async def connect(self, connection: str, password: str = "", save_as: str = "") -> Status:
        """Work with another database that answers, also when the server is started again.

        Raises as `call` does; then the database is still the one before.
        """
        params = ConnectParams(connection, password, save_as, only_answering=True)
        status = await self.call(lambda client: client.connect(params))
        connection = save_as if save_as == status.database.connection else connection
        self.options = replace(self.options, connection=connection, password=password)
        return status

    async def remove_connection(self, name: str) -> Status:
        """Take a connection out of `sqloop.toml`. Raises as `call` does."""
        return await self.call(lambda client: client.remove_connection(name))

    async def close(self) -> None:
        """Have the server end."""
        async with self._starting:
            client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _running(self) -> Client:
        async with self._starting:
            if self._client is None:
                self._client = await self._start()
                self._client.on_status(self._on_status)
            return self._client

    async def _start(self) -> Client:
        # What the server has to say on its standard error must not land on the screen.
        path = _log()
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as log:
            return await Client.start(self._command, self._folder, self.options, stderr=log)


def _log() -> Path:
    return cache_folder() / "console.log"
