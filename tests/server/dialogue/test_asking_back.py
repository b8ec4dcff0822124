"""The one decision by which likely answers differ, in words that need no SQL."""

from __future__ import annotations

import pytest

from sqloop.database.outcome import Outcome
from sqloop.database.schema import Column, ForeignKey, Schema, Table
from sqloop.dialogue.asking_back import find_choice
from sqloop.ranking import Candidate


def make_table(name: str, columns: str, *keys: ForeignKey) -> Table:
    """``columns`` as "city id:number day:date"; text where nothing is said."""
    made = []
    for each in columns.split():
        column, _, kind = each.partition(":")
        flag = kind == "flag"
        made.append(
            Column(column, "", "number" if flag else kind or "text", samples=("0", "1") if flag else ())
        )  # type: ignore[arg-type]
    return Table(name, tuple(made), foreign_keys=keys)


SHOP = Schema(
    "sqlite",
    (
        make_table("customers", "id:number name city tier blocked:flag"),
        make_table("stores", "id:number name city"),
        make_table("staff", "id:number name boss_id:number"),
        make_table(
            "orders",
            "id:number customer_id:number store_id:number sold_by:number packed_by:number status"
            " placed_on:date shipped_on:date due_on:date",
        ),
        make_table("lines", "order_id:number product_id:number quantity:number price:number cost:number"),
    ),
)


def candidate(sql: str, value: int | None, score: float = -0.7, status: str = "ok") -> Candidate:
    return Candidate(sql, score, Outcome(status, ("n",), ((value,),)), 1, 0.5)  # type: ignore[arg-type]


def ask(*sqls: str, question: str = "", schema: Schema = SHOP) -> str | None:
    """What is asked, with its options, of which each is the query of its place."""
    likely = [candidate(sql, number + 1, -0.7 - number / 10) for number, sql in enumerate(sqls)]
    choice = find_choice(likely, schema, question)
    if choice is None:
        return None
    assert [number for _, number in choice.options] == list(range(len(choice.options)))
    return f"{choice.question} {'|'.join(words for words, _ in choice.options)}"


COUNT = "SELECT COUNT(*) FROM orders"
JOINED = "SELECT COUNT(*) FROM orders o JOIN customers c ON o.customer_id = c.id"


@pytest.mark.parametrize(
    ("first", "second", "asked"),
    [
        (
            f"{COUNT} WHERE placed_on > '2024'",
            f"{COUNT} WHERE shipped_on > '2024'",
            "Which date is meant? placed_on|shipped_on",
        ),
        (
            "SELECT strftime('%m', o.placed_on) AS m, COUNT(*) FROM orders o GROUP BY m",
            "SELECT strftime('%m', due_on) AS month, COUNT(*) FROM orders GROUP BY month",
            "Which date is meant? placed_on|due_on",
        ),
        (
            "SELECT SUM(price) AS s FROM lines",
            "SELECT AVG(price) AS a FROM lines",
            "Which number is meant? the sum of price|the average of price",
        ),
        (
            "SELECT SUM(l.price) FROM lines l",
            "SELECT SUM(l.quantity * l.price) FROM lines l",
            "Which value is meant? price|quantity * price",
        ),
        ("SELECT name FROM customers", "SELECT city FROM customers", "What is to be shown? name|city"),
        (
            "SELECT city, COUNT(*) FROM customers GROUP BY city",
            "SELECT tier, COUNT(*) FROM customers GROUP BY tier",
            "Grouped by what? city|tier",
        ),
        (
            "SELECT name FROM customers ORDER BY tier",
            "SELECT name FROM customers ORDER BY id",
            "Ordered by what? tier|id",
        ),
        (
            "SELECT price, quantity FROM lines ORDER BY price",
            "SELECT price, cost FROM lines ORDER BY cost",
            None,
        ),
    ],
)
def test_of_a_value_it_is_said_what_it_is_for(first: str, second: str, asked: str | None) -> None:
    assert ask(first, second) == asked


@pytest.mark.parametrize(
    ("first", "second", "asked"),
    [
        (
            COUNT,
            f"{COUNT} WHERE status = 'A'",
            "All orders, or only some? all of them|only those where status is 'A'",
        ),
        (
            f"{COUNT} WHERE id > 2 AND shipped_on IS NULL",
            f"{COUNT} WHERE id > 2",
            "All orders, or only some? only those where shipped_on is empty|all of them",
        ),
        (
            JOINED,
            f"{JOINED} WHERE c.blocked = 0",
            "All customers, or only some? all of them|only those where blocked is no",
        ),
        (
            "SELECT name FROM staff",
            "SELECT name FROM staff WHERE boss_id IS NOT NULL",
            "All rows of staff, or only some? all of them|only those where boss_id is not empty",
        ),
        (
            "SELECT name FROM customers WHERE tier = 'gold'",
            "SELECT name FROM customers WHERE tier = 'silver'",
            "Which customers? tier is 'gold'|tier is 'silver'",
        ),
        (
            "SELECT name FROM customers WHERE blocked = 1",
            "SELECT name FROM customers WHERE blocked = 0",
            "Which customers? blocked is yes|blocked is no",
        ),
        (
            f"{COUNT} WHERE shipped_on > due_on",
            f"{COUNT} WHERE shipped_on > placed_on",
            "Which orders? shipped_on is after due_on|shipped_on is after placed_on",
        ),
        (
            f"{COUNT} WHERE shipped_on > due_on",
            f"{COUNT} WHERE shipped_on > due_on OR shipped_on IS NULL",
            "Which orders? only those where shipped_on is after due_on|also those where shipped_on is empty",
        ),
        (
            f"{COUNT} WHERE status = 'A' OR status = 'B'",
            f"{COUNT} WHERE status = 'A' OR status = 'C'",
            "Which orders? status is 'A' or status is 'B'|status is 'A' or status is 'C'",
        ),
        (
            "SELECT SUM(CASE WHEN price > 5 THEN cost END) FROM lines GROUP BY order_id",
            "SELECT SUM(CASE WHEN price > 9 THEN cost END) FROM `lines` GROUP BY order_id",
            "Which condition is meant? price is greater than 5|price is greater than 9",
        ),
        (
            "SELECT store_id FROM orders GROUP BY store_id HAVING COUNT(*) > 3",
            "SELECT store_id FROM orders GROUP BY store_id",
            "All, or only some? only those where the number of rows is greater than 3|all of them",
        ),
        (
            "SELECT name FROM customers WHERE id NOT IN (SELECT id FROM orders)",
            "SELECT name FROM customers WHERE id IN (SELECT id FROM orders)",
            "Which customers? without orders|with orders",
        ),
        (
            f"{COUNT} WHERE placed_on BETWEEN '2024-01-01' AND '2024-03-31'",
            f"{COUNT} WHERE placed_on BETWEEN '2025-01-01' AND '2025-03-31'",
            "Which orders? placed_on is between '2024-01-01' and '2024-03-31'"
            "|placed_on is between '2025-01-01' and '2025-03-31'",
        ),
        (
            "SELECT name FROM staff ORDER BY id DESC LIMIT 5",
            "SELECT name FROM staff ORDER BY id DESC LIMIT 1",
            "How many are to be shown? the first 5|only the first",
        ),
        (
            "SELECT name FROM staff ORDER BY id DESC LIMIT 1",
            "SELECT name FROM staff ORDER BY id LIMIT 1",
            "In which order? the highest id first|the lowest id first",
        ),
        (
            "SELECT id FROM orders ORDER BY due_on LIMIT 1",
            "SELECT id FROM orders ORDER BY due_on DESC LIMIT 1",
            "In which order? the earliest due_on first|the latest due_on first",
        ),
    ],
)
def test_of_conditions_it_is_said_whose_they_are(first: str, second: str, asked: str) -> None:
    assert ask(first, second) == asked


@pytest.mark.parametrize(
    ("first", "second", "asked"),
    [
        (
            "SELECT COUNT(customer_id) FROM orders",
            "SELECT COUNT(DISTINCT customer_id) FROM orders",
            "How often is the same customer counted? each time|only once",
        ),
        (
            COUNT,
            "SELECT COUNT(DISTINCT customer_id) FROM orders",
            "How often is the same customer counted? each time|only once",
        ),
        (
            JOINED,
            JOINED.replace("*", "DISTINCT o.id"),
            "How often is the same row of orders counted? each time|only once",
        ),
        (
            "SELECT DISTINCT city FROM stores",
            "SELECT city FROM stores",
            "How often is the same city shown? only once|each time",
        ),
        (
            "SELECT DISTINCT name FROM stores",
            "SELECT name FROM stores",
            "How often is the same name of stores shown? only once|each time",
        ),
        (
            "SELECT DISTINCT name, city FROM stores",
            "SELECT name, city FROM stores",
            "How often is the same row shown? only once|each time",
        ),
        ("SELECT DISTINCT ON (city) name FROM stores", "SELECT name FROM stores", None),
        ("SELECT COUNT(store_id) FROM orders", "SELECT COUNT(DISTINCT customer_id) FROM orders", None),
        ("SELECT DISTINCT city FROM stores", "SELECT name FROM stores WHERE id > 1", None),
    ],
)
def test_of_what_counts_once_it_is_said_what(first: str, second: str, asked: str | None) -> None:
    assert ask(first, second) == asked


@pytest.mark.parametrize(
    ("first", "second", "asked"),
    [
        (
            "SELECT c.name, COUNT(*) FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY 1",
            "SELECT c.name, COUNT(*) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY 1",
            "All customers, or only those with orders? only those with orders|also those without any orders",
        ),
        (
            "SELECT e.name, m.name FROM staff e LEFT JOIN staff m ON e.boss_id = m.id",
            "SELECT e.name, m.name FROM staff e JOIN staff m ON e.boss_id = m.id",
            "All rows of staff, or only those with boss? also those without any boss|only those with boss",
        ),
        (
            "SELECT x.city, COUNT(*) FROM orders o JOIN customers x ON o.customer_id = x.id GROUP BY x.city",
            "SELECT x.city, COUNT(*) FROM orders o JOIN stores x ON o.store_id = x.id GROUP BY x.city",
            "Whose city is meant? that of customers|that of stores",
        ),
        (
            "SELECT c.city, SUM(l.price) FROM lines l JOIN orders o ON l.order_id = o.id"
            " JOIN customers c ON c.id = o.customer_id GROUP BY c.city",
            "SELECT s.city, SUM(l.price) FROM stores s JOIN orders o ON o.store_id = s.id"
            " JOIN lines l ON l.order_id = o.id GROUP BY s.city",
            "Whose city is meant? that of customers|that of stores",
        ),
        (
            "SELECT COUNT(o.id) FROM orders o JOIN customers c ON o.customer_id = c.id",
            "SELECT COUNT(c.id) FROM orders o JOIN customers c ON o.customer_id = c.id",
            "What is counted? orders|customers",
        ),
        (
            "SELECT e.name, COUNT(*) FROM orders o JOIN staff e ON o.sold_by = e.id GROUP BY e.id",
            "SELECT s.name, COUNT(*) FROM orders o JOIN staff s ON o.packed_by = s.id GROUP BY s.id",
            "Which staff? by sold_by|by packed_by",
        ),
    ],
)
def test_of_joined_tables_it_is_said_which(first: str, second: str, asked: str) -> None:
    assert ask(first, second) == asked


def test_all_likely_readings_of_one_decision_are_offered() -> None:
    dates = [f"{COUNT} WHERE {each}_on LIKE '2024%'" for each in ("placed", "shipped", "due")]
    assert ask(*dates) == "Which date is meant? placed_on|shipped_on|due_on"
    other = f"{COUNT} WHERE status = 'A'"
    assert ask(COUNT, dates[0], other) == (
        "All orders, or only some? all of them|only those where placed_on begins with '2024'"
        "|only those where status is 'A'"
    )
    two = f"{COUNT} WHERE status = 'A' AND sold_by = 3"  # What is likelier than the third differs in more.
    assert ask(dates[0], two, dates[1]) is None
    twice = [candidate(dates[0], 1), candidate(dates[1], 2), candidate(other, 3), candidate(dates[2], 4)]
    found = find_choice(twice, SHOP, "")
    assert found is not None
    assert found.options == (("placed_on", 0), ("shipped_on", 1), ("due_on", 3))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("SELECT x FROM c WHERE y = 'a'", "SELECT x FROM c WHERE z = 'b' AND y = 'c'"),
        ("SELECT x FROM c", "SELECT x FROM d"),
        ("SELECT x FROM c", "SELECT x, y FROM c"),
        ("SELECT COUNT(*) FROM c", "SELECT x FROM c"),
        ("SELECT x FROM c LIMIT 3", "SELECT x FROM c"),
        (f"{COUNT} WHERE a = 1 AND b = 2 AND c = 3", f"{COUNT} WHERE a = 1"),
        ("SELECT x FROM c ORDER BY a DESC", "SELECT x FROM c ORDER BY b"),
    ],
)
def test_more_than_one_is_not(first: str, second: str) -> None:
    assert ask(first, second) is None


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("SELECT SUM(price) / 60 FROM lines", "SELECT SUM(price) / 60.0 FROM lines"),
        ("SELECT ROUND(AVG(price), 1) FROM lines", "SELECT ROUND(AVG(price), 2) FROM lines"),
        ("SELECT name AS a FROM customers AS c", "SELECT customers.name FROM customers"),
    ],
)
def test_how_numbers_and_names_are_written_is_no_decision(first: str, second: str) -> None:
    assert ask(first, second) is None


def test_only_likely_other_answers_are_asked_about() -> None:
    first, other = candidate("SELECT a FROM t", 1), "SELECT b FROM t"
    same = candidate("SELECT c FROM t", 1, -0.8)
    found = find_choice([first, same, candidate(other, 2, -1.0)], SHOP, "")
    assert found is not None
    assert found.options[1] == ("b", 2)
    assert find_choice([first, candidate(other, 2, -3.0)], SHOP, "") is None
    assert find_choice([first, candidate(other, 1, -1.0)], SHOP, "") is None
    assert find_choice([first, candidate(other, 2, -1.0, "error")], SHOP, "") is None
    assert find_choice([first], SHOP, "") is None
    assert find_choice([], SHOP, "") is None


@pytest.mark.parametrize("nothing", [0, None])
def test_what_finds_nothing_is_not_offered(nothing: int | None) -> None:
    first, other = candidate(f"{COUNT} WHERE status = 'A'", 4), f"{COUNT} WHERE status = 'a'"
    none_shipped = candidate(f"{COUNT} WHERE shipped_on > '2024'", 0, -0.8)
    assert find_choice([candidate(f"{COUNT} WHERE placed_on > '2024'", 4), none_shipped], SHOP, "")
    assert find_choice([first, candidate(other, nothing, -0.8)], SHOP, "") is None
    third = candidate(f"{COUNT} WHERE status = 'B'", 2, -0.9)
    found = find_choice([first, candidate(other, nothing, -0.8), third], SHOP, "")
    assert found is not None
    assert [number for _, number in found.options] == [0, 2]
    turned = find_choice([candidate(other, nothing), candidate(first.sql, 4, -0.8)], SHOP, "")
    assert turned is not None


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        ("How many customers are in Paris?", f"{COUNT} WHERE city = 'Paris'", COUNT),
        ("orders above 100", "SELECT x FROM c WHERE y > 100", "SELECT x FROM c WHERE y > 1000"),
        ("Who is in New York?", "SELECT x FROM c WHERE y LIKE '%New York%'", "SELECT x FROM c"),
        (
            "orders of 2024",
            f"{COUNT} WHERE strftime('%Y', placed_on) = '2024'",
            f"{COUNT} WHERE strftime('%Y', placed_on) = '2023'",
        ),
        ("orders of 2024", f"{COUNT} WHERE strftime('%Y', placed_on) = '2024'", COUNT),
        ("the five last", "SELECT x FROM c ORDER BY y LIMIT 5", "SELECT x FROM c ORDER BY y LIMIT 10"),
    ],
)
def test_what_the_question_says_is_not_asked_back(question: str, first: str, second: str) -> None:
    likely = [candidate(first, 1), candidate(second, 2, -1.0)]
    assert find_choice(likely, SHOP, question) is None
    assert find_choice(likely, SHOP, "something else") is not None
    assert find_choice([candidate(second, 1), candidate(first, 2, -1.0)], SHOP, question) is not None
