"""Keys that nobody declared are inferred where one other table owns the name and the data agree."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sqloop.database.connect import Database, connect
from sqloop.database.knowledge.keys import complete_keys
from sqloop.database.schema import Column, ForeignKey, Schema, Table

if TYPE_CHECKING:
    from servers import MariaDBServer


def number(name: str) -> Column:
    return Column(name, "INTEGER", "number")


def table(name: str, key: str, *columns: Column, foreign: tuple[ForeignKey, ...] = ()) -> Table:
    return Table(name, (number(key), *columns), (key,), foreign)


def keys_of(*tables: Table) -> dict[str, list[tuple[str, str]]]:
    schema = complete_keys(Schema("sqlite", tables))
    return {
        each.name: [(key.columns[0], key.referred_table) for key in each.foreign_keys]
        for each in schema.tables
    }


def test_a_column_named_after_another_tables_key_refers_to_it() -> None:
    found = keys_of(
        table("restaurant", "restaurant_id"), table("review", "review_id", number("RestaurantId"))
    )
    assert found == {"restaurant": [], "review": [("RestaurantId", "restaurant")]}


def test_a_bare_id_is_named_with_its_table() -> None:
    assert keys_of(table("cities", "id"), table("shops", "id", number("city_id")))["shops"] == [
        ("city_id", "cities")
    ]


def test_words_of_one_stem_are_told_apart() -> None:
    found = keys_of(
        table("books", "book_id"),
        table("booking", "booking_id", number("customer_id")),
        table("edition", "edition_no", number("book_id")),
    )
    assert found == {"books": [], "booking": [], "edition": [("book_id", "books")]}


def test_a_name_that_two_tables_own_is_left_alone() -> None:
    found = keys_of(table("a", "code_id"), table("b", "code_id"), table("c", "id", number("code_id")))
    assert found["c"] == []


def test_a_column_of_another_kind_is_left_alone() -> None:
    text = Column("city_id", "TEXT", "text")
    assert keys_of(table("cities", "id"), table("shops", "id", text))["shops"] == []


def test_a_declared_key_is_not_doubled() -> None:
    declared = ForeignKey(("city_id",), "cities", ("id",))
    found = keys_of(table("cities", "id"), table("shops", "id", number("city_id"), foreign=(declared,)))
    assert found["shops"] == [("city_id", "cities")]


def test_a_key_to_a_column_that_does_not_exist_is_dropped() -> None:
    broken = ForeignKey(("place",), "cities", ("place",))
    found = keys_of(table("cities", "id"), table("shops", "id", number("place"), foreign=(broken,)))
    assert found["shops"] == []


def test_views_own_and_refer_to_nothing() -> None:
    view = Table("rich", (number("id"), number("city_id")), view=True)
    assert keys_of(table("cities", "id"), view, table("shops", "id", number("rich_id"))) == {
        "cities": [],
        "rich": [],
        "shops": [],
    }


def test_the_fingerprint_is_that_of_what_was_declared() -> None:
    tables = table("cities", "id"), table("shops", "id", number("city_id"))
    assert complete_keys(Schema("sqlite", tables)).fingerprint == Schema("sqlite", tables).fingerprint


WORDPRESS = (
    "CREATE TABLE wp_users (ID INTEGER PRIMARY KEY, user_login VARCHAR(60))",
    "CREATE TABLE wp_usermeta (umeta_id INTEGER PRIMARY KEY, user_id INTEGER, meta_key VARCHAR(60))",
    "CREATE TABLE wp_posts (ID INTEGER PRIMARY KEY, post_author INTEGER, post_title VARCHAR(60))",
    "CREATE TABLE wp_postmeta (meta_id INTEGER PRIMARY KEY, post_id INTEGER, meta_key VARCHAR(60))",
    "CREATE TABLE wp_comments (comment_ID INTEGER PRIMARY KEY, comment_post_ID INTEGER, user_id INTEGER)",
    "CREATE TABLE wp_commentmeta (meta_id INTEGER PRIMARY KEY, comment_id INTEGER, meta_key VARCHAR(60))",
    "CREATE TABLE wp_terms (term_id INTEGER PRIMARY KEY, name VARCHAR(60))",
    "CREATE TABLE wp_term_taxonomy (term_taxonomy_id INTEGER PRIMARY KEY, term_id INTEGER)",
    "CREATE TABLE wp_term_relationships (object_id INTEGER, term_taxonomy_id INTEGER)",
    "INSERT INTO wp_users VALUES (1, 'ann'), (2, 'bob')",
    "INSERT INTO wp_usermeta VALUES (1, 1, 'a'), (2, 2, 'a'), (3, 2, 'b')",
    "INSERT INTO wp_posts VALUES (5, 1, 'Hello'), (6, 2, 'Bye')",
    "INSERT INTO wp_postmeta VALUES (1, 5, 'a'), (2, 6, 'b')",
    "INSERT INTO wp_comments VALUES (1, 5, 1), (2, 5, 0), (3, 6, 0)",
    "INSERT INTO wp_commentmeta VALUES (1, 3, 'a')",
    "INSERT INTO wp_terms VALUES (1, 'news')",
    "INSERT INTO wp_term_taxonomy VALUES (1, 1)",
    "INSERT INTO wp_term_relationships VALUES (5, 1)",
)
WORDPRESS_KEYS = {
    "wp_usermeta.user_id": "wp_users.ID",
    "wp_postmeta.post_id": "wp_posts.ID",
    "wp_comments.comment_post_ID": "wp_posts.ID",
    "wp_comments.user_id": "wp_users.ID",
    "wp_commentmeta.comment_id": "wp_comments.comment_ID",
    "wp_term_taxonomy.term_id": "wp_terms.term_id",
    "wp_term_relationships.term_taxonomy_id": "wp_term_taxonomy.term_taxonomy_id",
}
SHOP = (
    "CREATE TABLE shop_users (id INTEGER PRIMARY KEY, name VARCHAR(60))",
    "CREATE TABLE shop_orders (id INTEGER PRIMARY KEY, user_id INTEGER, total INTEGER)",
)
ADDRESSES = (
    "CREATE TABLE address (id INTEGER PRIMARY KEY, city VARCHAR(60))",
    "CREATE TABLE person (id INTEGER PRIMARY KEY, billing_address_id INTEGER, old_address_id INTEGER)",
    "INSERT INTO address VALUES (1, 'Rome'), (2, 'Oslo')",
)


@pytest.mark.parametrize(
    ("statements", "keys"),
    [
        (WORDPRESS, WORDPRESS_KEYS),
        (SHOP, {"shop_orders.user_id": "shop_users.id"}),
        (
            (
                *SHOP,
                "INSERT INTO shop_users VALUES (1, 'Ann')",
                "INSERT INTO shop_orders VALUES (1, 1, 5), (2, 0, 5)",
            ),
            {"shop_orders.user_id": "shop_users.id"},
        ),
        # Values that are no keys over there: the name is another's.
        (
            (*SHOP, "INSERT INTO shop_users VALUES (1, 'Ann')", "INSERT INTO shop_orders VALUES (1, 70, 5)"),
            {},
        ),
        # A name that says less needs the values' word.
        (ADDRESSES, {}),
        (
            (*ADDRESSES, "INSERT INTO person VALUES (1, 2, 70), (2, 1, 71)"),
            {"person.billing_address_id": "address.id"},
        ),
        # Numbers of their own that happen to be alike.
        (
            (
                "CREATE TABLE red (meta_id INTEGER PRIMARY KEY, x INTEGER)",
                "CREATE TABLE blue (meta_id INTEGER PRIMARY KEY, x INTEGER)",
                "INSERT INTO red VALUES (1, 1), (2, 2)",
                "INSERT INTO blue VALUES (1, 1), (2, 2)",
            ),
            {},
        ),
        # A row that adds to another has its key.
        (
            (
                "CREATE TABLE person (id INTEGER PRIMARY KEY)",
                "CREATE TABLE staff (person_id INTEGER PRIMARY KEY, pay INTEGER)",
                "INSERT INTO person VALUES (1), (2)",
                "INSERT INTO staff VALUES (2, 5)",
            ),
            {"staff.person_id": "person.id"},
        ),
        # Of two tables that own the name, the one whose values are meant.
        (
            (
                "CREATE TABLE a (code_id INTEGER PRIMARY KEY)",
                "CREATE TABLE b (code_id INTEGER PRIMARY KEY)",
                "CREATE TABLE c (id INTEGER PRIMARY KEY, code_id INTEGER)",
                "INSERT INTO a VALUES (1), (2)",
                "INSERT INTO b VALUES (8), (9)",
                "INSERT INTO c VALUES (1, 8), (2, 9)",
            ),
            {"c.code_id": "b.code_id"},
        ),
        # Text is a key as well.
        (
            (
                "CREATE TABLE land (land_code VARCHAR(2) PRIMARY KEY)",
                "CREATE TABLE city (id INTEGER PRIMARY KEY, land_code VARCHAR(2))",
                "INSERT INTO land VALUES ('it'), ('no')",
                "INSERT INTO city VALUES (1, 'it'), (2, '')",
            ),
            {"city.land_code": "land.land_code"},
        ),
    ],
)
@pytest.mark.parametrize("engine", ["sqlite", "mysql"])
def test_names_and_values_together(
    engine: str,
    statements: tuple[str, ...],
    keys: dict[str, str],
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> None:
    if engine == "mysql":
        server: MariaDBServer = request.getfixturevalue("mariadb")
        url = server.create("keys", *statements)
    else:
        with closing(sqlite3.connect(tmp_path / "keys.sqlite")) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()
        url = f"sqlite:///{tmp_path}/keys.sqlite"
    with connect(url) as database:
        assert inferred(database) == keys


def inferred(database: Database) -> dict[str, str]:
    return {
        f"{table.name}.{key.columns[0]}": f"{key.referred_table}.{key.referred_columns[0]}"
        for table in database.schema().tables
        for key in table.foreign_keys
        if key.inferred
    }


def test_a_key_of_whole_numbers_may_hold_texts(tmp_path: Path) -> None:
    path = tmp_path / "parts.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE part (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES part (id))")
        connection.execute("INSERT INTO part VALUES (1, NULL), (2, 'A-17')")
    with connect(f"sqlite:///{path}") as database:
        assert [column.kind for column in database.schema().tables[0].columns] == ["number", "text"]


SALES = """
CREATE TABLE byr (byr_id INTEGER PRIMARY KEY, byr_nm TEXT, reg_dt TEXT);
CREATE TABLE ports (port_id INTEGER PRIMARY KEY, name TEXT, rounds INTEGER);
CREATE TABLE rounds (round_id INTEGER PRIMARY KEY, day TEXT);
CREATE TABLE sln (
  sln_id INTEGER PRIMARY KEY, byr INTEGER, home_port INTEGER, round INTEGER, guests INTEGER, rounds INTEGER
);
CREATE TABLE guests (guest_id INTEGER PRIMARY KEY, name TEXT);
INSERT INTO byr VALUES (1, 'Ann', NULL), (2, 'Bob', NULL), (3, 'Cid', NULL);
INSERT INTO ports VALUES (7, 'Hull', 2), (8, 'Wick', 2);
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
INSERT INTO rounds SELECT i, '2024-01-01' FROM n;
INSERT INTO guests SELECT round_id, 'x' FROM rounds WHERE round_id < 6;
INSERT INTO sln
SELECT round_id, 1 + round_id % 3, 7 + round_id % 2, 1 + round_id % 4, 1 + round_id % 5, 1 + round_id % 39
FROM rounds;
"""


def test_a_column_that_is_called_after_a_table_refers_to_it_where_its_keys_are_used(tmp_path: Path) -> None:
    path = tmp_path / "sales.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SALES)
    with connect(f"sqlite:///{path}") as database:
        sold = database.schema().table("sln")
    assert sold is not None
    # Neither the round of a day, 1 to 4 of 40 keys, nor numbers of guests and of rounds.
    assert [(key.columns, key.referred_table, key.inferred) for key in sold.foreign_keys] == [
        (("byr",), "byr", True),
        (("home_port",), "ports", True),
    ]


def test_without_a_look_at_the_data_nothing_refers_by_such_a_name() -> None:
    assert keys_of(table("buyers", "id"), table("notes", "id", number("buyer")))["notes"] == []
