"""Believable texts, each drawn afresh: names, titles, addresses, dates."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from sqloop_trainer.instances import vocabulary as words


def person(rng: Random) -> str:
    """First and last name."""
    return f"{rng.choice(words.FIRST)} {rng.choice(words.LAST)}"


def title(rng: Random) -> str:
    """The title of a song, film, book or event."""
    adjective, noun, other = rng.choice(words.ADJECTIVES), rng.choice(words.NOUNS), rng.choice(words.NOUNS)
    return rng.choice(
        (f"The {adjective} {noun}", f"{adjective} {noun}", f"{noun} of the {other}", f"{noun} and {other}")
    )


def company(rng: Random) -> str:
    """The name of a company."""
    return f"{rng.choice(words.COMPANIES)} {rng.choice(words.ENDINGS)}"


def product(rng: Random) -> str:
    """The name of a product."""
    return f"{rng.choice(words.MATERIALS)} {rng.choice(words.GOODS)}"


def day(rng: Random) -> str:
    """A date as ISO text, 1990 to 2024, most of them recent."""
    span = (date(2024, 12, 31) - date(1990, 1, 1)).days
    return (date(2024, 12, 31) - timedelta(days=int(span * rng.random() ** 2))).isoformat()


def birthday(rng: Random) -> str:
    """A date of birth as ISO text, 1945 to 2005."""
    return (date(1945, 1, 1) + timedelta(days=rng.randrange(365 * 60))).isoformat()


def moment(rng: Random) -> str:
    """A date with a time of day, as ISO text."""
    at = datetime.fromisoformat(day(rng)) + timedelta(seconds=rng.randrange(86_400))
    return at.isoformat(sep=" ")


def clock(rng: Random) -> str:
    """A time of day."""
    return f"{rng.randrange(24):02}:{rng.randrange(60):02}:{rng.randrange(60):02}"


def email(rng: Random) -> str:
    """An e-mail address."""
    return f"{rng.choice(words.FIRST)}.{rng.choice(words.LAST)}@{rng.choice(words.COMPANIES)}.example".lower()


def handle(rng: Random) -> str:
    """A name to log in with."""
    return f"{rng.choice(words.FIRST).lower()}{rng.randrange(1, 99)}"


def numeral(rng: Random) -> str:
    """A number as text."""
    return str(rng.randrange(1, 200))


def phone(rng: Random) -> str:
    """A telephone number."""
    return f"{rng.randrange(200, 999)}-{rng.randrange(200, 999)}-{rng.randrange(1000, 9999)}"


def street(rng: Random) -> str:
    """A street with its number."""
    kind = rng.choice(("Street", "Road", "Avenue", "Lane"))
    return f"{rng.randrange(1, 400)} {rng.choice(words.STREETS)} {kind}"


def team(rng: Random) -> str:
    """The name of a sports team."""
    return f"{rng.choice(words.CITIES)} {rng.choice(words.MASCOTS)}"


def school(rng: Random) -> str:
    """The name of a school or university."""
    place = rng.choice(words.CITIES)
    return rng.choice(
        (f"University of {place}", f"{place} College", f"{place} High School", f"{place} Academy")
    )


def venue(rng: Random) -> str:
    """The name of a place that people visit."""
    kind = rng.choice(("Stadium", "Arena", "Hall", "Park", "Center", "Theatre"))
    return f"{rng.choice((*words.CITIES, *words.COMPANIES))} {kind}"


def remark(rng: Random) -> str:
    """A few words about something."""
    return f"{rng.choice(words.ADJECTIVES)} {rng.choice(words.NOUNS).lower()}, {rng.choice(words.REMARKS)}"
