"""What a second process finds: the schema and the values of the first, and never those of another state."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest

from sqloop.database.connect import Database, connect
from sqloop.database.knowledge import known
from sqloop.database.knowledge.cache import DatabaseCache
from sqloop.database.knowledge.stamp import Stamp
from sqloop.database.knowledge.stored_values import StoredValues
from sqloop.database.knowledge.value_index import ValueIndex
from sqloop.database.schema import Schema
from sqloop.generation.prompts.shown_schema import show_schema
from sqloop.linking.link import link_values
from sqloop.session import open_database
from sqloop.settings import load_settings

if TYPE_CHECKING:
    from servers import MariaDBServer

Open = Callable[[], Database]
Look = Callable[[], tuple[Schema, ValueIndex]]

QUESTION = "Which of the customers in Rome called Zoe bought a mug?"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def look(shop_file: Path, folder: Path) -> Iterator[Look]:
    """Looks at the shop as a new process does."""
    opened: list[Database] = []

    def look() -> tuple[Schema, ValueIndex]:
        opened.append(connect(f"sqlite:///{shop_file}", cache=DatabaseCache(folder)))
        return opened[-1].schema(), opened[-1].values()

    yield look
    for each in opened:
        each.close()


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def is_kept(index: ValueIndex) -> bool:
    return isinstance(index, StoredValues)


def test_a_second_process_finds_all_that_the_first_read(look: Look) -> None:
    (schema, built), (again, kept) = look(), look()
    assert (is_kept(built), is_kept(kept)) == (False, True)
    assert again == schema
    assert again.fingerprint == schema.fingerprint
    links = link_values(QUESTION, schema, built)
    assert [match.value for link in links for match in link.matches] == ["Rome", "Zoë", "Mug"]
    assert link_values(QUESTION, again, kept) == links
    assert dict(kept.entries_whole()) == {}  # found in the file, not loaded
    assert (kept.complete, kept.hurried) == (built.complete, built.hurried) == (True, False)


def test_the_database_is_not_read_again(
    look: Look, shop_file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look()
    with connect(f"sqlite:///{shop_file}", cache=DatabaseCache(folder)) as database:
        monkeypatch.setattr(database._engine, "read", None)
        monkeypatch.setattr(database._engine, "tables", None)
        assert len(database.schema().tables) == 7
        assert is_kept(database.values())


@pytest.mark.parametrize(
    "statement",
    ["UPDATE customers SET city = 'Oslo' WHERE id = 2", "DELETE FROM orders", "CREATE TABLE n (x)"],
)
def test_a_changed_file_is_read_again(look: Look, shop_file: Path, statement: str) -> None:
    look()
    before = os.stat(shop_file)
    change(shop_file, statement)
    os.utime(shop_file, ns=(before.st_atime_ns, before.st_mtime_ns))  # clocks may be coarse
    schema, index = look()
    with connect(f"sqlite:///{shop_file}") as afresh:
        assert schema.fingerprint == afresh.schema().fingerprint
    assert not is_kept(index)
    assert is_kept(look()[1])


def test_a_change_that_is_only_in_the_log_is_seen(look: Look, shop_file: Path) -> None:
    with closing(sqlite3.connect(shop_file, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        look()
        assert is_kept(look()[1])
        main = shop_file.read_bytes()
        writer.execute("UPDATE customers SET city = 'Oslo' WHERE id = 2")
        assert shop_file.read_bytes() == main
        _, index = look()
        assert not is_kept(index)
        assert index.whole(["oslo"])


def test_a_file_that_took_its_place_is_another_database(look: Look, shop_file: Path) -> None:
    look()
    other = shop_file.with_name("other.sqlite")
    change(other, "CREATE TABLE one (a TEXT)")
    other.replace(shop_file)
    assert [table.name for table in look()[0].tables] == ["one"]


def test_a_refresh_reads_again_and_keeps_what_it_read(look: Look, shop_file: Path, folder: Path) -> None:
    look()
    for path in folder.glob("*.schema.json"):
        path.write_text(path.read_text().replace("Rome", "Lost"))
    told = []
    for refresh in (False, True, False):
        with connect(f"sqlite:///{shop_file}", cache=DatabaseCache(folder)) as database:
            told.append(database.schema(refresh=refresh).tables[0].columns[2].samples)
    assert told == [("Lost", "Paris"), ("Rome", "Paris"), ("Rome", "Paris")]


def test_a_schema_that_was_read_in_a_hurry_is_completed_for_the_next_process(
    shop_file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known, "SAMPLING", 0.0)
    told = []
    for _ in range(3):
        with connect(f"sqlite:///{shop_file}", cache=DatabaseCache(folder)) as database:
            told.append(database.renew().tables[0].columns[2].samples)
            if database._known._completing is not None:
                database._known._completing.join(60)
    assert told == [(), (), ("Rome", "Paris")]


def spoil_all(path: Path) -> None:
    path.write_bytes(os.urandom(5000))


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def by_other_code(path: Path) -> None:
    if path.suffix == ".sqlite":
        change(path, "UPDATE about SET value = 'older' WHERE key = 'code'")
    else:
        head, text = path.read_text().split("\n", 1)
        path.write_text(json.dumps({**json.loads(head), "code": "older"}) + "\n" + text)


def without_head(path: Path) -> None:
    if path.suffix == ".sqlite":
        change(path, "DELETE FROM about")
    else:
        path.write_text("{}\n" + path.read_text().split("\n", 1)[1])


@pytest.mark.parametrize("spoil", [spoil_all, cut_short, empty, by_other_code, without_head])
def test_a_file_that_is_not_whole_is_ignored_and_written_anew(
    look: Look, folder: Path, spoil: Callable[[Path], None]
) -> None:
    schema, _ = look()
    for path in folder.iterdir():
        spoil(path)
    again, index = look()
    assert again == schema
    assert not is_kept(index)
    assert index.whole(["mug"])
    assert is_kept(look()[1])


def test_only_the_user_may_read_it(look: Look, folder: Path) -> None:
    look()
    files = list(folder.iterdir())
    assert sorted(path.suffix for path in files) == [".json", ".sqlite"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_written_is_no_cache(shop_file: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with connect(f"sqlite:///{shop_file}", cache=DatabaseCache(tmp_path / "file")) as database:
        assert database.schema().tables
        assert database.values().whole(["mug"])


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path, folder: Path) -> None:
    for number in range(3):
        path = tmp_path / f"{number}.sqlite"
        change(path, "CREATE TABLE t (a TEXT)", f"INSERT INTO t VALUES ('value {number}')")
    kept: list[list[bool]] = []
    for limit in (10**9, 100_000, 30_000):  # an index of one value takes 24 KB
        for path in folder.glob("*"):
            path.unlink()
        for number in (0, 1, 2, 0):
            with connect(f"sqlite:///{tmp_path}/{number}.sqlite", cache=DatabaseCache(folder, limit)) as each:
                each.values()
        ages = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
        kept.append([path.suffix == ".sqlite" for path in ages])
        assert sum(path.stat().st_size for path in folder.iterdir()) <= limit
    assert [sum(each) for each in kept] == [3, 3, 1]


def test_the_setting_keeps_nothing(shop_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    for setting, kept in (("false", 0), ("true", 2)):
        (tmp_path / "sqloop.toml").write_text(f"[cache]\nvalues = {setting}")
        with open_database(load_settings(tmp_path, db=f"sqlite:///{shop_file}")) as database:
            database.values()
        assert len(list((tmp_path / "home").rglob("*.*"))) == kept


def test_an_index_that_was_read_in_a_hurry_is_trusted_for_a_while(look: Look, folder: Path) -> None:
    look()
    (path,) = folder.glob("*.sqlite")
    change(path, "UPDATE about SET value = 'yes' WHERE key = 'hurried'")
    assert is_kept(look()[1])
    change(path, "UPDATE about SET value = value - 700 WHERE key = 'made'")
    assert not is_kept(look()[1])


def test_two_processes_fill_it_at_once(shop_file: Path, folder: Path) -> None:
    program = """
import sys
from pathlib import Path
from sqloop.database.knowledge import known
from sqloop.database.knowledge import known
from sqloop.database.knowledge.cache import DatabaseCache
from sqloop.database.connect import connect
from sqloop.linking.link import ValueIndex
for _ in range(20):
    with connect(sys.argv[1], cache=DatabaseCache(Path(sys.argv[2]))) as database:
        fingerprint = database.schema(refresh=True).fingerprint
        database.cache.write_values(database.stamp, fingerprint, ValueIndex.build(database))
        assert database.values().whole(["mug"])
"""
    arguments = [sys.executable, "-c", program, f"sqlite:///{shop_file}", str(folder)]
    processes = [subprocess.Popen(arguments) for _ in range(3)]
    assert [each.wait(120) for each in processes] == [0, 0, 0]
    assert sorted(path.suffix for path in folder.iterdir()) == [".json", ".sqlite"]


@pytest.mark.parametrize(
    ("structure", "contents", "age", "trusted"),
    [
        ("s", "c", 0, True),
        ("s", "c", 999, True),
        ("s", "c", 1000, False),
        ("s", "other", 99, True),
        ("s", "other", 100, False),
        ("other", "c", 0, False),
        ("s", "c", -1, False),
    ],
)
def test_what_a_stamp_trusts(structure: str, contents: str, age: float, trusted: bool) -> None:
    assert Stamp("db", "s", "c", grace=100, life=1000).trusts(structure, contents, age) is trusted


@pytest.fixture
def mariadb_url(mariadb: MariaDBServer) -> str:
    return mariadb.create(
        "kept",
        "CREATE TABLE city (id INT PRIMARY KEY, name VARCHAR(40))",
        "INSERT INTO city VALUES (1, 'Rome'), (2, 'Paris')",
        "CREATE VIEW named AS SELECT name FROM city",
    )


def settle(url: str) -> None:
    """Return when the last change is so long ago that its time, in whole seconds, tells it from the next."""
    with connect(url, cache=DatabaseCache(Path(os.devnull))) as database:
        for _ in range(200):
            database.schema(refresh=True)
            if database.stamp is not None:
                return
            Event().wait(0.05)
    raise AssertionError("no stamp")


def test_mariadb_is_trusted_until_its_tables_change(
    mariadb: MariaDBServer, mariadb_url: str, folder: Path
) -> None:
    def look() -> tuple[list[str], bool]:
        with connect(mariadb_url, cache=DatabaseCache(folder)) as database:
            return [column.name for column in database.schema().tables[0].columns], is_kept(database.values())

    assert look() == (["id", "name"], False)  # made a moment ago: nothing is kept
    settle(mariadb_url)
    assert look() == (["id", "name"], False)
    assert look() == (["id", "name"], True)
    mariadb.admin("INSERT INTO city VALUES (3, 'Oslo')", database="kept")
    assert look() == (["id", "name"], True)  # for some minutes
    mariadb.admin("ALTER TABLE city ADD COLUMN land INT", database="kept")
    assert look() == (["id", "name", "land"], False)
    settle(mariadb_url)
    look()
    assert look()[1]
    mariadb.admin("CREATE OR REPLACE VIEW named AS SELECT id FROM city", database="kept")
    assert not look()[1]


def test_mariadb_shows_each_account_its_own(mariadb: MariaDBServer, mariadb_url: str, folder: Path) -> None:
    settle(mariadb_url)
    mariadb.admin(
        "CREATE OR REPLACE USER narrow@'%' IDENTIFIED BY 'x'", "GRANT SELECT ON kept.named TO narrow@'%'"
    )
    told = []
    for url in (mariadb_url, mariadb.url("kept", "narrow", "x"), mariadb_url):
        with connect(url, cache=DatabaseCache(folder)) as database:
            told.append([table.name for table in database.schema().tables])
    assert told == [["city", "named"], ["named"], ["city", "named"]]


def test_samples_stay_while_they_do(look: Look, shop_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that has read the schema need not read it again because others write rows."""
    change(shop_file, *(f"INSERT INTO products (name, price) VALUES ('Mug {i}', {i}.5)" for i in range(9)))
    first = show_schema(look()[0])
    change(shop_file, *(f"INSERT INTO products (name, price) VALUES ('Cup {i}', {i}.25)" for i in range(400)))
    assert show_schema(look()[0]) == first
    change(shop_file, "INSERT INTO customers (name, city) VALUES ('Bo', 'Oslo')")
    assert "'Oslo'" in show_schema(look()[0])
    change(shop_file, "DELETE FROM products WHERE name LIKE 'Mug%'")
    assert "'Mug" in show_schema(look()[0])
    monkeypatch.setattr(known, "SAMPLES_KEPT", 0)
    change(shop_file, "DELETE FROM products WHERE name = 'Cup 0'")
    assert "'Mug" not in show_schema(look()[0])
