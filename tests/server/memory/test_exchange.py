"""The same question with another stored value gets the accepted SQL with that value, nothing else does."""

from __future__ import annotations

import pytest

from sqloop.linking.link import link_values
from sqloop.memory.exchange import exchange, make_template

from .conftest import ANN, Shop, Told

OSLO = "SELECT name FROM customer WHERE city = 'Oslo'"
ROME = "SELECT name FROM customer WHERE city = 'Rome'"

MORE = """
ALTER TABLE customer ADD COLUMN country TEXT;
UPDATE customer SET country = CASE city WHEN 'Oslo' THEN 'Norway' ELSE 'Italy' END;
CREATE TABLE flight (id INTEGER PRIMARY KEY, origin TEXT, target TEXT, day TEXT, paid TEXT, model TEXT);
INSERT INTO flight VALUES (1, 'Rome', 'Oslo', 'Monday', 'yes', 'Airbus 320'),
    (2, 'Oslo', 'Rome', 'Friday', 'no', 'Airbus 321'),
    (3, 'Lima', 'Lima', NULL, NULL, NULL);
CREATE TABLE shop (id INTEGER PRIMARY KEY, name TEXT, city TEXT);
INSERT INTO shop VALUES (1, 'Rome', 'Bergen'), (2, 'Corner', 'Turin');
INSERT INTO customer VALUES (4, 'Di', 'Turin', 1, 'Italy'), (5, 'Ed', 'paris', 1, 'France'),
    (6, 'Flo', 'Paris', 1, 'France'),
    (7, 'Gus', 'Lima', 0, 'Peru');
"""


@pytest.fixture
def shop(shop: Shop) -> Shop:
    shop.run(MORE)
    shop.database.schema(refresh=True)
    return shop


def given(shop: Shop, old: str, sql: str, new: str) -> str | None:
    """What `exchange` makes of the SQL that was accepted for ``old``."""
    schema, index = shop.database.schema(), shop.database.values()
    templates = [make_template(each, link_values(each, schema, index)) for each in (old, new)]
    return exchange(sql, *templates, shop.database.dialect)


def test_the_accepted_sql_is_run_with_the_other_value_without_the_model_and_says_so(shop: Shop) -> None:
    shop.accept("Which customers live in Rome?", ROME)
    model = Told("SELECT 1")
    answer = shop.assistant(model).ask("which Customers live in Oslo", 4)
    assert (answer.sql, answer.rows, model.prompts) == (OSLO, (("Bob",),), [])
    assert answer.agreement.startswith("from memory, accepted ")
    assert answer.agreement.endswith("for “Which customers live in Rome?”")
    told = answer.to_json()
    assert (told["from_memory"], told["accepted_for"]) == (True, "Which customers live in Rome?")
    same = shop.assistant(model).ask("Which customers live in Rome?", 4)
    assert (same.sql, "accepted_for" in same.to_json()) == (ROME, False)
    assert (
        shop.assistant(Told("SELECT 1")).ask("Which customers live in Oslo?", 4, recall=False).sql
        == "SELECT 1"
    )


def test_once_rejected_it_is_not_given_again(shop: Shop) -> None:
    shop.accept("Which customers live in Rome?", ROME)
    shop.reject("Which customers live in Oslo?", OSLO)
    answer = shop.assistant(Told(OSLO, "SELECT 1")).ask("Which customers live in Oslo?", 4)
    assert (answer.sql, answer.recalled) == ("SELECT 1", None)


def test_where_two_accepted_queries_differ_the_model_is_asked(shop: Shop) -> None:
    shop.accept("Which customers live in Rome?", ROME)
    shop.accept("Which customers live in Lima?", "SELECT id, name FROM customer WHERE city = 'Lima'")
    assert shop.assistant(Told("SELECT 1")).ask("Which customers live in Oslo?", 4).sql == "SELECT 1"


def test_what_one_other_of_a_team_accepted_is_not_given(shop: Shop) -> None:
    shop.accept("Which customers live in Rome?", ROME, ANN)
    assert shop.assistant(Told("SELECT 1")).ask("Which customers live in Oslo?", 4).sql == "SELECT 1"


@pytest.mark.parametrize(
    ("old", "sql", "new", "wanted"),
    [
        (
            "active customers in Rome",
            "SELECT name FROM customer WHERE active = 1 AND customer.city = 'Rome' LIMIT 5",
            "active customers in Oslo",
            "SELECT name FROM customer WHERE active = 1 AND customer.city = 'Oslo' LIMIT 5",
        ),
        (
            "flights from Lima to Oslo",
            "SELECT id FROM flight AS f WHERE f.origin = 'Lima' AND f.target = 'Oslo'",
            "flights from Oslo to Lima",
            "SELECT id FROM flight AS f WHERE f.origin = 'Oslo' AND f.target = 'Lima'",
        ),
        (
            "Which customers do not live in Rome?",
            "SELECT name FROM customer WHERE city <> 'Rome'",
            "Which customers do not live in Oslo?",
            "SELECT name FROM customer WHERE city <> 'Oslo'",
        ),
    ],
)
def test_each_value_takes_the_place_of_its_own(shop: Shop, old: str, sql: str, new: str, wanted: str) -> None:
    assert given(shop, old, sql, new) == wanted


@pytest.mark.parametrize(
    ("old", "sql", "new"),
    [
        ("customers in Rome", ROME, "customers not in Oslo"),
        ("customers in Rome", ROME, "names of customers in Oslo"),
        ("the 3 customers in Rome", f"{ROME} LIMIT 3", "the 4 customers in Oslo"),
        ("customers in Rome since 2023", ROME, "customers in Oslo since 2024"),
        # The value stands in another column, in another one too, or in several spellings.
        ("customers in Oslo", OSLO, "customers in Norway"),
        ("customers in Turin", "SELECT name FROM customer WHERE city = 'Turin'", "customers in Rome"),
        ("customers in Rome", ROME, "customers in Paris"),
        ("customers in Rome", ROME, "customers in Bogota"),
        # The SQL holds it twice, as a part, in another form, or holds what depends on it.
        ("customers in Oslo", f"{OSLO} UNION SELECT name FROM shop WHERE city = 'Oslo'", "customers in Rome"),
        ("customers in Oslo", "SELECT name FROM customer WHERE city LIKE '%Oslo%'", "customers in Rome"),
        ("customers in Oslo", "SELECT name FROM customer WHERE lower(city) = 'oslo'", "customers in Rome"),
        ("customers in Oslo", "SELECT name AS oslo FROM customer WHERE city = 'Oslo'", "customers in Rome"),
        ("customers in Oslo", f"{OSLO} AND country = 'Norway'", "customers in Rome"),
        ("customers in Oslo", f"{OSLO} AND id = 2", "customers in Rome"),
        ("customers in Oslo", "SELECT 'Oslo' FROM customer", "customers in Rome"),
        ("customers in Oslo", "SELECT name FROM customer WHERE name = 'Oslo'", "customers in Rome"),
        ("customers in Oslo", "SELECT nothing that parses FROM (", "customers in Rome"),
        # Days, numbers and negations are no names.
        ("flights on Monday", "SELECT id FROM flight WHERE day = 'Monday'", "flights on Friday"),
        (
            "flights by Airbus 320",
            "SELECT id FROM flight WHERE model = 'Airbus 320'",
            "flights by Airbus 321",
        ),
        ("flights with paid 'yes'", "SELECT id FROM flight WHERE paid = 'yes'", "flights with paid 'no'"),
        (
            "flights from Rome to Rome",
            "SELECT id FROM flight WHERE origin = 'Rome' AND target = 'Rome'",
            "flights from Rome to Oslo",
        ),
        (
            "flights from Lima to Oslo",
            "SELECT id FROM flight WHERE origin = 'Lima' AND target = 'Oslo'",
            "flights from Lima to Lima",
        ),
    ],
)
def test_what_is_not_certain_is_left_to_the_model(shop: Shop, old: str, sql: str, new: str) -> None:
    assert given(shop, old, sql, new) is None
