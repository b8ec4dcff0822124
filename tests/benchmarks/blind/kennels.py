"""`kennels` of this package: sixteen tables and three views of boarding kennels with a grooming parlour.

Table names have a prefix and no key to another table is declared: ``kn_stays.booked_by``,
``kn_walks.staff_id``, ``kn_grooms.groomer_id``, ``kn_incidents.reported_by`` and
``kn_enquiries.answered_by`` are staff. ``kn_ownermeta`` keeps keys and values. ``kn_walks.started_at`` counts
seconds since 1970 (UTC), weights are grams, rates and prices are pounds. Flags are Y and N, yes and no, 1 and
0 or a word; surnames are in capitals.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from benchmarks.blind.kennels_names import (
    BREEDS,
    FIRST,
    PET_NAMES,
    SERVICES,
    STAFF,
    SURNAMES,
    TOWNS,
    VETS,
    species,
)
from benchmarks.blind.kennels_stays import Stays
from benchmarks.blind.rows import Rows, numbered, words

DDL = (
    """CREATE TABLE kn_owners (
        ID INTEGER PRIMARY KEY,
        first_name TEXT NOT NULL,
        surname TEXT NOT NULL,
        phone TEXT,
        town TEXT,
        registered DATETIME,
        owner_status TEXT,
        photo_consent TEXT
    )""",
    """CREATE TABLE kn_ownermeta (
        meta_id INTEGER PRIMARY KEY,
        owner_id INTEGER,
        meta_key TEXT,
        meta_value TEXT
    )""",
    """CREATE TABLE kn_breeds (
        ID INTEGER PRIMARY KEY,
        species TEXT,
        breed TEXT,
        coat TEXT
    )""",
    """CREATE TABLE kn_pets (
        ID INTEGER PRIMARY KEY,
        owner_id INTEGER,
        breed_id INTEGER,
        vet_id INTEGER,
        pet_name TEXT,
        sex TEXT,
        born TEXT,
        neutered TEXT,
        weight_g INTEGER,
        microchip TEXT,
        deceased INTEGER
    )""",
    """CREATE TABLE kn_vets (
        ID INTEGER PRIMARY KEY,
        practice TEXT,
        town TEXT,
        out_of_hours TEXT
    )""",
    """CREATE TABLE kn_vaccinations (
        ID INTEGER PRIMARY KEY,
        pet_id INTEGER,
        vaccine TEXT,
        given TEXT,
        expires TEXT
    )""",
    """CREATE TABLE kn_staff (
        ID INTEGER PRIMARY KEY,
        first_name TEXT,
        surname TEXT,
        role TEXT,
        started TEXT,
        ended TEXT,
        first_aider INTEGER,
        manager_id INTEGER
    )""",
    """CREATE TABLE kn_units (
        ID INTEGER PRIMARY KEY,
        block TEXT,
        label TEXT,
        kind TEXT,
        heated TEXT,
        in_use INTEGER
    )""",
    """CREATE TABLE kn_stays (
        ID INTEGER PRIMARY KEY,
        pet_id INTEGER,
        unit_id INTEGER,
        booked_by INTEGER,
        arrives DATETIME,
        leaves DATETIME,
        nightly_rate DECIMAL(6,2),
        stay_status TEXT,
        own_food TEXT
    )""",
    """CREATE TABLE kn_walks (
        ID INTEGER PRIMARY KEY,
        stay_id INTEGER,
        staff_id INTEGER,
        started_at INTEGER,
        seconds INTEGER,
        metres INTEGER,
        on_lead INTEGER
    )""",
    """CREATE TABLE kn_services (
        ID INTEGER PRIMARY KEY,
        title TEXT,
        minutes INTEGER,
        price DECIMAL(6,2),
        availability TEXT
    )""",
    """CREATE TABLE kn_grooms (
        ID INTEGER PRIMARY KEY,
        pet_id INTEGER,
        service_id INTEGER,
        groomer_id INTEGER,
        starts DATETIME,
        status TEXT,
        charged DECIMAL(6,2)
    )""",
    """CREATE TABLE kn_invoices (
        ID INTEGER PRIMARY KEY,
        owner_id INTEGER,
        issued DATETIME,
        due TEXT,
        amount DECIMAL(8,2),
        state TEXT,
        reminder_sent INTEGER
    )""",
    """CREATE TABLE kn_payments (
        ID INTEGER PRIMARY KEY,
        invoice_id INTEGER,
        paid_at DATETIME,
        amount DECIMAL(8,2),
        method TEXT
    )""",
    """CREATE TABLE kn_incidents (
        ID INTEGER PRIMARY KEY,
        stay_id INTEGER,
        reported_by INTEGER,
        noted DATETIME,
        kind TEXT,
        severity INTEGER,
        vet_called TEXT,
        resolved TEXT
    )""",
    """CREATE TABLE kn_enquiries (
        ID INTEGER PRIMARY KEY,
        received DATETIME,
        name TEXT,
        source TEXT,
        subject TEXT,
        state TEXT,
        answered_by INTEGER
    )""",
    """CREATE VIEW kn_v_pets AS
        SELECT p.ID AS pet_id, p.pet_name, b.species, b.breed,
            o.first_name || ' ' || o.surname AS owner, o.town
        FROM kn_pets p JOIN kn_breeds b ON b.ID = p.breed_id JOIN kn_owners o ON o.ID = p.owner_id
        WHERE p.deceased = 0""",
    """CREATE VIEW kn_v_balances AS
        SELECT i.ID AS invoice_id, i.owner_id, i.amount, COALESCE(SUM(y.amount), 0) AS paid,
        ROUND(i.amount - COALESCE(SUM(y.amount), 0), 2) AS balance
        FROM kn_invoices i LEFT JOIN kn_payments y ON y.invoice_id = i.ID
        WHERE i.state <> 'void' GROUP BY i.ID""",
    """CREATE VIEW kn_v_nights AS
        SELECT s.ID AS stay_id, s.pet_id, u.block,
            CAST(julianday(date(s.leaves)) - julianday(date(s.arrives)) AS INTEGER) AS nights,
        s.nightly_rate
        FROM kn_stays s JOIN kn_units u ON u.ID = s.unit_id WHERE s.stay_status <> 'cancelled'""",
)

# Kilograms of a usual dog, grams of the others at least and at most.
DOGS = {
    "Labrador": 30,
    "Cockapoo": 11,
    "Border Collie": 18,
    "Boxer": 29,
    "Pointer": 25,
    "Border Terrier": 6.5,
    "Poodle": 22,
    "Löwchen": 6,
    "Whippet": 13,
    "Great Dane": 58,
    "Shih Tzu": 6,
    "Mixed": 17,
    "Chihuahua": 2.3,
    "German Shepherd": 33,
    "Komondor": 48,
}
OTHERS = {"cat": (2800, 7500), "rabbit": (1200, 3600), "guinea pig": (700, 1300)}
BREED_SHARES = (14, 10, 6, 3, 3, 5, 5, 1, 4, 2, 5, 12, 3, 5, 0, 18, 4, 3, 4, 1, 4, 1, 2)
VACCINES = {
    "dog": ("kennel cough", "rabies", "DHP"),
    "cat": ("cat flu", "rabies"),
    "rabbit": ("RHD2",),
    "guinea pig": (),
}
BLOCKS = (
    ("Oak", "run", 16),
    ("Elm", "run", 14),
    ("Willow", "pen", 12),
    ("Garden", "suite", 5),
    ("Hay Loft", "hutch", 6),
)


def kennels() -> dict[str, Rows]:
    """The rows of all tables."""
    random = Random(77)
    units = _units(random)
    owners, meta = _owners(random)
    pets = _pets(random)
    vaccinations = _vaccinations(random, pets)
    stays = Stays(random, units, owners, pets)
    stays.fill()
    return {
        "kn_owners": owners,
        "kn_ownermeta": meta,
        "kn_breeds": numbered(BREEDS),
        "kn_pets": pets,
        "kn_vets": numbered(VETS),
        "kn_vaccinations": vaccinations,
        "kn_staff": numbered(STAFF),
        "kn_units": units,
        "kn_stays": stays.stays,
        "kn_walks": stays.walks,
        "kn_services": numbered(SERVICES),
        "kn_grooms": _grooms(random, pets),
        "kn_invoices": stays.invoices,
        "kn_payments": stays.payments,
        "kn_incidents": stays.incidents,
        "kn_enquiries": _enquiries(random),
    }


def _person(random: Random) -> str:
    return f"{random.choice(words(FIRST))} {random.choice(words(SURNAMES)).title()}"


def _units(random: Random) -> Rows:
    rows: Rows = []
    for block, kind, size in BLOCKS:
        for place in range(1, size + 1):
            heated = "yes" if kind in ("suite", "pen") or random.random() < 0.45 else "no"
            used = 0 if random.random() < 0.12 else 1
            rows.append((len(rows) + 1, block, f"{block[0]}{place:02d}", kind, heated, used))
    return rows


def _owners(random: Random) -> tuple[Rows, Rows]:
    owners: Rows = []
    meta: Rows = []
    for number in range(1, 421):
        registered = datetime(2017, 2, 1, 9) + timedelta(
            days=random.randint(0, 2800), minutes=random.randint(0, 500), seconds=random.randint(0, 59)
        )
        name = random.choice(words(FIRST)), random.choice(words(SURNAMES))
        phone = None if random.random() < 0.06 else f"07{random.randint(10**8, 10**9 - 1)}"
        town = random.choice(words(TOWNS))
        status = "inactive" if random.random() < 0.2 else "active"
        consent = "Y" if random.random() < 0.63 else "N"
        owners.append((number, *name, phone, town, str(registered), status, consent))
        source = random.choice(("friend", "search", "vet", "sign", "returning"))
        meta.append((len(meta) + 1, number, "heard_from", source))
        if random.random() < 0.3:
            meta.append((len(meta) + 1, number, "discount_pct", random.choice(("5", "10", "15"))))
        if random.random() < 0.5:
            meta.append((len(meta) + 1, number, "emergency_contact", _person(random)))
    return owners, meta


def _pets(random: Random) -> Rows:
    rows: Rows = []
    breeds, names = numbered(BREEDS), words(PET_NAMES)
    for owner in range(1, 421):
        for _ in range(random.choices((0, 1, 2, 3, 4), (4, 62, 24, 7, 3))[0]):
            breed, species, name, _ = random.choices(breeds, BREED_SHARES)[0]
            usual = DOGS.get(name, 0)
            low, high = OTHERS.get(species) or (int(usual * 800), int(usual * 1300))
            born = date(2008, 1, 1) + timedelta(days=random.randint(0, 5700))
            # The last vet has no patient here.
            vet = random.choices(range(1, 8), (8, 7, 5, 1, 4, 3, 0))[0]
            called, sex = random.choice(names), random.choice("MF")
            neutered = "Y" if random.random() < 0.68 else "N"
            weight = int(random.triangular(low, high, low + (high - low) * 0.4))
            chip = None if random.random() < 0.12 else f"9{random.randint(10**13, 10**14 - 1)}"
            deceased = 1 if random.random() < (0.25 if born.year < 2013 else 0.04) else 0
            pet = owner, breed, vet, called, sex, str(born), neutered, weight, chip, deceased
            rows.append((len(rows) + 1, *pet))
    return rows


def _vaccinations(random: Random, pets: Rows) -> Rows:
    rows: Rows = []
    for pet in pets:
        for vaccine in VACCINES[species(pet)]:
            if random.random() >= 0.78:
                continue
            for year in sorted(random.sample((2022, 2023, 2024), random.randint(1, 3))):
                given = date(year, 1, 1) + timedelta(days=random.randint(0, 360))
                expires = given + timedelta(days=1095 if vaccine == "rabies" else 365)
                rows.append((len(rows) + 1, pet[0], vaccine, str(given), str(expires)))
    return rows


def _grooms(random: Random, pets: Rows) -> Rows:
    furry = [row for row in pets if species(row) in ("dog", "cat")]
    rows: Rows = []
    day = datetime(2022, 1, 4)
    while day < datetime(2024, 12, 31):
        for _ in range(random.randint(0, 4) if day.weekday() < 6 else 0):
            pet = random.choice(furry)
            if pet[6] <= str((day - timedelta(days=90)).date()):
                rows.append((len(rows) + 1, pet[0], *_groom(random, day)))
        day += timedelta(days=1)
    return rows


def _groom(random: Random, day: datetime) -> tuple[Any, ...]:
    # Mud Rescue ended with 2022, Teeth with 2023.
    shares = (10, 14, 12, 4, 9, 2, 3, 3, 1 if day.year < 2023 else 0)
    service = random.choices(range(1, 10), shares)[0]
    if service == 8 and day.year == 2024:
        service = 3
    seventh, eighth = day < datetime(2023, 8, 19), day > datetime(2022, 10, 2)
    groomer = random.choice([3, *([7] if seventh else []), *([8] if eighth else [])])
    status = "booked"
    if day <= datetime(2024, 12, 14):
        status = random.choices(("done", "no show", "cancelled"), (88, 5, 7))[0]
    charged = None
    if status == "done":
        price = int(numbered(SERVICES)[service - 1][3])
        charged = round(price * random.choice((1, 1, 1, 1.1, 1.25, 0.9)), 2)
    start = day.replace(hour=random.randint(9, 16), minute=random.choice((0, 15, 30, 45)))
    return service, groomer, str(start), status, charged


def _enquiries(random: Random) -> Rows:
    rows: Rows = []
    moment = datetime(2023, 1, 2, 8)
    while moment < datetime(2024, 12, 30):
        if moment < datetime(2024, 12, 1):
            state = random.choices(("answered", "spam", "open"), (85, 13, 2))[0]
        else:
            state = random.choice(("new", "new", "open", "answered"))
        name, source = _person(random), random.choice(("web", "web", "phone", "email", "walk in"))
        subject = random.choice(
            ("prices", "availability", "opening times", "grooming", "lost property", "complaint")
        )
        answered_by = random.choice((9, 10, 1)) if state == "answered" else None
        rows.append((len(rows) + 1, str(moment), name, source, subject, state, answered_by))
        moment += timedelta(minutes=random.randint(60, 2600), seconds=random.randint(0, 59))
    return rows
