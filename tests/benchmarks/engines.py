"""How many questions a model answers rightly on each engine: 25 on the same rows, 25 on two schemas.

    python tests/benchmarks/engines.py MODEL [-k N] [--only TEXT] [--details FOLDER]

Starts a MariaDB and a PostgreSQL of its own, loads `apiary` into all four engines (DuckDB reads CSV and
Parquet) and `harbour` into PostgreSQL, and runs ``trainer evaluate questions`` on each; prints a line of JSON
for each.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from typer import Option

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.databases import make_apiary, make_harbour, start_mariadb, start_postgres

QUESTIONS = Path(__file__).with_name("questions")


def main(
    model: str,
    k: Annotated[int, Option("-k", help="Candidates to rank.")] = 4,
    only: Annotated[str, Option("--only", help="What stands in the name, such as PostgreSQL.")] = "",
    details: Annotated[Path | None, Option("--details", help="A folder for what became of each.")] = None,
) -> None:
    """Ask all questions and print the scores, a line of JSON for each set and engine."""
    with ExitStack() as stack:
        for name, questions, url in _databases(stack):
            if only in name:
                kept = [f"--details={details / name}.jsonl"] if details else []
                options = [f"--data={QUESTIONS / questions}", f"--db={url}", f"--model={model}", f"-k{k}"]
                print(json.dumps({"on": name, **_evaluate(*options, *kept)}), flush=True)


def _databases(stack: ExitStack) -> Iterator[tuple[str, str, str]]:
    """What each is called, the file of its questions, and its URL."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sqloop-engines-")))
    server = stack.enter_context(start_mariadb(folder / "mariadb"))
    postgres = stack.enter_context(start_postgres())
    if postgres is not None:
        yield "harbour-PostgreSQL", "harbour.jsonl", make_harbour(postgres)
    for engine, url in make_apiary(folder, server, postgres).items():
        yield f"apiary-{engine}", "apiary.jsonl", url


def _evaluate(*options: str) -> dict[str, float]:
    command = [sys.executable, "-m", "sqloop_trainer", "evaluate", "questions", "--json", *options]
    scores: dict[str, float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return scores


if __name__ == "__main__":
    typer.run(main)
