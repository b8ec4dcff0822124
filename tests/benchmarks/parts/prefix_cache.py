"""What the prefix cache gains over plain `generate` of transformers: same model, prompt, k and length.

Measured in one process, without a grammar, and no row ends before the others: so all do the same work. The
cache is shown on its own too, on the network that `generate` runs and on SQLoop's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any

import torch
from transformers import AutoModelForCausalLM, GenerationConfig
from transformers.utils.logging import disable_progress_bar

from benchmarks.figures import Figure, Section
from benchmarks.workload import read_questions
from sqloop.database.knowledge.value_index import ValueIndex
from sqloop.generation.inference.hub import HubNetwork
from sqloop.generation.inference.loading import load_model
from sqloop.generation.inference.model import LanguageModel
from sqloop.generation.prompts.forms import Asked, PromptForm
from sqloop.generation.prompts.hub_forms import find_form
from sqloop.generation.request import GenerationRequest
from sqloop.linking.question import link_question
from sqloop.session import find_generator, open_database
from sqloop.settings import Settings, load_settings

K = 8
NEW_TOKENS = 32
"""Of each row: what an answer of middling length takes."""

QUESTIONS = 5
ROUNDS = 4
PLAIN = "transformers, plain `generate`"


@dataclass(frozen=True)
class Prompt:
    """One prompt in the two parts that SQLoop gives to a model."""

    prefix: str
    suffix: str


def measure() -> Section:
    """Every way on every prompt in turn; the first round fills caches and does not count."""
    settings = load_settings(db="sample")
    info = find_generator(settings).describe()
    own = load_model(info.base).model
    ways = _prepare_ways(own, info.base)
    prompts = _read_prompts(settings, find_form(info.form))
    times: dict[str, list[float]] = {name: [] for name in ways}
    for counts in (False, *[True] * ROUNDS):
        for prompt in prompts:
            for name, complete in ways.items():
                ms = _time_ms(complete, prompt)
                if counts:
                    times[name].append(ms)
    lengths = [sum(map(len, own.encode(each.prefix, each.suffix))) for each in prompts]
    return Section(
        "prefix_cache",
        f"k = {K}, {NEW_TOKENS} new tokens a row, prompts of {min(lengths)} to {max(lengths)} tokens "
        f"({QUESTIONS} questions on the sample database, {ROUNDS} times each), float32, the same process, "
        f"{torch.get_num_threads()} thread(s), sampling without a grammar.",
        tuple(_summarise(times)),
    )


def _prepare_ways(own: LanguageModel, base: str) -> dict[str, Callable[[Prompt], object]]:
    """From the name of each way of completing a prompt to what does it."""
    disable_progress_bar()  # type: ignore[no-untyped-call]
    model: Any = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    hub = LanguageModel(HubNetwork(model), own.tokens)
    # Without ends to rows: answers of random length would time the luck of the draw.
    own.tokens.ends = ()
    model.generation_config.eos_token_id = None
    return {
        PLAIN: lambda prompt: _generate_plainly(model, own, prompt),
        "transformers' network, prompt read once for all rows": lambda prompt: _complete_bare(hub, prompt),
        "transformers' network behind the prefix cache": lambda prompt: _complete(hub, prompt),
        "SQLoop's network, prompt read once for all rows": lambda prompt: _complete_bare(own, prompt),
        "SQLoop's network behind the prefix cache": lambda prompt: _complete(own, prompt),
    }


def _read_prompts(settings: Settings, form: PromptForm) -> list[Prompt]:
    with open_database(settings) as database:
        schema, index = database.schema(), ValueIndex.build(database)
        prompts = []
        for question in read_questions()[:QUESTIONS]:
            asked = Asked(link_question(question, schema, index, room=form.room))
            prompts.append(Prompt(form.prefix(asked.schema), form.suffix(asked)))
        return prompts


def _complete(model: LanguageModel, prompt: Prompt) -> None:
    request = GenerationRequest(prompt.prefix, prompt.suffix, K, max_new_tokens=NEW_TOKENS)
    assert all(each.tokens == NEW_TOKENS for each in model.generate(request))


def _complete_bare(model: LanguageModel, prompt: Prompt) -> None:
    _complete(model, Prompt("", prompt.prefix + prompt.suffix))


def _generate_plainly(model: Any, own: LanguageModel, prompt: Prompt) -> None:
    head, tail = own.encode(prompt.prefix, prompt.suffix)
    ids = torch.tensor([head + tail])
    settings = GenerationConfig(  # type: ignore[no-untyped-call]
        do_sample=True,
        temperature=0.8,
        top_k=0,
        num_return_sequences=K,
        max_new_tokens=NEW_TOKENS,
        pad_token_id=0,
    )
    rows = model.generate(ids, attention_mask=torch.ones_like(ids), generation_config=settings)
    assert rows.shape == (K, ids.shape[1] + NEW_TOKENS)


def _time_ms(complete: Callable[[Prompt], object], prompt: Prompt) -> float:
    started = perf_counter()
    complete(prompt)
    return (perf_counter() - started) * 1000


def _summarise(times: dict[str, list[float]]) -> Iterator[Figure]:
    plain = median(times[PLAIN])
    for name, own in times.items():
        yield Figure(name, "p50", median(own), "ms")
        goal = None if name == PLAIN else 1.0
        yield Figure(name, "gain", plain / median(own), "×", above=goal)
