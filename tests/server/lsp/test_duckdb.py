"""Files and DuckDB in the editor, through a real server: names, functions of its own, complaints."""

from __future__ import annotations

from collections.abc import AsyncIterator

import duckdb
import pytest
import pytest_asyncio

from sqloop.lsp.protocol import Options

from .conftest import Editor, editing, user_environment, write_workspace
from .test_completion import complete, labels, written
from .test_diagnostics import look

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def files(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Editor]:
    root = tmp_path_factory.mktemp("user")
    workspace = write_workspace(root / "workspace")
    data = workspace / "data"
    data.mkdir()
    (data / "customer.csv").write_text("id,name,Left\n1,Ann,3\n")
    (data / "order.json").write_text('[{"id": 7, "customer_id": 1, "placed": "2024-01-02"}]')
    (data / "broken.parquet").write_text("PAR")
    options = Options(trusted=True, connections={"data": "data"}, connection="data")
    async with editing(workspace, user_environment(root), options) as editor:
        yield editor


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Editor]:
    root = tmp_path_factory.mktemp("user")
    workspace = write_workspace(root / "workspace")
    with duckdb.connect(str(workspace / "shop.duckdb")) as connection:
        connection.execute("CREATE TABLE customer (id INTEGER PRIMARY KEY, name VARCHAR)")
        connection.execute("CREATE TABLE sales (day DATE, amount INTEGER)")
        connection.execute("CREATE SCHEMA sales; CREATE TABLE sales.invoice (id INTEGER, total DECIMAL(9,2))")
    options = Options(trusted=True, connection="shop.duckdb")
    async with editing(workspace, user_environment(root), options) as editor:
        yield editor


async def test_files_are_offered_as_tables_and_quoted_where_they_must_be(files: Editor) -> None:
    assert written(await complete(files, "SELECT * FROM cust|")) == ["customer"]
    assert written(await complete(files, "SELECT * FROM ord|")) == ['"order"']
    assert '"Left"' in written(await complete(files, "SELECT c.| FROM customer AS c"))
    assert "DATE_TRUNC" in labels(await complete(files, "SELECT DATE_TR|"))


async def test_the_status_names_the_files_that_were_not_read(files: Editor) -> None:
    await complete(files, "SELECT * FROM cust|")
    (line,) = (await files.status()).database.unread
    assert line.startswith("broken.parquet: ")


async def test_schemas_are_offered(shop: Editor) -> None:
    assert written(await complete(shop, "SELECT * FROM inv|")) == ["sales.invoice"]
    assert "total" in labels(await complete(shop, "SELECT i.| FROM sales.invoice AS i"))
    assert labels(await complete(shop, "SELECT * FROM sales.|")) == ["invoice"]
    assert labels(await complete(shop, "SELECT * FROM main.|")) == ["customer", "sales"]
    assert labels(await complete(shop, "SELECT sales.| FROM sales")) == ["day", "amount"]
    assert labels(await complete(shop, "SELECT * FROM sales WHERE sales.|")) == ["day", "amount"]
    assert labels(await complete(shop, "SELECT * FROM shop.sales.|")) == ["invoice"]
    assert labels(await complete(shop, "SELECT sales.invoice.| FROM sales.invoice")) == ["id", "total"]
    assert labels(await complete(shop, "SELECT * FROM nowhere.|")) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SELECT nme FROM customer", [("unknown-column", "nme")]),
        ("SELECT c.nme FROM customer c", [("unknown-column", "nme")]),
        ("SELECT id FROM custmer", [("unknown-table", "custmer")]),
        ("SELECT x.name FROM customer c", [("unknown-table", "x")]),
        ('SELECT id FROM customer, "order"', [("engine", "id")]),
        ("SELECT upprr(name) FROM customer", []),
        ("SELECT E'it\\'s', name FROM customer", []),
        ("FROM customer SELECT name.upper(), [x FOR x IN [1]]", []),
        ("SELECT name FROM customer WHERE name = 'Ann", [("syntax", "'Ann")]),
    ],
)
async def test_what_duckdb_objects_to_is_marked(
    files: Editor, text: str, found: list[tuple[str, str]]
) -> None:
    assert await look(files, text) == found
