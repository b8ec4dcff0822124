"""How long the real models that are on this machine take for a question, and how much memory.

A question goes the product's way, with k = 4; the schema's keys and values are read once before, as in any
session after its first question. Answers are not judged here: docs/results.md has that.

The floor of a question is what llama.cpp itself takes for it: to read the question behind the schema, and for
each token of the likeliest query one step of one row. The time of an answer has more in it: linking, other
candidates, execution, ranking.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median, quantiles
from time import perf_counter
from typing import Any
from unittest.mock import patch

from benchmarks.figures import Figure, Section
from benchmarks.parts.memory import read_peak
from benchmarks.workload import COUNT, read_questions
from sqloop.database.knowledge.value_index import ValueIndex
from sqloop.generation.inference.gguf import GgufNetwork
from sqloop.generation.inference.loading import load_model
from sqloop.generation.prompts.forms import Asked
from sqloop.generation.prompts.hub_forms import find_form
from sqloop.generation.request import GenerationRequest
from sqloop.generation.worker import WorkerGenerator
from sqloop.linking.question import link_question
from sqloop.models.catalogue import CATALOGUE
from sqloop.models.choice import open_store
from sqloop.session import Session, find_generator, find_shipped, open_database
from sqloop.settings import Settings, load_settings

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
    settings = load_settings(db="sample", model=name)
    with Session(settings) as session:
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
    shares = [took / floor for took, floor in zip(times, _find_floors(name, settings), strict=True)]
    found = [
        Figure(name, "load", loading, "s", below=2),
        Figure(name, "p50", median(times), "ms", below=p50),
        Figure(name, "p95", quantiles(times, n=20, method="inclusive")[-1], "ms", below=p95),
        Figure(name, "p50, times llama.cpp's own", median(shares), "×", below=1.5),
    ]
    return [*found, Figure(name, "peak", peak / 1e6, "MB")] if peak is not None else found


def _find_floors(name: str, settings: Settings) -> list[float]:
    """Milliseconds in llama.cpp for each question, greedily, in this process, with the adapter that ships."""
    info, shipped = find_generator(settings).describe(), find_shipped(name)
    model, form = load_model(info.base, shipped.source if shipped else None).model, find_form(info.form)
    with open_database(settings) as database:
        schema, index = database.schema(), ValueIndex.build(database)
    decode, spent = GgufNetwork._decode, 0.0

    def timed(network: GgufNetwork, tokens: Sequence[int], *given: Sequence[Any]) -> None:
        nonlocal spent
        started = perf_counter()
        decode(network, tokens, *given)
        spent += (perf_counter() - started) * 1000

    floors = []
    with patch.object(GgufNetwork, "_decode", timed):
        for question in read_questions():
            asked = Asked(link_question(question, schema, index, room=form.room))
            request = GenerationRequest(form.prefix(asked.schema), form.suffix(asked), k=1)
            model.warm(request.prefix)
            spent = 0.0
            model.generate(request)
            floors.append(spent)
    return floors
