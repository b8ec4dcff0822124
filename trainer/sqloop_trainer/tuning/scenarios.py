"""Databases with questions and gold SQL: written ones, and the training schemas of Spider.

Written ones lie in a folder, ``NAME.sql.gz`` (a dump that makes the database) beside ``NAME.jsonl``
(``question`` and ``sql`` a line) and perhaps ``NAME.para.jsonl`` (the same in other words). Spider's have
made rows.
"""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqloop.database.connect import connect
from sqloop.database.schema import Schema
from sqloop.database.value_index import ValueIndex
from sqloop_trainer.benchmarks import spider
from sqloop_trainer.benchmarks.spider_suites import instance


@dataclass(frozen=True)
class Asking:
    """A question in one or more wordings, and the SQL that answers it in SQLite."""

    wordings: tuple[str, ...]
    sql: str


@dataclass(frozen=True)
class Scenario:
    """One database with its questions; ``path`` is a SQLite file on which the SQL has answers."""

    name: str
    path: Path
    schema: Schema
    values: ValueIndex
    askings: tuple[Asking, ...]


def written_scenarios(folder: Path, work: Path) -> Iterator[Scenario]:
    """The scenarios of ``folder``, each database made anew below ``work``. Raises OSError, ValueError."""
    for dump in sorted(folder.glob("*.sql.gz")):
        name = dump.name.removesuffix(".sql.gz")
        path = work / f"{name}.sqlite"
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(gzip.decompress(dump.read_bytes()).decode())
        wordings: dict[str, list[str]] = {}
        for ending in ("jsonl", "para.jsonl"):
            file = folder / f"{name}.{ending}"
            for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
                row = json.loads(line)
                wordings.setdefault(row["sql"], []).append(row["question"])
        yield _scenario(name, path, [Asking(tuple(said), sql) for sql, said in wordings.items()])


def spider_scenarios(directory: Path, work: Path, seed: int) -> Iterator[Scenario]:
    """Spider's training schemas, held-out ones left out, with synonyms. Raises OSError."""
    schemas, words = spider.read_schemas(directory), spider.read_words(directory)
    asked: dict[str, list[spider.Question]] = {}
    for question in spider.read_questions(directory):
        asked.setdefault(question.db_id, []).append(question)
    for db_id, questions in asked.items():
        if spider.is_held_out(db_id):
            continue
        path = work / f"{db_id}-{seed}.sqlite"
        path.unlink(missing_ok=True)
        gold = [each.sql for each in questions]
        instance(path, schemas[db_id], gold, words[db_id], seed).close()
        askings = [
            Asking(tuple(dict.fromkeys(filter(None, (each.question, each.synonyms)))), each.sql)
            for each in questions
        ]
        yield _scenario(db_id, path, askings)


def _scenario(name: str, path: Path, askings: list[Asking]) -> Scenario:
    with connect(f"sqlite:///{path}") as database:
        return Scenario(name, path, database.schema(), ValueIndex.build(database), tuple(askings))
