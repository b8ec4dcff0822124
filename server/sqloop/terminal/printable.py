"""Text of a database, made harmless for a terminal: no value moves the cursor or colours the screen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from glob import has_magic

from rich.cells import cell_len, set_cell_size

from sqloop.terminal.float_text import spell_float

Cell = str | bool | int | float | None
"""A value as JSON has it (`sqloop.database.cells.json_value`)."""

NAMES_A_THING = re.compile(
    r"(?:^|[_ ])(?:ids?|year|extract|date_part|no|nr|number|code|zip|zipcode|postcode|phone|key)$"
    r"|\w(?:Id|ID|Year|Code|Number)$"
)
"""The name of a column whose numbers are names: nobody adds them up or compares them."""

_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
JOINERS = "\u200c\u200d"

LONGEST = 500
"""Characters of a cell that are drawn."""


YEARS = range(1500, 2201)
"""Numbers that are years where their column says so."""


def printable(text: str, kept: str = "") -> str:
    r"""``text`` without characters that a terminal obeys, but for those ``kept``: they are made visible.

    Direction overrides and what else cannot be seen count as such; what joins letters (in Persian, Hindi) is
    left where it does, and left out between the parts of an emoji, which terminals join or do not.

    >>> printable("a\x1b[31m\nb"), printable("a\nb", "\n"), printable("a\u202eb")
    ('a␛[31m␊b', 'a\nb', 'a�b')
    """
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or char in kept else _show(text, at) for at, char in enumerate(text)
    )


def one_line(sql: str) -> str:
    r"""A query on one line, its runs of blanks as one.

    >>> one_line("SELECT 1\n  FROM t")
    'SELECT 1 FROM t'
    """
    return printable(" ".join(sql.split()))


def cell_text(value: Cell) -> str:
    """A cell as it is shown; NULL is told apart by whoever colours it.

    >>> cell_text(None), cell_text(0.5), cell_text(1914.0599999999997)
    ('NULL', '0.5', '1914.06')
    """
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    return printable((spell_float(value) if isinstance(value, float) else str(value))[:LONGEST])


def are_numbers(values: Iterable[object]) -> bool:
    """Whether all are numbers or NULL; truths, which Python counts among them, are none.

    >>> are_numbers([1, None, 0.5]), are_numbers([True, False]), are_numbers([1, "2"])
    (True, False, False)
    """
    return all(isinstance(value, int | float | None) and not isinstance(value, bool) for value in values)


def fit(text: str, width: int, *, right: bool = False) -> str:
    """``text`` in ``width`` columns of the terminal, with an ellipsis where it is longer.

    >>> fit("Berlin", 4), fit("12", 4, right=True)
    ('Ber…', '  12')
    """
    length = cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + "…" if width else ""
    blank = " " * (width - length)
    return blank + text if right else text + blank


def count(number: int, word: str) -> str:
    """A number with its noun.

    >>> count(1, "row"), count(12000, "row")
    ('1 row', '12,000 rows')
    """
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _show(text: str, at: int) -> str:
    char = text[at]
    if ord(char) < 0x20:
        return chr(0x2400 + ord(char))
    if char in JOINERS:
        beside = text[max(0, at - 1) : at] + text[at + 1 : at + 2]
        around = [unicodedata.category(each)[0] for each in beside if each > "ÿ"]
        if len(around) == 2 and set(around) <= {"L", "M"}:
            return char
        if len(around) == 2 and set(around) <= {"S", "M"}:
            return ""
    return "�" if unicodedata.category(char) in _UNSEEN else char


def name_address(shown: str) -> str:
    """What an address that may be shown is called where room is short: a file by the end of its path.

    >>> name_address("sqlite:////home/ann/shop.db"), name_address("/home/ann/data/*.csv")
    ('shop.db', 'data/*.csv')
    >>> name_address("live"), name_address("postgresql://ann@host/shop")
    ('live', 'postgresql://ann@host/shop')
    """
    scheme, _, path = shown.rpartition("://")
    if scheme not in ("", "sqlite", "duckdb"):
        return shown
    parts = [part for part in path.replace("\\", "/").split("/") if part]
    kept = 2 if has_magic(path) else 1
    return "/".join(parts[-kept:]) or shown
