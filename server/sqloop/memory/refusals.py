"""What was rejected for a question, or for the same question in other words, goes behind what was not.

The same in other words is what `say_the_same` says: no word of either that means something is missing in the
other. A question that differs in anything else may well have that answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqloop.database.answers import answer_key
from sqloop.database.checking.spelling import normal
from sqloop.database.connect import Database
from sqloop.database.schema import Dialect
from sqloop.feedback.kept import digest
from sqloop.linking.link import link_values
from sqloop.linking.question import LinkedQuestion
from sqloop.memory.difference import differ, say_the_same
from sqloop.memory.opinions import Opinion
from sqloop.memory.sameness import share_words
from sqloop.ranking import Candidate


@dataclass(frozen=True)
class Refusals:
    """Queries in normal spelling that are wrong for one question, with the digests of what they gave then."""

    wrong: frozenset[tuple[str, str | None]] = frozenset()

    def demote(self, ranking: Sequence[Candidate], dialect: Dialect) -> list[Candidate]:
        """Candidates that are wrong, marked, behind the others that ran; so are others with their answers.

        What a query gave then says nothing where it stands among the candidates: the data may have changed.
        """
        if not self.wrong:
            return list(ranking)
        texts = [normal(each.sql, dialect) for each in ranking]
        known = {text for text, _ in self.wrong}
        run = {text: answer_key(each.outcome) for each, text in zip(ranking, texts, strict=True) if each.ran}
        keys = {run[text] for text in known & run.keys()}
        digests = {digest for text, digest in self.wrong if text not in run}

        def is_wrong(candidate: Candidate, text: str) -> bool:
            if text in known or not candidate.ran:
                return text in known
            return run[text] in keys or digest(candidate.outcome) in digests

        marked = [
            replace(each, rejected=is_wrong(each, text)) for each, text in zip(ranking, texts, strict=True)
        ]
        return sorted(marked, key=lambda each: (not each.ran, each.rejected))


def find_refusals(
    own: Opinion, like: Iterable[Opinion], linked: LinkedQuestion, database: Database
) -> Refusals:
    """What is wrong for the question ``linked``, of which ``own`` is what was said; ``like`` is of others.

    What was accepted for the very question is right, whatever was said of others. Raises UnreachableError,
    DatabaseError.
    """
    wrong = set(own.wrong)
    right = {normal(each.sql, database.dialect) for each in own.accepted}
    answers = {each.verdict.digest for each in own.accepted}
    whole, index = linked.whole or linked.schema, database.values()
    for each in like:
        question = each.refused_for
        if share_words(linked.question, question):
            known = LinkedQuestion(question, linked.schema, link_values(question, whole, index))
            same = {sql for sql in each.refused - right if _is_same(linked, known, sql)}
            wrong |= {(sql, None if of in answers else of) for sql, of in each.wrong if sql in same}
    return Refusals(frozenset(wrong))


def _is_same(asked: LinkedQuestion, known: LinkedQuestion, sql: str) -> bool:
    return not differ(asked, known, sql) and say_the_same(asked, known, sql)
