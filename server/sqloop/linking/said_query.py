"""What a query says, in stems of words: by its names, its texts and its conditions."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop.database.checking.parsing import parse_statements
from sqloop.database.schema import Schema
from sqloop.database.words import Word, fold, identifier_stems, split_text
from sqloop.linking.akin import abbreviates
from sqloop.linking.rare_words import content_stems

_WEEKDAY = re.compile(r"%w|\b(?:dayofweek|weekday|dayname|isodow|dow)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Stands:
    """What in a query may stand for words that it has not: conditions and tables that no word asks for.

    ``values`` says whether a column is held against a value, or a table read, for no word at all.
    """

    parts: int
    values: bool


_DENYING = (
    *(exp.NEQ, exp.Except, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between),
    *(exp.Case, exp.Boolean, exp.Neg, exp.Div, exp.Sub),
)


@dataclass(frozen=True)
class SaidQuery:
    """A query of ``schema`` and the stems of what it says."""

    tree: exp.Expr
    schema: Schema

    @cached_property
    def said(self) -> frozenset[str]:
        """Stems of its names and of the words in its texts."""
        names = [each.name for each in self.tree.find_all(exp.Identifier)]
        return frozenset(
            [part for name in names for part in identifier_stems(name)]
            + [word.stem for text in self.texts for word in split_text(text)]
        )

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Its literals, and names in quotes, which SQLite takes for texts where nothing is called so."""
        quoted = (each for each in self.tree.find_all(exp.Identifier) if each.args.get("quoted"))
        return tuple(each.name for each in (*self.tree.find_all(exp.Literal), *quoted))

    @cached_property
    def names(self) -> frozenset[str]:
        """Its names, in lower case."""
        return frozenset(each.name.lower() for each in self.tree.find_all(exp.Identifier))

    @cached_property
    def codes(self) -> frozenset[str]:
        """Its texts of one or two letters; SQLite takes a name in quotes that names nothing for a text."""
        texts = (
            fold(each.name)
            for each in self.tree.find_all(exp.Literal, exp.Identifier)
            if isinstance(each, exp.Literal) or each.args.get("quoted")
        )
        return frozenset(text for text in texts if len(text) < 3)

    @cached_property
    def grades(self) -> bool:
        """Whether it puts rows or groups in an order of numbers or dates, or takes the least or greatest."""
        graded = (part.this for part in self.tree.find_all(exp.Ordered, exp.Max, exp.Min))
        return any(self._is_graded(each) for each in graded)

    def _is_graded(self, value: exp.Expr) -> bool:
        if value.find(exp.AggFunc, exp.Binary) or not isinstance(value, exp.Column):
            return True
        kinds = {
            column.kind
            for table in self.schema.tables
            for column in table.columns
            if column.name.lower() == value.name.lower()
        }
        return kinds != {"text"}

    def unasked(self, stems: frozenset[str], numbers: frozenset[str], told: frozenset[str]) -> Stands:
        """Conditions and tables that no word of the question asks for: each may stand for one it has not.

        ``told`` are stems of words that only descriptions say; they ask for what is described so.
        """
        conditions = [
            each
            for each in self.tree.find_all(exp.Predicate, exp.In, exp.Between, exp.Is, exp.Except, exp.Exists)
            if not (isinstance(each, exp.EQ) and _relates(each))
        ]
        unasked = [
            each
            for each in conditions
            if not (_is_asked(each, stems, numbers) or self._is_described(each, told))
        ]
        asked = [each for each in conditions if each not in unasked]
        # A table that is there for a condition which is asked for stands for no other word.
        used = {column.name.lower() for each in asked for column in each.find_all(exp.Column)}
        tables = {each.name for each in self.tree.find_all(exp.Table)}
        strange = [
            name
            for name in tables
            if not _names(self.words_of(name), stems)
            and used.isdisjoint(self._columns_of(name))
            and told.isdisjoint(self.described.get(name.lower(), ()))
        ]
        values = any(not _relates(each) and not _holds_query(each) for each in unasked)
        return Stands(len(unasked) + len(strange), values or bool(strange))

    def _is_described(self, condition: exp.Expr, told: frozenset[str]) -> bool:
        return bool(told) and any(
            not told.isdisjoint(self.described.get(column.name.lower(), ()))
            for column in condition.find_all(exp.Column)
        )

    @cached_property
    def described(self) -> dict[str, frozenset[str]]:
        """Stems of the descriptions of the tables and columns that it reads, by their names in lower case."""
        found: dict[str, frozenset[str]] = defaultdict(frozenset)
        for each in self.tree.find_all(exp.Table):
            if table := self.schema.table(each.name):
                found[each.name.lower()] |= content_stems(table.comment)
                for column in table.columns:
                    if column.comment and column.name.lower() in self.names:
                        found[column.name.lower()] |= content_stems(column.comment)
        return found

    def _columns_of(self, name: str) -> set[str]:
        table = self.schema.table(name)
        return {column.name.lower() for column in table.columns} if table else set()

    @cached_property
    def grouped(self) -> frozenset[str]:
        """Columns by which it groups, in lower case: each value has a row."""
        groups = self.tree.find_all(exp.Group)
        return frozenset(each.name.lower() for group in groups for each in group.find_all(exp.Column))

    @cached_property
    def counts_weekdays(self) -> bool:
        """Whether it takes the day of the week of something."""
        return _WEEKDAY.search(self.tree.sql(self.schema.dialect)) is not None

    @cached_property
    def finds_absence(self) -> bool:
        """Whether it asks for what has no value or no row."""
        return self.tree.find(exp.Null, exp.Exists, exp.Except) is not None

    @cached_property
    def denies(self) -> bool:
        """Whether something in it may say "not": a denial, a bound, a zero, a row that need not be there."""
        no = {"0", "n", "no", "false", "f", "null", ""}
        return (
            self.tree.find(*_DENYING) is not None
            or any(text.lower() in no for text in self.texts)
            or any(each.args.get("side") for each in self.tree.find_all(exp.Join))
            or any(each.args.get("negate") for each in self.tree.find_all(exp.Predicate))
            or any(not isinstance(each.parent, exp.Not) for each in self.tree.find_all(exp.Is))
            or any(not isinstance(each.this, exp.Is) for each in self.tree.find_all(exp.Not))
        )

    @cached_property
    def relations(self) -> int:
        """How often it holds two columns against each other, other than for equality."""
        return sum(
            _relates(each) and not isinstance(each, exp.EQ) for each in self.tree.find_all(exp.Predicate)
        )

    @cached_property
    def shown(self) -> tuple[tuple[str, ...], ...]:
        """Stems of the columns that it shows or counts; of keys, none."""
        keys = {key.lower() for table in self.schema.tables for key in table.primary_key}
        parts = self.tree.selects if isinstance(self.tree, exp.Query) else []
        parts = [each.unalias() for each in parts]
        columns = [each.this if isinstance(each, exp.Count) else each for each in parts]
        names = [each.name for each in columns if isinstance(each, exp.Column)]
        return tuple(identifier_stems(name) for name in names if name.lower() not in keys)

    @cached_property
    def nouns(self) -> frozenset[str]:
        """The last stem of the name of each table."""
        names = (identifier_stems(table.name) for table in self.schema.tables)
        return frozenset(each[-1] for each in names if each)

    def is_known(self, word: Word) -> bool:
        """Whether a word is in the name of a table or column, or what a table is short for."""
        text = fold(word.text)
        return any(
            word.stem in self.words_of(table.name) or abbreviates(table.name.lower(), text)
            for table in self.schema.tables
        )

    @cached_property
    def columns(self) -> frozenset[str]:
        """First and last stems of the columns of its tables."""
        tables = (self.schema.table(each.name) for each in self.tree.find_all(exp.Table))
        stems = [identifier_stems(column.name) for table in tables if table for column in table.columns]
        return frozenset(part for each in stems for part in (*each[:1], *each[-1:]))

    def told_of(self, name: str) -> set[str]:
        """Stems of the descriptions of a table and of its columns."""
        table = self.schema.table(name)
        texts = [table.comment, *(column.comment for column in table.columns)] if table else []
        return {part for each in texts if each for part in content_stems(each)}

    def words_of(self, name: str) -> set[str]:
        """Stems of the names of a table and of its columns."""
        table = self.schema.table(name)
        names = [name, *(column.name for column in table.columns)] if table else [name]
        return {part for each in names for part in identifier_stems(each)}


def read_query(sql: str, schema: Schema) -> SaidQuery | None:
    """The query in ``sql``; None where it cannot be parsed."""
    try:
        tree = next(iter(parse_statements(sql, schema.dialect)), None)
    except SqlglotError:
        return None
    return SaidQuery(tree, schema) if tree is not None else None


def _relates(condition: exp.Expr) -> bool:
    """Whether it holds two columns against each other."""
    sides = condition.this, condition.args.get("expression")
    return all(isinstance(each, exp.Column) for each in sides)


def _names(words: set[str], stems: frozenset[str]) -> bool:
    """Whether one of the words of a name, or what it is short for, is among ``stems``."""
    return not words.isdisjoint(stems) or any(abbreviates(each, stem) for each in words for stem in stems)


def _holds_query(condition: exp.Expr) -> bool:
    return isinstance(condition, exp.Exists) or condition.args.get("query") is not None


def _is_asked(condition: exp.Expr, stems: frozenset[str], numbers: frozenset[str]) -> bool:
    """Whether a word of the question names its column or says its value; of another query none does."""
    if _holds_query(condition) or _relates(condition):
        return False
    for column in condition.find_all(exp.Column):
        if not stems.isdisjoint(identifier_stems(column.name)):
            return True
    for literal in condition.find_all(exp.Literal):
        if not numbers.isdisjoint((literal.name, literal.name[:4])):  # 20240301
            return True
        if any(word.stem in stems for word in split_text(literal.name)):
            return True
    return False
