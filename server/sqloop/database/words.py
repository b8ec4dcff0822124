"""How names, values and questions become words that can be compared.

One place, so that `birth_year`, `BirthYear` and "birth years" meet: linking, prompts and synthesis
all split and stem here.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import snowballstemmer  # type: ignore[import-untyped]  # it ships no types

_SHORT_FORMS = """
account: acct
address: addr
amount: amt
apartment: apt
average: avg
balance: bal
birth date: dob birthdate
building: bldg
count: cnt
country: ctry
course: crs
customer: cust
date: dt
department: dept dpt
description: desc descr
destination: dest
employee: emp empl
first name: fname firstname
flight: flt
full name: fullname
government: govt
group: grp
hours: hrs
identification: ident
image: img
information: info
international: intl
invoice: inv
item: itm
language: lang
last name: lname lastname
latitude: lat
length: len
location: loc
longitude: lng lon
management: mgmt
manager: mgr
manufacturer: mfr
maximum: max
message: msg
middle name: mname
minimum: min
minutes: mins
number: num nbr no
order: ord
organization: org
passengers: pax
payment: pmt
percent: pct perc
phone number: phonenumber
picture: pic
population: pop
position: pos
price: prc
product: prod
professor: prof
quantity: qty
reference: ref
registration: reg
reservation: resv
salary: sal
seconds: secs
sequence: seq
source: src
square feet: sqft
student: stud stu
supplier: supp
telephone: tel
temperature: temp
total: tot
transaction: txn
university: univ
user: usr
value: val
vehicle: veh
volume: vol
warehouse: whse
weight: wt wgt
year: yr
zip code: zipcode
"""
_LONG = {
    short: tuple(line.split(":")[0].split())
    for line in _SHORT_FORMS.strip().splitlines()
    for short in line.split(":")[1].split()
}

_STEMMER = snowballstemmer.stemmer("porter")
_STEMMING = Lock()
"""The stemmer keeps its word in itself: two threads in it at once give wrong stems or an error."""

_CAMEL = re.compile(
    r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])"
)
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:'[a-z]{1,2}\b)?|[^\w\s]", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question with its place; ``stem`` is what is compared."""

    text: str
    start: int
    end: int
    stem: str


def fold(text: str) -> str:
    """Lower case without accents.

    >>> fold("Café")
    'cafe'
    """
    if text.isascii():
        return text.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).lower()


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The Porter stem of a folded word, possessives dropped.

    >>> stem("Customers"), stem("cities"), stem("city's")
    ('custom', 'citi', 'citi')
    """
    folded = fold(word)
    if folded.endswith("'s"):
        folded = folded[:-2]
    if not folded.isalpha():
        return folded  # numbers and signs have no stem
    with _STEMMING:
        return str(_STEMMER.stemWord(folded))


@lru_cache(maxsize=65_536)
def split_name(name: str) -> tuple[str, ...]:
    """The lower-case words of an identifier or a stored value.

    >>> split_name("birthYear"), split_name("ORDER_items"), split_name("MedalGold")
    (('birth', 'year'), ('order', 'items'), ('medal', 'gold'))
    """
    spaced = _CAMEL.sub(" ", name).replace("_", " ")
    return tuple(fold(match) for match in _WORD.findall(spaced) if match[0].isalnum())


@lru_cache(maxsize=65_536)
def name_stems(name: str) -> tuple[str, ...]:
    """The stems of an identifier or a stored value, in order."""
    return tuple(stem(word) for word in split_name(name))


@lru_cache(maxsize=65_536)
def identifier_words(name: str) -> tuple[str, ...]:
    """The words of an identifier, common short forms written out.

    >>> identifier_words("EMP_FNAME"), identifier_words("dept_no")
    (('employee', 'first', 'name'), ('department', 'number'))
    """
    return tuple(word for short in split_name(name) for word in _LONG.get(short, (short,)))


@lru_cache(maxsize=65_536)
def identifier_stems(name: str) -> tuple[str, ...]:
    """The stems of `identifier_words`."""
    return tuple(stem(word) for word in identifier_words(name))


def split_text(text: str) -> list[Word]:
    """The words and punctuation marks of a question, with offsets.

    >>> [word.text for word in split_text("How many orders in 2023?")]
    ['How', 'many', 'orders', 'in', '2023', '?']
    """
    return [Word(m[0], m.start(), m.end(), stem(m[0])) for m in _WORD.finditer(text)]
