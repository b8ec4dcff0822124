"""What single instructions, and preparing a statement, may take of SQLite's time and memory."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from effort import crowded, in_time
from sqloop.database.cancellation import Cancellation
from sqloop.database.connect import Database, connect
from sqloop.database.engines.sqlite.child import MEMORY
from sqloop.database.outcome import Limits, Outcome

from .evidence import watched

SECONDS = 0.5
LATE = 1.0
"""Seconds over the limit after which nothing may run any more."""

TEXT = "hex(zeroblob(2000000))"
GREEDY = {
    "LIKE": f"SELECT {TEXT} LIKE '%{'0' * 990}1'",
    "GLOB": f"SELECT {TEXT} GLOB '*{'0' * 990}1'",
    "LIKE with many parts": f"SELECT {TEXT} LIKE '{'%0' * 400}1'",
    "instr": "SELECT instr(hex(zeroblob(250000)), hex(zeroblob(125000)) || '1')",
    "ltrim": "SELECT ltrim(hex(zeroblob(1000000)), printf('%20000s', '') || '0')",
    "replace": "SELECT length(replace(hex(zeroblob(250000)), '0', hex(zeroblob(250000))))",
    "json_patch": "WITH o AS (SELECT json_group_object(value, 1) AS j FROM (WITH RECURSIVE r(value) AS "
    "(SELECT 1 UNION ALL SELECT value + 1 FROM r WHERE value < 200000) SELECT value FROM r)) "
    "SELECT length(json_patch(j, j)) FROM o",
    "constants": "SELECT " + " + ".join(["length(quote(zeroblob(4190000)) || id)"] * 900) + " FROM customers",
    "group_concat": f"SELECT length(group_concat({TEXT})) FROM customers a, customers b, customers c",
    "recursion of large values": f"WITH RECURSIVE r(v) AS (SELECT {TEXT} UNION ALL SELECT v || '1' FROM r) "
    "SELECT count(*) FROM r",
    "printf": "SELECT length(printf('%.*c', 8000000, 'x')) + length(printf('%7000000s', id)) FROM customers",
    "random": "SELECT count(DISTINCT randomblob(4000000)) FROM customers a, customers b, customers c",
    "columns": "SELECT " + ", ".join([f"{TEXT} || {n}" for n in range(500)]),
    "sorting": f"SELECT {TEXT} || a.id FROM customers a, customers b, customers c, customers d ORDER BY 1",
    "endless count": "SELECT count(*) FROM customers a, customers b, customers c, customers d, customers e, "
    + ", ".join(f"items i{n}" for n in range(20)),
}


@pytest.fixture
def bounded(shop_file: Path) -> Database:
    return connect(f"sqlite:///{shop_file}", Limits(seconds=SECONDS))


def _bounded(run: Callable[[str], Outcome], sql: str) -> None:
    with watched() as peaks:
        outcome = run(sql)
    assert max(peaks, default=0) <= MEMORY
    assert outcome.status in ("ok", "timeout", "error"), outcome


@pytest.mark.parametrize("name", GREEDY)
def test_no_statement_outlasts_its_limit_or_outgrows_its_memory(name: str, bounded: Database) -> None:
    with bounded:
        bounded.execute("SELECT 1")
        # All walls, then the engine's alone.
        for run in (bounded.execute, lambda sql: bounded._engine.run(sql, bounded.limits)):
            in_time(partial(_bounded, run, GREEDY[name]), SECONDS, LATE)
        assert bounded.execute("SELECT name FROM customers WHERE id = 1").rows == (("Ada",),)


@pytest.mark.parametrize("name", ["LIKE", "ltrim", "json_patch"])
def test_a_cancel_reaches_an_instruction_that_looks_at_no_clock(name: str, shop_file: Path) -> None:
    with connect(f"sqlite:///{shop_file}", Limits(seconds=60)) as database:

        def run() -> Outcome:
            cancel = Cancellation()
            timer = threading.Timer(0.1, cancel.cancel)
            timer.start()
            outcome = database._engine.run(GREEDY[name], database.limits, cancel)
            timer.join()
            return outcome

        outcome = in_time(run, 0.1, LATE)
        assert (outcome.status, outcome.error) == ("cancelled", "cancelled")
        assert database.execute("SELECT 1").status == "ok"


def test_one_greedy_candidate_does_not_hold_up_the_others(shop_file: Path) -> None:
    with connect(f"sqlite:///{shop_file}", Limits(seconds=60)) as database:
        cancel = Cancellation()
        greedy = threading.Thread(target=lambda: database.execute(GREEDY["LIKE"], cancel))
        greedy.start()
        for _ in range(20):
            assert database.execute("SELECT count(*) FROM customers").rows == ((4,),)
        assert greedy.is_alive()
        cancel.cancel()
        greedy.join()


def test_views_within_views_end(tmp_path: Path) -> None:
    """Each doubles what has to be prepared, and SQLite is not to be stopped while it prepares."""
    path = tmp_path / "deep.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE v0 AS SELECT 1 AS a")
        for n in range(22):
            connection.execute(f"CREATE VIEW v{n + 1} AS SELECT x.a FROM v{n} x JOIN v{n} y ON x.a = y.a")
    connection.close()
    with connect(f"sqlite:///{path}", Limits(seconds=SECONDS)) as database:
        outcome = in_time(lambda: database.execute("SELECT * FROM v22"), SECONDS, LATE)
        assert outcome.status in ("timeout", "error")
        assert database.execute("SELECT a FROM v0").rows == ((1,),)


def test_nothing_is_left_of_a_closed_database(shop_file: Path) -> None:
    database = connect(f"sqlite:///{shop_file}")
    [(_, process)] = database._engine._processes._idle  # type: ignore[attr-defined]
    database.close()
    assert process._popen.returncode is not None
    del database


def test_processes_that_nobody_needed_for_a_while_are_ended(
    shop_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(f"sqlite:///{shop_file}") as database:
        processes = database._engine._processes  # type: ignore[attr-defined]
        with processes._lease() as first, processes._lease() as second:
            assert first is not second
        assert len(processes._idle) == 2
        monkeypatch.setattr("sqloop.database.engines.processes._KEPT", 0.0)
        assert database.execute("SELECT count(*) FROM customers").rows == ((4,),)
        assert len(processes._idle) == 1
        assert [first.alive, second.alive] == [True, False]


def test_the_process_knows_no_secret(shop_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SQLOOP_PASSWORD", "not for it")
    with connect(f"sqlite:///{shop_file}") as database:
        [(_, process)] = database._engine._processes._idle  # type: ignore[attr-defined]
        told = Path(f"/proc/{process._popen.pid}/environ").read_bytes()
    assert b"PASSWORD" not in told


AS_ON_WINDOWS = """
import signal, sys
from time import perf_counter
del signal.setitimer
sys.modules["resource"] = None
from sqloop.database.engines import processes
processes._MAIN = "import signal, sys; del signal.setitimer; sys.modules['resource'] = None; " + (
    processes._MAIN
)
from sqloop.database.connect import connect
from sqloop.database.outcome import Limits, Outcome
with connect(sys.argv[1], Limits(seconds=0.5)) as database:
    print(database.execute("SELECT count(*) FROM customers").rows)
    started = perf_counter()
    status = database.execute(sys.argv[2]).status
    print(status, perf_counter() - started < 0.5 + float(sys.argv[3]))
    print(database.execute("SELECT count(*) FROM customers").rows)
"""


def test_time_is_bounded_where_the_system_has_no_timer(shop_file: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            AS_ON_WINDOWS,
            f"sqlite:///{shop_file}",
            GREEDY["LIKE"],
            str(LATE * crowded()),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("((4,),)\ntimeout True\n((4,),)\n", "")
