"""The command line of learning: `trainer evaluate`, `trainer pretrain`.

Standard output is data only; errors are one line on standard error and an exit code (see `sqloop.errors`).
Each command imports what it needs when it runs, so that flags are checked before torch is loaded.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from sqloop.errors import CancelledError, SettingsError, SQLoopError

app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None
)


class Benchmark(StrEnum):
    """What a model can be evaluated on."""

    QUESTIONS = "questions"
    SPIDER = "spider"


@app.callback()
def trainer() -> None:
    """Offline learning: better models for your databases."""


@app.command()
def evaluate(
    benchmark: Annotated[Benchmark, Argument(help="What to evaluate on.", show_default=False)],
    data: Annotated[
        Path, Option("--data", metavar="PATH", help="spider: its folder; questions: a JSONL file.")
    ],
    split: Annotated[
        str, Option("--split", metavar="S", help="spider: held-out, or a file's name (train, dev).")
    ] = "held-out",
    db: Annotated[
        str | None,
        Option("--db", metavar="URL", help="questions: the database that they are about."),
    ] = None,
    model: Annotated[
        str | None, Option("--model", metavar="MODEL", help="A folder, a name on the hub or a server's URL.")
    ] = None,
    adapter: Annotated[
        str | None, Option("--adapter", metavar="A", help="A LoRA adapter of the model.")
    ] = None,
    k: Annotated[int | None, Option("-k", metavar="N", help="Candidates for the ranked scores.")] = None,
    details: Annotated[
        Path | None, Option("--details", metavar="FILE", help="Write what became of each question (JSONL).")
    ] = None,
    json: Annotated[bool, Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Measure a model: the share of questions whose SQL gives the gold answer, in percent.

    Greedy scores come from one candidate a question; those with _ranked from k candidates, executed and
    ranked. Exit codes: 0 done, 2 usage, settings or model, 3 database, 130 interrupted.
    """
    from sqloop.settings import load_settings
    from sqloop_trainer.benchmarks.run import run_benchmark

    settings = load_settings(db=db, model=model, adapter=adapter, k=k)
    return run_benchmark(benchmark.value, data, split, settings, details, as_json=json)


@app.command()
def pretrain(
    out: Annotated[Path, Option("--out", metavar="FOLDER", help="Where everything of this run is kept.")],
    data: Annotated[
        Path | None, Option("--data", metavar="DIR", help="Spider's folder: human questions for training.")
    ] = None,
    scenes: Annotated[
        int, Option("--scenes", min=500, help="Databases to synthesise, 16 questions each.")
    ] = 5_000,
    steps: Annotated[int, Option("--steps", min=50, help="Steps of about 96 questions.")] = 1_300,
) -> int:
    """Train a starter model from nothing; the same command goes on after an interruption.

    The model is left in FOLDER/model, which --model takes.
    """
    from sqloop_trainer.pretraining.run import Run, pretrain
    from sqloop_trainer.pretraining.training import Plan

    if data is not None and not (data / "schemas.jsonl.gz").is_file():
        raise SettingsError(f"{data} holds no schemas.jsonl.gz.", "--data names the folder of Spider.")
    folder = pretrain(Run(out, data, scenes, Plan(steps)), lambda line: print(line, file=sys.stderr))
    print(folder)
    return 0


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command; the code it ends with, after one line on standard error where that is an error."""
    try:
        code = app(arguments, prog_name="trainer", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except SQLoopError as error:
        return _fail(str(error), error.exit_code)
    except typer.TyperException as error:
        return _fail(f"{error.format_message()} See trainer --help.", error.exit_code)
    except KeyboardInterrupt:
        return _fail("Interrupted.", CancelledError.exit_code)


def _fail(message: str, code: int) -> int:
    print(f"trainer: {' '.join(message.split())}", file=sys.stderr)
    return code
