"""Questions as texts: a part of one exchanged, what takes its place, the mark at its end."""

from __future__ import annotations

import re

from sqloop import english
from sqloop.generation.prompts.forms import FollowUp
from sqloop.generation.prompts.told_text import one_line

PLACE = r"(?:in|for|from|of|at|by|on|to|with|about)"
_OTHER = re.compile(
    r"^(?:(?:ok(?:ay)?|and|now|then|but)[,\s]+)*"
    r"(?:(?:(?:what|how)\s+about|(?:the\s+)?same(?:\s+(?!for\b)\w+)?(?:\s+again)?(?:\s+for|(?=\s+(?:in|with|of)\b))"
    r"|do\s+(?:it|that|the\s+same)\s+for|make\s+(?:it|that)"
    r"|what\s+(?:is|was|were|are)\s+(?:it|that|they)(?=\s+(?:in|for|the)\b)"
    r"|how\s+(?:many|much)(?:\s+(?:is|are|was|were)(?:\s+(?:it|there|they|that))?)?(?=\s+(?:in|for|from|of|at|on)\b))\s+)?"
    rf"(?:the\s+)?(?:ones\s+)?(?:{PLACE}\s+)?(?:(?:the|an?)\s+)?(?P<value>.+?)(?:\s+(?:instead|please|pls|now|too))*$",
    re.IGNORECASE,
)
_FILLER = ("ok", "okay", "hm", "hmm", "so", "now", "then", "please", "yes", "yeah")
_SAID = ("right", "good", "great", "fine", "nice", "cool", "perfect", "alright", "thanks", "thank you")
"""These with a mark behind them: "good pieces" are pieces."""
_LOWERED = (
    english.PLAIN
    | english.QUESTION
    | frozenset("add put leave take drop skip keep same exclude remove sort split break group".split())
)
"""Words that are no name where they begin a sentence."""
_SAYS_OTHER = re.compile(
    r"^(?:ok(?:ay)?[,\s]+)?(?:and|but|now|then|what|how|do|make|(?:the\s+)?same)\b|\binstead$", re.IGNORECASE
)


def said_instead(text: str) -> str | None:
    """What a follow-up puts in the place of something; None where it does not say that it does.

    >>> said_instead("and in Oslo"), said_instead("what about the unpaid ones"), said_instead("only Oslo")
    ('Oslo', 'unpaid ones', None)
    """
    found = _OTHER.match(text)
    return found["value"] if found and _SAYS_OTHER.search(text) else None


def put(question: str, place: tuple[int, int], text: str) -> str:
    """The question with another text from place to place."""
    return f"{question[: place[0]]}{text}{question[place[1] :]}"


def without_filler(text: str, *more: str) -> str:
    """A follow-up without what leads to it and says nothing; ``more`` are further words of that kind.

    >>> without_filler("Ok, could you add the price please"), without_filler("and by city", "and")
    ('add the price', 'by city')
    """
    words = "|".join(map(re.escape, (*_FILLER, *more)))
    bare = re.sub(
        rf"^(?:(?:{words})(?:[,.!\s]+|$)|(?:{'|'.join(_SAID)})[,.!]+\s*)+", "", text, flags=re.IGNORECASE
    )
    bare = re.sub(
        r"^(?:I(?:['’]\w+)?\b[^,.]*[,.]\s*)?(?:can|could|would)\s+you\s+(?:please\s+)?",
        "",
        bare,
        flags=re.IGNORECASE,
    )
    return re.sub(r"[,\s]+(?:please|pls)$", "", bare, flags=re.IGNORECASE) or text


def lower_start(text: str) -> str:
    """A text as it goes on behind a comma.

    >>> lower_start("Only the paid ones"), lower_start("Oslo too"), lower_start("I mean Oslo")
    ('only the paid ones', 'Oslo too', 'I mean Oslo')
    """
    first = text.partition(" ")[0]
    return lower_first(text) if first != "I" and first.lower() in _LOWERED else text


def lower_first(text: str) -> str:
    """A text with a small letter at its beginning."""
    return text[:1].lower() + text[1:]


def mark_of(question: str) -> str:
    """The mark at its end; empty where it has none."""
    return question[-1] if question[-1:] in ("?", "!", ".") else ""


def without_mark(question: str) -> str:
    """The question without the mark at its end."""
    return question.rstrip("?!. ")


def put_together(follow_up: FollowUp) -> str:
    """Both texts as one question, in the words of their user.

    >>> put_together(FollowUp("only 2023", "How many orders?", ""))
    'How many orders, only 2023?'
    >>> put_together(FollowUp("and the total instead", "How many orders?", ""))
    'How many orders, the total instead?'
    """
    question, text = one_line(follow_up.question), without_filler(one_line(follow_up.text))
    if text.rstrip("?!. ").lower().endswith(" instead"):
        text = without_filler(text, "and")  # It adds nothing.
    question = re.sub(r",?\s+(?:please|pls)(?=[?.!]*$)", "", question, flags=re.IGNORECASE)
    if question.endswith("."):
        return f"{question} {text[0].upper()}{text[1:]}"
    return f"{without_mark(question)}, {lower_start(text).rstrip('?!. ')}{mark_of(question)}"


def put_against(follow_up: FollowUp) -> str:
    """Both texts as one question that says more clearly that something changes.

    >>> put_against(FollowUp("and only 3", "The 5 oldest customers", ""))
    'The 5 oldest customers, but only 3'
    """
    question, text = one_line(follow_up.question), without_filler(one_line(follow_up.text), "and", "but")
    return f"{without_mark(question)}, but {lower_start(text).rstrip('?!. ')}{mark_of(question)}"
