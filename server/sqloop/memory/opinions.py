"""Whose word counts: for one question the SQL that is right, the newest first, and the SQL that is not.

The last thing that a user said of a query is their opinion of it. An edit calls its SQL right and, where it
gave another answer, what had been shown wrong; of what was shown once, a user calls one query right at most.

A user's own word goes before those of others. Of others at least two have to agree, and more than object: one
of them cannot fill the memory of a team, however much they accept. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlglot.errors import SqlglotError

from sqloop.database.checking.parsing import parse_statement, write_statement
from sqloop.database.schema import Dialect
from sqloop.feedback.verdicts import Verdict

VOICES = 2
"""Users who have to agree where the one who asks has said nothing."""


@dataclass(frozen=True)
class Accepted:
    """SQL that answers ``question``; ``verdict`` is the newest that says so, ``users`` how many do.

    ``own``: whoever asks is one of them.
    """

    verdict: Verdict
    users: int
    own: bool

    @property
    def question(self) -> str:
        """As it was asked then."""
        return self.verdict.question

    @property
    def sql(self) -> str:
        """As it was accepted."""
        return self.verdict.sql


@dataclass(frozen=True)
class Opinion:
    """What counts for one question: ``accepted`` the best first; ``refused`` are normal texts."""

    accepted: tuple[Accepted, ...] = ()
    refused: frozenset[str] = frozenset()
    refused_digests: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Word:
    right: bool
    digest: str | None
    verdict: Verdict


def weigh(verdicts: Iterable[Verdict], user: str, dialect: Dialect) -> Opinion:
    """What counts for ``user``; the verdicts on one question come in the order of their arrival."""
    by_user: dict[str, list[Verdict]] = {}
    spelled: set[str] = set()
    for verdict in verdicts:
        by_user.setdefault(verdict.user, []).append(verdict)
        spelled |= {verdict.sql, verdict.shown_sql or verdict.sql}
    # Parsing takes a while: one text need not be compared with any other.
    spell = (lambda sql: normal(sql, dialect)) if len(spelled) > 1 else str
    words = {name: _hold(said, spell) for name, said in by_user.items()}
    own = words.pop(user, {})
    texts = dict.fromkeys(text for each in (own, *words.values()) for text in each)
    accepted: list[Accepted] = []
    refused: list[tuple[str, str | None]] = []
    for text in texts:
        others = [each[text] for each in words.values() if text in each]
        right = _decide(own.get(text), others)
        if right is True:
            agree = [each for each in (own.get(text), *others) if each is not None and each.right]
            newest = own[text] if text in own else max(agree, key=lambda each: each.verdict.number)
            accepted.append(Accepted(newest.verdict, len(agree), text in own))
        elif right is False:
            refused += [(text, each.digest) for each in (own.get(text), *others) if each and not each.right]
    accepted.sort(key=lambda each: (each.own, each.verdict.number), reverse=True)
    kept = {each.verdict.digest for each in accepted}
    return Opinion(
        tuple(accepted),
        frozenset(normal(text, dialect) for text, _ in refused),
        frozenset(digest for _, digest in refused if digest is not None and digest not in kept),
    )


@lru_cache(maxsize=4_096)
def normal(sql: str, dialect: Dialect) -> str:
    """``sql`` as two texts share it that differ in layout only.

    >>> normal("select  a from t;", "sqlite")
    'SELECT a FROM t'
    """
    try:
        return write_statement(parse_statement(sql, dialect), dialect)
    except SqlglotError:
        return " ".join(sql.split()).rstrip("; ")


def _hold(verdicts: Sequence[Verdict], spell: Callable[[str], str]) -> dict[str, _Word]:
    """The opinions of one user by the text of the SQL that they are about, as ``spell`` writes it."""
    words: dict[str, _Word] = {}
    for verdict in verdicts:
        text = spell(verdict.sql)
        shown = spell(verdict.shown_sql) if verdict.shown_sql else None
        if verdict.kind != "rejected" or text == shown:
            for other in [key for key, each in words.items() if each.right and _same_shown(each, verdict)]:
                del words[other]
        if verdict.kind == "edited" and shown not in (None, text) and verdict.digest != verdict.shown_digest:
            assert shown is not None
            words[shown] = _Word(False, verdict.shown_digest, verdict)
        words.pop(text, None)
        words[text] = _Word(verdict.kind != "rejected", verdict.digest, verdict)
    return words


def _same_shown(word: _Word, verdict: Verdict) -> bool:
    return word.verdict.shown == verdict.shown


def _decide(own: _Word | None, others: Sequence[_Word]) -> bool | None:
    """Right, wrong, or None where nobody's word is enough."""
    if own is not None:
        return own.right
    right = sum(word.right for word in others)
    wrong = len(others) - right
    if max(right, wrong) < VOICES or right == wrong:
        return None
    return right > wrong
