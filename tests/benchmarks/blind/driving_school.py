"""`driving_school` of this package: thirteen tables of a driving school with three branches.

Every key is declared and names are plain. ``pupils.referred_by`` is a pupil; ``purchases.price_paid`` may be
less than ``packages.price``.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from benchmarks.blind.rows import Rows, numbered, words

DDL = (
    """CREATE TABLE branches (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        postcode TEXT NOT NULL
    )""",
    """CREATE TABLE instructors (
        id INTEGER PRIMARY KEY,
        branch_id INTEGER NOT NULL REFERENCES branches(id),
        first_name TEXT NOT NULL,
        last_name TEXT NOT NULL,
        grade TEXT NOT NULL,
        hired_on DATE NOT NULL
    )""",
    """CREATE TABLE languages (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL
    )""",
    """CREATE TABLE instructor_languages (
        instructor_id INTEGER NOT NULL REFERENCES instructors(id),
        language_id INTEGER NOT NULL REFERENCES languages(id),
        PRIMARY KEY (instructor_id, language_id)
    )""",
    """CREATE TABLE cars (
        id INTEGER PRIMARY KEY,
        branch_id INTEGER NOT NULL REFERENCES branches(id),
        registration TEXT NOT NULL,
        make TEXT NOT NULL,
        model TEXT NOT NULL,
        transmission TEXT NOT NULL,
        fuel TEXT NOT NULL,
        bought_on DATE NOT NULL,
        mileage INTEGER NOT NULL
    )""",
    """CREATE TABLE car_services (
        id INTEGER PRIMARY KEY,
        car_id INTEGER NOT NULL REFERENCES cars(id),
        serviced_on DATE NOT NULL,
        garage TEXT NOT NULL,
        cost NUMERIC NOT NULL
    )""",
    """CREATE TABLE packages (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        hours INTEGER NOT NULL,
        price NUMERIC NOT NULL
    )""",
    """CREATE TABLE pupils (
        id INTEGER PRIMARY KEY,
        branch_id INTEGER NOT NULL REFERENCES branches(id),
        first_name TEXT NOT NULL,
        last_name TEXT NOT NULL,
        birth_date DATE NOT NULL,
        joined_on DATE NOT NULL,
        referred_by INTEGER REFERENCES pupils(id)
    )""",
    """CREATE TABLE purchases (
        id INTEGER PRIMARY KEY,
        pupil_id INTEGER NOT NULL REFERENCES pupils(id),
        package_id INTEGER NOT NULL REFERENCES packages(id),
        purchased_on DATE NOT NULL,
        price_paid NUMERIC NOT NULL
    )""",
    """CREATE TABLE lessons (
        id INTEGER PRIMARY KEY,
        pupil_id INTEGER NOT NULL REFERENCES pupils(id),
        instructor_id INTEGER NOT NULL REFERENCES instructors(id),
        car_id INTEGER NOT NULL REFERENCES cars(id),
        lesson_date DATE NOT NULL,
        start_time TEXT NOT NULL,
        duration_minutes INTEGER NOT NULL,
        lesson_type TEXT NOT NULL,
        status TEXT NOT NULL
    )""",
    """CREATE TABLE lesson_ratings (
        lesson_id INTEGER PRIMARY KEY REFERENCES lessons(id),
        rating INTEGER NOT NULL,
        comment TEXT
    )""",
    """CREATE TABLE test_centres (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        distance_miles NUMERIC NOT NULL
    )""",
    """CREATE TABLE driving_tests (
        id INTEGER PRIMARY KEY,
        pupil_id INTEGER NOT NULL REFERENCES pupils(id),
        test_centre_id INTEGER NOT NULL REFERENCES test_centres(id),
        test_date DATE NOT NULL,
        minor_faults INTEGER NOT NULL,
        serious_faults INTEGER NOT NULL,
        result TEXT NOT NULL
    )""",
)

BRANCHES = """
Northgate|LS7 2AB
Harehills|LS8 5QT
Kirkstall|LS5 3HD
"""
# Branch, name, grade, hired.
TEACHERS = """
1|Graham|Tully|A|2009-04-06
1|Samina|Rafiq|B|2017-01-09
1|Helen|Doyle|A|2013-08-19
1|Marcus|Obi|Trainee|2023-10-02
2|Denise|Walton|A|2011-11-14
2|Kamal|Hossain|B|2018-03-26
2|Iwona|Zielinska|B|2019-06-03
2|Lee|Parsons|Trainee|2024-02-12
3|Fiona|Mercer|A|2014-05-12
3|Andre|Baptiste|B|2020-09-07
3|Jill|Thackray|B|2016-02-22
3|Omar|Saleh|B|2022-01-10
"""
LANGUAGES = """
English
Urdu
Polish
Bengali
Arabic
French
"""
# What instructors speak beside English.
SPEAK = {2: (2,), 6: (4, 2), 7: (3,), 10: (6,), 12: (5, 6), 4: (6,)}
# Model, transmission, fuel.
CARS = """
Ford|Fiesta|Manual|Petrol
Toyota|Yaris|Automatic|Hybrid
Vauxhall|Corsa|Manual|Petrol
Renault|Zoe|Automatic|Electric
Peugeot|208|Manual|Diesel
Mini|Cooper|Manual|Petrol
Kia|Picanto|Manual|Petrol
Nissan|Leaf|Automatic|Electric
"""
# Hours, price.
PACKAGES = """
Starter|5|165
Classic|10|320
Intensive|30|930
Refresher|3|105
Motorway|2|78
Test Day|2|95
"""
# Miles.
CENTRES = """
Horsforth|5.2
Harehills Lane|2.4
Colton|6.8
Wakefield|11.5
"""
FIRST = """
Aaron|Bethany|Chloe|Danielle|Ethan|Farah|Georgia|Harvey|Isla|Jacob|Katie|Liam|Maya|Natalie|Oscar
Poppy|Rhys|Sana|Tyler|Umar|Victoria|William|Yasmin|Zara
"""
LAST = """
Akhtar|Barker|Clarke|Dawson|Ellison|Firth|Greenwood|Holroyd|Iqbal|Jowett|Khan|Lister|Metcalfe|Naylor
Oldroyd|Pickles|Robertshaw|Sutcliffe|Townend|Verity|Wainwright|Yeadon
"""
LAST_DAY = date(2024, 12, 31)


def driving_school() -> dict[str, Rows]:
    """The rows of all tables, each after those that it refers to."""
    random = Random(88)
    cars = _cars(random)
    services = _services(random, cars)
    pupils = _Pupils(random, cars)
    pupils.fill()
    return {
        "branches": numbered(BRANCHES),
        "instructors": numbered(TEACHERS),
        "languages": numbered(LANGUAGES),
        "instructor_languages": [
            (row[0], language) for row in numbered(TEACHERS) for language in (1, *SPEAK.get(row[0], ()))
        ],
        "cars": cars,
        "car_services": services,
        "packages": numbered(PACKAGES),
        "test_centres": numbered(CENTRES),
        "pupils": pupils.pupils,
        "purchases": pupils.purchases,
        "lessons": pupils.lessons,
        "lesson_ratings": pupils.ratings,
        "driving_tests": pupils.tests,
    }


def _cars(random: Random) -> Rows:
    models = numbered(CARS)
    rows: Rows = []
    for number in range(1, 17):
        model = models[number * 5 % 8 if number > 8 else number - 1][1:]
        bought = date(2018, 1, 10) + timedelta(days=random.randint(0, 1700))
        letters = "".join(random.choice("ABCDEFGHJKLMN") for _ in range(3))
        mileage = (LAST_DAY - bought).days * random.randint(22, 41)
        plate = f"YK{bought.year % 100}{letters}"
        rows.append((number, (number - 1) % 3 + 1, plate, *model, str(bought), mileage))
    return rows


def _services(random: Random, cars: Rows) -> Rows:
    rows: Rows = []
    for car in cars:
        day = date.fromisoformat(car[7]) + timedelta(days=random.randint(150, 220))
        while day < LAST_DAY:
            garage = random.choice(("Aire Valley Motors", "Kirkstall Garage", "Quick Fix Tyres"))
            cost = random.randint(60, 480) + random.choice((0, 0.5))
            rows.append((len(rows) + 1, car[0], str(day), garage, cost))
            day += timedelta(days=random.randint(120, 230))
    return rows


class _Pupils:
    """The pupils, one after the other, with what each buys, learns and takes."""

    def __init__(self, random: Random, cars: Rows) -> None:
        self.random, self.cars = random, cars
        self.pupils: Rows = []
        self.purchases: Rows = []
        self.lessons: Rows = []
        self.ratings: Rows = []
        self.tests: Rows = []

    def fill(self) -> None:
        random = self.random
        for number in range(1, 521):
            branch = random.choices((1, 2, 3), (5, 4, 4))[0]
            joined = date(2021, 1, 4) + timedelta(days=1440 * (number - 1) // 520 + random.randint(0, 2))
            age = int(365.25 * 17) + int(random.expovariate(1 / 1300)) + 3
            name = random.choice(words(FIRST)), random.choice(words(LAST))
            friend = random.randint(1, number - 1) if number > 10 and random.random() < 0.21 else None
            dates = str(joined - timedelta(days=age)), str(joined)
            self.pupils.append((number, branch, *name, *dates, friend))
            # Some never come.
            if random.random() >= 0.06:
                self._buy(number, joined)
                self._test(number, self._learn(number, branch, joined))

    def _buy(self, pupil: int, joined: date) -> None:
        random = self.random
        count = random.choice((1, 1, 2, 3))
        for package in dict.fromkeys(random.choices(numbered(PACKAGES), (8, 8, 2, 1, 1, 2), k=count)):
            bought = joined + timedelta(days=random.randint(0, 90))
            price = round(int(package[3]) * random.choice((1, 1, 1, 1, 0.9)), 2)
            self.purchases.append((len(self.purchases) + 1, pupil, package[0], str(bought), price))

    def _learn(self, pupil: int, branch: int, joined: date) -> date:
        """Give the lessons of a pupil; the day on which the next one would be."""
        random = self.random
        gears = "Automatic" if random.random() < 0.3 else "Manual"
        team = [row for row in numbered(TEACHERS) if row[1] == str(branch) and row[5] <= str(joined)]
        own = random.choice(team)
        fitting = [row[0] for row in self.cars if row[5] == gears]
        fleet = [row[0] for row in self.cars if row[5] == gears and row[1] == branch] or fitting
        count = max(2, int(random.gauss(15, 7)))
        day = joined + timedelta(days=random.randint(2, 14))
        for place in range(count):
            if day > LAST_DAY:
                break
            teacher = own if random.random() < 0.85 else random.choice(team)
            kind = "Standard"
            if place >= count - 2:
                kind = random.choice(("Standard", "Mock test", "Motorway", "Night"))
            status = random.choices(("Completed", "Cancelled", "No show"), (90, 7, 3))[0]
            car, hour = random.choice(fleet), random.randint(8, 18)
            time, minutes = f"{hour:02d}:{random.choice(('00', '30'))}", random.choice((60, 60, 60, 90, 120))
            number = len(self.lessons) + 1
            self.lessons.append((number, pupil, teacher[0], car, str(day), time, minutes, kind, status))
            if status == "Completed" and random.random() < 0.3:
                self._rate(number, teacher)
            day += timedelta(days=random.choice((3, 5, 7, 7, 7, 10, 14)))
        return day

    def _rate(self, lesson: int, teacher: tuple[Any, ...]) -> None:
        random = self.random
        rating = min(5, max(1, round(random.gauss(4.2 if teacher[4] == "A" else 3.8, 0.9))))
        comments = None, None, "Very patient", "Clear explanations", "Arrived late", "Felt rushed"
        self.ratings.append((lesson, rating, random.choice(comments)))

    def _test(self, pupil: int, day: date) -> None:
        random, chance = self.random, 0.42
        for _ in range(4):
            day += timedelta(days=random.randint(7, 60))
            if day > LAST_DAY or random.random() < 0.18:
                break
            passed = random.random() < chance
            centre = random.choices((1, 2, 3, 4), (4, 5, 3, 2))[0]
            minor = random.randint(0, 9) if passed else random.randint(3, 17)
            serious, result = (0, "Pass") if passed else (random.choice((1, 1, 1, 2, 3)), "Fail")
            self.tests.append((len(self.tests) + 1, pupil, centre, str(day), minor, serious, result))
            if passed:
                break
            chance += 0.08
