"""`sqloop history`: the questions that were asked, what they gave and what was said of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sqloop.commands.event_table import draw_time, sum_up
from sqloop.feedback.asked import Asked, find_asked
from sqloop.feedback.events import Event
from sqloop.feedback.store import find_store
from sqloop.sample import is_sample
from sqloop.settings import Settings
from sqloop.terminal.csv_text import write_csv
from sqloop.terminal.display import plain
from sqloop.terminal.standard_output import write


def list_questions(settings: Settings, newest: int, words: Sequence[str], *, as_json: bool) -> int:
    """Print the user's newest questions that hold all ``words``, the newest last: a table, CSV or JSON."""
    store = find_store(settings)
    asked = [each for each in find_asked(store.events() if store else []) if _holds(each.last, words)][
        -newest:
    ]
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
    else:
        print("No such question was asked yet.", file=sys.stderr)
    return 0


def _holds(event: Event, words: Sequence[str]) -> bool:
    text = f"{event.question}\n{event.sql or ''}".casefold()
    return all(word.casefold() in text for word in words)


def _draw(asked: Sequence[Asked]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("when", no_wrap=True, style="dim")
    table.add_column("question", overflow="fold", ratio=3)
    table.add_column("answer", overflow="fold", ratio=1)
    table.add_column("you said")
    several = len({each.last.database for each in asked}) > 1
    if several:
        table.add_column("database", overflow="fold", ratio=1)
    for each in asked:
        event = each.last
        told = [plain(event.question), plain(sum_up(event.answer)), each.said]
        told += [plain(_short(event.database))] if several else []
        table.add_row(draw_time(each.time), *map(Text, told))
    return table


def _short(database: str) -> str:
    """The last part of an address: who has several knows them by it.

    >>> _short("sqlite:////home/ann/shop.db"), _short("postgresql://ann@db.example.org/shop")
    ('shop.db', 'shop')
    """
    if is_sample(database):
        return "sample"
    return database.rstrip("/").rpartition("/")[2] or database
