"""Databases with questions and gold SQL: written ones, and the training schemas of Spider.

Written ones lie in a folder, ``NAME.sql.gz`` (a dump that makes the database) beside ``NAME.jsonl``
(``question`` and ``sql`` a line) and perhaps ``NAME.para.jsonl`` (the same in other words),
``NAME.more.jsonl`` (hard ones, ones with ``notes`` of a glossary), ``NAME.dialogues.jsonl`` (a dialogue a
line: ``turns`` of ``ask`` and ``sql``) and ``NAME.dialects.jsonl`` (the SQL of other engines, see
`translating`). Spider's have made rows.
"""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqloop.database.connect import connect
from sqloop.database.knowledge.value_index import ValueIndex
from sqloop.database.schema import Dialect, Schema
from sqloop_trainer.benchmarks import spider
from sqloop_trainer.benchmarks.spider_suites import instance

Notes = tuple[tuple[str, str], ...]
"""Words of a team, each with its meaning."""


@dataclass(frozen=True)
class Asking:
    """A question in one or more wordings, and the SQL that answers it in SQLite.

    ``notes`` are words of the team that it uses, each with its meaning; ``said`` is the SQL of other engines.
    """

    wordings: tuple[str, ...]
    sql: str
    notes: Notes = ()
    said: Mapping[Dialect, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Turn:
    """What is said in a dialogue; ``sql`` and ``said`` (as in `Asking`) answer all that was said so far."""

    ask: str
    sql: str
    said: Mapping[Dialect, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Scenario:
    """One database with its questions; ``path`` is a SQLite file on which the SQL has answers."""

    name: str
    path: Path
    schema: Schema
    values: ValueIndex
    askings: tuple[Asking, ...]
    dialogues: tuple[tuple[Turn, ...], ...] = ()

    def sqls(self) -> Iterator[str]:
        """All gold SQL, some of it twice."""
        yield from (asking.sql for asking in self.askings)
        yield from (turn.sql for turns in self.dialogues for turn in turns)


def written_scenarios(folder: Path, work: Path) -> Iterator[Scenario]:
    """The scenarios of ``folder``, each database made anew below ``work``. Raises OSError, ValueError."""
    for dump in sorted(folder.glob("*.sql.gz")):
        name = dump.name.removesuffix(".sql.gz")
        path = work / f"{name}.sqlite"
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(gzip.decompress(dump.read_bytes()).decode())
        others: dict[str, Any] = {row.pop("sql"): row for row in _rows(folder, name, "dialects.jsonl")}
        wordings: dict[tuple[str, Notes], list[str]] = {}
        for row in _rows(folder, name, "jsonl", "para.jsonl", "more.jsonl"):
            notes = tuple((said, meant) for said, meant in row.get("notes", ()))
            wordings.setdefault((row["sql"], notes), []).append(row["question"])
        askings = [
            Asking(tuple(dict.fromkeys(said)), sql, notes, others.get(sql, {}))
            for (sql, notes), said in wordings.items()
        ]
        dialogues = tuple(
            tuple(Turn(turn["ask"], turn["sql"], others.get(turn["sql"], {})) for turn in row["turns"])
            for row in _rows(folder, name, "dialogues.jsonl")
        )
        yield replace(_scenario(name, path, askings), dialogues=dialogues)


def _rows(folder: Path, name: str, *endings: str) -> Iterator[dict[str, Any]]:
    for ending in endings:
        file = folder / f"{name}.{ending}"
        if file.exists():
            yield from map(json.loads, file.read_text(encoding="utf-8").splitlines())


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
