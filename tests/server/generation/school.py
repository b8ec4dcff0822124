"""A school that queries are mended on: its rows, with what the answers of tests are counted from."""

from __future__ import annotations

from sqloop.database.connect import Database
from sqloop.generation.prompts.hub_forms import extract_query

Case = tuple[str, str, list[tuple[object, ...]]]
"""A question, a query as a model wrote it, and the rows that the mended one gives."""

ROWS = """
CREATE TABLE branch (id INTEGER PRIMARY KEY, town TEXT);
CREATE TABLE trainer (
    id INTEGER PRIMARY KEY, name TEXT, branch_id INTEGER REFERENCES branch (id),
    boss_id INTEGER REFERENCES trainer (id)
);
CREATE TABLE pupil (id INTEGER PRIMARY KEY, name TEXT, weight_g INTEGER, age INTEGER, fee REAL);
CREATE TABLE lesson (
    id INTEGER PRIMARY KEY, trainer_id INTEGER REFERENCES trainer (id),
    pupil_id INTEGER REFERENCES pupil (id), held DATETIME, due DATE,
    seconds INTEGER, price REAL, pence INTEGER, lesson_time INTEGER
);
CREATE TABLE award (pupil_id INTEGER REFERENCES pupil (id), prize_id INTEGER REFERENCES prize (prize_id));
CREATE TABLE prize (prize_id INTEGER PRIMARY KEY, title TEXT);
CREATE TABLE visit_day (branch_id INTEGER REFERENCES branch (id), day TEXT, visits INTEGER);
CREATE TABLE sale (price REAL, discount_pct REAL, vat_rate INTEGER, fee_rate REAL);
INSERT INTO sale VALUES (100, 5, 20, 0.5), (50, NULL, 5, 0.25), (10, 10, 20, 0.5);
INSERT INTO visit_day VALUES (1, '2024-05-01', 20), (2, '2024-05-01', 9), (2, '2024-05-02', 8);
INSERT INTO branch VALUES (1, 'Bern'), (2, 'Chur');
INSERT INTO trainer VALUES (1, 'Ada', 1, NULL), (2, 'Ben', 2, 1), (3, 'Cy', 2, 1);
INSERT INTO pupil VALUES (1, 'Uma', 4000, 9, 8.25), (2, 'Vic', 6000, 12, 10.5), (3, 'Wyn', 8000, 10, 6);
INSERT INTO lesson VALUES
    (1, 1, 1, '2024-05-01 09:30:00', '2024-05-01', 3000, 10, 1000, 3000),
    (2, 1, 2, '2024-05-01 14:00:00', '2024-04-30', 4000, 11, 1100, 4000),
    (3, 2, 1, '2024-05-02 08:00:00', '2024-05-03', 4500, 11, 2600, 4500),
    (4, 3, 3, '2024-06-03 10:00:00', '2024-06-03', 9000, 30, 3000, 9000),
    (5, 3, NULL, '2024-07-01 10:00:00', '2024-07-02', 60, 5, 500, 60);
INSERT INTO award VALUES (1, 1), (1, 2), (2, 1);
INSERT INTO prize VALUES (1, 'Cup'), (2, 'Medal');
"""


def assert_rows(school: Database, case: Case) -> None:
    """Mend the query of a case, run it and look at its rows."""
    question, written, rows = case
    outcome = school.execute(extract_query(written, school.schema(), question=question))
    assert outcome.error == ""
    assert [tuple(row) for row in outcome.rows] == rows
