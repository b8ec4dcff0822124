"""The bundled sample database: the same rows everywhere, complete or absent, safe to make twice at once."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from sqloop import sample
from sqloop.errors import DatabaseError
from sqloop.sample import business


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sample, "user_cache_path", lambda _: tmp_path / "cache")
    return tmp_path / "cache"


def test_rows_are_the_published_ones_and_keys_hold(cache: Path) -> None:
    with closing(sqlite3.connect(sample.sample_database())) as connection:
        assert sample.checksum(connection) == sample.CHECKSUM
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        total = sum(connection.execute(f"SELECT COUNT(*) FROM {t}").fetchone()[0] for t in business.TABLES)
    assert sample.is_sample(f"sqlite:///{sample.sample_database()}")
    assert not sample.is_sample(f"sqlite:///{cache / 'shop.db'}")
    assert 9_000 < total < 12_000


def test_every_foreign_key_is_indexed(cache: Path) -> None:
    with closing(sqlite3.connect(sample.sample_database())) as connection:
        for table in business.TABLES:
            keys = {row[3] for row in connection.execute(f"PRAGMA foreign_key_list({table})")}
            names = [row[1] for row in connection.execute(f"PRAGMA index_list({table})")]
            indexed = {connection.execute(f"PRAGMA index_info({name})").fetchone()[2] for name in names}
            assert keys <= indexed, table


def test_second_call_reuses_the_file(cache: Path) -> None:
    first = sample.sample_database()
    stamp = first.stat().st_mtime_ns
    assert sample.sample_database() == first
    assert first.stat().st_mtime_ns == stamp


def test_interrupted_creation_leaves_nothing(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop_halfway(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE categories (category_id INTEGER)")
        raise KeyboardInterrupt

    monkeypatch.setattr(sample, "create", stop_halfway)
    with pytest.raises(KeyboardInterrupt):
        sample.sample_database()
    assert list(cache.iterdir()) == []


def test_two_processes_at_once(tmp_path: Path) -> None:
    code = "from sqloop.sample import sample_database; print(sample_database())"
    environment = {"XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path), "PATH": ""}
    both = [
        subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    paths = {process.communicate()[0].strip() for process in both}
    assert [process.returncode for process in both] == [0, 0]
    (path,) = paths
    with closing(sqlite3.connect(path)) as connection:
        assert sample.checksum(connection) == sample.CHECKSUM
    assert [each.name for each in Path(path).parent.iterdir()] == [Path(path).name]


def test_unwritable_cache_is_one_clear_error(cache: Path) -> None:
    cache.write_text("a file where the directory should be")
    with pytest.raises(DatabaseError, match="cannot be written"):
        sample.sample_database()
