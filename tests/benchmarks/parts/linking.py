"""What linking costs a question where there are fifty tables and their values are known.

In processor time, as nothing is waited for: what else runs on the machine does not count.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median, quantiles
from time import thread_time

from benchmarks.figures import Figure, Section
from sqloop.database.connect import connect
from sqloop.database.knowledge.value_index import ValueIndex
from sqloop.database.schema import Schema
from sqloop.linking.question import link_question

GOAL_MS = 10
ROUNDS = 3


def measure(url: str, questions: Sequence[str]) -> Section:
    """``url`` of a database made by `make_wide`, ``questions`` on it."""
    with connect(url) as database:
        schema, index = database.schema(), database.values()
    for question in questions:
        _link_ms(question, schema, index)  # The first time, words are stemmed; their stems are kept.
    times = [_link_ms(each, schema, index) for _ in range(ROUNDS) for each in questions]
    columns = sum(len(table.columns) for table in schema.tables)
    return Section(
        "linking",
        f"`link_question` and all that prompts take of it, on {len(schema.tables)} tables with {columns} "
        f"columns: {len(questions)} questions, {ROUNDS} times each, in processor time.",
        (
            Figure("a question", "median", median(times), "ms", below=GOAL_MS),
            Figure("a question", "95th percentile", quantiles(times, n=20)[-1], "ms"),
        ),
    )


def _link_ms(question: str, schema: Schema, index: ValueIndex) -> float:
    started = thread_time()
    linked = link_question(question, schema, index)
    assert linked.words
    taken = linked.mentions, linked.hints, linked.order
    ms = (thread_time() - started) * 1000
    assert len(taken) == 3
    return ms
