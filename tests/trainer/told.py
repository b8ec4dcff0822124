"""Feedback as users would have given it: questions with the SQL they accepted, in a store."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqloop.answer import ModelName
from sqloop.database.connect import connect
from sqloop.feedback.events import Event, judge, name_database
from sqloop.feedback.kept import keep_answer
from sqloop.feedback.store import FeedbackStore

COUNTRIES = ("Germany", "England", "Sweden", "Italy")
NAMES = ("Ulm", "Bath", "Trier", "York", "Lund", "Pisa")

ACCEPTED: dict[str, str] = {
    "How many towns are there?": "SELECT COUNT(*) FROM town",
    "How many museums are there?": "SELECT COUNT(*) FROM museum",
    "the largest number of people": "SELECT MAX(people) FROM town",
    "the smallest number of people": "SELECT MIN(people) FROM town",
    "names of all museums": "SELECT name FROM museum",
    "names of all towns": "SELECT name FROM town",
    "when was the first museum opened": "SELECT MIN(opened) FROM museum",
    "when was the last museum opened": "SELECT MAX(opened) FROM museum",
    **{f"names of towns in {each}": f"SELECT name FROM town WHERE country = '{each}'" for each in COUNTRIES},
    **{
        f"How many towns in {each}?": f"SELECT COUNT(*) FROM town WHERE country = '{each}'"
        for each in COUNTRIES
    },
    **{
        f"How many people live in {each}?": f"SELECT people FROM town WHERE name = '{each}'" for each in NAMES
    },
    **{f"country of {each}": f"SELECT country FROM town WHERE name = '{each}'" for each in NAMES},
}


def tell(store: Path, url: str, accepted: Mapping[str, str] = ACCEPTED) -> str:
    """Write a store in which all of it was shown and accepted; its place."""
    feedback = FeedbackStore(str(store))
    with connect(url) as database:
        for question, sql in accepted.items():
            shown = Event(
                kind="shown",
                question=question,
                sql=sql,
                answer=keep_answer(database.execute(sql), "rows"),
                schema=database.schema().fingerprint,
                database=name_database(database.url),
                model=ModelName("starter"),
            )
            feedback.append(shown)
            feedback.append(judge(shown, "accepted"))
    return str(store)
