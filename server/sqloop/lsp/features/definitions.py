"""Words of the glossary as completions: what stands for them, with the aliases of the statement."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop.database.checking.parsing import parse_statement, write_statement
from sqloop.database.schema import Dialect
from sqloop.glossary import Glossary, read_definition
from sqloop.lsp.features.join_definitions import write_join
from sqloop.lsp.text.name_index import matches
from sqloop.lsp.text.place import Offer, Place
from sqloop.lsp.text.scope import Source

_CLAUSES = {
    "condition": frozenset({"WHERE", "ON", "HAVING"}),
    "expression": frozenset({"SELECT", "HAVING", "ORDER", "GROUP", "WHERE"}),
    "join": frozenset({"FROM", "JOIN", "ON", "USING"}),
}


def offer_definitions(place: Place, words: Glossary, dialect: Dialect) -> Iterator[Offer]:
    """Definitions that fit the clause, with the names of the statement; none whose tables it lacks.

    The best first, each found when it is taken: there may be thousands.
    """
    sources = {each.table.name.lower(): each for each in place.scope.sources if each.table is not None}
    ranked = sorted((matches(each.name, place.typed), n) for n, each in enumerate(words.entries))
    named = (words.entries[n] for match, n in ranked if match >= 0) if place.typed else ()
    for entry in named:
        try:
            definition = read_definition(entry.sql, dialect)
        except ValueError:
            continue
        if place.scope.clause not in _CLAUSES[definition.kind]:
            continue
        if definition.kind == "join":
            text = write_join(definition, place, dialect)
        else:
            owners = {owner.lower() for owner, _ in definition.columns if owner}
            fits = sources and not definition.tables and owners <= sources.keys()
            text = _adapt(definition.sql, sources, dialect) if fits else ""
        if text:
            yield Offer("word", entry.name, text, entry.means or text)


def _adapt(sql: str, sources: dict[str, Source], dialect: Dialect) -> str:
    """The definition with the statement's names for its tables; empty where one is missing."""
    try:
        (tree,) = parse_statement(f"SELECT {sql}", dialect).expressions
        renamed = False
        for column in tree.find_all(exp.Column):
            owners = [sources.get(column.table.lower())] if column.table else list(sources.values())
            known = [each for each in owners if each and each.table and each.table.column(column.name)]
            if len(known) != 1:
                return ""
            if column.table and column.table.lower() != known[0].alias.lower():
                column.set("table", exp.to_identifier(known[0].alias))
                renamed = True
        return write_statement(tree, dialect) if renamed else sql
    except (SqlglotError, ValueError):
        return ""
