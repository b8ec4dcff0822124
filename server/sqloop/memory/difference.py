"""Whether two like questions differ in what they ask for, by the words that only one of them has.

"Rentals per bike model" shares all words with "repairs per bike model" but the one that matters. So the words
in which they differ are held against the schema. SQL that was accepted for one is no answer to the other if

- the new question names a table or column that the SQL does not use, or a word of the glossary that it lacks;
- a text of the SQL is said by the known question alone;
- more words of the new one narrow it and have nothing in the SQL (`find_not_understood`) than the known has
  words of its own, which may be their synonyms;
- more words of the known question narrow it, or name what the SQL reads or has in a condition, than the new
  one has of its own ("clients" for "customers").

Words that mean nothing in the schema may differ as they like. Lexical, but for words of the glossary.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop import english
from sqloop.database.checking.parsing import parse_statement
from sqloop.database.tokens import code_tokens
from sqloop.database.words import Word, identifier_stems, split_text
from sqloop.explanation.notes import uses_note
from sqloop.linking.akin import are_akin, word_forms
from sqloop.linking.mentions import Mention, Target, index_names
from sqloop.linking.narrowing import find_narrowing, tells
from sqloop.linking.question import LinkedQuestion
from sqloop.linking.understanding import find_not_understood


def differ(asked: LinkedQuestion, known: LinkedQuestion, sql: str) -> bool:
    """Whether ``sql``, accepted for ``known``, cannot answer ``asked`` for a word in which they differ.

    Both are linked with the same schema; ``sql`` has the values of ``asked`` in it (`Asking.adapt`).
    """
    new, old, query = _Words(asked), _Words(known), _Used.read(sql, asked)
    return (
        any(not query.has(mention, asked.question) for mention in new.names_beyond(old))
        or _count_missing(asked, old, sql) > len(old.words_beyond(new))
        or _leaves_out_notes(asked, query)
        or any(old.says(text) and not new.is_akin(text) for text in query.texts)
        or len(set(_unmet(new, old, query))) > len(new.words_beyond(old))
    )


def _count_missing(asked: LinkedQuestion, old: _Words, sql: str) -> int:
    """Words of the new question alone that narrow it, and have nothing in ``sql``."""
    return sum(not old.says(told) for told in find_not_understood(asked, sql))


def _leaves_out_notes(asked: LinkedQuestion, query: _Used) -> bool:
    """Whether a word of the glossary that the question says has nothing in the query."""
    tree = query.tree
    return tree is None or not all(uses_note(note, tree, asked.schema) for note in asked.notes)


def _unmet(new: _Words, old: _Words, query: _Used) -> Iterator[int]:
    """Where the known question says what the SQL asks for, and the new one does not."""
    for mention in old.mentions_beyond(new):
        asked_for = [target for target in mention.targets if query.asks_for(target)]
        if asked_for and not new.means(asked_for):
            yield mention.start
    taken = [(each.start, each.end) for each in old.linked.mentions]
    taken += [(each.start, each.end) for each in old.linked.links]
    for word in find_narrowing(old.linked.words, old.linked.schema, query.stems):
        if not new.has(word) and not any(start <= word.start < end for start, end in taken):
            yield word.start


@dataclass(frozen=True)
class _Used:
    """What a query has: its ``names`` in small letters, the ``stems`` of these and of its ``texts``."""

    tree: exp.Expr | None
    names: frozenset[str]
    stems: frozenset[str]
    texts: tuple[str, ...]

    @classmethod
    def read(cls, sql: str, asked: LinkedQuestion) -> _Used:
        try:
            tree = parse_statement(sql, asked.schema.dialect)
        except SqlglotError:
            tree = None
        tokens = code_tokens(sql, asked.schema.dialect)
        names = [token.named or token.text for token in tokens if token.kind != "string"]
        texts = tuple(token.text.strip("'\"") for token in tokens if token.kind == "string")
        stems = [part for name in names for part in identifier_stems(name)]
        words = [part for text in texts for part in _stems(text)]
        return cls(tree, frozenset(map(str.casefold, names)), frozenset(stems + words), texts)

    def uses(self, target: Target) -> bool:
        return (target.column or target.table).casefold() in self.names

    def has(self, mention: Mention, question: str) -> bool:
        """Whether it uses what words of ``question`` may name, or says them in a name or text of its own."""
        said = _stems(question[mention.start : mention.end])
        return any(map(self.uses, mention.targets)) or said - english.WEAK <= self.stems

    def asks_for(self, target: Target) -> bool:
        """Whether it reads the table, or has the column in a condition or group; to show it is not enough."""
        return target.column.casefold() in self._asked_for if target.column else self.uses(target)

    @cached_property
    def _asked_for(self) -> frozenset[str]:
        clauses = self.tree.find_all(exp.Where, exp.Having, exp.Group) if self.tree else ()
        return frozenset(
            column.name.casefold() for clause in clauses for column in clause.find_all(exp.Column)
        )


@dataclass(frozen=True)
class _Words:
    """A question by its words."""

    linked: LinkedQuestion

    @cached_property
    def stems(self) -> frozenset[str]:
        """Those of all words, and of what they are the opposite of."""
        return frozenset(form for word in self.linked.words for form in word_forms(word))

    def has(self, word: Word) -> bool:
        """Whether it has a word like it: "shipping" for "shipper", "active" for "inactive"."""
        return any(are_akin(form, other) for form in word_forms(word) for other in self.stems)

    def says(self, text: str) -> bool:
        """Whether it has all words of ``text``."""
        return bool(stems := _stems(text)) and stems <= self.stems

    def is_akin(self, text: str) -> bool:
        """Whether it has words like those of ``text``: "italian" for ``'Italy'``."""
        return any(map(self.has, split_text(text)))

    def mentions_beyond(self, other: _Words) -> Iterator[Mention]:
        """What it names by telling words that the other question has not."""
        beyond = self.words_beyond(other)
        for mention in self.linked.mentions:
            if any(mention.start <= word.start < mention.end for word in beyond):
                yield mention

    def names_beyond(self, other: _Words) -> Iterator[Mention]:
        """Those of them that are a whole name, or the last word of a table's; verbs may look like a part."""
        index = index_names(self.linked.schema)
        for mention in self.mentions_beyond(other):
            stems = tuple(word.stem for word in split_text(self.linked.said(mention)))
            tables = (each.table for each in mention.targets if each.column is None)
            if index.find(stems) or any(identifier_stems(table)[-1:] == stems for table in tables):
                yield mention

    def words_beyond(self, other: _Words) -> list[Word]:
        """Words that tell what is asked for and that only it has."""
        return [word for word in self.linked.words if tells(word.text) and not other.has(word)]

    def means(self, targets: Iterable[Target]) -> bool:
        """Whether it names one of the targets, in any words; a table by any column or value of it, too."""
        return any(
            target in self._meant or (not target.column and target.table in self._tables)
            for target in targets
        )

    @cached_property
    def _meant(self) -> frozenset[Target]:
        named = [target for mention in self.linked.mentions for target in mention.targets]
        hinted = [target for targets in self.linked.hints.values() for target in targets]
        stored = [Target(match.table, match.column) for link in self.linked.links for match in link.matches]
        return frozenset((*named, *hinted, *stored))

    @cached_property
    def _tables(self) -> frozenset[str]:
        return frozenset(target.table for target in self._meant)


def _stems(text: str) -> frozenset[str]:
    return frozenset(word.stem for word in split_text(text) if word.text[0].isalnum())
