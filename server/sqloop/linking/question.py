"""What the words of a question mean: everything that linking finds, found once by `link_question`.

Prompt forms, ranking (`sqloop.linking.wording`), what was not understood (`sqloop.linking.understanding`) and
the trainer all take the same `LinkedQuestion`; none of them looks for values, tables or columns by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from sqloop.database.knowledge.value_index import ValueIndex
from sqloop.database.schema import Schema
from sqloop.database.words import Word, fold, split_text
from sqloop.linking.hints import find_hints, mentioned_tables
from sqloop.linking.link import ValueLink, is_sure, link_values
from sqloop.linking.mentions import Mention, Room, Target, find_mentions, focus, index_names, with_handles
from sqloop.linking.short_names import ShortName, find_short_names


@dataclass(frozen=True)
class Note:
    """What a word of the user's own means here: ``meaning`` is plain words or SQL with the schema's names.

    ``places`` are where a question says it, as offsets; ``names`` are the columns and tables in a meaning
    that is SQL.
    """

    name: str
    meaning: str
    places: tuple[tuple[int, int], ...] = field(default=(), compare=False)
    names: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class LinkedQuestion:
    """A question, the part of the ``schema`` that its prompt shows, its values, and words of the glossary.

    ``whole`` is the schema that it is a part of, None where it is all.
    """

    question: str
    schema: Schema
    links: tuple[ValueLink, ...] = ()
    notes: tuple[Note, ...] = ()
    whole: Schema | None = None

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The words and punctuation marks, with their places."""
        return tuple(split_text(self.question))

    @cached_property
    def mentions(self) -> tuple[Mention, ...]:
        """The tables and columns that words name."""
        return find_mentions(self.question, index_names(self.schema), self.links)

    @cached_property
    def short_names(self) -> tuple[ShortName, ...]:
        """The tables with short names that words spell out; words that are surely a value spell none."""
        known = [(each.start, each.end) for each in self.links if is_sure(each, self.question)]
        return find_short_names(self.words, self.whole or self.schema, known)

    @cached_property
    def hints(self) -> dict[int, tuple[Target, ...]]:
        """The columns that words hint at, by the end of the word."""
        return find_hints(self.question, self.schema, self.mentions, self.links)

    @cached_property
    def order(self) -> dict[str, int]:
        """The place of each table: those that are named first."""
        tables = mentioned_tables(self.schema, self.mentions, self.links)
        return {table.name: place for place, table in enumerate(tables)}

    @property
    def names_any(self) -> bool:
        """Whether any of its words means something in this database."""
        return bool(self.links or self.notes or self.mentions or any(self.hints.values()))

    def said(self, link: ValueLink | Mention) -> str:
        """The words of a link or mention."""
        return self.question[link.start : link.end]


def link_question(
    question: str,
    schema: Schema,
    index: ValueIndex,
    notes: Sequence[Note] = (),
    room: Callable[[Schema], Room | None] = with_handles,
) -> LinkedQuestion:
    """What ``question`` means on ``schema``, whose text values are in ``index``.

    Names in the meaning of a note and short names count as if the question had said them; a note that is said
    only within a stored value ("new" in "New York") is none. ``room`` tells how much of a schema a prompt
    shows (`PromptForm.room`).
    """
    links = link_values(question, schema, index)
    values = [(each.start, each.end) for each in links if _is_stored(each, question)]
    notes = [
        note for note in notes if not note.places or not all(_is_within(each, values) for each in note.places)
    ]
    linked = LinkedQuestion(question, schema, links, tuple(notes))
    names = [each.table for each in linked.short_names]
    shown = focus(schema, " ".join([question, *(note.meaning for note in notes), *names]), links, room)
    return linked if shown is schema else replace(linked, schema=shown, whole=schema)


def _is_stored(link: ValueLink, question: str) -> bool:
    """Whether the words are a value as it is stored, but for case and accents."""
    said = fold(question[link.start : link.end])
    return any(fold(match.value) == said for match in link.matches)


def _is_within(place: tuple[int, int], values: Sequence[tuple[int, int]]) -> bool:
    """Whether a place is a part of a longer one."""
    return any(start <= place[0] and place[1] <= end and (start, end) != place for start, end in values)
