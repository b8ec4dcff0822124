"""The words of the starter model's own language: SQL tokens, handles, and marks of its prompt.

Each is one token of the tokenizer, written ``<|name|>``. `TO_SQL` reads them; `from_sql` writes them.
"""

from __future__ import annotations

import re

MAX_TABLES, MAX_COLUMNS, MAX_VALUES = 24, 120, 12
"""How many handles of each kind exist."""

MARKS = (
    "schema",
    "q",
    "sql",
    "number",
    "text",
    "date",
    "boolean",
    "other",
    "key",
    "ref",
    "names",
    "pad",
    "eos",
)

LATER: dict[str, str] = {
    "rank": "RANK()",
    "lag": "LAG(",
    "over": "OVER (",
    "partition_by": "PARTITION BY",
    "via": ".",
}
"""Words that models before them lack: they stand behind all others in the vocabulary.

``via`` leads from a key to a column of what it refers to, where ``dot`` stands behind an alias.
"""

TO_SQL: dict[str, str] = {
    **{
        word.lower().replace(" ", "_"): word
        for word in (
            "SELECT,DISTINCT,FROM,WHERE,AND,OR,NOT,IN,BETWEEN,LIKE,IS NULL,IS NOT NULL,GROUP BY,HAVING,"
            "ORDER BY,DESC,LIMIT,OFFSET,UNION,UNION ALL,INTERSECT,EXCEPT,EXISTS,JOIN,LEFT JOIN,"
            "ON,AS,CASE,WHEN,THEN,ELSE,END"
        ).split(",")
    },
    **{
        word: f"{word.upper()}("
        for word in (
            "count sum avg min max abs round year month day length lower upper starts_with ends_with coalesce"
        ).split()
    },
    "count_all": "COUNT(*)",
    "lp": "(",
    "rp": ")",
    "comma": ",",
    "eq": "=",
    "ne": "<>",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "plus": "+",
    "minus": "-",
    "star": "*",
    "slash": "/",
    "dot": ".",
    "hundred": "100.0",
    "real": "1.0",
    **{f"a{i}": f"a{i}" for i in range(4)},
    **{f"n{i}": str(i) for i in range(10)},
    "yes": "'Yes'",
    "no": "'No'",
    **LATER,
}

_FROM_SQL = {sql: name for name, sql in TO_SQL.items() if name != "via"}
_TOKEN = re.compile(r"<\|([a-z_]+\d*)\|>")
_FUNCTIONS = "|".join(sql[:-1] for sql in TO_SQL.values() if len(sql) > 1 and sql.endswith("("))
_PIECE = re.compile(
    rf"COUNT\(\*\)|RANK\(\)|OVER \(|\b(?:{_FUNCTIONS})\("
    r"|(?:PARTITION BY|IS NOT NULL|IS NULL|GROUP BY|ORDER BY|UNION ALL|LEFT JOIN)\b"
    r"|'Yes'|'No'|100\.0|1\.0|[A-Za-z_]+\d*|\d+|<=|>=|<>|\S"
)


def special_tokens() -> list[str]:
    """Every token of the language, in the order of the vocabulary."""
    handles = [
        f"{letter}{i}"
        for letter, count in (("t", MAX_TABLES), ("c", MAX_COLUMNS), ("v", MAX_VALUES))
        for i in range(count)
    ]
    early = [name for name in TO_SQL if name not in LATER]
    return [f"<|{name}|>" for name in (*MARKS, *early, *handles, *LATER)]


def token(name: str) -> str:
    """The token of that name."""
    return f"<|{name}|>"


def to_sql(text: str) -> str:
    """SQL over handles from a completion; raises ValueError at a token that is no part of SQL.

    >>> to_sql("<|select|><|max|><|c3|><|rp|><|where|><|c1|><|eq|><|v0|>")
    'SELECT MAX( c3 ) WHERE c1 = v0'
    """
    names = _TOKEN.findall(text)
    if not names or any(name in MARKS for name in names) or _TOKEN.sub("", text).strip():
        raise ValueError("the completion is no SQL")
    return " ".join(TO_SQL.get(name, name) for name in names)


def from_sql(sql: str) -> str:
    """The tokens of ``sql``, written by sqlglot over handles; raises ValueError at anything else.

    >>> from_sql("SELECT COUNT(*) WHERE c1 > 4")
    '<|select|><|count_all|><|where|><|c1|><|gt|><|n4|>'
    """
    out: list[str] = []
    for piece in _PIECE.findall(sql):
        name = "via" if piece == "." and out[-1:] and out[-1].startswith("<|c") else _FROM_SQL.get(piece)
        if name is None:
            if not re.fullmatch(r"[tcv]\d+", piece):
                raise ValueError(f"no token for {piece}")
            name = piece
        out.append(token(name))
    return "".join(out)
