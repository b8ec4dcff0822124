"""What a question asks for by words that any question may have: numbers, denials, sums, ends of an order.

"Orders after 2024" and "orders since 2024" share each word that names something, and no SQL answers both. So
such words are read as what they say of a query, and two questions are held against each other by that:
"at least two" is "two or more", "most recent" is "latest". Where SQL may settle it ("players per team" is
counted as well as "number of players per team"), it is looked at. Lexical; pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from sqlglot import exp

from sqloop import english
from sqloop.database.words import Word, fold, split_text, stem
from sqloop.linking.narrowing import tells
from sqloop.linking.told_values import find_months

_NUMBER = r"(?:[€$£#]\s*)?-?\d[\d.,:-]*"
_BEFORE = r"(?:\s+(?:a|an|the|year|of|end|start|beginning))*\s+"
_LOWER = r"(?:less|fewer|lower|smaller|shorter|younger|earlier|lighter|cheaper|slower)"
_HIGHER = r"(?:more|greater|larger|bigger|higher|longer|older|later|heavier|faster|dearer|taller|better)"
_COMPARATIVE = re.compile(f"{_LOWER}|{_HIGHER}")
_THAN = r"(?:\s+\w+){0,2}\s+than"
_YEAR = re.compile(r"(?:19|20)\d\d")

Compared = tuple[str, str]
"""How a number is compared, and the number."""

_COMPARED = tuple(
    (sign, re.compile(form))
    for sign, form in (
        (
            "between",
            rf"\b(?:between|from)\s+(?P<number>{_NUMBER})\s+(?:and|to|until|till)\s+(?P<end>{_NUMBER})",
        ),
        (
            "<=",
            rf"(?P<number>{_NUMBER})(?:\s+\w+)?\s+(?:or|and)\s+"
            rf"(?:{_LOWER}|below|under|before|until)\b",
        ),
        (
            ">=",
            rf"(?P<number>{_NUMBER})(?:\s+\w+)?\s+(?:or|and)\s+(?:{_HIGHER}|above|over|after|up)\b",
        ),
        (
            ">=",
            rf"\b(?:at least|no {_LOWER}{_THAN}|not {_LOWER}{_THAN}|minimum of|since|on or after|starting"
            rf"(?: in| from)?){_BEFORE}(?P<number>{_NUMBER})",
        ),
        (">=", rf"\bfrom{_BEFORE}(?P<number>{_NUMBER})(?=(?:\s+\d{{4}})?\s+on(?:wards?)?\b)"),
        ("<=", rf"\bby{_BEFORE}(?P<number>0\d|\d{{4}})\b"),
        (
            "<=",
            rf"\b(?:at most|no {_HIGHER}{_THAN}|not {_HIGHER}{_THAN}|maximum of|up to|until|till|within"
            rf"|on or before){_BEFORE}(?P<number>{_NUMBER})",
        ),
        (">", rf"\b(?:{_HIGHER}{_THAN}|over|above|exceed\w*|beyond|after){_BEFORE}(?P<number>{_NUMBER})"),
        ("<", rf"\b(?:{_LOWER}{_THAN}|under|below|before){_BEFORE}(?P<number>{_NUMBER})"),
        ("=", rf"(?P<number>{_NUMBER})"),
    )
)
"""How a number is compared; the first form that fits."""

_SAYS = {
    name: re.compile(rf"\b(?:{words})\b|{signs}" if signs else rf"\b(?:{words})\b")
    for name, words, signs in (
        (
            "norm",
            r"(?:(?<=than )|(?<=above )|(?<=below )|(?<=above-)|(?<=below-))(?:the )?(?:average|mean)",
            "",
        ),
        ("average", r"averages?|mean|avg|typical(?:ly)?", ""),
        ("share", r"percent\w*|share|proportion|fraction|ratio", "%"),
        ("out", r"out of", ""),
        ("or", r"or", ""),
        ("all", r"all of (?:whose|which|whom|them|their)|all (?:their|whose)", ""),
        ("only", r"only|solely|exclusively|alone|nothing but", ""),
        ("present", r"current(?:ly)?|now|present(?:ly)?|at the moment", ""),
        ("past", r"former(?:ly)?|previous(?:ly)?|past", ""),
        ("future", r"next|upcoming|future", ""),
        ("late", r"most recent(?:ly)?|latest|newest|youngest|last(?! names?\b)|recent(?:ly)?", ""),
        ("early", r"earliest|oldest|first(?! names?\b)", ""),
        (
            "low",
            r"least|fewest|lowest|smallest|shortest|lightest|cheapest|slowest|worst|bottom|min(?:imum)?",
            "",
        ),
        ("high", r"most|max(?:imum)?|top|best|peak|\w{3,}est", ""),
        ("more", rf"{_HIGHER}{_THAN}|over|above|exceed\w*", ""),
        ("less", rf"{_LOWER}{_THAN}|under|below", ""),
        ("after", r"after|since", ""),
        ("before", r"before|until|till", ""),
        ("when", r"when|what (?:day|date|time)|which (?:day|date)", ""),
        ("where", r"where(?!as)", ""),
        ("why", r"why", ""),
        ("how", r"how (?:long|old|far|often|big|late|soon|tall|high|heavy|fast)", ""),
    )
}
"""What both questions have to say, or neither; what one has taken is not there for the next."""

_ORDINALS = frozenset("second third fourth fifth tenth".split())
_SURE = frozenset(("average", "present", "low", *_ORDINALS))
"""What can hardly be said otherwise."""

_COUNT = re.compile(r"\b(?:how many|numbers? of|counts?(?: of)?|counted|tally)\b")
_TOTAL = re.compile(r"\b(?:totals?|sums?|altogether|combined|overall|together|how much)\b")
_DISTINCT = re.compile(r"\b(?:distinct|different|unique)\b")
_UNIT = re.compile(
    r"(?:\b(?:in|this|last|next|previous|past|current|coming)|\d)\s+(second|minute|hour|day|week|month|quarter|year"
    r"|kg|kilogram|gram|ton|tonne|km|kilomet\w\w|mile|met(?:er|re)|euro|dollar|thousand|million)s?\b"
)
_A_UNIT = re.compile(r"\bthan an? (?=(?:second|minute|hour|day|week|month|quarter|year)\b)")
_GROUP = re.compile(
    r"\b(?:per|each|every|by(?=\s+(?:day|week|month|quarter|year|date)s?\b))\s+((?:\W*\w+){0,3})"
)
_BY = re.compile(r"\bby\s+((?:\W*\w+){0,3})")
_PERIODS = {
    said: f"per {period}"
    for period, said in zip(
        "day week month quarter year year".split(),
        "daily weekly monthly quarterly yearly annual".split(),
        strict=True,
    )
}
_DENIAL = re.compile(
    r"\b(?:not|no|never|none|without|nobody|neither|cannot|\w+n't|lack\w*|except|exclud\w*|outside|other than"
    r"|besides|apart from|rather than|instead of|non)\b(?=((?:\W*(?!but\b)\b\w+){0,5}))"
)
_ORDINAL = re.compile(rf"\b(?:{'|'.join(_ORDINALS)})\b|\b\d+(?:nd|rd|th)\b")
_BEFORE_ONE = frozenset("than least most exactly only just with".split())
"""Words behind which "one" is a number."""

_TIMES = {"once": "1", "twice": "2", "thrice": "3", "couple": "2"}


@dataclass(frozen=True)
class Intent:
    """What the words say; ``numbers`` are those that are no years, with their comparison, in order."""

    says: frozenset[str]
    numbers: tuple[Compared, ...]
    years: tuple[Compared, ...]
    counts: bool
    totals: bool
    distinct: bool
    grouped: tuple[tuple[str, ...], ...]
    by: tuple[tuple[str, ...], ...]
    denied: tuple[frozenset[str], ...]
    texts: frozenset[str]

    @property
    def digits(self) -> frozenset[str]:
        """All its numbers, however they are compared."""
        return frozenset(number for _, number in self.numbers + self.years)

    def denials(self, other: Intent) -> list[frozenset[str]]:
        """What is denied, by the stems that follow; "uninsured" denies what the ``other`` calls insured."""
        opposed = [
            frozenset([rest])
            for word in self.texts - other.texts
            for start in english.OPPOSITE
            if word.startswith(start) and (rest := stem(word[len(start) :])) in map(stem, other.texts)
        ]
        return [*self.denied, *opposed]


def intents_differ(asked: str, known: str, tree: exp.Expr | None) -> bool:
    """Whether a query, as ``tree``, that answers ``known`` cannot answer ``asked`` for such words.

    For questions that are in the same words otherwise: others may say "first" and mean an order.

    >>> intents_differ("members of at least two teams", "members in two or more teams", None)
    False
    >>> intents_differ("orders since 2024", "orders after 2024", None)
    True
    >>> intents_differ("patients per doctor", "doctors per patient", None)
    True
    """
    new, old = read_intent(asked), read_intent(known)
    return (
        new.says != old.says
        or new.numbers != old.numbers
        or new.years != old.years
        or _denials_differ(new, old)
        or _groups_differ(new, old)
        or _sums_differ(new, old, tree)
    )


def surely_differ(asked: str, known: str) -> bool:
    """Whether they differ in what can hardly be said otherwise, however else they are worded.

    >>> surely_differ("mean age of all current members", "how old are former members on average?")
    True
    """
    new, old = read_intent(asked), read_intent(known)
    return new.years != old.years or bool((new.says ^ old.says) & _SURE)


def one_denies(asked: str, known: str) -> bool:
    """Whether only one of two questions denies anything.

    >>> one_denies("uninsured patients", "insured patients"), one_denies("unpaid fees", "fees not paid")
    (True, False)
    """
    new, old = read_intent(asked), read_intent(known)
    return bool(new.denials(old)) != bool(old.denials(new))


def _denials_differ(new: Intent, old: Intent) -> bool:
    mine, its = new.denials(old), old.denials(new)
    return len(mine) != len(its) or any(
        a and b and a.isdisjoint(b) for a, b in zip(mine, its, strict=True) if len(mine) == 1
    )


def _groups_differ(new: Intent, old: Intent) -> bool:
    """Whether only one is for each of something, or each for another thing."""

    def lacks(one: Intent, other: Intent) -> bool:
        said = other.grouped + other.by
        return not all(any(mine[0] in its or its[0] in mine for its in said) for mine in one.grouped)

    return lacks(new, old) or lacks(old, new)


def _sums_differ(new: Intent, old: Intent, tree: exp.Expr | None) -> bool:
    shown = tree.expressions if isinstance(tree, exp.Select) else []
    counted, summed = (any(each.find(kind) for each in shown) for kind in (exp.Count, exp.Sum))
    grouped = bool(old.grouped and (new.grouped or new.by))
    if new.counts != old.counts and not (
        (counted or summed) if new.counts else grouped or (summed and new.totals)
    ):
        return True
    if (
        new.totals != old.totals
        and not (new.counts and old.counts)
        and not (summed and (new.totals or grouped))
    ):
        return True
    distinct = tree is not None and tree.find(exp.Distinct) is not None
    in_sum = tree is not None and any(each.find(exp.Distinct) for each in tree.find_all(exp.AggFunc))
    return new.distinct != old.distinct and (in_sum if old.distinct else not distinct)


def is_intent(text: str) -> bool:
    """Whether a word alone is one of those that are read here.

    >>> is_intent("biggest"), is_intent("currently"), is_intent("big")
    (True, True, False)
    """
    forms = (*_SAYS.values(), _COUNT, _TOTAL, _DISTINCT, _COMPARATIVE)
    return any(form.fullmatch(text.casefold()) for form in forms)


@lru_cache(maxsize=4_096)
def read_intent(question: str) -> Intent:
    """What the words of a question say of a query."""
    words = split_text(question)
    text = _A_UNIT.sub("than 1 ", _with_digits(question, words))
    says = set(_UNIT.findall(text)) | set(_ORDINAL.findall(text))
    numbers, years, text = _take_numbers(text)
    denied = tuple(frozenset(_telling(found[1])) for found in _DENIAL.finditer(text))
    text = _DENIAL.sub(" ", text)
    for name, form in _SAYS.items():
        if form.search(text):
            says.add(name)
            text = form.sub(" ", text)
    return Intent(
        frozenset(says),
        numbers,
        years,
        _COUNT.search(text) is not None,
        _TOTAL.search(text) is not None,
        _DISTINCT.search(text) is not None,
        tuple(filter(None, (_stems(found[1]) for found in _GROUP.finditer(text)))),
        tuple(filter(None, (_stems(found[1]) for found in _BY.finditer(text)))),
        denied,
        frozenset(fold(word.text) for word in words),
    )


def _with_digits(question: str, words: list[Word]) -> str:
    """The question in small letters, with digits for numbers in words; months are numbers as well."""
    months = {span.start: f"0{span.value}" for span in find_months(words)}
    text, end = "", 0
    around = zip([None, *words], words, [*words[1:], None], strict=False)
    for before, word, after in around:
        small = word.text.casefold()
        digits = months.get(word.start) or _TIMES.get(small) or _PERIODS.get(small, "")
        if small in english.NUMBERS and (small != "one" or _is_number(before, after)):
            digits = str(english.NUMBERS[small])
        text, end = text + question[end : word.start] + (digits or word.text), word.end
    return text.casefold() + question[end:].casefold()


def _is_number(before: Word | None, after: Word | None) -> bool:
    """Whether "one" between these words is a number."""
    compared = before is not None and before.text in _BEFORE_ONE
    return compared or (after is not None and after.text == "or")


def _take_numbers(text: str) -> tuple[tuple[Compared, ...], tuple[Compared, ...], str]:
    """Numbers and years with their comparisons, in their order, and the text with blanks for them."""
    found: list[tuple[int, Compared]] = []
    for sign, form in _COMPARED:
        while match := form.search(text):
            for number in filter(None, match.groupdict()):
                digits = match[number].strip("€$£# ").rstrip(".,:-").replace(",", "")
                found.append((match.start(number), (sign, digits)))
            text = text[: match.start()] + " " * len(match[0]) + text[match.end() :]
    pairs = [pair for _, pair in sorted(found)]
    years = [pair for pair in pairs if _YEAR.fullmatch(pair[1])]
    return tuple(pair for pair in pairs if pair not in years), tuple(years), text


def _stems(text: str) -> tuple[str, ...]:
    return tuple(word.stem for word in split_text(text) if word.text[0].isalnum())


def _telling(text: str) -> tuple[str, ...]:
    return tuple(word.stem for word in split_text(text) if tells(word.text))
