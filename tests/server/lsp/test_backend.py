"""The backend alone, in this process: what happens between two of its awaits."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from sqloop.database.connect import Database
from sqloop.lsp import connected
from sqloop.lsp.backend import Backend
from sqloop.lsp.options import Options
from sqloop.session import open_database
from sqloop.settings import Settings


@pytest.mark.asyncio
async def test_a_database_chosen_while_another_is_opened_is_the_one_that_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, table in (("slow", "old"), ("quick", "new")):
        with closing(sqlite3.connect(tmp_path / f"{name}.db")) as connection:
            connection.execute(f"CREATE TABLE {table} (name TEXT)")
    opening, go_on = threading.Event(), threading.Event()

    def open_slowly(settings: Settings) -> Database:
        opened = open_database(settings)
        if "slow" in settings.db:
            opening.set()
            assert go_on.wait(30)
        return opened

    monkeypatch.setattr(connected, "open_database", open_slowly)
    options = Options(trusted=True, connection=f"sqlite:///{tmp_path}/slow.db")
    backend = Backend(tmp_path, options, lambda: None)
    first = asyncio.create_task(backend.read_schema())
    async with asyncio.timeout(30):
        while not opening.is_set():
            await asyncio.sleep(0.01)
        second = asyncio.create_task(backend.connect(f"sqlite:///{tmp_path}/quick.db", ""))
        while "slow" in backend.settings.db:
            await asyncio.sleep(0.01)
        go_on.set()
        await asyncio.gather(first, second)
    assert backend.schema
    assert [table.name for table in backend.schema.tables] == ["new"]
    assert "quick" in backend.url
    await backend.close()
