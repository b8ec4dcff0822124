"""`sqloop/connect`: work with another database from now on."""

from __future__ import annotations

from functools import partial

from sqloop.errors import SQLoopError
from sqloop.lsp.protocol import ConnectParams, Status
from sqloop.lsp.requests.save_connection import check_connection, save_connection
from sqloop.lsp.server import Server
from sqloop.lsp.state import read_status


async def connect(ls: Server, params: ConnectParams) -> Status:
    """The status with the new database; an unreachable one stays chosen and is called for, unless unwanted.

    Raises SettingsError and DatabaseError where it does not answer but has to, or cannot be saved as wanted:
    then nothing has changed.
    """
    backend, connection = ls.backend, params.connection
    if params.save_as:
        check_connection(params.save_as, connection)
    if params.save_as or params.only_answering:
        await backend.try_out(connection, params.password)
    if params.save_as:
        save = partial(save_connection, backend.folder, params.save_as, connection, params.password)
        await backend.threads.run(lambda _: save())
        if params.save_as in backend.read_connections():
            connection = params.save_as
    try:
        await backend.connect(connection, params.password)
    except SQLoopError:
        if backend.database_error is None:
            raise  # The settings know no such connection: nothing has changed.
    document = ls.documents.get(params.document)
    if document is not None:
        document.connection = backend.configuration.connection
    return read_status(backend, ls.suggestions.counts())
