"""`sqloop mcp --http PORT`: the same tools by HTTP, on loopback alone and for whoever has the token.

Loopback is no wall: every user of the machine reaches it, and every page in a browser does. So each request
needs the token, and the SDK refuses names of hosts and origins that are not of this machine (a page whose
name is made to mean 127.0.0.1). Each request stands for itself; there are no sessions to take over.
"""

from __future__ import annotations

import os
import secrets
import sys
from socket import create_server

import anyio
import uvicorn
from mcp.server.mcpserver import MCPServer
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from sqloop.errors import SettingsError

HOST = "127.0.0.1"

TOKEN = "SQLOOP_TOKEN"
"""The variable with the token; without it one is made at each start and told on standard error."""

SHORTEST_TOKEN = 16
"""Characters."""


def serve_http(server: MCPServer, port: int) -> None:
    """Serve until interrupted; ``port`` 0 takes a free one. Raises SettingsError."""
    given = os.environ.get(TOKEN, "")
    if given and len(given) < SHORTEST_TOKEN:
        raise SettingsError(f"{TOKEN} has less than {SHORTEST_TOKEN} characters.", "Take a long random text.")
    token = given or secrets.token_urlsafe(32)
    try:
        listener = create_server((HOST, port))
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise SettingsError(f"Port {port} cannot be used: {reason}.", "Take another one.") from None
    with listener:
        print(f"sqloop: http://{HOST}:{listener.getsockname()[1]}/mcp", file=sys.stderr)
        if not given:
            print(f"sqloop: Authorization: Bearer {token}", file=sys.stderr)
        sys.stderr.flush()
        app = Guard(server.streamable_http_app(json_response=True, stateless_http=True, host=HOST), token)
        config = uvicorn.Config(app, log_config=None, log_level="warning", access_log=False)
        anyio.run(lambda: uvicorn.Server(config).serve(sockets=[listener]))
    # It ends by Ctrl-C alone, which asyncio forgets where its loop has just come to its end.
    raise KeyboardInterrupt


class Guard:
    """Lets requests with the token through to ``app``, and no others."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode(errors="surrogateescape")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan" or self._is_known(scope):
            await self._app(scope, receive, send)
            return
        told = JSONResponse(
            {"error": "The token is missing or wrong."}, 401, headers={"WWW-Authenticate": "Bearer"}
        )
        await told(scope, receive, send)

    def _is_known(self, scope: Scope) -> bool:
        """Whether it is a request that has the token; how long this takes tells nothing of it."""
        given = [value for name, value in scope["headers"] if name == b"authorization"]
        return (
            scope["type"] == "http" and len(given) == 1 and secrets.compare_digest(given[0], self._expected)
        )
