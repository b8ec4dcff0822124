"""Names of requests, notifications and commands, and the values that several of them carry."""

from __future__ import annotations

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
"""`FollowParams` to `FollowResult`: the full question that a text means after an answer, or why it is so."""

FEEDBACK = "sqloop/feedback"
"""`FeedbackParams` to `FeedbackResult`: what the user did with a suggestion."""

CONNECT = "sqloop/connect"
"""`ConnectParams` to `Status`: work with another database from now on."""

REMOVE_CONNECTION = "sqloop/removeConnection"
"""`RemoveConnectionParams` to `Status`: a connection of `sqloop.toml`, not the one in use, is no more."""

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
"""Command of the server, [suggestion, sql]: this query was wrong, else the one that was taken or chosen; it
is not offered again."""

UNDO = "sqloop.server.undo"
"""Command of the server, [suggestion]: what was said of the suggestion last is taken back, for good."""

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

Cell = str | bool | int | float | None
"""A value as JSON holds it: bytes are `0x…`, infinities and NaN by name. Where an integer of a column is
beyond 2^53, or a decimal has more digits than a float keeps, all numbers of the column are texts."""

ProgressToken = str | int | None
"""A token of the client for `$/progress`; None for no progress."""

ErrorCode = Literal[-32010, -32011, -32012, -32013, -32800]
"""Of a failed request: database, model, question, settings, cancelled. `data` holds `title` and `hint`."""
