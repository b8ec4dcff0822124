"""`video_hire` of this package: eleven tables and two views of a hire shop for films and games.

A hire is paid by none, one or two payments; ``payment.paid_ts`` counts seconds since 1970 (UTC). The columns
of ``title_category``, ``store.manager_id``, ``staff.store_id``, ``member.store_id`` and ``payment.hire_id``
refer to other tables without saying so.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from unicodedata import normalize

from benchmarks.blind.rows import Rows, numbered

DDL = (
    """CREATE TABLE city (
        city_id INTEGER PRIMARY KEY,
        city VARCHAR(40) NOT NULL,
        country VARCHAR(40) NOT NULL
    )""",
    """CREATE TABLE address (
        address_id INTEGER PRIMARY KEY,
        street VARCHAR(60) NOT NULL,
        postcode VARCHAR(10),
        city_id INTEGER NOT NULL REFERENCES city (city_id)
    )""",
    """CREATE TABLE store (
        store_id INTEGER PRIMARY KEY,
        store_name VARCHAR(40) NOT NULL,
        address_id INTEGER NOT NULL REFERENCES address (address_id),
        manager_id INTEGER NOT NULL
    )""",
    """CREATE TABLE staff (
        staff_id INTEGER PRIMARY KEY,
        first_name VARCHAR(40) NOT NULL,
        last_name VARCHAR(40) NOT NULL,
        email VARCHAR(60),
        store_id INTEGER NOT NULL,
        active CHAR(1) NOT NULL DEFAULT 'Y'
    )""",
    """CREATE TABLE member (
        member_id INTEGER PRIMARY KEY,
        first_name VARCHAR(40) NOT NULL,
        last_name VARCHAR(40) NOT NULL,
        email VARCHAR(60),
        address_id INTEGER NOT NULL REFERENCES address (address_id),
        store_id INTEGER NOT NULL,
        active CHAR(1) NOT NULL DEFAULT 'Y',
        newsletter VARCHAR(3) NOT NULL DEFAULT 'no',
        joined_at DATETIME NOT NULL
    )""",
    """CREATE TABLE category (
        category_id INTEGER PRIMARY KEY,
        name VARCHAR(30) NOT NULL
    )""",
    """CREATE TABLE title (
        title_id INTEGER PRIMARY KEY,
        name VARCHAR(80) NOT NULL,
        kind VARCHAR(10) NOT NULL,
        release_year INTEGER NOT NULL,
        language VARCHAR(20) NOT NULL,
        length_min INTEGER,
        age_rating VARCHAR(5) NOT NULL,
        hire_rate DECIMAL(5, 2) NOT NULL,
        replacement_cost DECIMAL(5, 2) NOT NULL
    )""",
    """CREATE TABLE title_category (
        title_id INTEGER NOT NULL,
        category_id INTEGER NOT NULL,
        PRIMARY KEY (title_id, category_id)
    )""",
    """CREATE TABLE copy (
        copy_id INTEGER PRIMARY KEY,
        title_id INTEGER NOT NULL REFERENCES title (title_id),
        store_id INTEGER NOT NULL REFERENCES store (store_id),
        format VARCHAR(12) NOT NULL,
        damaged VARCHAR(3) NOT NULL DEFAULT 'no'
    )""",
    """CREATE TABLE hire (
        hire_id INTEGER PRIMARY KEY,
        copy_id INTEGER NOT NULL REFERENCES copy (copy_id),
        member_id INTEGER NOT NULL REFERENCES member (member_id),
        staff_id INTEGER NOT NULL REFERENCES staff (staff_id),
        hired_at DATETIME NOT NULL,
        returned_at DATETIME
    )""",
    """CREATE TABLE payment (
        payment_id INTEGER PRIMARY KEY,
        hire_id INTEGER NOT NULL,
        member_id INTEGER NOT NULL REFERENCES member (member_id),
        amount DECIMAL(6, 2) NOT NULL,
        method VARCHAR(10) NOT NULL,
        paid_ts INTEGER NOT NULL
    )""",
    """CREATE VIEW member_list AS
        SELECT m.member_id AS id, m.first_name || ' ' || m.last_name AS name, a.street, a.postcode,
            c.city, c.country, CASE m.active WHEN 'Y' THEN 'active' ELSE '' END AS notes, m.store_id AS sid
        FROM member m JOIN address a ON a.address_id = m.address_id JOIN city c ON c.city_id = a.city_id""",
    """CREATE VIEW title_list AS
        SELECT t.title_id AS tid, t.name AS title, c.name AS category, t.hire_rate AS price, t.length_min
        FROM title t JOIN title_category tc ON tc.title_id = t.title_id
        JOIN category c ON c.category_id = tc.category_id""",
)

CITIES = """
Bristol|United Kingdom
Bath|United Kingdom
Cardiff|United Kingdom
Málaga|Spain
Cádiz|Spain
Kraków|Poland
Łódź|Poland
Nîmes|France
Lyon|France
Köln|Germany
Essen|Germany
Perth|Australia
"""
STREETS = """
Long Lane|Market Street|Station Road|First Avenue|Old Mill Way
Castle Hill|Harbour Walk|Best Street|Church Row|Abbey Close
"""
STORES = (
    (1, "Old Harbour", 1, 2),
    (2, "Market Square", 2, 5),
    (3, "Station Arcade", 3, 9),
    (4, "Playa Norte", 4, 12),
)
# Store, "N" where they have left.
STAFF = """
Nell|Fairweather|1|N
Idris|Bevan|1|Y
Tom|Short|1|Y
Zoë|Harker|1|Y
Graham|Major|2|Y
Siân|Pugh|2|Y
Ola|Wrona|2|N
Kit|Marlow|2|Y
Dilys|Rowe|3|Y
Marc|Thévenot|3|Y
June|Abbott|3|N
Álvaro|Quesada|4|Y
Rocío|Luna|4|Y
Ben|Lastra|4|Y
"""
CATEGORIES = "Action|Comedy|Drama|Horror|Family|Science Fiction|Documentary|Thriller|Music|Puzzle"
# Kind, year, language, minutes, rating, rate, replacement cost, categories.
TITLES = """
Paid in Full|film|2011|English|124|15|3.50|18.99|3 8
The Longest Year|film|1998|English|168|12|2.50|14.50|3
Total Return|film|2020|English|107|18|4.50|24.00|1 8
No Late Fees|film|2016|English|94|12|3.00|15.75|2
Count Me In|film|2009|English|101|PG|2.50|13.20|2 9
The Average Hero|film|2018|English|116|12|3.50|19.90|1 2
Between Two Rivers|film|2003|English|143|15|2.50|16.00|3
Best of Enemies|film|1994|English|99|15|2.00|11.40|2 3
Less Than Human|film|2021|English|131|18|4.50|25.50|4 6
More Than Ever|film|2014|English|112|PG|3.00|14.80|3 9
NEVER AGAIN|film|1987|English|89|18|2.00|12.60|4
Without a Trace of Rain|film|2007|English|118|12|2.50|15.10|7
Members Only|film|2019|English|103|18|4.00|21.30|4 8
Copy That|film|2022|English|97|12|4.50|22.75|1 2
Return to Sender Street|film|1991|English|109|PG|2.00|10.90|5
Active Duty Free|film|2005|English|92|15|2.50|12.35|1 2
The Missing Copy|film|2017|English|121|15|3.50|20.15|8
Sum of Shadows|film|2013|English|137|18|3.50|18.40|4 8
Every Other Friday|film|2010|English|88|12|3.00|13.95|2 3
The Price of Salt Water|film|2023|English|156|15|5.00|27.80|3 7
Top Ten Lies|film|2015|English|105|15|3.00|16.70|2 8
Last Order at the Crown|film|2002|English|96|15|2.50|12.90|2
Summer Opening Hours|film|2019|English|84|U|3.50|17.25|5
All Stores Closed|film|2020|English|113|18|4.00|23.60|4
Monthly Moon|film|2021|English|149|12|4.50|26.20|6
Two Days per Week|film|1989|English|91|U|2.00|9.80|5 9
The Tin Cosmonaut|film|1996|English|128|PG|2.50|14.10|5 6
Orbit Nine Is Empty|film|2022|English|162|15|5.00|28.30|6 8
How Bees Count|film|2018|English|78|U|3.00|14.40|5 7
Café Nocturne|film|2012|French|117|15|3.00|17.60|3 9
L'Été sans fin|film|2008|French|104|12|2.50|15.90|2 3
Le Dernier Péage|film|2016|French|132|18|3.50|19.20|8
Mémoires d'un chat|film|2020|French|83|U|3.50|16.85|5
La Nuit des Grues|film|1993|French|147|18|2.50|13.70|1 4
Où va le Rhône|film|2014|French|95|U|2.50|12.75|7
Señor Invierno|film|2017|Spanish|111|12|3.00|16.40|2 3
El Último Andén|film|2021|Spanish|126|15|4.00|22.10|8
Mañana Nunca|film|2004|Spanish|98|18|2.50|13.30|1 8
La Niña y el Faro|film|2019|Spanish|90|U|3.50|17.90|5
Sal y Ceniza|film|2000|Spanish|151|15|2.50|14.95|3
Żółta Łódź|film|2015|Polish|119|12|3.00|15.60|3 5
Ostatni Tramwaj|film|1990|Polish|134|15|2.00|11.80|3
Cień na Śniegu|film|2022|Polish|108|18|4.50|23.90|4 8
Grüße aus Köln|film|2013|German|100|12|3.00|15.25|2
Der lange Flur|film|2006|German|129|18|2.50|14.65|4
Über den Dächern|film|2018|German|114|PG|3.50|18.70|5 9
Never Again|game|2019|English||18|5.50|44.90|1 4
Max Level Gardener|game|2021|English||U|4.50|32.50|5 10
Low Score Wins|game|2016|English||U|3.50|24.95|2 10
First Past the Comet|game|2019|English||PG|5.00|39.90|1 6
Average Speed Zero|game|2022|English||12|5.50|46.75|1
Yesterday Racer|game|2014|English||PG|3.50|22.40|1
The Great Tile Robbery|game|2019|English||PG|4.50|29.95|8 10
Unpaid Pirates|game|2023|English||12|6.00|52.80|1 2
Drums over Zürich|game|2017|English||U|4.00|27.30|9
Count the Crows|game|2020|English||15|5.00|41.60|4 10
Lost and Not Returned|game|2018|English||15|4.50|34.20|3 8
Kōji's Kitchen|game|2022|English||U|5.00|38.45|5
Half Empty Galaxy|game|2021|English||12|5.50|48.10|6
Le Labyrinthe vert|game|2015|French||PG|3.50|23.85|5 10
Reyes del Barro|game|2023|Spanish||12|6.00|49.90|1
Zamek Bez Drzwi|game|2020|Polish||15|5.00|36.70|4 10
Bahnhof Simulator|game|2019|German||U|4.50|31.15|10
"""
GIVEN = """
Zoë José Chloé Renée Björn Núria Siân Ángel Łucja April June May Max Grace Will Rose Summer Frank Iris Otto
Hugo Martha Desmond Paloma Kasia Elodie Rhys Ingo Petra Callum Yusuf Anouk
"""
FAMILY = """
Long Best Young Early Small Price March Field Muñoz Gómez Nowak Wiśniewska Müller Schäfer Lefèvre Dubois
O'Brien Griffiths Penrose Tanner Hollis Okafor Santos Bright Winter Ferreira Stone Lowe
"""
FIRST, DAYS = datetime(2023, 1, 2), 546
"""Hires begin in January 2023 and end with June 2024."""


def video_hire() -> dict[str, Rows]:
    """The rows of all tables, each after those that it refers to."""
    random = Random("The video hire shop")
    titles, members = _titles(), _members(random)
    copies = _copies(random, titles)
    hires = _hires(random, copies, members)
    return {
        "city": numbered(CITIES),
        "address": _addresses(random),
        "store": list(STORES),
        "staff": [
            (*row[:3], _mail(row[1], row[2], "videohire.example"), int(row[3]), row[4])
            for row in numbered(STAFF)
        ],
        "member": members,
        "category": [(number, name) for number, name in enumerate(CATEGORIES.split("|"), 1)],
        "title": titles,
        "title_category": [(row[0], int(number)) for row in numbered(TITLES) for number in row[9].split()],
        "copy": copies,
        "hire": hires,
        "payment": _payments(random, titles, copies, hires),
    }


def _mail(first: str, last: str, domain: str) -> str:
    letters = normalize("NFKD", f"{first[0]}.{last}@{domain}").lower().replace("ł", "l").replace("'", "")
    return letters.encode("ascii", "ignore").decode()


def _addresses(random: Random) -> Rows:
    # The four stores come first; members live together now and then.
    cities = [1, 2, 3, 4, *random.choices(range(1, 13), (9, 4, 6, 8, 4, 6, 2, 2, 4, 3, 2, 1), k=136)]
    streets = STREETS.strip().replace("\n", "|").split("|")
    rows: Rows = []
    for number, city in enumerate(cities, 1):
        street = f"{random.randrange(1, 120)} {random.choice(streets)}"
        rows.append(
            (number, street, f"{random.randrange(1000, 9999)}" if random.random() < 0.9 else None, city)
        )
    return rows


def _members(random: Random) -> Rows:
    names = random.sample([(given, family) for given in GIVEN.split() for family in FAMILY.split()], 150)
    rows: Rows = []
    for number, name in enumerate(names, 1):
        home = number + 4 if number <= 128 else random.randrange(5, 133)
        joined = FIRST + timedelta(days=random.randrange(-500, 480), seconds=random.randrange(36000, 72000))
        flags = "N" if random.random() < 0.18 else "Y", random.choice(("yes", "no", "no"))
        mail = _mail(*name, "post.example") if random.random() < 0.85 else None
        rows.append((number, *name, mail, home, random.choice((1, 1, 2, 2, 3, 4)), *flags, str(joined)))
    return rows


def _titles() -> Rows:
    rows: Rows = []
    for number, name, kind, year, language, minutes, rating, rate, cost, _ in numbered(TITLES):
        length = int(minutes) if minutes else None
        rows.append((number, name, kind, int(year), language, length, rating, float(rate), float(cost)))
    return rows


def _copies(random: Random, titles: Rows) -> Rows:
    rows: Rows = []
    for title in titles:
        # Three titles are in the catalogue without a copy.
        for _ in range(0 if title[0] in (15, 42, 60) else random.choice((2, 3, 4, 5, 7))):
            spelled = (
                ("PS5", "Switch", "switch")
                if title[2] == "game"
                else ("DVD", "DVD", "dvd", "Blu-ray", "BLU-RAY")
            )
            damaged = "yes" if random.random() < 0.08 else "no"
            store = random.choices((1, 2, 3, 4), (35, 28, 22, 15))[0]
            rows.append((len(rows) + 1, title[0], store, random.choice(spelled), damaged))
    return rows


def _hires(random: Random, copies: Rows, members: Rows) -> Rows:
    popular = [(1 - random.random()) ** -0.4 for _ in copies]
    eager = [(1 - random.random()) ** -0.5 if random.random() < 0.93 else 0.0 for _ in members]
    staff = {store: [row[0] for row in numbered(STAFF) if row[3] == str(store)] for store in (1, 2, 3, 4)}
    free = {row[0]: FIRST for row in copies}
    rows: Rows = []
    for day in sorted(int(DAYS * random.random() ** 0.85) for _ in range(1500)):
        member, copy = random.choices(members, eager)[0], random.choices(copies, popular)[0]
        hired = FIRST + timedelta(days=day, seconds=random.randrange(10 * 3600, 21 * 3600))
        if hired < free[copy[0]] or str(hired) < member[8]:
            continue
        # Nothing comes back on the seventh day: more than a week is more than a week.
        kept = random.choices((1, 2, 3, 4, 5, 6, 8, 9, 12, 20), (14, 20, 18, 13, 9, 8, 7, 5, 4, 2))[0]
        back = hired.replace(hour=10, minute=0) + timedelta(days=kept, seconds=random.randrange(39000))
        free[copy[0]] = back
        gone = day + kept >= DAYS or random.random() < 0.01
        if gone:
            free[copy[0]] = datetime.max
        clerk = random.choice(staff[copy[2]])
        rows.append((len(rows) + 1, copy[0], member[0], clerk, str(hired), None if gone else str(back)))
    return rows


def _payments(random: Random, titles: Rows, copies: Rows, hires: Rows) -> Rows:
    rates = {row[0]: row[7] for row in titles}
    rate_of = {row[0]: rates[row[1]] for row in copies}
    rows: Rows = []
    for hire, copy, member, _, hired, returned in hires:
        parts = []
        if random.random() < 0.96:
            parts.append((rate_of[copy], datetime.fromisoformat(hired) + timedelta(minutes=2)))
        if returned:
            back = datetime.fromisoformat(returned)
            late = (back - datetime.fromisoformat(hired)).days - 6
            if late > 0 and random.random() < 0.8:
                parts.append((1.25 * late, back + timedelta(minutes=1)))
        for amount, moment in parts:
            seconds = int(moment.replace(tzinfo=UTC).timestamp())
            rows.append((hire, member, amount, random.choice(("card", "card", "cash")), seconds))
    rows.sort(key=lambda row: (row[4], row[0]))
    return [(number, *row) for number, row in enumerate(rows, 1)]
