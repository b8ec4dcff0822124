"""What `sqloop ask` keeps of a question: always what was shown, and never in the way of the answer."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any

import pytest

from sqloop.commands.ask import FIRST
from sqloop.commands.waiting import spinner
from sqloop.feedback.events import Event
from sqloop.feedback.store import FeedbackStore

if TYPE_CHECKING:
    from servers import MariaDBServer

QUESTION = "How many customers are there?"
COUNT = "SELECT COUNT(*) FROM customer"

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def url(path: Path) -> str:
    return f"sqlite:///{path}"


@pytest.fixture
def kept(tmp_path: Path) -> Callable[[], list[Event]]:
    """What is kept by now; nothing where there is no store."""
    path = tmp_path / "data" / "sqloop" / "feedback.sqlite"
    return lambda: FeedbackStore(str(path)).events() if path.exists() else []


Kept = Callable[[], list[Event]]


def ask(run: Run, db: str, *flags: str, **more: str) -> dict[str, Any]:
    done = run("ask", QUESTION, "--db", db, "-k", "1", "--json", *flags, **more)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_what_was_asked_is_kept_and_named_in_the_answer(run: Run, shop: Path, kept: Kept) -> None:
    answer = ask(run, url(shop))
    (event,) = kept()
    assert (event.id, event.kind, event.shown) == (answer["event"], "shown", None)
    assert (event.question, event.sql, event.database) == (QUESTION, COUNT, url(shop))
    assert event.answer is not None
    assert event.answer.rows == ((3,),)
    assert len(event.schema) == 16
    assert [each.sql for each in event.candidates] == [COUNT]
    assert timedelta(0) <= datetime.now(UTC) - event.time < timedelta(minutes=5)


def test_an_answer_in_csv_is_kept_too(run: Run, shop: Path, kept: Kept) -> None:
    done = run("ask", QUESTION, "--db", url(shop), "-k", "1")
    assert (done.stdout, done.stderr) == ("COUNT(*)\n3\n", "")
    assert [event.sql for event in kept()] == [COUNT]


def test_where_nothing_ran_the_candidates_are_kept(run: Run, forever: Path, kept: Kept) -> None:
    answer = ask(run, url(forever), SQLOOP_LIMITS__SECONDS="0.1")
    (event,) = kept()
    assert (event.sql, event.answer, event.id) == (None, None, answer["event"])
    assert [each.status for each in event.candidates] == ["timeout"]


@pytest.mark.parametrize(
    ("flags", "more"),
    [(["--no-feedback"], {}), ([], {"SQLOOP_FEEDBACK__ENABLED": "false"})],
    ids=["this once", "ever"],
)
def test_nothing_is_kept_where_the_user_says_so(
    run: Run, shop: Path, kept: Kept, flags: list[str], more: dict[str, str]
) -> None:
    assert ask(run, url(shop), *flags, **more)["event"] is None
    assert kept() == []


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_a_store_that_cannot_be_written_costs_a_warning_and_not_the_answer(
    run: Run, shop: Path, tmp_path: Path, flags: list[str]
) -> None:
    (tmp_path / "broken.sqlite").write_text("Dear feedback, " * 100)
    broken = {"SQLOOP_FEEDBACK__STORE": str(tmp_path / "broken.sqlite")}
    done = run("ask", QUESTION, "--db", url(shop), "-k", "1", *flags, **broken)
    assert done.returncode == 0
    assert json.loads(done.stdout)["event"] is None if flags else done.stdout == "COUNT(*)\n3\n"
    assert done.stderr.startswith("sqloop: Feedback is not kept. ")
    assert done.stderr.count("\n") == 1


def test_a_store_of_a_team_that_is_down_costs_a_warning_without_its_password(run: Run, shop: Path) -> None:
    down = {"SQLOOP_FEEDBACK__STORE": "mysql+pymysql://ann:s3cret@127.0.0.1:1/team"}
    done = run("ask", QUESTION, "--db", url(shop), "-k", "1", **down)
    assert (done.returncode, done.stdout) == (0, "COUNT(*)\n3\n")
    assert done.stderr.count("\n") == 1
    assert "ann@127.0.0.1:1/team" in done.stderr
    assert "s3cret" not in done.stderr


def test_no_password_is_ever_kept(run: Run, mariadb: MariaDBServer, kept: Kept, tmp_path: Path) -> None:
    db = mariadb.create("secrets", "CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT)")
    ask(run, db)
    (event,) = kept()
    assert event.database == f"mysql+pymysql://{mariadb.owner}@127.0.0.1:{mariadb.port}/secrets"
    written = (tmp_path / "data" / "sqloop" / "feedback.sqlite").read_bytes()
    assert QUESTION.encode() in written
    assert mariadb.password.encode() not in written
    assert db.split(":")[2].split("@")[0].encode() not in written


def test_who_waits_long_in_a_pipe_is_told_why_and_nobody_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with spinner("Asking …", FIRST):
        pass
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sqloop.commands.waiting.SLOW", 0.01)
    told = ""
    with spinner("Asking …", FIRST):
        while not told:
            sleep(0.01)
            told = capsys.readouterr().err
    assert told == f"sqloop: Asking … {FIRST}\n"
