"""`trainer evaluate`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from sqloop.errors import SettingsError
from sqloop_trainer.cli.options import Json


class Benchmark(StrEnum):
    """What a model can be evaluated on."""

    QUESTIONS = "questions"
    SPIDER = "spider"
    TEMPTABQA_C = "temptabqa-c"


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
    every: Annotated[
        int, Option("--every", metavar="N", min=1, help="spider: only every Nth question of each schema.")
    ] = 1,
    skip: Annotated[
        int, Option("--skip", metavar="N", min=0, help="spider: without the first N of each schema.")
    ] = 0,
    seed: Annotated[int, Option("--seed", metavar="N", help="temptabqa-c: what chooses the sample.")] = 0,
    details: Annotated[
        Path | None, Option("--details", metavar="FILE", help="Write what became of each question (JSONL).")
    ] = None,
    json: Json = False,
) -> int:
    """Measure a model on questions with gold answers.

    The share of questions whose SQL gives the gold answer, in percent. temptabqa-c gives EMS, REMS, exact
    answers and errors, by split and by template. Greedy scores come from one candidate a question; those
    with _ranked from k candidates, executed and ranked. Exit codes: 0 done, 2 usage, settings or model, 3
    database, 130 interrupted.
    """
    from sqloop.session import open_database
    from sqloop.settings import load_settings
    from sqloop_trainer.benchmarks.questions import questions_suite
    from sqloop_trainer.benchmarks.run import run_benchmark
    from sqloop_trainer.benchmarks.spider_suites import HELD_OUT_SPLIT, spider_suites
    from sqloop_trainer.benchmarks.temptabqa_run import Wanted, run_temptabqa

    settings = load_settings(db=db, model=model, adapter=adapter, k=k)
    for option, given in (("--every", every > 1), ("--skip", skip > 0)):
        if given and benchmark is not Benchmark.SPIDER:
            raise SettingsError(f"{option} is for spider, not for {benchmark.value}.")
    if benchmark is Benchmark.TEMPTABQA_C:
        return run_temptabqa(Wanted(data, split or "all", limit, seed), settings, details, as_json=json)
    if limit is not None:
        raise SettingsError(f"--limit is for temptabqa-c, not for {benchmark.value}.")
    if benchmark is Benchmark.SPIDER:
        suites = spider_suites(data, split or HELD_OUT_SPLIT, every, skip)
        return run_benchmark(suites, settings, details, as_json=json)
    with open_database(settings) as database:
        suite = questions_suite(data, database)
        return run_benchmark([suite], settings, details, as_json=json, glossary=settings.words)
