"""Whose word counts: for one question the SQL that is right, the newest first, and the SQL that is not.

The last thing that a user said of a query is their opinion of it. An edit calls its SQL right and, where it
gave another answer, what had been shown wrong; of what was shown once, a user calls one query right at most.
What an editor inferred (`sqloop.feedback.evidence`) never changes what was said; twice inferred of two
suggestions, it is as good.

A user's own word goes before those of others. Of others at least two have to agree, with the weight of two
acceptances and more than objects: one of them cannot fill the memory of a team, however much they accept.
Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqloop.database.checking.spelling import normal
from sqloop.database.schema import Dialect
from sqloop.feedback.evidence import SURE
from sqloop.feedback.verdicts import Verdict

VOICES = 2
"""Users who have to agree where the one who asks has said nothing."""


@dataclass(frozen=True)
class Accepted:
    """SQL that answers ``question``; ``verdict`` is the newest that says so, ``users`` how many do.

    ``own``: whoever asks is one of them. ``weight`` is that of all who say so.
    """

    verdict: Verdict
    users: int
    own: bool
    weight: float = SURE

    @property
    def is_sure(self) -> bool:
        """Whether it answers its question without the model; else it is an example for the model."""
        return self.weight >= SURE

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
    """What counts for one question: ``accepted`` the best first, the sure before the others.

    ``wrong`` are texts in normal spelling with the digests of what they gave then, None for an answer that is
    right by other SQL; ``refused_for`` is the question as it was asked when the last was refused.
    """

    accepted: tuple[Accepted, ...] = ()
    wrong: frozenset[tuple[str, str | None]] = frozenset()
    refused_for: str = ""

    @property
    def refused(self) -> frozenset[str]:
        """Texts that are wrong."""
        return frozenset(text for text, _ in self.wrong)

    @property
    def refused_digests(self) -> frozenset[str]:
        """Digests of wrong answers."""
        return frozenset(digest for _, digest in self.wrong if digest is not None)


@dataclass(frozen=True)
class _Word:
    right: bool
    digest: str | None
    verdict: Verdict
    weight: float

    @property
    def said(self) -> bool:
        """Whether somebody said it."""
        return self.verdict.weight >= SURE


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
    refused: list[tuple[str, _Word]] = []
    for text in texts:
        mine, others = own.get(text), [each[text] for each in words.values() if text in each]
        right = _decide(mine, others)
        agree = [each for each in (mine, *others) if each is not None and each.right is right]
        if right is True:
            newest = mine if mine in agree else max(agree, key=lambda each: each.verdict.number)
            assert newest is not None
            weight = sum(each.weight for each in agree)
            accepted.append(Accepted(newest.verdict, len(agree), newest is mine, weight))
        elif right is False:
            refused += [(text, each) for each in agree]
    accepted.sort(key=lambda each: (each.is_sure, each.own, each.verdict.number), reverse=True)
    kept = {each.verdict.digest for each in accepted}
    return Opinion(
        tuple(accepted),
        frozenset(
            (normal(text, dialect), None if each.digest in kept else each.digest) for text, each in refused
        ),
        max(refused, key=lambda each: each[1].verdict.number)[1].verdict.question if refused else "",
    )


def _hold(verdicts: Sequence[Verdict], spell: Callable[[str], str]) -> dict[str, _Word]:
    """The opinions of one user by the text of the SQL that they are about, as ``spell`` writes it."""
    words: dict[str, _Word] = {}
    for verdict in verdicts:
        text = spell(verdict.sql)
        shown = spell(verdict.shown_sql) if verdict.shown_sql else None
        if verdict.weight < SURE and any(
            each.said and (key == text or (each.right and _same_shown(each, verdict)))
            for key, each in words.items()
        ):
            continue
        if verdict.kind != "rejected" or text == shown:
            for other in [key for key, each in words.items() if each.right and _same_shown(each, verdict)]:
                del words[other]
        if verdict.kind == "edited" and shown not in (None, text) and verdict.digest != verdict.shown_digest:
            assert shown is not None
            words[shown] = _Word(False, verdict.shown_digest, verdict, verdict.weight)
        words[text] = _add_up(words.pop(text, None), verdict)
    return words


def _add_up(before: _Word | None, verdict: Verdict) -> _Word:
    """A verdict as a word, heavier where the same was inferred ``before`` of another suggestion."""
    right, weight = verdict.kind != "rejected", verdict.weight
    if weight < SURE and before and before.right == right and not _same_shown(before, verdict):
        weight = min(SURE, weight + before.weight)
    return _Word(right, verdict.digest, verdict, weight)


def _same_shown(word: _Word, verdict: Verdict) -> bool:
    return word.verdict.shown == verdict.shown


def _decide(own: _Word | None, others: Sequence[_Word]) -> bool | None:
    """Right, wrong, or None where nobody's word is enough."""
    if own is not None and own.weight >= SURE:
        return own.right
    sides = {side: [word.weight for word in others if word.right is side] for side in (True, False)}
    right, wrong = sum(sides[True]), sum(sides[False])
    agreed = right > wrong
    if right != wrong and len(sides[agreed]) >= VOICES and sum(sides[agreed]) >= VOICES * SURE:
        return agreed
    return own.right if own is not None else None
