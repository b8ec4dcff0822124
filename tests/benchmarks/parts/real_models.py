"""How long the real models that are on this machine take for a question, and how much memory.

A question goes the product's way, with k = 4; the schema's keys and values are read once before, as in any
session after its first question. Answers are not judged here: docs/results.md has that.
"""

from __future__ import annotations

from statistics import median, quantiles
from time import perf_counter

from benchmarks.figures import Figure, Section
from benchmarks.parts.memory import read_peak
from benchmarks.workload import COUNT, read_questions
from sqloop.generation.worker import WorkerGenerator
from sqloop.models.catalogue import CATALOGUE
from sqloop.models.choice import open_store
from sqloop.session import Session
from sqloop.settings import load_settings

K = 4
GOALS = {"qwen2.5-coder-0.5b": (1200, 2500), "qwen2.5-coder-1.5b": (3000, None)}
"""Milliseconds, p50 and p95."""


def measure() -> Section:
    """One row for each model of the catalogue that was fetched."""
    store = open_store()
    present = [model.name for model in CATALOGUE if store.has(model)]
    figures = tuple(figure for name in present for figure in _measure(name))
    how = f"{COUNT} questions on the sample database, once each, k = {K}, with a warm model."
    missing = ", ".join(model.name for model in CATALOGUE if model.name not in present)
    return Section(
        "real_models", how if figures else "", figures, f"{missing}: not fetched." if missing else ""
    )


def _measure(name: str) -> list[Figure]:
    times: list[float] = []
    with Session(load_settings(db="sample", model=name)) as session:
        started = perf_counter()
        session.generator.warm("")
        loading = perf_counter() - started
        session.ask(read_questions()[0], K)
        for question in read_questions():
            started = perf_counter()
            session.ask(question, K)
            times.append((perf_counter() - started) * 1000)
        worker = session.generator.pid if isinstance(session.generator, WorkerGenerator) else None
        peak = read_peak(worker) if worker is not None else None
    p50, p95 = GOALS.get(name, (None, None))
    found = [
        Figure(name, "load", loading, "s", below=2),
        Figure(name, "p50", median(times), "ms", below=p50),
        Figure(name, "p95", quantiles(times, n=20, method="inclusive")[-1], "ms", below=p95),
    ]
    return [*found, Figure(name, "peak", peak / 1e6, "MB")] if peak is not None else found
