"""What the check, the parser and the writer need of an engine's SQL; known without a connection.

Each folder below `sqloop.database.engines` has one, named `GRAMMAR`, in its `grammar.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

from sqloop.database.checking.budget import Budget, CountingWriter

RefuseCalls = Callable[[str, exp.Expr, Collection[str]], str | None]


def _nothing(code: str, root: exp.Expr, named: Collection[str]) -> str | None:
    return None


def _fine(text: str) -> str | None:
    return None


def _never(comment: str) -> bool:
    return False


@dataclass(frozen=True)
class Grammar:
    """How one engine's SQL is read.

    ``quotes`` finds quotes and comments as the engine does: groups ``string``, ``name`` and ``comment``, and
    some that begin with ``open`` for what is refused. ``mark`` is what names are quoted in. ``parser`` and
    ``writer`` are those of sqlglot with budgets; ``free`` words are plain names here, see `free_words`.

    For the check alone: ``simplify`` takes what sqlglot does not read out of a row of tokens.
    ``refuse_calls`` says why a call in the text with that tree is not allowed, but for functions that the
    user named; ``refuse_text`` why something in a text without comments is not. ``acts`` tells comments that
    do something. ``parts`` are nodes that only this engine's queries have, ``names`` words that are refused
    elsewhere, ``begins`` first words of a query besides.
    """

    quotes: re.Pattern[str]
    mark: str
    parser: type[Budget]
    writer: type[CountingWriter]
    free: Mapping[str, TokenType]
    simplify: Callable[[Sequence[Token]], list[Token]] = list
    refuse_calls: RefuseCalls = _nothing
    refuse_text: Callable[[str], str | None] = _fine
    acts: Callable[[str], bool] = _never
    parts: tuple[type[exp.Expr], ...] = ()
    names: frozenset[str] = field(default_factory=frozenset)
    begins: frozenset[str] = field(default_factory=frozenset)
