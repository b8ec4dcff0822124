"""Tables that refer to themselves, and pairs of keys to one table: managers, home and away teams.

What they are called, and how schemas spell the columns.
"""

from __future__ import annotations

from random import Random

from sqloop_trainer.synthesis.schemas.spelling import Words

OFTEN = 0.5
"""How often a table that may refer to itself does."""

_SELVES = {
    "employee": "manager|manager|supervisor|boss|mentor|team lead",
    "customer": "referrer|sponsor",
    "category": "parent|parent category",
    "department": "parent|parent department",
    "region": "parent|parent region",
    "company": "parent|parent company|owner",
    "course": "prerequisite",
    "student": "tutor|buddy|mentor",
    "teacher": "mentor|supervisor",
    "doctor": "supervisor|mentor",
    "scientist": "advisor|supervisor|mentor",
    "officer": "superior|commander",
    "agent": "manager|supervisor",
    "user": "referrer|inviter",
    "comment": "parent|parent comment",
    "post": "parent|original post",
    "task": "parent|parent task|predecessor",
    "project": "parent|parent project|predecessor",
    "animal": "mother|father",
    "author": "mentor",
    "artist": "mentor",
    "member": "sponsor",
    "player": "mentor|captain",
    "driver": "mentor",
    "volunteer": "coordinator|mentor",
    "policy": "predecessor",
    "product": "successor|predecessor",
    "device": "replacement|parent device",
    "medicine": "substitute",
    "station": "next station",
    "account": "parent account",
    "guest": "companion",
    "politician": "predecessor",
    "donor": "spouse|partner",
    "owner": "spouse|partner",
    "tenant": "roommate",
}
_TWINS = {
    ("match", "team"): "home team/away team|home team/away team|host/guest|winner/loser",
    ("match", "player"): "winner/loser|first player/second player",
    ("match", "referee"): "main referee/assistant referee",
    ("flight", "airport"): "origin/destination|departure airport/arrival airport|source/destination",
    ("flight", "city"): "origin/destination|departure city/arrival city",
    ("trip", "station"): "start station/end station|origin/destination",
    ("trip", "city"): "origin/destination|departure city/arrival city",
    ("shipment", "city"): "origin/destination|source city/target city",
    ("shipment", "warehouse"): "source warehouse/target warehouse|origin/destination",
    ("payment", "account"): "sender/receiver|source account/target account",
    ("sale", "customer"): "buyer/seller",
    ("loan", "member"): "borrower/lender",
    ("ticket", "agent"): "reporter/assignee",
    ("task", "employee"): "assignee/reviewer|creator/assignee",
    ("project", "employee"): "project lead/sponsor|manager/deputy",
    ("order", "address"): "billing address/shipping address",
    ("order", "city"): "billing city/shipping city",
    ("paper", "scientist"): "first author/reviewer",
    ("appointment", "doctor"): "referring doctor/treating doctor",
    ("prescription", "doctor"): "prescriber/approver",
    ("review", "user"): "reviewer/moderator",
    ("train", "station"): "first station/last station|origin/destination",
    ("claim", "agent"): "handler/approver",
    ("movie", "director"): "director/second director",
    ("customer", "city"): "birth city/home city",
    ("player", "country"): "birth country/country",
}


def draw_self(random: Random, entity: Words) -> Words | None:
    """What a row of ``entity`` refers to in its own table, now and then."""
    choices = _SELVES.get("_".join(entity))
    if choices is None or random.random() >= OFTEN:
        return None
    return tuple(random.choice(choices.split("|")).split())


def twin_parents(entity: Words) -> list[str]:
    """The entities that one of these words may refer to twice."""
    return [parent for child, parent in _TWINS if child == "_".join(entity)]


def draw_twins(random: Random, entity: Words, parent: Words) -> list[Words]:
    """What the two rows of ``parent`` that a row of ``entity`` refers to are called."""
    choices = _TWINS["_".join(entity), "_".join(parent)]
    return [tuple(each.split()) for each in random.choice(choices.split("|")).split("/")]


def spell_key(random: Random, role: Words) -> Words:
    """The words of the column for a role: mostly with "id" behind."""
    return role if random.random() < 0.25 else (*role, "id")
