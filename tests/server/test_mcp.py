"""`sqloop mcp` as agents use it: the SDK's own client on the pipes of the real command."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters
from mcp.types import CallToolResult, TextContent

from sqloop.commands.mcp import MOST_CHARACTERS, MOST_ROWS

Run = Callable[..., "subprocess.CompletedProcess[str]"]
Calls = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def agent(variables: Mapping[str, str], shop: Path, tmp_path: Path) -> Callable[..., list[CallToolResult]]:
    """Makes several calls of tools, one after the other, of a server on the shop with the starter model."""
    told = {**variables, "SQLOOP_MODEL": "starter"}
    (tmp_path / "sqloop.toml").write_text('[glossary]\ncustomer = "who bought"\n')

    async def talk(calls: Calls, db: Path) -> list[CallToolResult]:
        command = ["-m", "sqloop", "mcp", "--db", str(db)]
        server = StdioServerParameters(command=sys.executable, args=command, env=told, cwd=tmp_path)
        async with Client(server, read_timeout_seconds=60) as client:
            listed = (await client.list_tools()).tools
            assert {each.name for each in listed} == {"ask", "run", "schema", "explain"}
            assert all(each.annotations and each.annotations.read_only_hint for each in listed)
            assert all(each.input_schema["additionalProperties"] is False for each in listed)
            return [await client.call_tool(name, arguments) for name, arguments in calls]

    return lambda *calls, db=shop: asyncio.run(talk(list(calls), db))


def text(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def data(result: CallToolResult) -> dict[str, Any]:
    assert not result.is_error, text(result)
    assert isinstance(result.structured_content, dict)
    return result.structured_content


def test_a_question_is_answered_and_the_answer_can_be_looked_into(
    agent: Callable[..., list[CallToolResult]], tmp_path: Path
) -> None:
    asked, ran, tables, table, told, told_more = agent(
        ("ask", {"question": "How many customers are there?"}),
        ("run", {"sql": "SELECT id, name FROM customer ORDER BY id"}),
        ("schema", {}),
        ("schema", {"table": "Customer"}),
        ("explain", {"sql": "SELECT COUNT(*) FROM customer"}),
        (
            "explain",
            {"sql": "SELECT COUNT(*) FROM customer", "question": "How many customers are called Ann?"},
        ),
    )
    answer = data(asked)
    assert answer["sql"] == "SELECT COUNT(*) FROM customer"
    assert answer["rows"] == [[3]]
    assert answer["confidence"] in ("sure", "likely", "guessing")
    assert answer["not_understood"] == []
    assert (answer["notes"], answer["linked_all"]) == ({"customer": "who bought"}, True)
    assert answer["unread"] == []
    assert data(ran) == {
        "columns": ["id", "name"],
        "rows": [[1, "Ann"], [2, None], [3, "0x00ff1b5b"]],
        "truncated": False,
    }
    assert "customer (about 3 rows): id, name" in text(tables)
    assert "- id: INTEGER; primary key" in text(table)
    assert text(told) == "From customer: the number of rows."
    glossary = "- “customer” means who bought (glossary)."
    glossary += "\n\nNot used of the question: Ann"
    assert text(told_more) == f"{text(told)}\n\nTaken for granted:\n{glossary}"
    assert not list(tmp_path.rglob("feedback*"))


def test_sql_in_the_place_of_a_question_is_run_as_it_is(agent: Callable[..., list[CallToolResult]]) -> None:
    ran, refused = agent(
        ("ask", {"question": "SELECT name FROM customer WHERE id = 1"}),
        ("ask", {"question": "DELETE FROM customer"}),
    )
    assert (data(ran)["rows"], data(ran)["confidence"]) == ([["Ann"]], "your own query")
    assert "refused: only queries are allowed, not DELETE. Only one" in text(refused)


def test_files_that_cannot_be_read_are_named(
    agent: Callable[..., list[CallToolResult]], tmp_path: Path
) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "customer.csv").write_text("id,name\n1,Ann\n2,Bob\n")
    (folder / "orders.parquet").write_text("this is no Parquet file")
    (asked,) = agent(("ask", {"question": "How many customers are there?"}), db=folder)
    answer = data(asked)
    assert answer["rows"] == [[2]]
    (line,) = answer["unread"]
    assert "orders.parquet" in line


def test_what_writes_or_is_unknown_is_an_error_with_a_hint(
    agent: Callable[..., list[CallToolResult]], shop: Path
) -> None:
    hostile = (
        "DELETE FROM customer",
        "SELECT 1; DROP TABLE customer",
        "ATTACH 'x.db' AS x",
        "PRAGMA user_version=3",
    )
    *refused, untold, wrong, unknown, empty, why, left_out = agent(
        *(("run", {"sql": sql}) for sql in hostile),
        ("explain", {"sql": "SELECT 1; DROP TABLE customer"}),
        ("run", {"sql": "SELECT nothing FROM customer"}),
        ("schema", {"table": "custmer"}),
        ("ask", {"question": " "}),
        ("ask", {"question": "why so few?"}),
        ("ask", {}),
    )
    for each in (*refused, untold):
        assert each.is_error
        assert "refused: " in text(each)
        assert "Only one statement that reads is run." in text(each)
    assert wrong.is_error
    assert "nothing" in text(wrong)
    assert "See the tool schema" in text(wrong)
    assert unknown.is_error
    assert "There is no table 'custmer'. Did you mean customer?" in text(unknown)
    assert empty.is_error
    assert "The question is empty." in text(empty)
    assert why.is_error
    assert "there is no answer before it" in text(why)
    assert (left_out.is_error, text(left_out)) == (True, "ask: question: Field required")
    with closing(sqlite3.connect(shop)) as connection:
        assert connection.execute("SELECT COUNT(*) FROM customer").fetchone() == (3,)


def test_arguments_that_a_tool_does_not_have_are_refused_by_name(
    agent: Callable[..., list[CallToolResult]],
) -> None:
    wrong, more, tables = agent(
        ("schema", {"table_name": "customer"}),
        ("ask", {"question": "How many customers are there?", "limit": 3, "db": "x"}),
        ("schema", {"table": "customer"}),
    )
    assert (wrong.is_error, text(wrong)) == (True, "schema takes table, not table_name.")
    assert (more.is_error, text(more)) == (True, "ask takes question, not limit, db.")
    assert "- id: INTEGER" in text(tables)


def test_results_are_bounded(agent: Callable[..., list[CallToolResult]]) -> None:
    count = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r LIMIT 500)"
    many, wide = agent(
        ("run", {"sql": f"{count} SELECT n FROM r"}),
        ("run", {"sql": f"{count} SELECT hex(zeroblob(3000)) AS zeros FROM r LIMIT 90"}),
    )
    assert len(data(many)["rows"]) == MOST_ROWS
    assert data(many)["truncated"]
    assert 0 < len(data(wide)["rows"]) < 90
    assert len(str(data(wide)["rows"])) <= MOST_CHARACTERS
    assert data(wide)["truncated"]


def test_a_folder_that_is_not_trusted_starts_no_server(run: Run, tmp_path: Path) -> None:
    (tmp_path / "workspace" / "sqloop.toml").write_text('model = "https://models.example/v1"\n')
    done = run("mcp", SQLOOP_MODEL="")
    assert done.returncode == 2
    assert "is not trusted" in done.stderr
    assert done.stdout == ""


def test_without_the_sdk_its_user_is_told_what_to_install(
    variables: Mapping[str, str], tmp_path: Path
) -> None:
    program = "import sys; sys.modules['mcp'] = None; from sqloop.cli import run; sys.exit(run(['mcp']))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=variables,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "pip install 'mcp>=2'" in done.stderr
