"""Two words in a bracket where a query or a value should stand: to the parser a name and an alias.

To the server they are a command, which it takes nowhere there; the text alone refuses it all the same.
"""

from __future__ import annotations

from sqlglot import exp


def refuse_bare_words(root: exp.Expr) -> str | None:
    """Why the query ``root`` is not allowed.

    >>> from sqloop.database.checking.parsing import parse_statement
    >>> refuse_bare_words(parse_statement("SELECT (NOTIFY loot)", "postgres"))
    'NOTIFY loot is not allowed in a bracket'
    """
    for node in root.find_all(exp.Paren, exp.CTE, exp.Subquery):
        inner = node.this
        is_table = isinstance(inner, exp.Table) and inner.alias and not inner.args.get("joins")
        if isinstance(inner, exp.Alias) or (is_table and isinstance(node, exp.Subquery)):
            return f"{inner.this.name} {inner.alias} is not allowed in a bracket"
    return None
