"""`sqloop ask` and `sqloop doctor` as processes: what they print, where, and the codes they end with."""

from __future__ import annotations

import csv
import json
import os
import pty
import select
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import MariaDBServer

QUESTION = "How many customers are there?"
COMMAND = [sys.executable, "-m", "sqloop"]
SECONDS = 120

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def test_help_names_the_commands(run: Run) -> None:
    for arguments in (["--help"], []):
        done = run(*arguments)
        assert (done.returncode, done.stderr) == (0, "")
        assert "ask " in done.stdout
        assert "doctor " in done.stdout


def test_json_has_exactly_the_promised_keys(run: Run, shop: Path) -> None:
    done = run("ask", QUESTION, "--db", url(shop), "--json", "-k", "8")
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert list(answer) == [
        *(
            "question",
            "sql",
            "columns",
            "rows",
            "truncated",
            "confidence",
            "candidates",
            "timings_ms",
            "model",
            "event",
        )
    ]
    assert all(
        list(each) == ["sql", "status", "error", "votes", "rows", "elapsed_ms"]
        for each in answer["candidates"]
    )
    assert list(answer["timings_ms"]) == ["schema", "link", "generate", "execute", "total"]
    assert list(answer["model"]) == ["base", "adapter"]
    assert answer["question"] == QUESTION
    assert answer["sql"] == answer["candidates"][0]["sql"]
    # What the tiny model likes; eight beams find whatever else its grammar allows.
    likely = ("SELECT COUNT(*) FROM customer", "SELECT name FROM customer")
    rows = {each["sql"]: each["rows"] for each in answer["candidates"]}
    assert [rows[sql] for sql in likely] == [1, 3]
    assert all(1 <= each["votes"] <= 8 for each in answer["candidates"])


def test_a_pipe_gets_the_rows_as_csv_and_nothing_else(run: Run, shop: Path) -> None:
    done = run("ask", QUESTION, "--db", url(shop), "-k", "1")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "COUNT(*)\n3\n"


@pytest.fixture
def listing(make_model: Callable[..., Path]) -> str:
    """A model that lists the second column of the first table."""
    return str(make_model({"sql": {"select": 30}, "select": {"c1": 30}, "c1": {"eos": 30}}))


def test_binary_in_a_text_column_is_written_as_text(run: Run, shop: Path, listing: str) -> None:
    done = run("ask", "names", "--db", url(shop), "--model", listing)
    assert list(csv.reader(StringIO(done.stdout))) == [["name"], ["Ann"], [""], ["0x00ff1b5b"]]
    done = run("ask", "names", "--db", url(shop), "--model", listing, "--json")
    assert json.loads(done.stdout)["rows"] == [["Ann"], [None], ["0x00ff1b5b"]]


def test_a_terminal_gets_sql_rows_and_votes(
    variables: Mapping[str, str], shop: Path, listing: str, tmp_path: Path
) -> None:
    command = [*COMMAND, "ask", "names", "--db", url(shop), "--model", listing, "-k", "2"]
    code, text = run_on_terminal(command, variables, tmp_path)
    assert code == 0
    shown = ("SELECT name FROM customer", "Ann", "NULL", "0x00ff1b5b", "3 rows · ", " of 2 agree", "generate")
    assert [each for each in shown if each not in text] == [], text


def run_on_terminal(command: list[str], variables: Mapping[str, str], folder: Path) -> tuple[int, str]:
    """Run with a terminal of its own as standard output and error; the code and what it showed."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**variables, "TERM": "xterm", "COLUMNS": "100"},
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    with closing(os.fdopen(ours, "rb", buffering=0)) as terminal:
        while select.select([terminal], [], [], SECONDS)[0]:
            try:
                part = terminal.read(4096)
            except OSError:  # how Linux says that the other side is closed
                break
            if not part:
                break
            shown += part
    return process.wait(SECONDS), shown.decode()


def test_what_nobody_reads_is_no_failure(variables: Mapping[str, str], shop: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "ask", QUESTION, "--db", url(shop)],
        cwd=tmp_path,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    with process.stderr as errors:
        assert errors.read() == b""
    assert process.wait(SECONDS) == 0


def test_when_no_candidate_ran_they_are_still_shown(run: Run, forever: Path) -> None:
    arguments = ("ask", QUESTION, "--db", url(forever), "-k", "1")
    done = run(*arguments, SQLOOP_LIMITS__SECONDS="0.1")
    assert (done.returncode, done.stdout) == (1, "")
    assert "timeout: " in done.stderr
    assert "SELECT COUNT(*) FROM forever" in done.stderr
    assert done.stderr.endswith("sqloop: No candidate ran.\n")
    done = run(*arguments, "--json", SQLOOP_LIMITS__SECONDS="0.1")
    assert done.returncode == 1
    answer = json.loads(done.stdout)
    assert (answer["sql"], answer["columns"], answer["rows"], answer["confidence"]) == (None, [], [], 0.0)
    assert [each["status"] for each in answer["candidates"]] == ["timeout"]


def fails(done: subprocess.CompletedProcess[str], code: int, *says: str) -> None:
    """One clear line on standard error, nothing on standard output, the right code."""
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("sqloop: ")
    assert done.stderr.count("\n") == 1
    assert all(each in done.stderr for each in says), done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ask"], "Missing argument"),
        (["ask", "q", "--nope"], "No such option: --nope"),
        (["ask", "q", "-k", "many"], "-k"),
        (["ask", "q", "-k", "0"], "-k: input should be greater than or equal to 1"),
        (["nope"], "No such command 'nope'"),
        (["ask", "q", "--db", "nope"], "no connection called 'nope'"),
        (["ask", "q", "--db", "oracle://host/name"], "oracle"),
        (["ask", "q", "--model", "/no/such/model"], "/no/such/model"),
        (["ask", "q", "--adapter", "/no/such/adapter"], "/no/such/adapter"),
        (["ask", ""], "The question is empty."),
        (["ask", "x" * 100_000], "The question has 100,000 characters; 4,000 are the most."),
    ],
    ids=lambda each: str(each)[:40],
)
def test_wrong_usage_is_one_line_and_code_2(run: Run, arguments: list[str], says: str) -> None:
    fails(run(*arguments), 2, says)


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


def test_an_interrupt_ends_with_130(variables: Mapping[str, str], forever: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "ask", QUESTION, "--db", url(forever), "--json"],
        cwd=forever.parent,
        env={**variables, "SQLOOP_LIMITS__SECONDS": "600"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A suite that a shell runs in the background has its children ignore interrupts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    wait_for_child(process)
    for _ in range(
        5
    ):  # Python may drop an interrupt that comes inside a finalizer: press again, as a person does.
        process.send_signal(signal.SIGINT)
        try:
            out, error = process.communicate(timeout=SECONDS / 5)
            break
        except subprocess.TimeoutExpired:
            continue
    assert (process.returncode, out, error) == (130, b"", b"sqloop: Interrupted.\n")


def wait_for_child(process: subprocess.Popen[bytes]) -> None:
    """Return when the process has a child: the model's worker, which a question starts first."""
    threads = Path(f"/proc/{process.pid}/task")
    while not any(each.read_text().strip() for each in threads.glob("*/children")):
        assert process.poll() is None
