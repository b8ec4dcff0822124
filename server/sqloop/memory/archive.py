"""All that was said on one database: by question for the same one, by words for like ones."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqloop.database.engines.registry import dialect_of
from sqloop.database.schema import Dialect
from sqloop.feedback.verdicts import Verdict
from sqloop.memory.index import Index, index_words, literal_stems, named_stems
from sqloop.memory.opinions import Accepted, Opinion, weigh
from sqloop.memory.sameness import Key, question_key

LIKE = 0.03
"""Likeness of words from which a question is looked at: the same one in other words may share few."""

MOST_WEIGHED = 64
"""Verdicts of one user on one question, the newest: what a script repeats costs nobody time."""

MOST_TRIED = 32
"""Like questions that are looked at for examples."""


@dataclass(frozen=True)
class Like:
    """What counts for a question whose words are so like those of another one, 0 to 1."""

    likeness: float
    opinion: Opinion

    @property
    def accepted(self) -> Accepted:
        """The best that was accepted for it."""
        return self.opinion.accepted[0]


class Archive:
    """The verdicts on one database as ``user`` sees them. Not safe for several threads."""

    def __init__(self, user: str, dialect: Dialect) -> None:
        self._user, self._dialect = user, dialect
        self._said: dict[Key, dict[str, deque[Verdict]]] = {}
        self._index: Index[Key] = Index()

    def __len__(self) -> int:
        """How many questions are known by which others may be answered."""
        return len(self._index)

    def add(self, verdicts: Iterable[Verdict]) -> None:
        """Take verdicts in, in the order of their arrival."""
        for verdict in verdicts:
            key = question_key(verdict.question)
            if not key:
                continue
            users = self._said.setdefault(key, {})
            users.setdefault(verdict.user, deque(maxlen=MOST_WEIGHED)).append(verdict)
            if self._user in users or len(users) > 1:  # Nobody else's single word is worth finding.
                words = index_words(verdict.question, literal_stems(verdict.sql))
                self._index.add(key, words, named_stems(verdict.sql))

    def about(self, key: Key) -> Opinion:
        """What counts for a question."""
        users = self._said.get(key, {})
        verdicts = sorted((each for said in users.values() for each in said), key=lambda each: each.number)
        return weigh(verdicts, self._user, self._dialect)

    def like(self, question: str, values: frozenset[str]) -> Iterator[Like]:
        """What counts for questions like ``question``, the likest first; never for the same one."""
        return (each for each in self._like(question, values) if each.opinion.accepted)

    def like_refused(self, question: str, values: frozenset[str]) -> Iterator[Opinion]:
        """The same of questions for which SQL was refused."""
        return (each.opinion for each in self._like(question, values) if each.opinion.refused)

    def _like(self, question: str, values: frozenset[str]) -> Iterator[Like]:
        own = question_key(question)
        for likeness, key in self._index.like(index_words(question, values), LIKE)[:MOST_TRIED]:
            if key != own:
                yield Like(likeness, self.about(key))

    def in_use(self) -> set[str]:
        """The ids of the verdicts by which a question would be answered today."""
        best = (self.about(key).accepted[:1] for key in self._said)
        return {accepted.verdict.id for each in best for accepted in each if accepted.is_sure}


def find_in_use(verdicts: Iterable[Verdict], user: str) -> set[str]:
    """The ids of the verdicts, of any database, by which ``user``'s questions would be answered today.

    Whether their SQL still runs is found out when it is needed.
    """
    archives: dict[str, Archive] = {}
    for verdict in verdicts:
        dialect = dialect_of(verdict.database) or "sqlite"
        archives.setdefault(verdict.database, Archive(user, dialect)).add([verdict])
    return {id for archive in archives.values() for id in archive.in_use()}
