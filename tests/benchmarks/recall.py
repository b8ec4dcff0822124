"""How long memory takes: the first reading of a store of N events, and each question after it.

    python -m tests.benchmarks.recall [N]

The questions are those of Spider's training set over one made-up database, with numbers put into them so that
they differ; half of the events are verdicts.
"""

from __future__ import annotations

import gzip
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from sqlalchemy import insert

from sqloop.answer import Answer, ModelName, Timings
from sqloop.database.connect import connect
from sqloop.database.outcome import Outcome
from sqloop.feedback.events import Event, judge, new_id, show
from sqloop.feedback.store import FeedbackStore
from sqloop.feedback.tables import events, to_row
from sqloop.linking.question import LinkedQuestion
from sqloop.memory import Memory, reading
from sqloop.ranking import Candidate
from sqloop.settings import FeedbackSettings, Settings

QUESTIONS = Path(__file__).parents[2].parent / "shared/data/spider/train.jsonl.gz"
ASKED = 500


def main(count: int) -> None:
    """Print the times."""
    random.seed(0)
    with gzip.open(QUESTIONS) as file:
        questions = [json.loads(line)["question"] for line in file]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shop.db"
        sqlite3.connect(path).executescript("CREATE TABLE t (a)")
        place = str(Path(folder) / "feedback.sqlite")
        store = FeedbackStore(place)
        with connect(f"sqlite:///{path}") as database:
            schema = database.schema()
            fill(store, _events(questions, schema.fingerprint, database.url, count))
            reading.WAIT = 600.0
            memory = Memory(Settings(feedback=FeedbackSettings(store=place)), database, "me@here")
            begun = time.perf_counter()
            memory.about("How many?", schema)
            print(f"{count:,} events: first reading {time.perf_counter() - begun:.2f} s")
            same, like = [], []
            for _ in range(ASKED):
                question = random.choice(questions)
                begun = time.perf_counter()
                known = memory.about(question, schema)
                same.append(time.perf_counter() - begun)
                known.near(database, LinkedQuestion(question, schema))
                like.append(time.perf_counter() - begun)
        print("the same question", describe(same))
        print("with like ones   ", describe(like))


def _events(questions: list[str], schema: str, url: str, count: int) -> list[Event]:
    outcome = Outcome("ok", ("n",), ((1,),))
    made: list[Event] = []
    for number in range(count // 2):
        question = f"{random.choice(questions).rstrip(' ?.')} {number}"
        candidates = (Candidate(f"SELECT a FROM t WHERE a = {number}", -0.1, outcome, 4),)
        answer = Answer(question, candidates, 4, Timings(1, 2, 3, 4, 10), ModelName("starter"))
        shown = replace(show(answer, schema, url, "rows"), user="me@here", id=new_id())
        made += [shown, replace(judge(shown, "accepted"), user="me@here")]
    return made


def fill(store: FeedbackStore, made: list[Event]) -> None:
    """Write many events in one go."""
    with store._connect() as connection:
        connection.execute(insert(events), [to_row(each) for each in made])


def describe(times: list[float]) -> str:
    """Median and the worst of a hundred, in milliseconds."""
    ordered = sorted(times)
    return (
        f"p50 {statistics.median(ordered) * 1e3:.2f} ms, p99 {ordered[int(len(ordered) * 0.99)] * 1e3:.2f} ms"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
