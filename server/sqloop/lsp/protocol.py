"""What `sqloop lsp` speaks beyond the Language Server Protocol: its own requests, notification and options.

The console and the VS Code extension are written against this module; `docs/protocol.md` shows it to people
and is made from it. On the wire names are in camelCase, a field with a default may be left out, unknown
fields are ignored (see `sqloop.lsp.convert`). Values only: nothing here imports the server.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

ASK = "sqloop/ask"
"""`AskParams` to `AskResult`: a question, its candidates executed and ranked."""

RUN = "sqloop/run"
"""`RunParams` to `RunResult`: a query, run read-only under the limits; its rows by pages."""

SCHEMA = "sqloop/schema"
"""`SchemaParams` to `SchemaResult`: the tables, or one of them with its columns, keys and samples."""

EXPLAIN = "sqloop/explain"
"""`ExplainParams` to `ExplainResult`: what a query asks for, in words."""

HISTORY = "sqloop/history"
"""`HistoryParams` to `HistoryResult`: the questions that were asked of the database in use."""

FOLLOW = "sqloop/follow"
"""`FollowParams` to `FollowResult`: the full question that a text means after an answer."""

FEEDBACK = "sqloop/feedback"
"""`FeedbackParams` to `FeedbackResult`: what the user did with a suggestion."""

CONNECT = "sqloop/connect"
"""`ConnectParams` to `Status`: work with another database from now on."""

STATUS = "sqloop/status"
"""No parameters, to `Status`: what state everything is in."""

STATUS_CHANGED = "sqloop/statusChanged"
"""Notification to the client with a `Status`, whenever that differs from the last one sent."""

ACCEPT = "sqloop.server.accept"
"""Command of the server, [suggestion, sql]: the suggestion answers its question."""

TAKE = "sqloop.server.take"
"""Command of the server, [suggestion, sql]: it was put into the document; inline completions carry it, with
what the query gave as its title ("likely · 10 rows · 3 of 4 agree"). It counts as accepted once it is run, or
is still there when the file is saved."""

REJECT = "sqloop.server.reject"
"""Command of the server, [suggestion]: the suggestion was wrong; it is not offered again."""

REGENERATE = "sqloop.server.regenerate"
"""Command of the server, [uri, line of the comment]: ask the model anew, with other draws."""

DEFINE = "sqloop.server.define"
"""Command of the server, [word]: show where it can be defined in `sqloop.toml`, with a line to fill in."""

RUN_STATEMENT = "sqloop.server.run"
"""Command of the server, [`RunParams`]: run and show the rows in a message, for clients without a panel."""

EXPLAIN_STATEMENT = "sqloop.server.explain"
"""Command of the server, [`ExplainParams`]: explain and show the words in a message."""

SHOW_RESULTS = "sqloop.showResults"
"""Command of the client, [`RunParams`]: run it by `sqloop/run` and show the rows in a panel."""

SHOW_EXPLANATION = "sqloop.showExplanation"
"""Command of the client, [`ExplainParams`]: explain it by `sqloop/explain` and show the words."""

PAGE = 100
"""Rows of a page where the client does not say how many."""

Cell = str | int | float | None
"""A value as JSON holds it: bytes are `0x…`, infinities and NaN by name, integers beyond 2^53 as text."""

ProgressToken = str | int | None
"""A token of the client for `$/progress`; None for no progress."""


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


@dataclass(frozen=True)
class AskParams:
    """A question in words."""

    question: str
    """At most 4,000 characters."""

    k: int | None = None
    """Candidates, 1 to 32; the settings' number if left out."""

    prefix: str = ""
    """A half-written statement that every candidate has to continue."""

    work_done_token: ProgressToken = None
    """Gets `$/progress` while the model works."""


@dataclass(frozen=True)
class Candidate:
    """One distinct query that the model proposed, and what became of it."""

    sql: str
    """What the model wrote; no query at all where the status is `error` for that reason."""

    status: Literal["ok", "error", "timeout", "refused", "cancelled"]
    """How its execution ended."""

    error: str
    """One line; empty when `ok`."""

    votes: int
    """Proposals that gave its answer; 0 when it failed."""

    rows: int
    """Rows that were fetched."""

    elapsed_ms: float
    """Of its execution."""

    rejected: bool = False
    """Whether the user rejected it, or another query with its answer, for this question before."""

    laid: str = ""
    """The same query as people read it: in lines, where it is long."""


@dataclass(frozen=True)
class Timings:
    """Milliseconds of wall time in each step of a question."""

    schema: float
    """Reading the schema; about 0 once it is cached."""

    link: float
    """Finding tables, columns and values in the question."""

    generate: float
    """The model's work."""

    execute: float
    """Running and ranking the candidates."""

    total: float
    """All of it."""


@dataclass(frozen=True)
class ModelName:
    """What the user calls the model."""

    base: str
    """`starter`, a folder, a name on the hub or a URL."""

    adapter: str | None = None
    """The adapter in use."""


@dataclass(frozen=True)
class ChoiceOption:
    """One of two meanings of a question."""

    words: str
    """What it means, in a few words."""

    sql: str
    """Which of the candidates means it."""


@dataclass(frozen=True)
class Choice:
    """The one decision by which two answers differ that are about equally likely: a client asks its user."""

    question: str
    """What to ask."""

    options: tuple[ChoiceOption, ...]
    """Two of them; the first is the query that is shown."""


@dataclass(frozen=True)
class AskResult:
    """The answer; when no candidate ran, `sql` is null and `candidates` tell why."""

    suggestion: str
    """Its name in `sqloop/feedback` and `sqloop/run`."""

    question: str
    """As it was understood: without blanks around it."""

    sql: str | None
    """The chosen query."""

    columns: tuple[str, ...]
    """Names of the columns of its answer."""

    rows: tuple[tuple[Cell, ...], ...]
    """The first page of its rows."""

    row_count: int
    """All rows that were fetched; `sqloop/run` with `result` gives the others."""

    truncated: bool
    """Whether the limits cut rows off."""

    notice: str
    """What the user should know about the rows, in one line; often empty."""

    confidence: float
    """Probability of the answer by the model, 0 to 1; where a server tells none, its share of the votes."""

    proposed: int
    """Proposals of the model; several may be the same query."""

    candidates: tuple[Candidate, ...]
    """Each distinct query, the chosen one first, the failed last."""

    timings_ms: Timings
    """Where the time went."""

    model: ModelName
    """Which model answered."""

    result: str
    """Handle of the rows for `sqloop/run`; empty when no candidate ran."""

    not_understood: tuple[str, ...] = ()
    """Words of the question that nothing in the query stands for; the confidence is low then."""

    linked_all: bool = True
    """False where some column holds more values than were looked for in the question."""

    memory: str = ""
    """`from memory, accepted 2026-11-26` where that is so and the model was not asked; else empty."""

    choice: Choice | None = None
    """What to ask back, if anything; never more than this for one question."""


@dataclass(frozen=True)
class RunParams:
    """A query to run, or to read on in."""

    sql: str
    """One read-only statement."""

    result: str = ""
    """Handle of an earlier run: its rows are read on in without running again, while they are kept."""

    offset: int = 0
    """The first row wanted."""

    count: int = PAGE
    """Rows wanted, 1 to 10,000."""

    suggestion: str = ""
    """The suggestion that the query came from, if any; running it is recorded."""

    limit: int | None = None
    """Rows that are fetched at most, up to 1,000,000; the bytes that are allowed grow with them. The
    settings' number (`rowLimit` of the status) if left out."""

    work_done_token: ProgressToken = None
    """Gets `$/progress` while the query runs."""


@dataclass(frozen=True)
class RunResult:
    """A page of rows; a query that failed has none and says why."""

    result: str
    """Handle for further pages; another one than given where the query had to run again."""

    sql: str
    """What was run."""

    status: Literal["ok", "error", "timeout", "refused", "cancelled"]
    """How it ended."""

    error: str
    """One line; empty when `ok`."""

    columns: tuple[str, ...]
    """Names of the columns."""

    rows: tuple[tuple[Cell, ...], ...]
    """Rows `offset` to `offset + count`, fewer at the end."""

    offset: int
    """Number of the first row here, from 0."""

    row_count: int
    """All rows that were fetched, never more than the limits allow."""

    truncated: bool
    """Whether the limits cut rows off."""

    notice: str
    """Says so in words, with the limit; else empty."""

    elapsed_ms: float
    """Of the execution."""


@dataclass(frozen=True)
class SchemaParams:
    """Which part of the schema."""

    table: str = ""
    """One table with everything; empty for the list of all."""

    refresh: bool = False
    """Read it anew from the database."""


@dataclass(frozen=True)
class TableSummary:
    """A table in the list of all."""

    name: str
    """As the database spells it."""

    columns: int
    """How many it has."""

    rows: int | None
    """An estimate, if there is one."""

    comment: str
    """Often empty."""

    written: str = ""
    """The name as a query has to write it: in quotes where it needs them."""


@dataclass(frozen=True)
class ColumnDetail:
    """A column of one table."""

    name: str
    """As the database spells it."""

    type: str
    """As the database writes it."""

    kind: Literal["number", "text", "date", "boolean", "other"]
    """What it holds, as far as questions care."""

    nullable: bool
    """Whether it may be NULL."""

    primary_key: bool
    """Whether it is (a part of) the primary key."""

    references: str | None
    """`table.column` where it is a foreign key."""

    comment: str
    """Often empty."""

    samples: tuple[str, ...]
    """A few values, the most frequent first."""

    written: str = ""
    """The name as a query has to write it: in quotes where it needs them."""


@dataclass(frozen=True)
class TableDetail:
    """One table with everything."""

    name: str
    """As the database spells it."""

    rows: int | None
    """An estimate, if there is one."""

    comment: str
    """Often empty."""

    columns: tuple[ColumnDetail, ...]
    """In the order of the table."""


@dataclass(frozen=True)
class SchemaResult:
    """All tables, or one of them."""

    connection: str
    """The name of the connection."""

    dialect: Literal["sqlite", "mysql", "postgres", "duckdb"]
    """`mysql` stands for MariaDB too."""

    fingerprint: str
    """16 hex digits; another one when tables, columns, types or keys have changed."""

    tables: tuple[TableSummary, ...]
    """All tables; empty when one was asked for."""

    table: TableDetail | None
    """The table that was asked for; null where there is none of that name."""


@dataclass(frozen=True)
class ExplainParams:
    """A query to explain."""

    sql: str
    """One statement."""

    question: str = ""
    """What it answers; empty for the question of the suggestion that it is, if any."""


@dataclass(frozen=True)
class ExplainResult:
    """A query in words."""

    text: str
    """Plain sentences; where the query cannot be read, one that says so."""

    assumptions: tuple[str, ...] = ()
    """What it takes for granted that its reader may see otherwise, a sentence each."""

    not_used: tuple[str, ...] = ()
    """Words of the question that nothing in the query stands for."""


@dataclass(frozen=True)
class HistoryParams:
    """How much of it."""

    count: int = 200
    """Questions, the newest first, 1 to 1,000."""


@dataclass(frozen=True)
class AskedQuestion:
    """A question when it was last asked."""

    time: str
    """As ISO 8601."""

    question: str
    """In words."""

    sql: str
    """What was shown for it, or what its user made of that; empty where no candidate ran."""

    said: Literal["", "accepted", "edited", "rejected"]
    """What was said of it last."""


@dataclass(frozen=True)
class HistoryResult:
    """What was asked by this user, in any face of SQLoop, as far as feedback is kept."""

    questions: tuple[AskedQuestion, ...]
    """The newest first, each once."""


@dataclass(frozen=True)
class FollowParams:
    """What was typed after an answer."""

    suggestion: str
    """The answer, from `AskResult`."""

    text: str
    """A follow-up ("only 2023") or a question of its own."""

    sql: str = ""
    """The query that the user looks at; empty for the suggested one."""

    work_done_token: ProgressToken = None
    """Gets `$/progress` while the model works."""


@dataclass(frozen=True)
class FollowResult:
    """What to ask."""

    question: str
    """The full question, to be shown before it is asked; the text itself where it stands alone."""

    follows: bool
    """Whether the text referred to the answer."""


@dataclass(frozen=True)
class FeedbackParams:
    """What the user did with a suggestion."""

    suggestion: str
    """From `AskResult`, or from the command of an inline completion."""

    action: Literal["accepted", "edited", "rejected", "undone"]
    """`edited`: `sql` is what the user made of it; `undone`: what was said of it last is taken back."""

    sql: str = ""
    """The query that the user means; empty for the suggested one."""


@dataclass(frozen=True)
class FeedbackResult:
    """Whether it was recorded."""

    recorded: bool
    """False where feedback is off or the suggestion is not known (any more)."""

    message: str
    """What was learned, or why nothing was, in one line."""


@dataclass(frozen=True)
class ConnectParams:
    """Which database."""

    connection: str = ""
    """The name of a connection, a URL or `sample`; empty for the default."""

    password: str = ""
    """Kept in memory only, unless the connection is saved."""

    save_as: str = ""
    """A name for a URL: it is written to `sqloop.toml` of the workspace, its password to the keyring."""

    document: str = ""
    """URI of the open document that is about this database from now on; others stay with theirs until they
    are edited, and have no diagnostics while that is not in use."""


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

    row_limit: int = 1_000
    """Rows that one query may give, where its client does not ask for more (`limits.rows`)."""


ErrorCode = Literal[-32010, -32011, -32012, -32013, -32800]
"""Of a failed request: database, model, question, settings, cancelled. `data` holds `title` and `hint`."""
