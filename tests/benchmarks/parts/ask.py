"""How long a question takes once the model is loaded, and where the time goes.

The prefix cache and the grammar have no switch in the product: a request that carries the schema behind its
(empty) prefix has nothing to keep, and one without a grammar is decoded without a mask.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from benchmarks.figures import Figure, Section
from benchmarks.workload import COUNT, read_questions
from sqloop.answer import Answer, Timings
from sqloop.assistant import Assistant
from sqloop.database.cancellation import Cancellation
from sqloop.generation.generator import Generator, ModelInfo, Reading
from sqloop.generation.request import Completion, GenerationRequest
from sqloop.session import Session
from sqloop.settings import load_settings

ROUNDS = 3
STEPS = [each.name for each in fields(Timings) if each.name != "total"]


@dataclass(frozen=True)
class Variant:
    """One way of asking; the product is ``prefix_cache`` and ``grammar``."""

    k: int
    prefix_cache: bool
    grammar: bool

    def __str__(self) -> str:
        used = [name for name in ("prefix_cache", "grammar") if getattr(self, name)]
        return f"k = {self.k}, {' and '.join(used).replace('_', ' ') or 'neither'}"


VARIANTS = [
    Variant(k, cache, grammar) for k in (1, 4, 8) for cache in (True, False) for grammar in (True, False)
]
SERVED = Variant(4, prefix_cache=True, grammar=True)
"""What the goals are set for."""


class VariedGenerator:
    """A `Generator` that leaves out of each request what ``variant`` is to go without."""

    def __init__(self, generator: Generator, variant: Variant) -> None:
        self._generator = generator
        self._variant = variant

    def generate(
        self, request: GenerationRequest, cancel: Cancellation | None = None, reading: Reading | None = None
    ) -> list[Completion]:
        if not self._variant.grammar:
            request = replace(request, grammar=None)
        if not self._variant.prefix_cache:
            request = replace(request, prefix="", suffix=request.prefix + request.suffix)
        return self._generator.generate(request, cancel, reading)

    def describe(self) -> ModelInfo:
        return self._generator.describe()

    def warm(self, prefix: str) -> None:
        self._generator.warm(prefix)

    def close(self) -> None:
        self._generator.close()


@dataclass(frozen=True)
class Asking:
    """One question asked, ``ms`` from call to answer."""

    variant: Variant
    ms: float
    answer: Answer


def measure() -> Section:
    """Every variant of every question in turn, so that a machine that slows down slows all of them."""
    with Session(load_settings(db="sample")) as session:
        askings = list(_ask_all(session))
        info = session.generator.describe()
    model = f"{Path(info.base).name}, {(info.parameters or 0) / 1e6:.1f} M parameters"
    return Section(
        "ask",
        f"{COUNT} questions on the sample database with a warm model ({model}), {ROUNDS} times each. "
        "`schema` to `execute` are shares of the time; a question is `answered` when some candidate ran.",
        tuple(figure for variant in VARIANTS for figure in _summarise(variant, askings)),
    )


def _ask_all(session: Session) -> Iterator[Asking]:
    assistants = {
        variant: Assistant(session.database, VariedGenerator(session.generator, variant), session.model)
        for variant in VARIANTS
    }
    questions = read_questions()
    for assistant in assistants.values():
        assistant.ask(questions[0], 1)  # Loads the model, reads the values: what only the first asking pays.
    for _ in range(ROUNDS):
        for question in questions:
            for variant, assistant in assistants.items():
                started = perf_counter()
                answer = assistant.ask(question, variant.k)
                yield Asking(variant, (perf_counter() - started) * 1000, answer)


def _summarise(variant: Variant, askings: list[Asking]) -> Iterator[Figure]:
    own = [each for each in askings if each.variant == variant]
    times = [each.ms for each in own]
    row = str(variant)
    served = variant == SERVED
    yield Figure(row, "p50", median(times), "ms", below=400 if served else None)
    p95 = quantiles(times, n=20, method="inclusive")[-1]
    yield Figure(row, "p95", p95, "ms", below=900 if served else None)
    steps = zip(*(astuple(each.answer.timings) for each in own), strict=True)
    spent = dict(zip((each.name for each in fields(Timings)), map(sum, steps), strict=True))
    for step in STEPS:
        yield Figure(row, step, 100 * spent[step] / spent["total"], "%")
    answered = sum(each.answer.best is not None for each in own)
    yield Figure(row, "answered", 100 * answered / len(own), "%")
