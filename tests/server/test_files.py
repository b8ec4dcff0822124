"""Files in place of databases, on the command line and in `sqloop.toml`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import pytest

from server.command import fails
from sqloop.errors import SettingsError
from sqloop.lsp.options import configure
from sqloop.lsp.protocol import Options
from sqloop.session import open_database
from sqloop.settings import load_settings
from sqloop.settings_file import SettingsFile
from sqloop.trust import screen

Run = Callable[..., "subprocess.CompletedProcess[str]"]
CSV = "id,name\n1,Ann\n2,Bob\n3,Cy\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "workspace"
    folder.mkdir(exist_ok=True)
    (folder / "sales.csv").write_text(CSV)
    (folder / "more.json").write_text('[{"a": 1}]')
    monkeypatch.chdir(folder)
    return folder


def tables(db: str | None = None) -> list[str]:
    with open_database(load_settings(db=db)) as database:
        return [table.name for table in database.schema().tables]


def test_a_file_a_pattern_and_a_folder_are_databases(folder: Path) -> None:
    assert tables("sales.csv") == ["sales"]
    assert tables("*.csv") == ["sales"]
    assert tables(".") == ["more", "sales"]
    assert tables(str(folder)) == ["more", "sales"]


def test_so_they_are_as_connections_relative_to_the_settings(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = '[connections]\nall = "."\nold = "sales.csv"\n[connections.j]\nurl = "*.json"'
    (folder / "sqloop.toml").write_text(text)
    below = folder / "below"
    below.mkdir()
    monkeypatch.chdir(below)
    assert tables() == ["more", "sales"]
    assert tables("old") == ["sales"]
    assert tables("j") == ["more"]


def test_a_folder_is_a_database_however_it_is_written(run: Run, folder: Path) -> None:
    for written in (".", "./", f"{folder}/", "../workspace"):
        done = run("ask", "list all tables", "--db", written)
        assert (done.returncode, done.stdout) == (0, "table_name,table_type\nmore,table\nsales,table\n"), done
    (folder / "empty").mkdir()
    done = run("ask", "list all tables", "--db", "empty")
    assert (done.returncode, done.stdout) == (2, "")
    assert "empty holds no table." in done.stderr
    # It has no name. What lies there is not ours to say.
    done = run("ask", "list all tables", "--db", "/")
    assert done.returncode in (0, 2)
    assert "bug" not in done.stderr


def test_a_missing_file_of_a_connection_is_said_when_it_is_used(folder: Path) -> None:
    (folder / "sqloop.toml").write_text('[connections]\nall = "."\nold = "gone.csv"\n')
    assert tables() == ["more", "sales"]
    with pytest.raises(SettingsError, match=r"There is no file .*gone\.csv"):
        tables("old")


def test_a_file_of_another_kind_is_said_to_be_one(folder: Path) -> None:
    (folder / "report.pdf").write_bytes(b"%PDF-1.7")
    with pytest.raises(SettingsError) as raised:
        tables("report.pdf")
    assert raised.value.message == "report.pdf is neither a database nor a table."
    assert "CSV, TSV, Parquet" in raised.value.hint


def test_a_complaint_of_a_library_that_is_a_sentence_ends_once(run: Run, folder: Path) -> None:
    (folder / "broken.json").write_text('[{"a": 1}, {"a": ]')
    fails(run("ask", "How many?", "--db", "broken.json"), 3, "broken.json")
    (folder / "book.xlsx").write_bytes(b"PK")
    fails(run("ask", "How many?", "--db", "book.xlsx"), 3, "book.xlsx")


ELSEWHERE = ["../secret.csv", "/etc/*.csv", "data", "*/../../*.csv", "link.csv", "l*.csv"]


@pytest.mark.parametrize("connection", ELSEWHERE)
def test_files_elsewhere_need_trust(folder: Path, connection: str) -> None:
    (folder.parent / "secret.csv").write_text("a\n1\n")
    os.symlink(folder.parent / "secret.csv", folder / "link.csv")
    os.symlink(folder.parent, folder / "data")
    (folder / "sqloop.toml").write_text(f'[connections]\nx = "{connection}"\n')
    kept, wants = screen(SettingsFile.read(folder / "sqloop.toml"))
    assert kept == {"connections": {}}
    assert [want.key for want in wants] == ["connections.x"]


def test_an_editor_may_name_files(folder: Path) -> None:
    configuration = configure(folder, Options(connections={"sales": "sales.csv"}, connection="sales"))
    assert [(each.name, each.url) for each in configuration.connections()][:1] == [
        ("sales", str(folder / "sales.csv"))
    ]
    with open_database(configuration.settings) as database:
        assert (database.dialect, database.schema().tables[0].rows) == ("duckdb", 3)


def test_csv_on_standard_input_is_a_table(variables: Mapping[str, str], tmp_path: Path) -> None:
    def call(data: str, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "sqloop", *words, "--db", "-"],
            input=data,
            cwd=tmp_path,
            env={**variables, "TMPDIR": str(tmp_path / "scratch")},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    (tmp_path / "scratch").mkdir()
    told = call(CSV, "ask", "How many are there?", "--json")
    assert json.loads(told.stdout)["rows"] == [[3]], told.stderr
    examined = call(CSV, "doctor")
    assert examined.returncode == 0, examined.stderr
    assert "schema    1 table, 2 columns" in examined.stdout
    assert list((tmp_path / "scratch").iterdir()) == []
    assert (empty := call("", "ask", "How many?")).returncode == 2
    assert "Standard input is empty" in empty.stderr
    assert (both := call(CSV, "ask", "-")).returncode == 2
    assert "not both" in both.stderr


def test_a_file_is_asked_on_the_command_line(run: Run, folder: Path) -> None:
    told = run("ask", "How many are there?", "--db", "sales.csv", "--json")
    assert json.loads(told.stdout)["rows"] == [[3]], told.stderr
    assert json.loads(run("ask", "How many?", "--db", "*.csv", "--json").stdout)["rows"] == [[3]]


def test_init_finds_duckdb_files_by_their_first_bytes(run: Run, folder: Path) -> None:
    with duckdb.connect(str(folder / "shop.data")) as connection:
        connection.execute("CREATE TABLE x AS SELECT 1 AS a")
    assert run("init").returncode == 0
    assert 'shop = "duckdb:///shop.data"' in (folder / "sqloop.toml").read_text()
    assert tables() == ["x"]


def test_what_is_not_read_is_said(run: Run, folder: Path) -> None:
    (folder / "broken.parquet").write_text("PAR")
    told = run("doctor", "--db", ".")
    assert told.returncode == 0
    assert "2 tables in files\nwarn  file      broken.parquet: " in told.stdout
    assert "may only read" in told.stdout
    asked = run("ask", "How many sales are there?", "--db", ".", "--json")
    assert [line.split(":")[:2] for line in asked.stderr.splitlines()] == [["sqloop", " Not read"]]
    (line,) = json.loads(asked.stdout)["unread"]
    assert line.startswith("broken.parquet: ")
