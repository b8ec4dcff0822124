"""Words of a question that nothing in its SQL stands for: "unpaid" where all invoices are counted.

A model drops a qualifying word that it cannot place, and is as sure of the rest as ever. So words that
narrow what is asked for (`sqloop.linking.narrowing`) are held against the query. One is accounted for by a
name, value or condition of the query that says it, and by one that nothing else in the question asks for,
which may be its translation (``left_on IS NOT NULL``), or by the description of a table or column that the
query reads. A word of the glossary is accounted for by any name that its definition has. A value that is
surely meant counts as well where the query neither holds it nor groups by its column. Verbs, and nouns that
are only said in another way, are left alone. Lexical: measured on gold SQL, in which nothing is missing, and
on words put in (docs/experiments.md).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from itertools import pairwise

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop import english
from sqloop.database.checking.parsing import parse_statements
from sqloop.database.schema import Schema
from sqloop.database.words import Word, fold, identifier_stems, name_stems, split_text
from sqloop.linking.akin import are_akin, word_forms
from sqloop.linking.link import ValueLink, is_sure
from sqloop.linking.narrowing import find_graded, find_narrowing, is_let_in, join_hyphens, says_much, tells
from sqloop.linking.question import LinkedQuestion, Note
from sqloop.linking.rare_words import content_stems
from sqloop.linking.told_values import find_months

_NAME = re.compile(r"(?<=[^.?!:] )[A-Z][^\W\d_A-Z]+(?: [A-Z][^\W\d_A-Z]+)+")
"""A name of several words that does not begin a sentence."""

_WEEKDAY = re.compile(r"%w|\b(?:dayofweek|weekday|dayname|isodow|dow)\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Query:
    """What a query says, in stems."""

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

    def unasked(self, stems: frozenset[str], numbers: frozenset[str], told: frozenset[str]) -> int:
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
        return len(unasked) + sum(
            stems.isdisjoint(self.words_of(name))
            and used.isdisjoint(self._columns_of(name))
            and told.isdisjoint(self.described.get(name.lower(), ()))
            for name in tables
        )

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


def find_not_understood(asked: LinkedQuestion, sql: str) -> tuple[str, ...]:
    """What in the question narrows it, or is a stored value, and has nothing in ``sql`` for it, as written.

    >>> from sqloop.database.schema import Column, Table
    >>> shop = Schema("sqlite", (Table("invoice", (Column("total", "REAL", "number"),)),))
    >>> asked = LinkedQuestion("How many invoices are unpaid?", shop)
    >>> find_not_understood(asked, "SELECT COUNT(*) FROM invoice")
    ('unpaid',)
    """
    words: Sequence[Word] = join_hyphens(asked.words)
    query = _read_query(sql, asked.schema)
    if query is None:
        return ()
    if asked.words and _is_all_strange(asked, query):
        return tuple(dict.fromkeys(each.text for each in words if tells(each.text))) or (asked.question,)
    told = [place for note in asked.notes for place in note.places]
    told += [(link.start, link.end) for link in asked.links if _is_grouped(link, query)]
    values = [
        each
        for each in _unused_values(asked, query)
        if not _is_in(each.start, told) and not is_let_in(asked.words, each.end)
    ]
    words = [
        word
        for word in words
        if not _is_in(word.start, [*told, *((each.start, each.end) for each in values)])
    ]
    narrowing = dict.fromkeys(find_narrowing(words, asked.schema, query.said))
    graded = set(find_graded(words)) if query.grades else set()
    unsaid = [word for word in narrowing if word not in graded and not _is_said(word, query)]
    said = [*words, *(word for note in asked.notes for word in split_text(note.meaning))]
    others = frozenset(form for word in said if word not in unsaid for form in word_forms(word))
    numbers = frozenset(word.text.replace(",", "") for word in words)
    described = frozenset(map(_stem_whole, unsaid)) & set().union(*query.described.values())
    unsaid = [word for word in unsaid if _stem_whole(word) not in described]
    if len(unsaid) <= query.unasked(others, numbers, described):
        unsaid = _find_strange(words, query) if not asked.links and not asked.notes else []
    unsaid += [*_find_superlatives(words, query), *_find_missing(words, query)]
    unsaid += [*_find_half_named(words, asked.question, query), *_find_each(words, query)]
    places = [(each.start, each.end) for each in values] + [(each.start, each.end) for each in unsaid]
    for note in asked.notes:
        if _is_passed_over(note, query):
            places += _unsaid_places(note, asked.words, query) or note.places
    found = {start: asked.question[start:end] for start, end in places}
    return tuple(dict.fromkeys(found[start] for start in sorted(found)))


def _is_all_strange(asked: LinkedQuestion, query: _Query) -> bool:
    """Whether nothing of the question means anything here: marks alone, or words of another language.

    Of a database with one table it need not say what it asks about ("how many are there?"); one unknown noun
    may be another word for a table ("how many people do we have?").
    """
    if (
        asked.notes
        or asked.mentions
        or any(asked.hints.values())
        or any(link.matches for link in asked.links)
    ):
        return False
    words = [word for word in asked.words if word.text[0].isalnum()]
    telling = [word for word in words if tells(word.text)]
    if len(telling) < len(words) and len(telling) < 2 and (telling or len(asked.schema.tables) == 1):
        return False
    known = query.said.union(*(query.told_of(each.name) for each in query.tree.find_all(exp.Table)))
    if any(are_akin(form, each) for word in words for form in word_forms(word) for each in known):
        return False
    # Not every script has blanks between words.
    said = fold(asked.question)
    return not any(not each.isascii() and each in said for each in map(fold, (*query.names, *query.texts)))


def _find_superlatives(words: Sequence[Word], query: _Query) -> Iterator[Word]:
    """The "longest" and the "most", where a query orders nothing and takes no end of anything."""
    if not query.tree.find(exp.Order, exp.Limit, exp.Max, exp.Min, exp.Window, exp.Greatest, exp.Least):
        for i, word in enumerate(words):
            before = {fold(each.text) for each in words[max(0, i - 2) : i]}
            if fold(word.text) in english.SUPERLATIVES and "at" not in before and not _is_said(word, query):
                yield word


def _find_missing(words: Sequence[Word], query: _Query) -> Iterator[Word]:
    """The "phone" that is missing, where a query reads its table and asks for no row of another's absence."""
    if query.tree.find(exp.Exists, exp.Except, exp.Sum, exp.Avg) or any(
        each.args.get("query") or each.args.get("side") for each in query.tree.find_all(exp.In, exp.Join)
    ):
        return
    columns = query.columns
    for i, word in enumerate(words[1:], 1):
        j = i - 1
        while j > 0 and fold(words[j].text) in english.ARTICLES:
            j -= 1
        lacks = fold(words[j].text) in english.LACKING
        if lacks and word.stem in columns and says_much(word.text) and not _is_said(word, query):
            yield word


def _find_half_named(words: Sequence[Word], question: str, query: _Query) -> Iterator[Word]:
    """The "Dean" of "Dean Peeters", where a text of the query says the other half of the name."""
    told = {fold(word.text) for text in query.texts for word in split_text(text)}
    for name in _NAME.finditer(question):
        halves = [word for word in words if name.start() <= word.start < name.end()]
        # More capitals than that are a headline, no name.
        if len(halves) < 5 and not told.isdisjoint(fold(word.text) for word in halves):
            yield from (each for each in halves if not (_is_said(each, query) or _is_misspelt(each, told)))


def _is_misspelt(word: Word, told: set[str]) -> bool:
    return fold(word.text) in english.TITLES or bool(get_close_matches(fold(word.text), told))


def _find_each(words: Sequence[Word], query: _Query) -> Iterator[Word]:
    """The "each campus" of which a query gives one row for all; an average may be over each."""
    select = query.tree
    if not isinstance(select, exp.Select) or select.find(exp.Group, exp.Window, exp.Avg):
        return
    if select.expressions and all(each.find(exp.AggFunc) for each in select.expressions):
        for word, noun in pairwise(words):
            if fold(word.text) in english.EACH and noun.text.isalpha() and not _is_said(word, query):
                yield Word(f"{word.text} {noun.text}", word.start, noun.end, noun.stem)


def _find_strange(words: Sequence[Word], query: _Query) -> list[Word]:
    """All content words, where there are several and a query without any condition says none of them."""
    content = [word for word in words if says_much(word.text)]
    if len(content) < 2 or query.tree.find(exp.Where, exp.Having, exp.Join, exp.Group, exp.Order):
        return []
    tables = [each.name for each in query.tree.find_all(exp.Table)]
    if not set().union(*map(query.told_of, tables)).isdisjoint(map(_stem_whole, content)):
        return []
    known = query.said.union(*map(query.words_of, tables))
    forms = [form for word in words for form in word_forms(word)]
    return [] if any(are_akin(form, each) for form in forms for each in known) else content


def _is_in(offset: int, places: Sequence[tuple[int, int]]) -> bool:
    return any(start <= offset < end for start, end in places)


def _unsaid_places(note: Note, words: Sequence[Word], query: _Query) -> list[tuple[int, int]]:
    """The "active" of "customers who are active", where a query reads the customers."""
    left = [word for word in words if not _is_said(word, query)]
    return [place for place in note.places if any(_is_in(word.start, [place]) for word in left)]


def _is_passed_over(note: Note, query: _Query) -> bool:
    """Whether a definition names tables and columns and the query none of them."""
    return bool(note.names) and query.names.isdisjoint(map(str.lower, note.names))


def _read_query(sql: str, schema: Schema) -> _Query | None:
    try:
        tree = next(iter(parse_statements(sql, schema.dialect)), None)
    except SqlglotError:
        return None
    return _Query(tree, schema) if tree is not None else None


def _unused_values(asked: LinkedQuestion, query: _Query) -> Iterator[ValueLink]:
    """Links to values that are surely meant and of which the query has no word."""
    for link in asked.links:
        said = split_text(asked.question[link.start : link.end])
        quoted = asked.question[link.start] in "\"'`“"
        if link.matches and (quoted or (_is_telling(link, said) and is_sure(link, asked.question))):
            stems = {part for match in link.matches for part in name_stems(match.value)}
            used = not stems.isdisjoint(query.said) or any(_is_said(word, query) for word in said)
            if not used:
                yield link


def _is_grouped(link: ValueLink, query: _Query) -> bool:
    return any(match.column.lower() in query.grouped for match in link.matches)


def _is_telling(link: ValueLink, said: list[Word]) -> bool:
    """Whether words that are a stored value have hardly another meaning, as "Top 5" and "yes" have."""
    if any(find_months(said)):
        return False
    text = fold(said[0].text)
    plain = english.NO_NAMES | english.SET_PHRASES | (english.PLAIN if not link.start else frozenset())
    return len(said) > 1 or (len(text) > 1 and text not in plain)


def _is_said(word: Word, query: _Query) -> bool:
    """Whether a name or text says it, in another form ("rented", ``rental``), its opposite or by a code."""
    text = fold(word.text)
    if {text[:1], text[:2]} & query.codes:  # sex = 'F'
        return True
    if query.counts_weekdays and text.removesuffix("s") in english.WEEKDAYS:
        return True
    if text in english.LACKING and query.finds_absence:
        return True
    if "-" in text:
        return all(_is_said(part, query) for part in split_text(text) if len(part.text) > 1)
    return any(are_akin(form, other) for form in word_forms(word) for other in query.said)


def _stem_whole(word: Word) -> str:
    """What `content_stems` has for it."""
    return fold(word.text) if "-" in word.text else word.stem


def _relates(condition: exp.Expr) -> bool:
    """Whether it holds two columns against each other."""
    sides = condition.this, condition.args.get("expression")
    return all(isinstance(each, exp.Column) for each in sides)


def _is_asked(condition: exp.Expr, stems: frozenset[str], numbers: frozenset[str]) -> bool:
    """Whether a word of the question names its column or says its value; of another query none does."""
    if isinstance(condition, exp.Exists) or condition.args.get("query") or _relates(condition):
        return False
    for column in condition.find_all(exp.Column):
        if not stems.isdisjoint(identifier_stems(column.name)):
            return True
    for literal in condition.find_all(exp.Literal):
        if literal.name in numbers or any(word.stem in stems for word in split_text(literal.name)):
            return True
    return False
