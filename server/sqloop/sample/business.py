"""The rows of the sample database: Summit Supply, an outdoor-gear retailer with eight shops and a web shop.

Orders run from 2021 to 2024, grow from year to year and follow the seasons; a few customers buy often and
most buy once or twice. Each table draws from a random stream of its own, so that a change to one leaves
the others as they are. Only `Random` methods whose results are the same in all Python versions are used.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from sqloop.sample import vocabulary as words
from sqloop.sample.ddl import DDL
from sqloop.sample.records import Customer, Employee, Product
from sqloop.sample.trade import make_order_items, make_orders, make_returns

TABLES = (
    "categories",
    "suppliers",
    "products",
    "stores",
    "employees",
    "customers",
    "orders",
    "order_items",
    "returns",
)
"""Each table comes after those that it refers to; the first column of each is its key."""

CUSTOMERS = 1_150


def create(connection: sqlite3.Connection) -> None:
    """Create and fill all tables of the sample database in one transaction."""
    connection.executescript(DDL)
    with connection:
        for table, rows in business().items():
            marks = ", ".join("?" * len(rows[0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def business() -> dict[str, Sequence[tuple[Any, ...]]]:
    """The rows of all tables, by name, in the order of `TABLES`; the same on every machine."""
    products = _products(_stream("products"))
    employees = _employees(_stream("employees"))
    customers = _customers(_stream("customers"))
    orders = make_orders(_stream("orders"), customers, employees)
    items = make_order_items(_stream("order_items"), orders, products)
    return {
        "categories": [(n, name, season) for n, (name, season, *_) in enumerate(words.CATEGORIES, 1)],
        "suppliers": [(n, *row) for n, row in enumerate(words.SUPPLIERS, 1)],
        "products": products,
        "stores": [(n, *row) for n, row in enumerate(words.STORES, 1)],
        "employees": employees,
        "customers": customers,
        "orders": orders,
        "order_items": items,
        "returns": make_returns(_stream("returns"), orders, items),
    }


def _stream(table: str) -> Random:
    return Random(f"Summit Supply {table}")


def _day(random: Random, first: date, last: date) -> str:
    return (first + timedelta(days=random.randrange((last - first).days + 1))).isoformat()


def _products(random: Random) -> list[Product]:
    rows: list[Product] = []
    for category, (_, _, suppliers, goods) in enumerate(words.CATEGORIES, 1):
        for noun, price, weight in goods:
            for line in words.LINES:
                if random.random() < 0.45:
                    continue
                actual = round(price * (0.75 + 0.6 * random.random())) - 0.05
                years = (2018, 2020) if random.random() < 0.6 else (2021, 2024)
                rows.append(
                    Product(
                        product_id=len(rows) + 1,
                        name=f"{line} {noun}",
                        category_id=category,
                        supplier_id=random.choice(suppliers),
                        price=actual,
                        cost=round(actual * (0.38 + 0.24 * random.random()), 2),
                        weight_grams=weight and int(round(weight * (0.85 + 0.3 * random.random()), -1)),
                        stock=random.randrange(0, 140) if random.random() < 0.93 else 0,
                        launched_on=_day(random, date(years[0], 2, 1), date(years[1], 9, 30)),
                        discontinued=int(random.random() < 0.11),
                    )
                )
    return rows


def _employees(random: Random) -> list[Employee]:
    rows = [Employee(1, "Margaret", "Lockwood", "Managing Director", None, None, "2014-01-06", 118_000)]

    def hire(
        title: str, store: int | None, manager: int, opened: str, salary: int, last: date = date(2024, 9, 1)
    ) -> int:
        hired = opened if "Manager" in title else _day(random, date.fromisoformat(opened), last)
        pay = int(round(salary * (0.9 + 0.25 * random.random()), -2))
        name = random.choice(words.FIRST_NAMES), random.choice(words.LAST_NAMES)
        rows.append(Employee(len(rows) + 1, *name, title, store, manager, hired, pay))
        return len(rows)

    warehouse = hire("Warehouse Manager", None, 1, "2014-02-01", 52_000)
    for _ in range(6):
        hire("Packer", None, warehouse, "2015-01-01", 27_500, last=date(2020, 12, 1))
    for store, (_, _, _, opened, area) in enumerate(words.STORES, 1):
        manager = hire("Store Manager", store, 1, opened, 46_000)
        for number in range(area // 110):
            title, pay = ("Sales Assistant", 28_000) if number % 3 else ("Senior Sales Assistant", 34_000)
            hire(title, store, manager, opened, pay)
    return rows


def _customers(random: Random) -> list[Customer]:
    weights = [weight for *_, weight in words.CITIES]
    joined = sorted(_day(random, date(2019, 3, 1), date(2024, 11, 30)) for _ in range(CUSTOMERS))
    rows: list[Customer] = []
    for number, day in enumerate(joined, 1):
        first, last = random.choice(words.FIRST_NAMES), random.choice(words.LAST_NAMES)
        city, country, _ = random.choices(words.CITIES, weights)[0]
        handle = f"{first}.{last}{number}".lower().replace("'", "").replace("ü", "ue")
        email = f"{handle}@mail.example" if random.random() < 0.9 else None
        tier = random.choices((None, "bronze", "silver", "gold"), (40, 32, 19, 9))[0]
        rows.append(Customer(number, first, last, email, city, country, day, tier))
    return rows
