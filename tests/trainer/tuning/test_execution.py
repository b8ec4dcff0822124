"""Many queries on many files: in order, bounded, and unable to change anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from sqloop_trainer.tuning import execution
from sqloop_trainer.tuning.execution import ROWS, ManyDatabases, run_query

ENDLESS = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT {} FROM r"


def test_outcomes_come_in_the_order_of_the_jobs(databases: ManyDatabases, paths: tuple[str, ...]) -> None:
    jobs = [(path, sql) for sql in ("SELECT n FROM t", "SELECT nope FROM t") for path in [*paths, paths[0]]]
    found = databases.run(jobs)
    assert [each.rows for each in found[:3]] == [((1,),), ((2,),), ((1,),)]
    assert [(each.status, each.error) for each in found[3:]] == [("error", "no such column: nope")] * 3
    assert databases.run([]) == []


def test_what_was_run_once_is_remembered(databases: ManyDatabases, paths: tuple[str, ...]) -> None:
    job = (paths[0], "SELECT n FROM t")
    first = databases.run([job])
    Path(paths[0]).unlink()
    assert databases.run([job]) == first


def test_a_query_without_end_is_an_error(paths: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "SECONDS", 0.05)
    assert run_query(paths[0], ENDLESS.format("SUM(n)")).error == "interrupted"


def test_too_many_rows_are_cut_and_told(paths: tuple[str, ...]) -> None:
    outcome = run_query(paths[0], ENDLESS.format("n"))
    assert (outcome.status, len(outcome.rows), outcome.truncated) == ("ok", ROWS, True)
    exact = run_query(paths[0], ENDLESS.format("n") + f" LIMIT {ROWS}")
    assert (len(exact.rows), exact.truncated) == (ROWS, False)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM t",
        "DROP TABLE t",
        "VACUUM INTO '{other}'",
        "ATTACH '{other}' AS o",
        "SELECT 1; DELETE FROM t",
        "SELECT '\x00",
        "not SQL",
    ],
)
def test_what_is_no_query_changes_nothing_and_makes_no_file(
    paths: tuple[str, ...], tmp_path: Path, sql: str
) -> None:
    other = tmp_path / "other.sqlite"
    assert run_query(paths[0], sql.format(other=other)).status == "error"
    assert run_query(paths[0], "SELECT n FROM t").rows == ((1,),)
    assert not other.exists()
