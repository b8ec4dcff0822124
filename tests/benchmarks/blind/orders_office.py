"""`orders_office` of this package: eight tables and four views of a food wholesaler, about 2,000 rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from benchmarks.blind.rows import Rows, numbered

DDL = (
    """CREATE TABLE Categories (
        CategoryId INTEGER PRIMARY KEY,
        CategoryName TEXT NOT NULL,
        Description TEXT
    )""",
    """CREATE TABLE Suppliers (
        SupplierId INTEGER PRIMARY KEY,
        CompanyName TEXT NOT NULL,
        ContactName TEXT,
        City TEXT NOT NULL,
        Country TEXT NOT NULL,
        HomePage TEXT
    )""",
    """CREATE TABLE Shippers (
        ShipperId INTEGER PRIMARY KEY,
        CompanyName TEXT NOT NULL,
        Phone TEXT
    )""",
    """CREATE TABLE Customers (
        CustomerId INTEGER PRIMARY KEY,
        CompanyName TEXT NOT NULL,
        ContactName TEXT NOT NULL,
        ContactTitle TEXT,
        City TEXT NOT NULL,
        Country TEXT NOT NULL,
        Phone TEXT,
        Fax TEXT
    )""",
    """CREATE TABLE Employees (
        EmployeeId INTEGER PRIMARY KEY,
        FirstName TEXT NOT NULL,
        LastName TEXT NOT NULL,
        Title TEXT NOT NULL,
        BirthDate DATETIME NOT NULL,
        HireDate DATETIME NOT NULL,
        City TEXT NOT NULL,
        ReportsTo INTEGER REFERENCES Employees (EmployeeId)
    )""",
    """CREATE TABLE Products (
        ProductId INTEGER PRIMARY KEY,
        ProductName TEXT NOT NULL,
        SupplierId INTEGER NOT NULL REFERENCES Suppliers (SupplierId),
        CategoryId INTEGER NOT NULL REFERENCES Categories (CategoryId),
        QuantityPerUnit TEXT,
        UnitPrice DECIMAL(10, 2) NOT NULL,
        UnitsInStock INTEGER NOT NULL,
        UnitsOnOrder INTEGER NOT NULL,
        ReorderLevel INTEGER NOT NULL,
        Discontinued INTEGER NOT NULL DEFAULT 0
    )""",
    """CREATE TABLE Orders (
        OrderId INTEGER PRIMARY KEY,
        CustomerId INTEGER NOT NULL REFERENCES Customers (CustomerId),
        EmployeeId INTEGER NOT NULL REFERENCES Employees (EmployeeId),
        OrderDate DATETIME NOT NULL,
        RequiredDate DATETIME NOT NULL,
        ShippedDate DATETIME,
        ShipVia INTEGER NOT NULL REFERENCES Shippers (ShipperId),
        Freight DECIMAL(10, 2) NOT NULL,
        ShipCity TEXT NOT NULL,
        ShipCountry TEXT NOT NULL
    )""",
    """CREATE TABLE "Order Lines" (
        OrderId INTEGER NOT NULL REFERENCES Orders (OrderId),
        ProductId INTEGER NOT NULL REFERENCES Products (ProductId),
        UnitPrice DECIMAL(10, 2) NOT NULL,
        Quantity INTEGER NOT NULL,
        Discount REAL NOT NULL DEFAULT 0,
        PRIMARY KEY (OrderId, ProductId)
    )""",
    """CREATE VIEW OrderOverview AS
        SELECT o.OrderId, o.OrderDate, o.ShippedDate, o.Freight, c.CompanyName, c.Country,
            e.FirstName || ' ' || e.LastName AS Salesperson, s.CompanyName AS ShipperName
        FROM Orders o JOIN Customers c ON c.CustomerId = o.CustomerId
        JOIN Employees e ON e.EmployeeId = o.EmployeeId JOIN Shippers s ON s.ShipperId = o.ShipVia""",
    """CREATE VIEW ProductCatalogue AS
        SELECT p.ProductId, p.ProductName, c.CategoryName, s.CompanyName AS SupplierName, p.UnitPrice
        FROM Products p JOIN Categories c ON c.CategoryId = p.CategoryId
        JOIN Suppliers s ON s.SupplierId = p.SupplierId WHERE p.Discontinued = 0""",
    """CREATE VIEW OrderSubtotals AS
        SELECT OrderId, SUM(UnitPrice * Quantity * (1 - Discount)) AS Subtotal
        FROM "Order Lines" GROUP BY OrderId""",
    """CREATE VIEW CustomerSales AS
        SELECT c.CompanyName, c.Country, strftime('%Y', o.OrderDate) AS OrderYear,
            COUNT(*) AS Orders, SUM(t.Subtotal) AS Sales
        FROM Customers c JOIN Orders o ON o.CustomerId = c.CustomerId
        JOIN OrderSubtotals t ON t.OrderId = o.OrderId GROUP BY c.CustomerId, OrderYear""",
)

CATEGORIES = """
Drinks|Coffees, teas, juices and soft drinks
Dairy|Milk, cheese and butter
Bakery|Breads, crackers and flour
Sauces and Spices|Condiments, oils and seasonings
Frozen Food|Everything below zero
Household|Cleaning and kitchen paper
Sweets|Chocolate, candy and honey
Pantry|Grains, pulses and tins
"""
SUPPLIERS = """
Fjord & Meadow|Ingrid Solheim|Bergen|Norway|https://fjordmeadow.example
Molino Vecchio|Paolo Rinaldi|Bologna|Italy|
Casa Olivar|Lucía Robledo|Jaén|Spain|https://casaolivar.example
Brightwater Soapworks|Harriet Lunn|Leeds|United Kingdom|https://brightwater.example
Kaffeerösterei Winkler|Jonas Winkler|Bremen|Germany|
Les Délices du Nord|Aurélie Caron|Lille|France|https://delicesnord.example
Prairie Gold Mills|Dale Hutchins|Fargo|USA|
Northern Ice Foods|Satu Koskela|Oulu|Finland|https://northernice.example
Dolci Amalfi|Carla Esposito|Naples|Italy|https://dolciamalfi.example
Green Hill Dairy|Owen Pryce|Cardiff|United Kingdom|
Sonnengarten Säfte|Britta Kolb|Mainz|Germany|https://sonnengarten.example
Old Port Trading|Duarte Fonseca|Porto|Portugal|
Maple Line Sweets|Noelle Gagnon|Québec|Canada|https://mapleline.example
Ferrante & Figli|Matteo Ferrante|Turin|Italy|
"""
SHIPPERS = """
Kestrel Freight|+44 20 5550 0143
Blue Anchor Lines|+31 10 555 0178
Express Without Borders|+49 40 5550 0122
Last Mile Couriers|
"""
# Supplier, category, price, what the packing holds, stock, reorder level; "x" where it is discontinued.
PRODUCTS = """
Long Life Milk|10|2|18.40|24 x 1 l|112|40
Average Joe Coffee|5|1|42.50|12 x 500 g bags|64|20
Less Sugar Cola|11|1|14.95|24 x 330 ml cans|8|30
New Leaf Tea|5|1|27.80|20 x 100 g tins|35|15
Late Harvest Juice|11|1|21.60|12 x 1 l bottles|0|20
Year Round Lemonade|11|1|16.25|24 x 250 ml|57|25
Seven Hills Espresso|14|1|55.00|10 x 1 kg bags|22|10
Sold Out Ginger Beer|11|1|19.75|24 x 275 ml|14|0|x
Fjord Butter|1|2|33.10|20 x 250 g|41|15
First Cut Gouda|6|2|58.90|4 x 2 kg wheels|9|10
Brunost Slices|1|2|29.45|16 x 200 g|26|10
Total Cream|10|2|24.30|12 x 500 ml|73|20
Old Cellar Stilton|10|2|64.75|6 x 1 kg|5|5
Goat in a Hurry|6|2|37.20|18 x 150 g|0|0|x
Best Ever Crackers|7|3|12.60|30 x 150 g boxes|140|50
Every Day Bread Flour|7|3|15.80|10 x 2 kg|96|40
Old Country Rye|5|3|17.35|12 loaves|18|20
Grissini Classici|2|3|22.15|24 x 125 g|47|15
Half Price Muffins|4|3|11.90|16 x 6 pack|31|0|x
Sunday Best Brioche|6|3|26.70|12 x 400 g|28|10
First Press Olive Oil|3|4|78.00|12 x 750 ml|33|15
Low Tide Sea Salt|12|4|9.80|40 x 250 g|205|60
Without Equal Vanilla|13|4|88.25|50 x 5 g tubes|12|5
Last Minute Gravy|4|4|13.45|24 x 200 g|66|25
Pesto della Nonna|2|4|36.40|24 x 190 g jars|51|20
Too Hot Mustard|5|4|16.90|24 x 250 ml|6|15
Smoked Paprika|3|4|23.55|30 x 75 g tins|88|20
Count Otto Schnitzel|8|5|47.60|10 x 1 kg|19|10
Year Round Berries|8|5|39.95|12 x 750 g|44|15
More Than Peas|8|5|20.10|20 x 900 g|71|30
Arctic Fish Fingers|8|5|31.25|24 x 300 g|53|20
No Cook Lasagne|2|5|52.80|8 x 1.2 kg|7|10
Spinach by Number|8|5|18.05|20 x 600 g|23|0|x
Total Clean|4|6|28.75|12 x 1 l bottles|62|20
Cheap and Cheerful Sponges|4|6|7.40|60 x 3 pack|178|50
Never Stick Baking Paper|7|6|19.20|36 rolls|90|30
Most Gentle Soap|4|6|24.85|48 x 100 g|39|20
Max Shine Polish|4|6|34.60|12 x 500 ml|4|0|x
Dry Up Kitchen Rolls|7|6|21.05|24 x 4 pack|115|45
High Plains Honey|7|7|46.30|12 x 500 g jars|58|20
Maximum Mint|13|7|15.15|40 x 50 g|132|40
Between Meals Bars|13|7|29.90|48 x 40 g|84|30
Top Shelf Marmalade|12|7|32.45|18 x 340 g|37|15
Torrone Amalfi|9|7|41.70|20 x 200 g|16|10
Gianduja Blocks|14|7|62.35|10 x 1 kg|11|10
More Than Toffee|13|7|27.25|30 x 150 g|49|20
Dark Side Chocolate|9|7|53.50|40 x 100 g|3|15
Third Date Truffles|6|7|71.80|12 x 250 g|0|0|x
No Fuss Lentils|12|8|16.55|20 x 1 kg|102|40
Big Order Popcorn|7|8|13.75|10 x 2 kg|67|20
All Day Muesli|1|8|35.20|12 x 1 kg|43|15
Carnaroli Rice|14|8|44.15|10 x 1 kg|30|15
Sum of Parts Trail Mix|12|8|38.60|16 x 500 g|25|10
In Stock Bouillon|5|8|25.40|30 x 110 g|0|20
Sardines of the Year|12|8|30.85|36 x 120 g tins|76|25
Oats and Ends|1|8|14.30|12 x 1 kg|55|0|x
"""
# Contact, title, city, country, "f" where there is a fax.
CUSTOMERS = """
Adler Feinkost|Miriam Vogt|Owner|Hamburg|Germany|f
Brasserie du Canal|Étienne Marchal|Purchasing Manager|Strasbourg|France|f
Good Morning Café|Tilda Sharpe|Owner|Bristol|United Kingdom|
La Despensa de Inés|Inés Carrasco|Owner|Sevilla|Spain|
Harbour Lights Hotel|Graham Nairn|Purchasing Manager|Aberdeen|United Kingdom|f
Markthalle Neun Plus|Stefan Brandt|Sales Agent|Berlin|Germany|
Trattoria Bellavista|Giulia Moretti|Owner|Verona|Italy|f
The Corner Order|Megan Doyle|Owner|Galway|Ireland|
Épicerie Saint-Michel|Camille Roux|Owner|Bordeaux|France|
Grupo Almazara|Rafael Ortuño|Purchasing Manager|Madrid|Spain|f
Zum Goldenen Löffel|Katrin Huber|Owner|Munich|Germany|
Smørrebrød Express|Mads Kjær|Accountant|Copenhagen|Denmark|
Northwest Pantry Club|Carol Beckett|Sales Agent|Portland|USA|f
Villa Augusta Catering|Franz Egger|Purchasing Manager|Vienna|Austria|f
Quinta da Serra|Helena Matos|Owner|Braga|Portugal|
Piekarnia Wawelska|Tomasz Zając|Owner|Kraków|Poland|
Last Stop Diner|Wayne Colby|Owner|Tucson|USA|
Boutique Gourmande|Sophie Lemaire|Sales Agent|Lyon|France|f
Kleine Kantine|Dörte Lange|Accountant|Leipzig|Germany|
Fratelli Conti|Luca Conti|Owner|Milan|Italy|
Ålesund Delikatesse|Silje Aas|Owner|Ålesund|Norway|
Mercado Azul|Joana Pires|Purchasing Manager|Lisbon|Portugal|f
All Seasons Resort|Denise Walcott|Purchasing Manager|Whistler|Canada|f
De Gouden Kaas|Pieter Bos|Owner|Utrecht|Netherlands|
Feinbäckerei Sommer|Anja Sommer|Owner|Cologne|Germany|f
Tapas y Más|Nuria Vidal|Owner|Valencia|Spain|
The Larder at Long Lane|Phoebe Aston|Accountant|York|United Kingdom|
Bistro Quatre Saisons|Luc Fabre|Owner|Nantes|France|
Saluhallen Öst|Erik Wallin|Purchasing Manager|Malmö|Sweden|f
Golden Gate Provisions|Irene Tanaka|Sales Agent|San Francisco|USA|
Osteria Tre Ponti|Elena Fabbri|Owner|Venice|Italy|
Hofladen Kirchner|Uwe Kirchner|Owner|Kassel|Germany|
Dom Smaku|Ewa Lis|Sales Agent|Warsaw|Poland|f
First Class Lounges|Roland Pike|Purchasing Manager|London|United Kingdom|f
Het Volle Bord|Sanne de Wit|Owner|Rotterdam|Netherlands|
Rincón Verde|Pablo Herrero|Accountant|Bilbao|Spain|
Kvarterskrogen|Linnea Holm|Owner|Gothenburg|Sweden|
Monthly Treats Box|Priya Nair|Owner|Manchester|United Kingdom|
Lakeside Commons|Peter Voss|Accountant|Toronto|Canada|
Gasthof Enzian|Resi Moser|Owner|Innsbruck|Austria|
"""
# Title, born, hired, city, manager, share of the orders.
EMPLOYEES = """
Walter|Brandis|Managing Director|1961-03-22|2004-05-01|Antwerp||4
Eleni|Kostas|Sales Manager|1974-11-08|2009-09-14|Antwerp|1|9
Ruben|Claes|Sales Manager|1979-06-30|2012-02-01|Ghent|1|13
Maud|Peeters|Sales Representative|1988-01-17|2015-04-20|Antwerp|2|17
Oskar|Lund|Sales Representative|1991-09-03|2018-08-06|Brussels|2|11
Nadia|Haddad|Sales Representative|1985-12-12|2014-10-01|Brussels|2|7
Simon|Early|Sales Representative|1994-04-25|2020-01-13|Ghent|3|15
Greet|Maes|Sales Representative|1982-07-19|2013-06-03|Ghent|3|10
Tariq|Aziz|Sales Trainee|1999-02-28|2022-05-02|Antwerp|4|5
Fleur|Jansen|Office Assistant|1997-10-10|2021-03-15|Antwerp|1|0
"""
FIRST, DAYS = datetime(2022, 7, 1), 731
"""Orders come in from July 2022 to June 2024."""


def orders_office() -> dict[str, Rows]:
    """The rows of all tables, each after those that it refers to."""
    random = Random("An orders office")
    products, customers, employees = _products(random), _customers(random), numbered(EMPLOYEES)
    orders, lines = _orders(random, customers, employees, products)
    return {
        "Categories": numbered(CATEGORIES),
        "Suppliers": numbered(SUPPLIERS),
        "Shippers": numbered(SHIPPERS),
        "Customers": customers,
        "Employees": [
            (*row[:4], f"{row[4]} 00:00:00", f"{row[5]} 00:00:00", row[6], row[7] and int(row[7]))
            for row in employees
        ],
        "Products": products,
        "Orders": orders,
        "Order Lines": lines,
    }


def _products(random: Random) -> Rows:
    rows: Rows = []
    for number, name, supplier, category, price, packing, stock, level, *gone in numbered(PRODUCTS):
        ordered = random.choice((20, 40, 60)) if int(stock) < int(level) else 0
        numbers = float(price), int(stock), ordered, int(level), len(gone)
        rows.append((number, name, int(supplier), int(category), packing, *numbers))
    return rows


def _customers(random: Random) -> Rows:
    rows: Rows = []
    for number, name, contact, title, city, country, fax in numbered(CUSTOMERS):
        phone = f"+{random.randrange(30, 49)} {random.randrange(100, 999)} 555 {random.randrange(1000, 9999)}"
        rows.append((number, name, contact, title, city, country, phone, fax and f"{phone[:-2]}00"))
    return rows


def _orders(random: Random, customers: Rows, employees: Rows, products: Rows) -> tuple[Rows, Rows]:
    # The last customers have not ordered yet; some others came late or left early.
    eager = [(1 - random.random()) ** -0.5 if row[0] <= 37 else 0.0 for row in customers]
    since = {row[0]: random.choice((0, 0, 0, 200, 400)) for row in customers}
    until = {row[0]: random.choice((DAYS, DAYS, DAYS, DAYS, 500)) for row in customers}
    # A product costs something else before it gets its price of today; two have never been sold.
    popular = [(1 - random.random()) ** -0.5 if row[0] not in (11, 44) else 0.0 for row in products]
    before = {row[0]: random.choice((1, 1, 0.9, 0.95, 1.08)) for row in products}
    orders: Rows = []
    lines: Rows = []
    for day in sorted(int(DAYS * random.random() ** 0.8) for _ in range(640)):
        customer = random.choices(customers, eager)[0]
        if not since[customer[0]] <= day < until[customer[0]]:
            continue
        number = 20001 + len(orders)
        orders.append((number, customer[0], *_order(random, day, customer, customers, employees)))
        wanted = {random.choices(products, popular)[0] for _ in range(random.choice((1, 2, 2, 3, 3, 4, 6)))}
        for product in sorted(wanted):
            if product[9] and day > 420:
                continue
            price = round(product[5] * (before[product[0]] if day < 365 else 1), 2)
            discount = random.choices((0, 0.05, 0.1, 0.15, 0.25), (62, 14, 12, 7, 5))[0]
            lines.append((number, product[0], price, random.choice((2, 3, 4, 5, 6, 8, 10, 12, 20)), discount))
        if lines[-1][0] != number:
            orders.pop()
    return orders, lines


def _order(
    random: Random, day: int, customer: tuple[Any, ...], customers: Rows, employees: Rows
) -> tuple[Any, ...]:
    handled = random.choices(employees, [int(row[8]) for row in employees])[0]
    midnight = FIRST + timedelta(days=day)
    ordered = midnight + timedelta(seconds=random.randrange(8 * 3600, 18 * 3600))
    wait = random.choice((14, 14, 14, 28))
    # No parcel leaves on the very day for which it was required.
    needed = random.choice([days for days in (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 17, 19, 31) if days != wait])
    left = midnight + timedelta(days=needed, seconds=random.randrange(9 * 3600, 17 * 3600))
    lost = day + needed >= DAYS or random.random() < 0.015
    via = random.choices((1, 2, 3, 4), (40, 25, 22, 13))[0]
    freight = round(4 + 90 * random.random() ** 2, 2)
    target = customer if random.random() < 0.95 else random.choice(customers)
    required = midnight + timedelta(days=wait)
    return handled[0], str(ordered), str(required), None if lost else str(left), via, freight, *target[4:6]
