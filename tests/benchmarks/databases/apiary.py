"""Hives of a beekeepers' club: three tables, about 900 rows, the same on every machine and every engine.

Made for ``questions/apiary.jsonl``, whose questions and gold SQL were written and run before any model was
asked. Nothing here is ever trained on. `write_files` makes two CSV files and a Parquet file, which name no
keys; `load` fills a database of SQLAlchemy with the same rows.
"""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import duckdb
from sqlalchemy import Connection, text

DDL = (
    """CREATE TABLE hives (
        hive_id INTEGER PRIMARY KEY,
        name VARCHAR(40) NOT NULL,
        site VARCHAR(40) NOT NULL,
        breed VARCHAR(40) NOT NULL,
        queen_year INTEGER,
        installed_on DATE NOT NULL,
        frames INTEGER NOT NULL
    )""",
    """CREATE TABLE harvests (
        harvest_id INTEGER PRIMARY KEY,
        hive_id INTEGER NOT NULL,
        taken_on DATE NOT NULL,
        honey_kg DECIMAL(6, 2) NOT NULL,
        variety VARCHAR(40),
        FOREIGN KEY (hive_id) REFERENCES hives (hive_id)
    )""",
    """CREATE TABLE inspections (
        inspection_id INTEGER PRIMARY KEY,
        hive_id INTEGER NOT NULL,
        inspected_at {moment} NOT NULL,
        mites INTEGER,
        temper VARCHAR(20) NOT NULL,
        note VARCHAR(120),
        FOREIGN KEY (hive_id) REFERENCES hives (hive_id)
    )""",
)
"""``{moment}``: DATETIME, or TIMESTAMP on PostgreSQL."""

NAMES = (
    "Juniper Bramble Clover Thistle Foxglove Heather Marigold Sorrel Yarrow Teasel Lavender Borage Comfrey "
    "Mallow Campion Tansy Vetch Rosemary Hyssop Lupin Primrose Betony Chicory Sainfoin"
).split()
SITES = ("Orchard", "Orchard", "Town Hall Roof", "Heath", "Mill Meadow")
BREEDS = ("Buckfast", "Buckfast", "Carniolan", "Italian", "Dark Bee")
VARIETIES = ("acacia", "lime", "heather", "rape", None)
NOTES = (
    None,
    None,
    "queen seen",
    "Queen cells found",
    "new queen added",
    "moved two frames",
    "fed syrup",
    "wax moth",
    "low stores, fed fondant",
    "swarmed",
)

Rows = list[tuple[Any, ...]]


def apiary() -> dict[str, Rows]:
    """The rows of each table, in the order in which they may be inserted."""
    random = Random(23)
    hives: Rows = []
    for number, name in enumerate(NAMES, 1):
        installed = date(2018, 3, 1) + timedelta(days=random.randrange(0, 2100))
        queen = None if random.random() < 0.12 else min(2024, installed.year + random.randrange(0, 4))
        site, breed = random.choice(SITES), random.choice(BREEDS)
        hives.append((number, name, site, breed, queen, installed, random.choice((8, 10, 10, 11, 20))))
    return {"hives": hives, "harvests": _harvests(random, hives), "inspections": _inspections(random, hives)}


def load(connection: Connection) -> None:
    """Make the tables and fill them."""
    moment = "TIMESTAMP" if connection.dialect.name == "postgresql" else "DATETIME"
    for statement in DDL:
        connection.execute(text(statement.format(moment=moment)))
    for table, rows in apiary().items():
        places = [f"v{number}" for number in range(len(rows[0]))]
        insert = text(f"INSERT INTO {table} VALUES ({', '.join(f':{place}' for place in places)})")
        plain = [[str(cell) if isinstance(cell, date) else cell for cell in row] for row in rows]
        connection.execute(insert, [dict(zip(places, row, strict=True)) for row in plain])


def write_files(folder: Path) -> None:
    """Write hives.csv, inspections.csv and harvests.parquet into a folder."""
    rows = apiary()
    for table in ("hives", "inspections"):
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_columns(table))
            writer.writerows(rows[table])
    with duckdb.connect() as connection:
        for statement, table in zip(DDL, ("hives", "harvests"), strict=False):
            connection.execute(statement)
            places = ", ".join("?" * len(rows[table][0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows[table])
        target = str(folder / "harvests.parquet").replace("'", "''")
        connection.execute(f"COPY harvests TO '{target}' (FORMAT parquet)")


def _columns(table: str) -> list[str]:
    statement = next(each for each in DDL if each.startswith(f"CREATE TABLE {table} "))
    lines = [line.split() for line in statement.splitlines()[1:-1]]
    return [words[0] for words in lines if words[0] != "FOREIGN"]


def _harvests(random: Random, hives: Rows) -> Rows:
    rows: Rows = []
    for hive, *_, installed, frames in hives:
        if random.random() < 0.1:
            continue
        for year in range(installed.year + 1, 2025):
            for month in sorted(random.sample((5, 6, 7, 8, 9), random.randrange(0, 4))):
                taken = date(year, month, random.randrange(1, 29))
                kilograms = round(random.uniform(2, 9) * frames / 6, 2)
                rows.append((hive, taken, kilograms, random.choice(VARIETIES)))
    rows.sort(key=lambda row: (row[1], row[0]))
    return [(number, *row) for number, row in enumerate(rows, 1)]


def _inspections(random: Random, hives: Rows) -> Rows:
    rows: Rows = []
    for hive, _, _, breed, _, installed, _ in hives:
        tempers = ("calm", "calm", "calm", "nervous", "aggressive" if breed == "Dark Bee" else "nervous")
        first = max(installed, date(2022, 1, 1))
        for _ in range(random.randrange(8, 40)):
            day = first + timedelta(days=random.randrange((date(2024, 11, 1) - first).days))
            moment = datetime(day.year, day.month, day.day, random.randrange(9, 18), random.randrange(60))
            mites = None if random.random() < 0.25 else int(random.expovariate(0.25))
            rows.append((hive, moment, mites, random.choice(tempers), random.choice(NOTES)))
    rows.sort(key=lambda row: (row[1], row[0]))
    return [(number, *row) for number, row in enumerate(rows, 1)]
