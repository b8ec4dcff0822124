"""What proves that a statement did no harm: checksums before and after, lists of files, peaks of memory."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path

import psycopg
import pymysql

from sqloop.database.engines.duckdb.connection import MEMORY


def file_state(path: Path) -> str:
    """Checksum of the file, and what lies beside it."""
    beside = sorted(each.name for each in path.parent.iterdir())
    return f"{hashlib.sha256(path.read_bytes()).hexdigest()} {beside}"


def server_state(mariadb) -> list[object]:  # type: ignore[no-untyped-def]
    """Every table's checksum, every definition, account and global setting of the whole server."""
    admin = mariadb.admin
    tables = admin(
        "SELECT table_schema, table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE' "
        "AND table_schema NOT IN ('information_schema', 'performance_schema', 'sys') "
        "AND table_name NOT IN ('general_log', 'slow_log', 'transaction_registry') "
        "AND table_name NOT LIKE 'innodb%' ORDER BY 1, 2"
    )
    names = ", ".join(f"`{schema}`.`{table}`" for schema, table in tables)
    return [
        admin(f"CHECKSUM TABLE {names}"),
        admin("SELECT * FROM information_schema.columns WHERE table_schema = 'shop' ORDER BY 3, 5"),
        admin("SELECT * FROM information_schema.schemata ORDER BY schema_name"),
        admin(  # without the estimates, which the server renews when it likes
            "SELECT table_name, index_name, seq_in_index, column_name, non_unique "
            "FROM information_schema.statistics WHERE table_schema = 'shop' ORDER BY 1, 2, 3"
        ),
        admin("SELECT * FROM information_schema.routines ORDER BY 1"),
        admin("SELECT * FROM information_schema.triggers ORDER BY 1"),
        admin("SELECT * FROM information_schema.events ORDER BY 1"),
        admin("SELECT * FROM information_schema.plugins ORDER BY 1"),
        admin("SELECT * FROM shop.tickets"),
        [row for row in admin("SHOW GLOBAL VARIABLES") if not str(row[0]).startswith("gtid")],
        sorted(each.name for each in mariadb.folder.iterdir()),
        sorted(each.name for each in (mariadb.folder / "data" / "shop").iterdir()),
    ]


_CATALOGUES = (
    "pg_attribute WHERE attrelid >= 16384",
    "pg_class WHERE oid >= 16384 AND relkind <> 't'",
    "pg_proc WHERE oid >= 16384",
    "pg_type WHERE oid >= 16384",
    "pg_namespace WHERE nspname !~ '_temp'",
    "pg_description WHERE objoid >= 16384",
    "pg_locks WHERE locktype = 'advisory'",
    *"""
    pg_authid pg_auth_members pg_constraint pg_database pg_db_role_setting pg_default_acl pg_event_trigger
    pg_extension pg_file_settings pg_foreign_server pg_policy pg_prepared_xacts
    pg_publication pg_replication_slots pg_rewrite pg_sequences pg_subscription pg_tablespace pg_trigger
    """.split(),
)
_OBJECTS = "pg_largeobject_metadata m LEFT JOIN pg_largeobject o ON o.loid = m.oid"
_READER = "sqloop_reader"


def postgres_state(postgres, database: str = "shop", besides: str = "") -> list[object]:  # type: ignore[no-untyped-def]
    """Every table's checksum, every definition, role and setting of the server, its files and its locks.

    ``besides``: a role whose own large objects do not count.
    """

    def ask(table: str) -> list[tuple[object, ...]]:
        sql = f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM (SELECT * FROM {table}) t"
        rows: list[tuple[object, ...]] = postgres.admin(sql, database=database)
        return rows

    tables = postgres.admin(
        "SELECT oid::regclass FROM pg_class WHERE relkind = 'r' AND oid >= 16384 ORDER BY 1",
        database=database,
    )
    return [
        [(table, ask(str(table))) for (table,) in tables],
        [(table, ask(table)) for table in _CATALOGUES],
        ask(f"{_OBJECTS} WHERE pg_get_userbyid(m.lomowner) <> '{besides}'"),
        sorted(each.name for each in postgres.folder.iterdir()),
        sorted(each.name for each in (postgres.folder / "data").iterdir()),
        (postgres.folder / "data" / "postgresql.auto.conf").read_text(),
    ]


def make_reader(postgres, mend: str) -> None:  # type: ignore[no-untyped-def]
    """The role that `sqloop doctor` proposes in ``mend``, made anew."""
    if postgres.admin(f"SELECT 1 FROM pg_roles WHERE rolname = '{_READER}'"):
        postgres.admin(f"DROP OWNED BY {_READER}", f"DROP ROLE {_READER}", database="shop")
    told = mend.replace("<password>", postgres.password).strip(";").split("; ")
    postgres.admin(*told, database="shop")


def try_reader_alone(postgres, statements: Iterable[str]) -> None:  # type: ignore[no-untyped-def]
    """Run each by the rights of the proposed role alone: nothing changes but large objects of its own.

    These every role may make before PostgreSQL 16. Some are another's, of the numbers that are tried.
    """
    numbers = (1, 7, 12345)
    postgres.admin(*(f"SELECT lo_from_bytea({each}, 'held')" for each in numbers), database="shop")
    try:
        before = postgres_state(postgres, besides=_READER)
        for sql in statements:
            _run_bare_postgres(postgres, sql)
        assert postgres_state(postgres, besides=_READER) == before
    finally:
        postgres.admin(*(f"SELECT lo_unlink({each})" for each in numbers), database="shop")
        postgres.admin(f"DROP OWNED BY {_READER}", database="shop")


def _run_bare_postgres(postgres, sql: str) -> None:  # type: ignore[no-untyped-def]
    with (
        suppress(psycopg.Error, UnicodeError, ValueError),
        closing(
            psycopg.connect(
                postgres.url("shop", _READER, postgres.password),
                autocommit=True,
                options="-c statement_timeout=100 -c default_transaction_read_only=off",
            )
        ) as session,
    ):
        session.execute(sql.encode())


def run_bare(mariadb, user: str, sql: str) -> None:  # type: ignore[no-untyped-def]
    """Run it on a session of its own, which nothing but the rights of the account protects."""
    with (
        pymysql.connect(
            host="127.0.0.1",
            port=mariadb.port,
            user=user,
            password=mariadb.password,
            database="shop",
            autocommit=True,
            ssl_disabled=True,
            init_command="SET max_statement_time = 0.1",
            read_timeout=60,
        ) as session,
        suppress(pymysql.Error, UnicodeError),
        session.cursor() as cursor,
    ):
        cursor.execute(sql)


DUCKDB_MEMORY = 3 * MEMORY
"""Bytes that its process may hold: what DuckDB may, 2,048 values of a megabyte, rows that are handed over."""

_PEAKS = {"sqlite": "VmPeak", "duckdb": "VmHWM"}
"""What is bounded: SQLite's address space. DuckDB sets aside much more than it ever fills."""


class watched:  # noqa: N801  # used as a function
    """Bytes of the processes that read a file of this engine, looked at every few milliseconds."""

    def __init__(self, engine: str = "sqlite") -> None:
        self._program = f"{engine}.child".encode()
        self._peak = _PEAKS.get(engine, "")
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.peaks: list[int] = []

    def __enter__(self) -> list[int]:
        self._thread.start()
        return self.peaks

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(0.01):
            for process in _children():
                try:
                    told = dict(
                        line.split(":", 1)
                        for line in (process / "status").read_text().splitlines()
                        if ":" in line
                    )
                    if self._program in (process / "cmdline").read_bytes() and self._peak in told:
                        self.peaks.append(int(told[self._peak].split()[0]) * 1024)
                except (OSError, ValueError):
                    continue


def _children() -> list[Path]:
    """The processes that this one has started: to look at all there are would take a processor of its own."""
    found: list[Path] = []
    for task in Path("/proc/self/task").iterdir():
        with suppress(OSError):
            found += [Path("/proc", number) for number in (task / "children").read_text().split()]
    return found


def peak_of(pid: int) -> int:
    """The most bytes that a process has held in memory so far."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def own_peak() -> int:
    """The most bytes of memory since the last call; Linux forgets the peak when it is told to."""
    peak = peak_of(threading.get_native_id())
    Path("/proc/self/clear_refs").write_text("5")
    return peak
