"""Accuracy and latency as the schema grows: held-out Spider schemas among tables of other Spider schemas.

    python tests/benchmarks/growth.py --data DIR

Each held-out database gets tables of other schemas, shuffled, half before and half behind its own, until
there are N; a name that is taken is prefixed with that of its schema. Distractors hold a few rows. The same
questions are asked at each size. Prints JSON, shares in percent: gold tables that the prompt still showed,
right answers greedy and ranked; milliseconds of the ranked question, warm; tokens of the prompt.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from random import Random
from statistics import mean, median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Annotated

import sqlglot
import typer
from sqlglot import exp
from tokenizers import Tokenizer
from typer import Option

from sqloop.answer import Answer, ModelName
from sqloop.assistant import Assistant
from sqloop.database.cancellation import Cancellation
from sqloop.database.connect import connect
from sqloop.database.schema import Schema, Table
from sqloop.generation.generator import Reading
from sqloop.generation.request import Completion, GenerationRequest
from sqloop.generation.worker import WorkerGenerator
from sqloop.models import STARTER
from sqloop.session import name_model
from sqloop.settings import load_settings
from sqloop_trainer.benchmarks.spider import read_schemas
from sqloop_trainer.benchmarks.spider_suites import spider_suites
from sqloop_trainer.benchmarks.suite import Item, Suite, is_right
from sqloop_trainer.instances.ddl import quoted
from sqloop_trainer.instances.rows import fill

DISTRACTOR_ROWS = 3


@dataclass(frozen=True)
class Asked:
    """What became of one question."""

    shown: bool
    greedy: bool
    ranked: bool
    ms: float
    tokens: int


class CountingGenerator(WorkerGenerator):
    """Remembers how long the last prompt was."""

    def __init__(self, folder: str) -> None:
        super().__init__(folder)
        self._tokenizer = Tokenizer.from_file(f"{folder}/tokenizer.json")
        self.tokens = 0

    def generate(
        self, request: GenerationRequest, cancel: Cancellation | None = None, reading: Reading | None = None
    ) -> list[Completion]:
        self.tokens = len(self._tokenizer.encode(request.prefix + request.suffix).ids)
        return super().generate(request, cancel, reading)


def main(
    data: Annotated[Path, Option("--data", help="The folder of spider.")],
    sizes: Annotated[str, Option("--tables", help="Sizes of the schema.")] = "5,50,500,2000",
    questions: Annotated[int, Option("--questions", help="Of each held-out database, evenly spread.")] = 6,
    k: Annotated[int, Option("-k", help="Candidates to rank.")] = 8,
    model: Annotated[str, Option("--model", help="A starter model.")] = STARTER,
) -> None:
    """Ask at each size and print a line for each."""
    schemas = read_schemas(data)
    wanted = [int(size) for size in sizes.split(",")]
    found: dict[int, list[Asked]] = {size: [] for size in wanted}
    with closing(CountingGenerator(name_model(load_settings(model=model)))) as generator:
        for suite in spider_suites(data):
            for size in wanted:
                with TemporaryDirectory(prefix="sqloop-growth-") as folder:
                    grown = _grow(suite, schemas, size, Path(folder) / "grown.sqlite")
                    with grown.databases[0]:
                        found[size] += _ask(grown, _spread(suite.items, questions), generator, k)
    for size, asked in found.items():
        print(json.dumps(_summarise(size, k, asked)))


def _spread(items: Sequence[Item], most: int) -> list[Item]:
    return [items[place * len(items) // most] for place in range(most)] if len(items) > most else list(items)


def _grow(suite: Suite, schemas: Mapping[str, Schema], size: int, path: Path) -> Suite:
    """The suite with its first database copied to ``path`` among others' tables."""
    own = suite.databases[0]
    taken = {table.name.lower() for table in own.schema().tables}
    others = list(_others(suite.name, schemas, size - len(taken), taken))
    half = len(others) // 2
    for number, part in enumerate((others[:half], others[half:])):
        tables = tuple(table for schema in part for table in schema.tables)
        fill(Schema("sqlite", tables), number, DISTRACTOR_ROWS, path=path).close()
        if number == 0:
            _copy(own.url.removeprefix("sqlite:///"), path)
    return replace(suite, databases=(connect(f"sqlite:///{path}"), *suite.databases[1:]))


def _others(name: str, schemas: Mapping[str, Schema], missing: int, taken: set[str]) -> Iterator[Schema]:
    """Schemas of ``missing`` tables together, in an order that ``name`` decides, over again as needed."""
    order = sorted(other for other in schemas if other != name)
    Random(name).shuffle(order)
    for turn in count():
        for other in order:
            if missing <= 0:
                return
            tables = schemas[other].tables[:missing]
            names = {}
            for table in tables:
                tries = (table.name, f"{other}_{table.name}", f"{other}{turn}_{table.name}")
                names[table.name.lower()] = free = next(each for each in tries if each.lower() not in taken)
                taken.add(free.lower())
            missing -= len(tables)
            yield Schema("sqlite", tuple(_rename(table, names) for table in tables))


def _rename(table: Table, names: Mapping[str, str]) -> Table:
    keys = tuple(
        replace(key, referred_table=names[key.referred_table.lower()])
        for key in table.foreign_keys
        if key.referred_table.lower() in names
    )
    return replace(table, name=names[table.name.lower()], foreign_keys=keys)


def _copy(source: str, path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("ATTACH ? AS own", (source,))
        made = "SELECT type, name, sql FROM own.sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"
        for kind, name, sql in connection.execute(made).fetchall():
            connection.execute(sql)
            if kind == "table":
                connection.execute(f"INSERT INTO main.{quoted(name)} SELECT * FROM own.{quoted(name)}")


def _ask(suite: Suite, items: Sequence[Item], generator: CountingGenerator, k: int) -> Iterator[Asked]:
    assistant = Assistant(suite.databases[0], generator, ModelName(STARTER))
    assistant.ask("How many are there?", k)  # reads schema and values, which only a first question waits for
    for item in items:
        started = perf_counter()
        answer = assistant.ask(item.question, k)  # before the greedy one, which finds the prompt in the cache
        ms, tokens = (perf_counter() - started) * 1000, generator.tokens
        tables = {table.name.lower() for table in sqlglot.parse_one(item.gold_sql or "").find_all(exp.Table)}
        left = answer.left_out
        yield Asked(
            left is None or tables <= {name.lower() for name in left.shows},
            _right(assistant.ask(item.question, 1), item, suite),
            _right(answer, item, suite),
            ms,
            tokens,
        )


def _right(answer: Answer, item: Item, suite: Suite) -> bool:
    best = answer.best
    return best is not None and is_right(best.sql, best.outcome, item, suite)


def _summarise(size: int, k: int, asked: Sequence[Asked]) -> dict[str, float]:
    times = [each.ms for each in asked]
    return {
        "tables": size,
        "n": len(asked),
        "k": k,
        "gold_tables_shown": round(100 * mean(each.shown for each in asked), 1),
        "greedy": round(100 * mean(each.greedy for each in asked), 1),
        "ranked": round(100 * mean(each.ranked for each in asked), 1),
        "p50_ms": round(median(times)),
        "p95_ms": round(quantiles(times, n=20, method="inclusive")[-1]),
        "tokens": round(mean(each.tokens for each in asked)),
        "most_tokens": max(each.tokens for each in asked),
    }


if __name__ == "__main__":
    typer.run(main)
