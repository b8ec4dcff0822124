"""Words for more and less of something that any schema may hold: older, the cheapest, sold out.

The lexicon has the words of its own attributes; these are found by the last word of a column's name.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqloop_trainer.synthesis.schemas.spelling import Words


@dataclass(frozen=True)
class Degrees:
    """Alternatives, divided by ``|``, for the greatest and the least, for more and for less.

    ``none`` is said of rows that have 0 of it, ``some`` of those that have more.
    """

    most: str
    least: str
    more: str = ""
    less: str = ""
    none: str = ""
    some: str = ""

    @property
    def down(self) -> str:
        """How an order from the greatest to the least is said, as alternatives."""
        return _first_then(self.most, self.least)

    @property
    def up(self) -> str:
        """How an order from the least to the greatest is said, as alternatives."""
        return _first_then(self.least, self.most)


def _first_then(one: str, two: str) -> str:
    first, last = one.split("|")[0], two.split("|")[0]
    said = [f"{first} first", f"from (the|) {first} to (the|) {last}", f"starting with the {first}"]
    if " " not in first + last and first.endswith("est") and last.endswith("est"):
        said.append(f"from {_plain(first)} to {_plain(last)}")
    return "|".join(said)


def _plain(superlative: str) -> str:
    """``old`` of ``oldest``, ``big`` of ``biggest``, ``heavy`` of ``heaviest``."""
    if superlative in ("largest", "widest", "latest"):
        return superlative[:-2]
    base = superlative.removesuffix("est")
    if base.endswith("i"):
        return f"{base[:-1]}y"
    return base[:-1] if base[-2:] in ("gg", "tt") else base


_AGE = Degrees("oldest|eldest|most senior", "youngest", "older than", "younger than")
_PRICE = Degrees(
    "most expensive|priciest|costliest|dearest",
    "cheapest|least expensive|most affordable",
    "more expensive than|that cost more than|costing over|pricier than",
    "cheaper than|that cost less than|costing under|less expensive than",
    "that are free|free of charge|that cost nothing",
)
_PAY = Degrees(
    "best paid|highest paid|best earning|top earning",
    "worst paid|lowest paid|least paid",
    "earning more than|who earn more than|paid more than|making over",
    "earning less than|who earn less than|paid less than|making under",
    "that are unpaid|who earn nothing",
)
_WEIGHT = Degrees(
    "heaviest", "lightest", "heavier than|weighing more than", "lighter than|weighing less than"
)
_HEIGHT = Degrees("tallest|highest", "shortest|lowest", "taller than|higher than", "shorter than|lower than")
_LENGTH = Degrees(
    "longest", "shortest", "longer than|that last more than", "shorter than|that last less than"
)
_SIZE = Degrees("largest|biggest", "smallest", "larger than|bigger than", "smaller than")
_SPEED = Degrees("fastest|quickest", "slowest", "faster than", "slower than")
_RATING = Degrees(
    "best rated|top rated|highest rated|best",
    "worst rated|lowest rated|worst",
    "rated above|rated higher than|better than",
    "rated below|rated lower than|worse than",
)
_POPULARITY = Degrees("most popular", "least popular", "", "", "that nobody follows")
_STOCK = Degrees(
    "best stocked",
    "scarcest",
    "with more than|of which there are more than",
    "with fewer than|of which there are less than",
    "out of stock|that are out of stock|sold out|that are sold out|not in stock|that are not available",
    "in stock|that are in stock|that are available|still available|available",
)
_BIRTH = Degrees("youngest", "oldest|eldest")
_START = Degrees(
    "newest|most recent|latest|most recently hired", "longest serving|earliest|first|most senior"
)
_YEAR = Degrees("newest|most recent|latest|most modern", "oldest|earliest|first")
_SALES = Degrees("best selling|top selling", "worst selling", "that sold more than", "that sold less than")

_BY_WORD = {
    "age": _AGE,
    **dict.fromkeys(("price", "cost", "fee", "fare", "rent"), _PRICE),
    **dict.fromkeys(("salary", "wage", "pay", "income", "earnings"), _PAY),
    **dict.fromkeys(("weight", "tons"), _WEIGHT),
    **dict.fromkeys(("height",), _HEIGHT),
    **dict.fromkeys(("length", "duration", "runtime", "distance", "minutes", "pages", "nights"), _LENGTH),
    **dict.fromkeys(("size", "area", "capacity", "headcount", "population", "enrollment"), _SIZE),
    **dict.fromkeys(("speed", "pace"), _SPEED),
    **dict.fromkeys(("rating", "stars", "score", "grade", "gpa"), _RATING),
    **dict.fromkeys(("followers", "plays", "views", "downloads", "likes"), _POPULARITY),
    **dict.fromkeys(("stock", "inventory", "availability"), _STOCK),
    **dict.fromkeys(("sales", "sold"), _SALES),
    "year": _YEAR,
    "depth": Degrees("deepest", "shallowest", "deeper than", "shallower than"),
    "width": Degrees("widest", "narrowest", "wider than", "narrower than"),
    "temperature": Degrees(
        "hottest|warmest", "coldest|coolest", "hotter than|warmer than", "colder than|cooler than"
    ),
    "profit": Degrees("most profitable", "least profitable", "", "", "that make no profit"),
    "experience": Degrees("most experienced", "least experienced"),
    "power": Degrees("most powerful", "weakest", "stronger than", "weaker than"),
    "horsepower": Degrees("most powerful|strongest", "weakest", "stronger than", "weaker than"),
}
_BEGINNINGS = frozenset(("hire", "hired", "joined", "enrolled", "started"))


def degrees_of(words: Words) -> Degrees | None:
    """The words for more and less of a column; None where only its name can be said.

    >>> degrees_of(("unit", "price")).least.split("|")[0], degrees_of(("birth", "date")).most
    ('cheapest', 'youngest')
    """
    if not {"birth", "born", "dob"}.isdisjoint(words):
        return _BIRTH
    if words and words[0] in _BEGINNINGS:
        return _START
    if len(words) > 1 and words[-2:] == ("in", "stock"):
        return _STOCK
    return _BY_WORD.get(words[-1]) if words else None
