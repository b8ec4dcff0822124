"""What a client sets when it starts the server, and later."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class LimitOptions:
    """What one query may take of the database; what is left out comes from the settings."""

    seconds: float | None = None
    """Wall time before it is stopped."""

    rows: int | None = None
    """Rows that are fetched."""

    bytes: int | None = None
    """Bytes of values that are fetched."""


@dataclass(frozen=True)
class Options:
    """`initializationOptions`, and `settings.sqloop` of `workspace/didChangeConfiguration`."""

    trusted: bool = False
    """Whether the user trusts the workspace; if not, its `sqloop.toml` may name files below it only,
    unless the user has said `sqloop trust` to it."""

    connection: str = ""
    """The name of a connection, a URL or `sample`; empty for what the settings say."""

    connections: dict[str, str] = field(default_factory=dict)
    """More connections by name, each a URL; they go before those of `sqloop.toml`."""

    password: str = ""
    """For `connection`; kept in memory only."""

    model: str = ""
    """`auto`, `starter`, a name in `sqloop model list`, a GGUF file, a folder, a name on the hub or the
    URL of a server; empty for what the settings say."""

    own_model: bool = True
    """Whether the user chose `model`, not the workspace: else its server gets no key of the environment."""

    adapter: str = ""
    """A LoRA adapter of the model."""

    k: int | None = None
    """Candidates for one question."""

    limits: LimitOptions = field(default_factory=LimitOptions)
    """What one query may take."""

    results_panel: bool = False
    """Whether the client has the commands `sqloop.showResults` and `sqloop.showExplanation`."""

    feedback: bool = True
    """Whether what becomes of suggestions is recorded, on this machine."""
