"""Making a query continue what somebody has begun to write.

Two texts are compared token by token: blanks and the case of words do not count. Where a query does not begin
as the person did, its clauses from the one that the person is in are put behind what is written: the person
has chosen what to select, the model where from. Whether that makes sense is found out by running it.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""--[^\n]*|/\*.*?(?:\*/|\Z)|'(?:[^'\\]|\\.|'')*(?:'|\Z)|"[^"]*(?:"|\Z)|`[^`]*(?:`|\Z)"""
    r"""|[^\W\d][\w$]*|[\d.]\w*|<=>|<>|!=|<=|>=|\|\||\S""",
    re.DOTALL,
)
_CLAUSES = ("SELECT", "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT")
_COMMENTS = ("--", "/*")


def continue_statement(prefix: str, sql: str) -> str | None:
    """A query that begins with ``prefix`` as it is written and goes on as ``sql``; None where none does.

    >>> continue_statement("select name from c", "SELECT name FROM customer WHERE id = 1")
    'select name from customer WHERE id = 1'
    >>> continue_statement("SELECT id, name", "SELECT COUNT(*) FROM customer")
    'SELECT id, name FROM customer'
    >>> continue_statement("SELECT id FROM", "DELETE FROM customer")
    """
    rest = remainder(prefix, sql)
    if rest is not None:
        return prefix + rest
    return _graft(prefix, sql)


def remainder(prefix: str, sql: str) -> str | None:
    """What is left of ``sql`` behind what ``prefix`` says; None where that says something else.

    The last word of ``prefix`` may be half-written: then the rest begins inside of a word.

    >>> remainder("SELECT na", "SELECT name FROM t")
    'me FROM t'
    >>> remainder("SELECT  a ", "SELECT a FROM t")
    'FROM t'
    """
    written = [match[0] for match in _TOKEN.finditer(prefix) if not match[0].startswith(_COMMENTS)]
    rest = _TOKEN.finditer(sql)
    end = 0
    for number, token in enumerate(written):
        match = next(rest, None)
        if match is None:
            return None
        last = number == len(written) - 1 and prefix.endswith(token)
        if last and _begins(match[0], token):
            return sql[match.start() + len(token) :]
        if not _same(match[0], token):
            return None
        end = match.end()
    tail = sql[end:]
    return tail.lstrip() if not prefix or prefix[-1].isspace() else tail


def _same(one: str, other: str) -> bool:
    quoted = one[0] in "'\"`" or other[0] in "'\"`"
    return one == other if quoted else one.lower() == other.lower()


def _begins(whole: str, part: str) -> bool:
    return whole.startswith(part) if part[0] in "'\"`" else whole.lower().startswith(part.lower())


def _graft(prefix: str, sql: str) -> str | None:
    """``prefix`` and behind it the clauses of ``sql`` that come after the one that it is in."""
    written, found = _clauses(prefix), _clauses(sql)
    if not written or not found or found[0][0] != "SELECT" or written[0][0] != "SELECT":
        return None
    now = written[-1][0]
    if now == "FROM":  # Tables that the person has not named cannot be kept: where to begin is not known.
        return None
    later = [start for clause, start in found if _CLAUSES.index(clause) > _CLAUSES.index(now)]
    if not later:
        return None
    # What is half-written cannot be finished by guessing.
    if prefix.rstrip()[-1:] in {",", "(", "=", "."} or prefix.rstrip().upper().endswith(_CLAUSES):
        return None
    return f"{prefix.rstrip()} {sql[later[0] :]}"


def _clauses(text: str) -> list[tuple[str, int]]:
    """The clauses of the outermost query in ``text`` and where they begin; empty for several queries."""
    depth, found = 0, []
    for match in _TOKEN.finditer(text):
        depth += (match[0] == "(") - (match[0] == ")")
        word = match[0].upper()
        if depth == 0 and word in ("WITH", "UNION", "EXCEPT", "INTERSECT"):
            return []
        if depth == 0 and word in _CLAUSES:
            found.append((word, match.start()))
    return found
