"""What is booked in `kennels`: stays, and what comes of them."""

from __future__ import annotations

from calendar import timegm
from datetime import datetime, timedelta
from random import Random
from typing import Any

from benchmarks.blind.kennels_names import STAFF, species
from benchmarks.blind.rows import Rows, numbered

KINDS = {"dog": ("run", "suite"), "cat": ("pen",), "rabbit": ("hutch",), "guinea pig": ("hutch",)}
RATES = {"run": 26, "suite": 41, "pen": 17.5, "hutch": 9}


class Stays:
    """The stays, day by day, and what comes of each: walks, an invoice with its payments, incidents."""

    def __init__(self, random: Random, units: Rows, owners: Rows, pets: Rows) -> None:
        self.random, self.units, self.pets = random, units, pets
        self.registered = {row[0]: row[5] for row in owners}
        self.stays: Rows = []
        self.walks: Rows = []
        self.invoices: Rows = []
        self.payments: Rows = []
        self.incidents: Rows = []

    def fill(self) -> None:
        random = self.random
        often = [0 if random.random() < 0.14 else random.paretovariate(1.6) for _ in self.pets]
        day = datetime(2022, 1, 3)
        while day < datetime(2024, 12, 29):
            for _ in range(random.randint(0, 5 if day.month in (7, 8, 12) else 3)):
                pet = random.choices(self.pets, often)[0]
                grown = pet[6] <= str((day - timedelta(days=120)).date())
                if grown and self.registered[pet[1]][:10] <= str(day.date()):
                    self._stay(day, pet)
            day += timedelta(days=1)

    def _stay(self, day: datetime, pet: tuple[Any, ...]) -> None:
        random, kept = self.random, species(pet)
        kind = random.choices(KINDS[kept], (4, 1)[: len(KINDS[kept])])[0]
        unit = random.choice([row for row in self.units if row[3] == kind])
        nights = random.choices((1, 2, 3, 4, 5, 7, 7, 10, 14, 21), (8, 12, 12, 8, 7, 10, 10, 5, 4, 1))[0]
        arrives = day.replace(hour=random.randint(8, 17), minute=random.choice((0, 10, 20, 30, 45)))
        leaves = day + timedelta(
            days=nights, hours=random.randint(9, 16), minutes=random.choice((0, 15, 30, 40))
        )
        rate = round(RATES[kind] + (day.year - 2022) * 1.5 + random.choice((0, 0, 0, -2)), 2)
        status = random.choice(("new", "confirmed", "open")) if day > datetime(2024, 12, 8) else "closed"
        if random.random() < 0.08:
            status = "cancelled"
        number = len(self.stays) + 1
        booked_by = 10 if day.year > 2022 and random.random() < 0.45 else 9
        own_food = "Y" if random.random() < 0.35 else "N"
        times = str(arrives), str(leaves)
        self.stays.append((number, pet[0], unit[0], booked_by, *times, rate, status, own_food))
        if status in ("closed", "open") and kept == "dog":
            for later in range(1, nights):
                for _ in range(random.choice((0, 1, 1, 2))):
                    self._walk(number, day + timedelta(days=later))
        if status == "closed":
            self._invoice(pet[1], day, leaves, round(rate * nights, 2))
            if random.random() < 0.07:
                self._incident(number, arrives, nights)

    def _walk(self, stay: int, day: datetime) -> None:
        random = self.random
        start, today = day + timedelta(seconds=random.randint(8 * 3600, 17 * 3600)), str(day.date())
        team = [
            (number, 3 if role == "dog walker" else 1)
            for number, _, _, role, started, ended, *_ in numbered(STAFF)
            if role in ("dog walker", "kennel hand") and started <= today <= (ended or today)
        ]
        walker = random.choices(team, [share for _, share in team])[0][0]
        took = random.randint(600, 4500)
        metres, lead = int(took * random.uniform(0.7, 1.3)), 1 if random.random() < 0.7 else 0
        moment = timegm(start.timetuple())
        self.walks.append((len(self.walks) + 1, stay, walker, moment, took, metres, lead))

    def _invoice(self, owner: int, day: datetime, leaves: datetime, amount: float) -> None:
        random, number = self.random, len(self.invoices) + 1
        shares = (90, 7, 3) if day < datetime(2024, 9, 1) else (60, 38, 2)
        state = random.choices(("paid", "open", "void"), shares)[0]
        issued = leaves + timedelta(minutes=random.randint(0, 60))
        due = str(issued.date() + timedelta(days=14))
        reminded = 1 if (state == "open" and random.random() < 0.5) or random.random() < 0.05 else 0
        self.invoices.append((number, owner, str(issued), due, amount, state, reminded))
        for place, part in enumerate(self._parts(state, amount)):
            days = random.choice((0, 0, 0, 1, 5, 11, 20, 33)) + 12 * place
            paid = issued + timedelta(days=days, minutes=random.randint(1, 200))
            method = random.choices(("card", "cash", "transfer"), (6, 1, 3))[0]
            self.payments.append((len(self.payments) + 1, number, str(paid), part, method))

    def _parts(self, state: str, amount: float) -> list[float]:
        # Half of some open invoices is paid; some are paid in two parts.
        half = self.random.random() < 0.3
        if state == "open":
            return [round(amount / 2, 2)] if half else []
        if state == "void":
            return []
        if self.random.random() >= 0.1:
            return [amount]
        first = round(amount * 0.4, 2)
        return [first, round(amount - first, 2)]

    def _incident(self, stay: int, arrives: datetime, nights: int) -> None:
        random = self.random
        severity = random.choices((1, 2, 3), (6, 3, 1))[0]
        reporter = random.choice((2, 5, 9))
        noted = arrives + timedelta(days=random.randint(0, nights - 1), minutes=random.randint(20, 400))
        kind = random.choice(("fight", "off food", "upset stomach", "escape", "limping", "noise"))
        vet = "Y" if severity == 3 or random.random() < 0.2 else "N"
        resolved = "yes" if random.random() < 0.85 else "no"
        self.incidents.append(
            (len(self.incidents) + 1, stay, reporter, str(noted), kind, severity, vet, resolved)
        )
