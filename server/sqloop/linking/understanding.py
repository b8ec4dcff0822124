"""Words of a question that nothing in its SQL stands for: "unpaid" where all invoices are counted.

A model drops a qualifying word that it cannot place, and is as sure of the rest as ever. So words that narrow
what is asked for are held against the query: a word before the name of a table ("female artists"), behind a
form of "be" ("which stores are closed?") or alone in a relative clause ("employees who retired"). One is
accounted for by a name, value or condition of the query that says it, and by one that nothing else in the
question asks for, which may be its translation (``left_on IS NOT NULL``). A word of the glossary is accounted
for by any name that its definition has. A value that is surely meant counts as well where the query does not
hold it. Verbs, and nouns that are only said in another way, are left alone.
Lexical: measured on gold SQL, in which nothing is missing, and on words put in (docs/experiments.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop import english
from sqloop.database.checking.parsing import parse_statements
from sqloop.database.knowledge.samples import flag_values
from sqloop.database.schema import Schema
from sqloop.database.words import Word, fold, identifier_stems, name_stems, split_text, stem
from sqloop.linking.link import ValueLink, is_sure
from sqloop.linking.question import LinkedQuestion, Note
from sqloop.linking.told_values import find_months


@dataclass(frozen=True)
class _Query:
    """What a query says, in stems."""

    tree: exp.Expr
    schema: Schema

    @cached_property
    def said(self) -> frozenset[str]:
        """Stems of its names and of the words in its texts."""
        names = [each.name for each in self.tree.find_all(exp.Identifier)]
        texts = [each.name for each in self.tree.find_all(exp.Literal)]
        return frozenset(
            [part for name in names for part in identifier_stems(name)]
            + [word.stem for text in texts for word in split_text(text)]
        )

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

    def unasked(self, stems: frozenset[str], numbers: frozenset[str]) -> int:
        """Conditions and tables that no word of the question asks for: each may stand for one it has not."""
        conditions = (
            each
            for each in self.tree.find_all(exp.Predicate, exp.In, exp.Between, exp.Is, exp.Except, exp.Exists)
            if not _joins(each)
        )
        tables = {each.name for each in self.tree.find_all(exp.Table)}
        return sum(not _is_asked(each, stems, numbers) for each in conditions) + sum(
            stems.isdisjoint(self._words_of(name)) for name in tables
        )

    def _words_of(self, name: str) -> set[str]:
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
    words: Sequence[Word] = asked.words
    if not asked.links and not asked.notes and not any(_may_narrow(word, i) for i, word in enumerate(words)):
        return ()
    query = _read_query(sql, asked.schema)
    if query is None:
        return ()
    told = [place for note in asked.notes for place in note.places]
    values = [
        each
        for each in _unused_values(asked, query)
        if not _is_in(each.start, told) and not _is_let_in(asked.words, each.end)
    ]
    words = [
        word
        for word in words
        if not _is_in(word.start, [*told, *((each.start, each.end) for each in values)])
    ]
    narrowing = dict.fromkeys(_find_narrowing(words, asked.schema, query.said))
    graded = set(_find_graded(words)) if query.grades else set()
    unsaid = [word for word in narrowing if word not in graded and not _is_said(word, query)]
    said = [*words, *(word for note in asked.notes for word in split_text(note.meaning))]
    others = frozenset(form for word in said if word not in unsaid for form in _forms(word))
    numbers = frozenset(word.text.replace(",", "") for word in words)
    if len(unsaid) <= query.unasked(others, numbers):
        unsaid = []
    places = [(each.start, each.end) for each in values] + [(each.start, each.end) for each in unsaid]
    places += [place for note in asked.notes if _is_passed_over(note, query) for place in note.places]
    found = {start: asked.question[start:end] for start, end in places}
    return tuple(dict.fromkeys(found[start] for start in sorted(found)))


def _is_in(offset: int, places: Sequence[tuple[int, int]]) -> bool:
    return any(start <= offset < end for start, end in places)


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
        stems = {word.stem for word in said}.union(*(name_stems(match.value) for match in link.matches))
        quoted = asked.question[link.start] in "\"'`“"
        formal = (
            not link.start and len(said) == 1 and fold(said[0].text) in english.PLAIN
        )  # "Top 5", "Monthly sales"
        meant = quoted or (is_sure(link, asked.question) and not formal)
        if link.matches and meant and not any(find_months(said)) and stems.isdisjoint(query.said):
            yield link


def _find_narrowing(words: Sequence[Word], schema: Schema, said: frozenset[str]) -> Iterator[Word]:
    nouns = {identifier_stems(table.name)[-1] for table in schema.tables if identifier_stems(table.name)}
    named = {part for table in schema.tables for part in identifier_stems(table.name)}
    columns = [column for table in schema.tables for column in table.columns]
    flags = {part for column in columns if flag_values(column) for part in identifier_stems(column.name)}
    # The name of a flag narrows like its value: "invoices that are paid".
    named |= {part for column in columns for part in identifier_stems(column.name)} - (flags - named)
    for i, word in enumerate(words):
        if not _may_narrow(word, i) or word.stem in named or _is_let_in(words, word.end):
            continue
        after = words[i + 1] if i + 1 < len(words) else None
        if (after is not None and after.stem in nouns and (not i or _opens(words[i - 1], said))) or (
            (after is None or fold(after.text) in english.ENDS) and _is_predicate(words, i, nouns)
        ):
            yield word


def _is_let_in(words: Sequence[Word], end: int) -> bool:
    """Whether what ends there is not to be left out: "cancelled ones included", "planned trips too"."""
    behind = [word for word in words if word.start >= end]
    return any(fold(word.text) in english.LETTING_IN for word in behind[:4])


def _find_graded(words: Sequence[Word]) -> Iterator[Word]:
    """Words that say by what something is compared."""
    for i, word in enumerate(words):
        graded = i and fold(words[i - 1].text) in english.DEGREES and not _is_amount(words, i - 1)
        if graded or fold(word.text) in english.EXTREMES:
            yield word


def _is_amount(words: Sequence[Word], i: int) -> bool:
    """Whether "most" and the like count what follows: "the club that has the most female students"."""
    before = i - 1 - (i > 0 and fold(words[i - 1].text) == "the")
    return before >= 0 and fold(words[before].text) in english.OWNING


def _opens(word: Word, said: frozenset[str]) -> bool:
    """Whether what follows qualifies the noun behind it, as after "the", "three" and "French"."""
    text = fold(word.text)
    plain = text in english.OPENERS or text in english.PLAIN or text[0].isdigit()
    return plain or word.stem in said or _is_degree(text)


def _may_narrow(word: Word, place: int) -> bool:
    text = word.text if place else fold(word.text)
    if not text.isalpha() or not text.islower() or len(text) < 4:
        return False
    return text not in english.PLAIN and not _is_degree(text)


def _is_degree(text: str) -> bool:
    """Whether a word compares or says how: "oldest", "cheaper", "currently"."""
    return text.endswith(("est", "er", "ly"))


def _is_predicate(words: Sequence[Word], i: int, nouns: set[str]) -> bool:
    """Whether a word at the end of its clause is said of a table's rows: "stores that are closed"."""
    j = i - 1
    while j >= 0 and fold(words[j].text) in english.BETWEEN:
        j -= 1
    if j < 1:
        return False
    verb = fold(words[j].text).split("'")[0]
    if verb in english.BE:
        return any(word.stem in nouns for word in words[max(0, j - 4) : j])
    return verb in english.RELATIVE and words[i].text.endswith("ed") and words[j - 1].stem in nouns


def _is_said(word: Word, query: _Query) -> bool:
    """Whether a name or text says it, in another form ("rented", ``rental``), its opposite or by a code."""
    if {word.text[:1], word.text[:2]} & query.codes:  # sex = 'F'
        return True
    return any(_are_akin(form, other) for form in _forms(word) for other in query.said)


def _forms(word: Word) -> set[str]:
    """Its stem, and that of its opposite: ``paid = 0`` says "unpaid"."""
    opposites = {word.text[len(prefix) :] for prefix in english.OPPOSITE if word.text.startswith(prefix)}
    return {word.stem, *(stem(each) for each in opposites if len(each) > 3)}


def _are_akin(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) > 3 and long.startswith(short))


def _joins(condition: exp.Expr) -> bool:
    """Whether it only equates two columns."""
    sides = condition.this, condition.args.get("expression")
    return all(isinstance(each, exp.Column) for each in sides)


def _is_asked(condition: exp.Expr, stems: frozenset[str], numbers: frozenset[str]) -> bool:
    """Whether a word of the question names its column or says its value; of another query none does."""
    if isinstance(condition, exp.Exists) or condition.args.get("query"):
        return False
    for column in condition.find_all(exp.Column):
        if not stems.isdisjoint(identifier_stems(column.name)):
            return True
    for literal in condition.find_all(exp.Literal):
        if literal.name in numbers or any(word.stem in stems for word in split_text(literal.name)):
            return True
    return False
