"""Completion from the schema: what fits the clause comes first. Needs no model and waits for no database.

Covered: schemas, tables, columns, aliases, CTEs, join conditions along foreign keys, functions and
keywords of the dialect, and the values of columns that have few (`sqloop.lsp.features.column_values`).
Tables and columns have their descriptions as documentation.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from lsprotocol import types

from sqloop.database.identifiers import quote_name
from sqloop.database.schema import Dialect, Schema, split_name
from sqloop.lsp.documents import Document
from sqloop.lsp.features.column_values import ColumnValues
from sqloop.lsp.features.definitions import offer_definitions
from sqloop.lsp.server import Server
from sqloop.lsp.text.keywords import signatures
from sqloop.lsp.text.name_index import NameIndex, matches
from sqloop.lsp.text.place import Offer, Place, read_place
from sqloop.lsp.text.scope import Source

MOST = 200
"""Entries of a list; what is typed next narrows it down."""

_KINDS = {
    "value": types.CompletionItemKind.EnumMember,
    "word": types.CompletionItemKind.Constant,
    "join": types.CompletionItemKind.Reference,
    "column": types.CompletionItemKind.Field,
    "alias": types.CompletionItemKind.Variable,
    "table": types.CompletionItemKind.Class,
    "schema": types.CompletionItemKind.Module,
    "function": types.CompletionItemKind.Function,
    "keyword": types.CompletionItemKind.Keyword,
}
_TABLES = frozenset({"FROM", "JOIN", "UPDATE", "INTO"})
_FOLLOWING = {
    "": "SELECT WITH VALUES EXPLAIN",
    "SELECT": "DISTINCT FROM AS CASE WHEN THEN ELSE END CAST NULL OVER PARTITION",
    "FROM": "WHERE JOIN LEFT INNER CROSS ON USING GROUP ORDER LIMIT AS UNION",
    "JOIN": "ON USING AS WHERE JOIN LEFT GROUP ORDER LIMIT",
    "ON": "AND OR NOT WHERE JOIN LEFT INNER GROUP ORDER LIMIT",
    "WHERE": "AND OR NOT IN LIKE BETWEEN IS NULL EXISTS CASE GROUP ORDER LIMIT UNION",
    "GROUP": "BY HAVING ORDER LIMIT",
    "HAVING": "AND OR NOT ORDER LIMIT",
    "ORDER": "BY ASC DESC LIMIT",
    "LIMIT": "OFFSET UNION",
}


PATIENCE = 0.15
"""Seconds that a key press waits for the schema to be read again; the next one finds it."""


class Completer:
    """Completion for all documents of a server; keeps the index of the schema at hand."""

    def __init__(self, server: Server) -> None:
        self._index: NameIndex | None = None
        self._values = ColumnValues(server.backend)
        server.backend.on_schema(self._take)

    async def complete(self, ls: Server, params: types.CompletionParams) -> types.CompletionList:
        """The entries that fit, the best first; without a schema keywords and functions only."""
        document = ls.documents.get(params.text_document.uri)
        if document is None:
            return types.CompletionList(False, [])
        if ls.backend.schema is not None and ls.backend.database_error is None:
            await ls.backend.glance(PATIENCE)
        schema, dialect = ls.backend.schema, ls.backend.dialect
        if schema is None and ls.backend.database_error is None:
            ls.start(ls.backend.read_schema())  # For the next key press: this one does not wait.
        known = schema or Schema(dialect, ())
        offset = document.offset(params.position)
        place = read_place(document, offset, known, dialect)
        if place is None:
            return types.CompletionList(False, [])
        entries = [each async for each in self._values.entries(place, known)]
        if not entries and not place.in_string:
            entries = list(_entries(place, known, self._index, dialect, ls.backend.home))
            if not (place.before and place.before[-1].text == "."):
                entries = [*islice(offer_definitions(place, ls.backend.words, dialect), MOST), *entries]
        return _write(document, place, offset, entries)

    def _take(self, schema: Schema) -> None:
        if self._index is None or self._index.fingerprint != schema.fingerprint:
            self._index = NameIndex(schema)


def _entries(
    place: Place, schema: Schema, index: NameIndex | None, dialect: Dialect, home: str
) -> Iterator[Offer]:
    before = place.before
    if before and before[-1].text == ".":
        yield from _members(place, before[-2].named if len(before) > 1 else "", schema, dialect, home)
        return
    clause = place.scope.clause
    last = before[-1].upper if before else ""
    if clause in _TABLES and (last in _TABLES | {",", "("} or not _has_source(place)):
        yield from _joined(place, schema, dialect)
        yield from _tables(place, schema, index, dialect, home)
        return
    if last == "ON" or (clause == "ON" and last in ("AND", "OR")):
        yield from _conditions(place, dialect)
    if clause and clause not in _TABLES:
        yield from _columns(place, schema, index, dialect)
        yield from _functions(dialect)
    yield from (Offer("keyword", word, word) for word in _FOLLOWING.get(clause, "AND OR NOT NULL").split())


def _has_source(place: Place) -> bool:
    return any(source.start < place.first for source in place.scope.sources)


def _members(place: Place, owner: str, schema: Schema, dialect: Dialect, home: str) -> Iterator[Offer]:
    """What may follow ``owner.``: where tables are named those of a schema, else the columns of a source.

    A table and a schema may have one name.
    """
    scope = place.scope
    owned = list(_tables_of(owner, schema, dialect, home))
    if owned and scope.clause in _TABLES:
        yield from owned
        return
    for source in (*scope.sources, *scope.outer):
        if source.alias.lower() == owner.lower() and source.columns is not None:
            yield from _columns_of(source, dialect, owned=True)
            return
    table = schema.table(owner)
    if table is not None:
        yield from _columns_of(Source(owner, table, None, 0), dialect, owned=True)
    else:
        yield from owned


def _tables_of(owner: str, schema: Schema, dialect: Dialect, home: str) -> Iterator[Offer]:
    """The tables of the schema ``owner``; those of ``home`` are known without it."""
    wanted = "" if owner.lower() == home.lower() else owner.lower()
    for table in schema.tables:
        owned_by, name = split_name(table.name, dialect)
        if owned_by.lower() == wanted:
            yield Offer("table", name, quote_name(name, dialect), about=table.comment)


def _columns_of(
    source: Source, dialect: Dialect, *, owned: bool, ambiguous: frozenset[str] = frozenset()
) -> Iterator[Offer]:
    names = source.columns or (tuple(each.name for each in source.table.columns) if source.table else ())
    for name in names:
        column = source.table.column(name) if source.table else None
        owner = "" if owned or name.lower() not in ambiguous else f"{quote_name(source.alias, dialect)}."
        detail = f"{source.alias} · {column.type}" if column else source.alias
        about = column.comment if column else ""
        yield Offer("column", f"{owner}{name}", f"{owner}{quote_name(name, dialect)}", detail, name, about)


def _columns(place: Place, schema: Schema, index: NameIndex | None, dialect: Dialect) -> Iterator[Offer]:
    sources = (*place.scope.sources, *place.scope.outer)
    seen: dict[str, int] = {}
    for source in sources:
        for name in source.columns or ():
            seen[name.lower()] = seen.get(name.lower(), 0) + 1
    ambiguous = frozenset(name for name, count in seen.items() if count > 1)
    for source in sources:
        yield from _columns_of(source, dialect, owned=False, ambiguous=ambiguous)
    for source in sources:
        yield Offer("alias", source.alias, quote_name(source.alias, dialect), source.name)
    if not sources and index is not None:  # Nothing is said yet of where from: then from anywhere.
        for name in index.columns(place.typed, MOST):
            owners = index.owners[name]
            more = f" and {len(owners) - 1} more" if len(owners) > 1 else ""
            table = schema.table(owners[0]) if not more else None
            column = table.column(name) if table else None
            about = column.comment if column else ""
            yield Offer("column", name, quote_name(name, dialect), f"{owners[0]}{more}", about=about)


def _tables(
    place: Place, schema: Schema, index: NameIndex | None, dialect: Dialect, home: str
) -> Iterator[Offer]:
    for cte in place.scope.ctes.values():
        yield Offer("alias", cte.name, quote_name(cte.name, dialect), "WITH")
    for name in index.tables(place.typed, MOST) if index else ():
        table = schema.table(name)
        rows = f"about {table.rows:,} rows" if table and table.rows is not None else ""
        about = table.comment if table else ""
        yield Offer("table", name, quote_name(name, dialect), rows, about=about)
    others = {split_name(each.name, dialect)[0]: None for each in schema.tables}
    system = "temp" if dialect == "sqlite" else "information_schema"
    for name in filter(None, (home, *others, system)):
        yield Offer("schema", name, quote_name(name, dialect))


def _joined(place: Place, schema: Schema, dialect: Dialect) -> Iterator[Offer]:
    """Behind JOIN: the tables that a foreign key leads to, with their condition."""
    if place.scope.clause != "JOIN":
        return
    sources = [each for each in place.scope.sources if each.table is not None and each.start < place.first]
    taken = {each.table.name for each in sources if each.table}
    for source in sources:
        assert source.table is not None
        for name, pairs in schema.neighbours.get(source.table.name, []):
            if name not in taken:
                own = {table: quote_name(table, dialect) for table in (name,)} | {
                    source.table.name: quote_name(source.alias, dialect)
                }
                text = " AND ".join(
                    f"{own[a]}.{quote_name(b, dialect)} = {own[c]}.{quote_name(d, dialect)}"
                    for (a, b), (c, d) in pairs
                )
                other = schema.table(name)
                about = other.comment if other else ""
                whole = f"{quote_name(name, dialect)} ON {text}"
                yield Offer("join", whole, whole, "foreign key", name, about)


def _conditions(place: Place, dialect: Dialect) -> Iterator[Offer]:
    """Behind ON: equalities along foreign keys between the joined table and those before it."""
    sources = [each for each in place.scope.sources if each.table is not None and each.start < place.first]
    if len(sources) < 2:
        return
    last = sources[-1]
    for other in sources[:-1]:
        for one, two in ((last, other), (other, last)):
            assert one.table is not None
            assert two.table is not None
            for key in one.table.foreign_keys:
                if key.referred_table.lower() == two.table.name.lower():
                    pairs = zip(key.columns, key.referred_columns, strict=False)
                    text = " AND ".join(
                        f"{quote_name(one.alias, dialect)}.{quote_name(a, dialect)} = "
                        f"{quote_name(two.alias, dialect)}.{quote_name(b, dialect)}"
                        for a, b in pairs
                    )
                    yield Offer("join", text, text, "foreign key")


def _functions(dialect: Dialect) -> Iterator[Offer]:
    for name, (call, _) in signatures(dialect).items():
        yield Offer("function", name, name, call)


def _write(document: Document, place: Place, offset: int, offers: list[Offer]) -> types.CompletionList:
    """The offers that match what is typed, as the client wants them."""
    ranked = []
    for number, offer in enumerate(offers):
        match = (
            0 if offer.kind == "join" and not place.typed else matches(offer.key or offer.label, place.typed)
        )
        if match >= 0:
            ranked.append((match, number, offer))
    ranked.sort(key=lambda each: each[:2])
    where = document.range(place.start, place.end)
    written = document.text[place.start : offset]
    items: dict[tuple[str, str], types.CompletionItem] = {}
    for _, _, offer in ranked[:MOST]:
        items.setdefault(
            (offer.label, offer.text),
            types.CompletionItem(
                label=offer.label,
                kind=_KINDS[offer.kind],
                detail=offer.detail or None,
                documentation=offer.about or None,
                sort_text=f"{len(items):04}",
                # Editors compare this with what stands in the range, opening quote included.
                filter_text=written if written[:1] in "'\"`[" and written else None,
                text_edit=types.TextEdit(where, offer.text),
            ),
        )
    return types.CompletionList(
        len(ranked) > MOST or bool(place.typed and len(ranked) > MOST // 2), list(items.values())
    )
