"""`sqloop feedback`: list, export, forget, and verdicts from scripts."""

from __future__ import annotations

import csv
import json
import os
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sqloop import cli
from sqloop.answer import Answer, ModelName, Timings
from sqloop.database.connect import connect
from sqloop.feedback.events import show
from sqloop.feedback.store import open_store
from sqloop.ranking import Candidate
from sqloop.settings import load_settings

if TYPE_CHECKING:
    from servers import MariaDBServer

QUESTION = "How many customers are there?"
COUNT = "SELECT COUNT(*) FROM customer"

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `sqloop` with arguments in an empty folder, in this process: no model is needed here."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in [name for name in os.environ if name.startswith("SQLOOP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        with monkeypatch.context() as patch:
            for name, value in more.items():
                patch.setenv(name, value)
            code = cli.run(arguments)
        out, errors = capsys.readouterr()
        return subprocess.CompletedProcess(arguments, code, out, errors)

    return run


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def ask(db: str, sql: str = COUNT) -> str:
    """Keep that the answer of ``sql`` was shown, as `sqloop ask` does; the id of the event."""
    settings = load_settings()
    with connect(db) as database:
        candidate = Candidate(sql, -0.1, database.execute(sql), 1)
        answer = Answer(QUESTION, (candidate,), 1, Timings(1, 2, 3, 4, 10), ModelName("starter"))
        event = show(answer, database.schema().fingerprint, database.url, settings.feedback.answers)
    open_store(settings).append(event)
    return event.id


def listed(run: Run, **more: str) -> list[dict[str, Any]]:
    done = run("feedback", "list", "--json", **more)
    assert (done.returncode, done.stderr) == (0, "")
    events: list[dict[str, Any]] = json.loads(done.stdout)
    return events


def fails(done: subprocess.CompletedProcess[str], says: str) -> None:
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("sqloop: ")
    assert done.stderr.count("\n") == 1
    assert says in done.stderr


@pytest.mark.parametrize("command", ["accept", "reject"])
def test_a_script_judges_by_id_and_the_last_by_name(run: Run, shop: Path, command: str) -> None:
    first, second = ask(url(shop)), ask(url(shop))
    done = run("feedback", command, first)
    assert (done.returncode, done.stderr) == (0, "")
    last = run("feedback", command, "last")
    assert last.returncode == 0
    assert last.stderr.startswith(f"sqloop: {command.capitalize()}ed, for 'How")
    assert ": SELECT " in last.stderr
    said = listed(run)[2:]
    assert done.stdout == f"{said[0]['id']}\n"
    assert [(each["event"], each["shown"]) for each in said] == [
        (f"{command}ed", first),
        (f"{command}ed", second),
    ]
    assert [(each["sql"], each["answer"]["rows"]) for each in said] == [(COUNT, [[3]])] * 2


def test_what_was_said_by_mistake_is_taken_back(run: Run, shop: Path) -> None:
    first = ask(url(shop))
    run("feedback", "accept", first)
    said = run("feedback", "reject", first).stdout
    done = run("feedback", "undo")
    assert (done.returncode, done.stdout) == (0, said)
    assert "Taken back: rejected" in done.stderr
    assert [each["event"] for each in listed(run)] == ["shown", "accepted"]
    run("feedback", "undo")
    assert run("feedback", "undo").returncode == 2


def test_an_edit_is_run_where_the_question_was_asked(run: Run, shop: Path) -> None:
    event = ask(url(shop))
    done = run("feedback", "edit", "last", "--sql", "SELECT name FROM customer WHERE id = 1")
    assert (done.returncode, done.stderr) == (
        0,
        f"sqloop: Edited, for {QUESTION!r}: SELECT name FROM customer WHERE id = 1\n",
    )
    said = listed(run)[1]
    assert (said["event"], said["shown"], said["id"]) == ("edited", event, done.stdout.strip())
    assert (said["sql"], said["answer"]["rows"]) == ("SELECT name FROM customer WHERE id = 1", [["Ann"]])


def test_a_correction_answers_the_same_question_in_every_process_after_it(run: Run, shop: Path) -> None:
    ask(url(shop))
    better = "SELECT COUNT(*) FROM customer WHERE id > 1"
    run("feedback", "edit", "last", "--sql", better)
    for words in (QUESTION, QUESTION.lower(), "How many customers do we have"):
        done = run("ask", words, "--db", url(shop), "--json", "--model", "starter")
        answer = json.loads(done.stdout)
        assert (answer["sql"], answer["rows"], answer["from_memory"]) == (better, [[2]], True)


@pytest.mark.parametrize(
    ("sql", "says"),
    [("DELETE FROM customer", "(refused)"), ("SELECT x FROM customer", "(error): no such column: x")],
)
def test_an_edit_that_does_not_run_is_no_feedback(run: Run, shop: Path, sql: str, says: str) -> None:
    ask(url(shop))
    fails(run("feedback", "edit", "last", "--sql", sql), says)
    assert [event["event"] for event in listed(run)] == ["shown"]
    with closing(sqlite3.connect(shop)) as connection:
        assert connection.execute(COUNT).fetchone() == (3,)


def test_an_edit_finds_the_password_where_the_connection_has_it(
    run: Run, mariadb: MariaDBServer, tmp_path: Path
) -> None:
    db = mariadb.create(
        "review",
        "CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT)",
        "INSERT INTO customer VALUES (1, 'Ann'), (2, 'Bob')",
    )
    ask(db)
    (tmp_path / "secret").write_text(mariadb.password)
    Path("sqloop.toml").write_text(
        f'[connections]\nother = "sqlite:////no/such/file.db"\n'
        f'[connections.live]\nurl = "{mariadb.url("review", mariadb.owner)}"\n'
        f'password_command = "cat {tmp_path / "secret"}"\n'
    )
    assert run("trust").returncode == 0
    done = run("feedback", "edit", "last", "--sql", "SELECT MAX(name) FROM customer")
    assert (done.returncode, done.stderr) == (
        0,
        f"sqloop: Edited, for {QUESTION!r}: SELECT MAX(name) FROM customer\n",
    )
    assert listed(run)[1]["answer"]["rows"] == [["Bob"]]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["feedback"], "Missing command"),
        (["feedback", "accept", "nope"], "There is no event 'nope'"),
        (["feedback", "reject", "last"], "There is no event 'last'"),
        (["feedback", "edit", "last"], "--sql"),
        (["feedback", "forget"], "Say what to forget"),
        (["feedback", "forget", "--all", "--before", "2024-01-01"], "Say what to forget"),
        (["feedback", "forget", "nope", "--yes"], "There is no event 'nope'"),
        (["feedback", "forget", "--before", "yesterday"], "--before"),
        (["feedback", "list", "--limit", "0"], "--limit"),
        (
            ["feedback", "export", "/no/such/folder/file.jsonl"],
            "/no/such/folder/file.jsonl cannot be written",
        ),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_one_line_and_code_2(run: Run, arguments: list[str], says: str) -> None:
    fails(run(*arguments), says)


def test_a_verdict_is_no_thing_to_judge(run: Run, shop: Path) -> None:
    shown = ask(url(shop))
    said = run("feedback", "accept", "last").stdout.strip()
    fails(run("feedback", "reject", said), f"{said} is what was said of {shown}")


def test_a_pipe_gets_the_newest_events_as_csv(run: Run, shop: Path) -> None:
    ask(url(shop))
    run("feedback", "accept", "last")
    done = run("feedback", "list")
    rows = list(csv.DictReader(StringIO(done.stdout)))
    assert [(row["event"], row["question"], row["sql"], row["rows"]) for row in rows] == [
        ("shown", QUESTION, COUNT, "1"),
        ("accepted", QUESTION, COUNT, "1"),
    ]
    assert rows[1]["shown"] == rows[0]["id"]
    done = run("feedback", "list", "--limit", "1")
    assert [row["event"] for row in csv.DictReader(StringIO(done.stdout))] == ["accepted"]


def test_the_export_has_every_event_on_a_line(run: Run, shop: Path, tmp_path: Path) -> None:
    for _ in range(2):
        ask(url(shop))
    run("feedback", "reject", "last")
    done = run("feedback", "export")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [{**event, "in_memory": False} for event in events] == listed(run)
    file = tmp_path / "workspace" / "events.jsonl"
    written = run("feedback", "export", "events.jsonl")
    assert (written.stdout, written.stderr) == ("", "sqloop: 3 events written to events.jsonl.\n")
    assert file.read_text() == done.stdout
    assert sorted(path.name for path in file.parent.iterdir()) == ["events.jsonl"]


def test_forgetting_asks_where_somebody_can_answer_and_else_wants_to_be_told(run: Run, shop: Path) -> None:
    ask(url(shop))
    fails(run("feedback", "forget", "--all"), "--yes")
    assert len(listed(run)) == 1
    done = run("feedback", "forget", "--all", "--yes")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "sqloop: 1 event forgotten.\n")
    assert listed(run) == []
    done = run("feedback", "forget", "--all")
    assert (done.returncode, done.stderr) == (0, "sqloop: There is nothing to forget.\n")


def test_forgetting_by_id_and_by_date_takes_what_was_said_of_it(run: Run, shop: Path, tmp_path: Path) -> None:
    first, second, third = (ask(url(shop)) for _ in range(3))
    for each in (first, second, third):
        run("feedback", "accept", each)
    done = run("feedback", "forget", first, "--yes")
    assert done.stderr == "sqloop: 2 events forgotten.\n"
    store = tmp_path / "data" / "sqloop" / "feedback.sqlite"
    with closing(sqlite3.connect(store)) as connection:
        old = "UPDATE sqloop_feedback SET time = '2024-02-28T23:00:00.000000+00:00' WHERE id = ?"
        connection.execute(old, (second,))
        connection.commit()
    done = run("feedback", "forget", "--before", "2024-02-28", "--yes", TZ="UTC")
    assert done.stderr == "sqloop: There is nothing to forget.\n"
    done = run("feedback", "forget", "--before", "2024-02-29", "--yes", TZ="UTC")
    assert done.stderr == "sqloop: 2 events forgotten.\n"
    assert [event["shown"] or event["id"] for event in listed(run)] == [third, third]


def test_no_value_of_an_answer_is_kept_where_the_user_says_so(
    run: Run, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SQLOOP_FEEDBACK__ANSWERS", "digest")
    ask(url(shop))
    run("feedback", "edit", "last", "--sql", "SELECT name FROM customer WHERE id = 1")
    events = listed(run)
    assert [(each["answer"]["rows"], each["answer"]["columns"]) for each in events] == [(None, [])] * 2
    assert "Ann" not in json.dumps(events)


def test_feedback_that_is_turned_off_takes_no_verdicts(run: Run, shop: Path) -> None:
    ask(url(shop))
    fails(run("feedback", "accept", "last", SQLOOP_FEEDBACK__ENABLED="false"), "Feedback is turned off.")
    assert len(listed(run)) == 1


def test_a_team_keeps_its_feedback_in_mariadb(
    run: Run, shop: Path, mariadb: MariaDBServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SQLOOP_FEEDBACK__STORE", mariadb.create("team"))
    event = ask(url(shop))
    run("feedback", "accept", "last")
    assert [each["shown"] for each in listed(run)] == [None, event]
    monkeypatch.delenv("SQLOOP_FEEDBACK__STORE")
    assert listed(run) == []


def test_without_sql_there_is_nothing_to_judge(run: Run, forever: Path) -> None:
    event = ask(url(forever), "SELECT nothing FROM forever")
    fails(run("feedback", "accept", event), f"No SQL was shown in {event}")


def test_a_terminal_gets_a_table_that_no_question_can_spoil(run: Run, shop: Path) -> None:
    from rich.console import Console

    from sqloop.commands.review import draw_events

    ask(url(shop), "SELECT '\x1b[31m', name FROM customer")
    run("feedback", "reject", ask(url(shop)))
    out = StringIO()
    first, *events = open_store(load_settings()).events()
    assert first.answer is not None
    many = replace(first, answer=replace(first.answer, count=1000, truncated=True))
    Console(file=out, width=80).print(draw_events([many, *events]))
    text = out.getvalue()
    assert "\x1b" not in text
    assert all(each in text for each in ("rejected", "1,000+ rows", QUESTION, COUNT))


def test_the_list_says_what_is_in_use_as_memory(run: Run, shop: Path) -> None:
    first, last = ask(url(shop)), ask(url(shop))
    run("feedback", "accept", first)
    accepted = run("feedback", "accept", last).stdout.strip()
    events = json.loads(run("feedback", "list", "--json").stdout)
    assert [event["id"] for event in events if event["in_memory"]] == [accepted]
    lines = list(csv.DictReader(StringIO(run("feedback", "list").stdout)))
    assert [line["id"] for line in lines if line["in_memory"]] == [accepted]
    off = json.loads(run("feedback", "list", "--json", SQLOOP_MEMORY__ENABLED="false").stdout)
    run("feedback", "reject", last)
    assert not any(event["in_memory"] for event in off + json.loads(run("feedback", "list", "--json").stdout))
