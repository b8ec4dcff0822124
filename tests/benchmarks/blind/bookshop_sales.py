"""Who buys in `bookshop`, and what: customers and sales."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from benchmarks.blind.bookshop_names import CITIES, FIRST, LAST, STAFF
from benchmarks.blind.rows import Rows, numbered, words


def make_customers(random: Random) -> Rows:
    """The rows of ``customer``."""
    first, last, cities = words(FIRST), words(LAST), words(CITIES)
    rows: Rows = []
    for number in range(1, 801):
        name = random.choice(first), random.choice(last)
        joined = datetime(2018, 1, 5) + timedelta(minutes=random.randint(0, 7 * 365 * 1440 - 9000))
        joined = joined.replace(hour=9 + joined.hour % 10, second=random.randint(0, 59))
        mail = None
        if random.random() >= 0.08:
            mail = f"reader{number}@{random.choice(('mail.example', 'post.example', 'inbox.example'))}"
        city, newsletter = random.choice(cities), "Y" if random.random() < 0.56 else "N"
        account = "inactive" if random.random() < 0.17 else "active"
        rows.append((number, *name, mail, city, str(joined), newsletter, account))
    return rows


def make_sales(random: Random, editions: Rows, popular: list[float], customers: Rows) -> tuple[Rows, Rows]:
    """The rows of ``sale`` and ``sale_line``; `popular` has a weight for each edition."""
    # The last customers have never bought anything; the last editions have never been sold.
    regulars = [random.paretovariate(1.5) for _ in customers]
    regulars[-60:] = [0.0] * 60
    sales: Rows = []
    lines: Rows = []
    moment = datetime(2022, 1, 3, 9, 30)
    while moment < datetime(2024, 12, 31, 17):
        number, december = len(sales) + 1, moment.month == 12
        sales.append((number, *_sale(random, moment, customers, regulars)))
        wanted = random.choice((1, 1, 1, 2, 2, 3, 5))
        places = random.choices(range(len(editions) - 6), popular[:-6], k=wanted)
        for line, place in enumerate(dict.fromkeys(places), 1):
            isbn, price = editions[place][0], editions[place][5]
            if random.random() < 0.15:
                price = int(price * 0.9)
            quantity = random.choice((*[1] * 12, 2, 2, 3))
            wrapped = "Y" if random.random() < (0.3 if december else 0.06) else "N"
            lines.append((number, line, isbn, quantity, price, wrapped))
        gap = random.expovariate(1 / 95) * (0.45 if december else 1)
        moment += timedelta(minutes=1 + gap, seconds=random.randint(0, 59))
        if moment.hour >= 18:
            morning = timedelta(days=1, hours=9, minutes=random.randint(0, 50))
            moment = datetime.combine(moment.date(), datetime.min.time()) + morning
        moment = moment.replace(microsecond=0)
    return sales, lines


def _sale(random: Random, moment: datetime, customers: Rows, regulars: list[float]) -> tuple[Any, ...]:
    shop = random.choices((1, 2, 3), (5, 4, 2))[0]
    channel = random.choices(("shop", "web", "phone"), (78, 17, 5))[0]
    today = str(moment.date())
    team = [
        number
        for number, _, _, at, _, hired, left, _ in numbered(STAFF)
        if int(at) == shop and hired <= today <= (left or today)
    ]
    customer = None
    if channel != "shop" or random.random() < 0.55:
        customer = random.choices(customers, regulars)[0]
    known = customer[0] if customer and customer[5] <= str(moment) else None
    seller = None if channel == "web" else random.choice(team)
    payment = "card"
    if channel == "shop":
        payment = random.choices(("card", "cash", "voucher"), (70, 22, 8))[0]
    return shop, seller, known, str(moment), channel, payment, 1 if random.random() < 0.03 else 0
