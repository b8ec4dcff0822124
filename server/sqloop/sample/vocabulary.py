"""The words of the sample database: names, places, goods. Data only."""

from __future__ import annotations

FIRST_NAMES = (
    "Olivia", "Liam", "Emma", "Noah", "Ava", "Lucas", "Mia", "Ethan", "Sofia", "Leo", "Chloe", "Hugo",
    "Freya", "Oscar", "Isla", "Finn", "Clara", "Jonas", "Lena", "Felix", "Marie", "Louis", "Camille",
    "Jules", "Ingrid", "Lars", "Astrid", "Erik", "Nora", "Henrik", "Aoife", "Sean", "Niamh", "Declan",
    "Giulia", "Marco", "Elena", "Paolo", "Lucia", "Diego", "Carmen", "Javier", "Hannah", "Thomas", "Grace",
    "James", "Ruby", "Daniel", "Zoe", "Samuel", "Priya", "Arjun", "Mei", "Kenji", "Fatima", "Omar", "Anya",
    "Tomas", "Eva", "Mateusz",
)  # fmt: skip

LAST_NAMES = (
    "Smith", "Jones", "Taylor", "Brown", "Wilson", "Evans", "Walker", "Wright", "Hughes", "Green", "Hall",
    "Wood", "Clarke", "Murphy", "Kelly", "Byrne", "Ryan", "Müller", "Schmidt", "Weber", "Wagner", "Becker",
    "Hoffmann", "Koch", "Richter", "Klein", "Martin", "Bernard", "Dubois", "Moreau", "Laurent", "Girard",
    "Rossi", "Russo", "Ferrari", "Bianchi", "Romano", "Garcia", "Martinez", "Lopez", "Sanchez", "Torres",
    "Hansen", "Larsen", "Olsen", "Berg", "Dahl", "Lindqvist", "Johansson", "Nilsson", "Novak", "Kowalski",
    "Horvat", "Patel", "Singh", "Chen", "Tanaka", "Okafor", "Haddad", "Silva", "O'Brien",
)  # fmt: skip

CITIES = (
    ("London", "United Kingdom", 16),
    ("Manchester", "United Kingdom", 10),
    ("Edinburgh", "United Kingdom", 9),
    ("Bristol", "United Kingdom", 6),
    ("Leeds", "United Kingdom", 5),
    ("Dublin", "Ireland", 8),
    ("Cork", "Ireland", 3),
    ("Berlin", "Germany", 9),
    ("Munich", "Germany", 10),
    ("Hamburg", "Germany", 5),
    ("Paris", "France", 8),
    ("Lyon", "France", 6),
    ("Grenoble", "France", 4),
    ("Milan", "Italy", 5),
    ("Turin", "Italy", 3),
    ("Barcelona", "Spain", 4),
    ("Madrid", "Spain", 4),
    ("Oslo", "Norway", 5),
    ("Bergen", "Norway", 3),
    ("Stockholm", "Sweden", 4),
    ("Zurich", "Switzerland", 4),
    ("Innsbruck", "Austria", 4),
)
"""City, country, and how many customers live there relative to the others."""

STORES = (
    ("Manchester Northern Quarter", "Manchester", "United Kingdom", "2014-03-15", 620),
    ("Edinburgh Old Town", "Edinburgh", "United Kingdom", "2015-09-05", 410),
    ("London Covent Garden", "London", "United Kingdom", "2016-05-21", 880),
    ("Dublin Temple Bar", "Dublin", "Ireland", "2017-10-14", 390),
    ("Munich Isar", "Munich", "Germany", "2018-04-07", 740),
    ("Lyon Presqu'île", "Lyon", "France", "2019-06-01", 450),
    ("Berlin Mitte", "Berlin", "Germany", "2021-09-18", 560),
    ("Oslo Grünerløkka", "Oslo", "Norway", "2022-11-12", 330),
)
"""Name, city, country, opening day, floor area in square metres."""

SUPPLIERS = (
    ("Alpine Textiles", "Innsbruck", "Austria", "orders@alpinetextiles.example"),
    ("Nordlys Outdoor", "Bergen", "Norway", "sales@nordlys.example"),
    ("Peak District Leather", "Sheffield", "United Kingdom", None),
    ("Bergkristall", "Munich", "Germany", "kontakt@bergkristall.example"),
    ("Lumen & Co", "Lyon", "France", "pro@lumenco.example"),
    ("Dolomiti Calzature", "Trento", "Italy", "ordini@dolomiti.example"),
    ("Fjord Fabrics", "Ålesund", "Norway", None),
    ("Highland Down", "Inverness", "United Kingdom", "hello@highlanddown.example"),
    ("Tre Kronor Kök", "Gothenburg", "Sweden", "order@trekronor.example"),
    ("Pirineo Cuerdas", "Huesca", "Spain", "ventas@pirineo.example"),
    ("Helvetia Instruments", "Zurich", "Switzerland", "info@helvetia.example"),
    ("Saigon Stitch", "Ho Chi Minh City", "Vietnam", "export@saigonstitch.example"),
    ("Formosa Frames", "Taichung", "Taiwan", "trade@formosaframes.example"),
    ("Atlas Rubber", "Porto", "Portugal", None),
)
"""Name, city, country, e-mail or None."""

LINES = (
    "Ridgeline",
    "Aurora",
    "Tundra",
    "Wayfarer",
    "Cairn",
    "Summit",
    "Glacier",
    "Heather",
    "Kestrel",
    "Basalt",
)
"""Product lines: the first word of a product's name."""

CATEGORIES: tuple[tuple[str, str, tuple[int, ...], tuple[tuple[str, int, int | None], ...]], ...] = (
    ("Tents", "summer", (2, 7, 12),
     (("1-Person Tent", 189, 1400), ("2-Person Tent", 279, 2100), ("Family Tent", 459, 7800))),
    ("Sleeping Bags", "summer", (1, 8, 12),
     (("Down Sleeping Bag", 249, 980), ("Summer Sleeping Bag", 89, 750), ("Sleeping Mat", 69, 520))),
    ("Backpacks", "summer", (2, 12),
     (("Daypack 20L", 79, 640), ("Trekking Pack 45L", 149, 1350), ("Expedition Pack 70L", 219, 2050))),
    ("Footwear", "all year", (3, 6, 14),
     (("Hiking Boots", 179, 1180), ("Trail Shoes", 129, 640), ("Sandals", 75, 480))),
    ("Jackets", "winter", (1, 7, 8),
     (("Rain Jacket", 159, 390), ("Down Jacket", 239, 430), ("Fleece Jacket", 95, 410))),
    ("Base Layers", "winter", (1, 7),
     (("Merino Shirt", 65, 180), ("Merino Leggings", 69, 190), ("Wool Socks", 19, 70))),
    ("Cooking", "summer", (4, 9),
     (("Gas Stove", 55, 260), ("Cook Set", 49, 480), ("Thermos Flask", 35, 390))),
    ("Climbing", "summer", (4, 10),
     (("Climbing Rope 60m", 165, 3700), ("Harness", 85, 410), ("Helmet", 79, 280))),
    ("Ski & Snow", "winter", (2, 4, 11),
     (("Snowshoes", 189, 1900), ("Ski Goggles", 99, 160), ("Avalanche Shovel", 59, 640))),
    ("Navigation & Light", "all year", (5, 11),
     (("Headlamp", 45, 90), ("Compass", 29, 60), ("Trail Map Set", 24, None))),
)  # fmt: skip
"""Category, season, its suppliers by number, and its goods: name, usual price in euros, usual weight in grams
(None: not weighed)."""

RETURN_REASONS = (
    ("wrong size", 9),
    ("damaged", 4),
    ("changed mind", 6),
    ("not as described", 2),
    ("late delivery", 2),
)
"""Reason, and how often it is given relative to the others."""
