"""What an account of a PostgreSQL server may do: asked of its catalogue, privilege by privilege."""

from __future__ import annotations

from sqloop.database.account import Account
from sqloop.database.engine import Engine
from sqloop.database.rows import only_row

_WHO = """
    SELECT current_user, current_setting('server_version'), current_database(),
      array_to_string(ARRAY(SELECT quote_ident(nspname) FROM pg_namespace n
        WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND has_schema_privilege(n.oid, 'USAGE')
        ORDER BY 1), ', '), quote_ident(current_database()),
      (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
      (SELECT rolcreaterole OR rolcreatedb OR rolreplication FROM pg_roles WHERE rolname = current_user)
"""
_ROLES = """
    SELECT rolname FROM pg_roles WHERE pg_has_role(current_user, oid, 'MEMBER') AND rolname IN
      ('pg_write_all_data', 'pg_write_server_files', 'pg_execute_server_program', 'pg_read_server_files',
       'pg_signal_backend') ORDER BY 1
"""
_TABLES = """
    SELECT p, count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
      unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS p
    WHERE c.relkind IN ('r', 'p', 'v', 'f', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, p) GROUP BY p ORDER BY p
"""
_PLACES = """
    SELECT 'CREATE in ' || quote_ident(nspname) FROM pg_namespace n
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND has_schema_privilege(n.oid, 'CREATE')
    UNION ALL SELECT 'CREATE in the database' WHERE has_database_privilege(current_database(), 'CREATE')
"""


def check_grants(engine: Engine) -> Account:
    """What this account may do. Raises UnreachableError, DatabaseError."""
    rows, _ = engine.read(_WHO, 5)
    user, version, _, schemas, database, is_superuser, may_make = only_row(rows, 7)
    writes = [
        *(["everything (superuser)"] if is_superuser else []),
        *(["make roles or databases"] if may_make and not is_superuser else []),
        *([] if is_superuser else [f"member of {row[0]!s}" for row in engine.read(_ROLES, 5)[0]]),
        *(f"{privilege!s} on {_count(count)}" for privilege, count in engine.read(_TABLES, 5)[0]),
        *(str(row[0]) for row in engine.read(_PLACES, 5)[0]),
    ]
    mend = _mend(str(schemas), str(database)) if writes else ""
    return Account(str(user), f"PostgreSQL {version!s}", tuple(writes), mend)


def _count(count: object) -> str:
    return "1 table" if count == 1 else f"{count!s} tables"


def _mend(schemas: str, database: str) -> str:
    """A second role: taking rights from this one could break what else uses it."""
    return (
        "CREATE ROLE sqloop_reader LOGIN PASSWORD '<password>'; "
        f"GRANT CONNECT ON DATABASE {database} TO sqloop_reader; "
        f"GRANT USAGE ON SCHEMA {schemas} TO sqloop_reader; "
        f"GRANT SELECT ON ALL TABLES IN SCHEMA {schemas} TO sqloop_reader; "
        "ALTER ROLE sqloop_reader SET default_transaction_read_only = on;"
    )
