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
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from sqlglot import exp

from sqloop import english
from sqloop.database.words import Word, fold, identifier_stems, name_stems, split_text
from sqloop.linking.akin import abbreviates, are_akin, word_forms
from sqloop.linking.link import ValueLink, is_sure
from sqloop.linking.narrowing import find_graded, find_narrowing, is_let_in, join_hyphens, says_much, tells
from sqloop.linking.question import LinkedQuestion, Note
from sqloop.linking.said_query import SaidQuery, read_query
from sqloop.linking.told_values import find_months
from sqloop.linking.unsaid import find_unsaid

_NAME = re.compile(r"(?<=[^.?!:] )[A-Z][^\W\d_A-Z]+(?: [A-Z][^\W\d_A-Z]+)+")
"""A name of several words that does not begin a sentence."""


_STORED = 0.45
"""The score from which a narrowing word that is stored as it stands is missed in a query without it."""


def find_not_understood(asked: LinkedQuestion, sql: str) -> tuple[str, ...]:
    """What in the question narrows it, or is a stored value, and has nothing in ``sql`` for it, as written.

    >>> from sqloop.database.schema import Column, Schema, Table
    >>> shop = Schema("sqlite", (Table("invoice", (Column("total", "REAL", "number"),)),))
    >>> asked = LinkedQuestion("How many invoices are unpaid?", shop)
    >>> find_not_understood(asked, "SELECT COUNT(*) FROM invoice")
    ('unpaid',)
    """
    words: Sequence[Word] = join_hyphens(asked.words)
    query = read_query(sql, asked.schema)
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
    stored = _stored_starts(asked)
    narrowing = dict.fromkeys(find_narrowing(words, asked.schema, query.said, stored))
    graded = set(find_graded(words)) if query.grades else set()
    unsaid = [word for word in narrowing if word not in graded and not _is_said(word, query)]
    said = [*words, *(word for note in asked.notes for word in split_text(note.meaning))]
    others = frozenset(form for word in said if word not in unsaid for form in word_forms(word))
    # "uninsured" asks for the ``insured = 1`` that denies it.
    others |= {form for word in unsaid for form in word_forms(word) - {word.stem}}
    numbers = frozenset(word.text.replace(",", "") for word in words)
    described = frozenset(map(_stem_whole, unsaid)) & set().union(*query.described.values())
    unsaid = [word for word in unsaid if _stem_whole(word) not in described]
    stands = query.unasked(others, numbers, described)
    if len(unsaid) <= stands.parts:
        # What is stored as it stands needs no translation.
        strange = _find_strange(words, query) if not asked.links and not asked.notes else []
        unsaid = [word for word in unsaid if word.start in stored] or strange
    unsaid += [*find_unsaid(words, query, stands), *_find_missing(words, query)]
    unsaid += [*_find_half_named(words, asked.question, query), *_find_columns(asked, query)]
    places = [(each.start, each.end) for each in values] + [(each.start, each.end) for each in unsaid]
    for note in asked.notes:
        if _is_passed_over(note, query):
            places += _unsaid_places(note, asked.words, query) or note.places
    # What is named by itself is not named in a longer phrase: "shipped", not "not shipped".
    inner = {place for place in places for start, _ in places if place[0] < start < place[1]}
    found = {start: asked.question[start:end] for start, end in places if (start, end) not in inner}
    return tuple(dict.fromkeys(found[start] for start in sorted(found)))


def _is_all_strange(asked: LinkedQuestion, query: SaidQuery) -> bool:
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
    # Each may be the translation of something: "youth members" in a German schema.
    if 1 < len(telling) <= query.unasked(frozenset(), frozenset(), frozenset()).parts:
        return False
    known = query.said.union(*(query.told_of(each.name) for each in query.tree.find_all(exp.Table)))
    if any(are_akin(form, each) for word in words for form in word_forms(word) for each in known):
        return False
    if any(abbreviates(each, fold(word.text)) for word in telling for each in known):
        return False
    # Not every script has blanks between words.
    said = fold(asked.question)
    return not any(not each.isascii() and each in said for each in map(fold, (*query.names, *query.texts)))


def _find_missing(words: Sequence[Word], query: SaidQuery) -> Iterator[Word]:
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


def _find_half_named(words: Sequence[Word], question: str, query: SaidQuery) -> Iterator[Word]:
    """The "Dean" of "Dean Peeters", where a text of the query says the other half of the name."""
    told = {fold(word.text) for text in query.texts for word in split_text(text)}
    for name in _NAME.finditer(question):
        halves = [word for word in words if name.start() <= word.start < name.end()]
        # More capitals than that are a headline, no name.
        if len(halves) < 5 and not told.isdisjoint(fold(word.text) for word in halves):
            yield from (each for each in halves if not (_is_said(each, query) or _is_misspelt(each, told)))


def _is_misspelt(word: Word, told: set[str]) -> bool:
    return fold(word.text) in english.TITLES or bool(get_close_matches(fold(word.text), told))


def _find_columns(asked: LinkedQuestion, query: SaidQuery) -> Iterator[Word]:
    """The "labour cost" that a column is called in so many words, of which a query has none."""
    for mention in asked.mentions:
        said = [word for word in asked.words if mention.start <= word.start < mention.end]
        stems = tuple(word.stem for word in said)
        named = all(each.column and identifier_stems(each.column) == stems for each in mention.targets)
        if len(said) < 2 or not all(says_much(word.text) for word in said):
            continue
        if named and not any(_is_said(word, query) for word in said):
            text = asked.question[mention.start : mention.end]
            yield Word(text, mention.start, mention.end, " ".join(stems))


def _find_strange(words: Sequence[Word], query: SaidQuery) -> list[Word]:
    """All content words, where there are several and a query without any condition says none of them."""
    content = [word for word in words if says_much(word.text)]
    if len(content) < 2 or query.tree.find(exp.Where, exp.Having, exp.Join, exp.Group, exp.Order):
        return []
    tables = [each.name for each in query.tree.find_all(exp.Table)]
    if not set().union(*map(query.told_of, tables)).isdisjoint(map(_stem_whole, content)):
        return []
    known = query.said.union(*map(query.words_of, tables))
    forms = [form for word in words for form in word_forms(word)]
    short = any(abbreviates(each, fold(word.text)) for word in content for each in known)
    return [] if short or any(are_akin(form, each) for form in forms for each in known) else content


def _is_in(offset: int, places: Sequence[tuple[int, int]]) -> bool:
    return any(start <= offset < end for start, end in places)


def _unsaid_places(note: Note, words: Sequence[Word], query: SaidQuery) -> list[tuple[int, int]]:
    """The "active" of "customers who are active", where a query reads the customers."""
    left = [word for word in words if not _is_said(word, query)]
    return [place for place in note.places if any(_is_in(word.start, [place]) for word in left)]


def _is_passed_over(note: Note, query: SaidQuery) -> bool:
    """Whether a definition names tables and columns and the query none of them."""
    return bool(note.names) and query.names.isdisjoint(map(str.lower, note.names))


def _unused_values(asked: LinkedQuestion, query: SaidQuery) -> Iterator[ValueLink]:
    """Links to values that are surely meant and of which the query has no word."""
    for link in asked.links:
        said = split_text(asked.question[link.start : link.end])
        quoted = asked.question[link.start] in "\"'`“"
        if link.matches and (quoted or (_is_telling(link, said) and is_sure(link, asked.question))):
            stems = {part for match in link.matches for part in name_stems(match.value)}
            used = not stems.isdisjoint(query.said) or any(_is_said(word, query) for word in said)
            if not used:
                yield link


def _is_grouped(link: ValueLink, query: SaidQuery) -> bool:
    return any(match.column.lower() in query.grouped for match in link.matches)


def _stored_starts(asked: LinkedQuestion) -> set[int]:
    """Where words begin that are likely a value, as it is stored."""
    return {
        link.start
        for link in asked.links
        if link.score >= _STORED
        and fold(asked.question[link.start : link.end]) in {fold(match.value) for match in link.matches}
    }


def _is_telling(link: ValueLink, said: list[Word]) -> bool:
    """Whether words that are a stored value have hardly another meaning, as "Top 5" and "yes" have."""
    if any(find_months(said)):
        return False
    text = fold(said[0].text)
    plain = english.NO_NAMES | english.SET_PHRASES | (english.PLAIN if not link.start else frozenset())
    return len(said) > 1 or (len(text) > 1 and text not in plain)


def _is_said(word: Word, query: SaidQuery) -> bool:
    """Whether a name or text says it, in another form ("rented", ``rental``), its opposite or by a code."""
    text = fold(word.text)
    if {text[:1], text[:2]} & query.codes:  # sex = 'F'
        return True
    if query.counts_weekdays and text.removesuffix("s") in english.WEEKDAYS:
        return True
    if text in english.LACKING and query.finds_absence:
        return True
    if text in english.OPPOSITE and query.denies:  # "non-cancelled"
        return True
    if "-" in text:
        return all(_is_said(part, query) for part in split_text(text) if len(part.text) > 1)
    if any(abbreviates(fold(each), text) for each in query.texts if each.isupper()):  # state = 'LST'
        return True
    opposites = word_forms(word) - {word.stem}
    for other in query.said:
        contrary = not other.startswith(text[:2]) and any(are_akin(each, other) for each in opposites)
        if query.denies if contrary else are_akin(word.stem, other):
            return True
    return False


def _stem_whole(word: Word) -> str:
    """What `content_stems` has for it."""
    return fold(word.text) if "-" in word.text else word.stem
