"""What names mean at one place of a statement that may be half-written: its tables, aliases and CTEs.

Read off the tokens, not off a syntax tree: what is being typed has none. Covered: FROM and JOIN lists,
aliases, sub-queries, CTEs, correlated queries. Columns of sub-queries and CTEs are those that their
select list names; a star in it stands for what is behind it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqloop.database.schema import Schema, Table
from sqloop.database.tokens import Token
from sqloop.lsp.text.brackets import Frame, Reading

_ENDS = frozenset(
    "SELECT WHERE GROUP HAVING ORDER LIMIT UNION EXCEPT INTERSECT WINDOW SET VALUES ON USING".split()
)
_LINKS = frozenset("JOIN LEFT RIGHT INNER CROSS FULL NATURAL OUTER STRAIGHT_JOIN".split())
_CLAUSES = frozenset(
    "SELECT FROM WHERE GROUP HAVING ORDER LIMIT ON USING SET VALUES INTO UPDATE JOIN".split()
)


@dataclass(frozen=True)
class Source:
    """One entry of FROM: ``table`` is None for sub-queries, CTEs and what the schema does not know.

    ``columns`` are None where nobody can say which there are.
    """

    alias: str
    table: Table | None
    columns: tuple[str, ...] | None
    start: int
    name: str = ""


@dataclass(frozen=True)
class Scope:
    """``clause`` is the keyword that the place is under, "" before the first; ``ctes`` are by lower name."""

    clause: str
    sources: tuple[Source, ...]
    ctes: dict[str, Source]
    outer: tuple[Source, ...] = ()


def read_scope(tokens: tuple[Token, ...], offset: int, schema: Schema) -> Scope:
    """What names mean at ``offset`` (counted as the tokens are)."""
    reading = Reading(tokens)
    ctes: dict[str, Source] = {}
    sources: tuple[Source, ...] = ()
    outer: tuple[Source, ...] = ()
    clause = ""
    for frame in reading.frames(offset):
        level = reading.level(frame)
        ctes = {**ctes, **_read_ctes(reading, level, schema, ctes, offset)}
        part = _part_around(reading, level, offset)
        words = {reading.words[number] for number in part}
        if words & {"SELECT", "UPDATE", "DELETE", "INSERT"} or frame.first == 0:
            outer = (*sources, *outer)
            sources = _read_sources(reading, part, schema, ctes)
            clause = _read_clause(reading, part, offset)
        elif words & {"FROM"}:  # EXTRACT(YEAR FROM …) and the like
            continue
        else:
            inner = _read_clause(reading, part, offset)
            clause = inner or clause
    return Scope(clause, sources, ctes, outer)


def _part_around(reading: Reading, level: list[int], offset: int) -> list[int]:
    """Of several queries that UNION and the like put together, the tokens of the one around ``offset``."""
    part: list[int] = []
    for number in level:
        if reading.words[number] in ("UNION", "EXCEPT", "INTERSECT"):
            if reading.tokens[number].start >= offset:
                break
            part = []
        else:
            part.append(number)
    return part


def _read_clause(reading: Reading, part: list[int], offset: int) -> str:
    clause = ""
    for number in part:
        if reading.tokens[number].end >= offset:
            break
        word = reading.words[number]
        if word in _CLAUSES and not _is_called(reading, number):
            clause = word
    return clause


def _is_called(reading: Reading, number: int) -> bool:
    return number > 0 and reading.tokens[number - 1].text == "."


def _read_sources(
    reading: Reading, part: list[int], schema: Schema, ctes: dict[str, Source]
) -> tuple[Source, ...]:
    sources: list[Source] = []
    expects = False
    position = 0
    while position < len(part):
        number = part[position]
        word, token = reading.words[number], reading.tokens[number]
        if word in ("FROM", "JOIN", "UPDATE", "INTO", "STRAIGHT_JOIN"):
            expects = True
        elif word in _ENDS:
            expects = False
        elif word == "," and sources and not _after_on(reading, part, position):
            expects = _in_from(reading, part, position)
        elif expects and word not in _LINKS and (token.named or token.text == "("):
            source, position = _read_source(reading, part, position, schema, ctes)
            sources.append(source)
            expects = False
            continue
        position += 1
    return tuple(sources)


def _after_on(reading: Reading, part: list[int], position: int) -> bool:
    return _last_clause(reading, part, position) not in ("FROM", "JOIN", "ON", "USING")


def _in_from(reading: Reading, part: list[int], position: int) -> bool:
    return _last_clause(reading, part, position) in ("FROM", "JOIN", "ON", "USING")


def _last_clause(reading: Reading, part: list[int], position: int) -> str:
    words = (reading.words[number] for number in reversed(part[:position]))
    return next((word for word in words if word in _CLAUSES), "")


def _read_source(
    reading: Reading, part: list[int], position: int, schema: Schema, ctes: dict[str, Source]
) -> tuple[Source, int]:
    number = part[position]
    token = reading.tokens[number]
    table: Table | None = None
    columns: tuple[str, ...] | None = None
    if token.text == "(":
        name = ""
        columns = _read_columns(reading, Frame(number + 1, reading.closing[number]), schema, ctes)
        position += 1
        if position < len(part) and reading.tokens[part[position]].text == ")":
            position += 1
    else:
        owner, name = "", token.named
        position += 1
        while position + 1 < len(part) and reading.tokens[part[position]].text == ".":
            owner, name = name, reading.tokens[part[position + 1]].named
            position += 2
        cte = None if owner else ctes.get(name.lower())
        table = None if cte else (schema.table(f"{owner}.{name}") if owner else None) or schema.table(name)
        columns = cte.columns if cte else tuple(c.name for c in table.columns) if table else None
    alias, start = name, token.start
    if position < len(part) and reading.words[part[position]] == "AS":
        position += 1
    if position < len(part):
        following = reading.tokens[part[position]]
        if following.named and following.upper not in _ENDS | _LINKS | {
            "FROM",
            "AS",
            "INDEXED",
            "FOR",
            "FORCE",
            "USE",
        }:
            alias, start = following.named, following.start
            position += 1
    return Source(alias, table, columns, start, name), position


def _read_ctes(
    reading: Reading, level: list[int], schema: Schema, known: dict[str, Source], offset: int
) -> dict[str, Source]:
    """`WITH name [(columns)] AS (query), …`: those that begin before ``offset`` or stand anywhere."""
    found: dict[str, Source] = {}
    if not level or reading.words[level[0]] != "WITH":
        return found
    for position, number in enumerate(level[:-1]):
        token, following = reading.tokens[number], reading.tokens[level[position + 1]]
        before = reading.words[level[position - 1]] if position else ""
        if before not in ("WITH", "RECURSIVE", ",") or not token.named or token.upper == "RECURSIVE":
            continue
        columns: tuple[str, ...] | None = None
        opening = level[position + 1]
        if following.text == "(":
            listed = range(opening + 1, reading.closing[opening])
            columns = tuple(reading.tokens[each].named for each in listed if reading.tokens[each].named)
        elif following.upper != "AS":
            continue
        if columns is None:
            body = next((each for each in level[position + 1 :] if reading.tokens[each].text == "("), None)
            if body is not None:
                frame = Frame(body + 1, reading.closing[body])
                columns = _read_columns(reading, frame, schema, {**known, **found})
        found[token.named.lower()] = Source(token.named, None, columns, token.start, token.named)
    return found


def _read_columns(
    reading: Reading, frame: Frame, schema: Schema, ctes: dict[str, Source]
) -> tuple[str, ...] | None:
    """The names of what a sub-query selects; None where that cannot be said."""
    level = reading.level(frame)
    starts = [number for number in level if reading.words[number] == "SELECT"]
    if not starts:
        return None
    inside = {**ctes, **_read_ctes(reading, level, schema, ctes, 0)}
    first = starts[0]
    part = []
    for number in level[level.index(first) :]:
        if reading.words[number] in ("UNION", "EXCEPT", "INTERSECT"):
            break
        part.append(number)
    sources = _read_sources(reading, part, schema, inside)
    names: list[str] = []
    item: list[Token] = []
    for number in part[1:]:
        word, token = reading.words[number], reading.tokens[number]
        if word == "FROM" or word == ",":
            if not _name_item(item, sources, names):
                return None
            item = []
            if word == "FROM":
                return tuple(names)
        elif word not in ("DISTINCT", "ALL"):
            item.append(token)
    return tuple(names) if not item or _name_item(item, sources, names) else None


def _name_item(item: list[Token], sources: tuple[Source, ...], names: list[str]) -> bool:
    """Add the names that one entry of a select list gives; False where they are not known."""
    if not item:
        return True
    if item[-1].text == "*":
        owner = item[0].named.lower() if len(item) == 3 else ""
        for source in sources:
            if not owner or source.alias.lower() == owner:
                if source.columns is None:
                    return False
                names.extend(source.columns)
        return True
    if item[-1].named and item[-1].upper != "END":
        names.append(item[-1].named)
    return True
