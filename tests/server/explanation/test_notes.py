"""Which words of the glossary an explanation names: those that the query uses, however it is spelt."""

from __future__ import annotations

import pytest

from sqloop.database.schema import Column, Schema, Table
from sqloop.explanation import explain_query
from sqloop.glossary import Entry, Glossary

ENTRIES = {
    "active customers": "customers.status = 'A'",
    "big": "total > 1000",
    "unshipped": "shipped_at IS NULL",
    "shipped": "shipped_at IS NOT NULL",
    "northern": "region IN ('N', 'NE')",
    "spring": "placed_at BETWEEN '2024-03-01' AND '2024-05-31'",
    "enabled": "customers.enabled = 1",
    "good": "status = 'A' AND region = 'N'",
    "revenue": "SUM(qty * price)",
    "share": "1.0 * SUM(qty) / COUNT(DISTINCT customer_id)",
    "paid revenue": "SUM(CASE WHEN paid = 1 THEN price END)",
    "shopper": "EXISTS (SELECT 1 FROM orders AS o WHERE o.customer_id = customers.id)",
    "their orders": "JOIN orders ON orders.customer_id = customers.id",
}
GLOSSARY = Glossary(
    (
        *(Entry(name, sql=sql) for name, sql in ENTRIES.items()),
        Entry("late", "shipped_at is more than a week after it was placed"),
        Entry("clients", "whoever is in customers"),
        Entry("keen", "they like us"),
    )
)


@pytest.fixture(scope="module")
def schema() -> Schema:
    def table(name: str, *columns: str) -> Table:
        return Table(name, tuple(Column(each, "TEXT", "text", nullable=False) for each in columns), ("id",))

    return Schema(
        "sqlite",
        (
            table("customers", "id", "name", "status", "region", "enabled"),
            table("orders", "id", "customer_id", "total", "shipped_at", "placed_at", "qty", "price", "paid"),
            table("suppliers", "id", "status"),
        ),
    )


@pytest.mark.parametrize(
    ("word", "sql", "used"),
    [
        ("active customers", "SELECT COUNT(*) FROM customers", False),
        ("active customers", "SELECT COUNT(*) FROM customers WHERE status = 'A'", True),
        (
            "active customers",
            "SELECT COUNT(*) FROM customers AS c WHERE 'A' = c.Status AND c.region = 'N'",
            True,
        ),
        ("active customers", "SELECT COUNT(*) FROM customers WHERE status IN ('A', 'B')", True),
        ("active customers", "SELECT COUNT(*) FROM customers WHERE status <> 'A'", True),
        ("active customers", "SELECT COUNT(*) FROM customers WHERE status = 'B'", False),
        ("active customers", "SELECT status FROM customers WHERE region = 'A'", False),
        ("active customers", "SELECT COUNT(*) FROM suppliers WHERE status = 'A'", False),
        ("active customers", "SELECT COUNT(CASE WHEN status = 'A' THEN 1 END) FROM customers", True),
        ("big", "SELECT id FROM orders WHERE 1000.0 < total", True),
        ("big", "SELECT id FROM orders WHERE total > 100", False),
        ("unshipped", "SELECT id FROM orders WHERE shipped_at IS NULL", True),
        ("unshipped", "SELECT id FROM orders WHERE shipped_at > '2024-01-01'", False),
        ("shipped", "SELECT id FROM orders WHERE shipped_at IS NULL", True),
        ("shipped", "SELECT id FROM orders WHERE NOT shipped_at IS NULL", True),
        ("shipped", "SELECT id FROM orders WHERE shipped_at > '2024-01-01'", False),
        ("northern", "SELECT id FROM customers WHERE region = 'N' OR region = 'NE'", True),
        ("northern", "SELECT id FROM customers WHERE region = 'N'", False),
        (
            "spring",
            "SELECT id FROM orders WHERE placed_at >= '2024-03-01' AND placed_at <= '2024-05-31'",
            True,
        ),
        ("enabled", "SELECT id FROM customers WHERE enabled", True),
        ("enabled", "SELECT id, enabled FROM customers", False),
        ("good", "SELECT id FROM customers WHERE region = 'N' AND status = 'A'", True),
        ("good", "SELECT id FROM customers WHERE region = 'N'", False),
        ("revenue", "SELECT SUM(o.price * o.qty) FROM orders AS o", True),
        ("revenue", "SELECT SUM(qty), AVG(price) FROM orders", False),
        ("share", "SELECT SUM(qty) * 1.0 / COUNT(DISTINCT customer_id) FROM orders", True),
        ("share", "SELECT SUM(qty) * 1.0 / COUNT(customer_id) FROM orders", False),
        ("paid revenue", "SELECT SUM(price) FROM orders WHERE paid = 1", True),
        ("paid revenue", "SELECT SUM(price) FROM orders", False),
        ("shopper", "SELECT name FROM customers WHERE id IN (SELECT customer_id FROM orders)", True),
        ("shopper", "SELECT name FROM customers", False),
        ("their orders", "SELECT c.id FROM customers AS c JOIN orders AS o ON o.customer_id = c.id", True),
        ("their orders", "SELECT id FROM customers", False),
        ("late", "SELECT id FROM orders WHERE JULIANDAY(shipped_at) > JULIANDAY(placed_at) + 7", True),
        ("late", "SELECT id FROM orders", False),
        ("clients", "SELECT id FROM customers", True),
        ("clients", "SELECT id FROM suppliers", False),
        ("keen", "SELECT id FROM suppliers", True),
    ],
)
def test_a_word_is_taken_for_granted_where_the_query_uses_it(
    word: str, sql: str, used: bool, schema: Schema
) -> None:
    notes = [note for note in GLOSSARY.notes(f"which are the {word} here?", schema) if note.name == word]
    assert notes
    said = explain_query(sql, "sqlite", schema, notes).assumptions
    assert any(each.startswith(f"“{word}” means") for each in said) == used


def test_a_meaning_of_several_lines_stays_on_its_line(schema: Schema) -> None:
    notes = Glossary((Entry("keen", "they\nlike us"),)).notes("keen clients", schema)
    told = explain_query("SELECT id FROM customers", "sqlite", schema, notes)
    assert told.assumptions[0] == "“keen” means they like us (glossary)."
