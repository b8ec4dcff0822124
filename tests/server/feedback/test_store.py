"""The store: what is in stays in, whoever writes at the same time and whoever is killed meanwhile."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, make_url, select

from sqloop.errors import FeedbackError, SettingsError
from sqloop.feedback.events import Event, judge
from sqloop.feedback.servers import open_server
from sqloop.feedback.store import FeedbackStore, find_store, open_store, own_store
from sqloop.feedback.tables import events, to_row
from sqloop.settings import Settings

if TYPE_CHECKING:
    from servers import MariaDBServer, PostgreSQLServer

    Server = MariaDBServer | PostgreSQLServer

Show = Callable[..., Event]
WRITER = Path(__file__).with_name("writer.py")
SECONDS = 120


@pytest.fixture(params=["sqlite", "mariadb", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a store may be made, on each engine in turn."""
    if request.param == "sqlite":
        return str(tmp_path / "feedback.sqlite")
    server: Server = request.getfixturevalue(request.param)
    return server.create("feedback")


@pytest.fixture(params=["mariadb", "postgres"])
def server(request: pytest.FixtureRequest) -> Server:
    """What a team may share a store on."""
    found: Server = request.getfixturevalue(request.param)
    return found


def start(place: str, count: int) -> subprocess.Popen[str]:
    """A writer that is ready to open the store."""
    process = subprocess.Popen(
        [sys.executable, str(WRITER), place, str(count)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def read_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def read_rest(process: subprocess.Popen[str]) -> str:
    with process:
        assert process.stdout is not None
        return process.stdout.read()


def test_every_event_comes_back_as_it_was_in_the_order_of_arrival(place: str, shown: Show) -> None:
    store = FeedbackStore(place)
    events = [shown((3, "ü 🦊", None, b"\x00\xff", 1.5)), shown((float("inf"),), keep="digest")]
    events.append(judge(events[0], "rejected"))
    events.append(replace(events[1], id="none ran", sql=None, answer=None))
    for event in events:
        store.append(event)
    assert FeedbackStore(place).events() == events
    assert store.events(newest=2) == events[2:]
    assert store.find(events[1].id) == events[1]
    assert store.find("nothing") is None


def test_what_was_shown_last_is_each_users_own(place: str, shown: Show) -> None:
    store = FeedbackStore(place)
    mine, theirs = replace(shown((1,)), user="me@here"), replace(shown((2,)), user="they@there")
    for event in (mine, theirs, replace(judge(mine, "accepted"), user="me@here")):
        store.append(event)
    assert store.last_shown("me@here") == mine
    assert store.last_shown("they@there") == theirs
    assert store.last_shown("nobody") is None


def test_text_that_is_no_text_is_kept_as_far_as_it_goes(place: str, shown: Show) -> None:
    store = FeedbackStore(place)
    store.append(shown((1,), question="How \udcff\x00 many?", sql="SELECT '\udcff'"))
    (event,) = store.events()
    assert (event.question, event.sql) == ("How ?? many?", "SELECT '?'")


def test_four_newcomers_at_once_keep_every_event(place: str) -> None:
    writers = [start(place, 10) for _ in range(4)]
    for writer in writers:
        go(writer)
    said = [writer.communicate(timeout=SECONDS) for writer in writers]
    assert [(writer.returncode, errors) for writer, (_, errors) in zip(writers, said, strict=True)] == [
        (0, "")
    ] * 4
    ids = [id for out, _ in said for id in out.split()]
    kept = [event.id for event in FeedbackStore(place).events()]
    assert len(kept) == 40
    assert sorted(kept) == sorted(ids)
    for out, _ in said:
        written = out.split()
        assert [id for id in kept if id in written] == written


def test_an_event_is_kept_where_the_server_gives_its_transaction_up(server: Server, shown: Show) -> None:
    place = server.create("feedback")
    store, event = FeedbackStore(place), shown((1,))
    url = make_url(place)
    with open_server(url, "").connect() as other, ThreadPoolExecutor(1) as threads:
        for number in range(20):
            other.execute(insert(events).values(to_row(replace(event, id=f"{number:032}"))))
        other.execute(insert(events).values(to_row(event)))
        appended = threads.submit(store.append, event)  # waits for what becomes of the other event of its id
        sleep(0.3)
        if url.get_backend_name() == "postgresql":
            other.exec_driver_sql(f"LOCK TABLE {events.name} IN SHARE ROW EXCLUSIVE MODE")
        else:
            other.execute(select(events).with_for_update()).all()
        other.rollback()
        appended.result(SECONDS)
    assert [each.id for each in store.events()] == [event.id]


def test_events_are_forgotten_where_the_server_gives_the_transaction_up(server: Server, shown: Show) -> None:
    place = server.create("feedback")
    store, kept = FeedbackStore(place), [shown((number,)) for number in range(3)]
    for event in kept:
        store.append(event)
    with open_server(make_url(place), "").connect() as other, ThreadPoolExecutor(1) as threads:
        for number in range(20):
            other.execute(insert(events).values(to_row(replace(kept[0], id=f"{number:032}"))))
        other.execute(select(events).where(events.c.id == kept[1].id).with_for_update()).all()
        forgotten = threads.submit(store.forget, [event.id for event in kept[:2]])  # has the first, waits
        sleep(0.3)
        other.execute(select(events).where(events.c.id == kept[0].id).with_for_update()).all()
        other.rollback()
        assert forgotten.result(SECONDS) == 2
    assert [event.id for event in store.events()] == [kept[2].id]


def test_writers_that_are_killed_lose_nothing_that_they_kept(place: str) -> None:
    writers = [start(place, 0) for _ in range(4)]
    for writer in writers:
        go(writer)
    ids = [read_line(writer) for _ in range(5) for writer in writers]
    for writer in writers:
        writer.kill()
    for writer in writers:
        ids += [line for line in read_rest(writer).splitlines() if len(line) == 12]
    store = FeedbackStore(place)
    kept = [event.id for event in store.events()]
    assert set(ids) <= set(kept)
    assert len(set(kept)) == len(kept) <= len(ids) + 4
    if Path(place).is_file():
        with closing(sqlite3.connect(place)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA journal_mode").fetchall() == [("wal",)]
    after = start(place, 1)
    go(after)
    out, errors = after.communicate(timeout=SECONDS)
    assert (after.returncode, errors) == (0, "")
    assert store.events()[-1].id == out.strip()


@pytest.mark.parametrize("milliseconds", [0, 4, 8, 16, 32])
def test_a_store_whose_maker_is_killed_is_made_by_the_next(place: str, milliseconds: int) -> None:
    maker = start(place, 0)
    go(maker)
    with pytest.raises(subprocess.TimeoutExpired):
        maker.wait(milliseconds / 1000)
    maker.kill()
    out, _ = maker.communicate(timeout=SECONDS)
    kept = [event.id for event in FeedbackStore(place).events()]
    assert kept[: len(out.split())] == out.split()


def test_forgetting_takes_all_that_was_said_of_it(place: str, shown: Show) -> None:
    store = FeedbackStore(place)
    first, second = shown((1,)), shown((2,))
    verdicts = [judge(first, "accepted"), judge(second, "accepted"), judge(second, "rejected")]
    for event in (first, second, *verdicts):
        store.append(event)
    assert store.forget([first.id, verdicts[1].id]) == 3
    assert store.events() == [second, verdicts[2]]
    assert store.forget([first.id]) == 0


def test_thousands_are_forgotten_at_once(place: str, shown: Show) -> None:
    store = FeedbackStore(place)
    event = shown((1,))
    store.append(event)
    assert store.forget([f"{number:012x}" for number in range(2_500)] + [event.id]) == 1


def test_what_is_forgotten_is_gone_from_the_disk(store: FeedbackStore, shown: Show) -> None:
    for number in range(50):
        store.append(shown((f"secret {number}",), question="Who is Rumpelstiltskin?"))
    folder = Path(store.place).parent
    with closing(sqlite3.connect(store.place)) as reader:  # keeps the log beside the file alive
        assert reader.execute("SELECT COUNT(*) FROM sqloop_feedback").fetchone() == (50,)
        written = b"".join(path.read_bytes() for path in folder.iterdir())
        assert b"Rumpelstiltskin" in written
        store.forget([event.id for event in store.events()])
        written = b"".join(path.read_bytes() for path in folder.iterdir())
    assert b"Rumpelstiltskin" not in written
    assert b"secret" not in written


def test_the_file_is_for_its_users_eyes_only(store: FeedbackStore, shown: Show) -> None:
    store.append(shown((1,)))
    path = Path(store.place)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_store_of_another_version_is_left_alone(store: FeedbackStore) -> None:
    with closing(sqlite3.connect(store.place)) as connection:
        connection.execute("UPDATE sqloop_feedback_version SET version = 2")
        connection.commit()
    with pytest.raises(FeedbackError, match=r"feedback\.sqlite has the version 2, this SQLoop reads 1"):
        FeedbackStore(store.place)


def test_where_none_is_to_be_made_a_missing_store_is_an_error(tmp_path: Path, server: Server) -> None:
    for place in (str(tmp_path / "none.sqlite"), server.create("feedback")):
        with pytest.raises(FeedbackError, match="There is no feedback store at ") as caught:
            FeedbackStore(place, create=False)
        assert "%" not in str(caught.value)  # of the password, as the URL has it
    assert not (tmp_path / "none.sqlite").exists()


def test_a_file_without_tables_is_a_store_that_is_not_begun(tmp_path: Path, shown: Show) -> None:
    # So it stands there between two steps of the process that makes it, while another one looks.
    settings = Settings(data=str(tmp_path))
    assert find_store(settings) is None
    own_store(settings).touch()
    assert find_store(settings) is None
    open_store(settings).append(shown((3,)))
    found = find_store(settings)
    assert found is not None
    assert len(found.events()) == 1


def test_a_file_that_is_no_store_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "letter.sqlite"
    path.write_text("Dear feedback, " * 100)
    with pytest.raises(
        FeedbackError, match=r"letter\.sqlite cannot be used: file is not a database"
    ) as caught:
        FeedbackStore(str(path))
    assert "\n" not in str(caught.value)


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FeedbackError, match="cannot be made: "):
        FeedbackStore(str(tmp_path / "file" / "feedback.sqlite"))


def test_a_server_that_is_down_or_refuses_is_one_line_without_the_password(server: Server) -> None:
    url = server.create("feedback")
    for place in (
        server.url("feedback", server.owner, "wr0ng"),
        f"{url.partition(':')[0]}://ann:wr0ng@127.0.0.1:1/feedback",
    ):
        with pytest.raises(FeedbackError, match="cannot be used: ") as caught:
            FeedbackStore(place)
        assert "wr0ng" not in str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "place",
    [
        "oracle://host/name",
        "mysql+pymysql://host",
        "postgresql://host",
        "://",
        "sqlite://",
        "sqlite:///:memory:",
    ],
)
def test_a_place_that_can_hold_no_store_is_a_settings_error(place: str) -> None:
    with pytest.raises(SettingsError, match="URL of the feedback store"):
        FeedbackStore(place)


def test_a_store_by_url_is_the_store_at_its_path(store: FeedbackStore, shown: Show) -> None:
    event = shown((1,))
    store.append(event)
    assert FeedbackStore(f"sqlite:///{store.place}").events() == [event]


def test_an_account_that_may_not_make_tables_can_use_those_that_are_there(
    server: Server, shown: Show
) -> None:
    FeedbackStore(server.create("feedback"))
    admit(server)
    store = FeedbackStore(server.url("feedback", "team_member", "x"))
    event = shown((1,))
    store.append(event)
    assert store.events() == [event]
    with pytest.raises(FeedbackError, match=r"DELETE command denied|permission denied for table"):
        store.forget([event.id])


def admit(server: Server) -> None:
    """The account of a team_member of the team, as docs/memory.md says."""
    if type(server).__name__ == "PostgreSQLServer":
        server.admin("DROP ROLE IF EXISTS team_member", "CREATE ROLE team_member LOGIN PASSWORD 'x'")
        server.admin(
            "GRANT SELECT, INSERT ON sqloop_feedback TO team_member",
            "GRANT SELECT ON sqloop_feedback_version TO team_member",
            "GRANT USAGE ON SEQUENCE sqloop_feedback_number_seq TO team_member",
            database="feedback",
        )
        return
    server.admin(
        "CREATE OR REPLACE USER 'team_member'@'%' IDENTIFIED BY 'x'",
        "GRANT SELECT, INSERT ON feedback.* TO 'team_member'@'%'",
    )


def test_the_password_may_come_from_a_command(server: Server, tmp_path: Path) -> None:
    server.create("feedback")
    secret = tmp_path / "secret"
    secret.write_text(server.password)
    store = FeedbackStore(server.url("feedback", server.owner), f"cat {secret}")
    assert store.events() == []
    assert server.password not in store.place


def test_psycopg_is_loaded_for_postgres_alone(tmp_path: Path) -> None:
    code = "import sys; from sqloop.feedback.store import FeedbackStore; FeedbackStore(sys.argv[1]); "
    code += "print('psycopg' in sys.modules)"
    place = str(tmp_path / "feedback.sqlite")
    done = subprocess.run([sys.executable, "-c", code, place], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
