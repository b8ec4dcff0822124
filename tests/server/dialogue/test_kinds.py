"""What a text is, after an answer."""

from __future__ import annotations

import pytest

from sqloop.dialogue import asks_reasons, asks_why, is_follow_up

FOLLOW = """\
and by country?
only 2023
sort by revenue
why so few?
what about Oslo?
how about last year
the top 5
just the names
without the cancelled ones
in Rome
per month
and how many of them are active?
which of those are in Oslo?
how old are they
as a percentage
exclude Rome
make it weekly
Rome instead
2024?
add the email
not the closed ones
show them by city
what is their average age?
the same for 2022
top three instead of five
show them as a share
what percentage of all orders is that?
how many are there?
the most expensive one
latest first
customers only please
counting only orders of 2023
per city of the main customer?
all of Oslo, same year
hm, those without an order
Right. And by city?
Could you add the city of each one?
leave out anyone who has left
put the city next to it
take out the closed ones
newest order first, and show the date
biggest on top
who are the Oslo ones?
How many orders did each of them place?
Show me only the ones with an order
just those who ordered
What does that add up to?
So how many orders is that altogether?
and how many orders did Ann place?
the others
paid ones, not late
the highest rather than the average
sorry, I meant Oslo
break the orders down by city
broken down by city
how many per city?
how many each
show me those orders
the refused ones themselves
average price with it?
the three oldest only
oldest at the top
closed ones shouldn't count
forget the closed ones
now the weakest four
now only what comes from Oslo
also what was charged for them in total
also how many orders each placed
only what went to Oslo
same list for Oslo
that share for each city
all cities, just a count
by city, as a percentage of its orders
per type of order, largest total first
what's the average per order there?
with name, city and date
who directed them?
built since 2018
number of orders as well
everywhere except Rome
compare with 2023
who was it?"""

ALONE = """\
How many customers are there?
List all customers in Rome
Which customers have more orders than those in Rome?
In 2023, how many orders were placed?
For each city, how many customers are there?
names of all employees who retired
What is the total revenue?
By city, show the number of orders
customers in Rome without an order
average price of the products
Top 5 customers by revenue
Orders per month
customers in Rome
total revenue
Order count per month
Customers and their orders
List all customers with their cities
With how many customers did Ann speak?
For each city the number of customers with an order
Which customers have orders that are unpaid?
Which product is in most orders, and how many are they?
Who ordered first?
Which customers have left, and when was that?
Good customers by city
Right shoes sold in Rome
Take the average of all orders
What are the first, middle and last names of all customers?
The number of orders of each customer, all of them if level
Number of customers by city, without the closed ones
List all Italian customers
Which items have earned more than they cost?
Show the themes of the parties
no-shows per month of 2024
leave types that are not paid
drop rate of calls in percent
By city name, percentage of all orders placed
How many orders do not count?
For each city, how many customers live there?
Orders brought back late: how many per city?"""


@pytest.mark.parametrize("text", FOLLOW.splitlines())
def test_what_refers_to_the_answer_before(text: str) -> None:
    assert is_follow_up(text)


@pytest.mark.parametrize("text", ALONE.splitlines())
def test_what_stands_alone(text: str) -> None:
    assert not is_follow_up(text)


WHY = """\
why so few?
Why?
but why
how come?
explain
explain the query
explain that number
why 3?
why only 3 customers?
why are there 3?
why these?
why Rome?
why not Oslo?
why Ann Smith?
why is Rome missing?
why isn't Ann listed?
why is Ann not in the list?
why did you leave out Ann?
why is Ann there twice?
why are there no orders in May?
why is revenue so low in May?
why is it sorted like that?
why so few? I expected more"""

OTHER_REASONS = """\
why is the sky blue?
why did Ann cancel her order?
why did 3 customers cancel?
why do customers leave?
Why are payments declined? Reason text and number of transactions, most common first.
Why is wood returned: number of returns per reason, not yet credited ones only
explain gravity
explain the orders of Ann"""


@pytest.mark.parametrize("text", WHY.splitlines())
def test_what_asks_why_an_answer_is_what_it_is(text: str) -> None:
    assert asks_why(text)
    assert is_follow_up(text)


@pytest.mark.parametrize("text", OTHER_REASONS.splitlines())
def test_what_asks_for_other_reasons_stands_alone(text: str) -> None:
    assert asks_reasons(text)
    assert not asks_why(text)
    assert not is_follow_up(text)


def test_the_words_of_the_answer_tell_what_a_question_speaks_of() -> None:
    answer = "How many customers are in each city? SELECT city, COUNT(*) FROM customers GROUP BY city"
    assert asks_why("why does Rome have more customers than Oslo?", answer)
    assert asks_why("why are customers counted by city?", answer)
    assert not asks_why("why is the sky blue?", answer)
    assert not asks_why("who and why", answer)
