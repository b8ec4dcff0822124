"""Right queries whose questions only look like those that the rules of `mending.asked` are for."""

from __future__ import annotations

import pytest

from sqloop.database.schema import Column, ForeignKey, Kind, Schema, Table
from sqloop.generation.prompts.hub_forms import extract_query


def _columns(**kinds: Kind) -> tuple[Column, ...]:
    types = {"number": "INTEGER", "date": "DATE", "text": "TEXT"}
    return tuple(Column(name, types.get(kind, ""), kind) for name, kind in kinds.items())


def _key(name: str, table: str) -> ForeignKey:
    return ForeignKey((name,), table, (name,))


SHOP = Schema(
    "sqlite",
    (
        Table("customer", _columns(customer_id="number", name="text", city="text"), ("customer_id",)),
        Table(
            "orders",
            _columns(order_id="number", customer_id="number", placed="date", total="number"),
            ("order_id",),
            (_key("customer_id", "customer"),),
        ),
        Table("movie", _columns(movie_id="number", title="text"), ("movie_id",)),
        Table(
            "rating",
            _columns(rating_id="number", movie_id="number", rating="number", stars="number"),
            ("rating_id",),
            (_key("movie_id", "movie"), _key("stars", "star")),
        ),
        Table("star", _columns(stars="number", meaning="text"), ("stars",)),
        Table("visits", _columns(year="number", town="text", visits="number")),
        Table("task", _columns(title="text", priority="number", level="text", due="date", cost="number")),
        Table("flight", _columns(flight_id="number", seats="number"), ("flight_id",)),
        Table("ticket", _columns(flight_id="number"), (), (_key("flight_id", "flight"),)),
        Table("team", _columns(name="text", ranking="number")),
    ),
)


@pytest.mark.parametrize(
    ("question", "written"),
    [
        # A row of `rating` is a rating, and its column says which.
        ("How many ratings does each movie have?", "SELECT m.title, COUNT(*) FROM movie AS m JOIN rating "
         "AS r ON r.movie_id = m.movie_id GROUP BY m.movie_id"),
        ("Average stars", "SELECT AVG(stars) FROM rating"),
        ("Number of visit records per year", "SELECT year, COUNT(*) FROM visits GROUP BY year"),
        ("How many seats were sold per flight?", "SELECT f.flight_id, COUNT(*) FROM flight AS f JOIN ticket "
         "AS t ON t.flight_id = f.flight_id GROUP BY f.flight_id"),
        # The head of a compound is its last noun.
        ("How many customer orders came from Bern?", "SELECT COUNT(*) FROM orders AS o JOIN customer AS c "
         "ON c.customer_id = o.customer_id WHERE c.city = 'Bern'"),
        ("How many customer purchases over 5 are from Bern?", "SELECT COUNT(*) FROM orders AS o JOIN "
         "customer AS c ON c.customer_id = o.customer_id WHERE c.city = 'Bern' AND o.total > 5"),
        ("How many customers has Ann Lee booked?", "SELECT COUNT(*) FROM orders AS o JOIN customer AS c "
         "ON c.customer_id = o.customer_id WHERE c.city = 'Bern'"),
        # "first" says nothing of dates, of places in a list, or of what stands in words.
        ("Tasks, most urgent first", "SELECT title FROM task ORDER BY due"),
        ("Tasks, longest open first", "SELECT title FROM task ORDER BY due"),
        ("Tasks, highest priority first", "SELECT title FROM task ORDER BY priority"),
        ("Tasks, highest level first",
         "SELECT title FROM task ORDER BY CASE WHEN level = 'High' THEN 1 ELSE 2 END"),
        ("Teams, highest ranked first", "SELECT name FROM team ORDER BY ranking"),
        ("Costs of tasks with the highest first-term cost, by title",
         "SELECT cost FROM task ORDER BY title"),
        # What else is shown of each row makes no groups.
        ("The 5 latest orders with each customer's name", "SELECT o.order_id, c.name FROM orders AS o JOIN "
         "customer AS c ON c.customer_id = o.customer_id ORDER BY o.placed DESC LIMIT 5"),
        ("The 3 largest orders with the name of each customer", "SELECT o.total, c.name FROM orders AS o "
         "JOIN customer AS c ON c.customer_id = o.customer_id ORDER BY o.total DESC LIMIT 3"),
        ("What are the 3 largest orders, and in which city does each customer live?",
         "SELECT o.total, c.city FROM orders AS o JOIN customer AS c ON c.customer_id = o.customer_id "
         "ORDER BY o.total DESC LIMIT 3"),
        ("The 3 dearest tasks and how much each costs",
         "SELECT title, cost FROM task ORDER BY cost DESC LIMIT 3"),
        ("The 3 largest orders, and for each the city of its customer",
         "SELECT o.total, c.city FROM orders AS o JOIN customer AS c ON c.customer_id = o.customer_id "
         "ORDER BY o.total DESC LIMIT 3"),
    ],
)  # fmt: skip
def test_right_query_is_left_alone(question: str, written: str) -> None:
    assert extract_query(written, SHOP, question=question) == written


@pytest.mark.parametrize(
    ("question", "written", "mended"),
    [
        ("Orders, largest total first", "SELECT order_id FROM orders ORDER BY total",
         "SELECT order_id FROM orders ORDER BY total DESC"),
        ("Costs and titles, cheapest first", "SELECT title, cost AS c FROM task ORDER BY 2 DESC",
         "SELECT title, cost AS c FROM task ORDER BY 2 ASC"),
        ("Cities of customers, most first",
         "SELECT city, COUNT(*) AS n FROM customer GROUP BY city ORDER BY n",
         "SELECT city, COUNT(*) AS n FROM customer GROUP BY city ORDER BY n DESC"),
        ("Tasks, latest due first", "SELECT title FROM task ORDER BY due",
         "SELECT title FROM task ORDER BY due DESC"),
        ("The largest order with the name of its customer, of each city",
         "SELECT c.city, o.total, c.name FROM orders AS o JOIN customer AS c ON "
         "c.customer_id = o.customer_id ORDER BY o.total DESC LIMIT 1",
         "SELECT t.city, t.total, t.name FROM (SELECT c.city, o.total, c.name, RANK() OVER (PARTITION BY "
         "c.city ORDER BY o.total DESC) AS place FROM orders AS o JOIN customer AS c ON "
         "c.customer_id = o.customer_id) AS t WHERE t.place = 1 ORDER BY t.city, t.place"),
    ],
)  # fmt: skip
def test_what_the_question_says_is_mended(question: str, written: str, mended: str) -> None:
    assert extract_query(written, SHOP, question=question) == mended
