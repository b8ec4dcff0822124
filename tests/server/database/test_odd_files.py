"""Files as people have them: numbers of another country, other encodings, ragged rows, titles in sheets."""

from __future__ import annotations

import datetime
import gzip
import string
from collections.abc import Sequence
from pathlib import Path

import duckdb
import openpyxl

from sqloop.database.connect import connect
from sqloop.database.engine import Excerpt
from sqloop.database.outcome import Value

Rows = tuple[tuple[Value, ...], ...]


def read(path: Path, content: bytes | str) -> tuple[dict[str, str], Rows]:
    """Types of the columns and all rows of the only table of a file that holds ``content``."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_only_table(path)


def read_only_table(path: Path) -> tuple[dict[str, str], Rows]:
    with connect(f"duckdb:///{path}") as database:
        (table,) = database.schema().tables
        outcome = database.execute(f"SELECT * FROM {database.quote(table.name)}")
    assert outcome.status == "ok", outcome.error
    return {column.name: column.type for column in table.columns}, outcome.rows


def read_all(folder: Path, contents: Sequence[bytes | str], ending: str = "csv") -> list[tuple[str, Rows]]:
    """Of a file for each of ``contents``, read together: the type of the last column, and all rows."""
    for number, content in enumerate(contents):
        path = folder / f"{string.ascii_lowercase[number]}.{ending}"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with connect(f"duckdb:///{folder}") as database:
        tables = sorted(database.schema().tables, key=lambda table: table.name)
        outcomes = [database.execute(f"SELECT * FROM {table.name}") for table in tables]
    return [(table.columns[-1].type, each.rows) for table, each in zip(tables, outcomes, strict=True)]


def test_numbers_as_countries_write_them(tmp_path: Path) -> None:
    read = read_all(
        tmp_path,
        [
            "n;b\n1;1.234,50\n2;99,95\n3;-1.000.000\n",
            "n;b\n1;3,50\n2;4\n",
            "n\tb\n1\t3,50\n2\t4,25\n",
            'n,b\n1,"83,200,000"\n2,"5,400"\n3,7\n',
            'n,b\n1,"1,234.50"\n2,0.5\n',
            'n,b\n1,"3,50"\n2,"4,25"\n',
        ],
    )
    assert [(kind, tuple(row[1] for row in rows)) for kind, rows in read] == [
        ("DOUBLE", (1234.5, 99.95, -1000000.0)),
        ("DOUBLE", (3.5, 4.0)),
        ("DOUBLE", (3.5, 4.25)),
        ("BIGINT", (83200000, 5400, 7)),
        ("DOUBLE", (1234.5, 0.5)),
        ("DOUBLE", (3.5, 4.25)),
    ]


def test_what_only_looks_like_numbers_stays_text(tmp_path: Path) -> None:
    read = read_all(
        tmp_path,
        [
            "n;b\n1;01067\n2;04109\n",  # postcodes
            "n;b\n1;10.0.0.1\n2;10.0.0.2\n",
            'n,b\n1,"1,23,456"\n2,"7"\n',
            "n;b\n1;3,50 EUR\n2;4,25 EUR\n",
        ],
    )
    assert [kind for kind, _ in read] == ["VARCHAR"] * 4


def test_no_other_column_is_read_as_what_it_is_not(tmp_path: Path) -> None:
    content = "lat;price\n48.137;1.234,50\n11.5754;2,00\n"
    types, rows = read(tmp_path / "t.csv", content)
    assert types == {"lat": "DOUBLE", "price": "VARCHAR"}
    assert rows[0] == (48.137, "1.234,50")


def test_days_and_thousands_of_one_file(tmp_path: Path) -> None:
    content = "Datum;Umsatz;Größe\n31.12.2024;1.234,50;12,5\n01.02.2025;99,95;7\n".encode("utf-8-sig")
    types, rows = read(tmp_path / "t.csv", content)
    assert types == {"Datum": "DATE", "Umsatz": "DOUBLE", "Größe": "DOUBLE"}
    assert rows == (("2024-12-31", 1234.5, 12.5), ("2025-02-01", 99.95, 7.0))


def test_encodings(tmp_path: Path) -> None:
    text = "n,city,price\n1,Köln,5 €\n2,Malmö,7 €\n"
    written = [text.encode(each) for each in ("utf-8", "utf-8-sig", "cp1252", "utf-16")]
    written += [b"\xfe\xff" + text.encode("utf-16-be"), text.replace(" €", "").encode("latin-1")]
    read = read_all(tmp_path, written)
    assert read[:5] == [("VARCHAR", ((1, "Köln", "5 €"), (2, "Malmö", "7 €")))] * 5
    assert read[5] == ("BIGINT", ((1, "Köln", 5), (2, "Malmö", 7)))


def test_packed_texts_of_windows_are_parts_of_one_table(tmp_path: Path) -> None:
    for year in (2023, 2024):
        content = f"id,price\n{year},5 €\n".encode("cp1252")
        (tmp_path / f"sales_{year}.csv.gz").write_bytes(gzip.compress(content))
    types, rows = read_only_table(tmp_path)
    assert set(types) == {"id", "price", "file"}
    assert sorted(map(str, rows)) == ["(2023, '5 €', 'sales_2023')", "(2024, '5 €', 'sales_2024')"]


def test_rows_that_end_early_or_late_are_all_there(tmp_path: Path) -> None:
    read = read_all(
        tmp_path,
        [
            "id,name,city\n1,Ann,Rome\n2,Bob\n3,Cid,Oslo,extra\n",
            'id,name,city\n1,"Ann\nMay",Rome\n2,Bob\n3,Cid,Oslo,extra\n',
            'id,name,city\n1,Ann,Rome\n2,"Bob"\n3,Cid,"Oslo, N"\n',
            "Sales of the year\n\nid,name,city\n1,Ann,Rome\n2,Bob,Oslo\n",  # a title is none of them
        ],
    )
    assert [rows for _, rows in read] == [
        ((1, "Ann", "Rome", None), (2, "Bob", None, None), (3, "Cid", "Oslo", "extra")),
        ((1, "Ann\nMay", "Rome", None), (2, "Bob", None, None), (3, "Cid", "Oslo", "extra")),
        ((1, "Ann", "Rome"), (2, "Bob", None), (3, "Cid", "Oslo, N")),
        ((1, "Ann", "Rome"), (2, "Bob", "Oslo")),
    ]


def test_headers_with_blanks_and_twice_the_same(tmp_path: Path) -> None:
    types, rows = read(tmp_path / "t.csv", "Order ID,Name,Name,,Total (EUR)\n1,Ann,May,x,12.5\n")
    assert list(types) == ["Order ID", "Name", "Name_1", "column3", "Total (EUR)"]
    assert rows == ((1, "Ann", "May", "x", 12.5),)


def test_titles_above_a_table_in_a_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    orders = book.active
    assert orders is not None
    orders.title = "Orders 2024"
    for row in (
        ["Orders of the year"],
        ["as of December"],
        [],
        ["Order", "Customer", "Total", "Placed"],
        [1, "Ann", 2.5, datetime.date(2024, 1, 1)],
        [2, "Bob", 5, datetime.date(2024, 1, 2)],
    ):
        orders.append(row)
    people = book.create_sheet("People")
    people.append([None, "City"])
    people.append(["Ann", "Rome"])
    book.create_sheet("Empty")
    book.save(tmp_path / "book.xlsx")
    with connect(f"duckdb:///{tmp_path / 'book.xlsx'}") as database:
        types = {t.name: {c.name: c.type for c in t.columns} for t in database.schema().tables}
        rows = database.execute("SELECT * FROM Orders_2024").rows
    assert types == {
        "Orders_2024": {"Order": "BIGINT", "Customer": "VARCHAR", "Total": "DOUBLE", "Placed": "DATE"},
        "People": {"column1": "VARCHAR", "City": "VARCHAR"},
    }
    assert rows == ((1, "Ann", 2.5, "2024-01-01"), (2, "Bob", 5.0, "2024-01-02"))


def test_parts_are_one_table_though_each_is_written_its_way(tmp_path: Path) -> None:
    (tmp_path / "sales_2023.csv").write_text('id;who;amount\n1;"Ann; May";1.234,50\n')
    (tmp_path / "sales_2024.csv").write_text("id;who;amount\n2;Bob;3\n")
    types, rows = read_only_table(tmp_path)
    assert types == {"id": "BIGINT", "who": "VARCHAR", "amount": "DOUBLE", "file": "VARCHAR"}
    assert sorted(rows) == [(1, "Ann; May", 1234.5, "sales_2023"), (2, "Bob", 3.0, "sales_2024")]


def test_excerpts_of_many_tables_come_as_far_as_time_allows(tmp_path: Path) -> None:
    path = tmp_path / "many.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("BEGIN")
        for number in range(300):
            connection.execute(f"CREATE TABLE t{number} AS SELECT range AS a FROM range(9)")
        connection.execute("COMMIT")
    with connect(f"duckdb:///{path}") as database:
        tables = database.schema().tables
        wanted = [Excerpt(each.name, each.columns, 300, 60) for each in tables]
        assert database._engine.excerpts(wanted, 0) == {}
        assert 0 < len(database._engine.excerpts(wanted, 0.05)) < 300


def test_columns_with_a_unit_in_brackets_are_read(tmp_path: Path) -> None:
    path = tmp_path / "measured.csv"
    path.write_text("Länge (m),Temp (°C),Price (€)\n1,2,3\n")
    with connect(f"duckdb:///{path}") as database:
        outcome = database.execute(
            'SELECT "Länge (m)", SUM("Temp (°C)"), "Price (€)" FROM measured GROUP BY ALL'
        )
    assert (outcome.error, outcome.rows) == ("", ((1, 2, 3),))
