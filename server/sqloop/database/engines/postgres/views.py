"""Which views call functions that the database defines, and so may do more than read.

A query that names such a function is refused (`calls`); a view that names it would run it all the same. The
server keeps what each view depends on: functions, also those behind operators, and other views. Those of
extensions are the administrator's; what a materialised view calls was called when it was made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from sqloop.database.checking.parsing import parse_statements
from sqloop.database.engines.postgres.renewed import Renewed

_CALLS = """
    WITH RECURSIVE depends AS (
      SELECT v.oid AS view, d.refclassid, d.refobjid
      FROM pg_catalog.pg_depend d
      JOIN pg_catalog.pg_rewrite r ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid
      JOIN pg_catalog.pg_class v ON v.oid = r.ev_class AND v.relkind = 'v'
    ), checks AS (
      SELECT d.view, c.refclassid, c.refobjid FROM depends d
      JOIN pg_catalog.pg_constraint k
        ON d.refclassid = 'pg_catalog.pg_type'::regclass AND k.contypid = d.refobjid
      JOIN pg_catalog.pg_depend c ON c.classid = 'pg_catalog.pg_constraint'::regclass AND c.objid = k.oid
    ), calls AS (
      SELECT d.view, p.proname FROM (SELECT * FROM depends UNION ALL SELECT * FROM checks) d
      LEFT JOIN pg_catalog.pg_operator o
        ON d.refclassid = 'pg_catalog.pg_operator'::regclass AND o.oid = d.refobjid
      JOIN pg_catalog.pg_proc p ON p.oid = o.oprcode
        OR (d.refclassid = 'pg_catalog.pg_proc'::regclass AND p.oid = d.refobjid)
      WHERE NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend e WHERE e.deptype = 'e' AND e.objid = p.oid
        AND e.classid = 'pg_catalog.pg_proc'::regclass)
      UNION
      SELECT d.view, c.proname FROM calls c
      JOIN depends d ON d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = c.view
    )
    SELECT n.nspname, v.relname, c.proname, pg_catalog.pg_table_is_visible(v.oid)
    FROM calls c JOIN pg_catalog.pg_class v ON v.oid = c.view
    JOIN pg_catalog.pg_namespace n ON n.oid = v.relnamespace
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
"""
_NAME = re.compile(r'"((?:[^"]|"")*)"')


@dataclass(frozen=True)
class _Call:
    """A view, in lower case, and a function that it calls; ``visible`` where no schema need be named."""

    schema: str
    view: str
    function: str
    visible: bool


class Views:
    """The views of one database; may be used from several threads at once."""

    def __init__(self, read: Callable[[str], list[Any]]) -> None:
        """``read`` gives the rows of a query on the catalogue; what it raises is raised here."""
        self._known = Renewed(
            lambda: [
                _Call(schema.lower(), view.lower(), function.lower(), visible)
                for schema, view, function, visible in read(_CALLS)
            ]
        )

    def refuse(self, sql: str, named: Collection[str]) -> str | None:
        """Why the views that the query ``sql`` reads are not allowed; the user allows functions ``named``."""
        calls = [each for each in self._known.get() if each.function not in named]
        if not calls:
            return None
        for statement in parse_statements(sql, "postgres", simplified=True):
            for table in statement.find_all(exp.Table):
                schema, name = table.db.lower(), table.name.lower()
                for call in calls:
                    if call.view == name and (call.schema == schema if schema else call.visible):
                        return (
                            f"the view {table.name} calls the function {call.function}, which is not allowed"
                        )
        return None

    def touches(self, sql: str) -> bool:
        """Whether ``sql``, which SQLoop wrote, names a view that calls such functions."""
        quoted = {name.replace('""', '"').lower() for name in _NAME.findall(sql)}
        return bool(quoted) and any(call.view in quoted for call in self._known.get())
