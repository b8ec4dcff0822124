"""`bookshop` of this package: eighteen tables and four views of a bookseller with three shops.

No key to another table is declared. Prices are pence, ``event_booking.booked_ts`` counts seconds since 1970
(UTC). Flags are Y and N (`adult`, `in_print`, `checked`, `newsletter`, `gift_wrap`, `deposit_paid`,
`attended`), 1 and 0 (`has_cafe`, `keyholder`, `voided`, `cancelled`) or words (`supplier.status`,
`customer.account`). ``sale_line.unit_pence`` is what was paid, ``edition.list_price_pence`` the price of the
list. Titles, surnames and places are often words that questions use: "It", "Best", "Reading".
"""

from __future__ import annotations

from calendar import timegm
from datetime import date, datetime, timedelta
from random import Random

from benchmarks.blind.bookshop_names import (
    BOOKS,
    EVENTS,
    GENRES,
    PUBLISHERS,
    SHOPS,
    STAFF,
    SUPPLIERS,
)
from benchmarks.blind.bookshop_sales import make_customers, make_sales
from benchmarks.blind.rows import Rows, numbered, words

DDL = (
    """CREATE TABLE genre (
        code CHAR(3) PRIMARY KEY,
        label VARCHAR(40) NOT NULL,
        adult CHAR(1) NOT NULL
    )""",
    """CREATE TABLE author (
        author_id INTEGER PRIMARY KEY,
        full_name VARCHAR(80) NOT NULL,
        country VARCHAR(40),
        born_year INTEGER
    )""",
    """CREATE TABLE book (
        book_id INTEGER PRIMARY KEY,
        title VARCHAR(120) NOT NULL,
        author_id INTEGER,
        genre_code CHAR(3),
        first_published INTEGER
    )""",
    """CREATE TABLE publisher (
        publisher_id INTEGER PRIMARY KEY,
        name VARCHAR(60) NOT NULL,
        city VARCHAR(40)
    )""",
    """CREATE TABLE edition (
        isbn CHAR(13) PRIMARY KEY,
        book_id INTEGER,
        publisher_id INTEGER,
        binding VARCHAR(12),
        pages INTEGER,
        list_price_pence INTEGER,
        released DATE,
        in_print CHAR(1)
    )""",
    """CREATE TABLE shop (
        shop_id INTEGER PRIMARY KEY,
        shop_name VARCHAR(40),
        city VARCHAR(40),
        opened_on DATE,
        has_cafe TINYINT(1)
    )""",
    """CREATE TABLE staff (
        staff_id INTEGER PRIMARY KEY,
        first_name VARCHAR(30),
        last_name VARCHAR(30),
        shop_id INTEGER,
        job VARCHAR(30),
        hired DATE,
        left_on DATE,
        keyholder TINYINT(1)
    )""",
    """CREATE TABLE supplier (
        supplier_id INTEGER PRIMARY KEY,
        name VARCHAR(60),
        city VARCHAR(40),
        status VARCHAR(10)
    )""",
    """CREATE TABLE stock (
        isbn CHAR(13),
        shop_id INTEGER,
        qty INTEGER,
        reorder_level INTEGER,
        PRIMARY KEY (isbn, shop_id)
    )""",
    """CREATE TABLE delivery (
        delivery_id INTEGER PRIMARY KEY,
        supplier INTEGER,
        shop INTEGER,
        arrived_at DATETIME,
        checked CHAR(1)
    )""",
    """CREATE TABLE delivery_line (
        delivery_id INTEGER,
        isbn CHAR(13),
        qty INTEGER,
        cost_pence INTEGER
    )""",
    """CREATE TABLE customer (
        customer_id INTEGER PRIMARY KEY,
        first_name VARCHAR(30),
        last_name VARCHAR(40),
        email VARCHAR(80),
        city VARCHAR(40),
        joined_at DATETIME,
        newsletter CHAR(1),
        account VARCHAR(10)
    )""",
    """CREATE TABLE sale (
        sale_id INTEGER PRIMARY KEY,
        shop_id INTEGER,
        staff_id INTEGER,
        customer_id INTEGER,
        sold_at DATETIME,
        channel VARCHAR(10),
        payment VARCHAR(10),
        voided TINYINT(1)
    )""",
    """CREATE TABLE sale_line (
        sale_id INTEGER,
        line_no INTEGER,
        isbn CHAR(13),
        qty INTEGER,
        unit_pence INTEGER,
        gift_wrap CHAR(1),
        PRIMARY KEY (sale_id, line_no)
    )""",
    """CREATE TABLE special_order (
        order_no INTEGER PRIMARY KEY,
        customer_id INTEGER,
        isbn CHAR(13),
        shop_id INTEGER,
        placed_at DATETIME,
        collected_at DATETIME,
        status VARCHAR(12),
        deposit_paid CHAR(1)
    )""",
    """CREATE TABLE event (
        event_id INTEGER PRIMARY KEY,
        title VARCHAR(80),
        shop_id INTEGER,
        author_id INTEGER,
        starts_at DATETIME,
        minutes INTEGER,
        ticket_pence INTEGER,
        capacity INTEGER,
        cancelled TINYINT(1)
    )""",
    """CREATE TABLE event_booking (
        booking_id INTEGER PRIMARY KEY,
        event_id INTEGER,
        customer_id INTEGER,
        seats INTEGER,
        booked_ts INTEGER,
        attended CHAR(1)
    )""",
    """CREATE TABLE staff_pick (
        staff_id INTEGER,
        book_id INTEGER,
        picked_on DATE,
        stars INTEGER,
        PRIMARY KEY (staff_id, book_id)
    )""",
    """CREATE VIEW v_sales AS
        SELECT s.sale_id, s.sold_at, sh.shop_name, s.channel, l.isbn, b.title, l.qty,
            l.qty * l.unit_pence AS line_pence
        FROM sale s JOIN sale_line l ON l.sale_id = s.sale_id JOIN edition e ON e.isbn = l.isbn
        JOIN book b ON b.book_id = e.book_id JOIN shop sh ON sh.shop_id = s.shop_id
        WHERE s.voided = 0""",
    """CREATE VIEW customer_summary AS
        SELECT c.customer_id, c.first_name || ' ' || c.last_name AS customer, c.city,
            COUNT(s.sale_id) AS sales,
        MAX(s.sold_at) AS last_sale
        FROM customer c LEFT JOIN sale s ON s.customer_id = c.customer_id AND s.voided = 0
        GROUP BY c.customer_id""",
    """CREATE VIEW low_stock AS
        SELECT st.isbn, b.title, sh.shop_name, st.qty, st.reorder_level
        FROM stock st JOIN edition e ON e.isbn = st.isbn JOIN book b ON b.book_id = e.book_id
        JOIN shop sh ON sh.shop_id = st.shop_id
        WHERE st.qty < st.reorder_level AND e.in_print = 'Y'""",
    """CREATE VIEW event_seats AS
        SELECT e.event_id, e.title, e.starts_at, e.capacity, COALESCE(SUM(b.seats), 0) AS seats_booked
        FROM event e LEFT JOIN event_booking b ON b.event_id = e.event_id
        WHERE e.cancelled = 0 GROUP BY e.event_id""",
)

PRICES = {"paperback": 999, "hardback": 2000, "audio": 1499, "large print": 1699}


def bookshop() -> dict[str, Rows]:
    """The rows of all tables."""
    random = Random(41)
    authors, books = _catalogue()
    editions = _editions(random, books)
    popular = [random.paretovariate(1.3) for _ in editions]
    stock = _stock(random, editions)
    deliveries, delivered = _deliveries(random, editions)
    customers = make_customers(random)
    sales, sold = make_sales(random, editions, popular, customers)
    orders = _special_orders(random, editions)
    events, bookings = _events(random, authors, books)
    return {
        "genre": [row[1:] for row in numbered(GENRES)],
        "author": authors,
        "book": books,
        "publisher": numbered(PUBLISHERS),
        "edition": editions,
        "shop": numbered(SHOPS),
        "staff": numbered(STAFF),
        "supplier": numbered(SUPPLIERS),
        "stock": stock,
        "delivery": deliveries,
        "delivery_line": delivered,
        "customer": customers,
        "sale": sales,
        "sale_line": sold,
        "special_order": orders,
        "event": events,
        "event_booking": bookings,
        "staff_pick": _picks(random, books),
    }


def _catalogue() -> tuple[Rows, Rows]:
    authors: Rows = []
    books: Rows = []
    for number, name, country, born, titles in numbered(BOOKS.replace("\n    ", "")):
        authors.append((number, name, country, int(born)))
        for each in titles.split(";"):
            title, genre, year = each.rsplit(",", 2)
            books.append((len(books) + 1, title, number, genre, int(year)))
    return authors, books


def _editions(random: Random, books: Rows) -> Rows:
    publishers = len(numbered(PUBLISHERS))
    rows: Rows = []
    for book, _, _, genre, year in books:
        bindings = ["paperback"]
        for binding, share in (("hardback", 0.55), ("audio", 0.18), ("large print", 0.12)):
            if random.random() < share:
                bindings.append(binding)
        short = genre in ("CHI", "POE")
        for binding in bindings:
            price = PRICES[binding] + random.choice((-200, -100, 0, 0, 100, 200, 300))
            price += 500 if genre in ("COO", "HIS") else -200 if short else 0
            out = max(year, random.randint(1996, 2023)), random.randint(1, 12), random.randint(1, 28)
            pages = random.randint(32, 220) if short else random.randint(140, 780)
            isbn = f"978{random.randint(10**9, 10**10 - 1)}"
            # The last publisher has no edition.
            made = isbn, book, random.randint(1, publishers - 1), binding
            printed = None if binding == "audio" else pages, price, str(date(*out))
            rows.append((*made, *printed, "N" if random.random() < 0.14 else "Y"))
    return rows


def _stock(random: Random, editions: Rows) -> Rows:
    return [
        (edition[0], shop, max(0, int(random.gauss(6, 5))), random.choice((2, 3, 3, 4, 5)))
        for edition in editions
        for shop in (1, 2, 3)
        if random.random() < 0.8
    ]


def _deliveries(random: Random, editions: Rows) -> tuple[Rows, Rows]:
    deliveries: Rows = []
    lines: Rows = []
    day = datetime(2022, 1, 4)
    while day < datetime(2024, 12, 28):
        number = len(deliveries) + 1
        parties = random.choice((1, 1, 1, 1, 2, 3, 3, 4, 5, 7)), random.choice((1, 1, 2, 2, 3))
        arrived = day + timedelta(minutes=random.randint(450, 840))
        deliveries.append((number, *parties, str(arrived), "N" if random.random() < 0.07 else "Y"))
        for place in random.sample(range(len(editions)), random.randint(3, 14)):
            isbn, price = editions[place][0], editions[place][5]
            lines.append((number, isbn, random.randint(1, 12), int(price * random.uniform(0.48, 0.66))))
        day += timedelta(days=random.choice((1, 2, 2, 3)))
    return deliveries, lines


def _special_orders(random: Random, editions: Rows) -> Rows:
    rows: Rows = []
    moment = datetime(2022, 2, 1, 10)
    while moment < datetime(2024, 12, 22):
        status = "collected"
        if moment >= datetime(2024, 10, 20):
            status = random.choice(("new", "open", "open", "ready", "collected"))
        if random.random() < 0.09:
            status = "cancelled"
        collected = None
        if status == "collected":
            wait = timedelta(days=random.randint(2, 21), minutes=random.randint(-50, 300))
            collected = str(moment + wait)
        order = random.randint(1, 800), random.choice(editions)[0], random.choice((1, 1, 2, 3)), str(moment)
        paid = "Y" if random.random() < 0.4 else "N"
        rows.append((5000 + len(rows), *order, collected, status, paid))
        moment += timedelta(
            hours=random.randint(2, 44), minutes=random.randint(0, 59), seconds=random.randint(0, 59)
        )
        moment = moment.replace(hour=9 + moment.hour % 9)
    return rows


def _events(random: Random, authors: Rows, books: Rows) -> tuple[Rows, Rows]:
    events: Rows = []
    bookings: Rows = []
    forms, living = words(EVENTS), [row for row in authors if row[3] > 1940]
    day = datetime(2022, 1, 20)
    while day < datetime(2024, 12, 20):
        title, author = random.choice(forms), None
        if "{" in title:
            guest = random.choice(living)
            author = guest[0]
            title = title.format(a=guest[1], t=random.choice([row[1] for row in books if row[2] == author]))
        morning = "Morning" in title
        hour = 10 if morning else random.choice((18, 19, 19))
        start = day.replace(hour=hour, minute=random.choice((0, 30)))
        cancelled = 1 if random.random() < 0.09 else 0
        capacity = random.choice((20, 30, 40, 60))
        shop, minutes = random.choice((1, 1, 2, 3)), random.choice((45, 60, 75, 90, 120))
        free = morning or random.random() < 0.25
        price = 0 if free else random.choice((400, 500, 800, 1200))
        number = len(events) + 1
        events.append((number, title, shop, author, str(start), minutes, price, capacity, cancelled))
        left = int(capacity * random.uniform(0.3, 1.0)) if random.random() > 0.06 else 0
        for booking in _bookings(random, start, left, cancelled):
            bookings.append((len(bookings) + 1, number, *booking))
        day += timedelta(days=random.choice((3, 5, 7, 7, 9)))
    return events, bookings


def _bookings(random: Random, start: datetime, left: int, cancelled: int) -> Rows:
    rows: Rows = []
    while left > 0:
        seats = min(left, random.choice((1, 1, 2, 2, 3, 4)))
        left -= seats
        days, hours = random.randint(0, 40), random.randint(1, 9)
        minutes, seconds = random.randint(0, 59), random.randint(0, 59)
        booked = start - timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        customer, moment = random.randint(1, 760), timegm(booked.timetuple())
        rows.append((customer, seats, moment, "N" if cancelled or random.random() < 0.15 else "Y"))
    return rows


def _picks(random: Random, books: Rows) -> Rows:
    rows: Rows = []
    for member, *_, hired, left, _ in numbered(STAFF):
        first = max(date.fromisoformat(hired), date(2022, 1, 1))
        last = date.fromisoformat(left or "2024-12-15")
        for book in random.sample(books, random.randint(4, 14)):
            picked = first + timedelta(days=random.randint(0, (last - first).days))
            rows.append((member, book[0], str(picked), random.randint(3, 5)))
    return rows
