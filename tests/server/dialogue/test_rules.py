"""Follow-ups that no model is needed for: nothing is said in the full question that nobody said."""

from __future__ import annotations

from pathlib import Path

import pytest

from folders import write_store
from sqloop.database.connect import Database, connect
from sqloop.dialogue import apply_rules
from sqloop.generation.prompts.forms import FollowUp


@pytest.mark.parametrize(
    ("question", "text", "full"),
    [
        ("How many customers are in Rome?", "and in Oslo?", "How many customers are in Oslo?"),
        ("How many customers are in Rome?", "what about Oslo", "How many customers are in Oslo?"),
        ("customers in Rome", "the same for oslo", "customers in oslo"),
        ("customers from Rome", "and the ones in Oslo?", "customers from Oslo"),
        ("customers in Rome", "Oslo instead of Rome", "customers in Oslo"),
        ("Orders of 2023", "and 2024?", "Orders of 2024"),
        ("Orders per city", "by customer please", "Orders by customer"),
        ("Orders by city", "per customer, not city", "Orders per customer"),
        (
            "Which order cost us the most?",
            "how much is that",
            "Of the order that cost us the most, how much is that?",
        ),
        ("How many games ended late?", "who won", "Of the games that ended late, who won?"),
        ("Orders of May 2023", "now the same for June", "Orders of June 2023"),
        ("Orders of May 2023", "what about June 2024?", "Orders of June 2024"),
        ("Orders in Q1 by city", "ok, and Q2?", "Orders in Q2 by city"),
        ("Orders by city in 2023", "by month instead of city", "Orders by month in 2023"),
        ("Orders by city in 2023", "rather by month", "Orders by month in 2023"),
        ("Orders by city in 2023", "by month rather", "Orders by month in 2023"),
        ("How many paid orders?", "and the unpaid ones?", "How many unpaid orders?"),
        ("The first 5 customers", "only the first 3", "The first 3 customers"),
        ("Orders per city, the top 3", "make it the top 10", "Orders per city, the top 10"),
        ("How many orders, only the paid ones?", "all of them again", "How many orders?"),
        ("Orders, just late ones", "any state again, but over 4", "Orders, over 4"),
        ("Orders of May 2023, just the paid ones", "all orders again, but for June", "Orders of June 2023"),
        ("Customers, without Ann", "all customers again, and the newest", "Customers, the newest"),
        ("How many orders?", "how many of them are paid?", "How many orders are paid?"),
        ("How many active customers?", "include the inactive ones too", "How many customers?"),
        (
            "How many customers are in Rome?",
            "which ones? only names",
            "Which customers are in Rome? only names",
        ),
        ("How many customers are in Rome?", "what share is that", "What share of customers are in Rome?"),
        (
            "How many customers are in Rome?",
            "what percent of the Rome customers is that?",
            "Of the customers that are in Rome, what percent of the Rome customers is that?",
        ),
        (
            "Of the customers in Rome, how many of them are active?",
            "ok, and give me their names",
            "Of the customers in Rome, those that are active, give me their names?",
        ),
        (
            "Which orders are late?",
            "what is their total",
            "Of the orders that are late, what is their total?",
        ),
        (
            "Which orders are late? Number, city and total, only those of Ann. Leave out small ones.",
            "Right. What does that add up to?",
            "Of the orders that are late, only those of Ann, leave out small ones, what does that add up to?",
        ),
        (
            "Orders that are late - number and city",
            "so how many of these come from each city?",
            "Of the orders that are late, how many of these come from each city?",
        ),
        (
            "Which orders are late?",
            "ok and the average for each city",
            "Of the orders that are late, the average for each city?",
        ),
        ("Orders of 2023 by city", "what was it the year before?", "Orders of 2022 by city"),
        ("How many customers are in Rome?", "Oslo?", "How many customers are in Oslo?"),
        ("Orders of 2023", "2024?", "Orders of 2024"),
        (
            "Orders of the first quarter of 2023",
            "And the quarter after that?",
            "Orders of the second quarter of 2023",
        ),
        ("Orders of Jan 2023", "the month before", "Orders of Dec 2022"),
        (
            "How many Rome customers are there?",
            "show me their names",
            "Of the Rome customers, show me their names?",
        ),
        ("The average of all orders", "Now the highest rather than the average", "the highest of all orders"),
        ("How many customers are in Rome?", "hm, and in Oslo?", "How many customers are in Oslo?"),
        ("Orders per city", "Great! Could you sort by city please", "Orders per city, sorted by city"),
        ("What is the highest price?", "and the average?", "What is the average price?"),
        ("customers in Rome", "same list for Oslo pls", "customers in Oslo"),
        (
            "How many orders are late?",
            "and what are those worth?",
            "Of the orders that are late, what are those worth?",
        ),
        ("Orders of 2023 by city", "and the next year?", "Orders of 2024 by city"),
        ("How many customers are in Rome?", "and how many in Oslo?", "How many customers are in Oslo?"),
        (
            "How many orders were placed in 2023?",
            "and how many in 2024",
            "How many orders were placed in 2024?",
        ),
        ("Who is the oldest customer?", "and the youngest?", "Who is the youngest customer?"),
        ("The average of all orders", "what's the total?", "The total of all orders"),
        (
            "The sum of orders by city",
            "the number of orders instead of the sum",
            "the number of orders by city",
        ),
        ("Orders per city?", "sort by number of orders", "Orders per city, sorted by number of orders?"),
        ("Orders per city, sorted by city?", "order them by number", "Orders per city, sorted by number?"),
        ("Names, sorted by city", "only the first 3", "Names, sorted by city, only the first 3"),
        ("How many orders for each city in 2023?", "by name", "How many orders for each name in 2023?"),
        (
            "How many orders of each city did we ship?",
            "now per name",
            "How many orders for each name did we ship?",
        ),
        (
            "Orders placed in 2023, by city of the customer",
            "split by name instead",
            "Orders placed in 2023, by name",
        ),
        (
            "Orders per city in 2023?",
            "by the customer's name, not city",
            "Orders by customer's name in 2023?",
        ),
        ("How many orders in each city?", "names instead of cities", "How many orders in each name?"),
        ("How many orders were late per city?", "paid ones, not late", "How many orders were paid per city?"),
        (
            "List the late orders with their city",
            "how many per city?",
            "How many late orders are there per city?",
        ),
        (
            "Show all orders of 2023, with number and date",
            "just a count per city",
            "How many orders of 2023 are there per city?",
        ),
        ("Late orders in Rome", "sorry, I meant Oslo", "Late orders in Oslo"),
        (
            "Late orders in Rome",
            "no, Oslo, and only the first 3",
            "Late orders in Oslo, and only the first 3",
        ),
        ("Customers with an order", "and those without?", "Customers without an order"),
        (
            "The two oldest customers in Rome",
            "now the youngest three",
            "The three youngest customers in Rome",
        ),
        ("How many flats have a lift?", "how about the ones without", "How many flats have no lift?"),
        ("Orders of 2023 by city", "make that May 2024", "Orders of May 2024 by city"),
        ("The highest price in Rome?", "and the lowest price there", "The lowest price in Rome?"),
        (
            "How many orders are late in each city?",
            "list them with number and date",
            "Of the orders that are late, list them with number and date?",
        ),
        (
            "Who are the two oldest customers in Rome?",
            "what's their average age",
            "Of the two oldest customers in Rome, what's their average age?",
        ),
        (
            "Who has not paid for an order?",
            "how much is that",
            "Of those who have not paid for an order, how much is that?",
        ),
        (
            "Which customers did not order in 2023?",
            "what do they add up to",
            "Of the customers that did not order in 2023, what do they add up to?",
        ),
        ("How many orders are late?", "who are they", "Of the orders that are late, who are they?"),
        ("How many late orders are there?", "how many of them were paid", "How many late orders were paid?"),
        (
            "How many customers do we have?",
            "how many of them are active",
            "Of the customers we have, how many of them are active?",
        ),
        ("List customers and their city", "how many is that", "How many customers?"),
        (
            "List the names of all customers in Rome",
            "how many are there",
            "Of the names of all customers in Rome, how many are there?",
        ),
        (
            "How many customers are in Rome?",
            "how many of them by phone?",
            "Of the customers that are in Rome, how many of them by phone?",
        ),
        ("List customers and their city", "how many per city", "How many customers are there per city?"),
        ("How many late orders are there?", "use paid instead of late", "How many paid orders are there?"),
        ("How many late orders are there?", "I want paid ones, not late", "How many paid orders are there?"),
        ("How many late orders are there?", "with paid instead of late", "How many paid orders are there?"),
        ("customers in Rome", "only in Oslo, not Rome", "customers in Oslo"),
        ("Orders per customer", "show the city instead of the customer", "Orders per city"),
        ("Orders of 2023 by city", "in 2024?", "Orders of 2024 by city"),
        ("Orders of May 2023", "July 2024", "Orders of July 2024"),
        ("Orders over 2000 in 2023", "and 2024", "Orders over 2000 in 2024"),
        ("Top 5 cities by orders", "make it 10", "Top 10 cities by orders"),
        ("Orders per customer", "I meant per city", "Orders per city"),
        ("Orders of 2023 per city", "wrong, I meant 2024", "Orders of 2024 per city"),
        ("How many customers are in Rome?", "and Oslo thanks", "How many customers are in Oslo?"),
        (
            "How many customers are in Rome?",
            "nice, and how many are in Oslo?",
            "How many customers are in Oslo?",
        ),
        ("Top 5 cities in 2023", "make it 2024", "Top 5 cities in 2024"),
    ],
)
def test_what_is_certain(question: str, text: str, full: str, database: Database) -> None:
    follow_up = FollowUp(text, question, "SELECT 1")
    assert apply_rules(follow_up, database.schema(), database.values()) == full


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Orders by month", "per city too"),
        ("Orders per city", "by phone only"),
        ("Orders per city", "per order on average"),
        ("How many orders did each city place?", "by customer instead"),
        ("How many orders did each city place?", "by customer rather than city"),
        ("Orders per city", "2024 then, customers instead of orders"),
        ("Customers from Rome, with city", "oslo, not the city"),
        ("List the customers in Rome. All of them", "count per city"),
        ("How much is open, in euros?", "who owes it"),
        ("How many customers are in Rome?", "and Ann?"),
        ("How many customers are in Rome or in Oslo?", "and in Oslo?"),
        ("How many customers are in Rome?", "and by city?"),
        ("How many customers are in Rome?", "and Bergen?"),
        ("How many customers are in Rome?", "only Oslo"),
        ("customers in Rome, not near Rome", "Oslo instead of Rome"),
        ("Orders from 2022 to 2023", "and 2024"),
        ("Orders that may be late", "and June?"),
        ("Orders of May 2023", "and June of Ann"),
        ("Orders of May and June", "and July"),
        ("paid orders that were paid late", "and unpaid ones"),
        ("How many orders per city?", "which ones?"),
        ("How many orders does each customer have?", "and how many lines?"),
        ("Which customers are in Rome?", "how many orders does each have?"),
        ("Which customers are in Rome?", "how many orders for each customer?"),
        ("Which customers are in Rome?", "add the number of orders"),
        ("Of the customers in Rome, show me their names?", "and the number of orders"),
        ("How many orders are late?", "and how old are they on average? keep the number"),
        ("Orders of 2022 and 2023", "and the year before?"),
        ("Orders per city", "and the year before?"),
        ("How many orders are late?", "show me only those of Ann"),
        ("Which orders are late?", "when were they placed?"),
        ("How many orders, how many customers?", "what is their total?"),
        ("Orders of the oldest customer with the newest order", "and the youngest?"),
        ("Orders per city", "what share is that?"),
        ("The three oldest customers", "sort by name"),
        ("How many customers, how many orders?", "what share is that?"),
        ("How many customers are in Rome?", "all cities again"),
        ("customers in Rome", "why?"),
        ("How many customers are in Rome?", "how many have none"),
        ("How many orders were late in 2023?", "how many were late in 2024"),
        ("How many orders are late?", "how many are not?"),
        ("How many orders are late?", "how many orders were there in total"),
        ("How many orders are late?", "show me 2024"),
        ("How many customers are in Rome?", "who ordered a toaster last year?"),
        ("How many customers are in Rome?", "what's the total for Oslo"),
        ("How many orders did Ann place in 2023?", "how many did they cancel"),
        ("How many customers with an order moved to Rome?", "how many cities?"),
        ("Show the average total of orders", "how many are there"),
        ("How many late orders are there?", "what percentage is that"),
        ("How many late orders in 2023?", "as a percentage"),
        ("How many late orders are paid?", "what percentage of all orders"),
        ("How many orders did Ann place in 2023?", "how many of those were late"),
        ("How many orders did Ann place in 2023?", "which ones"),
        ("How many orders were sent by customers in Rome?", "by city"),
        ("Orders bought by customers in 2023", "per city"),
        ("Orders by city and customer", "per order"),
        ("List the names of all customers", "how many per city"),
        ("Show the 5 oldest orders", "how many per city"),
        ("List orders by name", "how many per city"),
        ("List customers in Rome, name and city", "how many per city"),
        ("The average total per city", "count instead of average"),
        ("The average order total per city", "total instead of average"),
        ("Orders over 2000 by city", "and 2024?"),
        ("How many orders weigh over 2000 kg?", "the year before"),
        ("Orders of season 2023/24", "and 2022?"),
        ("Orders placed before 2023", "and in 2024?"),
        ("Which customer spent the most in 2023?", "and the lowest"),
        ("Which customer made the most orders in 2023?", "and the highest"),
        ("Total orders per city", "most first"),
        ("What is the most expensive order?", "and the total?"),
        ("The average age per city", "and the oldest?"),
        ("The average fee per month", "and the highest month"),
        ("The 3 oldest customers", "and the oldest?"),
        ("How many orders, only 2023, only the paid ones?", "all cities again"),
        ("Orders of 2023", "ordered by Ann"),
    ],
)
def test_what_is_left_to_the_model(question: str, text: str, database: Database) -> None:
    follow_up = FollowUp(text, question, "SELECT 1")
    assert apply_rules(follow_up, database.schema(), database.values()) is None


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
