"""PostgreSQL in the editor, through a real server: schemas, quotes, functions of its own, complaints."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from sqloop.lsp import protocol
from sqloop.lsp.protocol import Options

from .conftest import Editor, editing, user_environment, write_workspace
from .test_completion import complete, labels, written
from .test_diagnostics import look

if TYPE_CHECKING:
    from servers import PostgreSQLServer

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHOP = (
    "CREATE SCHEMA sales",
    "CREATE TABLE customer (id integer PRIMARY KEY, name text)",
    'CREATE TABLE "Mixed" (id integer PRIMARY KEY, "Name" text)',
    "CREATE TABLE sales.invoice (id integer PRIMARY KEY, customer_id integer REFERENCES customer, "
    "total numeric)",
    "INSERT INTO customer VALUES (1, 'Ann')",
    "CREATE TYPE state AS ENUM ('open', 'paid')",
    "CREATE DOMAIN part AS numeric(5, 2)",
)
VALUES = {
    "'paid'::state": "paid",
    "12.5::part": 12.5,
    "12345678901234567890.12::numeric": "12345678901234567890.12",
    "9007199254740993::bigint": "9007199254740993",
    """'{a,"b, c",NULL}'::text[]""": '{a,"b, c",NULL}',
    """'{"x": [1, null]}'::jsonb""": '{"x": [1, null]}',
    "'2024-03-01 10:00:00.25+02'::timestamptz AT TIME ZONE 'UTC'": "2024-03-01 08:00:00.25",
    "DATE '2024-05-01'": "2024-05-01",
    "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
    "interval '90 minutes'": "01:30:00",
    "'XL'::char(3)": "XL ",
    "'\\x00ff'::bytea": "0x00ff",
    "true": True,
    "1.5::float8": 1.5,
    "NULL::state": None,
}
"""What each type becomes in `sqloop/run`."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(postgres: PostgreSQLServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Editor]:
    root = tmp_path_factory.mktemp("user")
    options = Options(trusted=True, connection=postgres.create("editor", *SHOP))
    async with editing(write_workspace(root / "workspace"), user_environment(root), options) as editor:
        yield editor


async def test_names_and_functions_of_its_own_are_offered(shop: Editor) -> None:
    assert written(await complete(shop, "SELECT * FROM inv|")) == ["sales.invoice"]
    assert written(await complete(shop, "SELECT * FROM Mix|")) == ['"Mixed"']
    assert labels(await complete(shop, "SELECT * FROM sal|")) == ["sales.invoice", "sales"]
    assert labels(await complete(shop, "SELECT * FROM sales.|")) == ["invoice"]
    assert sorted(labels(await complete(shop, "SELECT * FROM public.|"))) == ["Mixed", "customer"]
    assert labels(await complete(shop, "SELECT * FROM nowhere.|")) == []
    assert "total" in labels(await complete(shop, "SELECT i.| FROM sales.invoice AS i"))
    assert "STRING_AGG" in labels(await complete(shop, "SELECT STR|"))
    assert "IFNULL" not in labels(await complete(shop, "SELECT IFN|"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SELECT nme FROM customer", [("unknown-column", "nme")]),
        ("SELECT c.nme FROM customer c", [("unknown-column", "nme")]),
        ("SELECT total FROM sales.invoce", [("unknown-table", "invoce")]),
        ("SELECT id FROM customer, sales.invoice", [("engine", "id")]),
        ("SELECT x.name FROM customer c", [("unknown-table", "x")]),
        ("UPDATE sales.invoice SET total = nope", [("unknown-column", "nope")]),
        (
            "CREATE TABLE made (a int, b text); DELETE FROM made WHERE c = 2",
            [("unknown-column", "c")],
        ),
        ("SELECT E'it\\'s', $$a ' b$$, name FROM customer", []),
        ("SELECT name FROM customer WHERE name = 'Ann", [("syntax", "'Ann")]),
        ("SELECT total::int FROM sales.invoice WHERE total > 3; SELECT 1", []),
    ],
)
async def test_what_the_server_objects_to_is_marked(
    shop: Editor, text: str, found: list[tuple[str, str]]
) -> None:
    assert await look(shop, text) == found


async def test_every_type_is_shown_in_full(shop: Editor) -> None:
    shown = ", ".join(f"{value} AS c{place}" for place, value in enumerate(VALUES))
    result = await shop.request(protocol.RUN, protocol.RunParams(f"SELECT {shown}"), protocol.RunResult)
    assert result.error == ""
    assert dict(zip(VALUES, result.rows[0], strict=True)) == VALUES
