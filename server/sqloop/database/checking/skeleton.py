"""The bones of a SQL text, read the way the database reads it and written so that no parser can misread them.

sqlglot and a database disagree on details: nested comments, ``--`` without a blank, backslashes in strings,
blanks that are none. What one takes for a comment the other may run. So quotes and comments are found here
by the few rules of the database itself (`Grammar.quotes`), and the parser sees a text in which nothing of
that kind is left to interpret.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from sqloop.database.checking.grammar import Grammar
from sqloop.database.engines.registry import grammar_of
from sqloop.database.schema import Dialect


class SkeletonError(ValueError):
    """The text is not one that an honest query would have; the message says why."""


@dataclass(frozen=True)
class Skeleton:
    """``text`` has no comments; ``code``, for the parser, simple quotes; ``bare``, empty ones."""

    text: str
    code: str
    bare: str


_EXECUTABLE = ("/*!", "/*M!", "/*m!")
_UNUSUAL = re.compile(r"[^\x20-\x7e\t\n\r]")


def read_skeleton(sql: str, dialect: Dialect) -> Skeleton:
    r"""Separate code from quotes and comments. Raises SkeletonError.

    >>> read_skeleton("SELECT 'it''s' -- a comment", "sqlite")
    Skeleton(text="SELECT 'it''s'  ", code="SELECT 's'  ", bare="SELECT ''  ")
    """
    text: list[str] = []
    code: list[str] = []
    bare: list[str] = []
    end = 0
    grammar = grammar_of(dialect)
    for matched in grammar.quotes.finditer(sql):
        plain = _plain(sql[end : matched.start()])
        kept, blanked = _rewritten(matched, grammar)
        text += (plain, kept if matched["comment"] else matched[0])
        code += (plain, kept)
        bare += (plain, blanked)
        end = matched.end()
    rest = _plain(sql[end:])
    return Skeleton("".join((*text, rest)), "".join((*code, rest)), "".join((*bare, rest)))


def _rewritten(matched: re.Match[str], grammar: Grammar) -> tuple[str, str]:
    """What stands for a quote or comment in the code and in the bare text."""
    text = matched[0]
    groups = matched.groupdict()
    if any(groups[name] is not None for name in groups if name.startswith("open")):
        raise SkeletonError("a quote or a comment is not closed")
    if groups["comment"] is not None:
        if text.startswith(_EXECUTABLE) or grammar.acts(text):
            raise SkeletonError("executable comments are not allowed")
        return " ", " "
    if groups["string"] is not None:
        return f"'{_harmless(text[1:-1], 's')}'", "''"
    if groups["name"] is not None:
        quote = grammar.mark if text[0] == "`" else '"'
        return f"{quote}{_harmless(text[1:-1], 'x')}{quote}", quote * 2
    return "- -", "- -"


def _harmless(content: str, substitute: str) -> str:
    return substitute if re.search(r"['\"`\\]", content) else content


def _plain(text: str) -> str:
    """``text`` outside of quotes, if all its characters are ones that parser and database see alike."""
    if not text.isascii() or not text.isprintable():
        for matched in _UNUSUAL.finditer(text):
            if not _is_letter(matched[0]):
                name = unicodedata.name(matched[0], f"U+{ord(matched[0]):04X}")
                raise SkeletonError(f"the character {name} is not allowed outside quotes")
    return text


def _is_letter(character: str) -> bool:
    """Whether it is part of a name everywhere: no blank, and no look-alike of an ASCII letter."""
    return (
        unicodedata.category(character)[0] in "LM"
        and unicodedata.normalize("NFKC", character) == character
        and not character.upper().isascii() ^ (character == "ß")
        and not character.lower().isascii()
    )
