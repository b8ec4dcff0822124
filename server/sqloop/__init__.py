"""SQLoop: questions to SQL that has already been run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqloop.session import Session

__all__ = ["connect"]


def connect(
    db: str | None = None,
    *,
    model: str | None = None,
    adapter: str | None = None,
    k: int | None = None,
) -> Session:
    """Open a database to ask: ``sqloop.connect("sqlite:///shop.db").ask("How many customers are there?")``.

    ``db`` is a URL, the name of a connection in `sqloop.toml`, or ``sample``. What is not given comes from
    the settings (see `sqloop.settings`); without any, the sample database and the starter model are opened.

    Raises:
        SettingsError: a setting or the URL is wrong.
        DatabaseError: the database is not reachable.
        ModelError: there is no such model.
    """
    # Imported here so that `import sqloop` costs nothing.
    from sqloop.session import Session
    from sqloop.settings import load_settings

    return Session(load_settings(db=db, model=model, adapter=adapter, k=k))
