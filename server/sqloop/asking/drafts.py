"""What the model writes, as SQL to run or as a failure that is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqloop.continuation import continue_statement
from sqloop.database.outcome import Outcome
from sqloop.database.schema import Dialect
from sqloop.dialogue.going import drop_shown, free_groups
from sqloop.dialogue.keeping import keep_shown
from sqloop.generation.prompts.forms import (
    Asked,
    ChangingStatementError,
    Failure,
    FollowUp,
    MeaninglessQueryError,
    NoQueryError,
    PromptForm,
    without_tokens,
)
from sqloop.generation.request import Completion
from sqloop.ranking import Proposal

ONLY_READS = "SQLoop only reads"
"""What is said where the model wrote a statement that would change the database."""

NO_QUERY, MEANINGLESS = "The model wrote no query", "It cannot be meant so"
"""What is said before the reason where it wrote something else."""


@dataclass(frozen=True)
class Draft:
    """A completion as SQL; ``failure`` when it is none, and ``sql`` then is what the model wrote."""

    sql: str
    score: float
    failure: Outcome | None = None


def read_draft(form: PromptForm, completion: Completion, asked: Asked, most_tokens: int) -> Draft:
    """What ``completion`` is; one that has ``most_tokens`` was cut short."""
    score = completion.logprob
    try:
        if completion.tokens >= most_tokens:
            # What was cut short may still be valid SQL, but not the SQL that was meant.
            raise ValueError(f"it did not end within {most_tokens} tokens")
        return Draft(form.to_sql(completion.text, asked), score)
    except ChangingStatementError as error:
        return Draft(error.written, score, Outcome("refused", error=f"{ONLY_READS}: {error}"))
    except ValueError as error:
        reason = (str(error).strip() or "it cannot be read").splitlines()[0]
        written = error.written if isinstance(error, NoQueryError) else without_tokens(completion.text)
        meaningless = isinstance(error, MeaninglessQueryError)
        said = MEANINGLESS if meaningless else NO_QUERY
        return Draft(written, score, Outcome("error", error=f"{said}: {reason}"))


def keep_draft(draft: Draft, follow_up: FollowUp, dialect: Dialect) -> Draft:
    """``draft`` with what of the answer before stays by what was said, and without what goes."""
    if draft.failure is not None:
        return draft
    said = follow_up.text
    kept = keep_shown(draft.sql, said, follow_up.sql, dialect)
    kept = drop_shown(kept, said, follow_up.sql, dialect)
    return replace(draft, sql=free_groups(kept, said, follow_up.sql, dialect))


def continue_draft(draft: Draft, prefix: str, dialect: Dialect) -> Draft:
    """``draft`` where it goes on from ``prefix``, a half-written statement; else a failure."""
    if draft.failure is not None:
        return draft
    sql = continue_statement(prefix, draft.sql, dialect)
    if sql is None:
        return replace(draft, failure=Outcome("error", error="It does not continue what is written."))
    return replace(draft, sql=sql)


def may_be_mended(proposals: Sequence[Proposal]) -> bool:
    """Whether another try may help: none ran, and not since all would have changed the database."""
    return not any(each.outcome.status == "ok" for each in proposals) and not all(
        each.outcome.error.startswith(ONLY_READS) for each in proposals
    )


def shown_failure(proposals: Sequence[Proposal]) -> Failure | None:
    """What the model is shown of its likeliest query; None where it wrote none."""
    first = max(proposals, key=lambda each: each.score, default=None)
    return Failure(first.sql, first.outcome.error or first.outcome.status) if first else None
