"""What a database of very many rows costs when it is met: its schema, its values, the first question.

Whatever the number of rows, the values that a question names have to be found, in the last column too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.figures import Figure, Section
from benchmarks.parts.first_question import ask_ms
from sqloop.database.connect import connect
from sqloop.linking.question import link_question

GOAL_MS = 3_000
QUESTION = "How many closed customers live in paris?"
WANTED = {("city", "Paris"), ("status", "closed")}


def measure(urls: Mapping[str, str]) -> Section:
    """``urls`` of databases made by `make_crowd`, by engine and number of rows."""
    return Section(
        "first_contact",
        "A table of eight columns, four of them different in each row. `Database.schema()` and "
        "`Database.values()` with nothing known; `link_question`, which finds both values of the question, "
        "else it fails; `sqloop ask` with the starter and an empty cache, from the start of its process.",
        tuple(figure for name, url in urls.items() for figure in _measure_database(name, url)),
    )


def _measure_database(name: str, url: str) -> Iterator[Figure]:
    started = perf_counter()
    with connect(url) as database:
        schema = database.schema()
        read = perf_counter()
        index = database.values()
        indexed = perf_counter()
        linked = link_question(QUESTION, schema, index)
        done = perf_counter()
    found = {(match.column, match.value) for link in linked.links for match in link.matches}
    assert found >= WANTED, found
    yield Figure(name, "schema", (read - started) * 1000, "ms")
    yield Figure(name, "values", (indexed - read) * 1000, "ms")
    yield Figure(name, "linking", (done - indexed) * 1000, "ms")
    yield Figure(name, "together", (done - started) * 1000, "ms", below=GOAL_MS)
    with TemporaryDirectory(prefix="sqloop-bench-cache-") as cache:
        yield Figure(name, "first answer", ask_ms(url, QUESTION, cache), "ms")
