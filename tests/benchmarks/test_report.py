"""What `make bench` leaves behind: JSON for programs, a table for people, what is missing said in both."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.figures import Figure, Section
from benchmarks.report import write_results

SECTIONS = (
    Section(
        "introspection",
        "1,000 tables.",
        (Figure("SQLite", "again", 31.25, "ms"), Figure("MariaDB", "again", 1000.0, "ms", below=1000)),
    ),
    Section("memory", "", missing="There is no model."),
)


def test_programs_read_value_goal_and_whether_it_was_met(tmp_path: Path) -> None:
    write_results(tmp_path / "results", "2 × processor", SECTIONS)
    read = json.loads((tmp_path / "results" / "introspection.json").read_text())
    assert (read["machine"], read["command"]) == ("2 × processor", "make bench")
    assert [(each["value"], each["below"], each["met"]) for each in read["figures"]] == [
        (31.25, None, None),
        (1000.0, 1000, False),
    ]


def test_people_read_one_table_a_section(tmp_path: Path) -> None:
    write_results(tmp_path, "2 × processor", SECTIONS)
    page = (tmp_path / "README.md").read_text()
    assert "| MariaDB | 1,000 ms (< 1,000: missed) |" in page
    assert page.count("\n|--") == 1


def test_what_was_not_measured_replaces_what_an_earlier_run_did(tmp_path: Path) -> None:
    write_results(tmp_path, "2 × processor", (Section("memory", "", (Figure("worker", "peak", 1, "MB"),)),))
    write_results(tmp_path, "2 × processor", SECTIONS)
    read = json.loads((tmp_path / "memory.json").read_text())
    assert (read["figures"], read["missing"]) == ([], "There is no model.")
    assert "Not measured: There is no model." in (tmp_path / "README.md").read_text()
