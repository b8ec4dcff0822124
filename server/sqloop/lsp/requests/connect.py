"""`sqloop/connect`: work with another database from now on."""

from __future__ import annotations

from functools import partial

from sqloop.errors import SQLoopError
from sqloop.lsp.protocol import ConnectParams, Status
from sqloop.lsp.requests.save_connection import save_connection
from sqloop.lsp.server import Server
from sqloop.lsp.state import read_status


async def connect(ls: Server, params: ConnectParams) -> Status:
    """The status with the new database; an unreachable one stays chosen and is called for.

    Raises SettingsError where it cannot be saved as wanted: then nothing has changed.
    """
    if params.save_as:
        backend = ls.backend
        save = partial(save_connection, backend.folder, params.save_as, params.connection, params.password)
        await backend.threads.run(lambda _: save())
    try:
        await ls.backend.connect(params.connection, params.password)
    except SQLoopError:
        if ls.backend.database_error is None:
            raise  # The settings know no such connection: nothing has changed.
    document = ls.documents.get(params.document)
    if document is not None:
        document.connection = ls.backend.configuration.connection
    return read_status(ls.backend, ls.suggestions.counts())
