"""`sqloop ask` and `sqloop doctor` as processes: what they print, where, and the codes they end with."""

from __future__ import annotations

import csv
import json
import os
import pty
import select
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Mapping
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from server.command import COMMAND, QUESTION, SECONDS, Run, fails, url
from sqloop.feedback.store import FeedbackStore

if TYPE_CHECKING:
    pass


def test_help_names_the_commands(run: Run) -> None:
    for arguments in (["--help"], []):
        done = run(*arguments)
        assert (done.returncode, done.stderr) == (0, "")
        assert "ask " in done.stdout
        assert "doctor " in done.stdout
        assert "..." not in done.stdout.partition("Commands:")[2]


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
            "linked_all",
            "not_understood",
            "from_memory",
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
    command = [*COMMAND, "ask", "names", "--db", url(shop), "--model", listing, "-k", "2", "--all"]
    code, text = run_on_terminal(command, variables, tmp_path)
    assert code == 0
    shown = (
        "SELECT name FROM customer",
        "Ann",
        "NULL",
        "0x00ff1b5b",
        "3 rows",
        "1/2",
        "generate",
        "3 rows · ",
    )
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


def test_history_names_the_databases_where_there_are_several(
    run: Run, variables: Mapping[str, str], shop: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.db"
    other.write_bytes(shop.read_bytes())
    shown = []
    for path in (shop, other):
        run("ask", QUESTION, "--db", str(path), "-k", "1")
        shown.append(run_on_terminal([*COMMAND, "history"], variables, tmp_path)[1])
    assert "shop.db" not in shown[0]
    assert all(name in shown[1] for name in ("shop.db", "other.db"))


def test_history_says_that_there_are_more(
    run: Run, variables: Mapping[str, str], shop: Path, tmp_path: Path
) -> None:
    for question in (QUESTION, "names?", "ids?"):
        run("ask", question, "--db", str(shop), "-k", "1")
    shown = run_on_terminal([*COMMAND, "history", "--limit", "1"], variables, tmp_path)[1]
    assert "2 older: --limit 3 shows all." in shown
    assert "older" not in run_on_terminal([*COMMAND, "history"], variables, tmp_path)[1]


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


@pytest.fixture
def numbers(tmp_path: Path) -> Path:
    """A SQLite file with 1,200 rows of one table, the first with a carriage return in its text."""
    path = tmp_path / "numbers.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE number (id INTEGER PRIMARY KEY, name TEXT)")
        names = ["x\ry", *(f"n{number}" for number in range(1199))]
        connection.executemany("INSERT INTO number (name) VALUES (?)", [(name,) for name in names])
        connection.commit()
    return path


def test_a_pipe_is_told_that_rows_were_cut_off(run: Run, numbers: Path, listing: str) -> None:
    done = run("ask", "names", "--db", url(numbers), "--model", listing)
    assert (done.returncode, len(list(csv.reader(StringIO(done.stdout))))) == (0, 1001)
    assert "Only the first 1,000 rows are here" in done.stderr
    assert "a larger --limit" in done.stderr
    done = run("ask", "names", "--db", url(numbers), "--model", listing, "--limit", "2000")
    assert (len(list(csv.reader(StringIO(done.stdout)))), done.stderr) == (1201, "")
    fails(run("ask", "names", "--db", url(numbers), "--limit", "0"), 2, "--limit")


def test_a_limit_cuts_what_is_shown_and_not_what_is_compared(
    run: Run, numbers: Path, listing: str, tmp_path: Path
) -> None:
    def ask(*more: str) -> dict[str, object]:
        done = run("ask", "names", "--db", url(numbers), "--model", listing, "--json", "--no-memory", *more)
        return dict(json.loads(done.stdout))

    whole, short = ask(), ask("--limit", "2")
    assert (short["rows"], short["truncated"]) == (whole["rows"][:2], True)  # type: ignore[index]
    assert short["confidence"] == whole["confidence"]
    # Of two rows each, queries with other answers would be one, here and in what is learned from.
    events = FeedbackStore(str(tmp_path / "data" / "sqloop" / "feedback.sqlite")).events()
    kept = [[(each.rows, each.digest) for each in event.candidates] for event in events]
    assert kept[0] == kept[1]
    assert kept[0][0][0] == 1000


def test_a_lone_carriage_return_is_quoted(
    variables: Mapping[str, str], numbers: Path, listing: str, tmp_path: Path
) -> None:
    command = [*COMMAND, "ask", "names", "--db", str(numbers), "--model", listing, "--limit", "1"]
    done = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, timeout=SECONDS)
    assert done.stdout == b'name\n"x\ry"\n'


@pytest.mark.parametrize("arguments", [["ask", QUESTION], ["feedback", "list"], ["--help"], ["doctor"]])
def test_a_closed_standard_output_is_one_line_and_code_2(
    variables: Mapping[str, str], shop: Path, tmp_path: Path, arguments: list[str]
) -> None:
    done = subprocess.run(
        ["sh", "-c", '"$@" >&-', "sh", *COMMAND, *arguments],
        cwd=tmp_path,
        env={**variables, "SQLOOP_DB": url(shop)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    fails(done, 2, "Standard output is closed")


@pytest.mark.parametrize("arguments", [["ask", QUESTION], ["ask", QUESTION, "--json"], ["--help"]])
def test_a_full_disk_is_one_line_and_code_2(
    variables: Mapping[str, str], shop: Path, tmp_path: Path, arguments: list[str]
) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*COMMAND, *arguments],
            cwd=tmp_path,
            env={**variables, "SQLOOP_DB": url(shop)},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=SECONDS,
        )
    assert done.returncode == 2
    assert done.stderr == "sqloop: Standard output cannot be written: No space left on device.\n"


def test_without_standard_input_and_error_it_answers_too(
    variables: Mapping[str, str], shop: Path, tmp_path: Path
) -> None:
    done = subprocess.run(
        ["sh", "-c", '"$@" 2>&- <&-', "sh", *COMMAND, "ask", QUESTION, "--db", str(shop)],
        cwd=tmp_path,
        env=variables,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert (done.returncode, done.stdout) == (0, "COUNT(*)\n3\n")


def test_a_dash_reads_the_question_from_standard_input(
    variables: Mapping[str, str], shop: Path, tmp_path: Path
) -> None:
    done = subprocess.run(
        [*COMMAND, "ask", "-", "--db", url(shop), "--json"],
        cwd=tmp_path,
        env=variables,
        input=QUESTION + "\n",
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert json.loads(done.stdout)["question"] == QUESTION


def test_the_version_and_short_help(run: Run) -> None:
    assert run("--version").stdout.startswith("sqloop 0.")
    for arguments in ((), ("ask",), ("feedback",), ("feedback", "list"), ("adapters", "list"), ("trust",)):
        done = run(*arguments, "-h")
        assert done.stdout.startswith("Usage: sqloop"), done


@pytest.mark.parametrize("group", [(), ("feedback",), ("model",), ("adapters",)])
def test_lists_of_commands_are_not_cut_at_80_columns(run: Run, group: tuple[str, ...]) -> None:
    told = run(*group, "-h", COLUMNS="80", TERMINAL_WIDTH="80").stdout
    commands = told.partition("Commands:\n")[2].splitlines()
    assert len(commands) > 2
    assert all(line.endswith(".") and not line.endswith("..") for line in commands), told
    assert max(map(len, told.splitlines())) <= 80


def test_an_answer_that_the_model_is_not_sure_of_says_so_and_may_fail(
    run: Run, shop: Path, make_model: Callable[..., Path]
) -> None:
    unsure = make_model(
        {
            "sql": {"select": 30},
            "select": {"count_all": 20, "c0": 20, "c1": 20},
            "count_all": {"from": 30},
            "from": {"t0": 30},
            "t0": {"eos": 30},
            "c0": {"eos": 30},
            "c1": {"eos": 30},
        }
    )
    arguments = ("ask", QUESTION, "--db", url(shop), "--model", str(unsure))
    done = run(*arguments)
    assert done.returncode == 0
    assert done.stderr.startswith("sqloop: The model is guessing (3")
    assert run(*arguments, "--json").stderr == ""
    done = run(*arguments, "--sure", "0.8", "-o", "rows.csv")
    assert done.returncode == 4
    assert done.stderr.endswith("% sure, less than --sure 0.8.\n")
    assert run("ask", QUESTION, "--db", url(shop), "--sure", "0.1").returncode == 0


@pytest.mark.parametrize("db", ["relative", "absolute"])
def test_db_may_be_a_path(run: Run, shop: Path, tmp_path: Path, db: str) -> None:
    given = os.path.relpath(shop, tmp_path / "workspace") if db == "relative" else str(shop)
    assert run("ask", QUESTION, "--db", given).stdout == "COUNT(*)\n3\n"


def test_when_no_candidate_ran_one_line_says_why_and_they_are_shown_on_request(
    run: Run, forever: Path
) -> None:
    arguments = ("ask", QUESTION, "--db", url(forever), "-k", "1")
    done = run(*arguments, SQLOOP_LIMITS__SECONDS="0.1")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "sqloop: No query ended in time: stopped after 0.1 s. Ask for less, or raise limits.seconds in "
        "sqloop.toml; --all shows what was tried.\n"
    )
    done = run(*arguments, "--all", SQLOOP_LIMITS__SECONDS="0.1")
    assert "timeout: stopped after 0.1 s: SELECT COUNT(*) FROM forever\n" in done.stderr
    done = run(*arguments, "--json", SQLOOP_LIMITS__SECONDS="0.1")
    assert done.returncode == 1
    answer = json.loads(done.stdout)
    assert (answer["sql"], answer["columns"], answer["rows"], answer["confidence"]) == (None, [], [], 0.0)
    assert [each["status"] for each in answer["candidates"]] == ["timeout"]
    assert done.stderr.endswith("the key candidates shows what was tried.\n")


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
