"""From what the client sent and what `sqloop.toml` says to the settings in force.

A workspace that nobody trusts may not have programs run, models loaded or servers called: of its
`sqloop.toml` only what names SQLite files, numbers and feedback that is switched off is honoured.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from sqloop.errors import SettingsError
from sqloop.lsp.protocol import ConnectionInfo, Options
from sqloop.settings import SAMPLE, Connection, Settings, load_settings

_HARMLESS = {"db", "connections", "k", "limits", "cache", "feedback"}


@dataclass(frozen=True)
class Configuration:
    """``ignored`` says what of `sqloop.toml` was not honoured, a line each."""

    settings: Settings
    ignored: tuple[str, ...] = ()

    @property
    def connection(self) -> str:
        """What the connection in use is called."""
        return self.settings.db or next(iter(self.settings.connections), SAMPLE)

    def connections(self) -> tuple[ConnectionInfo, ...]:
        """What can be chosen; URLs without passwords."""
        known = {name: each.url for name, each in self.settings.connections.items()}
        if "://" in self.settings.db:
            known = {hide_password(self.settings.db): self.settings.db, **known}
        infos = [ConnectionInfo(name, hide_password(url)) for name, url in known.items()]
        return (*infos, *([] if SAMPLE in known else [ConnectionInfo(SAMPLE, "")]))


def configure(folder: Path, options: Options) -> Configuration:
    """The settings for a workspace in ``folder``. Raises SettingsError."""
    ignored: list[str] = []

    def revise(data: dict[str, Any]) -> dict[str, Any]:
        return data if options.trusted else _distrust(data, ignored)

    limits = {
        name: value
        for name in ("seconds", "rows", "bytes")
        if (value := getattr(options.limits, name)) is not None
    }
    settings = load_settings(
        folder,
        revise,
        model=options.model or None,
        adapter=options.adapter or None,
        k=options.k,
        limits=limits or None,
    )
    named = {name: Connection(url=url) for name, url in options.connections.items() if url}
    changes: dict[str, object] = {"connections": {**named, **settings.connections, **named}}
    if not options.feedback:
        changes["feedback"] = settings.feedback.model_copy(update={"enabled": False})
    settings = settings.model_copy(update=changes)
    if options.connection or options.password:
        settings = choose(settings, options.connection, options.password)
    return Configuration(settings, tuple(ignored))


def choose(settings: Settings, connection: str, password: str = "") -> Settings:
    """The settings with another connection in use. Raises SettingsError where there is none of that name."""
    chosen = settings.model_copy(update={"db": connection or settings.db})
    found = chosen.connection()
    if found is None or not password:
        return chosen
    try:
        url = make_url(found.url).set(password=password).render_as_string(hide_password=False)
    except ArgumentError:
        # The text stays out of the message: it may hold a password.
        raise SettingsError("The database URL cannot be understood.") from None
    name = chosen.db if chosen.db in chosen.connections else ""
    if name or not chosen.db:
        name = name or next(iter(chosen.connections))
        known = {**chosen.connections, name: found.model_copy(update={"url": url})}
        return chosen.model_copy(update={"connections": known})
    return chosen.model_copy(update={"db": url})


def hide_password(url: str) -> str:
    """A URL that may be shown; a text that is none is not repeated.

    >>> hide_password("mysql+pymysql://ann:secret@host/shop")
    'mysql+pymysql://ann:***@host/shop'
    """
    try:
        return make_url(url).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        return "?"


def _distrust(data: dict[str, Any], ignored: list[str]) -> dict[str, Any]:
    """What of `sqloop.toml` is harmless; ``ignored`` gets a line for each thing that is not."""
    why = "the workspace is not trusted"
    kept = {key: value for key, value in data.items() if key in _HARMLESS}
    ignored += [f"{key}: {why}" for key in data if key not in _HARMLESS]
    if isinstance(feedback := data.get("feedback"), dict):
        kept["feedback"] = {key: value for key, value in feedback.items() if key in ("enabled", "answers")}
        ignored += [f"feedback.{key}: {why}" for key in feedback if key not in kept["feedback"]]
    if isinstance(data.get("db"), str) and "://" in data["db"] and not _is_file(data["db"]):
        del kept["db"]
        ignored.append(f"db: {why}")
    connections = data.get("connections")
    if isinstance(connections, dict):
        harmless = {name: each for name, each in connections.items() if _is_file(each)}
        kept["connections"] = harmless
        ignored += [f"connections.{name}: {why}" for name in connections if name not in harmless]
        if kept.get("db") in connections and kept["db"] not in harmless:
            del kept["db"]
    return kept


def _is_file(connection: object) -> bool:
    if isinstance(connection, dict):
        return not connection.get("password_command") and _is_file(connection.get("url"))
    return isinstance(connection, str) and connection.startswith("sqlite:///")
