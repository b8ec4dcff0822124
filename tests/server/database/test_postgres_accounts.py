"""Ways to log in to PostgreSQL, and what its account may do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sqloop.database.connect import Database, connect
from sqloop.errors import SettingsError, UnreachableError

if TYPE_CHECKING:
    from servers import PostgreSQLServer


@pytest.mark.parametrize(
    ("role", "grants", "writes"),
    [
        ("plain", ["SELECT ON ALL TABLES IN SCHEMA public"], ()),
        ("writer", ["INSERT, UPDATE ON branch"], ("INSERT on 1 table", "UPDATE on 1 table")),
        ("maker", ["CREATE ON SCHEMA public"], ("CREATE in public",)),
        ("member", ["pg_write_server_files"], ("member of pg_write_server_files",)),
    ],
)
def test_what_the_role_may_do_is_seen(
    postgres: PostgreSQLServer, company_url: str, role: str, grants: list[str], writes: tuple[str, ...]
) -> None:
    name = f"visitor_{role}"
    if not postgres.admin(f"SELECT 1 FROM pg_roles WHERE rolname = '{name}'"):
        postgres.admin(f"CREATE ROLE {name} LOGIN PASSWORD '{postgres.password}'")
    postgres.admin(*(f"GRANT {grant} TO {name}" for grant in grants), database="company")
    with connect(postgres.url("company", name, postgres.password)) as database:
        account = database.check()
    assert (account.user, account.writes, bool(account.mend)) == (name, writes, bool(writes))
    assert account.server.startswith("PostgreSQL 1")


def test_a_superuser_is_told(postgres: PostgreSQLServer, company_url: str) -> None:
    with connect(f"postgresql://postgres@/company?host={postgres.folder}&port={postgres.port}") as database:
        account = database.check()
        assert account.writes[0] == "everything (superuser)"
        assert database.execute("SELECT pg_read_file('PG_VERSION')").status == "refused"


def test_the_password_comes_from_pgpass(
    postgres: PostgreSQLServer, company_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = postgres.password.replace(":", "\\:")
    (tmp_path / "pgpass").write_text(f"127.0.0.1:{postgres.port}:company:owner:{secret}\n")
    (tmp_path / "pgpass").chmod(0o600)
    with pytest.raises(UnreachableError, match="refuses the user 'owner' with this password"):
        connect(postgres.url("company", "owner"))
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "pgpass"))
    with connect(postgres.url("company", "owner")) as database:
        assert database.execute("SELECT 1").status == "ok"


def test_a_service_names_the_server(
    postgres: PostgreSQLServer, company_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "services").write_text(
        f"[team]\nhost=127.0.0.1\nport={postgres.port}\nuser=owner\ndbname=company\npassword={postgres.password}\n"
    )
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    with connect("postgresql:///?service=team") as database:
        assert database.execute("SELECT name FROM branch").rows == (("here",),)
    monkeypatch.setenv("PGSERVICE", "team")
    with connect("postgresql://") as database:
        assert database.execute("SELECT name FROM branch").rows == (("here",),)


def test_logins_that_fail_say_why(postgres: PostgreSQLServer, company_url: str) -> None:
    with pytest.raises(UnreachableError, match="refuses the user 'owner' with this password") as caught:
        connect(postgres.url("company", "owner", "wrong"))
    assert "wrong" not in str(caught.value)
    with pytest.raises(UnreachableError, match="has no database 'nowhere'"):
        connect(postgres.url("nowhere", "owner", postgres.password))
    with pytest.raises(UnreachableError, match=r"No database server answers at 127\.0\.0\.1:1"):
        connect("postgresql://owner@127.0.0.1:1/company")
    with pytest.raises(SettingsError, match="unknown option: sslpassword"):
        connect("postgresql://owner@127.0.0.1/company?sslpassword=x")


def test_the_password_is_never_shown(company: Database, postgres: PostgreSQLServer) -> None:
    assert company.url == f"postgresql://owner@127.0.0.1:{postgres.port}/company"
    assert postgres.password not in repr(company)
