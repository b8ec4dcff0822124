"""The place where something is completed: what is typed there, and what stands around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqloop.database.schema import Dialect, Schema
from sqloop.database.tokens import Token, tokenize
from sqloop.lsp.documents import Document
from sqloop.lsp.text.scope import Scope, read_scope
from sqloop.lsp.text.statements import LONGEST

Entry = Literal["value", "word", "join", "column", "alias", "table", "schema", "function", "keyword"]


@dataclass(frozen=True)
class Place:
    """``typed`` stands from ``start`` to the cursor, without its quote; ``end`` is behind a closing one.

    ``before`` and ``scope`` are read without it and count from the beginning of the region, where it is
    at ``first``.
    """

    start: int
    end: int
    first: int
    typed: str
    before: tuple[Token, ...]
    scope: Scope
    in_string: bool


@dataclass(frozen=True)
class Offer:
    """One entry; ``text`` goes into the document, ``key`` is compared with what is typed.

    ``about`` describes it, as plain text.
    """

    kind: Entry
    label: str
    text: str
    detail: str = ""
    key: str = ""
    about: str = ""


def read_place(document: Document, offset: int, schema: Schema, dialect: Dialect) -> Place | None:
    """What is being typed at ``offset``, and what stands around it; None inside of comments and numbers.

    None as well in a statement that is too long to be read at each key press.
    """
    start, end = document.regions.at(offset)
    if end - start > LONGEST:
        return None
    tokens = tokenize(document.text[start:end], dialect)
    here = offset - start
    current = next((token for token in tokens if token.start < here <= token.end), None)
    if current is not None and current.kind in ("comment", "number"):
        return None
    if current is None or current.kind == "sign":
        current, first, typed = None, here, ""
    else:
        first, typed = current.start, current.text[: here - current.start]
    others = tuple(token for token in tokens if token is not current)
    quote = document.text[start + first : offset][:1]
    # Editors close quotes by themselves.
    closed = quote in ("'", '"', "`") and document.text[offset : offset + 1] == quote
    return Place(
        start=start + first,
        end=offset + closed,
        first=first,
        typed=typed if current is None or current.kind == "word" else typed[1:],
        before=tuple(token for token in others if token.kind != "comment" and token.end <= first),
        scope=read_scope(others, first, schema),
        in_string=current is not None and current.kind == "string",
    )
