"""One athlete out of a context of TEMPTABQA-C: the text of an infobox, line by line.

The first line is the name. `Birth Date` stands above a line `YYYY-M-D`. Below `Country Representing` a line
without a tab is a tournament, and `FORMAT<tab>MedalGold | 2020 | Tokyo, MedalSilver | 2016 | Rio` says what
was won there; a tournament may be without medals. Nothing else of the infobox is in the five tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_NEXT_MEDAL = re.compile(r",\s*(?=Medal(?:Gold|Silver|Bronze) \| )")
"""Places and formats hold commas too: only one before a medal separates."""

_MEDAL = re.compile(r"(Medal(?:Gold|Silver|Bronze)) \| (\d{4}) \| (.*)")
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


@dataclass(frozen=True)
class Medal:
    """``type`` as upstream stores it: MedalGold, MedalSilver, MedalBronze."""

    type: str
    year: int
    location: str


@dataclass(frozen=True)
class Format:
    """One event of a tournament, such as 100 m."""

    name: str
    medals: tuple[Medal, ...]


@dataclass(frozen=True)
class Tournament:
    """One tournament of one athlete."""

    name: str
    formats: tuple[Format, ...]


@dataclass(frozen=True)
class Athlete:
    """``born`` is (year, month, day), or None where the infobox does not say."""

    name: str
    born: tuple[int, int, int] | None
    tournaments: tuple[Tournament, ...]


def parse_context(context: str) -> Athlete:
    """The athlete that a context tells of. Raises ValueError for an empty context or a line of broken medals.

    >>> ann = parse_context("Ann\\nCountry Representing: X\\nCup\\nTeam\\tMedalGold | 2010 | Rome, Georgia")
    >>> ann.tournaments[0].formats[0].medals
    (Medal(type='MedalGold', year=2010, location='Rome, Georgia'),)
    """
    lines = [line for line in context.splitlines() if line.strip()]
    if not lines:
        raise ValueError("an empty context")
    return Athlete(lines[0].strip(), _birth(lines), tuple(_tournaments(lines)))


def _birth(lines: list[str]) -> tuple[int, int, int] | None:
    for title, line in pairwise(lines):
        if title.strip() == "Birth Date" and (found := _DATE.fullmatch(line.strip())):
            return int(found[1]), int(found[2]), int(found[3])
    return None


def _tournaments(lines: list[str]) -> Iterator[Tournament]:
    name, formats = "", []
    represents = False
    for line in lines:
        title, tab, medals = line.partition("\t")
        if "Medal" in medals:
            formats.append(Format(title.strip(), tuple(_medals(medals))))
        elif not tab:
            if name:
                yield Tournament(name, tuple(formats))
            heading = line.startswith(("Country Representing", "Personal Information"))
            represents = line.startswith("Country") if heading else represents
            name, formats = ("" if heading or not represents else line.strip()), []
    if name:
        yield Tournament(name, tuple(formats))


def _medals(text: str) -> Iterator[Medal]:
    for each in _NEXT_MEDAL.split(text.strip()):
        found = _MEDAL.fullmatch(each.strip())
        if found is None:
            raise ValueError(f"not a medal: {each.strip()!r}")
        yield Medal(found[1], int(found[2]), found[3].strip())
