"""What models write and cannot mean: run on a database, with the answer that was meant."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from sqloop.database.connect import Database, connect
from sqloop.database.schema import Column, Dialect, Schema, Table
from sqloop.generation.prompts.forms import MeaninglessQueryError
from sqloop.generation.prompts.hub_forms import extract_query

ROWS = """
CREATE TABLE shop (shop_id INTEGER PRIMARY KEY, city TEXT, phone TEXT);
CREATE TABLE visit (
    visit_id INTEGER PRIMARY KEY, shop_id INTEGER REFERENCES shop (shop_id), who TEXT, kind TEXT,
    visited_at DATETIME, booked DATE, paid_ts INTEGER, seen_at_ms INTEGER, seconds INTEGER, cost REAL
);
CREATE TABLE box (
    box_id INTEGER PRIMARY KEY, shop_id INTEGER REFERENCES shop (shop_id), owner TEXT, sealed CHAR(1),
    stock INTEGER, size INTEGER
);
INSERT INTO box VALUES
    (1, 1, 'Müller', 'Y', 14, 3), (2, 1, 'Müller', 'N', 3, 6), (3, 1, 'Ash', 'Y', 7, 7),
    (4, 1, 'Ash', 'Y', 1, 2), (5, 1, 'Orr', 'Y', 5, 5), (6, 1, 'Orr', 'Y', 8, 3), (7, 1, 'Kay', 'Y', 9, 2),
    (8, 1, 'Kay', 'Y', 4, 1), (9, 1, 'Low', 'Y', 6, 4), (10, 1, 'Low', 'Y', 2, 2),
    (11, 1, 'Muller', 'Y', 3, 2);
INSERT INTO shop VALUES (1, 'Bern', '+41 31 555'), (2, 'Chur', '+41 81 555');
INSERT INTO visit VALUES
    (1, 1, 'Ann', 'a', '2024-05-01 09:30:00', '2024-05-01', 1714555800, 1714555800000, 330, 5),
    (2, 1, 'Bob', 'a', '2024-05-01 14:00:00', '2024-05-01', 1714572000, 1714572000000, 290, 9),
    (3, 2, 'Ann', 'b', '2024-05-02 08:00:00', '2024-05-02', 1714636800, 1714636800000, 700, 6),
    (4, 2, 'Cid', 'b', '2024-06-03 10:00:00', '2024-06-03', 1717408800, 1717408800000, 100, 2);
"""


@pytest.fixture
def shops(tmp_path: Path) -> Database:
    path = tmp_path / "shops.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(ROWS)
    connection.close()
    return connect(f"sqlite:///{path}")


@pytest.mark.parametrize(
    ("written", "rows"),
    [
        ("SELECT COUNT(*) FROM visit WHERE who = 'ANN'", [(2,)]),
        ("SELECT city FROM shop WHERE NOT EXISTS (SELECT 1 FROM visit WHERE kind = 'b')", [("Bern",)]),
        ("SELECT city FROM shop AS s WHERE NOT EXISTS (SELECT 1 FROM visit AS v JOIN shop AS s "
         "ON s.shop_id = v.shop_id WHERE v.kind = 'b')", [("Bern",)]),
        ("SELECT s.city FROM shop AS s WHERE EXISTS (SELECT 1 FROM visit AS v JOIN shop AS x "
         "ON x.shop_id = v.shop_id WHERE v.who = 'Cid')", [("Chur",)]),
        ("SELECT COUNT(*) FROM visit WHERE EXISTS (SELECT 1 FROM shop WHERE city = 'Bern')", [(2,)]),
        ("SELECT COUNT(*) FROM visit WHERE who IN ('ann', 'Cid', 'Dan')", [(3,)]),
        ("SELECT COUNT(*) FROM visit AS v JOIN shop AS s ON s.shop_id = v.shop_id WHERE s.city <> 'bern'",
         [(2,)]),
        ("SELECT COUNT(*) FROM box WHERE owner = 'müller'", [(2,)]),
        ("SELECT COUNT(*) FROM visit WHERE visited_at = '2024-05-01'", [(2,)]),
        ("SELECT COUNT(*) FROM visit WHERE visited_at LIKE '2024-05-01'", [(2,)]),
        ("SELECT COUNT(*) FROM visit WHERE visited_at <> '2024-05-01'", [(2,)]),
        ("SELECT COUNT(*) FROM visit WHERE NOT visited_at = '2024-05-01'", [(2,)]),
        ("SELECT COUNT(*) FROM visit WHERE visited_at > '2024-05-01'", [(2,)]),
        ("SELECT COUNT(*) FROM visit WHERE visited_at <= '2024-05-02' AND kind = 'b'", [(1,)]),
        ("SELECT COUNT(*) FROM visit WHERE visited_at BETWEEN '2024-05-01' AND '2024-05-02'", [(3,)]),
        ("SELECT COUNT(*) FROM visit WHERE visited_at IN ('2024-05-02', '2024-06-03')", [(2,)]),
        ("SELECT COUNT(*) FROM visit WHERE kind = 'b' OR visited_at = '2024-05-01'", [(4,)]),
        ("SELECT COUNT(*) FROM visit WHERE booked = '2024-05-01'", [(2,)]),
        ("SELECT COUNT(*) FROM visit WHERE booked < '2025'", [(4,)]),
        ("SELECT COUNT(*) FROM visit WHERE booked > '2024'", [(0,)]),
        ("SELECT COUNT(*) FROM visit WHERE booked = 2024", [(4,)]),
        ("SELECT COUNT(*) FROM visit WHERE booked BETWEEN '2024-05' AND '2024-05'", [(3,)]),
        ("SELECT COUNT(*) FROM visit WHERE visited_at >= '2024' AND visited_at < '2024-06'", [(3,)]),
        ("SELECT COUNT(*) FROM visit WHERE booked LIKE '2024-05%'", [(3,)]),
        ("SELECT COUNT(*) FROM visit WHERE DATE(visited_at) = '2024-05-01'", [(2,)]),
        ("SELECT STRFTIME('%m', paid_ts), COUNT(*) FROM visit GROUP BY 1", [("05", 3), ("06", 1)]),
        ("SELECT COUNT(*) FROM visit WHERE DATE(seen_at_ms) = '2024-05-02'", [(1,)]),
        ("SELECT COUNT(*) FROM visit WHERE STRFTIME('%m', paid_ts, 'unixepoch') = '06'", [(1,)]),
        ("SELECT COUNT(*) FROM visit WHERE paid_ts BETWEEN '2024-05-02' AND '2024-06-03'", [(2,)]),
        ("SELECT COUNT(*) FROM visit WHERE paid_ts = 2024", [(4,)]),
        ("SELECT COUNT(*) FROM visit WHERE paid_ts LIKE '2024-05%'", [(3,)]),
        ("SELECT COUNT(*) FROM visit WHERE paid_ts > 1714572000", [(2,)]),
        ("SELECT MAX(booked) - MIN(booked) FROM visit", [(33.0,)]),
        ("SELECT DATE(visited_at) - (SELECT MIN(v.booked) FROM visit AS v) FROM visit WHERE kind = 'b'",
         [(1.0,), (33.0,)]),
        ("SELECT STRFTIME('%Y', visited_at) - STRFTIME('%Y', booked) FROM visit WHERE visit_id = 4", [(0,)]),
        ("SELECT COUNT(*) FROM visit WHERE seconds / 60 > 5", [(2,)]),
        ("SELECT COUNT(*) / COUNT(DISTINCT who) FROM visit", [(4 / 3,)]),
        ("SELECT MAX(visit_id / seconds), MAX(100 * visit_id / seconds) FROM visit", [(0.04, 4.0)]),
        ("SELECT SUM(kind = 'a') * 100 / COUNT(*) FROM visit WHERE visit_id < 4", [(200 / 3,)]),
        ("SELECT who, cost FROM visit GROUP BY who ORDER BY SUM(cost) DESC LIMIT 1", [("Ann", 11.0)]),
        ("SELECT paid_ts, COUNT(*) FROM visit GROUP BY STRFTIME('%m', paid_ts) ORDER BY paid_ts",
         [("05", 3), ("06", 1)]),
        ("SELECT s.city, v.cost FROM visit v JOIN shop s ON s.shop_id = v.shop_id GROUP BY s.shop_id "
         "HAVING MAX(v.cost) > 8", [("Bern", 9.0)]),
        ("SELECT who FROM visit WHERE cost > (SELECT AVG(cost) FROM visit WHERE kind = visit.kind)",
         [("Bob",), ("Ann",)]),
        ("SELECT STRFTIME('%m', booked), (SELECT COUNT(*) FROM visit AS v WHERE v.kind = 'b' "
         "AND STRFTIME('%m', v.booked) = STRFTIME('%m', booked)) FROM visit GROUP BY STRFTIME('%m', booked)",
         [("05", 1), ("06", 1)]),
        ("SELECT owner FROM box WHERE stock > 12 GROUP BY owner HAVING SUM(stock) > 12 ORDER BY owner",
         [("Kay",), ("Müller",), ("Orr",)]),
        ("SELECT who FROM visit WHERE kind = 'a' GROUP BY who "
         "HAVING SUM(CASE WHEN kind = 'b' THEN 1 ELSE 0 END) = 0", [("Bob",)]),
        ("SELECT COUNT(DISTINCT who) FROM visit WHERE kind = 'a' EXCEPT "
         "SELECT COUNT(DISTINCT who) FROM visit WHERE kind = 'b'", [(1,)]),
    ],
)  # fmt: skip
def test_a_query_gives_what_was_meant(shops: Database, written: str, rows: list[tuple[object, ...]]) -> None:
    outcome = shops.execute(extract_query(written, shops.renew()))
    assert outcome.error == ""
    assert [tuple(row) for row in outcome.rows] == rows


@pytest.mark.parametrize(
    "written",
    [
        "SELECT COUNT(*) FROM visit WHERE visited_at >= '2024-05-01'",
        "SELECT COUNT(*) FROM visit WHERE visited_at = '2024-05-01 09:30:00'",
        "SELECT booked, cost FROM visit GROUP BY visit_id ORDER BY SUM(cost) DESC",
        "SELECT kind AS sort, COUNT(kind) AS n FROM visit GROUP BY sort ORDER BY COUNT(kind) DESC, sort",
        "SELECT v.kind, MAX(v.kind) FROM visit AS v GROUP BY kind HAVING MAX(v.kind) > 'a'",
        "SELECT v.kind, SUM(v.cost) FROM visit AS v GROUP BY kind HAVING COUNT(v.kind) > 1",
        "SELECT v.shop_id, s.city FROM shop AS s JOIN visit AS v ON v.shop_id = s.shop_id GROUP BY s.shop_id "
        "HAVING MAX(v.shop_id) > 1",
        "SELECT s.city FROM shop AS s JOIN visit AS v ON v.shop_id = s.shop_id GROUP BY v.shop_id "
        "ORDER BY MAX(s.city)",
        "SELECT who, COUNT(*) FROM visit GROUP BY kind ORDER BY COUNT(who) DESC",
        "SELECT SUM(seconds) / 60 FROM visit",
        "SELECT who FROM visit WHERE booked < 20240301 OR seconds > 1500",
        "SELECT seconds / 60 * 60 FROM visit",
        "SELECT who FROM visit WHERE shop_id = '1' OR shop_id LIKE '1%'",
        "SELECT AVG(cost) / 2 FROM visit",
        "SELECT who FROM visit WHERE seconds / 100 > 2",
        "SELECT COUNT(*) FROM visit WHERE visit_id / 10 >= 1",
        "SELECT DATE(paid_ts, 'auto'), STRFTIME('%Y', paid_ts, 'auto') FROM visit",
        "SELECT s.city FROM shop AS s LEFT JOIN box AS b ON b.shop_id = s.shop_id AND b.sealed = 'Y' "
        "WHERE b.sealed IS NULL",
        "SELECT COUNT(*) FROM box WHERE owner = 'Muller'",
        "SELECT who FROM visit AS v WHERE cost > (SELECT AVG(cost) FROM visit AS w WHERE w.kind = v.kind)",
        "SELECT who FROM visit AS v WHERE NOT EXISTS(SELECT 1 FROM visit WHERE kind = 'a')",
        "SELECT who FROM visit WHERE NOT EXISTS(SELECT 1 FROM box WHERE sealed = 'N')",
        "SELECT city FROM shop AS s WHERE EXISTS(SELECT 1 FROM visit AS v WHERE v.shop_id = s.shop_id)",
    ],
)
def test_what_can_be_meant_stays(shops: Database, written: str) -> None:
    assert extract_query(written, shops.renew()) == written


@pytest.mark.parametrize(
    ("question", "written", "number"),
    [
        ("How many full boxes are there?", "SELECT MAX(stock / size) FROM box WHERE box_id = 1", 4),
        ("How many boxes can be filled?", "SELECT stock / size FROM box WHERE box_id = 1", 4),
        ("How many complete sets per box are there?", "SELECT stock / size FROM box WHERE box_id = 1", 4),
        ("How many pieces per place are there?", "SELECT stock / size FROM box WHERE box_id = 2", 0.5),
        ("What share of the places is taken?", "SELECT stock / size FROM box WHERE box_id = 2", 0.5),
        (
            "How many boxes has an owner on average?",
            "SELECT COUNT(*) / COUNT(DISTINCT owner) FROM box",
            11 / 6,
        ),
    ],
)
def test_whole_things_are_counted_without_a_rest(
    shops: Database, question: str, written: str, number: float
) -> None:
    outcome = shops.execute(extract_query(written, shops.renew(), question=question))
    assert outcome.rows == ((number,),)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("SELECT AVG(phone) FROM shop", "AVG of shop.phone, which is text"),
        ("SELECT SUM(shop_id) FROM visit", "SUM of visit.shop_id, which is a key"),
        ("SELECT STRFTIME('%Y', who) FROM visit", "visit.who holds no dates but such as 'Ann'"),
        ("SELECT JULIANDAY(booked) - JULIANDAY(kind) FROM visit", "visit.kind holds no dates"),
        ("SELECT DATE(seconds) FROM visit", "visit.seconds holds no dates"),
        ("SELECT 1 FROM visit WHERE shop_id = 'Bern'", "visit.shop_id is a number, 'Bern' is none"),
        ("SELECT 1 FROM visit WHERE shop_id IN ('1', 'Bern')", "visit.shop_id is a number, 'Bern' is none"),
        ("SELECT 1 FROM visit WHERE shop_id LIKE '%ern%'", "visit.shop_id is a number, '%ern%' is none"),
        (
            "SELECT 1 FROM visit WHERE booked > 1500",
            "visit.booked holds days .*, and 1500 is none",
        ),
        ("SELECT 1 FROM visit v, shop s WHERE s.shop_id = v.visit_id", "keys of different things"),
        ("SELECT 1 FROM visit v, shop s WHERE s.shop_id <> v.visit_id", "keys of different things"),
        ("SELECT 1 FROM visit v, shop s WHERE s.shop_id = s.shop_id", "compared with itself"),
        (
            "SELECT 1 FROM shop s WHERE EXISTS (SELECT 1 FROM visit v WHERE v.kind = s.shop_id)",
            "visit.kind and shop.shop_id: one is a number, the other such as 'a'",
        ),
        (
            "SELECT 1 FROM visit v JOIN shop s ON s.shop_id = v.shop_id WHERE v.shop_id <> s.shop_id",
            "no row is both",
        ),
        (
            "SELECT 1 FROM visit WHERE kind = 'a' AND (who = 'Ann' AND cost > 1) AND kind = 'b'",
            "no row is both",
        ),
    ],
)
def test_what_nobody_means_is_refused_with_the_reason(shops: Database, written: str, reason: str) -> None:
    with pytest.raises(MeaninglessQueryError, match=reason) as error:
        extract_query(written, shops.renew())
    assert error.value.written.startswith("SELECT")


@pytest.mark.parametrize(
    "written",
    [
        "SELECT 1 FROM visit AS v WHERE v.kind = 'a' AND v.kind = 'A'",
        "SELECT 1 FROM shop AS s LEFT JOIN visit AS v ON v.shop_id = s.shop_id AND s.city = 'Bern' "
        "WHERE s.city = 'Chur'",
        "SELECT 1 FROM visit AS v WHERE (v.kind = 'a' OR v.kind = 'b') AND v.who = 'Ann'",
        "SELECT 1 FROM visit AS v JOIN visit AS w ON v.shop_id = w.shop_id WHERE v.visit_id <> w.visit_id",
        "SELECT 1 FROM visit AS v JOIN visit AS w ON v.who = w.who AND v.kind = 'a' WHERE w.kind = 'b'",
        "SELECT 1 FROM shop AS s WHERE s.city = 'Bern' AND EXISTS(SELECT 1 FROM shop WHERE city = 'Chur')",
    ],
)
def test_conditions_that_some_row_can_meet_are_left_alone(shops: Database, written: str) -> None:
    assert shops.execute(extract_query(written, shops.renew())).status == "ok"


def test_days_are_not_counted_in_hundredths(shops: Database) -> None:
    written = "SELECT AVG((JULIANDAY(visited_at) - JULIANDAY(booked)) * 100.0) FROM visit"
    assert extract_query(written, shops.renew()).count("100") == 0
    hours = "SELECT AVG((JULIANDAY(visited_at) - JULIANDAY(booked)) * 24) FROM visit"
    assert extract_query(hours, shops.renew()).endswith("* 24) FROM visit")


@pytest.mark.parametrize(
    ("dialect", "written", "meant"),
    [
        ("mysql", "SELECT YEAR(paid_ts) FROM visit", "SELECT YEAR(FROM_UNIXTIME(paid_ts)) FROM visit"),
        (
            "mysql",
            "SELECT 1 FROM visit WHERE visited_at BETWEEN '2024-05-01' AND '2024-05-31'",
            "SELECT 1 FROM visit WHERE visited_at >= '2024-05-01' AND visited_at < '2024-06-01'",
        ),
        ("mysql", "SELECT COUNT(*) / COUNT(sold) FROM visit", "SELECT COUNT(*) / COUNT(sold) FROM visit"),
        (
            "mysql",
            "SELECT DATE_FORMAT(MAX(visited_at), '%Y-%m-%d') - MIN(visited_at) FROM visit",
            "SELECT TIMESTAMPDIFF(SECOND, MIN(visited_at), DATE_FORMAT(MAX(visited_at), '%Y-%m-%d')) / 86400 "
            "FROM visit",
        ),
        (
            "mysql",
            "SELECT DATE_FORMAT(visited_at, '%Y-%m-%d') - booked FROM visit",
            "SELECT DATEDIFF(DATE_FORMAT(visited_at, '%Y-%m-%d'), booked) FROM visit",
        ),
        (
            "mysql",
            "SELECT (visited_at - booked) * 24 FROM visit",
            "SELECT (TIMESTAMPDIFF(SECOND, booked, visited_at) / 86400) * 24 FROM visit",
        ),
        (
            "sqlite",
            "SELECT stamped - booked, stamped - stamped FROM visit",
            "SELECT stamped - booked, stamped - stamped FROM visit",
        ),
        (
            "postgres",
            "SELECT MAX(visited_at) - MIN(visited_at) FROM visit",
            "SELECT MAX(visited_at) - MIN(visited_at) FROM visit",
        ),
        (
            "postgres",
            "SELECT 1 FROM visit WHERE visited_at = DATE '2024-05-01'",
            "SELECT 1 FROM visit WHERE visited_at >= '2024-05-01' AND visited_at < '2024-05-02'",
        ),
    ],
)
def test_other_engines_are_written_as_they_want_it(dialect: Dialect, written: str, meant: str) -> None:
    columns = (
        Column("visited_at", "TIMESTAMP", "date", samples=("2024-05-01 09:30:00",)),
        Column("paid_ts", "BIGINT", "number", samples=("1714555800",)),
        Column("booked", "DATE", "date", samples=("2024-05-01",)),
        Column("stamped", "DATETIME", "date", samples=("1714555800",)),  # SQLite keeps what it is given
    )
    assert extract_query(written, Schema(dialect, (Table("visit", columns),))) == meant


def test_moments_at_midnight_are_days_where_the_engine_knows_dates() -> None:
    columns = (Column("sold", "DATETIME", "date", samples=("2024-05-01 00:00:00",)),)
    written = "SELECT 1 FROM sale WHERE sold = '2024-05-01'"
    assert extract_query(written, Schema("mysql", (Table("sale", columns),))) == written
    assert extract_query(written, Schema("sqlite", (Table("sale", columns),))) != written
