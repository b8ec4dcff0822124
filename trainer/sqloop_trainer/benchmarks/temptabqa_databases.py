"""The database of a world of TEMPTABQA-C: SQLite in the user's cache, or a MariaDB that the user names."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from sqloop.database.connect import Database, connect
from sqloop.database.outcome import Limits
from sqloop.database.password import find_password
from sqloop.errors import SettingsError
from sqloop.settings import Connection
from sqloop_trainer.benchmarks.temptabqa import World, read_athletes
from sqloop_trainer.benchmarks.temptabqa_mariadb import build_mariadb
from sqloop_trainer.benchmarks.temptabqa_sqlite import build_sqlite
from sqloop_trainer.benchmarks.temptabqa_tables import rows_of


def open_world(directory: Path, world: World, limits: Limits, mariadb: Connection | None = None) -> Database:
    """The database of a world, connected; see `build_world`."""
    return connect(build_world(directory, world, mariadb), limits)


def build_world(directory: Path, world: World, mariadb: Connection | None = None) -> str:
    """The URL of the database of a world, with its password; built where it is missing.

    In the MariaDB database that `mariadb` names lies the original world; the counterfactual one lies beside
    it under the same name with ``_counterfactual``. Raises SettingsError, DatabaseError.
    """
    rows = rows_of(read_athletes(directory, world))
    if mariadb is None:
        path = build_sqlite(f"temptabqa-c-{world}", rows)
        return URL.create("sqlite", database=str(path)).render_as_string()
    url = _mariadb_url(mariadb.url, world)
    password = find_password(url, mariadb.password_command or None)
    build_mariadb(url, password, rows)
    return url.set(password=password).render_as_string(hide_password=False)


def _mariadb_url(text: str, world: World) -> URL:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise SettingsError("The database URL cannot be understood.") from None
    if url.get_backend_name() not in ("mysql", "mariadb") or not url.database:
        raise SettingsError(
            "temptabqa-c is built in SQLite by itself; --db names a MariaDB database.",
            "Use mysql+pymysql://user@host:port/name.",
        )
    return url if world == "original" else url.set(database=f"{url.database}_counterfactual")
