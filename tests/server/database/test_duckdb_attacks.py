"""What people thought of against DuckDB, through all walls and through each alone: nothing changes, nothing
that was not named is read. On a database file, and on a folder of files, which themselves may be opened.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from effort import in_time
from sqloop.database.checking.readonly import check_readonly
from sqloop.database.connect import Database, connect
from sqloop.database.outcome import Limits, Outcome

from .evidence import DUCKDB_MEMORY, watched
from .test_attacks import read_attacks

LIST = Path(__file__).with_name("attacks_duckdb.txt")
ALL = (LIST, LIST.with_name("attacks.txt"))
LIMITS = Limits(seconds=0.5)
LATE = 1.0
MARK = "the mark of the secret"


@dataclass(frozen=True)
class Target:
    """An open database in ``home``, with a secret beside it that nobody named."""

    database: Database
    home: Path
    secret: Path
    named: Path

    def state(self) -> dict[str, str]:
        """Checksum of every file, here and beside."""
        files = (each for each in self.home.parent.rglob("*") if each.is_file())
        return {str(each): hashlib.sha256(each.read_bytes()).hexdigest() for each in sorted(files)}

    def attacks(self, loot: Path, *lists: Path) -> list[str]:
        """All of the lists, on these files, but what only reads what was named."""
        found = [sql for each in lists for sql, reads in read_attacks(loot, each) if not reads]
        return [sql.replace("{secret}", str(self.secret)).replace("{file}", str(self.named)) for sql in found]


@pytest.fixture(params=["database", "folder"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Target]:
    secret = tmp_path / "secret.csv"
    secret.write_text(f"a,b\n1,{MARK}\n")
    if request.param == "database":
        named: Path = request.getfixturevalue("duckdb_file")
        home = tmp_path / "home"
        home.mkdir()
        named = named.rename(home / named.name)
        place = named
    else:
        home = place = tmp_path / "home"
        home.mkdir()
        for name, rows in {
            "customers": "id,name,city\n1,Ada,Rome\n",
            "items": "order_id,line,product_id,quantity\n1,1,1,2\n",
            "orders": "id,customer_id\n1,1\n",
        }.items():
            (home / f"{name}.csv").write_text(rows)
        named = home / "items.csv"
    with connect(f"duckdb:///{place}", LIMITS) as database:
        database.schema()
        yield Target(database, home, secret, named)


def test_the_list_is_long_and_without_repetition(tmp_path: Path) -> None:
    attacks = [sql for sql, _ in read_attacks(tmp_path, LIST)]
    assert len(set(attacks)) == len(attacks) >= 60


def test_all_walls_together(target: Target, loot: Path) -> None:
    before = target.state()
    ran = [sql for sql in target.attacks(loot, LIST) if target.database.execute(sql).status == "ok"]
    assert ran == []
    assert target.state() == before


def test_wall_1_alone(target: Target, loot: Path) -> None:
    passed = [sql for sql in target.attacks(loot, LIST) if check_readonly(sql, "duckdb") is None]
    assert passed == []


def test_wall_2_alone(target: Target, loot: Path) -> None:
    before = target.state()
    for sql in target.attacks(loot, *ALL):
        outcome = target.database._engine.run(sql, LIMITS)
        assert MARK not in repr(outcome.rows), sql
        assert "root:" not in repr(outcome.rows), sql
        assert target.state() == before, sql


def test_the_engine_writes_nothing_where_it_only_explains(target: Target, loot: Path) -> None:
    before = target.state()
    for sql in target.attacks(loot, *ALL):
        target.database._engine.prepare(sql, LIMITS)
    assert target.state() == before


def test_what_ran_leaves_no_trace_for_the_next(target: Target, loot: Path) -> None:
    """No setting, no table of its own, no prepared statement: the same process answers as before."""
    asked = "SELECT count(*), (SELECT md5(string_agg(value)) FROM duckdb_settings()) FROM duckdb_tables()"
    before = target.database._engine.run(asked, LIMITS).rows
    for sql in target.attacks(loot, *ALL):
        target.database._engine.run(sql, LIMITS)
    assert target.database._engine.run(asked, LIMITS).rows == before


GREEDY = (
    "SELECT count(*) FROM range(1000000000000)",
    "SELECT count(*) FROM range(1000000) a, range(1000000) b, range(1000) c",
    "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r",
    "SELECT length(repeat('a', 4000000000))",
    "SELECT lpad('a', 2000000000, 'b')",
    "SELECT len(range(1000000000))",
    "SELECT len(list(range)) FROM range(1000000000)",
    "SELECT length(string_agg(repeat('a', 1000), '')) FROM range(100000000)",
    "SELECT range, count(*) FROM range(300000000) GROUP BY 1 ORDER BY 2 DESC LIMIT 3",
    "SELECT * FROM range(300000000) ORDER BY hash(range) DESC",
    "SELECT regexp_matches(repeat('a', 100000), '(a|aa)+$')",
    "SELECT levenshtein(repeat('a', 200000), repeat('b', 200000))",
    "SELECT repeat('a', 1000000) FROM range(1000000)",
)


@pytest.mark.parametrize("sql", GREEDY)
def test_what_only_takes_ends_in_time_and_memory(duckdb_shop: Database, sql: str) -> None:
    limits = Limits(seconds=1)
    duckdb_shop.execute("SELECT 1")
    with watched("duckdb") as peaks:
        outcome: Outcome = in_time(lambda: duckdb_shop._engine.run(sql, limits), limits.seconds, LATE)
    assert max(peaks, default=0) <= DUCKDB_MEMORY
    assert outcome.status in ("timeout", "error") or outcome.truncated or len(outcome.rows) == 1
    assert duckdb_shop.execute("SELECT name FROM customers WHERE id = 1").rows == (("Ada",),)


def test_what_takes_all_memory_ends_before_its_time(duckdb_shop: Database) -> None:
    with watched("duckdb") as peaks:
        outcome = duckdb_shop._engine.run(
            "SELECT count(DISTINCT repeat('a', 100000) || range) FROM range(1000000)", Limits(seconds=30)
        )
    assert "needs more than the 1,024 MiB" in outcome.error
    assert 0 < max(peaks) <= DUCKDB_MEMORY
