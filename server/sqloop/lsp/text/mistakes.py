"""Mistakes that show without asking the engine, and what it lets through: read off the tokens.

Covered: text that is not closed, a misspelt first word or FROM, text in double quotes that SQLite takes for a
text because there is no such column, and which names a file makes itself, above the statement that reads
them.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from itertools import pairwise

from sqloop.database.schema import Dialect, Schema
from sqloop.database.tokens import Token, tokenize
from sqloop.lsp.text.problems import Problem
from sqloop.lsp.text.scope import Scope, read_scope
from sqloop.lsp.text.statements import Statement

MOST = 2_000
"""Tokens of a statement whose quoted names are looked at: each costs a look at all of them."""

_MEANT = ("SELECT", "WITH", "VALUES", "INSERT", "UPDATE", "DELETE", "CREATE")
_VERBS = frozenset(
    "SELECT WITH VALUES INSERT UPDATE DELETE REPLACE CREATE DROP ALTER EXPLAIN PRAGMA ANALYZE ATTACH BEGIN "
    "CALL CHECK CHECKSUM COMMIT DEALLOCATE DECLARE DELIMITER DESC DESCRIBE DETACH DO END EXECUTE FLUSH GO "
    "GRANT HANDLER HELP IF KILL LOAD LOCK LOOP MERGE OPTIMIZE PREPARE PURGE REINDEX RELEASE RENAME REPAIR "
    "REPEAT RESET RETURN REVOKE ROLLBACK SAVEPOINT SET SHOW SIGNAL START TABLE TRUNCATE UNLOCK USE VACUUM "
    "WHILE XA FROM PIVOT UNPIVOT SUMMARIZE COPY EXPORT IMPORT INSTALL TABLE".split()
)

_MAKES = re.compile(
    r"""\b(?:create\s+(?:or\s+replace\s+)?(?:(?:temp|temporary|virtual|definer\s*=\s*\S+)\s+)*
            (?:table|view|function)\s+(?:if\s+not\s+exists\s+)?
          | alter\s+table\s+(?:if\s+exists\s+)? | rename\s+to\s+ | attach\s+(?:database\s+)?\S+\s+as\s+ )
        (?:[\w$`"\[\]]+\s*\.\s*)? [`"\[]?(?P<name>[\w$]+)""",
    re.IGNORECASE | re.VERBOSE,
)
_ELSEWHERE = re.compile(r"(?:^|;)\s*(?:use\s+\w|\\c(?:onnect)?\s)", re.IGNORECASE | re.MULTILINE)

_EXPRESSION_BEHIND = frozenset(
    "SELECT DISTINCT ALL WHERE AND OR NOT ON BY HAVING WHEN THEN ELSE CASE LIKE BETWEEN , ( = < > <= >= <> "
    "!= + - * / || %".split()
)
_EXPRESSION_IN = frozenset({"SELECT", "WHERE", "ON", "HAVING", "GROUP", "ORDER"})


def find_unclosed(statement: Statement, dialect: Dialect) -> tuple[Problem, ...]:
    """The first text or name whose quote is missing at its end, as far as its line goes."""
    for token in statement.tokens:
        if token.kind in ("string", "name") and not _is_closed(token, dialect):
            start = token.start - statement.start
            length = len(token.text.partition("\n")[0].rstrip("\r"))
            what = "text" if token.kind == "string" else "name"
            quote = "]" if token.text[0] == "[" else token.text[0]
            return (
                Problem(start, start + length, "syntax", f"This {what} is not closed: a {quote} is missing."),
            )
    return ()


def is_template(statement: Statement) -> bool:
    """Whether it is to be filled in before it is SQL, as dbt and Jinja do: `{{ ref('x') }}`, `{% if %}`."""
    return any(
        one.text == "{" and other.text in ("{", "%") and one.end == other.start
        for one, other in pairwise(statement.tokens)
    )


def find_misspelt(statement: Statement) -> tuple[Problem, ...]:
    """A first word that is nearly that of a query."""
    word = statement.tokens[0]
    if word.kind != "word" or word.upper in _VERBS or len(statement.tokens) < 2:
        return ()
    close = get_close_matches(word.upper, _MEANT, 1, 0.8)
    if not close:
        return ()
    return (Problem(0, len(word.text), "unread", f"Perhaps a mistake: {close[0]} instead of {word.text}?"),)


def find_misspelt_from(statement: Statement) -> tuple[Problem, ...]:
    """A word between what is selected and a name that is nearly FROM, in a query that cannot be read."""
    tokens = [token for token in statement.tokens if token.kind != "comment"]
    for before, word, behind in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if word.upper == "FROM":
            break
        stands = before.upper not in {*_EXPRESSION_BEHIND - {"*"}, "."} and behind.named
        if stands and word.upper and get_close_matches(word.upper, ["FROM"], 1, 0.75):
            start, message = word.start - statement.start, f"Perhaps a mistake: FROM instead of {word.text}?"
            return (Problem(start, start + len(word.text), "unread", message),)
    return ()


def find_quoted_text(statement: Statement, schema: Schema) -> tuple[Problem, ...]:
    """Names in double quotes that no column has, in a query that SQLite runs: there they are texts."""
    tokens = [token for token in statement.tokens if token.kind != "comment"]
    if len(tokens) > MOST:
        return ()
    given = {
        token.named.lower() for before, token in pairwise(tokens) if before.upper not in _EXPRESSION_BEHIND
    }
    found = []
    for before, token in pairwise(tokens):
        if token.text[0] != '"' or token.kind != "name" or before.upper not in _EXPRESSION_BEHIND:
            continue
        scope = read_scope(statement.tokens, token.end, schema)
        known = _known_columns(scope)
        name = token.named
        if scope.clause not in _EXPRESSION_IN or known is None or name.lower() in {*known, *given}:
            continue
        if any(each.text == "." and each.start == token.end for each in tokens):
            continue
        message = f"There is no column {name}: SQLite takes this for the text '{name}'."
        fixes = tuple(known[each] for each in get_close_matches(name.lower(), known, 3, 0.6))
        start = token.start - statement.start
        found.append(Problem(start, start + len(token.text), "text", message, fixes))
    return tuple(found)


def made_above(text: str, offset: int) -> frozenset[str] | None:
    """The lower names that statements before ``offset`` make or change; None where any may be meant."""
    if _ELSEWHERE.search(text, 0, offset):
        return None
    return frozenset(match["name"].lower() for match in _MAKES.finditer(text, 0, offset))


def reads_made(statement: Statement, made: frozenset[str] | None) -> bool:
    """Whether a statement names something that the file makes: the database cannot judge it yet."""
    return made is None or any(token.named.lower() in made for token in statement.tokens if token.named)


def _known_columns(scope: Scope) -> dict[str, str] | None:
    """Columns by lower name; None where nobody can say which there are."""
    known = {name: name for name in ("rowid", "oid", "_rowid_")}
    for source in (*scope.sources, *scope.outer):
        if source.columns is None:
            return None
        known |= {name.lower(): name for name in source.columns}
    return known


def _is_closed(token: Token, dialect: Dialect) -> bool:
    """Whether it ends by itself: one that is open takes in whatever comes behind it."""
    return tokenize(f"{token.text}\n;", dialect)[0].end == len(token.text)
