"""How the values of a database are read: every column gets its share of the time, few values come first."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from sqloop.database.connect import Database, connect
from sqloop.database.knowledge import value_index
from sqloop.database.knowledge.value_index import ValueIndex

if TYPE_CHECKING:
    from servers import MariaDBServer

ROWS = 20_000
LONG = "first", "last", "email", "phone", "address"
MAKE = f"CREATE TABLE customer ({', '.join(f'{each} VARCHAR(60)' for each in (*LONG, 'city', 'status'))})"
FILL = """
    INSERT INTO customer SELECT {}, {}, CASE WHEN i % 2 THEN 'open' ELSE 'closed' END
    FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT i FROM n) AS n
"""


@pytest.fixture(params=["sqlite", "mysql"])
def many(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """Customers of whom nearly every column has other values, and one that has two, the last."""
    if request.param == "mysql":
        server: MariaDBServer = request.getfixturevalue("mariadb")
        words = ", ".join(f"CONCAT(HEX(i * {n + 7}), ' {each}')" for n, each in enumerate(LONG))
        fill = FILL.format(words, "CONCAT('town ', i % 400)", ROWS)
        url = server.create("many", MAKE, "SET max_recursive_iterations = 100000", fill)
    else:
        words = ", ".join(f"printf('%x %s', i * {n + 7}, '{each}')" for n, each in enumerate(LONG))
        with closing(sqlite3.connect(tmp_path / "many.sqlite")) as connection:
            connection.execute(MAKE)
            connection.execute(FILL.format(words, "'town ' || (i % 400)", ROWS))
            connection.commit()
        url = f"sqlite:///{tmp_path}/many.sqlite"
    return connect(url)


class _Clock:
    """A clock that only reading and stemming values moves: a second each, however busy the machine is."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        stems, read = value_index.name_stems, value_index._read

        def stem(value: str) -> list[str]:
            self.now += 1
            return stems(value)

        def read_some(*arguments: Any) -> tuple[list[str], bool]:
            values, cut = read(*arguments)
            self.now += len(values)
            return values, cut

        monkeypatch.setattr(value_index, "name_stems", stem)
        monkeypatch.setattr(value_index, "_read", read_some)
        monkeypatch.setattr(value_index, "time", SimpleNamespace(monotonic=lambda: self.now))


@pytest.mark.parametrize("share", [0.3, 0.6])
def test_a_column_of_few_values_is_read_wherever_it_stands(
    many: Database, share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a share of the time that all of it takes."""
    with many:
        many.schema()
        with monkeypatch.context() as patch:
            clock = _Clock(patch)
            assert ValueIndex.build(many, 10_000_000).complete
            index = ValueIndex.build(many, share * clock.now)
    assert [match.column for match in index.whole(["close"])] == ["status"]
    assert (index.complete, index.hurried) == (False, True)
    read = {match.column for _, matches in index.entries_whole() for match in matches}
    assert read == {*LONG, "city", "status"}


def test_with_time_it_is_read_as_a_whole(many: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(value_index, "MAX_VALUES", 1_000)
    with many:
        index = ValueIndex.build(many, 60)
    assert (index.complete, index.hurried) == (False, False)
    counts = dict.fromkeys((*LONG, "city", "status"), 0)
    for _, matches in index.entries_whole():
        for match in matches:
            counts[match.column] += 1
    assert counts == dict.fromkeys(LONG, 1_000) | {"city": 400, "status": 2}


def test_the_clock_ends_a_column() -> None:
    index = ValueIndex()
    assert index.add("t", "c", (f"value {number}" for number in range(1_000)), until=0) < 1_000
    assert index.add("t", "d", ["one", "two"], until=0) == 2


def test_a_column_that_is_read_in_parts_tells_by_all_of_them() -> None:
    index = ValueIndex()
    index.add("t", "c", ["Ann Lee", "Bob Ray"])
    assert index.telling("lee")
    index.add("t", "c", ["Cy Lee"])
    assert (index.telling("lee"), len(index.telling("bob"))) == ([], 1)
