"""What is written by hand in `kennels`: breeds, vets, staff, services and names."""

from __future__ import annotations

from typing import Any

from benchmarks.blind.rows import numbered

# Species, breed, coat.
BREEDS = """
dog|Labrador|short
dog|Cockapoo|curly
dog|Border Collie|long
dog|Boxer|short
dog|Pointer|short
dog|Border Terrier|wiry
dog|Poodle|curly
dog|Löwchen|long
dog|Whippet|short
dog|Great Dane|short
dog|Shih Tzu|long
dog|Mixed|short
dog|Chihuahua|short
dog|German Shepherd|long
dog|Komondor|long
cat|Domestic Shorthair|short
cat|Maine Coon|long
cat|Siamese|short
cat|Ragdoll|long
cat|Sphynx|none
rabbit|Lop|short
rabbit|Angora|long
guinea pig|Peruvian|long
"""
PET_NAMES = """
Lady|Happy|Duke|Friday|Lucky|Bill|Penny|Max|Bella|Luna|Rocky|Poppy|Socks|Ginger|Smoky|Biscuit|Bean
Button|Chance|Storm|Chloé|Zoë|Jäger|Señor Pickles|Monty|Rusty|Shadow|Ziggy|Buster|Tiger|Misty|Honey
Major|Star|Amélie|Bruno|Marley|Pip|Scout|Snowy|Teddy|Winston|Coco|Willow|Archie|Nala|Pepper|Oscar
Hero|Patch
"""
FIRST = """
Siân|Owen|Seán|Niamh|Florence|Lincoln|Chester|Hope|Faith|Guy|Renée|José|Björn|Agnès|Dean|Rob|Sue
Mona|Ahmed|Leila|Wei|Harriet|Jade|Miles|Norman|Ruby|Victor|Yusuf|Carol|Drew|Elena|Magda|Piotr|Tess
Gwen|Ross
"""
SURNAMES = """
ABBOTT|BARK|BIRD|BROWN|CLOSE|Ó BRIAIN|GARCÍA|LEFÈVRE|HUNT|HÄMÄLÄINEN|KELLY|KING|LAMB|LINCOLN|MARSH
NEW|PARK|POTTER|PRICE|ROBERTS|RUGBY|SMITH|STAY|TAYLOR|WALKER|WELLS|WOLF|ŻUK|YATES|VAN DIJK|MORRIS
NUÑEZ|FISHER|GILL|JAMES|ELLIS
"""
# Some more often than others.
TOWNS = """
Chester|Chester|Chester|Lincoln|Rugby|Wells|Hope|Hope|Barking|Flint|Flint|Mold|Mold|Rhyl|Nantwich
Wrexham|Wrexham|Wrexham|Llanrhaeadr-ym-Mochnant|Bala|Queensferry
"""
# Town, open at night.
VETS = """
The Ark|Chester|Y
Best Friends Vets|Wrexham|N
Cross Foxes Surgery|Mold|Y
Llŷn Vets|Bala|N
Hope Animal Hospital|Hope|Y
Paws for Thought|Flint|N
Town & Country|Nantwich|N
"""
# Role, started, ended, first aider, manager.
STAFF = """
Gwen|Pryce|manager|2012-03-01||1|
Ross|Mackie|kennel hand|2016-05-09||1|1
Zoë|Hart|groomer|2018-01-15||0|1
Tomás|Kelly|kennel hand|2019-07-01|2024-03-31|0|2
Jade|Wing|kennel hand|2020-06-22||1|2
Miles|Walker|dog walker|2021-04-12||0|2
Carol|Brush|groomer|2015-09-07|2023-08-18|0|1
Agnieszka|Żuk|groomer|2022-10-03||1|3
Dean|Short|receptionist|2019-02-04||0|1
Hope|Ellis|receptionist|2023-01-09||1|9
Björn|Falk|dog walker|2022-05-16||1|2
Leila|Hussain|kennel hand|2023-06-05|2023-12-22|0|5
Rob|Day|dog walker|2023-09-11||0|5
"""
# Minutes, price, availability.
SERVICES = """
Bath|40|24|active
Full Groom|120|58|active
Nails|15|12|active
The Works|150|82|active
Quick Tidy|45|30|active
Puppy's First Time|30|20|active
Hand Strip|135|70|active
Teeth|20|16|inactive
Mud Rescue|60|38|inactive
"""


def species(pet: tuple[Any, ...]) -> str:
    """That of a row of ``kn_pets``."""
    return str(numbered(BREEDS)[pet[2] - 1][1])
