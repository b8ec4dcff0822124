"""PostgreSQL's own: types, schemas, ways to log in, what its account may do, and faults."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from effort import amount, crowded, in_time
from sqloop.database.cancellation import Cancellation
from sqloop.database.connect import Database, connect
from sqloop.database.engines.postgres.sluice import OpenWay
from sqloop.database.outcome import Limits
from sqloop.database.schema import ForeignKey, Table
from sqloop.errors import SettingsError, UnreachableError

from .evidence import own_peak

if TYPE_CHECKING:
    from servers import PostgreSQLServer

COMPANY = (
    "CREATE SCHEMA sales",
    "CREATE SCHEMA hr",
    "CREATE TYPE sales.state AS ENUM ('open', 'paid', 'lost')",
    "CREATE DOMAIN sales.percent AS numeric(5, 2) CHECK (value BETWEEN 0 AND 100)",
    "CREATE TABLE hr.person (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, "
    "code uuid, tags text[], notes jsonb, hired timestamptz, shift time, born date)",
    "COMMENT ON TABLE hr.person IS 'Who works here'",
    "COMMENT ON COLUMN hr.person.code IS 'of the badge'",
    "CREATE TABLE sales.orders (id bigserial, placed timestamp(3), state sales.state, "
    "discount sales.percent, amount numeric(12, 2), "
    "gross numeric GENERATED ALWAYS AS (amount * 1.19) STORED, paid boolean, "
    'seller integer REFERENCES hr.person, picture bytea, weight double precision, "Odd Name" varchar(20), '
    "price money, took interval, size char(2), valid daterange, PRIMARY KEY (id, placed)) "
    "PARTITION BY RANGE (placed)",
    *(
        f"CREATE TABLE sales.orders_{year} PARTITION OF sales.orders "
        f"FOR VALUES FROM ('{year}-01-01') TO ('{year + 1}-01-01')"
        for year in (2024, 2025)
    ),
    "CREATE TABLE public.branch (name text PRIMARY KEY)",
    "CREATE TABLE sales.branch (name text PRIMARY KEY)",
    'CREATE TABLE public."Mixed" (id integer PRIMARY KEY, "Name" text)',
    'CREATE TABLE public."do.t" (id integer)',
    "CREATE VIEW sales.totals AS SELECT state, SUM(amount) AS total FROM sales.orders GROUP BY state",
    "CREATE MATERIALIZED VIEW sales.kept AS SELECT COUNT(*) AS n FROM sales.orders",
    "INSERT INTO hr.person (name, code, tags, notes, hired) VALUES ('Ann', "
    "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{a,b}', '{\"x\": 1}', '2024-03-01 10:00+02'), ('Bob', NULL, "
    "NULL, NULL, NULL)",
    'INSERT INTO sales.orders (placed, state, discount, amount, paid, seller, picture, weight, "Odd Name", '
    "price, took, size, valid) VALUES ('2024-05-01 12:00', 'paid', 12.5, 1234567890.25, true, 1, "
    "'\\xff00', 1.5, 'x', 3.5, '90 minutes', 'L', '[2024-01-01,2024-02-01)'), "
    "('2025-05-01', 'open', NULL, 10, false, 2, NULL, 'NaN', NULL, NULL, NULL, NULL, NULL)",
    "INSERT INTO branch VALUES ('here')",
    "INSERT INTO sales.branch VALUES ('there')",
    "INSERT INTO \"Mixed\" VALUES (1, 'm')",
)


@pytest.fixture(scope="module")
def company_url(postgres: PostgreSQLServer) -> str:
    return postgres.create("company", *COMPANY)


@pytest.fixture
def company(company_url: str) -> Iterator[Database]:
    with connect(company_url) as database:
        yield database


def table(database: Database, name: str) -> Table:
    found = database.schema().table(name)
    assert found is not None
    return found


def test_tables_go_by_their_schema_where_the_search_path_does_not_find_them(company: Database) -> None:
    assert [each.name for each in company.schema().tables] == [
        "branch",
        "Mixed",
        "hr.person",
        "sales.orders",
        "sales.branch",
        "sales.totals",
        "sales.kept",
    ]
    assert table(company, "person").name == "hr.person"  # the only one that is called so
    assert table(company, "branch").name == "branch"
    assert [each.name for each in company.schema().tables if each.view] == ["sales.totals", "sales.kept"]
    assert company.distinct_values("sales.branch", "name", 5, 1) == (["there"], False)
    assert company.distinct_values("branch", "name", 5, 1) == (["here"], False)


def test_the_search_path_of_the_url_counts(company_url: str) -> None:
    with connect(f"{company_url}?options=-csearch_path%3Dsales%2Chr") as database:
        names = [each.name for each in database.schema().tables]
        assert names[:3] == ["person", "orders", "branch"]
        assert "public.branch" in names
        assert database.execute("SELECT name FROM branch").rows == (("there",),)


def test_types_kinds_keys_and_comments(company: Database) -> None:
    person, orders = table(company, "hr.person"), table(company, "sales.orders")
    assert {c.name: (c.type, c.kind) for c in orders.columns} == {
        "id": ("bigint", "number"),
        "placed": ("timestamp(3)", "date"),
        "state": ("state", "text"),
        "discount": ("numeric(5,2)", "number"),
        "amount": ("numeric(12,2)", "number"),
        "gross": ("numeric", "number"),
        "paid": ("boolean", "boolean"),
        "seller": ("integer", "number"),
        "picture": ("bytea", "other"),
        "weight": ("double precision", "number"),
        "Odd Name": ("varchar(20)", "text"),
        "price": ("money", "number"),
        "took": ("interval", "other"),
        "size": ("char(2)", "text"),
        "valid": ("daterange", "other"),
    }
    assert {c.name: (c.type, c.kind) for c in person.columns} == {
        "id": ("integer", "number"),
        "name": ("text", "text"),
        "code": ("uuid", "text"),
        "tags": ("text[]", "other"),
        "notes": ("jsonb", "other"),
        "hired": ("timestamptz", "date"),
        "shift": ("time", "other"),
        "born": ("date", "date"),
    }
    assert orders.primary_key == ("id", "placed")
    assert orders.foreign_keys == (ForeignKey(("seller",), "hr.person", ("id",)),)
    assert person.comment == "Who works here"
    code, state = person.column("code"), orders.column("state")
    assert code is not None
    assert state is not None
    assert code.comment == "of the badge"
    assert state.comment == "one of open, paid, lost"
    assert [c.nullable for c in person.columns[:3]] == [False, False, True]


def test_samples_are_the_values_as_they_are_written(company: Database) -> None:
    columns = {c.name: c.samples for c in table(company, "sales.orders").columns}
    assert columns["state"] == ("paid", "open")
    assert columns["placed"][0].startswith("2024-05-01 12:00:00")
    assert columns["paid"] == ("true", "false")
    assert columns["picture"] == ()
    person = {c.name: c.samples for c in table(company, "hr.person").columns}
    assert person["code"] == ("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",)


def test_the_text_values_are_found(company: Database) -> None:
    found = company.values().whole(["paid"])
    assert ("sales.orders", "state") in [(each.table, each.column) for each in found]


def test_values_come_back_without_loss(company: Database) -> None:
    outcome = company.execute(
        "SELECT amount, discount, paid, picture, weight, took, valid, placed, state, "
        "9007199254740993::bigint, 1e20::numeric, 'NaN'::numeric::text, 12345678901234567890.12::numeric "
        "FROM sales.orders ORDER BY id"
    )
    assert outcome.status == "ok", outcome.error
    first = outcome.rows[0]
    assert str(first[0]) == "1234567890.25"
    assert first[1:10] == (
        12.5,
        True,
        b"\xff\x00",
        1.5,
        "01:30:00",
        "[2024-01-01,2024-02-01)",
        "2024-05-01 12:00:00",
        "paid",
        9007199254740993,
    )
    assert first[10] == 100000000000000000000
    assert str(first[12]) == "12345678901234567890.12"
    hired = company.execute(
        "SELECT hired AT TIME ZONE 'UTC', hired, code, tags, notes FROM hr.person WHERE id = 1"
    )
    assert hired.rows[0][0] == "2024-03-01 08:00:00"
    assert str(hired.rows[0][1]).endswith("+00")
    assert hired.rows[0][2:] == ("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "{a,b}", '{"x": 1}')


def test_names_that_differ_by_case_are_quoted(company: Database) -> None:
    assert company.execute('SELECT "Name" FROM "Mixed"').rows == (("m",),)
    failed = company.execute("SELECT nme FROM branch")
    assert failed.error.startswith('column "nme" does not exist')
    assert 'Perhaps you meant to reference the column "branch.name"' in failed.error


def test_many_tables_are_read_in_bulk(postgres: PostgreSQLServer) -> None:
    columns = ", ".join(f"c{number} text" for number in range(10))
    url = postgres.create(
        "many",
        *(f"CREATE TABLE t{n} (id integer PRIMARY KEY, {columns})" for n in range(300)),
        *(f"ALTER TABLE t{n} ADD COLUMN r integer REFERENCES t{n - 1}" for n in range(1, 300)),
    )
    with connect(url) as database:
        tables = in_time(database._engine.tables, 2, 1)
    assert len(tables) == 300
    assert sum(len(each.columns) for each in tables) == 300 * 12 - 1
    assert sum(len(each.foreign_keys) for each in tables) == 299


@pytest.mark.parametrize(
    ("role", "grants", "writes"),
    [
        ("plain", ["SELECT ON ALL TABLES IN SCHEMA public"], ()),
        ("writer", ["INSERT, UPDATE ON branch"], ("INSERT on 1 table", "UPDATE on 1 table")),
        ("maker", ["CREATE ON SCHEMA public"], ("CREATE in public",)),
        ("member", ["pg_write_server_files"], ("member of pg_write_server_files",)),
    ],
)
def test_what_the_role_may_do_is_seen(
    postgres: PostgreSQLServer, company_url: str, role: str, grants: list[str], writes: tuple[str, ...]
) -> None:
    name = f"visitor_{role}"
    if not postgres.admin(f"SELECT 1 FROM pg_roles WHERE rolname = '{name}'"):
        postgres.admin(f"CREATE ROLE {name} LOGIN PASSWORD '{postgres.password}'")
    postgres.admin(*(f"GRANT {grant} TO {name}" for grant in grants), database="company")
    with connect(postgres.url("company", name, postgres.password)) as database:
        account = database.check()
    assert (account.user, account.writes, bool(account.mend)) == (name, writes, bool(writes))
    assert account.server.startswith("PostgreSQL 1")


def test_a_superuser_is_told(postgres: PostgreSQLServer, company_url: str) -> None:
    with connect(f"postgresql://postgres@/company?host={postgres.folder}&port={postgres.port}") as database:
        account = database.check()
        assert account.writes[0] == "everything (superuser)"
        assert database.execute("SELECT pg_read_file('PG_VERSION')").status == "refused"


def test_the_password_comes_from_pgpass(
    postgres: PostgreSQLServer, company_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = postgres.password.replace(":", "\\:")
    (tmp_path / "pgpass").write_text(f"127.0.0.1:{postgres.port}:company:owner:{secret}\n")
    (tmp_path / "pgpass").chmod(0o600)
    with pytest.raises(UnreachableError, match="refuses the user 'owner' with this password"):
        connect(postgres.url("company", "owner"))
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "pgpass"))
    with connect(postgres.url("company", "owner")) as database:
        assert database.execute("SELECT 1").status == "ok"


def test_a_service_names_the_server(
    postgres: PostgreSQLServer, company_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "services").write_text(
        f"[team]\nhost=127.0.0.1\nport={postgres.port}\nuser=owner\ndbname=company\npassword={postgres.password}\n"
    )
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    with connect("postgresql:///?service=team") as database:
        assert database.execute("SELECT name FROM branch").rows == (("here",),)
    monkeypatch.setenv("PGSERVICE", "team")
    with connect("postgresql://") as database:
        assert database.execute("SELECT name FROM branch").rows == (("here",),)


def test_logins_that_fail_say_why(postgres: PostgreSQLServer, company_url: str) -> None:
    with pytest.raises(UnreachableError, match="refuses the user 'owner' with this password") as caught:
        connect(postgres.url("company", "owner", "wrong"))
    assert "wrong" not in str(caught.value)
    with pytest.raises(UnreachableError, match="has no database 'nowhere'"):
        connect(postgres.url("nowhere", "owner", postgres.password))
    with pytest.raises(UnreachableError, match=r"No database server answers at 127\.0\.0\.1:1"):
        connect("postgresql://owner@127.0.0.1:1/company")
    with pytest.raises(SettingsError, match="unknown option: sslpassword"):
        connect("postgresql://owner@127.0.0.1/company?sslpassword=x")


def test_the_password_is_never_shown(company: Database, postgres: PostgreSQLServer) -> None:
    assert company.url == f"postgresql://owner@127.0.0.1:{postgres.port}/company"
    assert postgres.password not in repr(company)


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


def test_psycopg_is_loaded_for_postgres_alone(tmp_path: Path) -> None:
    import subprocess
    import sys

    code = "import sys, sqloop; sqloop.connect; print('psycopg' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.strip() == "False"
    assert psycopg.pq.version() >= 100000


def test_a_view_that_calls_a_function_of_the_database_is_not_read(postgres: PostgreSQLServer) -> None:
    url = postgres.create(
        "viewed",
        "CREATE SCHEMA other",
        "CREATE TABLE t (a integer, b text)",
        "INSERT INTO t VALUES (2, 'x')",
        "CREATE FUNCTION relax(integer) RETURNS integer LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_advisory_lock(7); RETURN $1; END $$",
        "CREATE FUNCTION same(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT $1 = $2'",
        "CREATE OPERATOR === (LEFTARG = text, RIGHTARG = text, FUNCTION = same)",
        "CREATE VIEW spoiled AS SELECT relax(a) AS n, b FROM t",
        "CREATE VIEW other.nested AS SELECT s.n FROM spoiled s",
        "CREATE VIEW hidden AS SELECT b FROM t WHERE b === 'x'",
        "CREATE MATERIALIZED VIEW kept AS SELECT n FROM spoiled",
        "CREATE VIEW honest AS SELECT b, COUNT(*) AS m FROM t WHERE lower(b) = 'x' GROUP BY 1",
    )
    with connect(url) as database:
        tables = {table.name: table for table in database.schema().tables}
        assert tables["honest"].columns[0].samples == ("x",)
        assert not any(column.samples for column in tables["spoiled"].columns)
        database.values()
        for name in ("spoiled", "public.spoiled", "SPOILED", "other.nested", "hidden"):
            for sql in (f"SELECT * FROM {name}", f"WITH c AS (SELECT * FROM {name}) SELECT * FROM c"):
                for outcome in (database.execute(sql), database.prepare(sql)):
                    assert outcome.status == "refused", outcome
                    assert "which is not allowed" in outcome.error
        for sql in ("SELECT b FROM honest", "SELECT n FROM kept", "SELECT a AS spoiled FROM t"):
            assert database.execute(sql).status == "ok", database.execute(sql)
    with connect(url, functions=["Relax", "same"]) as database:
        assert database.execute("SELECT n FROM other.nested").rows == ((2,),)
        assert database.execute("SELECT b FROM hidden").rows == (("x",),)
