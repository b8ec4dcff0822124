"""One question asked by many at the same moment, of a database with hundreds of tables: one answer."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from importlib.resources import files
from itertools import product
from pathlib import Path
from threading import Barrier

import pytest

from effort import amount
from sqloop.answer import Answer, ModelName
from sqloop.assistant import Assistant
from sqloop.database.connect import connect
from sqloop.database.words import identifier_stems, name_stems, stem
from sqloop.generation.opening import open_generator
from sqloop.models import STARTER

THREADS = 8
PROCESSES = amount(2, 20)
ROUNDS = amount(2, 10)
QUESTION = "How many organizations are in the region Ruritania?"

STARTS = "organ relat nation conduct operat condit administr commun product invest".split()
ENDS = "ization izing ional ivity ments ations ators able".split()
SUBJECTS = "archive ledger survey roster journal".split()


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """400 tables with names of their own, so that thousands of words are stemmed; one holds the answer."""
    path = tmp_path / "large.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        for number, (start, end, subject) in enumerate(product(STARTS, ENDS, SUBJECTS)):
            # Numbers: the values of text columns are read for three seconds, and on a busy machine not all.
            columns = ", ".join(f"{other}{end}_{number} INTEGER" for other in STARTS[:6])
            connection.execute(f"CREATE TABLE {start}{end}_{subject} (id INTEGER PRIMARY KEY, {columns})")
        connection.execute("CREATE TABLE organizations (id INTEGER PRIMARY KEY, name TEXT, region TEXT)")
        rows = [(f"Organization {number}", ("Ruritania", "Elbonia")[number % 2]) for number in range(9)]
        connection.executemany("INSERT INTO organizations (name, region) VALUES (?, ?)", rows)
        connection.commit()
    return path


@pytest.mark.usefixtures("_many_switches")
def test_eight_threads_of_one_assistant_are_told_the_same(large: Path) -> None:
    generator = open_generator(str(files("sqloop") / "starter"))
    told = []
    try:
        for _ in range(ROUNDS):
            with connect(f"sqlite:///{large}") as database:
                database.schema()
                # What reading a schema has stemmed already is forgotten: all threads begin with the words.
                for remembered in (stem, name_stems, identifier_stems):
                    remembered.cache_clear()
                assistant, begin = Assistant(database, generator, ModelName(STARTER)), Barrier(THREADS)

                def ask(_: int, assistant: Assistant = assistant, begin: Barrier = begin) -> Answer:
                    begin.wait()
                    return assistant.ask(QUESTION, k=2)

                with ThreadPoolExecutor(THREADS) as pool:
                    told += [_said(answer) for answer in pool.map(ask, range(THREADS))]
    finally:
        generator.close()
    assert told[0][1] == ((5,),)
    assert told == [told[0]] * THREADS * ROUNDS


def _said(answer: Answer) -> tuple[object, ...]:
    return answer.sql, answer.rows, [each.sql for each in answer.candidates], answer.left_out


def test_processes_that_start_together_say_the_same(
    large: Path, variables: Mapping[str, str], tmp_path: Path
) -> None:
    command = [
        sys.executable,
        "-m",
        "sqloop",
        "ask",
        QUESTION,
        "--json",
        "--no-feedback",  # twenty at once may find the store busy for longer than an answer waits
        "-k",
        "2",
        "--db",
        f"sqlite:///{large}",
    ]
    started = [
        subprocess.Popen(
            command,
            cwd=tmp_path,
            env={**variables, "SQLOOP_MODEL": STARTER},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        for _ in range(PROCESSES)
    ]
    ended = [(*process.communicate(timeout=300), process.returncode) for process in started]
    assert {(errors, code) for _, errors, code in ended} == {("", 0)}
    told = [json.loads(out) for out, _, _ in ended]
    assert told[0]["rows"] == [[5]]
    assert {json.dumps([each["sql"], each["rows"], each["left_out"]]) for each in told} == {
        json.dumps([told[0]["sql"], told[0]["rows"], told[0]["left_out"]])
    }
