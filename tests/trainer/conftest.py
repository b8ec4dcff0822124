"""What tests of learning share: a tiny model and a small database, made once a run."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

ROWS = """
CREATE TABLE town (id INTEGER PRIMARY KEY, name TEXT, people INTEGER, country TEXT);
CREATE TABLE museum (
    id INTEGER PRIMARY KEY, name TEXT, opened INTEGER, town_id INTEGER REFERENCES town (id)
);
INSERT INTO town VALUES
    (1, 'Ulm', 128000, 'Germany'), (2, 'Bath', 94000, 'England'), (3, 'Trier', 112000, 'Germany'),
    (4, 'York', 141000, 'England'), (5, 'Lund', 94000, 'Sweden'), (6, 'Pisa', 89000, 'Italy');
INSERT INTO museum VALUES
    (1, 'Bread Museum', 1955, 1), (2, 'Roman Baths', 1897, 2), (3, 'Rhine Museum', 1877, 3),
    (4, 'Castle Museum', 1938, 4), (5, 'Cathedral Museum', 1986, 6), (6, 'Toy Museum', 1990, 3);
"""


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model that knows nothing."""
    from trainer.tiny_model import make_tiny_model

    return make_tiny_model(tmp_path_factory.mktemp("tiny") / "model")


@pytest.fixture(scope="session")
def towns(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database of two tables."""
    path = tmp_path_factory.mktemp("towns") / "towns.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(ROWS)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def taught_model(tiny_model: Path, towns: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model that has seen half of what users accept: some of its queries are right."""
    from trainer.tiny_model import teach_tiny_model
    from trainer.told import ACCEPTED

    half = dict(list(ACCEPTED.items())[::2])
    return teach_tiny_model(tiny_model, towns, half, tmp_path_factory.mktemp("taught"))
