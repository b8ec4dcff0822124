"""What a server's error means: for a candidate a status, for a connection one line and a way out."""

from __future__ import annotations

import psycopg
from sqlalchemy.engine import URL

from sqloop.database.outcome import Status
from sqloop.errors import UnreachableError

_STATUSES: dict[str, Status] = {
    "57014": "cancelled",
    # Denied to the account, or by the read-only transaction.
    "42501": "refused",
    "25006": "refused",
    "25001": "refused",
}
_LOST = ("08", "57P")

_SAID = ("FATAL:", "SSL", "service", "GSSAPI")
"""Words of libpq where there is a server, or it cannot tell which one is meant."""

_HINTED = {"42703", "42P01", "42883"}
"""Unknown columns, tables and functions: here the server's hint names what was meant."""


def status_of(error: psycopg.Error) -> Status:
    """How the execution ended that gave this error."""
    if error.sqlstate == "0A000" and "DECLARE CURSOR" in line_of(error):  # a WITH that writes
        return "refused"
    return _STATUSES.get(error.sqlstate or "", "error")


def is_lost(error: psycopg.Error) -> bool:
    """Whether the connection is gone, rather than the statement wrong."""
    if error.sqlstate is None:
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return error.sqlstate.startswith(_LOST)


def line_of(error: BaseException) -> str:
    """One line for the user; libpq's own errors come in several.

    >>> line_of(ValueError("connection failed:\\n  refused"))
    'connection failed: refused'
    """
    text, hint = str(error), ""
    if isinstance(error, psycopg.Error) and error.diag.message_primary:
        text = error.diag.message_primary
        if error.sqlstate in _HINTED:
            hint = error.diag.message_hint or ""
    return " ".join(f"{text or type(error).__name__} {hint}".split())


def unreachable(error: psycopg.Error, url: URL) -> UnreachableError:
    """One line of what happened, one of what to do."""
    where = f"{url.host or 'the local socket'}:{url.port or 5432}"
    said = line_of(error)
    # Before there is a session, libpq gives no code: what it says is all there is.
    if "password authentication failed" in said or "no password supplied" in said:
        return UnreachableError(
            f"The server at {where} refuses the user {url.username!r} with this password.",
            "Set SQLOOP_PASSWORD, or put the password into the keyring or ~/.pgpass.",
        )
    if "authentication method requirement" in said:
        return UnreachableError(
            f"The server at {where} asks for the password in clear text.",
            "Add ?sslmode=verify-full to the URL, or ?require_auth=password if nobody can pose as it.",
        )
    if "does not exist" in said and "database" in said:
        return UnreachableError(f"The server at {where} has no database {url.database!r}.")
    if "permission denied for database" in said:
        return UnreachableError(f"The user {url.username!r} may not use the database {url.database!r}.")
    if is_lost(error) and not any(word in said for word in _SAID):
        return UnreachableError(f"No database server answers at {where}.", "Is it running?")
    return UnreachableError(f"The server at {where}: {said}.")
