"""What an account of a MariaDB or MySQL server may do: read off SHOW GRANTS."""

from __future__ import annotations

import re

from sqloop.database.account import Account
from sqloop.database.engine import Engine
from sqloop.database.identifiers import enclose
from sqloop.database.rows import only_row

_READING = {
    "USAGE",
    "SELECT",
    "SHOW VIEW",
    "SHOW DATABASES",
    "PROCESS",
    "BINLOG MONITOR",
    "REPLICATION CLIENT",
}


def check_grants(engine: Engine) -> Account:
    """What this account may do. Raises UnreachableError, DatabaseError."""
    rows, _ = engine.read("SELECT CURRENT_USER(), VERSION(), DATABASE()", 5)
    user, version, database = (str(value) for value in only_row(rows, 3))
    grants, _ = engine.read("SHOW GRANTS", 5)
    writes = sorted({each for row in grants for each in _writes(str(row[0]), database)})
    product = "MariaDB" if "mariadb" in version.lower() else "MySQL"
    return Account(user, f"{product} {version}", tuple(writes), _mend(database, user) if writes else "")


def _writes(grant: str, database: str) -> list[str]:
    """Privileges of one line of SHOW GRANTS that go beyond reading and reach ``database``."""
    matched = re.match(
        r"GRANT (?P<what>.+?) ON (?:(?:TABLE|FUNCTION|PROCEDURE) )?(?P<where>\S+\.\S+) TO ", grant
    )
    if matched is None or not _reaches(matched["where"], database):
        return []
    privileges = re.sub(r"\([^)]*\)", "", matched["what"]).split(",")
    return [name for name in (each.strip() for each in privileges) if name not in _READING]


def _reaches(where: str, database: str) -> bool:
    scope = where.partition(".")[0].strip("`").replace("``", "`")
    if scope == "*":
        return True
    # A database may be granted by pattern: % and _ are wildcards unless escaped.
    pattern = re.sub(
        r"\\([%_])|([%_])|(.)",
        lambda m: re.escape(m[1] or m[3]) if not m[2] else {"%": ".*", "_": "."}[m[2]],
        scope,
    )
    return re.fullmatch(pattern, database, re.IGNORECASE) is not None


def _mend(database: str, user: str) -> str:
    """A second account: taking rights from this one could break what else uses it."""
    host = user.rpartition("@")[2]
    reader = f"'sqloop_reader'@'{host}'"
    name = enclose(database, "mysql")
    return (
        f"CREATE USER {reader} IDENTIFIED BY '<password>'; GRANT SELECT, SHOW VIEW ON {name}.* TO {reader};"
    )
