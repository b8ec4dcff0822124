"""A private MariaDB and a private PostgreSQL, as tests and benchmarks start them."""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pymysql

PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
"""Where programs of servers lie."""

_SECONDS = 60


class MariaDBServer:
    """A private mariadbd on a loopback port; databases and accounts are the tests' own to make."""

    owner = "owner"
    password = "pass w/ord:1@"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "s"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None
        self._call(
            "mariadb-install-db",
            "--no-defaults",
            f"--user={getpass.getuser()}",
            f"--datadir={folder / 'data'}",
            "--auth-root-authentication-method=socket",
            f"--auth-root-socket-user={getpass.getuser()}",
            "--skip-test-db",
        )

    def start(self, *options: str) -> None:
        """Start it, and return when it answers."""
        program = shutil.which("mariadbd", path=PATH)
        assert program is not None
        self._process = subprocess.Popen(
            [
                program,
                "--no-defaults",
                f"--user={getpass.getuser()}",
                f"--datadir={self.folder / 'data'}",
                f"--socket={self.socket}",
                f"--port={self.port}",
                "--bind-address=127.0.0.1",
                f"--pid-file={self.folder / 'pid'}",
                f"--tmpdir={self.folder}",  # of its own: a server that starts removes what lies in /tmp
                "--skip-name-resolve",
                "--innodb-buffer-pool-size=64M",
                "--innodb-flush-log-at-trx-commit=2",
                *options,
            ],
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "log").open("ab"),
        )
        _wait(self._process, lambda: self.admin("SELECT 1"), pymysql.err.OperationalError)

    def stop(self) -> None:
        """Stop it, and return when it is gone."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(_SECONDS)
            self._process = None

    def kill(self) -> None:
        """End it amid its work, which may be a function that it would not leave for hours."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(_SECONDS)
            self._process = None

    def admin(self, *statements: str, database: str | None = None) -> list[tuple[object, ...]]:
        """Run statements with every right; the rows of the last."""
        rows: list[tuple[object, ...]] = []
        with (
            pymysql.connect(
                unix_socket=str(self.socket), user=getpass.getuser(), database=database, autocommit=True
            ) as connection,
            connection.cursor() as cursor,
        ):
            for statement in statements:
                cursor.execute(statement)
                rows = list(cursor.fetchall())
        return rows

    def create(self, database: str, *statements: str) -> str:
        """Make ``database`` afresh and fill it; the URL of an account that may do everything."""
        self.admin(
            f"CREATE OR REPLACE USER '{self.owner}'@'%' IDENTIFIED BY '{self.password}'",
            f"GRANT ALL PRIVILEGES ON *.* TO '{self.owner}'@'%' WITH GRANT OPTION",
            f"DROP DATABASE IF EXISTS `{database}`",
            f"CREATE DATABASE `{database}` CHARACTER SET utf8mb4",
        )
        self.admin(*statements, database=database)
        return self.url(database, self.owner, self.password)

    def url(self, database: str, user: str, password: str | None = None) -> str:
        """The URL of a database for an account."""
        return f"mysql+pymysql://{user}{_secret(password)}@127.0.0.1:{self.port}/{database}"

    @staticmethod
    def _call(program: str, *arguments: str) -> None:
        command = [shutil.which(program, path=PATH) or program, *arguments]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


class PostgreSQLServer:
    """A private PostgreSQL on a loopback port; databases and roles are the tests' own to make."""

    owner = "owner"
    password = "pass w/ord:1@"

    def __init__(self) -> None:
        # Not below pytest's folders: where the tests run as root, the server runs as another user.
        self.folder = Path(tempfile.mkdtemp(prefix="sqloop-pg-"))
        self.user = "postgres" if os.getuid() == 0 else None
        if self.user:
            shutil.chown(self.folder, self.user)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None
        done = self._run("initdb", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-N", "-A", "trust")
        assert done.wait(_SECONDS) == 0, (self.folder / "log").read_text()
        rules = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
        (self.folder / "data" / "pg_hba.conf").write_text(rules)

    @staticmethod
    def programs() -> Path | None:
        """The folder of the newest server's programs."""
        found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
        return max((each.parent for each in found), key=lambda each: int(each.parent.name), default=None)

    def start(self) -> None:
        """Start it, and return when it answers."""
        settings = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self.folder),
            "fsync": "off",
            "shared_buffers": "32MB",
            "autovacuum": "off",  # it counts up transactions when it likes
        }
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self._process = self._run("postgres", *words)
        _wait(self._process, lambda: self.admin("SELECT 1"), psycopg.OperationalError)

    def stop(self) -> None:
        """Stop it, and return when it is gone."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(_SECONDS)
            self._process = None

    def admin(self, *statements: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run statements with every right; the rows of the last."""
        rows: list[tuple[object, ...]] = []
        with psycopg.connect(
            host=str(self.folder), port=self.port, user="postgres", dbname=database, autocommit=True
        ) as connection:
            for statement in statements:
                cursor = connection.execute(statement.encode())
                rows = cursor.fetchall() if cursor.description else []
        return rows

    def create(self, database: str, *statements: str) -> str:
        """Make ``database`` afresh and fill it; the URL of its owner, who may do everything in it."""
        if not self.admin(f"SELECT 1 FROM pg_roles WHERE rolname = '{self.owner}'"):
            self.admin(f"CREATE ROLE {self.owner} LOGIN PASSWORD '{self.password}'")
        self.admin(
            f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)',
            f'CREATE DATABASE "{database}" OWNER {self.owner}',
        )
        self.admin(f"ALTER SCHEMA public OWNER TO {self.owner}", database=database)
        self.admin(f"SET ROLE {self.owner}", *statements, database=database)
        return self.url(database, self.owner, self.password)

    def url(self, database: str, user: str, password: str | None = None) -> str:
        """The URL of a database for a role."""
        return f"postgresql://{user}{_secret(password)}@127.0.0.1:{self.port}/{database}"

    def _run(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        folder = self.programs()
        assert folder is not None, "PostgreSQL is not installed (Debian: postgresql)"
        return subprocess.Popen(
            [str(folder / program), "-D", str(self.folder / "data"), *arguments],
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "log").open("ab"),
            cwd=self.folder,
            user=self.user,
            group=self.user,
            extra_groups=[] if self.user else None,
        )


def _wait(process: subprocess.Popen[bytes], look: Callable[[], object], failure: type[Exception]) -> None:
    """Until ``look`` no longer fails. Raises ``failure`` where the process ends or 60 s go by."""
    deadline = time.monotonic() + _SECONDS
    while True:
        try:
            look()
            return
        except failure:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _secret(password: str | None) -> str:
    """As it stands in a URL behind the user's name, each byte escaped."""
    return "" if password is None else ":" + "".join(f"%{byte:02X}" for byte in password.encode())
