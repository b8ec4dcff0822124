"""PostgreSQL in the editor, through a real server: schemas, quotes, functions of its own, complaints."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

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
)


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
        ("SELECT E'it\\'s', $$a ' b$$, name FROM customer", []),
        ("SELECT name FROM customer WHERE name = 'Ann", [("syntax", "'Ann")]),
        ("SELECT total::int FROM sales.invoice WHERE total > 3; SELECT 1", []),
    ],
)
async def test_what_the_server_objects_to_is_marked(
    shop: Editor, text: str, found: list[tuple[str, str]]
) -> None:
    assert await look(shop, text) == found
