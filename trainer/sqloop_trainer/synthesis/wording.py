"""Saying one thing in many ways: templates with alternatives, and the slips of people who type.

A template is text in which ``(a|b|)`` stands for one of its alternatives, nested as deep as wanted.
"""

from __future__ import annotations

import re
from random import Random

_CHOICE = re.compile(r"\(([^()]*)\)")
_SPACES = re.compile(r"\s+")
_ASKING = frozenset("what which who how when where whose is are does do did can could in".split())


def vary(random: Random, template: str, **slots: str) -> str:
    """One reading of ``template``; ``{name}`` are filled after the choice, so slots stay as they are.

    >>> vary(Random(1), "(show|list) {what}", what="all (or none)")
    'show all (or none)'
    """
    while "(" in template:
        template = _CHOICE.sub(lambda found: random.choice(found[1].split("|")), template, count=1)
    return _SPACES.sub(" ", template.format(**slots)).strip()


def finish(random: Random, text: str) -> str:
    """A question as people type it: capital and mark or not, sometimes a polite start or a slip."""
    text = _SPACES.sub(" ", text).replace(" ,", ",").strip()
    if random.random() < 0.04:
        start = vary(
            random, "(can you tell me|please|i want to know|tell me|could you show me|i need to know)"
        )
        text = f"{start} {text}"
    if random.random() < 0.04:
        text = _slip(random, text)
    style = random.random()
    if style < 0.6:
        mark = "?" if text.split(" ")[0].lower() in _ASKING else "."
        text = text[0].upper() + text[1:] + (mark if random.random() < 0.8 else "")
    elif style < 0.8:
        text = text.lower()
    return text


def _slip(random: Random, text: str) -> str:
    """One of the typos that fingers make, in one longer word without digits."""
    words = text.split(" ")
    long = [i for i, word in enumerate(words) if len(word) > 4 and word.isalpha() and word.islower()]
    if not long:
        return text
    i = random.choice(long)
    word = words[i]
    at = random.randint(1, len(word) - 3)
    words[i] = random.choice(
        (
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
        )
    )
    return " ".join(words)
