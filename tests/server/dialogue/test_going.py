"""What of an answer goes by what is said, and what stays."""

from __future__ import annotations

import pytest

from sqloop.dialogue.going import drop_shown, free_groups

FROM = "FROM dogs AS d JOIN breeds AS b ON b.id = d.breed_id"
DOGS = f"SELECT d.name, b.name, d.weight_kg, d.last_name {FROM}"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("leave the breed out, alphabetical by dog", "d.name, d.weight_kg, d.last_name"),
        ("drop the weights", "d.name, b.name, d.last_name"),
        ("the breed isn’t needed", "d.name, d.weight_kg, d.last_name"),
        ("sorted by dog, weight can go", "d.name, b.name, d.last_name"),
        ("no weights needed", "d.name, b.name, d.last_name"),
        ("now take the last name away please", "d.name, b.name, d.weight_kg"),
    ],
)
def test_the_column_that_is_to_go_goes(said: str, shown: str) -> None:
    assert drop_shown(DOGS, said, DOGS, "sqlite") == f"SELECT {shown} {FROM}"


@pytest.mark.parametrize(
    "said",
    [
        "drop the names",  # Which of them?
        "leave out the poodles",
        "by breed",
        "take the weight, not the breed",
        "don't drop the breed",
        "did you leave out the breed?",
        "just leave the breed",
        "which of them lose weight?",
        "and those who drop the breed",
        "the weight can go up to 30",
        "drop the last",
    ],
)
def test_nothing_goes_that_is_not_named_as_what_is_to_go(said: str) -> None:
    assert drop_shown(DOGS, said, DOGS, "sqlite") == DOGS


@pytest.mark.parametrize(
    ("before", "sql", "said"),
    [
        # The model left it out; another column is called alike.
        (
            "SELECT o.id, o.customer_id FROM orders AS o",
            "SELECT o.customer_id, o.total FROM orders AS o",
            "hide the id",
        ),
        ("SELECT name, email, work_email FROM staff", "SELECT name, work_email FROM staff", "drop the email"),
        # It is used for more than being shown.
        (
            "SELECT name, rent, deposit FROM flats",
            "SELECT name, rent, deposit FROM flats WHERE deposit = 0",
            "no deposit needed",
        ),
        ("SELECT d.city, COUNT(*) FROM dogs AS d GROUP BY City",) * 2 + ("drop the city",),
        ("SELECT name, breed, COUNT(*) FROM dogs GROUP BY 1, 2",) * 2 + ("drop the breed",),
        ("SELECT name, breed, kg FROM dogs ORDER BY 3 DESC",) * 2 + ("drop the breed",),
        ("SELECT name, breed AS race, kg FROM dogs ORDER BY race",) * 2 + ("drop the race",),
        ("SELECT DISTINCT name, breed FROM dogs ORDER BY breed",) * 2 + ("drop the breed",),
        # There is nothing else, or it cannot be compared.
        ("SELECT name FROM dogs", "SELECT name FROM dogs", "drop the name"),
        ("SELECT COUNT(*), city FROM dogs GROUP BY city",) * 2 + ("drop the count",),
        ("SELECT name, age FROM dogs UNION SELECT name, age FROM cats",) * 2 + ("drop the age",),
        ("not SQL (", "not SQL (", "drop the age"),
    ],
)
def test_a_column_that_is_needed_or_gone_stays_so(before: str, sql: str, said: str) -> None:
    assert drop_shown(sql, said, before, "sqlite") == sql


YEAR = "SELECT COUNT(*) FROM sales AS s JOIN shops AS h ON h.id = s.shop WHERE STRFTIME('%Y', s.day) = '2023'"
SHOP = YEAR.replace("h.", "x.").replace("AS h", "AS x").replace("SELECT", "SELECT x.town,")


@pytest.mark.parametrize(
    ("said", "before", "new", "freed"),
    [
        (
            "that per town",
            f"{YEAR} AND h.town = 'Bath'",
            f"{SHOP} AND x.town = 'Bath' GROUP BY x.town",
            f"{SHOP} GROUP BY x.town",
        ),
        (
            "for every kind",
            "SELECT COUNT(*) FROM sales WHERE kind = 'web'",
            "SELECT kind, COUNT(*) FROM sales WHERE kind = 'web' GROUP BY kind",
            "SELECT kind, COUNT(*) FROM sales GROUP BY kind",
        ),
        (
            "all countries side by side",
            "SELECT COUNT(*) FROM ctry AS c WHERE c.nm = 'France'",
            "SELECT c.nm, COUNT(*) FROM ctry AS c WHERE c.nm = 'France' GROUP BY c.id, c.nm",
            "SELECT c.nm, COUNT(*) FROM ctry AS c GROUP BY c.id, c.nm",
        ),
    ],
)
def test_groups_are_not_held_to_the_one_of_before(said: str, before: str, new: str, freed: str) -> None:
    assert free_groups(new, said, before, "sqlite") == freed


WEB = "SELECT COUNT(*) FROM sales WHERE kind = 'web'"
KINDS = "SELECT kind, COUNT(*) FROM sales WHERE kind = 'web' GROUP BY kind"


@pytest.mark.parametrize(
    ("said", "before", "new"),
    [
        # That one was asked for just now, is said once more, or is only to be shown.
        ("each of the web", "SELECT kind, COUNT(*) FROM sales GROUP BY kind", KINDS),
        ("by kind, web", "SELECT COUNT(*) FROM sales", KINDS),
        ("web by kind", WEB, KINDS),
        ("show the kind as well, by itself", WEB, KINDS),
        ("and the highest?", WEB, "SELECT kind, MAX(price) FROM sales WHERE kind = 'web' GROUP BY kind"),
        # It is split by something else.
        ("by town", WEB, "SELECT kind, town, COUNT(*) FROM sales WHERE kind = 'web' GROUP BY kind, town"),
        (
            "per month",
            "SELECT COUNT(*) FROM sales WHERE STRFTIME('%Y', day) = '2023'",
            "SELECT STRFTIME('%Y', day), STRFTIME('%m', day), COUNT(*) FROM sales "
            "WHERE STRFTIME('%Y', day) = '2023' GROUP BY STRFTIME('%Y', day), STRFTIME('%m', day)",
        ),
        ("by town", WEB, "SELECT town, COUNT(*) FROM sales WHERE kind = 'web' GROUP BY town"),
        # Several are left, or there were groups of it before.
        (
            "per kind",
            "SELECT COUNT(*) FROM sales WHERE kind IN ('web', 'shop')",
            "SELECT kind, COUNT(*) FROM sales WHERE kind IN ('web', 'shop') GROUP BY kind",
        ),
        ("per kind", "SELECT kind, SUM(price) FROM sales WHERE kind = 'web' GROUP BY kind", KINDS),
        ("per kind", "SELECT 1", KINDS),
        ("per kind", WEB, "not SQL ("),
    ],
)
def test_other_groups_stay_as_they_are(said: str, before: str, new: str) -> None:
    assert free_groups(new, said, before, "sqlite") == new
