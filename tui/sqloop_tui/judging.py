"""What a key says of what is on the screen: never more than its user has seen."""

from __future__ import annotations

from dataclasses import dataclass

from sqloop.lsp.protocol import AskResult, Candidate, FeedbackParams
from sqloop_tui.results.pages import Pages


@dataclass(frozen=True)
class Shown:
    """The query whose rows are shown."""

    sql: str
    pages: Pages


def verdict(answer: AskResult | None, shown: Shown | None, text: str, action: str) -> FeedbackParams | str:
    """What to tell the server, or why there is nothing to be told; ``text`` is what the editor holds."""
    if answer is None:
        return "This query belongs to no question: there is nothing to learn from it."
    if action == "rejected":
        seen = next((each.sql for each in answer.candidates if shown and _is(each, shown.sql)), "")
        return FeedbackParams(answer.suggestion, "rejected", seen)
    if action == "undone":
        return FeedbackParams(answer.suggestion, "undone")
    if shown is None:
        return "Nothing ran: press e, write the query and run it with F5."
    if is_of(answer, shown.sql, text):
        proposed = next((each for each in answer.candidates if _is(each, shown.sql)), None)
        if proposed is not None:
            return FeedbackParams(answer.suggestion, "accepted", proposed.sql)
        return FeedbackParams(answer.suggestion, "edited", shown.sql)
    return "You have not seen the rows of this query yet: F5 runs it."


def was_proposed(answer: AskResult | None, text: str) -> bool:
    """Whether a text is the query of one of an answer's candidates."""
    return answer is not None and any(_is(each, text) for each in answer.candidates)


def is_of(answer: AskResult | None, ran: str, text: str) -> bool:
    """Whether a text is the query that ran, as it is or as the answer lays it out."""
    candidates = answer.candidates if answer is not None else ()
    proposed = next((each for each in candidates if _is(each, ran)), None)
    return same(text, ran) or (proposed is not None and _is(proposed, text))


def lay(answer: AskResult | None, sql: str) -> str:
    """A query as the answer that proposed it lays it out; as it is where none did."""
    candidates = answer.candidates if answer is not None else ()
    return next((each.laid for each in candidates if each.laid and _is(each, sql)), sql)


def _is(candidate: Candidate, text: str) -> bool:
    """Whether a text is the query of a candidate, as it is or laid out."""
    return same(text, candidate.sql) or same(text, candidate.laid)


def same(one: str, other: str) -> bool:
    """Whether two texts are the same but for blanks and a semicolon."""
    return one.strip().rstrip(";").split() == other.strip().rstrip(";").split()
