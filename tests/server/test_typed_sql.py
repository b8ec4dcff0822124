"""SQL that is typed where a question is asked: run as it is in every face, judged and kept in none."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import sqloop
from sqloop.asking.typed_sql import is_sql
from sqloop.database.schema import Column, Schema, Table
from sqloop.errors import QuestionError

Run = Callable[..., "subprocess.CompletedProcess[str]"]

SHOP = Schema("sqlite", (Table("customer", (Column("name", "TEXT", "text"),)), Table("orders", ())))


@pytest.mark.parametrize(
    "text",
    [
        "SELECT name FROM customer",
        "select name from customer where id = 3;",
        "select name n from customer where id = 3",
        "SELECT name, COUNT(*) AS many FROM nowhere GROUP BY 1",
        "select count(*) from nowhere",
        "SELECT name n FROM nowhere",
        "SELECT COUNT(* FROM customer",
        "SELECT NAME FROM CUSTOMER",
        "(SELECT 1) UNION (SELECT 2)",
        "select 1 + 1",
        "select 1/0 as a, x'00ff' as b",
        "select x'00ff' as b",
        "select 'a' || 'b' as joined",
        "select case when 1 then 2 end as two",
        "select (select count(*) from customer) as many",
        "select name n from customer",
        "select null",
        "-- the newest\nSELECT MAX(id) FROM orders",
        "WITH a AS (SELECT 1) SELECT * FROM a",
        "VALUES (1)",
        "DELETE FROM customer",
        "update customer set name = 'x'",
        "drop table customer",
        "CREATE TABLE x (id INTEGER)",
        "EXPLAIN SELECT 1",
        "PRAGMA table_info(customer)",
        "pragma journal_mode = wal",
        "ATTACH 'other.db' AS other",
        "attach database 'other.db' as other",
        "DETACH DATABASE other",
        "; DROP TABLE customer; --",
        ";; SELECT 1",
        "VACUUM",
        "BEGIN; DELETE FROM customer",
        "COMMIT;",
        "rollback",
        "SET x = 1",
        "GRANT ALL ON customer TO ann",
        "CALL work(1)",
        "COPY (SELECT 1) TO 'out.csv'",
    ],
)
def test_what_is_sql(text: str) -> None:
    assert is_sql(text, SHOP)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "select",
        "select all customers from Rome",
        "Select customers from Rome",
        "select the name and the city from customer 3",
        "SELECT ALL CUSTOMERS FROM ROME",
        "select customers, orders",
        "select customers",
        "select the best customers",
        "select top customers",
        "select 5 customers",
        "select 2023 orders",
        "select distinct cities",
        "select the name from customer",
        "table of the customers",
        "with orders, by city",
        "With the customer as (in 2023) a reference",
        "update me on the orders",
        "Create a list of customers",
        "drop shipped orders",
        "Delete requests per month",
        "replace Rome by Oslo",
        "explain the answer",
        "values above 10",
        "which customers are from Rome?",
        "from Rome",
        "attach the orders to the customers",
        "Begin with the oldest customers",
        "Analyze the orders per month",
        "Set the customers beside the orders",
        "Grant applications on hold",
        "call customers from Rome",
        "copy of the orders",
        ";",
    ],
)
def test_what_is_a_question(text: str) -> None:
    assert not is_sql(text, SHOP)


def test_a_query_may_begin_as_the_engine_lets_it() -> None:
    files = Schema("duckdb", SHOP.tables)
    assert is_sql("from customer", files)
    assert is_sql("from customer select name where name = 'Ann'", files)
    assert not is_sql("from Rome", files)


def test_the_command_line_runs_it_and_keeps_nothing(run: Run, shop: Path) -> None:
    done = run("ask", "SELECT id, name FROM customer WHERE id = 1;", "--db", str(shop))
    assert (done.returncode, done.stdout, done.stderr) == (0, "id,name\n1,Ann\n", "")
    told = json.loads(run("ask", "SELECT COUNT(*) FROM customer", "--db", str(shop), "--json").stdout)
    assert (told["sql"], told["rows"], told["event"]) == ("SELECT COUNT(*) FROM customer", [[3]], None)
    assert json.loads(run("history", "--json").stdout) == []


def test_it_only_reads_and_its_mistake_is_told(run: Run, shop: Path) -> None:
    done = run("ask", "DELETE FROM customer", "--db", str(shop))
    assert (done.returncode, done.stdout) == (1, "")
    assert "refused: only queries are allowed, not DELETE" in done.stderr
    for text, word in (("PRAGMA table_info(customer)", "PRAGMA"), ("ATTACH 'x.db' AS x", "ATTACH")):
        done = run("ask", text, "--db", str(shop))
        assert (done.returncode, done.stdout) == (1, "")
        assert f"refused: only queries are allowed, not {word}" in done.stderr
    done = run("ask", "; DROP TABLE customer; --", "--db", str(shop))
    assert (done.returncode, done.stdout) == (1, "")
    assert "refused: " in done.stderr
    done = run("ask", "select count(*) from nowhere", "--db", str(shop))
    assert done.returncode == 1
    assert "no such table: nowhere" in done.stderr
    assert done.stderr == "sqloop: error: no such table: nowhere\n"
    assert run("ask", "SELECT COUNT(*) FROM customer", "--db", str(shop)).stdout == "COUNT(*)\n3\n"


def test_a_name_that_is_not_there_is_told_with_those_that_are_like_it(
    run: Run, shop: Path, variables: Mapping[str, str], tmp_path: Path
) -> None:
    done = run("ask", "SELECT nme FROM customer", "--db", str(shop))
    assert "error: no such column: nme. Did you mean name?" in done.stderr
    done = run("ask", "SELECT c.nme FROM customer AS c", "--db", str(shop))
    assert "error: no such column: c.nme. Did you mean name?" in done.stderr
    done = run("ask", "SELECT c.name FROM customer", "--db", str(shop))
    assert "error: no such column: c.name. Nothing is called c in its FROM." in done.stderr
    done = subprocess.run(
        [sys.executable, "-m", "sqloop", "chat", "--db", str(shop)],
        cwd=tmp_path,
        env=dict(variables),
        input="SELECT name FROM custmer\nSELECT zzz FROM customer",
        capture_output=True,
        text=True,
    )
    assert "error: no such table: custmer. Did you mean customer?\n" in done.stderr
    assert "error: no such column: zzz\n" in done.stderr


def test_a_session_runs_it_beside_the_answer_before(
    variables: Mapping[str, str], shop: Path, tmp_path: Path
) -> None:
    lines = ["How many customers are there?", "select id from customer where id = 2", "/accept"]
    done = subprocess.run(
        [sys.executable, "-m", "sqloop", "chat", "--db", str(shop)],
        cwd=tmp_path,
        env=dict(variables),
        input="\n".join(lines),
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "COUNT(*)\n3\nid\n2\n")
    assert "Accepted, for 'How many customers are there?': SELECT COUNT(*) FROM customer" in done.stderr


def test_python_runs_it_and_refuses_to_learn_from_it(shop: Path, counting_model: Path) -> None:
    with sqloop.connect(f"sqlite:///{shop}", model=str(counting_model)) as database:
        answer = database.ask("SELECT name FROM customer WHERE id = 1")
        assert (answer.rows, answer.agreement, answer.own) == ((("Ann",),), "your own query", True)
        for judge in (database.accept, database.reject, lambda each: database.edit(each, "SELECT 1")):
            with pytest.raises(QuestionError, match="SQL, not a question"):
                judge(answer)
        first = database.ask("How many customers are there?")
        assert database.rewrite(first, "SELECT id FROM customer") == "SELECT id FROM customer"
