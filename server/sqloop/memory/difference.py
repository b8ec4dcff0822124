"""Whether two like questions differ in what they ask for, by the words that only one of them has.

"Rentals per bike model" shares all words with "repairs per bike model" but the one that matters. So the words
in which they differ are held against the schema. SQL that was accepted for one is no answer to the other if

- the new question names a table or column that the SQL does not use, or a word of the glossary that it lacks;
- a text of the SQL is said by the known question alone;
- more words of the new one narrow it and have nothing in the SQL (`find_not_understood`) than the known has
  words of its own, which may be their synonyms;
- only the new question names a value that is stored, and the SQL does not hold it;
- the SQL holds a number that only the known question says, or leaves out what only one of them denies;
- both are in the same words but for a few, and those ask for something else (`sqloop.memory.intent`) or stand
  for others: "ordered" for "shipped", "teams per player" for "players per team";
- more words of the known question narrow it, or name what the SQL reads or has in a condition, than the new
  one has of its own ("clients" for "customers").

Words that mean nothing in the schema may differ as they like. Lexical, but for words of the glossary.
"""

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
from sqloop.database.words import Word, fold, identifier_stems, split_text
from sqloop.explanation.notes import uses_note
from sqloop.linking.akin import are_akin, word_forms
from sqloop.linking.link import is_sure
from sqloop.linking.mentions import Mention, Target, index_names
from sqloop.linking.narrowing import find_narrowing, tells
from sqloop.linking.question import LinkedQuestion
from sqloop.linking.understanding import find_not_understood
from sqloop.memory.intent import intents_differ, is_intent, one_denies, read_intent, surely_differ

MOST_CHANGED = 3
"""Words that only one of two questions has, where one is the other with something changed. With 3, one of 96
written questions in other words loses its right SQL; with 4, six do."""


def differ(asked: LinkedQuestion, known: LinkedQuestion, sql: str, likely: bool = True) -> bool:
    """Whether ``sql``, accepted for ``known``, cannot answer ``asked`` for a word in which they differ.

    Both are linked with the same schema; ``sql`` has the values of ``asked`` in it (`Asking.adapt`). Where
    it is not ``likely`` that both are the same, words count that likely ones may differ in.
    """
    new, old, query = _Words(asked), _Words(known), _Used.read(sql, asked)
    return (
        surely_differ(asked.question, known.question)
        or ((not likely or new.is_changed(old)) and _is_meant_otherwise(new, old, query))
        or _leaves_out_values(new, old, query)
        or _keeps_numbers(asked, known, query)
        or (query.excludes and one_denies(asked.question, known.question))
        or any(not query.has(mention, asked.question) for mention in new.names_beyond(old))
        or _count_missing(asked, old, sql) > len(old.words_beyond(new))
        or _leaves_out_notes(asked, query)
        or any(old.says(text) and not new.is_akin(text) for text in query.texts)
        or len(set(_unmet(new, old, query))) > len(new.words_beyond(old))
    )


def _is_meant_otherwise(new: _Words, old: _Words, query: _Used) -> bool:
    """Whether questions in nearly the same words differ in any that counts."""
    return (
        intents_differ(new.linked.question, old.linked.question, query.tree)
        or _is_put_for_another(new, old, query)
        or _asks_for_part(new, old, query)
        or _turns_round(new, old)
        or _is_about_another(new, old)
    )


def _is_put_for_another(new: _Words, old: _Words, query: _Used) -> bool:
    """Whether words stand in the place of others that do not mean the same: "shipped" for "ordered".

    The name of a table may be said in any words ("clients"). A word of the known question that the query has,
    or for which the new one has another word, has to be meant by that.
    """
    put = new.own_words(old, query)
    meant = [targets for word in put if (targets := new.targets_at(word))]
    other_table = any(map(new.names_table, put))
    for word in old.own_words(new, query):
        targets = old.targets_at(word)
        is_meant = (old.names_table(word) and not other_table) or any(
            set(each) <= set(targets) or each[0] in old.named_at(word) for each in meant
        )
        if not is_meant and (put or query.says(word)):
            return True
    return any(new.measures(word) and not any(map(query.uses, new.targets_at(word))) for word in put)


def _is_about_another(new: _Words, old: _Words) -> bool:
    """Whether another table comes first: "guests with bookings" are no "bookings of guests"."""
    said = [read_intent(each.linked.question) for each in (new, old)]
    if not (new.tables and old.tables) or any(each.grouped for each in said):
        return False
    first, before = new.tables[0], old.tables[0]
    both = first in old.tables and before in new.tables
    return first.isdisjoint(before) and (both or all(each.counts for each in said))


def _asks_for_part(new: _Words, old: _Words, query: _Used) -> bool:
    """Whether the new question asks for something of what the known one asks for: "the area of the halls"."""
    words = new.linked.words
    of = next((i for i, word in enumerate(words[:5]) if word.text == "of"), 0)
    head = words[of - 1] if of else None
    if head is None or old.has(head) or is_intent(head.text) or is_intent(f"{head.text} of"):
        return False
    named = tells(head.text) or fold(head.text) in english.WEAK_COLUMNS
    return named and not query.shows(head)


def _leaves_out_values(new: _Words, old: _Words, query: _Used) -> bool:
    """Whether a stored value that only the new question says is not in the query."""
    return any(
        any(_stems(str(match.value)) == _stems(new.linked.said(link)) for match in link.matches)
        and not any(str(match.value).casefold() in query.values for match in link.matches)
        for link in new.linked.links
        if any(link.start <= word.start < link.end and not old.has(word) for word in new.linked.words)
    )


def _keeps_numbers(asked: LinkedQuestion, known: LinkedQuestion, query: _Used) -> bool:
    """Whether the query has a number that only the known question says; 0 and 1 may be said otherwise."""
    new, old = (read_intent(each.question).digits for each in (asked, known))
    return not query.digits.isdisjoint(old - new - {"0", "1"})


def _turns_round(new: _Words, old: _Words) -> bool:
    """Whether a value that both say has another place: "to Oslo" and "from Oslo"."""
    places, before = new.places, old.places
    return any(
        {places[value], before[value]} in english.OPPOSED_PLACES for value in places.keys() & before.keys()
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

    def says(self, word: Word) -> bool:
        """Whether a name or text in it has a word like this."""
        return any(are_akin(form, each) for form in word_forms(word) for each in self.stems)

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

    def is_changed(self, other: _Words) -> bool:
        """Whether it is in the words of the ``other`` but for a few, or with some more or less of them: then
        these are meant to differ."""
        mine, its = _stems(self.linked.question), _stems(other.linked.question)
        more, less = len(mine - its), len(its - mine)
        return max(more, less) <= MOST_CHANGED or not min(more, less)

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

    def own_words(self, other: _Words, query: _Used) -> list[Word]:
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

    def _is_value(self, word: Word, query: _Used) -> bool:
        links = (link for link in self.linked.links if link.start <= word.start < link.end)
        return any(
            is_sure(link, self.linked.question)
            and (
                not query.says(word)
                or any(str(match.value).casefold() in query.values for match in link.matches)
            )
            for link in links
        )

    def named_at(self, word: Word) -> tuple[Target, ...]:
        return next((m.targets for m in self.linked.mentions if m.start <= word.start < m.end), ())

    def names_table(self, word: Word) -> bool:
        """Whether a word is the name of a table, or the last word of it."""
        tables = self.linked.schema.tables
        return any(identifier_stems(table.name)[-1:] == (word.stem,) for table in tables)

    def measures(self, word: Word) -> bool:
        """Whether a word is the name of a column of numbers, or a part of it."""
        columns = [
            table.column(target.column)
            for target in self.named_at(word)
            if target.column and (table := self.linked.schema.table(target.table))
        ]
        return bool(columns) and all(column is not None and column.kind == "number" for column in columns)

    @cached_property
    def tables(self) -> list[frozenset[Target]]:
        """The tables that it names, in their order."""
        tables = (
            frozenset(target for target in mention.targets if target.column is None)
            for mention in self.linked.mentions
        )
        return [each for each in tables if each]

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


def _stems(text: str) -> frozenset[str]:
    return frozenset(word.stem for word in split_text(text) if word.text[0].isalnum())


def _same_word(one: str, other: str) -> bool:
    """Whether two stems begin alike: "ship" and "shipper", not "door" and "outdoor"."""
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) > 3 and long.startswith(short.rstrip("ei")))
