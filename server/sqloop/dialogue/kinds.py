"""Whether a text refers to the answer before, or stands alone.

A linear model over words says so. Its weights were learned from written dialogues and questions
(``tests/benchmarks/training/follow_up_words.py``); it sees nothing but the text. A wrong guess costs a look:
the full question is shown before it is asked, and may be edited.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from math import exp

from sqloop.dialogue.reasons import asks_reasons, asks_why

SURE = 0.35
"""The least probability of a follow-up. It is below a half, as one that is missed is answered wrong, while a
question that is taken for one is shown in full first."""

_WORDS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+|[,:;?%]")
_LENGTHS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 24)


def is_follow_up(text: str) -> bool:
    """Whether ``text`` says something of the question before.

    >>> is_follow_up("and by country?"), is_follow_up("only 2023"), is_follow_up("who directed them?")
    (True, True, True)
    >>> is_follow_up("Customers and their orders"), is_follow_up("In 2023, how many orders were placed?")
    (False, False)
    """
    if asks_reasons(text):
        return asks_why(text)
    bias, weights = _read_weights()
    score = bias + sum(weights.get(feature, 0.0) for feature in find_features(text))
    return 1 / (1 + exp(-score)) >= SURE


def find_features(text: str) -> set[str]:
    """Words, pairs of words, how it begins and ends (``~``: letters), how long it is; any number is ``0``.

    >>> sorted(find_features("And 2023?"))
    ['0', '0 ?', '0 ? $', '? $', '^ and', '^ and 0', '^ and 0 ?', '^ and n2', 'and', 'and 0', 'n>1', \
'~0 $', '~0 n2 $']
    """
    words = _WORDS.findall(text.lower().replace("’", "'"))
    words = ["0" if word.isdigit() else word for word in words]
    said = [word for word in words if word.isalnum() or "'" in word] or [""]
    count, end = len(said), said[-1][-2:]
    around = ["^", *words, "$"]
    return {
        *(word for word in words if word != "?"),
        *(f"{one} {two}" for one, two in pairwise(around)),
        " ".join(around[:3]),
        " ".join(around[:4]),
        " ".join(around[-3:]),
        f"^ {said[0]} n{min(count, 6)}",
        f"~{end} $",
        f"~{end} n{min(count, 4)} $",
        *(f"n>{length}" for length in _LENGTHS if count > length),
    }


@lru_cache(maxsize=1)
def _read_weights() -> tuple[float, dict[str, float]]:
    told = json.loads((files("sqloop.dialogue") / "follow_ups.json").read_text(encoding="utf-8"))
    return told["bias"], told["weights"]
