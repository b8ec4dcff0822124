"""A column that counts, added up: of a table with a row for each year, ``degrees`` are more than its rows."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sqloop import english
from sqloop.database.knowledge.samples import flag_values
from sqloop.database.schema import Column, Schema, Table
from sqloop.database.words import fold, identifier_stems, split_text, stem
from sqloop.generation.mending.paths import keys_between, name_of
from sqloop.generation.mending.scopes import Scopes, Source

_NO_THING = frozenset(map(stem, ("number", "total", "amount", "count", "sum", "times")))
"""Nouns that say how much of another: "the most number of", "the number of total orders"."""

_BOUNDS = ("than", "least", "most", "over", "under")
"""What stands before a number that a count is held against."""


def sum_tallies(tree: exp.Expr, question: str, scopes: Scopes) -> None:
    """Add up the column that is called as what is counted, where the query counts its rows; in place.

    >>> import sqlglot
    >>> nr, name, degrees = (Column(name, "INT", "number") for name in ("id", "year", "degrees"))
    >>> schema = Schema("sqlite", (Table("degrees", (nr, name, degrees), ("id",)),))
    >>> tree = sqlglot.parse_one("SELECT year FROM degrees GROUP BY year ORDER BY COUNT(*) DESC LIMIT 1")
    >>> sum_tallies(tree, "Which year has the most degrees?", Scopes(tree, schema))
    >>> tree.sql()
    'SELECT year FROM degrees GROUP BY year ORDER BY SUM(degrees) DESC LIMIT 1'
    """
    things = {stems[-1] for table in scopes.schema.tables if (stems := identifier_stems(table.name))}
    nouns = {noun for noun, after in _counted(question) if after not in things} - _NO_THING
    if not nouns:
        return
    used = {each.name.lower() for each in tree.find_all(exp.Column)}
    for select in scopes.selects:
        found = [
            (source, column)
            for source in scopes.sources(select).values()
            if source.table is not None and not _is_repeated(source, select, scopes)
            for column in source.table.columns
            if _is_tally(column, source.table, nouns, scopes.schema) and column.name.lower() not in used
        ]
        if len(found) == 1:
            for count in list(select.find_all(exp.Count)):
                if isinstance(count.this, exp.Star) and count.find_ancestor(exp.Select) is select:
                    alone = len(scopes.sources(select)) == 1
                    count.replace(exp.Sum(this=_read(*found[0], scopes.schema, alone=alone)))


def _is_repeated(source: Source, select: exp.Select, scopes: Scopes) -> bool:
    """Whether rows of a source come again for each row of another that refers to them."""
    others = [each.table for each in scopes.sources(select).values() if each is not source]
    return any(
        other is not None and source.table is not None and keys_between(other, source.table, scopes.schema)
        for other in others
    )


def _counted(question: str) -> Iterator[tuple[str, str]]:
    """Stems of what the question counts, and of the word behind: "how many days", "more than 10 visits"."""
    words = split_text(question)
    for i, word in enumerate(words[:-1]):
        before, last = fold(words[i - 1].text) if i else "", fold(word.text)
        bound = before in _BOUNDS and (last.isdigit() or last in english.NUMBERS)
        if not english.is_plural(words[i + 1].text):
            continue
        if f"{before} {last}" in ("how many", "number of") or last in ("most", "fewest") or bound:
            yield words[i + 1].stem, words[i + 2].stem if i + 2 < len(words) else ""


def _is_tally(column: Column, table: Table, nouns: set[str], schema: Schema) -> bool:
    """Whether a whole number is called as what is counted, in the plural, and no table or row of it is.

    What one row is worth stands in the singular: ``rating.rating``, ``result.grade``.
    """
    stems = identifier_stems(column.name)
    keys = {name for key in table.foreign_keys for name in key.columns} | set(table.primary_key)
    if (
        flag_values(column)
        or column.kind != "number"
        or len(stems) != 1
        or not nouns & set(stems)
        or not english.is_plural(column.name)
        or any("." in each for each in column.samples)
        or column.name in keys
    ):
        return False
    others = (each.name for each in schema.tables if each is not table)
    if any(
        stems[0].startswith(part[:5]) or part.startswith(stems[0])
        for name in others
        for part in identifier_stems(name)
    ):
        return False
    # A row of home_game is a game, one of visit_day a day; degrees that are called as their table count.
    return identifier_stems(table.name)[-1:] != stems or column.name.lower() == table.name.lower()


def _read(source: Source, column: Column, schema: Schema, *, alone: bool) -> exp.Column:
    name = name_of(column.name, schema)
    return exp.Column(this=name) if alone else exp.Column(this=name, table=source.name.copy())
