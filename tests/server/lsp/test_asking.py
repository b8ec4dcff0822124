"""Which comments are questions: what people ask of a shop, and what stands in SQL files."""

from __future__ import annotations

import pytest

from sqloop.database.schema import Column, Schema, Table
from sqloop.lsp.features.asking import is_question, stems_of

COLUMNS = ("id", "name", "city", "owner", "type", "region", "created_at", "performance")
SHOP = Schema(
    "sqlite",
    tuple(
        Table(name, tuple(Column(each, "TEXT", "text") for each in COLUMNS))
        for name in ("customers", "orders", "tickets")
    ),
)


@pytest.mark.parametrize(
    "text",
    [
        "customers in Rome",
        "unpaid orders",
        "orders that are open",
        "the broken things",
        "revenue by month",
        "sales per store",
        "what does it cost",
        "no idea, but is anything late?",
        "show me the latest",
        "top 5 by amount",
        "select all customers from Rome",
        "with more than 5 orders, by city",
        "For each region: how many are there",
        "regulars without a purchase",
        "I need the orders of May",
    ],
)
def test_what_people_ask(text: str) -> None:
    assert is_question(text, stems_of(SHOP, ["regulars"]))


@pytest.mark.parametrize(
    "text",
    [
        "SELECT name FROM customers",
        "select name from customers",
        "DROP TABLE orders",
        "where city = 'Rome'",
        "left join orders on orders.id = tickets.id",
        "V1__init.sql",
        "2024-05-01 bob: added index",
        "2024-05-01 bob changed orders",
        "This script creates the customers table",
        "see ticket SHOP-123",
        "Created by: Bob Smith",
        "Last modified: 2024-01-01",
        "Type: TABLE; Schema: public; Owner: postgres",
        "Data for Name: orders; Type: TABLE DATA; Schema: public",
        "Section 2: customers",
        "region Customers",
        "depends on 003_orders.sql",
        "add foreign keys",
        "drop old tables first",
        "eslint-disable",
        "this is a hack because of performance",
        "orders are append-only",
        "The customers are imported nightly",
        "index on orders",
        "=== customers and orders ===",
        "liquibase formatted sql",
        "regulars without a purchase",
    ],
)
def test_what_stands_in_files(text: str) -> None:
    assert not is_question(text, stems_of(SHOP))
