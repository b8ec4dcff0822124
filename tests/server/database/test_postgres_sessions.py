"""Sessions of PostgreSQL: what ends a query, what it may take, and what is left after it."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import psycopg
import pytest

from effort import amount, crowded
from sqloop.database.cancellation import Cancellation
from sqloop.database.connect import Database, connect
from sqloop.database.engines.postgres.sluice import OpenWay
from sqloop.database.outcome import Limits

from .evidence import own_peak

if TYPE_CHECKING:
    from servers import PostgreSQLServer


def test_a_query_that_heeds_no_cancel_is_left(company: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqloop.database.engines.postgres.session import Session

    monkeypatch.setattr(Session, "stop", lambda self: None)  # as a server that does not answer
    leave_an_endless_query(company)


def leave_an_endless_query(company: Database) -> None:
    """Cancel it, though the server does not hear of that."""
    cancel = Cancellation()
    endless = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT COUNT(*) FROM r"
    assert company.prepare(endless).status == "ok"  # what is called has been looked up
    company.limits = Limits(seconds=20)
    timer = threading.Timer(0.2, cancel.cancel)
    timer.start()
    started = time.perf_counter()
    outcome = company.execute(endless, cancel)
    timer.join()
    assert (outcome.status, outcome.error) == ("cancelled", "cancelled, but the server has not ended it")
    assert time.perf_counter() - started < 10
    assert company.execute("SELECT 1").status == "ok"


def test_where_a_socket_is_no_file_all_else_holds(company_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows, where nothing stands between libpq and its server."""
    from sqloop.database.engines.postgres import session

    monkeypatch.setattr(session, "open_way", OpenWay)
    with connect(company_url) as company:
        text = "".join(f"{number:07}" for number in range(500_000))
        outcome = company._engine.run(f"SELECT '{text}', {len(text)}", Limits(seconds=90))
        assert outcome.rows == ((text, len(text)),)
        outcome = company._engine.run("SELECT repeat('a', 9000000)", Limits(seconds=60))
        assert outcome.error == f"a value does not fit in the {Limits().bytes:,} bytes allowed"
        assert company._engine.run("SELECT pg_sleep(20)", Limits(seconds=0.2)).status == "timeout"
        monkeypatch.setattr(session.Session, "stop", lambda self: None)
        leave_an_endless_query(company)


def test_the_transaction_cannot_be_made_to_write(company: Database) -> None:
    """Wall 2 by itself: even a function that sets the transaction before it writes."""
    engine, limits = company._engine, company.limits
    for sql in (
        "SELECT set_config('transaction_read_only', 'off', true)",
        "SELECT set_config('transaction_read_only', 'off', false), nextval('sales.orders_id_seq')",
    ):
        assert engine.run(sql, limits).status == "refused"
    assert (
        engine.run("SELECT set_config('default_transaction_read_only', 'off', false)", limits).status == "ok"
    )
    assert engine.run("SELECT nextval('sales.orders_id_seq')", limits).status == "refused"
    assert engine.run("SELECT current_setting('default_transaction_read_only')", limits).rows == (("on",),)


def test_locks_of_a_session_end_with_the_query(company: Database, postgres: PostgreSQLServer) -> None:
    assert company._engine.run("SELECT pg_advisory_lock(42)", company.limits).status == "ok"
    assert postgres.admin("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == [(0,)]


@pytest.mark.parametrize("round_", range(amount(3, 20)))
def test_a_connection_that_is_cut_in_a_query_is_an_answer(
    company: Database, postgres: PostgreSQLServer, round_: int
) -> None:
    def cut() -> None:
        postgres.admin(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'company' "
            "AND state = 'active' AND query LIKE 'FETCH%'"
        )

    company.limits = Limits(seconds=0.5)
    timer = threading.Timer(0.02 + round_ * 0.01, cut)
    timer.start()
    endless = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT COUNT(*) FROM r"
    started = time.perf_counter()
    outcome = company.execute(endless)
    timer.join()
    assert outcome.status == "timeout"  # begun again on another session
    assert time.perf_counter() - started < 1 + 2 * crowded()
    assert company.execute("SELECT name FROM branch").rows == (("here",),)


def test_a_schema_that_is_dropped_meanwhile_is_an_answer(postgres: PostgreSQLServer) -> None:
    url = postgres.create("fleeting")
    with connect(url) as database:
        for number in range(amount(5, 20)):
            postgres.admin(
                "SET ROLE owner", "CREATE SCHEMA s", f"CREATE TABLE s.t{number} (a text)", database="fleeting"
            )
            assert [each.name for each in database.renew().tables] == [f"s.t{number}"]
            assert database.execute(f"SELECT a FROM s.t{number}").status == "ok"
            postgres.admin("DROP SCHEMA s CASCADE", database="fleeting")
            assert database.execute(f"SELECT a FROM s.t{number}").status == "error"
            assert database.renew().tables == ()


@pytest.mark.parametrize("way", ["tcp", "file"])
def test_a_huge_value_is_met_while_it_comes(way: str, company_url: str, postgres: PostgreSQLServer) -> None:
    """Also where the kernel counts nothing: libpq has no more of it than twice what is allowed."""
    beside = f"postgresql://postgres@/company?host={postgres.folder}&port={postgres.port}"
    url = company_url if way == "tcp" else beside
    with connect(url, Limits(seconds=90)) as database:
        assert database.execute("SELECT 1").rows == ((1,),)
        own_peak()
        before = own_peak()
        outcome = database._engine.run("SELECT repeat(repeat('a', 1000000), 100)", database.limits)
        assert outcome.status == "error"
        assert "does not fit" in outcome.error
        assert own_peak() - before < 48 * 1024 * 1024
        assert database.execute("SELECT 1").rows == ((1,),)


def test_long_texts_go_both_ways(company: Database) -> None:
    """Longer than what a socket takes at once, to the server and back."""
    text = "".join(f"{number:07}" for number in range(500_000))
    outcome = company._engine.run(f"SELECT '{text}', {len(text)}", Limits(seconds=90))
    assert outcome.rows == ((text, len(text)),)


def test_large_rows_come_as_far_as_they_fit(company: Database) -> None:
    limits = Limits(seconds=60)
    outcome = company._engine.run("SELECT repeat('a', 1000000) FROM generate_series(1, 50)", limits)
    assert (outcome.status, len(outcome.rows), outcome.truncated) == ("ok", 8, True)
    mixed = "SELECT repeat('a', CASE WHEN n > 55 THEN 2000000 ELSE 1 END) FROM generate_series(1, 90) AS g(n)"
    outcome = company._engine.run(mixed, limits)
    assert (outcome.status, len(outcome.rows), outcome.truncated) == ("ok", 59, True)


def test_time_that_is_spent_in_making_ready_is_a_timeout_as_well(
    company: Database, postgres: PostgreSQLServer
) -> None:
    """As where hardly any is left for the second try, after values that were too large for the first."""
    assert company.execute("SELECT name FROM branch").rows == (("here",),)
    function = "ALTER FUNCTION pg_catalog.pg_backend_pid() COST 1"  # as it has: sessions look it up anew
    postgres.admin(function, database="company")
    with psycopg.connect(
        host=str(postgres.folder), port=postgres.port, user="postgres", dbname="company"
    ) as locking:
        locking.execute("LOCK TABLE pg_catalog.pg_proc IN ACCESS EXCLUSIVE MODE")
        outcome = company._engine.run("SELECT name FROM branch", Limits(seconds=0.001))
        assert (outcome.status, outcome.error) == ("timeout", "stopped after 0.001 s")
    assert company.execute("SELECT name FROM branch").rows == (("here",),)


def test_nothing_of_a_session_stays_in_a_transaction(company: Database, postgres: PostgreSQLServer) -> None:
    pid = company._engine.run("SELECT pg_backend_pid()", company.limits).rows[0][0]
    company.execute("SELECT nowhere")
    company.execute("SELECT 1 FROM generate_series(1, 5000)")
    state = f"SELECT state FROM pg_stat_activity WHERE pid = {pid}"
    assert postgres.admin(state) == [("idle",)]
