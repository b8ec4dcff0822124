"""From what the client sent and what `sqloop.toml` says to the settings in force.

A workspace that nobody trusts may not have programs run, models loaded or servers called: of its
`sqloop.toml` only what `sqloop.trust` calls harmless is honoured, unless its user has trusted that file. A
file above the workspace is none of the workspace's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from sqloop.address import show_address
from sqloop.errors import SettingsError
from sqloop.glossary import Glossary
from sqloop.lsp.protocol import ConnectionInfo, Options
from sqloop.settings import SAMPLE, Connection, Settings, load_settings
from sqloop.settings_file import SettingsFile, anchor_url
from sqloop.trust import Want, is_trusted


@dataclass(frozen=True)
class Configuration:
    """``ignored`` says what of `sqloop.toml` was not honoured, a line each.

    ``error`` says why the connection that was chosen is none; all else holds without it.
    """

    settings: Settings
    ignored: tuple[str, ...] = ()
    error: SettingsError | None = None

    @cached_property
    def words(self) -> Glossary:
        """The glossary."""
        return self.settings.words

    @property
    def connection(self) -> str:
        """What the connection in use is called."""
        return self.settings.db or next(iter(self.settings.connections), SAMPLE)

    def connections(self) -> tuple[ConnectionInfo, ...]:
        """What can be chosen; URLs without passwords."""
        known = {name: each.url for name, each in self.settings.connections.items()}
        if self.settings.db not in ("", SAMPLE, *known):
            known = {show_address(self.settings.db): self.settings.db, **known}
        infos = [ConnectionInfo(name, show_address(url)) for name, url in known.items()]
        return (*infos, *([] if SAMPLE in known else [ConnectionInfo(SAMPLE, "")]))


def configure(folder: Path, options: Options) -> Configuration:
    """The settings for a workspace in ``folder``. Raises SettingsError for what `sqloop.toml` says."""
    ignored: list[str] = []

    def decide(file: SettingsFile, wants: tuple[Want, ...]) -> bool:
        if options.trusted or is_trusted(file):
            return True
        ignored.extend(f"{want.key}: the workspace is not trusted" for want in wants)
        return False

    limits = {
        name: value
        for name in ("seconds", "rows", "bytes")
        if (value := getattr(options.limits, name)) is not None
    }
    settings = load_settings(
        folder,
        decide,
        upwards=False,
        model=options.model or None,
        adapter=options.adapter or None,
        k=options.k,
        limits=limits or None,
    )
    named = name_connections(folder, options)
    changes: dict[str, object] = {"connections": {**named, **settings.connections, **named}}
    if not options.feedback:
        changes["feedback"] = settings.feedback.model_copy(update={"enabled": False})
    settings = settings.model_copy(update=changes)
    if options.model and not options.own_model:
        settings = settings.of_a_folder()
    error = None
    if options.connection or options.password:
        try:
            settings = choose(settings, options.connection, options.password)
        except SettingsError as found:
            settings, error = settings.model_copy(update={"db": options.connection}), found
    return Configuration(settings, tuple(ignored), error)


def name_connections(folder: Path, options: Options) -> dict[str, Connection]:
    """The connections that the client has, by name."""
    given = options.connections.items()
    return {name: Connection(url=anchor_url(url, folder)) for name, url in given if url}


def renew_words(known: Configuration, folder: Path, options: Options) -> Configuration:
    """The same with the glossary as the file has it now; itself where that is what it has."""
    try:
        found = configure(folder, options).settings
    except SettingsError:  # Somebody is writing it.
        return known
    words = {"glossary": found.glossary, "descriptions": found.descriptions}
    if all(getattr(known.settings, name) == each for name, each in words.items()):
        return known
    return replace(known, settings=known.settings.model_copy(update=words))


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
