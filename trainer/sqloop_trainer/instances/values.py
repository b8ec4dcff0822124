"""Believable values for a column, guessed from its words, its table's words and its kind.

`generator_for` picks a generator once per column, so that a column stays in character: a type column
repeats a few values, a price column has a scale of its own, a title is rarely the same twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

from sqloop.database.outcome import Value
from sqloop.database.schema import Kind
from sqloop_trainer.instances import texts
from sqloop_trainer.instances import vocabulary as words

Generator = Callable[[Random], Value]

PEOPLE = re.compile(
    r"person|people|customer|client|employee|student|teacher|professor|player|author|singer|artist|member|staff|user|"
    r"driver|pilot|actor|director|candidate|guest|patient|doctor|physician|nurse|coach|owner|faculty|instructor|"
    r"athlete|manager|head|leader|resident|musician|composer|writer|editor|engineer|contact|agent|host|dancer|lawyer|"
    r"friend|individual|parent|reviewer|entrepreneur|wrestler|swimmer|cyclist|gymnast|judge|borrower|captain|mayor"
)


def generator_for(column: str, table: str, kind: Kind, random: Random) -> Generator:
    """The generator for a column named `column` in `table`, both as lower-case words ("birth date")."""
    for pattern, make in RULES[kind]:
        if re.search(pattern, column):
            return make(column, table, random)
    return DEFAULTS[kind](column, table, random)


Rule = Callable[[str, str, Random], Generator]


def _pick(values: Sequence[str]) -> Rule:
    """Any of the values."""
    return lambda column, table, random: lambda rng: rng.choice(values)


def _few(values: Sequence[str]) -> Rule:
    """A handful of the values, some of them more frequent: categories."""

    def make(column: str, table: str, random: Random) -> Generator:
        chosen = random.sample(values, min(len(values), random.randrange(3, 7)))
        weights = [1 / (rank + 1) for rank in range(len(chosen))]
        return lambda rng: rng.choices(chosen, weights)[0]

    return make


def _make(text: Callable[[Random], Value]) -> Rule:
    return lambda column, table, random: text


def _whole(low: int, high: int) -> Rule:
    return _make(lambda rng: rng.randint(low, high))


def _decimal(low: float, high: float, places: int = 2) -> Rule:
    return _make(lambda rng: round(rng.uniform(low, high), places))


def _scaled(exponents: tuple[int, int], places: int = 0) -> Rule:
    """Numbers on a scale of the column's own, a few times larger or smaller than each other."""

    def make(column: str, table: str, random: Random) -> Generator:
        scale = 10.0 ** random.randint(*exponents)

        def number(rng: Random) -> Value:
            value = scale * rng.uniform(0.4, 12)
            return round(value, places) if places else round(value)

        return number

    return make


def _code(column: str, table: str, random: Random) -> Generator:
    """Codes of one shape: letters, letters with digits, or digits."""
    shape = random.choice(("AAA", "AA00", "A-000", "0000", "AAAA"))
    digits, letters = "0123456789", "ABCDEFGHIKLMNOPRSTUVWXY"
    return lambda rng: "".join(rng.choice({"A": letters, "0": digits}.get(each, each)) for each in shape)


def _title(column: str, table: str, random: Random) -> Generator:
    """A person's title is a job, a work's is a title."""
    return _few(words.JOBS)(column, table, random) if PEOPLE.search(table) else texts.title


def _name(column: str, table: str, random: Random) -> Generator:
    """A name of what the column, or else the table, speaks of."""
    for subject in (column, table):
        for pattern, make in NAMED:
            if re.search(pattern, subject):
                return make(column, table, random)
    return lambda rng: f"{rng.choice(words.ADJECTIVES)} {rng.choice(words.NOUNS)}"


NAMED: tuple[tuple[str, Rule], ...] = (
    (r"countr|\bnations?\b", _pick(words.COUNTRIES)),
    (r"\bcit(y|ies)\b|town|airport|station|location|place|destination|region|district|county|origin",
     _pick(words.CITIES)),
    (r"\bstates?\b|province", _pick(words.STATES)),
    (r"school|universit|college|campus", _make(texts.school)),
    (r"department|division|dept", _pick(words.DEPARTMENTS)),
    (r"team|club\b", _make(texts.team)),
    (r"stadium|venue|theat|museum|hotel|building|attraction|track", _make(texts.venue)),
    (r"compan|manufactur|airline|bank|supplier|publisher|brand|organi[sz]ation|shop|store|channel|agency|firm|sponsor",
     _make(texts.company)),
    (r"product|item|goods|equipment|device|part\b|asset|gift|furniture|accessor", _make(texts.product)),
    (r"course|subject|class\b|major|program", _pick(words.SUBJECTS)),
    (r"genre", _few(words.GENRES)),
    (r"instrument", _few(words.INSTRUMENTS)),
    (r"language", _few(words.LANGUAGES)),
    (r"party", _few(words.PARTIES)),
    (r"food|dish|meal|menu|ingredient", _pick(words.FOODS)),
    (r"pet\b|animal|breed", _few(words.ANIMALS)),
    (r"job|role|occupation", _few(words.JOBS)),
    (r"month", _pick(words.MONTHS)),
    (r"song|film|movie|book|album|event|festival|show|game|race|tournament|competition|project|document|paper|ship|"
     r"cartoon|episode|opera|concert|exhibition|artwork|mission|award", _make(texts.title)),
    (PEOPLE.pattern, _make(texts.person)),
)  # fmt: skip

TEXT: tuple[tuple[str, Rule], ...] = (
    (r"first name|given name|fname|forename|middle name", _pick(words.FIRST)),
    (r"last name|surname|family name|lname", _pick(words.LAST)),
    (r"e-?mail", _make(texts.email)),
    (r"phone|fax|mobile|telephone", _make(texts.phone)),
    (r"\burl\b|web ?site|homepage", _make(lambda rng: f"www.{rng.choice(words.COMPANIES).lower()}.example")),
    (r"zip|post(al)? ?code", _make(lambda rng: f"{rng.randrange(10_000, 99_999)}")),
    (r"password|token|hash", _make(lambda rng: f"{rng.randrange(16**8):08x}")),
    (r"login|user ?name|nick ?name", _make(texts.handle)),
    (r"gender|\bsex\b", _few(("M", "F"))),
    (r"nationalit|citizenship", _pick(words.NATIONALITIES)),
    (r"date.*birth|birth.*da(te|y)|\bdob\b", _make(texts.birthday)),
    (r"\b(datetime|timestamp)\b", _make(texts.moment)),
    (r"\bdates?\b", _make(texts.day)),
    (r"\btime\b", _make(texts.clock)),
    (r"\byear\b", _make(lambda rng: str(rng.randrange(1980, 2025)))),
    (r"\bmonth\b", _pick(words.MONTHS)),
    (r"\b(week)?day\b", _pick(words.WEEKDAYS)),
    (r"\b(yn|flag|yes|no)\b|^(is|has) ", _few(("Y", "N"))),
    (r"status", _few(words.STATUSES)),
    (r"colou?r", _few(words.COLORS)),
    (r"semester|season|term\b", _few(words.SEASONS)),
    (r"payment|pay method", _few(words.PAYMENTS)),
    (r"religion", _few(words.RELIGIONS)),
    (r"position", _few(words.POSITIONS)),
    (r"industr|sector", _few(words.INDUSTRIES)),
    (r"result|outcome", _few(("Win", "Loss", "Draw"))),
    (r"grade\b", _few(("A", "B", "C", "D", "F"))),
    (r"job|occupation|profession|role", _few(words.JOBS)),
    (r"\bcodes?\b|\bids?\b|number|\bno\b|isbn|iata|icao|license|ssn|version", _code),
    (r"description|details?\b|notes?\b|comments?\b|remarks?|text|content|reason", _make(texts.remark)),
    (r"address|street|\bline\b", _make(texts.street)),
    (r"job title", _few(words.JOBS)),
    (r"title", _title),
    (r"\brooms?\b", _make(lambda rng: str(rng.randrange(100, 420)))),
    (r"type|kind|categor|style", _few(words.TYPES)),
    (r"class|level|\brank\b|rating|size", _few(words.CLASSES)),
    (r"home ?town|birth ?place|headquarter|\bcapital\b|\borigin\b|\bsource\b|\barea\b", _pick(words.CITIES)),
    (r"quantity|amount|price|\bcount\b|score|\bage\b|height|weight", _make(texts.numeral)),
)  # fmt: skip

NUMBER: tuple[tuple[str, Rule], ...] = (
    (r"\byear\b|founded|established|\bopened\b|\bbuilt\b", _whole(1965, 2024)),
    (r"\bage\b", _whole(16, 80)),
    (r"\bmonth\b", _whole(1, 12)),
    (r"\bday\b", _whole(1, 31)),
    (r"latitude|\blat\b", _decimal(-60, 70, 4)),
    (r"longitude|\b(long|lng)\b", _decimal(-180, 180, 4)),
    (r"percent|share|ratio|\brate\b|proportion", _decimal(0, 100)),
    (r"rating|stars|gpa", _decimal(1, 5, 1)),
    (r"salary|budget|revenue|income|profit|sales|assets|market value", _scaled((4, 6))),
    (r"population|attendance|votes|enrol|passengers|visitors|circulation|downloads", _scaled((3, 5))),
    (r"price|cost|fee|amount|balance|total|payment|credit|charge|tax|discount", _scaled((0, 3), 2)),
    (r"height|weight|length|width|depth|distance|speed|elevation|altitude|temperature", _scaled((0, 3), 1)),
    (r"capacity|area|size|minutes|seconds|duration|pages|miles", _scaled((1, 3))),
    (r"rank|position|place|round|order|level|floor|grade|stint", _whole(1, 20)),
    (r"\b(phone|fax|ssn|zip)\b", _whole(1_000_000, 9_999_999)),
    (r"\b(is|has|flag|active)\b", _whole(0, 1)),
    (r"\bids?\b|code|number|\bno\b", _whole(1, 500)),
    (r"quantity|count|children|credits|hours|wins|losses|goals|points|score", _whole(0, 60)),
)  # fmt: skip

DATE: tuple[tuple[str, Rule], ...] = (
    (r"birth", _make(texts.birthday)),
    (r"datetime|timestamp|\btime\b|update", _make(texts.moment)),
)

RULES: dict[Kind, tuple[tuple[str, Rule], ...]] = {
    "text": TEXT,
    "number": NUMBER,
    "date": DATE,
    "boolean": (),
    "other": (),
}

DEFAULTS: dict[Kind, Rule] = {
    "text": _name,
    "number": _scaled((0, 2)),
    "date": _make(texts.day),
    "boolean": _whole(0, 1),
    "other": _make(texts.remark),
}
