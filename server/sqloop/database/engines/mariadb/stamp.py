"""What tells one state of a MariaDB database from another: one query on its catalogue.

CREATE_TIME changes with every ALTER, UPDATE_TIME with every write but not across a restart, and both count in
seconds: so what changed a moment ago is not trusted, and nothing for longer than a day. Within some minutes
writes do not matter: a database in use is written to all the time, and its values seldom change. MySQL keeps
these columns for up to a day (information_schema_stats_expiry): there is no stamp of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from sqloop.database.knowledge.stamp import Stamp
from sqloop.database.rows import only_row

GRACE = 300.0
LIFE = 86_400.0

_YOUNG = 2
"""Seconds within which a time in whole seconds may hide a second change."""

_STAMP = f"""
    SELECT VERSION(), COUNT(*), MAX(CREATE_TIME) > SYSDATE() - INTERVAL {_YOUNG} SECOND,
      SUM(CRC32(CONCAT_WS('|', TABLE_NAME, TABLE_TYPE, CREATE_TIME, TABLE_COMMENT))),
      (SELECT SUM(CRC32(CONCAT_WS('|', TABLE_NAME, VIEW_DEFINITION)))
       FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE()),
      MAX(UPDATE_TIME) > SYSDATE() - INTERVAL {_YOUNG} SECOND,
      SUM(CRC32(CONCAT_WS('|', TABLE_NAME, UPDATE_TIME, TABLE_ROWS)))
    FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()
"""

_Read = Callable[[str], list[Any]]


def read_stamp(read: _Read, identity: str) -> Stamp | None:
    """The stamp now; None where the server's word is not to be trusted."""
    version, tables, made_now, structure, views, written_now, contents = only_row(read(_STAMP), 7)
    if "mariadb" not in str(version).lower() or made_now:
        return None
    # Written to in this very second: equal to nothing, so that only the grace counts.
    told = uuid4().hex if written_now else str(contents)
    return Stamp(identity, f"{tables!s} {structure!s} {views!s}", told, GRACE, LIFE)
