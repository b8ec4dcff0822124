"""What is known about one question: SQL to run again, SQL not to offer again, examples for the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqloop.answer import Recalled
from sqloop.continuation import continue_statement
from sqloop.database.cancellation import Cancellation
from sqloop.database.checking.parsing import parse_statement
from sqloop.database.checking.spelling import normal
from sqloop.database.connect import Database
from sqloop.database.schema import Dialect, Schema
from sqloop.database.words import split_text
from sqloop.generation.prompts.forms import Example
from sqloop.linking.link import ValueLink, is_sure, link_values
from sqloop.linking.question import LinkedQuestion
from sqloop.memory.archive import Like
from sqloop.memory.difference import differ, say_the_same
from sqloop.memory.exchange import exchange, make_template
from sqloop.memory.nearness import Asking, share_out
from sqloop.memory.offering import REFUSED, Near, choose_offer
from sqloop.memory.opinions import Accepted, Opinion
from sqloop.memory.refusals import find_refusals
from sqloop.memory.sameness import goes_stale, share_words
from sqloop.ranking import Candidate, Proposal, rank

MOST_EXAMPLES = 3
"""As many as the model was tuned with."""

LONGEST_EXAMPLE = 1_200
"""Characters of question and SQL together; longer ones would crowd out the schema."""

ALIKE = 0.3
"""Likeness below which two questions differ in more than values."""

MOST_NEAR = 6
"""Like questions whose SQL may be offered; the first of them are the examples."""

LEAST_LIKELY = 0.02
"""Probability from which a like question is an example for another one."""

LIKELY = 0.5
"""Probability below which a like question has to be the same word for word, or in words for the same."""

SAME = 0.9
"""Probability that a question is the same as one whose words all say the same."""

Find = Callable[[str, frozenset[str]], Sequence[Like]]
"""What counts for questions like one, given the stems of its values; the likest first."""

FindRefused = Callable[[str, frozenset[str]], Sequence[Opinion]]
"""The same of questions for which SQL was refused."""


@dataclass(frozen=True)
class Offered:
    """Proposals with a vote of memory; ``sql`` is what only memory proposed, ``said`` where it is from."""

    proposals: list[Proposal]
    sql: str = ""
    said: Recalled | None = None

    def origin(self, chosen: Candidate) -> Recalled | None:
        """Where the chosen SQL is from; None where the model wrote it."""
        return self.said if chosen.sql == self.sql else None


@dataclass(frozen=True)
class Recollection:
    """What counts for ``question`` on the schema with ``fingerprint``.

    ``find`` gives like questions, ``find_refused`` those for which something was refused.
    """

    question: str = ""
    fingerprint: str = ""
    opinion: Opinion = field(default_factory=Opinion)
    find: Find = lambda question, values: ()
    find_refused: FindRefused = lambda question, values: ()

    def run(
        self, database: Database, schema: Schema, prefix: str = "", cancel: Cancellation | None = None
    ) -> tuple[Candidate, Recalled] | None:
        """The SQL that was accepted for this very question, or for it with other values, run now.

        None where there is none, where it does not run any more, where the question means another day by now,
        or where it does not continue ``prefix``. Raises UnreachableError, DatabaseError.
        """
        found = self._known() or self._exchanged(database, schema)
        if found is None:
            return None
        accepted, sql = found
        time = accepted.verdict.time.astimezone()
        continued = _continue(prefix, sql, database.dialect) if prefix.strip() else sql
        if continued is None or goes_stale(self.question, continued, time, date.today()):
            return None
        outcome = database.execute(continued, cancel)
        if outcome.status != "ok":
            return None
        others = 0 if accepted.own else accepted.users
        question = "" if sql == accepted.sql else accepted.question
        return Candidate(continued, 0.0, outcome, votes=1, share=1.0), Recalled(time, others, question)

    def _known(self) -> tuple[Accepted, str] | None:
        return next(((each, each.sql) for each in self.opinion.accepted[:1] if each.is_sure), None)

    def _exchanged(self, database: Database, schema: Schema) -> tuple[Accepted, str] | None:
        """What was accepted for the question with other values, with those of this one.

        None where nothing fits, and where what fits differs or was rejected. Raises DatabaseError.
        """
        if not self.fingerprint:
            return None
        index, dialect = database.values(), database.dialect
        links = link_values(self.question, schema, index)
        asked = make_template(self.question, links)
        found: dict[str, tuple[Accepted, str]] = {}
        for like in self.find(self.question, value_stems(self.question, links)) if asked.slots else ():
            accepted = like.accepted
            if accepted.is_sure and like.likeness >= ALIKE:
                known = make_template(accepted.question, link_values(accepted.question, schema, index))
                sql = exchange(accepted.sql, known, asked, dialect)
                if sql is not None:
                    found.setdefault(normal(sql, dialect), (accepted, sql))
        return next(iter(found.values())) if len(found) == 1 and found.keys() - self.opinion.refused else None

    def near(self, database: Database, linked: LinkedQuestion) -> tuple[Near, ...]:
        """Like questions with their SQL, the likeliest to answer this one first; at most `MOST_NEAR`.

        Only what runs on the database as it is, and names no table beyond those that the model is shown.
        """
        asking = Asking(linked, database.values())
        found: dict[str, Near] = {}
        for like in self.find(self.question, value_stems(self.question, linked.links)):
            accepted, opinion = like.accepted, like.opinion
            sql = asking.adapt(accepted.question, accepted.sql)
            likely = asking.likely(accepted.question, sql, like.likeness) * min(1.0, accepted.weight)
            if likely >= LEAST_LIKELY and not self._has_refused(sql, database.dialect):
                near = Near(accepted, sql, likely, opinion.refused, opinion.refused_digests)
                found[sql] = max(near, found.get(sql, near), key=lambda each: each.probability)
        shares = share_out({sql: near.probability for sql, near in found.items()})
        ordered = sorted(shares, key=lambda sql: -shares[sql])
        weighed = (replace(found[sql], probability=shares[sql]) for sql in ordered)
        usable = (each for each in weighed if self._is_usable(each.accepted, database, linked.schema))
        return tuple(islice(usable, MOST_NEAR))

    def offer(
        self,
        database: Database,
        linked: LinkedQuestion,
        near: Sequence[Near],
        proposals: Sequence[Proposal],
        calibration: float,
        prefix: str = "",
        cancel: Cancellation | None = None,
    ) -> Offered:
        """``proposals`` of the model, with a vote for SQL of a like question that may answer better.

        One that is like this question by the names in its SQL alone is an example and no answer: what was
        asked then may have been anything ("and why"). So is one that differs in a word which means something
        in this database (`sqloop.memory.difference`), and one with a date of then. Raises UnreachableError,
        DatabaseError.
        """
        dialect, index, whole = database.dialect, database.values(), linked.whole or linked.schema

        alike: list[Near] = []
        same: set[str] = set()
        for each in near:
            question, time = each.accepted.question, each.accepted.verdict.time.astimezone()
            stale = goes_stale(self.question, each.sql, time, date.today())
            if share_words(self.question, question) and not stale:
                like = LinkedQuestion(question, linked.schema, link_values(question, whole, index))
                if not differ(linked, like, each.sql, each.probability >= LIKELY):
                    alike.append(each)
                    same |= {each.sql} if say_the_same(linked, like, each.sql) else set()
        if len(same) == 1:  # Where two are the same and their SQL is not, one of them has to be wrong.
            alike = [each.at_least(SAME) if each.sql in same else each for each in alike]
        offer = choose_offer(rank(proposals), alike, dialect)
        if offer is None:
            return Offered(list(proposals))
        sql = _continue(prefix, offer.near.sql, dialect) if prefix.strip() else offer.near.sql
        if sql is None:
            return Offered(list(proposals))
        known = {normal(each.sql, dialect): each for each in proposals}
        written = known.get(normal(sql, dialect))
        sql = written.sql if written else sql
        outcome = written.outcome if written else database.execute(sql, cancel)
        if outcome.status != "ok":
            return Offered(list(proposals))
        left = [replace(each, cost=each.cost + REFUSED * (each.sql in offer.refused)) for each in proposals]
        accepted = offer.near.accepted
        others = 0 if accepted.own else accepted.users
        said = Recalled(accepted.verdict.time.astimezone(), others, accepted.question)
        voted = [*left, Proposal(sql, offer.score(calibration), outcome)]
        return Offered(voted) if written else Offered(voted, sql, said)

    def demote(
        self, ranking: Sequence[Candidate], database: Database, linked: LinkedQuestion
    ) -> list[Candidate]:
        """Candidates rejected for this question, also in other words, behind the others that ran."""
        like = self.find_refused(self.question, value_stems(self.question, linked.links))
        return find_refusals(self.opinion, like, linked, database).demote(ranking, database.dialect)

    def _has_refused(self, sql: str, dialect: Dialect) -> bool:
        return bool(self.opinion.refused) and normal(sql, dialect) in self.opinion.refused

    def _is_usable(self, accepted: Accepted, database: Database, shown: Schema) -> bool:
        if len(accepted.question) + len(accepted.sql) > LONGEST_EXAMPLE:
            return False
        if (
            shown.fingerprint != self.fingerprint
        ):  # A part of the schema, the only one that the model may use.
            tables = _tables(accepted.sql, shown)
            if tables is None or any(shown.table(name) is None for name in tables):
                return False
        return accepted.verdict.schema == self.fingerprint or database.prepare(accepted.sql).status == "ok"


def _continue(prefix: str, sql: str, dialect: Dialect) -> str | None:
    """``sql`` as it goes on behind ``prefix``; None where what is written begins another query."""
    continued = continue_statement(prefix, sql, dialect)
    return continued if continued and normal(continued, dialect) == normal(sql, dialect) else None


def show_examples(near: Sequence[Near]) -> tuple[Example, ...]:
    """Those that stand in the prompt, the likest last."""
    return tuple(
        Example(each.accepted.question, each.accepted.sql) for each in reversed(near[:MOST_EXAMPLES])
    )


def value_stems(question: str, links: Sequence[ValueLink]) -> frozenset[str]:
    """The stems of the words of ``question`` that are values."""
    sure = (question[link.start : link.end] for link in links if is_sure(link, question))
    return frozenset(word.stem for text in sure for word in split_text(text))


def _tables(sql: str, schema: Schema) -> set[str] | None:
    """The tables that a query names, without those that it makes itself; None where it cannot be read."""
    try:
        tree = parse_statement(sql, schema.dialect)
    except SqlglotError:
        return None
    made = {each.alias_or_name.lower() for each in tree.find_all(exp.CTE)}
    return {name for name in _names(tree) if name.lower() not in made}


def _names(tree: exp.Expr) -> Iterator[str]:
    for table in tree.find_all(exp.Table):
        if table.name:
            yield table.name
