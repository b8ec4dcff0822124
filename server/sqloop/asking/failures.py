"""Why a question has no answer, in one sentence for people; what each candidate was is for who asks for it.

What a model wrote that is no query, and how a parser complains of it, says nothing to who asked.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqloop.asking.drafts import MEANINGLESS, NO_QUERY, ONLY_READS
from sqloop.asking.near_names import read_name, tell_owners
from sqloop.database.outcome import Outcome
from sqloop.database.schema import Schema
from sqloop.findings import Findings

_MOST = 3
"""Names that are told."""

IN_OTHER_WORDS = "Ask in other words, such as the names of tables and columns"
ASK_FOR_LESS = "Ask for less, or raise limits.seconds in sqloop.toml"


def tell_failure(answer: Findings, schema: Schema, tried: str = "") -> str:
    """One sentence on an answer whose candidates all failed, and what to do; ``tried`` is where they are.

    Of a query of the user's own: what the engine says.
    """
    outcomes = [each.outcome for each in answer.candidates]
    if answer.own and outcomes:
        return f"{outcomes[0].status}: {outcomes[0].error}"
    reason, advice = explain_failure(outcomes, schema)
    more = f"; {tried}" if tried else ""
    return f"{reason} {advice}{more}." if advice else reason


def explain_failure(outcomes: Sequence[Outcome], schema: Schema) -> tuple[str, str]:
    """Why all candidates failed, a sentence, and what to do, without a stop; the likeliest is the first.

    Where it would have changed the database: that SQLoop only reads, and nothing to do, for other words would
    not help.
    """
    errors = [each.error for each in outcomes]
    if errors and errors[0].startswith(ONLY_READS):
        return f"{errors[0]}.", ""
    queries = [each for each in outcomes if not each.error.startswith((NO_QUERY, MEANINGLESS, ONLY_READS))]
    if queries and all(each.status == "timeout" for each in queries):
        return f"No query ended in time: {queries[0].error.rstrip('.')}.", ASK_FOR_LESS
    return _find_reason(errors, schema), IN_OTHER_WORDS


def _find_reason(errors: list[str], schema: Schema) -> str:
    """Names that are not there, else what stopped the likeliest query that was one.

    >>> from sqloop.database.schema import Column, Table
    >>> schema = Schema("sqlite", (Table("customer", (Column("city", "TEXT", "text"),)),))
    >>> _find_reason(["no such column: c.revenue", "no such table: sales", "no such column: revenue"], schema)
    'No query ran: the database has no revenue, sales.'
    >>> _find_reason(["no such column: orders.city"], schema)
    'No query ran: it looked for city in the wrong table; customer has it.'
    >>> _find_reason(["The model wrote no query: not SQL: Unexpected token"], schema)
    'The model found no query for this question.'
    >>> _find_reason(["division by zero"], schema)
    'No query ran: division by zero.'
    """
    of_queries = [each for each in errors if not each.startswith((NO_QUERY, MEANINGLESS, ONLY_READS))]
    read = [read_name(each) for each in of_queries]
    names = [each.name.rpartition(".")[2].strip('`"') for each in read if each and each.code != "engine"]
    if names and (owners := tell_owners(names[0], schema)):
        return f"No query ran: it looked for {names[0]} in the wrong table; {owners}."
    if names := [each for each in names if not tell_owners(each, schema)]:
        return f"No query ran: the database has no {', '.join(list(dict.fromkeys(names))[:_MOST])}."
    if of_queries:
        return f"No query ran: {of_queries[0].rstrip('.')}."
    return "The model found no query for this question."
