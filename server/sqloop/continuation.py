"""Making a query continue what somebody has begun to write.

Two texts are compared token by token: blanks and the case of words do not count. Where a query does not begin
as the person did, its clauses from the one that the person is in are put behind what is written: the person
has chosen what to select, the model where from. Whether that makes sense is found out by running it.
"""

from __future__ import annotations

from sqloop.database.schema import Dialect
from sqloop.database.tokens import Token, code_tokens

_CLAUSES = ("SELECT", "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT")


def continue_statement(prefix: str, sql: str, dialect: Dialect) -> str | None:
    """A query that begins with ``prefix`` as it is written and goes on as ``sql``; None where none does.

    >>> continue_statement("select name from c", "SELECT name FROM customer WHERE id = 1", "sqlite")
    'select name from customer WHERE id = 1'
    >>> continue_statement("SELECT id, name", "SELECT COUNT(*) FROM customer", "sqlite")
    'SELECT id, name FROM customer'
    >>> continue_statement("SELECT id FROM", "DELETE FROM customer", "sqlite")
    """
    rest = remainder(prefix, sql, dialect)
    if rest is not None:
        return prefix + rest
    return _graft(prefix, sql, dialect)


def remainder(prefix: str, sql: str, dialect: Dialect) -> str | None:
    """What is left of ``sql`` behind what ``prefix`` says; None where that says something else.

    The last word of ``prefix`` may be half-written: then the rest begins inside of a word.

    >>> remainder("SELECT na", "SELECT name FROM t", "sqlite")
    'me FROM t'
    >>> remainder("SELECT  a ", "SELECT a FROM t", "sqlite")
    'FROM t'
    """
    written = code_tokens(prefix, dialect)
    rest = code_tokens(sql, dialect)
    if len(rest) < len(written):
        return None
    end = 0
    for number, (token, match) in enumerate(zip(written, rest, strict=False)):
        last = number == len(written) - 1 and token.end == len(prefix)
        if last and _begins(match, token):
            return sql[match.start + len(token.text) :]
        if not _same(match, token):
            return None
        end = match.end
    tail = sql[end:]
    return tail.lstrip() if not prefix or prefix[-1].isspace() else tail


def _same(one: Token, other: Token) -> bool:
    return (one.upper or one.text) == (other.upper or other.text)


def _begins(whole: Token, part: Token) -> bool:
    return (whole.upper or whole.text).startswith(part.upper or part.text)


def _graft(prefix: str, sql: str, dialect: Dialect) -> str | None:
    """``prefix`` and behind it the clauses of ``sql`` that come after the one that it is in."""
    written, found = _clauses(prefix, dialect), _clauses(sql, dialect)
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


def _clauses(text: str, dialect: Dialect) -> list[tuple[str, int]]:
    """The clauses of the outermost query in ``text`` and where they begin; empty for several queries."""
    depth, found = 0, []
    for token in code_tokens(text, dialect):
        word = token.upper
        depth += (word == "(") - (word == ")")
        if depth == 0 and word in ("WITH", "UNION", "EXCEPT", "INTERSECT"):
            return []
        if depth == 0 and word in _CLAUSES:
            found.append((word, token.start))
    return found
