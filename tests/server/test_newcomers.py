"""The first commands of a new user: where the databases are, where the rows go, what was asked."""

from __future__ import annotations

import csv
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from io import StringIO
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

import sqloop
from sqloop.commands.event_table import sum_up
from sqloop.database.decimals import Decimal
from sqloop.database.outcome import Outcome
from sqloop.errors import SettingsError
from sqloop.feedback.kept import keep_answer
from sqloop.terminal.chart import find_series
from sqloop.terminal.display import draw_chart, print_words
from sqloop.terminal.headings import write_headings
from sqloop.terminal.table_file import write_table
from sqloop.terminal.telling import tell

Run = Callable[..., "subprocess.CompletedProcess[str]"]

QUESTION = "How many customers are there?"
COLUMNS = ("name", "n", "share", "name", "raw")
ROWS = (("a|b\nc", 1, 0.5, None, b"\x01"), ("<i>", 2, 1.0, "x", None))


def test_rows_go_into_a_file_as_its_ending_says(tmp_path: Path) -> None:
    for ending in ("csv", "json", "md", "xlsx", "parquet"):
        write_table(tmp_path / f"rows.{ending}", COLUMNS, ROWS)
    names = ["name", "n", "share", "name_2", "raw"]
    read = list(csv.reader(StringIO((tmp_path / "rows.csv").read_text())))
    assert read == [names, ["a|b\nc", "1", "0.5", "", "0x01"], ["<i>", "2", "1.0", "x", ""]]
    assert json.loads((tmp_path / "rows.json").read_text())[1] == dict(
        zip(names, ["<i>", 2, 1.0, "x", None], strict=True)
    )
    assert (tmp_path / "rows.md").read_text() == (
        "| name | n | share | name_2 | raw |\n| --- | ---: | ---: | --- | --- |\n"
        "| a\\|b<br>c | 1 | 0.5 |  | 0x01 |\n| &lt;i> | 2 | 1.0 | x |  |\n"
    )
    sheet = openpyxl.load_workbook(tmp_path / "rows.xlsx").active
    assert sheet is not None
    assert list(sheet.values) == [tuple(names), ("a|b\nc", 1, 0.5, None, "0x01"), ("<i>", 2, 1, "x", None)]
    table = pq.read_table(tmp_path / "rows.parquet")
    assert table.column_names == names
    assert table.to_pylist()[0] == dict(zip(names, ["a|b\nc", 1, 0.5, None, "0x01"], strict=True))


def test_files_for_people_have_headings_and_those_for_programs_the_names_of_the_database(
    tmp_path: Path,
) -> None:
    columns = ("STRFTIME('%Y-%m', ord_date)", "COUNT(*)")
    for ending in ("csv", "json", "md", "xlsx", "parquet"):
        write_table(tmp_path / f"rows.{ending}", columns, [("2024-01", 3)])
    assert (tmp_path / "rows.md").read_text().startswith("| month | count |\n")
    sheet = openpyxl.load_workbook(tmp_path / "rows.xlsx").active
    assert sheet is not None
    assert next(iter(sheet.values)) == ("month", "count")
    assert next(csv.reader(StringIO((tmp_path / "rows.csv").read_text()))) == list(columns)
    assert list(json.loads((tmp_path / "rows.json").read_text())[0]) == list(columns)
    assert pq.read_table(tmp_path / "rows.parquet").column_names == list(columns)


def test_a_column_of_a_file_has_one_type(tmp_path: Path) -> None:
    money = [(Decimal("99.50"), 5), (Decimal("123456789012345678.99"), 2**52), (None, 7)]
    for ending in ("json", "xlsx"):
        write_table(tmp_path / f"money.{ending}", ("held", "id"), money)
    texts = ["99.50", "123456789012345678.99", None]
    rows = json.loads((tmp_path / "money.json").read_text())
    assert [row["held"] for row in rows] == texts
    assert [row["id"] for row in rows] == [5, 2**52, 7]
    sheet = openpyxl.load_workbook(tmp_path / "money.xlsx").active
    assert sheet is not None
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == texts
    assert [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["5", str(2**52), "7"]


def test_a_workbook_holds_no_formula_rounds_nothing_and_says_what_it_cannot_hold(tmp_path: Path) -> None:
    path = tmp_path / "rows.xlsx"
    write_table(path, ("=1+1",), [("=HYPERLINK(1)",), (2**60,), ("a\x00\x1b[31m",)])
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    cells = [row[0] for row in sheet.iter_rows()]
    assert [cell.data_type for cell in cells] == ["s"] * 4
    assert [cell.value for cell in cells] == ["=1+1", "=HYPERLINK(1)", str(2**60), "a\ufffd\ufffd[31m"]
    with pytest.raises(SettingsError, match="32,767 characters"):
        write_table(path, ("long",), [("x" * 40_000,)])


def test_a_workbook_has_no_digits_that_only_sums_have_carried(tmp_path: Path) -> None:
    path = tmp_path / "rows.xlsx"
    write_table(path, ("total",), [(32983.16000000041,), (2 / 3,), (0.1 + 0.2,)])
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == [
        32983.16,
        0.666666666666667,
        0.3,
    ]


def test_history_rounds_as_a_terminal_does() -> None:
    for value, shown in ((25 / 3, "8.33"), (28.7375, "28.74"), (32983.16000000041, "32,983.16")):
        assert sum_up(keep_answer(Outcome("ok", ("AVG(price)",), ((value,),)), "rows")) == shown


def test_a_file_is_written_in_place_of_an_older_one_and_standard_output_stays_empty(
    run: Run, shop: Path, tmp_path: Path
) -> None:
    file = tmp_path / "count.csv"
    file.write_text("old")
    done = run("ask", QUESTION, "--db", str(shop), "-o", str(file))
    assert (done.returncode, done.stdout) == (0, "")
    assert "1 row written to " in done.stderr
    assert file.read_text() == "COUNT(*)\n3\n"


@pytest.mark.parametrize(
    ("name", "says"),
    [("rows.doc", "must end in .csv, .json, .md, .xlsx or .parquet"), ("none/a.csv", "there is no folder")],
)
def test_a_file_that_cannot_be_written_is_refused_before_anything_is_asked(
    run: Run, name: str, says: str
) -> None:
    done = run("ask", QUESTION, "--db", "sample", "-o", name)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr


def test_without_pyarrow_parquet_is_one_clear_line(
    variables: Mapping[str, str], shop: Path, tmp_path: Path
) -> None:
    program = (
        "import sys, importlib.util as u; f = u.find_spec; "
        "u.find_spec = lambda n, *a: None if n == 'pyarrow' else f(n, *a); "
        "from sqloop.cli import run; sys.exit(run(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "ask", QUESTION, "--db", str(shop), "-o", "x.parquet"],
        cwd=tmp_path,
        env=dict(variables),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 2
    assert done.stderr == (
        "sqloop: Parquet needs pyarrow, which is not installed. Name a .csv, .json, .md or .xlsx file.\n"
    )


def test_the_sql_alone(run: Run, shop: Path) -> None:
    assert run("ask", QUESTION, "--db", str(shop), "--sql-only").stdout == "SELECT COUNT(*) FROM customer;\n"


def test_init_finds_databases_by_what_they_are_and_the_settings_take_them(
    variables: Mapping[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "work"
    for place in ("my shop.data", "old/my shop.data", ".hidden/x.db", "node_modules/x.db"):
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE customer (id INTEGER PRIMARY KEY)")
    (folder / "letter.db").write_text("Dear database")

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "sqloop", *arguments],
            cwd=folder,
            env=dict(variables),
            capture_output=True,
            text=True,
            timeout=120,
        )

    done = call("init")
    assert (done.returncode, done.stdout) == (0, "")
    written = (folder / "sqloop.toml").read_text()
    assert written.endswith(
        '[connections]\nmy_shop = "sqlite:///my shop.data"\nmy_shop_2 = "sqlite:///old/my shop.data"\n'
    )
    assert call("ask", QUESTION).stdout == "COUNT(*)\n0\n"
    done = call("init")
    assert (done.returncode, (folder / "sqloop.toml").read_text()) == (0, written)


def test_who_names_no_database_is_told_that_the_sample_answers(run: Run, shop: Path) -> None:
    said = "sqloop: No database is named: this is the sample, a shop for outdoor gear. --db or sqloop init "
    assert run("ask", "How many stores are there?").stderr.startswith(said)
    for db in ("sample", str(shop)):
        assert "No database is named" not in run("ask", QUESTION, "--db", db).stderr


def test_init_in_a_folder_without_any_says_what_to_do(run: Run) -> None:
    done = run("init")
    assert done.returncode == 2
    assert "--db FILE" in done.stderr


def test_history_shows_each_question_once_with_what_was_said(run: Run, shop: Path) -> None:
    assert run("history").stdout == "time,question,sql,said,database\n"
    for question in (QUESTION, "names?", QUESTION):
        assert run("ask", question, "--db", str(shop), "-k", "1").returncode == 0
    assert run("feedback", "accept", "last").returncode == 0
    rows = list(csv.DictReader(StringIO(run("history").stdout)))
    assert [(row["question"], row["said"]) for row in rows] == [("names?", ""), (QUESTION, "accepted")]
    assert {row["database"] for row in rows} == {f"sqlite:///{shop}"}
    found = json.loads(run("history", "MANY", "--json").stdout)
    assert [(each["question"], each["sql"]) for each in found] == [
        (QUESTION, "SELECT COUNT(*) FROM customer")
    ]


def test_a_pipe_says_that_an_answer_is_from_memory(run: Run, shop: Path) -> None:
    asked = ("ask", QUESTION, "--db", str(shop), "-k", "1")
    assert "memory" not in run(*asked).stderr
    run("feedback", "accept", "last")
    again = run(*asked)
    assert "From memory, accepted 20" in again.stderr
    assert "SELECT COUNT(*) FROM customer" in again.stderr


def test_a_pipe_says_that_an_answer_was_accepted_for_a_like_question(run: Run, shop: Path) -> None:
    run("ask", QUESTION, "--db", str(shop), "-k", "1")
    corrected = "SELECT COUNT(name) FROM customer"
    run("feedback", "edit", "last", "--sql", corrected)
    like = run("ask", "number of customers that there are", "--db", str(shop), "-k", "1")
    assert "From memory, accepted 20" in like.stderr
    assert f"for “{QUESTION}”: {corrected}\n" in like.stderr


def test_a_chart_is_drawn_of_labels_and_numbers_alone() -> None:
    rows = [("Rome", 2.0), ("Oslo\x1b[31m", 1.0)]
    chart = draw_chart(("city", "COUNT(*)"), rows, 40)
    assert chart is not None
    assert chart.plain.splitlines()[0] == "count by city"
    assert "\x1b" not in chart.plain
    assert draw_chart(("city",), [("Rome",)], 40) is None
    assert find_series(write_headings(["city", "n"]), rows) is not None
    assert find_series(write_headings(["city", "number"]), rows) is not None
    assert find_series(write_headings(["city", "post_code"]), rows) is None
    assert find_series(write_headings(["city", "seat_number"]), rows) is None


class Screen(StringIO):
    """A terminal, as far as one is asked."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("file", "lines"),
    [(Screen(), ["Ordered by the sum of the", "amounts, descending.", "- ␛[1m"]), (StringIO(), None)],
)
def test_prose_breaks_between_words_on_a_terminal_alone(
    monkeypatch: pytest.MonkeyPatch, file: StringIO, lines: list[str] | None
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    text = "Ordered by the sum of the amounts, descending.\n- \x1b[1m"
    print_words(text, file)
    assert [line.rstrip() for line in file.getvalue().splitlines()] == (
        lines or ["Ordered by the sum of the amounts, descending.", "- ␛[1m"]
    )


def test_a_line_of_its_own_breaks_between_words_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "24")
    for screen, shown in (
        (Screen(), "sqloop: There is no file\n/a/b-c/d/e/f/g/h/i/j.toml\nhere. Run:\nsqloop model list\n"),
        (StringIO(), "sqloop: There is no file /a/b-c/d/e/f/g/h/i/j.toml here. Run: sqloop model list\n"),
    ):
        monkeypatch.setattr(sys, "stderr", screen)
        tell("There is no file /a/b-c/d/e/f/g/h/i/j.toml here. Run: sqloop model list")
        assert screen.getvalue() == shown


def test_shell_completion_is_offered(run: Run) -> None:
    done = run("--show-completion", "bash", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert "complete" in done.stdout
    told = {"_SQLOOP_COMPLETE": "complete_bash", "COMP_WORDS": "sqloop hist", "COMP_CWORD": "1"}
    assert run(**told).stdout.split() == ["history"]


def test_a_printed_answer_is_what_a_terminal_shows(shop: Path, counting_model: Path) -> None:
    with sqloop.connect(str(shop), model=str(counting_model), k=1) as session:
        answer = session.ask(QUESTION)
    assert str(answer).startswith("SELECT COUNT(*) FROM customer\n")
    assert "1 row · " in str(answer)
    assert repr(answer).startswith(f"<Answer to {QUESTION!r}: 1 row, ")
