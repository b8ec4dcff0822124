"""Which of several executed SQL texts to believe: group by answer, vote, order.

The model proposes k SQL texts; those that ran and gave the same answer agree with each other, however
differently they are written. The order, and the reason for each step of it:

1. answers before failures: a query that does not run answers nothing;
2. more votes first, one for each of the k completions (a text proposed three times votes three times);
3. at equal votes an answer that says something before an empty or all-NULL one, which most often comes
   from a value that matches no row;
4. at equal votes the model's score, of the best-scored text of each answer.

The score is the mean log-probability of a token, not the sum: between texts of different length the sum
favours the shorter, and the typical wrong query is the right one less a condition.

Pure: no database, no model; training and evaluation rank with the same function.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from sqloop.database.answers import answer_key
from sqloop.database.outcome import Outcome


@dataclass(frozen=True)
class Proposal:
    """One completion as SQL that was run; ``score`` in nats a token, higher is likelier."""

    sql: str
    score: float
    outcome: Outcome


@dataclass(frozen=True)
class Candidate:
    """One distinct SQL text; ``votes`` counts the proposals that gave its answer, 0 when it failed."""

    sql: str
    score: float
    outcome: Outcome
    votes: int

    @property
    def ran(self) -> bool:
        """Whether it ran to its end, and so has an answer."""
        return self.outcome.status == "ok"


def rank(proposals: Sequence[Proposal]) -> list[Candidate]:
    """Each distinct SQL text once, the most believable first, the failed last.

    >>> one, none = Outcome("ok", ("n",), ((1,),)), Outcome("error", error="no such table: b")
    >>> [(c.sql, c.votes) for c in rank([Proposal("b", -0.1, none), Proposal("a", -0.5, one)])]
    [('a', 1), ('b', 0)]
    """
    groups: dict[Hashable, list[Proposal]] = {}
    for proposal in proposals:
        groups.setdefault(_answer(proposal), []).append(proposal)
    ordered = sorted(groups.values(), key=_strength, reverse=True)
    return [candidate for group in ordered for candidate in _distinct(group)]


def confidence(ranking: Sequence[Candidate], proposed: int) -> float:
    """The share of the ``proposed`` completions that gave the first answer: 0.0 to 1.0."""
    return ranking[0].votes / proposed if ranking else 0.0


def _answer(proposal: Proposal) -> Hashable:
    """What a proposal votes for; a failure agrees with nothing but the same text."""
    if proposal.outcome.status == "ok":
        return ("answer", answer_key(proposal.outcome))
    return ("failure", proposal.sql)


def _strength(group: Sequence[Proposal]) -> tuple[bool, int, bool, float]:
    outcome = group[0].outcome
    ran = outcome.status == "ok"
    return ran, len(group) if ran else 0, _says_something(outcome), max(each.score for each in group)


def _says_something(outcome: Outcome) -> bool:
    return any(value is not None for row in outcome.rows for value in row)


def _distinct(group: Sequence[Proposal]) -> Iterable[Candidate]:
    by_text: dict[str, Proposal] = {}
    for proposal in sorted(group, key=lambda each: each.score, reverse=True):
        by_text.setdefault(proposal.sql, proposal)
    for proposal in by_text.values():
        votes = len(group) if proposal.outcome.status == "ok" else 0
        yield Candidate(proposal.sql, proposal.score, proposal.outcome, votes)
