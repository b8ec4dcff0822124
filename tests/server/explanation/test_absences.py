"""What "without" means in a query, and the NULL that makes NOT IN hold for no row."""

from __future__ import annotations

import pytest

from sqloop.database.schema import Column, ForeignKey, Schema, Table
from sqloop.explanation import explain_query

NO_ORDER = "A row of customers counts as one without orders if no row of orders belongs to it."
NO_BIG_ORDER = NO_ORDER.replace("orders belongs", "orders where total is greater than 5 belongs")
TRAP = "As soon as one orders.customer_id is empty (NULL), NOT IN holds for no row: nothing is found then."
LEFT = "SELECT COUNT(*) FROM customers AS c LEFT JOIN orders AS o ON o.customer_id = c.id"
NOT_IN = "SELECT name FROM customers WHERE id NOT IN (SELECT customer_id FROM orders{})"


@pytest.fixture(scope="module")
def schema() -> Schema:
    def table(name: str, *columns: str, keys: tuple[ForeignKey, ...] = ()) -> Table:
        made = (Column(each, "INTEGER", "number", nullable=False) for each in ("id", *columns[:1]))
        return Table(
            name, (*made, *(Column(each, "TEXT", "text") for each in columns[1:])), ("id",), foreign_keys=keys
        )

    refers = ForeignKey(("customer_id",), "customers", ("id",))
    return Schema(
        "sqlite",
        (
            table("customers", "name", "city"),
            table("orders", "placed_at", "customer_id", "total", "paid_at", keys=(refers,)),
            table("towns", "name", "twin"),
        ),
    )


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (f"{LEFT} WHERE o.id IS NULL", [NO_ORDER]),
        (f"{LEFT} WHERE o.customer_id IS NULL", [NO_ORDER]),
        (f"{LEFT} WHERE o.placed_at IS NULL", [NO_ORDER]),
        (
            f"{LEFT} WHERE NOT o.id IS NULL",
            ["The join keeps rows without any orders, but a condition on orders leaves them out again."],
        ),
        (
            f"{LEFT} AND o.total > 5 WHERE o.id IS NULL",
            [NO_BIG_ORDER.replace("where total", "where total of orders")],
        ),
        (
            f"{LEFT} AND o.total > {'5 + ' * 60} 5 WHERE o.id IS NULL",
            [NO_ORDER.replace("belongs", "that is asked for belongs")],
        ),
        (
            f"{LEFT} WHERE o.paid_at IS NULL",
            ["Rows whose orders.paid_at is empty (NULL), or that have no orders, are taken to have none."],
        ),
        (
            f"{LEFT} WHERE c.city IS NULL",
            ["Rows whose customers.city is empty (NULL) are taken to have none."],
        ),
        (
            "SELECT COUNT(*) FROM orders AS o RIGHT JOIN customers AS c ON o.customer_id = c.id "
            "WHERE o.id IS NULL",
            [NO_ORDER],
        ),
        (
            "SELECT COUNT(*) FROM customers AS c LEFT JOIN orders AS o USING (id) WHERE o.id IS NULL",
            [NO_ORDER],
        ),
        (
            "SELECT name FROM customers AS c "
            "WHERE NOT EXISTS (SELECT 1 FROM orders WHERE customer_id = c.id)",
            [NO_ORDER],
        ),
        (
            "SELECT name FROM customers WHERE NOT (EXISTS "
            "(SELECT 1 FROM orders WHERE total > 5 AND customer_id = customers.id))",
            [NO_BIG_ORDER],
        ),
        ("SELECT name FROM customers AS c WHERE EXISTS (SELECT 1 FROM orders WHERE customer_id = c.id)", []),
        ("SELECT name FROM customers AS c WHERE NOT EXISTS (SELECT 1 FROM orders)", []),
        (NOT_IN.format(""), [TRAP, NO_ORDER]),
        (NOT_IN.format(" WHERE total > 5"), [TRAP, NO_BIG_ORDER]),
        (NOT_IN.format(" WHERE customer_id IS NOT NULL"), [NO_ORDER]),
        (NOT_IN.format(" WHERE customer_id IS NOT NULL AND total > 5"), [NO_BIG_ORDER]),
        (
            NOT_IN.format(" WHERE customer_id IS NOT NULL OR total > 5"),
            [TRAP, NO_BIG_ORDER.replace("where ", "where customer_id is not NULL or ")],
        ),
        (NOT_IN.format(" JOIN customers AS c ON customer_id = c.id"), [NO_ORDER]),
        (NOT_IN.replace("NOT IN", "IN").format(""), []),
        (NOT_IN.replace("customer_id", "placed_at").format(""), []),
        (
            "SELECT twin FROM towns "
            "WHERE id NOT IN (SELECT id FROM orders UNION SELECT customer_id FROM orders)",
            [TRAP],
        ),
        (f"SELECT name FROM customers WHERE {' AND '.join(['id > 1'] * 1500)}", []),
    ],
)
def test_what_counts_as_without(sql: str, said: list[str], schema: Schema) -> None:
    found = explain_query(sql, "sqlite", schema).assumptions
    assert [each for each in found if "joined" not in each and "left out" not in each] == said
