"""Words that generated rows are made of. Data only; one space-separated or comma-separated list a kind."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(" ".join(each.split()) for each in text.split(","))


FIRST = _words("""
    James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan
    Joseph Jessica Thomas Sarah Carlos Karen Daniel Lisa Matthew Nancy Anthony Sandra Mark Ashley Steven
    Emily Andrew Donna Paul Michelle Joshua Carol Kevin Amanda Brian Melissa Jorge Deborah Timothy
    Stephanie Ronald Rebecca Jason Laura Hiroshi Helen Jacob Sharon Gary Cynthia Nicolas Kathleen Eric
    Amy Jonas Angela Stefan Anna Larry Ruth Justin Brenda Scott Pamela Brandon Nicole Benjamin Katherine
    Samuel Virginia Gregory Catherine Alexander Christine Patrick Samantha Frank Debra Raymond Janet Jack
    Rachel Dennis Carolyn Jerry Emma Tyler Maria Aaron Heather Jose Diane Adam Julie Nathan Joyce Henry
    Victoria Zachary Kelly Douglas Christina Peter Lauren Kyle Joan Noah Evelyn Ethan Olivia Jeremy
    Judith Walter Megan Christian Cheryl Keith Martha Roger Andrea Terry Frances Austin Hannah Sean
    Jacqueline Gerald Wei Ling Ahmed Aisha Ivan Olga Pierre Amelie Marco Chiara Raj Anita Kofi Ama
""")
LAST = _words("""
    Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez
    Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark
    Ramirez Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams
    Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts Gomez Phillips Evans Turner Diaz Parker
    Cruz Edwards Collins Reyes Stewart Morris Morales Murphy Cook Rogers Gutierrez Ortiz Morgan Cooper
    Peterson Bailey Reed Kelly Howard Ramos Kim Cox Ward Richardson Watson Brooks Chavez Wood James
    Bennett Gray Mendoza Ruiz Hughes Price Alvarez Castillo Sanders Patel Myers Long Ross Foster Jimenez
    Powell Jenkins Perry Russell Sullivan Bell Coleman Butler Henderson Barnes Fisher Vasquez Simmons
    Romero Jordan Patterson Alexander Hamilton Graham Reynolds Griffin Wallace Moreno West Cole Hayes
    Bryant Tanaka Suzuki Chen Wang Khan Ali Ivanov Petrov Dubois Laurent Rossi Ricci Okafor Mensah Larsen
    Novak Kowalski
""")
CITIES = _phrases("""
    London, Paris, Berlin, Madrid, Rome, Vienna, Prague, Warsaw, Lisbon, Dublin, Oslo, Stockholm,
    Helsinki, Copenhagen, Amsterdam, Brussels, Zurich, Geneva, Munich, Hamburg, Milan, Naples, Barcelona,
    Valencia, Lyon, Marseille, Athens, Budapest, Istanbul, Moscow, Kyiv, Cairo, Lagos, Nairobi, Cape
    Town, Johannesburg, Mumbai, Delhi, Bangkok, Singapore, Hong Kong, Shanghai, Beijing, Tokyo, Osaka,
    Seoul, Sydney, Melbourne, Auckland, New York, Boston, Chicago, Houston, Dallas, Austin, Denver,
    Seattle, Portland, San Francisco, Los Angeles, San Diego, Phoenix, Atlanta, Miami, Detroit,
    Philadelphia, Toronto, Montreal, Vancouver, Mexico City, Bogota, Lima, Santiago, Buenos Aires, Sao
    Paulo, Quito
""")
COUNTRIES = _phrases("""
    United States, Canada, Mexico, Brazil, Argentina, Chile, Colombia, Peru, United Kingdom, Ireland,
    France, Germany, Spain, Portugal, Italy, Switzerland, Austria, Belgium, Netherlands, Denmark, Norway,
    Sweden, Finland, Poland, Czech Republic, Hungary, Greece, Turkey, Russia, Ukraine, Egypt, Nigeria,
    Kenya, South Africa, India, China, Japan, South Korea, Thailand, Vietnam, Indonesia, Australia, New
    Zealand
""")
NATIONALITIES = _words("""
    American Canadian Mexican Brazilian Argentine Chilean British Irish French German Spanish Portuguese
    Italian Swiss Austrian Belgian Dutch Danish Norwegian Swedish Finnish Polish Greek Turkish Russian
    Egyptian Nigerian Kenyan Indian Chinese Japanese Korean Australian
""")
LANGUAGES = _words(
    "English French German Spanish Portuguese Italian Dutch Swedish Polish Russian Arabic Hindi Mandarin"
)
STATES = _phrases("""
    California, Texas, Florida, New York, Illinois, Ohio, Georgia, Michigan, Virginia, Washington,
    Arizona, Colorado, Oregon, Nevada, Utah, Maine, Vermont, Iowa, Kansas, Alabama, Indiana, Hawaii
""")
STREETS = _words(
    "Main Oak Maple Cedar Elm Lake Hill Park River Church Mill Station Market Victoria Spring Bridge Garden"
)
ADJECTIVES = _words("""
    Silent Golden Broken Hidden Last First Lost Crimson Blue Bright Dark Secret Endless Frozen Burning
    Distant Gentle Wild Ancient Electric Lonely Rising Fallen Sweet Bitter Royal Quiet Velvet Hollow
    Brave Northern Southern Silver Empty Second Little Grand Midnight Summer Winter Scarlet Modern
""")
NOUNS = _words("""
    River Garden Mountain Ocean Forest Harbor Shadow Mirror Letter Window Road Bridge Island Storm Fire
    Star Moon Sun Heart Dream Song Journey Voyage Empire Crown Castle Tower Lantern Clock Train Station
    Orchard Valley Desert Wolf Raven Lion Tiger Falcon Rose Promise Memory Kingdom Horizon Winter Summer
    Echo Silence Game Stranger Painter Dancer
""")
GOODS = _words("""
    Chair Table Lamp Desk Sofa Keyboard Monitor Camera Phone Printer Headset Speaker Jacket Shirt Boots
    Backpack Bottle Kettle Blender Toaster Mixer Guitar Bicycle Helmet Tent Watch Notebook Pen Wallet
    Umbrella Drill Hammer Shelf Pillow Blanket Carpet Clock Mirror Cable Charger
""")
MATERIALS = _words(
    "Classic Compact Deluxe Wooden Steel Leather Portable Premium Basic Smart Vintage Ultra Mini Pro Eco"
)
COMPANIES = _words("""
    Acme Vertex Orion Nimbus Pinnacle Atlas Zenith Summit Cobalt Horizon Quantum Stellar Evergreen Harbor
    Keystone Lighthouse Meridian Northwind Pacific Redwood Sterling Titan Union Vanguard Westfield Apex
    Beacon Crescent Delta
""")
ENDINGS = _words(
    "Ltd Inc Group Systems Partners Industries Holdings Labs Media Foods Motors Airlines Bank Energy"
)
MASCOTS = _words(
    "Eagles Tigers Lions Bears Wolves Hawks Rovers United City Wanderers Kings Rangers Stars Sharks Giants"
)
SUBJECTS = _phrases("""
    Mathematics, Physics, Chemistry, Biology, History, Economics, Computer Science, Philosophy,
    Psychology, Sociology, English, Geography, Statistics, Art History, Music Theory, Law, Marketing,
    Accounting, Engineering, Medicine
""")
DEPARTMENTS = _phrases("""
    Sales, Marketing, Finance, Human Resources, Research, Engineering, Legal, Production, Purchasing,
    Shipping, Support, Administration, Security, Design, Quality Assurance, Public Relations
""")
JOBS = _phrases("""
    Manager, Engineer, Accountant, Analyst, Assistant, Clerk, Director, Designer, Developer, Nurse,
    Teacher, Technician, Sales Representative, Consultant, Secretary, Driver, Editor, Supervisor,
    Researcher, Programmer, Doctor, Lawyer
""")
INDUSTRIES = _words(
    "Banking Retail Software Pharmaceuticals Energy Media Automotive Telecom Insurance Mining Food Travel"
)
GENRES = _phrases(
    "Rock, Pop, Jazz, Classical, Folk, Blues, Drama, Comedy, Thriller, Horror, Science Fiction, Romance"
)
COLORS = _words("red blue green yellow black white gray orange purple brown pink silver")
STATUSES = _words("open closed pending active inactive completed cancelled approved")
TYPES = _words("standard premium basic special regular public private internal external primary")
CLASSES = _words("A B C D first second third senior junior")
PARTIES = _words("Democratic Republican Labour Conservative Liberal Green Independent")
RELIGIONS = _words("Christianity Islam Hinduism Buddhism Judaism")
MONTHS = _words("January February March April May June July August September October November December")
WEEKDAYS = _words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
POSITIONS = _words("goalkeeper defender midfielder forward captain center guard pitcher")
PAYMENTS = _phrases("Credit Card, Cash, Check, Bank Transfer, PayPal, Voucher")
INSTRUMENTS = _words("guitar piano violin drums bass trumpet saxophone flute vocals")
SEASONS = _words("Spring Summer Fall Winter")
FOODS = _words(
    "Pizza Pasta Salad Burger Soup Curry Sushi Steak Sandwich Tacos Noodles Risotto Cake Coffee Tea"
)
ANIMALS = _words("dog cat horse rabbit bird fish hamster goat")
REMARKS = _phrases("""
    in good condition, needs review, recently updated, not verified, checked twice, on request, with
    minor changes, as agreed, limited edition, for internal use, delivered late, first of its kind,
    popular with families
""")
