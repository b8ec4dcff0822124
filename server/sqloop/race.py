"""Running the candidates of one question at once, none longer than it can still matter.

Once the votes that are in decide which answer is first, whatever the others may give, those get a small
multiple of the time that the leader took and are stopped then: nobody waits five seconds for a join without
a condition when the answer has been there for fifty milliseconds. An answer that is not decided waits for
all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import nullcontext
from time import perf_counter

from sqloop.database.cancellation import Cancellation
from sqloop.database.outcome import Outcome

AT_ONCE = 8
"""Candidates that are executed at the same time, one connection each."""

MULTIPLE = 5.0
"""Of the leader's time, for those that cannot win any more: they may still agree, which raises confidence."""

LEAST_SECONDS = 0.3
"""Time that each gets in any case."""

HOPELESS = Outcome("cancelled", error="stopped: the answer was decided without it")

Execute = Callable[[str, Cancellation | None], Outcome]
Decide = Callable[[Mapping[str, Outcome]], float | None]
"""From the outcomes so far, the milliseconds that the decided answer took; None while none is decided."""


def run_race(
    texts: Sequence[str], execute: Execute, decide: Decide, cancel: Cancellation | None = None
) -> dict[str, Outcome]:
    """The outcome of each text; `HOPELESS` where it was stopped. Raises what ``execute`` raises."""
    tokens = {sql: Cancellation() for sql in texts}
    outcomes: dict[str, Outcome] = {}

    def stop() -> None:
        for token in tokens.values():
            token.cancel()

    with ThreadPoolExecutor(AT_ONCE) as pool, cancel.calling(stop) if cancel else nullcontext():
        running = {pool.submit(execute, sql, tokens[sql]): sql for sql in texts}
        try:
            _collect(running, outcomes, decide, tokens)
        except BaseException:
            stop()  # or leaving the pool would wait for them
            raise
    if cancel is not None and cancel.cancelled:
        return outcomes
    return {
        sql: HOPELESS if tokens[sql].cancelled and outcome.status == "cancelled" else outcome
        for sql, outcome in outcomes.items()
    }


def _collect(
    running: dict[Future[Outcome], str],
    outcomes: dict[str, Outcome],
    decide: Decide,
    tokens: Mapping[str, Cancellation],
) -> None:
    started = perf_counter()
    left: float | None = None
    while running:
        done, _ = wait(running, left, FIRST_COMPLETED)
        if not done:
            for sql in running.values():
                tokens[sql].cancel()
            left = None
            continue
        for future in done:
            outcomes[running.pop(future)] = future.result()
        took = decide(outcomes) if running else None
        if took is not None:
            left = max(0.0, max(LEAST_SECONDS, MULTIPLE * took / 1_000) - (perf_counter() - started))
