"""What an error of DuckDB means: for a candidate a status and a line, for a file one line and a way out."""

from __future__ import annotations

import re

import duckdb

from sqloop.database.outcome import Status
from sqloop.errors import UnreachableError

_REFUSED = re.compile(r"read-only|the configuration has been locked|disabled (?:by|through) configuration")
_AROUND = re.compile(r"\n\s*(?:LINE \d+:|Possible solutions|Column .* is being converted)")
"""Where the message ends and the statement, advice on settings or the reader's options begin."""

_KIND = re.compile(r"^(?:INTERNAL|Invalid Input|[A-Z]\w+(?: [A-Z]\w+)*) Error: ")


def status_of(error: BaseException) -> Status:
    """How the execution ended that gave this error, unless it was stopped."""
    if isinstance(error, duckdb.PermissionException) or _REFUSED.search(str(error)):
        return "refused"
    return "error"


def line_of(error: BaseException) -> str:
    """One line for the user: without the statement, which DuckDB repeats, and its kinds of errors.

    >>> line_of(ValueError('Binder Error: No "a"!\\n\\nCandidate bindings: "b"\\n\\nLINE 1: SELECT a'))
    'No "a"! Candidate bindings: "b"'
    """
    text = _AROUND.split(str(error), maxsplit=1)[0]
    return _KIND.sub("", " ".join(text.split())) or type(error).__name__


def unreachable(path: str, error: BaseException) -> UnreachableError:
    """One line of what happened, one of what to do."""
    said = str(error)
    if "lock" in said.lower():
        return UnreachableError(
            f"{path} is in use by another program, which may write to it.",
            "DuckDB lets nobody read beside a writer: close it there, or name a copy.",
        )
    if isinstance(error, duckdb.IOException) and "not a valid DuckDB" in said:
        return UnreachableError(f"{path} is not a DuckDB database.")
    return UnreachableError(f"{path}: {line_of(error).rstrip('.')}.")
