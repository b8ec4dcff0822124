"""The state that database, model and feedback are in, as the client is told it."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version

from sqloop.address import show_address
from sqloop.errors import SQLoopError
from sqloop.lsp.backend import Backend
from sqloop.lsp.protocol import DatabaseStatus, FeedbackStatus, ModelStatus, Status
from sqloop.terminal.printable import name_address


def read_status(backend: Backend, feedback: FeedbackStatus) -> Status:
    """The status as it is now."""
    database, model = _database(backend), _model(backend)
    errors = (backend.settings_error, backend.database_error, backend.model_error)
    failed = next((error for error in errors if error is not None), None)
    state = "degraded" if failed else "working" if backend.asking else "ready"
    return Status(
        version=_version(),
        state=state,  # type: ignore[arg-type]
        message=_message(failed, database, model),
        database=database,
        model=model,
        feedback=feedback,
        trusted=backend.options.trusted,
        ignored=backend.configuration.ignored,
        connections=backend.configuration.connections(),
        row_limit=backend.settings.limits.rows,
    )


def _database(backend: Backend) -> DatabaseStatus:
    error = backend.settings_error or backend.database_error
    schema = backend.schema
    if error is not None:
        state = "unreachable"
    elif backend.connecting:
        state = "connecting"
    else:
        state = "ready" if schema is not None else "idle"
    found = backend.settings.connections.get(backend.settings.db)
    return DatabaseStatus(
        state=state,  # type: ignore[arg-type]
        connection=show_address(backend.configuration.connection),
        url=show_address(found.url) if found else backend.url,
        dialect=schema.dialect if schema else "",
        tables=len(schema.tables) if schema else 0,
        columns=sum(len(table.columns) for table in schema.tables) if schema else 0,
        fingerprint=schema.fingerprint if schema else "",
        error=error.message if error else "",
        hint=error.hint if error else "",
        unread=backend.unread,
    )


def _model(backend: Backend) -> ModelStatus:
    error = backend.model_error
    if backend.asking:
        state = "working" if backend.answered else "loading"
    elif error is not None:
        state = "failed"
    else:
        # A worker that died is started again by the next question.
        lives = backend.generator is not None and (backend.worker or not hasattr(backend.generator, "pid"))
        state = "ready" if backend.answered and lives else "idle"
    return ModelStatus(
        state=state,  # type: ignore[arg-type]
        base=backend.model.base,
        adapter=backend.model.adapter,
        process=backend.worker,
        error=error.message if error else "",
        hint=error.hint if error else "",
        better=backend.chosen.advice,
    )


def _message(failed: SQLoopError | None, database: DatabaseStatus, model: ModelStatus) -> str:
    if failed is not None:
        return f"{failed.title}: {failed.message}"
    words = {"loading": "loading the model", "working": "asking the model"}
    doing = "connecting" if database.state == "connecting" else words.get(model.state)
    name = name_address(database.connection)
    return f"{name}: {doing}" if doing else f"{name} · {model.base}"


@cache
def _version() -> str:
    try:
        return version("sqloop")
    except PackageNotFoundError:  # Run from a checkout that is not installed.
        return ""
