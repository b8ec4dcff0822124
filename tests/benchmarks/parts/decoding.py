"""Tokens a second of the starter model against the floor, and how long it takes to load.

No step of decoding can be faster than one reading of the weights from memory, whatever k is: the floor is
their bytes as they lie there over the bandwidth at which one core reads memory that no cache holds. (Weights
that fit into the last cache may beat it.) All in this process on one thread, with grammar, as served.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import median
from time import perf_counter
from unittest.mock import patch

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.figures import Figure, Section
from benchmarks.workload import read_questions
from sqloop.database.knowledge.value_index import ValueIndex
from sqloop.generation.inference.llama import LlamaNetwork, LlamaSession
from sqloop.generation.inference.loading import load_model
from sqloop.generation.inference.model import LanguageModel
from sqloop.generation.inference.weights import Array
from sqloop.generation.prompts.forms import Asked
from sqloop.generation.prompts.hub_forms import find_form
from sqloop.generation.request import GenerationRequest
from sqloop.generation.worker import WorkerGenerator
from sqloop.linking.question import link_question
from sqloop.session import find_generator, open_database
from sqloop.settings import Settings, load_settings

ROUNDS = 5
LOADS = 5
ASIDE = 256 * 1024 * 1024
"""Bytes that are read to measure the bandwidth: many times the last cache."""


def measure() -> Section:
    """Loading first, in processes of its own."""
    settings = load_settings(db="sample")
    info = find_generator(settings).describe()
    loads = [_load_ms(info.base) for _ in range(LOADS)]
    model = load_model(info.base).model
    threadpool_limits(1)
    weights, bandwidth = _weigh(model.network), _read_bandwidth()
    requests = _write_requests(settings, info.form)
    figures = [each for k in (1, 4) for each in _decode(model, requests, k, bandwidth / weights)]
    return Section(
        "decoding",
        f"{len(requests)} questions on the sample database, {ROUNDS} times each, without the reading of "
        f"prompts; {weights / 1e6:.0f} MB of weights, memory read at {bandwidth / 1e9:.1f} GB/s. Loading: "
        f"from the start of a worker until it answers, {LOADS} times.",
        (*figures, Figure("loading", "p50", median(loads), "ms", below=1500)),
    )


def _decode(
    model: LanguageModel, requests: list[GenerationRequest], k: int, floor: float
) -> Iterator[Figure]:
    """Rows and steps in the median round."""
    asked = [replace(request, k=k) for request in requests]
    rows: list[int] = []
    advance = LlamaSession.advance

    def counted(session: LlamaSession, parents: Sequence[int], tokens: Sequence[int]) -> Array:
        rows.append(len(parents))
        return advance(session, parents, tokens)

    seconds = []
    with patch.object(LlamaSession, "advance", counted):
        for _ in range(ROUNDS + 1):
            rows.clear()
            started = perf_counter()
            for request in asked:
                model.generate(request)
            seconds.append(perf_counter() - started)
    spent = median(seconds[1:])  # the first round reads the prompts
    yield Figure(f"k = {k}", "tokens", sum(rows) / spent, "/s")
    yield Figure(f"k = {k}", "steps", len(rows) / spent, "/s")
    yield Figure(f"k = {k}", "floor", floor, "/s")
    yield Figure(f"k = {k}", "share of the floor", 100 * len(rows) / spent / floor, "%")


def _weigh(network: LlamaNetwork) -> int:
    """Bytes of the matrices that each step reads."""
    return network._head.nbytes + sum(
        each.nbytes for layer in network._layers for each in vars(layer).values()
    )


def _load_ms(base: str) -> float:
    started = perf_counter()
    worker = WorkerGenerator(base)
    worker.warm("")
    ms = (perf_counter() - started) * 1000
    worker.close()
    return ms


def _read_bandwidth() -> float:
    """Bytes a second at best of one core that adds up what lies in memory."""
    aside = np.ones(ASIDE // 4, dtype=np.float32)
    times = []
    for _ in range(ROUNDS):
        started = perf_counter()
        aside.sum()
        times.append(perf_counter() - started)
    return ASIDE / min(times)


def _write_requests(settings: Settings, name: str) -> list[GenerationRequest]:
    form = find_form(name)
    with open_database(settings) as database:
        schema, index = database.schema(), ValueIndex.build(database)
    requests = []
    for question in read_questions():
        asked = Asked(link_question(question, schema, index, room=form.room))
        prompt = form.prefix(asked.schema) + form.suffix(asked)
        requests.append(GenerationRequest(prompt, "", grammar=form.grammar(asked), decoding="beam"))
    return requests
