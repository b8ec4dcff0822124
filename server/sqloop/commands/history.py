"""`sqloop history`: the questions that were asked, what they gave and what was said of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from sqloop.commands.event_table import draw_time, sum_up
from sqloop.feedback.asked import Asked, find_asked
from sqloop.feedback.events import Event
from sqloop.feedback.store import find_store
from sqloop.sample import is_sample
from sqloop.settings import Settings
from sqloop.terminal.csv_text import write_csv
from sqloop.terminal.display import plain
from sqloop.terminal.fitted_table import Column, FittedTable
from sqloop.terminal.standard_output import write


def list_questions(settings: Settings, newest: int, words: Sequence[str], *, as_json: bool) -> int:
    """Print the user's newest questions that hold all ``words``, the newest last: a table, CSV or JSON."""
    store = find_store(settings)
    found = [each for each in find_asked(store.events() if store else []) if _holds(each.last, words)]
    asked = found[-newest:]
    if as_json:
        objects = [
            {
                "time": each.time.isoformat(),
                "question": each.last.question,
                "sql": each.last.sql,
                "database": each.last.database,
                "said": each.said,
            }
            for each in asked
        ]
        write(json.dumps(objects, ensure_ascii=False, indent=2) + "\n")
    elif not sys.stdout.isatty():
        rows = [
            (each.time.isoformat(), each.last.question, each.last.sql, each.said, each.last.database)
            for each in asked
        ]
        write(write_csv(("time", "question", "sql", "said", "database"), rows))
    elif asked:
        Console().print(_draw(asked))
        if older := len(found) - len(asked):
            print(f"{older:,} older: --limit {len(found)} shows all.", file=sys.stderr)
    else:
        print("No such question was asked yet.", file=sys.stderr)
    return 0


def _holds(event: Event, words: Sequence[str]) -> bool:
    text = f"{event.question}\n{event.sql or ''}".casefold()
    return all(word.casefold() in text for word in words)


def _draw(asked: Sequence[Asked]) -> FittedTable:
    events = [each.last for each in asked]
    columns = [
        Column("when", [Text(draw_time(each.time)) for each in asked], kept=True, style="dim"),
        Column("question", [Text(plain(event.question)) for event in events]),
        Column("answer", [Text(plain(sum_up(event.answer))) for event in events]),
        Column("you said", [Text(each.words) for each in asked]),
    ]
    if len({event.database for event in events}) > 1:
        columns.append(Column("database", [Text(plain(_short(event.database))) for event in events]))
    return FittedTable(columns)


def _short(database: str) -> str:
    """The last part of an address: who has several knows them by it.

    >>> _short("sqlite:////home/ann/shop.db"), _short("postgresql://ann@db.example.org/shop")
    ('shop.db', 'shop')
    """
    if is_sample(database):
        return "sample"
    return database.rstrip("/").rpartition("/")[2] or database
