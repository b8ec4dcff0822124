"""`sqloop learn`: words of the user's own, in the file of settings, checked on the database."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from sqloop.errors import SettingsError
from sqloop.settings_edit import Value, set_entries, write_entries
from sqloop.settings_file import SettingsFile
from sqloop.trust import is_trusted, trust

Run = Callable[..., "subprocess.CompletedProcess[str]"]

SETTINGS = """\
# Our shop.
k = 2

[connections]
shop = "sqlite:///shop.db"  # a copy

# What we say.
[glossary]
revenue = "what customers paid"  # without tax

# No more than this.
[limits]
rows = 50
"""
ACTIVE = "customer.name IS NOT NULL"


@pytest.fixture
def folder(tmp_path: Path, shop: Path) -> Path:
    folder = tmp_path / "team"
    folder.mkdir()
    shop.rename(folder / "shop.db")
    (folder / "sqloop.toml").write_text(SETTINGS, encoding="utf-8")
    return folder


@pytest.fixture
def run(folder: Path, variables: Mapping[str, str]) -> Run:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "sqloop", *arguments]
        return subprocess.run(
            command, cwd=folder, env=dict(variables), capture_output=True, encoding="utf-8", check=False
        )

    return run


def read(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "sqloop.toml").read_text(encoding="utf-8"))


def test_an_entry_is_added_and_the_file_stays_as_it_was_written(run: Run, folder: Path) -> None:
    done = run("learn", "named customer", "--sql", ACTIVE)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith(f"sqloop: named customer means {ACTIVE}. Written to ")
    line = f'"named customer" = {{sql = "{ACTIVE}"}}\n'
    behind = "  # without tax\n"
    assert (folder / "sqloop.toml").read_text(encoding="utf-8") == SETTINGS.replace(behind, behind + line)


def test_where_the_model_in_use_reads_no_definition_that_is_said(
    folder: Path, variables: Mapping[str, str]
) -> None:
    told = {**variables, "SQLOOP_MODEL": "starter"}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "sqloop", *arguments]
        return subprocess.run(command, cwd=folder, env=told, capture_output=True, encoding="utf-8")

    unread = "The model starter does not use the glossary; the others do: see sqloop model list."
    done = run("learn", "named customer", "--sql", ACTIVE)
    assert done.returncode == 0
    assert done.stderr.endswith(f"sqloop.toml. {unread}\n")
    assert f"warn  glossary  {unread}" in run("doctor").stdout


def test_sql_is_written_in_one_line_and_its_texts_as_they_are(run: Run, folder: Path) -> None:
    run("learn", "x", "--sql", "customer.name = 'Ann  Lee' -- why\n  OR customer.id = 1;")
    assert read(folder)["glossary"]["x"] == {"sql": "customer.name = 'Ann  Lee' OR customer.id = 1"}


def test_words_and_sql_may_come_one_after_the_other_under_one_name(run: Run, folder: Path) -> None:
    done = run("learn", "Revenues", "--sql", "SUM(customer.id)")
    assert "(it was: what customers paid)" in done.stderr
    assert read(folder)["glossary"] == {
        "revenue": {"means": "what customers paid", "sql": "SUM(customer.id)"}
    }
    assert "# without tax" in (folder / "sqloop.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["x", "--sql", "customer.nam = 'A'"], "x cannot mean customer.nam = 'A': there is no customer.nam."),
        (["x"], "What does x mean? Say it with --means or --sql."),
        (["x", "--means", "y" * 601], "x.means: string should have at most 600 characters"),
        (["?!", "--means", "y"], "'?!' is no name: it needs a word, and 60 characters at most"),
        (["--forget"], "--forget needs the name of what is to be forgotten. See sqloop learn."),
        (["x", "--forget"], "x is not in the glossary. See sqloop learn."),
        (["--from-dbt", "none.yml"], "none.yml: No such file or directory."),
    ],
)
def test_what_cannot_hold_is_refused_and_nothing_is_written(
    arguments: list[str], message: str, run: Run, folder: Path
) -> None:
    done = run("learn", *arguments)
    assert (done.returncode, done.stderr) == (2, f"sqloop: {message}\n")
    assert (folder / "sqloop.toml").read_text(encoding="utf-8") == SETTINGS


def test_a_table_or_a_column_is_described(run: Run, folder: Path) -> None:
    assert run("learn", "customer.name", "--means", "As on the passport").returncode == 0
    assert run("learn", "customer", "--means", "Who bought").returncode == 0
    assert read(folder)["descriptions"] == {"customer.name": "As on the passport", "customer": "Who bought"}
    done = run("learn", "customer.nope", "--means", "x")
    assert done.returncode == 2
    assert done.stderr == "sqloop: customer.nope cannot be described: there is no customer.nope.\n"
    assert "nope" not in (folder / "sqloop.toml").read_text(encoding="utf-8")


def test_what_is_defined_is_listed_and_forgotten(run: Run, folder: Path) -> None:
    assert run("learn").stdout == "revenue: what customers paid\n"
    assert json.loads(run("learn", "--json").stdout)["glossary"] == {
        "revenue": {"means": "what customers paid", "sql": ""}
    }
    assert run("learn", "revenue", "--forget").returncode == 0
    assert read(folder)["glossary"] == {}
    assert "is not in the glossary" in run("learn", "revenue", "--forget").stderr


def test_a_folder_without_settings_gets_some(run: Run, folder: Path) -> None:
    (folder / "sqloop.toml").unlink()
    assert run("learn", "named", "--sql", ACTIVE, "--db", "shop.db").returncode == 0
    assert read(folder) == {"glossary": {"named": {"sql": ACTIVE}}}


def test_a_file_that_was_trusted_stays_so(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "sqloop.toml"
    monkeypatch.setenv("XDG_DATA_HOME", str(folder.parent / "data"))
    trust(SettingsFile.read(path))
    run("learn", "named", "--sql", ACTIVE)
    assert is_trusted(SettingsFile.read(path))
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    run("learn", "named", "--means", "with a name")
    assert not is_trusted(SettingsFile.read(path))


def test_a_project_of_dbt_is_brought_and_own_words_stay(run: Run, folder: Path) -> None:
    (folder / "schema.yml").write_text(
        "models: [{name: customer, columns: [{name: name, description: Full name}]},"
        " {name: gone, description: x}]\n"
        "semantic_models:\n"
        "  - {name: c, model: ref('customer'), measures: [{name: people, agg: count, expr: id},"
        " {name: revenue, agg: sum, expr: id}, {name: bad, agg: sum, expr: nope},"
        " {name: customers, agg: count, expr: id}]}\n",
        encoding="utf-8",
    )
    done = run("learn", "--from-dbt", "schema.yml")
    assert done.returncode == 0
    assert done.stderr.splitlines()[:3] == [
        "sqloop: Left as it is, revenue: it is in the glossary already.",
        "sqloop: Left out, bad: there is no customer.nope.",
        "sqloop: Left out, customers: it is the name of a table.",
    ]
    assert done.stderr.splitlines()[3].startswith("sqloop: 1 word and 1 description written to ")
    assert done.stderr.endswith("; 1 description is of another table.\n")
    written = read(folder)
    assert written["glossary"] == {"revenue": "what customers paid", "people": {"sql": "COUNT(customer.id)"}}
    assert written["descriptions"] == {"customer.name": "Full name"}
    assert "is new for this database" in run("learn", "--from-dbt", "schema.yml").stderr


def test_doctor_says_what_does_not_hold_any_more(run: Run, folder: Path) -> None:
    run("learn", "named customer", "--sql", ACTIVE)
    run("learn", "customer.name", "--means", "Full name")
    with closing(sqlite3.connect(folder / "shop.db")) as connection:
        connection.execute("ALTER TABLE customer RENAME COLUMN name TO title")
    lines = [line for line in run("doctor").stdout.splitlines() if " glossary " in line]
    assert lines == [
        "warn  glossary  named customer is not used: there is no customer.name",
        "warn  glossary  customer.name is described, and is not in this database",
        "ok    glossary  1 word of your own",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "k = 8",
        'glossary = { a = "x" }\n',
        'glossary.a = "x"\nk = 1\n',
        '[glossary."a"]\nsql = "b"\n\n[limits]\nrows = 1\n',
        '[limits]\nrows = 1\n\n[glossary]\na = "x"',
    ],
)
def test_every_layout_of_toml_takes_an_entry(text: str) -> None:
    was = tomllib.loads(text)
    now = tomllib.loads(set_entries(text, "glossary", {"new": {"sql": 'a = "b"'}, "c d": "it's \\ so"}))
    added = {"new": {"sql": 'a = "b"'}, "c d": "it's \\ so"}
    assert now == was | {"glossary": {**was.get("glossary", {}), **added}}


def test_without_a_database_it_says_that_the_sample_was_looked_at(run: Run, folder: Path) -> None:
    (folder / "sqloop.toml").unlink()
    done = run("learn", "x", "--sql", "customer.name = 'A'")
    assert done.returncode == 2
    assert "No database is named: this is the sample" in done.stderr


HEADED = """\
[glossary.revenue]
sql = "SUM(x)"  # net
# About those who left.
[glossary."lost customer"]  # of any kind
sql = "y"

# No more than this.
[limits]
rows = 1
"""


@pytest.mark.parametrize(
    ("name", "value", "was", "now"),
    [
        ("revenue", {"sql": "z"}, 'sql = "SUM(x)"', 'sql = "z"'),
        ("revenue", {"means": "m", "sql": "z"}, 'sql = "SUM(x)"  # net', 'sql = "z"  # net\nmeans = "m"'),
        ("revenue", "m", 'sql = "SUM(x)"  # net', 'means = "m"'),
        ("revenue", None, '[glossary.revenue]\nsql = "SUM(x)"  # net\n', ""),
        ("lost customer", None, '[glossary."lost customer"]  # of any kind\nsql = "y"\n', ""),
        ("lost customer", {"sql": "z"}, '"y"', '"z"'),
    ],
)
def test_comments_between_tables_with_headings_stay(
    name: str, value: Value | None, was: str, now: str
) -> None:
    assert set_entries(HEADED, "glossary", {name: value}) == HEADED.replace(was, now)


def test_what_follows_an_indented_table_is_not_indented() -> None:
    text = '  [glossary]\n  a = "x"\n\n# End.\n'
    assert set_entries(text, "glossary", {"b": "y"}) == text.replace('"x"\n', '"x"\n  b = "y"\n')


@pytest.mark.parametrize(
    "text",
    [
        '[descriptions]\ncustomers.status = "A"\ncustomers.city = "B"\n',
        '[descriptions.customers]\nstatus = "A"\ncity = "B"\n',
        '[descriptions]\n"customers.status" = "A"\n"customers.city" = "B"\n',
    ],
)
def test_a_description_is_found_in_any_layout_and_case(text: str) -> None:
    changed = set_entries(text, "descriptions", {"Customers.STATUS": "new"})
    assert changed == text.replace('"A"', '"new"')
    forgotten = set_entries(text, "descriptions", {"customers.status": None})
    assert "status" not in forgotten
    assert 'city" = "B"' in forgotten or 'city = "B"' in forgotten


def test_a_table_of_descriptions_is_not_overwritten() -> None:
    with pytest.raises(
        SettingsError, match=r'customers is a table in sqloop.toml. Write its names as "customers'
    ):
        set_entries('[descriptions]\ncustomers.status = "A"\n', "descriptions", {"customers": "who pays"})


def test_a_description_that_is_dotted_is_changed_and_forgotten(run: Run, folder: Path) -> None:
    with (folder / "sqloop.toml").open("a", encoding="utf-8") as file:
        file.write('\n[descriptions]\ncustomer.name = "As on the passport"\n')
    assert run("learn", "Customer.Name", "--means", "First and last").returncode == 0
    assert run("learn").stdout.endswith("customer.name: First and last\n")
    assert run("learn", "CUSTOMER.name", "--forget").returncode == 0
    assert "customer.name" not in run("learn").stdout


def test_a_file_that_begins_with_a_mark_of_its_encoding_is_read_and_written(run: Run, folder: Path) -> None:
    path = folder / "sqloop.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert run("learn", "named", "--sql", ACTIVE).returncode == 0
    assert read(folder)["glossary"]["named"] == {"sql": ACTIVE}


def test_of_several_writers_none_is_lost(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder.parent / "cache"))
    path = folder / "sqloop.toml"
    names = [f"word{chr(97 + number)}" for number in range(8)]
    threads = [Thread(target=write_entries, args=(path, "glossary", {name: "x"})) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(read(folder)["glossary"]) == {"revenue", *names}
    assert sorted(each.name for each in folder.iterdir()) == ["shop.db", "sqloop.toml"]
