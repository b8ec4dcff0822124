"""Follow-ups that name a stored value: the query before says which one of the question gives way."""

from __future__ import annotations

from pathlib import Path

import pytest

from folders import write_store
from sqloop.database.connect import Database, connect
from sqloop.dialogue import apply_rules
from sqloop.generation.prompts.forms import FollowUp

IN_ROME = "SELECT COUNT(*) FROM customers WHERE city = 'Rome'"


@pytest.mark.parametrize(
    ("question", "text", "sql", "full"),
    [
        ("How many customers are in Rome?", "and by city?", IN_ROME, "How many customers are in each city?"),
        ("How many customers are in Rome?", "per city", IN_ROME, "How many customers are in each city?"),
        ("How many customers are in Rome?", "and by name?", IN_ROME, None),
        (
            "How many customers are in the Rome city?",
            "now for every city",
            IN_ROME,
            "How many customers are in each city?",
        ),
        ("Orders sent to Rome", "and to an Oslo?", IN_ROME, "Orders sent to Oslo"),
        ("Calls about Rome", "And about Oslo?", IN_ROME, "Calls about Oslo"),
        ("Calls about Rome", "for Oslo?", IN_ROME, "Calls about Oslo"),
        ("Calls about Rome", "for Ann?", IN_ROME, None),
        (
            "Orders of Ann",
            "Bob and Cid together instead",
            "SELECT 1 FROM customers WHERE name = 'Ann'",
            "Orders of Bob and Cid",
        ),
        ("How many Rome customers?", "per city", IN_ROME, None),
        (
            "How many Rome customers?",
            "include the Oslo ones too",
            IN_ROME,
            "How many Rome and Oslo customers?",
        ),
        ("How many Rome customers?", "add Oslo", IN_ROME, "How many Rome and Oslo customers?"),
        ("How many Rome customers?", "add Rome", IN_ROME, None),
        ("How many Rome customers?", "include Ann as well", IN_ROME, None),
        ("customers in Rome", "same for Oslo, just the names", IN_ROME, "customers in Oslo, just the names"),
        ("customers in Rome", "and Oslo, only the first 3", IN_ROME, "customers in Oslo, only the first 3"),
        ("customers in Rome", "same for Anns, just the names", IN_ROME, None),
        ("customers in Rome", "and Oslo, or Bern", IN_ROME, None),
        ("How many romes are there?", "and oslos?", IN_ROME, "How many oslos are there?"),
        ("How many romes are there?", "and anns?", IN_ROME, None),
        ("How many are there with Rome?", "and oslos?", IN_ROME, "How many are there with oslos?"),
        ("How many of the city Rome?", "and for the city Oslo?", IN_ROME, "How many of the city Oslo?"),
        (
            "Orders of Ann Rome",
            "and Bob Oslo?",
            "SELECT 1 FROM customers WHERE name = 'Ann' AND city = 'Rome'",
            "Orders of Bob Oslo",
        ),
        ("customers in Rome", "same for the Oslo people", IN_ROME, None),
        ("How many customers are in Rome?", "show me Oslo", IN_ROME, None),
        (
            "How many Rome customers are there?",
            "and Oslo customers",
            IN_ROME,
            "How many Oslo customers are there?",
        ),
        ("How many Rome customers are there?", "and Oslo orders", IN_ROME, None),
        (
            "Orders paid by Dr Ann",
            "and by Dr Bob?",
            "SELECT 1 FROM customers WHERE name = 'Ann'",
            "Orders paid by Dr Bob",
        ),
        ("Orders sent to Rome", "and from Oslo?", IN_ROME, None),
        ("Orders for Rome", "and Oslo's?", IN_ROME, "Orders for Oslo"),
        ("Orders from Rome", "for all cities", IN_ROME, None),
        ("How many customers with Rome homes?", "and oslos", IN_ROME, "How many customers with oslo homes?"),
    ],
)
def test_what_the_query_before_makes_certain(
    question: str, text: str, sql: str, full: str | None, database: Database
) -> None:
    assert apply_rules(FollowUp(text, question, sql), database.schema(), database.values()) == full


def test_another_first_name_is_another_person(tmp_path: Path) -> None:
    people = "CREATE TABLE people (first_name TEXT, last_name TEXT);"
    people += "INSERT INTO people VALUES ('Mary', 'Hill'), ('Zoe', 'Ash')"
    sql = "SELECT 1 FROM people WHERE first_name = 'Mary' AND last_name = 'Hill'"
    with connect(f"sqlite:///{write_store(tmp_path, people)}") as database:
        for text, full in (
            ("and Zoe?", "Visits of Zoe"),
            ("and Ash?", "Visits of Ash"),
            ("and Zoe Ash?", "Visits of Zoe Ash"),
        ):
            said = FollowUp(text, "Visits of Mary Hill", sql)
            assert apply_rules(said, database.schema(), database.values()) == full
