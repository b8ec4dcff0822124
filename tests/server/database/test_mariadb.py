"""What is MariaDB's own: the functions it may be asked for, its grammar, its numbers and its damages."""

from __future__ import annotations

import json
import threading
from decimal import Decimal as Number
from typing import TYPE_CHECKING

import pytest

from sqloop.database.cancellation import Cancellation
from sqloop.database.cells import json_rows
from sqloop.database.checking.readonly import check_readonly
from sqloop.database.connect import Database, connect
from sqloop.database.outcome import Limits
from sqloop.generation.prompts.hub_forms import ChatForm
from sqloop.linking.link import link_values
from sqloop.linking.mentions import focus

from .evidence import peak_of

if TYPE_CHECKING:
    from servers import MariaDBServer


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT LENGTH(SFORMAT('{:>100000000}', 'x'))", "the function SFORMAT is not allowed"),
        ("SELECT SHA2(ENCRYPTED('x'), 256)", "the function ENCRYPTED is not allowed"),
        ("SELECT REPEAT('a', 15000000)", "REPEAT is not allowed without a number of at most 10,000"),
        ("SELECT REPEAT(REPEAT('a', 9000), 9000)", "texts of that length are not allowed"),
        (
            "SELECT REPEAT(name, id) FROM customers",
            "REPEAT is not allowed without a number of at most 10,000",
        ),
        ("SELECT LPAD(name, 15000000, 'x') FROM customers", "LPAD is not allowed without a number"),
        ("SELECT SPACE(15000000)", "SPACE is not allowed without a number"),
        ("SELECT CAST(name AS CHAR(15000000)) FROM customers", "a type of such a length is not allowed"),
        ("SELECT KDF('a', 'b', 100000000)", "the function KDF is not allowed"),
        ("SELECT spoil()", "the function spoil is not allowed"),
        ("SELECT `spoil`()", "the function spoil is not allowed"),
        ("SELECT `spoil` ()", "the function spoil is not allowed"),
        ("SELECT shop.spoil()", "the function spoil is not allowed"),
        ("SELECT shop . `spoil`()", "the function spoil is not allowed"),
        ("SELECT shop.abs(1)", "the function abs is not allowed"),
        ("SELECT COUNT (id) FROM customers", "COUNT with a blank before its bracket is a function of"),
        ("WITH spoil (a) AS (SELECT spoil()) SELECT a FROM spoil", "the function spoil is not allowed"),
        ("SELECT 'spoil', 1 FROM (SELECT spoil()) AS spoil (a)", "the function spoil is not allowed"),
    ],
)
def test_what_is_not_listed_may_not_be_called(sql: str, reason: str) -> None:
    refusal = check_readonly(sql, "mysql")
    assert refusal is not None
    assert refusal.status == "refused"
    assert refusal.reason.startswith(reason)


def test_encrypt_is_not_run(mariadb_shop: Database) -> None:
    outcome = mariadb_shop.execute("SELECT ENCRYPT('x', '$6$rounds=300000000$abcdefgh')")
    assert outcome.status == "refused"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT REPEAT('*', 40), LPAD(name, 10, ' '), SPACE(3) FROM customers",
        "WITH spoil (a) AS (SELECT 1) SELECT a FROM spoil",
        "SELECT CAST(price AS DECIMAL(10, 2)), CAST(name AS CHAR(20)) FROM products",
        "SELECT name FROM customers WHERE `id` IN (1, 2) AND (NOT (id = 3))",
        "SELECT 'spoil()', \"sleep(1)\"",
    ],
)
def test_honest_calls_run(mariadb_shop: Database, sql: str) -> None:
    assert mariadb_shop.execute(sql).status == "ok", mariadb_shop.execute(sql).error


def test_a_function_of_the_database_runs_once_the_user_names_it(mariadb) -> None:  # type: ignore[no-untyped-def]
    url = mariadb.create(
        "rated",
        "CREATE TABLE t AS SELECT 2 AS a",
        "CREATE FUNCTION twice(n INT) RETURNS INT RETURN 2 * n",
        "CREATE FUNCTION relax() RETURNS INT BEGIN SET GLOBAL max_connections = 77; RETURN 1; END",
    )
    before = mariadb.admin("SELECT @@GLOBAL.max_connections")
    with connect(url) as database:
        assert database.execute("SELECT twice(a) FROM t").status == "refused"
    with connect(url, functions=["Twice"]) as database:
        assert database.execute("SELECT twice(a) FROM t").rows == ((4,),)
        assert database.execute("SELECT relax()").error == "the function relax is not allowed"
    assert mariadb.admin("SELECT @@GLOBAL.max_connections") == before


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("VALUES (1), (2)", ((1,), (2,))),
        ("SELECT a FROM t FOR SYSTEM_TIME ALL ORDER BY a", ((1,), (1,), (2,), (3,))),
        ("SELECT COUNT(*) FROM t FOR SYSTEM_TIME AS OF NOW() - INTERVAL 1 YEAR", ((0,),)),
        ("SELECT COUNT(*) FROM t FOR SYSTEM_TIME BETWEEN '2001-01-01' AND NOW() + INTERVAL 1 DAY x", ((4,),)),
        ("SELECT a FROM t WHERE a = 2 LIMIT 1 ROWS EXAMINED 100", ((2,),)),
        ("SELECT a FROM t WHERE a = 2 LIMIT ROWS EXAMINED 100", ((2,),)),
        ("SELECT a FROM t GROUP BY a DESC", ((3,), (2,))),
        ("SELECT a, GROUP_CONCAT(a ORDER BY a DESC) FROM t GROUP BY a DESC HAVING a > 2", ((3, "3"),)),
    ],
)
def test_the_grammar_of_mariadb(versioned: Database, sql: str, rows: object) -> None:
    outcome = versioned.execute(sql)
    assert (outcome.error, outcome.rows) == ("", rows)


@pytest.fixture(scope="module")
def versioned(mariadb):  # type: ignore[no-untyped-def]
    url = mariadb.create(
        "versioned",
        "CREATE TABLE t (a INT) WITH SYSTEM VERSIONING",
        "INSERT INTO t VALUES (1), (2)",
        "UPDATE t SET a = 3 WHERE a = 1",
        "INSERT INTO t VALUES (1)",
        "DELETE FROM t WHERE a = 1",
    )
    with connect(url) as database:
        yield database


@pytest.mark.parametrize(
    "sql", ["VALUES (1); DROP TABLE t", "VALUES (spoil())", "SELECT a FROM t GROUP BY sleep(9) DESC"]
)
def test_the_grammar_of_mariadb_is_no_way_around(sql: str) -> None:
    assert check_readonly(sql, "mysql") is not None


def test_the_year_0000_and_numbers_that_are_no_json(mariadb) -> None:  # type: ignore[no-untyped-def]
    url = mariadb.create(
        "garage",
        "CREATE TABLE car (id INT ZEROFILL, name TEXT, built YEAR, size DECIMAL(3,3), wheels FLOAT)",
        "INSERT INTO car VALUES (7, 'Herald', 0, 0.5, 1e38), (8, 'Imp', 1963, -0.125, -0.0)",
    )
    with connect(url) as database:
        columns = {column.name: column for column in database.schema().tables[0].columns}
        assert columns["name"].samples == ("Herald", "Imp")
        assert columns["built"].samples == ("0", "1963")
        assert database.execute("SELECT built FROM car ORDER BY id").rows == ((0,), (1963,))


def test_decimals_keep_their_digits(mariadb) -> None:  # type: ignore[no-untyped-def]
    written = ["123456789012345678.99", "100000000000000.01", "99.50", "-0.10", "0.00", "7.00"]
    url = mariadb.create(
        "bank",
        "CREATE TABLE account (id INT AUTO_INCREMENT PRIMARY KEY, held DECIMAL(20,2))",
        f"INSERT INTO account (held) VALUES {', '.join(f'({each})' for each in written)}",
    )
    with connect(url) as database:
        held = [row[0] for row in database.execute("SELECT held FROM account ORDER BY id").rows]
        total = database.execute("SELECT SUM(held) FROM account").rows[0][0]
    assert [str(each) for each in held] == written
    assert str(total) == str(sum(map(Number, written)))
    # A column of JSON has one type: texts where a float would lose digits of one of its numbers.
    assert [row[0] for row in json_rows([(each,) for each in held])] == written
    assert json.dumps(json_rows([(each,) for each in held[2:]])) == "[[99.5], [-0.1], [0.0], [7.0]]"
    assert held[2] == 99.5


def test_a_broken_view_and_a_vanished_definer_cost_themselves(mariadb) -> None:  # type: ignore[no-untyped-def]
    url = mariadb.create(
        "damaged",
        "CREATE TABLE gone (a INT)",
        "CREATE TABLE here AS SELECT 'x' AS b",
        "CREATE VIEW broken AS SELECT a FROM gone",
        "DROP TABLE gone",
        "CREATE OR REPLACE USER leaver@'%'",
        "CREATE DEFINER = leaver@'%' SQL SECURITY DEFINER VIEW orphan AS SELECT b FROM here",
        "DROP USER leaver@'%'",
    )
    with connect(url) as database:
        tables = {table.name: table for table in database.schema().tables}
        assert tables["here"].columns[0].samples == ("x",)
        assert database.execute("SELECT a FROM broken").status in ("error", "refused")
        assert database.execute("SELECT b FROM orphan").status in ("error", "refused")
        assert database.execute("SELECT b FROM here").rows == (("x",),)


def test_a_truncated_index_costs_its_table(mariadb) -> None:  # type: ignore[no-untyped-def]
    url = mariadb.create(
        "crashed",
        "CREATE TABLE bad (a INT PRIMARY KEY, b TEXT) ENGINE=MyISAM",
        "INSERT INTO bad VALUES (1, 'x'), (2, 'y')",
        "CREATE TABLE good AS SELECT 'x' AS b",
        "FLUSH TABLES",
    )
    (mariadb.folder / "data" / "crashed" / "bad.MYI").write_bytes(b"")
    with connect(url, Limits(seconds=2)) as database:
        tables = {table.name: table for table in database.schema().tables}
        assert tables["good"].columns[0].samples == ("x",)
        assert [match.table for match in database.values().whole(["x"])] == ["good"]
        assert database.execute("SELECT a FROM bad WHERE a = 1").status == "error"
        assert database.execute("SELECT b FROM good").rows == (("x",),)


def test_a_query_that_no_kill_ends_is_left_and_said_so(mariadb, mariadb_shop: Database) -> None:  # type: ignore[no-untyped-def]
    cancel = Cancellation()
    timer = threading.Timer(0.2, cancel.cancel)
    deaf = "SELECT ENCRYPT('x', '$6$rounds=30000000$abcdefgh')"  # past the list: the engine's wall alone
    timer.start()
    outcome = mariadb_shop._engine.run(deaf, Limits(seconds=90), cancel)
    running = mariadb.admin(
        "SELECT INFO FROM information_schema.PROCESSLIST WHERE INFO LIKE '%ENCRYPT%rounds%'"
    )
    timer.join()
    assert len(running) == 2  # that one, and the look itself: it was not waited for
    assert outcome.status == "cancelled"
    assert outcome.error == "cancelled, but the server has not ended it"
    assert mariadb_shop.execute("SELECT 1").rows == ((1,),)


def test_tables_that_differ_by_case_are_two(mariadb: MariaDBServer) -> None:
    url = mariadb.create(
        "cases",
        "CREATE TABLE Customer (id INT PRIMARY KEY, name VARCHAR(40))",
        "CREATE TABLE customer (nr INT PRIMARY KEY, city VARCHAR(40))",
        "INSERT INTO Customer VALUES (1, 'Ann')",
        "INSERT INTO customer VALUES (7, 'Rome'), (8, 'Oslo')",
    )
    with connect(url) as database:
        schema = database.renew()
        assert {each.name: [column.name for column in each.columns] for each in schema.tables} == {
            "Customer": ["id", "name"],
            "customer": ["nr", "city"],
        }
        assert {each.name: each.primary_key for each in schema.tables} == {
            "Customer": ("id",),
            "customer": ("nr",),
        }
        for name, column in (("Customer", "name"), ("customer", "city")):
            found = schema.table(name)
            assert found is not None
            assert found.name == name
            assert found.column(column)
        samples = {each.name: each.columns[1].samples for each in schema.tables}
        assert samples == {"Customer": ("Ann",), "customer": ("Rome", "Oslo")}
        assert [match.table for match in database.values().whole(["rome"])] == ["customer"]
        for sql, rows in (("SELECT name FROM Customer", 1), ("SELECT city FROM customer", 2)):
            assert len(database.execute(sql).rows) == rows
        links = link_values("customers in Rome", schema, database.values())
        prompt = ChatForm().prefix(focus(schema, "customers in Rome", links))
        assert "CREATE TABLE `Customer`" in prompt or "CREATE TABLE Customer" in prompt
        assert "CREATE TABLE customer" in prompt


GROWING = {
    "REPLACE": "SELECT "
    + " + ".join(f"LENGTH(REPLACE(REPEAT('aaaaaaaa{n}', 1000), 'a', REPEAT('b', 10)))" for n in range(300)),
    "REPLACE of a REPLACE": "WITH a AS (SELECT LPAD('a', 9000, 'a') AS x), "
    "b AS (SELECT REPLACE(x, 'a', LPAD('b', 9000, 'b')) AS y FROM a) SELECT LENGTH(y) FROM b",
    "GROUP_CONCAT": f"SELECT {', '.join(f'LENGTH(GROUP_CONCAT(x.name, {n}))' for n in range(200))} FROM "
    + ", ".join(f"customers {alias}" for alias in "xyzuvw"),
    "REGEXP_REPLACE": "SELECT LENGTH(REGEXP_REPLACE(REPEAT('aaaaaaaaaa', 10000), 'a', 'bb'))",
    "JSON": f"SELECT LENGTH({'JSON_QUOTE(' * 12}REPEAT(name, 100){')' * 12}) FROM customers",
    "columns": f"SELECT {', '.join(f'SPACE({9000 + n % 999})' for n in range(2500))}",
}


@pytest.mark.parametrize("name", GROWING)
def test_texts_that_grow_without_bound_are_refused(name: str, mariadb_shop: Database) -> None:
    outcome = mariadb_shop.execute(GROWING[name])
    assert outcome.status == "refused", outcome
    assert outcome.error == "texts of that length are not allowed"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(n, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '\"', "
        "'&quot;'), '''', '&#39;') FROM (SELECT name AS n FROM customers) AS q",
        "SELECT REPLACE(REPLACE(REPLACE('{a} {b} {c}', '{a}', name), '{b}', city), '{c}', id) FROM customers",
        "SELECT city, REPLACE(GROUP_CONCAT(name), ',', ', '), GROUP_CONCAT(id), JSON_ARRAYAGG(name) "
        "FROM customers GROUP BY city",
        f"SELECT {'REPLACE(' * 26}name{''.join(f', {chr(97 + n)!r}, {chr(65 + n)!r})' for n in range(26))} "
        "FROM customers",
        "SELECT REGEXP_REPLACE(details, '[^a-z]+', '-') FROM products",
        "SELECT REPEAT('*', 100), REPEAT('#', 100), REPEAT('-', 100) FROM products",
    ],
)
def test_texts_that_grow_a_little_are_not(sql: str, mariadb_shop: Database) -> None:
    outcome = mariadb_shop.execute(sql)
    assert outcome.status == "ok", outcome


def test_the_server_bounds_what_a_session_takes(mariadb) -> None:  # type: ignore[no-untyped-def]
    url = mariadb.create(
        "crowd",
        "CREATE TABLE t (a INT, b VARCHAR(200))",
        "INSERT INTO t SELECT seq, REPEAT(CHAR(65 + seq % 26), 200) FROM seq_1_to_20000",
    )
    counted = ", ".join(f"COUNT(DISTINCT CONCAT(b, a, {n}))" for n in range(200))
    with connect(url, Limits(seconds=90)) as database:
        before = peak_of(mariadb._process.pid)
        outcome = database.execute(f"SELECT {counted} FROM t")
        assert outcome.status == "error", outcome
        assert outcome.error == "it needs more than the memory that the server allows a session"
        assert peak_of(mariadb._process.pid) - before < 400 * 1024 * 1024
        assert database.execute("SELECT COUNT(DISTINCT b, a) FROM t").rows == ((20_000,),)


def test_a_stricter_server_stays_strict(mariadb: MariaDBServer, mariadb_shop_url: str) -> None:
    mariadb.admin("SET GLOBAL max_session_mem_used = 20000000")
    try:
        with connect(mariadb_shop_url) as database:
            session = database._engine._open()  # type: ignore[attr-defined]
            with session.cursor() as cursor:
                cursor.execute("SELECT @@max_session_mem_used, @@tmp_disk_table_size")
                assert cursor.fetchone() == (20_000_000, 1024**3)
            session.close()
    finally:
        mariadb.admin("SET GLOBAL max_session_mem_used = DEFAULT")


SPOILING = "CREATE FUNCTION relax() RETURNS INT BEGIN SET GLOBAL max_connections = 78; RETURN 1; END"


def test_a_view_that_calls_a_function_of_the_database_is_not_read(
    mariadb: MariaDBServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "sqloop.database.knowledge.samples._TABLE_SECONDS", 5.0
    )  # of a view, on a busy machine
    mariadb.create(
        "spoilt_elsewhere",
        SPOILING,
        "CREATE VIEW there AS SELECT relax() AS n",
        "CREATE VIEW fine AS SELECT 1 AS n",
    )
    url = mariadb.create(
        "viewed",
        "CREATE TABLE t AS SELECT 2 AS a, 'x' AS b",
        "CREATE FUNCTION twice(n INT) RETURNS INT RETURN 2 * n",
        SPOILING,
        "CREATE VIEW spoiled AS SELECT a, relax() AS n, '`f`(' AS s FROM t",
        "CREATE VIEW `of a view` AS SELECT s.n FROM spoiled s WHERE s.a IN (1, 2)",
        "CREATE VIEW doubled AS SELECT twice(a) AS n FROM t",
        "CREATE VIEW honest AS WITH c (x) AS (SELECT b FROM t) SELECT CONCAT(x, '`relax`(') AS n, "
        "COUNT(*) AS m FROM c WHERE x IN ('x') GROUP BY 1",
    )
    before = mariadb.admin("SELECT @@GLOBAL.max_connections")
    with connect(url) as database:
        tables = {table.name: table for table in database.schema().tables}
        assert tables["honest"].columns[0].samples == ("x`relax`(",)
        assert tables["spoiled"].rows is None
        database.values()
        for name in ("spoiled", "viewed.spoiled", "`of a view`", "SPOILED", "spoilt_elsewhere.there"):
            for sql in (
                f"SELECT * FROM {name}",
                f"WITH c AS (SELECT * FROM {name}) SELECT * FROM c",
                f"SELECT 1 WHERE EXISTS (SELECT 1 FROM t JOIN {name} x)",
            ):
                for outcome in (database.execute(sql), database.prepare(sql)):
                    if name == "SPOILED":  # another table, where names of tables differ by case
                        assert outcome.status in ("refused", "error"), outcome
                        continue
                    assert outcome.status == "refused", outcome
                    assert "calls the function relax, which is not allowed" in outcome.error
        for sql in (
            "SELECT n FROM honest",
            "SELECT n FROM spoilt_elsewhere.fine",
            "SELECT a AS spoiled FROM t",
        ):
            assert database.execute(sql).status == "ok"
        assert database.execute("SELECT n FROM doubled").status == "refused"
    with connect(url, functions=["twice"]) as database:
        assert database.execute("SELECT n FROM doubled").rows == ((4,),)
        assert database.execute("SELECT n FROM spoiled").status == "refused"
    assert mariadb.admin("SELECT @@GLOBAL.max_connections") == before


def test_a_view_that_is_made_later_is_judged_too(
    mariadb: MariaDBServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sqloop.database.engines.mariadb.views.LIFE", 0.0)
    url = mariadb.create("later", SPOILING, "CREATE VIEW v AS SELECT 1 AS n")
    with connect(url) as database:
        assert database.execute("SELECT n FROM v").rows == ((1,),)
        mariadb.admin("CREATE OR REPLACE VIEW later.v AS SELECT later.relax() AS n")
        assert database.execute("SELECT n FROM v").status == "refused"
