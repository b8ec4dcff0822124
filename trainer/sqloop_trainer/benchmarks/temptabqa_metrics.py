"""EMS, REMS and `exact`: how a text of parts separated by commas compares with a gold answer of that form.

EMS and REMS are those of TEMPTABQA-C: a gold part counts when it equals a generated part or stands in it as
words; REMS is the share of gold parts found, and EMS is 1 where that is all of them. Both are recall only:
what else was answered does not count, so that a query which dumps every row scores well. Upstream rounds
REMS to two digits for each question; here it is not rounded.

`exact` asks for the answer as a whole: every gold part once, and nothing else. Some gold answers name a
part twice, where upstream's tables hold names that differ in a blank at the end; either count is right then.
"""

from __future__ import annotations

from collections import Counter

from sqloop.database.outcome import Outcome, Value


def rems(generated: str, gold: str) -> float:
    """The share of the gold parts that are found: 0.0 to 1.0.

    >>> rems("Tokyo 2020, Paris", "Tokyo, Paris, Rome, Par")
    0.5
    """
    given, wanted = split_parts(generated), split_parts(gold)
    whole = set(given)
    padded = [f" {part} " for part in given]
    found = [part for part in wanted if part in whole or any(f" {part} " in each for each in padded)]
    return len(found) / len(wanted)


def ems(generated: str, gold: str) -> int:
    """1 when all gold parts are found, else 0.

    >>> ems("Rome, Paris, London", "London, Rome"), ems("Rome", "London, Rome")
    (1, 0)
    """
    return int(rems(generated, gold) == 1)


def is_exact(generated: str, gold: str) -> bool:
    """Whether nothing is missing and nothing is there that was not asked for; order does not count.

    >>> is_exact("Rome, London", "London, Rome"), is_exact("Rome, London, Paris", "London, Rome")
    (True, False)
    """
    given, wanted = Counter(split_parts(generated)), Counter(split_parts(gold))
    return given in (wanted, Counter(set(wanted)))


def overlap(generated: str, gold: str) -> float:
    """F1 over whole parts, each counted as often as it is there: 0.0 to 1.0.

    >>> round(overlap("Rome, London, Paris, Oslo", "London, Rome"), 3)
    0.667
    """
    given, wanted = Counter(split_parts(generated)), Counter(split_parts(gold))
    common = (given & wanted).total()
    return 2 * common / (given.total() + wanted.total())


def split_parts(text: str) -> list[str]:
    """The parts of an answer, without blanks around them; an empty text is one empty part, as upstream."""
    return [part.strip() for part in text.split(",")]


def answer_text(outcome: Outcome) -> str:
    """Rows as a text of parts: cells joined by a blank, rows by a comma; empty when it failed.

    >>> answer_text(Outcome("ok", rows=(("European Games", 2015), ("World Cup", 2.0))))
    'European Games 2015, World Cup 2'
    """
    return ", ".join(" ".join(map(_cell_text, row)) for row in outcome.rows)


def _cell_text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # SQLite's ROUND gives 2.0 where MariaDB gives 2
    return value.hex() if isinstance(value, bytes) else str(value)
