"""The folder of models: what counts as being here, and what it weighs while others write and delete."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

from server.models.conftest import CONTENT, TINY
from sqloop.models import ModelStore
from sqloop.models.store import weigh


def test_a_model_is_here_once_all_of_it_is(tmp_path: Path) -> None:
    store = ModelStore(tmp_path / "none" / "yet")
    assert not store.has(TINY)
    store.folder.mkdir(parents=True)
    store.path(TINY).write_bytes(CONTENT[:-1])
    assert not store.has(TINY)
    store.path(TINY).write_bytes(CONTENT)
    assert store.has(TINY)


def test_another_version_of_a_file_does_not_go_on_from_this_one(tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    assert store.incoming(TINY) != store.incoming(replace(TINY, sha256="0" * 64))


def test_folders_that_vanish_while_they_are_weighed_are_no_failure(tmp_path: Path) -> None:
    ended = threading.Event()

    def come_and_go() -> None:
        while not ended.is_set():
            folder = tmp_path / "pip" / "unpack"
            folder.mkdir(parents=True)
            (folder / "wheel").write_bytes(b"12345")
            (folder / "wheel").unlink()
            folder.rmdir()
            folder.parent.rmdir()

    thread = threading.Thread(target=come_and_go)
    thread.start()
    try:
        assert {weigh(tmp_path) for _ in range(3_000)} <= {0, 5}
    finally:
        ended.set()
        thread.join()
