"""TEMPTABQA-C: contexts become five tables, each world for itself, in SQLite and in MariaDB."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sqloop.database.connect import Database
from sqloop.database.outcome import Limits
from sqloop.errors import DatabaseError, SettingsError, UnreachableError
from sqloop.settings import Connection
from sqloop_trainer.benchmarks.temptabqa import (
    FILES,
    TEST_SPLITS,
    read_athletes,
    read_questions,
    world_of,
)
from sqloop_trainer.benchmarks.temptabqa_context import Medal, parse_context
from sqloop_trainer.benchmarks.temptabqa_databases import open_world
from sqloop_trainer.benchmarks.temptabqa_metrics import answer_text, is_exact
from trainer.benchmarks.temptabqa_folder import ANN, BO, COUNT, OTHER_ANN, SHARED, write_folder

needs_data = pytest.mark.skipif(not SHARED.exists(), reason="../shared/data/temptabqa-c is not there")

MEDALS = (
    "SELECT a.name, t.name, f.name, m.type, m.year, m.location FROM Medal m "
    "JOIN Format f ON f.format_id = m.format_id JOIN Tournament t ON t.tournament_id = f.tournament_id "
    "JOIN Athlete a ON a.athlete_id = t.athlete_id ORDER BY m.medal_id"
)
ANNS = (
    ("Ann Bee", "World Cup", "Singles", "MedalGold", 2012, "St. Moritz, Graubünden"),
    ("Ann Bee", "World Cup", "Singles", "MedalSilver", 2014, "Rome"),
    ("Ann Bee", "World Cup", "4x100 m, mixed", "MedalBronze", 2014, "Rome"),
    ("Ann Bee", "World Cup", "Singles", "MedalGold", 2016, "Oslo"),
    ("Ann Bee", "World Cup", "Team", "MedalGold", 2010, "Rio de Janeiro"),
)
BOS = (("Bo Cee", "Asian Games", "Singles", "MedalBronze", 2018, "Jakarta"),)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return write_folder(tmp_path / "data")


def check_original(database: Database) -> None:
    """Whether it holds what the contexts of the original world say, and nothing of the other one."""
    assert database.execute(MEDALS).rows == ANNS + BOS
    born = (
        "SELECT name, birth_year, birth_month, birth_day "
        "FROM PersonalInformation JOIN Athlete USING (athlete_id)"
    )
    assert database.execute(born).rows == (("Ann Bee", 1990, 2, 3),)
    empty = "SELECT name FROM Tournament WHERE tournament_id NOT IN (SELECT tournament_id FROM Format)"
    assert database.execute(empty).rows == (("Diamond League",),)


def test_commas_in_places_and_formats_do_not_separate_medals() -> None:
    medals = [format_.medals for each in parse_context(ANN).tournaments for format_ in each.formats]
    assert medals[0] == (
        Medal("MedalGold", 2012, "St. Moritz, Graubünden"),
        Medal("MedalSilver", 2014, "Rome"),
    )


def test_tournaments_of_two_countries_stand_apart() -> None:
    assert [each.name for each in parse_context(ANN).tournaments] == [
        "World Cup",
        "Diamond League",
        "World Cup",
    ]


def test_what_personal_information_says_is_no_tournament() -> None:
    athlete = parse_context(OTHER_ANN)
    assert [each.name for each in athlete.tournaments] == ["World Cup"]
    assert athlete.born == (1980, 12, 24)
    assert parse_context(BO).born is None


@pytest.mark.parametrize(
    "context", ["", "\n \n", "Ann\nCountry Representing: X\nCup\nTeam\tMedalTin | 2010 | Rome"]
)
def test_a_broken_context_is_a_value_error(context: str) -> None:
    with pytest.raises(ValueError, match=r"empty context|not a medal: 'MedalTin"):
        parse_context(context)


def test_worlds_are_rebuilt_apart_in_sqlite(folder: Path) -> None:
    with (
        open_world(folder, "original", Limits()) as original,
        open_world(folder, "counterfactual", Limits()) as other,
    ):
        check_original(original)
        assert other.execute(MEDALS).rows == (("Ann Bee", "World Cup", "Team", "MedalSilver", 2001, "Paris"),)


def test_sqlite_finds_rows_by_its_indexes(folder: Path) -> None:
    with open_world(folder, "original", Limits()) as database:
        indexes = database.execute("SELECT tbl_name FROM sqlite_master WHERE type = 'index'").rows
        keys = [table.name for table in database.schema().tables if table.foreign_keys]
    assert {table for (table,) in indexes} == {"Athlete", *keys}
    assert len(keys) == 4


def test_the_file_is_kept_until_the_data_changes(folder: Path) -> None:
    urls = [open_world(folder, "original", Limits()).url for _ in range(2)]
    train = folder / FILES["train"]
    train.write_text(train.read_text().replace("Oslo", "Bergen"))
    changed = open_world(folder, "original", Limits()).url
    assert urls[0] == urls[1] != changed


def test_worlds_are_rebuilt_in_mariadb(folder: Path, mariadb) -> None:  # type: ignore[no-untyped-def]
    mariadb.create("temptabqa")
    mariadb.admin("DROP DATABASE temptabqa", "DROP DATABASE IF EXISTS temptabqa_counterfactual")
    connection = Connection(url=mariadb.url("temptabqa", mariadb.owner, mariadb.password))
    for _ in range(2):  # built, and found again
        with open_world(folder, "original", Limits(), connection) as original:
            check_original(original)
    with open_world(folder, "counterfactual", Limits(), connection) as other:
        assert len(other.execute(MEDALS).rows) == 1


def test_mariadb_is_filled_where_a_build_was_killed(folder: Path, mariadb) -> None:  # type: ignore[no-untyped-def]
    url = mariadb.create("killed", "CREATE TABLE Athlete (athlete_id INTEGER PRIMARY KEY, name VARCHAR(100))")
    with open_world(folder, "original", Limits(), Connection(url=url)) as database:
        check_original(database)


@pytest.mark.parametrize(
    ("statements", "message"),
    [
        (["CREATE TABLE customer (id INTEGER)"], "holds other tables"),
        (
            [
                "CREATE TABLE Athlete (athlete_id INTEGER PRIMARY KEY, name VARCHAR(100))",
                "INSERT INTO Athlete VALUES (1, 'Zed')",
            ],
            "holds other rows",
        ),
    ],
)
def test_a_mariadb_with_anything_else_is_left_alone(
    folder: Path,
    mariadb,  # type: ignore[no-untyped-def]
    statements: list[str],
    message: str,
) -> None:
    url = mariadb.create("precious", *statements)
    table = statements[0].split()[2]
    before = mariadb.admin(f"SELECT * FROM {table}", database="precious")
    with pytest.raises(DatabaseError, match=message):
        open_world(folder, "original", Limits(), Connection(url=url))
    assert mariadb.admin(f"SELECT * FROM {table}", database="precious") == before


def test_a_server_that_is_not_there_is_unreachable(folder: Path) -> None:
    with pytest.raises(UnreachableError, match="No database server answers"):
        open_world(folder, "original", Limits(), Connection(url="mysql+pymysql://nobody@127.0.0.1:1/x"))


@pytest.mark.parametrize("url", ["sqlite:///mine.db", "mysql+pymysql://nobody@localhost", "nothing"])
def test_a_database_that_is_no_mariadb_is_a_setting(folder: Path, url: str) -> None:
    with pytest.raises(SettingsError):
        open_world(folder, "original", Limits(), Connection(url=url))


def test_questions_come_with_their_template(folder: Path) -> None:
    first, second, third = read_questions(folder, "original")
    assert (second.text, second.answer, second.template) == (COUNT, "3", 13)
    assert (first.template, third.answer) == (3, "2018")


@pytest.mark.parametrize(
    ("split", "message"),
    [("nosuch", "no split 'nosuch'"), ("hard", "Hard.tsv cannot be read"), ("dev", "has no column Answers")],
)
def test_what_cannot_be_read_is_named(folder: Path, split: str, message: str) -> None:
    dev = folder / FILES["dev"]
    dev.parent.mkdir()
    dev.write_text("Types\tQuestions\tContext\n")
    with pytest.raises(SettingsError, match=message):
        read_questions(folder, split)


def test_a_row_that_is_too_short_is_named(folder: Path) -> None:
    with (folder / FILES["train"]).open("a") as file:
        file.write("13\n")
    with pytest.raises(SettingsError, match="row without a question"):
        read_questions(folder, "train")


@needs_data
def test_the_real_data_is_all_there() -> None:
    athletes = {world: read_athletes(SHARED, world) for world in ("original", "counterfactual")}
    medals = {
        world: sum(len(format_.medals) for each in them for t in each.tournaments for format_ in t.formats)
        for world, them in athletes.items()
    }
    # All medals of the full set; two athletes and 67 of the counterfactual ones stand in its other half only.
    assert medals["original"] == 7_446
    assert 422 <= len(athletes["original"]) <= 424
    assert 168 <= len(athletes["counterfactual"]) <= 235
    assert 6_194 <= medals["counterfactual"] <= 8_742
    assert len({question.template for question in read_questions(SHARED, "train")}) == 47


@needs_data
def test_every_question_names_an_athlete_of_its_world() -> None:
    for split in TEST_SPLITS:
        names = [athlete.name for athlete in read_athletes(SHARED, world_of(split))]
        for question in read_questions(SHARED, split):
            assert any(name in question.text for name in names), question


@needs_data
@pytest.mark.parametrize("split", TEST_SPLITS)
def test_right_queries_give_the_gold_answers(split: str) -> None:
    """On the rebuilt tables, of the three templates that are plainest to write in SQL."""
    joined = MEDALS.partition("FROM ")[2].partition(" ORDER")[0]
    asked = 0
    with open_world(SHARED, world_of(split), Limits()) as database:
        names = [str(name) for (name,) in database.execute("SELECT name FROM Athlete").rows]
        for question in read_questions(SHARED, split):
            name = max((each for each in names if each in question.text), key=len).replace("'", "''")
            kind = re.search("Gold|Silver|Bronze", question.text)
            year = re.search(r"in the +(\d{4}) +\?", question.text)
            theirs = f"FROM {joined} WHERE a.name = '{name}'"
            wanted = {
                13: f"SELECT COUNT(*) {theirs} AND m.type = 'Medal{kind and kind[0]}'",
                52: f"SELECT COUNT(*) {theirs} AND m.year = {year and year[1]}",
                78: f"SELECT MIN(m.year) {theirs}",
            }.get(question.template)
            if wanted:
                asked += 1
                assert is_exact(answer_text(database.execute(wanted)), question.answer), question
    assert asked or split in ("medium", "hard")
