"""`make bench`: every figure of SQLoop on this machine, written to tests/benchmarks/results.

Each part is measured in a process of its own, so that none inherits the memory or the threads of another.
What cannot be measured here (no model, no MariaDB) is said; the exit code tells nothing of the figures.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import cast

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from benchmarks.figures import Section  # noqa: E402 (found by the line above)

NO_MARIADB = "MariaDB, which is not installed (Debian: mariadb-server)."
NO_POSTGRES = "PostgreSQL, which is not installed (Debian: postgresql)."


def main() -> None:
    """Measure, print each part as it is done, write the results."""
    # Imported here: processes that measure import this module too, and shall hold little else than they need.
    from benchmarks.machine import describe_machine
    from benchmarks.report import draw_section, write_results

    # The figures are those of the model that ships, whatever else was fetched to this machine.
    os.environ.setdefault("SQLOOP_MODEL", "starter")
    started, machine = perf_counter(), describe_machine()
    print(machine, end="\n\n", flush=True)
    sections = []
    with TemporaryDirectory(prefix="sqloop-bench-") as folder:
        for section in measure_all(Path(folder)):
            print(draw_section(section), end="\n\n", flush=True)
            sections.append(section)
    write_results(HERE / "results", machine, sections)
    print(f"Written to tests/benchmarks/results after {perf_counter() - started:.0f} s.")


def measure_all(folder: Path) -> Iterator[Section]:
    """Every section; ``folder`` takes the databases."""
    from benchmarks.databases import make_crowds, make_library, make_thousand, start_mariadb, start_postgres
    from benchmarks.databases.wide import make_wide

    yield measure_apart("startup")
    yield measure_apart("ask")
    yield measure_apart("decoding")
    yield measure_apart("prefix_cache")
    yield measure_apart("memory")
    yield measure_apart("real_models")
    yield measure_apart("console")
    yield measure_apart("parquet", folder / "events.parquet")
    questions = make_wide(folder / "wide.sqlite", 50)
    yield measure_apart("linking", f"sqlite:///{folder / 'wide.sqlite'}", questions)
    with start_mariadb(folder / "mariadb") as server, start_postgres() as postgres:
        missing = " ".join([*([] if server else [NO_MARIADB]), *([] if postgres else [NO_POSTGRES])])
        thousand = make_thousand(folder, server, postgres)
        yield replace(measure_apart("introspection", thousand), missing=missing)
        if server:
            yield measure_apart("language_server", thousand)
        crowds = make_crowds(folder, server, postgres)
        yield replace(measure_apart("first_contact", crowds), missing=missing)
        library = make_library(folder, server, postgres)
        for part in ("first_question", "executions", "reward_pool", "grpo_step"):
            yield replace(measure_apart(part, library), missing=missing)


def measure_apart(part: str, *arguments: object) -> Section:
    """What ``benchmarks.parts.PART.measure`` gives in a fresh process; where it cannot, why."""
    from sqloop.errors import SQLoopError

    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            return pool.submit(_measure, part, *arguments).result()
    except SQLoopError as error:
        # The results are kept with the source: they tell of the repository, not of where it lies.
        return Section(part, "", missing=str(error).replace(f"{HERE.parents[1]}/", ""))


def _measure(part: str, *arguments: object) -> Section:
    return cast(Section, import_module(f"benchmarks.parts.{part}").measure(*arguments))


if __name__ == "__main__":
    main()
