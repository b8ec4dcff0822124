"""What an addition to an answer keeps of it, and what is no addition."""

from __future__ import annotations

import pytest

from sqloop.dialogue.keeping import keep_shown

BEFORE = (
    "SELECT a.technique, AVG(p.list_price) FROM pieces AS p "
    "JOIN artists AS a ON a.artist_id = p.artist_id GROUP BY a.technique"
)
BY_TYPE = "SELECT voucher_type, SUM(price) FROM vouchers WHERE year = 2023 GROUP BY voucher_type"
BY_CHANNEL = "SELECT channel, SUM(price) FROM vouchers GROUP BY channel"
PLAIN = "SELECT name, city FROM customers WHERE city = 'Oslo'"


@pytest.mark.parametrize(
    ("before", "said", "sql", "kept"),
    [
        (
            BEFORE,
            "lowest and highest price as well",
            "SELECT artists.technique, MIN(list_price), MAX(list_price) FROM pieces "
            "JOIN artists ON artists.artist_id = pieces.artist_id GROUP BY artists.technique",
            "SELECT artists.technique, AVG(pieces.list_price), MIN(list_price), MAX(list_price) FROM pieces "
            "JOIN artists ON artists.artist_id = pieces.artist_id GROUP BY artists.technique",
        ),
        (
            BY_TYPE,
            "split further by sales channel",
            "SELECT v.channel, SUM(v.price) FROM vouchers AS v WHERE v.year = 2023 GROUP BY v.channel",
            "SELECT v.voucher_type, v.channel, SUM(v.price) FROM vouchers AS v WHERE v.year = 2023 "
            "GROUP BY v.voucher_type, v.channel",
        ),
        (
            PLAIN,
            "add the phone number",
            "SELECT phone FROM customers WHERE city = 'Oslo'",
            "SELECT customers.name, customers.city, phone FROM customers WHERE city = 'Oslo'",
        ),
        (
            "SELECT city, COUNT(*) FROM customers GROUP BY city",
            "also their average age",
            "SELECT city, AVG(age) FROM customers GROUP BY city",
            "SELECT city, COUNT(*), AVG(age) FROM customers GROUP BY city",
        ),
    ],
)
def test_what_was_shown_stays_beside_what_is_added(before: str, said: str, sql: str, kept: str) -> None:
    assert keep_shown(sql, said, before, "sqlite") == kept


@pytest.mark.parametrize(
    ("before", "said", "sql"),
    [
        # It says that something goes, or nothing of an addition.
        (BY_TYPE, "by channel instead", BY_CHANNEL),
        (
            BY_TYPE,
            "also by channel, but not the type",
            BY_CHANNEL,
        ),
        (BY_TYPE, "and by channel?", BY_CHANNEL),
        # Nothing is missing: the same under other names, or in another order.
        (
            BY_TYPE,
            "2024 as well",
            "SELECT v.voucher_type, SUM(price) FROM vouchers v GROUP BY v.voucher_type",
        ),
        # More is added up, or other rows are counted.
        (
            BY_TYPE,
            "plus the fees",
            "SELECT voucher_type, SUM(price + fee) FROM vouchers GROUP BY 1",
        ),
        (
            "SELECT m.name, COUNT(*) FROM meals m JOIN orders o ON o.meal = m.id GROUP BY m.name",
            "also those that nobody ordered",
            "SELECT m.name, COUNT(o.id) FROM meals m LEFT JOIN orders o ON o.meal = m.id GROUP BY m.name",
        ),
        (PLAIN, "add them up by country", "SELECT country, COUNT(*) FROM customers GROUP BY country"),
        # The two cannot be compared.
        (BY_TYPE, "also the customers", "SELECT COUNT(*) FROM customers"),
        (BY_TYPE, "also the rest", "WITH t AS (SELECT 1 AS a) SELECT a FROM t"),
        ("SELECT 1", "also the names", "SELECT name FROM customers"),
        (PLAIN, "also Rome", "not SQL at all ("),
    ],
)
def test_what_is_no_addition_stays_as_it_is(before: str, said: str, sql: str) -> None:
    assert keep_shown(sql, said, before, "sqlite") == sql
