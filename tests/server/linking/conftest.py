"""The same tables on both engines."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from servers import MariaDBServer

Build = Callable[[Sequence[str]], str]


@pytest.fixture(scope="module", params=["sqlite", "mariadb"])
def build(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Makes a database by statements, and gives its URL."""

    def make(statements: Sequence[str]) -> str:
        name = request.module.__name__.rpartition(".")[2]
        if request.param == "mariadb":
            server: MariaDBServer = request.getfixturevalue("mariadb")
            return server.create(name, *statements)
        path = tmp_path_factory.mktemp("linking") / f"{name}.sqlite"
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(";\n".join(statements))
        return f"sqlite:///{path}"

    return make
