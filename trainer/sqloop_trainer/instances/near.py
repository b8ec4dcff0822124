"""Generators of identifiers, and of values near the literals of a query."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from sqloop.database.outcome import Value
from sqloop_trainer.instances.scenes import shifted
from sqloop_trainer.instances.values import Generator


def counter(random: Random) -> Generator:
    """Ascending identifiers with gaps."""
    state = [random.choice((0, 0, 100, 1000))]

    def following(rng: Random) -> Value:
        state[0] += rng.choice((1, 1, 1, 2, 3))
        return state[0]

    return following


def around(literals: Sequence[Value], generate: Generator) -> Generator:
    """Values on both sides of the literals and often equal to one, so that comparisons split the rows."""
    numbers = [each for each in literals if isinstance(each, int | float)]
    if len(numbers) == len(literals):
        low, high = min(numbers), max(numbers)
        span = max((high - low) / 2, abs(low) * 0.4, 6)
        bottom = max(0, low - span) if low >= 0 else low - span
        whole = all(isinstance(each, int) for each in numbers)

        def near(rng: Random) -> Value:
            if rng.random() < 0.25:
                return rng.choice(numbers)
            value = rng.uniform(bottom, high + span)
            return round(value) if whole else round(value, 2)

        return near

    def mixed(rng: Random) -> Value:
        if rng.random() < 0.5:
            return generate(rng)
        literal = rng.choice(literals)
        if isinstance(literal, str) and "%" in literal:
            return generate(rng)
        return literal if rng.random() < 0.7 else shifted(literal, rng.randrange(-900, 900))

    return mixed
