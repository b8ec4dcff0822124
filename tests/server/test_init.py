"""`sqloop init`: what it offers of a folder, and that the settings take what it wrote."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sqloop.commands.finding import find_places
from sqloop.commands.init import init_folder
from sqloop.errors import SettingsError
from sqloop.session import open_database
from sqloop.settings import load_settings

ROWS = "id,name\n1,Ann\n2,Bob\n"
OBJECTS = '[{"id": 1}]'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def put(folder: Path, **files: str) -> None:
    """Files by name, ``__`` for a dot and ``_in_`` for a slash."""
    for name, text in files.items():
        path = folder / name.replace("_in_", "/").replace("__", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def addresses(folder: Path) -> list[str]:
    return [each.address for each in find_places(folder)]


def test_a_folder_of_tables_is_one_database_whose_tables_may_be_joined(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(folder, data_in_customers__csv=ROWS, data_in_orders__csv=ROWS, data_in_more__json=OBJECTS)
    assert init_folder(folder) == 0
    written = (folder / "sqloop.toml").read_text()
    assert written.endswith('[connections]\ndata = "data"  # customers.csv, more.json, orders.csv\n')
    assert "Now ask: sqloop" in capsys.readouterr().err
    with open_database(load_settings()) as database:
        assert [table.name for table in database.schema().tables] == ["customers", "more", "orders"]


def test_a_file_that_names_no_connections_gets_them_behind_what_it_holds(folder: Path) -> None:
    own = 'k = 2  # few\n\n[glossary]\nfoo = "bar"'
    put(folder, sales__csv=ROWS, sqloop__toml=own)
    assert init_folder(folder) == 0
    assert (folder / "sqloop.toml").read_text().startswith(f"{own}\n\n# What SQLoop asks")
    settings = load_settings()
    assert (settings.k, list(settings.connections), settings.words.entries[0].means) == (2, ["sales"], "bar")


def test_a_second_time_only_what_is_new_is_added(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(folder, sales__csv=ROWS, data_in_a__csv=ROWS, data_in_b__csv=ROWS)
    init_folder(folder)
    first = (folder / "sqloop.toml").read_text()
    capsys.readouterr()
    assert init_folder(folder) == 0
    assert capsys.readouterr().err == "sqloop.toml has sales, data.\nNothing else is here to be asked.\n"
    assert (folder / "sqloop.toml").read_text() == first
    with closing(sqlite3.connect(folder / "sales.db")) as connection:
        connection.execute("CREATE TABLE sale (id INTEGER PRIMARY KEY)")
    assert init_folder(folder) == 0
    told = 'sqloop.toml has sales, data.\nAdded:\n  sales_2 = "sqlite:///sales.db"\n'
    assert capsys.readouterr().err == told
    assert (folder / "sqloop.toml").read_text() == f'{first}sales_2 = "sqlite:///sales.db"\n'
    assert next(iter(load_settings().connections)) == "sales"  # The default stays.


@pytest.mark.parametrize(
    "written",
    [
        'old = "sqlite:///./shop.db"\nrows = "./sales.csv"',
        'old = "shop.db"\nrows = { url = "sales.csv" }',
        'old = "sqlite:///shop.db"\n\n[connections.rows]\nurl = "sales.csv"\n\n[limits]\nrows = 3',
    ],
)
def test_what_is_named_in_other_words_is_not_named_again(
    folder: Path, written: str, capsys: pytest.CaptureFixture[str]
) -> None:
    put(folder, sales__csv=ROWS, sqloop__toml=f"# ours\n[connections]\n{written}\n")
    with closing(sqlite3.connect(folder / "shop.db")) as connection:
        connection.execute("CREATE TABLE sale (id INTEGER PRIMARY KEY)")
    before = (folder / "sqloop.toml").read_text()
    init_folder(folder)
    assert "Nothing else is here" in capsys.readouterr().err
    assert (folder / "sqloop.toml").read_text() == before
    put(folder, more_in_new__csv=ROWS)
    init_folder(folder)
    assert {*load_settings().connections} == {"old", "rows", "new"}
    assert (folder / "sqloop.toml").read_text().startswith("# ours\n")


def test_a_folder_of_tables_stands_for_each_of_them_but_for_no_database(folder: Path) -> None:
    put(folder, a__csv=ROWS, sqloop__toml='[connections]\nall = "."\n')
    with closing(sqlite3.connect(folder / "shop.db")) as connection:
        connection.execute("CREATE TABLE sale (id INTEGER PRIMARY KEY)")
    init_folder(folder)
    assert [*load_settings().connections] == ["all", "shop"]


@pytest.mark.parametrize("text", ["[connections]\n\n[limits]\nrows = 3\n", "connections = {}\n"])
def test_a_table_of_connections_without_any_gets_them(folder: Path, text: str) -> None:
    put(folder, a__csv=ROWS, sqloop__toml=text)
    init_folder(folder)
    assert [*load_settings().connections] == ["a"]
    put(folder, sqloop__toml="connections = 3\n")
    with pytest.raises(SettingsError, match="is no table"):
        init_folder(folder)


def test_what_is_added_never_becomes_the_default(folder: Path) -> None:
    put(folder, old__csv=ROWS, sqloop__toml='[connections.old]\nurl = "old.csv"\n\n[limits]\nrows = 3\n')
    put(folder, new_in_new__csv=ROWS)
    init_folder(folder)
    settings = load_settings()
    assert (list(settings.connections), settings.limits.rows) == (["old", "new"], 3)


def test_one_table_is_named_by_itself(folder: Path) -> None:
    put(folder, sales__csv=ROWS)
    (found,) = find_places(folder)
    assert (found.name, found.address, found.tables) == ("sales", "sales.csv", "")


def test_nearest_first_and_a_database_before_files(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(folder, a_in_b_in_old__parquet="", sales__csv=ROWS, a_in_x__csv=ROWS, a_in_y__tsv=ROWS)
    with closing(sqlite3.connect(folder / "zoo.db")) as connection:
        connection.execute("CREATE TABLE animal (id INTEGER PRIMARY KEY)")
    assert addresses(folder) == ["sqlite:///zoo.db", "sales.csv", "a", "a/b/old.parquet"]
    init_folder(folder)
    assert "Now ask zoo: sqloop. Another: sqloop --db NAME" in capsys.readouterr().err


def test_settings_in_json_are_no_tables(folder: Path) -> None:
    put(folder, package__json='{\n  "name": "shop"\n}', words__json='["a", "b"]')
    assert addresses(folder) == []
    with pytest.raises(SettingsError, match=r"no database here.* name it: sqloop --db FILE"):
        init_folder(folder)
    put(folder, a__csv=ROWS, b__csv=ROWS, lines__json='{"id": 1}\n{"id": 2}\n')
    assert addresses(folder) == ["*.csv", "lines.json"]
    init_folder(folder)
    with open_database(load_settings()) as database:
        assert [table.name for table in database.schema().tables] == ["a", "b"]


def test_what_need_not_be_a_table_is_passed_by(folder: Path) -> None:
    put(folder, notes__txt=ROWS, node_modules_in_x__csv=ROWS, a_in_b_in_c_in_d_in_deep__csv=ROWS)
    (folder / ".hidden.csv").write_text(ROWS)
    assert addresses(folder) == []


def test_many_places_are_cut_and_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(folder, **{f"d{number:02}_in_t__csv": ROWS for number in range(23)})
    init_folder(folder)
    assert (folder / "sqloop.toml").read_text().count("/t.csv") == 20
    assert "3 more are left out" in capsys.readouterr().err
