"""One table of very many customers, each with their own address; what questions filter by stands last."""

from __future__ import annotations

from collections.abc import Iterator

GIVEN = "Ann Bob Cid Dora Emil Fay Gus Hanna Igor Jane Kurt Lea Max Nora Otto Pia Quinn Rita Sven".split()
FAMILY = "Adler Berg Costa Duval Engel Fabre Gomez Hansen Ivers Jonas Keller Lopez Meyer Novak Olsen".split()
CITIES = "Paris Oslo Rome Lisbon Vienna Prague Dublin Athens Tallinn Riga Madrid Bern Malta".split()

_DIGITS = "abcdef"
_COLUMNS = "first_name last_name email phone address city status"


def make_crowd(customers: int, dialect: str) -> Iterator[str]:
    """Statements that any engine runs; up to a million rows are counted by its own joins.

    >>> len(list(make_crowd(10, "sqlite")))
    10
    """
    if dialect == "mysql":
        yield "SET sql_mode = 'PIPES_AS_CONCAT'"
    for name, words in (("digit", "0123456789"), ("given", GIVEN), ("family", FAMILY), ("place", CITIES)):
        yield f"CREATE TABLE {name} (number INTEGER PRIMARY KEY, word VARCHAR(20))"
        values = ", ".join(f"({number}, '{word}')" for number, word in enumerate(words))
        yield f"INSERT INTO {name} VALUES {values}"
    columns = ", ".join(f"{column} VARCHAR(60)" for column in _COLUMNS.split())
    yield f"CREATE TABLE customers (id INTEGER PRIMARY KEY, {columns})"
    number = " + ".join(f"{each}.number * {10**place}" for place, each in enumerate(_DIGITS))
    yield (
        "INSERT INTO customers SELECT i, given.word, family.word, given.word || i || '@example.org', "
        "'0' || (70000000 + i), i || ' High Street', place.word, "
        "CASE WHEN i % 7 = 0 THEN 'closed' ELSE 'open' END "
        f"FROM (SELECT {number} AS i FROM {', '.join(f'digit {each}' for each in _DIGITS)}) AS counted "
        f"JOIN given ON given.number = i % {len(GIVEN)} JOIN family ON family.number = i % {len(FAMILY)} "
        f"JOIN place ON place.number = i % {len(CITIES)} WHERE i < {customers}"
    )
