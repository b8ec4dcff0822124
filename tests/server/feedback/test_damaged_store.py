"""A store with rows that are damaged, sealed answers, on a medium that is read-only or full."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from sqloop.database.outcome import Outcome
from sqloop.feedback.events import Event, judge
from sqloop.feedback.kept import digest
from sqloop.feedback.sealing import read_key
from sqloop.feedback.store import FeedbackStore

Show = Callable[..., Event]


DAMAGE = [
    "candidates = 'no json'",
    "candidates = '[{}]'",
    "candidates = '5'",
    "answer = '{\"digest\": 5}'",
    "answer = '[]'",
    "time = 'yesterday'",
    "event = 'praised'",
    "question = ''||x'ff'",
]


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_row_costs_that_row(
    tmp_path: Path, shown: Show, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    place = tmp_path / "feedback.sqlite"
    store = FeedbackStore(str(place))
    before, damaged, after = (shown((number,)) for number in range(3))
    for event in (before, damaged, after):
        store.append(event)
    with closing(sqlite3.connect(place)) as connection:
        connection.execute(f"UPDATE sqloop_feedback SET {damage} WHERE id = ?", (damaged.id,))
        connection.commit()
    events = store.events()
    if "question" in damage:  # Only its text is damaged, and shown as far as it goes.
        assert [event.id for event in events] == [before.id, damaged.id, after.id]
    else:
        assert events == [before, after]
        assert store.find(damaged.id) is None
        assert f"{damaged.id!r} in {place} is damaged" in caplog.text
    assert store.last_shown(after.user) == after
    assert store.forget([entry.id for entry in store.entries()]) == 3


def test_what_was_shown_and_said_last_is_the_last_that_can_be_read(tmp_path: Path, shown: Show) -> None:
    place = tmp_path / "feedback.sqlite"
    store = FeedbackStore(str(place))
    before, damaged = shown((1,)), shown((2,))
    said, also_damaged = judge(before, "accepted"), judge(before, "rejected")
    for event in (before, said, damaged, also_damaged):
        store.append(event)
    with closing(sqlite3.connect(place)) as connection:
        ids = (damaged.id, also_damaged.id)
        connection.execute("UPDATE sqloop_feedback SET answer = '{no' WHERE id IN (?, ?)", ids)
        connection.commit()
    assert store.last_shown(before.user) == before
    assert store.last_said(before.user) == said
    assert store.last_shown("nobody") is None


def test_the_digests_of_a_sealed_store_cannot_be_tried(tmp_path: Path, shown: Show) -> None:
    place = tmp_path / "feedback.sqlite"
    store = FeedbackStore(str(place), key=b"k" * 32)
    event = shown((3,), keep="digest")
    assert event.answer is not None
    store.append(event)
    kept = store.events()[0]
    store.append(judge(kept, "accepted"))
    assert kept.answer is not None
    assert kept.answer.digest not in (event.answer.digest, digest(Outcome("ok", ("n",), ((3,),))))
    assert store.events()[1].answer == kept.answer  # sealed once, so that both are the same answer
    assert {each.error for each in kept.candidates} == {""}
    other = FeedbackStore(str(tmp_path / "other.sqlite"), key=b"l" * 32)
    other.append(event)
    assert other.events()[0].answer != kept.answer


def test_a_key_is_made_once_and_for_the_users_eyes_only(tmp_path: Path) -> None:
    place = tmp_path / "kept" / "feedback.sqlite.key"
    assert read_key(place) == read_key(place) == place.read_bytes()
    assert len(place.read_bytes()) == 32
    assert place.stat().st_mode & 0o077 == 0
    assert list(place.parent.iterdir()) == [place]


AS_NOBODY = """
import os, sys
from sqloop.feedback.store import FeedbackStore
FeedbackStore(sys.argv[2]).events()  # everything is imported now, which not everybody may read
if os.getuid() == 0:
    os.setuid(65534)
print(len(FeedbackStore(sys.argv[1], writing=False).events()))
"""


@pytest.mark.parametrize("left", ["closed", "with a log"])
def test_a_store_on_a_medium_that_cannot_be_written_to_is_read(
    tmp_path: Path, shown: Show, left: str
) -> None:
    with TemporaryDirectory() as name:  # pytest's folder is its user's own
        folder = Path(name) / "medium"
        folder.mkdir()
        place = folder / "feedback.sqlite"
        store = FeedbackStore(str(place))
        with closing(sqlite3.connect(place)) as reader:
            if left == "with a log":
                reader.execute("SELECT COUNT(*) FROM sqloop_feedback").fetchone()
            store.append(shown((3,)))
            if left == "with a log":
                copy = Path(name) / "copy"
                shutil.copytree(folder, copy)
                (copy / "feedback.sqlite-shm").unlink(missing_ok=True)
                assert (copy / "feedback.sqlite-wal").stat().st_size > 0
                folder, place = copy, copy / "feedback.sqlite"
        for path in (*folder.iterdir(), folder, Path(name)):
            path.chmod(0o555 if path.is_dir() else 0o444)
        done = subprocess.run(
            [sys.executable, "-c", AS_NOBODY, str(place), str(tmp_path / "other.sqlite")],
            capture_output=True,
            text=True,
            check=False,
        )
        for path in (folder, Path(name)):
            path.chmod(0o755)
        assert (done.stdout, done.returncode) == ("1\n", 0), done.stderr


FORGET = """
import os, resource, sys
from sqloop.feedback.store import FeedbackStore
size = os.stat(sys.argv[1]).st_size
store = FeedbackStore(sys.argv[1], writing=False)
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
print(store.forget([entry.id for entry in store.entries()]))
"""


def test_what_is_kept_is_forgotten_where_no_file_can_grow(tmp_path: Path, shown: Show) -> None:
    place = tmp_path / "feedback.sqlite"
    store = FeedbackStore(str(place))
    for number in range(40):
        store.append(shown((number,), question=f"secret {number} " + "x" * 3000))
    done = subprocess.run(
        [sys.executable, "-c", FORGET, str(place)], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == ("40\n", 0), done.stderr
    assert store.events() == []
    assert b"secret" not in place.read_bytes()
