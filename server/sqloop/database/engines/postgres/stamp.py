"""What tells one state of a PostgreSQL server from another: the number of the next transaction that writes.

It is the whole server's, and exact: it moves with every commit that changed anything, in any database. So
within some minutes other contents do not matter, as on MariaDB; the structure is compared by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqloop.database.knowledge.stamp import Stamp
from sqloop.database.rows import only_row

GRACE = 300.0
LIFE = 86_400.0

_STAMP = """
    SELECT txid_snapshot_xmax(txid_current_snapshot()), current_user, current_schemas(false)::text,
      (SELECT concat_ws(' ', count(*), sum(hashtext(concat_ws('|', c.oid, c.relname, c.relnamespace,
         c.relkind, c.xmin, a.attname, a.xmin))::bigint))
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema'
         AND n.nspname !~ '^pg_'),
      (SELECT sum(hashtext(r.xmin || '|' || r.oid)::bigint) FROM pg_rewrite r WHERE r.oid >= 16384),
      (SELECT sum(hashtext(k.xmin || '|' || k.oid)::bigint) FROM pg_constraint k WHERE k.oid >= 16384),
      (SELECT sum(hashtext(d.objoid || '|' || d.xmin)::bigint) FROM pg_description d WHERE d.objoid >= 16384)
"""

_Read = Callable[[str], list[Any]]


def read_stamp(read: _Read, identity: str) -> Stamp:
    """The stamp now."""
    contents, user, path, *structure = only_row(read(_STAMP), 7)
    return Stamp(f"{identity} {user!s} {path!s}", " ".join(map(str, structure)), str(contents), GRACE, LIFE)
