"""What goes wrong is one line on standard error and a code."""

from __future__ import annotations

import socket
import sqlite3
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from server.command import COMMAND, QUESTION, SECONDS, Run, fails, url

if TYPE_CHECKING:
    from servers import MariaDBServer


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ask"], "Missing argument 'question'. See sqloop ask --help."),
        (["ask", "how", "many", "orders"], "The question is one argument: put it in quotes."),
        (["ask", "q", "--nope"], "No such option: --nope"),
        (["ask", "q", "-k", "many"], "-k"),
        (["ask", "q", "-k", "0"], "Invalid value for '-k': Input should be greater than or equal to 1."),
        (["nope"], "No such command 'nope'. sqloop ask \"…\" asks a question. See sqloop --help."),
        (["asc"], "No such command 'asc'. Did you mean 'ask'? See sqloop --help."),
        (["ask", "q", "--db", "nope"], "no connection called 'nope'"),
        (["ask", "q", "--db", "oracle://host/name"], "oracle"),
        (["ask", "q", "--model", "/no/such/model"], "/no/such/model"),
        (["ask", "q", "--adapter", "/no/such/adapter"], "/no/such/adapter"),
        (["ask", "q", "--json", "--sql-only"], "--json and --sql-only do not go together."),
        (["ask", "q", "--chart", "--json"], "--json and --chart do not go together."),
        (["ask", ""], "The question is empty."),
        (["ask", "x" * 100_000], "The question has 100,000 characters; 4,000 are the most."),
    ],
    ids=lambda each: str(each)[:40],
)
def test_wrong_usage_is_one_line_and_code_2(run: Run, arguments: list[str], says: str) -> None:
    fails(run(*arguments), 2, says)


def test_a_model_of_an_unknown_name_says_where_it_was_looked_for(run: Run, shop: Path) -> None:
    nowhere = {"HF_ENDPOINT": "http://127.0.0.1:9"}  # the hub, where nobody listens
    done = run("ask", "q", "--db", url(shop), "--model", "nope", **nowhere)
    fails(
        done, 2, "The model nope is no file or folder here, and the hub did not give it", "sqloop model list"
    )


def test_invalid_toml_is_one_line_with_file_line_and_code_2(
    variables: Mapping[str, str], tmp_path: Path
) -> None:
    (tmp_path / "sqloop.toml").write_text("k = 4\n[connections\n")
    done = subprocess.run(
        [*COMMAND, "ask", QUESTION],
        cwd=tmp_path,
        env=variables,
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    fails(done, 2, "sqloop.toml:2: invalid TOML")


def test_a_model_that_cannot_be_loaded_is_one_line_and_code_2(run: Run, shop: Path, tmp_path: Path) -> None:
    broken = tmp_path / "model"
    broken.mkdir()
    (broken / "config.json").write_text('{"model_type": "llama"}')
    fails(run("ask", QUESTION, "--db", url(shop), "--model", str(broken)), 2, str(broken))


def test_no_such_file_is_one_line_and_code_3(run: Run, tmp_path: Path) -> None:
    fails(run("ask", QUESTION, "--db", url(tmp_path / "none.db")), 3, "none.db", "No such file")


def test_a_file_that_is_no_database_is_one_line_and_code_3(run: Run, tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("Dear database, " * 100)
    fails(run("ask", QUESTION, "--db", url(tmp_path / "letter.db")), 3, "is not a SQLite database")


def test_an_empty_schema_is_one_line_and_code_3(run: Run, tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "empty.db").close()
    fails(run("ask", QUESTION, "--db", url(tmp_path / "empty.db")), 3, "empty.db holds no tables")


def test_a_server_that_is_down_is_one_line_and_code_3(run: Run) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        done = run("ask", QUESTION, "--db", f"mysql+pymysql://me:s3cret@127.0.0.1:{port}/shop")
    fails(done, 3, str(port))
    assert "s3cret" not in done.stderr


def test_a_wrong_password_is_one_line_and_code_3(run: Run, mariadb: MariaDBServer) -> None:
    mariadb.create("cli", "CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT)")
    done = run("ask", QUESTION, "--db", mariadb.url("cli", mariadb.owner, "wr0ng"))
    fails(done, 3, mariadb.owner)
    assert "wr0ng" not in done.stderr


def test_mariadb_answers_with_a_password_from_the_environment(run: Run, mariadb: MariaDBServer) -> None:
    mariadb.create(
        "cli",
        "CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT)",
        "INSERT INTO customer VALUES (1, 'Ann'), (2, 'Bob')",
    )
    db = mariadb.url("cli", mariadb.owner)
    done = run("ask", QUESTION, "--db", db, "-k", "1", SQLOOP_PASSWORD=mariadb.password)
    assert (done.returncode, done.stdout, done.stderr) == (0, "COUNT(*)\n2\n", "")
