"""One year, quarter or month in the place of another: "and in 2024?", "the month before", "make that Q2"."""

from __future__ import annotations

import re

from sqloop import english
from sqloop.dialogue.editing import put, said_instead

_QUARTER = re.compile(r"\bQ[1-4]\b", re.IGNORECASE)
_MONTHS = "|".join(f"{name}|{name[:3]}" for name in english.MONTHS if name != "may")
_MONTH = re.compile(rf"\b(?:(?i:{_MONTHS})|May)\b")
YEAR = re.compile(
    r"(?<![/-])(?<!than )(?<!over )(?<!under )(?<!above )(?<!below )\b(?:19|20)\d\d\b(?![/-])", re.IGNORECASE
)
"""Neither a measure nor a part of a season or day."""
_ONLY = re.compile(r"^(?:only|just)\s+(?:in\s+|for\s+)?(?P<what>\S+(?:\s+\S+)?)$", re.IGNORECASE)
_BOUND = re.compile(r"\b(?:since|after|before|until|till|between)\s+$", re.IGNORECASE)
_IN = re.compile(r"^(?:in|for|of|during)\s+(?:the\s+)?", re.IGNORECASE)
_BESIDE = re.compile(
    r"(?:the\s+)?(?:(?P<kind>year|quarter|month)\s+(?:before|(?P<after>after))(?:\s+that)?"
    r"|(?:previous|prior|preceding|(?P<next>next|following))\s+(?P<period>year|quarter|month))",
    re.IGNORECASE,
)
_QUARTERS = ("first", "second", "third", "fourth")
_ORDINAL = re.compile(rf"\b(?:{'|'.join(_QUARTERS)})(?=\s+quarter\b)", re.IGNORECASE)
_PART_OF_YEAR = re.compile(
    rf"(?:the\s+)?(?:(?:{'|'.join(_QUARTERS)})\s+quarter|Q[1-4]|{_MONTH.pattern})(?:\s+of)?\s+(?:19|20)\d\d",
    re.IGNORECASE,
)


def replace_period(question: str, text: str) -> str | None:
    """A year, month or quarter in the place of the only one there is.

    >>> replace_period("Orders in 2023?", "and in 2024"), replace_period("From 2022 to 2023", "and 2024")
    ('Orders in 2024?', None)
    >>> replace_period("Orders in 2023?", "what was it the year before")
    'Orders in 2022?'
    >>> replace_period("Unpaid invoices of June 2026?", "and for September")
    'Unpaid invoices of September 2026?'
    >>> replace_period("Sales per shop in 2023?", "make that the first quarter of 2024")
    'Sales per shop in the first quarter of 2024?'
    >>> replace_period("Tickets in 2025?", "only 2024"), replace_period("Since 2020?", "only 2024")
    ('Tickets in 2024?', None)
    """
    said = said_instead(text)
    only = _ONLY.match(text)
    if only is not None:
        said = only["what"]
    if (beside := _BESIDE.fullmatch(said or text)) is not None:
        step = 1 if beside["after"] or beside["next"] else -1
        return _step(question, (beside["kind"] or beside["period"]).lower(), step)
    if said is None:
        said = _IN.sub("", text)
    within, years = _PART_OF_YEAR.fullmatch(said), [*YEAR.finditer(question)]
    if within and len(years) == 1 and not any(each.search(question) for each in (_MONTH, _QUARTER, _ORDINAL)):
        the = "the " if _ORDINAL.match(within[0]) else ""
        return put(question, years[0].span(), f"{the}{within[0]}")
    changed, rest = question, said
    for kind in (YEAR, _MONTH, _QUARTER):
        new, old = [*kind.finditer(said)], [*kind.finditer(changed)]
        if not new:
            continue
        if len(new) > 1 or len(old) != 1 or _BOUND.search(changed[: old[0].start()]):
            return None
        if only and re.search(r"\b(?:from|to)\s+$", changed[: old[0].start()], re.IGNORECASE):
            return None
        changed = put(changed, old[0].span(), new[0][0])
        rest = rest.replace(new[0][0], "")
    return changed if changed != question and not rest.strip(" ,of") else None


def _step(question: str, period: str, step: int) -> str | None:
    """The question about the year, quarter or month before (-1) or after (1) the one that it says.

    >>> _step("Orders of December 2023", "month", 1), _step("In the first quarter of 2024", "quarter", -1)
    ('Orders of January 2024', 'In the fourth quarter of 2023')
    >>> _step("Orders in Q1 2024", "quarter", 1), _step("Orders of 2023 and 2024", "year", 1)
    ('Orders in Q2 2024', None)
    """
    years = [*YEAR.finditer(question)]
    if len(years) > 1:
        return None
    if period == "year":
        return put(question, years[0].span(), str(int(years[0][0]) + step)) if years else None
    months = [name for name in english.MONTHS if len(name) > 3 or name == "may"]
    for kind, names in (
        ("quarter", _QUARTERS),
        ("quarter", ("Q1", "Q2", "Q3", "Q4")),
        ("month", [name.capitalize() for name in months]),
        ("month", [name[:3].capitalize() for name in months]),
    ):
        finder = {"first": _ORDINAL, "Q1": _QUARTER}.get(names[0], _MONTH)
        found = [*finder.finditer(question)]
        lower = [name.lower() for name in names]
        if kind != period or len(found) != 1 or found[0][0].lower() not in lower:
            continue
        over, place = divmod(lower.index(found[0][0].lower()) + step, len(names))
        if over and years:
            question = put(question, years[0].span(), str(int(years[0][0]) + over))
        return put(question, found[0].span(), names[place])
    return None
