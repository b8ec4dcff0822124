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
CREATE TABLE ticket (
    tno INTEGER PRIMARY KEY, zn CHAR(2) REFERENCES zone (zn), badge INTEGER REFERENCES officer (badge),
    barcode VARCHAR(9) REFERENCES box (barcode), judged_by INTEGER, fine INTEGER);
INSERT INTO zone VALUES ('N1', 'Harbour', 'North'), ('S1', 'Mill Lane', 'South');
INSERT INTO officer VALUES (7, 'Ada', 'Low'), (9, 'Ben', 'Kay');
INSERT INTO box VALUES ('B-1', 'Old letters');
INSERT INTO staff VALUES (1, 'Cleo Hart'), (2, 'Dan Ash');
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


def test_rows_without_a_key_stay(tmp_path: Path) -> None:
    path = tmp_path / "office.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(ROWS)
        connection.execute("INSERT INTO ticket VALUES (4, NULL, 9, 'B-1', 2, 40)")
    with connect(f"sqlite:///{path}") as database:
        written = "SELECT zn, COUNT(*) FROM ticket GROUP BY zn ORDER BY zn"
        query = extract_query(written, database.schema(), question="tickets by zone")
        assert database.execute(query).rows == ((None, 1), ("Harbour", 2), ("Mill Lane", 1))
