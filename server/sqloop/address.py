"""Database URLs that are shown or used: a password in one is never repeated, whole or in part."""

from __future__ import annotations

import re

from sqloop.errors import SettingsError

_SECRET = re.compile(
    r"\b(\w*(?:password|passwd|pwd|token|secret)\w*\s*=\s*)('[^']*'|[^\s;&]+)", re.IGNORECASE
)
"""A password in another notation than that of URLs."""

_WITHOUT_SCHEME = re.compile(r"^(?![A-Za-z]:[\\/])([^:@]*):.*@", re.DOTALL)
"""A user and a password, which may have any sign in it: it ends at the last @. `C:\\` is a drive."""


def check_url(url: str) -> str:
    """``url``, unless it has more than one @: what follows the first would be taken for a host.

    Raises SettingsError, which does not repeat it.
    """
    if _has_stray_at(url):
        raise SettingsError("The password in the database URL has an @ in it.", "Write it as %40.")
    return url


def hide_password(url: str) -> str:
    """A URL that may be shown; a text that is none, or whose parts are unclear, is not repeated.

    >>> hide_password("mysql+pymysql://ann:secret@host/shop")
    'mysql+pymysql://ann:***@host/shop'
    >>> hide_password("mysql+pymysql://ann:sec@ret@host/shop")
    '?'
    """
    if _has_stray_at(url):
        return "?"
    from sqlalchemy.engine import make_url  # slow to load, and not needed to check a URL
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(url).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        return "?"


def show_address(given: str) -> str:
    """A URL without its password, also where the scheme was forgotten, or a path as it is.

    >>> show_address("data/sales.csv")
    'data/sales.csv'
    >>> show_address("ann:sec:r@t@host/shop")
    'ann:***@host/shop'
    >>> show_address("host=db user=ann password=secret")
    'host=db user=ann password=***'
    """
    if "://" in given:
        return hide_password(given)
    return _SECRET.sub(r"\1***", _WITHOUT_SCHEME.sub(r"\1:***@", given))


def _has_stray_at(url: str) -> bool:
    if url.startswith(("sqlite", "duckdb")):
        return False
    after_user = url.partition("@")[2]
    return "@" in after_user.partition("?")[0]
