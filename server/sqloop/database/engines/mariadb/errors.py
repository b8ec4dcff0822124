"""What a server's error means: for a candidate a status, for a connection one line and a way out."""

from __future__ import annotations

import re

from pymysql import Error as PyMySQLError
from sqlalchemy.engine import URL

from sqloop.database.outcome import Status
from sqloop.errors import UnreachableError

_STATUSES: dict[int, Status] = {
    1969: "timeout",
    3024: "timeout",
    1317: "cancelled",
    # Denied to the account, or by the read-only session.
    **dict.fromkeys((1044, 1142, 1143, 1227, 1290, 1370, 1792, 1410), "refused"),
}
_LOST = {0, 1053, 1927, 2006, 2013, 2055, 4031}

_OVER_MEMORY = "--max-session-mem-used"

_SYNTAX = re.compile(r"You have an error in your SQL syntax;.*? near '(.*)' at line \d+", re.DOTALL)


def status_of(error: PyMySQLError) -> Status:
    """How the execution ended that gave this error."""
    if _OVER_MEMORY in str(error):
        return "error"  # though its number is that of a read-only server
    return _STATUSES.get(code_of(error), "error")


def is_lost(error: PyMySQLError) -> bool:
    """Whether the connection is gone, rather than the statement wrong."""
    return code_of(error) in _LOST


def code_of(error: PyMySQLError) -> int:
    """The server's number for it, 0 where there is none."""
    return error.args[0] if error.args and isinstance(error.args[0], int) else 0


def line_of(error: BaseException) -> str:
    """One line for the user, without the advice to read the manual.

    >>> line_of(ValueError("You have an error in your SQL syntax; check the manual near 'FORM t' at line 1"))
    "syntax error near 'FORM t'"
    """
    text = str(error.args[-1] if error.args else error) or type(error).__name__
    if _OVER_MEMORY in text:
        return "it needs more than the memory that the server allows a session"
    text = _SYNTAX.sub(lambda matched: f"syntax error near '{matched[1]}'", text)
    return " ".join(text.split())


def unreachable(error: PyMySQLError, url: URL) -> UnreachableError:
    """One line of what happened, one of what to do."""
    where = f"{url.host or 'localhost'}:{url.port or 3306}"
    match code_of(error):
        case 1045 | 1698:
            return UnreachableError(
                f"The server at {where} refuses the user {url.username!r} with this password.",
                "Set SQLOOP_PASSWORD, or put the password into the keyring.",
            )
        case 1049:
            return UnreachableError(f"The server at {where} has no database {url.database!r}.")
        case 1044:
            return UnreachableError(f"The user {url.username!r} may not use the database {url.database!r}.")
        case 2003 | 2006 | 2013:
            return UnreachableError(f"No database server answers at {where}.", "Is it running?")
        case _:
            return UnreachableError(f"The server at {where}: {line_of(error)}.")
