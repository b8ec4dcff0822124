"""Rollouts: the policy answers questions as it would when served; answers are executed and rewarded.

Prompt, grammar, decoding and execution are those of `sqloop`: the policy learns from exactly what users get.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqloop.database.connect import Database
from sqloop.database.knowledge.value_index import ValueIndex
from sqloop.database.outcome import Outcome
from sqloop.database.schema import Schema
from sqloop.generation.inference.decoding import Row
from sqloop.generation.prompts.forms import Asked, PromptForm
from sqloop.generation.prompts.hub_forms import find_form
from sqloop.generation.request import Decoding, GenerationRequest
from sqloop.linking.question import link_question
from sqloop_trainer.gold import Gold
from sqloop_trainer.learning.execution import Executor
from sqloop_trainer.learning.policy import LONGEST, Policy
from sqloop_trainer.learning.rewards import Reward

LONGEST_ANSWER = 200
"""Tokens of a candidate."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """What the policy is asked to write for, and all that is known of the answer.

    ``read`` finds in a completion what ``executor`` is to run, and raises ValueError where there is nothing.
    ``copies`` are the gold answers on the copies of ``executor``, in their order; none where they are not
    known. ``weight`` is how much its rewards count, 1.0 where its answer is beyond doubt.
    """

    request: GenerationRequest
    read: Callable[[str], str]
    executor: Executor
    gold: Gold | None
    rejected: tuple[Outcome, ...] = ()
    copies: tuple[Gold, ...] = ()
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True)
class AskedTask(Task):
    """A question on a database, as the model that serves is asked it."""

    asked: Asked


class Asking:
    """Turns questions on one database into tasks."""

    def __init__(self, form: str, schema: Schema, index: ValueIndex) -> None:
        self._form: PromptForm = find_form(form)
        self._schema = schema
        self._index = index

    @classmethod
    def on(cls, form: str, database: Database) -> Asking:
        """Questions on the schema and the values of ``database``. Raises DatabaseError."""
        return cls(form, database.schema(), ValueIndex.build(database))

    def ask(
        self,
        question: str,
        executor: Executor,
        gold: Gold | None,
        rejected: Sequence[Outcome] = (),
        copies: Sequence[Gold] = (),
    ) -> AskedTask:
        """One task; its database is that of ``executor``."""
        asked = Asked(link_question(question, self._schema, self._index, room=self._form.room))
        request = GenerationRequest(
            self._form.prefix(asked.schema),
            self._form.suffix(asked),
            grammar=self._form.grammar(asked),
            max_new_tokens=LONGEST_ANSWER,
        )
        return AskedTask(
            asked=asked,
            request=request,
            read=partial(self._form.to_sql, asked=asked),
            executor=executor,
            gold=gold,
            rejected=tuple(rejected),
            copies=tuple(copies),
        )


def fits(policy: Policy, request: GenerationRequest) -> bool:
    """Whether the policy can be asked this and can learn from its answer."""
    prompt = sum(map(len, policy.writer.encode(request.prefix, request.suffix)))
    return prompt + request.max_new_tokens <= min(LONGEST, policy.writer.network.context)


class Rollouts:
    """What TRL asks for: completions for prompts, and rewards for completions.

    A prompt is the number of its task as text: two tasks may be asked in the same words.
    """

    def __init__(
        self, policy: Policy, tasks: Sequence[Task], reward: Reward, decoding: Decoding, temperature: float
    ) -> None:
        self._policy = policy
        self._tasks = tasks
        self._reward = reward
        self._decoding: Decoding = decoding
        self._temperature = temperature
        self._step = -1

    def roll(self, prompts: list[str], trainer: Any) -> dict[str, Any]:
        """TRL's ``rollout_func``: ``prompts`` hold each prompt as often as it is to be answered."""
        if trainer.state.global_step != self._step:
            self._step = trainer.state.global_step
            self._policy.renew()
        wanted: dict[str, int] = defaultdict(int)
        for prompt in prompts:
            wanted[prompt] += 1
        written = {prompt: iter(self._write(int(prompt), count)) for prompt, count in wanted.items()}
        read = {prompt: self._encode(self._tasks[int(prompt)].request) for prompt in wanted}
        answers = [next(written[prompt]) for prompt in prompts]
        return {
            "prompt_ids": [read[prompt] for prompt in prompts],
            "completion_ids": [tokens for tokens, _ in answers],
            "logprobs": None,
        }

    def execution(
        self, prompts: list[str], completion_ids: list[list[int]], log_metric: Any, **_: Any
    ) -> list[float]:
        """TRL's reward function: what each completion gave is worth."""
        numbers = [int(prompt) for prompt in prompts]
        texts = self._texts(numbers, completion_ids)
        outcomes = self._run(numbers, texts)
        failed = sum(each[0].status != "ok" for each in outcomes)
        log_metric("error_rate", failed / len(outcomes))
        rewards = []
        for number, text, each in zip(numbers, texts, outcomes, strict=True):
            task = self._tasks[number]
            copies = list(zip(each[1:], task.copies, strict=False))
            said = text if isinstance(text, str) else ""
            rewards.append(task.weight * self._reward(each[0], task.gold, task.rejected, copies, said))
        return rewards

    def answer(self, numbers: Sequence[int]) -> list[Outcome]:
        """What the greedy answer to each task gives."""
        written = []
        for number in numbers:
            (row,) = self._policy.writer.write(replace(self._tasks[number].request, k=1))
            written.append(row.tokens)
        return [each[0] for each in self._run(numbers, self._texts(numbers, written))]

    def _run(self, numbers: Sequence[int], texts: Sequence[str | Outcome]) -> list[tuple[Outcome, ...]]:
        """What each text gave where its task is run, and on the copies."""
        together: dict[Executor, list[int]] = defaultdict(list)
        for place, number in enumerate(numbers):
            if isinstance(texts[place], str):
                together[self._tasks[number].executor].append(place)
        found: dict[int, tuple[Outcome, ...]] = {}
        for executor, places in together.items():
            ran = executor.run_everywhere([str(texts[place]) for place in places])
            found |= zip(places, ran, strict=True)
        return [
            found[place] if isinstance(text, str) else (text,) * (1 + len(self._tasks[number].copies))
            for place, (number, text) in enumerate(zip(numbers, texts, strict=True))
        ]

    def _texts(self, numbers: Sequence[int], completions: Sequence[Sequence[int]]) -> list[str | Outcome]:
        """What is to be run of each completion; a failure where there is nothing."""
        return [self._read(self._tasks[n], ids) for n, ids in zip(numbers, completions, strict=True)]

    def _read(self, task: Task, tokens: Sequence[int]) -> str | Outcome:
        try:
            return task.read(self._policy.writer.tokens.decode(tokens))
        except ValueError as error:
            return Outcome("error", error=f"The model wrote no query: {error}")

    def _write(self, number: int, count: int) -> list[tuple[list[int], float]]:
        """``count`` completions and their log-probabilities; draws depend on step and question alone."""
        sampled = self._decoding == "sample"
        request = replace(
            self._tasks[number].request,
            k=count + 1 if sampled else count,
            decoding=self._decoding,
            temperature=self._temperature,
            seed=self._step * 1_000_003 + number,
        )
        rows = self._policy.writer.write(request)
        # The first of sampled rows is greedy, which is no draw; beams may be fewer than asked for.
        rows = rows[1:] if sampled else (rows + rows[-1:] * count)[:count]
        return [(self._close(row), row.logprob) for row in rows]

    def _close(self, row: Row) -> list[int]:
        """The tokens of a row with an end, also where the grammar ended it."""
        ends = self._policy.writer.tokens.ends
        return row.tokens if not row.finished or row.tokens[-1] in ends else [*row.tokens, ends[0]]

    def _encode(self, request: GenerationRequest) -> list[int]:
        before, behind = self._policy.writer.encode(request.prefix, request.suffix)
        return before + behind
