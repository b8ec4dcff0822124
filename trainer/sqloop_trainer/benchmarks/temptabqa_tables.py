"""The five tables of TEMPTABQA-C, as upstream defines them, and their rows.

Every athlete has tournaments of their own, every tournament its formats, every format its medals. Numbers
are given in the order of the athletes.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqloop_trainer.benchmarks.temptabqa_context import Athlete

Cell = str | int
Rows = dict[str, list[tuple[Cell, ...]]]
"""Rows by table, the referred tables first."""

TABLES = {
    "Athlete": "athlete_id INTEGER PRIMARY KEY, name VARCHAR(100) NOT NULL",
    "Tournament": "tournament_id INTEGER PRIMARY KEY, athlete_id INTEGER, name VARCHAR(100) NOT NULL, "
    "FOREIGN KEY (athlete_id) REFERENCES Athlete (athlete_id)",
    "Format": "format_id INTEGER PRIMARY KEY, tournament_id INTEGER, name VARCHAR(100) NOT NULL, "
    "FOREIGN KEY (tournament_id) REFERENCES Tournament (tournament_id)",
    "Medal": "medal_id INTEGER PRIMARY KEY, format_id INTEGER, type VARCHAR(50) NOT NULL, year INTEGER, "
    "location VARCHAR(100) NOT NULL, FOREIGN KEY (format_id) REFERENCES Format (format_id)",
    "PersonalInformation": "info_id INTEGER PRIMARY KEY, athlete_id INTEGER, birth_year INTEGER, "
    "birth_month INTEGER, birth_day INTEGER, FOREIGN KEY (athlete_id) REFERENCES Athlete (athlete_id)",
}
"""The columns of each table, in words that SQLite and MariaDB both take."""

INDEXED = (
    ("Athlete", "name"),
    ("Tournament", "athlete_id"),
    ("Format", "tournament_id"),
    ("Medal", "format_id"),
    ("PersonalInformation", "athlete_id"),
)
"""What SQLite needs an index on; MariaDB makes those of foreign keys by itself."""


def rows_of(athletes: Iterable[Athlete]) -> Rows:
    """The rows of all tables; an athlete without a birth date has no row in PersonalInformation."""
    rows: Rows = {table: [] for table in TABLES}

    def add(table: str, *cells: Cell) -> int:
        rows[table].append((len(rows[table]) + 1, *cells))
        return len(rows[table])

    for athlete in athletes:
        athlete_id = add("Athlete", athlete.name)
        if athlete.born:
            add("PersonalInformation", athlete_id, *athlete.born)
        for tournament in athlete.tournaments:
            tournament_id = add("Tournament", athlete_id, tournament.name)
            for format_ in tournament.formats:
                format_id = add("Format", tournament_id, format_.name)
                for medal in format_.medals:
                    add("Medal", format_id, medal.type, medal.year, medal.location)
    return rows
