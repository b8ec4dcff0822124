"""Candidates that share their beginnings: the greedy query, and the likeliest turns that it did not take.

Each place where another token was likely is a turn. The likeliest turns are taken, from the keys and values
that the greedy query left behind, and followed greedily. A turn has no more probability than the tokens up
to it: where all that would be taken have less than the greedy query together, they cannot outvote it, and it
stands alone. So it does where it is so likely that a vote changes as much for the worse as for the better.
Beams of the same width cost two to three times as much on a CPU, where a step for four rows takes four times
a step for one (docs/experiments.md).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from sqloop.generation.inference.decoding import Plan, Row, log_softmax
from sqloop.generation.inference.network import Memory, Session
from sqloop.generation.inference.weights import Array

TURNS = 4
"""Other tokens that are looked at in one place."""

FLOOR = 0.05
"""Of the greedy query's probability: a turn that has less changes no vote, and costs as much as another."""

SURE = 0.25
"""Probability of a greedy query that stands alone (docs/experiments.md)."""


@runtime_checkable
class BranchingSession(Session, Protocol):
    """A session whose only row can be taken up again anywhere."""

    def branch(self, lengths: Sequence[int], tokens: Sequence[int]) -> Array:
        """New rows: the first ``lengths[i]`` tokens of the only row, then ``tokens[i]``; their logits.

        `Session.advance` then goes on with them. Returns ``[len(tokens), vocabulary]``, float32.
        """


@dataclass(frozen=True)
class _Turn:
    """Another token at ``place``; ``logprob`` of all up to it."""

    place: int
    token: int
    own: float
    logprob: float


def branch(memory: Memory, session: BranchingSession, plan: Plan) -> list[Row]:
    """The greedy row first, then at most ``plan.k - 1`` others."""
    greedy, turns = _follow(memory, session, plan)
    if plan.k == 1 or greedy.logprob >= math.log(SURE):
        return [greedy]
    chosen = _choose(greedy, turns, plan)
    if math.fsum(math.exp(turn.logprob) for turn in chosen) <= math.exp(greedy.logprob):
        return [greedy]
    return [greedy, *_take(greedy, chosen, session, plan)]


def _follow(memory: Memory, session: Session, plan: Plan) -> tuple[Row, list[_Turn]]:
    row, turns = Row(greedy=True), []
    logits = memory.logits[np.newaxis]
    for step in range(plan.length):
        plan.check()
        if step:
            logits = session.advance([0], [row.tokens[-1]])
        logprobs = log_softmax(logits)[0]
        likely = np.argpartition(-logprobs, TURNS)[
            : TURNS + 1
        ]  # to sort them all takes as long as the network
        best, *others = likely[np.argsort(-logprobs[likely], kind="stable")].tolist()
        turns += [
            _Turn(step, each, float(logprobs[each]), row.logprob + float(logprobs[each])) for each in others
        ]
        row.take(best, float(logprobs[best]), plan.ends)
        if row.finished:
            break
    return row, turns


def _choose(greedy: Row, turns: Sequence[_Turn], plan: Plan) -> list[_Turn]:
    """The likeliest turns that do not say the same in another case or in other pieces."""
    pieces = [plan.piece(token) for token in greedy.tokens]
    chosen: list[_Turn] = []
    least = greedy.logprob + math.log(FLOOR)
    for turn in sorted((each for each in turns if each.logprob >= least), key=lambda each: -each.logprob):
        rest = b"".join(pieces[turn.place :]).lower()
        said = plan.piece(turn.token).lower()
        if turn.token not in plan.ends and rest.startswith(said):
            continue
        chosen.append(turn)
        if len(chosen) == plan.k - 1:
            break
    return chosen


def _take(greedy: Row, turns: Sequence[_Turn], session: BranchingSession, plan: Plan) -> list[Row]:
    rows = []
    for turn in turns:
        row = Row(tokens=list(greedy.tokens[: turn.place]), logprob=turn.logprob - turn.own)
        row.take(turn.token, turn.own, plan.ends)
        rows.append(row)
    active = [row for row in rows if not row.finished and len(row.tokens) < plan.length]
    if not active:
        return rows
    logits = session.branch([len(row.tokens) - 1 for row in active], [row.tokens[-1] for row in active])
    while True:
        plan.check()
        logprobs = log_softmax(logits)
        best = logprobs.argmax(1).tolist()
        for i, row in enumerate(active):
            row.take(best[i], float(logprobs[i, best[i]]), plan.ends)
        going = [i for i, row in enumerate(active) if not row.finished and len(row.tokens) < plan.length]
        active = [active[i] for i in going]
        if not active:
            return rows
        logits = session.advance(going, [row.tokens[-1] for row in active])
