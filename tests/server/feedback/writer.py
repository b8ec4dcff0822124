"""A process that appends feedback: it says when it is ready, waits for a line, and names each event it kept.

``python writer.py STORE COUNT``; a COUNT of 0 goes on until it is killed.
"""

from __future__ import annotations

import itertools
import sys

from sqloop.answer import ModelName
from sqloop.feedback.events import Event
from sqloop.feedback.kept import KeptAnswer
from sqloop.feedback.store import FeedbackStore


def main(where: str, count: int) -> None:
    print("ready", flush=True)
    sys.stdin.readline()
    store = FeedbackStore(where)
    for number in itertools.count(1):
        answer = KeptAnswer("d" * 32, 1, rows=(("x" * 5_000,),))
        event = Event("shown", f"Question {number}?", "SELECT 1", answer, "f" * 16, "db", ModelName("m"))
        store.append(event)
        print(event.id, flush=True)
        if number == count:
            return


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
