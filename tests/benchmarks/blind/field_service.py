"""`field_service` of this package: ten tables and three views of a company that maintains lifts and boilers.

``contracts.annual_fee_pence`` counts pence, prices of parts are pounds; ``visit_parts.unit_price`` is what a
part cost on that visit, ``parts.unit_price`` what it costs by the list. ``sites.customer_id``,
``visits.unit_id``, ``visits.fault_code``, ``visits.follow_up_of``, ``parts.superseded_by`` and the columns of
``contract_sites`` refer to other tables without saying so. A cancelled visit has no arrival, departure or
travel.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from benchmarks.blind.rows import Rows, numbered

DDL = (
    """CREATE TABLE customers (
        customer_id INTEGER PRIMARY KEY,
        name VARCHAR(60) NOT NULL,
        sector VARCHAR(20) NOT NULL,
        town VARCHAR(40) NOT NULL,
        on_stop CHAR(1) NOT NULL DEFAULT 'N'
    )""",
    """CREATE TABLE sites (
        site_id INTEGER PRIMARY KEY,
        customer_id INTEGER NOT NULL,
        name VARCHAR(60) NOT NULL,
        town VARCHAR(40) NOT NULL,
        floors INTEGER NOT NULL,
        key_safe INTEGER NOT NULL DEFAULT 0,
        notes TEXT
    )""",
    """CREATE TABLE units (
        unit_id INTEGER PRIMARY KEY,
        site_id INTEGER NOT NULL REFERENCES sites (site_id),
        tag VARCHAR(10) NOT NULL UNIQUE,
        kind VARCHAR(10) NOT NULL,
        make VARCHAR(30) NOT NULL,
        installed_on DATE NOT NULL,
        capacity_kg INTEGER,
        output_kw REAL,
        scrapped_on DATE
    )""",
    """CREATE TABLE contracts (
        contract_no VARCHAR(8) PRIMARY KEY,
        customer_id INTEGER NOT NULL REFERENCES customers (customer_id),
        level VARCHAR(10) NOT NULL,
        starts_on DATE NOT NULL,
        ends_on DATE NOT NULL,
        annual_fee_pence INTEGER NOT NULL,
        response_hours INTEGER NOT NULL,
        auto_renew VARCHAR(3) NOT NULL
    )""",
    """CREATE TABLE contract_sites (
        contract_no VARCHAR(8) NOT NULL,
        site_id INTEGER NOT NULL,
        PRIMARY KEY (contract_no, site_id)
    )""",
    """CREATE TABLE engineers (
        eng_id INTEGER PRIMARY KEY,
        first_name VARCHAR(40) NOT NULL,
        last_name VARCHAR(40) NOT NULL,
        depot VARCHAR(20) NOT NULL,
        supervisor_id INTEGER REFERENCES engineers (eng_id),
        hired_on DATE NOT NULL,
        left_on DATE,
        gas_certified CHAR(1) NOT NULL,
        lift_certified CHAR(1) NOT NULL
    )""",
    """CREATE TABLE fault_codes (
        code CHAR(3) PRIMARY KEY,
        label VARCHAR(40) NOT NULL,
        kind VARCHAR(10) NOT NULL,
        unsafe INTEGER NOT NULL DEFAULT 0
    )""",
    """CREATE TABLE visits (
        visit_id INTEGER PRIMARY KEY,
        unit_id INTEGER NOT NULL,
        eng_id INTEGER NOT NULL REFERENCES engineers (eng_id),
        job VARCHAR(12) NOT NULL,
        reported_at DATETIME,
        planned_for DATETIME NOT NULL,
        arrived_at DATETIME,
        departed_at DATETIME,
        travel_km REAL,
        fault_code CHAR(3),
        outcome VARCHAR(14) NOT NULL,
        follow_up_of INTEGER,
        notes TEXT
    )""",
    """CREATE TABLE parts (
        part_no VARCHAR(10) PRIMARY KEY,
        name VARCHAR(60) NOT NULL,
        kind VARCHAR(10) NOT NULL,
        unit_price DECIMAL(8, 2) NOT NULL,
        weight_g INTEGER NOT NULL,
        qty_in_stock INTEGER NOT NULL,
        qty_minimum INTEGER NOT NULL,
        superseded_by VARCHAR(10)
    )""",
    """CREATE TABLE visit_parts (
        visit_id INTEGER NOT NULL REFERENCES visits (visit_id),
        part_no VARCHAR(10) NOT NULL REFERENCES parts (part_no),
        qty INTEGER NOT NULL,
        unit_price DECIMAL(8, 2) NOT NULL,
        charged CHAR(1) NOT NULL DEFAULT 'Y',
        PRIMARY KEY (visit_id, part_no)
    )""",
    """CREATE VIEW unit_register AS
        SELECT u.unit_id, u.tag, u.kind, u.make, s.name AS site_name, s.town, c.name AS customer_name
        FROM units u JOIN sites s ON s.site_id = u.site_id
        JOIN customers c ON c.customer_id = s.customer_id WHERE u.scrapped_on IS NULL""",
    """CREATE VIEW visit_overview AS
        SELECT v.visit_id, v.job, v.planned_for, v.outcome, u.tag, s.name AS site_name,
            e.first_name || ' ' || e.last_name AS engineer, f.label AS fault
        FROM visits v JOIN units u ON u.unit_id = v.unit_id JOIN sites s ON s.site_id = u.site_id
        JOIN engineers e ON e.eng_id = v.eng_id LEFT JOIN fault_codes f ON f.code = v.fault_code""",
    """CREATE VIEW visit_parts_value AS
        SELECT visit_id, SUM(qty) AS pieces, SUM(qty * unit_price) AS value,
            SUM(CASE charged WHEN 'Y' THEN qty * unit_price ELSE 0 END) AS charged_value
        FROM visit_parts GROUP BY visit_id""",
)

# Sector, town, "Y" where nothing more is done for them until they pay.
CUSTOMERS = """
Open Door Housing|Housing|Leeds|N
St Brannock's Hospital Trust|Healthcare|York|N
First Floor Offices|Offices|Leeds|N
The Grand Esplanade|Hotel|Scarborough|N
Aire Valley Homes|Housing|Bradford|N
Repair & Reuse Retail|Retail|Hull|Y
Castlegate Academy Trust|Education|York|N
No Stairs Living|Housing|Sheffield|N
Moorview Care|Healthcare|Halifax|N
Last Resort Hotels|Hotel|Whitby|Y
Humber Quays Management|Offices|Hull|N
Kirkstall Mill Lofts|Housing|Leeds|N
Minster Dental Group|Healthcare|York|N
Up and Over Logistics|Industry|Doncaster|N
Steel City Studios|Offices|Sheffield|N
Nidderdale Council|Public|Harrogate|N
Open University Lodgings|Education|Bradford|Y
Bluebell Nurseries|Education|Wakefield|N
Full Steam Laundries|Industry|Halifax|N
Spa Town Suites|Hotel|Harrogate|N
Pennine Hospice|Healthcare|Huddersfield|N
Old Exchange Partners|Offices|Bradford|N
Service Yard Breweries|Industry|Wakefield|N
Ridings Sheltered Homes|Housing|Doncaster|N
"""
PLACES = """
Albion House|Bramley Court|Calder Point|Dock Street|Elmete Hall|Fairfax Wing|Goods Yard|Holgate Rise
Ivy Lodge|Jubilee Block|Kingsway|Lister Building|Mill Race|North Annexe|Orchard View|Parkside
Quarry Bank|Radcliffe Tower|Sovereign House|Tannery|Upper Close|Viaduct Works|Westgate|York Road
"""
ENDINGS = ("", " East", " West", " Block B")
TOWNS = ("Leeds", "York", "Bradford", "Hull", "Sheffield", "Halifax", "Wakefield", "Harrogate", "Doncaster")
# Depot, supervisor, hired, left, gas, lifts, share of the visits.
ENGINEERS = """
Marta|Quill|Leeds||2006-03-13||Y|Y|3
Desmond|Okoro|Leeds|1|2011-09-05||N|Y|9
Callum|Waite|Leeds|2|2019-02-18||N|Y|13
Priya|Lateef|Leeds|1|2016-06-27||Y|N|14
Owen|Service|Leeds|2|2021-11-01||Y|Y|10
Hanna|Brzoza|York|1|2012-04-16||Y|Y|8
Jack|Thwaite|York|6|2018-08-20||N|Y|12
Lorna|Steele|York|6|2020-01-06||Y|N|11
Niall|Keogh|York|6|2015-05-11|2023-10-27|Y|N|8
Femi|Adeyemi|Hull|1|2013-10-07||Y|Y|7
Rob|Lumley|Hull|10|2017-03-20||Y|N|12
Siobhan|Kerr|Hull|10|2022-05-09||N|Y|9
Tomasz|Wilk|Hull|10|2014-07-14|2024-02-16|N|Y|8
Grace|Partridge|Leeds|4|2023-09-04||Y|N|5
Leon|Baptiste|Hull|11|2024-05-20||N|N|0
Aisha|Mirza|York|7|2023-04-03||N|Y|6
"""
# What it is found on, 1 where it is unsafe.
FAULTS = """
D01|Doors will not close|lift|0
D02|Doors open between floors|lift|1
L03|Lift stops off level|lift|0
L04|Emergency phone dead|lift|1
L05|Call button stuck|lift|0
L06|Motor overheating|lift|0
L07|Rope wear|lift|1
B01|No hot water|boiler|0
B02|Pressure too low|boiler|0
B03|Gas smell|boiler|1
B04|Flue blocked|boiler|1
B05|Pilot light goes out|boiler|0
B06|Pump noisy|boiler|0
"""
# Price, grams, stock, minimum, what replaces it.
PARTS = """
DR-110|Door Safety Edge|lift|86.40|1450|14|6|
DR-120|Door Roller Set|lift|32.75|620|41|20|
DR-131|Door Drive Belt Mk I|lift|27.10|180|3|0|DR-132
DR-132|Door Drive Belt Mk II|lift|31.95|175|22|15|
DR-140|Closed Door Sensor|lift|54.20|95|9|12|
LB-205|Call Button, illuminated|lift|18.60|60|58|25|
LB-206|Call Button, braille|lift|22.35|65|17|20|
LB-210|Floor Indicator|lift|140.00|820|6|4|
LM-301|Motor Brake Pad|lift|64.90|740|18|10|
LM-305|Motor Fan|lift|112.50|2300|4|4|
LM-310|Traction Rope 10 m|lift|389.00|9800|5|3|
LM-311|Rope Anchor|lift|41.25|510|26|12|
LM-320|Speed Governor|lift|615.00|7400|1|2|
LE-401|Emergency Phone Module|lift|174.30|390|7|8|
LE-402|Emergency Phone Battery|lift|23.80|410|33|15|
LE-410|Cabin Light LED|lift|15.90|110|64|30|
LE-420|Control Board V3|lift|842.00|1250|0|1|LE-421
LE-421|Control Board V4|lift|918.50|1180|3|2|
BP-101|Circulation Pump|boiler|238.00|4200|6|5|
BP-102|Pump Seal Kit|boiler|19.45|85|37|20|
BP-110|Pressure Valve|boiler|46.70|330|25|12|
BP-111|Pressure Gauge|boiler|28.15|210|16|8|
BP-120|Expansion Vessel 24 l|boiler|97.60|5600|4|6|
BG-201|Gas Valve|boiler|163.25|1350|8|6|
BG-202|Gas Hose, short|boiler|12.40|240|52|25|
BG-210|Pilot Assembly|boiler|58.85|270|11|10|
BG-211|Thermocouple Old Type|boiler|14.20|70|6|0|BG-212
BG-212|Thermocouple New Type|boiler|16.75|68|45|20|
BG-220|Burner Tray|boiler|276.00|6100|2|2|
BF-301|Flue Elbow|boiler|39.30|980|13|6|
BF-302|Flue Terminal|boiler|71.10|1600|5|6|
BF-310|Flue Gas Analyser Filter|boiler|8.95|20|90|40|
BH-401|Heat Exchanger|boiler|498.00|8900|1|1|
BH-402|Heat Exchanger Gasket|boiler|11.15|35|48|20|
BC-501|Control Thermostat|boiler|88.00|260|10|8|
BC-502|Boiler Circuit Board|boiler|321.40|540|2|3|
"""
LIFTS, BOILERS = ("Kestrel", "Ascenda", "Northlift", "Orval"), ("Thermax", "Heatwell", "Orval", "Brandt")
FIRST, DAYS = datetime(2023, 1, 2), 545
"""Visits are planned for January 2023 to June 2024."""


def field_service() -> dict[str, Rows]:
    """The rows of all tables, each after those that it refers to."""
    random = Random("A field service")
    customers, engineers = numbered(CUSTOMERS), _engineers()
    sites = _sites(random, customers)
    units = _units(random, sites)
    contracts, covered = _contracts(random, customers, sites)
    visits = _visits(random, units, engineers)
    return {
        "customers": customers,
        "sites": sites,
        "units": units,
        "contracts": contracts,
        "contract_sites": covered,
        "engineers": engineers,
        "fault_codes": [(*row[1:4], int(row[4])) for row in numbered(FAULTS)],
        "visits": visits,
        "parts": _parts(),
        "visit_parts": _visit_parts(random, units, visits),
    }


def _parts() -> Rows:
    rows: Rows = []
    for _, number, name, kind, price, *counts, successor in numbered(PARTS):
        rows.append((number, name, kind, float(price), *map(int, counts), successor))
    return rows


def _engineers() -> Rows:
    return [
        (*row[:4], int(row[4]) if row[4] else None, row[5], row[6], row[7], row[8])
        for row in numbered(ENGINEERS)
    ]


def _sites(random: Random, customers: Rows) -> Rows:
    places = PLACES.strip().replace("\n", "|").split("|")
    names = random.sample([place + ending for ending in ENDINGS for place in places], 62)
    # Every customer but the last has a site; housing associations have more.
    owners = [row[0] for row in customers[:-1]]
    owners += random.choices(owners, [6 if row[2] == "Housing" else 2 for row in customers[:-1]], k=39)
    rows: Rows = []
    for number, (owner, name) in enumerate(zip(sorted(owners), names, strict=True), 1):
        home = customers[owner - 1][3]
        town = home if random.random() < 0.6 else random.choice(TOWNS)
        notes = random.choice((None, None, None, "Ring reception", "Closed on Sundays", "Park in the yard"))
        rows.append((number, owner, name, town, random.randrange(2, 15), random.randrange(2), notes))
    return rows


def _units(random: Random, sites: Rows) -> Rows:
    rows: Rows = []
    count = {"lift": 0, "boiler": 0}
    for site in sites:
        kinds = random.choice(
            (("lift",), ("boiler",), ("lift", "boiler"), ("lift", "lift"), ("lift", "boiler"))
        )
        for kind in kinds + random.choice(((), (), ("boiler",))):
            count[kind] += 1
            tag = f"{kind[0].upper()}-{100 + count[kind]}"
            make = random.choice(LIFTS if kind == "lift" else BOILERS)
            installed = date(1994, 1, 1) + timedelta(days=random.randrange(10200))
            weight = random.choice((320, 450, 630, 630, 1000, 1600)) if kind == "lift" else None
            power = random.choice((24.0, 37.5, 60.0, 99.9, 150.0)) if kind == "boiler" else None
            gone = date(2023, 2, 1) + timedelta(days=random.randrange(450)) if random.random() < 0.1 else None
            # Two customers lose the only lift that they had.
            scrapped = "2023-11-06" if tag in ("L-127", "L-132") else str(gone) if gone else None
            rows.append((len(rows) + 1, site[0], tag, kind, make, str(installed), weight, power, scrapped))
    return rows


def _contracts(random: Random, customers: Rows, sites: Rows) -> tuple[Rows, Rows]:
    contracts: Rows = []
    covered: Rows = []
    for customer in customers:
        own = [row[0] for row in sites if row[1] == customer[0]]
        # Some pay visit by visit; some have an old contract and a new one for the same sites.
        if not own or customer[0] in (6, 13, 18):
            continue
        split = random.random() < 0.4 and len(own) > 2
        for group in (own[::2], own[1::2]) if split else (own,):
            taken = sorted(random.sample(group, max(1, len(group) - random.choice((0, 0, 1)))))
            start = date(random.choice((2021, 2022, 2022)), random.randrange(1, 13), 1)
            for _ in range(random.choice((1, 1, 2))):
                years = random.choice((1, 2, 2, 3))
                end = start.replace(year=start.year + years) - timedelta(days=1)
                number = f"C-{1001 + len(contracts)}"
                level, fee, hours = random.choice((("Basic", 640, 24), ("Plus", 985, 8), ("Full", 1490, 4)))
                pence = fee * 100 * len(taken) + 25 * random.randrange(400)
                dates = str(start), str(end)
                renew = random.choice(("yes", "yes", "no"))
                contracts.append((number, customer[0], level, *dates, pence, hours, renew))
                covered += [(number, site) for site in taken]
                start = end + timedelta(days=1)
    return contracts, covered


def _visits(random: Random, units: Rows, engineers: Rows) -> Rows:
    shares = {row[0]: int(row[9]) for row in numbered(ENGINEERS)}
    # Some units break down all the time, each in a way of its own.
    fragile = [(1 - random.random()) ** -0.6 for _ in units]
    faults: dict[str, list[str]] = {"lift": [], "boiler": []}
    for row in numbered(FAULTS):
        faults[row[3]].append(row[1])
    weak = {row[0]: random.choice(faults[row[3]]) for row in units}
    rows: Rows = []
    for day in sorted(random.randrange(DAYS) for _ in range(980)):
        planned = FIRST + timedelta(days=day, minutes=random.choice(range(7 * 60, 17 * 60, 15)))
        unit = random.choices(units, fragile)[0]
        today = str(planned.date())
        able = [
            row
            for row in engineers
            if row[5] <= today and (row[6] or "9") > today and row[7 if unit[3] == "boiler" else 8] == "Y"
        ]
        if (unit[8] or "9") <= today:
            continue
        engineer = random.choices(able, [shares[row[0]] for row in able])[0][0]
        job = random.choices(("service", "repair", "callout", "inspection"), (34, 22, 32, 12))[0]
        rows.append((len(rows) + 1, *_visit(random, rows, unit, weak, faults, engineer, job, planned)))
    return rows


def _visit(
    random: Random,
    earlier: Rows,
    unit: tuple[Any, ...],
    weak: dict[int, str],
    faults: dict[str, list[str]],
    engineer: int,
    job: str,
    planned: datetime,
) -> tuple[Any, ...]:
    outcome = random.choices(("completed", "parts needed", "no access", "cancelled"), (76, 9, 8, 7))[0]
    broken = job in ("repair", "callout")
    code = random.choice((weak[unit[0]], random.choice(faults[unit[3]]))) if broken else None
    wait = random.randrange(25, 400) if job == "callout" else random.randrange(900, 9000)
    reported = str(planned - timedelta(minutes=wait)) if broken else None
    arrived = planned + timedelta(minutes=random.randrange(-10, 75), seconds=random.randrange(60))
    stay = random.randrange(5, 15) if outcome == "no access" else random.randrange(20, 240)
    left = arrived + timedelta(minutes=stay, seconds=random.randrange(60))
    travel = round(2 + 60 * random.random() ** 2, 1)
    open_ones = [row[0] for row in earlier if row[1] == unit[0] and row[10] in ("parts needed", "no access")]
    known = {row[11] for row in earlier}
    before = next((number for number in open_ones if number not in known), None) if job == "repair" else None
    notes = random.choice(
        (None, None, None, None, "Customer not happy", "Took photos", "Cancelled by mistake")
    )
    if outcome == "cancelled":
        return unit[0], engineer, job, reported, str(planned), None, None, None, code, outcome, before, notes
    # The clock is not always stopped.
    departed = str(left) if random.random() < 0.98 else None
    times = str(planned), str(arrived), departed
    return unit[0], engineer, job, reported, *times, travel, code, outcome, before, notes


def _visit_parts(random: Random, units: Rows, visits: Rows) -> Rows:
    parts = [row for row in _parts() if row[0] not in ("LM-320", "BF-302", "LB-210")]
    kinds = {row[0]: row[3] for row in units}
    rows: Rows = []
    for visit in visits:
        if visit[10] not in ("completed", "parts needed") or visit[3] == "inspection":
            continue
        fitting = [row for row in parts if row[2] == kinds[visit[1]]]
        for part in sorted(random.sample(fitting, random.choice((0, 0, 1, 1, 2, 3)))):
            # Prices went up with the year 2024.
            price = part[3] if visit[5] >= "2024" else round(part[3] * 0.94, 2)
            charged = "N" if random.random() < 0.25 else "Y"
            rows.append((visit[0], part[0], random.choice((1, 1, 1, 2, 2, 4)), price, charged))
    return rows
