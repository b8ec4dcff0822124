"""The pool that executes candidates: in order, each text once, behind all walls, and never for good."""

from __future__ import annotations

import signal
import sqlite3
from pathlib import Path
from threading import Thread
from threading import enumerate as enumerate_threads

import pytest

from sqloop.database.outcome import Limits
from sqloop.errors import UnreachableError
from sqloop_trainer.learning import execution
from sqloop_trainer.learning.execution import RewardPool

TABLE = "CREATE TABLE town (name VARCHAR(20), people INTEGER)"
ROWS = "INSERT INTO town VALUES ('Ulm', 128000), ('Bath', 94000), ('Rome', 2750000)"
FOREVER = {
    "sqlite": "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT MAX(n) FROM r",
    "mysql": "SELECT SUM(SQRT(seq)) FROM seq_1_to_10000000000",
}


def write_towns(path: Path, *statements: str) -> str:
    with sqlite3.connect(path) as connection:
        for statement in (TABLE, ROWS, *statements):
            connection.execute(statement)
    connection.close()
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "mysql"])
def towns(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of three towns, on each engine in turn."""
    if request.param == "sqlite":
        return write_towns(tmp_path / "towns.sqlite")
    url: str = request.getfixturevalue("mariadb").create("towns", TABLE, ROWS)
    return url


def test_outcomes_come_in_the_order_of_their_texts(towns: str) -> None:
    texts = [f"SELECT {number} FROM town WHERE name = 'Ulm'" for number in range(40)]
    with RewardPool(towns) as pool:
        outcomes = pool.run([*texts, *reversed(texts)])
    assert [outcome.rows for outcome in outcomes] == [((n,),) for n in (*range(40), *reversed(range(40)))]


def test_every_kind_of_failure_is_an_outcome_beside_the_others(towns: str) -> None:
    dialect = "sqlite" if towns.startswith("sqlite") else "mysql"
    texts = [
        "SELECT nothing FROM town",
        "SELEC",
        "DELETE FROM town",
        FOREVER[dialect],
        "SELECT COUNT(*) FROM town",
        "",
    ]
    with RewardPool(towns, limits=Limits(seconds=0.5)) as pool:
        outcomes = pool.run(texts)
        assert pool.run(["SELECT COUNT(*) FROM town"])[0].rows == ((3,),)
    assert [outcome.status for outcome in outcomes] == [
        "error",
        "refused",
        "refused",
        "timeout",
        "ok",
        "error",
    ]


def test_limits_hold(towns: str) -> None:
    with RewardPool(towns, limits=Limits(rows=2)) as pool:
        (outcome,) = pool.run(["SELECT name FROM town"])
    assert (len(outcome.rows), outcome.truncated) == (2, True)


def test_a_text_is_executed_once(tmp_path: Path) -> None:
    count = "SELECT COUNT(*) FROM town"
    with RewardPool(write_towns(tmp_path / "towns.sqlite")) as pool:
        first, second = pool.run([count, count])
        with sqlite3.connect(tmp_path / "towns.sqlite") as connection:
            connection.execute("DELETE FROM town")
        connection.close()
        (later,) = pool.run([count])
        (other,) = pool.run(["SELECT COUNT(name) FROM town"])
    assert first is second is later
    assert other.rows == ((0,),)


def test_what_is_kept_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "KEPT_CELLS", 8)  # an outcome of three rows and one column weighs four
    texts = [f"SELECT people + {number} FROM town" for number in range(3)]
    with RewardPool(write_towns(tmp_path / "towns.sqlite")) as pool:
        a, b, c = (pool.run([text])[0] for text in texts)
        assert pool.run([texts[2]])[0] is c
        assert pool.run([texts[1]])[0] is b
        again = pool.run([texts[0]])[0]
        assert again is not a
        assert again.rows == a.rows
        assert pool.run([texts[1]])[0] is b  # it was used after the other
        (large,) = pool.run(["SELECT * FROM town UNION ALL SELECT * FROM town"])
        assert len(large.rows) == 6


def test_copies_are_asked_beside_the_original(tmp_path: Path) -> None:
    original = write_towns(tmp_path / "one.sqlite")
    copy = write_towns(tmp_path / "two.sqlite", "DELETE FROM town WHERE name = 'Ulm'")
    with RewardPool(original, copy) as pool:
        counted, constant = pool.run_everywhere(["SELECT COUNT(*) FROM town", "SELECT 3"])
        assert pool.run(["SELECT COUNT(*) FROM town"])[0] is counted[0]
    assert [outcome.rows for outcome in counted] == [((3,),), ((2,),)]
    assert [outcome.rows for outcome in constant] == [((3,),), ((3,),)]


def test_a_file_that_goes_away_is_said_and_may_come_back(tmp_path: Path) -> None:
    path = tmp_path / "towns.sqlite"
    with RewardPool(write_towns(path)) as pool:
        pool.run(["SELECT COUNT(*) FROM town"])
        path.rename(tmp_path / "elsewhere.sqlite")
        with pytest.raises(UnreachableError, match="No such file"):
            pool.run([f"SELECT {number}" for number in range(20)])
        (tmp_path / "elsewhere.sqlite").rename(path)
        assert pool.run(["SELECT 7"])[0].rows == ((7,),)


def test_a_server_that_goes_away_is_said_and_may_come_back(mariadb) -> None:  # type: ignore[no-untyped-def]
    url = mariadb.create("towns", TABLE, ROWS)
    with RewardPool(url) as pool:
        pool.run(["SELECT COUNT(*) FROM town"])
        mariadb.stop()
        try:
            with pytest.raises(UnreachableError, match="No database server answers"):
                pool.run([f"SELECT {number}" for number in range(20)])
        finally:
            mariadb.start()
        assert pool.run(["SELECT MAX(people) FROM town"])[0].rows == ((2_750_000,),)


def find_left(before: set[Thread]) -> list[Thread]:
    """Threads that were begun since and do not end: what reads values beside the work may need a moment."""
    begun = set(enumerate_threads()) - before
    for each in begun:
        each.join(10)
    return [each for each in begun if each.is_alive()]


def test_nothing_stays_behind(towns: str, tmp_path: Path) -> None:
    threads = set(enumerate_threads())
    pool = RewardPool(towns)
    pool.run([f"SELECT {number} FROM town" for number in range(20)])
    assert set(enumerate_threads()) - threads
    pool.close()
    pool.close()
    assert find_left(threads) == []
    with pytest.raises(UnreachableError):
        RewardPool(towns, f"sqlite:///{tmp_path / 'no such file.sqlite'}")
    assert find_left(threads) == []


def test_an_interrupt_reaches_what_is_running(towns: str) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    forever = FOREVER["sqlite" if towns.startswith("sqlite") else "mysql"]
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        with RewardPool(towns, limits=Limits(seconds=3_600)) as pool:
            signal.setitimer(signal.ITIMER_REAL, 0.5)
            with pytest.raises(KeyboardInterrupt):
                pool.run([forever, f"{forever} -- again"])
            assert pool.run(["SELECT 7"])[0].rows == ((7,),)
    finally:
        signal.signal(signal.SIGALRM, before)
