"""Processes that read files: one that is gone is not asked again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sqloop.database.cancellation import Cancellation
from sqloop.database.connect import Database, connect
from sqloop.database.engines.processes import Process


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as connection:
        connection.execute("CREATE TABLE a (b)")
    with connect(f"sqlite:///{tmp_path}/a.sqlite") as opened:
        assert opened.execute("SELECT 1").rows == ((1,),)
        yield opened


def test_a_cancel_that_comes_with_the_answer_strikes_nothing_behind_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancel, ask = Cancellation(), Process.ask

    def late(process: Process, name: str, seconds: float, *arguments: Any) -> Any:
        answer = ask(process, name, seconds, *arguments)
        cancel.cancel()
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(Process, "ask", late)
        database.execute("SELECT 2", cancel)
    assert database.execute("SELECT 3").rows == ((3,),)


def test_one_that_died_while_nobody_asked_is_replaced(database: Database) -> None:
    ((_, idle),) = database._engine._processes._idle  # type: ignore[attr-defined]
    idle._popen.kill()
    idle._popen.wait()
    assert database.execute("SELECT 3").rows == ((3,),)
