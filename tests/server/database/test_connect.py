"""Connecting: what each bad URL says, where passwords come from, and that none is ever shown."""

from __future__ import annotations

import socket
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend

from sqloop.database.connect import Database, connect
from sqloop.database.outcome import Limits
from sqloop.errors import SettingsError, UnreachableError

SECRET = "s3cret"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "The database URL cannot be understood."),
        ("shop.sqlite", "The database URL cannot be understood."),
        ("oracle://host/shop", "SQLoop does not speak oracle."),
        ("sqlite://", "The SQLite URL names no file."),
        ("sqlite:///:memory:", "The SQLite URL names no file."),
        ("sqlite:///shop.sqlite?mode=rwc", "A SQLite URL holds a path and nothing else."),
        ("sqlite://host/shop.sqlite", "A SQLite URL holds a path and nothing else."),
        (f"mysql://me:{SECRET}@127.0.0.1", "The database URL names no database."),
        (
            f"mysql://me:{SECRET}@127.0.0.1/shop?init_command=x",
            "The database URL has an unknown option: init_command.",
        ),
        (f"mysql://me:{SECRET}@127.0.0.1/shop?charset=x", "The database URL has an unknown charset."),
        (f"mysql://me:{SECRET}@127.0.0.1:port/shop", "The database URL cannot be understood."),
    ],
)
def test_a_bad_url_is_a_matter_of_settings(url: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        connect(url)
    assert caught.value.message == message
    assert SECRET not in str(caught.value)


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "missing.sqlite"
    with pytest.raises(UnreachableError, match=r"missing\.sqlite: No such file or directory"):
        connect(f"sqlite:///{path}")
    assert not path.exists()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Not a database at all, but long enough to be read as the header of one." * 20)
    with pytest.raises(UnreachableError, match="is not a SQLite database"):
        connect(f"sqlite:///{path}")


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="is a folder"):
        connect(f"sqlite:///{tmp_path}")


def test_a_path_with_odd_characters(shop_file: Path) -> None:
    odd = shop_file.with_name("a b#c%20?é'&.sqlite")
    shop_file.rename(odd)
    url = f"sqlite:///{odd}".replace("%", "%25").replace("?", "%3F")
    with connect(url) as database:
        assert database.execute("SELECT 1").status == "ok"
        assert database.url == url


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(UnreachableError, match=f"No database server answers at 127.0.0.1:{port}"):
        connect(f"mysql://me:{SECRET}@127.0.0.1:{port}/shop")


def test_the_wrong_password_the_wrong_database_the_wrong_user(mariadb, mariadb_shop_url: str) -> None:  # type: ignore[no-untyped-def]
    for url, message in (
        (mariadb.url("shop", mariadb.owner, SECRET), "refuses the user 'owner' with this password"),
        (mariadb.url("nowhere", mariadb.owner, mariadb.password), "has no database 'nowhere'"),
        (mariadb.url("shop", "nobody", SECRET), "refuses the user 'nobody'"),
    ):
        with pytest.raises(UnreachableError) as caught:
            connect(url)
        assert message in str(caught.value)
        assert SECRET not in str(caught.value)
        assert mariadb.password not in str(caught.value)


@pytest.mark.parametrize("driver", ["mysql", "mariadb", "mysql+pymysql", "mariadb+pymysql"])
def test_every_name_of_the_engine_is_taken(mariadb_shop_url: str, driver: str) -> None:
    with connect(mariadb_shop_url.replace("mysql+pymysql", driver)) as database:
        assert database.dialect == "mysql"
        assert database.execute("SELECT 1").status == "ok"


def test_the_password_is_never_shown(mariadb, mariadb_shop: Database) -> None:  # type: ignore[no-untyped-def]
    shown = f"{mariadb_shop.url} {mariadb_shop!r} {mariadb_shop.check()} {mariadb_shop.execute('SELECT x')}"
    assert mariadb.password not in shown
    assert mariadb_shop.url == mariadb.url("shop", mariadb.owner)


def test_the_password_comes_from_the_environment(mariadb, mariadb_shop_url, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("SQLOOP_PASSWORD", mariadb.password)
    with connect(mariadb.url("shop", mariadb.owner)) as database:
        assert database.execute("SELECT 1").status == "ok"


def test_the_password_comes_from_a_command(mariadb, mariadb_shop_url, tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("SQLOOP_PASSWORD", SECRET)  # the command is the more definite wish
    secret = tmp_path / "secret"
    secret.write_text(mariadb.password + "\n")
    with connect(mariadb.url("shop", mariadb.owner), password_command=f"cat '{secret}'") as database:
        assert database.execute("SELECT 1").status == "ok"


@pytest.mark.parametrize("command", ["false", "no-such-program", "'", " "])
def test_a_password_command_that_fails_says_so(command: str) -> None:
    with pytest.raises(SettingsError, match="The password command failed"):
        connect("mysql://me@127.0.0.1/shop", password_command=command)


class Ring(KeyringBackend):
    """A real keyring backend that holds one password."""

    priority = 1  # type: ignore[assignment]
    secret = ""

    def get_password(self, service: str, username: str) -> str | None:
        return self.secret if (service, username) == ("sqloop", "owner@127.0.0.1") else None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError

    def delete_password(self, service: str, username: str) -> None:
        raise NotImplementedError


def test_the_password_comes_from_the_keyring(mariadb, mariadb_shop_url, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.delenv("SQLOOP_PASSWORD", raising=False)
    before = keyring.get_keyring()
    ring = Ring()
    ring.secret = mariadb.password
    keyring.set_keyring(ring)
    try:
        with connect(mariadb.url("shop", mariadb.owner)) as database:
            assert database.execute("SELECT 1").status == "ok"
    finally:
        keyring.set_keyring(before)


def test_a_server_that_never_answers_is_given_up() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"mysql://me:{SECRET}@127.0.0.1:{silent.getsockname()[1]}/shop"
        with pytest.raises(UnreachableError, match="No database server answers"):
            connect(url, Limits(seconds=0.1))


def test_a_closed_database_opens_again(shop: Database) -> None:
    shop.close()
    assert shop.execute("SELECT 1").status == "ok"


def test_a_file_in_wal_mode_is_read_where_nothing_may_be_written() -> None:
    code = (
        "import os, sys; sys.path[:] = eval(sys.argv[2])\n"
        "from pathlib import Path\n"
        "from sqloop.database.engines.sqlite.child import Reader\n"
        "from sqloop.database.outcome import Limits\n"
        # In the process itself: nobody's own may not start a Python that lies in the home of root.
        "if os.getuid() == 0: os.setuid(65534)  # root may write anywhere\n"
        "print(Reader(Path(sys.argv[1]), 5, 10**6).run('SELECT a FROM t', Limits()).rows)"
    )
    with tempfile.TemporaryDirectory() as folder:  # pytest's own is closed to other users
        path = Path(folder) / "wal.sqlite"
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE t AS SELECT 1 AS a")
        connection.commit()
        connection.close()
        path.chmod(0o444)
        Path(folder).chmod(0o555)
        shown = subprocess.run(
            [sys.executable, "-c", code, str(path), repr(sys.path)],
            capture_output=True,
            text=True,
            check=False,
        )
        Path(folder).chmod(0o755)
    assert shown.stdout == "((1,),)\n", shown.stderr
