"""Running one SQL text that a model wrote: the read-only check first, then the engine under its limits."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

from sqloop.database.cancellation import Cancellation
from sqloop.database.checking.readonly import Refusal, check_readonly
from sqloop.database.engine import DefinitionKeeper, Engine
from sqloop.database.outcome import Limits, Outcome


def execute(
    engine: Engine, sql: str, limits: Limits, cancel: Cancellation | None, functions: frozenset[str]
) -> Outcome:
    """Pass ``sql`` through walls 1 to 3; a bad candidate is an Outcome, never an exception.

    Raises UnreachableError when the database itself is gone.
    """
    started = perf_counter()
    refusal = _refuse(engine, sql, functions)
    if refusal is not None:
        outcome = Outcome(refusal.status, error=refusal.reason)
    else:
        outcome = engine.run(sql, limits, cancel)
    return replace(outcome, elapsed_ms=(perf_counter() - started) * 1_000)


def prepare(
    engine: Engine, sql: str, limits: Limits, cancel: Cancellation | None, functions: frozenset[str]
) -> Outcome:
    """Have the engine explain ``sql``: "ok" without rows where it would run, else as `execute`.

    Raises UnreachableError when the database itself is gone.
    """
    refusal = _refuse(engine, sql, functions)
    if refusal is not None:
        return Outcome(refusal.status, error=refusal.reason)
    return replace(engine.prepare(sql, limits, cancel), columns=(), rows=(), truncated=False)


def _refuse(engine: Engine, sql: str, functions: frozenset[str]) -> Refusal | None:
    refusal = check_readonly(sql, engine.dialect, functions)
    if refusal is None and isinstance(engine, DefinitionKeeper):
        reason = engine.refuse_definitions(sql, functions)
        refusal = Refusal("refused", reason) if reason else None
    return refusal
