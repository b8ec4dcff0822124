"""Files that DuckDB reads, as a user names them."""

from __future__ import annotations

from pathlib import Path

from sqloop.database.connect import Database, connect
from sqloop.database.files import file_url
from sqloop.database.outcome import Value

Rows = tuple[tuple[Value, ...], ...]


def opened(place: Path | str) -> Database:
    url = file_url(str(place))
    assert url is not None
    return connect(url)


def rows(place: Path | str, sql: str) -> Rows:
    with opened(place) as database:
        outcome = database.execute(sql)
    assert outcome.status == "ok", outcome.error
    return outcome.rows
