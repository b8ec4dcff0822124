"""Tables of codes: what 'FS' stands for is shown to the model, and "full sets" is found as 'FS'."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sqloop.database.connect import Database, connect
from sqloop.database.knowledge.schema_text import read_schema, write_schema
from sqloop.explanation import explain_query
from sqloop.generation.prompts.hub_forms import extract_query
from sqloop.generation.prompts.shown_schema import show_schema
from sqloop.linking.link import link_values
from sqloop.lsp.features.hover import describe_column

CODES = [
    ("SEX", "M", "Mare"), ("SEX", "S", "Stallion"), ("SEX", "C", "Colt"),
    ("JOB", "TR", "Trim"), ("JOB", "FS", "Full set"), ("JOB", "RM", "Remedial"),
    ("PAY", "C", "Cash"), ("PAY", "B", "Bank transfer"),
]  # fmt: skip


def stud(path: Path, key: str, codes: list[tuple[str, str, str]] = CODES) -> Database:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"CREATE TABLE cd (cd_grp TEXT, cd TEXT, cd_tx TEXT{key})")
        connection.executemany("INSERT INTO cd VALUES (?, ?, ?)", codes)
        connection.executescript(
            """
            CREATE TABLE hrs (hrs_id INTEGER PRIMARY KEY, hrs_nm TEXT, sx TEXT, stall TEXT);
            CREATE TABLE frr (frr_id INTEGER PRIMARY KEY, hrs_id INTEGER REFERENCES hrs (hrs_id), job TEXT);
            INSERT INTO hrs VALUES (1, 'Flint', 'M', 'C'), (2, 'Opal', 'S', 'D'), (3, 'Rook', 'S', 'E');
            INSERT INTO frr VALUES (1, 1, 'TR'), (2, 2, 'FS'), (3, 2, 'RM'), (4, 3, NULL);
            """
        )
    return connect(f"sqlite:///{path}")


@pytest.mark.parametrize("key", ["", ", PRIMARY KEY (cd_grp, cd)"])
def test_codes_are_told_with_what_they_stand_for(tmp_path: Path, key: str) -> None:
    schema = stud(tmp_path / "stud.sqlite", key).schema()
    shown = show_schema(schema)
    assert "job TEXT -- 'TR' = Trim, 'FS' = Full set, 'RM' = Remedial, NULL" in shown
    assert "sx TEXT, -- 'M' = Mare, 'S' = Stallion\n" in shown
    assert "stall TEXT -- 'C', 'D', 'E'" in shown
    assert read_schema(write_schema(schema)) == schema


def test_a_table_of_codes_is_known_whatever_its_columns_are_called_and_in_which_order(tmp_path: Path) -> None:
    path = tmp_path / "stud.sqlite"
    stud(path, "").close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(
            """
            CREATE TABLE lookup_values (id INTEGER PRIMARY KEY, label TEXT, code TEXT, kind TEXT, used TEXT);
            INSERT INTO lookup_values SELECT rowid, cd_tx, cd, 'kind of ' || lower(cd_grp), 'Y' FROM cd;
            DROP TABLE cd;
            """
        )
    table = connect(f"sqlite:///{path}").schema().table("frr")
    assert table is not None
    assert table.columns[-1].meanings == (("TR", "Trim"), ("FS", "Full set"), ("RM", "Remedial"))


def test_what_codes_stand_for_finds_them(tmp_path: Path) -> None:
    database = stud(tmp_path / "stud.sqlite", "")
    for said, place in (("full sets", ("frr", "job", "FS")), ("stallions", ("hrs", "sx", "S"))):
        question = f"How many {said} are there?"
        (link,) = link_values(question, database.schema(), database.values())
        assert question[link.start : link.end] == said
        assert [(each.table, each.column, each.value) for each in link.matches] == [place]


@pytest.mark.parametrize(
    ("question", "sql", "held"),
    [
        ("How many full sets?", "SELECT COUNT(*) FROM frr", " WHERE frr.job = 'FS'"),
        ("How many full sets for Opal?", "SELECT COUNT(*) FROM frr AS f JOIN hrs AS h ON h.hrs_id = f.hrs_id "
         "WHERE h.hrs_nm = 'Opal'", " AND f.job = 'FS'"),
        ("How many full sets?", "SELECT COUNT(*) FROM frr WHERE job = 'FS'", ""),
        ("How many were not full sets?", "SELECT COUNT(*) FROM frr", ""),
        ("How many trims or full sets?", "SELECT COUNT(*) FROM frr", ""),
        ("How many horses had a full set?", "SELECT COUNT(*) FROM hrs", ""),
        ("What of the trims for Opal?", "SELECT f.frr_id FROM frr AS f JOIN hrs AS h ON h.hrs_id = f.hrs_id "
         "WHERE h.hrs_nm = 'Opal'", ""),
        ("Full sets of each horse?", "SELECT h.hrs_id, h.hrs_nm, COUNT(f.frr_id) FROM hrs AS h "
         "LEFT JOIN frr AS f ON f.hrs_id = h.hrs_id GROUP BY h.hrs_id, h.hrs_nm", ""),
    ],
)  # fmt: skip
def test_a_code_that_the_question_names_is_asked_for(
    tmp_path: Path, question: str, sql: str, held: str
) -> None:
    database = stud(tmp_path / "stud.sqlite", "")
    schema = database.schema()
    links = link_values(question, schema, database.values())
    assert extract_query(sql, schema, question=question, links=links) == sql + held


def test_explanation_and_hover_say_what_codes_stand_for(tmp_path: Path) -> None:
    schema = stud(tmp_path / "stud.sqlite", "").schema()
    told = explain_query("SELECT COUNT(*) FROM frr WHERE job IN ('FS', 'TR')", "sqlite", schema).assumptions
    assert told[:2] == ("'FS' in frr.job stands for “Full set”.", "'TR' in frr.job stands for “Trim”.")
    table = schema.table("frr")
    assert table is not None
    assert "Codes: `TR` = Trim, `FS` = Full set" in describe_column(table, table.columns[-1])


def test_a_list_of_things_by_kinds_is_none_of_codes(tmp_path: Path) -> None:
    path = tmp_path / "stud.sqlite"
    breeds = [
        ("warm", "Hanov", "Hanoverian"), ("warm", "Trak", "Trakehner"), ("cold", "Shire", "Shire horse"),
        ("cold", "Perch", "Percheron"), ("pony", "Shet", "Shetland"), ("pony", "Welsh", "Welsh pony"),
    ]  # fmt: skip
    stud(path, "", breeds).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE hrs SET stall = iif(hrs_id = 1, 'Hanov', 'Trak')")
    schema = connect(f"sqlite:///{path}").schema()
    assert not any(column.meanings for table in schema.tables for column in table.columns)


def test_a_table_of_people_is_none_of_codes(tmp_path: Path) -> None:
    people = [("Ann", "M", "Leeds"), ("Ann", "S", "York"), ("Bob", "M", "Hull"), ("Bob", "S", "Ripon")]
    odd = [*CODES[:3], ("SEX", "M", "Mule")]  # one code twice
    for number, rows in enumerate((odd, people)):
        schema = stud(tmp_path / f"{number}.sqlite", "", rows).schema()
        assert not any(column.meanings for table in schema.tables for column in table.columns)
