"""GRPO on expressions in Python over a table: rewards and trainer of SQL, with another executor.

    python -m sqloop_trainer.expressions.learning --table CSV --questions FILE --model MODEL --out FOLDER

A line of FILE has a ``question`` and the ``expression`` that answers it; its answer alone is learned from. An
expression is also run on every other row, so that a number that happens to be right is not paid.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from typer import Option

from sqloop.database.outcome import Outcome, Value
from sqloop.generation.request import GenerationRequest
from sqloop.models import resolve_model
from sqloop_trainer.expressions.evaluation import Rows, evaluate
from sqloop_trainer.gold import GoldRows
from sqloop_trainer.learning.rollout import Task

_SHOWN = 3
_TOKENS = 80
"""Of an expression."""

_RULES = r"""
start: value | listing
value: AGGREGATE listing ")" | "len(" listing ")" | "len(rows)"
listing: "[" cell " for row in rows" (" if " test (" and " test)?)? "]"
test: cell SIGN literal
AGGREGATE: "sum(" | "min(" | "max("
SIGN: " == " | " != " | " > " | " < "
"""


class TableExecutor:
    """Runs expressions on a table and on copies of it: an `Executor` of `sqloop_trainer.learning`."""

    def __init__(self, *tables: Rows) -> None:
        self._tables = tables

    def run(self, texts: Sequence[str]) -> list[Outcome]:
        """What each text gives on the first table."""
        return [evaluate(text, self._tables[0]) for text in texts]

    def run_everywhere(self, texts: Sequence[str]) -> list[tuple[Outcome, ...]]:
        """What each text gives on each table."""
        return [tuple(evaluate(text, rows) for rows in self._tables) for text in texts]


def make_tasks(rows: Rows, gold: Mapping[str, str]) -> list[Task]:
    """Questions on a table by the expressions that are right. Raises ValueError where one cannot be run."""
    executor = TableExecutor(rows, rows[::2])
    golds = [[GoldRows(each) for each in outcomes] for outcomes in executor.run_everywhere([*gold.values()])]
    return [
        Task(
            request=write_request(question, rows),
            read=read_expression,
            executor=executor,
            gold=here,
            copies=tuple(copies),
        )
        for question, (here, *copies) in zip(gold, golds, strict=True)
    ]


def write_request(question: str, rows: Rows) -> GenerationRequest:
    """The table in words, and a grammar of simple expressions on it: a part of what can be evaluated."""
    names = list(rows[0])
    values = {name: list(dict.fromkeys(row[name] for row in rows)) for name in names}
    told = "".join(f"- {name}: {', '.join(map(repr, values[name][:_SHOWN]))}\n" for name in names)
    prefix = f"Write one Python expression over `rows`, a list of dicts. Keys, with values:\n{told}"
    known = {repr(each) for column in values.values() for each in column if isinstance(each, str)}
    literals = "".join(f" | {json.dumps(each)}" for each in sorted(known))
    cells = " | ".join(json.dumps(f'row["{name}"]') for name in names)
    grammar = f"{_RULES}cell: {cells}\nliteral: /[0-9]{{1,9}}/{literals}\n"
    return GenerationRequest(prefix, f"\n{question}\n", grammar=grammar, max_new_tokens=_TOKENS)


def read_expression(completion: str) -> str:
    """The expression in a completion. Raises ValueError where there is none.

    >>> read_expression("```python\\nlen(rows)\\n```")
    'len(rows)'
    """
    text = completion.strip().removeprefix("```python").strip("` \n")
    if not text:
        raise ValueError("nothing was written")
    return text


def read_table(lines: Iterable[str]) -> list[dict[str, Value]]:
    """Rows of CSV; what looks like a number is one, what is empty is None."""
    return [{name: _read(text) for name, text in row.items()} for row in csv.DictReader(lines)]


def _read(text: str) -> Value:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text or None


def main(
    table: Annotated[Path, Option("--table", metavar="FILE", help="CSV with a line of names.")],
    questions: Annotated[Path, Option("--questions", metavar="FILE", help="A JSON object a line.")],
    model: Annotated[str, Option("--model", metavar="MODEL", help="As `trainer tune` takes it.")],
    out: Annotated[Path, Option("--out", metavar="FOLDER", help="Where the run is kept.")],
    steps: Annotated[int, Option("--steps", metavar="N", min=1)] = 20,
) -> None:
    """Learn from the answers, and print the folder of the adapter."""
    from sqloop_trainer.learning.grpo import Grpo, tune
    from sqloop_trainer.learning.policy import load_policy

    rows = read_table(table.read_text(encoding="utf-8").splitlines())
    asked = map(json.loads, questions.read_text(encoding="utf-8").splitlines())
    tasks = make_tasks(rows, {each["question"]: each["expression"] for each in asked})
    plan = Grpo(steps, questions=min(4, len(tasks)))
    policy = load_policy(str(resolve_model(model)), None)
    print(tune(policy, tasks, plan, out, lambda record: print(json.dumps(record), file=sys.stderr)))


if __name__ == "__main__":
    typer.run(main)
