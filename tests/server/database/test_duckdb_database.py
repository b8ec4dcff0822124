"""Files that are databases of DuckDB: beside other programs, with their log, schemas, enums and comments."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from server.database.duckdb_files import opened, rows
from sqloop.database.connect import Database
from sqloop.errors import UnreachableError

WRITE = """
import duckdb, sys
duckdb.connect(sys.argv[1]).execute("INSERT INTO customers VALUES (9, 'Eve', NULL, NULL)")
"""


def test_a_file_is_let_go_of_for_a_writer(duckdb_file: Path, duckdb_shop: Database) -> None:
    assert duckdb_shop.execute("SELECT COUNT(*) FROM customers").rows == ((4,),)
    deadline = time.monotonic() + 10
    write = [sys.executable, "-c", WRITE, str(duckdb_file)]
    while subprocess.run(write, check=False, capture_output=True).returncode:
        assert time.monotonic() < deadline
    assert duckdb_shop.execute("SELECT COUNT(*) FROM customers").rows == ((5,),)


def test_a_file_that_another_program_writes_to_is_unreachable(duckdb_file: Path) -> None:
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(1, flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(duckdb_file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        with pytest.raises(UnreachableError, match="in use by another program"):
            opened(duckdb_file)
        writer.communicate()
    with opened(duckdb_file) as database:
        assert database.execute("SELECT 1").status == "ok"


def test_a_write_ahead_log_is_read_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "log.duckdb"
    code = (
        "import duckdb, os, sys; c = duckdb.connect(sys.argv[1]); "
        "c.execute('CREATE TABLE t AS SELECT 1 AS a'); "
        "os._exit(0)  # killed: the log stays"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=True)
    log = path.with_name("log.duckdb.wal")
    before = path.read_bytes(), log.read_bytes()
    assert rows(path, "SELECT a FROM t") == ((1,),)
    assert (path.read_bytes(), log.read_bytes()) == before


def test_schemas_views_enums_and_comments_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "rich.duckdb"
    with duckdb.connect(str(path)) as connection:
        for statement in (
            "CREATE TYPE mood AS ENUM ('sad', 'glad')",
            "CREATE TABLE person (id INTEGER PRIMARY KEY, mood mood, tags VARCHAR[], home STRUCT(city INT))",
            "CREATE TABLE visit (person_id INTEGER REFERENCES person (id), cost DECIMAL(9,2))",
            "CREATE VIEW glad AS SELECT id FROM person WHERE mood = 'glad'",
            "COMMENT ON TABLE person IS 'everybody'",
            "COMMENT ON COLUMN person.mood IS 'how they are'",
            "INSERT INTO person VALUES (1, 'glad', ['a'], {'city': 1})",
        ):
            connection.execute(statement)
    with opened(path) as database:
        schema = database.schema()
    person, visit, glad = (schema.table(name) for name in ("person", "visit", "glad"))
    assert person is not None
    assert visit is not None
    assert glad is not None
    assert (person.comment, person.primary_key, person.rows, glad.view) == ("everybody", ("id",), 1, True)
    mood = person.column("mood")
    assert mood is not None
    assert (mood.type, mood.kind, mood.comment, mood.samples) == ("ENUM", "text", "how they are", ("glad",))
    assert [(key.columns, key.referred_table) for key in visit.foreign_keys] == [(("person_id",), "person")]
