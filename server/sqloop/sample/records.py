"""Rows of the sample database that other rows depend on. Money in euros, dates as ISO text."""

from __future__ import annotations

from typing import NamedTuple


class Product(NamedTuple):
    """One row of ``products``; money in euros, dates as ISO text."""

    product_id: int
    name: str
    category_id: int
    supplier_id: int
    price: float
    cost: float
    weight_grams: int | None
    stock: int
    launched_on: str
    discontinued: int


class Employee(NamedTuple):
    """One row of ``employees``; no store means head office or warehouse."""

    employee_id: int
    first_name: str
    last_name: str
    job_title: str
    store_id: int | None
    manager_id: int | None
    hired_on: str
    salary: int


class Customer(NamedTuple):
    """One row of ``customers``."""

    customer_id: int
    first_name: str
    last_name: str
    email: str | None
    city: str
    country: str
    joined_on: str
    loyalty_tier: str | None


class Order(NamedTuple):
    """One row of ``orders``; no store means that it came by web or phone, and nobody sold it."""

    order_id: int
    customer_id: int
    store_id: int | None
    sold_by: int | None
    packed_by: int | None
    ordered_on: str
    channel: str
    payment_method: str
    status: str


class OrderItem(NamedTuple):
    """One row of ``order_items``."""

    order_item_id: int
    order_id: int
    product_id: int
    quantity: int
    unit_price: float
