"""Servers for other programs: `sqloop lsp` and `sqloop mcp`."""

from __future__ import annotations

from typing import Annotated

from typer import Option

from sqloop.cli.options import Adapter, Db, Model
from sqloop.errors import SettingsError


def lsp(
    stdio: Annotated[bool, Option("--stdio", help="What editors add; there is no other way.")] = False,
) -> int:
    """Serve an editor by the Language Server Protocol.

    It is spoken on standard input and output.

    Exit codes: 0 after a proper shutdown, 1 where the client just left.
    """
    from sqloop.lsp.doorman import serve

    return serve()


def mcp(
    db: Db = None,
    model: Model = None,
    adapter: Adapter = None,
    http: Annotated[
        int | None,
        Option(
            "--http",
            metavar="PORT",
            min=0,
            max=65535,
            help="Serve by HTTP on this machine, for whoever has the token; 0 takes a free port.",
        ),
    ] = None,
) -> int:
    """Serve agents by the Model Context Protocol.

    Its tools ask, run, schema and explain only read. It is spoken on standard input and output, unless --http
    is given; needs `pip install 'mcp>=2'`.

    Exit codes: 0 when the client leaves, 2 usage, settings or model, 3 database.
    """
    from importlib.util import find_spec

    from sqloop.settings import load_settings

    if find_spec("mcp") is None:
        raise SettingsError("The package mcp is not installed.", "Run pip install 'mcp>=2' where SQLoop is.")
    from sqloop.commands.mcp import serve

    return serve(load_settings(db=db, model=model, adapter=adapter), http)
