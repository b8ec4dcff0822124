"""Days as texts such as 03/11/2009, months and years: compared and sorted as days, and else left alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from server.generation.everywhere import ENGINES, make_everywhere
from sqloop.database.connect import Database, connect
from sqloop.database.schema import Column, Dialect, Schema, Table
from sqloop.explanation import explain_query
from sqloop.generation.prompts.hub_forms import extract_query

ROWS = """
CREATE TABLE staff (name TEXT, since TEXT, us_day TEXT, open_day TEXT, loose TEXT, born DATE,
    paid_month CHAR(7), hired INTEGER, seen_dt CHAR(8), met_dt INTEGER);
INSERT INTO staff VALUES
    ('Ada', '30/01/2009', '01/30/2009', '03/01/2009', '3/1/2009',
     '1980-05-01', '2024-06', 2009, '20230530', 20230601),
    ('Ben', '02/12/2014', '12/02/2014', '02/12/2014', '2/12/2014',
     '1990-07-02', '2024-07', 2014, '20231231', 20240102),
    ('Cy', '14/06/2021', '06/14/2021', '04/06/2021', '14/6/2021',
     '1985-01-03', '2025-01', 2021, '20240229', 20240301),
    ('Dee', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
"""


@pytest.fixture(scope="module", params=ENGINES)
def office(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Database:
    return make_everywhere(request, tmp_path_factory.mktemp("office"), "office", ROWS)


@pytest.mark.parametrize(
    ("question", "written", "names"),
    [
        ("Who started before 2015?", "SELECT name FROM staff WHERE since < '2015-01-01' ORDER BY name",
         ["Ada", "Ben"]),
        ("Who started before 2015?", "SELECT name FROM staff WHERE since < '01/01/2015' ORDER BY name",
         ["Ada", "Ben"]),
        ("Who started after 2014?", "SELECT name FROM staff WHERE us_day > '2014-12-31'", ["Cy"]),
        ("Who started in 2014?", "SELECT name FROM staff WHERE since BETWEEN '2014-01-01' AND '2014-12-31'",
         ["Ben"]),
        ("Who started in 2014?", "SELECT name FROM staff WHERE since LIKE '2014%'", ["Ben"]),
        ("Who started in 2014?", "SELECT name FROM staff WHERE SUBSTR(since, 1, 4) = '2014'", ["Ben"]),
        ("Who started on 30 January 2009?", "SELECT name FROM staff WHERE us_day = '2009-01-30'", ["Ada"]),
        ("staff in the order in which they started",
         "SELECT name FROM staff WHERE since IS NOT NULL ORDER BY since", ["Ada", "Ben", "Cy"]),
        ("the longest serving", "SELECT name FROM staff WHERE since IS NOT NULL ORDER BY since DESC LIMIT 1",
         ["Ada"]),
        ("Who came last?", "SELECT name FROM staff WHERE since = (SELECT MAX(since) FROM staff)", ["Cy"]),
        ("Who started after birth?", "SELECT name FROM staff WHERE since > born ORDER BY name",
         ["Ada", "Ben", "Cy"]),
    ],
)  # fmt: skip
def test_days_are_compared_as_days(office: Database, question: str, written: str, names: list[str]) -> None:
    outcome = office.execute(extract_query(written, office.schema(), question=question))
    assert outcome.error == ""
    assert [row[0] for row in outcome.rows] == names


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ("paid_month >= '2024-07-01'", ["Ben", "Cy"]),
        ("paid_month < '2025-01-01'", ["Ada", "Ben"]),
        ("paid_month BETWEEN '2024-06-01' AND '2024-06-30'", ["Ada"]),
        ("paid_month = '2024'", ["Ada", "Ben"]),
        ("paid_month = '2024-07'", ["Ben"]),
        ("paid_month <= '2024-07'", ["Ada", "Ben"]),
        ("paid_month < CURRENT_DATE", ["Ada", "Ben", "Cy"]),
        *(
            (condition.replace("dt", column), names)
            for column in ("seen_dt", "met_dt")
            for condition, names in (
                ("dt < '2023-12-31'", ["Ada"]),
                ("dt BETWEEN '2023-06-02' AND '2024-01-31'", ["Ben"]),
                ("dt >= '2024-01-01' AND dt < '2024-02-28'", ["Ben"] if column == "met_dt" else []),
                ("dt LIKE '2024%'", ["Ben", "Cy"] if column == "met_dt" else ["Cy"]),
                ("dt < CURRENT_DATE", ["Ada", "Ben", "Cy"]),
                ("dt > born", ["Ada", "Ben", "Cy"]),
            )
        ),
    ],
)
def test_months_and_days_without_dashes_are_held_against_days(
    office: Database, condition: str, names: list[str]
) -> None:
    written = f"SELECT name FROM staff WHERE {condition} ORDER BY name"
    outcome = office.execute(extract_query(written, office.schema()))
    assert outcome.error == ""
    assert [row[0] for row in outcome.rows] == names


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        ("SELECT STRFTIME('%Y', paid_month), COUNT(*) FROM staff WHERE hired > 0 GROUP BY 1 ORDER BY 1",
         [2024, 2, 2025, 1]),
        ("SELECT COUNT(*), MAX(hired) FROM staff WHERE CAST(STRFTIME('%m', paid_month) AS INTEGER) > 5",
         [2, 2014]),
        ("SELECT COUNT(*), MAX(hired) FROM staff WHERE STRFTIME('%Y', hired) = '2014'", [1, 2014]),
        ("SELECT STRFTIME('%Y', hired), COUNT(*) FROM staff WHERE hired > 2014 GROUP BY 1",
         [2021, 1]),
        ("SELECT STRFTIME('%Y', seen_dt), COUNT(*) FROM staff WHERE STRFTIME('%m', met_dt) > '01' "
         "GROUP BY 1 ORDER BY 1", [2023, 1, 2024, 1]),
        ("SELECT COUNT(*) FROM staff WHERE DATE(met_dt) >= '2024-01-02' AND SUBSTR(seen_dt, 6, 2) = '12'",
         [1]),
        ("SELECT SUM(CAST(JULIANDAY('2024-03-02') - JULIANDAY(seen_dt) AS INTEGER)) FROM staff "
         "WHERE met_dt > 20230601", [64]),
        ("SELECT MAX(born - born), SUM(JULIANDAY(met_dt) - JULIANDAY(seen_dt)) FROM staff WHERE hired > 2009",
         [0, 3]),
    ],
)  # fmt: skip
def test_functions_of_dates_take_months_and_years(office: Database, written: str, numbers: list[int]) -> None:
    outcome = office.execute(extract_query(written, office.schema(), "sqlite"))
    assert outcome.error == ""
    assert [int(float(str(cell))) for row in outcome.rows for cell in row] == numbers


@pytest.mark.parametrize(
    "written",
    [
        "SELECT MAX(paid_month), MIN(hired) FROM staff",
        "SELECT MAX(seen_dt), MIN(met_dt) FROM staff WHERE seen_dt > '20230101' AND met_dt < 20240101",
        "SELECT seen_dt, met_dt FROM staff ORDER BY seen_dt",
        "SELECT paid_month, hired FROM staff ORDER BY paid_month, hired",
        "SELECT name FROM staff WHERE paid_month LIKE '2024%' AND hired = 2014",
        "SELECT since, COUNT(*) FROM staff GROUP BY since",
        "SELECT name FROM staff WHERE since = '30/01/2009'",
        "SELECT name FROM staff WHERE since LIKE '%/2009'",
        "SELECT name FROM staff WHERE LENGTH(since) < 9",
        "SELECT name FROM staff ORDER BY name",
        "SELECT name AS since FROM staff ORDER BY since",
        "SELECT DISTINCT since FROM staff ORDER BY since",
        "SELECT name FROM staff WHERE open_day < '2015-01-01'",
        "SELECT name FROM staff WHERE loose < '2015-01-01'",
    ],
)
def test_what_asks_for_no_order_or_has_no_one_reading_stays(office: Database, written: str) -> None:
    assert extract_query(written, office.schema()).replace(" NULLS FIRST", "") == written


def test_functions_of_sqlite_take_them_for_days(tmp_path: Path) -> None:
    path = tmp_path / "office.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(ROWS)
    with connect(f"sqlite:///{path}") as database:
        written = (
            "SELECT STRFTIME('%Y', since), CAST(JULIANDAY(since) - JULIANDAY('2014-12-01') AS INTEGER) "
            "FROM staff WHERE DATE(since) >= DATE('2014-01-01') AND DATE(since, '+1 day') < DATE('now') "
            "ORDER BY 1"
        )
        outcome = database.execute(extract_query(written, database.schema()))
        assert outcome.rows == (("2014", 1), ("2021", 2387))


@pytest.mark.parametrize(
    ("dialect", "written", "mended"),
    [
        ("mysql", "SELECT 1 FROM t WHERE since < '2015-01-01'",
         "CONCAT(SUBSTRING(since, 7, 4), '-', SUBSTRING(since, 4, 2), '-', SUBSTRING(since, 1, 2))"
         " < '2015-01-01'"),
        ("mysql", "SELECT 1 FROM t WHERE YEAR(since) < 2015",
         "YEAR(CONCAT(SUBSTRING(since, 7, 4), '-', SUBSTRING(since, 4, 2), '-', SUBSTRING(since, 1, 2)))"
         " < 2015"),
        ("mysql", "SELECT 1 FROM t WHERE STR_TO_DATE(since, '%d/%m/%Y') < '2015-01-01'",
         "STR_TO_DATE(since, '%d/%m/%Y') < '2015-01-01'"),
        ("postgres", "SELECT 1 FROM t WHERE since < '2015-01-01'",
         "SUBSTRING(since FROM 7 FOR 4) || '-' || SUBSTRING(since FROM 4 FOR 2) || '-' || "
         "SUBSTRING(since FROM 1 FOR 2) < '2015-01-01'"),
        ("postgres", "SELECT 1 FROM t WHERE since < CURRENT_DATE",
         "CAST(SUBSTRING(since FROM 7 FOR 4) || '-' || SUBSTRING(since FROM 4 FOR 2) || '-' || "
         "SUBSTRING(since FROM 1 FOR 2) AS DATE) < CURRENT_DATE"),
        ("postgres", "SELECT 1 FROM t WHERE EXTRACT(YEAR FROM since) < 2015",
         "EXTRACT(YEAR FROM CAST(SUBSTRING(since FROM 7 FOR 4) || '-' || SUBSTRING(since FROM 4 FOR 2) || "
         "'-' || SUBSTRING(since FROM 1 FOR 2) AS DATE)) < 2015"),
        ("postgres", "SELECT 1 FROM t WHERE since::date < DATE '2015-01-01'",
         "CAST(SUBSTRING(since FROM 7 FOR 4) || '-' || SUBSTRING(since FROM 4 FOR 2) || '-' || "
         "SUBSTRING(since FROM 1 FOR 2) AS DATE) < CAST('2015-01-01' AS DATE)"),
        ("postgres", "SELECT 1 FROM t WHERE since < DATE '2015-01-01'",
         "CAST(SUBSTRING(since FROM 7 FOR 4) || '-' || SUBSTRING(since FROM 4 FOR 2) || '-' || "
         "SUBSTRING(since FROM 1 FOR 2) AS DATE) < CAST('2015-01-01' AS DATE)"),
    ],
)  # fmt: skip
def test_each_engine_has_its_own_words(dialect: Dialect, written: str, mended: str) -> None:
    since = Column("since", "TEXT", "text", samples=("30/01/2009", "02/12/2014"))
    schema = Schema(dialect, (Table("t", (since,)),))
    assert extract_query(written, schema) == f"SELECT 1 FROM t WHERE {mended}"


@pytest.mark.parametrize(
    ("dialect", "condition"),
    [
        ("sqlite", "seen <= STRFTIME('%Y%m%d', 'now', '+1 year')"),
        ("sqlite", "seen < REPLACE(DATE('now'), '-', '')"),
        ("sqlite", "seen_no <= CAST(STRFTIME('%Y%m%d', 'now') AS INTEGER)"),
        ("sqlite", "seen_no >= CAST(STRFTIME('%Y', 'now') || '0101' AS INTEGER)"),
        ("sqlite", "paid_month = STRFTIME('%Y-%m', 'now')"),
        ("sqlite", "since = STRFTIME('%d/%m/%Y', 'now')"),
        ("duckdb", "seen <= STRFTIME(CURRENT_DATE, '%Y%m%d')"),
        ("mysql", "seen < DATE_FORMAT(CURRENT_DATE, '%Y%m%d')"),
        ("mysql", "seen_no < CURRENT_DATE + 0"),
        ("postgres", "seen < TO_CHAR(CURRENT_DATE, 'YYYYMMDD')"),
    ],
)
def test_today_in_the_form_of_the_column_stays(dialect: Dialect, condition: str) -> None:
    columns = (
        Column("seen", "CHAR(8)", "text", samples=("20240131", "20231205")),
        Column("seen_no", "INTEGER", "number", samples=("20240131",)),
        Column("paid_month", "CHAR(7)", "text", samples=("2024-06",)),
        Column("since", "TEXT", "text", samples=("30/01/2009", "02/12/2014")),
    )
    schema = Schema(dialect, (Table("t", columns),))
    written = f"SELECT 1 FROM t WHERE {condition}"
    assert extract_query(written, schema) == written


@pytest.mark.parametrize(
    ("dialect", "condition"),
    [
        ("sqlite", "seen < DATE('now', '-30 days')"),
        ("sqlite", "seen < STRFTIME('%Y-%m-%d', 'now')"),
        ("mysql", "seen_no < DATE_SUB(CURDATE(), INTERVAL 1 MONTH)"),
        ("postgres", "seen < TO_CHAR(CURRENT_DATE - INTERVAL '1 day', 'YYYY-MM-DD')"),
        ("duckdb", "seen_no > CURRENT_DATE - INTERVAL 30 DAY"),
        ("duckdb", "seen > TODAY()"),
    ],
)
def test_days_without_dashes_are_held_against_days_from_today(dialect: Dialect, condition: str) -> None:
    columns = (
        Column("seen", "CHAR(8)", "text", samples=("20240131", "20231205")),
        Column("seen_no", "INTEGER", "number", samples=("20240131",)),
    )
    query = extract_query(f"SELECT 1 FROM t WHERE {condition}", Schema(dialect, (Table("t", columns),)))
    assert "SUBSTRING(" in query


@pytest.mark.parametrize(
    ("written", "column"),
    [
        ("SELECT name FROM staff ORDER BY loose", "loose"),
        ("SELECT name FROM staff WHERE since < '2015-01-01'", "since"),
        ("SELECT MAX(open_day) FROM staff", "open_day"),
        ("SELECT since FROM staff WHERE since = '30/01/2009'", None),
        ("SELECT name FROM staff ORDER BY SUBSTR(since, 7, 4)", None),
        ("SELECT name FROM staff ORDER BY born", None),
    ],
)
def test_an_explanation_says_how_they_sort(office: Database, written: str, column: str | None) -> None:
    said = explain_query(written, office.schema().dialect, office.schema()).assumptions
    told = [line for line in said if "is text such as" in line]
    assert len(told) == (column is not None)
    assert all(line.startswith(f"staff.{column} is text such as ") for line in told)
