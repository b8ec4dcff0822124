"""Spider without its rows: questions and gold SQL, judged on random instances of each schema.

The data (../shared/data/spider, or any directory of that layout) holds ``SPLIT.jsonl.gz`` and
``schemas.jsonl.gz``. Twenty schemas, chosen by a hash of their names, are held out from all training.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqloop.database.schema import Column, ForeignKey, Kind, Schema, Table

HELD_OUT = (
    "apartment_rentals",
    "baseball_1",
    "coffee_shop",
    "college_1",
    "csu_1",
    "customers_campaigns_ecommerce",
    "customers_card_transactions",
    "election_representative",
    "entertainment_awards",
    "icfp_1",
    "insurance_and_eClaims",
    "local_govt_mdm",
    "machine_repair",
    "manufacturer",
    "match_season",
    "program_share",
    "ship_1",
    "store_1",
    "student_assessment",
    "tracking_software_problems",
)
"""The 20 of the 140 schemas with the least sha256 of their name."""


@dataclass(frozen=True)
class Question:
    """One question; ``synonyms`` says the same in words that the schema does not use, or is empty."""

    db_id: str
    question: str
    synonyms: str
    sql: str


def is_held_out(db_id: str) -> bool:
    """Whether the schema and its questions are kept for evaluation: nothing is ever trained on them."""
    return db_id in HELD_OUT


def read_questions(directory: Path, split: str = "train") -> list[Question]:
    """All questions of ``SPLIT.jsonl.gz``, held-out ones too. Raises OSError when the file is missing."""
    return [
        Question(row["db_id"], row["question"], row.get("question_synonyms") or "", row["sql"])
        for row in _rows(directory / f"{split}.jsonl.gz")
    ]


def read_schemas(directory: Path) -> dict[str, Schema]:
    """The schemas by ``db_id``, as SQLite would introspect them. Raises OSError when the file is missing."""
    return {row["db_id"]: _schema(row) for row in _rows(directory / "schemas.jsonl.gz")}


def read_words(directory: Path) -> dict[str, dict[str, str]]:
    """For each ``db_id`` what its identifiers mean, by ``table`` and ``table.column`` in lower case."""
    return {
        row["db_id"]: {
            name.lower(): words
            for table in row["tables"]
            for name, words in (
                (table["name"], table["words"]),
                *((f"{table['name']}.{column['name']}", column["words"]) for column in table["columns"]),
            )
        }
        for row in _rows(directory / "schemas.jsonl.gz")
    }


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _schema(row: dict[str, Any]) -> Schema:
    # Some list SQLite's own sqlite_sequence, which nobody can create or asks about.
    tables = [table for table in row["tables"] if not table["name"].startswith("sqlite_")]
    return Schema("sqlite", tuple(_table(table, row["foreign_keys"]) for table in tables))


def _table(row: dict[str, Any], links: list[list[str]]) -> Table:
    return Table(
        row["name"],
        tuple(_column(column) for column in row["columns"]),
        tuple(row["primary_key"]),
        tuple(
            ForeignKey((own,), other, (theirs,))
            for table, own, other, theirs in links
            if table == row["name"]
        ),
    )


DECIMAL = re.compile(
    r"price|cost|fee|amount|balance|rate|ratio|percent|average|gpa|latitude|longitude|height|weight"
)
KINDS: dict[str, Kind] = {
    "number": "number",
    "text": "text",
    "time": "date",
    "boolean": "boolean",
    "others": "other",
}


def _column(row: dict[str, str]) -> Column:
    kind = KINDS[row["type"]]
    words = row["words"]
    if kind == "number":
        declared = "REAL" if DECIMAL.search(words) else "INTEGER"
    elif kind == "date":
        declared = "DATETIME" if re.search(r"time|update", words) else "DATE"
    else:
        declared = {"text": "TEXT", "boolean": "BOOLEAN"}.get(kind, "BLOB")
    return Column(row["name"], declared, kind)
