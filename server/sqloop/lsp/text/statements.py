"""Statements in a document, and the question that stands above each.

Statements end at a semicolon. Where people leave it out, an empty line before a new statement or before a
comment ends one too, if what stands there is whole: both `WITH … \n\n SELECT` and two queries below each
other are common. A query that was left off where no other can follow (`… JOIN \n\n SELECT`) ends there as
well. Nothing ends one in the body of a routine (`sqloop.lsp.text.routines`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from sqloop.database.schema import Dialect
from sqloop.database.tokens import Token, tokenize
from sqloop.lsp.documents import Document
from sqloop.lsp.features.asking import is_question
from sqloop.lsp.text.routines import Routines, may_hold_routine, read_routines

STARTERS = frozenset(
    "SELECT WITH VALUES INSERT UPDATE DELETE REPLACE CREATE DROP ALTER EXPLAIN PRAGMA".split()
)
QUERIES = frozenset({"SELECT", "WITH", "VALUES"})
_GOES_ON = frozenset(
    "UNION ALL EXCEPT INTERSECT DISTINCT AS AND OR NOT ON USING FROM JOIN WHERE BY HAVING SELECT IN LIKE IS "
    "BETWEEN CASE WHEN THEN ELSE SET INTO VALUES WITH RECURSIVE EXISTS EXPLAIN LIMIT OFFSET "
    ", ( . = + - * / < > <= >= <> != || %".split()
)
_OPENS = frozenset("UNION ALL EXCEPT INTERSECT DISTINCT AS EXPLAIN THEN ELSE ( )".split())
"""Behind these a query may stand inside of a statement."""
_WHOLE = {
    "WITH": "SELECT",
    "INSERT": "VALUES SELECT SET",
    "REPLACE": "VALUES SELECT SET",
    "CREATE": ") SELECT",
}
LONGEST = 300_000
"""Characters between two semicolons that are read: a row of a dump may have millions, and takes seconds."""

_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")


@dataclass(frozen=True)
class Statement:
    """``sql`` from ``start`` to ``end`` of the document, without semicolon, and the comment right above it.

    ``tokens`` count from the beginning of the document. ``comment`` is None where none belongs to it.
    """

    start: int
    end: int
    sql: str
    tokens: tuple[Token, ...]
    comment: Comment | None = None


@dataclass(frozen=True)
class Comment:
    """A block of comment lines: its place, and what it says in one line, without its signs."""

    start: int
    end: int
    text: str

    @property
    def is_question(self) -> bool:
        """Whether a person asks for something."""
        return is_question(self.text)


def read_statements(document: Document, start: int, end: int, dialect: Dialect) -> list[Statement]:
    """The statements in the regions that touch ``start`` to ``end``."""
    found = []
    for first, last in document.regions.near(start, end):
        found += _split(document.text, first, last, dialect)
    return found


def read_region(document: Document, start: int, end: int, dialect: Dialect) -> list[Statement]:
    """The statements between two offsets, which are the ends of a region."""
    return _split(document.text, start, end, dialect)


def all_statements(document: Document, dialect: Dialect) -> list[Statement]:
    """Every statement of the document."""
    found = []
    for first, last in document.regions.all():
        found += _split(document.text, first, last, dialect)
    return found


def read_comments(document: Document, dialect: Dialect) -> str:
    """Everything that the comments of the document say, in one line."""
    regions = (document.text[start:end] for start, end in document.regions.all())
    comments = (each for text in regions for each in tokenize(text, dialect) if each.kind == "comment")
    return " ".join(_say(each.text) for each in comments)


def statement_at(document: Document, offset: int, dialect: Dialect) -> Statement | None:
    """The statement that ``offset`` is in or right behind of."""
    around = read_statements(document, offset, offset, dialect)
    return next((each for each in around if each.start <= offset <= each.end + 1), None)


def statement_below(document: Document, offset: int, dialect: Dialect) -> Statement | None:
    """The statement whose comment ``offset`` is in."""
    around = read_statements(document, offset, offset, dialect)
    return next(
        (each for each in around if each.comment and each.comment.start <= offset <= each.comment.end), None
    )


def statement_above(document: Document, comment: Comment, dialect: Dialect) -> Statement | None:
    """The statement that ends right before a comment, with at most an empty line between them."""
    around = read_statements(document, max(0, comment.start - 3), comment.start, dialect)
    above = [each for each in around if each.end <= comment.start]
    between = document.text[above[-1].end : comment.start] if above else ""
    return above[-1] if above and between.count("\n") <= 2 and not between.strip(" \t\r\n;") else None


@dataclass(frozen=True)
class Half:
    """What is being written at the cursor: a statement from ``start`` on, "" at first, and its comment."""

    start: int
    written: str
    comment: Comment | None


def read_half(document: Document, offset: int, dialect: Dialect) -> Half | None:
    """What stands before the cursor at ``offset``; None inside of a comment, and behind too much."""
    text = document.text[:offset]
    start, _ = document.regions.at(offset)
    if offset - start > LONGEST or document.text[start:offset].rstrip().endswith(";"):
        return None
    start = _behind_inner_ends(text, start, offset, dialect)
    tokens = tokenize(text[start:], dialect)
    if tokens and tokens[-1].kind == "comment" and _is_open(tokens[-1].text, text):
        return None
    statements, rest = _split_rest(text, start, offset, dialect)
    last = statements[-1] if statements else None
    below = [each for each in rest if last is None or "\n" in text[last.end : each.start]]
    if last is None or (below and is_whole(last.tokens) and last.tokens[-1].upper not in _GOES_ON):
        return Half(offset, "", read_comment(text, below))
    asked = read_comment(text, below)
    if asked is not None and _leaves(text, last, asked):
        return Half(offset, "", asked)
    return Half(last.start, text[last.start :], last.comment)


def _leaves(text: str, last: Statement, comment: Comment) -> bool:
    """Whether a comment asks something new below a query that was left half-written.

    It stands behind an empty line and is not indented as what belongs to the query would be.
    """
    code = [each for each in last.tokens if each.kind != "comment"]
    if code[0].upper not in QUERIES or not _breaks_off(code):
        return False
    parted = _BLANK_LINE.search(text[last.end : comment.start]) is not None
    return parted and _column(text, comment.start) <= _column(text, last.start) and comment.is_question


def _column(text: str, offset: int) -> int:
    return offset - (text.rfind("\n", 0, offset) + 1)


def _behind_inner_ends(text: str, start: int, offset: int, dialect: Dialect) -> int:
    """Where, in a body or behind other delimiters, what is being written begins."""
    routines = _read_routines(text, start, offset, dialect)
    if routines is None:
        return start
    inner = [start + each.end for each in tokenize(text[start:offset], dialect) if each.text == ";"]
    return max([start, *inner, *(end for _, end in routines.cuts)])


def _read_routines(text: str, start: int, end: int, dialect: Dialect) -> Routines | None:
    return read_routines(text, start, end, dialect) if may_hold_routine(text, start, end) else None


def _is_open(comment: str, text: str) -> bool:
    """Whether the cursor behind a comment is still in it."""
    if comment.startswith("/*"):
        return not comment.endswith("*/") or len(comment) < 4
    return not text.endswith("\n") and text.endswith(comment)


def _split(text: str, start: int, end: int, dialect: Dialect) -> list[Statement]:
    return _split_rest(text, start, end, dialect)[0]


def _split_rest(text: str, start: int, end: int, dialect: Dialect) -> tuple[list[Statement], list[Token]]:
    """The statements between two offsets, and the comments behind the last of them."""
    if end - start > LONGEST:
        return [], []
    routines = _read_routines(text, start, end, dialect) or Routines()
    statements: list[Statement] = []
    trailing: list[Token] = []
    begin = start
    for first, last in [*routines.cuts, (end, end)]:
        found, trailing = _split_part(text, begin, first, routines, dialect)
        statements += found
        begin = last
    return statements, trailing


def _split_part(
    text: str, start: int, end: int, routines: Routines, dialect: Dialect
) -> tuple[list[Statement], list[Token]]:
    tokens = [
        Token(each.kind, each.text, each.start + start, each.end + start)
        for each in tokenize(text[start:end], dialect)
    ]
    if text[start - 1 : start] == ";":  # A comment in its line is about what it ends.
        while tokens and tokens[0].kind == "comment" and "\n" not in text[start : tokens[0].start]:
            tokens.pop(0)
    statements: list[Statement] = []
    comments: list[Token] = []
    code: list[Token] = []
    trailing: list[Token] = []  # comments that may belong to the statement that is being read, or to the next

    def finish() -> None:
        nonlocal code
        if code and code[-1].text == ";":
            code.pop()
        if code:
            first, last = code[0].start, code[-1].end
            inside = tuple(sorted([*code, *(c for c in comments if c.start > first)], key=lambda t: t.start))
            above = read_comment(text, [c for c in comments if c.start < first])
            statements.append(Statement(first, last, text[first:last], inside, above))
        code = []

    for token in tokens:
        if token.kind == "comment":
            trailing.append(token)
            continue
        if code and not routines.hold(token.start) and _begins_anew(text, code, trailing, token):
            behind = code[-1].end
            finish()
            comments = []
            trailing = [each for each in trailing if "\n" in text[behind : each.start]]
        comments += trailing
        trailing = []
        code.append(token)
    finish()
    return statements, trailing


def _begins_anew(text: str, code: list[Token], between: list[Token], token: Token) -> bool:
    """Whether ``token`` begins another statement, behind an empty line and code that is whole."""
    if token.upper not in STARTERS:
        return False
    ended = code[-1].upper not in _GOES_ON and is_whole(code)
    if not ended and not (token.upper in ("SELECT", "WITH") and _breaks_off(code)):
        return False
    row = [code[-1], *between, token]
    gaps = (text[one.end : other.start] for one, other in pairwise(row))
    return any(map(_BLANK_LINE.search, gaps))


def _breaks_off(code: list[Token]) -> bool:
    """Whether it is unfinished, and no query can follow it: behind JOIN, or in brackets behind a name."""
    last = code[-1]
    opened = sum((each.text == "(") - (each.text == ")") for each in code) > 0
    return last.upper not in _OPENS and (last.upper in _GOES_ON or opened)


def is_whole(code: list[Token] | tuple[Token, ...]) -> bool:
    """Whether what was read may end here: brackets are closed, and the main part has begun."""
    needed = _WHOLE.get(code[0].upper, "").split()
    depth, has_main = 0, not needed
    for token in code:
        depth += (token.text == "(") - (token.text == ")")
        has_main = has_main or (depth == 0 and token.upper in needed)
    return depth == 0 and has_main


def read_comment(text: str, tokens: list[Token]) -> Comment | None:
    """The last block among comment ``tokens``: those that no empty line parts from each other."""
    block: list[Token] = []
    for token in reversed(tokens):
        if block and _BLANK_LINE.search(text[token.end : block[0].start]):
            break
        block.insert(0, token)
    if not block:
        return None
    words = " ".join(filter(None, (_say(token.text) for token in block)))
    return Comment(block[0].start, block[-1].end, words)


def _say(comment: str) -> str:
    """What a comment says, in one line.

    >>> _say("/* the best\\n * customers */")
    'the best customers'
    """
    body = comment[2:].removesuffix("*/") if comment.startswith("/*") else comment.lstrip("-#")
    lines = (line.strip().lstrip("*").strip() for line in body.splitlines())
    return " ".join(line for line in lines if re.search(r"\w", line))
