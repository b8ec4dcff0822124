"""A harbour on PostgreSQL: its traffic in one schema, what it charges in another; about 900 rows.

Made for ``questions/harbour.jsonl``, whose questions and gold SQL were written and run before any model was
asked. Nothing here is ever trained on. It has what PostgreSQL has: an enum, an array, booleans, numeric,
comments, a view. No table is on the search path. `load` needs an empty database.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, text

DDL = (
    "CREATE SCHEMA traffic",
    "CREATE SCHEMA billing",
    "CREATE TYPE traffic.vessel_kind AS ENUM ('ferry', 'tanker', 'container', 'trawler', 'yacht')",
    """CREATE TABLE traffic.vessels (
        vessel_id integer PRIMARY KEY,
        name text NOT NULL,
        kind traffic.vessel_kind NOT NULL,
        flag text NOT NULL,
        length_m numeric(6, 1) NOT NULL,
        built integer,
        owner text
    )""",
    """CREATE TABLE traffic.berths (
        berth_id integer PRIMARY KEY,
        name text NOT NULL,
        depth_m numeric(4, 1) NOT NULL,
        facilities text[] NOT NULL
    )""",
    """CREATE TABLE traffic.port_calls (
        call_id integer PRIMARY KEY,
        vessel_id integer NOT NULL REFERENCES traffic.vessels,
        berth_id integer NOT NULL REFERENCES traffic.berths,
        arrived timestamp NOT NULL,
        departed timestamp,
        pilot boolean NOT NULL,
        cargo_tons numeric(8, 1)
    )""",
    """CREATE TABLE billing.invoices (
        invoice_id integer PRIMARY KEY,
        call_id integer NOT NULL REFERENCES traffic.port_calls,
        issued date NOT NULL,
        amount numeric(10, 2) NOT NULL,
        paid_on date
    )""",
    """CREATE TABLE billing.reminders (
        reminder_id integer PRIMARY KEY,
        invoice_id integer NOT NULL REFERENCES billing.invoices,
        sent date NOT NULL,
        fee numeric(6, 2) NOT NULL
    )""",
    "CREATE VIEW traffic.in_port AS SELECT call_id, vessel_id, berth_id, arrived "
    "FROM traffic.port_calls WHERE departed IS NULL",
    "COMMENT ON COLUMN traffic.vessels.length_m IS 'metres over all'",
    "COMMENT ON COLUMN traffic.port_calls.departed IS 'NULL while the vessel lies in port'",
    "COMMENT ON COLUMN billing.invoices.amount IS 'euros'",
)

VESSELS = (
    ("Northern Tern", "ferry"),
    ("Island Queen", "ferry"),
    ("Stella Maris", "ferry"),
    ("Petrol Pioneer", "tanker"),
    ("Baltic Amber", "tanker"),
    ("Gulf Sentinel", "tanker"),
    ("Ever Onward", "container"),
    ("Maersund", "container"),
    ("Pacific Ledger", "container"),
    ("Iron Duke", "container"),
    ("Silver Herring", "trawler"),
    ("Morning Star", "trawler"),
    ("Two Brothers", "trawler"),
    ("Gannet", "trawler"),
    ("Windhover", "yacht"),
    ("Blue Moon", "yacht"),
    ("Second Wind", "yacht"),
    ("Calypso", "yacht"),
)
LENGTHS = {
    "ferry": (80, 180),
    "tanker": (120, 250),
    "container": (140, 330),
    "trawler": (18, 60),
    "yacht": (9, 30),
}
FLAGS = ("Norway", "Norway", "Panama", "Malta", "Germany", "Liberia")
OWNERS = ("Fjordline", "Hansen & Sons", "Meridian Shipping", "Meridian Shipping", None)
BERTHS = (
    ("North Quay 1", 11.5, ["crane", "shore power", "water"]),
    ("North Quay 2", 11.5, ["crane", "water"]),
    ("Oil Jetty", 15.0, ["pipeline", "fire station"]),
    ("Ferry Pier", 8.0, ["ramp", "shore power", "water"]),
    ("Fish Dock", 5.5, ["ice", "water"]),
    ("Marina", 3.5, ["shore power", "water", "showers"]),
)
BERTHS_OF = {"ferry": (4, 4, 1), "tanker": (3,), "container": (1, 2), "trawler": (5, 5, 2), "yacht": (6,)}
TODAY = datetime(2024, 12, 15, 12, 0)
"""The moment at which the data ends."""

Rows = list[tuple[Any, ...]]


def harbour() -> dict[str, Rows]:
    """The rows of each table, in the order in which they may be inserted."""
    random = Random(41)
    vessels: Rows = []
    for number, (name, kind) in enumerate(VESSELS, 1):
        built = None if random.random() < 0.1 else random.randrange(1968, 2022)
        length = round(random.uniform(*LENGTHS[kind]), 1)
        vessels.append((number, name, kind, random.choice(FLAGS), length, built, random.choice(OWNERS)))
    calls = _calls(random, vessels)
    invoices = _invoices(random, vessels, calls)
    return {
        "traffic.vessels": vessels,
        "traffic.berths": [(number, *row) for number, row in enumerate(BERTHS, 1)],
        "traffic.port_calls": calls,
        "billing.invoices": invoices,
        "billing.reminders": _reminders(random, invoices),
    }


def load(connection: Connection) -> None:
    """Make schemas and tables, and fill them."""
    for statement in DDL:
        connection.execute(text(statement))
    for table, rows in harbour().items():
        places = [f"v{number}" for number in range(len(rows[0]))]
        insert = text(f"INSERT INTO {table} VALUES ({', '.join(f':{place}' for place in places)})")
        connection.execute(insert, [dict(zip(places, row, strict=True)) for row in rows])


def _calls(random: Random, vessels: Rows) -> Rows:
    rows: Rows = []
    for vessel, _, kind, *_ in vessels:
        arrived = datetime(2023, 1, 2) + timedelta(
            hours=random.randrange(0, 900), minutes=random.randrange(60)
        )
        while arrived < TODAY:
            departed = arrived + timedelta(hours=random.randrange(3, 70), minutes=random.randrange(60))
            loaded = kind in ("tanker", "container", "trawler") and random.random() < 0.9
            cargo = round(random.uniform(5, 60) * (1 if kind == "trawler" else 200), 1) if loaded else None
            pilot = kind in ("tanker", "container") or random.random() < 0.1
            left = departed if departed < TODAY else None
            rows.append((vessel, random.choice(BERTHS_OF[kind]), arrived, left, pilot, cargo))
            arrived = departed + timedelta(hours=random.randrange(100, 1200))
    rows.sort(key=lambda row: (row[2], row[0]))
    return [(number, *row) for number, row in enumerate(rows, 1)]


def _invoices(random: Random, vessels: Rows, calls: Rows) -> Rows:
    lengths = {row[0]: row[4] for row in vessels}
    rows: Rows = []
    for call, vessel, _, arrived, departed, pilot, _ in calls:
        if departed is None or random.random() < 0.04:
            continue
        hours = (departed - arrived).total_seconds() / 3600
        amount = round(lengths[vessel] * (2.4 + hours / 12) + (350 if pilot else 0), 2)
        issued = departed.date() + timedelta(days=random.randrange(1, 9))
        paid = issued + timedelta(days=random.randrange(3, 75)) if random.random() < 0.86 else None
        rows.append((call, issued, amount, paid if paid and paid <= TODAY.date() else None))
    rows.sort(key=lambda row: (row[1], row[0]))
    return [(number, *row) for number, row in enumerate(rows, 1)]


def _reminders(random: Random, invoices: Rows) -> Rows:
    rows: Rows = []
    for invoice, _, issued, _, paid in invoices:
        sent: date = issued + timedelta(days=31)
        for fee in (0.0, 15.0, 40.0):
            if sent > (paid or TODAY.date()) or random.random() < 0.1:
                break
            rows.append((invoice, sent, fee))
            sent += timedelta(days=14)
    rows.sort(key=lambda row: (row[1], row[0]))
    return [(number, *row) for number, row in enumerate(rows, 1)]
