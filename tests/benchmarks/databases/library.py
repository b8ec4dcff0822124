"""A small city library for MariaDB (or SQLite): seven tables, about 4,000 rows, the same on every machine.

Made for the written questions of ``questions/library.jsonl``. Nothing here is ever trained on: the words are
its own, and no code of the trainer makes them. ``python tests/benchmarks/databases/library.py URL`` loads it
into an empty database.
"""

from __future__ import annotations

import sys
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, create_engine, text

DDL = (
    """CREATE TABLE branch (
        id INTEGER PRIMARY KEY,
        name VARCHAR(60) NOT NULL,
        district VARCHAR(40) NOT NULL,
        opened_year INTEGER NOT NULL,
        seats INTEGER NOT NULL
    )""",
    """CREATE TABLE author (
        id INTEGER PRIMARY KEY,
        name VARCHAR(80) NOT NULL,
        country VARCHAR(40) NOT NULL,
        birth_year INTEGER,
        death_year INTEGER
    )""",
    """CREATE TABLE book (
        id INTEGER PRIMARY KEY,
        title VARCHAR(120) NOT NULL,
        author_id INTEGER NOT NULL,
        genre VARCHAR(30) NOT NULL,
        language VARCHAR(20) NOT NULL,
        published_year INTEGER NOT NULL,
        pages INTEGER NOT NULL,
        FOREIGN KEY (author_id) REFERENCES author (id)
    )""",
    """CREATE TABLE book_copy (
        id INTEGER PRIMARY KEY,
        book_id INTEGER NOT NULL,
        branch_id INTEGER NOT NULL,
        acquired_on DATE NOT NULL,
        book_condition VARCHAR(20),
        price DECIMAL(6, 2) NOT NULL,
        FOREIGN KEY (book_id) REFERENCES book (id),
        FOREIGN KEY (branch_id) REFERENCES branch (id)
    )""",
    """CREATE TABLE member (
        id INTEGER PRIMARY KEY,
        first_name VARCHAR(40) NOT NULL,
        last_name VARCHAR(40) NOT NULL,
        birth_date DATE NOT NULL,
        district VARCHAR(40) NOT NULL,
        home_branch_id INTEGER,
        card_type VARCHAR(20) NOT NULL,
        joined_on DATE NOT NULL,
        phone VARCHAR(20),
        FOREIGN KEY (home_branch_id) REFERENCES branch (id)
    )""",
    """CREATE TABLE loan (
        id INTEGER PRIMARY KEY,
        copy_id INTEGER NOT NULL,
        member_id INTEGER NOT NULL,
        borrowed_on DATE NOT NULL,
        due_on DATE NOT NULL,
        returned_on DATE,
        FOREIGN KEY (copy_id) REFERENCES book_copy (id),
        FOREIGN KEY (member_id) REFERENCES member (id)
    )""",
    """CREATE TABLE fine (
        id INTEGER PRIMARY KEY,
        loan_id INTEGER NOT NULL,
        amount DECIMAL(6, 2) NOT NULL,
        issued_on DATE NOT NULL,
        paid_on DATE,
        FOREIGN KEY (loan_id) REFERENCES loan (id)
    )""",
)

BRANCHES = (
    (1, "Central Library", "Old Town", 1911, 320),
    (2, "Harbourside Library", "Docklands", 1987, 110),
    (3, "Elmwood Library", "Elmwood", 1963, 85),
    (4, "Northgate Library", "Northgate", 1974, 95),
    (5, "Riverside Reading Room", "Riverside", 2009, 40),
    (6, "Hillcrest Library", "Hillcrest", 1998, 70),
)
DISTRICTS = ("Old Town", "Docklands", "Elmwood", "Northgate", "Riverside", "Hillcrest", "Westfields")
GENRES = ("crime", "fantasy", "romance", "history", "biography", "science", "children", "poetry", "travel")
CARDS = ("adult", "child", "student", "senior")
CONDITIONS = ("new", "good", "worn", "damaged")
GIVEN = (
    "Abigail", "Bertil", "Cecily", "Dorian", "Edith", "Fergus", "Gwen", "Hamish", "Imogen", "Jasper",
    "Keiko", "Lowell", "Maeve", "Nikolai", "Odette", "Percy", "Quentin", "Rosalind", "Soren", "Tabitha",
    "Ulrich", "Vivian", "Winifred", "Xavier", "Yolanda", "Zelda", "Ambrose", "Beatrix", "Cosmo", "Delphine",
)  # fmt: skip
FAMILY = (
    "Ashdown", "Blackwood", "Calloway", "Drummond", "Elsworth", "Fairbairn", "Galbraith", "Hathaway",
    "Ibsen", "Jarvis", "Kettleworth", "Lindgren", "Mandeville", "Northcote", "Ormerod", "Pemberton",
    "Quiller", "Ravenscroft", "Sedgwick", "Thackery", "Underhill", "Vasquez", "Whitlock", "Yamamoto",
    "Zielinski", "Aldridge", "Braithwaite", "Castellanos", "Dubinsky", "Engstrom",
)  # fmt: skip
LANDS = (
    ("United Kingdom", "English"),
    ("Ireland", "English"),
    ("Japan", "Japanese"),
    ("Sweden", "Swedish"),
    ("France", "French"),
    ("Poland", "Polish"),
    ("Argentina", "Spanish"),
)
FIRST_WORDS = (
    "Salt", "Paper", "Winterbourne", "Copper", "Nightingale", "Thistle", "Marble", "Foxglove", "Lighthouse",
    "Harvest", "Cinnamon", "Obsidian", "Tidewater", "Moorland", "Clockwork", "Saffron",
)  # fmt: skip
SECOND_WORDS = (
    "Sisters", "Atlas", "Inheritance", "Cartographer", "Chronicle", "Apprentice", "Equation", "Ledger",
    "Orchestra", "Almanac", "Verdict", "Pilgrim", "Correspondence", "Menagerie",
)  # fmt: skip
TODAY = date(2024, 11, 30)
"""The day on which the data ends: loans without a return are still out."""

Rows = list[tuple[Any, ...]]


def load(connection: Connection) -> None:
    """Create and fill the seven tables in the empty database behind `connection`; the caller commits."""
    for statement in DDL:
        connection.execute(text(statement))
    for table, rows in library().items():
        names = [f":v{number}" for number in range(len(rows[0]))]
        insert = text(f"INSERT INTO {table} VALUES ({', '.join(names)})")
        connection.execute(insert, [{f"v{n}": cell for n, cell in enumerate(row)} for row in rows])


def library() -> dict[str, Rows]:
    """The rows of all tables, each after those that it refers to."""
    random = Random("A city library")
    authors, books = _authors(random), _books(random)
    copies, members = _copies(random), _members(random)
    loans = _loans(random, copies, members)
    return {
        "branch": list(BRANCHES),
        "author": authors,
        "book": books,
        "book_copy": copies,
        "member": members,
        "loan": loans,
        "fine": _fines(random, loans),
    }


def _day(random: Random, first: date, last: date) -> date:
    return first + timedelta(days=random.randrange((last - first).days + 1))


def _authors(random: Random) -> Rows:
    names = [f"{given} {family}" for given in GIVEN for family in FAMILY]
    rows: Rows = []
    for number, name in enumerate(random.sample(names, 90), 1):
        country, _ = random.choices(LANDS, (8, 3, 3, 2, 3, 2, 2))[0]
        born = random.randrange(1875, 1996) if random.random() < 0.94 else None
        dead = born + random.randrange(45, 90) if born and born < 1945 else None
        rows.append((number, name, country, born, dead if dead and dead < 2024 else None))
    return rows


def _books(random: Random) -> Rows:
    titles = [f"The {first} {second}" for first in FIRST_WORDS for second in SECOND_WORDS]
    titles += [f"{second} of {first}" for first in FIRST_WORDS for second in SECOND_WORDS[:8]]
    rows: Rows = []
    for number, title in enumerate(random.sample(titles, 310), 1):
        # Authors 86 to 90 are in the catalogue without a book; a few others write a lot.
        author = 1 + int(85 * random.random() ** 1.6)
        language = random.choices(("English", "French", "Spanish", "Polish", "Japanese"), (70, 11, 9, 6, 4))[
            0
        ]
        genre = random.choices(GENRES, (16, 14, 10, 12, 8, 9, 15, 5, 7))[0]
        year = 2024 - int(95 * random.random() ** 2)
        pages = random.randrange(24, 120) if genre in ("children", "poetry") else random.randrange(140, 820)
        rows.append((number, title, author, genre, language, year, pages))
    return rows


def _copies(random: Random) -> Rows:
    rows: Rows = []
    for book in range(1, 311):
        for _ in range(random.choices((0, 1, 2, 3, 5, 8), (4, 22, 32, 24, 13, 5))[0]):
            branch = random.choices((1, 2, 3, 4, 5, 6), (34, 18, 14, 15, 6, 13))[0]
            condition = random.choices((*CONDITIONS, None), (12, 48, 26, 8, 6))[0]
            acquired = _day(random, date(2012, 1, 1), date(2024, 6, 30))
            price = round(6 + 34 * random.random(), 2)
            rows.append((len(rows) + 1, book, branch, acquired, condition, price))
    return rows


def _members(random: Random) -> Rows:
    rows: Rows = []
    ages = {"child": (6, 14), "student": (16, 26), "adult": (24, 66), "senior": (65, 92)}
    for number in range(1, 421):
        card = random.choices(CARDS, (52, 18, 16, 14))[0]
        born = TODAY - timedelta(days=random.randrange(*(365 * age for age in ages[card])))
        home = random.choices((1, 2, 3, 4, 5, 6, None), (28, 16, 14, 14, 8, 12, 8))[0]
        phone = f"07{random.randrange(10**8, 10**9)}" if random.random() < 0.85 else None
        joined = _day(random, date(2017, 1, 1), date(2024, 10, 31))
        name = random.choice(GIVEN), random.choice(FAMILY)
        rows.append((number, *name, born, random.choice(DISTRICTS), home, card, joined, phone))
    return rows


def _loans(random: Random, copies: Rows, members: Rows) -> Rows:
    eager = [(1 - random.random()) ** -0.6 for _ in members]
    popular = [(1 - random.random()) ** -0.4 if random.random() < 0.93 else 0.0 for _ in copies]
    rows: Rows = []
    for member, copy in zip(
        random.choices(members, eager, k=2300), random.choices(copies, popular, k=2300), strict=True
    ):
        first = max(member[7], copy[3], date(2022, 1, 1))
        if first >= TODAY:
            continue
        borrowed = _day(random, first, TODAY)
        due = borrowed + timedelta(days=21)
        kept = random.randrange(2, 23) if random.random() < 0.85 else random.randrange(23, 70)
        returned = borrowed + timedelta(days=kept)
        rows.append((copy[0], member[0], borrowed, due, returned if returned <= TODAY else None))
    rows.sort(key=lambda row: (row[2], row[0]))
    return [(number, *row) for number, row in enumerate(rows, 1)]


def _fines(random: Random, loans: Rows) -> Rows:
    rows: Rows = []
    for loan, _, _, _, due, returned in loans:
        late = (returned - due).days if returned else 0
        if late <= 0 or random.random() < 0.1:
            continue
        paid = _day(random, returned, returned + timedelta(days=60)) if random.random() < 0.72 else None
        rows.append(
            (len(rows) + 1, loan, round(0.25 * late, 2), returned, paid if paid and paid <= TODAY else None)
        )
    return rows


if __name__ == "__main__":
    with create_engine(sys.argv[1]).begin() as connection:
        load(connection)
