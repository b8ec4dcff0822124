"""Which comments ask for a query: most of those in SQL files are for a tool, a lawyer or later.

A comment that is taken for a question by mistake costs its reader a suggestion that a Tab accepts; one that
is not taken costs a few words more. So what looks like a note, a marker or a header is none.
"""

from __future__ import annotations

import re

_CODE = re.compile(
    r"(select|with|insert|update|delete|create|drop|alter|from|where|join|and|or)\b.*[=;,(*]", re.I
)
"""Code that was commented out."""

_BEGINS = re.compile(
    r"""
      (?:todo|fixme|xxx|hack|deprecated)\b
    | (?:note|nb|warning|caution|bug|author|file|description|created|modified|date|version|usage)\s*:
    | copyright\b | licen[cs]e\s*:
    | [+@>]\s*\w | \#(?:end)?region\b                                      # +goose Up, @block, #region
    | :name\s+\S | name\s*:                                               # sqlc, yesql, hugsql
    | (?:sqlfluff|sqlc|migrate|prettier|liquibase|changeset|rollback|noqa|nolint)\b
    | statement-breakpoint\b
    | (?:see|source|from|ref|cf)?\W*(?:https?|ftp)://\S+\s*$
    | (?:my|maria|postgre|sqlite)\w*\s+(?:database\s+)?dump\b             # headers of dumps
    | (?:phpmyadmin|navicat|heidisql|adminer|dbeaver|pg_dump|mysqldump)\b
    | dump(?:ed|ing)?\s+(?:completed|data|routines|events|triggers|from|by)\b
    | host\s*: | (?:server|client|source)\s+(?:version|host|server)\b
    | (?:(?:temporary|final)\s+)?(?:table|view)\s+structure\s+for\b
    | generat(?:ed|ion)\s+(?:by|on|at|from|time)\b
    | (?:indexes|constraints|auto_increment|triggers|structure)\s+for\s+(?:dumped|table|view)
    """,
    re.IGNORECASE | re.VERBOSE,
)

_HOLDS = re.compile(
    r"""
      (?:^|\s)(?:vim?|ex)\s*:\s*\w | -\*-                                  # modelines
    | spdx-licen[sc]e | all\s+rights\s+reserved | licen[sc]ed\s+under
    | copyright\s*(?:\(c\)|©|\d{4}) | ©\s*\d{4}
    | \bnoqa\b
    """,
    re.IGNORECASE | re.VERBOSE,
)


def is_question(text: str) -> bool:
    """Whether a comment, in one line and without its signs, asks for something.

    >>> is_question("customers in Rome"), is_question("TODO: fix this"), is_question("+goose Up")
    (True, False, False)
    """
    if len(re.findall(r"[^\W\d_]{2,}", text)) < 2 or _CODE.match(text):
        return False
    return not (_BEGINS.match(text) or _HOLDS.search(text))
