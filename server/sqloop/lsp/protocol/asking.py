"""A question and its answer, and what is asked after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqloop.lsp.protocol.names import Cell, ProgressToken
from sqloop.lsp.protocol.running import ExplainResult
from sqloop.provenance import ModelName, Timings


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

    answer: int = 0
    """Which answer it gave: the same number, from 1, for candidates with the same one; 0 where it failed."""

    gave: str = ""
    """What tells its answer from the others in a few words: `1 row: 17`; empty where it failed."""


@dataclass(frozen=True)
class ChoiceOption:
    """One of the meanings of a question."""

    words: str
    """What it means, in a few words."""

    sql: str
    """Which of the candidates means it."""


@dataclass(frozen=True)
class Choice:
    """The one decision by which answers differ that are about equally likely: a client asks its user."""

    question: str
    """What to ask."""

    options: tuple[ChoiceOption, ...]
    """Two to four; the first is the query that is shown."""


@dataclass(frozen=True)
class AskResult:
    """The answer; when no candidate ran, `sql` is null and `candidates` tell why."""

    suggestion: str
    """Its name in `sqloop/feedback` and `sqloop/run`; empty where the question was SQL itself, which was run
    as it is: there is nothing to judge."""

    question: str
    """As it was understood: without blanks around it."""

    sql: str | None
    """The chosen query."""

    columns: tuple[str, ...]
    """Names of the columns of its answer."""

    headings: tuple[str, ...]
    """What people read above them: `average price` for `AVG(price)`."""

    rows: tuple[tuple[Cell, ...], ...]
    """The first page of its rows."""

    row_count: int
    """All rows that were fetched; `sqloop/run` with `result` gives the others."""

    truncated: bool
    """Whether the limits cut rows off."""

    notice: str
    """What the user should know about the rows, in one line; often empty."""

    confidence: float
    """Probability of the answer by the model, 0 to 1; where a server tells none, its share of the votes. 0
    where no candidate ran, 1 where no model was asked."""

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

    like: str = ""
    """`from memory, accepted 2026-11-26 for “…”` where the query was accepted for a like question, and the
    model, though it was asked, did not write it; else empty."""

    tied: bool = False
    """Whether the last row is equal in the order of the query to one that it left out: chance chose it."""

    found_nothing: bool = False
    """Whether a filter by a text left nothing: the confidence is low then."""

    from_schema: bool = False
    """Whether the catalogue answered, to a question about tables and columns: no model was asked."""

    failure: str = ""
    """Where no candidate ran: why, in a sentence; else empty."""

    advice: str = ""
    """What to do about that, without a stop; often empty."""

    choice: Choice | None = None
    """What to ask back, if anything; never more than this for one question."""


@dataclass(frozen=True)
class FollowParams:
    """What was typed after an answer."""

    suggestion: str
    """The answer, from `AskResult`; empty where the query belongs to none: then only "why?" follows."""

    text: str
    """A follow-up ("only 2023") or a question of its own."""

    sql: str = ""
    """The query whose rows are shown; empty for the suggested one."""

    work_done_token: ProgressToken = None
    """Gets `$/progress` while the model works."""


@dataclass(frozen=True)
class FollowResult:
    """What to ask, or what was asked for."""

    question: str
    """The full question, to be shown before it is asked; the text itself where it stands alone."""

    follows: bool
    """Whether the text referred to the answer."""

    explanation: ExplainResult | None = None
    """Where the text asks why the answer is what it is: there is nothing to ask then, this is to be shown."""


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
