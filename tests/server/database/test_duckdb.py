"""Files as tables: what each form gives, what it is called, what is seen of changes; DuckDB's own files."""

from __future__ import annotations

import datetime
import gzip
import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import openpyxl
import pytest

from server.database.duckdb_files import opened, rows
from sqloop.database.connect import Database, connect
from sqloop.database.files import file_url
from sqloop.database.knowledge.cache import DatabaseCache
from sqloop.database.outcome import Limits
from sqloop.errors import SettingsError, UnreachableError


def types(place: Path | str) -> dict[str, dict[str, str]]:
    with opened(place) as database:
        return {each.name: {c.name: c.type for c in each.columns} for each in database.schema().tables}


def test_a_csv_file_is_a_table_with_types(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text('id,day,amount,city,paid\n1,2024-01-02,3.50,Rome,true\n2,2024-02-03,,"Pa,ris",false\n')
    columns = {"id": "BIGINT", "day": "DATE", "amount": "DOUBLE", "city": "VARCHAR", "paid": "BOOLEAN"}
    assert types(path) == {"sales": columns}
    assert rows(path, "SELECT * FROM sales") == (
        (1, "2024-01-02", 3.5, "Rome", True),
        (2, "2024-02-03", None, "Pa,ris", False),
    )


def test_its_samples_rows_and_values_are_read(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text("city,amount\nRome,1\nParis,2\nRome,3\n")
    with opened(path) as database:
        (table,) = database.schema().tables
        assert (table.rows, table.view, table.columns[0].samples) == (3, False, ("Rome", "Paris"))
        assert sorted(database.distinct_values("sales", "city", 9, 1)[0]) == ["Paris", "Rome"]
        assert database.values().whole(["rome"])


def write_tsv(path: Path) -> Path:
    path = path.with_suffix(".tsv")
    path.write_text("a\tb\n1\tx,y\n")
    return path


def write_packed(path: Path) -> Path:
    path = path.with_suffix(".csv.gz")
    path.write_bytes(gzip.compress(b'a,b\n1,"x,y"\n'))
    return path


def write_semicolons(path: Path) -> Path:
    path = path.with_suffix(".csv")
    path.write_text("a;b\n1;x,y\n")
    return path


def write_parquet(path: Path) -> Path:
    path = path.with_suffix(".parquet")
    duckdb.sql("SELECT 1::BIGINT AS a, 'x,y' AS b").write_parquet(str(path))
    return path


def write_json(path: Path) -> Path:
    path = path.with_suffix(".json")
    path.write_text('[{"a": 1, "b": "x,y"}]')
    return path


def write_lines(path: Path) -> Path:
    path = path.with_suffix(".jsonl")
    path.write_text('{"a": 1, "b": "x,y"}\n')
    return path


def write_workbook(path: Path) -> Path:
    path = path.with_suffix(".xlsx")
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["a", "b"])
    book.active.append([1, "x,y"])
    book.save(path)
    return path


@pytest.mark.parametrize(
    "write",
    [write_tsv, write_packed, write_semicolons, write_parquet, write_json, write_lines, write_workbook],
)
def test_every_form_gives_the_same(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    path = write(tmp_path / "t")
    assert types(path) == {"t": {"a": "BIGINT", "b": "VARCHAR"}}
    assert rows(path, "SELECT * FROM t") == ((1, "x,y"),)


def test_a_form_is_told_by_the_first_bytes_before_the_ending(tmp_path: Path) -> None:
    parquet = write_parquet(tmp_path / "t").rename(tmp_path / "t.db")
    assert rows(parquet, "SELECT a FROM t") == ((1,),)
    with duckdb.connect(str(tmp_path / "shop.db")) as connection:
        connection.execute("CREATE TABLE x AS SELECT 1 AS a")
    assert rows(tmp_path / "shop.db", "SELECT a FROM x") == ((1,),)


def test_commas_of_decimals_and_letters_that_are_no_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "orte.csv"
    path.write_bytes("Ort;Betrag\nKöln;3,50\nUlm;4,25\n".encode("latin-1"))
    assert rows(path, "SELECT Ort, Betrag FROM orte ORDER BY Betrag") == (("Köln", 3.5), ("Ulm", 4.25))


def test_a_type_is_inferred_from_all_rows(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_text("code\n" + "1\n" * 100_000 + "A7\n")
    assert types(path) == {"codes": {"code": "VARCHAR"}}
    assert rows(path, "SELECT COUNT(*) FROM codes") == ((100_001,),)


def test_a_cast_that_fails_for_some_rows_is_tried_row_by_row(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_text("code\n1\nA7\n")
    assert rows(path, "SELECT TRY_CAST(code AS INTEGER) FROM codes") == ((1,), (None,))


def test_nested_values_come_as_json(tmp_path: Path) -> None:
    path = tmp_path / "people.json"
    path.write_text('[{"id": 1, "tags": ["a", "b"], "home": {"city": "Rome", "since": "2024-01-02"}}]')
    assert rows(path, "SELECT tags, home, home.city FROM people") == (
        ('["a", "b"]', '{"city": "Rome", "since": "2024-01-02"}', "Rome"),
    )
    with opened(path) as database:
        kinds = {each.name: each.kind for each in database.schema().tables[0].columns}
    assert kinds == {"id": "number", "tags": "other", "home": "other"}


def test_values_of_all_types_become_plain(duckdb_shop: Database) -> None:
    sql = (
        "SELECT 1.50::DECIMAL(8,2), 12::DECIMAL(20,0), 170141183460469231731687303715884105727, "
        "DATE '2024-01-02', TIMESTAMP '2024-01-02 03:04:05.5', TIME '10:00', "
        "TIMESTAMPTZ '2024-01-02 03:04:05+00' AT TIME ZONE 'UTC', "
        "INTERVAL 3 DAYS, '\\xFF'::BLOB, true, MAP {DATE '2024-01-02': 1}, 'a'::ENUM('a'), 'nan'::DOUBLE > 1"
    )
    (row,) = duckdb_shop._engine.run(sql, Limits()).rows
    assert repr(row[0]) == "1.50"
    assert row[1:8] == (
        12,
        2**127 - 1,
        "2024-01-02",
        "2024-01-02 03:04:05.500000",
        "10:00:00",
        "2024-01-02 03:04:05",
        "3 days, 0:00:00",
    )
    assert row[8:] == (b"\xff", True, '{"2024-01-02": 1}', "a", True)


def test_a_workbook_has_a_table_for_each_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    orders = book.active
    assert orders is not None
    orders.title = "Orders"
    orders.append([])
    orders.append(["id", "day", "moment", "amount", None, "ID", "note"])
    orders.append([1, datetime.datetime(2024, 1, 2), datetime.datetime(2024, 1, 2, 3, 4), 2, "q", True, None])
    orders.append([2, datetime.datetime(2024, 1, 3), datetime.datetime(2024, 1, 2), 2.5, None, False, "007"])
    other = book.create_sheet("Price list")
    other.append(["code", "price"])
    other.append(["007", 1])
    other.append([8, "#N/A"])
    book.create_sheet("Empty")
    path = tmp_path / "book.xlsx"
    book.save(path)
    assert types(path) == {
        "Orders": {
            "id": "BIGINT",
            "day": "DATE",
            "moment": "TIMESTAMP",
            "amount": "DOUBLE",
            "column5": "VARCHAR",
            "ID_2": "BOOLEAN",
            "note": "VARCHAR",
        },
        "Price_list": {"code": "VARCHAR", "price": "BIGINT"},
    }
    assert rows(path, "SELECT code, price FROM Price_list") == (("007", 1), ("8", None))
    assert rows(path, 'SELECT moment, "ID_2" FROM Orders WHERE id = 1') == (("2024-01-02 03:04:00", True),)


def test_copies_of_a_workbook_are_gone_when_it_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    with opened(write_workbook(tmp_path / "t")) as database:
        assert database.execute("SELECT * FROM t").status == "ok"
        assert [each.stat().st_mode & 0o777 for each in scratch.iterdir()] == [0o700]
    assert list(scratch.iterdir()) == []


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "customers.csv").write_text("id,name\n1,Ada\n2,Bob\n")
    (folder / "order.csv").write_text("id,customer_id,Left\n7,1,9\n")
    write_parquet(folder / "prices")
    return folder


def test_a_folder_has_a_table_for_each_file_and_joins_them(data: Path) -> None:
    (data / "notes.txt").write_text("remember the milk\n")
    (data / "program.py").write_text("print(1)\n")
    (data / ".hidden.csv").write_text("a\n1\n")
    assert set(types(data)) == {"customers", "order", "prices"}
    sql = 'SELECT name, "Left" FROM customers c JOIN "order" o ON o.customer_id = c.id'
    assert rows(data, sql) == (("Ada", 9),)
    with opened(data) as database:
        (order,) = [each for each in database.schema().tables if each.name == "order"]
        assert [key.referred_table for key in order.foreign_keys] == ["customers"]


def test_a_pattern_takes_what_it_matches(data: Path) -> None:
    assert set(types(f"{data}/*.csv")) == {"customers", "order"}
    assert set(types(f"{data.parent}/**/*.parquet")) == {"prices"}
    assert set(types(f"{data}/[a-c]*")) == {"customers"}


def test_parts_are_one_table_that_knows_them(tmp_path: Path) -> None:
    for year, amount in (("2023", "1"), ("2024", "2.5")):
        (tmp_path / f"sales_{year}.csv").write_text(f"id,amount\n1,{amount}\n")
    (tmp_path / "costs_2023.csv").write_text("id,amount\n1,1\n")
    (tmp_path / "stock_2023.csv").write_text("id\n1\n")
    (tmp_path / "stock_2024.csv").write_text("id,shelf\n1,A\n")
    found = types(tmp_path)
    assert found["sales"] == {"id": "BIGINT", "amount": "DOUBLE", "file": "VARCHAR"}
    assert set(found) == {"sales", "costs_2023", "stock_2023", "stock_2024"}
    sql = "SELECT file, SUM(amount) FROM sales GROUP BY file ORDER BY file"
    assert rows(tmp_path, sql) == (("sales_2023", 1.0), ("sales_2024", 2.5))


def test_names_need_no_quotes_and_are_told_apart(tmp_path: Path) -> None:
    for name in ("Sales 2024 (final)", "2024-01", "größe", "x.y", "sales [1]"):
        (tmp_path / f"{name}.csv").write_text("a\n1\n")
    (tmp_path / "größe.json").write_text('{"a": 1}')
    assert set(types(tmp_path)) == {"Sales_2024_final", "t_2024_01", "größe", "größe_json", "x_y", "sales_1"}
    assert rows(tmp_path, "SELECT s.a FROM Sales_2024_final s, sales_1 LIMIT 1") == ((1,),)


def test_a_file_that_cannot_be_read_leaves_the_others(data: Path) -> None:
    (data / "broken.parquet").write_text("this is none, though it says so")
    (data / "empty.csv").write_text("")
    with opened(data) as database:
        assert len(database.schema().tables) == 3
        told = database.unread
    assert [each.split(": ")[0] for each in told] == ["broken.parquet", "empty.csv"]
    assert "empty.csv: it is empty" in told


@pytest.mark.parametrize(
    ("name", "content", "message", "hint"),
    [
        (
            "report.pdf",
            "%PDF",
            "is neither a database nor a table",
            "SQLoop reads SQLite and DuckDB files, CSV",
        ),
        ("old.xls", "x", "is neither a database nor a table", "Save the sheet as .xlsx or .csv"),
        ("a.zip", "PK", "is neither a database nor a table", "SQLoop reads"),
    ],
)
def test_what_is_no_table_is_said_to_be_none(
    tmp_path: Path, name: str, content: str, message: str, hint: str
) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(SettingsError) as raised:
        file_url(str(tmp_path / name))
    assert message in raised.value.message
    assert hint in raised.value.hint


def test_a_folder_or_pattern_without_tables_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="holds no table"):
        file_url(str(tmp_path))
    with pytest.raises(SettingsError, match="matches no table"):
        file_url(f"{tmp_path}/*.csv")
    assert file_url(str(tmp_path / "nothing.csv")) is None


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.parquet", b"PAR1 and nothing more", "t.parquet: "),
        ("t.xlsx", b"no workbook", "t.xlsx is not an Excel workbook"),
        ("t.csv", b"", "t.csv: it is empty"),
        ("t.json", b'{"a": ', "t.json: "),
        ("t.duckdb", b"\0" * 8 + b"DUCK" + b"\0" * 9000, "t.duckdb"),
    ],
)
def test_a_broken_file_is_one_line(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreachableError, match=message) as raised:
        opened(tmp_path / name)
    assert "\n" not in raised.value.message


def test_changes_of_files_are_seen_by_the_next_query(data: Path, tmp_path: Path) -> None:
    url = file_url(str(data))
    assert url is not None
    with connect(url, cache=DatabaseCache(tmp_path / "cache")) as database:
        database.renew()
        (data / "customers.csv").write_text("id,name\n1,Eve\n")
        assert database.execute("SELECT name FROM customers").rows == (("Eve",),)
        (data / "customers.csv").write_text("id,name,born\n1,Eve,2000-01-01\n")
        (data / "cities.csv").write_text("name\nRome\n")
        (data / "order.csv").unlink()
        names = {each.name: len(each.columns) for each in database.renew().tables}
        assert names == {"customers": 3, "cities": 1, "prices": 2}
        assert database.execute('SELECT * FROM "order"').status == "error"
        assert database.values().whole(["rome"])


def test_a_deleted_file_is_unreachable(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a\n1\n")
    with opened(path) as database:
        path.unlink()
        with pytest.raises(UnreachableError, match="no file that holds a table"):
            database.execute("SELECT * FROM t")
        path.write_text("a\n2\n")
        assert database.execute("SELECT * FROM t").rows == ((2,),)


def test_its_process_knows_no_secret_and_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SQLOOP_PASSWORD", "not for it")
    (tmp_path / "t.csv").write_text("a\n1\n")
    with opened(tmp_path / "t.csv") as database:
        [(_, process)] = database._engine._processes._idle  # type: ignore[attr-defined]
        assert b"PASSWORD" not in Path(f"/proc/{process._popen.pid}/environ").read_bytes()
    assert process._popen.returncode is not None


def test_the_account_says_that_a_file_may_be_written(duckdb_file: Path, duckdb_shop: Database) -> None:
    assert duckdb_shop.check().may_write
    assert duckdb_shop.check().mend == f"chmod a-w {duckdb_file}"
    assert os.access(duckdb_file, os.W_OK)
