"""`school_trips` of this package: ten tables and three views of an office that plans trips for five schools.

A class is known by its school and its name (5A is in several schools). ``payments.amountPence`` counts pence,
``trips.pricePerPupil`` pounds; a pupil pays a trip at once, in parts or not at all. ``trips.leaderId``,
``trips.schoolId``, ``pupils.schoolId`` with ``className``, ``teachers.mentorId`` and ``payments.tripId`` with
``pupilId`` refer to other tables without saying so. A leader is never a helper of the same trip.
``tripPlaces.attended`` is NULL where nobody left: the trip was cancelled or is still planned.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from benchmarks.blind.rows import Rows, numbered

DDL = (
    """CREATE TABLE schools (
        schoolId INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        town TEXT NOT NULL,
        phase TEXT NOT NULL
    )""",
    """CREATE TABLE teachers (
        teacherId INTEGER PRIMARY KEY,
        firstName TEXT NOT NULL,
        lastName TEXT NOT NULL,
        schoolId INTEGER NOT NULL REFERENCES schools (schoolId),
        subject TEXT,
        firstAider CHAR(1) NOT NULL DEFAULT 'N',
        mentorId INTEGER,
        startedOn DATE NOT NULL
    )""",
    """CREATE TABLE classes (
        schoolId INTEGER NOT NULL REFERENCES schools (schoolId),
        className TEXT NOT NULL,
        yearGroup INTEGER NOT NULL,
        tutorId INTEGER NOT NULL REFERENCES teachers (teacherId),
        PRIMARY KEY (schoolId, className)
    )""",
    """CREATE TABLE pupils (
        pupilId INTEGER PRIMARY KEY,
        firstName TEXT NOT NULL,
        lastName TEXT NOT NULL,
        schoolId INTEGER NOT NULL,
        className TEXT NOT NULL,
        dateOfBirth DATE NOT NULL,
        freeMeals INTEGER NOT NULL DEFAULT 0,
        allergy TEXT,
        photoConsent TEXT NOT NULL
    )""",
    """CREATE TABLE venues (
        venueId INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        kind TEXT NOT NULL,
        town TEXT NOT NULL,
        distanceKm REAL NOT NULL,
        stepFree TEXT NOT NULL
    )""",
    """CREATE TABLE coachFirms (
        firmId INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        town TEXT NOT NULL,
        phone TEXT,
        seats INTEGER NOT NULL
    )""",
    """CREATE TABLE trips (
        tripId INTEGER PRIMARY KEY,
        title TEXT NOT NULL,
        schoolId INTEGER NOT NULL,
        venueId INTEGER NOT NULL REFERENCES venues (venueId),
        leaderId INTEGER NOT NULL,
        firmId INTEGER REFERENCES coachFirms (firmId),
        leavesAt DATETIME NOT NULL,
        returnsAt DATETIME NOT NULL,
        overnight CHAR(1) NOT NULL,
        pricePerPupil DECIMAL(6, 2) NOT NULL,
        maxPupils INTEGER NOT NULL,
        status TEXT NOT NULL
    )""",
    """CREATE TABLE tripPlaces (
        tripId INTEGER NOT NULL REFERENCES trips (tripId),
        pupilId INTEGER NOT NULL REFERENCES pupils (pupilId),
        bookedAt DATETIME NOT NULL,
        consent TEXT NOT NULL,
        attended INTEGER,
        PRIMARY KEY (tripId, pupilId)
    )""",
    """CREATE TABLE tripHelpers (
        tripId INTEGER NOT NULL REFERENCES trips (tripId),
        teacherId INTEGER NOT NULL REFERENCES teachers (teacherId),
        role TEXT NOT NULL,
        PRIMARY KEY (tripId, teacherId)
    )""",
    """CREATE TABLE payments (
        paymentId INTEGER PRIMARY KEY,
        tripId INTEGER NOT NULL,
        pupilId INTEGER NOT NULL,
        amountPence INTEGER NOT NULL,
        paidAt DATETIME NOT NULL,
        method TEXT NOT NULL,
        refunded CHAR(1) NOT NULL DEFAULT 'f'
    )""",
    """CREATE VIEW tripOverview AS
        SELECT t.tripId, t.title, s.name AS school, v.name AS venue, v.town, t.leavesAt, t.status,
            l.firstName || ' ' || l.lastName AS leader, f.name AS coachFirm
        FROM trips t JOIN schools s ON s.schoolId = t.schoolId JOIN venues v ON v.venueId = t.venueId
        JOIN teachers l ON l.teacherId = t.leaderId LEFT JOIN coachFirms f ON f.firmId = t.firmId""",
    """CREATE VIEW pupilDirectory AS
        SELECT p.pupilId, p.firstName || ' ' || p.lastName AS pupil, s.name AS school, p.className,
            c.yearGroup, t.firstName || ' ' || t.lastName AS tutor
        FROM pupils p JOIN schools s ON s.schoolId = p.schoolId
        JOIN classes c ON c.schoolId = p.schoolId AND c.className = p.className
        JOIN teachers t ON t.teacherId = c.tutorId""",
    """CREATE VIEW placesTaken AS
        SELECT t.tripId, t.title, t.maxPupils, COUNT(p.pupilId) AS taken
        FROM trips t LEFT JOIN tripPlaces p ON p.tripId = t.tripId
        WHERE t.status <> 'cancelled' GROUP BY t.tripId""",
)

# Phase, and the classes with their year.
SCHOOLS = """
Hill Top Primary|Ludlow|primary|3A 3B 4A 5A 5B 6A
St Wilfrid's Primary|Hereford|primary|3A 4A 4B 5A 6A
Riverside High|Hereford|secondary|7A 7B 8A 8B 9A 10A
Free School of Leominster|Leominster|secondary|7A 8A 9A 9B 10A
Castle Street Academy|Ludlow|secondary|7A 8A 8B 9A 10A
"""
SUBJECTS = {
    "primary": (None, None, None, "Music", "Sport"),
    "secondary": ("Geography", "History", "Science", "Maths", "French", "Art", "Sport"),
}
# Kind, town, kilometres, "true" where there are no steps.
VENUES = """
Ironbridge Works|museum|Telford|48.5|true
Hollow Hill Caves|nature|Matlock|142.0|false
The Year 1900 House|museum|Shrewsbury|44.0|false
Long Mynd Hostel|outdoor|Church Stretton|27.5|false
Cosford Hangars|museum|Telford|61.0|true
Barry Sands|nature|Barry|128.0|true
Theatre Upstairs|theatre|Birmingham|72.0|false
The Old Rep Stage|theatre|Birmingham|73.5|true
Dark Peak Centre|outdoor|Edale|168.0|false
Planet Hall|science|Cardiff|96.0|true
Science on the Quay|science|Bristol|112.5|true
Ludlow Castle|museum|Ludlow|1.5|false
Three Counties Farm|nature|Malvern|35.0|true
Waterfront Aquarium|nature|Birmingham|71.0|true
National Coal Pit|museum|Blaenavon|66.0|false
Wye Canoes|outdoor|Hereford|38.0|false
Parliament of Insects|science|Oxford|151.0|true
Maison de Lille|language|Lille|612.0|true
"""
# Phone, seats.
FIRMS = """
Marches Coaches|Ludlow|01584 555 014|49
Wye Valley Travel|Hereford|01432 555 077|53
Kington Minibuses|Kington||16
Severn Express|Shrewsbury|01743 555 091|57
Last Bus Home|Leominster|01568 555 030|33
Golden Arrow Tours|Telford||70
"""
# School, venue, price, "t" where it is overnight, years that it is for.
TRIPS = """
Free Day at the Castle|1|12|4.50|f|3 4
Bones and Beetles|1|17|21.00|f|5 6
Two Nights on the Mynd|1|4|96.00|t|6
Milk, Mud and Tractors|1|13|12.75|f|3
A Day in 1900|1|3|11.20|f|4 5
Sharks before Lunch|1|14|19.90|f|3 4 5
Panto Matinee|1|8|17.50|f|3 4 5 6
Molten Iron Morning|1|1|14.00|f|5
Castle Sketching|2|12|6.25|f|3 4
The Big Splash|2|16|24.00|f|6
Rockets and Rovers|2|10|22.80|f|5 6
Farm to Fork|2|13|13.50|f|3 4
Leavers' Weekend|2|4|118.00|t|6
Sea Shells|2|6|18.40|f|3 4 5
Winter Play|2|7|16.00|f|4 5
Flying Machines|2|5|15.60|f|5 6
Into the Pit|3|15|18.00|f|8 9
Limestone Fieldwork|3|2|42.50|t|10
Bristol Science Sprint|3|11|26.75|f|7 8
Macbeth in a Cellar|3|7|19.00|f|9 10
Lille Exchange|3|18|385.00|t|9 10
Edale Expedition|3|9|145.00|t|8 9
Iron and Steam|3|1|14.50|f|7
Year 7 Welcome Camp|3|4|88.00|t|7
Paddle Day|3|16|25.00|f|7 8
The Insect Debate|4|17|23.40|f|7 8
An Inspector at the Rep|4|8|20.50|f|9 10
Coastal Erosion|4|6|17.80|f|9
Marché aux Livres|4|18|340.00|t|8 9 10
Planets by Noon|4|10|21.60|f|7
Free Climb Friday|4|9|54.00|t|9 10
Black Gold|4|15|17.25|f|8
Canoe Challenge|4|16|28.00|f|9 10
Spitfires and Jets|5|5|16.20|f|7 8
Cave Art|5|2|31.00|f|8
Hamlet, Cancelled Twice|5|7|18.50|f|9 10
Castle Siege Maths|5|12|3.00|f|7
Lille in a Day or Two|5|18|298.00|t|9 10
Quay to Success|5|11|27.90|f|8 9
Peak Geography|5|9|132.00|t|10
Aquarium after Dark|5|14|34.00|t|7
Iron Age to Iron Bridge|5|1|15.40|f|7 8
"""
GIVEN = """
Ava Noah Isla Theo Freya Kai Mabel Ravi Elsie Omar Poppy Luca Maisie Jude Hana Finn Orla Seth Tilly Yusuf Wren
Caleb Nia Bruno Dilys Ewan Zara Felix Gwen Ibrahim April Max
"""
FAMILY = """
Archer Bevan Castle Dhillon Edwards Farmer Gough Hussain Irving Jarvis Kowalska Lloyd Morgan Newton Osborne
Powell Quick Rees Shah Trippier Underhill Vaughan Watkins Young Price Field
"""
TEACHERS = """
Helen Mark Sunita Geoff Bronwen Patrick Anneke Dev Ruth Colin Joyce Stefan Miriam Alun Beatriz Keith Wanda
Rhodri Pam Laurent Nadia Hugh Sian Gareth Olive Ted
"""
SURNAMES = """
Ashdown Brophy Cadwallader Dacre Ellery Fenwick Garland Head Ingram Jessop Keane Leader Mentor Nash Oakes
Pupil Ridout Stott Tranter Usher Verey Wragg Yeo Zielinski Class Marsh
"""
FIRST, DAYS = date(2023, 9, 11), 303
"""Trips leave in one school year, September 2023 to July 2024."""


def school_trips() -> dict[str, Rows]:
    """The rows of all tables, each after those that it refers to."""
    random = Random("School trips 3")
    teachers, classes = _staff(random)
    pupils, trips = _pupils(random, classes), _trips(random, teachers)
    places = _places(random, classes, pupils, trips)
    return {
        "schools": [row[:4] for row in numbered(SCHOOLS)],
        "teachers": teachers,
        "classes": classes,
        "pupils": pupils,
        "venues": [(*row[:4], float(row[4]), row[5]) for row in numbered(VENUES)],
        "coachFirms": [(*row[:4], int(row[4])) for row in numbered(FIRMS)],
        "trips": trips,
        "tripPlaces": places,
        "tripHelpers": _helpers(random, teachers, trips),
        "payments": _payments(random, trips, places),
    }


def _staff(random: Random) -> tuple[Rows, Rows]:
    names = list(zip(TEACHERS.split(), SURNAMES.split(), strict=True))
    names += [(first, last) for (first, _), (_, last) in zip(names, names[5:] + names[:5], strict=True)]
    random.shuffle(names)
    teachers: Rows = []
    classes: Rows = []
    for school, _, _, phase, taught in numbered(SCHOOLS):
        colleagues: list[int] = []
        for _ in range(len(taught.split()) + 3):
            number = len(teachers) + 1
            mentor = random.choice(colleagues) if colleagues and random.random() < 0.55 else None
            started = date(2003, 9, 1) + timedelta(days=365 * random.randrange(12) + random.randrange(120))
            if mentor:
                started = date(2015, 9, 1) + timedelta(days=random.randrange(2900))
            first_aider = "Y" if random.random() < 0.4 else "N"
            subject = random.choice(SUBJECTS[phase])
            name = names.pop()
            teachers.append((number, *name, school, subject, first_aider, mentor, str(started)))
            colleagues.append(number)
        tutors = random.sample(colleagues, len(taught.split()))
        for name, tutor in zip(taught.split(), tutors, strict=True):
            classes.append((school, name, int(name[:-1]), tutor))
    return teachers, classes


def _pupils(random: Random, classes: Rows) -> Rows:
    names = random.sample([(given, family) for given in GIVEN.split() for family in FAMILY.split()], 400)
    rows: Rows = []
    for school, name, year, _ in classes:
        for _ in range(random.randrange(9, 17)):
            born = date(2018 - year, 9, 1) + timedelta(days=random.randrange(365))
            free = int(random.random() < 0.22)
            allergy = random.choices((None, "nuts", "milk", "bee stings", "pollen"), (84, 6, 4, 3, 3))[0]
            photo = random.choices(("yes", "no", "unknown"), (75, 17, 8))[0]
            rows.append((len(rows) + 1, *names.pop(), school, name, str(born), free, allergy, photo))
    return rows


def _trips(random: Random, teachers: Rows) -> Rows:
    rows: Rows = []
    for number, title, school, venue, price, overnight, _ in numbered(TRIPS):
        day = FIRST + timedelta(days=random.randrange(DAYS))
        last = 2 if overnight == "t" else 4
        while day.weekday() > last or str(day)[5:] > "12-20" or str(day)[5:] < "01-09":
            day += timedelta(days=1)
        leaves = datetime(
            day.year, day.month, day.day, random.choice((7, 8, 9)), random.choice((0, 15, 30, 45))
        )
        nights = random.choice((1, 2, 3)) if overnight == "t" else 0
        back = leaves.replace(hour=random.choice((15, 16, 18)), minute=random.choice((0, 20, 40)))
        leader = random.choice([row[0] for row in teachers if row[3] == int(school)])
        firm = random.choice((1, 1, 2, 2, 3, 4, None))
        status = "planned" if day >= date(2024, 6, 17) else random.choices(("done", "cancelled"), (86, 14))[0]
        if "Cancelled" in title:
            status = "done"
        times = str(leaves), str(back + timedelta(days=nights))
        most = random.choice((12, 16, 20, 24, 30))
        keys = int(school), int(venue), leader, firm
        rows.append((number, title, *keys, *times, overnight, float(price), most, status))
    return rows


def _places(random: Random, classes: Rows, pupils: Rows, trips: Rows) -> Rows:
    years = {row[:2]: row[2] for row in classes}
    meant = {row[0]: {int(year) for year in row[6].split()} for row in numbered(TRIPS)}
    homebodies = {row[0] for row in pupils if random.random() < 0.06}
    rows: Rows = []
    for trip in trips:
        able = [
            row
            for row in pupils
            if row[3] == trip[2] and years[row[3:5]] in meant[trip[0]] and row[0] not in homebodies
        ]
        # Now and then more pupils are booked than there are places.
        count = min(len(able), int(trip[10] * random.choice((0.6, 0.8, 0.9, 1, 1, 1.15))))
        leaves = datetime.fromisoformat(trip[6])
        for pupil in sorted(random.sample(able, count)):
            booked = leaves.replace(hour=17) - timedelta(
                days=random.randrange(8, 70), minutes=random.randrange(500)
            )
            consent = "no" if random.random() < 0.07 else "yes"
            attended = None if trip[11] != "done" else int(consent == "yes" and random.random() < 0.94)
            rows.append((trip[0], pupil[0], str(booked), consent, attended))
    return rows


def _helpers(random: Random, teachers: Rows, trips: Rows) -> Rows:
    # The newest have not been asked yet.
    willing = [row for row in teachers if row[7] < "2022"]
    rows: Rows = []
    for trip in trips:
        able = [row[0] for row in willing if row[3] == trip[2] and row[0] != trip[4]]
        for teacher in sorted(random.sample(able, random.choice((0, 1, 1, 2, 3)))):
            rows.append(
                (trip[0], teacher, random.choice(("supervisor", "supervisor", "first aid", "driver")))
            )
    return rows


def _payments(random: Random, trips: Rows, places: Rows) -> Rows:
    prices = {row[0]: round(row[9] * 100) for row in trips}
    cancelled = {row[0] for row in trips if row[11] == "cancelled"}
    rows: Rows = []
    for trip, pupil, booked, *_ in places:
        price = prices[trip]
        parts = random.choices(([1.0], [0.5, 0.5], [0.25, 0.25], []), (74, 15, 5, 6))[0]
        for number, part in enumerate(parts):
            paid = datetime.fromisoformat(booked) + timedelta(
                days=3 * number, minutes=random.randrange(2, 4000)
            )
            back = "t" if random.random() < (0.9 if trip in cancelled else 0.02) else "f"
            # The second half is what the first one left, to the penny.
            pence = price - round(price * 0.5) if parts == [0.5, 0.5] and number else round(price * part)
            method = random.choice(("card", "card", "cash", "cheque"))
            rows.append((trip, pupil, pence, str(paid), method, back))
    rows.sort(key=lambda row: (row[3], row[0], row[1]))
    return [(number, *row) for number, row in enumerate(rows, 1)]
