"""Which of several executed SQL texts to believe: group by answer, vote, order.

The model proposes k SQL texts; those that ran and gave the same answer agree with each other, however
differently they are written. Each votes with the probability that the model gives it, so that an answer that
many likely queries give beats one that a single likelier query gives. The order, and why:

1. answers before failures: a query that does not run answers nothing;
2. then the answer with the most votes, by weight; where a model tells no probabilities, by number. A vote
   weighs less for what the query leaves out of the question, or adds to it (`sqloop.linking.wording`); for
   an answer that is empty or all NULL, most often from a value that matches no row; for one that shows the
   same column twice, which nobody asks for and small models write; and a little for one in which a join
   repeats rows, where each is asked for once ("which users have orders?");
3. at equal votes the likeliest text.

The probability that the model gives to an answer is also the confidence in it. What was not proposed counts
against it: of the share of the proposals alone, an answer with a few unlikely rivals would seem certain
(docs/experiments.md).

Pure: no database, no model; training and evaluation rank with the same function.
"""

from __future__ import annotations

import math
import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace

from sqloop.database.answers import answer_key
from sqloop.database.outcome import Outcome

EMPTY = REPEATED = 4.0
"""Nats that such an answer takes off a vote: where each counts for 1, 50 of them do not make up for it."""

MULTIPLIED = 1.0
"""Nats for rows that a join repeats: a query like it that gives each once is preferred, others are not."""

_MULTIPLIES = re.compile(r"\bJOIN\b", re.IGNORECASE)
_COUNTS_ONCE = re.compile(r"\b(?:DISTINCT|GROUP\s+BY|UNION)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Proposal:
    """One completion as SQL that was run; ``score`` is its log-probability in nats, 0 where it is unknown.

    ``cost`` is that of its words (`sqloop.linking.wording.Wording.cost`), in nats.
    """

    sql: str
    score: float
    outcome: Outcome
    cost: float = 0.0


@dataclass(frozen=True)
class Candidate:
    """One distinct SQL text; ``votes`` counts the proposals that gave its answer, 0 when it failed.

    ``share`` is the probability that the model gives to that answer, 0.0 to 1.0; the part of the votes where
    it tells no probabilities. ``rejected``: the user said before that it does not answer the question
    (`sqloop.memory`).
    """

    sql: str
    score: float
    outcome: Outcome
    votes: int
    share: float = 0.0
    rejected: bool = False

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
    for proposal in sorted(proposals, key=lambda each: (-each.score, each.sql)):
        groups.setdefault(_answer(proposal), []).append(proposal)
    # Less than 1 where probability is left for what was not proposed; more only where proposals repeat, or
    # each counts for 1.
    total = max(1.0, math.fsum(map(_probability, proposals)))
    ordered = sorted(groups.values(), key=_strength, reverse=True)
    return [candidate for group in ordered for candidate in _distinct(group, total)]


def calibrate(ranking: Sequence[Candidate], power: float) -> tuple[Candidate, ...]:
    """The same order, each share to the power of ``power``: how often such an answer was right.

    >>> ran = Outcome("ok", ("n",), ((1,),))
    >>> [round(each.share, 2) for each in calibrate([Candidate("a", -1.0, ran, 1, 0.4)], 0.3)]
    [0.76]
    """
    if power == 1.0:
        return tuple(ranking)
    return tuple(replace(each, share=each.share**power) for each in ranking)


def confidence(ranking: Sequence[Candidate]) -> float:
    """The probability that the model gives to the first answer: 0.0 to 1.0 (see `Candidate.share`)."""
    return ranking[0].share if ranking else 0.0


def group_by_answer(ranking: Iterable[Candidate]) -> tuple[tuple[Candidate, ...], ...]:
    """The candidates that ran, those with the same answer together, in the order of the ranking.

    >>> one, two = (Outcome("ok", ("n",), ((n,),)) for n in (1, 2))
    >>> ranking = [Candidate("a", 0.0, one, 1), Candidate("b", 0.0, two, 1), Candidate("c", 0.0, one, 1)]
    >>> [[each.sql for each in group] for group in group_by_answer(ranking)]
    [['a', 'c'], ['b']]
    """
    groups: dict[Hashable, list[Candidate]] = {}
    for candidate in ranking:
        if candidate.ran:
            groups.setdefault(answer_key(candidate.outcome), []).append(candidate)
    return tuple(map(tuple, groups.values()))


def decided(ran: Sequence[Proposal], waiting: Sequence[float]) -> float | None:
    """Milliseconds that the first answer took, where no outcome of others can put another first; else None.

    ``waiting`` are the scores of proposals whose outcome is not known: they may all agree with one rival.

    >>> fast, slow = Outcome("ok", rows=((1,),), elapsed_ms=3.0), Outcome("ok", rows=((2,),), elapsed_ms=9.0)
    >>> decided([Proposal("a", -0.1, fast), Proposal("b", -3.0, slow)], [-2.0])
    3.0
    >>> decided([Proposal("a", -1.0, fast), Proposal("b", -3.0, slow)], [-1.0])
    """
    groups: dict[Hashable, list[Proposal]] = {}
    for proposal in ran:
        if proposal.outcome.status == "ok":
            groups.setdefault(_answer(proposal), []).append(proposal)
    ordered = sorted(groups.values(), key=lambda group: math.fsum(map(_weight, group)), reverse=True)
    if not ordered:
        return None
    first, *rivals = (math.fsum(map(_weight, group)) for group in ordered)
    unknown = math.fsum(math.exp(min(score, 0.0)) for score in waiting)
    if first <= max(rivals, default=0.0) + unknown:
        return None
    return min(proposal.outcome.elapsed_ms for proposal in ordered[0])


def _answer(proposal: Proposal) -> Hashable:
    """What a proposal votes for; a failure agrees with nothing but the same text."""
    if proposal.outcome.status == "ok":
        return ("answer", answer_key(proposal.outcome))
    return ("failure", proposal.sql)


def _strength(group: Sequence[Proposal]) -> tuple[bool, float, float]:
    """``group`` comes with its likeliest proposal first."""
    if group[0].outcome.status != "ok":
        return False, 0.0, group[0].score
    return True, math.fsum(map(_weight, group)), group[0].score


def _probability(proposal: Proposal) -> float:
    return math.exp(min(proposal.score, 0.0))


def _weight(proposal: Proposal) -> float:
    outcome = proposal.outcome
    cost = proposal.cost + EMPTY * is_empty(outcome) + REPEATED * _repeats(outcome)
    cost += MULTIPLIED * _multiplies(proposal)
    return _probability(proposal) * math.exp(-cost)


def is_empty(outcome: Outcome) -> bool:
    """Whether it has no rows, or nothing but NULL in them."""
    return all(value is None for row in outcome.rows for value in row)


def is_nothing(outcome: Outcome) -> bool:
    """Whether it is empty or counts none."""
    return is_empty(outcome) or outcome.rows == ((0,),)


def _repeats(outcome: Outcome) -> bool:
    """Whether two columns have one name and the same values."""
    names = outcome.columns
    if len(set(names)) == len(names):
        return False
    columns = [(name, *(row[i] for row in outcome.rows)) for i, name in enumerate(names)]
    return len(set(columns)) < len(columns)


def _multiplies(proposal: Proposal) -> bool:
    """Whether a join gives rows more than once. Of 395 written questions one has such gold SQL."""
    rows, sql = proposal.outcome.rows, proposal.sql
    if not _MULTIPLIES.search(sql) or _COUNTS_ONCE.search(sql):
        return False
    return len(set(rows)) < len(rows)


def _distinct(group: Sequence[Proposal], total: float) -> Iterable[Candidate]:
    ran = group[0].outcome.status == "ok"
    votes, share = (len(group), math.fsum(map(_probability, group)) / total) if ran else (0, 0.0)
    by_text: dict[str, Proposal] = {}
    for proposal in group:
        by_text.setdefault(proposal.sql, proposal)
    for proposal in by_text.values():
        yield Candidate(proposal.sql, proposal.score, proposal.outcome, votes, share)
