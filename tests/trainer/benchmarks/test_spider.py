"""Spider: what is held out, how it is read, and instances on which gold SQL can be judged."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import pytest

from sqloop.database.schema import ForeignKey
from sqloop.errors import SettingsError
from sqloop_trainer.benchmarks import spider
from sqloop_trainer.benchmarks.spider_suites import SEEDS, spider_suites
from sqloop_trainer.benchmarks.suite import is_right

SPIDER = Path(__file__).parents[4] / "shared" / "data" / "spider"
needs_spider = pytest.mark.skipif(not SPIDER.exists(), reason="../shared/data/spider is not there")

CITY = {
    "name": "city",
    "words": "city",
    "columns": [
        {"name": "id", "words": "id", "type": "number"},
        {"name": "nm", "words": "name", "type": "text"},
        {"name": "size", "words": "population", "type": "number"},
    ],
    "primary_key": ["id"],
}
SHOP = {
    "name": "shop",
    "words": "shop",
    "columns": [
        {"name": "id", "words": "id", "type": "number"},
        {"name": "city_id", "words": "city id", "type": "number"},
        {"name": "opened", "words": "opening date", "type": "time"},
    ],
    "primary_key": ["id"],
}
QUESTIONS = [
    (
        "How many shops are in Ulm?",
        "SELECT count(*) FROM shop JOIN city ON shop.city_id = city.id WHERE nm = 'Ulm'",
    ),
    ("Cities above 5000 by size", "SELECT nm FROM city WHERE size > 5000 ORDER BY size"),
    ("broken", "SELECT nothing FROM city"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    schema = {"db_id": "towns", "tables": [CITY, SHOP], "foreign_keys": [["shop", "city_id", "city", "id"]]}
    rows = [{"db_id": "towns", "question": q, "question_synonyms": "", "sql": sql} for q, sql in QUESTIONS]
    for name, lines in (("schemas", [schema]), ("dev", rows)):
        with gzip.open(tmp_path / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)
    return tmp_path


def test_schemas_are_as_sqlite_would_show_them(folder: Path) -> None:
    shop = spider.read_schemas(folder)["towns"].table("shop")
    assert shop is not None
    assert shop.foreign_keys == (ForeignKey(("city_id",), "city", ("id",)),)
    assert [(column.type, column.kind) for column in shop.columns] == [
        ("INTEGER", "number"),
        ("INTEGER", "number"),
        ("DATE", "date"),
    ]


def test_words_of_cryptic_names(folder: Path) -> None:
    assert spider.read_words(folder)["towns"]["city.nm"] == "name"


def test_a_suite_judges_on_several_instances(folder: Path) -> None:
    for suite in spider_suites(folder, "dev"):
        count, order = suite.items
        assert suite.skipped == 1
        assert len(suite.databases) == len(SEEDS)
        for item, wrong in (
            (count, "SELECT count(*) FROM shop"),
            (order, "SELECT nm FROM city WHERE size > 5000 ORDER BY size DESC"),
            (order, "SELECT nm FROM city WHERE size >= 5000 ORDER BY size"),
        ):
            assert item.gold_sql is not None
            first = suite.databases[0]
            assert is_right(item.gold_sql, first.execute(item.gold_sql), item, suite)
            assert not is_right(wrong, first.execute(wrong), item, suite), wrong


def test_instances_differ(folder: Path) -> None:
    for suite in spider_suites(folder, "dev"):
        sizes = {database.execute("SELECT sum(size) FROM city").rows for database in suite.databases}
        assert len(sizes) == len(SEEDS)


def test_every_second_question(folder: Path) -> None:
    def asked(*which: int) -> list[str]:
        return [item.question for suite in spider_suites(folder, "dev", *which) for item in suite.items]

    assert (len(asked()), asked(2), asked(2, 1), asked(1, 2)) == (2, asked()[:1], asked()[1:], [])


def test_an_unknown_split_is_an_error(folder: Path) -> None:
    with pytest.raises(SettingsError, match="No split 'test'"):
        next(spider_suites(folder, "test"))


@needs_spider
def test_held_out_schemas_are_those_of_the_least_hashes() -> None:
    names = sorted(spider.read_schemas(SPIDER), key=lambda name: hashlib.sha256(name.encode()).digest())
    assert tuple(sorted(names[:20])) == spider.HELD_OUT
    assert spider.is_held_out(names[0])
    assert not spider.is_held_out(names[20])


@needs_spider
def test_held_out_questions_can_be_judged() -> None:
    items = skipped = 0
    for suite in spider_suites(SPIDER):
        assert spider.is_held_out(suite.name)
        items, skipped = items + len(suite.items), skipped + suite.skipped
    assert items + skipped == 1_076
    assert skipped < 80
