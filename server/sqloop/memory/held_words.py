"""A question by its words, and a query by its names and texts: what two questions are held against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop import english
from sqloop.database.checking.parsing import parse_statement
from sqloop.database.tokens import code_tokens
from sqloop.database.words import Word, fold, identifier_stems, identifier_words, split_text
from sqloop.linking.akin import are_akin, word_forms
from sqloop.linking.link import ValueLink, is_sure
from sqloop.linking.mentions import Mention, Target, index_names
from sqloop.linking.narrowing import tells
from sqloop.linking.question import LinkedQuestion
from sqloop.memory.intent import is_intent

MOST_CHANGED = 3
"""Words that only one of two questions has, where one is the other with something changed. With 3, one of 96
written questions in other words loses its right SQL; with 4, six do."""


@dataclass(frozen=True)
class Used:
    """What a query has: its ``names`` in small letters, the ``stems`` of these and of its ``texts``."""

    tree: exp.Expr | None
    names: frozenset[str]
    stems: frozenset[str]
    texts: tuple[str, ...]

    @classmethod
    def read(cls, sql: str, asked: LinkedQuestion) -> Used:
        """What ``sql`` has, on the schema of ``asked``; one that cannot be parsed has no tree."""
        try:
            tree = parse_statement(sql, asked.schema.dialect)
        except SqlglotError:
            tree = None
        tokens = code_tokens(sql, asked.schema.dialect)
        names = [token.named or token.text for token in tokens if token.kind != "string"]
        texts = tuple(token.text.strip("'\"") for token in tokens if token.kind == "string")
        stems = [part for name in names for part in identifier_stems(name)]
        words = [part for text in texts for part in text_stems(text)]
        return cls(tree, frozenset(map(str.casefold, names)), frozenset(stems + words), texts)

    def uses(self, target: Target) -> bool:
        """Whether it has the name of the column, or of the table."""
        return (target.column or target.table).casefold() in self.names

    def has(self, mention: Mention, question: str) -> bool:
        """Whether it uses what words of ``question`` may name, or says them in a name or text of its own."""
        said = text_stems(question[mention.start : mention.end])
        return any(map(self.uses, mention.targets)) or said - english.WEAK <= self.stems

    def says(self, word: Word) -> bool:
        """Whether a name or text in it has a word like this."""
        return any(_same_word(form, each) for form in word_forms(word) for each in self.stems)

    def shows(self, word: Word) -> bool:
        """Whether a column with such a word in its name is shown."""
        shown = self.tree.expressions if isinstance(self.tree, exp.Select) else ()
        names = (column.name for each in shown for column in each.find_all(exp.Column))
        return any(word.stem in identifier_stems(name) for name in names)

    @cached_property
    def values(self) -> frozenset[str]:
        """Its texts in small letters."""
        return frozenset(text.strip("%").casefold() for text in self.texts)

    @property
    def excludes(self) -> bool:
        """Whether it leaves rows out for what they are or have."""
        nots = self.tree.find_all(exp.Not) if self.tree else ()
        found = self.tree is not None and self.tree.find(exp.NEQ, exp.Except) is not None
        return found or any(isinstance(each.this, exp.In | exp.Exists) for each in nots)

    @property
    def denies(self) -> bool:
        """Whether it asks for what a column is not, or has not."""
        return self.tree is not None and self.tree.find(exp.Not, exp.NEQ, exp.Is, exp.Except) is not None

    def holds(self, link: ValueLink) -> bool:
        """Whether it has a value of a link as a text."""
        return any(str(match.value).casefold() in self.values for match in link.matches)

    @cached_property
    def digits(self) -> frozenset[str]:
        """Its numbers, and its texts, which may be dates."""
        literals = self.tree.find_all(exp.Literal) if self.tree else ()
        return self.values | {str(each.this) for each in literals if not each.is_string}

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
class Words:
    """A question by its words."""

    linked: LinkedQuestion

    @cached_property
    def stems(self) -> frozenset[str]:
        """Those of all words, and of what they are the opposite of."""
        return frozenset(form for word in self.linked.words for form in word_forms(word))

    def has(self, word: Word) -> bool:
        """Whether it has a word like it: "shipping" for "shipper", "active" for "inactive"."""
        return any(are_akin(form, other) for form in word_forms(word) for other in self.stems)

    def is_changed(self, other: Words) -> bool:
        """Whether it is in the words of the ``other`` but for a few, or with some more or less of them: then
        these are meant to differ."""
        mine, its = text_stems(self.linked.question), text_stems(other.linked.question)
        more, less = len(mine - its), len(its - mine)
        return max(more, less) <= MOST_CHANGED or not min(more, less)

    def says(self, text: str) -> bool:
        """Whether it has all words of ``text``."""
        return bool(stems := text_stems(text)) and stems <= self.stems

    def is_akin(self, text: str) -> bool:
        """Whether it has words like those of ``text``: "italian" for ``'Italy'``."""
        return any(map(self.has, split_text(text)))

    def mentions_beyond(self, other: Words) -> Iterator[Mention]:
        """What it names by telling words that the other question has not."""
        beyond = self.words_beyond(other)
        for mention in self.linked.mentions:
            if any(mention.start <= word.start < mention.end for word in beyond):
                yield mention

    def names_beyond(self, other: Words) -> Iterator[Mention]:
        """Those of them that are a whole name, or the last word of a table's; verbs may look like a part."""
        index = index_names(self.linked.schema)
        for mention in self.mentions_beyond(other):
            stems = tuple(word.stem for word in split_text(self.linked.said(mention)))
            tables = (each.table for each in mention.targets if each.column is None)
            if index.find(stems) or any(identifier_stems(table)[-1:] == stems for table in tables):
                yield mention

    def words_beyond(self, other: Words) -> list[Word]:
        """Words that tell what is asked for and that only it has."""
        return [word for word in self.linked.words if tells(word.text) and not other.has(word)]

    def own_words(self, other: Words, query: Used) -> list[Word]:
        """Its words beyond the ``other``, names of columns that look like words of every question among them.

        Without values, which were exchanged or are looked for otherwise, and what `intent` reads.
        """
        wins = any(fold(word.text) in english.WINNING for word in other.linked.words)
        forms = {form for word in other.linked.words for form in word_forms(word)}
        return [
            word
            for word in self.linked.words
            if self._tells(word)
            and not self._is_value(word, query)
            and not (wins and fold(word.text) in english.WINNING)
            and not any(_same_word(each, form) for each in word_forms(word) for form in forms)
        ]

    def _tells(self, word: Word) -> bool:
        small = fold(word.text)
        column = any(target.column for target in self.named_at(word)) and word.stem not in english.KEY_WORDS
        return not is_intent(small) and (
            tells(small) or small in english.WINNING or (column and len(small) > 2)
        )

    def _is_value(self, word: Word, query: Used) -> bool:
        links = (link for link in self.linked.links if link.start <= word.start < link.end)
        return any(
            (is_sure(link, self.linked.question) or self.is_stored(link))
            and (not query.says(word) or query.holds(link))
            for link in links
        )

    def is_stored(self, link: ValueLink) -> bool:
        """Whether the words of a link are all of a value."""
        return any(
            text_stems(str(match.value)) == text_stems(self.linked.said(link)) for match in link.matches
        )

    def named_at(self, word: Word) -> tuple[Target, ...]:
        """What a word is the name of, or a part of it."""
        return next((m.targets for m in self.linked.mentions if m.start <= word.start < m.end), ())

    def names_table(self, word: Word) -> bool:
        """Whether a word is the name of a table, or the last word of it."""
        tables = self.linked.schema.tables
        return any(identifier_stems(table.name)[-1:] == (word.stem,) for table in tables)

    def names_column(self, word: Word) -> bool:
        """Whether a word stands so in the name of a column, and names no table."""
        targets, text = self.named_at(word), fold(word.text)
        parts = {part for target in targets for part in identifier_words(target.column or "")}
        return all(target.column for target in targets) and not parts.isdisjoint(
            {text, text.removesuffix("s")}
        )

    @cached_property
    def tables(self) -> list[frozenset[Target]]:
        """The tables that it names, in their order; "authors born" names one, too."""
        found: list[frozenset[Target]] = []
        for mention in self.linked.mentions:
            first = split_text(self.linked.said(mention))[0].stem
            named = (table.name for table in self.linked.schema.tables)
            own = [Target(name, None) for name in named if identifier_stems(name)[-1:] == (first,)]
            tables = [target for target in mention.targets if target.column is None] or own
            found += [frozenset(tables)] if tables else []
        return found

    def targets_at(self, word: Word) -> tuple[Target, ...]:
        """What a word may name or hint at."""
        return self.named_at(word) or self.linked.hints.get(word.end, ())

    @cached_property
    def places(self) -> dict[str, str]:
        """The values with the word before each."""
        words = self.linked.words
        ends = {after.start: fold(before.text) for before, after in pairwise(words)}
        return {str(link.value).casefold(): ends.get(link.start, "") for link in self.linked.links}

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


def text_stems(text: str) -> frozenset[str]:
    """The stems of the words of a text."""
    return frozenset(word.stem for word in split_text(text) if word.text[0].isalnum())


def _same_word(one: str, other: str) -> bool:
    """Whether two stems begin alike: "ship" and "shipper", not "door" and "outdoor"."""
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) > 3 and long.startswith(short.rstrip("ei")))
