"""What introspection finds: keys, types, comments, estimates, samples; odd names, empty and huge schemas."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from sqloop.database.connect import Database, connect
from sqloop.database.schema import ForeignKey
from sqloop.errors import DatabaseError

Make = Callable[..., Database]


@pytest.fixture
def sqlite(tmp_path: Path) -> Make:
    """Makes a SQLite database of statements."""

    def make(*statements: str) -> Database:
        path = tmp_path / "made.sqlite"
        connection = sqlite3.connect(path)
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()
        return connect(f"sqlite:///{path}")

    return make


def test_tables_columns_and_keys(shop: Database) -> None:
    schema = shop.schema()
    assert {table.name for table in schema.tables} == {
        "customers",
        "products",
        "orders",
        "items",
        "odd",
        "order details",
        "rome",
    }
    items = schema.table("items")
    assert items is not None
    assert items.primary_key == ("order_id", "line")
    assert set(items.foreign_keys) == {
        ForeignKey(("order_id",), "orders", ("id",)),
        ForeignKey(("product_id",), "products", ("id",)),
    }
    customers = schema.table("customers")
    assert customers is not None
    assert [(column.name, column.kind) for column in customers.columns] == [
        ("id", "number"),
        ("name", "text"),
        ("city", "text"),
        ("born", "date"),
    ]
    name, city = customers.column("name"), customers.column("city")
    assert name is not None
    assert city is not None
    assert (name.nullable, city.nullable) == (False, True)


def test_samples_are_the_most_frequent_values(shop: Database) -> None:
    customers, orders = shop.schema().table("customers"), shop.schema().table("orders")
    assert customers is not None
    assert orders is not None
    assert customers.columns[2].samples == ("Rome", "Paris")
    assert customers.columns[0].samples == ()  # keys tell nothing
    assert orders.columns[3].samples[0] == "paid"
    assert orders.columns[2].samples[0].startswith("2024-01-05")


def test_the_last_rows_are_looked_at_too(sqlite: Make, mariadb, postgres) -> None:  # type: ignore[no-untyped-def]
    states = ["done"] * 900 + ["new"] * 20
    rows = ", ".join(f"({number}, '{state}')" for number, state in enumerate(states, 1))
    make = ("CREATE TABLE t (id INTEGER PRIMARY KEY, state VARCHAR(9))", f"INSERT INTO t VALUES {rows}")
    servers = [connect(server.create("last", *make)) for server in (mariadb, postgres)]
    for each in (sqlite(*make), *servers):
        with each as database:
            assert database.schema().tables[0].columns[1].samples == ("done", "new")


def test_rows_are_estimated(shop: Database) -> None:
    table = shop.schema().table("items")
    assert table is not None
    assert table.rows == 5


def test_odd_names_survive(shop: Database) -> None:
    odd = shop.schema().table("odd")
    assert odd is not None
    assert [column.name for column in odd.columns] == [
        "select",
        "update",
        "two words",
        "größe",
        "sleep",
        "set",
    ]
    assert shop.distinct_values("order details", "into", 5, 1) == (["x"], False)
    assert sorted(shop.distinct_values("odd", "two words", 5, 1)[0]) == ["b c", "it's"]


def test_the_schema_is_read_once_and_again_on_demand(sqlite: Make) -> None:
    with sqlite("CREATE TABLE a (x)") as database:
        first = database.schema()
        sqlite("CREATE TABLE b (y)").close()
        assert database.schema() is first
        assert [table.name for table in database.schema(refresh=True).tables] == ["a", "b"]
        assert database.schema().fingerprint != first.fingerprint


def test_the_fingerprint_stays_when_rows_are_added(sqlite: Make) -> None:
    with sqlite("CREATE TABLE a (x TEXT)") as database:
        first = database.schema().fingerprint
        sqlite("INSERT INTO a VALUES ('new')").close()
        assert database.schema(refresh=True).fingerprint == first


def test_an_empty_database_has_no_tables(sqlite: Make, mariadb) -> None:  # type: ignore[no-untyped-def]
    with sqlite() as database:
        assert database.schema().tables == ()
        assert database.execute("SELECT 1").rows == ((1,),)
    with connect(mariadb.create("empty")) as database:
        assert database.schema().tables == ()


def test_sqlite_foreign_keys_without_columns_refer_to_the_primary_key(sqlite: Make) -> None:
    with sqlite(
        "CREATE TABLE Parent (a INTEGER, b INTEGER, PRIMARY KEY (b, a))",
        "CREATE TABLE child (x INTEGER, y INTEGER, FOREIGN KEY (x, y) REFERENCES parent)",
        "CREATE TABLE orphan (x INTEGER REFERENCES gone, "
        "y INTEGER REFERENCES PARENT (a), z INTEGER REFERENCES gone (a))",
    ) as database:
        child, orphan = database.schema().table("child"), database.schema().table("orphan")
        assert child is not None
        assert orphan is not None
        assert child.foreign_keys == (ForeignKey(("x", "y"), "Parent", ("b", "a")),)
        assert orphan.foreign_keys == (ForeignKey(("y",), "Parent", ("a",)),)


def test_sqlite_kinds_follow_the_values_where_types_say_little(sqlite: Make) -> None:
    with sqlite(
        "CREATE TABLE t (day TEXT, free, amount, flag BOOLEAN, picture BLOB, year INTEGER, code TEXT)",
        "INSERT INTO t VALUES ('2024-01-02', 'a', 1.5, 1, x'ff', 1999, '2024')",
        "INSERT INTO t VALUES ('2024-01-03 10:00:00', 'b', 2, 0, x'fe', 2001, 'x')",
    ) as database:
        columns = database.schema().tables[0].columns
        kinds = [column.kind for column in columns]
        assert kinds == ["date", "text", "number", "boolean", "other", "number", "text"]
        assert columns[4].samples == ()


def test_views_generated_columns_and_broken_views(sqlite: Make) -> None:
    with sqlite(
        "CREATE TABLE t (a INTEGER, b INTEGER GENERATED ALWAYS AS (a + 1), c TEXT AS (a || 'x') STORED)",
        "INSERT INTO t (a) VALUES (1)",
        "CREATE VIEW good AS SELECT a, c FROM t",
        "CREATE VIEW broken AS SELECT x FROM nowhere",
    ) as database:
        assert [table.name for table in database.schema().tables] == ["t", "good"]
        assert [column.name for column in database.schema().tables[0].columns] == ["a", "b", "c"]
        assert database.schema().tables[1].columns[1].samples == ("1x",)


def test_long_and_large_values_stay_out(sqlite: Make) -> None:
    with sqlite(
        "CREATE TABLE t (v TEXT)", "INSERT INTO t VALUES (hex(zeroblob(1000000))), ('short')"
    ) as database:
        assert max(len(sample) for sample in database.schema().tables[0].columns[0].samples) == 60
        assert database.distinct_values("t", "v", 5, 1) == (["short"], False)


def test_mariadb_comments_types_and_estimates(mariadb) -> None:  # type: ignore[no-untyped-def]
    url = mariadb.create(
        "described",
        "CREATE TABLE people (id INT PRIMARY KEY, sex ENUM('f', 'm') COMMENT 'as told', active TINYINT(1), "
        "photo BLOB, born YEAR, seen TIMESTAMP, at TIME) COMMENT 'who buys'",
        "CREATE SEQUENCE numbers",
        "INSERT INTO people VALUES (1, 'f', 1, 'x', 1990, '2024-01-01', '10:00')",
        "CREATE VIEW broken AS SELECT id FROM people",
        "ALTER TABLE people RENAME COLUMN id TO number",
    )
    with connect(url) as database:
        tables = {table.name: table for table in database.schema().tables}
        assert set(tables) == {"people"}
        people = tables["people"]
        assert people.comment == "who buys"
        assert people.columns[1].comment == "as told"
        assert people.columns[1].type == "enum('f','m')"
        kinds = [column.kind for column in people.columns]
        assert kinds == ["number", "text", "boolean", "other", "number", "date", "other"]


def test_mariadb_samples_are_the_values_as_they_are_stored(mariadb) -> None:  # type: ignore[no-untyped-def]
    odd = 'quote \' " back \\ line\n tab\t bell\a smile 😀 {"a": [1]}'
    url = mariadb.create(
        "sampled",
        "CREATE TABLE t (flag BIT(1), bits BIT(8), code INT(5) ZEROFILL, share FLOAT, price DECIMAL(8, 2), "
        "born DATE, seen DATETIME, size ENUM('s', 'm'), told TEXT, old VARCHAR(20) CHARACTER SET latin1, "
        "doc JSON, photo BLOB, nothing INT, long_one TEXT)",
        "INSERT INTO t VALUES (b'1', b'101', 42, 0.1, 12.50, '2024-01-02', '2024-01-02 10:00:00', 'm', "
        f"CONVERT(x'{odd.encode().hex()}' USING utf8mb4), 'Zoë', '[1, {{}}]', x'00ff', NULL, "
        "REPEAT('x', 1000))",
        "CREATE TABLE other (a TEXT COLLATE utf8mb4_bin)",
        "INSERT INTO other VALUES ('b'), ('B'), ('b')",
        "ANALYZE TABLE t, other",
    )
    with connect(url) as database:
        schema = database.schema()
    t, other = schema.table("t"), schema.table("other")
    assert t is not None
    assert other is not None
    assert {column.name: column.samples for column in t.columns} == {
        "flag": ("1",),
        "bits": ("5",),
        "code": ("42",),
        "share": ("0.1",),
        "price": ("12.5",),
        "born": ("2024-01-02",),
        "seen": ("2024-01-02 10:00:00",),
        "size": ("m",),
        "told": (odd,),
        "old": ("Zoë",),
        "doc": ("[1, {}]",),
        "photo": (),
        "nothing": (),
        "long_one": ("x" * 60,),
    }
    assert other.columns[0].samples == ("b", "B")


def test_mariadb_reads_the_samples_of_many_tables_at_once(mariadb) -> None:  # type: ignore[no-untyped-def]
    tables = [f"CREATE TABLE t{number} (a VARCHAR(20))" for number in range(120)]
    rows = [f"INSERT INTO t{number} VALUES ('value {number}')" for number in range(120)]
    with connect(mariadb.create("numerous", *tables, *rows)) as database:
        before = _questions(mariadb)
        schema = database.schema()
        assert _questions(mariadb) - before < 20
    assert {table.columns[0].samples for table in schema.tables} == {
        (f"value {number}",) for number in range(120)
    }


def _questions(mariadb) -> int:  # type: ignore[no-untyped-def]
    return int(mariadb.admin("SHOW GLOBAL STATUS LIKE 'Questions'")[0][1])


def test_mariadb_one_table_that_cannot_be_read_costs_no_other_its_samples(mariadb) -> None:  # type: ignore[no-untyped-def]
    mariadb.create(
        "guarded",
        *(f"CREATE TABLE t{number} (a VARCHAR(20))" for number in range(3)),
        *(f"INSERT INTO t{number} VALUES ('value {number}')" for number in range(3)),
        "CREATE VIEW slow AS SELECT SLEEP(1000) AS a FROM t0",
    )
    mariadb.admin(
        "CREATE OR REPLACE USER guest@'%' IDENTIFIED BY 'x'",
        "GRANT SELECT ON guarded.t0 TO guest@'%'",
        "GRANT INSERT ON guarded.t1 TO guest@'%'",
        "GRANT SELECT ON guarded.t2 TO guest@'%'",
        "GRANT SELECT ON guarded.slow TO guest@'%'",
    )
    with connect(mariadb.url("guarded", "guest", "x")) as database:
        found = {table.name: table.columns[0].samples for table in database.schema().tables}
    assert found == {"t0": ("value 0",), "t1": (), "t2": ("value 2",), "slow": ()}


def test_mariadb_wide_tables_are_read_whole(mariadb) -> None:  # type: ignore[no-untyped-def]
    values = ", ".join(f"'value number {number}'" for number in range(200))
    columns = ", ".join(f"c{number} ENUM({values}) COMMENT '{'why ' * 250}'" for number in range(60))
    with connect(mariadb.create("wide", f"CREATE TABLE t ({columns})")) as database:
        (table,) = database.schema().tables
    assert [column.name for column in table.columns] == [f"c{number}" for number in range(60)]
    assert {len(column.type) for column in table.columns} == {1_000}  # `knowledge.lengths`
    assert {column.comment for column in table.columns} == {("why " * 250)}


def test_mariadb_keys_to_other_databases_stay_out(mariadb) -> None:  # type: ignore[no-untyped-def]
    mariadb.create("elsewhere", "CREATE TABLE p (id INT PRIMARY KEY)")
    url = mariadb.create("here", "CREATE TABLE c (id INT, FOREIGN KEY (id) REFERENCES elsewhere.p (id))")
    with connect(url) as database:
        assert database.schema().tables[0].foreign_keys == ()


def test_distinct_values_are_bounded(sqlite: Make) -> None:
    rows = ", ".join(f"('v{number}')" for number in range(50))
    with sqlite(
        "CREATE TABLE t (v TEXT)", f"INSERT INTO t VALUES {rows}, (NULL), (x'ff'), ('v1')"
    ) as database:
        values, cut = database.distinct_values("t", "v", 10, 1)
        assert (len(values), cut) == (10, True)
        values, cut = database.distinct_values("T", "V", 60, 1)
        assert (sorted(values), cut) == (sorted(f"v{number}" for number in range(50)), False)


def test_distinct_values_stop_in_time(sqlite: Make) -> None:
    endless = (
        "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT 'x' || (n % 3) AS v FROM r"
    )
    with sqlite(f"CREATE VIEW endless AS {endless}") as database:
        values, cut = database.distinct_values("endless", "v", 10, 0.2)
        assert cut
        assert "x1" in values


def test_distinct_values_of_a_table_too_large_to_read_in_time(mariadb) -> None:  # type: ignore[no-untyped-def]
    url = mariadb.create(
        "large",
        "CREATE TABLE t (v VARCHAR(40))",
        "INSERT INTO t VALUES ('first'), ('second')",
        "INSERT INTO t SELECT CONCAT('later ', seq % 3) FROM seq_1_to_300000",
    )
    with connect(url) as database:
        database.schema()
        tries = (database.distinct_values("t", "v", 100, 0.05) for _ in range(40))
        values, cut = next(each for each in tries if each[0])  # A busy machine comes to no row at first.
        assert cut
        assert {"first", "second"} <= set(values)


def test_distinct_values_of_nothing_is_an_error(shop: Database) -> None:
    with pytest.raises(DatabaseError, match=r"no column items\.nothing"):
        shop.distinct_values("items", "nothing", 1, 1)


def test_many_tables_are_read_whole(sqlite: Make, mariadb) -> None:  # type: ignore[no-untyped-def]
    tables = [f"CREATE TABLE t{number} (id INTEGER PRIMARY KEY, a TEXT)" for number in range(200)]
    with sqlite(*tables) as database:
        assert len(database.schema().tables) == 200
    with connect(mariadb.create("many", *tables[:50])) as database:
        assert len(database.schema().tables) == 50


@pytest.mark.parametrize(
    ("column", "values", "samples"),
    [
        ("created_at", range(1_714_500_000, 1_714_500_050), 1),
        ("paidTs", range(1_714_500_000_000, 1_714_500_000_050), 1),
        ("phone", range(1_714_500_000, 1_714_500_050), 1),
        ("time", range(50), 1),
        ("rating_at", range(3), 3),
    ],
)
def test_many_numbers_show_one(sqlite: Make, column: str, values: range, samples: int) -> None:
    rows = (f"INSERT INTO t VALUES ({value})" for value in values)
    with sqlite(f"CREATE TABLE t ({column} INTEGER)", *rows) as database:
        (found,) = database.schema().tables[0].columns
    assert len(found.samples) == samples
    assert found.kind == "number"


def test_columns_tell_whether_their_rows_hold_null(sqlite: Make, mariadb) -> None:  # type: ignore[no-untyped-def]
    made = (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, boss INTEGER, paid_on DATE, note VARCHAR(9))",
        "INSERT INTO t VALUES (1, NULL, '2024-05-01', 'a')",
        "INSERT INTO t VALUES (2, 1, NULL, 'b')",
    )
    with sqlite(*made) as database:
        assert [each.nulls for each in database.schema().tables[0].columns] == [False, True, True, False]
    with connect(mariadb.create("absent", *made)) as database:
        assert [each.nulls for each in database.schema().tables[0].columns] == [False, True, True, False]


UNIQUE = (
    "CREATE TABLE people (id INTEGER PRIMARY KEY, email VARCHAR(40) UNIQUE, name VARCHAR(40), "
    "born INTEGER, UNIQUE (name, born))",
    "CREATE TABLE passports (id INTEGER PRIMARY KEY, person INTEGER, land VARCHAR(2), spent INTEGER)",
    "CREATE UNIQUE INDEX of_one ON passports (person)",
)
PARTIAL = "CREATE UNIQUE INDEX of_few ON passports (land) WHERE spent = 0"
EXPRESSION = "CREATE UNIQUE INDEX of_words ON passports (lower(land))"


def test_unique_keys_are_known_and_those_of_some_rows_are_none(
    sqlite: Make, mariadb, postgres, tmp_path: Path
) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "people.duckdb"
    with duckdb.connect(str(path)) as connection:
        for statement in UNIQUE:
            connection.execute(statement)
    databases = {
        "sqlite": sqlite(*UNIQUE, PARTIAL, EXPRESSION),
        "mariadb": connect(mariadb.create("uniques", *UNIQUE)),
        "postgres": connect(postgres.create("uniques", *UNIQUE, PARTIAL, EXPRESSION)),
        "duckdb": connect(f"duckdb:///{path}"),
    }
    for engine, database in databases.items():
        with database:
            people, passports = map(database.schema().table, ("people", "passports"))
            assert people is not None
            assert passports is not None
            assert set(people.unique) == {("email",), ("name", "born")}, engine
            # DuckDB does not say of which columns an index is.
            assert passports.unique == (() if engine == "duckdb" else (("person",),)), engine
            assert passports.primary_key == ("id",), engine
