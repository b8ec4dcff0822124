"""The command line of learning: `trainer evaluate`, `tune`, `bootstrap`, `retrain`, `pretrain`.

Standard output is data only; errors are one line on standard error and an exit code (see `sqloop.errors`).
Each command imports what it needs when it runs, so that flags are checked before torch is loaded.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from enum import StrEnum
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from sqloop.errors import CancelledError, OutputError, SettingsError, SQLoopError
from sqloop.terminal.standard_output import open_missing_streams, writing

if TYPE_CHECKING:
    from sqloop_trainer.training_run import Result

_SMALL = (
    "Without a GPU, first pip install torch --index-url https://download.pytorch.org/whl/cpu: "
    "the usual build brings gigabytes of CUDA along."
)

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Benchmark(StrEnum):
    """What a model can be evaluated on."""

    QUESTIONS = "questions"
    SPIDER = "spider"
    TEMPTABQA_C = "temptabqa-c"


@app.callback()
def trainer() -> None:
    """Offline learning: better models for your databases."""


@app.command()
def evaluate(
    benchmark: Annotated[Benchmark, Argument(help="What to evaluate on.", show_default=False)],
    data: Annotated[
        Path,
        Option("--data", metavar="PATH", help="spider, temptabqa-c: the folder; questions: a JSONL file."),
    ],
    split: Annotated[
        str | None,
        Option(
            "--split",
            metavar="S",
            help="spider: held-out (the default), or a file's name (train, dev). temptabqa-c: all (the "
            "default: every test split), train, dev, original, counterfactual, large, small, easy, medium "
            "or hard.",
        ),
    ] = None,
    db: Annotated[
        str | None,
        Option(
            "--db",
            metavar="URL",
            help="questions: the database that they are about; temptabqa-c: a MariaDB to build it in.",
        ),
    ] = None,
    model: Annotated[
        str | None, Option("--model", metavar="MODEL", help="A folder, a name on the hub or a server's URL.")
    ] = None,
    adapter: Annotated[
        str | None, Option("--adapter", metavar="A", help="A LoRA adapter of the model.")
    ] = None,
    k: Annotated[int | None, Option("-k", metavar="N", help="Candidates for the ranked scores.")] = None,
    limit: Annotated[
        int | None,
        Option("--limit", metavar="N", min=1, help="temptabqa-c: a sample of N questions of each split."),
    ] = None,
    seed: Annotated[int, Option("--seed", metavar="N", help="temptabqa-c: what chooses the sample.")] = 0,
    details: Annotated[
        Path | None, Option("--details", metavar="FILE", help="Write what became of each question (JSONL).")
    ] = None,
    json: Annotated[bool, Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Measure a model: the share of questions whose SQL gives the gold answer, in percent.

    temptabqa-c gives EMS, REMS, exact answers and errors, by split and by template.
    Greedy scores come from one candidate a question; those with _ranked from k candidates, executed and
    ranked. Exit codes: 0 done, 2 usage, settings or model, 3 database, 130 interrupted.
    """
    from sqloop.settings import load_settings
    from sqloop_trainer.benchmarks.run import run_benchmark
    from sqloop_trainer.benchmarks.temptabqa_run import Wanted, run_temptabqa

    settings = load_settings(db=db, model=model, adapter=adapter, k=k)
    if benchmark is Benchmark.TEMPTABQA_C:
        return run_temptabqa(Wanted(data, split or "all", limit, seed), settings, details, as_json=json)
    if limit is not None:
        raise SettingsError(f"--limit is for temptabqa-c, not for {benchmark.value}.")
    return run_benchmark(benchmark.value, data, split or "held-out", settings, details, as_json=json)


@app.command()
def tune(
    model: Annotated[
        str,
        Option("--model", metavar="MODEL", help="A model of `sqloop model list`, or a GGUF file of Qwen2."),
    ],
    written: Annotated[
        Path,
        Option("--written", metavar="FOLDER", help="Databases with questions: trainer/written."),
    ],
    out: Annotated[
        Path, Option("--out", metavar="FOLDER", help="Where the run is kept; given again, it goes on.")
    ],
    data: Annotated[
        Path | None, Option("--data", metavar="FOLDER", help="Spider, as `evaluate` takes it.")
    ] = None,
    start: Annotated[
        Path | None,
        Option("--start", metavar="FOLDER", help="An adapter to go on from, instead of a fresh one."),
    ] = None,
    rank: Annotated[int, Option("--rank", metavar="N", min=1, help="Of the LoRA adapter.")] = 16,
    seconds: Annotated[
        float, Option("--seconds", metavar="S", help="Of supervised training at most.")
    ] = 600.0,
    steps: Annotated[int, Option("--steps", metavar="N", min=0, help="Of GRPO; 64 questions each.")] = 40,
) -> int:
    """Tune a pretrained model on many databases: supervised, then GRPO; on a GPU where there is one.

    This is how the adapters that ship were made. Needs the extra `train`.
    """
    from sqloop.models import resolve_model
    from sqloop_trainer.tuning import grpo, sft
    from sqloop_trainer.tuning.run import PASSES, Run
    from sqloop_trainer.tuning.run import tune as run_tuning

    run = Run(
        base=Path(resolve_model(model)),
        folder=out,
        written=written,
        spider=data,
        start=start,
        rank=rank,
        supervised=sft.Sft(epochs=PASSES, seconds=seconds, batch=16_384),
        rewarded=grpo.Grpo(steps=steps),
        processes=os.cpu_count() or 1,
    )
    print(run_tuning(run, lambda line: print(line, file=sys.stderr)))
    return 0


@app.command()
def bootstrap(
    db: Annotated[
        str | None, Option("--db", metavar="URL", help="The database; a URL or the name of a connection.")
    ] = None,
    model: Annotated[
        str | None, Option("--model", metavar="MODEL", help="As `sqloop ask` takes it; no URL.")
    ] = None,
    steps: Annotated[
        int | None,
        Option("--steps", metavar="N", min=1, help="Steps of 16 questions; 300, or 16 of a real model."),
    ] = None,
    out: Annotated[
        Path | None,
        Option("--out", metavar="FOLDER", help="Where the run is kept; given again, it goes on from there."),
    ] = None,
    json: Annotated[bool, Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Specialise a model on a database before there is any feedback.

    Questions are made from the schema and its rows, their SQL is learned, and the adapter is promoted if it
    is clearly better on the questions of the feedback; where there are fewer than ten, it is kept for you to
    promote (`sqloop adapters promote`).
    Works for the starter, models of the hub and GGUF files of Qwen2 (the real models).
    Exit codes: 0 done, promoted or not, 2 usage, settings or model, 3 database, 130 interrupted.
    """
    from sqloop.settings import load_settings

    settings = load_settings(db=db, model=model)

    from sqloop_trainer.bootstrap import bootstrap as learn
    from sqloop_trainer.bootstrap import plan_bootstrap
    from sqloop_trainer.progress import silence_libraries

    silence_libraries()
    return _tell(learn(settings, plan_bootstrap(settings, steps), out), json)


@app.command()
def retrain(
    db: Annotated[
        str | None, Option("--db", metavar="URL", help="The database; a URL or the name of a connection.")
    ] = None,
    feedback: Annotated[
        str | None, Option("--feedback", metavar="STORE", help="A file or the URL of a team's database.")
    ] = None,
    model: Annotated[
        str | None, Option("--model", metavar="MODEL", help="As `sqloop ask` takes it; no URL.")
    ] = None,
    steps: Annotated[
        int | None,
        Option(
            "--steps",
            metavar="N",
            min=1,
            help="Steps of GRPO: 30 of 8 questions, or 8 of 6 questions of a real model.",
        ),
    ] = None,
    dry_run: Annotated[bool, Option("--dry-run", help="Only say what would be used.")] = False,
    resume: Annotated[bool, Option("--resume", help="Go on with the last run, which was killed.")] = False,
    out: Annotated[
        Path | None,
        Option("--out", metavar="FOLDER", help="Where the run is kept; given again, it goes on from there."),
    ] = None,
    json: Annotated[bool, Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Learn from what users accepted, edited and rejected.

    The new adapter is promoted if it answers the questions of the feedback clearly better (each is held out
    once, by cross-validation) and made questions not worse. A real model takes hours on two CPU cores, the
    starter minutes. Exit codes: 0 done, promoted or not, also where there is too little to learn
    from, 2 usage, settings, feedback or model, 3 database, 130 interrupted.
    """
    from sqloop.settings import load_settings

    settings = load_settings(db=db, model=model)
    if feedback is not None:
        chosen = settings.feedback.model_copy(update={"store": feedback})
        settings = settings.model_copy(update={"feedback": chosen})

    from sqloop_trainer.collecting import find_killed, look

    if dry_run:
        use = look(settings)
        print(dumps(use.to_json()) if json else use)
        return 0

    from sqloop_trainer.progress import silence_libraries
    from sqloop_trainer.retrain import plan_retrain
    from sqloop_trainer.retrain import retrain as learn

    silence_libraries()
    folder = find_killed(settings) if resume and out is None else out
    begun = folder is not None and (folder / "start.json").is_file()
    if not begun:
        use = look(settings)
        if not use.enough:
            print(dumps(use.to_json()) if json else use)
            return 0
    return _tell(learn(settings, plan_retrain(settings, steps), folder), json)


@app.command()
def pretrain(
    out: Annotated[Path, Option("--out", metavar="FOLDER", help="Where everything of this run is kept.")],
    data: Annotated[
        Path | None, Option("--data", metavar="DIR", help="Spider's folder: human questions for training.")
    ] = None,
    scenes: Annotated[
        int, Option("--scenes", min=500, help="Databases to synthesise, 16 questions each.")
    ] = 12_000,
    steps: Annotated[int, Option("--steps", min=50, help="Steps of about 128 questions.")] = 1_100,
    start: Annotated[
        Path | None, Option("--start", metavar="MODEL", help="A folder of a starter model to go on from.")
    ] = None,
) -> int:
    """Train a starter model from nothing; the same command goes on after an interruption.

    The model is left in FOLDER/model, which --model takes.
    """
    from sqloop_trainer.pretraining.run import Run, pretrain
    from sqloop_trainer.pretraining.training import Plan

    if data is not None and not (data / "schemas.jsonl.gz").is_file():
        raise SettingsError(f"{data} holds no schemas.jsonl.gz.", "--data names the folder of Spider.")
    if start is not None and not (start / "config.json").is_file():
        raise SettingsError(f"{start} holds no model.", "--start names a folder with a config.json.")
    folder = pretrain(
        Run(out, data, scenes, Plan(steps), start=start), lambda line: print(line, file=sys.stderr)
    )
    print(folder)
    return 0


def main() -> None:
    """Run the command line and exit with its code."""
    # Threads that wait for each other sleep instead of spinning: a run shares the cores with what its user
    # does meanwhile, and beside one busy process llama.cpp takes eight times as long otherwise.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command; the code it ends with, after one line on standard error where that is an error."""
    if not open_missing_streams():
        return _fail("Standard output is closed: there is nowhere to write to.", OutputError.exit_code)
    code = 0
    try:
        with writing():
            code = app(arguments, prog_name="trainer", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except SQLoopError as error:
        return _fail(str(error), error.exit_code)
    except typer.TyperException as error:
        return _fail(f"{error.format_message()} See trainer --help.", error.exit_code)
    except ModuleNotFoundError as error:
        return _fail(
            f"Training needs {error.name}: pip install '.[train]' where SQLoop's source is. {_SMALL}",
            SettingsError.exit_code,
        )
    except KeyboardInterrupt:
        return _fail("Interrupted.", CancelledError.exit_code)


def _tell(result: Result, as_json: bool) -> int:
    if as_json:
        print(dumps({**asdict(result), "report": str(result.report)}))
    else:
        print(f"{result.reason}\nadapter  {result.adapter}\nreport   {result.report}")
    return 0


def _fail(message: str, code: int) -> int:
    print(f"trainer: {' '.join(message.split())}", file=sys.stderr)
    return code
