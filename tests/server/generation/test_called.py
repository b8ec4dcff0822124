"""Names are shown in the place of keys that the question does not ask for, on every engine."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from server.generation.everywhere import ENGINES, make_everywhere
from sqloop.database.connect import Database, connect
from sqloop.generation.prompts.hub_forms import extract_query

ROWS = """
CREATE TABLE zone (zn CHAR(2) PRIMARY KEY, znm VARCHAR(20), district VARCHAR(20));
CREATE TABLE officer (badge INTEGER PRIMARY KEY, first_name VARCHAR(20), last_name VARCHAR(20));
CREATE TABLE box (barcode VARCHAR(9) PRIMARY KEY, title VARCHAR(20));
CREATE TABLE staff (staff_id INTEGER PRIMARY KEY, full_name VARCHAR(20));
CREATE TABLE depot (depot_id INTEGER PRIMARY KEY, manager_name VARCHAR(20));
CREATE TABLE duty (duty VARCHAR(20) PRIMARY KEY, description VARCHAR(20));
CREATE TABLE book (isbn INTEGER PRIMARY KEY, title VARCHAR(20));
CREATE TABLE trip (
    trip_id INTEGER PRIMARY KEY, depot_id INTEGER REFERENCES depot (depot_id),
    duty VARCHAR(20) REFERENCES duty (duty), isbn INTEGER REFERENCES book (isbn),
    leaves CHAR(2) REFERENCES zone (zn), reaches CHAR(2) REFERENCES zone (zn),
    staff_id INTEGER REFERENCES staff (staff_id));
CREATE TABLE ticket (
    tno INTEGER PRIMARY KEY, zn CHAR(2) REFERENCES zone (zn), badge INTEGER REFERENCES officer (badge),
    barcode VARCHAR(9) REFERENCES box (barcode), judged_by INTEGER, fine INTEGER);
INSERT INTO zone VALUES ('N1', 'Harbour', 'North'), ('S1', 'Mill Lane', 'South');
INSERT INTO officer VALUES (7, 'Ada', 'Low'), (9, 'Ben', 'Kay');
INSERT INTO box VALUES ('B-1', 'Old letters');
INSERT INTO staff VALUES (1, 'Cleo Hart'), (2, 'Dan Ash');
INSERT INTO depot VALUES (1, 'Eva Orr'), (2, 'Finn Bay');
INSERT INTO duty VALUES ('driver', 'Drives'), ('guard', 'Sees to the load');
INSERT INTO book VALUES (978, 'Old letters'), (979, 'New letters');
INSERT INTO trip VALUES (1, 1, 'driver', 978, 'N1', 'S1', 1), (2, 2, 'guard', 979, 'S1', 'N1', 2);
INSERT INTO ticket VALUES (1, 'N1', 7, 'B-1', 1, 20), (2, 'N1', 9, 'B-1', 1, 30), (3, 'S1', 9, 'B-1', 2, 40);
"""


@pytest.fixture(scope="module", params=ENGINES)
def office(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Database:
    return make_everywhere(request, tmp_path_factory.mktemp("called"), "called", ROWS)


@pytest.mark.parametrize(
    ("question", "written", "rows"),
    [
        ("How many tickets per zone?", "SELECT zn, COUNT(*) FROM ticket GROUP BY zn ORDER BY zn",
         [("Harbour", 2), ("Mill Lane", 1)]),
        ("How many tickets per zone?",
         "SELECT z.zn, COUNT(*) FROM zone AS z JOIN ticket AS t ON t.zn = z.zn GROUP BY z.zn ORDER BY z.zn",
         [("Harbour", 2), ("Mill Lane", 1)]),
        ("How many tickets per zone code?",
         "SELECT z.zn, COUNT(*) FROM zone AS z JOIN ticket AS t ON t.zn = z.zn GROUP BY z.zn ORDER BY z.zn",
         [("N1", 2), ("S1", 1)]),
        ("Number and box of all tickets of the harbour",
         "SELECT tno, barcode FROM ticket WHERE zn = 'S1'", [(3, "Old letters")]),
        ("The number of tickets for each box", "SELECT barcode, COUNT(*) FROM ticket GROUP BY barcode",
         [("Old letters", 3)]),
        ("Number of the box and how many tickets", "SELECT barcode, COUNT(*) FROM ticket GROUP BY barcode",
         [("B-1", 3)]),
        ("Zones by total fine, highest first",
         "SELECT t.zn AS z, SUM(t.fine) FROM ticket AS t GROUP BY t.zn ORDER BY SUM(t.fine) DESC",
         [("Harbour", 50), ("Mill Lane", 40)]),
        ("Zones with their tickets, by name from the end",
         "SELECT zn AS area, COUNT(*) FROM ticket GROUP BY zn ORDER BY area DESC",
         [("Mill Lane", 1), ("Harbour", 2)]),
        ("tickets #: zone and how many", "SELECT zn, COUNT(*) FROM ticket GROUP BY zn ORDER BY zn",
         [("N1", 2), ("S1", 1)]),
        ("tickets per zone in the north",
         "SELECT t.zn, COUNT(*) FROM ticket AS t JOIN zone AS z ON z.zn = t.zn WHERE z.district = 'North' "
         "GROUP BY t.zn",
         [("Harbour", 2)]),
        ("Who has judged more than one ticket?",
         "SELECT t.judged_by FROM ticket AS t JOIN staff AS s ON t.judged_by = s.staff_id "
         "GROUP BY t.judged_by HAVING COUNT(*) > 1", [("Cleo Hart",)]),
        ("How many tickets per zone code?", "SELECT zn, COUNT(*) FROM ticket GROUP BY zn ORDER BY zn",
         [("N1", 2), ("S1", 1)]),
        ("Tickets by officer", "SELECT badge, COUNT(*) FROM ticket GROUP BY badge ORDER BY badge",
         [(7, 1), (9, 2)]),
        ("barcode and fine of the tickets above 30", "SELECT barcode, fine FROM ticket WHERE fine > 30",
         [("B-1", 40)]),
        ("Zones with their name and tickets",
         "SELECT t.zn, z.znm, COUNT(*) FROM ticket AS t JOIN zone AS z ON z.zn = t.zn WHERE t.fine > 30 "
         "GROUP BY t.zn, z.znm", [("S1", "Mill Lane", 1)]),
    ],
)  # fmt: skip
def test_names_are_shown_for_keys(
    office: Database, question: str, written: str, rows: list[tuple[object, ...]]
) -> None:
    outcome = office.execute(extract_query(written, office.schema(), question=question))
    assert outcome.error == ""
    assert [tuple(row) for row in outcome.rows] == rows


@pytest.mark.parametrize(
    ("question", "written"),
    [
        ("trips per depot", "SELECT depot_id, COUNT(*) FROM trip GROUP BY depot_id ORDER BY depot_id"),
        ("How many trips per duty?", "SELECT duty, COUNT(*) FROM trip GROUP BY duty ORDER BY duty"),
        ("Which ISBN was carried first?", "SELECT isbn FROM trip ORDER BY trip_id LIMIT 1"),
        ("From and to of all trips", "SELECT leaves, reaches FROM trip ORDER BY trip_id"),
        ("trips per staff_id", "SELECT staff_id, COUNT(*) FROM trip GROUP BY staff_id ORDER BY staff_id"),
        ("From and to of two trips",
         "SELECT a.leaves, b.leaves FROM trip a JOIN trip b ON a.reaches = b.leaves ORDER BY a.trip_id"),
    ],
)  # fmt: skip
def test_keys_that_are_asked_for_or_have_no_name_of_their_own_stay(
    office: Database, question: str, written: str
) -> None:
    query = extract_query(written, office.schema(), question=question)
    assert office.execute(query).rows == office.execute(written).rows != ()


@pytest.mark.parametrize(
    ("key", "rows"),
    [
        ("NULL", ((None, 1), ("Harbour", 2), ("Mill Lane", 1))),
        ("'X9'", (("Harbour", 2), ("Mill Lane", 1), (None, 1))),
    ],
)
def test_rows_without_a_partner_stay(tmp_path: Path, key: str, rows: tuple[tuple[object, ...], ...]) -> None:
    path = tmp_path / "office.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(ROWS)
        connection.execute(f"INSERT INTO ticket VALUES (4, {key}, 9, 'B-1', 2, 40)")
    with connect(f"sqlite:///{path}") as database:
        written = "SELECT zn, COUNT(*) FROM ticket GROUP BY zn ORDER BY zn"
        query = extract_query(written, database.schema(), question="tickets by zone")
        assert database.execute(query).rows == rows
