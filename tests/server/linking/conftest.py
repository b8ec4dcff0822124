"""The same tables on both engines, and a shop to ask about."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from sqloop.database.connect import connect
from sqloop.database.schema import Schema
from sqloop.linking.question import LinkedQuestion, link_question

if TYPE_CHECKING:
    from servers import MariaDBServer

SHOP = """
CREATE TABLE invoice (id INTEGER PRIMARY KEY, customer TEXT, total REAL, handling_cost REAL);
CREATE TABLE employee (
    id INTEGER PRIMARY KEY, name TEXT, sex TEXT, left_on TEXT, store_id INTEGER, salary REAL
);
CREATE TABLE store (id INTEGER PRIMARY KEY, city TEXT, status TEXT, phoneNumber TEXT, shut_on TEXT);
CREATE TABLE loan (id INTEGER PRIMARY KEY, book_id INTEGER, paid INTEGER);
CREATE TABLE book (id INTEGER PRIMARY KEY, title TEXT, genre TEXT);
INSERT INTO invoice VALUES (1, 'Ann', 5, 1);
INSERT INTO employee VALUES (1, 'Ann', 'F', NULL, 1, 10);
INSERT INTO store VALUES (1, 'Rome', 'open', NULL, NULL), (2, 'Oslo', 'closed', '555 12', '2024-01-01');
"""

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


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    """The schema of the shop; `asked` looks values up in it."""
    path = tmp_path_factory.mktemp("shop") / "shop.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SHOP)
    with connect(f"sqlite:///{path}") as database:
        asked.index = database.values()  # type: ignore[attr-defined]
        return database.schema()


def asked(question: str, schema: Schema) -> LinkedQuestion:
    """A question to the shop, linked."""
    return link_question(question, schema, asked.index)  # type: ignore[attr-defined]
