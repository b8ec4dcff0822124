"""`self_storage` of this package: thirteen tables of a company that lets storage units at five sites.

Every key is declared, names are plain and amounts are dollars. A rental without an end is still running.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from benchmarks.blind.rows import Rows, numbered, words

DDL = (
    """CREATE TABLE sites (
        site_id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        city TEXT NOT NULL,
        opened_on DATE NOT NULL,
        has_loading_dock INTEGER NOT NULL
    )""",
    """CREATE TABLE unit_types (
        unit_type_id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        square_feet INTEGER NOT NULL,
        base_monthly_rate NUMERIC NOT NULL
    )""",
    """CREATE TABLE units (
        unit_id INTEGER PRIMARY KEY,
        site_id INTEGER NOT NULL REFERENCES sites(site_id),
        unit_type_id INTEGER NOT NULL REFERENCES unit_types(unit_type_id),
        unit_number TEXT NOT NULL,
        floor INTEGER NOT NULL,
        climate_controlled INTEGER NOT NULL
    )""",
    """CREATE TABLE employees (
        employee_id INTEGER PRIMARY KEY,
        site_id INTEGER NOT NULL REFERENCES sites(site_id),
        first_name TEXT NOT NULL,
        last_name TEXT NOT NULL,
        position TEXT NOT NULL,
        hire_date DATE NOT NULL,
        hourly_wage NUMERIC NOT NULL
    )""",
    """CREATE TABLE customers (
        customer_id INTEGER PRIMARY KEY,
        first_name TEXT NOT NULL,
        last_name TEXT NOT NULL,
        customer_type TEXT NOT NULL,
        email TEXT NOT NULL,
        city TEXT NOT NULL,
        signup_date DATE NOT NULL
    )""",
    """CREATE TABLE rentals (
        rental_id INTEGER PRIMARY KEY,
        customer_id INTEGER NOT NULL REFERENCES customers(customer_id),
        unit_id INTEGER NOT NULL REFERENCES units(unit_id),
        signed_by INTEGER NOT NULL REFERENCES employees(employee_id),
        start_date DATE NOT NULL,
        end_date DATE,
        monthly_rate NUMERIC NOT NULL,
        deposit NUMERIC NOT NULL
    )""",
    """CREATE TABLE invoices (
        invoice_id INTEGER PRIMARY KEY,
        rental_id INTEGER NOT NULL REFERENCES rentals(rental_id),
        invoice_date DATE NOT NULL,
        amount NUMERIC NOT NULL
    )""",
    """CREATE TABLE payments (
        payment_id INTEGER PRIMARY KEY,
        invoice_id INTEGER NOT NULL REFERENCES invoices(invoice_id),
        payment_date DATE NOT NULL,
        amount NUMERIC NOT NULL,
        payment_method TEXT NOT NULL
    )""",
    """CREATE TABLE insurance_plans (
        plan_id INTEGER PRIMARY KEY,
        plan_name TEXT NOT NULL,
        coverage_amount INTEGER NOT NULL,
        monthly_premium NUMERIC NOT NULL
    )""",
    """CREATE TABLE rental_insurance (
        rental_id INTEGER NOT NULL REFERENCES rentals(rental_id),
        plan_id INTEGER NOT NULL REFERENCES insurance_plans(plan_id),
        PRIMARY KEY (rental_id, plan_id)
    )""",
    """CREATE TABLE products (
        product_id INTEGER PRIMARY KEY,
        product_name TEXT NOT NULL,
        category TEXT NOT NULL,
        price NUMERIC NOT NULL
    )""",
    """CREATE TABLE product_sales (
        sale_id INTEGER PRIMARY KEY,
        product_id INTEGER NOT NULL REFERENCES products(product_id),
        site_id INTEGER NOT NULL REFERENCES sites(site_id),
        customer_id INTEGER REFERENCES customers(customer_id),
        sale_date DATE NOT NULL,
        quantity INTEGER NOT NULL
    )""",
    """CREATE TABLE maintenance_requests (
        request_id INTEGER PRIMARY KEY,
        unit_id INTEGER NOT NULL REFERENCES units(unit_id),
        reported_date DATE NOT NULL,
        completed_date DATE,
        problem TEXT NOT NULL,
        cost NUMERIC
    )""",
)

# City, opened, has a loading dock.
SITES = """
Riverside|Portland|2011-03-14|1
Airport Road|Portland|2014-09-01|1
Capitol Way|Salem|2016-06-20|0
Millrace|Eugene|2018-02-05|1
Cascade View|Bend|2021-10-11|0
"""
# Square feet, rate.
TYPES = """
Locker|25|45
Small|50|79
Medium|100|129
Large|200|209
Garage|300|289
"""
# Coverage, premium.
PLANS = """
Basic|2000|9
Standard|5000|16
Premium|10000|27
"""
# Category, price.
PRODUCTS = """
Small moving box|Boxes|2.5
Large moving box|Boxes|4.25
Wardrobe box|Boxes|12
Packing tape|Packing|3.75
Bubble wrap roll|Packing|15.5
Furniture blanket|Protection|18
Mattress cover|Protection|11.25
Disc padlock|Locks|16
Combination padlock|Locks|21.5
Hand truck|Equipment|64
Sofa cover|Protection|13.5
"""
FIRST = """
Alan|Beatriz|Carla|David|Elaine|Felix|Gloria|Henry|Irene|Jerome|Kayla|Luis|Megan|Nathan|Olivia|Paul
Quinn|Rachel|Samuel|Teresa|Ulrich|Vanessa|Walter|Yvonne|Zachary
"""
LAST = """
Adams|Bennett|Campbell|Diaz|Edwards|Foster|Gomez|Harris|Ingram|Jensen|Kim|Lopez|Mitchell|Nelson
Ortiz|Peterson|Ramirez|Schmidt|Thompson|Vargas|Watson|Xu|Yamamoto|Zimmerman
"""
PROBLEMS = "Door stuck|Water leak|Light out|Broken lock|Pest control|Alarm fault"
FIRST_DAY, LAST_DAY = date(2020, 1, 2), date(2024, 12, 30)


def self_storage() -> dict[str, Rows]:
    """The rows of all tables, each after those that it refers to."""
    random = Random(1203)
    units = _units(random)
    employees = _employees(random)
    customers, rentals, insured = _rentals(random, units, employees)
    invoices, payments = _invoices(random, rentals)
    return {
        "sites": numbered(SITES),
        "unit_types": numbered(TYPES),
        "insurance_plans": numbered(PLANS),
        "products": numbered(PRODUCTS),
        "units": units,
        "employees": employees,
        "customers": customers,
        "rentals": rentals,
        "rental_insurance": insured,
        "invoices": invoices,
        "payments": payments,
        "product_sales": _product_sales(random, customers),
        "maintenance_requests": _requests(random, units),
    }


def _open_sites(day: date) -> list[int]:
    return [number for number, _, _, opened, _ in numbered(SITES) if opened <= str(day)]


def _units(random: Random) -> Rows:
    rows: Rows = []
    for site, count in enumerate((110, 90, 70, 80, 50), 1):
        for place in range(count):
            floor = place * 3 // count
            # Garages are on the ground floor.
            kind = random.choices((1, 2, 3, 4, 5), (4, 6, 6, 3, 0 if floor else 3))[0]
            climate = 1 if random.random() < (0.5 if kind < 5 else 0.1) else 0
            rows.append((len(rows) + 1, site, kind, f"{floor}{place:03d}", floor, climate))
    return rows


def _employees(random: Random) -> Rows:
    wages = {"Site Manager": 31.0, "Clerk": 19.5, "Maintenance": 23.25}
    rows: Rows = []
    for site, _, _, opened, _ in numbered(SITES):
        first = date.fromisoformat(opened)
        for position in ("Site Manager", "Clerk", "Clerk", "Maintenance")[: 3 if site == 5 else 4]:
            longest = 30 if position == "Site Manager" else (date(2022, 1, 1) - first).days
            hired = first + timedelta(days=random.randint(0, longest))
            name = random.choice(words(FIRST)), random.choice(words(LAST))
            wage = wages[position] + random.randint(0, 10) * 0.25
            rows.append((len(rows) + 1, site, *name, position, str(hired), wage))
    return rows


def _rentals(random: Random, units: Rows, employees: Rows) -> tuple[Rows, Rows, Rows]:
    customers: Rows = []
    rentals: Rows = []
    insured: Rows = []
    free = {row[0]: date(2020, 1, 1) for row in units}
    day = FIRST_DAY
    while day < LAST_DAY:
        for _ in range(random.choice((0, 0, 1, 1, 2))):
            site = random.choice((1, 1, 1, 2, 2, 3, 3, 4, 4, 5))
            vacant = [row for row in units if row[1] == site and free[row[0]] <= day]
            if not vacant or site not in _open_sites(day):
                continue
            number = len(rentals) + 1
            known = bool(customers) and random.random() < 0.22
            customer = random.randint(1, len(customers)) if known else len(customers) + 1
            if not known:
                customers.append((customer, *_customer(random, customer, day, site)))
            unit, rate, end = _terms(random, vacant, day)
            free[unit] = end + timedelta(days=3)
            clerks = [row[0] for row in employees if row[1] == site and row[4] != "Maintenance"]
            ended = str(end) if end <= date(2024, 12, 31) else None
            terms = customer, unit, random.choice(clerks), str(day), ended, rate
            rentals.append((number, *terms, random.choice((0, 50, 50, 100))))
            if random.random() < 0.55:
                insured.append((number, random.choice((1, 1, 2, 2, 2, 3))))
        # Some sign up and never rent.
        if random.random() < 0.02:
            customer = len(customers) + 1
            name = random.choice(words(FIRST)), random.choice(words(LAST))
            city = random.choice(("Portland", "Salem", "Bend"))
            customers.append((customer, *name, "Residential", _mail(customer), city, str(day)))
        day += timedelta(days=1)
    return customers, rentals, insured


def _mail(customer: int) -> str:
    return f"customer{customer}@mail.example"


def _customer(random: Random, number: int, day: date, site: int) -> tuple[Any, ...]:
    signup = day - timedelta(days=random.randint(0, 6))
    city = numbered(SITES)[site - 1][2]
    if random.random() >= 0.75:
        city = random.choice(("Corvallis", "Gresham", "Beaverton", "Hillsboro", "Redmond"))
    name = random.choice(words(FIRST)), random.choice(words(LAST))
    kind = "Business" if random.random() < 0.2 else "Residential"
    return *name, kind, _mail(number), city, str(signup)


def _terms(random: Random, vacant: Rows, day: date) -> tuple[int, int, date]:
    """A unit, its rate for a month and the day on which the rental ends."""
    unit = random.choice(vacant)
    base = int(numbered(TYPES)[unit[2] - 1][3])
    rate = base + (12 if unit[5] else 0) + (day.year - 2020) * 4 + random.choice((-5, 0, 0, 0, 5))
    return unit[0], rate, day + timedelta(days=max(30, int(random.expovariate(1 / 330))))


def _invoices(random: Random, rentals: Rows) -> tuple[Rows, Rows]:
    invoices: Rows = []
    payments: Rows = []
    methods = ("Credit card", "Credit card", "Credit card", "Bank transfer", "Bank transfer", "Check", "Cash")
    for rental, _, _, _, start, end, rate, _ in rentals:
        day, last = date.fromisoformat(start), date.fromisoformat(end or "2024-12-31")
        while day < last:
            number = len(invoices) + 1
            invoices.append((number, rental, str(day), rate))
            if random.random() < (0.985 if day < date(2024, 11, 1) else 0.8):
                paid = day + timedelta(days=random.choice((0, 0, 0, 0, 2, 3, 8, 17, 34)))
                payments.append((len(payments) + 1, number, str(paid), rate, random.choice(methods)))
            day += timedelta(days=30)
    return invoices, payments


def _product_sales(random: Random, customers: Rows) -> Rows:
    products = numbered(PRODUCTS)
    rows: Rows = []
    day = FIRST_DAY
    while day <= LAST_DAY:
        for _ in range(random.choice((0, 0, 1, 2, 3))):
            known = [row[0] for row in customers[:400] if row[6] <= str(day)] if random.random() < 0.6 else []
            product = random.choices(products, (10, 9, 3, 9, 5, 4, 3, 8, 3, 1, 2))[0]
            site = random.choice(_open_sites(day))
            customer = random.choice(known) if known else None
            amounts = (1, 2, 5, 10, 10, 20) if product[2] == "Boxes" else (1, 1, 1, 2, 3)
            rows.append((len(rows) + 1, product[0], site, customer, str(day), random.choice(amounts)))
        day += timedelta(days=1)
    return rows


def _requests(random: Random, units: Rows) -> Rows:
    rows: Rows = []
    day = date(2020, 2, 3)
    while day < LAST_DAY:
        done = day + timedelta(days=int(random.expovariate(1 / 9)))
        finished = done <= LAST_DAY and random.random() < 0.97
        sites = _open_sites(day)
        unit = random.choice([row[0] for row in units if row[1] in sites])
        problem = random.choice(words(PROBLEMS))
        cost = random.randint(4, 90) * 5 if finished else None
        rows.append((len(rows) + 1, unit, str(day), str(done) if finished else None, problem, cost))
        day += timedelta(days=random.randint(1, 8))
    return rows
