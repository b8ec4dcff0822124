"""Limits, cancel and broken data: what comes back, and that the database can be asked again afterwards."""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path
from time import perf_counter

import pytest

from sqloop.database.cancellation import Cancellation
from sqloop.database.connect import Database, connect
from sqloop.database.outcome import Limits
from sqloop.errors import UnreachableError

_COUNT = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r{0}) SELECT COUNT(*) FROM {1}"
FOREVER = {
    "sqlite": _COUNT.format("", "r"),
    "postgres": _COUNT.format("", "r"),
    "duckdb": _COUNT.format("", "r"),
    # MariaDB ends a recursion by itself after 1,000 rounds: so many rows, five times each other.
    "mysql": _COUNT.format(" WHERE n < 900", "r a, r b, r c, r d, r e"),
}
CARTESIAN = "FROM " + ", ".join(f"items i{number}" for number in range(20))
HUGE_VALUE = {
    "sqlite": [
        "SELECT zeroblob(1000000000)",
        "SELECT hex(randomblob(500000000))",
    ],
    "mysql": ["SELECT REPEAT('a', 15000000)", "SELECT REPEAT('a', 15000000), REPEAT('b', 15000000)"],
    "postgres": ["SELECT repeat('a', 15000000)", "SELECT repeat('a', 15000000), repeat('b', 15000000)"],
    "duckdb": ["SELECT repeat('a', 15000000)", "SELECT repeat('a', 15000000), repeat('b', 15000000)"],
}


def limited(shop: Database, limits: Limits) -> Database:
    """The same database under other limits."""
    shop._engine.close()
    shop.limits = limits
    return shop


def works(database: Database) -> bool:
    """Whether it answers, under limits that no busy machine reaches."""
    database.limits = Limits()
    return database.execute("SELECT name FROM customers WHERE id = 1").rows == (("Ada",),)


def test_rows_and_columns_come_back_as_they_are(shop: Database) -> None:
    outcome = shop.execute("SELECT id, name AS n, city FROM customers ORDER BY id")
    assert outcome.status == "ok"
    assert outcome.columns == ("id", "n", "city")
    assert outcome.rows[3] == (4, "Zoë", None)
    assert not outcome.truncated
    assert outcome.elapsed_ms > 0


def test_columns_are_known_without_rows(shop: Database) -> None:
    outcome = shop.execute("SELECT id, name FROM customers WHERE id = 99")
    assert (outcome.status, outcome.columns, outcome.rows) == ("ok", ("id", "name"), ())


def test_decimals_dates_bits_and_binary_of_mariadb_become_plain_values(mariadb_shop: Database) -> None:
    outcome = mariadb_shop.execute(
        "SELECT price, SUM(id), born, placed, TIMEDIFF('10:00', '9:00'), x'ff', 1e2, YEAR(placed) "
        "FROM (SELECT p.price, p.id, c.born, o.placed FROM products p, customers c, orders o LIMIT 1) t"
    )
    assert outcome.rows == ((3.5, 1, "1990-01-02", "2024-01-05 10:00:00", "01:00:00", b"\xff", 100.0, 2024),)
    assert isinstance(outcome.rows[0][1], int)


def test_an_error_is_an_outcome_of_one_line(shop: Database) -> None:
    outcome = shop.execute("SELECT id FROM nowhere")
    assert outcome.status == "error"
    assert "nowhere" in outcome.error
    assert "\n" not in outcome.error


def test_a_syntax_error_names_the_place_without_the_manual(mariadb_shop: Database) -> None:
    error = mariadb_shop._engine.run("SELECT 1 FORM t WHERE", Limits()).error
    assert error.startswith("syntax error near")


def test_a_refusal_is_an_outcome(shop: Database) -> None:
    outcome = shop.execute("DELETE FROM items")
    assert (outcome.status, outcome.error) == ("refused", "only queries are allowed, not DELETE")


def test_rows_are_cut_at_the_limit(shop: Database) -> None:
    outcome = limited(shop, Limits(rows=7)).execute("SELECT 1 FROM items a, items b")
    assert (outcome.status, len(outcome.rows), outcome.truncated) == ("ok", 7, True)
    outcome = shop.execute("SELECT 1 FROM items a, items b LIMIT 7")
    assert (outcome.status, len(outcome.rows), outcome.truncated) == ("ok", 7, False)
    outcome = shop.execute("SELECT 1 FROM items a, items b LIMIT 8")
    assert (len(outcome.rows), outcome.truncated) == (7, True)
    assert works(shop)


def test_bytes_are_cut_at_the_limit(shop: Database) -> None:
    text = "x" * 1_000
    outcome = limited(shop, Limits(bytes=5_000)).execute(f"SELECT '{text}' FROM items")
    assert (outcome.status, len(outcome.rows), outcome.truncated) == ("ok", 4, True)
    assert works(shop)


def test_a_query_without_end_is_stopped(shop: Database) -> None:
    outcome = limited(shop, Limits(seconds=0.2)).execute(FOREVER[shop.dialect])
    assert (outcome.status, outcome.error) == ("timeout", "stopped after 0.2 s")
    assert works(shop)


def test_a_cartesian_product_is_stopped(shop: Database) -> None:
    limited(shop, Limits(seconds=0.2))
    assert shop.execute(f"SELECT COUNT(*) {CARTESIAN}").status == "timeout"
    assert shop.execute(f"SELECT i0.line {CARTESIAN} ORDER BY i19.line, i1.quantity").status == "timeout"
    outcome = limited(shop, Limits()).execute(f"SELECT i0.line {CARTESIAN}")
    assert (outcome.status, len(outcome.rows), outcome.truncated) == ("ok", 1_000, True)
    assert works(shop)


def test_a_huge_value_is_refused_before_it_is_held(shop: Database) -> None:
    for sql in HUGE_VALUE[shop.dialect]:
        outcome = shop._engine.run(sql, shop.limits)
        assert (outcome.status, outcome.rows) == ("error", ()), sql
    assert works(shop)


def test_many_large_values_in_one_row_are_bounded(sqlite_shop: Database) -> None:
    columns = ", ".join(["zeroblob(8000000)"] * 500)
    outcome = sqlite_shop.execute(f"SELECT {columns}")
    assert (outcome.status, outcome.rows) == ("error", ())
    assert works(sqlite_shop)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT instr(hex(zeroblob(4000000)), hex(zeroblob(2000000)) || '1')",
        "SELECT replace(hex(zeroblob(4000000)), hex(zeroblob(2000000)) || '1', '')",
    ],
)
def test_an_instruction_that_cannot_be_stopped_gets_little_to_do(sqlite_shop: Database, sql: str) -> None:
    assert sqlite_shop.execute(sql).status == "error"
    assert sqlite_shop.execute("SELECT length(hex(zeroblob(4000000)))").rows == ((8_000_000,),)


@pytest.mark.parametrize("function", ["SLEEP(60)", "BENCHMARK(100000000000, SHA2('x', 512))"])
def test_wall_3_alone_stops_waiting_functions(mariadb_shop: Database, function: str) -> None:
    started = perf_counter()
    mariadb_shop._engine.run(f"SELECT {function}", Limits(seconds=0.2))
    assert perf_counter() - started < 60
    assert works(mariadb_shop)


def test_a_cancel_from_another_thread_reaches_the_database(shop: Database) -> None:
    for _ in range(3):
        cancel = Cancellation()
        timer = threading.Timer(0.1, cancel.cancel)
        timer.start()
        outcome = limited(shop, Limits(seconds=60)).execute(FOREVER[shop.dialect], cancel)
        timer.join()
        assert (outcome.status, outcome.error) == ("cancelled", "cancelled")
        assert works(shop)


def test_a_cancel_beforehand_starts_nothing(shop: Database) -> None:
    cancel = Cancellation()
    cancel.cancel()
    assert shop.execute(FOREVER[shop.dialect], cancel).status == "cancelled"


def test_a_cancel_afterwards_strikes_nothing(shop: Database) -> None:
    cancel = Cancellation()
    assert shop.execute("SELECT 1", cancel).status == "ok"
    cancel.cancel()
    assert works(shop)


def test_a_cancelled_query_is_gone_from_postgres(postgres, postgres_shop: Database) -> None:  # type: ignore[no-untyped-def]
    cancel = Cancellation()
    timer = threading.Timer(0.1, cancel.cancel)
    timer.start()
    limited(postgres_shop, Limits(seconds=60)).execute(FOREVER["postgres"], cancel)
    timer.join()
    active = "SELECT query FROM pg_stat_activity WHERE state = 'active' AND usename = 'owner'"
    assert postgres.admin(active) == []


def test_a_cancelled_query_is_gone_from_the_server(mariadb, mariadb_shop: Database) -> None:  # type: ignore[no-untyped-def]
    cancel = Cancellation()
    timer = threading.Timer(0.1, cancel.cancel)
    timer.start()
    limited(mariadb_shop, Limits(seconds=60)).execute(FOREVER["mysql"], cancel)
    timer.join()
    running = mariadb.admin("SELECT info FROM information_schema.processlist WHERE info LIKE '%RECURSIVE%'")
    assert [row for row in running if "processlist" not in str(row[0])] == []


def test_threads_share_a_database(shop: Database) -> None:
    results: list[bool] = []
    threads = [threading.Thread(target=lambda: results.append(works(shop))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 12


@pytest.mark.parametrize("engine", ["mariadb", "postgres"])
def test_a_restarted_server_is_met_again(request: pytest.FixtureRequest, engine: str) -> None:
    server, shop = request.getfixturevalue(engine), request.getfixturevalue(f"{engine}_shop")
    assert works(shop)
    server.stop()
    try:
        with pytest.raises(UnreachableError, match="No database server answers"):
            shop.execute("SELECT 1")
    finally:
        server.start()
    assert works(shop)


def test_a_session_that_the_server_ended_is_replaced(mariadb, mariadb_shop: Database) -> None:  # type: ignore[no-untyped-def]
    number = mariadb_shop.execute("SELECT CONNECTION_ID()").rows[0][0]
    mariadb.admin(f"KILL {number}")
    assert works(mariadb_shop)


def test_a_replaced_file_is_read_anew(shop_file: Path, sqlite_shop: Database) -> None:
    assert works(sqlite_shop)
    other = shop_file.with_name("other")
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE customers AS SELECT 1 AS id, 'Eve' AS name")
    connection.close()
    os.replace(other, shop_file)
    assert sqlite_shop.execute("SELECT name FROM customers").rows == (("Eve",),)


def test_a_deleted_file_is_unreachable_and_not_made_again(shop_file: Path, sqlite_shop: Database) -> None:
    assert works(sqlite_shop)
    shop_file.unlink()
    with pytest.raises(UnreachableError, match="No such file"):
        sqlite_shop.execute("SELECT 1")
    assert not shop_file.exists()


def test_changes_by_others_are_seen(shop_file: Path, sqlite_shop: Database) -> None:
    assert works(sqlite_shop)
    with sqlite3.connect(shop_file) as connection:
        connection.execute("UPDATE customers SET name = 'Eve' WHERE id = 1")
    connection.close()
    assert sqlite_shop.execute("SELECT name FROM customers WHERE id = 1").rows == (("Eve",),)


def test_binary_and_broken_text_in_a_text_column(tmp_path: Path) -> None:
    path = tmp_path / "broken.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (id INTEGER, v TEXT)")
        connection.execute("INSERT INTO t VALUES (1, x'ff00'), (2, CAST(x'61ff62' AS TEXT)), (3, 'fine')")
    connection.close()
    with connect(f"sqlite:///{path}") as database:
        rows = database.execute("SELECT v FROM t ORDER BY id").rows
        assert rows == ((b"\xff\x00",), ("a\ufffdb",), ("fine",))
        assert database.schema().tables[0].columns[1].samples == ("a\ufffdb", "fine")
        assert database.execute("SELECT v FROM t WHERE id = 3").rows == (("fine",),)
        assert database.distinct_values("t", "v", 9, 1) == (["a\ufffdb", "fine"], False)


def test_binary_in_a_text_column_of_mariadb(mariadb) -> None:  # type: ignore[no-untyped-def]
    url = mariadb.create(
        "broken",
        "CREATE TABLE t (id INT, v VARCHAR(9) CHARACTER SET latin1, b VARBINARY(9), f BIT(3))",
        "INSERT INTO t VALUES (1, x'ff00e4', x'ff00', 5), (2, 'fine', 'fine', 0)",
    )
    with connect(url) as database:
        rows = database.execute("SELECT v, b, f FROM t ORDER BY id").rows
        assert rows == (("ÿ\x00ä", b"\xff\x00", 5), ("fine", b"fine", 0))


def test_full_text_and_other_virtual_tables_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "virtual.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE VIRTUAL TABLE notes USING fts5(body)")
        connection.execute("CREATE VIRTUAL TABLE boxes USING rtree(id, x0, x1)")
        connection.execute("INSERT INTO notes VALUES ('tea and mugs')")
        connection.execute("INSERT INTO boxes VALUES (1, 0, 2)")
    connection.close()
    with connect(f"sqlite:///{path}") as database:
        assert [table.name for table in database.schema().tables] == ["notes", "boxes"]
        assert database.execute("SELECT body FROM notes WHERE notes MATCH 'tea'").status == "ok"
        assert database.execute("SELECT id FROM boxes WHERE x0 < 1").rows == ((1,),)


def test_a_locked_file_is_an_outcome(shop_file: Path) -> None:
    with connect(f"sqlite:///{shop_file}", Limits(seconds=0.2)) as database:
        assert works(database)
        writer = sqlite3.connect(shop_file, isolation_level=None)
        writer.execute("BEGIN EXCLUSIVE")
        try:
            assert database.execute("SELECT * FROM items").error == (
                "database is locked: another program is writing to it, ask again when it has finished"
            )
        finally:
            writer.execute("ROLLBACK")
            writer.close()
        assert works(database)
