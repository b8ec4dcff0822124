"""From logits to completions: sampling (first row greedy) and beam search, both under an optional grammar.

Scores are always the model's own: log-probabilities before the grammar's mask and before the temperature.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from llguidance import LLMatcher
from numpy.typing import NDArray

from sqloop.generation.inference.grammar_mask import allowed
from sqloop.generation.inference.network import Memory, Session
from sqloop.generation.inference.weights import Array


@dataclass
class Row:
    """One hypothesis: its tokens so far, their summed log-probability in nats, its place in the grammar.

    ``text`` is kept by beam search alone, to tell hypotheses apart by what they say; ``greedy`` rows take the
    likeliest token at each step.
    """

    tokens: list[int] = field(default_factory=list)
    logprob: float = 0.0
    matcher: LLMatcher | None = None
    finished: bool = False
    text: bytes = b""
    greedy: bool = False

    def take(self, token: int, logprob: float, ends: Sequence[int]) -> None:
        """Append ``token``; the row is finished by an end token or where the grammar allows nothing more."""
        self.tokens.append(token)
        self.logprob += logprob
        self.finished = token in ends
        if self.matcher is not None and not self.finished:
            self.matcher.consume_token(token)
            self.finished = self.matcher.is_stopped()

    def fork(self) -> Row:
        """A copy that goes its own way."""
        matcher = self.matcher.deep_copy() if self.matcher is not None else None
        return Row(list(self.tokens), self.logprob, matcher, self.finished, self.text)


@dataclass(frozen=True)
class Plan:
    """How to decode: ``k`` rows of at most ``length`` tokens; ``check`` raises when it is cancelled.

    ``piece`` is the text of one token, as bytes.
    """

    k: int
    length: int
    temperature: float
    seed: int
    ends: Sequence[int]
    check: Callable[[], None]
    piece: Callable[[int], bytes]


def sample(memory: Memory, session: Session, matcher: LLMatcher | None, plan: Plan) -> list[Row]:
    """``plan.k`` rows: the first takes the likeliest token at each step, the others draw.

    Draws depend on the seed, the row and the step alone, so that what other rows do does not matter. Rows
    that say the same so far are computed once.
    """
    first = Row(matcher=matcher, greedy=True)
    rows = [first, *(first.fork() for _ in range(plan.k - 1))]
    generator = np.random.default_rng(plan.seed)
    active = list(range(plan.k))
    logits, places = memory.logits[np.newaxis], [0] * plan.k
    parents: list[int] = []
    tokens: list[int] = []
    for step in range(plan.length):
        plan.check()
        if step:
            logits = session.advance(parents, tokens)
        draws = generator.random(plan.k)[active]
        own = logits[[places[each] for each in active]]
        masked = _mask(own, [rows[each] for each in active])
        chosen = _draw(masked, draws, plan.temperature)
        if active[0] == 0:
            chosen[0] = masked[0].argmax()
        logprobs = log_softmax(own)[np.arange(len(active)), chosen]
        for each, token, logprob in zip(active, chosen.tolist(), logprobs.tolist(), strict=True):
            rows[each].take(token, logprob, plan.ends)
        active = [each for each in active if not rows[each].finished]
        if not active:
            break
        places, parents, tokens = _join(rows, active, places)
    return rows


def _join(
    rows: Sequence[Row], active: Sequence[int], places: Sequence[int]
) -> tuple[list[int], list[int], list[int]]:
    """Where each row stands among the session's next rows, their parents and tokens; equal rows are one."""
    found: dict[tuple[int, int], int] = {}
    joined = list(places)
    for each in active:
        joined[each] = found.setdefault((places[each], rows[each].tokens[-1]), len(found))
    return joined, [parent for parent, _ in found], [token for _, token in found]


def search_beams(memory: Memory, session: Session, matcher: LLMatcher | None, plan: Plan) -> list[Row]:
    """The best ``plan.k`` rows that beam search of that width finds, best first, no two of one text.

    Of rows that spell the same text in different tokens the likeliest is followed. Rows are ordered by
    log-probability per token, those that did not end in time behind those that did; fewer come back
    where the grammar allows fewer.
    """
    running = [Row(matcher=matcher)]
    finished: list[Row] = []
    logits = memory.logits[np.newaxis]
    parents: list[int] = []
    for step in range(plan.length):
        plan.check()
        if step:
            logits = session.advance(parents, [row.tokens[-1] for row in running])
        parents, grown = _grow(running, logits, plan)
        finished = _keep_best([*finished, *(row for row in grown if row.finished)], plan.k)
        parents = [parent for parent, row in zip(parents, grown, strict=True) if not row.finished][: plan.k]
        running = [row for row in grown if not row.finished][: plan.k]
        if not running or (len(finished) == plan.k and _score(finished[-1]) >= max(map(_score, running))):
            break
    return finished + _keep_best(running, plan.k - len(finished))


def _keep_best(rows: Sequence[Row], count: int) -> list[Row]:
    """The ``count`` best by score, best first, the better one of two with the same text."""
    best: dict[bytes, Row] = {}
    for row in sorted(rows, key=_score, reverse=True):
        best.setdefault(row.text, row)
    return list(best.values())[:count]


def _grow(rows: Sequence[Row], logits: Array, plan: Plan) -> tuple[list[int], list[Row]]:
    """The best 2k continuations of ``rows`` and the row that each continues, best first.

    Twice as many as are kept, so that k are left to run even when half of them end here; four times as
    many are looked at, as some spell what another spells. An end counts only among the first k: one that
    the model finds unlikely would win by being short.
    """
    width = min(4 * plan.k, logits.shape[1])
    logprobs = _mask(log_softmax(logits), rows)
    tokens = np.argpartition(-logprobs, width - 1, axis=1)[:, :width]
    best = np.take_along_axis(logprobs, tokens, axis=1)
    scores = best + np.array([[row.logprob] for row in rows])
    order = np.argsort(-scores, axis=None, kind="stable").tolist()
    parents: list[int] = []
    grown: dict[tuple[bytes, bool], Row] = {}
    for place in order:
        parent, column = divmod(place, width)
        token, logprob = int(tokens[parent, column]), float(best[parent, column])
        ends = token in plan.ends
        text = rows[parent].text + (b"" if ends else plan.piece(token))
        if logprob == -np.inf or len(grown) == 2 * plan.k:
            break
        if (text, ends) in grown or (ends and len(grown) >= plan.k):
            continue
        row = rows[parent].fork()
        row.text = text
        row.take(token, logprob, plan.ends)
        parents.append(parent)
        grown[text, ends] = row
    return parents, list(grown.values())


def _score(row: Row) -> float:
    return row.logprob / len(row.tokens)


def _mask(logits: Array, rows: Sequence[Row]) -> Array:
    """``logits`` with minus infinity where a row's grammar forbids the token."""
    matchers = [row.matcher for row in rows if row.matcher is not None]
    if not matchers:
        return logits
    return np.where(allowed(matchers, logits.shape[1]), logits, np.float32(-np.inf))


def log_softmax(logits: Array) -> Array:
    """Log-probabilities, ``[rows, vocabulary]``."""
    lowered = logits - logits.max(axis=1, keepdims=True)
    logprobs: Array = lowered - np.log(np.exp(lowered).sum(axis=1, keepdims=True))
    return logprobs


def _draw(logits: Array, uniforms: NDArray[np.float64], temperature: float) -> NDArray[np.intp]:
    """One token a row by the inverse of the cumulative distribution; ``uniforms`` in [0, 1)."""
    total = np.exp(log_softmax(logits / np.float32(temperature))).cumsum(axis=1, dtype=np.float64)
    targets = uniforms[:, np.newaxis] * total[:, -1:]
    drawn: NDArray[np.intp] = (total <= targets).sum(axis=1)
    return drawn
