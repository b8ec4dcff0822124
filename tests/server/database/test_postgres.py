"""PostgreSQL's own: schemas, types, values, and views that call functions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from effort import in_time
from sqloop.database.connect import Database, connect
from sqloop.database.schema import ForeignKey, Table

if TYPE_CHECKING:
    from servers import PostgreSQLServer


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
