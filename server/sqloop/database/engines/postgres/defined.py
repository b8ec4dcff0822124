"""Functions that a database defines and a query may reach without saying so.

A query that calls a function which is not listed is refused by its text (`calls`). The server finds functions
in other ways, too: one of a listed name whose parameters fit better, `t.f` for f(t), an operator, a cast, the
check of a domain. Its catalogue tells which there are, so that a query that may reach one is refused. Words
are compared, not types: a few queries are refused that would not have reached it.

Those of extensions are the administrator's; so are operator classes and casts between the server's own types,
which a superuser alone can make. A table's policies call what its owner wrote, for whoever reads it. A column
of a domain is read without its check: only who names the domain itself has it checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from sqloop.database.checking.skeleton import read_skeleton
from sqloop.database.engines.postgres.renewed import Renewed

_OWN = "oid >= 16384"
"""What initdb did not make."""

_DEFINED = f"""
    WITH RECURSIVE own AS MATERIALIZED (
      SELECT p.oid, p.proname, p.pronamespace, p.pronargs - p.pronargdefaults AS needed,
        p.proargtypes[0] AS first
      FROM pg_catalog.pg_proc p
      WHERE p.{_OWN} AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend e WHERE e.deptype = 'e'
        AND e.objid = p.oid AND e.classid = 'pg_catalog.pg_proc'::regclass)
    ), checked AS (
      SELECT k.contypid AS type, d.refobjid AS function
      FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_depend d
        ON d.classid = 'pg_catalog.pg_constraint'::regclass AND d.objid = k.oid
        AND d.refclassid = 'pg_catalog.pg_proc'::regclass
      WHERE k.contypid <> 0
      UNION ALL
      SELECT k.contypid, o.oprcode
      FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_depend d
        ON d.classid = 'pg_catalog.pg_constraint'::regclass AND d.objid = k.oid
        AND d.refclassid = 'pg_catalog.pg_operator'::regclass
      JOIN pg_catalog.pg_operator o ON o.oid = d.refobjid
      WHERE k.contypid <> 0
    ), reached(kind, symbol, function, type) AS (
      SELECT 'operator', o.oprname::text, own.proname, unnest(ARRAY[o.oprleft, o.oprright, 0])
      FROM pg_catalog.pg_operator o JOIN own ON own.oid = o.oprcode
      UNION ALL
      SELECT 'cast', '', own.proname, unnest(ARRAY[c.castsource, c.casttarget])
      FROM pg_catalog.pg_cast c JOIN own ON own.oid = c.castfunc
      UNION ALL
      SELECT 'domain', '', own.proname, k.type FROM checked k JOIN own ON own.oid = k.function
    ), named(root, type) AS (
      SELECT r.type, unnest(ARRAY[t.oid, t.typelem])
      FROM (SELECT DISTINCT type FROM reached) r JOIN pg_catalog.pg_type t ON t.oid = r.type AND t.{_OWN}
      UNION
      SELECT n.root, t.oid FROM named n JOIN pg_catalog.pg_type t
        ON (n.type <> 0 AND n.type IN (t.typelem, t.typbasetype))
        OR EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a WHERE a.attrelid = t.typrelid
          AND a.atttypid = n.type AND a.attnum > 0 AND NOT a.attisdropped)
      WHERE t.{_OWN}
    )
    SELECT 'function', proname::text, proname::text, NULL FROM own
    WHERE pronamespace = ANY (SELECT n.oid FROM pg_catalog.pg_namespace n
      WHERE n.nspname = ANY (pg_catalog.current_schemas(true)))
    UNION ALL
    SELECT 'part', own.proname, own.proname, NULL FROM own JOIN pg_catalog.pg_type t ON t.oid = own.first
    WHERE own.needed <= 1 AND t.typtype IN ('c', 'p', 'd')
      AND own.pronamespace = ANY (SELECT n.oid FROM pg_catalog.pg_namespace n
        WHERE n.nspname = ANY (pg_catalog.current_schemas(true)))
    UNION ALL
    SELECT r.kind, r.symbol, r.function,
      pg_catalog.string_agg(DISTINCT t.typname::text, '/') FILTER (WHERE r.kind <> 'domain' OR t.typrelid = 0
        OR EXISTS (SELECT 1 FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
    FROM reached r LEFT JOIN named n ON n.root = r.type LEFT JOIN pg_catalog.pg_type t ON t.oid = n.type
      AND t.{_OWN}
    GROUP BY 1, 2, 3
"""
_TEXT = re.compile(r"""(?<![\w$])[eE]'(?:[^'\\]|\\.|'')*+'|'(?:[^']|'')*+'|"(?:[^"]|"")*+\"""", re.DOTALL)
_NAME = r'(?:"((?:[^"]|"")*+)"|([\w$\x80-\U0010ffff]++))'
_OTHER_NAME = r'"(?:[^"]|"")*+"'
_CALL = re.compile(rf"{_NAME}\s*\(|{_OTHER_NAME}")
_PART = re.compile(rf"\.\s*{_NAME}|{_OTHER_NAME}")
_WORD = re.compile(_NAME)

_SPELLED = {
    "=": re.compile(r"\b(?:IN|CASE|NULLIF|USING|NATURAL|DISTINCT|ANY|SOME|ALL)\b", re.I),
    "<>": re.compile(r"!=|\b(?:IN|ANY|SOME|ALL)\b", re.I),
    ">=": re.compile(r"\bBETWEEN\b", re.I),
    "<=": re.compile(r"\bBETWEEN\b", re.I),
    "~~": re.compile(r"\bLIKE\b", re.I),
    "!~~": re.compile(r"\bLIKE\b", re.I),
    "~~*": re.compile(r"\bILIKE\b", re.I),
    "!~~*": re.compile(r"\bILIKE\b", re.I),
}
"""Operators that are also written as words."""


@dataclass(frozen=True)
class _Reached:
    """A function in lower case, by what a query reaches it, and of which types, tables among them.

    ``kind`` is "function" or "part" with its name as ``symbol``, "operator" with its symbol, "cast" or
    "domain"; without ``types`` no type of the database need be there.
    """

    kind: str
    symbol: str
    function: str
    types: frozenset[str]

    def is_near(self, words: frozenset[str]) -> bool:
        """Whether values that this is of may be there, where a query has these ``words``."""
        return not words.isdisjoint(self.types) or (self.kind == "operator" and not self.types)


class Defined:
    """What one database defines; may be used from several threads at once."""

    def __init__(self, read: Callable[[str], list[Any]]) -> None:
        """``read`` gives the rows of a query on the catalogue; what it raises is raised here."""
        self._known = Renewed(lambda: [_reached(*row) for row in read(_DEFINED)])

    def refuse(self, sql: str, named: Collection[str]) -> str | None:
        """Why ``sql``, which wall 1 lets pass, is not allowed; the user allows functions ``named``."""
        reached = [each for each in self._known.get() if each.function not in named]
        if not reached:
            return None
        skeleton = read_skeleton(sql, "postgres")
        text, bare = _TEXT.sub(_without, skeleton.text), skeleton.bare
        calls, parts, words = _names(_CALL, text), _names(_PART, text), _names(_WORD, text)
        for each in reached:
            if each.kind == "function":
                if each.symbol in calls:
                    return f"the database defines a function {each.symbol} of its own, which is not allowed"
            elif each.kind == "part":
                if each.symbol in parts:
                    return f"the function {each.symbol} is not allowed"
            elif each.is_near(words) and (each.kind != "operator" or _is_written(each.symbol, bare)):
                what = f"{each.kind} {each.symbol}".strip()
                return f"the {what} calls the function {each.function}, which is not allowed"
        return None

    def touches(self, sql: str) -> bool:
        """Whether ``sql``, which SQLoop wrote, names a table with columns that have a cast of their own."""
        casts = [each for each in self._known.get() if each.kind == "cast"]
        words = _names(_WORD, sql) if casts else frozenset()
        return any(not words.isdisjoint(each.types) for each in casts)


def _reached(kind: str, symbol: str, function: str, types: str | None) -> _Reached:
    symbol = symbol if kind == "operator" else symbol.lower()
    return _Reached(kind, symbol, function.lower(), frozenset((types or "").lower().split("/")) - {""})


def _names(pattern: re.Pattern[str], text: str) -> frozenset[str]:
    """In lower case; what only looks like one within a name in quotes is none."""
    found = frozenset((plain or quoted.replace('""', '"')).lower() for quoted, plain in pattern.findall(text))
    return found - {""}


def _without(found: re.Match[str]) -> str:
    """A name as it is, a text empty."""
    return found[0] if found[0].startswith('"') else "''"


def _is_written(symbol: str, bare: str) -> bool:
    """As it is, maybe as a part of another one, or by a word."""
    spelled = _SPELLED.get(symbol)
    return symbol in bare or (spelled is not None and spelled.search(bare) is not None)
