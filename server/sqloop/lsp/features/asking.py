"""Which comments ask for a query: most of those in SQL files are notes, headers, or code for later.

A comment asks if it ends with a question mark, begins as questions and orders do, or is a phrase that names
what there is to be shown: something of the schema, or a measure ("revenue by month"). One that is taken for a
question by mistake costs its reader a suggestion that a Tab accepts; one that is not taken costs a few words
more. So what reads like work on the file or the schema asks for nothing, nor does code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from sqloop import english
from sqloop.database.schema import Schema
from sqloop.database.tokens import Token, code_tokens
from sqloop.database.words import name_stems, stem

_ASKS = re.compile(
    r"""(?:please\s+)?(?:
        (?:what|how|which|who|whose|whom)\b(?!\s+(?:to|this|it|is\s+why)\b)
      | (?:where|when|is|are|was|were)\s+(?:is|are|was|were|do|does|did|there)\b
      | (?:show|list|select|give|count|find|get|display|tell|name|print|compute|calculate|compare|rank
          |fetch)\b
      | (?:i|we)\s+(?:want|need|would\s+like)\b
      | (?:top|bottom|most|least|best|worst|longest|shortest|highest|lowest|largest|smallest|biggest|oldest
          |youngest|newest|latest|earliest|cheapest|fastest|slowest)\b
      | (?:first|last|next)\s+(?:\d+|two|three|five|ten|week|month|quarter|year)\b
      | (?:the\s+)?(?:total|average|mean|median|sum|number|share|percentage|minimum|maximum|distribution)\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_ASKS_LATER = re.compile(
    r"\?(?:\s|$)|[,:.]\s+(?:how|what|which|who|give|list|show|name|count)\b", re.IGNORECASE
)
_MEASURES = re.compile(
    r"\b(?<!ed )(?:by|per)\s+(?:day|week|month|quarter|year|hour|weekday)s?\b|\bper\s+[^\W\d]", re.IGNORECASE
)
_POINTS = re.compile(
    r"(?:(?:for|per|by|in|of|on|at|from|across)\s+)?(?:the|all|every|each|any|our|my|\d{1,6})\s+[^\W\d]",
    re.IGNORECASE,
)
"""What a phrase begins with that means certain things."""

_LABEL = re.compile(r"\w+(?:[ .()]+\w+){0,4}\W*:(?:\s|$)")
"""What stands before a colon ("Created by: Bob", "Section 2: orders"): it has to name something itself."""

_MARKED = re.compile(
    r"""
      [^\w'"(¿]                                               # +goose Up, @block, ===, :name
    | (?:todo|fixme|xxx|hack|deprecated|noqa|nolint|copyright)\b
    | \w+(?:\s*\(\w*\))?\s*:(?:\s|\w|$)                       # name: x, migrate:up, fixme (ann): x
    | \d+[-./]\d+[-./]\d+ | (?:end)?region\b                 # a log by days, a part of the file
    | last\s+(?:changed|edited|modified|run|updated)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_HOLDS = re.compile(
    r"""
      \w\.(?:sql|csv|json|py|sh|md|txt|ya?ml|xml|parquet|xlsx?)\b | (?:https?|ftp)://
    | (?:^|\s)(?:vim?|ex)\s*:\s*\w | -\*-                      # modelines
    | spdx-licen[sc]e | all\s+rights\s+reserved | licen[sc]ed\s+under
    | copyright\s*(?:\(c\)|©|\d{4}) | ©\s*\d{4} | \bnoqa\b
    | \bdump\s+(?:\d|completed) | \b(?:sql|database)\s+dump\b
    | :[^;]*;\s*\w+:\s                                          # Name: orders; Type: TABLE
    | [=*\#~_-]{3}
    """,
    re.IGNORECASE | re.VERBOSE,
)
_TELLS = re.compile(r"\b(?:is|are|was|were|will|has|have|had|can|cannot|should|must)\b", re.IGNORECASE)
_RELATES = re.compile(r"\b(?:who|that|which|whose|where)\b", re.IGNORECASE)
"""A sentence tells something; in a phrase such a verb stands behind a pronoun: "orders that are open"."""

_WORKING = frozenset(
    "add added adding adds alter altered change changed changes create created creates creating "
    "deactivate delete deleted deletes depends disable drop dropped drops dumping enable "
    "end ensure fill fix fixed fixes generate generated generates grant import imported imports insert "
    "inserted inserts load loaded loads make makes migrate move moved moves populate recreate remove "
    "removed removes rename renamed revoke run runs seed set sets setup start update updated updates use "
    "used uses this these it we i you here see because must should needs do don not no if once now "
    "temporary where when how".split()
)
"""First words of notes: what the file does, or what is said of it."""

_BUILT = frozenset(
    "table tables column columns index indexes indices key keys foreign primary constraint constraints "
    "trigger triggers migration migrations schema script procedure function view views sequence sequences "
    "rollback temp hack workaround auto_increment structure".split()
)
"""What a schema is built of: who names it speaks of the work on it, not of what is in it."""

_VERBS = frozenset("SELECT INSERT UPDATE DELETE CREATE DROP ALTER TRUNCATE GRANT REPLACE MERGE".split())
_KEYWORDS = _VERBS | frozenset(
    "WITH FROM WHERE JOIN LEFT RIGHT INNER OUTER CROSS GROUP ORDER BY HAVING LIMIT UNION AND OR ON SET INTO "
    "VALUES CASE WHEN END AS TABLE VIEW INDEX BEGIN COMMIT USING".split()
)


def is_question(text: str, names: frozenset[str] | None = None) -> bool:
    """Whether a comment, in one line and without its signs, asks for something.

    ``names`` are the stems of what the schema names (`stems_of`); None where nobody knows them: then a phrase
    is taken for a question unless it reads like a note.

    >>> names = frozenset({stem("customers")})
    >>> [is_question(each, names) for each in ("customers in Rome", "how many are there", "nothing here")]
    [True, True, False]
    >>> [is_question(each, names) for each in ("TODO: fix this", "drop old customers", "SELECT 1 FROM a")]
    [False, False, False]
    """
    if not says_enough(text) or is_note(text):
        return False
    if _ASKS.match(text):
        return True
    label = _LABEL.match(text)
    if label and not _POINTS.match(text):
        return names is not None and _is_phrase(label[0], names)
    return _ASKS_LATER.search(text) is not None or _is_phrase(text, names)


def _is_phrase(text: str, names: frozenset[str] | None) -> bool:
    words = [each.lower() for each in re.findall(r"[^\W\d_]+", text)]
    known = names or frozenset()
    if words[0] in _WORKING or any(word in _BUILT and stem(word) not in known for word in words):
        return False
    if _TELLS.search(text) and not _RELATES.search(text):
        return False
    if names is None or _POINTS.match(text) or _MEASURES.search(text):
        return True
    return any(stem(word) in names for word in words)


def says_enough(text: str) -> bool:
    """Whether a comment has more than a word."""
    return len(re.findall(r"[^\W\d_]{2,}", text)) > 1


def is_note(text: str) -> bool:
    """Whether a comment is a header, a label, a marker of a tool, or code, whatever words it has."""
    return _MARKED.match(text) is not None or _HOLDS.search(text) is not None or _is_code(text)


def works(text: str) -> bool:
    """Whether a comment speaks of what a schema is built of."""
    return any(word.lower() in _BUILT for word in re.findall(r"[^\W\d_]+", text))


def stems_of(schema: Schema, others: Iterable[str] = ()) -> frozenset[str]:
    """The stems of words that name something in a schema, and of ``others``; not of those any has ("id")."""
    return _stems_of(schema) | {each for name in others for each in name_stems(name)}


@lru_cache(maxsize=2)
def _stems_of(schema: Schema) -> frozenset[str]:
    names = [name for table in schema.tables for name in (table.name, *(each.name for each in table.columns))]
    weak = {stem(word) for word in english.WEAK_COLUMNS}
    return frozenset(each for name in names for each in name_stems(name)) - weak


def _is_code(text: str) -> bool:
    """Whether it reads as SQL by its tokens: keywords in capitals, signs of code, or the frame of a query."""
    tokens = code_tokens(text, "sqlite")
    first = tokens[0].upper if tokens else ""
    if first not in _KEYWORDS:
        return False
    capitals = sum(token.text in _KEYWORDS for token in tokens)
    if tokens[-1].text == ";" or (capitals > 1 and tokens[0].text == first):
        return True
    if first == "SELECT":
        return _is_select(tokens)
    signs = {token.text for token in tokens}
    return bool(signs & {"=", "<>", "!=", "<=", ">=", "||"}) or (first in _VERBS and bool(signs & {"(", "*"}))


def _is_select(tokens: tuple[Token, ...]) -> bool:
    """Whether what is between SELECT and FROM is a list of expressions, and no words in a row."""
    end = next((number for number, token in enumerate(tokens) if token.upper == "FROM"), len(tokens))
    listed = [token for token in tokens[1:end] if token.upper not in ("DISTINCT", "AS")]
    in_a_row = any(one.kind == other.kind == "word" for one, other in pairwise(listed))
    return not in_a_row and (end < len(tokens) or any(token.text in (",", "*", "(") for token in listed))
