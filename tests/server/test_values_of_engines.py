"""What each type of PostgreSQL and DuckDB becomes where people and programs look: in JSON and in CSV."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from model_server import ToldModel

if TYPE_CHECKING:
    from servers import PostgreSQLServer

Run = Callable[..., "subprocess.CompletedProcess[str]"]

TYPES = (
    "CREATE SCHEMA sales",
    "CREATE TYPE sales.state AS ENUM ('open', 'paid')",
    "CREATE DOMAIN sales.percent AS numeric(5, 2) CHECK (value BETWEEN 0 AND 100)",
    "CREATE TABLE sales.orders (id integer GENERATED ALWAYS AS IDENTITY, placed date, state sales.state, "
    "discount sales.percent, amount numeric, gross numeric GENERATED ALWAYS AS (amount * 2) STORED, "
    "tags text[], notes jsonb, at timestamptz, code uuid, took interval, paid boolean, size char(3), "
    "big bigint, picture bytea) PARTITION BY RANGE (placed)",
    "CREATE TABLE sales.orders_2024 PARTITION OF sales.orders "
    "FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
    "COMMENT ON COLUMN sales.orders.took IS 'until it was sent'",
    "INSERT INTO sales.orders (placed, state, discount, amount, tags, notes, at, code, took, paid, size, "
    "big, picture) VALUES ('2024-05-01', 'paid', 12.5, 12345678901234567890.12, '{a,\"b, c\",NULL}', "
    "'{\"x\": [1, null]}', '2024-03-01 10:00:00.25+02', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', "
    "'90 minutes', true, 'XL', 9007199254740993, '\\x00ff'), "
    "('2024-05-02', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
    "CREATE VIEW sales.paid AS SELECT id, amount FROM sales.orders WHERE state = 'paid'",
    "CREATE MATERIALIZED VIEW sales.kept AS SELECT state, COUNT(*) AS n FROM sales.orders GROUP BY state",
)
SHOWN: dict[str, Any] = {
    "id": 1,
    "placed": "2024-05-01",
    "state": "paid",
    "discount": "12.5",
    "amount": "12345678901234567890.12",
    "gross": "24691357802469135780.24",
    "tags": '{a,"b, c",NULL}',
    "notes": '{"x": [1, null]}',
    "at": "2024-03-01 08:00:00.25+00",
    "code": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
    "took": "01:30:00",
    "paid": True,
    "size": "XL ",
    "big": 9007199254740993,
    "picture": "0x00ff",
}
ORDERS = "SELECT * FROM sales.orders ORDER BY id"
VIEWS = "SELECT p.id, k.state, k.n FROM sales.paid AS p JOIN sales.kept AS k ON k.state = 'paid'"


@pytest.fixture
def model() -> Iterator[ToldModel]:
    model = ToldModel({"orders": ORDERS, "kept": VIEWS, "things": "SELECT * FROM things ORDER BY id"})
    yield model
    model.close()


def asked(run: Run, model: ToldModel, question: str, db: str, *options: str) -> str:
    """What is printed."""
    given = "--db", db, "--model", model.url, "-k", "1", "--no-feedback", *options
    done = run("ask", question, *given, PGTZ="UTC")
    assert done.returncode == 0, done.stderr
    return done.stdout


def as_json(run: Run, model: ToldModel, question: str, db: str) -> tuple[list[str], list[list[Any]]]:
    """Columns and rows, with all the digits of fractions."""
    told = json.loads(asked(run, model, question, db, "--json"), parse_float=str)
    return told["columns"], told["rows"]


def as_csv(run: Run, model: ToldModel, question: str, db: str) -> tuple[list[str], list[list[str]]]:
    columns, *rows = csv.reader(io.StringIO(asked(run, model, question, db)))
    return columns, rows


def test_postgres(run: Run, model: ToldModel, postgres: PostgreSQLServer) -> None:
    url = postgres.create("values", *TYPES)
    columns, (full, empty) = as_json(run, model, "List all orders", url)
    assert dict(zip(columns, full, strict=True)) == SHOWN
    assert empty == [2, "2024-05-02", *[None] * 13]
    columns, (first, second) = as_csv(run, model, "List all orders", url)
    written = {name: str(value) for name, value in SHOWN.items()}
    assert dict(zip(columns, first, strict=True)) == written | {"paid": "true", "discount": "12.50"}
    assert second == ["2", "2024-05-02", *[""] * 13]
    assert as_json(run, model, "What is kept?", url)[1] == [[1, "paid", 1]]


def test_duckdb(run: Run, model: ToldModel, tmp_path: Path) -> None:
    path = tmp_path / "things.parquet"
    duckdb.sql(
        "SELECT 1 AS id, {'city': 'Rome', 'zip': [1, NULL]} AS home, MAP {'a': 1.5} AS sizes, "
        "12345678901234567.89::DECIMAL(20, 2) AS amount, TIMESTAMP '2024-03-01 10:00:00.25' AS at, "
        "DATE '2024-05-01' AS day, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::UUID AS code, "
        "'open'::ENUM('open', 'paid') AS state, true AS paid, INTERVAL 90 MINUTE AS took, "
        "170141183460469231731687303715884105727::HUGEINT AS huge, '\\x00\\xFF'::BLOB AS picture"
    ).write_parquet(str(path))
    columns, (row,) = as_json(run, model, "List all things", str(path))
    assert dict(zip(columns, row, strict=True)) == {
        "id": 1,
        "home": '{"city": "Rome", "zip": [1, null]}',
        "sizes": '{"a": 1.5}',
        "amount": "12345678901234567.89",
        "at": "2024-03-01 10:00:00.250000",
        "day": "2024-05-01",
        "code": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "state": "open",
        "paid": True,
        "took": "1:30:00",
        "huge": "1.7014118346046923e+38",
        "picture": "0x00ff",
    }
    assert as_csv(run, model, "List all things", str(path))[1][0][1:4] == row[1:4]
