"""A process that shows what some SQL gives and hears a verdict on it: ``offer.py DATABASE SQL...``."""

from __future__ import annotations

import sys

from sqloop.answer import Answer, ModelName, Timings
from sqloop.commands.verdict import Judging, hear_verdict
from sqloop.database.connect import connect
from sqloop.feedback.events import show
from sqloop.feedback.journal import Journal
from sqloop.ranking import Candidate
from sqloop.settings import load_settings


def main(db: str, *sqls: str) -> None:
    journal = Journal(load_settings(), print)
    with connect(db) as database:
        candidates = tuple(Candidate(sql, -0.1, database.execute(sql), 1) for sql in sqls)
        answer = Answer("How many?", candidates, 1, Timings(1, 2, 3, 4, 10), ModelName("starter"))
        shown = show(answer, database.schema().fingerprint, database.url, "rows")
        journal.write(shown)
        hear_verdict(Judging(shown, database, journal, "rows", candidates))


if __name__ == "__main__":
    main(*sys.argv[1:])
