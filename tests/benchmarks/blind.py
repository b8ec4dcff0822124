"""Four databases for blind measurements: what nobody has tuned on.

`orders_office` and `video_hire` look as public sample databases do, an order-processing company and a hire
shop for films and games, with names and rows of their own; `field_service` maintains lifts and boilers,
`school_trips` is about trips of five schools. The databases, the questions of
``questions/blind-NAME.jsonl`` and their gold SQL were written before any model was asked one. They are
measured once: from then on they are development data, as the other written questions are, and the next blind
measurement needs new ones.

``python tests/benchmarks/blind.py NAME FILE.sqlite`` builds one of them, the same on every machine.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import blind_field_service, blind_orders_office, blind_school_trips, blind_video_hire

DATABASES = {
    "field_service": (blind_field_service.DDL, blind_field_service.field_service),
    "orders_office": (blind_orders_office.DDL, blind_orders_office.orders_office),
    "school_trips": (blind_school_trips.DDL, blind_school_trips.school_trips),
    "video_hire": (blind_video_hire.DDL, blind_video_hire.video_hire),
}


def build(name: str, path: Path) -> None:
    """Write the database of that name into a new file. Raises KeyError, FileExistsError."""
    ddl, make = DATABASES[name]
    path.open("xb").close()
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in ddl:
            connection.execute(statement)
        for table, rows in make().items():
            cells = ", ".join("?" * len(rows[0]))
            connection.executemany(f'INSERT INTO "{table}" VALUES ({cells})', rows)


if __name__ == "__main__":
    build(sys.argv[1], Path(sys.argv[2]))
