"""`sqloop doctor` as a process: what it finds, what it advises, and the code it ends with."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess
from typing import TYPE_CHECKING

import pytest

from sqloop.feedback.store import FeedbackStore

if TYPE_CHECKING:
    from servers import MariaDBServer, PostgreSQLServer

Run = Callable[..., CompletedProcess[str]]


def test_doctor_finds_nothing_wrong_and_measures(run: Run, shop: Path) -> None:
    done = run("doctor", "--db", f"sqlite:///{shop}")
    assert (done.returncode, done.stderr) == (0, "")
    lines = {line.split()[1]: line for line in done.stdout.splitlines()}
    assert list(lines) == [
        *("settings", "database", "account", "schema", "model", "loading", "question", "memory")
    ]
    assert all(line.startswith("ok ") for line in lines.values())
    assert "SQLite 3." in lines["database"]
    assert "1 table, 2 columns" in lines["schema"]
    assert "M parameters" in lines["model"]


def test_doctor_says_that_it_is_the_sample_and_what_names_another(run: Run) -> None:
    told = run("doctor").stdout
    assert "database  the sample, a shop for outdoor gear, sqlite:" in told
    assert "-> --db or sqloop init names yours." in told
    assert "sqloop init" not in run("doctor", "--db", "sample").stdout


def test_doctor_says_what_is_missing_and_goes_on(run: Run, tmp_path: Path) -> None:
    done = run("doctor", "--db", f"sqlite:///{tmp_path}/none.db", "--model", "/no/such/model")
    assert done.returncode == 3
    assert [line.split()[:2] for line in done.stdout.splitlines() if line.startswith("fail")] == [
        ["fail", "database"],
        ["fail", "model"],
    ]


def test_a_database_that_nothing_is_called_is_no_fault_of_the_settings(run: Run) -> None:
    done = run("doctor", "--db", "nope", "--model", "/no/such/model")
    assert done.returncode == 2
    subjects = [line.split()[:2] for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert subjects == [["ok", "settings"], ["fail", "database"], ["fail", "model"]]


def test_doctor_blames_the_database_for_a_damaged_file(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "damaged.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE customer (id INTEGER, name TEXT)")
        connection.executemany("INSERT INTO customer VALUES (?, ?)", [(n, "x" * 200) for n in range(200)])
        connection.commit()
    path.write_bytes(path.read_bytes()[:8192] + b"\xff" * (path.stat().st_size - 8192))
    done = run("doctor", "--db", f"sqlite:///{path}")
    assert done.returncode == 3
    assert "fail  database  customer cannot be read: database disk image is malformed" in done.stdout


def test_doctor_ends_with_2_when_only_the_model_is_missing(run: Run, shop: Path) -> None:
    done = run("doctor", "--db", f"sqlite:///{shop}", "--model", "/no/such/model")
    assert done.returncode == 2
    assert "fail  model     There is no model at /no/such/model." in done.stdout


def test_doctor_names_the_grant_for_an_account_that_may_write(run: Run, mariadb: MariaDBServer) -> None:
    db = mariadb.create("cli", "CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT)")
    done = run("doctor", "--db", db)
    assert done.returncode == 0
    assert "warn  account " in done.stdout
    assert "GRANT SELECT" in done.stdout
    assert mariadb.password not in done.stdout


@pytest.mark.parametrize("engine", ["mariadb", "postgres"])
def test_doctor_tries_the_store_of_a_team_and_leaves_nothing_there(
    run: Run, shop: Path, tmp_path: Path, engine: str, request: pytest.FixtureRequest
) -> None:
    server: MariaDBServer | PostgreSQLServer = request.getfixturevalue(engine)
    url = server.create("team")
    store = FeedbackStore(url)
    ask = ("doctor", "--db", f"sqlite:///{shop}")
    done = run(*ask, SQLOOP_FEEDBACK__STORE=url)
    assert "ok    feedback  " in done.stdout
    assert "/team: 0 events" in done.stdout
    assert store.events() == []
    _admit_reader(server)
    done = run(*ask, SQLOOP_FEEDBACK__STORE=server.url("team", "team_reader", "x"))
    assert done.returncode == 0
    assert "warn  feedback  " in done.stdout
    assert "-> GRANT SELECT, INSERT ON " in done.stdout
    assert "'x'" not in done.stdout
    advised = done.stdout.split("warn  feedback")[1].split("-> ")[1].splitlines()[0]
    for grant in advised.removesuffix(";").split("; "):
        server.admin(grant.replace("'team_reader'", "'team_reader'@'%'"), database="team")
    done = run(*ask, SQLOOP_FEEDBACK__STORE=server.url("team", "team_reader", "x"))
    assert "warn  feedback" not in done.stdout


def _admit_reader(server: MariaDBServer | PostgreSQLServer) -> None:
    """Who may see the store and not write to it."""
    if type(server).__name__ == "MariaDBServer":
        server.admin(
            "CREATE OR REPLACE USER 'team_reader'@'%' IDENTIFIED BY 'x'",
            "GRANT SELECT ON team.* TO 'team_reader'@'%'",
        )
        return
    server.admin("DROP ROLE IF EXISTS team_reader", "CREATE ROLE team_reader LOGIN PASSWORD 'x'")
    server.admin("GRANT SELECT ON ALL TABLES IN SCHEMA public TO team_reader", database="team")
