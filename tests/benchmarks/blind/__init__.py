"""Ten databases for blind measurements: what nobody has tuned on.

`orders_office` and `video_hire` look as public sample databases do, an order-processing company and a hire
shop for films and games, with names and rows of their own; `field_service` maintains lifts and boilers,
`school_trips` is about trips of five schools. `bookshop` (three shops) and `kennels` (boarding and grooming)
are made to be hard: undeclared keys, views, flags in several forms and names that are words of the questions;
`self_storage` and `driving_school` declare all their keys and use plain names; of the two that are scripts,
`dental_practice` is plain and `boat_club` has grown over the years. The databases, the questions of
``questions/blind-NAME.jsonl`` and their gold SQL were written before any model was asked one. They are
measured once: from then on they are development data, as the other written questions are, and the next blind
measurement needs new ones.

``python tests/benchmarks/blind NAME FILE.sqlite`` builds one of them, the same on every machine.
"""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

from benchmarks.blind import (
    bookshop,
    driving_school,
    field_service,
    kennels,
    orders_office,
    school_trips,
    self_storage,
    video_hire,
)

DATABASES = {
    "bookshop": (bookshop.DDL, bookshop.bookshop),
    "driving_school": (driving_school.DDL, driving_school.driving_school),
    "field_service": (field_service.DDL, field_service.field_service),
    "kennels": (kennels.DDL, kennels.kennels),
    "orders_office": (orders_office.DDL, orders_office.orders_office),
    "school_trips": (school_trips.DDL, school_trips.school_trips),
    "self_storage": (self_storage.DDL, self_storage.self_storage),
    "video_hire": (video_hire.DDL, video_hire.video_hire),
}


SCRIPTS = ("boat_club", "dental_practice")


def build(name: str, path: Path) -> None:
    """Write the database of that name into a new file. Raises KeyError, FileExistsError."""
    if name not in SCRIPTS and name not in DATABASES:
        raise KeyError(name)
    path.open("xb").close()
    with closing(sqlite3.connect(path)) as connection, connection:
        if name in SCRIPTS:
            script = Path(__file__).with_name(f"{name}.sql.gz")
            connection.executescript(gzip.decompress(script.read_bytes()).decode())
            return
        ddl, make = DATABASES[name]
        for statement in ddl:
            connection.execute(statement)
        for table, rows in make().items():
            cells = ", ".join("?" * len(rows[0]))
            connection.executemany(f'INSERT INTO "{table}" VALUES ({cells})', rows)
