"""What Summit Supply sold and took back: orders, their items, returns."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from random import Random
from typing import Any

from sqloop.sample import vocabulary as words
from sqloop.sample.records import Customer, Employee, Order, OrderItem, Product

ORDERS = 3_300
FIRST_DAY, LAST_DAY = date(2021, 1, 1), date(2024, 12, 31)
MONTHS = {
    "summer": (3, 3, 5, 8, 11, 13, 13, 10, 6, 4, 4, 6),
    "winter": (12, 9, 5, 3, 2, 1, 1, 2, 5, 9, 14, 18),
    "all year": (5, 5, 7, 8, 9, 9, 9, 9, 8, 8, 9, 12),
}
"""How much of a season's goods is sold in each month, relative to the others."""


def _order_days(random: Random) -> list[date]:
    days = [FIRST_DAY + timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]
    weights = [
        sum(MONTHS[season][day.month - 1] for season in MONTHS)
        * (1 + 0.22 * (day.year - FIRST_DAY.year))
        * (1.7 if day.weekday() >= 5 else 1.0)
        for day in days
    ]
    return sorted(random.choices(days, weights, k=ORDERS))


def make_orders(random: Random, customers: list[Customer], employees: list[Employee]) -> list[Order]:
    """The orders by day; `customers` stand in the order in which they joined."""
    # A customer's share of the orders falls with a power of a random rank: few regulars, many once-only.
    loyalty = list(accumulate(min((1 - random.random()) ** -0.55, 15) for _ in customers))
    rows: list[Order] = []
    known = 0
    for number, ordered in enumerate(_order_days(random), 1):
        day = ordered.isoformat()
        while known < len(customers) and customers[known].joined_on <= day:
            known += 1
        customer = random.choices(customers[:known], cum_weights=loyalty[:known])[0]
        store = _store_of(random, customer, day)
        staff = [
            each.employee_id
            for each in employees
            if each.store_id == store and each.hired_on <= day and (store or each.job_title == "Packer")
        ]
        rows.append(
            Order(
                order_id=number,
                customer_id=customer.customer_id,
                store_id=store,
                sold_by=random.choice(staff) if store else None,
                packed_by=random.choice(staff) if random.random() < 0.96 else None,
                ordered_on=day,
                channel="in store" if store else random.choices(("web", "phone"), (9, 1))[0],
                payment_method=random.choices(("card", "cash", "gift card"), (16, 7, 2))[0]
                if store
                else random.choices(("card", "paypal", "invoice", "gift card"), (11, 8, 3, 1))[0],
                status=_status(random, ordered, store),
            )
        )
    return rows


def _store_of(random: Random, customer: Customer, day: str) -> int | None:
    """A shop in the customer's city if one is open, now and then one in the country, else None: online."""
    shops = [
        (n, city, country) for n, (_, city, country, opened, _) in enumerate(words.STORES, 1) if opened <= day
    ]
    near = [n for n, city, _ in shops if city == customer.city]
    if near and random.random() < 0.8:
        return near[0]
    home = [n for n, _, country in shops if country == customer.country]
    return random.choice(home) if home and random.random() < 0.2 else None


def _status(random: Random, ordered: date, store: int | None) -> str:
    if store:
        return "completed"
    if ordered > date(2024, 12, 20):
        return random.choice(("pending", "shipped"))
    return random.choices(("completed", "cancelled"), (94, 6))[0]


def make_order_items(random: Random, orders: list[Order], products: list[Product]) -> list[OrderItem]:
    """One to four different products for each order, of those launched by then."""
    # One product in twenty has never found a buyer; dear goods sell less often than cheap ones.
    fame = [
        (1 - random.random()) ** -0.5 * 60 / (60 + each.price) if random.random() < 0.95 else 0.0
        for each in products
    ]

    @cache
    def on_sale(month: int, launched: int) -> list[float]:
        """Cumulated weights of the products, for a month of the year and the number of those launched."""
        shelf = set(by_launch[:launched])
        seasons = [MONTHS[words.CATEGORIES[each.category_id - 1][1]][month - 1] for each in products]
        return list(accumulate(fame[n] * seasons[n] * (n in shelf) for n in range(len(products))))

    by_launch = sorted(range(len(products)), key=lambda n: products[n].launched_on)
    rows: list[OrderItem] = []
    launched = 0
    for order in orders:
        while launched < len(products) and products[by_launch[launched]].launched_on <= order.ordered_on:
            launched += 1
        weights = on_sale(int(order.ordered_on[5:7]), launched)
        lines = random.choices((1, 2, 3, 4), (52, 28, 14, 6))[0]
        for index in sorted(set(random.choices(range(len(products)), cum_weights=weights, k=lines))):
            product = products[index]
            price = _price(random, product, order.ordered_on)
            rows.append(
                OrderItem(
                    len(rows) + 1, order.order_id, product.product_id, _quantity(random, product), price
                )
            )
    return rows


def _quantity(random: Random, product: Product) -> int:
    return random.choices((1, 2, 3, 4), (70, 18, 8, 4) if product.price < 80 else (93, 6, 1, 0))[0]


def _price(random: Random, product: Product, day: str) -> float:
    """The price of the day in euros: lower in earlier years, and now and then on sale."""
    then = 1 - 0.03 * (LAST_DAY.year - int(day[:4]))
    sale = 0.8 if day[5:7] in ("01", "07") and random.random() < 0.5 else 1.0
    return round(product.price * then * sale, 2)


def make_returns(random: Random, orders: list[Order], items: list[OrderItem]) -> list[tuple[Any, ...]]:
    """What came back, by day: more of it after web orders, some refunded by half."""
    reasons = [reason for reason, _ in words.RETURN_REASONS]
    weights = [weight for _, weight in words.RETURN_REASONS]
    rows: list[tuple[str, int, str | None, float]] = []
    for item in items:
        order = orders[item.order_id - 1]
        chance = 0.05 if order.store_id else 0.11
        if order.status != "completed" or random.random() >= chance:
            continue
        returned = min(
            date.fromisoformat(order.ordered_on) + timedelta(days=random.randrange(2, 31)), LAST_DAY
        )
        reason = random.choices(reasons, weights)[0] if random.random() < 0.88 else None
        share = 1.0 if random.random() < 0.85 else 0.5
        refund = round(item.quantity * item.unit_price * share, 2)
        rows.append((returned.isoformat(), item.order_item_id, reason, refund))
    return [
        (number, item, returned, reason, refund)
        for number, (returned, item, reason, refund) in enumerate(sorted(rows, key=lambda row: row[:2]), 1)
    ]
