"""Follow-ups that ask for something else about the same rows: "Of the kegs filled in 2024, how many litres?".

Put behind the question as it is, they would be answered beside what it asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqloop import english
from sqloop.database.words import stem
from sqloop.dialogue.editing import PLACE, lower_first, lower_start, without_filler, without_mark

_ASKS = re.compile(
    r"(?:(?:what|how)(?!\s+about\b)|which|who(?:se)?|where|when|list|show|give|tell|name)\b", re.IGNORECASE
)
_ADDS = re.compile(
    r"\b(?:also|too|as\s+well|add(?!\s+up)|put|keep|next\s+to|along\s+with|only|just|again|instead)\b"
    r"|\b(?:first|last|top)\s+(?:\d+|two|three|five|ten)\b",
    re.IGNORECASE,
)
_SORTED = re.compile(r"\b(?:sort|order)(?:ed)?\s+by\b", re.IGNORECASE)
_ONES = re.compile(r"(?:which|what)\s+ones", re.IGNORECASE)
_OF_EACH = re.compile(
    r"\b(?:do|does|did|is|are|was|were|has|have|had)\s+each\b|\bfor\s+each$"
    r"|\beach\s+(?:of\s+)?(?:one|them|these|those)\b|^how\s+(?:many|much)\s+(?:per|each)\b",
    re.IGNORECASE,
)
_OF_ALL = r"(?:total|sum|average|mean|median|per\s?cent(?:age)?|%|share|proportion)"
_MEASURE = rf"(?:{_OF_ALL}|number|count)"
_AMOUNT = re.compile(
    rf"(?:how\s+(?:many|much)|what(?:['’]s|\s+(?:is|are|was|were|would))?(?:\s+(?:the|their|its|a))*\s+(?:\w+\s+)?"
    rf"{_MEASURE}|(?:the\s+)?{_OF_ALL}|what\s+(?:would|will|is|was|do|does|did)\s+(?:that|this|it|they|these|those)"
    r"\s+(?:all\s+)?(?:\w+\s+)?(?:be|make|come|add|amount|sum|cost|worth|in\s+total|altogether))(?!\w)",
    re.IGNORECASE,
)

_COUNTED = re.compile(r"^how\s+(?:many|(?P<much>much))\s+(?:of\s+)?(?P<what>\w.*)$", re.IGNORECASE)
_LISTED = re.compile(
    r"^(?:which\s+(?:of\s+)?|(?:please\s+)?(?:list|show|give|find|name)(?:\s+me)?\s+(?:(?:all|every)\s+)?(?:of\s+)?"
    r"|(?=who\s))(?P<what>\w.*)$",
    re.IGNORECASE,
)
_BACK = re.compile(
    r"\b(?:they|them|their|its)\b|\b(?:these|those)\b(?!\s+(?:that|who|which|in|from|of|with|without)\b)"
    r"|\b(?:is|are|was|were|do|does|did|will|would)\s+(?:that|this|it)\b|\bthere$",
    re.IGNORECASE,
)
"""What can only mean the rows of the question before."""
_BARE = re.compile(
    rf"how\s+(?:many|much|often)(?:\s+(?P<noun>\w+))?(?:\s+(?:in\s+(?:total|all)|altogether))?|list|when|where"
    rf"|(?:who|which|what)(?:\s+(?!(?:if|is|are|was|were|has|have|had|does|did)\b)\w+)?|(?:what(?:['’]s|\s+(?:is|was))\s+)?(?:(?:the|a)\s+)?{_OF_ALL}"
    rf"(?!\w)(?:\s+(?!(?:{PLACE}|not)\b)[^\W\d]+){{,3}}(?:\s+(?:for|in|at|of)\s+(?:each|every)\s.+)?",
    re.IGNORECASE,
)
"""What says nothing but what is asked of them: no other value, period or condition."""
_ASKS_WHICH = re.compile(r"(?:how|which|who)\b", re.IGNORECASE)
_NAMED = re.compile(
    rf"^(?!(?:what|how|when|where|whose|why|is|are|do|does|did|can|could|i|we)\b)"
    rf"(?!.*\b(?:{_MEASURE}|amount|per|by|each|every|top)\b)(?P<what>\w.*)$",
    re.IGNORECASE,
)
"""A question that only names rows: "Unpaid invoices of 2024"."""
_OURS = re.compile(
    rf"^of (?P<topic>.+?), (?P<asked>(?:{_ASKS.pattern}|{_AMOUNT.pattern})[^,]*)(?P<more>,.*)?$",
    re.IGNORECASE | re.DOTALL,
)
_OF_THEM = re.compile(r"how\s+many\s+of\s+(?:them|these|those)\s+(?P<what>.+)", re.IGNORECASE)
_SENTENCE = re.compile(r"[?!:;]\s+|\.\s+|\s+[-–—]\s+")
_SHOWING = re.compile(
    r"(?:and\s+)?(?:add|show|with|sort|order|list|give|their|by|per|for\s+each|please)(?:ed)?\b|.*\bfirst$",
    re.IGNORECASE,
)
_NARROWS = re.compile(
    r"(?:and\s+)?(?:(?:only|just|without|except|excluding|including|not|no|leave|take|skip|drop|remove|ignore|don['’]t"
    r"|those|from|since|before|after|until|during|between)\b|.*\b(?:included|excluded|only)$)",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"^(?P<noun>(?:[\w'’-]+\s+){1,8}?)(?P<verb>is|are|was|were|do|does|did|has|have|had|can|will)\b\s*"
    r"(?P<there>there\b\s*)?(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_RELATIVE = re.compile(r"\b(?:who|that|which|whose|where)\b", re.IGNORECASE)
_PERSONS = re.compile(r"(?:who|everybody|everyone|anybody|anyone|people)\b(?P<rest>.*)", re.IGNORECASE)
_WHO = re.compile(r"who\s+(?:are|is|was|were)\s+(?=(?:the|our|my|your|all)\b)", re.IGNORECASE)
_MANY = {"is": "are", "was": "were", "has": "have"}
_DETERMINED = re.compile(r"(?:the|our|my|your|their|his|her|its|these|those|all|this|that)\b", re.IGNORECASE)
_OWN = re.compile(r"(?:we|I|you)\b", re.IGNORECASE)
GOES_ON = re.compile(
    r"(?:in|for|from|of|at|by|on|with|without|to|per|under|over|above|below|between|since|before|after|until"
    r"|not|and|or|who|that|which|whose|where)\b|,",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Topic:
    """The rows that a question is about, as a noun phrase; ``counted`` where it asks for a number of them."""

    rows: str
    counted: bool


def ask_of_rows(question: str, text: str) -> str | None:
    """The full question where ``text`` asks for something else about what ``question`` counts or lists.

    After a list only another number is something else: "when were they sold?" is shown beside it.

    >>> ask_of_rows("How many kegs were filled in 2024?", "how many litres is that")
    'Of the kegs that were filled in 2024, how many litres is that?'
    >>> ask_of_rows("Which invoices are unpaid?", "and what's their total")
    "Of the invoices that are unpaid, what's their total?"
    >>> ask_of_rows("Which invoices are unpaid?", "who has to pay them")
    >>> ask_of_rows("Of the kegs filled in 2024, how many of them are empty?", "where are they")
    'Of the kegs filled in 2024, those that are empty, where are they?'
    """
    asked = lower_start(without_filler(text, "and"))
    topic = _find_topic(question)
    if topic is None or _ADDS.search(asked) or _SORTED.search(asked) or _ONES.fullmatch(asked):
        return None
    amount = _AMOUNT.match(asked) is not None
    if not amount and (not topic.counted or not _ASKS.match(asked)):
        return None
    if not _BACK.search(asked) and not _asks_barely(asked, topic.rows):
        return None
    if not topic.counted and (_OF_EACH.search(asked) or _of_each_row(asked, topic.rows)):
        return None
    return f"Of {topic.rows}, {asked}?"


def _asks_barely(asked: str, rows: str) -> bool:
    """Whether nothing is said that could mean other rows: another number of the same noun would.

    >>> _asks_barely("how many litres", "the kegs"), _asks_barely("how many kegs in all", "the kegs")
    (True, False)
    >>> _asks_barely("the average fee", "the kegs"), _asks_barely("how many are not empty", "the kegs")
    (True, False)
    """
    found = _BARE.fullmatch(asked)
    noun = found["noun"] if found else None
    return found is not None and (
        noun is None or (english.is_plural(noun) and stem(noun) not in {stem(word) for word in rows.split()})
    )


def _of_each_row(asked: str, rows: str) -> bool:
    """Whether "each" is said of what is listed: a number of every row, that is to stand beside it."""
    found = re.search(r"\b(?:each|every|per)\s+(\w+)", asked, re.IGNORECASE)
    return found is not None and stem(found[1]) in {stem(word) for word in rows.split()[:4]}


def _find_topic(question: str) -> _Topic | None:
    """
    >>> _find_topic("How many invoices did we issue in 2025?")
    _Topic(rows='the invoices we issue in 2025', counted=True)
    >>> _find_topic("How many customers live in Bath and get the newsletter?").rows
    'the customers that live in Bath and get the newsletter'
    >>> _find_topic("List our ships in port"), _find_topic("Sales per city")
    (_Topic(rows='our ships in port', counted=False), None)
    >>> _find_topic("Of the kegs filled in 2024, how many litres is that, only the small ones?")
    _Topic(rows='the kegs filled in 2024, only the small ones', counted=True)
    """
    bare = without_mark(question)
    if ours := _OURS.match(bare):
        asked = ours["asked"]
        part = _OF_THEM.match(asked)
        fewer = f", those {_that(part['what'])}{part['what']}" if part else ""
        return _Topic(ours["topic"] + fewer + _narrowing(ours["more"]), _AMOUNT.match(asked) is not None)
    sentence, *others = _SENTENCE.split(bare)
    first, comma, more = sentence.partition(",")
    counted = _COUNTED.match(first)
    bare_rows = _NAMED.match(lower_first(first) if english.is_plural(first.partition(" ")[0]) else first)
    found = counted or _LISTED.match(first) or bare_rows
    if found is None or _ASKS.match(without_filler(more.strip(), "and")):
        return None
    if not counted and re.search(rf"\b{_MEASURE}\s+\w", first, re.IGNORECASE):
        return None  # "Show the average salary of teachers" lists nothing.
    if re.search(r"\b(?:do|does|did)\s+(?:each|every)\b", first, re.IGNORECASE):
        return None  # What is counted for each site is no more than a number of the site.
    if re.match(r"how\s+much\s+(?:is|are|was|were|do|does|did)\b", first, re.IGNORECASE):
        return None  # It names nothing.
    much = counted is not None and counted["much"] is not None
    asks = _ASKS_WHICH.match(first) is not None
    named = _name_rows(found["what"].strip(), much=much, asks=asks)
    if named is None:
        return None
    rows = named + _narrowing(comma + more)
    parts = [part.strip() for other in others for part in other.split(",")]
    return _Topic(
        "".join([rows, *(f", {lower_start(part)}" for part in parts if _NARROWS.match(part))]),
        counted is not None,
    )


def _narrowing(more: str | None) -> str:
    """What was put behind a question that says which rows are meant, not what is shown of them, or how.

    >>> _narrowing(", only in 2024, with their prices, the dates, newest first, without Bath")
    ', only in 2024, without Bath'
    """
    kept, shows = [], False
    for part in re.findall(r",[^,]*", more or ""):
        shows = shows or _SHOWING.match(part[1:].strip()) is not None
        if not shows or _NARROWS.match(part[1:].strip()):
            kept.append(part)
    return "".join(kept)


def _name_rows(what: str, *, much: bool = False, asks: bool = True) -> str | None:
    """What stands behind "how many" or (not ``asks``) "list", as a noun phrase; None where it may be none.

    >>> _name_rows("customers are there in Rome"), _name_rows("overdue bills")
    ('the customers in Rome', 'the overdue bills')
    >>> _name_rows("games ended in a draw"), _name_rows("kegs filled in 2024", asks=False)
    ('the games that ended in a draw', 'the kegs filled in 2024')
    >>> _name_rows("money came in by card", much=True), _name_rows("who has left")
    ('the money that came in by card', 'those who have left')
    """
    what = _WHO.sub("", what)
    if persons := _PERSONS.match(what):
        verb, space, rest = persons["rest"].strip().removeprefix("who ").partition(" ")
        return f"those who {_MANY.get(verb, verb)}{space}{rest}"
    the = "" if _DETERMINED.match(what) else "the "
    verb = _VERB.match(what)
    if verb is not None and not _RELATIVE.search(verb["noun"]):
        noun = verb["noun"].strip()
        if verb["verb"].lower() in ("do", "does", "did") and not verb["rest"].startswith("not "):
            return f"{the}{noun} {verb['rest']}" if _OWN.match(verb["rest"]) else None
        if verb["there"]:
            return f"{the}{noun} {verb['rest']}".strip()
        return f"{the}{noun} that {verb['verb']} {verb['rest']}".strip()
    words = what.split()
    plural = next((i for i, word in enumerate(words[:4]) if english.is_plural(word)), 0) if not much else 0
    rest = " ".join(words[plural + 1 :])
    if asks and verb is None and GOES_ON.match(rest) and re.search(r"\w+ed\b", rest):
        return None  # "Patients with insurance missed a visit": where the verb begins is not told.
    return f"{the}{' '.join(words[: plural + 1])} {_that(rest, asks=asks)}{rest}".strip()


def _that(text: str, *, asks: bool = False) -> str:
    """What joins a verb to the noun before it; empty where no verb begins.

    "Ended" is one behind "which games", and none behind "list the games".
    """
    verb = text[:1].isalpha() and not GOES_ON.match(text) and (asks or not re.match(r"\w+ed\b", text))
    return "that " if verb else ""
