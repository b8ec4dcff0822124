"""What state database, model and feedback are in, and which database to work with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class StatusParams:
    """What is to be looked for."""

    find: bool = False
    """Whether the folder is looked through for what can be asked."""

    warm: bool = False
    """Whether the model is to be loaded in the background, and to read the schema: a question is near."""


@dataclass(frozen=True)
class ConnectParams:
    """Which database."""

    connection: str = ""
    """The name of a connection, a URL or `sample`; empty for the default."""

    password: str = ""
    """Kept in memory only, unless the connection is saved."""

    save_as: str = ""
    """A name for a URL: it is written to `sqloop.toml` of the workspace, its password to the keyring."""

    only_answering: bool = False
    """Whether the database in use stays where this one does not answer; as it does where this is saved."""

    document: str = ""
    """URI of the open document that is about this database from now on; others stay with theirs until they
    are edited, and have no diagnostics while that is not in use."""


@dataclass(frozen=True)
class RemoveConnectionParams:
    """Which connection."""

    name: str
    """As in `sqloop.toml` of the workspace; its password leaves the keyring where no other uses it."""


@dataclass(frozen=True)
class ConnectionInfo:
    """A connection that can be chosen."""

    name: str
    """As in `sqloop.toml`, the options, or `sample`."""

    url: str
    """Without a password."""


@dataclass(frozen=True)
class DatabaseStatus:
    """The database in use."""

    state: Literal["idle", "connecting", "ready", "unreachable"]
    """`idle`: nothing has needed it yet."""

    connection: str
    """Its name, or its URL where it has none."""

    url: str = ""
    """Without a password; empty while it is not known."""

    dialect: Literal["", "sqlite", "mysql", "postgres", "duckdb"] = ""
    """Empty while it is not known."""

    tables: int = 0
    """Tables and views."""

    columns: int = 0
    """Of all tables."""

    fingerprint: str = ""
    """Of the schema."""

    error: str = ""
    """Why it is unreachable, in one line."""

    hint: str = ""
    """What the user can do about it."""

    unread: tuple[str, ...] = ()
    """Files of a folder or pattern that could not be read, and why: one line each."""


@dataclass(frozen=True)
class ModelStatus:
    """The model in use."""

    state: Literal["idle", "loading", "ready", "working", "failed"]
    """`idle`: nothing has needed it yet; it is started by the first question."""

    base: str = ""
    """What the user calls it."""

    adapter: str | None = None
    """The adapter in use."""

    process: int | None = None
    """Process id of its worker while one runs."""

    error: str = ""
    """Why it failed, in one line."""

    hint: str = ""
    """What the user can do about it."""

    better: str = ""
    """The command that fetches a better model; empty unless only the starter is here and one would fit."""


@dataclass(frozen=True)
class FeedbackStatus:
    """What has been recorded."""

    enabled: bool
    """Whether anything is recorded."""

    shown: int = 0
    """Suggestions shown since the server started."""

    accepted: int = 0
    """Of these, accepted or kept."""

    rejected: int = 0
    """Of these, rejected or replaced."""

    verdicts: int = 0
    """Everything that was said, inferred or taken back: another number whenever that changes."""


@dataclass(frozen=True)
class Status:
    """What state everything is in."""

    version: str
    """Of SQLoop."""

    state: Literal["ready", "working", "degraded"]
    """`degraded`: database, model or settings have failed; what does not need them still works."""

    message: str
    """One line for a status bar."""

    database: DatabaseStatus
    """The database in use."""

    model: ModelStatus
    """The model in use."""

    feedback: FeedbackStatus
    """What has been recorded."""

    trusted: bool
    """Whether the client said that the workspace is trusted."""

    ignored: tuple[str, ...] = ()
    """Settings that were not honoured, and why: one line each."""

    connections: tuple[ConnectionInfo, ...] = ()
    """What can be chosen."""

    found: tuple[ConnectionInfo, ...] = ()
    """What else can be asked in the folder and those below, where that was wanted: an address as options and
    `sqloop.toml` take it, and a name that no connection has."""

    row_limit: int = 1_000
    """Rows that one query may give, where its client does not ask for more (`limits.rows`)."""
